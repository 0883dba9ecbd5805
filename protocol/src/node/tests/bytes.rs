//! What the main cases cost on the air. The limits are those of the first byte layouts; the table
//! that people read is printed by the benchmark.

use super::converge::{order, saved_id};
use super::lab::Lab;
use super::made_up::radio;
use crate::local::{Reply, Request};

/// A mute beacon and the framing of the radio.
const MUTE_BYTES: u64 = 7 + 3;
/// 20 characters, 60 bytes.
const TEXT: &str = "即赴白沙镇滨江路三号楼接应被困二十人速办";

fn quiet_pair(hearers: usize, rate: u32) -> Lab {
    let mut lab = Lab::new(hearers + 1, 9);
    lab.join(&(0..=hearers).collect::<Vec<_>>(), &radio(rate));
    lab.run_ms(600_000);
    lab
}

#[test]
fn a_signed_order_and_its_ack_take_at_most_220_bytes() {
    let mut lab = quiet_pair(1, 1200);
    let before: u64 = lab.sent_bytes.iter().sum();
    let frames: u64 = lab.sent_frames.iter().sum();
    saved_id(lab.ask(0, order("U2", TEXT)));
    lab.run_ms(6_000);
    let bytes = lab.sent_bytes.iter().sum::<u64>() - before;
    let frames = lab.sent_frames.iter().sum::<u64>() - frames;
    assert_eq!(frames, 2, "one order, one ack");
    assert!(bytes <= 220, "{bytes} bytes");
    assert!(lab.agree());
}

#[test]
fn three_hearers_need_one_transmission() {
    let mut lab = quiet_pair(3, 1200);
    let before = lab.sent_frames[0];
    saved_id(lab.ask(0, order("all", TEXT)));
    lab.run_ms(8_000);
    assert_eq!(lab.sent_frames[0] - before, 1, "{:?}", &lab.trace[lab.trace.len() - 8..]);
    assert!(lab.agree());
}

#[test]
fn equal_stores_meet_in_10_bytes_and_both_know_it_before_long() {
    let mut lab = quiet_pair(1, 1200);
    let before: u64 = lab.sent_bytes.iter().sum();
    let met = |lab: &mut Lab, node| match lab.ask(node, Request::Peers) {
        Ok(Reply::Peers { peers }) => peers.iter().all(|peer| peer.in_step) && peers.len() == 1,
        other => panic!("{other:?}"),
    };
    lab.start(0);
    lab.start(1);
    while !met(&mut lab, 0) && !met(&mut lab, 1) {
        lab.run_ms(10);
        assert!(lab.sent_bytes.iter().sum::<u64>() - before <= MUTE_BYTES, "one beacon is enough");
    }
    lab.run_ms(30_000);
    assert!(met(&mut lab, 0) && met(&mut lab, 1), "both know that they hold the same");
    assert!(lab.sent_bytes.iter().sum::<u64>() - before <= 40);
}

#[test]
fn a_quiet_radio_says_at_most_one_beacon_a_minute() {
    let mut lab = quiet_pair(2, 1200);
    let before: u64 = lab.sent_frames.iter().sum();
    lab.run_ms(600_000);
    let frames = lab.sent_frames.iter().sum::<u64>() - before;
    assert!(frames <= 10 * 3, "{frames} frames of three nodes in ten minutes");
}
