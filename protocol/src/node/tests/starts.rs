//! Starts of devices: an old copy of a disk, two machines with one disk, one who missed a start,
//! and the end of the numbers of one.

use super::converge::{order, saved_id};
use super::lab::Lab;
use super::made_up::{radio, udp};
use crate::base::ids::DeviceId;
use crate::base::start::COUNTER_END;
use crate::keys::frame_key::OpenError;
use crate::node::disk::Stored;

/// Drops of this reason at a node, over all its links.
fn dropped(lab: &Lab, node: usize, why: OpenError) -> u64 {
    let links = lab.nodes[node].as_ref().expect("up").links.values();
    links.filter_map(|link| link.counts.dropped.get(why.word())).sum()
}

#[test]
fn a_device_with_an_old_copy_of_its_disk_is_heard_at_once() {
    let mut lab = Lab::new(2, 3);
    lab.join(&[0, 1], &udp("cable"));
    lab.run_ms(10_000);
    let copy = lab.disks[1].clone();
    // As many starts and frames as anybody may have seen since.
    for n in 0..3 {
        lab.start(1);
        saved_id(lab.ask(1, order("U1", &format!("第{n}号"))));
        lab.run_ms(100_000);
    }
    lab.disks[1] = copy;
    lab.start(1);
    assert!(lab.run_until_agreed(30).is_some());
    assert_eq!(dropped(&lab, 0, OpenError::Replayed), 0);
    assert_eq!(dropped(&lab, 0, OpenError::OldStart), 0);
}

#[test]
fn a_folder_of_the_version_before_opens_and_its_ceiling_is_passed_over() {
    let mut lab = Lab::new(2, 3);
    lab.join(&[0, 1], &udp("cable"));
    // Longer than two starts are told apart by their time.
    lab.run_ms(150_000);
    lab.disks[1].retain(|key, _| key != b"n");
    let (key, value) = Stored::Ceiling(1 << 39).into_put();
    lab.disks[1].insert(key, value);
    lab.start(1);
    assert!(lab.nodes[1].as_ref().expect("up").has_started_before());
    saved_id(lab.ask(1, order("U1", "又一号")));
    assert!(lab.run_until_agreed(30).is_some());
}

#[test]
fn two_machines_with_one_disk_are_told_of_and_the_one_that_is_left_is_heard_again() {
    let mut lab = Lab::new(3, 11);
    lab.join(&[0, 1, 2], &udp("cable"));
    lab.stop(2);
    lab.run_ms(30_000);
    lab.plays[2] = 1;
    lab.disks[2] = lab.disks[1].clone();
    lab.start(2);
    lab.run_ms(30 * 60_000);
    let twins = lab.status(0).twins;
    assert!(twins.iter().any(|row| row.device == DeviceId(2) && !row.here), "{twins:?}");
    // Each hears the other; whoever started first knows that there is a later one.
    assert!(lab.status(1).twins.iter().any(|row| row.here));
    assert!(lab.status(2).twins.iter().any(|row| row.here), "it is told of the earlier one");
    lab.stop(2);
    lab.run_ms(11 * 60_000);
    saved_id(lab.ask(1, order("U1", "又一号")));
    assert!(lab.run_until_agreed_among(&[0, 1], 120).is_some());
}

/// A centre, a machine with a link of its own to it, and after a while another with a copy of its
/// disk and a link of its own. Which of the two started last.
fn twins_that_do_not_hear_each_other(starts_again: bool) -> (Lab, [usize; 2]) {
    let mut lab = Lab::new(3, 11);
    lab.join(&[0, 1], &udp("to the first"));
    lab.join(&[0, 2], &udp("to the second"));
    lab.stop(2);
    lab.run_ms(150_000);
    lab.plays[2] = 1;
    lab.disks[2] = lab.disks[1].clone();
    lab.start(2);
    if starts_again {
        // Then the start of the copy is the earlier one.
        lab.run_ms(70_000);
        lab.start(1);
        return (lab, [2, 1]);
    }
    (lab, [1, 2])
}

#[test]
fn a_machine_with_the_earlier_start_is_told_at_once_by_whoever_hears_both() {
    for starts_again in [false, true] {
        let (mut lab, [earlier, later]) = twins_that_do_not_hear_each_other(starts_again);
        lab.run_ms(5_000);
        saved_id(lab.ask(earlier, order("U1", "照常")));
        lab.run_ms(5_000);
        let is_told = |lab: &mut Lab, node| lab.status(node).twins.iter().any(|row| row.here);
        assert!(is_told(&mut lab, earlier), "{starts_again}");
        assert!(!is_told(&mut lab, later), "it may have started again just now");
        assert!(lab.status(0).twins.is_empty());
        lab.run_ms(3 * 60_000);
        assert!(is_told(&mut lab, later), "{starts_again}: now it is certain");
        assert!(lab.status(0).twins.iter().any(|row| row.device == DeviceId(2) && !row.here));
    }
}

#[test]
fn a_machine_that_starts_again_and_again_is_no_twin_to_anybody() {
    let mut lab = Lab::new(2, 3);
    lab.join(&[0, 1], &udp("cable"));
    for _ in 0..6 {
        lab.run_ms(100_000);
        lab.start(1);
        saved_id(lab.ask(1, order("U1", "第一号")));
    }
    lab.run_ms(100_000);
    assert!(lab.status(0).twins.is_empty() && lab.status(1).twins.is_empty());
}

#[test]
fn whoever_missed_a_start_on_a_quiet_radio_asks_and_follows_within_a_minute_or_two() {
    let mut lab = Lab::new(3, 9);
    lab.join(&[0, 1, 2], &radio(1200));
    lab.run_ms(900_000);
    // Node 2 hears nothing of the first frames of node 0, node 1 does.
    lab.cut(0, 2, true);
    lab.start(0);
    lab.run_ms(15_000);
    let before = lab.now_ms;
    saved_id(lab.ask(0, order("U2", "转移")));
    lab.run_ms(5_000);
    lab.cut(0, 2, false);
    lab.cut(1, 2, true);
    assert!(lab.run_until_agreed_among(&[0, 2], 240).is_some());
    assert!(lab.now_ms - before < 240_000, "{} ms", lab.now_ms - before);
}

#[test]
fn whoever_lost_the_directory_asks_for_numbers_of_anybody() {
    let mut lab = Lab::new(2, 9);
    lab.join(&[0, 1], &radio(1200));
    lab.run_ms(900_000);
    lab.disks[1].retain(|key, _| !(key[0] == b'r' && key[4] == 1));
    // It is heard, and does not hear the whole numbers that follow.
    lab.silence(0, true);
    lab.start(1);
    lab.run_ms(120_000);
    lab.silence(0, false);
    assert!(lab.run_until_agreed(300).is_some());
}

#[test]
fn when_the_numbers_of_a_start_run_out_another_is_drawn_saved_and_followed() {
    let mut lab = Lab::new(2, 3);
    lab.join(&[0, 1], &udp("cable"));
    lab.run_ms(30_000);
    let next = |lab: &Lab| lab.nodes[1].as_ref().expect("up").sealer.number().expect("begun");
    let first = next(&lab).start;
    lab.nodes[1].as_mut().expect("up").sealer.skip_to(COUNTER_END - 1_000);
    saved_id(lab.ask(1, order("U1", "第一号")));
    lab.run_ms(10_000);
    assert!(next(&lab).start > first && next(&lab).counter < 1_000, "{:?}", next(&lab));
    saved_id(lab.ask(1, order("U1", "第二号")));
    assert!(lab.run_until_agreed(30).is_some());
    // The start is on the disk: the next one is later still.
    let second = next(&lab).start;
    lab.start(1);
    assert!(next(&lab).start > second);
}
