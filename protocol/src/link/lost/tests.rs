//! What counts as lost on a card, and when the answer there leaves.

use super::*;
use crate::base::dice::Dice;
use crate::base::ids::{Lane, LaneId, LinkId};
use crate::base::time::{Now, Wall};
use crate::link::line::ACK_SLOTS;
use crate::link::profile::{Medium, Profile};
use crate::log::book::Book;

const OTHER: DeviceId = DeviceId(2);
const SLOT_MS: u64 = 60_000;
/// Twice the longest way, and the slack.
const ARRIVES_MS: u64 = 22_000;

fn lane() -> LaneId {
    LaneId::first(DeviceId(1), Lane::Command)
}

/// A link at whose other end one was heard, with two records and their seal on their way to it.
fn sent_over(medium: Medium, slot_ms: u32) -> Link {
    let profile = Profile {
        mtu: 78,
        rate_bit_s: 10,
        medium,
        half_duplex: true,
        min_interval_ms: slot_ms,
        latency_ms: (3_800, 10_000),
        ..Profile::default()
    };
    let mut dice = Dice::new(1);
    let mut link = Link::new(LinkId(1), profile, Mono(0), &mut dice);
    let now = Now { mono: Mono(0), wall: Wall(0) };
    link.hear(OTHER, &Book::default(), now, &mut dice);
    let view = link.contacts.get_mut(&OTHER).expect("it was heard").view_mut(lane());
    view.note_sent(1, Mono(0));
    view.note_sent(2, Mono(0));
    view.sent_sealed = 2;
    view.stamp(Mono(0), 10 * SLOT_MS, 0);
    link
}

/// What is on its way, and how often that failed, after this was said at this moment.
fn after(link: &Link, (head, sealed): (u32, u32), at_ms: u64) -> (u32, u32, u32) {
    let mut link = link.clone();
    let said = Holding { lane: lane(), head, sealed, islands: Vec::new() };
    link.lose_unheard(OTHER, &said, Mono(at_ms));
    let view = link.contacts.get_mut(&OTHER).expect("it was heard").view_mut(lane());
    (view.sent, view.sent_sealed, view.tries)
}

#[test]
fn on_a_card_an_answer_that_leaves_out_what_must_have_arrived_says_that_it_was_lost() {
    let link = sent_over(Medium::Unicast, 60_000);
    let (on_its_way, lost) = ((2, 2, 0), (0, 0, 1));
    assert_eq!(after(&link, (0, 0), ARRIVES_MS - 1), on_its_way, "they may have crossed");
    assert_eq!(after(&link, (0, 0), ARRIVES_MS), lost);
    assert_eq!(after(&link, (2, 0), ARRIVES_MS), lost, "the seal lacks");
    assert_eq!(after(&link, (2, 2), ARRIVES_MS), on_its_way, "nothing lacks");
    let shared = sent_over(Medium::Broadcast, 60_000);
    assert_eq!(after(&shared, (0, 0), ARRIVES_MS), on_its_way, "its turn may be over long ago");
    let radio = sent_over(Medium::Unicast, 0);
    assert_eq!(after(&radio, (0, 0), ARRIVES_MS), on_its_way);
}

#[test]
fn while_the_second_half_of_a_seal_is_to_come_only_a_record_that_lacks_was_lost() {
    let mut link = sent_over(Medium::Unicast, 60_000);
    let view = link.contacts.get_mut(&OTHER).expect("it was heard").view_mut(lane());
    (view.sent_piece, view.sent_sealed) = (Some(Box::new((2, [7; 64], 32))), 0);
    assert_eq!(after(&link, (2, 0), ARRIVES_MS), (2, 0, 0));
    assert_eq!(after(&link, (1, 0), ARRIVES_MS), (0, 0, 1));
}

#[test]
fn an_ack_that_nobody_waits_for_goes_alone_after_some_slots_and_with_the_next_that_is_due() {
    let mut link = sent_over(Medium::Unicast, 60_000);
    let now = Mono(1_000);
    link.owe_ack_in_company(lane(), SLOT_MS, now);
    let later = now.after_ms(ACK_SLOTS * SLOT_MS);
    assert_eq!(link.ack_at, Some((later, later)));
    link.owe_ack_in_company(LaneId::flash(DeviceId(1)), SLOT_MS, Mono(9_000));
    assert_eq!(link.ack_at, Some((later, later)), "more of the same does not put it off");
    let answer = link.answer(DeviceId(3), OTHER, None, now);
    link.owe_ack(lane(), answer, false, Mono(9_000), &mut Dice::new(1));
    assert!(link.ack_at.is_some_and(|(at, _)| at < Mono(15_000)), "somebody waits for this one");
    assert_eq!(link.ack_lanes.len(), 2);
}
