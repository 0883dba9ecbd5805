//! Beacons that say nothing, and what becomes of those that cannot be opened.

use super::converge::{order, saved_id};
use super::lab::Lab;
use super::made_up::{card, radio};
use crate::base::ids::{DeviceId, Lane, LaneId, LinkId};
use crate::link::contact::Contact;
use crate::node::Input;
use crate::wire::frame::FrameView;

/// Bytes of a mute beacon.
const MUTE_BYTES: usize = 7;

/// Bytes of a mute ack.
const ACK_BYTES: usize = 11;

fn lengths_since(lab: &Lab, from: usize) -> Vec<usize> {
    lab.trace[from..].iter().map(|(_, bytes)| *bytes).collect()
}

#[test]
fn of_two_that_hold_the_same_one_says_seven_bytes_and_both_keep_silent() {
    let mut lab = Lab::new(2, 51);
    lab.join(&[0, 1], &radio(1200));
    while lab.trace.is_empty() {
        lab.run_ms(10);
    }
    lab.run_ms(5_000);
    assert_eq!(lengths_since(&lab, 0), [MUTE_BYTES]);
    // Before long the other is heard as well: whoever has something to say must know of it.
    lab.run_ms(30_000);
    let speakers: std::collections::BTreeSet<usize> =
        lab.trace.iter().map(|(node, _)| *node).collect();
    assert_eq!(speakers.len(), 2, "{:?}", lab.trace);
}

#[test]
fn two_that_differ_find_out_though_their_first_beacons_are_mute() {
    let mut lab = Lab::new(3, 52);
    lab.join(&[0, 2], &card(600));
    saved_id(lab.ask(0, order("U3", "立即转移")));
    assert!(lab.run_until_agreed_among(&[0, 2], 600).is_some());
    lab.run_ms(600_000);
    // Nothing waits for the second, which lacks the order all the same.
    let before = lab.trace.len();
    lab.join(&[1, 2], &radio(1200));
    assert!(lab.run_until_agreed(120).is_some(), "{:?}", &lab.trace[before..]);
}

#[test]
fn one_that_comes_back_as_it_was_is_known_by_what_both_held() {
    let mut lab = Lab::new(2, 53);
    lab.join(&[0, 1], &radio(1200));
    saved_id(lab.ask(0, order("U2", "先行通知")));
    assert!(lab.run_until_agreed(120).is_some());
    lab.run_ms(60_000);
    lab.stop(1);
    lab.run_ms(60_000);
    saved_id(lab.ask(0, order("U2", "立即转移")));
    lab.run_ms(600_000);
    lab.start(1);
    assert!(lab.run_until_agreed(60).is_some());
}

#[test]
fn mute_beacons_that_are_made_up_cost_less_than_made_up_inventories() {
    let mut lab = Lab::new(2, 54);
    lab.join(&[0], &radio(1200));
    lab.run_ms(3_600_000);
    let quiet = lab.sent_bytes[0];
    lab.run_ms(3_600_000);
    let quiet = lab.sent_bytes[0] - quiet;
    let before = lab.sent_bytes[0];
    for n in 0..3_600u32 {
        let mut frame = vec![0x70, 0, 2];
        frame.extend_from_slice(&n.wrapping_mul(2_654_435_761).to_be_bytes());
        assert!(FrameView::new(&frame).expect("a header and a tag").is_mute());
        lab.input(0, Input::Heard { link: LinkId(1), frame });
        lab.run_ms(1_000);
    }
    let said = lab.sent_bytes[0] - before;
    // Fifteen beacons and what the shorter intervals after them bring; fifteen lists of somebody
    // who holds the key bring the same and the lists (decision 0041).
    assert!(said > quiet, "it is answered");
    assert!(said <= quiet + 90 * 16, "{said} bytes, {quiet} without anybody");
}

/// True if node 0 was told by all it hears that they have verified all of its orders.
fn knows_that_all_have_its_orders(lab: &Lab) -> bool {
    let node = lab.nodes[0].as_ref().expect("up");
    let own = |(id, _): &(&LaneId, &_)| id.author == DeviceId(1) && id.lane == Lane::Command;
    let orders: Vec<_> = node.book.lanes().filter(own).collect();
    let has_said = |contact: &Contact| {
        let said = |id| contact.view(id).map_or(0, |view| view.said);
        orders.iter().all(|(id, lane)| said(**id) >= lane.saved_sealed())
    };
    !orders.is_empty() && node.links.values().all(|link| link.contacts.values().all(has_said))
}

#[test]
fn an_order_is_acknowledged_mutely_by_one_who_held_the_same_and_is_delivered_by_that() {
    let mut lab = Lab::new(2, 55);
    lab.join(&[0, 1], &radio(1200));
    lab.run_ms(600_000);
    let from = lab.trace.len();
    saved_id(lab.ask(0, order("U2", "立即转移")));
    lab.run_ms(6_000);
    let said = &lab.trace[from..];
    assert_eq!((said.len(), said[1]), (2, (1, ACK_BYTES)), "an order and a mute ack: {said:?}");
    assert!(lab.agree() && knows_that_all_have_its_orders(&lab));
}

#[test]
fn whoever_held_something_else_is_asked_again_at_most_and_is_understood_then() {
    let mut lab = Lab::new(3, 56);
    lab.join(&[0, 1, 2], &radio(1200));
    lab.run_ms(600_000);
    // Node 2 hears nobody while an order is said, and then the next one.
    lab.cut(0, 2, true);
    lab.cut(1, 2, true);
    saved_id(lab.ask(0, order("U2", "先行通知")));
    lab.run_ms(20_000);
    lab.cut(0, 2, false);
    saved_id(lab.ask(0, order("all", "立即转移")));
    assert!(lab.run_until_agreed(300).is_some());
    lab.run_ms(60_000);
    assert!(knows_that_all_have_its_orders(&lab));
}

#[test]
fn a_recording_of_a_mute_ack_is_not_taken_for_an_answer_to_another_frame() {
    let mut lab = Lab::new(2, 57);
    lab.join(&[0, 1], &radio(1200));
    lab.run_ms(600_000);
    lab.tape_of = Some(1);
    saved_id(lab.ask(0, order("U2", "先行通知")));
    lab.run_ms(8_000);
    let is_ack = |frame: &&Vec<u8>| frame.len() == ACK_BYTES;
    let recorded = lab.taped.iter().find(is_ack).expect("an ack was said").clone();
    lab.stop(1);
    lab.run_ms(11 * 60_000);
    let heard = |lab: &Lab| {
        let links = lab.nodes[0].as_ref().expect("up").links.values();
        links.flat_map(|link| link.contacts.values()).map(|c| c.heard_at).max()
    };
    let before = heard(&lab);
    lab.input(0, Input::Heard { link: LinkId(1), frame: recorded });
    assert_eq!(heard(&lab), before, "nothing of the last ten minutes is answered by it");
}

#[test]
fn two_whose_clocks_differ_agree_all_the_same_and_say_no_more_often_that_they_do() {
    let frames = |skew_ms| {
        let mut lab = Lab::new(2, 58);
        lab.skew_ms[1] = skew_ms;
        lab.join(&[0, 1], &radio(1200));
        lab.run_ms(3_600_000);
        let before = lab.trace.len();
        lab.run_ms(3_600_000);
        let said = lab.trace.len() - before;
        let in_full = lab.trace[before..].iter().filter(|(_, bytes)| *bytes > MUTE_BYTES).count();
        saved_id(lab.ask(0, order("U2", "立即转移")));
        lab.run_ms(8_000);
        assert!(lab.agree());
        (said, in_full)
    };
    let ((right, full), (wrong, full_wrong)) = (frames(0), frames(3_600_000));
    assert!(wrong <= right + right / 4, "{wrong} beacons and answers, {right} by right clocks");
    assert!(full < right / 4 && full_wrong > wrong * 3 / 4, "{full} and {full_wrong} in full");
}
