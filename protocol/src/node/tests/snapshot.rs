//! A machine that has no ledgers learns from a snapshot what is where, and from then on nothing
//! counts twice while the ledgers come.

use super::converge::{movement, saved_id};
use super::lab::Lab;
use super::made_up::{radio, udp};
use crate::local::request::MovementKind;
use crate::local::rows::StockRow;
use crate::local::{Reply, Request};

fn stock(lab: &mut Lab, node: usize) -> Vec<StockRow> {
    match lab.ask_now(node, Request::Stock { depot: None, item: None }) {
        Some(Ok(Reply::Stock { stock, .. })) => stock,
        other => panic!("{other:?}"),
    }
}

fn on_hand(rows: &[StockRow]) -> Vec<(String, String)> {
    rows.iter().map(|row| (row.depot_name.clone(), row.on_hand.to_string())).collect()
}

fn snapshot() -> Request {
    Request::SnapshotStock { person: Some("王".into()) }
}

/// Node 0 holds what nodes 1 and 2 posted; node 3 hears node 0 alone, over a slow radio.
fn district() -> Lab {
    let mut lab = Lab::new(4, 11);
    lab.join(&[0, 1], &udp("a-b"));
    lab.join(&[0, 2], &udp("a-c"));
    for n in 0..90 {
        saved_id(lab.ask(1, movement(MovementKind::Receive, "D01", 100 + n)));
        saved_id(lab.ask(2, movement(MovementKind::Receive, "D02", 10 + n)));
    }
    // All of it is sealed.
    lab.run_ms(70_000);
    lab
}

/// The same, once node 3 has heard a snapshot of node 0.
fn told() -> Lab {
    let mut lab = district();
    saved_id(lab.ask(0, snapshot()));
    lab.join(&[0, 3], &radio(1200));
    while stock(&mut lab, 3).is_empty() {
        lab.run_ms(500);
        assert!(lab.now_ms < 3_600_000, "the snapshot comes within the hour");
    }
    lab
}

#[test]
fn a_node_without_ledgers_shows_the_snapshot_first_and_never_counts_twice() {
    let mut lab = district();
    saved_id(lab.ask(0, snapshot()));
    let truth = on_hand(&stock(&mut lab, 0));
    assert_eq!(truth, [("1号库".into(), "13005".into()), ("2号库".into(), "4905".into())]);
    lab.join(&[0, 3], &radio(1200));
    let mut told = 0;
    for _ in 0..600 {
        lab.run_ms(1_000);
        let rows = stock(&mut lab, 3);
        if rows.is_empty() {
            continue;
        }
        assert_eq!(on_hand(&rows), truth, "after {told} looks");
        let whose: Vec<_> = rows.iter().filter_map(|row| row.reported.as_ref()).collect();
        if whose.is_empty() {
            break;
        }
        assert!(whose.iter().all(|told| told.by == "单位1"), "{whose:?}");
        told += 1;
    }
    assert!(told > 3, "the snapshot came before the records: {told}");
    assert!(stock(&mut lab, 3).iter().all(|row| row.reported.is_none()));
    assert!(stock(&mut lab, 0).iter().all(|row| row.reported.is_none()));
}

#[test]
fn what_a_node_only_has_from_another_it_does_not_pass_on_as_its_own() {
    let mut lab = told();
    assert!(stock(&mut lab, 3).iter().all(|row| row.reported.is_some()));
    let refusal = lab.ask(3, snapshot()).expect_err("hearsay");
    assert!(refusal.zh.contains("没有可报的库存"), "{refusal:?}");
}

#[test]
fn a_snapshot_outlives_a_restart() {
    let mut lab = told();
    let before = stock(&mut lab, 3);
    lab.cut(0, 3, true);
    lab.start(3);
    assert_eq!(stock(&mut lab, 3), before);
}
