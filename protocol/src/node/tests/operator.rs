//! Several persons at one device: whoever is on duty answers by name, also after a restart.

use super::lab::Lab;
use super::made_up::udp;
use crate::base::ids::SpokenId;
use crate::local::request::{OrderDraft, ReceiptDraft, Rung};
use crate::local::{Reply, Request};

fn change(lab: &mut Lab, name: &str) {
    let said = lab.ask(1, Request::SetOperator { name: name.into() });
    assert!(matches!(said, Ok(Reply::Saved { id: None, .. })), "{said:?}");
}

/// Device 1 answers without naming anybody; who signed, as device 0 is told.
fn signer(lab: &mut Lab, id: SpokenId, rung: Rung) -> String {
    let (note, person) = (String::new(), None);
    let draft = ReceiptDraft { id, rung, note, person, proxy: None, unit: None };
    assert!(lab.ask(1, Request::SendReceipt(draft)).is_ok());
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
