//! Sheets read in any order, twice, wrongly, and mixed with those of somebody else.

use proptest::prelude::*;

use super::*;

fn content(bytes: usize) -> Vec<u8> {
    (0..bytes).map(|at| (at * 7 + at / 256) as u8).collect()
}

#[test]
fn no_sheet_is_longer_than_its_code_and_all_are_capitals_and_digits() {
    for chars_max in [40, 114, 154, 395] {
        let texts = split(&content(700), chars_max).expect("fits");
        for text in &texts {
            assert!(text.len() <= chars_max, "{} characters of {chars_max}", text.len());
            let dense = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == ':';
            assert!(text.chars().all(dense), "{text} needs a less dense code");
        }
    }
    assert_eq!(split(&content(700), 114).expect("fits").len(), 13);
}

#[test]
fn any_order_and_duplicates_give_the_same_bytes() {
    let bytes = content(333);
    let texts = split(&bytes, 114).expect("fits");
    let mut joiner = Joiner::default();
    for text in texts.iter().rev().chain(&texts[..texts.len() - 1]) {
        assert!(joiner.whole().is_none_or(|whole| whole.is_ok()));
        joiner.offer(text).expect("a sheet");
    }
    assert_eq!(joiner.whole(), Some(Ok(bytes)));
    assert_eq!(joiner.offer(&texts[0]), Ok(false));
}

#[test]
fn what_lacks_is_named_by_number() {
    let texts = split(&content(333), 114).expect("fits");
    let mut joiner = Joiner::default();
    assert_eq!(joiner.progress(), None);
    for at in [2, 0, 2, 5] {
        joiner.offer(&texts[at]).expect("a sheet");
    }
    assert_eq!(joiner.progress(), Some((6, vec![2, 4, 5])));
    assert_eq!(joiner.whole(), None);
}

#[test]
fn a_sheet_read_wrongly_is_refused_and_the_others_still_count() {
    let texts = split(&content(100), 114).expect("fits");
    let mut joiner = Joiner::default();
    for at in 4..texts[0].len() {
        let mut wrong = texts[0].clone().into_bytes();
        wrong[at] = if wrong[at] == b'7' { b'8' } else { b'7' };
        let wrong = String::from_utf8(wrong).expect("still text");
        assert_eq!(joiner.offer(&wrong), Err(SheetError::Damaged), "character {at}");
    }
    for text in ["", "SD", "https://example.invalid", "SDR:0000"] {
        assert_eq!(joiner.offer(text), Err(SheetError::Other), "{text}");
    }
    assert_eq!(joiner.offer(&texts[0][..40]), Err(SheetError::Damaged));
    for text in &texts {
        joiner.offer(&text.to_lowercase()).expect("either case");
    }
    assert_eq!(joiner.whole(), Some(Ok(content(100))));
}

#[test]
fn sheets_of_another_sequence_do_not_mix() {
    let (ours, theirs) = (content(120), content(121));
    let (a, b) = (split(&ours, 114).expect("fits"), split(&theirs, 114).expect("fits"));
    let mut joiner = Joiner::default();
    for text in b[..1].iter().chain(&a) {
        joiner.offer(text).expect("a sheet");
    }
    assert_eq!(joiner.whole(), Some(Ok(ours)));
    joiner.offer(&b[1]).expect("a sheet");
    assert_eq!(joiner.progress().map(|(total, _)| usize::from(total)), Some(b.len()));
}

#[test]
fn sequences_side_by_side_are_bounded() {
    let mut joiner = Joiner::default();
    for number in 0..=SHEET_SETS_MAX {
        let texts = split(&content(100 + number), 114).expect("fits");
        let took = joiner.offer(&texts[0]);
        assert_eq!(took.is_ok(), number < SHEET_SETS_MAX, "sequence {number}");
    }
}

#[test]
fn what_needs_too_many_sheets_is_refused() {
    let room = piece_bytes(114);
    assert_eq!(split(&content(room * SHEETS_MAX), 114).expect("fits").len(), SHEETS_MAX);
    assert_eq!(split(&content(room * SHEETS_MAX + 1), 114), Err(SheetError::TooLong));
    assert_eq!(split(&[1], 20), Err(SheetError::TooNarrow));
    assert_eq!(split(&[], 114).expect("fits").len(), 1);
}

#[test]
fn a_sheet_with_an_impossible_number_is_refused() {
    for head in [[0, 3], [4, 3], [100, 100]] {
        let body = [&head[..], &[0; 5]].concat();
        assert_eq!(read(&ARMOR.write(&body)), Err(SheetError::Damaged), "{head:?}");
    }
}

/// Bytes as they are on paper today. A change needs a decision and keeps reading these.
#[test]
fn the_texts_are_those_of_the_golden_bytes() {
    let texts = split(b"sanduan carried by hand", 40).expect("fits");
    assert_eq!(texts, GOLDEN);
}

const GOLDEN: [&str; 2] =
    ["SDQ:04191T3CN9SP2VK4ENGPW833C5S75BVHQN5G", "SDQ:08191T3CN9MPAS10C9WJ0T31DSJACYZSK8"];

proptest! {
    #[test]
    fn whatever_is_split_is_joined_again(
        bytes in proptest::collection::vec(any::<u8>(), 0..2000), chars_max in 60usize..500,
    ) {
        let mut joiner = Joiner::default();
        for text in split(&bytes, chars_max).expect("fits") {
            joiner.offer(&text).expect("a sheet");
        }
        prop_assert_eq!(joiner.whole(), Some(Ok(bytes)));
    }

    #[test]
    fn no_text_makes_the_joiner_fail(text in "(SDQ:)?[0-9A-Z -]{0,80}") {
        let _ = Joiner::default().offer(&text);
    }
}
