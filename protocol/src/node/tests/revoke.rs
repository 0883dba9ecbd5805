//! A lost device: what it wrote before counts on every machine, what comes after on none.

use super::converge::{movement, order, saved_id};
use super::lab::Lab;
use super::made_up::{radio, udp};
use crate::base::ids::DeviceId;
use crate::link::state::Link;
use crate::local::request::MovementKind;
use crate::local::rows::DeviceDetail;
use crate::local::{RefusalCode, Reply, Request};

fn revoke(device: u16) -> Request {
    Request::RevokeDevice { device: DeviceId(device), reason: "途中遗失".into() }
}

#[test]
fn what_a_lost_device_writes_after_the_cut_is_refused_on_every_machine() {
    let mut lab = Lab::new(4, 3);
    for (one, other) in [(0, 1), (1, 2), (2, 3), (3, 0)] {
        lab.join(&[one, other], &udp("cable"));
    }
    let early = saved_id(lab.ask(2, order("U4", "原计划不变")));
    assert!(lab.run_until_agreed(60).is_some());
    // Somebody has it and writes, where the authority does not hear it.
    lab.cut(1, 2, true);
    lab.cut(3, 0, true);
    let false_one = saved_id(lab.ask(2, order("U4", "全部撤回县城")));
    lab.run_ms(5_000);
    assert!(matches!(lab.ask(3, Request::Order { id: false_one }), Ok(Reply::Order(_))));
    assert!(lab.ask(0, revoke(3)).is_ok());
    saved_id(lab.ask(2, movement(MovementKind::Receive, "D01", 500)));
    lab.cut(1, 2, false);
    lab.cut(3, 0, false);
    lab.run_ms(130_000);
    assert!(lab.run_until_agreed_among(&[0, 1, 3], 120).is_some());
    for node in [0, 1, 3] {
        assert!(matches!(lab.ask(node, Request::Order { id: early }), Ok(Reply::Order(_))));
        let shown = lab.ask(node, Request::Order { id: false_one });
        assert!(shown.is_err(), "node {node}: {shown:?}");
        assert!(lab.status(node).refused >= 1, "node {node} keeps it as evidence");
    }
    let Ok(Reply::Directory(rows)) = lab.ask(1, Request::Directory) else { panic!("no rows") };
    assert!(rows.devices.iter().all(|row| row.device != DeviceId(3)));
}

#[test]
fn nobody_calls_a_device_that_was_revoked_however_long_it_speaks() {
    let mut lab = Lab::new(4, 5);
    lab.join(&[0, 1, 2, 3], &radio(1200));
    saved_id(lab.ask(1, order("U3", "即赴滨江路接应")));
    assert!(lab.run_until_agreed(900).is_some());
    // It hears nobody any more, and is heard.
    (0..4).filter(|node| *node != 2).for_each(|node| lab.silence(node, node != 2));
    assert!(lab.ask(0, revoke(3)).is_ok());
    (0..4).for_each(|node| lab.silence(node, false));
    assert!(lab.run_until_agreed_among(&[0, 1, 3], 900).is_some());
    saved_id(lab.ask(2, order("all", "全部撤回县城")));
    saved_id(lab.ask(1, order("U3", "原地待命")));
    lab.run_ms(900_000);
    for number in [0, 1, 3] {
        let node = lab.nodes[number].as_ref().expect("it is up");
        let knows = |link: &Link| link.contacts.contains_key(&DeviceId(3));
        assert!(!node.links.values().any(knows), "node {number}");
    }
}

#[test]
fn what_is_known_of_a_device_tells_what_it_last_wrote_and_what_is_disowned() {
    let mut lab = Lab::new(3, 3);
    lab.join(&[0, 1], &udp("cable"));
    lab.join(&[1, 2], &udp("cable"));
    saved_id(lab.ask(2, order("U2", "原计划不变")));
    let last = saved_id(lab.ask(2, order("U2", "已到白沙")));
    assert!(lab.run_until_agreed(60).is_some());
    let before = detail(&mut lab, 1, 3);
    assert_eq!((before.device.device, before.here), (DeviceId(3), false));
    assert_eq!(before.revoked, None);
    assert_eq!(before.heard.len(), 1, "{:?}", before.heard);
    assert_eq!(before.last.as_ref().map(|row| row.id), Some(last));
    let command = |detail: &DeviceDetail| {
        let lane = detail.lanes.iter().find(|row| row.lane == "command").expect("it wrote orders");
        (lane.records, lane.verified, lane.disowned)
    };
    let count = command(&before).0;
    assert_eq!(command(&before), (count, count, 0));
    lab.cut(0, 1, true);
    saved_id(lab.ask(2, order("U2", "全部撤回县城")));
    lab.run_ms(5_000);
    assert!(lab.ask(0, revoke(3)).is_ok());
    lab.cut(0, 1, false);
    lab.run_ms(130_000);
    let after = detail(&mut lab, 0, 3);
    assert_eq!(after.revoked.as_deref(), Some("途中遗失"));
    assert_eq!(command(&after), (count + 1, count + 1, 1));
    assert!(detail(&mut lab, 2, 3).here);
    let unknown = lab.ask(0, Request::ShowDevice { device: DeviceId(77) });
    assert_eq!(unknown.map(|_| ()).map_err(|r| r.code), Err(RefusalCode::UnknownId));
}

fn detail(lab: &mut Lab, node: usize, device: u16) -> DeviceDetail {
    let asked = lab.ask(node, Request::ShowDevice { device: DeviceId(device) });
    let Ok(Reply::DeviceDetail(detail)) = asked else { panic!("{asked:?}") };
    *detail
}

#[test]
fn only_the_authority_revokes_and_never_itself_or_a_stranger() {
    let mut lab = Lab::new(2, 3);
    let code = |lab: &mut Lab, node, device| {
        lab.ask(node, revoke(device)).map(|_| ()).map_err(|refusal| refusal.code)
    };
    assert_eq!(code(&mut lab, 1, 1), Err(RefusalCode::NotAllowed));
    assert_eq!(code(&mut lab, 0, 1), Err(RefusalCode::NotAllowed));
    assert_eq!(code(&mut lab, 0, 77), Err(RefusalCode::UnknownId));
    let long = Request::RevokeDevice { device: DeviceId(2), reason: "长".repeat(200) };
    assert_eq!(lab.ask(0, long).map(|_| ()).map_err(|r| r.code), Err(RefusalCode::BadValue));
    assert_eq!(code(&mut lab, 0, 2), Ok(()));
}
