//! Whoever says more than its share fills neither disks nor air, and starves nobody; catching up
//! after a long cut is no flood; a clock that is ahead is told and drags nobody along.

use super::converge::{order, saved_id};
use super::lab::Lab;
use super::made_up::udp;
use crate::base::caps::SHARE_BURST_BYTES_COMMAND;
use crate::base::ids::{DeviceId, Lane, LaneId};
use crate::base::time::HLC_PULL_MAX_MS;
use crate::local::rows::BearerRow;
use crate::local::{Reply, Request};
use crate::node::said::urgency;
use crate::wire::record::{Head, Person};

/// A kind that no version has: every node carries it unread.
const KIND: u8 = 0x7e;
const COMMANDS: LaneId = LaneId { author: DeviceId(1), incarnation: 0, lane: Lane::Command };

/// The first node writes records as a program that keeps no measure would, `ahead_ms` from now.
fn write(lab: &mut Lab, count: usize, bytes: usize, ahead_ms: u64) {
    let now = lab.now();
    let node = lab.nodes[0].as_mut().expect("it runs");
    for _ in 0..count {
        let mut at = node.clock.tick(now.wall);
        at.wall_ms += ahead_ms;
        let record = Head { kind: KIND, at, person: Person::Nobody }.with_body(&vec![7; bytes]);
        let seq = node.book.lane(COMMANDS).map_or(0, |lane| lane.head()) + 1;
        node.book.offer(COMMANDS.at(seq), &record, &urgency);
    }
    node.seal_now(COMMANDS);
    node.commit();
    lab.drain(0);
}

fn bytes_of(lab: &Lab, node: usize) -> u64 {
    let book = &lab.nodes[node].as_ref().expect("it runs").book;
    let lane = book.lane(COMMANDS);
    let records = lane.into_iter().flat_map(|lane| (1..=lane.head()).map(|seq| lane.record(seq)));
    records.flatten().map(|record| record.len() as u64).sum()
}

fn dropped(lab: &mut Lab, node: usize) -> u64 {
    let Ok(Reply::Bearers { bearers }) = lab.ask(node, Request::Bearers) else { panic!("no rows") };
    let of = |row: &BearerRow| -> u64 {
        row.dropped.iter().filter(|(word, _)| word == "over_share").map(|(_, count)| count).sum()
    };
    bearers.iter().map(of).sum()
}

#[test]
fn a_flood_stops_at_the_first_neighbour_starves_nobody_and_heals() {
    let mut lab = Lab::new(3, 21);
    lab.join(&[0, 1], &udp("0-1"));
    lab.join(&[1, 2], &udp("1-2"));
    assert!(lab.run_until_agreed(120).is_some());
    write(&mut lab, 150, 2000, 0);
    let written = bytes_of(&lab, 0);
    assert!(written > SHARE_BURST_BYTES_COMMAND + 30_000, "{written}");
    lab.run_ms(120_000);
    for node in [1, 2] {
        let held = bytes_of(&lab, node);
        assert!(held <= SHARE_BURST_BYTES_COMMAND, "node {node} holds {held}");
        assert!(held > SHARE_BURST_BYTES_COMMAND / 2, "node {node} took only {held}");
    }
    assert!(dropped(&mut lab, 1) > 0, "what was refused is counted");
    let told = lab.status(1).over_share;
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].device, told[0].lane.as_str()), (DeviceId(1), "command"));
    assert!(told[0].refused > 0);
    // Others give orders meanwhile, through the same node.
    let id = saved_id(lab.ask(2, order("U2", "转移")));
    lab.run_ms(10_000);
    assert!(matches!(lab.ask(1, Request::Order { id }), Ok(Reply::Order(_))));
    // The flood is over: what is left of it comes at its pace, and all agree.
    let sent_before = lab.sent_bytes[0];
    assert!(lab.run_until_agreed(4 * 3600).is_some(), "{}", bytes_of(&lab, 2));
    assert_eq!(bytes_of(&lab, 2), written);
    let sent = lab.sent_bytes[0] - sent_before;
    assert!(sent < 40 * written, "the rest of it cost {sent} bytes");
    lab.run_ms(11 * 60_000);
    assert!(lab.status(1).over_share.is_empty(), "and is told no more");
}

#[test]
fn ten_days_of_a_busy_desk_are_caught_up_with_at_once() {
    let mut lab = Lab::new(2, 22);
    lab.join(&[0, 1], &udp("0-1"));
    assert!(lab.run_until_agreed(120).is_some());
    lab.cut(0, 1, true);
    for _ in 0..10 {
        lab.now_ms += 24 * 3600 * 1000;
        write(&mut lab, 30, 1000, 0);
    }
    assert!(bytes_of(&lab, 0) > SHARE_BURST_BYTES_COMMAND, "as much would be a flood in a minute");
    lab.cut(0, 1, false);
    assert!(lab.run_until_agreed(600).is_some());
    assert_eq!(dropped(&mut lab, 1), 0);
    assert!(lab.status(1).over_share.is_empty());
}

#[test]
fn a_clock_that_is_a_year_ahead_is_told_and_drags_nobody_along() {
    const YEAR_MS: u64 = 365 * 24 * 3600 * 1000;
    let mut lab = Lab::new(2, 23);
    lab.join(&[0, 1], &udp("0-1"));
    assert!(lab.run_until_agreed(120).is_some());
    assert!(lab.status(1).clocks_ahead.is_empty());
    write(&mut lab, 1, 20, YEAR_MS);
    assert!(lab.run_until_agreed(120).is_some(), "it is stored and passed on all the same");
    let told = lab.status(1).clocks_ahead;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].device, DeviceId(1));
    assert!(told[0].ahead_s > 364 * 24 * 3600, "{}", told[0].ahead_s);
    saved_id(lab.ask(1, order("U1", "核对时钟")));
    let node = lab.nodes[1].as_ref().expect("it runs");
    let is_own = |id: &LaneId| id.author == DeviceId(2) && id.lane == Lane::Command;
    let own = node.book.lanes().find(|(id, _)| is_own(id)).map(|(_, lane)| lane);
    let last = own.and_then(|lane| lane.record(lane.head())).expect("an order");
    let (head, _) = Head::split(last).expect("our own");
    let limit = lab.now().wall.0 + HLC_PULL_MAX_MS + 1000;
    assert!(head.at.wall_ms <= limit, "{} beyond {limit}", head.at.wall_ms);
}
