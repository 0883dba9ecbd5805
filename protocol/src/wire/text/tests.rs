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
