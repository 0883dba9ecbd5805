//! Bytes of the four bodies: a golden file, sizes that the air can afford, hostile bytes.

use proptest::prelude::*;

use super::*;
use crate::base::ids::DeviceId;

/// `name hex`, one body a line. Changing a line changes the air: it needs a decision note.
const GOLDEN: &str = include_str!("../../../../golden/stock.hex");

#[test]
fn every_body_has_the_bytes_of_the_golden_file() {
    let lines: Vec<(&str, &str)> = GOLDEN.lines().filter_map(|line| line.split_once(' ')).collect();
    let samples = samples();
    assert_eq!(lines.len(), samples.len());
    for ((name, body), (golden_name, golden)) in samples.iter().zip(lines) {
        assert_eq!((*name, hex(&body.packed()).as_str()), (golden_name, golden));
        assert_eq!(Body::unpack(body.kind(), &unhex(golden)), Some(Ok(body.clone())), "{name}");
    }
}

#[test]
fn a_movement_of_one_item_fits_six_bytes() {
    let movement = Movement {
        kind: MovementKind::Issue,
        depot: DepotId(31),
        lines: vec![line(4, 0, 2_400_000)],
        party: String::new(),
        note: String::new(),
    };
    assert!(movement.packed().len() <= 6, "{}", hex(&movement.packed()));
    let with_lot = Movement { lines: vec![line(4, 7, 20_000)], ..movement };
    assert!(with_lot.packed().len() <= 6, "{}", hex(&with_lot.packed()));
}

#[test]
fn what_a_body_may_not_say_is_refused() {
    let good = Movement {
        kind: MovementKind::Issue,
        depot: DepotId(1),
        lines: vec![line(1, 0, 1000), line(1, 2, 500), line(3, 0, 1)],
        party: String::new(),
        note: String::new(),
    };
    assert_eq!(good.check(), Ok(()));
    let bad: Vec<(&str, Movement)> = vec![
        ("no lines", Movement { lines: vec![], ..good.clone() }),
        ("zero", Movement { lines: vec![line(1, 0, 0)], ..good.clone() }),
        ("negative", Movement { lines: vec![line(1, 0, -5)], ..good.clone() }),
        ("twice", Movement { lines: vec![line(1, 0, 5), line(1, 0, 5)], ..good.clone() }),
        ("unordered", Movement { lines: vec![line(2, 0, 5), line(1, 0, 5)], ..good.clone() }),
        ("sum", Movement { lines: vec![line(1, 0, i64::MAX), line(2, 0, 1)], ..good.clone() }),
        ("party", Movement { party: "镇".repeat(41), ..good.clone() }),
    ];
    for (name, movement) in bad {
        assert!(movement.check().is_err(), "{name}");
        assert!(Movement::unpack_all(&movement.packed()).is_err(), "{name}");
    }
    let lines: Vec<Line> = (0..65).map(|item| line(item, 0, 1000)).collect();
    let long = Movement { lines, ..good };
    assert_eq!(Movement::unpack_all(&long.packed()), Err(PackError::TooLong));
}

#[test]
fn a_waybill_does_not_lead_back_to_its_own_depot() {
    let (_, Body::Waybill(waybill)) = samples().swap_remove(2) else { panic!("a waybill") };
    let circle = Waybill { to: waybill.from, ..waybill };
    assert_eq!(Waybill::unpack_all(&circle.packed()), Err(PackError::BadValue("destination")));
}

#[test]
fn a_count_of_nothing_found_is_a_finding_but_a_count_of_no_item_is_not() {
    let lane = LaneId::first(DeviceId(2), Lane::Stock);
    let count = Count {
        depot: DepotId(1),
        lines: vec![CountLine { item: ItemId(1), counted: Quantity::ZERO }],
        basis: vec![(lane, 3)],
        note: String::new(),
    };
    assert_eq!(Count::unpack_all(&count.packed()), Ok(count.clone()));
    let none = Count { lines: vec![], ..count.clone() };
    assert_eq!(Count::unpack_all(&none.packed()), Err(PackError::BadValue("lines")));
    let twice = Count { basis: vec![(lane, 3), (lane, 4)], ..count.clone() };
    assert_eq!(Count::unpack_all(&twice.packed()), Err(PackError::BadValue("basis")));
    let lane_of_orders = LaneId { lane: Lane::Command, ..lane };
    let foreign = Count { basis: vec![(lane_of_orders, 3)], ..count };
    assert_eq!(foreign.check(), Err(PackError::BadValue("basis")));
}

#[test]
fn a_flag_without_its_field_and_an_unknown_flag_are_refused() {
    // Movement with the note flag and an empty note; waybill with flag 1, which means nothing.
    let empty_note = [0x20 | 0x10, 1, 1, 2, 0];
    assert_eq!(Movement::unpack_all(&empty_note), Err(PackError::BadValue("flags")));
    let no_lots = [0x20 | 0x04, 1, 1, 0, 2];
    assert_eq!(Movement::unpack_all(&no_lots), Err(PackError::BadValue("flags")));
    assert_eq!(Waybill::unpack_all(&[0x22, 1, 2, 1, 2]), Err(PackError::BadValue("flags")));
    // 1,000 thousandths have one form: one unit.
    assert_eq!(
        Movement::unpack_all(&[0x20, 1, 1, 0xd1, 0x0f]),
        Err(PackError::BadValue("quantity"))
    );
    assert_eq!(Movement::unpack_all(&[0x20, 1, 1, 2]).map(|m| m.lines), Ok(vec![line(1, 0, 1000)]));
}

#[test]
fn a_cut_body_is_refused() {
    for (name, body) in samples() {
        let bytes = body.packed();
        for cut in 0..bytes.len() {
            let unpacked = Body::unpack(body.kind(), &bytes[..cut]).expect("a kind of ours");
            assert!(unpacked.is_err(), "{name} cut at {cut}");
        }
    }
    assert_eq!(Body::unpack(kind::ORDER, &[]), None);
}

proptest! {
    #[test]
    fn hostile_bytes_never_panic_and_what_is_read_is_sound(
        kind in 0x30u8..=0x33,
        bytes in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        if let Some(Ok(body)) = Body::unpack(kind, &bytes) {
            prop_assert_eq!(body.check(), Ok(()));
            prop_assert!(body.packed().len() <= bytes.len());
            prop_assert_eq!(Body::unpack(kind, &body.packed()), Some(Ok(body)));
        }
    }

    #[test]
    fn changed_bytes_of_real_bodies_never_panic(
        index in 0usize..6, at in 0usize..200, byte: u8,
    ) {
        let (_, body) = samples().swap_remove(index);
        let mut bytes = body.packed();
        let at = at % bytes.len();
        bytes[at] = byte;
        if let Some(Ok(read)) = Body::unpack(body.kind(), &bytes) {
            prop_assert_eq!(read.check(), Ok(()));
        }
    }

    #[test]
    fn movements_go_both_ways(
        amounts in prop::collection::btree_map(
            (any::<u16>(), prop_oneof![Just(0u32), any::<u32>()]), 1i64..1 << 50, 1..64,
        ),
        note in "[一-龥a-z]{0,20}",
    ) {
        let lines = amounts.into_iter().map(|((item, lot), milli)| line(item, lot, milli));
        let movement = Movement {
            kind: MovementKind::Loss,
            depot: DepotId(9),
            lines: lines.collect(),
            party: String::new(),
            note,
        };
        prop_assert_eq!(Movement::unpack_all(&movement.packed()), Ok(movement));
    }
}

fn line(item: u16, lot: u32, milli: i64) -> Line {
    Line { item: ItemId(item), lot, quantity: Quantity(milli) }
}

fn samples() -> Vec<(&'static str, Body)> {
    let waybill = SpokenId { author: DeviceId(3), incarnation: 0, seq: 12 };
    let issue = Movement {
        kind: MovementKind::Issue,
        depot: DepotId(1),
        lines: vec![line(4, 0, 20_000)],
        party: "水上救援二队".into(),
        note: String::new(),
    };
    let arrived = |item, received, damaged| ArrivalLine {
        item: ItemId(item),
        lot: 0,
        received: Quantity(received),
        damaged: Quantity(damaged),
    };
    let lane =
        |author, incarnation| LaneId { author: DeviceId(author), incarnation, lane: Lane::Stock };
    vec![
        ("movement-issue", Body::Movement(issue.clone())),
        (
            "movement-opening-lots",
            Body::Movement(Movement {
                kind: MovementKind::Opening,
                depot: DepotId(300),
                lines: (1..=8).map(|item| line(item, u32::from(item % 2), 1_500)).collect(),
                party: String::new(),
                note: "期初".into(),
            }),
        ),
        (
            "waybill",
            Body::Waybill(Waybill {
                from: DepotId(1),
                to: DepotId(9),
                lines: vec![line(53, 0, 40_000), line(58, 0, 60_000), line(74, 0, 200_500)],
                carrier: "渝C·应017".into(),
                eta_s: Some(19_500),
                note: "DB0819-007".into(),
            }),
        ),
        (
            "arrival-in-full",
            Body::Arrival(Arrival { waybill, to: DepotId(9), lines: vec![], note: "".into() }),
        ),
        (
            "arrival-short",
            Body::Arrival(Arrival {
                waybill,
                to: DepotId(9),
                lines: vec![arrived(53, 40_000, 0), arrived(58, 57_000, 1_000)],
                note: "短2张床,箱破".into(),
            }),
        ),
        (
            "count",
            Body::Count(Count {
                depot: DepotId(2),
                lines: vec![CountLine { item: ItemId(4), counted: Quantity(203_000) }],
                basis: vec![(lane(3, 0), 12), (lane(3, 1), 4), (lane(7, 0), 300)],
                note: "17日借水救二队未登记".into(),
            }),
        ),
    ]
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        text.chars().map(|digit| digit.to_digit(16).expect("a hex digit") as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}
