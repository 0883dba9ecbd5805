//! Orders sealed to a group: read by its devices, carried by all others, and closed to whoever
//! has left.

use super::lab::Lab;
use super::made_up::{radio, udp};
use crate::base::ids::{DeviceId, SpokenId, UnitId};
use crate::base::roles::Roles;
use crate::field::directory::{DeviceEntry, Entry};
use crate::keys::enrol::EnrolRequest;
use crate::keys::sign::DeviceKey;
use crate::keys::suite::UNDER_TEST;
use crate::local::request::{OrderDraft, ReceiptDraft, Rung};
use crate::local::rows::{GroupMark, GroupRow, OrderDetail, OrderRow, OrderState};
use crate::local::{Refusal, RefusalCode, Reply, Request};

const GROUP: &str = "指挥组";
const TEXT: &str = "三号库余量只够一天，勿外传";
const NOTE: &str = "缺口二百床，先瞒两小时";
/// Node 0 is the centre, a member; so is this one.
const MEMBER: usize = 1;
/// Between the two, and in no group.
const CARRIER: usize = 2;

/// The centre and the member hear each other only through the carrier.
fn district() -> Lab {
    let mut lab = Lab::new(3, 49);
    lab.join(&[0, CARRIER], &udp("left"));
    lab.join(&[CARRIER, MEMBER], &radio(2400));
    change(&mut lab, &["U1", "U2"], true).expect("the authority");
    assert!(lab.run_until_agreed(600).is_some());
    lab
}

fn change(lab: &mut Lab, units: &[&str], is_added: bool) -> Result<Reply, Refusal> {
    let (group, depots) = (GROUP.to_owned(), Vec::new());
    let units = units.iter().map(|unit| (*unit).to_owned()).collect();
    lab.ask(
        0,
        match is_added {
            true => Request::AddToGroup { group, units, depots },
            false => Request::RemoveFromGroup { group, units, depots },
        },
    )
}

fn send(lab: &mut Lab, node: usize, to: &str, for_signature: bool) -> Result<SpokenId, Refusal> {
    let order = OrderDraft {
        to: to.into(),
        text: TEXT.into(),
        person: Some("指挥长".into()),
        group: Some(GROUP.into()),
        for_signature,
        ..OrderDraft::default()
    };
    match lab.ask(node, Request::SendOrder(order))? {
        Reply::Saved { id: Some(id), .. } => Ok(id),
        other => panic!("{other:?}"),
    }
}

fn detail(lab: &mut Lab, node: usize, id: SpokenId) -> OrderDetail {
    match lab.ask(node, Request::Order { id }) {
        Ok(Reply::Order(detail)) => *detail,
        other => panic!("{other:?}"),
    }
}

fn row(lab: &mut Lab, node: usize, id: SpokenId) -> OrderRow {
    detail(lab, node, id).order
}

/// What a node shows of an order's text, and whether it can read it.
fn shown(lab: &mut Lab, node: usize, id: SpokenId) -> (String, bool) {
    let row = row(lab, node, id);
    (row.text, row.group.expect("it is sealed").readable)
}

fn groups(lab: &mut Lab, node: usize) -> Vec<GroupRow> {
    match lab.ask(node, Request::Directory) {
        Ok(Reply::Directory(rows)) => rows.groups,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_sealed_order_passes_through_whoever_cannot_read_it_and_is_answered() {
    let mut lab = district();
    let id = send(&mut lab, 0, "U2", false).expect("a member");
    assert!(lab.run_until_agreed(600).is_some());
    assert_eq!(shown(&mut lab, 0, id), (TEXT.to_owned(), true));
    assert_eq!(shown(&mut lab, MEMBER, id), (TEXT.to_owned(), true));
    let carried = row(&mut lab, CARRIER, id);
    assert_eq!(carried.text, format!("〔密〕{GROUP}"));
    let units = vec!["单位1".to_owned(), "单位2".to_owned()];
    assert_eq!(carried.group, Some(GroupMark { name: GROUP.into(), units, readable: false }));
    assert_eq!((carried.owed, carried.to.as_str()), (1, "单位2"), "its header is for everybody");
    // Nothing on the carrier's disk says what it is about.
    let text = TEXT.as_bytes();
    let has_text = |value: &Vec<u8>| value.windows(9).any(|part| part == &text[..9]);
    assert!(!lab.disks[CARRIER].values().any(has_text));
    let (rung, note, person) = (Rung::Acknowledged, NOTE.to_owned(), Some("队长".to_owned()));
    let receipt = ReceiptDraft { id, rung, note, person, proxy: None, unit: None };
    lab.ask(MEMBER, Request::SendReceipt(receipt)).expect("it owes one");
    assert!(lab.run_until_agreed(600).is_some());
    assert_eq!(row(&mut lab, CARRIER, id).acknowledged, 1);
    let withdraw = Request::CancelOrder { id, reason: NOTE.into(), person: None };
    lab.ask(0, withdraw).expect("its own");
    assert!(lab.run_until_agreed(600).is_some());
    let sealed = format!("〔密〕{GROUP}");
    for (node, says) in [(0, NOTE), (MEMBER, NOTE), (CARRIER, sealed.as_str())] {
        let detail = detail(&mut lab, node, id);
        assert_eq!((detail.order.state, detail.order.acknowledged), (OrderState::Cancelled, 1));
        assert_eq!(detail.order.cancel_reason.as_deref(), Some(says), "{node}");
        let notes: Vec<_> = detail.receipts.iter().map(|receipt| receipt.note.as_str()).collect();
        assert_eq!(notes, [says], "{node}");
    }
    let has_note = |value: &Vec<u8>| value.windows(9).any(|part| part == &NOTE.as_bytes()[..9]);
    assert!(!lab.disks[CARRIER].values().any(has_note));
    // What was read before a restart is read after it.
    lab.start(MEMBER);
    assert_eq!(shown(&mut lab, MEMBER, id), (TEXT.to_owned(), true));
}

#[test]
fn whoever_has_left_reads_what_was_before_and_nothing_after() {
    let mut lab = district();
    let before = send(&mut lab, 0, "U2", false).expect("a member");
    change(&mut lab, &["U2"], false).expect("the authority");
    change(&mut lab, &["U3"], true).expect("the authority");
    let after = send(&mut lab, 0, "U3", false).expect("a member");
    assert!(lab.run_until_agreed(600).is_some());
    assert_eq!(shown(&mut lab, MEMBER, before), (TEXT.to_owned(), true));
    assert_eq!(shown(&mut lab, MEMBER, after), (format!("〔密〕{GROUP}"), false));
    assert_eq!(shown(&mut lab, CARRIER, after), (TEXT.to_owned(), true));
    assert!(!shown(&mut lab, CARRIER, before).1, "it came later");
    let refusal = send(&mut lab, MEMBER, "U3", false).expect_err("it has left");
    assert_eq!(refusal.code, RefusalCode::NotAllowed);
    let mine: Vec<bool> = (0..3).map(|node| groups(&mut lab, node)[0].readable).collect();
    assert_eq!(mine, [true, false, true]);
}

#[test]
fn a_revoked_device_gets_no_key_of_its_groups_any_more() {
    let mut lab = district();
    let revoke = Request::RevokeDevice { device: DeviceId(2), reason: "遗失".into() };
    lab.ask(0, revoke).expect("the authority");
    let row = groups(&mut lab, 0).remove(0);
    assert_eq!((row.turn, row.devices, row.missing), (2, 1, vec![]));
    let directory = lab.nodes[0].as_ref().expect("it runs").directory();
    let turns: Vec<u32> = directory.wraps_for(DeviceId(2)).map(|(turn, _)| turn.turn).collect();
    assert_eq!(turns, [1], "only what it had");
}

#[test]
fn a_device_that_joins_a_member_reads_from_then_on() {
    let mut lab = district();
    let key = DeviceKey::of(UNDER_TEST, [90; 32]);
    let request = EnrolRequest::of(&key).to_text();
    let admit = Request::AdmitDevice {
        request,
        unit: "U2".into(),
        roles: vec!["receipt".into()],
        again: false,
    };
    let Ok(Reply::Admitted { device, .. }) = lab.ask(0, admit) else { panic!("the authority") };
    let row = groups(&mut lab, 0).remove(0);
    assert_eq!((row.turn, row.devices, row.missing), (1, 3, vec![]));
    let directory = lab.nodes[0].as_ref().expect("it runs").directory();
    assert_eq!(directory.wraps_for(device).count(), 1);
}

#[test]
fn an_order_that_some_of_those_who_owe_an_answer_could_not_read_is_refused() {
    let mut lab = district();
    for to in ["U2,U3", "all"] {
        let refusal = send(&mut lab, 0, to, false).expect_err("not all can read it");
        assert!(refusal.zh.contains("单位3"), "{refusal}");
    }
    let mut order = OrderDraft { to: "U2".into(), text: TEXT.into(), ..OrderDraft::default() };
    order.group = Some("没有的组".into());
    let refusal = lab.ask(0, Request::SendOrder(order)).expect_err("no such group");
    assert!(refusal.zh.contains(GROUP), "{refusal}");
}

#[test]
fn nobody_signs_a_draft_that_cannot_be_read() {
    let mut lab = district();
    let id = send(&mut lab, MEMBER, "U1", true).expect("a member");
    assert!(lab.run_until_agreed(600).is_some());
    let sign = |person: &str| Request::SignOrder { id, person: Some(person.into()) };
    let refusal = lab.ask(CARRIER, sign("丙")).expect_err("it cannot read it");
    assert_eq!(refusal.code, RefusalCode::NotAllowed);
    lab.ask(0, sign("甲")).expect("it can");
    assert!(lab.run_until_agreed(600).is_some());
    assert_eq!(shown(&mut lab, MEMBER, id), (TEXT.to_owned(), true));
    assert!(!shown(&mut lab, CARRIER, id).1);
}

#[test]
fn only_the_authority_changes_groups_and_every_mistake_is_named() {
    let mut lab = district();
    let add = |group: &str, units: &[&str]| {
        let units = units.iter().map(|unit| (*unit).to_owned()).collect();
        Request::AddToGroup { group: group.to_owned(), units, depots: Vec::new() }
    };
    let refusal = lab.ask(MEMBER, add(GROUP, &["U3"])).expect_err("no authority");
    assert_eq!(refusal.code, RefusalCode::NotAllowed);
    for (request, code) in [
        (add(GROUP, &["U1"]), RefusalCode::AlreadyOver),
        (add(GROUP, &[]), RefusalCode::BadValue),
        (add("\u{7}", &["U1"]), RefusalCode::BadValue),
        (add(GROUP, &["U9"]), RefusalCode::UnknownName),
    ] {
        assert_eq!(lab.ask(0, request.clone()).expect_err("wrong").code, code, "{request:?}");
    }
    let refusal = change(&mut lab, &["U3"], false).expect_err("it is not in it");
    assert_eq!(refusal.code, RefusalCode::UnknownName);
    change(&mut lab, &[], false).expect("the group ends");
    assert!(groups(&mut lab, 0).is_empty());
    let refusal = send(&mut lab, 0, "U2", false).expect_err("it is over");
    assert_eq!(refusal.code, RefusalCode::UnknownName);
}

#[test]
fn a_group_of_more_devices_than_a_line_holds_takes_several() {
    let mut lab = Lab::new(1, 50);
    let many: Vec<Entry> = (2..=200u16)
        .map(|index| {
            let public = DeviceKey::of(UNDER_TEST, [index as u8; 32]).public();
            let (index, unit, roles) = (DeviceId(index), UnitId(1), Roles::RECEIPT);
            Entry::Device(DeviceEntry { index, public, unit, roles, depot_scope: None })
        })
        .collect();
    let now = lab.now();
    let groups_of: Vec<Vec<Entry>> = many.chunks(30).map(<[Entry]>::to_vec).collect();
    lab.nodes[0].as_mut().expect("it runs").publish(groups_of, now).expect("the authority");
    lab.drain(0);
    let Ok(Reply::Saved { records, .. }) = change(&mut lab, &["U1"], true) else {
        panic!("the authority")
    };
    assert_eq!(records, 3);
    let row = groups(&mut lab, 0).remove(0);
    assert_eq!((row.devices, row.missing, row.readable), (200, vec![], true));
}
