//! What is left of a body is a body of the same kind, no longer than it was, without its words.

use super::*;
use crate::base::class::Class;
use crate::base::ids::{DepotId, DeviceId, ItemId, SpokenId, UnitId};
use crate::base::quantity::Quantity;
use crate::field::directory::Target;
use crate::field::order::Receipt;
use crate::field::stock::body::{Line, Movement};
use crate::local::request::{MovementKind, Need, OrderKind, Rung};
use crate::wire::record::Person;

fn order(text: &str) -> Body {
    Body::Order(Order {
        kind: OrderKind::Order,
        class: Class::Immediate,
        need: Need::Done,
        targets: vec![Target::Unit(UnitId(5))],
        directory_version: 12,
        act_by_s: Some(1200),
        expires_s: None,
        signer: Person::Nobody,
        text: text.into(),
    })
}

fn read_back(body: &Body) -> Body {
    Body::parse(body.kind(), &body.packed()).expect("a body as any other")
}

#[test]
fn an_order_keeps_everything_but_its_text() {
    let whole = order("即赴白沙镇滨江路3号楼接应被困约20人，带艇3条，原路返回");
    let left = read_back(&bare(whole.clone()).expect("something is left"));
    assert_eq!(left, order(CLEARED));
    assert!(left.packed().len() < whole.packed().len());
    assert_eq!(bare(order("撤")), Some(order("撤")), "a short text is no longer than the mark");
}

#[test]
fn a_receipt_and_a_movement_keep_who_and_how_much() {
    let receipt = |note: &str| {
        Body::Receipt(Receipt {
            order: SpokenId { author: DeviceId(1), incarnation: 0, seq: 12 },
            unit: UnitId(5),
            rung: Rung::Done,
            proxy: None,
            note: note.into(),
        })
    };
    assert_eq!(read_back(&bare(receipt("转移二十三人")).expect("left")), receipt(""));
    let movement = |words: &str| {
        let line = Line { item: ItemId(4), lot: 7, quantity: Quantity::units(30) };
        Body::Stock(stock::Body::Movement(Movement {
            kind: MovementKind::Issue,
            depot: DepotId(2),
            lines: vec![line],
            party: words.into(),
            note: words.into(),
        }))
    };
    assert_eq!(read_back(&bare(movement("民政局")).expect("left")), movement(""));
}
