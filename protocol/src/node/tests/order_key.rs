//! Orders under a key that only a passphrase opens: who has the device alone can answer, report and
//! plead, and binds nobody.

use super::converge::{order, receipt, saved_id};
use super::lab::Lab;
use super::made_up::{settings, udp};
use crate::base::class::Class;
use crate::base::ids::{DeviceId, Lane, LaneId, LinkId, SpokenId};
use crate::base::start::Start;
use crate::base::time::Hlc;
use crate::field::body::Body;
use crate::field::directory::key_begins;
use crate::field::order::draft;
use crate::keys::enrol::EnrolRequest;
use crate::keys::frame_key::{FrameKey, FrameSealer, Manner};
use crate::keys::sign::{DeviceKey, NetworkId, SignContext};
use crate::keys::suite::UNDER_TEST;
use crate::local::request::{OrderDraft, OrderKind, Rung};
use crate::local::rows::OrderState;
use crate::local::{Refusal, RefusalCode, Reply, Request};
use crate::node::Input;
use crate::node::input::OrderSeed;
use crate::wire::bundle::{Run, Section};
use crate::wire::pack::Pack;
use crate::wire::record::{Head, Person};

const ISSUER: DeviceId = DeviceId(1);

fn key_of(seed: u8) -> Option<OrderSeed> {
    Some(OrderSeed([seed; 32]))
}

fn id(text: &str) -> SpokenId {
    text.parse().expect("a number")
}

fn of_kind(kind: OrderKind, class: Class) -> Request {
    let Request::SendOrder(draft) = order("U2", "立即转移") else { panic!("no draft") };
    Request::SendOrder(OrderDraft { kind, class: Some(class), ..draft })
}

fn code(result: Result<Reply, Refusal>) -> Option<RefusalCode> {
    result.err().map(|refusal| refusal.code)
}

/// Two nodes; the first has its order key open.
fn pair() -> Lab {
    let mut lab = Lab::new(3, 5);
    lab.join(&[0, 1], &udp("cable"));
    lab.input(0, Input::OrderKey(key_of(77)));
    lab
}

fn is_shown(lab: &mut Lab, node: usize, order: SpokenId) -> bool {
    lab.ask(node, Request::Order { id: order }).is_ok()
}

fn sealed(lab: &Lab, node: usize, lane: LaneId) -> u32 {
    lab.nodes[node].as_ref().expect("up").book().lane(lane).map_or(0, |lane| lane.sealed())
}

#[test]
fn orders_under_the_key_are_verified_everywhere_and_answered_as_ever() {
    let mut lab = pair();
    let routine = saved_id(lab.ask(0, of_kind(OrderKind::Order, Class::Routine)));
    let flash = saved_id(lab.ask(0, of_kind(OrderKind::Alert, Class::Flash)));
    assert_eq!((routine, flash), (id("1.1-1"), id("1.01-1")));
    assert!(lab.run_until_agreed_among(&[0, 1], 60).is_some());
    for is_flash in [false, true] {
        assert_eq!(sealed(&lab, 1, LaneId::keyed(ISSUER, is_flash)), 1, "flash: {is_flash}");
    }
    let Ok(Reply::Directory(rows)) = lab.ask(1, Request::Directory) else { panic!("not listed") };
    let begins = key_begins(&DeviceKey::of(UNDER_TEST, [77; 32]).public());
    let named: Vec<_> = rows.devices.iter().map(|row| row.order_key.clone()).collect();
    assert_eq!(named, [Some(begins), None, None], "everybody sees whose orders need the key");
    saved_id(lab.ask(1, receipt(routine, Rung::Acknowledged)));
    assert!(lab.run_until_agreed_among(&[0, 1], 60).is_some());
    let Ok(Reply::Order(detail)) = lab.ask(0, Request::Order { id: routine }) else {
        panic!("not shown")
    };
    assert!(detail.addressees.iter().any(|row| row.rung == Some(Rung::Acknowledged)), "{detail:?}");
}

#[test]
fn without_the_passphrase_pleas_go_out_and_orders_do_not() {
    let mut lab = pair();
    let first = saved_id(lab.ask(0, of_kind(OrderKind::Order, Class::Routine)));
    lab.input(0, Input::OrderKey(None));
    for kind in [OrderKind::Order, OrderKind::Alert] {
        let refused = lab.ask(0, of_kind(kind, Class::Flash));
        assert_eq!(code(refused), Some(RefusalCode::Locked), "{kind:?}");
    }
    let withdrawal = Request::CancelOrder { id: first, reason: "误发".into(), person: None };
    assert_eq!(code(lab.ask(0, withdrawal)), Some(RefusalCode::Locked));
    for (kind, class) in [(OrderKind::Request, Class::Flash), (OrderKind::Update, Class::Routine)] {
        let plea = saved_id(lab.ask(0, of_kind(kind, class)));
        assert!(lab.run_until_agreed_among(&[0, 1], 60).is_some());
        assert!(is_shown(&mut lab, 1, plea), "{kind:?}");
    }
}

#[test]
fn the_key_is_named_once_and_stays_after_a_restart() {
    let mut lab = pair();
    saved_id(lab.ask(0, of_kind(OrderKind::Order, Class::Routine)));
    lab.input(0, Input::OrderKey(None));
    lab.input(0, Input::OrderKey(key_of(77)));
    assert!(lab.run_until_agreed_among(&[0, 1], 60).is_some());
    for node in [0, 1] {
        lab.stop(node);
        lab.start(node);
        assert_eq!(sealed(&lab, node, LaneId::keyed(ISSUER, false)), 1, "node {node}");
        assert!(is_shown(&mut lab, node, id("1.1-1")), "node {node}");
        assert_eq!(sealed(&lab, node, LaneId::flash(ISSUER)), 1, "one word, node {node}");
    }
    let refused = lab.ask(0, of_kind(OrderKind::Order, Class::Routine));
    assert_eq!(code(refused), Some(RefusalCode::Locked));
    lab.input(0, Input::OrderKey(key_of(78)));
    let refused = lab.ask(0, of_kind(OrderKind::Order, Class::Routine));
    assert_eq!(code(refused), Some(RefusalCode::NotAllowed), "another key than the one named");
    lab.input(0, Input::OrderKey(key_of(77)));
    assert_eq!(saved_id(lab.ask(0, of_kind(OrderKind::Order, Class::Routine))), id("1.1-2"));
}

#[test]
fn one_who_comes_later_verifies_what_was_ordered_before() {
    let mut lab = pair();
    saved_id(lab.ask(0, order("U2", "以前的指令")));
    saved_id(lab.ask(0, of_kind(OrderKind::Order, Class::Routine)));
    assert!(lab.run_until_agreed_among(&[0, 1], 60).is_some());
    lab.join(&[1, 2], &udp("later"));
    assert!(lab.run_until_agreed(120).is_some());
    assert!(is_shown(&mut lab, 2, id("1.01-1")) && is_shown(&mut lab, 2, id("1.1-1")));
}

/// Whoever has the key of a device writes an order after everything in this lane, seals it with
/// that key and says it to a node on its first link.
fn forge(lab: &mut Lab, node: usize, lane: LaneId, counter: u64) -> SpokenId {
    let (told, now) = (settings(0), lab.now());
    let network = NetworkId::new(UNDER_TEST, &told.network.authority, told.network.drill);
    let first = lab.nodes[0].as_ref().expect("up");
    let (head, before) = first.book().lane(lane).map_or_else(
        || (0, UNDER_TEST.hash(&[b"sanduan lane v1", &lane.packed()])),
        |lane| (lane.head(), lane.head_hash()),
    );
    let Request::SendOrder(wish) = order("U2", "全部撤回") else { panic!("no draft") };
    let wish = draft::order(&wish, first.directory(), told.unit).expect("a good draft");
    let body = Body::Order(wish);
    let at = Hlc { wall_ms: now.wall.0, ..Hlc::default() };
    let record = Head { kind: body.kind(), at, person: Person::Nobody }.with_body(&body.packed());
    let hash = UNDER_TEST.hash(&[&before, &record]);
    let parts: [&[u8]; 3] = [&lane.packed(), &(head + 1).to_be_bytes(), &hash];
    let stolen = DeviceKey::of(UNDER_TEST, told.device_seed);
    let seal = Some(stolen.sign(SignContext::Seal(network), &parts));
    let key = FrameKey::derive(UNDER_TEST, &told.network.epoch_secret, told.network.epoch);
    let mut sealer = FrameSealer::new(key, DeviceId(3));
    sealer.begin(Start::of_bytes([0xff; 6]));
    sealer.skip_to(counter);
    let mut plain = Vec::new();
    Section::Run(Run { lane, first: head + 1, records: vec![record], seal }).pack(&mut plain);
    let frame = sealer.seal(&plain, Manner::WHOLE).expect("a start was begun");
    lab.input(node, Input::Heard { link: LinkId(1), frame });
    lab.run_ms(5_000);
    lane.at(head + 1).into()
}

#[test]
fn whoever_has_the_device_alone_binds_nobody() {
    let mut lab = pair();
    saved_id(lab.ask(0, of_kind(OrderKind::Order, Class::Routine)));
    assert!(lab.run_until_agreed_among(&[0, 1], 60).is_some());
    lab.cut(0, 1, true);
    let plain = LaneId::first(ISSUER, Lane::Command);
    for (lane, counter) in [(plain, 9), (LaneId::flash(ISSUER), 10)] {
        let before = lab.status(1).refused;
        let forged = forge(&mut lab, 1, lane, counter);
        assert_eq!(sealed(&lab, 1, lane), forged.seq, "the device's own key sealed it");
        assert!(!is_shown(&mut lab, 1, forged), "{forged}");
        assert_eq!(lab.status(1).refused, before + 1, "kept as evidence");
    }
    for (is_flash, counter) in [(false, 11), (true, 12)] {
        let lane = LaneId::keyed(ISSUER, is_flash);
        let before = sealed(&lab, 1, lane);
        let forged = forge(&mut lab, 1, lane, counter);
        assert_eq!(sealed(&lab, 1, lane), before, "a seal of another key");
        let Ok(Reply::Order(detail)) = lab.ask(1, Request::Order { id: forged }) else { continue };
        assert_eq!(detail.order.state, OrderState::Provisional, "shown hollow at most");
    }
}

#[test]
fn nobody_puts_a_record_into_a_keyed_lane_of_one_who_named_no_key() {
    let mut lab = Lab::new(3, 5);
    lab.join(&[0, 1], &udp("cable"));
    let forged = forge(&mut lab, 0, LaneId::keyed(ISSUER, false), 9);
    assert!(!is_shown(&mut lab, 0, forged));
    let book = lab.nodes[0].as_ref().expect("up").book();
    assert!(book.lane(LaneId::keyed(ISSUER, false)).is_none_or(|lane| lane.head() == 0));
}

#[test]
fn before_a_key_is_named_orders_stand_where_they_did() {
    let mut lab = Lab::new(2, 5);
    lab.join(&[0, 1], &udp("cable"));
    assert_eq!(saved_id(lab.ask(0, of_kind(OrderKind::Order, Class::Routine))), id("1-1"));
    lab.input(0, Input::OrderKey(key_of(77)));
    assert_eq!(saved_id(lab.ask(0, of_kind(OrderKind::Order, Class::Routine))), id("1.1-1"));
    assert!(lab.run_until_agreed(60).is_some());
    assert!(is_shown(&mut lab, 1, id("1-1")) && is_shown(&mut lab, 1, id("1.1-1")));
}

/// What the directory lane of the founder holds, and how much of it is sealed.
fn lines(lab: &Lab) -> (u32, u32) {
    let lane = LaneId::first(ISSUER, Lane::Directory);
    let node = lab.nodes[0].as_ref().expect("up");
    node.book().lane(lane).map_or((0, 0), |lane| (lane.head(), lane.sealed()))
}

#[test]
fn with_the_authority_s_key_closed_nothing_of_the_authority_is_written_and_all_else_goes_on() {
    let mut lab = Lab::new(3, 6);
    lab.join(&[0, 1, 2], &udp("cable"));
    lab.ask(0, Request::RenewDevice { device: DeviceId(2) }).expect("it may issue");
    assert!(lab.run_until_agreed(60).is_some());
    lab.input(0, Input::AuthorityKey(None));
    let before = lines(&lab);
    let request = |seed: u8| EnrolRequest::of(&DeviceKey::of(UNDER_TEST, [seed; 32])).to_text();
    let admit = |seed: u8| Request::AdmitDevice {
        request: request(seed),
        unit: "U3".into(),
        roles: vec!["receipt".into()],
        again: false,
    };
    let group =
        || Request::AddToGroup {
            group: "指挥组".into(), units: vec!["U2".into()], depots: vec![]
        };
    let revoke = || Request::RevokeDevice { device: DeviceId(3), reason: "遗失".into() };
    for asked in [admit(90), group(), revoke(), Request::RenewDevice { device: DeviceId(3) }] {
        assert_eq!(code(lab.ask(0, asked.clone())), Some(RefusalCode::Locked), "{asked:?}");
    }
    // What an issuer admits meanwhile gets its keys once the authority's is open.
    lab.ask(1, admit(91)).expect("in its term");
    saved_id(lab.ask(0, of_kind(OrderKind::Request, Class::Routine)));
    assert!(lab.run_until_agreed(60).is_some());
    assert_eq!(lines(&lab), before);
    lab.input(0, Input::AuthorityKey(Some(OrderSeed([200; 32]))));
    lab.run_ms(1000);
    let after = lines(&lab);
    assert!(after.0 == before.0 + 1 && after.1 == after.0, "{before:?} {after:?}");
    for asked in [group(), revoke()] {
        lab.ask(0, asked).expect("open again");
    }
    lab.input(0, Input::AuthorityKey(None));
    lab.run_ms(60_000);
    let epochs: Vec<u32> =
        [0, 1].map(|node: usize| lab.nodes[node].as_ref().expect("up").turn().epoch).to_vec();
    assert_eq!(epochs, [2, 2], "the rekey was written while it was open");
}
