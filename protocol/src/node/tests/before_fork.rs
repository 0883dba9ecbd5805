//! A disk has lost a lane whose author told two stories: the proof comes in pieces, and what stands
//! before it after them.

use super::converge::{order, saved_id};
use super::forks::put_back;
use super::lab::Lab;
use super::made_up::udp;
use crate::base::ids::{DeviceId, Lane, LaneId, RecordId};
use crate::link::line::Answer;
use crate::local::{Reply, Request};
use crate::node::heard::From;
use crate::wire::bundle::{Run, Signature};

const LANE: LaneId = LaneId { author: DeviceId(2), incarnation: 128, lane: Lane::Command };

/// Device 2 tells two stories after one record that all had. Nodes 0 and 2 know the proof; node 3,
/// which hears nobody, has lost the lane with its disk.
fn lost_to_the_last(stories: [&[&str]; 2]) -> Lab {
    let mut lab = Lab::new(4, 7);
    for pair in [[0, 1], [1, 2], [0, 2], [2, 3]] {
        lab.join(&pair, &udp("cable"));
    }
    lab.run_ms(20_000);
    saved_id(lab.ask(1, order("all", "先到高处")));
    assert!(lab.run_until_agreed(60).is_some());
    let before = lab.disks[1].clone();
    lab.cut(2, 3, true);
    lab.cut(1, 2, true);
    lab.cut(0, 2, true);
    tell(&mut lab, stories[0]);
    lab.run_ms(20_000);
    lab.cut(0, 1, true);
    put_back(&mut lab, before);
    tell(&mut lab, stories[1]);
    lab.cut(1, 2, false);
    lab.run_ms(20_000);
    lab.cut(0, 2, false);
    lab.run_ms(130_000);
    assert_eq!([0, 2].map(|node| lab.status(node).forks.len()), [1, 1]);
    let count = lab.disks[3].len();
    lab.disks[3].retain(|key, _| key.get(1..5) != Some(&[0, 2, 0x80, 0]));
    assert!(lab.disks[3].len() < count, "nothing was lost");
    lab.start(3);
    lab
}

fn tell(lab: &mut Lab, texts: &[&str]) {
    for text in texts {
        saved_id(lab.ask(1, order("all", text)));
    }
}

/// The proof that node 2 holds, record by record, with a seal after the last of each story.
fn pieces(lab: &Lab) -> Vec<Run> {
    let book = lab.nodes[2].as_ref().expect("up").book();
    let fork = book.fork(LANE).expect("it knows both");
    let alone = |run: Run| {
        let (last, seal) = (run.records.len() - 1, run.seal);
        let records = run.records.into_iter().enumerate();
        records.map(move |(at, record)| Run {
            lane: LANE,
            first: run.first + at as u32,
            records: vec![record],
            seal: seal.filter(|_| at == last),
        })
    };
    fork.runs(LANE).into_iter().flat_map(alone).collect()
}

/// What stands before it there.
fn before_fork(lab: &Lab) -> Run {
    let lane_here = lab.nodes[2].as_ref().expect("up").book().lane(LANE).expect("it holds some");
    let records = (1..=lane_here.head()).filter_map(|seq| lane_here.record(seq));
    Run { lane: LANE, first: 1, records: records.map(<[u8]>::to_vec).collect(), seal: None }
}

fn held(lab: &Lab) -> Option<(Option<u32>, u32, u32)> {
    let book = lab.nodes[3].as_ref().expect("up").book();
    book.lane(LANE).map(|lane| (lane.fork(), lane.head(), lane.saved_sealed()))
}

/// Node 3 hears these from node 2, with time between.
fn hear(lab: &mut Lab, runs: &[&Run]) {
    for run in runs {
        heard(lab, run);
        lab.run_ms(10_000);
    }
}

fn heard(lab: &mut Lab, run: &Run) {
    let node = lab.nodes[3].as_mut().expect("up");
    let link = node.links.keys().next().expect("a link");
    node.heard_run(From { link, sender: DeviceId(3), answer: Answer::InLine(0) }, run);
}

fn heard_seal(lab: &mut Lab, id: RecordId, seal: &Signature) {
    let node = lab.nodes[3].as_mut().expect("up");
    let link = node.links.keys().next().expect("a link");
    node.heard_seal(From { link, sender: DeviceId(3), answer: Answer::InLine(0) }, id, seal);
}

#[test]
fn pieces_of_two_stories_that_were_mixed_are_not_mixed_again_for_ever() {
    let stories: [&[&str]; 2] =
        [&["转移到北岸", "到学校集合"], &["原地待命", "不得转移", "等候通知"]];
    let mut lab = lost_to_the_last(stories);
    let (pieces, first) = (pieces(&lab), before_fork(&lab));
    let all: Vec<&Run> = pieces.iter().collect();
    let without_the_lane = lab.disks[3].clone();
    // Any one of the proof's pieces is lost once.
    for lost in 0..all.len() {
        lab.disks[3].clone_from(&without_the_lane);
        lab.start(3);
        assert!(lab.status(3).forks.is_empty());
        let heard: Vec<&Run> =
            { all.iter().enumerate() }.filter(|(at, _)| *at != lost).map(|(_, run)| *run).collect();
        hear(&mut lab, &heard);
        for _ in 0..3 {
            hear(&mut lab, &[&first]);
            hear(&mut lab, &all);
        }
        assert_eq!(held(&lab), Some((Some(2), 1, 1)), "without piece {lost}");
    }
}

/// What device 2 would have written first, had it been told something else.
fn another_first() -> Run {
    let mut lab = Lab::new(4, 7);
    lab.run_ms(20_000);
    saved_id(lab.ask(1, order("all", "留在原处")));
    lab.run_ms(20_000);
    let lane_there = lab.nodes[1].as_ref().expect("up").book().lane(LANE).expect("it wrote");
    let record = lane_there.record(1).expect("it wrote").to_vec();
    let (_, seal) = lane_there.next_seal(1).expect("it sealed");
    Run { lane: LANE, first: 1, records: vec![record], seal: Some(*seal) }
}

/// Node 3 knows the proof, and its disk has lost what stands before it.
fn knows_the_proof_alone() -> (Lab, Run) {
    let mut lab = lost_to_the_last([&["转移到北岸"], &["原地待命"]]);
    let (pieces, first) = (pieces(&lab), before_fork(&lab));
    hear(&mut lab, &pieces.iter().chain([&first]).chain(&pieces).collect::<Vec<_>>());
    assert_eq!(held(&lab), Some((Some(2), 1, 1)));
    lab.disks[3].retain(|key, _| key[0] == b'f' || key.get(1..5) != Some(&[0, 2, 0x80, 0]));
    lab.start(3);
    assert_eq!(held(&lab), Some((Some(2), 0, 0)));
    (lab, first)
}

#[test]
fn a_proof_that_does_not_fit_what_came_before_it_goes_and_the_earlier_fork_is_found() {
    let (mut lab, _) = knows_the_proof_alone();
    hear(&mut lab, &[&another_first()]);
    assert_eq!(held(&lab), Some((None, 1, 1)));
    assert!(lab.status(3).forks.is_empty());
    lab.start(3);
    assert_eq!(held(&lab), Some((None, 1, 1)));
    // Whoever still has the first record can show that the stories part there.
    lab.cut(2, 3, false);
    assert!(lab.run_until_agreed(600).is_some());
    let at = |node: usize| lab.status(node).forks.first().map(|fork| fork.at);
    assert_eq!([0, 2, 3].map(at), [Some(1); 3]);
}

#[test]
fn a_seal_of_another_story_may_come_before_or_after_its_record() {
    let (record, seal) = (Run { seal: None, ..another_first() }, another_first().seal);
    for order in [[true, false, true], [false, true, true]] {
        let (mut lab, _) = knows_the_proof_alone();
        for is_record in order {
            match is_record {
                true => heard(&mut lab, &record),
                false => heard_seal(&mut lab, LANE.at(1), seal.as_ref().expect("it sealed")),
            }
            lab.run_ms(10_000);
        }
        assert_eq!(held(&lab), Some((None, 1, 1)), "{order:?}");
    }
}

#[test]
fn what_is_forged_before_a_fork_gives_way_to_what_the_proof_continues() {
    let (mut lab, first) = knows_the_proof_alone();
    let forged = Run { seal: None, ..another_first() };
    hear(&mut lab, &[&forged]);
    assert_eq!(held(&lab), Some((Some(2), 0, 0)));
    lab.start(3);
    hear(&mut lab, &[&first]);
    assert_eq!(held(&lab), Some((Some(2), 1, 1)));
}

#[test]
fn a_file_finds_the_pieces_of_two_stories_and_is_taken_in_whole() {
    let mut lab = lost_to_the_last([&["转移到北岸"], &["原地待命"]]);
    let pieces = pieces(&lab);
    let export = Request::CarryExport { for_device: None };
    let Ok(Reply::CarryFile { bytes, .. }) = lab.ask(2, export) else { panic!("no file") };
    // The second seal takes the place of the first, which waits with its record.
    hear(&mut lab, &pieces.iter().collect::<Vec<_>>());
    assert!(lab.ask(3, Request::CarryImport { bytes }).is_ok());
    assert_eq!(held(&lab), Some((Some(2), 1, 1)));
}
