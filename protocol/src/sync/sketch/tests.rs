//! The field, and lists that differ in a few, in many and in too many places.

use super::*;
use crate::base::dice::Dice;

fn list(length: usize, dice: &mut Dice) -> Vec<u8> {
    (0..length).map(|_| dice.below(256) as u8).collect()
}

/// The same list with so many places changed.
fn changed(values: &[u8], count: usize, dice: &mut Dice) -> Vec<u8> {
    let mut other = values.to_vec();
    while other.iter().zip(values).filter(|(a, b)| a != b).count() < count {
        let at = dice.below(values.len() as u64) as usize;
        other[at] = dice.below(256) as u8;
    }
    other
}

/// `ours` corrected by `count` symbols a block of `theirs`; `None` if a block was refused.
fn learnt(ours: &[u8], theirs: &[u8], count: usize) -> Option<Vec<u8>> {
    let mut values = ours.to_vec();
    let corrected = (0..blocks_of(values.len()))
        .all(|block| correct(&mut values, block, &symbols(theirs, block, 0, count)));
    corrected.then_some(values)
}

#[test]
fn every_value_but_zero_has_one_inverse() {
    for value in 1..=255u8 {
        assert_eq!(times(value, over(1, value)), value.min(1));
        assert_eq!(over(times(value, 29), 29), value);
    }
}

#[test]
fn as_many_differences_are_found_as_half_the_symbols() {
    let mut dice = Dice::new(1);
    for length in [1, 2, 17, 100, 254, 255] {
        for tells in 1..=20usize {
            let ours = list(length, &mut dice);
            for differ in 0..=tells.min(length) {
                let theirs = changed(&ours, differ, &mut dice);
                assert_eq!(
                    learnt(&ours, &theirs, 2 * tells).as_ref(),
                    Some(&theirs),
                    "{length} long, {differ} differ, {tells} told"
                );
            }
        }
    }
}

#[test]
fn a_long_list_goes_in_blocks_whose_places_lie_between_each_other() {
    let mut dice = Dice::new(2);
    for length in [256, 510, 511, 1000, 4000] {
        let ours = list(length, &mut dice);
        // Next to each other, as the lanes of devices that work together are.
        let mut theirs = ours.clone();
        theirs[100..124].iter_mut().for_each(|value| *value = value.wrapping_add(1));
        let most = 24usize.div_ceil(blocks_of(length));
        assert_eq!(learnt(&ours, &theirs, 2 * most), Some(theirs), "{length}");
    }
}

#[test]
fn more_symbols_go_on_where_the_first_ended() {
    let mut dice = Dice::new(3);
    let values = list(700, &mut dice);
    for block in 0..blocks_of(700) {
        let mut parts = symbols(&values, block, 0, 10);
        parts.extend(symbols(&values, block, 10, 32));
        assert_eq!(parts, symbols(&values, block, 0, 32));
    }
}

#[test]
fn too_many_differences_are_refused_or_give_a_list_that_the_digest_must_refuse() {
    let mut dice = Dice::new(4);
    let mut wrong = 0;
    for _ in 0..400 {
        let ours = list(200, &mut dice);
        let theirs = changed(&ours, 30, &mut dice);
        if let Some(learnt) = learnt(&ours, &theirs, 16) {
            assert_ne!(learnt, theirs, "eight told cannot be thirty");
            wrong += 1;
        }
    }
    assert!(wrong <= 2, "{wrong} of 400 were taken for less than they are");
}

#[test]
fn any_bytes_as_symbols_are_taken_or_refused() {
    let mut dice = Dice::new(5);
    for _ in 0..2_000 {
        let length = 1 + dice.below(300) as usize;
        let mut values = list(length, &mut dice);
        let theirs = list(dice.below(80) as usize, &mut dice);
        let block = dice.below(blocks_of(length) as u64) as usize;
        let before = values.clone();
        if correct(&mut values, block, &theirs) {
            assert_eq!(symbols(&values, block, 0, theirs.len()), theirs);
        } else {
            assert_eq!(values, before);
        }
    }
}
