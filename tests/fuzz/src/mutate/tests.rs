//! Inputs come again by their number, differ from each other, and keep to their length.

use std::collections::BTreeSet;

use super::input;

fn corpus() -> Vec<Vec<u8>> {
    vec![b"one short input".to_vec(), (0..=255).collect(), Vec::new()]
}

#[test]
fn the_same_number_gives_the_same_input() {
    for index in 0..500 {
        let first = input(&corpus(), 7, "frame", index, 300);
        assert_eq!(first, input(&corpus(), 7, "frame", index, 300));
        assert!(first.len() <= 300);
    }
}

#[test]
fn other_numbers_seeds_and_targets_give_other_inputs() {
    let of = |seed, name, index| input(&corpus(), seed, name, index, 300);
    let many: BTreeSet<Vec<u8>> = (0..2000).map(|index| of(7, "frame", index)).collect();
    assert!(many.len() > 1500, "{} of 2,000 differ", many.len());
    let pairs = (0..100).filter(|index| of(7, "frame", *index) == of(8, "frame", *index)).count();
    assert!(pairs < 20, "{pairs} of 100 do not depend on the seed");
    let pairs = (0..100).filter(|index| of(7, "frame", *index) == of(7, "bundle", *index)).count();
    assert!(pairs < 20, "{pairs} of 100 do not depend on the target");
}

#[test]
fn an_empty_corpus_still_gives_inputs() {
    let many: BTreeSet<Vec<u8>> = (0..200).map(|index| input(&[], 1, "x", index, 64)).collect();
    assert!(many.len() > 50, "{}", many.len());
}
