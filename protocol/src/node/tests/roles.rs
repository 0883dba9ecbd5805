//! A machine that only carries, one of a partner district, and one that may not order and is in
//! need: what counts of each at the others.

use super::converge::movement;
use super::lab::Lab;
use super::made_up::{directory, udp};
use crate::base::ids::SpokenId;
use crate::base::roles::Roles;
use crate::field::directory::Entry;
use crate::local::request::{MovementKind, OrderDraft, OrderKind, ReceiptDraft, Rung};
use crate::local::rows::{LogKind, OrderState};
use crate::local::{Refusal, RefusalCode, Reply, Request};

/// Node 0 founds the network; node 1 stands between it and the others.
const RELAY: usize = 1;
const TEAM: usize = 2;
const PARTNER: usize = 3;

fn publish(lab: &mut Lab, roles: impl Fn(usize) -> Option<Roles>) {
    let mut entries = directory(4);
    for entry in &mut entries {
        if let Entry::Device(device) = entry
            && let Some(roles) = roles(usize::from(device.index.0) - 1)
        {
            device.roles = roles;
        }
    }
    let now = lab.now();
    let founder = lab.nodes[0].as_mut().expect("it runs");
    founder.publish(vec![entries], now).expect("it is the authority");
    lab.drain(0);
}

fn limited(node: usize) -> Option<Roles> {
    match node {
        RELAY => Some(Roles::RELAY),
        TEAM => Some(Roles::RECEIPT),
        PARTNER => Some(Roles(0x3fe).with(Roles::PARTNER)),
        _ => None,
    }
}

/// The founder reaches the others through the relay alone.
fn district() -> Lab {
    let mut lab = Lab::new(4, 77);
    lab.join(&[0, RELAY], &udp("near"));
    lab.join(&[RELAY, TEAM], &udp("far"));
    lab.join(&[RELAY, PARTNER], &udp("beyond"));
    lab
}

fn wish(to: &str, kind: OrderKind) -> Request {
    Request::SendOrder(OrderDraft {
        to: to.into(),
        kind,
        text: "缺饮用水".into(),
        act_by_s: Some(600),
        person: Some("队长".into()),
        ..OrderDraft::default()
    })
}

fn withdrawal(id: SpokenId) -> Request {
    Request::CancelOrder { id, reason: "已到".into(), person: Some("队长".into()) }
}

fn saved(lab: &mut Lab, node: usize, request: Request) -> SpokenId {
    match lab.ask(node, request) {
        Ok(Reply::Saved { id: Some(id), .. }) => id,
        other => panic!("{other:?}"),
    }
}

fn code(result: Result<Reply, Refusal>) -> Option<RefusalCode> {
    result.err().map(|refusal| refusal.code)
}

fn state(lab: &mut Lab, node: usize, id: SpokenId) -> Option<OrderState> {
    match lab.ask(node, Request::Order { id }) {
        Ok(Reply::Order(detail)) => Some(detail.order.state),
        _ => None,
    }
}

fn why_refused(lab: &mut Lab, node: usize, id: SpokenId) -> Option<String> {
    let Ok(Reply::Log { log }) = lab.ask(node, Request::Log { after_ms: None, limit: 0 }) else {
        panic!("no log")
    };
    let row = log.into_iter().find(|row| row.id == id && row.kind == LogKind::Refused);
    row.map(|row| row.text)
}

#[test]
fn whoever_may_answer_may_plead_and_take_it_back_and_orders_nothing() {
    let mut lab = district();
    publish(&mut lab, limited);
    assert!(lab.run_until_agreed(120).is_some());
    for kind in [OrderKind::Order, OrderKind::Alert, OrderKind::Update] {
        let refused = lab.ask(TEAM, wish("all", kind));
        assert_eq!(code(refused), Some(RefusalCode::NotAllowed), "{kind:?}");
    }
    let plea = saved(&mut lab, TEAM, wish("U1", OrderKind::Request));
    assert!(lab.run_until_agreed(120).is_some());
    for node in [0, PARTNER] {
        assert_eq!(state(&mut lab, node, plea), Some(OrderState::Open), "node {node}");
    }
    let person = Some("值班员".to_owned());
    let answer = ReceiptDraft {
        id: plea,
        rung: Rung::Acknowledged,
        note: String::new(),
        person,
        proxy: None,
        unit: None,
    };
    saved(&mut lab, 0, Request::SendReceipt(answer));
    assert!(lab.run_until_agreed(120).is_some());
    assert_eq!(state(&mut lab, TEAM, plea), Some(OrderState::Answered));
    // What somebody else issued is not the team's to take back, its own plea is.
    let order = saved(&mut lab, 0, wish("U3", OrderKind::Order));
    let second = saved(&mut lab, TEAM, wish("U1", OrderKind::Request));
    assert!(lab.run_until_agreed(120).is_some());
    assert_eq!(code(lab.ask(TEAM, withdrawal(order))), Some(RefusalCode::NotAllowed));
    saved(&mut lab, TEAM, withdrawal(second));
    assert!(lab.run_until_agreed(120).is_some());
    assert_eq!(state(&mut lab, 0, second), Some(OrderState::Cancelled));
    assert_eq!(state(&mut lab, 0, order), Some(OrderState::Open));
}

#[test]
fn a_relay_carries_what_others_write_and_none_of_its_own_counts() {
    let mut lab = district();
    lab.run_ms(30_000);
    // It had every role so far, and does not hear that it has none any more.
    lab.cut(0, RELAY, true);
    publish(&mut lab, limited);
    let order = saved(&mut lab, RELAY, wish("all", OrderKind::Order));
    let plea = saved(&mut lab, RELAY, wish("U1", OrderKind::Request));
    lab.cut(0, RELAY, false);
    // That everybody agrees shows that it carries: the others are reached through it alone.
    assert!(lab.run_until_agreed(900).is_some());
    for node in 0..4 {
        for id in [order, plea] {
            assert_eq!(state(&mut lab, node, id), None, "node {node}");
            let why = why_refused(&mut lab, node, id);
            assert_eq!(why.as_deref(), Some("needs_role"), "node {node}");
        }
    }
    let refused = lab.ask(RELAY, wish("U1", OrderKind::Request));
    assert_eq!(code(refused), Some(RefusalCode::NotAllowed));
}

#[test]
fn a_partner_counts_within_its_scope_and_is_refused_beyond_it() {
    let mut lab = district();
    lab.run_ms(30_000);
    lab.cut(RELAY, PARTNER, true);
    publish(&mut lab, limited);
    let beyond = saved(&mut lab, PARTNER, wish("all", OrderKind::Order));
    let within = saved(&mut lab, PARTNER, wish("U4", OrderKind::Order));
    let plea = saved(&mut lab, PARTNER, wish("all", OrderKind::Request));
    let goods = saved(&mut lab, PARTNER, movement(MovementKind::Receive, "D01", 7));
    lab.cut(RELAY, PARTNER, false);
    assert!(lab.run_until_agreed(900).is_some());
    for node in 0..4 {
        assert_eq!(state(&mut lab, node, beyond), None, "node {node}");
        for id in [beyond, goods] {
            let why = why_refused(&mut lab, node, id);
            assert_eq!(why.as_deref(), Some("beyond_scope"), "node {node}, {id}");
        }
        assert_eq!(state(&mut lab, node, within), Some(OrderState::Open), "node {node}");
        assert_eq!(state(&mut lab, node, plea), Some(OrderState::Open), "node {node}");
    }
    let refused = lab.ask(PARTNER, wish("U1", OrderKind::Alert));
    assert_eq!(code(refused), Some(RefusalCode::NotAllowed));
}
