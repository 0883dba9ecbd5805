//! The newest fix of every unit, whatever came first.

use proptest::prelude::*;

use super::*;
use crate::base::dice::Dice;
use crate::base::geo::Point;
use crate::field::directory::sample::{BAISHA, BOATS, directory};
use crate::field::track::FixSource;
use crate::local::request::UnitState;

const NOW_S: u32 = 1_597_881_600;
const NOW_MS: u64 = NOW_S as u64 * 1000;

fn fix(unit: UnitId, taken_s: u32, lat_e7: i32) -> Fix {
    Fix {
        taken_s,
        unit,
        point: Point { lat_e7, lon_e7: 1_061_250_000 },
        state: UnitState::EnRoute,
        source: FixSource::Gps,
        speed_dm_s: Some(40),
        course_deg: None,
        satellites: Some(9),
        battery_pct: None,
    }
}

#[test]
fn the_newest_fix_of_a_unit_is_shown() {
    let mut tracks = Tracks::new();
    assert!(tracks.apply(DeviceId(4), fix(BOATS, NOW_S - 60, 1)));
    assert!(!tracks.apply(DeviceId(4), fix(BOATS, NOW_S - 90, 2)));
    assert!(!tracks.apply(DeviceId(4), fix(BOATS, NOW_S - 60, 1)));
    assert!(tracks.apply(DeviceId(5), fix(BOATS, NOW_S - 30, 3)));
    assert!(tracks.apply(DeviceId(3), fix(BAISHA, NOW_S - 500, 4)));
    let rows = tracks.rows(&directory(), NOW_MS);
    let shown: Vec<_> = rows.iter().map(|row| (row.unit, row.device, row.fixed_ms)).collect();
    assert_eq!(
        shown,
        [(BAISHA, DeviceId(3), NOW_MS - 500_000), (BOATS, DeviceId(5), NOW_MS - 30_000)]
    );
    assert_eq!((rows[1].name.as_str(), rows[1].source.as_str()), ("水上救援队2", "gps"));
    assert_eq!(tracks.iter().count(), 3);
}

#[test]
fn a_fix_from_the_future_hides_no_other_and_is_never_newer_than_now() {
    let mut tracks = Tracks::new();
    let ahead = fix(BOATS, NOW_S + 4 * 3600, 9);
    tracks.apply(DeviceId(5), ahead);
    assert!(is_ahead(&ahead, NOW_MS));
    let alone = tracks.row(BOATS, &directory(), NOW_MS).expect("better than nothing");
    assert_eq!((alone.fixed_ms, alone.point.lat_e7), (NOW_MS, 9));
    tracks.apply(DeviceId(4), fix(BOATS, NOW_S - 60, 1));
    let sane = tracks.row(BOATS, &directory(), NOW_MS).expect("two devices");
    assert_eq!((sane.device, sane.fixed_ms), (DeviceId(4), NOW_MS - 60_000));
    // Clocks that differ a little are no reason to hide a fix.
    tracks.apply(DeviceId(4), fix(BOATS, NOW_S + 599, 2));
    let near = tracks.row(BOATS, &directory(), NOW_MS).expect("two devices");
    assert_eq!((near.device, near.fixed_ms, near.point.lat_e7), (DeviceId(4), NOW_MS, 2));
}

#[test]
fn the_table_has_a_limit_and_known_units_still_move() {
    let mut tracks = Tracks::new();
    for n in 0..BOARD_MAX {
        assert!(tracks.apply(DeviceId(n as u16 / 64), fix(UnitId(n as u16 % 64), NOW_S, 0)));
    }
    assert!(!tracks.apply(DeviceId(5000), fix(BOATS, NOW_S, 0)));
    assert_eq!(tracks.dropped_count(), 1);
    assert!(tracks.apply(DeviceId(0), fix(UnitId(0), NOW_S + 1, 0)));
}

proptest! {
    #[test]
    fn any_order_of_arrival_and_any_repetition_show_the_same(
        said in proptest::collection::vec((1..4u16, 1..4u16, 0..4u32, 0..3i32), 1..40),
        seed: u64,
    ) {
        let said: Vec<_> = said
            .into_iter()
            .map(|(device, unit, ago_s, lat)| {
                (DeviceId(device), fix(UnitId(unit), NOW_S - ago_s, lat))
            })
            .collect();
        let (mut straight, mut mixed) = (Tracks::new(), Tracks::new());
        let mut dice = Dice::new(seed);
        for _ in 0..said.len() {
            let (device, fix) = said[dice.below(said.len() as u64) as usize];
            mixed.apply(device, fix);
        }
        said.iter().for_each(|(device, fix)| { straight.apply(*device, *fix); });
        said.iter().rev().for_each(|(device, fix)| { mixed.apply(*device, *fix); });
        prop_assert_eq!(&straight, &mixed);
        prop_assert_eq!(straight.rows(&directory(), NOW_MS), mixed.rows(&directory(), NOW_MS));
    }
}
