//! Both languages are complete and carry the same marks; words tell states apart.

use super::*;

#[test]
fn both_languages_carry_the_same_number_of_marks() {
    let more = [console::PAIRS, carry::PAIRS, directory::PAIRS, device::PAIRS].concat();
    for (zh, en) in command::PAIRS.iter().chain(&more) {
        assert!(!zh.is_empty() && !en.is_empty(), "{zh} | {en}");
        assert_eq!(zh.matches("{}").count(), en.matches("{}").count(), "{zh} | {en}");
    }
}

#[test]
fn language_words_are_understood_with_and_without_country() {
    for (word, lang) in [
        ("zh", Some(Lang::Zh)),
        ("zh_CN.UTF-8", Some(Lang::Zh)),
        ("EN", Some(Lang::En)),
        ("en_US", Some(Lang::En)),
        ("fr", None),
        ("", None),
        ("中", None),
    ] {
        assert_eq!(Lang::from_word(word), lang, "{word}");
    }
}

#[test]
fn filling_takes_values_in_order_and_leaves_marks_without_value() {
    assert_eq!(fill("{} of {}", &[&1, &"x"]), "1 of x");
    assert_eq!(fill("{} of {}", &[&1]), "1 of {}");
    assert_eq!(fill("no mark", &[&1]), "no mark");
}
