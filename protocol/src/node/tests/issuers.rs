//! A field issuer admits devices while the authority cannot be reached: everybody believes it in
//! its term and within its numbers, and nobody after, whatever came first.

use super::lab::{Lab, START_MS};
use super::made_up::{admitted, key, radio, settings};
use crate::base::ids::{DeviceId, GroupId, Lane, LaneId, UnitId};
use crate::base::roles::Roles;
use crate::field::body::Body;
use crate::field::directory::DeviceEntry;
use crate::field::directory::issuer::ISSUER_LAST;
use crate::keys::enrol::{EnrolRequest, JoinFile};
use crate::local::{Refusal, Reply, Request};
use crate::node::{Input, Node};
use crate::wire::record::Person;

const ISSUER: DeviceId = DeviceId(2);
const HOUR_MS: u64 = 3_600_000;

fn admit(
    lab: &mut Lab,
    node: usize,
    number: u8,
    role: &str,
) -> Result<(DeviceId, String), Refusal> {
    admitted(lab, node, number, ("U3", role), false)
}

fn knows(lab: &Lab, node: usize, device: DeviceId) -> bool {
    lab.nodes[node].as_ref().expect("it runs").directory().member(device).is_some()
}

/// Three nodes in step, the second an issuer.
fn lab(seed: u64) -> Lab {
    let mut lab = Lab::new(3, seed);
    lab.join(&[0, 1, 2], &radio(1200));
    lab.ask(0, Request::RenewDevice { device: ISSUER }).expect("it has the role");
    lab.run_until_agreed(1200).expect("they meet");
    lab
}

fn alone(lab: &mut Lab, node: usize, is_alone: bool) {
    for other in (0..3).filter(|other| *other != node) {
        lab.cut(node, other, is_alone);
    }
}

#[test]
fn what_an_issuer_admits_alone_is_believed_everywhere_and_the_joiner_can_tell_why() {
    let mut lab = lab(41);
    alone(&mut lab, 1, true);
    let (device, join) = admit(&mut lab, 1, 90, "receipt").expect("in its term");
    assert_eq!(device, DeviceId(ISSUER_LAST - 63));
    assert!(join.len() <= 690, "{}", join.len());
    let join = JoinFile::open(&join, &key(90)).expect("its chain holds");
    let issuer = join.issuer.expect("not signed by the authority").unverified().device;
    assert_eq!((issuer, join.device()), (ISSUER, device));
    // Without the issuer's certificate nobody could tell, so no such file is made.
    assert!(JoinFile { issuer: None, ..join }.seal(&[1; 32]).is_err());
    assert!(knows(&lab, 1, device) && !knows(&lab, 0, device));
    // The authority, apart from it, hands out another number.
    let (other, _) = admit(&mut lab, 0, 91, "receipt").expect("the authority's");
    assert_eq!(other, DeviceId(4));
    alone(&mut lab, 1, false);
    lab.run_until_agreed(1200).expect("they meet again");
    for node in 0..3 {
        assert!(knows(&lab, node, device) && knows(&lab, node, other), "node {node}");
    }
    let directories: Vec<_> =
        lab.nodes.iter().map(|node| node.as_ref().expect("it runs").directory().clone()).collect();
    assert_eq!(directories[0], directories[2]);
    // A restart puts the same together from the disk.
    lab.start(2);
    assert_eq!(lab.nodes[2].as_ref().expect("it runs").directory(), &directories[0]);
}

#[test]
fn after_its_end_an_issuer_admits_nobody_until_it_is_renewed() {
    let mut lab = lab(42);
    alone(&mut lab, 1, true);
    lab.now_ms += 73 * HOUR_MS;
    let refusal = admit(&mut lab, 1, 90, "receipt").expect_err("its term is over");
    assert!(refusal.en.contains("device renew 2"), "{refusal}");
    // A program that does not keep to it is believed by nobody, with the reason kept.
    let entry = DeviceEntry {
        index: DeviceId(ISSUER_LAST),
        public: key(92).public(),
        unit: crate::base::ids::UnitId(3),
        roles: Roles::RECEIPT,
        depot_scope: None,
    };
    let issuer = lab.nodes[1].as_mut().expect("it runs");
    let lane = LaneId::first(ISSUER, Lane::Command);
    let late = issuer.write_in(lane, &Body::Admission(entry), Person::Nobody, true);
    lab.input(1, Input::Tick);
    alone(&mut lab, 1, false);
    lab.run_until_agreed(1200).expect("they meet again");
    for node in 0..3 {
        assert!(!knows(&lab, node, entry.index), "node {node}");
        let folds = &lab.nodes[node].as_ref().expect("it runs").folds;
        assert_eq!(folds.refused.get(&late), Some(&"issuer_over"), "node {node}");
    }
    lab.ask(0, Request::RenewDevice { device: ISSUER }).expect("the authority's");
    lab.run_until_agreed(1200).expect("the renewal comes");
    // By renewing it, the authority vouches for what it wrote in between as well.
    let (device, _) = admit(&mut lab, 1, 90, "receipt").expect("a new term");
    lab.run_until_agreed(1200).expect("they agree");
    for node in 0..3 {
        assert!(knows(&lab, node, device) && knows(&lab, node, entry.index), "node {node}");
    }
    let Some(Ok(Reply::DeviceDetail(detail))) =
        lab.ask_now(2, Request::ShowDevice { device: ISSUER })
    else {
        panic!("it is known")
    };
    assert_eq!(detail.admitted_by, None, "the authority did");
    let term = detail.issuer.expect("an issuer");
    let Some(Ok(Reply::DeviceDetail(detail))) = lab.ask_now(2, Request::ShowDevice { device })
    else {
        panic!("it is known")
    };
    let admitter = detail.admitted_by.expect("the issuer did");
    assert_eq!((admitter.device, admitter.unit_name.as_str()), (ISSUER, "单位2"));
    assert_eq!(lab.status(1).issuer.map(|own| own.ends_ms), Some(term.ends_ms));
    assert!(lab.status(2).issuer.is_none());
    assert!(!term.over && term.ends_ms > START_MS + 140 * HOUR_MS, "{term:?}");
}

#[test]
fn two_who_are_admitted_while_the_disk_is_slow_get_two_numbers() {
    for node in [0, 1] {
        let mut lab = lab(45);
        lab.disks_work = false;
        let asks = [90, 91].map(|number| {
            let request = EnrolRequest::of(&key(number)).to_text();
            let roles = vec!["receipt".to_owned()];
            lab.ask_later(
                node,
                Request::AdmitDevice { request, unit: "U3".into(), roles, again: false },
            )
        });
        lab.release_disks();
        let admitted = asks.map(|ask| match lab.reply(node, ask) {
            Some(Ok(Reply::Admitted { device, .. })) => device,
            other => panic!("{other:?}"),
        });
        assert_ne!(admitted[0], admitted[1], "node {node}");
    }
}

#[test]
fn whom_an_issuer_admitted_follows_into_the_next_epoch_and_reads_its_groups() {
    let mut lab = lab(46);
    alone(&mut lab, 1, true);
    let (device, join) = admit(&mut lab, 1, 90, "receipt").expect("in its term");
    // A node of that device, which has heard what the authority wrote.
    let newcomer = |lab: &Lab| {
        let network = JoinFile::open(&join, &key(90)).expect("its chain holds").network;
        let mut told = settings(1);
        (told.device, told.device_seed, told.unit) = (device, [90; 32], UnitId(3));
        (told.network.epoch, told.network.epoch_secret) = (network.epoch, network.epoch_secret);
        told.network.grant = network.grant;
        let mut node = Node::new(told, lab.now().wall);
        let is_record = |key: &[u8]| matches!(key.first(), Some(b'r' | b's'));
        for (key, value) in lab.disks[0].iter().filter(|(key, _)| is_record(key)) {
            node.restore(key, value);
        }
        node.opened(lab.now());
        node
    };
    assert!(!newcomer(&lab).turns.epochs.has_path());
    let group =
        Request::AddToGroup { group: "指挥组".into(), units: vec!["U3".into()], depots: vec![] };
    lab.ask(0, group).expect("the authority");
    alone(&mut lab, 1, false);
    lab.run_until_agreed(1200).expect("they meet again");
    assert!(newcomer(&lab).turns.epochs.has_path(), "the authority gave it keys");
    lab.ask(0, Request::RevokeDevice { device: ISSUER, reason: "被盗".into() }).expect("revoked");
    lab.run_ms(1000);
    let (node, hub) = (newcomer(&lab), lab.nodes[0].as_ref().expect("it runs"));
    assert_eq!((node.turn().epoch, node.turns.epochs.behind()), (2, None));
    assert_eq!(node.frame_keys()[0].to_bytes(), hub.frame_keys()[0].to_bytes());
    assert!(node.folds.ring.key(GroupId(1), 1).is_some());
    // It is written once: neither a restart nor another line of the directory repeats it.
    let lane = LaneId::first(DeviceId(1), Lane::Directory);
    let head = |lab: &Lab| {
        let node = lab.nodes[0].as_ref().expect("it runs");
        node.book.lane(lane).map(crate::log::lane::Lane::head)
    };
    let before = head(&lab);
    lab.start(0);
    assert_eq!(head(&lab), before);
}

#[test]
fn an_issuer_grants_no_command_and_others_say_who_may() {
    let mut lab = lab(43);
    let refusal = admit(&mut lab, 1, 90, "order.issue").expect_err("beyond an issuer");
    assert!(refusal.en.contains("receipt") && refusal.en.contains("no more"), "{refusal}");
    let refusal = admit(&mut lab, 2, 90, "receipt").expect_err("no issuer");
    assert!(refusal.en.contains("field issuer: 单位2"), "{refusal}");
    let refusal = lab.ask(1, Request::RenewDevice { device: ISSUER }).expect_err("not itself");
    assert!(refusal.en.contains("authority's key"), "{refusal}");
}

#[test]
fn what_a_revoked_issuer_admitted_later_is_undone_everywhere() {
    let mut lab = lab(44);
    let (before, _) = admit(&mut lab, 1, 90, "receipt").expect("in its term");
    lab.run_until_agreed(1200).expect("they hear of it");
    alone(&mut lab, 1, true);
    let (after, _) = admit(&mut lab, 1, 91, "receipt").expect("it does not know yet");
    lab.ask(0, Request::RevokeDevice { device: ISSUER, reason: "被盗".into() }).expect("revoked");
    alone(&mut lab, 1, false);
    // Whoever is shut out by the change of keys never agrees with the others again.
    lab.run_ms(130_000);
    lab.run_until_agreed_among(&[0, 2], 1200).expect("the others do");
    for node in [0, 2] {
        assert!(knows(&lab, node, before) && !knows(&lab, node, after), "node {node}");
    }
}
