//! Places in line, and how long who waits for whom.

use super::*;
use crate::base::ids::{Lane, LinkId};
use crate::base::time::{Now, Wall};
use crate::link::profile::Profile;
use crate::log::book::Book;

const NOW: Mono = Mono(1_000);

fn lane(author: u16) -> LaneId {
    LaneId::first(DeviceId(author), Lane::Command)
}

/// A radio at 1,200 bit/s on which these devices were heard.
fn radio(heard: &[u16]) -> Link {
    let profile = Profile {
        name: "370".into(),
        kind: "kiss-tcp".into(),
        target: String::new(),
        mtu: 256,
        rate_bit_s: 1200,
        per_burst_ms: 800,
        per_frame_bytes: 3,
        medium: Medium::Broadcast,
        half_duplex: true,
        min_interval_ms: 0,
        beacon_max_ms: 60_000,
        ..Profile::default()
    };
    let mut dice = Dice::new(1);
    let mut link = Link::new(LinkId(1), profile, Mono(0), &mut dice);
    let now = Now { mono: NOW, wall: Wall(0) };
    for device in heard {
        link.hear(DeviceId(*device), &Book::default(), now, &mut dice);
    }
    link
}

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
    assert_eq!(link.answer(own, DeviceId(1), Some(&called), NOW), Answer::Named(1));
    assert_eq!(link.answer(own, DeviceId(1), Some(&called[..1]), NOW), Answer::NotNamed);
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
fn repairs_are_left_to_an_author_who_is_heard() {
    let link = radio(&[1, 2, 3, 4]);
    let own = DeviceId(9);
    assert!(link.is_authors_to_send(own, DeviceId(1), DeviceId(2), link.crowd(NOW), NOW));
    assert!(!link.is_authors_to_send(own, own, DeviceId(2), 4, NOW), "ours are ours");
    assert!(!link.is_authors_to_send(own, DeviceId(8), DeviceId(2), 4, NOW), "8 is not here");
    let between = radio(&[1, 2]);
    assert!(
        !between.is_authors_to_send(own, DeviceId(1), DeviceId(2), between.crowd(NOW), NOW),
        "who else could"
    );
    let hold = link.repair_hold(own, lane(1), DeviceId(2), NOW, &mut Dice::new(3));
    assert!(hold.is_some_and(|until| until > NOW.after_ms(link.turn_ms())));
    assert_eq!(link.repair_hold(own, lane(9), DeviceId(2), NOW, &mut Dice::new(3)), None);
}

#[test]
fn a_digest_waits_until_records_have_passed() {
    let mut link = radio(&[1, 2]);
    assert!(!link.is_in_flux(NOW));
    link.note_flux(NOW);
    assert!(link.is_in_flux(NOW.after_ms(link.turn_ms() - 1)));
    assert!(!link.is_in_flux(NOW.after_ms(link.turn_ms() + 3 * link.slot_ms())));
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
