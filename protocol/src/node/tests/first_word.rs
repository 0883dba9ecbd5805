//! What is said first on a new link of two: an order that was written while the link was being
//! set up does not wait for the other's first word, and little else takes the wire before it.

use super::converge::{order, saved_id};
use super::lab::Lab;
use super::made_up::{radio, udp};
use crate::base::ids::SpokenId;
use crate::link::profile::Profile;
use crate::local::Request;

/// A satellite line: a full frame takes two seconds.
fn slow(name: &str) -> Profile {
    Profile { rate_bit_s: 2_400, mtu: 600, beacon_max_ms: 600_000, ..udp(name) }
}

fn holds(lab: &mut Lab, node: usize, id: SpokenId) -> bool {
    lab.ask_now(node, Request::Order { id }).expect("answered at once").is_ok()
}

fn wait_held(lab: &mut Lab, node: usize, id: SpokenId, limit_ms: u64) -> u64 {
    let begin = lab.now_ms;
    while !holds(lab, node, id) {
        assert!(lab.now_ms < begin + limit_ms, "not there after {limit_ms} ms");
        lab.run_ms(100);
    }
    lab.now_ms - begin
}

#[test]
fn an_order_written_while_the_link_was_set_up_is_in_the_first_frame() {
    for profile in [slow("a-b"), udp("a-b")] {
        let mut lab = Lab::new(2, 31);
        let id = saved_id(lab.ask(0, order("U2", "立即转移")));
        assert_eq!(lab.sent_frames[0], 0);
        lab.join(&[0, 1], &profile);
        while !holds(&mut lab, 1, id) {
            assert!(lab.sent_frames[0] < 2, "{:?} and no order", lab.trace);
            lab.run_ms(1);
        }
    }
}

#[test]
fn a_first_frame_that_is_lost_is_said_again_without_a_question() {
    let mut lab = Lab::new(2, 32);
    let id = saved_id(lab.ask(0, order("U2", "立即转移")));
    lab.loss_ppm = 1_000_000;
    lab.join(&[0, 1], &slow("a-b"));
    lab.run_ms(5_000);
    lab.loss_ppm = 0;
    assert!(!holds(&mut lab, 1, id));
    wait_held(&mut lab, 1, id, 10_000);
}

#[test]
fn an_order_that_somebody_holds_is_not_said_again_to_a_stranger() {
    let mut lab = Lab::new(3, 33);
    lab.join(&[0, 1], &slow("a-b"));
    let id = saved_id(lab.ask(0, order("U2", "立即转移")));
    wait_held(&mut lab, 1, id, 10_000);
    lab.run_ms(60_000);
    let (before, bytes) = (lab.sent_frames[0], lab.sent_bytes[0]);
    lab.join(&[0, 2], &slow("a-c"));
    lab.run_ms(1);
    // A beacon: who holds what is not known yet.
    assert_eq!(lab.sent_frames[0], before + 1);
    assert!(lab.sent_bytes[0] - bytes < 60, "{}", lab.sent_bytes[0] - bytes);
    wait_held(&mut lab, 2, id, 20_000);
}

#[test]
fn two_that_meet_on_a_slow_line_with_one_order_say_few_frames() {
    let mut lab = Lab::new(2, 34);
    let id = saved_id(lab.ask(0, order("U2", "立即转移")));
    lab.join(&[0, 1], &slow("a-b"));
    wait_held(&mut lab, 1, id, 2_000);
    assert!(lab.run_until_agreed(60).is_some());
    lab.run_ms(60_000);
    // The order, its ack, a beacon of each side with its answer, and one more of either.
    let frames = lab.sent_frames[0] + lab.sent_frames[1];
    assert!(frames <= 10, "{frames} frames");
}

#[test]
fn what_differs_besides_the_order_is_found_out_as_well() {
    let mut lab = Lab::new(3, 35);
    lab.join(&[0, 1], &slow("a-b"));
    lab.join(&[1, 2], &slow("b-c"));
    let known = saved_id(lab.ask(0, order("U2", "先行通知")));
    wait_held(&mut lab, 1, known, 10_000);
    assert!(lab.run_until_agreed(120).is_some());
    lab.cut(1, 2, true);
    let missed = saved_id(lab.ask(0, order("U2", "原地待命")));
    wait_held(&mut lab, 1, missed, 10_000);
    // A new line between the first and the last, and an order in its first frame.
    let fresh = saved_id(lab.ask(2, order("U1", "请求支援")));
    lab.join(&[0, 2], &slow("a-c"));
    wait_held(&mut lab, 0, fresh, 2_000);
    wait_held(&mut lab, 2, missed, 60_000);
    assert!(lab.run_until_agreed(120).is_some());
}

/// The first station is heard on a radio by another, which has a flash order with its seal. Bytes
/// of what that one says next.
fn answer_to_a_stranger(mut lab: Lab, of: usize) -> usize {
    let before = lab.trace.len();
    lab.join(&[0, of], &radio(1200));
    while lab.trace.len() < before + 2 {
        lab.run_ms(10);
    }
    let [(first, _), (second, bytes)] = lab.trace[before..] else { panic!("{:?}", lab.trace) };
    assert_eq!((first, second), (0, of));
    bytes
}

#[test]
fn an_order_goes_to_a_stranger_on_a_radio_before_lists_are_compared() {
    let mut lab = Lab::new(2, 36);
    saved_id(lab.ask(1, order("U1", "立即转移")));
    assert!(answer_to_a_stranger(lab, 1) > 80);
    let mut lab = Lab::new(3, 37);
    lab.join(&[1, 2], &udp("b-c"));
    let id = saved_id(lab.ask(2, order("U1", "立即转移")));
    wait_held(&mut lab, 1, id, 10_000);
    lab.run_ms(60_000);
    lab.cut(1, 2, true);
    assert!(answer_to_a_stranger(lab, 2) > 80, "another holds it, and this one does not");
}
