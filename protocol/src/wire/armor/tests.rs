//! Armored text as it was written, as people type it, and as nobody meant it.

use proptest::prelude::*;

use super::*;

const ARMOR: Armor = Armor { label: "TEST", group: 5 };

#[test]
fn text_is_written_as_drawn() {
    assert_eq!(ARMOR.write(b""), "TEST:XZVZ1-0R");
    assert_eq!(ARMOR.write(&[0xff, 0x00, 0x80]), "TEST:ZW080-WD046-AG");
    assert!(!Armor { label: "TEST", group: 0 }.write(&[1; 40]).contains('-'));
}

#[test]
fn text_is_read_however_people_type_it() {
    let body: Vec<u8> = (0..40u8).map(|n| n.wrapping_mul(37)).collect();
    let text = ARMOR.write(&body);
    let typed = [
        text.to_lowercase(),
        text.replace('-', ""),
        text.replace('-', " \r\n\t "),
        text.replace('-', "—"),
        text.replace('0', "o").replace('1', "l"),
        text.replace('0', "O").replace('1', "I"),
        format!("\u{feff}\n  {text}\n\n"),
        text.chars().map(|c| format!("{c} ")).collect(),
        text.chars().filter_map(|c| char::from_u32(u32::from(c) + 0xfee0)).collect(),
    ];
    for typed in typed {
        assert_eq!(ARMOR.read(&typed), Ok(body.clone()), "{typed}");
    }
}

#[test]
fn one_wrong_digit_anywhere_is_seen() {
    let text = ARMOR.write(b"an order for nobody");
    for (place, old) in text.char_indices().skip(5).filter(|(_, c)| *c != '-') {
        let other = if old == 'A' { "B" } else { "A" };
        let mut wrong = text.clone();
        wrong.replace_range(place..=place, other);
        assert_eq!(ARMOR.read(&wrong), Err(ArmorError::Damaged), "{wrong}");
    }
}

#[test]
fn two_neighbours_exchanged_are_seen() {
    let text = Armor { group: 0, ..ARMOR }.write(b"an order for nobody");
    for place in 5..text.len() - 1 {
        let mut bytes = text.clone().into_bytes();
        bytes.swap(place, place + 1);
        let wrong = String::from_utf8(bytes).expect("ASCII");
        if wrong != text {
            assert_eq!(ARMOR.read(&wrong), Err(ArmorError::Damaged), "{wrong}");
        }
    }
}

#[test]
fn a_missing_tail_is_seen() {
    let text = ARMOR.write(b"an order for nobody");
    for end in 5..text.len() - 1 {
        assert_eq!(ARMOR.read(&text[..end]), Err(ArmorError::Damaged), "{end}");
    }
}

#[test]
fn a_digit_or_two_too_many_are_seen() {
    for body in [b"".as_slice(), b"a", b"ab", b"abc", b"abcd", b"abcde"] {
        for tail in ["0", "00", "000"] {
            let text = ARMOR.write(body) + tail;
            assert_eq!(ARMOR.read(&text), Err(ArmorError::Damaged), "{text}");
        }
    }
}

#[test]
fn another_kind_of_text_is_named_as_such() {
    let other = Armor { label: "TEXT", group: 0 };
    assert_eq!(ARMOR.read(&other.write(b"x")), Err(ArmorError::OtherLabel));
    assert_eq!(ARMOR.read(""), Err(ArmorError::OtherLabel));
    assert_eq!(ARMOR.read("TEST"), Err(ArmorError::OtherLabel));
    assert_eq!(ARMOR.read("撤离"), Err(ArmorError::OtherLabel));
}

#[test]
fn the_position_of_an_impossible_character_is_told() {
    assert_eq!(ARMOR.read("TEST: 00u"), Err(ArmorError::BadCharacter { position: 9 }));
    assert_eq!(ARMOR.read("TEST:江"), Err(ArmorError::BadCharacter { position: 6 }));
}

#[test]
fn long_texts_are_refused_and_the_longest_body_is_read() {
    let longest = vec![7; ARMOR_BYTES_MAX];
    assert_eq!(ARMOR.read(&ARMOR.write(&longest)), Ok(longest));
    let digits = "0".repeat((ARMOR_BYTES_MAX + 8) * 8 / 5);
    assert_eq!(ARMOR.read(&format!("TEST:{digits}")), Err(ArmorError::TooLong));
    let blanks = " ".repeat(ARMOR_TEXT_BYTES_MAX + 1);
    assert_eq!(ARMOR.read(&blanks), Err(ArmorError::TooLong));
}

proptest! {
    #[test]
    fn what_was_written_is_read(
        body in prop::collection::vec(any::<u8>(), 0..400),
        group in 0usize..9,
    ) {
        let armor = Armor { label: "TEST", group };
        prop_assert_eq!(armor.read(&armor.write(&body)), Ok(body));
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,120}", digits in "[0-9A-Za-z -]{0,80}") {
        let _ = ARMOR.read(&text);
        if let Ok(body) = ARMOR.read(&format!("TEST:{digits}")) {
            prop_assert!(body.len() <= digits.len());
        }
    }
}
