//! Whom records concern, and on which side of a neighbour those stand.

use super::*;
use crate::base::class::Class;
use crate::base::time::Hlc;
use crate::field::directory::Target;
use crate::field::directory::sample::{BAISHA, BAISHA_TEAM, BOATS, YANGSHI, directory};
use crate::field::order::{Order, Receipt};
use crate::wire::pack::Pack;
use crate::wire::record::Person;

const CENTRE: DeviceId = DeviceId(1);
const FORWARD: DeviceId = DeviceId(2);
const TOWN: DeviceId = DeviceId(3);
const BOAT: DeviceId = DeviceId(4);

fn lane() -> LaneId {
    LaneId::first(CENTRE, LaneKind::Command)
}

fn record(body: &Body) -> Vec<u8> {
    let head = Head { kind: body.kind(), at: Hlc::default(), person: Person::Nobody };
    head.with_body(&body.packed())
}

fn order(targets: &[Target]) -> Vec<u8> {
    // An order of class 特急 by the directory's third version.
    let mut bytes = vec![1 | (Class::Immediate as u8) << 2];
    targets.to_vec().pack(&mut bytes);
    3_u32.pack(&mut bytes);
    bytes.extend_from_slice("转移".as_bytes());
    record(&Body::Order(Order::unpack_all(&bytes).expect("an order")))
}

/// 已签收 by a town of the order of this number.
fn receipt(author: DeviceId, seq: u8) -> Vec<u8> {
    let mut bytes = vec![1];
    author.pack(&mut bytes);
    bytes.push(seq << 1);
    BAISHA.pack(&mut bytes);
    record(&Body::Receipt(Receipt::unpack_all(&bytes).expect("a receipt")))
}

/// What concerns whom, of one record, at the centre; these devices stand behind these neighbours.
fn whom(record: &[u8], ways: &[(DeviceId, DeviceId)]) -> Whom {
    let mut whom = Whom::default();
    whom.note(lane().at(1), record, &directory());
    ways.iter().for_each(|(device, way)| whom.came(*device, *way));
    whom
}

fn concerns(whom: &Whom, neighbour: DeviceId, reached: &[DeviceId]) -> bool {
    let reached = reached.iter().copied().collect();
    whom.concerns(neighbour, (lane(), 1, 1), CENTRE, &reached)
}

#[test]
fn an_order_concerns_those_who_owe_an_answer_and_the_neighbour_before_them() {
    let to_boats = order(&[Target::Unit(BOATS)]);
    let ways = [(BOAT, FORWARD), (DeviceId(5), FORWARD), (TOWN, TOWN)];
    let whom = whom(&to_boats, &ways);
    let reached = [FORWARD, TOWN];
    assert!(concerns(&whom, FORWARD, &reached), "the boats stand behind it");
    assert!(concerns(&whom, BOAT, &reached), "it is theirs");
    assert!(!concerns(&whom, TOWN, &reached), "the town reads it when there is room");
}

#[test]
fn somebody_whom_nobody_leads_to_may_be_anywhere() {
    let to_boats = order(&[Target::Unit(BOATS)]);
    let unknown = whom(&to_boats, &[(BOAT, FORWARD), (TOWN, TOWN)]);
    assert!(concerns(&unknown, TOWN, &[FORWARD, TOWN]), "the other boat was never heard of");
    let cut = whom(&to_boats, &[(BOAT, FORWARD), (DeviceId(5), FORWARD), (TOWN, TOWN)]);
    assert!(concerns(&cut, TOWN, &[TOWN]), "the forward post is not reached any more");
}

#[test]
fn a_receipt_concerns_the_device_that_gave_the_order() {
    let whom = whom(&receipt(FORWARD, 9), &[(FORWARD, FORWARD)]);
    assert!(concerns(&whom, FORWARD, &[FORWARD, TOWN]));
    assert!(!concerns(&whom, TOWN, &[FORWARD, TOWN]));
    let at_forward = |heard_of| whom.concerns_here(heard_of, (lane(), 1, 1), FORWARD);
    assert!(at_forward(TOWN), "it is our own order");
    assert!(!whom.concerns_here(FORWARD, (lane(), 1, 1), TOWN), "whom it concerns has sent it");
    assert!(whom.concerns_here(CENTRE, (lane(), 1, 1), TOWN), "it is passed on");
}

#[test]
fn a_village_without_a_device_is_spoken_for_at_its_place_or_around_it() {
    let mut named = directory();
    let town = crate::field::directory::sample::device(7, UnitId(4), Default::default());
    assert!(named.apply_record(4, &[town]));
    let mut whom = Whom::default();
    whom.note(lane().at(1), &order(&[Target::Unit(YANGSHI)]), &named);
    whom.came(DeviceId(7), DeviceId(7));
    assert!(concerns(&whom, DeviceId(7), &[DeviceId(7), TOWN]));
    assert!(!concerns(&whom, TOWN, &[DeviceId(7), TOWN]));
}

#[test]
fn what_goes_to_all_or_is_too_old_to_be_known_concerns_everyone() {
    let everyone = whom(&order(&[Target::All]), &[]);
    assert!(concerns(&everyone, TOWN, &[TOWN]));
    let mut whom = Whom::default();
    let (known, to_town) = (directory(), order(&[Target::Unit(BAISHA), Target::Unit(BAISHA_TEAM)]));
    whom.came(TOWN, TOWN);
    let last = RECORDS_MAX as u32 + 3;
    (1..=last).for_each(|seq| whom.note(lane().at(seq), &to_town, &known));
    let reached = BTreeSet::from([TOWN, FORWARD]);
    let of = |from, to| whom.concerns(FORWARD, (lane(), from, to), CENTRE, &reached);
    assert_eq!(
        (of(3, 3), of(4, 4), of(last, last), of(last + 1, last + 1)),
        (true, false, false, true)
    );
    assert!(!of(4, last) && of(3, last));
    // What comes again after a seal that did not fit takes the place of what stood there.
    whom.note(lane().at(last - 1), &order(&[Target::All]), &known);
    let of = |seq| whom.concerns(FORWARD, (lane(), seq, seq), CENTRE, &reached);
    assert_eq!((of(last - 2), of(last - 1), of(last)), (false, true, true));
}
