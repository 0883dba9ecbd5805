//! Texts there and back: any text, any bytes, and what messages cost that the model never saw.

use proptest::prelude::*;

use super::*;
use crate::base::caps::TEXT_BYTES_MAX;

fn standard() -> &'static Model {
    Model::standard()
}

fn back(text: &str) -> String {
    decode(&encode(text, standard()), standard(), text.len()).expect("its own bytes")
}

/// Lines of the held-out file: those of the English block, or all others.
fn held_out(english: bool) -> Vec<&'static str> {
    let mut is_english = false;
    let mut lines = Vec::new();
    for line in include_str!("../../../model/held-out.txt").lines() {
        if let Some(block) = line.strip_prefix("## ") {
            is_english = block == "english";
        } else if !line.starts_with("# ") && is_english == english {
            lines.push(line);
        }
    }
    lines
}

fn bytes_of(lines: &[&str]) -> usize {
    lines.iter().map(|line| encode(line, standard()).len()).sum()
}

#[test]
fn messages_of_all_kinds_come_back() {
    for text in [
        "",
        "1",
        "收到",
        "即赴白沙镇滨江路3号楼接应被困约20人,带艇3条,21:40前到达,到达即报位置。",
        "Order received, leaving in ten minutes.",
        "彁㐀𠮷🙂\u{1b}\0\n",
        "ＡＢＣ①②Ⅲ㎡",
    ] {
        assert_eq!(back(text), text);
    }
}

#[test]
fn chinese_it_never_saw_costs_at_most_nine_bits_a_character() {
    let lines = held_out(false);
    let chars: usize = lines.iter().map(|line| line.chars().count()).sum();
    assert!(lines.len() >= 54 && bytes_of(&lines) * 8 <= chars * 9, "{}", bytes_of(&lines));
}

#[test]
fn an_order_of_36_characters_fits_41_bytes() {
    for line in held_out(false).into_iter().filter(|line| line.chars().count() <= 36) {
        assert!(encode(line, standard()).len() <= 41, "{line}");
    }
}

#[test]
fn english_it_never_saw_costs_at_most_three_quarters() {
    let lines = held_out(true);
    let chars: usize = lines.iter().map(|line| line.len()).sum();
    assert!(bytes_of(&lines) * 4 <= chars * 3, "{} of {chars}", bytes_of(&lines));
}

proptest! {
    #[test]
    fn any_text_comes_back(text: String) {
        prop_assert_eq!(back(&text), text);
    }

    #[test]
    fn any_bytes_are_a_text_within_the_limit_or_an_error(bytes: Vec<u8>, limit in 0..200usize) {
        if let Ok(text) = decode(&bytes, standard(), limit) {
            prop_assert!(text.len() <= limit);
        }
    }
}

#[test]
fn the_longest_text_ends_where_the_limit_is() {
    let text = "转".repeat(TEXT_BYTES_MAX / 3);
    let bytes = encode(&text, standard());
    assert_eq!(decode(&bytes, standard(), TEXT_BYTES_MAX), Ok(text));
    assert_eq!(decode(&bytes, standard(), TEXT_BYTES_MAX - 1), Err(TextError::TooLong));
}

#[test]
fn a_text_is_never_longer_than_its_utf8_and_a_byte() {
    for text in ["", "\u{1}\u{2}\u{3}\u{4}", "龘靐齉爩龗灪麤", "ڀڀڀڀڀڀ", "🙂🙂🙂🙂🙂🙂", "0000"]
    {
        assert!(encode(text, standard()).len() <= text.len() + 1, "{text}");
        assert_eq!(back(text), text);
    }
}

#[test]
fn each_form_is_read() {
    let text = "三断 sanduan";
    let gb18030 = escape::to_gb18030(text).expect("it has a form in GB18030");
    for bytes in [headed(&[UTF8], text.as_bytes()), headed(&[GB18030], &gb18030)] {
        assert_eq!(decode(&bytes, standard(), 100), Ok(text.to_owned()));
        assert_eq!(decode(&bytes, standard(), text.len() - 1), Err(TextError::TooLong));
    }
    assert_eq!(decode(&[UTF8, 0xff], standard(), 100), Err(TextError::Damaged));
    assert_eq!(decode(&[GB18030, 0xff], standard(), 100), Err(TextError::Damaged));
    assert_eq!(decode(&[WITH_WORDS, 0], standard(), 100), Err(TextError::Damaged));
    for form in [0xc0, 0xef, 0xf3, 0xff] {
        assert_eq!(decode(&[form, 1, 2], standard(), 100), Err(TextError::UnknownForm(form)));
    }
}

#[test]
fn names_of_the_directory_cost_less_where_both_ends_hold_it() {
    let words = ["磨盘垭村", "凉水井村", "青杠林水库", "猫儿峡趸船码头"];
    let model = standard().with_words(&words, 0x0102);
    let text = "磨盘垭村到猫儿峡趸船码头的路断了";
    let (with, without) = (encode(text, &model), encode(text, standard()));
    assert!(with.len() + 8 <= without.len(), "{} against {}", with.len(), without.len());
    assert_eq!(with[..3], [WITH_WORDS, 1, 2]);
    assert_eq!(decode(&with, &model, 100), Ok(text.to_owned()));
    assert_eq!(decode(&with, standard(), 100), Err(TextError::UnknownWords(0x0102)));
    let newer = standard().with_words(&words[1..], 0x0103);
    assert_eq!(decode(&with, &newer, 100), Err(TextError::UnknownWords(0x0102)));
    // Without a name it is shorter without the words, and every node can read it.
    assert_eq!(encode("收到，马上办。", &model), encode("收到，马上办。", standard()));
}

#[test]
fn a_model_stays_under_two_megabytes_however_many_words_it_is_given() {
    let words: Vec<String> = (0..20_000u32).map(|at| format!("{at:05}村")).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let model = standard().with_words(&words, 1);
    assert!(standard().bytes() <= 2_000_000, "{}", standard().bytes());
    assert!(model.bytes() <= 2_500_000, "{}", model.bytes());
}

#[test]
fn the_bytes_are_those_of_the_golden_file() {
    let golden = include_str!("../../../golden/text.txt");
    let lines = golden.lines().filter(|line| !line.starts_with("# "));
    let texts: Vec<&str> = lines.clone().filter_map(|line| line.split('\t').nth(1)).collect();
    let line = |text: &&str| format!("{}\t{text}", hex(&encode(text, standard())));
    let made: Vec<String> = texts.iter().map(line).collect();
    assert_eq!(lines.collect::<Vec<&str>>(), made, "{}", made.join("\n"));
    for (text, line) in texts.iter().zip(&made) {
        let digits = line.split('\t').next().unwrap_or_default();
        assert_eq!(decode(&unhex(digits), standard(), 1200).as_deref(), Ok(*text));
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks_exact(2).map(|pair| std::str::from_utf8(pair).unwrap());
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}
