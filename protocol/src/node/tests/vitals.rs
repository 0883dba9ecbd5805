//! How devices are reaches everyone's rows, and a quiet radio stays quiet.

use super::lab::{Lab, START_MS};
use super::made_up::{radio, udp};
use crate::base::geo::Point;
use crate::base::ids::DeviceId;
use crate::base::time::Wall;
use crate::local::request::PositionDraft;
use crate::local::rows::{PeerRow, PositionRow};
use crate::local::{Reply, Request};
use crate::node::Input;
use crate::node::disk::Stored;
use crate::node::input::SourceFix;
use crate::wire::bundle::{Register, RegisterId};

fn power(lab: &mut Lab, node: usize, battery_pct: Option<u8>) {
    lab.input(node, Input::Power { battery_pct, is_charged: false });
}

fn peers(lab: &mut Lab, node: usize) -> Vec<PeerRow> {
    match lab.ask(node, Request::Peers) {
        Ok(Reply::Peers { peers }) => peers,
        other => panic!("{other:?}"),
    }
}

fn positions(lab: &mut Lab, node: usize) -> Vec<PositionRow> {
    match lab.ask(node, Request::Positions) {
        Ok(Reply::Positions { positions }) => positions,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_battery_shows_on_the_rows_of_everyone_and_its_loss_of_charge_follows() {
    let mut lab = Lab::new(3, 5);
    lab.join(&[0, 1], &udp("a-b"));
    lab.join(&[1, 2], &udp("b-c"));
    lab.run_ms(5_000);
    let point = Point { lat_e7: 290_000_000, lon_e7: 1_062_000_000 };
    let draft = PositionDraft { unit: None, point, state: None };
    lab.ask(2, Request::ReportPosition(draft)).expect("a position");
    power(&mut lab, 2, Some(64));
    lab.run_ms(120_000);
    assert_eq!(positions(&mut lab, 0)[0].battery_pct, Some(64), "two links away");
    let row = peers(&mut lab, 1).into_iter().find(|row| row.device.0 == 3).expect("heard");
    assert_eq!((row.battery_pct, row.links_up), (Some(64), vec!["udp".to_owned()]));
    power(&mut lab, 2, Some(63));
    lab.run_ms(120_000);
    assert_eq!(positions(&mut lab, 0)[0].battery_pct, Some(64), "one percent can wait");
    power(&mut lab, 2, Some(58));
    lab.run_ms(120_000);
    assert_eq!(positions(&mut lab, 0)[0].battery_pct, Some(58), "six cannot");
}

#[test]
fn a_device_is_heard_although_its_clock_went_back() {
    let mut lab = Lab::new(2, 5);
    let tomorrow = u32::try_from(START_MS / 1000).expect("before 2106") + 86_400;
    let id = RegisterId::Status(DeviceId(2));
    let said = Register { id, version: tomorrow, value: vec![90, 1] };
    for node in 0..2 {
        let (key, value) = Stored::Register(said.clone()).into_put();
        lab.disks[node].insert(key, value);
        lab.start(node);
    }
    lab.join(&[0, 1], &udp("a-b"));
    lab.run_ms(10_000);
    assert_eq!(peers(&mut lab, 0)[0].battery_pct, Some(90));
    power(&mut lab, 1, Some(20));
    lab.run_ms(120_000);
    assert_eq!(peers(&mut lab, 0)[0].battery_pct, Some(20));
}

#[test]
fn a_radio_is_not_keyed_up_for_a_battery() {
    let frames = |battery: bool| {
        let mut lab = Lab::new(3, 11);
        lab.join(&[0, 1, 2], &radio(1200));
        lab.run_ms(600_000);
        let before: u64 = lab.sent_frames.iter().sum();
        for minute in 0..60u8 {
            if battery {
                (0..3).for_each(|node| power(&mut lab, node, Some(100 - minute)));
            }
            lab.run_ms(60_000);
        }
        let known: Vec<_> = peers(&mut lab, 0).iter().map(|row| row.battery_pct).collect();
        (lab.sent_frames.iter().sum::<u64>() - before, known)
    };
    let (without, unknown) = frames(false);
    let (with, known) = frames(true);
    assert_eq!(unknown, [None, None]);
    assert!(known.iter().all(Option::is_some), "they rode along: {known:?}");
    // What rides along changes when each speaks, and so how many beacons an hour has.
    assert!(with <= without + without / 10, "frames in an hour: {with}, {without} without");
}

/// A boat goes on for twenty minutes and its receiver speaks every ten seconds: fixes that leave.
fn fixes_of_a_boat(lab: &mut Lab, from_deg_e7: i32) -> usize {
    let mut versions = std::collections::BTreeSet::new();
    for step in 0..120 {
        let point = Point { lat_e7: from_deg_e7 + step * 5_000, lon_e7: 1_062_000_000 };
        let fix = SourceFix {
            unit: None,
            point,
            taken: Wall(START_MS + lab.now_ms),
            speed_dm_s: None,
            course_deg: None,
            satellites: None,
            state: None,
        };
        lab.input(1, Input::Fix(fix));
        lab.run_ms(10_000);
        versions.extend(positions(lab, 0).first().map(|row| row.fixed_ms));
    }
    versions.len()
}

#[test]
fn a_low_battery_makes_fixes_seldom_until_something_charges_it() {
    let mut lab = Lab::new(2, 9);
    lab.join(&[0, 1], &udp("a-b"));
    lab.run_ms(5_000);
    let sparing = |lab: &mut Lab| lab.status(1).sparing_battery;
    power(&mut lab, 1, Some(31));
    assert!(!sparing(&mut lab));
    let often = fixes_of_a_boat(&mut lab, 290_000_000);
    power(&mut lab, 1, Some(29));
    assert!(sparing(&mut lab));
    let seldom = fixes_of_a_boat(&mut lab, 291_000_000);
    assert!(often > 100 && (2..=4).contains(&seldom), "{often}, {seldom}");
    power(&mut lab, 1, Some(34));
    assert!(sparing(&mut lab), "not with every percent");
    lab.input(1, Input::Power { battery_pct: Some(20), is_charged: true });
    assert!(!sparing(&mut lab));
    power(&mut lab, 1, Some(20));
    power(&mut lab, 1, Some(35));
    assert!(!sparing(&mut lab));
    power(&mut lab, 1, None);
    assert!(!sparing(&mut lab), "without a battery nothing is spared");
}
