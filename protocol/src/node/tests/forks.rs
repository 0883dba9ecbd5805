//! A key that is used twice: every machine finds out, shows it, and acts on neither story.

use std::collections::BTreeMap;

use super::converge::{movement, order, saved_id};
use super::lab::Lab;
use super::made_up::{card, radio, udp};
use crate::base::ids::{DeviceId, Lane, LaneId, SpokenId};
use crate::base::time::Mono;
use crate::link::profile::Profile;
use crate::link::proofs::ProofSaid;
use crate::local::request::MovementKind;
use crate::local::rows::ForkRow;
use crate::local::{Event, RefusalCode, Reply, Request};

/// Node 1 starts from this older disk.
pub fn put_back(lab: &mut Lab, before: BTreeMap<Vec<u8>, Vec<u8>>) {
    lab.disks[1] = before;
    lab.start(1);
}

/// Node 1 tells node 0 one thing; then its data is put back to what it was before, and it tells
/// nodes 2 and 3 others.
fn told_two_ways(first: usize, second: usize, profile: &Profile) -> (Lab, Vec<SpokenId>) {
    let mut lab = Lab::new(4, 7);
    lab.join(&[0, 1], profile);
    lab.join(&[1, 2], profile);
    lab.join(&[2, 3], profile);
    lab.join(&[0, 2], profile);
    lab.cut(1, 2, true);
    lab.cut(0, 2, true);
    lab.run_ms(20_000);
    let before = lab.disks[1].clone();
    let mut told = Vec::new();
    for n in 0..first {
        told.push(saved_id(lab.ask(1, order("all", &format!("全部转移到北岸 {n}")))));
    }
    lab.run_ms(60_000);
    lab.cut(0, 1, true);
    put_back(&mut lab, before);
    lab.cut(1, 2, false);
    for n in 0..second {
        told.push(saved_id(lab.ask(1, order("all", &format!("原地待命，不得转移 {n}")))));
    }
    lab.run_ms(120_000);
    (lab, told)
}

fn assert_frozen_everywhere(lab: &mut Lab, told: &[SpokenId]) {
    for node in 0..4 {
        let forks = lab.status(node).forks;
        let expected = ForkRow {
            device: DeviceId(2),
            unit_name: "单位2".into(),
            lane: "command".into(),
            at: 1,
            here: node == 1,
        };
        assert_eq!(forks, vec![expected], "node {node}");
        for id in told {
            let shown = lab.ask(node, Request::Order { id: *id });
            assert!(shown.is_err(), "node {node} still shows {id}: {shown:?}");
        }
        let told = |(who, event): &(usize, Event)| *who == node && matches!(event, Event::Fork(_));
        assert_eq!(lab.feeds.iter().filter(|feed| told(feed)).count(), 1, "node {node} is alarmed");
    }
}

#[test]
fn whatever_the_lengths_both_stories_end_on_every_machine() {
    for (first, second) in [(1, 2), (2, 1), (1, 6), (12, 3), (40, 60), (1, 1), (5, 5)] {
        let (mut lab, told) = told_two_ways(first, second, &udp("cable"));
        assert!(lab.status(0).forks.is_empty() && lab.status(3).forks.is_empty());
        lab.cut(0, 2, false);
        let took = lab.run_until_agreed(900);
        assert!(took.is_some(), "{first} against {second}");
        lab.run_ms(130_000);
        assert!(lab.agree(), "{first} against {second}");
        assert_frozen_everywhere(&mut lab, &told);
    }
}

#[test]
fn two_stories_of_equal_length_are_noticed_over_a_radio_and_over_a_card() {
    for profile in [radio(2400), card(210)] {
        let (mut lab, told) = told_two_ways(3, 3, &profile);
        assert!(lab.status(0).forks.is_empty() && lab.status(3).forks.is_empty());
        lab.cut(0, 2, false);
        assert!(lab.run_until_agreed(4 * 3600).is_some());
        lab.run_ms(130_000);
        assert_frozen_everywhere(&mut lab, &told);
    }
}

#[test]
fn where_frames_hold_no_seal_the_proof_goes_in_halves_and_parts() {
    let mut small = radio(2400);
    small.mtu = 64;
    let (mut lab, told) = told_two_ways(2, 3, &small);
    lab.cut(0, 2, false);
    assert!(lab.run_until_agreed(2 * 3600).is_some());
    lab.run_ms(600_000);
    assert_frozen_everywhere(&mut lab, &told);
}

#[test]
fn over_a_radio_too_and_then_the_channel_is_quiet_again() {
    let (mut lab, told) = told_two_ways(2, 3, &radio(2400));
    lab.cut(0, 2, false);
    assert!(lab.run_until_agreed(1800).is_some());
    lab.run_ms(130_000);
    assert_frozen_everywhere(&mut lab, &told);
    let before = lab.sent_frames.iter().sum::<u64>();
    lab.run_ms(600_000);
    let frames = lab.sent_frames.iter().sum::<u64>() - before;
    assert!(frames < 4 * 2 * 30, "{frames} frames in ten minutes about nothing new");
}

#[test]
fn a_device_whose_key_is_used_twice_writes_no_more_and_the_others_do() {
    let (mut lab, told) = told_two_ways(1, 2, &udp("cable"));
    lab.cut(0, 2, false);
    assert!(lab.run_until_agreed(900).is_some());
    lab.run_ms(130_000);
    let refused = lab.ask(1, order("all", "还能发吗")).map_err(|refusal| refusal.code);
    assert_eq!(refused, Err(RefusalCode::NotAllowed));
    let id = saved_id(lab.ask(3, order("U1", "联系不上单位2")));
    assert!(lab.run_until_agreed(60).is_some());
    assert!(matches!(lab.ask(0, Request::Order { id }), Ok(Reply::Order(_))));
    assert_frozen_everywhere(&mut lab, &told);
}

#[test]
fn a_fork_outlives_a_restart() {
    let (mut lab, told) = told_two_ways(2, 3, &udp("cable"));
    lab.cut(0, 2, false);
    assert!(lab.run_until_agreed(900).is_some());
    lab.run_ms(130_000);
    let before = lab.status(0).digest;
    for node in 0..4 {
        lab.start(node);
    }
    assert_eq!(lab.status(0).digest, before);
    assert_frozen_everywhere(&mut lab, &told);
}

#[test]
fn a_proof_is_told_only_once_the_disk_has_it() {
    let (mut lab, told) = told_two_ways(1, 2, &udp("cable"));
    lab.disks_work = false;
    lab.cut(0, 2, false);
    lab.run_ms(130_000);
    let known = |lab: &mut Lab, node: usize| lab.status(node).forks.len();
    // Whoever heard both stories tells no one: it would be taken to hold what its disk has not.
    let who_knows = [0, 2, 3].map(|node| known(&mut lab, node));
    assert_eq!(who_knows.iter().sum::<usize>(), 1, "{who_knows:?}");
    // It acts on neither at once: people are told that neither counts.
    let first = [0, 2, 3].into_iter().find(|node| known(&mut lab, *node) == 1).expect("one knows");
    for id in &told {
        assert!(lab.ask(first, Request::Order { id: *id }).is_err(), "node {first} shows {id}");
    }
    lab.disks_work = true;
    lab.release_disks();
    assert!(lab.run_until_agreed(900).is_some());
    assert_frozen_everywhere(&mut lab, &told);
}

#[test]
fn a_carry_file_brings_the_proof_to_a_machine_without_links() {
    let (mut lab, _) = told_two_ways(1, 2, &udp("cable"));
    lab.cut(0, 2, false);
    assert!(lab.run_until_agreed(900).is_some());
    let Ok(Reply::CarryFile { bytes, .. }) = lab.ask(2, Request::CarryExport { for_device: None })
    else {
        panic!("no file")
    };
    let mut other = Lab::new(4, 1);
    assert!(other.ask(2, Request::CarryImport { bytes }).is_ok());
    let forks = other.status(2).forks;
    assert_eq!(forks.iter().map(|fork| fork.device).collect::<Vec<_>>(), vec![DeviceId(2)]);
}

/// A proof that reached the last of four by way of the third, as device 2 told two stories after
/// one record that all had.
fn proven_to_the_last() -> Lab {
    let mut lab = Lab::new(4, 7);
    lab.join(&[0, 1], &udp("cable"));
    lab.join(&[1, 2], &udp("cable"));
    lab.join(&[0, 2], &udp("cable"));
    lab.join(&[2, 3], &udp("cable"));
    lab.run_ms(20_000);
    saved_id(lab.ask(1, order("all", "先到高处")));
    assert!(lab.run_until_agreed(60).is_some());
    let before = lab.disks[1].clone();
    lab.cut(1, 2, true);
    lab.cut(0, 2, true);
    saved_id(lab.ask(1, order("all", "转移到北岸")));
    lab.run_ms(20_000);
    lab.cut(0, 1, true);
    put_back(&mut lab, before);
    saved_id(lab.ask(1, order("all", "原地待命")));
    lab.cut(1, 2, false);
    lab.run_ms(20_000);
    lab.cut(0, 2, false);
    lab.run_ms(130_000);
    lab
}

#[test]
fn what_stands_before_a_fork_counts_again_after_a_disk_has_lost_it() {
    let mut lab = proven_to_the_last();
    assert_eq!(lab.status(3).forks.len(), 1);
    let count = lab.disks[3].len();
    // The first record of device 2 in its flash lane, and every seal of that lane.
    lab.disks[3].retain(|key, _| key.get(1..5) != Some(&[0, 2, 0x80, 0]) || key[0] == b'f');
    assert!(lab.disks[3].len() < count, "nothing was lost");
    lab.start(3);
    lab.run_ms(130_000);
    let lane = LaneId::flash(DeviceId(2));
    let sealed = |node: usize| {
        lab.nodes[node].as_ref().expect("up").book().lane(lane).map_or(0, |lane| lane.sealed())
    };
    assert_eq!((sealed(0), sealed(3)), (1, 1));
}

/// Node 1 says one thing to nodes 0 and 3, and the last does not hear its seal; then node 1's data
/// is put back and it tells node 2 another. Nodes 0, 1 and 2 meet, and node 3 is alone.
fn left_with_a_record_that_nobody_sealed() -> Lab {
    let mut lab = Lab::new(4, 7);
    lab.join(&[0, 1], &udp("cable"));
    lab.join(&[1, 2], &udp("cable"));
    lab.join(&[0, 2], &udp("cable"));
    lab.join(&[1, 3], &udp("cable"));
    lab.join(&[2, 3], &udp("cable"));
    lab.run_ms(20_000);
    lab.cut(0, 2, true);
    lab.cut(1, 2, true);
    lab.cut(2, 3, true);
    let before = lab.disks[1].clone();
    // Stock waits for its seal.
    saved_id(lab.ask(1, movement(MovementKind::Receive, "D01", 5)));
    lab.run_ms(5_000);
    lab.cut(1, 3, true);
    lab.run_ms(20 * 60_000);
    lab.cut(0, 1, true);
    put_back(&mut lab, before);
    saved_id(lab.ask(1, movement(MovementKind::Receive, "D01", 6)));
    lab.cut(1, 2, false);
    lab.run_ms(20 * 60_000);
    lab.cut(0, 2, false);
    lab.run_ms(130_000);
    lab
}

#[test]
fn whoever_holds_a_record_that_nobody_sealed_hears_of_the_fork_as_well() {
    let mut lab = left_with_a_record_that_nobody_sealed();
    let lane = LaneId::first(DeviceId(2), Lane::Stock);
    let held = |lab: &Lab, node: usize| {
        let node = lab.nodes[node].as_ref().expect("up");
        node.book().lane(lane).map_or((0, 0), |lane| (lane.head(), lane.sealed()))
    };
    assert_eq!([0, 2].map(|node| lab.status(node).forks.len()), [1, 1]);
    assert_eq!(held(&lab, 3), (1, 0), "a record, and no seal");
    assert!(lab.status(3).forks.is_empty());
    lab.cut(2, 3, false);
    assert!(lab.run_until_agreed(900).is_some());
    assert_eq!(lab.status(3).forks.len(), 1);
    assert_eq!(held(&lab, 3), (0, 0));
}

#[test]
fn a_proof_that_was_said_waits_for_the_directory_that_names_its_author() {
    let mut lab = Lab::new(4, 7);
    lab.join(&[0, 1], &udp("cable"));
    lab.join(&[1, 2], &udp("cable"));
    lab.join(&[0, 2], &udp("cable"));
    lab.join(&[0, 3], &card(78));
    lab.run_ms(600_000);
    lab.cut(1, 2, true);
    lab.cut(0, 2, true);
    lab.cut(0, 3, true);
    let before = lab.disks[1].clone();
    saved_id(lab.ask(1, order("all", "全部转移到北岸")));
    lab.run_ms(60_000);
    lab.cut(0, 1, true);
    put_back(&mut lab, before);
    saved_id(lab.ask(1, order("all", "原地待命，不得转移")));
    lab.cut(1, 2, false);
    lab.run_ms(60_000);
    lab.cut(0, 2, false);
    lab.run_ms(130_000);
    assert_eq!(lab.status(0).forks.len(), 1);
    // The directory is gone from the disk of the last, which has only a card.
    lab.disks[3].retain(|key, _| key[0] != b'r' || key[4] != 1);
    lab.start(3);
    lab.cut(0, 3, false);
    let before = lab.sent_frames[0];
    assert!(lab.run_until_agreed_among(&[0, 3], 4 * 3600).is_some());
    let frames = lab.sent_frames[0] - before;
    assert!(frames < 80, "{frames} messages of a minute each");
    assert_eq!(lab.status(3).forks.len(), 1);
}

#[test]
fn a_proof_that_takes_the_place_of_one_half_said_is_said_from_its_beginning() {
    let (mut lab, _) = told_two_ways(2, 3, &radio(2400));
    lab.cut(0, 2, false);
    assert!(lab.run_until_agreed(1800).is_some());
    lab.run_ms(130_000);
    let node = lab.nodes[0].as_mut().expect("it is up");
    let lane = *node.book.forks().next().expect("a fork").0;
    // Of a longer one nine records of a branch were said here, and there are three at most.
    let said = ProofSaid { records: 9, ..ProofSaid::default() };
    let links: Vec<_> = node.links.keys().collect();
    for id in &links {
        let link = node.links.get_mut(*id).expect("it is there");
        link.proofs.note_begun(lane, said);
        link.proofs.owe(lane, Mono(0));
    }
    lab.run_ms(60_000);
    let node = lab.nodes[0].as_ref().expect("it is up");
    for id in links {
        let link = node.links.get(id).expect("it is there");
        assert!(link.proofs.is_empty() && link.proofs.was_aired(lane));
    }
}

#[test]
fn between_two_neighbours_who_hold_a_story_each_the_proof_is_told() {
    let mut lab = Lab::new(4, 7);
    lab.join(&[0, 1], &udp("cable"));
    lab.join(&[1, 3], &udp("cable"));
    lab.join(&[0, 2, 3], &radio(9600));
    // The outer two do not hear each other.
    for wire in lab.wires.iter_mut().filter(|wire| [0, 3].contains(&wire.from)) {
        wire.to.retain(|(to, _)| ![0, 3].contains(to));
    }
    lab.silence(2, true);
    lab.cut(0, 2, true);
    lab.run_ms(20_000);
    let before = lab.disks[1].clone();
    lab.cut(1, 3, true);
    saved_id(lab.ask(1, order("all", "全部转移到北岸")));
    lab.run_ms(60_000);
    lab.cut(0, 1, true);
    put_back(&mut lab, before);
    lab.cut(1, 3, false);
    saved_id(lab.ask(1, order("all", "原地待命，不得转移")));
    lab.run_ms(60_000);
    lab.cut(1, 3, true);
    // The one between hears one story from each side.
    lab.silence(2, false);
    lab.cut(0, 2, false);
    assert!(lab.run_until_agreed_among(&[0, 2, 3], 1800).is_some());
    for node in [0, 2, 3] {
        assert_eq!(lab.status(node).forks.len(), 1, "node {node}");
    }
}

#[test]
fn what_a_proof_vouches_for_is_told_once_the_directory_that_names_its_author_is_back() {
    let mut lab = proven_to_the_last();
    // The disk of the last keeps what stands before the fork, and nothing of the directory.
    let count = lab.disks[3].len();
    lab.disks[3].retain(|key, _| key[0] != b'r' || key[4] != 1);
    assert!(lab.disks[3].len() < count, "nothing was lost");
    lab.start(3);
    lab.run_ms(130_000);
    let book = lab.nodes[3].as_ref().expect("up").book();
    let lane = book.lane(LaneId::flash(DeviceId(2))).expect("it was kept");
    assert_eq!((lane.fork(), lane.sealed(), lane.saved_sealed()), (Some(2), 1, 1));
    assert!(lab.run_until_agreed_among(&[0, 2, 3], 60).is_some());
}
