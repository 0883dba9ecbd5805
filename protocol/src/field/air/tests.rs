//! Records over the air and back, and their sizes against the budgets.

use proptest::prelude::*;

use super::*;
use crate::base::class::Class;
use crate::base::ids::{GroupId, ItemId, LaneId, PlaceId, TemplateId, UnitId};
use crate::base::quantity::Quantity;
use crate::field::directory::Target;
use crate::field::order::sealed::Sealed;
use crate::field::order::words::{Filled, Value, Words};
use crate::field::order::{Cancel, Order, Receipt};
use crate::field::stock::{Arrival, ArrivalLine, Count, CountLine, Line, Movement, Waybill};
use crate::local::request::{MovementKind, Need, OrderKind, Proxy, Rung};
use crate::wire::golden;
use crate::wire::pack::Pack;

/// 2026-08-19 02:10 Beijing time.
const BASE_S: u32 = 1_787_076_600;
const AUTHOR: DeviceId = DeviceId(4);
const GOLDEN: &str = include_str!("../../../golden/air.hex");

#[test]
fn every_kind_of_record_comes_out_as_it_went_in() {
    for lane in [Lane::Command, Lane::Stock, Lane::Report, Lane::Directory] {
        let records: Vec<Vec<u8>> = every_record().into_iter().map(|(_, record)| record).collect();
        for sender in [AUTHOR, DeviceId(77)] {
            let run = pack(lane, sender, &records);
            assert_eq!(open(&run, sender).map(|run| run.records), Ok(records.clone()), "{lane:?}");
        }
    }
}

#[test]
fn every_kind_of_record_has_the_bits_of_the_golden_file() {
    let made: Vec<(&str, Vec<u8>)> = every_record()
        .into_iter()
        .map(|(name, record)| {
            let lane = if name.contains("stock") { Lane::Stock } else { Lane::Command };
            (name, Section::Packed(pack(lane, AUTHOR, &[record])).packed())
        })
        .collect();
    golden::compare("air.hex", GOLDEN, &made);
}

#[test]
fn a_record_in_a_bundle_keeps_to_its_budget() {
    // DESIGN section 4: order header 6, templated order 8, receipt 4, stock movement 6 bytes; eight
    // in a run.
    let orders = |index: u32| {
        // A text of one letter: its length of 6 bits and itself are taken off below.
        let order = Order { text: "x".into(), ..order(UnitId(1 + index as u16 * 40)) };
        (Lane::Command, whole(index * 45, Body::Order(order)))
    };
    let receipts = |index: u32| {
        let order = SpokenId { author: DeviceId(1), incarnation: 0, seq: 12 + index };
        let receipt = Receipt { order, ..receipt() };
        (Lane::Command, whole(index * 45, Body::Receipt(receipt)))
    };
    let templates = |index: u32| {
        // A place and a number in its blanks.
        let values = vec![Value::Place(PlaceId(1 + index as u16 * 4)), Value::Number(index * 3)];
        let text = Words::Filled(Filled { template: TemplateId(1 + index as u16 * 2), values });
        let order = Order { text, ..order(UnitId(1 + index as u16 * 40)) };
        (Lane::Command, whole(index * 45, Body::Order(order)))
    };
    let movements = |index: u32| {
        let line = Line { item: ItemId(index as u16 * 37), lot: 0, quantity: Quantity::units(40) };
        let movement = Movement { lines: vec![line], ..movement() };
        (Lane::Stock, whole(index * 45, Body::Stock(StockBody::Movement(movement))))
    };
    let letter_bits =
        6 + 8 * crate::wire::text::encode("x", crate::wire::text::Model::standard()).len();
    type Make<'a> = &'a dyn Fn(u32) -> (Lane, Vec<u8>);
    let cases: [(&str, Make<'_>, usize, usize); 4] = [
        ("order header", &orders, letter_bits, 6),
        ("order by template", &templates, 0, 8),
        ("receipt", &receipts, 0, 4),
        ("movement", &movements, 0, 6),
    ];
    for (name, make, text, budget) in cases {
        let (lane, _) = make(0);
        let records: Vec<Vec<u8>> = (0..8).map(|index| make(index).1).collect();
        let bytes = pack(lane, AUTHOR, &records).bits.len() - text;
        println!("{name}: {bytes} bytes for 8, budget {budget} each");
        assert!(bytes <= 8 * budget, "{name}: {bytes}");
    }
}

#[test]
fn a_record_of_a_later_version_is_carried_as_it_is() {
    let strange = Head { kind: 0x7f, at: Hlc::default(), person: Person::Nobody };
    let records = vec![strange.with_body(b"from the future"), whole(5, Body::Receipt(receipt()))];
    let run = pack(Lane::Command, AUTHOR, &records);
    assert_eq!(open(&run, AUTHOR).map(|run| run.records), Ok(records));
}

#[test]
fn a_run_that_says_another_number_of_records_is_refused() {
    let records = vec![whole(0, Body::Receipt(receipt())); 3];
    let run = pack(Lane::Command, AUTHOR, &records);
    for count in [1, 2, 5, 4096] {
        assert!(open(&PackedRun { count, ..run.clone() }, AUTHOR).is_err(), "{count}");
    }
    assert!(open(&run, AUTHOR).is_ok());
}

proptest! {
    #[test]
    fn any_bytes_are_carried(records in prop::collection::vec(
        prop::collection::vec(any::<u8>(), 1..60), 1..6)) {
        for lane in Lane::ALL {
            let run = pack(lane, AUTHOR, &records);
            prop_assert_eq!(open(&run, AUTHOR).map(|run| run.records), Ok(records.clone()));
        }
    }

    #[test]
    fn records_at_any_time_are_carried(times in prop::collection::vec(
        (0u64..1 << 48, 0u16..5), 1..8)) {
        let records: Vec<Vec<u8>> = times.iter().map(|(wall_ms, count)| {
            let at = Hlc { wall_ms: *wall_ms, count: *count };
            let body = Body::Receipt(receipt());
            Head { kind: body.kind(), at, person: Person::Nobody }.with_body(&body.packed())
        }).collect();
        let run = pack(Lane::Command, AUTHOR, &records);
        prop_assert_eq!(open(&run, AUTHOR).map(|run| run.records), Ok(records));
    }

    #[test]
    fn hostile_bits_are_refused_without_panic(bits: Vec<u8>, count in 1u32..9, base_s: u32) {
        for lane in Lane::ALL {
            let run = PackedRun {
                author: None, incarnation: 0, lane, first: 1, count, base_s,
                bits: bits.clone(), seal: None, is_last: false,
            };
            if let Ok(opened) = open(&run, AUTHOR) {
                prop_assert_eq!(opened.records.len(), count as usize);
            }
        }
    }
}

fn pack(lane: Lane, sender: DeviceId, records: &[Vec<u8>]) -> PackedRun {
    let mut packer = Packer::new(LaneId::first(AUTHOR, lane), 9);
    for record in records {
        packer.push(record);
    }
    packer.run(sender, None)
}

fn every_record() -> Vec<(&'static str, Vec<u8>)> {
    let lot = Line { item: ItemId(9), lot: 7, quantity: Quantity(1_500) };
    let lines = vec![Line { item: ItemId(4), lot: 0, quantity: Quantity::units(2_400) }, lot];
    let waybill = Waybill {
        from: DepotId(1),
        to: DepotId(31),
        lines: lines.clone(),
        carrier: "渝C应017".into(),
        eta_s: Some(7_260),
        note: String::new(),
    };
    let spoken = SpokenId { author: DeviceId(1), incarnation: 2, seq: 12 };
    let arrived = ArrivalLine {
        item: ItemId(4),
        lot: 0,
        received: Quantity::units(58),
        damaged: Quantity::units(2),
    };
    let arrival =
        Arrival { waybill: spoken, to: DepotId(31), lines: vec![arrived], note: "箱破".into() };
    let basis = vec![(LaneId::first(DeviceId(3), Lane::Stock), 40)];
    let counted = vec![CountLine { item: ItemId(3), counted: Quantity::ZERO }];
    let count = Count { depot: DepotId(31), lines: counted, basis, note: String::new() };
    let signed = Order {
        signer: Person::Index(PersonId(9)),
        act_by_s: Some(1_801),
        expires_s: None,
        targets: vec![Target::All, Target::Place(PlaceId(6))],
        ..order(UnitId(7))
    };
    let valid = Order { expires_s: Some(7_200), ..order(UnitId(7)) };
    let valid_only = Order { act_by_s: None, expires_s: Some(61), ..order(UnitId(7)) };
    let values = vec![Value::Place(PlaceId(6)), Value::Number(23), Value::Text("带艇".into())];
    let filled = Filled { template: TemplateId(4), values };
    let filled = Order { text: Words::Filled(filled), ..order(UnitId(7)) };
    let sealed = Sealed { group: GroupId(2), turn: 3, bytes: (1..=20).collect() };
    let sealed = Order { text: Words::Sealed(sealed), ..order(UnitId(7)) };
    let phoned = Receipt { proxy: Some(Proxy::Phone), note: "王镇长".into(), ..receipt() };
    let cancel = Cancel { order: spoken, reason: "雨停".into() };
    let signature = crate::field::order::Signature { class: Class::Flash, order: spoken };
    let stock = |body: StockBody| whole(60, Body::Stock(body));
    vec![
        ("order", whole(0, Body::Order(order(UnitId(7))))),
        ("order_signed", whole(1, Body::Order(signed))),
        ("order_template", whole(1, Body::Order(filled))),
        ("order_sealed", whole(1, Body::Order(sealed))),
        ("order_valid", whole(1, Body::Order(valid))),
        ("order_valid_only", whole(1, Body::Order(valid_only))),
        ("receipt", whole(2, Body::Receipt(receipt()))),
        ("receipt_proxy", whole(2, Body::Receipt(phoned))),
        ("cancel", whole(62, Body::Cancel(cancel))),
        ("draft", whole(62, Body::Draft(order(UnitId(7))))),
        ("signature", whole(62, Body::Signature(signature))),
        ("stock_movement", stock(StockBody::Movement(Movement { lines, ..movement() }))),
        ("stock_waybill", stock(StockBody::Waybill(waybill))),
        ("stock_arrival", stock(StockBody::Arrival(arrival))),
        ("stock_count", stock(StockBody::Count(count))),
    ]
}

fn whole(after_s: u32, body: Body) -> Vec<u8> {
    let at = Hlc { wall_ms: u64::from(BASE_S + after_s) * 1000, count: 0 };
    let head = Head { kind: body.kind(), at, person: Person::Index(PersonId(3)) };
    head.with_body(&body.packed())
}

fn order(unit: UnitId) -> Order {
    Order {
        kind: OrderKind::Order,
        class: Class::Immediate,
        need: Need::Done,
        targets: vec![Target::Unit(unit)],
        directory_version: 40,
        act_by_s: Some(1_800),
        expires_s: None,
        signer: Person::Nobody,
        text: "立即转移沿江低洼户".into(),
    }
}

fn receipt() -> Receipt {
    let order = SpokenId { author: DeviceId(1), incarnation: 0, seq: 12 };
    let (unit, rung) = (UnitId(7), Rung::Acknowledged);
    Receipt { order, unit, rung, proxy: None, note: String::new() }
}

fn movement() -> Movement {
    let line = Line { item: ItemId(4), lot: 0, quantity: Quantity::units(40) };
    Movement {
        kind: MovementKind::Issue,
        depot: DepotId(31),
        lines: vec![line],
        party: String::new(),
        note: String::new(),
    }
}
