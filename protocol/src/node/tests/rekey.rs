//! Epochs and days among whole nodes: who follows a rekey, who is shut out, what is still taken
//! from those who have not heard of it, and that nothing is sealed with a key that is not saved.

use super::converge::{movement, order, saved_id};
use super::lab::Lab;
use super::made_up::{card, radio, settings, udp};
use crate::base::ids::{DeviceId, LinkId, SpokenId};
use crate::keys::epochs::FORMER_MS;
use crate::keys::frame_key::Turn;
use crate::link::profile::Profile;
use crate::local::request::MovementKind;
use crate::local::{Reply, Request};
use crate::node::Input;

const DAY_MS: u64 = 24 * 3_600_000;

fn revoke(device: u16) -> Request {
    Request::RevokeDevice { device: DeviceId(device), reason: "遗失".into() }
}

fn turn(lab: &Lab, node: usize) -> (u32, u16) {
    let Turn { epoch, day } = lab.nodes[node].as_ref().expect("it runs").turn();
    (epoch, day)
}

fn behind(lab: &mut Lab, node: usize) -> Option<String> {
    lab.status(node).keys.behind
}

/// The same where all is quiet, for stories of many days.
fn seldom(profile: Profile) -> Profile {
    Profile { beacon_max_ms: 3_600_000, ..profile }
}

/// A hub with nodes around it.
fn star(count: usize, seed: u64, profile: &Profile) -> Lab {
    let mut lab = Lab::new(count, seed);
    for node in 1..count {
        lab.join(&[0, node], profile);
    }
    assert!(lab.run_until_agreed(600).is_some());
    lab
}

fn has_order(lab: &mut Lab, node: usize, id: SpokenId) -> bool {
    matches!(lab.ask(node, Request::Order { id }), Ok(Reply::Order(_)))
}

#[test]
fn a_revoked_device_understands_nothing_any_more_and_all_others_do() {
    let mut lab = star(4, 3, &udp("cable"));
    assert!(lab.ask(0, revoke(3)).is_ok());
    lab.run_ms(5_000);
    let secret = saved_id(lab.ask(0, order("all", "转移群众至白沙中学")));
    assert!(lab.run_until_agreed_among(&[0, 1, 3], 120).is_some());
    for node in [0, 1, 3] {
        assert_eq!(turn(&lab, node), (2, 0));
        assert!(has_order(&mut lab, node, secret), "node {node}");
    }
    lab.run_ms(300_000);
    assert!(!has_order(&mut lab, 2, secret));
    assert_eq!(turn(&lab, 2), (1, 0));
    assert_eq!(behind(&mut lab, 2).as_deref(), Some("shut_out"), "it is told so itself");
    let forged = saved_id(lab.ask(2, order("all", "全部撤回")));
    lab.run_ms(300_000);
    assert!([0, 1, 3].into_iter().all(|node| !has_order(&mut lab, node, forged)));
}

#[test]
fn one_who_was_cut_off_for_several_epochs_needs_only_the_newest_word() {
    let long_ms = FORMER_MS + DAY_MS;
    for (profile, away_ms) in [(udp("cable"), long_ms), (radio(1200), 1000), (card(78), 1000)] {
        let mut lab = star(5, 3, &seldom(profile.clone()));
        lab.cut(0, 4, true);
        for device in [2, 3, 4] {
            assert!(lab.ask(0, revoke(device)).is_ok());
            lab.run_ms(60_000);
        }
        let said = saved_id(lab.ask(0, order("all", "集合")));
        lab.run_ms(away_ms);
        assert_eq!((turn(&lab, 0).0, turn(&lab, 4).0), (4, 1));
        lab.cut(0, 4, false);
        assert!(lab.run_until_agreed_among(&[0, 4], 3 * 3600).is_some(), "{}", profile.name);
        assert_eq!(turn(&lab, 4), turn(&lab, 0));
        assert!(has_order(&mut lab, 4, said));
    }
}

#[test]
fn a_rekey_reaches_everybody_over_others_on_a_shared_channel_that_loses_frames() {
    let mut lab = Lab::new(6, 9);
    lab.join(&[0, 1, 2, 3], &radio(1200));
    lab.join(&[3, 4], &udp("cable"));
    lab.join(&[4, 5], &radio(2400));
    assert!(lab.run_until_agreed(1800).is_some());
    lab.loss_ppm = 200_000;
    assert!(lab.ask(0, revoke(2)).is_ok());
    assert!(lab.run_until_agreed_among(&[0, 2, 3, 4, 5], 3600).is_some());
    assert!([0, 2, 3, 4, 5].into_iter().all(|node| turn(&lab, node) == (2, 0)));
}

#[test]
fn nothing_is_sealed_with_a_key_before_it_is_saved_that_it_is_in_use() {
    let mut lab = star(3, 3, &udp("cable"));
    assert!(lab.ask(0, revoke(3)).is_ok());
    lab.run_ms(10_000);
    assert_eq!(turn(&lab, 1), (2, 0));
    // A machine that loses power between the two begins where the disk says, and follows again.
    lab.cut(0, 1, true);
    lab.start(1);
    assert_eq!(turn(&lab, 1), (2, 0), "it was saved");
    lab.disks_work = false;
    lab.ask_later(0, revoke(2));
    lab.run_ms(1_000);
    assert_eq!(turn(&lab, 0), (2, 0), "the word itself is not saved yet");
    lab.release_disks();
    lab.run_ms(1_000);
    assert_eq!(turn(&lab, 0), (3, 0));
    lab.start(0);
    assert_eq!(turn(&lab, 0), (3, 0));
}

#[test]
fn stock_of_one_who_has_not_heard_is_taken_for_two_days_and_an_order_never() {
    let mut lab = Lab::new(3, 3);
    lab.join(&[0, 1], &udp("cable"));
    lab.join(&[0, 2], &udp("cable"));
    assert!(lab.run_until_agreed(60).is_some());
    lab.cut(0, 1, true);
    lab.run_ms(1_000);
    lab.tape_of = Some(1);
    let order = saved_id(lab.ask(1, order("U1", "到达")));
    saved_id(lab.ask(1, movement(MovementKind::Receive, "D01", 5)));
    lab.run_ms(120_000);
    assert!(lab.ask(0, revoke(3)).is_ok());
    let before = lab.status(0).records;
    for frame in std::mem::take(&mut lab.taped) {
        lab.input(0, Input::Heard { link: LinkId(1), frame });
    }
    lab.run_ms(1_000);
    assert!(!has_order(&mut lab, 0, order), "an order in a frame of the former epoch");
    assert!(lab.status(0).records > before, "its stock is taken in");
    lab.cut(0, 1, false);
    assert!(lab.run_until_agreed_among(&[0, 1], 120).is_some());
    assert!(has_order(&mut lab, 0, order), "said again in the new one");
}

#[test]
fn a_stick_tells_one_without_links_of_the_rekey_and_opens_then() {
    let mut lab = star(3, 3, &seldom(udp("cable")));
    lab.cut(0, 1, true);
    assert!(lab.ask(0, revoke(3)).is_ok());
    let said = saved_id(lab.ask(0, order("U2", "集合")));
    lab.run_ms(5 * DAY_MS);
    let Ok(Reply::CarryFile { bytes, .. }) =
        lab.ask(0, Request::CarryExport { for_device: Some("U2".into()) })
    else {
        panic!("no file")
    };
    lab.run_ms(9 * DAY_MS);
    let taken = lab.ask(1, Request::CarryImport { bytes: bytes.clone() });
    assert!(taken.is_ok(), "{taken:?}");
    assert_eq!(turn(&lab, 1).0, 2);
    assert!(has_order(&mut lab, 1, said));
    let lost = lab.ask(2, Request::CarryImport { bytes });
    assert!(lost.is_err() && !has_order(&mut lab, 2, said), "{lost:?}");
}

/// Node 1 joined by a join file of old, without keys to follow a rekey.
fn with_one_of_old() -> Lab {
    let mut lab = Lab::new(3, 3);
    lab.joined_of_old.push(1);
    lab.disks[1].clear();
    lab.start(1);
    lab.join(&[0, 1], &seldom(udp("cable")));
    lab.join(&[0, 2], &seldom(udp("cable")));
    assert!(lab.run_until_agreed(60).is_some());
    lab
}

#[test]
fn a_device_of_an_old_join_file_takes_part_until_the_first_rekey_and_is_told() {
    let mut lab = with_one_of_old();
    assert!(!lab.status(1).keys.can_follow && lab.status(2).keys.can_follow);
    lab.run_ms(3 * DAY_MS);
    let said = saved_id(lab.ask(0, order("all", "集合")));
    assert!(lab.run_until_agreed(60).is_some(), "it follows the days that it hears");
    assert!(has_order(&mut lab, 1, said));
    assert!(lab.ask(0, revoke(3)).is_ok());
    lab.run_ms(120_000);
    assert_eq!(turn(&lab, 1).0, 1);
    assert_eq!(behind(&mut lab, 1).as_deref(), Some("no_keys"));
}

#[test]
fn a_device_of_an_old_join_file_follows_once_the_authority_has_given_it_keys() {
    let mut lab = with_one_of_old();
    assert!(!lab.status(1).keys.can_follow);
    lab.ask(0, Request::RenewDevice { device: DeviceId(2) }).expect("the authority");
    assert!(lab.run_until_agreed(60).is_some());
    assert!(lab.status(1).keys.can_follow);
    // What it was given is on its disk.
    lab.start(1);
    assert!(lab.status(1).keys.can_follow);
    assert!(lab.ask(0, revoke(3)).is_ok());
    lab.run_ms(120_000);
    assert_eq!((turn(&lab, 1).0, behind(&mut lab, 1)), (2, None));
    let said = saved_id(lab.ask(0, order("U2", "集合")));
    assert!(lab.run_until_agreed_among(&[0, 1], 60).is_some());
    assert!(has_order(&mut lab, 1, said));
}

#[test]
fn days_turn_and_one_from_the_store_is_back_in_a_minute() {
    let mut lab = star(3, 3, &seldom(udp("cable")));
    lab.stop(2);
    lab.run_ms(40 * DAY_MS);
    assert_eq!((turn(&lab, 0), turn(&lab, 1)), ((1, 40), (1, 40)));
    // Its clock stood still as well: it goes by what it hears.
    lab.skew_ms[2] = -(40 * DAY_MS as i64);
    lab.start(2);
    assert_eq!(turn(&lab, 2), (1, 0));
    let said = saved_id(lab.ask(0, order("all", "集合")));
    assert!(lab.run_until_agreed(120).is_some());
    assert_eq!(turn(&lab, 2), (1, 40));
    assert!(has_order(&mut lab, 2, said));
}

#[test]
fn a_clock_that_runs_ahead_takes_the_day_along_and_nobody_is_lost() {
    let mut lab = Lab::new(3, 3);
    lab.skew_ms[1] = 90 * DAY_MS as i64;
    lab.start(1);
    lab.join(&[0, 1], &udp("cable"));
    lab.join(&[0, 2], &udp("cable"));
    lab.run_ms(120_000);
    let said = saved_id(lab.ask(2, order("all", "集合")));
    assert!(lab.run_until_agreed(300).is_some());
    assert!((0..3).all(|node| turn(&lab, node) == (1, 90)));
    assert!((0..3).all(|node| has_order(&mut lab, node, said)));
}

#[test]
fn a_device_that_joins_after_rekeys_has_what_the_others_have() {
    use crate::keys::enrol::{EnrolRequest, JoinFile};
    use crate::keys::sign::DeviceKey;
    use crate::keys::suite::UNDER_TEST;
    let mut lab = star(3, 3, &seldom(udp("cable")));
    assert!(lab.ask(0, revoke(3)).is_ok());
    lab.run_ms(2 * DAY_MS);
    let key = DeviceKey::of(UNDER_TEST, [77; 32]);
    let request = EnrolRequest::of(&key).to_text();
    let (unit, roles) = ("U2".to_owned(), vec!["receipt".to_owned()]);
    let Ok(Reply::Admitted { device, join, .. }) =
        lab.ask(0, Request::AdmitDevice { request, unit, roles, again: false })
    else {
        panic!("not admitted")
    };
    let join = JoinFile::open(&join, &key).expect("for this device").network;
    let mut told = settings(1);
    told.device = device;
    let network = &mut told.network;
    (network.epoch, network.epoch_secret, network.grant) =
        (join.epoch, join.epoch_secret, join.grant);
    let fresh = crate::node::Node::new(told, lab.now().wall);
    let hub = lab.nodes[0].as_ref().expect("it runs");
    assert_eq!(fresh.turn(), hub.turn());
    assert_eq!(fresh.frame_keys()[0].to_bytes(), hub.frame_keys()[0].to_bytes());
    assert_eq!(fresh.turns.epochs.digest_key(), hub.turns.epochs.digest_key());
    assert!(fresh.turns.epochs.has_path());
}
