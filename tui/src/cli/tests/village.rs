//! Handsets and their texts, as printed.

use super::*;

#[test]
fn handsets_are_listed_with_what_waits_and_texts_with_their_fate() {
    let sandbox = Sandbox::at(NOW_MS);
    let printed = run_on(&sandbox, &["village", "list"]).expect("asked");
    let wanted = ["响水村", "何某", "13800000002", "只收", "3-12号 已落实38户121人"];
    assert!(wanted.iter().all(|word| printed.contains(word)), "{printed}");
    let printed = run_on(&sandbox, &["--lang", "en", "village", "texts"]).expect("asked");
    let wanted = ["heard", "reached", "3 38 121", "to be confirmed"];
    assert!(wanted.iter().all(|word| printed.contains(word)), "{printed}");
    assert!(!printed.contains("待确认"), "one language at a time: {printed}");
}

#[test]
fn a_text_for_training_is_handed_on_as_typed() {
    let sandbox = Sandbox::at(NOW_MS);
    run_on(&sandbox, &["village", "hear", "13800000001", "3 38 121"]).expect("taken");
    let Request::VillageHear { means, number, text } = last_asked(&sandbox) else {
        panic!("not a text")
    };
    assert_eq!((means, number.as_str(), text.as_str()), (None, "13800000001", "3 38 121"));
}
