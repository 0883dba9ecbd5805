//! The bytes of every body, compared with the golden file, and what becomes of unknown kinds.

use proptest::prelude::*;

use super::*;
use crate::base::class::Class;
use crate::base::geo::Point;
use crate::base::ids::{
    DepotId, DeviceId, GroupId, LaneId, PersonId, PlaceId, SpokenId, TemplateId, UnitId,
};
use crate::field::directory::sample;
use crate::field::directory::{GroupEntry, PathEntry, Target, UnitKind};
use crate::field::order::sealed::Sealed;
use crate::field::order::words::{Filled, Value, Words};
use crate::field::track::{Fix, FixSource};
use crate::keys::subtree::PATH_BYTES;
use crate::local::request::{Need, OrderKind, Proxy, Rung, UnitState};

const GOLDEN: &str = include_str!("../../../golden/field.hex");

fn spoken(author: u16, incarnation: u8, seq: u32) -> SpokenId {
    SpokenId { author: DeviceId(author), incarnation, seq }
}

fn bodies() -> Vec<(&'static str, Body)> {
    let order = Order {
        kind: OrderKind::Order,
        class: Class::Immediate,
        need: Need::Done,
        targets: vec![Target::Unit(UnitId(5))],
        directory_version: 12,
        act_by_s: Some(1200),
        expires_s: None,
        signer: Person::Nobody,
        text: "即赴白沙镇滨江路3号楼接应被困约20人，带艇3条".into(),
    };
    let alert = Order {
        kind: OrderKind::Alert,
        class: Class::Flash,
        need: Need::Acknowledged,
        targets: vec![Target::All, Target::Place(PlaceId(3)), Target::Kind(UnitKind::Town)],
        directory_version: 300,
        act_by_s: None,
        expires_s: None,
        signer: Person::Index(PersonId(1)),
        text: "收到请回1".into(),
    };
    let values = vec![Value::Place(PlaceId(3)), Value::Number(23), Value::Text("带艇".into())];
    let filled = Filled { template: TemplateId(4), values };
    let filled = Order { text: Words::Filled(filled), signer: Person::Nobody, ..alert.clone() };
    let receipt = |rung, proxy, note: &str| {
        let order = spoken(1, 0, 17);
        Body::Receipt(Receipt { order, unit: UnitId(5), rung, proxy, note: note.into() })
    };
    let reason = "封控解除".to_owned();
    let mut bodies = vec![
        ("order", Body::Order(order.clone())),
        ("alert-signed", Body::Order(alert)),
        ("order-template", Body::Order(filled)),
        ("cancel", Body::Cancel(Cancel { order: spoken(1, 2, 17), reason })),
        ("draft", Body::Draft(order.clone())),
        ("signature", Body::Signature(Signature { class: order.class, order: spoken(1, 2, 17) })),
        ("receipt-acknowledged", receipt(Rung::Acknowledged, None, "")),
        ("receipt-cannot", receipt(Rung::Cannot, None, "桥断")),
        ("receipt-done-by-radio", receipt(Rung::Done, Some(Proxy::Radio), "23人")),
    ];
    let names = ["directory-places", "directory-units", "directory-rest"];
    bodies.extend(names.into_iter().zip(sample::records().into_iter().map(Body::Directory)));
    bodies.push(("admission", Body::Admission(sample::admission())));
    bodies.push(("directory-papers", Body::Directory(sample::papers())));
    let sealed = Sealed { group: GroupId(2), turn: 3, bytes: (1..=20).collect() };
    let note =
        SealedNote { order: spoken(1, 2, 17), about: spoken(4, 0, 9), words: sealed.clone() };
    bodies.push(("order-sealed", Body::Order(Order { text: Words::Sealed(sealed), ..order })));
    bodies.push(("note-sealed", Body::SealedNote(note)));
    bodies.push(("post-sealed", Body::SealedPost(post())));
    let line = GroupEntry { depots: vec![DepotId(3), DepotId(300)], ..group() };
    bodies.push(("directory-group-depots", Body::Directory(vec![Entry::Group(line)])));
    bodies.push(("directory-group", Body::Directory(vec![Entry::Group(group())])));
    let hidden = [0x33; PATH_BYTES];
    let path = PathEntry { index: DeviceId(4_033), next_epoch: 3, hidden };
    bodies.push(("directory-path", Body::Directory(vec![Entry::Path(Box::new(path))])));
    bodies
}

fn post() -> SealedPost {
    let (depot, group, bytes) = (DepotId(300), GroupId(2), (1..=20).collect());
    SealedPost { kind: kind::COUNT, depot, group, turn: 3, bytes }
}

fn group() -> GroupEntry {
    GroupEntry {
        index: GroupId(2),
        name: "指挥组".into(),
        turn: 3,
        began_s: 1_787_097_600,
        units: vec![UnitId(1), UnitId(300)],
        wraps: [(DeviceId(1), [0x11; 16]), (DeviceId(4_000), [0x22; 16])].into(),
        depots: Vec::new(),
    }
}

fn fix() -> Fix {
    Fix {
        taken_s: 1_597_881_600,
        unit: UnitId(5),
        point: Point { lat_e7: 290_612_000, lon_e7: 1_061_187_000 },
        state: UnitState::EnRoute,
        source: FixSource::Gps,
        speed_dm_s: Some(42),
        course_deg: Some(207),
        satellites: Some(11),
        battery_pct: Some(82),
    }
}

#[test]
fn the_bytes_are_those_of_the_golden_file() {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let mut made: Vec<String> = bodies()
        .iter()
        .map(|(name, body)| format!("{name} {:02x} {}", body.kind(), hex(&body.packed())))
        .collect();
    made.push(format!("fix 00 {}", hex(&fix().packed())));
    let kept: Vec<&str> =
        GOLDEN.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    assert!(kept == made, "golden/field.hex holds other bytes; made:\n{}\n", made.join("\n"));
}

#[test]
fn every_body_goes_both_ways_in_its_lane() {
    for (name, body) in bodies() {
        assert_eq!(Body::parse(body.kind(), &body.packed()), Ok(body.clone()), "{name}");
        let lane = match body.kind() {
            kind::DIRECTORY => Lane::Directory,
            kind::SEALED_STOCK => Lane::Stock,
            _ => Lane::Command,
        };
        assert_eq!(body.lane(), Some(lane), "{name}");
    }
    assert_eq!(Fix::unpack_all(&fix().packed()), Ok(fix()));
}

#[test]
fn a_kind_of_a_later_version_is_no_error() {
    assert_eq!(Body::parse(0xee, b"whatever"), Ok(Body::Unknown { kind: 0xee }));
    assert_eq!(Body::Unknown { kind: 0xee }.lane(), None);
}

#[test]
fn a_place_hands_its_head_to_the_body_inside() {
    let body = Body::Unknown { kind: 0xee };
    let id = LaneId::first(DeviceId(1), Lane::Command).at(3);
    let placed = Placed { id, at: Hlc::default(), person: &Person::Nobody, body: &body };
    let inner = placed.with(&7_u8);
    assert_eq!((inner.id, *inner.body), (id, 7));
}

proptest! {
    #[test]
    fn hostile_bodies_never_panic(number: u8, bytes: Vec<u8>) {
        let known = [kind::DIRECTORY, kind::ORDER, kind::CANCEL, kind::RECEIPT, kind::DRAFT];
        let sealed = [kind::SEALED_NOTE, kind::SEALED_STOCK];
        for kind in known.into_iter().chain([number, kind::SIGNATURE]).chain(sealed) {
            let _ = Body::parse(kind, &bytes);
        }
        let _ = Fix::unpack_all(&bytes);
    }

    #[test]
    fn a_body_with_one_changed_byte_is_refused_or_packs_again(at: usize, flip in 1..=255u8) {
        for (name, body) in bodies() {
            let mut bytes = body.packed();
            let at = at % bytes.len();
            bytes[at] ^= flip;
            if let Ok(other) = Body::parse(body.kind(), &bytes) {
                let again = Body::parse(other.kind(), &other.packed());
                prop_assert_eq!(again, Ok(other), "{}", name);
            }
        }
    }
}
