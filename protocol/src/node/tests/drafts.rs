//! Drafted by one device, signed by another: nobody else sees a draft, and who lacks the role
//! makes no order of it.

use super::lab::Lab;
use super::made_up::{directory, radio, udp};
use crate::base::ids::SpokenId;
use crate::base::roles::Roles;
use crate::field::directory::Entry;
use crate::local::request::{OrderDraft, ReceiptDraft, Rung};
use crate::local::rows::{LogKind, LogRow, OrderRow, OrderState};
use crate::local::{Event, RefusalCode, Reply, Request};

/// Node 0 is the centre; the others have one role each beside answering.
const DRAFTER: usize = 1;
const SIGNER: usize = 2;
const TEAM: usize = 3;

fn publish_roles(lab: &mut Lab) {
    let mut entries = directory(4);
    for entry in &mut entries {
        if let Entry::Device(device) = entry {
            let role = match usize::from(device.index.0) - 1 {
                DRAFTER => Roles::ORDER_DRAFT,
                SIGNER => Roles::ORDER_SIGN,
                TEAM => Roles::NONE,
                _ => continue,
            };
            device.roles = Roles::RECEIPT.with(role);
        }
    }
    let now = lab.now();
    let founder = lab.nodes[0].as_mut().expect("it runs");
    founder.publish(vec![entries], now).expect("it is the authority");
    lab.drain(0);
}

fn district() -> Lab {
    let mut lab = Lab::new(4, 34);
    lab.join(&[0, DRAFTER, SIGNER, TEAM], &udp("lan"));
    publish_roles(&mut lab);
    assert!(lab.run_until_agreed(120).is_some());
    lab
}

fn wish(for_signature: bool) -> Request {
    Request::SendOrder(OrderDraft {
        to: "U4".into(),
        text: "即赴白沙镇".into(),
        act_by_s: Some(600),
        expires_s: None,
        person: Some("参谋乙".into()),
        for_signature,
        ..OrderDraft::default()
    })
}

fn sign(id: SpokenId) -> Request {
    Request::SignOrder { id, person: Some("指挥长".into()) }
}

fn answer(id: SpokenId) -> Request {
    let (rung, note, person) = (Rung::Acknowledged, String::new(), Some("队长".to_owned()));
    Request::SendReceipt(ReceiptDraft { id, rung, note, person, proxy: None, unit: None })
}

fn saved(lab: &mut Lab, node: usize, request: Request) -> SpokenId {
    match lab.ask(node, request) {
        Ok(Reply::Saved { id: Some(id), .. }) => id,
        other => panic!("{other:?}"),
    }
}

fn refused(lab: &mut Lab, node: usize, request: Request) -> RefusalCode {
    lab.ask(node, request).expect_err("it is refused").code
}

fn orders(lab: &mut Lab, node: usize) -> Vec<OrderRow> {
    match lab.ask_now(node, Request::Orders { open_only: false }) {
        Some(Ok(Reply::Orders { orders })) => orders,
        other => panic!("{other:?}"),
    }
}

fn log(lab: &mut Lab, node: usize) -> Vec<LogRow> {
    match lab.ask_now(node, Request::Log { after_ms: None, limit: 0 }) {
        Some(Ok(Reply::Log { log })) => log,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_draft_becomes_an_order_when_it_is_signed_and_both_names_are_kept() {
    let mut lab = district();
    let id = saved(&mut lab, DRAFTER, wish(true));
    assert!(lab.run_until_agreed(60).is_some());
    for node in [0, DRAFTER, SIGNER] {
        let rows = orders(&mut lab, node);
        assert_eq!((rows.len(), rows[0].state), (1, OrderState::Draft), "node {node}");
        assert_eq!(rows[0].drafter.as_deref(), Some("参谋乙"));
    }
    assert_eq!(orders(&mut lab, TEAM), [], "its addressee does not see it");
    assert!(lab.ask_now(TEAM, Request::Order { id }).expect("at once").is_err());
    assert!(log(&mut lab, TEAM).iter().all(|row| row.kind != LogKind::Draft));
    assert!(log(&mut lab, SIGNER).iter().any(|row| row.kind == LogKind::Draft));
    assert_eq!(refused(&mut lab, TEAM, answer(id)), RefusalCode::NotAllowed);
    let told = |lab: &Lab| {
        let told = lab.feeds.iter().filter(|(node, _)| *node == TEAM);
        told.filter(|(_, event)| matches!(event, Event::Order(_))).count()
    };
    assert_eq!(told(&lab), 0, "no screen of its addressee rings");

    saved(&mut lab, SIGNER, sign(id));
    assert!(lab.run_until_agreed(60).is_some());
    assert!(told(&lab) > 0);
    for node in 0..4 {
        let rows = orders(&mut lab, node);
        assert_eq!((rows.len(), rows[0].state), (1, OrderState::Open), "node {node}");
        assert_eq!(rows[0].person, "指挥长", "node {node}");
        assert_eq!(rows[0].drafter.as_deref(), Some("参谋乙"), "node {node}");
        assert_eq!(rows[0].unanswered_here, node == TEAM, "node {node}");
    }
    saved(&mut lab, TEAM, answer(id));
    assert!(lab.run_until_agreed(60).is_some());
    assert_eq!(orders(&mut lab, SIGNER)[0].state, OrderState::Answered);
    assert_eq!(refused(&mut lab, SIGNER, sign(id)), RefusalCode::AlreadyOver);
}

#[test]
fn each_role_does_its_own_part_and_no_other() {
    let mut lab = district();
    let id = saved(&mut lab, DRAFTER, wish(true));
    assert!(lab.run_until_agreed(60).is_some());
    for (node, request) in [
        (DRAFTER, wish(false)),
        (DRAFTER, sign(id)),
        (SIGNER, wish(false)),
        (SIGNER, wish(true)),
        (TEAM, wish(true)),
    ] {
        let code = refused(&mut lab, node, request.clone());
        assert_eq!(code, RefusalCode::NotAllowed, "node {node}: {request:?}");
    }
    let nothing = SpokenId { seq: 99, ..id };
    assert_eq!(refused(&mut lab, SIGNER, sign(nothing)), RefusalCode::UnknownId);
    assert!(lab.ask(TEAM, sign(id)).is_err());
}

#[test]
fn what_is_beyond_a_role_is_kept_as_evidence_and_never_acted_on() {
    let mut lab = Lab::new(4, 35);
    lab.join(&[0, DRAFTER], &radio(9600));
    lab.join(&[0, SIGNER, TEAM], &udp("lan"));
    lab.run_ms(30_000);
    // The drafter does not hear that its roles change: it goes on by those it had.
    lab.cut(0, DRAFTER, true);
    publish_roles(&mut lab);
    lab.run_ms(30_000);
    let order = saved(&mut lab, DRAFTER, wish(false));
    let draft = saved(&mut lab, DRAFTER, wish(true));
    let signature = saved(&mut lab, DRAFTER, sign(draft));
    assert_eq!(orders(&mut lab, DRAFTER).len(), 2, "by the roles it knows both are orders");
    lab.cut(0, DRAFTER, false);
    assert!(lab.run_until_agreed(900).is_some());
    for node in 0..4 {
        let log = log(&mut lab, node);
        for id in [order, signature] {
            let row = log.iter().find(|row| row.id == id && row.kind == LogKind::Refused);
            let why = row.map(|row| row.text.as_str());
            assert_eq!(why, Some("needs_role"), "node {node}, {id}: {log:?}");
        }
        let shown = orders(&mut lab, node);
        assert!(shown.iter().all(|row| row.state == OrderState::Draft), "node {node}: {shown:?}");
    }
    assert_eq!(orders(&mut lab, TEAM), []);
    assert_eq!(orders(&mut lab, SIGNER).len(), 1, "the draft still waits for a true signature");
}
