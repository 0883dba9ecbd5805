//! A disk that has lost some of what it held of others: the node opens all the same, and gets it
//! from its peers again.

use super::converge::{movement, order, saved_id};
use super::lab::Lab;
use super::made_up::{card, radio, udp};
use crate::base::ids::{DeviceId, FOUNDER, Lane, LaneId, LinkId};
use crate::local::request::MovementKind;

/// Both hold five orders of the first and of the second.
fn two_with_orders() -> Lab {
    let mut lab = Lab::new(2, 1);
    lab.join(&[0, 1], &udp("a-b"));
    lab.run_ms(10_000);
    for _ in 0..5 {
        saved_id(lab.ask(0, order("U2", "转移")));
        saved_id(lab.ask(1, order("U1", "已转移")));
        lab.run_ms(2_000);
    }
    assert!(lab.run_until_agreed(60).is_some());
    lab
}

/// Start the second from a disk without the pairs of the first that `lost` names.
fn start_without(lab: &mut Lab, lost: impl Fn(&[u8]) -> bool) {
    let before = lab.disks[1].len();
    lab.disks[1].retain(|key, _| key.get(1..3) != Some(&[0, 1]) || !lost(key));
    assert!(lab.disks[1].len() < before, "nothing was lost");
    lab.start(1);
}

/// The number of the record in a key of a command, or nothing.
fn command(key: &[u8], tag: u8) -> Option<u8> {
    let is_it = key[0] == tag && key[4] == 0;
    is_it.then(|| key[8])
}

#[test]
fn a_record_lost_among_others_comes_back_and_the_node_goes_on() {
    let mut lab = two_with_orders();
    start_without(&mut lab, |key| command(key, b'r') == Some(2));
    saved_id(lab.ask(0, order("U2", "继续")));
    assert!(lab.run_until_agreed(120).is_some());
}

#[test]
fn seals_that_were_lost_come_back() {
    let mut lab = two_with_orders();
    start_without(&mut lab, |key| command(key, b's').is_some());
    assert!(lab.run_until_agreed(120).is_some());
}

#[test]
fn the_directory_comes_back_and_what_it_vouches_for_counts_again() {
    let mut lab = two_with_orders();
    start_without(&mut lab, |key| key[0] == b'r' && key[4] == 1);
    saved_id(lab.ask(0, order("U1", "继续")));
    assert!(lab.run_until_agreed(120).is_some());
}

#[test]
fn seals_of_the_directory_come_back() {
    let mut lab = two_with_orders();
    start_without(&mut lab, |key| key[0] == b's' && key[4] == 1);
    assert!(lab.run_until_agreed(120).is_some());
}

#[test]
fn the_directory_comes_back_over_a_card_though_seals_that_it_vouches_for_keep_coming() {
    let mut lab = Lab::new(3, 1);
    lab.join(&[0, 1], &card(210));
    lab.join(&[0, 2], &udp("a-c"));
    lab.run_ms(600_000);
    start_without(&mut lab, |key| key[0] == b'r' && key[4] == 1);
    for author in [0, 2] {
        saved_id(lab.ask(author, order("U2", "转移")));
        saved_id(lab.ask(author, movement(MovementKind::Opening, "D01", 24)));
    }
    assert!(lab.run_until_agreed(3 * 3600).is_some());
}

#[test]
fn the_directory_comes_back_in_parts_over_a_card_that_seals_in_halves_would_fill() {
    let mut lab = Lab::new(5, 1);
    lab.join(&[0, 1], &card(78));
    for author in 2..5 {
        lab.join(&[0, author], &udp("wire"));
    }
    lab.run_ms(600_000);
    start_without(&mut lab, |key| key[0] == b'r' && key[4] == 1);
    for author in [0, 2, 3, 4] {
        saved_id(lab.ask(author, order("U2", "转移")));
    }
    assert!(lab.run_until_agreed(3 * 3600).is_some());
}

#[test]
fn who_cannot_check_what_it_takes_in_asks_for_a_directory_of_which_it_has_no_seal() {
    let (mut lab, link) = (Lab::new(3, 1), LinkId(1));
    lab.join(&[0, 1, 2], &radio(9600));
    lab.run_ms(60_000);
    saved_id(lab.ask(2, order("U2", "转移")));
    assert!(lab.run_until_agreed(300).is_some());
    let taken = LaneId::flash(DeviceId(3));
    let missed = LaneId::first(FOUNDER, Lane::Directory);
    let asks = |lab: &mut Lab| {
        let node = lab.nodes[1].as_mut().expect("it runs");
        node.miss_directory(link, taken);
        node.links.get(link).is_some_and(|link| link.wants.contains_key(&missed))
    };
    assert!(!asks(&mut lab), "it has all of it");
    start_without(&mut lab, |key| key[0] == b's' && key[4] == 1);
    assert!(asks(&mut lab));
    assert!(lab.run_until_agreed(600).is_some());
    assert!(!asks(&mut lab));
}

/// What one node of a radio of short frames holds has lost its seal, and the other holds nothing
/// but that: together they have all of it, though its author is gone.
#[test]
fn a_record_in_parts_is_checked_with_the_seal_that_waited_for_it() {
    let mut lab = Lab::new(3, 1);
    let mut short = radio(2400);
    short.mtu = 64;
    lab.join(&[0, 1, 2], &short);
    for author in 1..=2 {
        saved_id(lab.ask(author, order("all", "转移")));
    }
    lab.run_ms(600_000);
    assert!(lab.run_until_agreed(600).is_some());
    lab.stop(0);
    let directory = |key: &[u8], tag: u8| key[0] == tag && key[4] == 1;
    lab.disks[1].retain(|key, _| !directory(key, b's'));
    lab.disks[2].retain(|key, _| !directory(key, b'r'));
    (1..=2).for_each(|node| lab.start(node));
    lab.run_ms(600_000);
    let missed = LaneId::first(FOUNDER, Lane::Directory);
    for node in 1..=2 {
        let lane = lab.nodes[node].as_ref().and_then(|node| node.book().lane(missed));
        assert!(lane.is_some_and(|lane| lane.saved_sealed() > 0), "node {node}");
    }
}
