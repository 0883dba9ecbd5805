//! Posts under a group's key: what comes out, what is told where the key is missing.

use super::*;
use crate::base::ids::{Lane, LaneId};
use crate::base::quantity::Quantity;
use crate::base::time::Hlc;
use crate::field::stock::body::{Count, CountLine, Line, Movement, Waybill};
use crate::keys::between::Between;
use crate::keys::group::GroupTurn;
use crate::keys::sign::{DeviceKey, NetworkId};
use crate::keys::subtree::TreeMaster;
use crate::keys::suite::UNDER_TEST;
use crate::local::request::MovementKind;
use crate::wire::record::Person;

const GROUP: GroupId = GroupId(2);
const AUTHOR: DeviceId = DeviceId(4);
const DEPOT: DepotId = DepotId(3);
const BED: ItemId = ItemId(58);

fn ring() -> GroupRing {
    let (authority, device) = ([1; 32], DeviceKey::of(UNDER_TEST, [7; 32]));
    let master = TreeMaster::new(UNDER_TEST, NetworkId([4; 8]), &authority);
    let authority = DeviceKey::of(UNDER_TEST, authority);
    let theirs = Between::new(&authority, &device.public()).expect("a sound key");
    let turn = GroupTurn { group: GROUP, turn: 1, began_s: 5 };
    let wrap = turn.wrap(&master, &theirs, DeviceId(7));
    let mut ring = GroupRing::new(DeviceId(7), Between::new(&device, &authority.public()));
    ring.learn(std::iter::once((turn, wrap)));
    ring
}

fn conceal(body: &Body) -> Option<SealedPost> {
    let ring = ring();
    SealedPost::conceal(body, ring.key(GROUP, 1).expect("in the ring"), (GROUP, 1), AUTHOR)
}

fn issue(units: i64) -> Body {
    let lines = vec![Line { item: BED, lot: 0, quantity: Quantity::units(units) }];
    let (party, note) = ("白沙中学".to_owned(), String::new());
    Body::Movement(Movement { kind: MovementKind::Issue, depot: DEPOT, lines, party, note })
}

fn count(basis: &[(u16, u32)]) -> Body {
    let basis = basis.iter().map(|(author, seq)| (lane(*author), *seq)).collect();
    let lines = vec![CountLine { item: BED, counted: Quantity::units(80) }];
    Body::Count(Count { depot: DEPOT, lines, basis, note: String::new() })
}

fn lane(author: u16) -> LaneId {
    LaneId::first(DeviceId(author), Lane::Stock)
}

fn placed<T>(author: u16, seq: u32, body: &T) -> Placed<'_, T> {
    let at = Hlc { wall_ms: u64::from(seq) * 1000, count: 0 };
    Placed { id: lane(author).at(seq), at, person: &Person::Nobody, body }
}

#[test]
fn a_post_comes_out_as_it_went_in_and_only_with_the_key() {
    for body in [issue(20), count(&[(4, 9)])] {
        let post = conceal(&body).expect("it is sealed");
        assert_eq!(SealedPost::unpack_all(&post.packed()).as_ref(), Ok(&post));
        assert_eq!(post.reveal(&ring(), AUTHOR), Ok(body.clone()));
        assert_eq!(post.reveal(&GroupRing::default(), AUTHOR), Err(Closed::NoKey));
        assert_eq!(post.reveal(&ring(), DeviceId(5)), Err(Closed::Broken), "of another author");
        // Kind, depot, group and turn are a byte each, the mark is eight.
        assert_eq!(post.packed().len(), body.packed().len() + 12);
    }
}

#[test]
fn a_post_that_was_sealed_under_the_name_of_another_depot_is_nobody_s() {
    let post = conceal(&issue(20)).expect("it is sealed");
    let moved = SealedPost { depot: DepotId(9), ..post.clone() };
    assert_eq!(moved.reveal(&ring(), AUTHOR), Err(Closed::Broken));
    let renamed = SealedPost { kind: kind::COUNT, ..post };
    assert_eq!(renamed.reveal(&ring(), AUTHOR), Err(Closed::Broken));
}

#[test]
fn what_another_depot_acts_on_stays_readable() {
    let lines = vec![Line { item: BED, lot: 0, quantity: Quantity::units(5) }];
    let (to, carrier, note) = (DepotId(9), String::new(), String::new());
    let body = Body::Waybill(Waybill { from: DEPOT, to, lines, carrier, eta_s: None, note });
    assert_eq!(conceal(&body), None);
}

#[test]
fn bytes_that_are_no_post_are_refused() {
    let post = conceal(&issue(20)).expect("it is sealed");
    let bytes = post.packed();
    for cut in 0..4 + GROUP_MARK_BYTES {
        assert!(SealedPost::unpack_all(&bytes[..cut]).is_err(), "{cut}");
    }
    let wrong = [
        SealedPost { kind: kind::WAYBILL, ..post.clone() },
        SealedPost { depot: DepotId(0), ..post.clone() },
        SealedPost { group: GroupId(0), ..post.clone() },
        SealedPost { turn: 0, ..post.clone() },
        SealedPost { bytes: vec![1; SEALED_STOCK_BYTES_MAX + 1], ..post },
    ];
    for post in wrong {
        assert!(SealedPost::unpack_all(&post.packed()).is_err(), "{post:?}");
    }
}

#[test]
fn a_depot_with_hidden_posts_is_not_known_until_a_count_has_seen_them_all() {
    let hidden = conceal(&issue(20)).expect("it is sealed");
    let mut ledger = Ledger::new();
    ledger.apply(placed(4, 1, &issue(5)), true);
    assert!(ledger.is_clear(DEPOT, BED));
    assert!(ledger.apply_hidden(&placed(4, 2, &hidden)));
    assert!(!ledger.apply_hidden(&placed(4, 2, &hidden)), "once");
    assert!(ledger.apply_hidden(&placed(5, 1, &hidden)));
    assert!(!ledger.is_clear(DEPOT, BED) && ledger.is_clear(DepotId(9), BED));
    let unread: Vec<Unread> = ledger.unread().collect();
    assert_eq!(unread, [Unread { depot: DEPOT, group: GROUP, posts: 2, last_ms: 2000 }]);
    // The counter had seen its own lane, and not the other.
    ledger.apply(placed(4, 3, &count(&[])), true);
    assert!(!ledger.is_clear(DEPOT, BED));
    ledger.apply(placed(4, 4, &count(&[(5, 1)])), true);
    assert!(ledger.is_clear(DEPOT, BED));
    assert!(!ledger.is_clear(DEPOT, ItemId(1)), "of which nothing was counted");
    // What is written later is hidden again.
    assert!(ledger.apply_hidden(&placed(4, 5, &hidden)));
    assert!(!ledger.is_clear(DEPOT, BED));
}
