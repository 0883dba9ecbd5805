//! Every role against every body.

use super::*;
use crate::base::class::Class;
use crate::base::ids::{DeviceId, ItemId, PlaceId, SpokenId};
use crate::base::quantity::Quantity;
use crate::field::directory::sample::{BAISHA, BOATS, CENTRE, DEPOT, YANGSHI, ZHUYANG, directory};
use crate::field::directory::{Target, UnitKind};
use crate::field::order::{Cancel, Order, Receipt, Signature};
use crate::field::stock::{self, Line, Movement};
use crate::local::request::{MovementKind, Need, OrderKind, Proxy, Rung};

fn member(unit: UnitId, roles: Roles) -> Member {
    let (device, public) = (DeviceId(9), [9; 32]);
    Member { device, public, unit, roles, depot_scope: None, retired: false }
}

fn order(signer: Person) -> Body {
    Body::Order(Order {
        kind: OrderKind::Order,
        class: Class::Flash,
        need: Need::Done,
        targets: vec![Target::All],
        directory_version: 3,
        act_by_s: None,
        expires_s: None,
        signer,
        text: "撤离".into(),
    })
}

fn draft() -> Body {
    let Body::Order(order) = order(Person::Nobody) else { unreachable!("an order") };
    Body::Draft(order)
}

fn signature() -> Body {
    let order = SpokenId { author: DeviceId(1), incarnation: 0, seq: 1 };
    Body::Signature(Signature { class: Class::Flash, order })
}

fn receipt(unit: UnitId, proxy: Option<Proxy>) -> Body {
    let order = SpokenId { author: DeviceId(1), incarnation: 0, seq: 1 };
    Body::Receipt(Receipt { order, unit, rung: Rung::Done, proxy, note: String::new() })
}

fn cancel(author: u16) -> Body {
    let order = SpokenId { author: DeviceId(author), incarnation: 0, seq: 1 };
    Body::Cancel(Cancel { order, reason: "误发".into() })
}

/// 20 life jackets out of the depot that another unit keeps.
fn movement() -> Body {
    Body::Stock(stock::Body::Movement(Movement {
        kind: MovementKind::Issue,
        depot: DepotId(1),
        lines: vec![Line { item: ItemId(4), lot: 0, quantity: Quantity::units(20) }],
        party: String::new(),
        note: String::new(),
    }))
}

fn snapshot(depots: &[u16]) -> Body {
    let rows = vec![(ItemId(4), Quantity::units(20))];
    let depots = depots.iter().map(|depot| stock::DepotRows {
        depot: DepotId(*depot),
        counted_min: None,
        rows: rows.clone(),
    });
    Body::Snapshot(stock::Snapshot { basis: Vec::new(), depots: depots.collect() })
}

#[test]
fn a_snapshot_needs_the_right_to_every_depot_on_its_page() {
    let (directory, post) = (directory(), Roles::STOCK_POST);
    let keeper = member(DEPOT, post);
    assert_eq!(allowed(&keeper, &snapshot(&[1]), &directory), Ok(()));
    let refused = Err(WhyRefused::OtherDepot(DepotId(2)));
    assert_eq!(allowed(&keeper, &snapshot(&[1, 2]), &directory), refused);
    let centre = member(BAISHA, Roles::STOCK_ALL);
    assert_eq!(allowed(&centre, &snapshot(&[1, 2]), &directory), Ok(()));
}

#[test]
fn each_body_needs_its_role() {
    let signed = order(Person::Name("指挥长".into()));
    let issue = Roles::ORDER_ISSUE;
    let phone = Some(Proxy::Phone);
    let directory = directory();
    for (body, roles) in [
        (Body::Directory(vec![]), vec![Roles::AUTHORITY]),
        (order(Person::Nobody), vec![issue]),
        (signed, vec![issue.with(Roles::ORDER_SIGN)]),
        (draft(), vec![issue, Roles::ORDER_DRAFT]),
        (signature(), vec![Roles::ORDER_SIGN]),
        (cancel(1), vec![issue, Roles::ORDER_SIGN, Roles::AUTHORITY]),
        (receipt(BAISHA, None), vec![Roles::RECEIPT]),
        (receipt(BOATS, phone), vec![Roles::RECEIPT]),
        (movement(), vec![Roles::STOCK_ALL]),
        (snapshot(&[1]), vec![Roles::STOCK_ALL]),
    ] {
        for held in 0..1 << 12 {
            let held = Roles(held);
            let may = roles.iter().any(|needed| held.has(*needed));
            let said = allowed(&member(BAISHA, held), &body, &directory);
            assert_eq!(said.is_ok(), may, "{held:?} {body:?}");
        }
    }
}

fn plea(signer: Person) -> Body {
    let Body::Order(order) = order(signer) else { unreachable!("an order") };
    Body::Order(Order { kind: OrderKind::Request, ..order })
}

#[test]
fn whoever_has_a_voice_may_plead_for_help_and_take_that_back() {
    let directory = directory();
    for held in 0..1 << 13 {
        let held = Roles(held);
        let member = member(BAISHA, held);
        let said = allowed(&member, &plea(Person::Nobody), &directory);
        assert_eq!(said.is_ok(), held.has_any(Roles::SPEAKS), "{held:?}");
        // Where drafts are written, the number may be one that somebody else has signed since.
        let issues = Roles(Roles::AUTHORITY.0 | Roles::ORDER_ISSUE.0 | Roles::ORDER_SIGN.0);
        let plain = held.has_any(Roles::SPEAKS) && !held.has(Roles::ORDER_DRAFT);
        let may = plain || held.has_any(issues);
        let said = allowed(&member, &cancel(member.device.0), &directory);
        assert_eq!(said.is_ok(), may, "{held:?}");
    }
    // A commander's name under it is the commander's to give.
    let signed = plea(Person::Name("指挥长".into()));
    let said = allowed(&member(BAISHA, Roles::RECEIPT), &signed, &directory);
    assert_eq!(said, Err(WhyRefused::NeedsRole(Roles::ORDER_SIGN)));
}

#[test]
fn a_relay_carries_and_writes_nothing() {
    let directory = directory();
    let relay = member(BAISHA, Roles::RELAY);
    let order_key = Body::OrderKey(crate::field::order::OrderKey { public: [7; 32] });
    for body in [
        Body::Directory(vec![]),
        order(Person::Nobody),
        plea(Person::Nobody),
        draft(),
        signature(),
        cancel(relay.device.0),
        receipt(BAISHA, None),
        receipt(BOATS, Some(Proxy::Radio)),
        movement(),
        snapshot(&[1]),
        order_key,
    ] {
        assert!(allowed(&relay, &body, &directory).is_err(), "{body:?}");
    }
    assert!(may_report(&relay, BAISHA, &directory).is_err());
}

/// To these; of the kind that everybody reads and nobody need obey.
fn to(targets: &[Target], kind: OrderKind) -> Body {
    let Body::Order(order) = order(Person::Nobody) else { unreachable!("an order") };
    Body::Order(Order { kind, targets: targets.to_vec(), ..order })
}

#[test]
fn a_partner_orders_answers_and_reports_within_the_place_of_its_unit() {
    let directory = directory();
    let everything = Roles(Roles::SPEAKS.0).with(Roles::PARTNER);
    let of = |unit| member(unit, everything);
    let (town, place) = (PlaceId(3), |place| [Target::Place(PlaceId(place))]);
    let unit = |unit| [Target::Unit(unit)];
    let orders = [OrderKind::Order, OrderKind::Alert, OrderKind::Update];
    for kind in orders {
        for (targets, is_inside) in [
            (&unit(ZHUYANG)[..], true),
            (&unit(YANGSHI)[..], true),
            (&place(town.0)[..], true),
            (&place(4)[..], true),
            (&unit(BAISHA)[..], false),
            (&unit(BOATS)[..], false),
            (&place(1)[..], false),
            (&[Target::All][..], false),
            (&[Target::Kind(UnitKind::Village)][..], false),
            (&[Target::Unit(ZHUYANG), Target::Unit(BAISHA)][..], false),
        ] {
            let said = allowed(&of(ZHUYANG), &to(targets, kind), &directory);
            let wanted = if is_inside { Ok(()) } else { Err(WhyRefused::BeyondScope) };
            assert_eq!(said, wanted, "{kind:?} {targets:?}");
        }
    }
    // A plea goes to anyone; a draft is no order yet.
    let beyond = Err(WhyRefused::BeyondScope);
    assert_eq!(allowed(&of(ZHUYANG), &to(&[Target::All], OrderKind::Request), &directory), Ok(()));
    assert_eq!(allowed(&of(ZHUYANG), &draft(), &directory), Ok(()));
    assert_eq!(allowed(&of(ZHUYANG), &signature(), &directory), beyond);
    assert_eq!(allowed(&of(ZHUYANG), &Body::Directory(vec![]), &directory), beyond);
    assert_eq!(allowed(&of(ZHUYANG), &cancel(1), &directory), beyond);
    assert_eq!(allowed(&of(ZHUYANG), &cancel(9), &directory), Ok(()));
    let proxy = Some(Proxy::Phone);
    assert_eq!(allowed(&of(ZHUYANG), &receipt(YANGSHI, proxy), &directory), Ok(()));
    assert_eq!(allowed(&of(ZHUYANG), &receipt(BAISHA, proxy), &directory), beyond);
    assert_eq!(may_report(&of(ZHUYANG), YANGSHI, &directory), Ok(()));
    assert_eq!(may_report(&of(ZHUYANG), BAISHA, &directory), beyond);
    // The depot is kept in the district, of which the town is a part, and not the other way round.
    assert_eq!(allowed(&of(ZHUYANG), &movement(), &directory), beyond);
    assert_eq!(allowed(&of(ZHUYANG), &snapshot(&[1]), &directory), beyond);
    assert_eq!(allowed(&of(CENTRE), &movement(), &directory), Ok(()));
    let given = Member { depot_scope: Some(DepotId(1)), ..of(ZHUYANG) };
    assert_eq!(allowed(&given, &movement(), &directory), Ok(()));
    // A unit without a place has itself alone.
    assert_eq!(allowed(&of(BOATS), &to(&unit(BOATS), orders[0]), &directory), Ok(()));
    assert_eq!(allowed(&of(BOATS), &to(&unit(CENTRE), orders[0]), &directory), beyond);
}

#[test]
fn a_partner_needs_each_role_besides() {
    let directory = directory();
    let partner = member(ZHUYANG, Roles::PARTNER.with(Roles::RECEIPT));
    let said = allowed(&partner, &to(&[Target::Unit(ZHUYANG)], OrderKind::Order), &directory);
    assert_eq!(said, Err(WhyRefused::NeedsRole(Roles::ORDER_ISSUE)));
    assert_eq!(allowed(&partner, &receipt(ZHUYANG, None), &directory), Ok(()));
}

#[test]
fn a_receipt_for_another_unit_needs_a_proxy() {
    let member = member(BAISHA, Roles::RECEIPT);
    assert_eq!(
        allowed(&member, &receipt(BOATS, None), &directory()),
        Err(WhyRefused::OtherUnit(BOATS))
    );
}

#[test]
fn a_kind_that_is_not_known_is_nobodys_business() {
    let unknown = Body::Unknown { kind: 0xee };
    assert_eq!(allowed(&member(BAISHA, Roles(0)), &unknown, &directory()), Ok(()));
}

#[test]
fn stock_is_posted_by_the_custodian_or_by_who_may_post_all() {
    let directory = directory();
    let (own, elsewhere) = (DepotId(1), DepotId(2));
    let other = Err(WhyRefused::OtherDepot(own));
    let post = Roles::STOCK_POST;
    assert_eq!(may_post(&member(DEPOT, post), own, &directory), Ok(()));
    assert_eq!(may_post(&member(BAISHA, post), own, &directory), other);
    assert_eq!(may_post(&member(BAISHA, Roles::STOCK_ALL), own, &directory), Ok(()));
    let lacks = Err(WhyRefused::NeedsRole(post));
    assert_eq!(may_post(&member(DEPOT, Roles::RECEIPT), own, &directory), lacks);
    // A device limited to one depot posts for that one, whoever keeps it, and for no other.
    let limited = |scope| Member { depot_scope: Some(scope), ..member(DEPOT, post) };
    assert_eq!(may_post(&limited(own), own, &directory), Ok(()));
    assert_eq!(may_post(&limited(elsewhere), own, &directory), other);
    assert_eq!(allowed(&member(DEPOT, post), &movement(), &directory), Ok(()));
    assert_eq!(allowed(&member(BAISHA, post), &movement(), &directory), other);
    // Nobody keeps a depot that is not known here.
    let unknown = may_post(&member(DEPOT, post), elsewhere, &directory);
    assert_eq!(unknown, Err(WhyRefused::OtherDepot(elsewhere)));
}

#[test]
fn a_fix_is_of_the_own_unit_or_through_a_gateway() {
    let (position, directory) = (Roles::POSITION, directory());
    let may = |unit, roles| may_report(&member(unit, roles), BOATS, &directory);
    assert_eq!(may(BOATS, position), Ok(()));
    assert_eq!(may(CENTRE, position), Err(WhyRefused::OtherUnit(BOATS)));
    assert_eq!(may(CENTRE, position.with(Roles::GATEWAY)), Ok(()));
    assert_eq!(may(BOATS, Roles(0)), Err(WhyRefused::NeedsRole(position)));
}

#[test]
fn a_refusal_names_the_role_the_unit_or_the_depot() {
    let directory = directory();
    for (why, word, named) in [
        (WhyRefused::NeedsRole(Roles::ORDER_SIGN), "needs_role", "order.sign"),
        (WhyRefused::OtherUnit(BOATS), "other_unit", "水上救援队2"),
        (WhyRefused::OtherDepot(DepotId(1)), "other_depot", "区应急物资储备库"),
        (WhyRefused::BeyondScope, "beyond_scope", ""),
    ] {
        assert_eq!(why.word(), word);
        let refusal = why.refusal(&directory);
        assert_eq!(refusal.code, RefusalCode::NotAllowed);
        assert!(refusal.zh.contains(named) && refusal.en.contains(named), "{refusal}");
    }
}
