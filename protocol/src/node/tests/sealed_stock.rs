//! Stock of one depot sealed to a group: counted by its devices, carried by all others, who are
//! told whom it is for and are never shown a number that is not so.

use super::converge::{movement, saved_id};
use super::lab::Lab;
use super::made_up::{radio, udp};
use crate::base::ids::DepotId;
use crate::base::quantity::Quantity;
use crate::local::request::{CountDraft, LineDraft, MovementKind, WaybillDraft};
use crate::local::rows::{GroupMark, SealedDepotRow, StockRow};
use crate::local::{Refusal, RefusalCode, Reply, Request};

const GROUP: &str = "二号库组";
/// Node 0 is the centre and this one keeps the second depot; both are in the group.
const KEEPER: usize = 1;
/// Between the two, and in no group.
const CARRIER: usize = 2;
/// Keeps nothing and joins the group late.
const LATER: usize = 3;

/// The centre and the keeper hear each other only through the carrier.
fn district() -> Lab {
    let mut lab = Lab::new(4, 57);
    lab.join(&[0, CARRIER], &udp("left"));
    lab.join(&[CARRIER, KEEPER], &radio(2400));
    lab.join(&[CARRIER, LATER], &udp("later"));
    change(&mut lab, true, &["U1", "U2"], &["D02"]).expect("the authority");
    assert!(lab.run_until_agreed(600).is_some());
    lab
}

fn change(lab: &mut Lab, add: bool, units: &[&str], depots: &[&str]) -> Result<Reply, Refusal> {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let (group, units, depots) = (GROUP.to_owned(), owned(units), owned(depots));
    lab.ask(
        0,
        match add {
            true => Request::AddToGroup { group, units, depots },
            false => Request::RemoveFromGroup { group, units, depots },
        },
    )
}

fn lines(units: i64) -> Vec<LineDraft> {
    vec![LineDraft { item: "冲锋舟".into(), quantity: Quantity::units(units) }]
}

fn count(units: i64) -> Request {
    let (depot, note) = ("D02".to_owned(), String::new());
    Request::PostCount(CountDraft { depot, lines: lines(units), note, person: None })
}

fn stock(lab: &mut Lab, node: usize) -> (Vec<StockRow>, Vec<SealedDepotRow>) {
    match lab.ask(node, Request::Stock { depot: None, item: None }) {
        Ok(Reply::Stock { stock, sealed }) => (stock, sealed),
        other => panic!("{other:?}"),
    }
}

/// What a node shows as on hand, and how many posts it cannot read.
fn shown(lab: &mut Lab, node: usize) -> (Vec<(String, String)>, u32) {
    let (stock, sealed) = stock(lab, node);
    let rows = stock.into_iter().map(|row| (row.depot_name, row.on_hand.to_string()));
    (rows.collect(), sealed.iter().map(|row| row.posts).sum())
}

fn rows(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|(depot, count)| ((*depot).to_owned(), (*count).to_owned())).collect()
}

#[test]
fn stock_of_a_sealed_depot_is_counted_by_its_group_and_told_by_nobody_else() {
    let mut lab = district();
    saved_id(lab.ask(0, movement(MovementKind::Receive, "D01", 7)));
    saved_id(lab.ask(KEEPER, movement(MovementKind::Receive, "D02", 100)));
    saved_id(lab.ask(KEEPER, count(95)));
    lab.run_ms(70_000);
    assert!(lab.run_until_agreed(600).is_some());
    let all = rows(&[("1号库", "7"), ("2号库", "95")]);
    assert_eq!(shown(&mut lab, 0), (all.clone(), 0));
    assert_eq!(shown(&mut lab, KEEPER), (all.clone(), 0));
    let (stock_rows, sealed) = stock(&mut lab, CARRIER);
    assert_eq!(stock_rows.len(), 1, "only of the depot that is open");
    let units = vec!["单位1".to_owned(), "单位2".to_owned()];
    let group = GroupMark { name: GROUP.into(), units, readable: false };
    assert_eq!((sealed.len(), sealed[0].depot, sealed[0].posts), (1, DepotId(2), 2));
    assert_eq!(sealed[0].group, group);
    // Nothing on the carrier's disk says who the goods came from.
    let party = "单位3".as_bytes();
    let at_keeper = lab.disks[KEEPER].values().filter(|value| holds(value, party)).count();
    let at_carrier = lab.disks[CARRIER].values().filter(|value| holds(value, party)).count();
    assert_eq!(at_keeper, at_carrier, "of the open depot and of names alone");
    let card = Request::StockCard { item: "冲锋舟".into(), depot: Some("D02".into()) };
    let refusal = lab.ask(CARRIER, card).expect_err("it cannot read it");
    assert!(refusal.code == RefusalCode::NotAllowed && refusal.zh.contains(GROUP), "{refusal}");
    // All of it is the same after a restart.
    for node in [KEEPER, CARRIER] {
        lab.start(node);
    }
    assert_eq!(shown(&mut lab, KEEPER), (all, 0));
    assert_eq!(shown(&mut lab, CARRIER), (rows(&[("1号库", "7")]), 2));
}

fn holds(value: &[u8], part: &[u8]) -> bool {
    value.windows(part.len()).any(|window| window == part)
}

#[test]
fn goods_on_the_road_from_a_sealed_depot_are_seen_by_all_and_make_no_false_sum() {
    let mut lab = district();
    saved_id(lab.ask(KEEPER, movement(MovementKind::Receive, "D02", 100)));
    saved_id(lab.ask(
        KEEPER,
        Request::ShipWaybill(WaybillDraft {
            from: "D02".into(),
            to: "D01".into(),
            lines: lines(30),
            carrier: "渝C".into(),
            eta_s: None,
            note: String::new(),
            person: None,
        }),
    ));
    assert!(lab.run_until_agreed(600).is_some());
    assert_eq!(shown(&mut lab, 0).0, rows(&[("1号库", "0"), ("2号库", "70")]));
    // The road takes thirty out of what nobody here knows: not minus thirty, but nothing.
    assert_eq!(shown(&mut lab, CARRIER), (rows(&[("1号库", "0")]), 1));
    let Ok(Reply::Waybills { waybills }) = lab.ask(CARRIER, Request::Waybills) else {
        panic!("no waybills")
    };
    assert_eq!(waybills[0].lines[0].due, Quantity::units(30));
}

#[test]
fn whoever_comes_later_knows_what_lies_there_from_the_next_count_on() {
    let mut lab = district();
    saved_id(lab.ask(KEEPER, movement(MovementKind::Receive, "D02", 100)));
    lab.run_ms(70_000);
    assert!(lab.run_until_agreed(600).is_some());
    // The centre is left out and another comes: the next turn.
    change(&mut lab, false, &["U1"], &[]).expect("the authority");
    change(&mut lab, true, &["U4"], &[]).expect("the authority");
    assert!(lab.run_until_agreed(600).is_some());
    saved_id(lab.ask(KEEPER, movement(MovementKind::Issue, "D02", 10)));
    lab.run_ms(70_000);
    assert!(lab.run_until_agreed(600).is_some());
    assert_eq!(shown(&mut lab, LATER), (vec![], 1), "ninety, or minus ten: it cannot know");
    assert_eq!(shown(&mut lab, 0), (vec![], 1), "it has left, and knows only what was");
    assert_eq!(shown(&mut lab, KEEPER).0, rows(&[("2号库", "90")]));
    saved_id(lab.ask(KEEPER, count(88)));
    assert!(lab.run_until_agreed(600).is_some());
    assert_eq!(shown(&mut lab, LATER), (rows(&[("2号库", "88")]), 1));
    assert_eq!(shown(&mut lab, 0), (vec![], 2));
}

#[test]
fn a_snapshot_does_not_tell_of_a_sealed_depot() {
    let mut lab = district();
    saved_id(lab.ask(0, movement(MovementKind::Receive, "D01", 7)));
    saved_id(lab.ask(KEEPER, movement(MovementKind::Receive, "D02", 100)));
    lab.run_ms(70_000);
    assert!(lab.run_until_agreed(600).is_some());
    saved_id(lab.ask(0, Request::SnapshotStock { person: Some("王".into()) }));
    change(&mut lab, false, &[], &["D02"]).expect("the authority");
    // What was sealed before stays so.
    saved_id(lab.ask(0, Request::SnapshotStock { person: Some("王".into()) }));
    assert!(lab.run_until_agreed(600).is_some());
    assert_eq!(shown(&mut lab, CARRIER), (rows(&[("1号库", "7")]), 1));
    saved_id(lab.ask(KEEPER, movement(MovementKind::Issue, "D02", 1)));
    lab.run_ms(70_000);
    assert!(lab.run_until_agreed(600).is_some());
    assert_eq!(shown(&mut lab, CARRIER), (rows(&[("1号库", "7")]), 1), "in the clear again");
}

#[test]
fn whoever_has_no_key_of_a_sealed_depot_cannot_post_there_and_every_mistake_is_named() {
    let mut lab = district();
    let refusal = lab.ask(CARRIER, movement(MovementKind::Issue, "D02", 1)).expect_err("no key");
    assert!(refusal.code == RefusalCode::NotAllowed && refusal.zh.contains(GROUP), "{refusal}");
    let wrong: [(bool, &[&str], &[&str], RefusalCode); 4] = [
        // Its keeper would not be in the group any more.
        (false, &["U2"], &[], RefusalCode::BadValue),
        (false, &[], &["D01"], RefusalCode::UnknownName),
        (true, &[], &["D09"], RefusalCode::UnknownName),
        (true, &[], &["D02"], RefusalCode::AlreadyOver),
    ];
    for (add, units, depots, code) in wrong {
        let refusal = change(&mut lab, add, units, depots).expect_err("wrong");
        assert_eq!(refusal.code, code, "{units:?} {depots:?} {refusal}");
    }
    for (unit, depot, says) in [("U2", "D02", GROUP), ("U2", "D01", "单位1")] {
        let (group, units) = ("另一组".to_owned(), vec![unit.to_owned()]);
        let other = Request::AddToGroup { group, units, depots: vec![depot.to_owned()] };
        let refusal = lab.ask(0, other).expect_err("sealed to another, or kept by another");
        assert!(refusal.zh.contains(says), "{refusal}");
    }
    change(&mut lab, true, &[], &["D01"]).expect("its keeper is in the group");
    change(&mut lab, false, &["U2"], &["D02"]).expect("both go at once");
    change(&mut lab, false, &[], &[]).expect("the group ends");
}
