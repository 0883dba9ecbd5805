//! Every role against every body.

use super::*;
use crate::base::class::Class;
use crate::base::geo::Point;
use crate::base::ids::{DeviceId, ItemId, SpokenId};
use crate::base::quantity::Quantity;
use crate::field::directory::Target;
use crate::field::directory::sample::{BAISHA, BOATS, CENTRE, DEPOT, directory};
use crate::field::order::{Cancel, Order, Receipt, Signature};
use crate::field::stock::{self, Line, Movement};
use crate::field::track::FixSource;
use crate::local::request::{MovementKind, Need, OrderKind, Proxy, Rung, UnitState};

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

fn cancel() -> Body {
    let order = SpokenId { author: DeviceId(1), incarnation: 0, seq: 1 };
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
        (cancel(), vec![issue, Roles::ORDER_SIGN, Roles::AUTHORITY]),
        (receipt(BAISHA, None), vec![Roles::RECEIPT]),
        (receipt(BOATS, phone), vec![Roles::RECEIPT]),
        (movement(), vec![Roles::STOCK_ALL]),
        (snapshot(&[1]), vec![Roles::STOCK_ALL]),
    ] {
        for held in 0..1 << 11 {
            let held = Roles(held);
            let may = roles.iter().any(|needed| held.has(*needed));
            let said = allowed(&member(BAISHA, held), &body, &directory);
            assert_eq!(said.is_ok(), may, "{held:?} {body:?}");
        }
    }
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
    let fix = Fix {
        taken_s: 0,
        unit: BOATS,
        point: Point::default(),
        state: UnitState::Standby,
        source: FixSource::Manual,
        speed_dm_s: None,
        course_deg: None,
        satellites: None,
        battery_pct: None,
    };
    let position = Roles::POSITION;
    assert_eq!(may_report(&member(BOATS, position), &fix), Ok(()));
    assert_eq!(may_report(&member(CENTRE, position), &fix), Err(WhyRefused::OtherUnit(BOATS)));
    assert_eq!(may_report(&member(CENTRE, position.with(Roles::GATEWAY)), &fix), Ok(()));
    let none = may_report(&member(BOATS, Roles(0)), &fix);
    assert_eq!(none, Err(WhyRefused::NeedsRole(position)));
}

#[test]
fn a_refusal_names_the_role_the_unit_or_the_depot() {
    let directory = directory();
    for (why, word, named) in [
        (WhyRefused::NeedsRole(Roles::ORDER_SIGN), "needs_role", "order.sign"),
        (WhyRefused::OtherUnit(BOATS), "other_unit", "水上救援队2"),
        (WhyRefused::OtherDepot(DepotId(1)), "other_depot", "区应急物资储备库"),
    ] {
        assert_eq!(why.word(), word);
        let refusal = why.refusal(&directory);
        assert_eq!(refusal.code, RefusalCode::NotAllowed);
        assert!(refusal.zh.contains(named) && refusal.en.contains(named), "{refusal}");
    }
}
