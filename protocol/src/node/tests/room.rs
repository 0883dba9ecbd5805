//! A disk that is nearly full: orders and receipts pass, all else is refused in words or left where
//! it is, quietly, and comes when there is room again.

use super::converge::{movement, order, receipt, saved_id};
use super::lab::Lab;
use super::made_up::{radio, udp};
use crate::base::geo::Point;
use crate::base::room::{Level, Measured};
use crate::local::request::{FileDraft, MovementDraft, MovementKind, PositionDraft, Rung};
use crate::local::{Event, Refusal, RefusalCode, Reply, Request};
use crate::node::Input;

const MB: u64 = 1024 * 1024;

fn fill(lab: &mut Lab, node: usize, pct: u64) {
    let measured =
        Measured { used_bytes: pct * MB, quota_bytes: 100 * MB, free_bytes: 500_000 * MB };
    lab.input(node, Input::Room(measured));
}

fn refused(reply: Result<Reply, Refusal>) -> Refusal {
    match reply {
        Err(refusal) => refusal,
        Ok(other) => panic!("{other:?}"),
    }
}

fn boats(lab: &mut Lab, node: usize) -> usize {
    let asked = Request::Stock { depot: None, item: None };
    let Ok(Reply::Stock { stock, .. }) = lab.ask(node, asked) else { panic!("no stock") };
    stock.len()
}

fn many(count: usize) -> Request {
    let Request::PostMovement(draft) = movement(MovementKind::Opening, "D01", 1) else {
        panic!("a movement")
    };
    let movements: Vec<MovementDraft> = vec![draft; count];
    Request::PostMovements { movements }
}

fn photo() -> Request {
    let hash = "ab".repeat(32);
    let draft = FileDraft {
        hash,
        bytes: 1000,
        name: "堤.jpg".into(),
        mime: "image/jpeg".into(),
        about: None,
        note: String::new(),
        person: None,
    };
    Request::SendFile { draft, bytes: Vec::new() }
}

#[test]
fn on_a_nearly_full_disk_stock_is_refused_in_words_and_orders_and_receipts_pass() {
    let mut lab = Lab::new(2, 31);
    lab.join(&[0, 1], &udp("a-b"));
    assert!(lab.run_until_agreed(120).is_some());
    fill(&mut lab, 1, 96);
    let why = refused(lab.ask(1, movement(MovementKind::Opening, "D02", 5)));
    assert_eq!(why.code, RefusalCode::NotSaved);
    assert!(why.zh.contains("96%") && why.zh.contains("store_max_mb"), "{}", why.zh);
    assert!(why.en.contains("96 %") && why.en.contains("store_max_mb"), "{}", why.en);
    let point = Point { lat_e7: 290_600_000, lon_e7: 1_061_250_000 };
    let position = Request::ReportPosition(PositionDraft { unit: None, point, state: None });
    refused(lab.ask(1, position));
    refused(lab.ask(1, photo()));
    // What an order needs passes, both ways.
    let theirs = saved_id(lab.ask(0, order("U2", "转移群众")));
    lab.run_ms(20_000);
    saved_id(lab.ask(1, receipt(theirs, Rung::Acknowledged)));
    let ours = saved_id(lab.ask(1, order("U1", "请求增援")));
    lab.run_ms(20_000);
    let Ok(Reply::Order(detail)) = lab.ask(0, Request::Order { id: theirs }) else { panic!() };
    assert_eq!(detail.addressees[0].rung, Some(Rung::Acknowledged));
    assert!(matches!(lab.ask(0, Request::Order { id: ours }), Ok(Reply::Order(_))));
    let room = lab.status(1).room;
    assert_eq!((room.level, room.pct, room.by_disk), (Level::OrdersOnly, 96, false));
    // All of it is on the disk: nothing goes at a restart.
    lab.start(1);
    assert!(matches!(lab.ask(1, Request::Order { id: theirs }), Ok(Reply::Order(_))));
}

#[test]
fn what_was_held_back_comes_as_soon_as_there_is_room() {
    let mut lab = Lab::new(3, 32);
    lab.join(&[0, 1], &udp("a-b"));
    lab.join(&[1, 2], &udp("b-c"));
    assert!(lab.run_until_agreed(120).is_some());
    fill(&mut lab, 1, 95);
    for count in 1..=5 {
        saved_id(lab.ask(0, movement(MovementKind::Opening, "D01", count)));
    }
    lab.run_ms(180_000);
    assert_eq!(boats(&mut lab, 0), 1);
    assert_eq!((boats(&mut lab, 1), boats(&mut lab, 2)), (0, 0), "held back before it is stored");
    let told = |lab: &Lab| {
        let rooms = lab.feeds.iter().filter_map(|(node, event)| match event {
            Event::Room(row) if *node == 1 => Some(row.level),
            _ => None,
        });
        rooms.collect::<Vec<_>>()
    };
    assert_eq!(told(&lab), [Level::OrdersOnly]);
    fill(&mut lab, 1, 92);
    lab.run_ms(30_000);
    assert_eq!(boats(&mut lab, 1), 0, "not before it is four percent below the mark");
    fill(&mut lab, 1, 60);
    let seconds = lab.run_until_agreed(60).expect("asked for at once");
    assert!(seconds <= 15, "{seconds}");
    assert_eq!((boats(&mut lab, 1), boats(&mut lab, 2)), (1, 1));
    assert_eq!(told(&lab).last(), Some(&Level::Ample));
}

#[test]
fn a_whole_carry_file_of_nothing_but_stock_is_not_called_damaged_by_a_nearly_full_disk() {
    let mut lab = Lab::new(2, 34);
    lab.join(&[0, 1], &udp("a-b"));
    assert!(lab.run_until_agreed(120).is_some());
    lab.cut(0, 1, true);
    saved_id(lab.ask(0, movement(MovementKind::Opening, "D01", 5)));
    let asked = Request::CarryExport { for_device: Some("U2".into()) };
    let Ok(Reply::CarryFile { bytes, records: 1 }) = lab.ask(0, asked) else { panic!("one") };
    fill(&mut lab, 1, 92);
    let taken = lab.ask(1, Request::CarryImport { bytes: bytes.clone() });
    let Ok(Reply::CarryTaken { new: 0, known: 0, refused }) = taken else { panic!("{taken:?}") };
    assert_eq!(refused, [("disk_nearly_full".to_owned(), 1)]);
    // The same file again, once there is room.
    fill(&mut lab, 1, 60);
    let taken = lab.ask(1, Request::CarryImport { bytes });
    let Ok(Reply::CarryTaken { new: 1, refused, .. }) = taken else { panic!("{taken:?}") };
    assert_eq!((refused, boats(&mut lab, 1)), (vec![], 1));
}

#[test]
fn holding_back_takes_less_than_a_twentieth_of_a_radio() {
    let bytes = |full: bool, profile: &crate::link::profile::Profile| {
        let mut lab = Lab::new(2, 33);
        lab.join(&[0, 1], profile);
        assert!(lab.run_until_agreed(600).is_some());
        if full {
            fill(&mut lab, 1, 97);
        }
        saved_id(lab.ask(0, many(20)));
        lab.run_ms(300_000);
        let before: u64 = lab.sent_bytes.iter().sum();
        lab.run_ms(4 * 3_600_000);
        lab.sent_bytes.iter().sum::<u64>() - before
    };
    for profile in [udp("a-b"), radio(1200)] {
        let (held, idle) = (bytes(true, &profile), bytes(false, &profile));
        println!("{}: {held} bytes in four hours, {idle} without", profile.name);
        let could = u64::from(profile.rate_bit_s) / 8 * 4 * 3600;
        assert!(held * 20 < could, "{}: {held} bytes of {could}", profile.name);
    }
}

#[test]
fn bulk_is_refused_before_the_rest_and_one_delivery_is_not() {
    let mut lab = Lab::new(2, 34);
    lab.join(&[0, 1], &udp("a-b"));
    assert!(lab.run_until_agreed(120).is_some());
    fill(&mut lab, 0, 84);
    assert!(lab.ask(0, photo()).is_ok(), "a warning refuses nothing");
    fill(&mut lab, 0, 85);
    let why = refused(lab.ask(0, photo()));
    assert!(why.zh.contains("附件") && why.en.contains("attachments"), "{why}");
    refused(lab.ask(0, many(33)));
    assert!(lab.ask(0, many(32)).is_ok());
    // Single records of others come in on the air, and not out of files.
    saved_id(lab.ask(1, movement(MovementKind::Opening, "D02", 3)));
    assert!(lab.run_until_agreed(120).is_some());
    lab.cut(0, 1, true);
    saved_id(lab.ask(1, movement(MovementKind::Opening, "D02", 3)));
    let order = saved_id(lab.ask(1, order("U1", "撤离")));
    lab.run_ms(70_000);
    let Ok(Reply::CarryFile { bytes, .. }) = lab.ask(1, Request::CarryExport { for_device: None })
    else {
        panic!("a file")
    };
    let import = Request::CarryImport { bytes };
    let Ok(Reply::CarryTaken { refused, .. }) = lab.ask(0, import.clone()) else { panic!() };
    assert_eq!(refused, [("disk_nearly_full".to_owned(), 1)]);
    assert!(matches!(lab.ask(0, Request::Order { id: order }), Ok(Reply::Order(_))));
    fill(&mut lab, 0, 40);
    let Ok(Reply::CarryTaken { new, refused, .. }) = lab.ask(0, import) else { panic!() };
    assert_eq!((new, refused.len()), (1, 0), "the same file again, when there is room");
}

#[test]
fn positions_are_shown_and_passed_on_while_they_are_not_saved() {
    let mut lab = Lab::new(3, 35);
    lab.join(&[0, 1], &udp("a-b"));
    lab.join(&[1, 2], &udp("b-c"));
    assert!(lab.run_until_agreed(120).is_some());
    fill(&mut lab, 1, 99);
    let before = lab.disks[1].len();
    let point = Point { lat_e7: 290_600_000, lon_e7: 1_061_250_000 };
    let position = Request::ReportPosition(PositionDraft { unit: None, point, state: None });
    lab.ask(0, position).expect("a position");
    lab.run_ms(60_000);
    for node in [1, 2] {
        let Ok(Reply::Positions { positions }) = lab.ask(node, Request::Positions) else {
            panic!("no positions")
        };
        assert_eq!(positions.len(), 1, "node {node}");
    }
    assert_eq!(lab.disks[1].len(), before, "nothing of it is written");
}
