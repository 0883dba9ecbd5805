//! Several persons at one device: whoever is on duty answers by name, also after a restart.

use super::lab::Lab;
use super::made_up::{directory, udp};
use crate::base::ids::{DeviceId, SpokenId, UnitId};
use crate::field::directory::{DeviceEntry, Entry};
use crate::local::request::{OrderDraft, ReceiptDraft, Rung};
use crate::local::{Reply, Request};

fn change(lab: &mut Lab, name: &str) {
    take_over(lab, 1, name);
}

fn take_over(lab: &mut Lab, node: usize, name: &str) {
    let said = lab.ask(node, Request::SetOperator { name: name.into() });
    assert!(matches!(said, Ok(Reply::Saved { id: None, .. })), "{said:?}");
}

/// Device 1 answers without naming anybody; who signed, as device 0 is told.
fn signer(lab: &mut Lab, id: SpokenId, rung: Rung) -> String {
    signer_at(lab, 1, id, rung)
}

fn signer_at(lab: &mut Lab, node: usize, id: SpokenId, rung: Rung) -> String {
    let (note, person) = (String::new(), None);
    let draft = ReceiptDraft { id, rung, note, person, proxy: None, unit: None };
    assert!(lab.ask(node, Request::SendReceipt(draft)).is_ok());
    assert!(lab.run_until_agreed(120).is_some());
    match lab.ask(0, Request::Order { id }) {
        Ok(Reply::Order(detail)) => detail.receipts.last().expect("an answer").person.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn receipts_are_signed_by_whoever_is_on_duty_also_after_a_restart() {
    let mut lab = Lab::new(2, 36);
    lab.join(&[0, 1], &udp("lan"));
    let wish = OrderDraft { to: "U2".into(), text: "核对水位".into(), ..OrderDraft::default() };
    let Ok(Reply::Saved { id: Some(id), .. }) = lab.ask(0, Request::SendOrder(wish)) else {
        panic!("no order")
    };
    assert!(lab.run_until_agreed(120).is_some());
    assert_eq!(signer(&mut lab, id, Rung::Acknowledged), "值班员1", "the configuration's");
    change(&mut lab, " 李强 ");
    assert_eq!(lab.status(1).operator, "李强");
    assert_eq!(signer(&mut lab, id, Rung::Accepted), "李强");
    lab.start(1);
    assert_eq!(lab.status(1).operator, "李强", "a restart does not bring back who went home");
    assert_eq!(signer(&mut lab, id, Rung::Done), "李强");
    change(&mut lab, "");
    lab.start(1);
    assert_eq!(lab.status(1).operator, "值班员1");
    let long = Request::SetOperator { name: "长".repeat(200) };
    assert!(lab.ask(1, long).is_err());
    assert_eq!(lab.status(1).operator, "值班员1", "a refused name changes nothing");
}

#[test]
fn one_person_answers_for_one_unit_from_two_of_its_devices() {
    let mut lab = Lab::new(3, 37);
    lab.join(&[0, 1], &udp("a-b"));
    lab.join(&[0, 2], &udp("a-c"));
    let second = directory(3).into_iter().find_map(|entry| match entry {
        Entry::Device(device) if device.index == DeviceId(3) => Some(device),
        _ => None,
    });
    let second = DeviceEntry { unit: UnitId(2), ..second.expect("it has one") };
    let now = lab.now();
    let founder = lab.nodes[0].as_mut().expect("started");
    founder.publish(vec![vec![Entry::Device(second)]], now).expect("the authority");
    lab.drain(0);
    lab.speaks_for.insert(2, UnitId(2));
    lab.start(2);
    let wish = OrderDraft { to: "U2".into(), text: "核对水位".into(), ..OrderDraft::default() };
    let Ok(Reply::Saved { id: Some(id), .. }) = lab.ask(0, Request::SendOrder(wish)) else {
        panic!("no order")
    };
    assert!(lab.run_until_agreed(120).is_some());
    for (node, rung) in [(1, Rung::Acknowledged), (2, Rung::Done)] {
        take_over(&mut lab, node, "李强");
        assert_eq!(signer_at(&mut lab, node, id, rung), "李强");
    }
    let Ok(Reply::Order(detail)) = lab.ask(0, Request::Order { id }) else { panic!("no order") };
    let by: Vec<_> = detail.receipts.iter().map(|row| (row.unit, row.person.as_str())).collect();
    assert_eq!(by, [(UnitId(2), "李强"), (UnitId(2), "李强")]);
    assert_eq!((detail.order.acknowledged, detail.order.done), (1, 1), "one unit, not two");
}
