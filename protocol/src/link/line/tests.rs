//! When an answer leaves, and how long it is waited for.

use super::*;
use crate::link::turns::tests::{NOW, lane, radio};

/// When the ack of one order would leave.
fn ack_ms(link: &Link, answer: Answer, is_lazy: bool) -> u64 {
    let mut link = link.clone();
    link.owe_ack(lane(1), answer, is_lazy, NOW, &mut Dice::new(2));
    link.ack_at.expect("an ack is owed").0.since_ms(NOW)
}

#[test]
fn hearers_answer_in_the_order_of_their_numbers() {
    let own = DeviceId(5);
    let link = radio(&[1, 2, 4, 7]);
    assert_eq!(link.answer(own, DeviceId(1), None, NOW), Answer::InLine(2));
    assert_eq!(link.answer(own, DeviceId(7), None, NOW), Answer::InLine(3));
    let called = [DeviceId(2), own];
    assert_eq!(
        link.answer(own, DeviceId(1), Some(&called), NOW),
        Answer::Named { place: 1, of: 2 }
    );
    assert_eq!(link.answer(own, DeviceId(1), Some(&called[..1]), NOW), Answer::NotNamed(3));
    let later = NOW.after_ms(link.live_ms() + 1);
    assert_eq!(link.answer(own, DeviceId(1), None, later), Answer::InLine(0), "the dead do not");
}

#[test]
fn each_place_in_line_is_one_slot_later() {
    let link = radio(&[1, 2, 3, 4]);
    let (first, third) =
        (ack_ms(&link, Answer::InLine(0), false), ack_ms(&link, Answer::InLine(2), false));
    assert_eq!(third - first, 2 * link.slot_ms());
    assert!(first < 1_500, "{first}");
}

#[test]
fn acks_that_nobody_waits_for_are_put_off_in_a_crowd_only() {
    let pair = radio(&[1]);
    assert_eq!(ack_ms(&pair, Answer::InLine(0), true), ack_ms(&pair, Answer::InLine(0), false));
    let crowd = radio(&[1, 2, 3, 4]);
    let put_off =
        ack_ms(&crowd, Answer::InLine(0), true) - ack_ms(&crowd, Answer::InLine(0), false);
    assert_eq!(put_off, 4 * crowd.slot_ms());
}

#[test]
fn a_sender_waits_for_the_whole_line() {
    let link = radio(&[1, 2, 3, 4]);
    let own = DeviceId(9);
    let (one, four) = (link.wait_ms(own, 0, 1, false, NOW), link.wait_ms(own, 0, 4, false, NOW));
    assert!(one > ack_ms(&link, Answer::InLine(0), false) + 1_000, "{one}");
    assert!(four > one);
    assert_ne!(
        link.wait_ms(DeviceId(1), 1, 1, false, NOW),
        link.wait_ms(DeviceId(2), 1, 1, false, NOW),
        "two that collided do not repeat in step"
    );
}

#[test]
fn one_ack_in_eight_and_the_last_tell_whose_acks_they_heard() {
    let others: Vec<u16> = (2..=31).collect();
    let vouches = |place: u64| {
        let mut link = radio(&others);
        link.owe_ack(lane(1), Answer::InLine(place), false, NOW, &mut Dice::new(2));
        link.vouches
    };
    let places: Vec<u64> = (0..30).filter(|place| vouches(*place)).collect();
    assert_eq!(places, [7, 15, 23, 29]);
    let mut few = radio(&[2, 3]);
    few.owe_ack(lane(1), Answer::InLine(1), false, NOW, &mut Dice::new(2));
    assert!(!few.vouches, "three need no go-between");
}

#[test]
fn the_last_of_some_who_are_asked_again_tells_whose_acks_it_heard() {
    let others: Vec<u16> = (2..=31).collect();
    let vouches = |place: u64, of: u64| {
        let mut link = radio(&others);
        let answer = Answer::Named { place, of };
        link.owe_ack(lane(1), answer, false, NOW, &mut Dice::new(2));
        link.vouches
    };
    assert!(!vouches(0, 3) && !vouches(1, 3) && vouches(2, 3));
    assert!(!vouches(0, 1), "one alone heard nobody else");
}

#[test]
fn what_a_person_waits_for_is_repeated_twice_before_the_wait_grows() {
    let link = radio(&[1, 2, 3, 4]);
    let wait_ms = |tries, is_lazy| link.wait_ms(DeviceId(9), tries, 1, is_lazy, NOW);
    assert!(wait_ms(2, false) < link.pause_ms(1));
    assert!(wait_ms(3, false) >= link.pause_ms(1));
    assert!(wait_ms(2, true) >= link.pause_ms(1), "nobody waits for this");
}

#[test]
fn only_those_are_vouched_for_who_said_the_same_themselves() {
    let mut link = radio(&[2, 3, 4]);
    let whole = Holding::whole(lane(1), 5);
    for (device, head) in [(2, 5), (3, 4)] {
        let contact = link.contacts.get_mut(&DeviceId(device)).expect("it was heard");
        contact.hear(&Holding::whole(lane(1), head), NOW, 0);
    }
    assert_eq!(link.vouched(&whole), Devices(vec![DeviceId(2)]));
    let unsealed = Holding { sealed: 4, ..whole };
    assert_eq!(link.vouched(&unsealed), Devices(Vec::new()));
}

/// A frame of so many bytes was heard after so long a silence.
fn hear(link: &mut Link, bytes: usize, silent_ms: u64, now: Mono) -> Mono {
    let now = now.after_ms(silent_ms + link.profile.bits_ms(bytes));
    link.note_busy(bytes, now);
    now
}

#[test]
fn a_frame_with_room_for_more_is_answered_at_once() {
    let mut link = radio(&[1]);
    hear(&mut link, 110, 5_000, NOW);
    assert!(ack_ms(&link, Answer::InLine(0), false) < 200);
}

#[test]
fn after_a_full_frame_more_is_waited_for_until_a_shorter_one_ends_the_burst() {
    let mut link = radio(&[1]);
    let first = hear(&mut link, 250, 5_000, NOW);
    assert!(ack_ms(&link, Answer::InLine(0), false) >= 700);
    hear(&mut link, 100, 0, first);
    assert!(ack_ms(&link, Answer::InLine(0), false) < 200);
}

#[test]
fn frames_of_one_length_close_together_are_a_burst_however_short() {
    let mut link = radio(&[1]);
    let first = hear(&mut link, 110, 5_000, NOW);
    let second = hear(&mut link, 111, 0, first);
    assert!(ack_ms(&link, Answer::InLine(0), false) >= 700);
    hear(&mut link, 40, 0, second);
    assert!(ack_ms(&link, Answer::InLine(0), false) < 200);
}

#[test]
fn the_time_in_which_more_of_ours_leaves_is_no_waiting() {
    let mut link = radio(&[1]);
    let before = link.busy_ms;
    link.note_own(120, NOW);
    assert_eq!(link.busy_ms - before, link.profile.bits_ms(120));
}

#[test]
fn an_ack_waits_for_the_disk_and_not_for_the_clock() {
    let mut link = radio(&[2]);
    link.up = true;
    link.owe_ack(lane(2), Answer::InLine(0), false, NOW, &mut Dice::new(2));
    let due = link.ack_at.expect("an ack is owed").0;
    assert_eq!(link.next_deadline(), Some(due));
    link.hold_ack(due);
    let others = link.trickle.next_at();
    assert_eq!(link.next_deadline(), Some(others), "nothing passes but time");
    link.resume_ack(due.after_ms(30));
    assert_eq!(link.next_deadline(), Some(due.after_ms(40)), "tried at the end of a pause");
}
