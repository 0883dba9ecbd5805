//! Drafts with real names: what becomes a body, and every refusal with its word.

use super::*;
use crate::base::caps::BASIS_MAX;
use crate::base::ids::{DepotId, DeviceId, RecordId, SpokenId};
use crate::base::time::Hlc;
use crate::field::body::Placed;
use crate::field::stock::tests::Signs;
use crate::local::refusal::RefusalCode;
use crate::local::request::{ArrivalLine as ArrivalLineDraft, MovementKind};
use crate::wire::record::Person;

const VEST: ItemId = ItemId(4);
const BED: ItemId = ItemId(58);

#[test]
fn a_movement_finds_names_and_codes_and_orders_its_lines() {
    let draft = MovementDraft {
        party: " 水上救援二队 ".into(),
        ..issue(&[("折叠床", "60"), ("E004", "20.5")])
    };
    let Ok(Body::Movement(movement)) = movement(&draft, &Signs) else { panic!("a movement") };
    assert_eq!(movement.depot, DepotId(2));
    assert_eq!(movement.party, "水上救援二队");
    let line = |item, milli| Line { item, lot: 0, quantity: Quantity(milli) };
    assert_eq!(movement.lines, [line(VEST, 20_500), line(BED, 60_000)]);
}

#[test]
fn what_a_movement_may_not_say_is_refused_with_a_word() {
    let many: Vec<(&str, &str)> = vec![("救生衣", "1"); STOCK_LINES_MAX + 1];
    let huge = "9000000000000000";
    let cases = [
        ("no lines", issue(&[]), RefusalCode::BadValue),
        ("zero", issue(&[("救生衣", "0")]), RefusalCode::BadValue),
        ("negative", issue(&[("救生衣", "-2")]), RefusalCode::BadValue),
        ("twice", issue(&[("救生衣", "1"), ("E004", "2")]), RefusalCode::BadValue),
        ("too many", issue(&many), RefusalCode::TooLong),
        ("sum", issue(&[("救生衣", huge), ("冲锋舟", huge)]), RefusalCode::BadValue),
        ("item", issue(&[("救身衣", "1")]), RefusalCode::UnknownName),
        ("depot", MovementDraft { depot: "几江".into(), ..one() }, RefusalCode::UnknownName),
        ("depots", MovementDraft { depot: "镇库".into(), ..one() }, RefusalCode::AmbiguousName),
        ("party", MovementDraft { party: "镇".repeat(41), ..one() }, RefusalCode::TooLong),
        ("note", MovementDraft { note: "镇".repeat(401), ..one() }, RefusalCode::TooLong),
    ];
    for (name, draft, code) in cases {
        assert_eq!(movement(&draft, &Signs).map_err(|refusal| refusal.code), Err(code), "{name}");
    }
    assert!(movement(&one(), &Signs).is_ok());
}

#[test]
fn an_unknown_item_is_answered_with_items_like_it() {
    let refusal = movement(&issue(&[("救身衣", "1")]), &Signs).expect_err("no such item");
    assert_eq!(refusal.zh, "名录中没有物资“救身衣”；是不是：救生衣？");
    assert_eq!(refusal.en, "No item “救身衣” in the directory; did you mean: 救生衣?");
}

#[test]
fn more_than_on_hand_may_be_issued_and_shipped_because_facts_are_facts() {
    assert!(movement(&issue(&[("救生衣", "5000")]), &Signs).is_ok());
    assert!(waybill(&shipment("区库", "朱杨"), &Signs).is_ok());
}

#[test]
fn a_waybill_needs_two_depots() {
    let refused = |draft: &WaybillDraft| waybill(draft, &Signs).map_err(|refusal| refusal.code);
    assert_eq!(refused(&shipment("区库", "区库")), Err(RefusalCode::BadValue));
    assert_eq!(refused(&shipment("区库", "几江")), Err(RefusalCode::UnknownName));
    assert_eq!(refused(&shipment("几江", "区库")), Err(RefusalCode::UnknownName));
}

#[test]
fn an_arrival_follows_its_waybill_even_an_unverified_one() {
    for is_verified in [false, true] {
        let ledger = with_waybill(is_verified);
        let draft = arrived(&[("折叠床", "57", "1")]);
        let Ok(Body::Arrival(body)) = arrival(&draft, &Signs, &ledger) else { panic!("arrives") };
        assert_eq!((body.waybill, body.to), (draft.id, DepotId(3)));
        assert_eq!(body.lines[0].item, BED);
        let all = arrival(&arrived(&[]), &Signs, &ledger);
        assert!(matches!(all, Ok(Body::Arrival(body)) if body.lines.is_empty()));
    }
}

#[test]
fn what_an_arrival_may_not_say_is_refused_with_a_word() {
    let ledger = with_waybill(true);
    let more = arrived(&[("折叠床", "60", "1")]);
    let noted = ArrivalDraft { note: "多装1张".into(), ..more.clone() };
    let other = SpokenId { author: DeviceId(1), incarnation: 0, seq: 2 };
    let cases = [
        ("unknown", ArrivalDraft { id: other, ..arrived(&[]) }, RefusalCode::UnknownId),
        ("negative", arrived(&[("折叠床", "-1", "0")]), RefusalCode::BadValue),
        ("broken", arrived(&[("折叠床", "1", "-1")]), RefusalCode::BadValue),
        ("twice", arrived(&[("折叠床", "1", "0"), ("R006", "1", "0")]), RefusalCode::BadValue),
        ("foreign", arrived(&[("救生衣", "1", "0")]), RefusalCode::BadValue),
        ("more", more, RefusalCode::BadValue),
        ("name", arrived(&[("床铺", "1", "0")]), RefusalCode::UnknownName),
    ];
    for (name, draft, code) in cases {
        let refused = arrival(&draft, &Signs, &ledger).map_err(|refusal| refusal.code);
        assert_eq!(refused, Err(code), "{name}");
    }
    assert!(arrival(&noted, &Signs, &ledger).is_ok());
    assert!(arrival(&arrived(&[("折叠床", "0", "0")]), &Signs, &ledger).is_ok());
}

#[test]
fn a_waybill_that_has_arrived_is_over() {
    let mut ledger = with_waybill(true);
    let body = arrival(&arrived(&[]), &Signs, &ledger).expect("arrives");
    take(&mut ledger, lane(3).at(1), &body, true);
    let refusal = arrival(&arrived(&[]), &Signs, &ledger).expect_err("over");
    assert_eq!(refusal.code, RefusalCode::AlreadyOver);
    assert!(refusal.zh.contains("1-1") && refusal.zh.contains("3-1"), "{}", refusal.zh);
}

#[test]
fn a_count_takes_zero_and_its_basis_from_the_ledger() {
    let mut ledger = Ledger::new();
    let opening = movement(&issue(&[("救生衣", "210")]), &Signs).expect("an issue");
    take(&mut ledger, lane(2).at(1), &opening, true);
    let heads = [(lane(2), 1), (lane(5), 9)].into();
    let draft = CountDraft {
        depot: "白沙".into(),
        lines: lines_of(&[("救生衣", "0"), ("折叠床", "3")]),
        note: String::new(),
        person: None,
    };
    let Ok(Body::Count(body)) = count(&draft, &Signs, &ledger, &heads) else { panic!("a count") };
    let line = |item, milli| CountLine { item, counted: Quantity(milli) };
    assert_eq!(body.lines, [line(VEST, 0), line(BED, 3_000)]);
    assert_eq!(body.basis, [(lane(2), 1)]);
    for (name, lines) in [
        ("no lines", lines_of(&[])),
        ("negative", lines_of(&[("救生衣", "-1")])),
        ("twice", lines_of(&[("救生衣", "1"), ("E004", "1")])),
    ] {
        let draft = CountDraft { lines, ..draft.clone() };
        let refused = count(&draft, &Signs, &ledger, &heads).map_err(|refusal| refusal.code);
        assert_eq!(refused, Err(RefusalCode::BadValue), "{name}");
    }
}

#[test]
fn a_body_that_no_record_can_carry_is_refused() {
    let lines = vec![CountLine { item: VEST, counted: Quantity::ZERO }];
    let basis: Vec<(LaneId, u32)> =
        (1..=BASIS_MAX as u16).map(|author| (lane(author), u32::MAX)).collect();
    let note = "镇".repeat(300);
    let body = Count { depot: DepotId(1), lines, basis, note };
    assert_eq!(body.check(), Ok(()));
    let refused = finish(Body::Count(body)).map_err(|refusal| refusal.code);
    assert_eq!(refused, Err(RefusalCode::TooLong));
}

fn issue(lines: &[(&str, &str)]) -> MovementDraft {
    MovementDraft {
        kind: MovementKind::Issue,
        depot: "白沙".into(),
        lines: lines_of(lines),
        party: String::new(),
        note: String::new(),
        person: None,
    }
}

fn one() -> MovementDraft {
    issue(&[("救生衣", "1")])
}

fn lines_of(lines: &[(&str, &str)]) -> Vec<LineDraft> {
    let lines = lines.iter().map(|(item, quantity)| LineDraft {
        item: (*item).into(),
        quantity: quantity.parse().expect("a quantity"),
    });
    lines.collect()
}

fn shipment(from: &str, to: &str) -> WaybillDraft {
    WaybillDraft {
        from: from.into(),
        to: to.into(),
        lines: lines_of(&[("折叠床", "60")]),
        carrier: "渝C·应017".into(),
        eta_s: Some(19_500),
        note: "DB0819-007".into(),
        person: None,
    }
}

fn arrived(lines: &[(&str, &str, &str)]) -> ArrivalDraft {
    let lines = lines.iter().map(|(item, received, damaged)| ArrivalLineDraft {
        item: (*item).into(),
        received: received.parse().expect("a quantity"),
        damaged: damaged.parse().expect("a quantity"),
    });
    let id = lane(1).at(1).into();
    ArrivalDraft { id, lines: lines.collect(), note: String::new(), person: None }
}

fn with_waybill(is_verified: bool) -> Ledger {
    let mut ledger = Ledger::new();
    let body = waybill(&shipment("区库", "朱杨"), &Signs).expect("a waybill");
    take(&mut ledger, lane(1).at(1), &body, is_verified);
    ledger
}

fn take(ledger: &mut Ledger, id: RecordId, body: &Body, is_verified: bool) {
    let at = Hlc { wall_ms: 1000, count: 0 };
    ledger.apply(Placed { id, at, person: &Person::Nobody, body }, is_verified);
}

fn lane(author: u16) -> LaneId {
    LaneId::first(DeviceId(author), Lane::Stock)
}
