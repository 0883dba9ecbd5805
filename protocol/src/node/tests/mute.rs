//! Beacons that say nothing, and what becomes of those that cannot be opened.

use super::converge::{order, saved_id};
use super::lab::Lab;
use super::made_up::{card, radio};
use crate::base::ids::LinkId;
use crate::node::Input;
use crate::wire::frame::FrameView;

/// Bytes of a mute beacon, the first after a start: its number is whole, and takes 5 of them.
const FIRST_MUTE_BYTES: usize = 14;

fn lengths_since(lab: &Lab, from: usize) -> Vec<usize> {
    lab.trace[from..].iter().map(|(_, bytes)| *bytes).collect()
}

#[test]
fn of_two_that_hold_the_same_one_says_fourteen_bytes_and_both_keep_silent() {
    let mut lab = Lab::new(2, 51);
    lab.join(&[0, 1], &radio(1200));
    while lab.trace.is_empty() {
        lab.run_ms(10);
    }
    lab.run_ms(5_000);
    assert_eq!(lengths_since(&lab, 0), [FIRST_MUTE_BYTES]);
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
        frame.extend_from_slice(&n.wrapping_mul(40_503).to_be_bytes()[2..]);
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
