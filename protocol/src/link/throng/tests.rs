//! Turns of many, and what is not acknowledged among them.

use super::*;
use crate::link::line::Answer;
use crate::link::turns::tests::{NOW, lane, radio};

const OWN: DeviceId = DeviceId(9);

/// A channel with so many others.
fn channel(others: u16) -> Link {
    radio(&(20..20 + others).collect::<Vec<u16>>())
}

#[test]
fn among_few_everything_goes_at_once_and_is_acknowledged() {
    let mut few = channel(7);
    assert!(few.is_turn(OWN, NOW));
    few.owe_ack(lane(20), Answer::InLine(0), true, NOW, &mut Dice::new(1));
    assert!(few.ack_at.is_some());
}

#[test]
fn among_many_a_turn_is_drawn_once_and_stands_still_while_others_speak() {
    let mut many = channel(30);
    assert!(!many.is_turn(OWN, NOW));
    let drawn = many.turn_at.expect("a turn was drawn");
    assert!(!many.is_turn(OWN, NOW.after_ms(1)) && many.turn_at == Some(drawn), "drawn once");
    assert!(drawn <= NOW.after_ms(many.turns_ms(NOW)));
    many.note_busy(200, NOW.after_ms(1));
    let moved = many.turn_at.expect("it is still ours");
    assert_eq!(moved.since_ms(drawn), many.taken_ms(200));
    assert!(!many.is_turn(OWN, drawn) && many.is_turn(OWN, moved));
    many.end_turn(moved);
    assert_eq!((many.turn_at, many.digest_at), (None, Some(moved)), "a digest tells who missed it");
}

#[test]
fn among_many_only_what_a_person_waits_for_is_acknowledged() {
    let mut many = channel(30);
    many.owe_ack(lane(20), Answer::InLine(0), true, NOW, &mut Dice::new(1));
    assert!(many.ack_at.is_none() && many.ack_lanes.is_empty());
    many.owe_ack(lane(20), Answer::InLine(0), false, NOW, &mut Dice::new(1));
    assert!(many.ack_at.is_some());
}

#[test]
fn what_was_said_is_taken_for_held_and_not_for_said_to_be_held() {
    let mut view = View::holding(2, 2);
    view.note_sent(3, NOW);
    view.sent_sealed = 3;
    assert!(view.in_flight());
    view.presume();
    assert_eq!((view.head, view.sealed, view.said, view.in_flight()), (3, 3, 0, false));
    view.sent_piece = Some(Box::new((4, [7; 64], 32)));
    view.note_sent(4, NOW);
    view.presume();
    assert!(view.in_flight(), "the second half of a seal is still to come");
}
