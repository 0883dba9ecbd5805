//! One rule, one test.

use super::*;
use crate::local::rows::{StockEvent, WaybillState};

use MovementKind::{Issue, Loss, Opening, Receive};

#[test]
fn every_kind_of_movement_books_both_sides() {
    let cases = [
        (Opening, "20", Account::Supplied(Source::Opening), "-20"),
        (Receive, "20", Account::Supplied(Source::Received), "-20"),
        (Issue, "-20", Account::Consumed, "20"),
        (Loss, "-20", Account::Lost(Cause::Scrapped), "20"),
    ];
    for (kind, at_depot, other, at_other) in cases {
        let ledger = folded([&Pens::default().write(3, moved(kind, BAISHA, &[line(VEST, 20)]))]);
        assert_eq!(on_hand(&ledger, BAISHA, VEST), at_depot, "{kind:?}");
        assert_eq!(ledger.balance(other, VEST).to_string(), at_other, "{kind:?}");
        assert_eq!(ledger.balance(Account::Depot(BAISHA), VEST).to_string(), at_depot);
    }
}

#[test]
fn a_repeated_record_counts_once_and_verified_replaces_unverified() {
    let opening = Pens::default().write(3, moved(Opening, BAISHA, &[line(VEST, 210)]));
    let mut ledger = Ledger::new();
    assert!(take(&mut ledger, &opening, false));
    assert!(!take(&mut ledger, &opening, false));
    let shown = row(&ledger, BAISHA, VEST);
    assert_eq!((shown.on_hand, shown.provisional), (Quantity::ZERO, Quantity::units(210)));
    assert!(ledger.sum_is_zero());
    assert!(take(&mut ledger, &opening, true));
    assert!(!take(&mut ledger, &opening, true));
    assert!(!take(&mut ledger, &opening, false));
    let shown = row(&ledger, BAISHA, VEST);
    assert_eq!((shown.on_hand, shown.provisional), (Quantity::units(210), Quantity::ZERO));
}

#[test]
fn a_shipment_is_in_transit_until_it_arrives() {
    let mut pens = Pens::default();
    let opening = pens.write(1, moved(Opening, DISTRICT, &[line(BED, 100)]));
    let waybill = pens.write(1, shipped(DISTRICT, ZHUYANG, &[line(BED, 60)]));
    let arrival = pens.write(3, arrived(&waybill, ZHUYANG, &[]));
    let mut ledger = folded([&opening, &waybill]);
    let (from, to) = (row(&ledger, DISTRICT, BED), row(&ledger, ZHUYANG, BED));
    assert_eq!((from.on_hand, from.outbound), (Quantity::units(40), Quantity::units(60)));
    assert_eq!((to.on_hand, to.inbound), (Quantity::ZERO, Quantity::units(60)));
    assert_eq!(ledger.balance(Account::Waybill(waybill.id), BED), Quantity::units(60));
    assert_eq!(ledger.due(waybill.id), Some(vec![line(BED, 60)]));
    let eta_ms = waybill.at.wall_ms + 3_600_000;
    assert_eq!(ledger.waybills(&Signs, eta_ms)[0].state, WaybillState::InTransit);
    assert_eq!(ledger.waybills(&Signs, eta_ms)[0].lines[0].short, Quantity::ZERO);
    assert_eq!(ledger.waybills(&Signs, eta_ms + 1)[0].state, WaybillState::Late);

    take(&mut ledger, &arrival, true);
    let (from, to) = (row(&ledger, DISTRICT, BED), row(&ledger, ZHUYANG, BED));
    assert_eq!((from.on_hand, from.outbound), (Quantity::units(40), Quantity::ZERO));
    assert_eq!((to.on_hand, to.inbound), (Quantity::units(60), Quantity::ZERO));
    assert_eq!(ledger.due(waybill.id), Some(vec![]));
    assert_eq!(ledger.waybills(&Signs, eta_ms + 1)[0].state, WaybillState::Full);
    assert!(ledger.sum_is_zero());
}

#[test]
fn short_goods_stay_in_transit_and_broken_ones_are_written_off() {
    let mut pens = Pens::default();
    let opening = pens.write(1, moved(Opening, DISTRICT, &[line(VEST, 20), line(BED, 60)]));
    let lines = [line(VEST, 20), line(BED, 60)];
    let waybill = pens.write(1, shipped(DISTRICT, ZHUYANG, &lines));
    let arrival = pens.write(3, arrived(&waybill, ZHUYANG, &[(VEST, 20, 0), (BED, 57, 1)]));
    let ledger = folded([&opening, &waybill, &arrival]);
    let shown = row(&ledger, ZHUYANG, BED);
    assert_eq!((shown.on_hand, shown.inbound), (Quantity::units(57), Quantity::units(2)));
    assert_eq!(row(&ledger, DISTRICT, BED).outbound, Quantity::units(2));
    assert_eq!(ledger.balance(Account::Waybill(waybill.id), BED), Quantity::units(2));
    assert_eq!(ledger.balance(Account::Lost(Cause::Damaged), BED), Quantity::units(1));
    assert_eq!(ledger.due(waybill.id), Some(vec![line(BED, 2)]));
    let waybill = ledger.waybills(&Signs, 0).remove(0);
    assert_eq!(waybill.state, WaybillState::Short);
    let beds = &waybill.lines[1];
    let sums = (beds.due, beds.received, beds.damaged, beds.short);
    let units = Quantity::units;
    assert_eq!(sums, (units(60), units(57), units(1), units(2)));
    let card = ledger.card(&Signs, BED, Some(ZHUYANG));
    let steps: Vec<_> = card.iter().map(|row| (row.event, row.change, row.balance)).collect();
    let arrive = (StockEvent::Arrive, units(58), units(58));
    assert_eq!(steps, vec![arrive, (StockEvent::Damaged, units(-1), units(57))]);
}

#[test]
fn what_came_beyond_the_waybill_is_supplied_extra() {
    let mut pens = Pens::default();
    let waybill = pens.write(1, shipped(DISTRICT, ZHUYANG, &[line(BED, 60)]));
    let arrival = pens.write(3, arrived(&waybill, ZHUYANG, &[(VEST, 5, 0), (BED, 62, 0)]));
    let ledger = folded([&waybill, &arrival]);
    assert_eq!(on_hand(&ledger, ZHUYANG, BED), "62");
    assert_eq!(on_hand(&ledger, ZHUYANG, VEST), "5");
    let extra = Account::Supplied(Source::Extra);
    assert_eq!(ledger.balance(extra, BED), Quantity::units(-2));
    assert_eq!(ledger.balance(extra, VEST), Quantity::units(-5));
    assert_eq!(ledger.balance(Account::Waybill(waybill.id), BED), Quantity::ZERO);
    assert_eq!(ledger.waybills(&Signs, 0)[0].state, WaybillState::Full);
}

#[test]
fn an_arrival_waits_for_its_waybill() {
    let mut pens = Pens::default();
    let waybill = pens.write(1, shipped(DISTRICT, ZHUYANG, &[line(BED, 60)]));
    let arrival = pens.write(3, arrived(&waybill, ZHUYANG, &[]));
    let mut ledger = folded([&arrival]);
    assert!(ledger.rows(&Signs, None, None).is_empty());
    assert_eq!(ledger.waiting_arrivals(), vec![arrival.id]);
    assert_eq!(ledger.due(waybill.id), None);
    ledger.take_touched();
    take(&mut ledger, &waybill, true);
    assert_eq!(on_hand(&ledger, ZHUYANG, BED), "60");
    assert!(ledger.waiting_arrivals().is_empty());
    assert_eq!(ledger.take_touched().into_iter().collect::<Vec<_>>(), [DISTRICT, ZHUYANG]);
    assert!(ledger.take_touched().is_empty());
}

#[test]
fn a_second_arrival_is_a_dispute_and_the_earliest_counts() {
    let mut pens = Pens::default();
    let waybill = pens.write(1, shipped(DISTRICT, ZHUYANG, &[line(BED, 60)]));
    let first = pens.write(3, arrived(&waybill, ZHUYANG, &[(BED, 58, 0)]));
    let second = pens.write(4, arrived(&waybill, ZHUYANG, &[(BED, 60, 0)]));
    for order in [[&waybill, &first, &second], [&second, &first, &waybill]] {
        let ledger = folded(order);
        assert_eq!(on_hand(&ledger, ZHUYANG, BED), "58");
        assert_eq!(ledger.waybills(&Signs, 0)[0].state, WaybillState::Disputed);
        assert_eq!(ledger.arrival_of(waybill.id), Some(first.id));
    }
}

#[test]
fn an_arrival_at_another_depot_moves_nothing_and_is_a_dispute() {
    let mut pens = Pens::default();
    let waybill = pens.write(1, shipped(DISTRICT, ZHUYANG, &[line(BED, 60)]));
    let elsewhere = pens.write(2, arrived(&waybill, BAISHA, &[]));
    let ledger = folded([&waybill, &elsewhere]);
    assert_eq!(on_hand(&ledger, BAISHA, BED), "0");
    assert_eq!(ledger.waybills(&Signs, 0)[0].state, WaybillState::Disputed);
    let arrival = pens.write(3, arrived(&waybill, ZHUYANG, &[]));
    let ledger = folded([&waybill, &elsewhere, &arrival]);
    assert_eq!(on_hand(&ledger, ZHUYANG, BED), "60");
    assert_eq!(ledger.waybills(&Signs, 0)[0].state, WaybillState::Disputed);
}

#[test]
fn unverified_records_change_only_the_provisional_column() {
    let mut pens = Pens::default();
    let opening = pens.write(1, moved(Opening, DISTRICT, &[line(BED, 100)]));
    let waybill = pens.write(1, shipped(DISTRICT, ZHUYANG, &[line(BED, 60)]));
    let arrival = pens.write(3, arrived(&waybill, ZHUYANG, &[(BED, 55, 5)]));
    let count = pens.write(3, counted(ZHUYANG, BED, 1, &[]));
    let mut ledger = folded([&opening]);
    for written in [&arrival, &waybill, &count] {
        take(&mut ledger, written, false);
    }
    let (from, to) = (row(&ledger, DISTRICT, BED), row(&ledger, ZHUYANG, BED));
    assert_eq!((from.on_hand, from.provisional), (Quantity::units(100), Quantity::units(-60)));
    assert_eq!((to.on_hand, to.provisional), (Quantity::ZERO, Quantity::units(55)));
    assert_eq!((to.inbound, to.counted_ms), (Quantity::ZERO, None));
    assert!(ledger.waybills(&Signs, 0).is_empty());
    assert!(ledger.sum_is_zero());
}

#[test]
fn an_unverified_arrival_elsewhere_does_not_hide_the_one_at_its_depot() {
    let mut pens = Pens::default();
    let waybill = pens.write(1, shipped(DISTRICT, ZHUYANG, &[line(BED, 60)]));
    let elsewhere = pens.write(2, arrived(&waybill, BAISHA, &[]));
    let arrival = pens.write(3, arrived(&waybill, ZHUYANG, &[]));
    let mut ledger = folded([&waybill]);
    take(&mut ledger, &elsewhere, false);
    take(&mut ledger, &arrival, false);
    assert_eq!(row(&ledger, ZHUYANG, BED).provisional, Quantity::units(60));
    assert!(ledger.rows(&Signs, Some(BAISHA), None).is_empty());
}

#[test]
fn of_two_unverified_arrivals_the_earlier_is_shown() {
    let mut pens = Pens::default();
    let waybill = pens.write(1, shipped(DISTRICT, ZHUYANG, &[line(BED, 60)]));
    let first = pens.write(4, arrived(&waybill, ZHUYANG, &[(BED, 58, 0)]));
    let second = pens.write(3, arrived(&waybill, ZHUYANG, &[(BED, 60, 0)]));
    let mut ledger = folded([&waybill]);
    take(&mut ledger, &first, false);
    take(&mut ledger, &second, false);
    assert_eq!(row(&ledger, ZHUYANG, BED).provisional, Quantity::units(58));
}

#[test]
fn a_retracted_record_leaves_no_trace() {
    let mut pens = Pens::default();
    let opening = pens.write(1, moved(Opening, DISTRICT, &[line(BED, 100)]));
    let waybill = pens.write(1, shipped(DISTRICT, ZHUYANG, &[line(BED, 60)]));
    let first = pens.write(3, arrived(&waybill, ZHUYANG, &[(BED, 58, 1)]));
    let second = pens.write(4, arrived(&waybill, ZHUYANG, &[]));
    let count = pens.write(3, counted(ZHUYANG, BED, 50, &[(3, 1)]));
    let mut ledger = folded([&opening, &waybill, &first, &second, &count]);
    assert!(ledger.retract(first.id));
    assert!(!ledger.retract(first.id));
    assert!(ledger.sum_is_zero());
    assert_eq!(ledger.arrival_of(waybill.id), Some(second.id));
    for written in [&second, &waybill, &count] {
        assert!(ledger.retract(written.id));
        assert!(ledger.sum_is_zero());
    }
    assert_eq!(ledger.rows(&Signs, None, None), folded([&opening]).rows(&Signs, None, None));
    assert_eq!(ledger.balances(), folded([&opening]).balances());
}

#[test]
fn rows_are_by_depot_and_item_and_can_be_narrowed() {
    let mut pens = Pens::default();
    let here = pens.write(1, moved(Opening, DISTRICT, &[line(BOAT, 4), line(VEST, 900)]));
    let there = pens.write(2, moved(Opening, BAISHA, &[line(VEST, 210)]));
    let ledger = folded([&there, &here]);
    let keys = |depot, item| {
        let rows = ledger.rows(&Signs, depot, item).into_iter();
        rows.map(|row| (row.depot_name, row.item_code)).collect::<Vec<_>>()
    };
    let (boat, vest, other) = (
        ("区库".to_owned(), "E001".to_owned()),
        ("区库".to_owned(), "E004".to_owned()),
        ("白沙镇库".to_owned(), "E004".to_owned()),
    );
    assert_eq!(keys(None, None), [boat.clone(), vest.clone(), other.clone()]);
    assert_eq!(keys(None, Some(VEST)), [vest.clone(), other]);
    assert_eq!(keys(Some(DISTRICT), None), [boat, vest]);
    assert!(keys(Some(ZHUYANG), None).is_empty());
}

#[test]
fn open_waybills_stand_before_closed_ones_and_newer_before_older() {
    let mut pens = Pens::default();
    let mut records = Vec::new();
    for _ in 0..4 {
        records.push(pens.write(1, shipped(DISTRICT, ZHUYANG, &[line(BED, 10)])));
    }
    records.push(pens.write(3, arrived(&records[3], ZHUYANG, &[])));
    records.push(pens.write(3, arrived(&records[1], ZHUYANG, &[(BED, 9, 0)])));
    let ledger = folded(&records);
    let order: Vec<u32> = ledger.waybills(&Signs, 0).iter().map(|row| row.id.seq).collect();
    assert_eq!(order, [3, 2, 1, 4]);
}

#[test]
fn a_summary_names_depot_goods_and_party() {
    let body = Body::Movement(Movement {
        kind: Issue,
        depot: BAISHA,
        lines: vec![line(VEST, 20), Line { lot: 7, ..line(ItemId(99), 1) }],
        party: "水上救援二队".into(),
        note: String::new(),
    });
    let text = summary(&Signs, &body);
    assert_eq!(text, "白沙镇库 · 救生衣 20件, #99 1 (批次/lot 7) · 水上救援二队");
}
