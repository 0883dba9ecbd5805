//! What people entered stands against a later fix of this device that others remember.

use super::lab::{Lab, START_MS};
use super::made_up::udp;
use crate::base::geo::Point;
use crate::base::ids::{DeviceId, UnitId};
use crate::field::track::{Fix, FixSource};
use crate::local::request::{PositionDraft, UnitState};
use crate::local::{Reply, Request};
use crate::node::disk::Stored;
use crate::wire::bundle::{Register, RegisterId};
use crate::wire::pack::Pack;

const BEFORE: Point = Point { lat_e7: 290_000_000, lon_e7: 1_062_000_000 };
const NOW: Point = Point { lat_e7: 295_000_000, lon_e7: 1_062_000_000 };

/// What the second device said tomorrow, by a clock that ran ahead; only the first remembers it.
fn remembered() -> Register {
    let fix = Fix {
        taken_s: u32::try_from(START_MS / 1000).expect("before 2106") + 86_400,
        unit: UnitId(2),
        point: BEFORE,
        state: UnitState::default(),
        source: FixSource::Manual,
        speed_dm_s: None,
        course_deg: None,
        satellites: None,
        battery_pct: None,
    };
    let id = RegisterId::Fix(DeviceId(2), UnitId(2));
    Register { id, version: fix.taken_s, value: fix.packed() }
}

/// Where each node shows the second unit, in whole hundredths of a degree.
fn latitudes(lab: &mut Lab) -> Vec<i32> {
    let shown = |node: usize| match lab.ask(node, Request::Positions) {
        Ok(Reply::Positions { positions }) => {
            positions.first().map_or(0, |row| (row.point.lat_e7 + 50_000) / 100_000)
        }
        other => panic!("{other:?}"),
    };
    (0..2).map(shown).collect()
}

fn told_while_cut_off(enters: bool) -> Vec<i32> {
    let mut lab = Lab::new(2, 5);
    let (key, value) = Stored::Register(remembered()).into_put();
    lab.disks[0].insert(key, value);
    lab.start(0);
    if enters {
        let draft = PositionDraft { unit: None, point: NOW, state: None };
        lab.ask(1, Request::ReportPosition(draft)).expect("it is saved");
    }
    lab.join(&[0, 1], &udp("a-b"));
    lab.run_ms(120_000);
    latitudes(&mut lab)
}

#[test]
fn a_position_entered_after_disk_and_clock_went_back_outlives_what_others_remember() {
    assert_eq!(told_while_cut_off(true), [2_950, 2_950]);
    assert_eq!(told_while_cut_off(false), [2_900, 2_900], "nothing newer: what others remember");
}

#[test]
fn a_position_is_shown_and_said_once_it_is_on_the_disk() {
    let mut lab = Lab::new(2, 6);
    lab.join(&[0, 1], &udp("a-b"));
    assert!(lab.run_until_agreed(120).is_some());
    let report = |point| Request::ReportPosition(PositionDraft { unit: None, point, state: None });
    lab.disks_work = false;
    for point in [BEFORE, NOW] {
        lab.ask_later(1, report(point));
        lab.run_ms(5_000);
    }
    assert_eq!(latitudes(&mut lab), [0, 0], "after a crash nobody would know of it");
    lab.release_disks();
    lab.run_ms(30_000);
    assert_eq!(latitudes(&mut lab), [2_950, 2_950]);
}
