//! Orders, withdrawals and receipts as bytes.

use proptest::prelude::*;

use super::*;
use crate::base::caps::TEXT_BYTES_MAX;
use crate::base::ids::{GroupId, PersonId, PlaceId, TemplateId};
use crate::field::order::sealed::Sealed;
use crate::field::order::words::{Filled, Value};

fn order(text: &str) -> Order {
    Order {
        kind: OrderKind::Order,
        class: Class::Immediate,
        need: Need::Done,
        targets: vec![Target::Unit(UnitId(5))],
        directory_version: 12,
        act_by_s: Some(1200),
        expires_s: None,
        signer: Person::Nobody,
        text: text.into(),
    }
}

#[test]
fn an_order_costs_few_bytes_beside_its_text() {
    let text = "水".repeat(20);
    assert_eq!(text.len(), 60);
    let plain = order(&text);
    assert_eq!(plain.packed().len(), 60 + 6);
    let targets = vec![Target::Unit(UnitId(400)), Target::Place(PlaceId(31)), Target::All];
    let signer = Person::Index(PersonId(300));
    let large = Order { targets, directory_version: 3000, signer, ..plain };
    assert!(large.packed().len() <= 60 + 14, "{}", large.packed().len());
}

#[test]
fn a_receipt_costs_four_bytes() {
    let order = SpokenId { author: DeviceId(1), incarnation: 0, seq: 60 };
    let receipt =
        Receipt { order, unit: UnitId(5), rung: Rung::Done, proxy: None, note: String::new() };
    assert_eq!(receipt.packed().len(), 4);
}

#[test]
fn what_no_honest_program_writes_is_refused() {
    let bad = |change: &dyn Fn(&mut Order)| {
        let mut order = order("撤离");
        change(&mut order);
        Order::unpack_all(&order.packed()).expect_err("refused")
    };
    assert_eq!(bad(&|o| o.text = "  ".into()), PackError::BadValue("text"));
    assert_eq!(bad(&|o| o.text = "\u{1b}[2J".into()), PackError::BadValue("text"));
    assert_eq!(bad(&|o| o.text = "长".repeat(401).into()), PackError::TooLong);
    assert_eq!(bad(&|o| o.targets.clear()), PackError::BadValue("targets"));
    assert_eq!(bad(&|o| o.targets = vec![Target::All; AUDIENCE_MAX + 1]), PackError::TooLong);
    assert_eq!(bad(&|o| o.expires_s = Some(0)), PackError::BadValue("expiry"));
    let nobody = Person::Name("\n".into());
    assert_eq!(bad(&|o| o.signer = nobody.clone()), PackError::BadValue("name"));
}

#[test]
fn bits_that_mean_nothing_are_refused() {
    let mut bytes = order("撤离").packed();
    bytes[0] |= 0x80;
    assert!(Order::unpack_all(&bytes).is_err(), "a text is no filled template");
    let values = vec![Value::Number(3), Value::Text("带艇".into())];
    let filled = |template, values| Order {
        text: Words::Filled(Filled { template: TemplateId(template), values }),
        ..order("撤离")
    };
    let good = filled(7, values);
    assert_eq!(Order::unpack_all(&good.packed()), Ok(good));
    let sealed = |group, turn, bytes: &[u8]| Order {
        text: Words::Sealed(Sealed { group: GroupId(group), turn, bytes: bytes.to_vec() }),
        ..order("撤离")
    };
    let good = sealed(1, 1, &[7; 9]);
    assert_eq!(Order::unpack_all(&good.packed()), Ok(good));
    for bad in [
        sealed(0, 1, &[7; 9]),
        sealed(1, 0, &[7; 9]),
        sealed(1, 1, &[7; 8]),
        filled(0, vec![]),
        filled(7, vec![Value::Number(1); 9]),
        filled(7, vec![Value::Text("\u{1b}[2J".into())]),
    ] {
        assert!(Order::unpack_all(&bad.packed()).is_err(), "{bad:?}");
    }
    for bits in [0, 6, 7, 1 | 7 << 3, 1 | 0x40, 1 | 0x80] {
        assert!(Receipt::unpack_all(&[bits, 1, 34, 5]).is_err(), "{bits}");
    }
}

fn rung() -> impl Strategy<Value = Rung> {
    let all = [Rung::Acknowledged, Rung::Accepted, Rung::Cannot, Rung::Done, Rung::Failed];
    proptest::sample::select(all.to_vec())
}

fn proxy() -> impl Strategy<Value = Option<Proxy>> {
    use Proxy as P;
    let named = [P::Phone, P::Radio, P::Gong, P::Door, P::Text, P::Beidou];
    let all: Vec<_> = named.into_iter().map(Some).chain([None]).collect();
    proptest::sample::select(all)
}

fn person() -> impl Strategy<Value = Person> {
    prop_oneof![
        Just(Person::Nobody),
        any::<u16>().prop_map(|index| Person::Index(PersonId(index))),
        "[一-龥]{1,10}".prop_map(Person::Name),
    ]
}

fn text() -> impl Strategy<Value = String> {
    "[一-龥a-z0-9\n ]{0,80}".prop_filter("fits", |text| text.len() <= TEXT_BYTES_MAX)
}

proptest! {
    #[test]
    fn orders_go_both_ways(
        (kind, class, need, version) in (0..4usize, 0..4usize, any::<bool>(), any::<u32>()),
        targets in proptest::collection::vec(1..=u16::MAX, 1..AUDIENCE_MAX),
        act_by_s in proptest::option::of(1..u32::MAX),
        expires_s in proptest::option::of(1..u32::MAX),
        signer in person(),
        text in text(),
    ) {
        let kinds = [OrderKind::Alert, OrderKind::Order, OrderKind::Request, OrderKind::Update];
        let order = Order {
            kind: kinds[kind],
            class: Class::ALL[class],
            need: if need { Need::Done } else { Need::Acknowledged },
            targets: targets.into_iter().map(|unit| Target::Unit(UnitId(unit))).collect(),
            directory_version: version,
            act_by_s,
            expires_s,
            signer,
            text: format!("令{text}").into(),
        };
        prop_assert_eq!(Order::unpack_all(&order.packed()), Ok(order));
    }

    #[test]
    fn receipts_and_cancels_go_both_ways(
        (author, incarnation, seq, unit) in any::<(u16, u8, u32, u16)>(),
        rung in rung(),
        proxy in proxy(),
        note in text(),
    ) {
        let order = SpokenId { author: DeviceId(author), incarnation, seq };
        let receipt = Receipt { order, unit: UnitId(unit), rung, proxy, note: note.clone() };
        prop_assert_eq!(Receipt::unpack_all(&receipt.packed()), Ok(receipt));
        let cancel = Cancel { order, reason: note };
        prop_assert_eq!(Cancel::unpack_all(&cancel.packed()), Ok(cancel));
    }
}
