//! A card that may send once a minute stays free for what is urgent.

use super::converge::{movement, order, receipt, saved_id};
use super::lab::Lab;
use super::made_up::card;
use crate::base::class::Class;
use crate::base::geo::Point;
use crate::base::ids::{DeviceId, Lane, LaneId, SpokenId};
use crate::link::profile::Profile;
use crate::local::request::{MovementKind, OrderDraft, PositionDraft, Rung};
use crate::local::rows::WaitWhy;
use crate::local::{Reply, Request};

const SLOT_MS: u64 = 60_000;

/// Two nodes in step over a card, its slot long open.
fn settled() -> Lab {
    let mut lab = Lab::new(2, 5);
    // The lab knows air time only: a card of so few bits a second is free again after a slot.
    lab.join(&[0, 1], &Profile { half_duplex: false, ..card(600) });
    lab.run_ms(2 * 3_600_000);
    while lab.trace.iter().rev().take(1).any(|(node, _)| *node == 0) {
        lab.trace.clear();
        lab.run_ms(3 * SLOT_MS);
    }
    lab
}

fn moved(lab: &Lab) -> Request {
    let point = Point { lat_e7: 290_600_000 + lab.now_ms as i32 % 100_000, lon_e7: 1_061_250_000 };
    Request::ReportPosition(PositionDraft { unit: None, point, state: None })
}

fn immediate(lab: &mut Lab, node: usize, to: &str) -> SpokenId {
    let draft = OrderDraft {
        to: to.into(),
        class: Some(Class::Immediate),
        text: "报人数".into(),
        person: Some("王".into()),
        ..OrderDraft::default()
    };
    saved_id(lab.ask(node, Request::SendOrder(draft)))
}

/// Milliseconds until a node sends, at most so many.
fn sends_within(lab: &mut Lab, node: usize, limit_ms: u64) -> Option<u64> {
    let (begun_ms, sent) = (lab.now_ms, lab.sent_frames[node]);
    while lab.sent_frames[node] == sent && lab.now_ms < begun_ms + limit_ms {
        lab.run_ms(100);
    }
    (lab.sent_frames[node] > sent).then(|| lab.now_ms - begun_ms)
}

#[test]
fn a_fix_and_a_movement_share_one_slot_and_an_order_finds_it_open() {
    let mut lab = settled();
    let (fix, stock) = (moved(&lab), movement(MovementKind::Receive, "D01", 7));
    lab.ask(0, fix).expect("saved");
    assert_eq!(sends_within(&mut lab, 0, SLOT_MS), None, "a fix alone waits for company");
    lab.ask(0, stock).expect("saved");
    let Ok(Reply::Outbox { outbox: rows }) = lab.ask(0, Request::Outbox) else {
        panic!("no outbox")
    };
    assert!(rows.iter().any(|row| row.why == WaitWhy::Company && row.at_ms.is_some()), "{rows:?}");
    let sent = lab.sent_frames[0];
    lab.ask(0, order("U2", "立即转移")).expect("saved");
    assert_eq!(lab.sent_frames[0], sent + 1, "nothing keeps the order waiting");
    lab.run_ms(2 * SLOT_MS);
    let held = lab.nodes[1].as_ref().expect("up").book();
    let lane = held.lane(LaneId::first(DeviceId(1), Lane::Stock));
    assert_eq!(lane.map(|lane| lane.head()), Some(1), "the movement rode along");
}

#[test]
fn what_waits_for_company_goes_alone_after_four_slots() {
    let mut lab = settled();
    let fix = moved(&lab);
    lab.ask(0, fix).expect("saved");
    let waited = sends_within(&mut lab, 0, 6 * SLOT_MS).expect("it goes in the end");
    assert!((3 * SLOT_MS..=4 * SLOT_MS + 1_000).contains(&waited), "{waited}");
}

#[test]
fn answers_given_in_one_go_leave_in_one_slot() {
    let mut lab = settled();
    let ids: Vec<SpokenId> = (0..6).map(|_| immediate(&mut lab, 0, "U2")).collect();
    lab.run_ms(10 * SLOT_MS);
    for id in ids {
        lab.ask_later(1, receipt(id, Rung::Acknowledged));
    }
    sends_within(&mut lab, 1, 2 * SLOT_MS).expect("they go");
    lab.run_ms(SLOT_MS);
    let own = LaneId::first(DeviceId(2), Lane::Command);
    let there = lab.nodes[0].as_ref().expect("up").book().lane(own).map_or(0, |lane| lane.sealed());
    assert_eq!(there, 6, "all of them in the first");
}

#[test]
fn what_a_machine_lost_and_asks_for_waits_for_no_company() {
    let mut lab = settled();
    let lane = LaneId::first(DeviceId(1), Lane::Stock);
    lab.ask(0, movement(MovementKind::Receive, "D01", 7)).expect("saved");
    lab.ask(0, movement(MovementKind::Receive, "D01", 8)).expect("saved");
    let sealed = |lab: &Lab| {
        let book = lab.nodes[1].as_ref().expect("up").book();
        book.lane(lane).map_or(0, |lane| lane.sealed())
    };
    lab.run_ms(3_600_000);
    assert_eq!(sealed(&lab), 2);
    lab.disks[1].retain(|key, _| key.get(1..5) != Some(&[0, 1, 0, Lane::Stock as u8]));
    lab.start(1);
    assert_eq!(sealed(&lab), 0, "it is lost");
    let begun_ms = lab.now_ms;
    while sealed(&lab) < 2 && lab.now_ms < begun_ms + 3_600_000 {
        lab.run_ms(1_000);
    }
    let waited = lab.now_ms - begun_ms;
    assert!(waited <= 2 * SLOT_MS, "{waited}");
}
