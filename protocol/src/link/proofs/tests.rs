//! When a proof is said again, and who still owes one.

use super::*;
use crate::base::ids::Lane;
use crate::link::turns::tests::{NOW, radio};

const BYTES: usize = 230;

fn lane() -> LaneId {
    LaneId::first(DeviceId(7), Lane::Command)
}

/// In how many of a hundred rounds two who do not hear each other say a proof so far apart that
/// whoever hears both understands one of them.
fn apart_after(rounds: u32) -> usize {
    let mut link = radio(&[1]);
    (0..rounds).for_each(|_| link.proofs.note_aired(lane(), NOW));
    let air_ms = link.profile.air_ms(BYTES);
    let mut dice = Dice::new(5);
    let mut wait_ms = || link.proof_wait_ms(lane(), BYTES, NOW, &mut dice);
    (0..100).filter(|_| wait_ms().abs_diff(wait_ms()) >= air_ms).count()
}

#[test]
fn two_who_do_not_hear_each_other_say_a_proof_ever_further_apart() {
    let apart: Vec<usize> = [0, 1, 2, 4].into_iter().map(apart_after).collect();
    assert_eq!(apart[0], 0, "a proof takes longer than the answers are spread");
    assert!(apart.is_sorted() && apart[2] >= 40 && apart[3] >= 75, "{apart:?}");
}

#[test]
fn a_proof_waits_a_minute_for_its_turn_at_most() {
    let mut link = radio(&[1]);
    (0..100).for_each(|_| link.proofs.note_aired(lane(), NOW));
    let mut dice = Dice::new(5);
    let longest_ms =
        (0..100).map(|_| link.proof_wait_ms(lane(), BYTES, NOW, &mut dice)).max().unwrap_or(0);
    assert!((50_000..=REPEAT_MS + 2_000).contains(&longest_ms), "{longest_ms} ms");
}

#[test]
fn where_nobody_else_speaks_a_proof_is_said_at_once_every_time() {
    let mut link = radio(&[1]);
    link.profile.half_duplex = false;
    link.proofs.note_aired(lane(), NOW);
    let mut dice = Dice::new(5);
    assert!((0..100).all(|_| link.proof_wait_ms(lane(), BYTES, NOW, &mut dice) <= 2_000));
}

#[test]
fn both_halves_from_one_are_a_proof_said_and_from_two_are_not() {
    let mut proofs = Proofs::default();
    proofs.owe(lane(), NOW);
    assert!(!proofs.hear_branch(lane(), 0, DeviceId(1), NOW));
    assert!(!proofs.hear_branch(lane(), 1, DeviceId(2), NOW), "each may hold one story only");
    assert_eq!(proofs.due(NOW), [lane()]);
    assert!(proofs.hear_branch(lane(), 0, DeviceId(2), NOW));
    assert!(proofs.is_empty() && !proofs.has_rested(lane(), NOW));
    assert!(proofs.has_rested(lane(), NOW.after_ms(REPEAT_MS)));
}
