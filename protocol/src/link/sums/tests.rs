//! How many sums are owed, whose turn it is, and when losses are repaired otherwise.

use super::*;
use crate::base::ids::{Lane, LaneId};
use crate::link::turns::tests::{NOW, radio};
use crate::wire::bundle::Item;

const OWN: DeviceId = DeviceId(9);

fn channel(others: u16) -> Link {
    radio(&(20..20 + others).collect::<Vec<u16>>())
}

#[test]
fn among_few_nobody_owes_a_sum() {
    let mut few = channel(7);
    few.owe_sums(5, NOW);
    assert_eq!(few.sums.owed(), 0);
    assert!(!few.is_sum_turn(OWN, NOW));
}

#[test]
fn as_many_are_owed_as_whoever_lacks_most_lacks_and_each_one_heard_is_one_less() {
    let mut many = channel(29);
    [3, 5, 2, 0].into_iter().for_each(|runs| many.owe_sums(runs, NOW));
    assert_eq!(many.sums.owed(), 5);
    many.note_sum(NOW);
    assert_eq!(many.sums.owed(), 4);
    many.owe_sums(1_000, NOW);
    assert_eq!(many.sums.owed(), 32, "a sum is made of no more runs");
}

#[test]
fn a_turn_is_drawn_once_stands_still_while_others_speak_and_ends_with_a_sum() {
    let mut many = channel(29);
    many.owe_sums(2, NOW);
    assert!(!many.is_sum_turn(OWN, NOW));
    let drawn = many.sums.turn_at().expect("a turn was drawn");
    many.note_busy(200, NOW.after_ms(1));
    let moved = many.sums.turn_at().expect("it is still ours");
    assert!(moved > drawn);
    assert!(!many.is_sum_turn(OWN, drawn) && many.is_sum_turn(OWN, moved));
    many.note_sum(moved);
    assert_eq!((many.sums.turn_at(), many.sums.owed()), (None, 1));
    many.note_sum(moved);
    assert!(!many.is_sum_turn(OWN, moved.after_ms(3_600_000)), "none is owed");
}

#[test]
fn whom_sums_did_not_help_for_long_is_repaired_otherwise_until_all_was_quiet() {
    let mut many = channel(29);
    let span_ms = many.sums_ms();
    many.owe_sums(2, NOW);
    assert!(many.repairs_by_sums(NOW));
    many.owe_sums(2, NOW.after_ms(span_ms));
    let late = NOW.after_ms(span_ms + 1);
    assert!(!many.repairs_by_sums(late));
    assert!(!many.is_sum_turn(OWN, late));
    let rested = NOW.after_ms(2 * span_ms + 1);
    assert!(many.repairs_by_sums(rested) || many.crowd(rested) < 8);
}

#[test]
fn only_so_many_sums_are_kept_and_those_of_no_use_are_forgotten() {
    let mut sums = Sums::default();
    let lane = LaneId::first(OWN, Lane::Command);
    for seed in 0..100 {
        let items = vec![Item { lane, first: 1, count: 1 + u32::from(seed % 2) }];
        sums.keep(Sum { seed, items, bytes: vec![1] });
    }
    assert_eq!(sums.heard().len(), PARITY_SUMS_MAX);
    assert_eq!(sums.heard()[0].seed, 36);
    sums.retain(|sum| sum.items[0].count == 2);
    assert_eq!(sums.heard().len(), PARITY_SUMS_MAX / 2);
}
