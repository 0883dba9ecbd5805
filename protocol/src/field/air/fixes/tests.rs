//! Fixes over the air and back, and their sizes.

use proptest::prelude::*;

use super::*;

const SENDER: DeviceId = DeviceId(5);
const BAISHA: Point = Point { lat_e7: 290_612_000, lon_e7: 1_061_187_000 };

#[test]
fn a_lone_fix_of_the_sender_s_own_unit_takes_six_bytes_beside_its_time() {
    let fixes = pack(&[(SENDER, at(UnitId(12), 0))], SENDER, &ground()).expect("one");
    assert_eq!(fixes.bits.len(), 6, "{}", fixes.bits.len());
    assert_eq!(open(&fixes, SENDER, &ground()).map(|taken| taken.len()), Ok(1));
}

#[test]
fn many_teams_share_one_time_and_one_grid() {
    let fixes: Vec<_> = (0..10).map(|n| (DeviceId(20 + n), at(UnitId(40 + n), n.into()))).collect();
    let packed = pack(&fixes, SENDER, &ground()).expect("ten");
    println!("ten relayed fixes: {} bytes, times and senders included", packed.bits.len() + 4);
    assert!(packed.bits.len() <= 70, "{}", packed.bits.len());
    assert_eq!(open(&packed, SENDER, &ground()), Ok(fixes.iter().map(register).collect()));
}

#[test]
fn another_grid_or_none_is_refused_and_a_point_outside_is_carried_whole() {
    let beijing = Point { lat_e7: 399_042_000, lon_e7: 1_164_074_000 };
    let far = (SENDER, Fix { point: beijing, ..at(UnitId(3), 0) });
    let packed = pack(&[(SENDER, at(UnitId(2), 1)), far], SENDER, &ground()).expect("two");
    assert_eq!(open(&packed, SENDER, &ground()).map(|taken| taken[1].clone()), Ok(register(&far)));
    assert_eq!(open(&packed, SENDER, &Ground::default()), Err(PackError::BadValue("grid")));
    assert_eq!(
        open(&packed, SENDER, &Ground { grid: Some(Grid::around(beijing)), ..ground() }),
        Err(PackError::BadValue("grid"))
    );
    let bare = pack(&[far], SENDER, &Ground::default()).expect("one");
    assert_eq!(open(&bare, SENDER, &ground()), Ok(vec![register(&far)]));
}

proptest! {
    #[test]
    fn any_fixes_go_both_ways(
        points in prop::collection::vec((any::<i32>(), any::<i32>(), 0u16..9, 0u32..90_000), 1..12),
        more: bool,
    ) {
        let fixes: Vec<_> = points.iter().enumerate().map(|(n, (lat_e7, lon_e7, device, age_s))| {
            let mut fix = at(UnitId(n as u16 * 7), *age_s);
            let point = Point { lat_e7: lat_e7 % 900_000_001, lon_e7: lon_e7 % 1_800_000_000 };
            fix.point = if n % 2 == 0 { point } else { grid().snap(point) };
            if more {
                fix.speed_dm_s = Some(n as u16 * 100);
                fix.course_deg = Some(n as u16 * 29 % 360);
                fix.satellites = Some(n as u8);
                fix.battery_pct = Some(100 - n as u8);
            }
            (DeviceId(*device), fix)
        }).collect();
        let packed = pack(&fixes, SENDER, &ground()).expect("some");
        let registers: Vec<_> = fixes.iter().map(register).collect();
        prop_assert!(registers.iter().all(|register| fix_of(register).is_some()));
        prop_assert_eq!(open(&packed, SENDER, &ground()), Ok(registers));
    }

    #[test]
    fn hostile_bits_are_refused_without_panic(bits: Vec<u8>, base_s: u32) {
        let _ = open(&Fixes { base_s, bits }, SENDER, &ground());
    }
}

#[test]
fn who_thinks_the_sender_belongs_to_another_unit_takes_nothing() {
    let fixes = pack(&[(SENDER, at(UnitId(12), 0))], SENDER, &ground()).expect("one");
    for unit in [None, Some(UnitId(11)), Some(UnitId(13)), Some(UnitId(12 + 64))] {
        let other = Ground { unit, ..ground() };
        assert_eq!(open(&fixes, SENDER, &other), Err(PackError::BadValue("grid")), "{unit:?}");
    }
}

fn ground() -> Ground {
    Ground { grid: Some(grid()), unit: Some(UnitId(12)) }
}

fn grid() -> Grid {
    Grid::around(BAISHA)
}

fn at(unit: UnitId, age_s: u32) -> Fix {
    let point = Point { lat_e7: BAISHA.lat_e7 + age_s as i32 * 9_000, ..BAISHA };
    Fix {
        taken_s: 1_787_076_600 - age_s,
        unit,
        point: grid().snap(point),
        state: UnitState::EnRoute,
        ..nothing()
    }
}

fn register((device, fix): &(DeviceId, Fix)) -> Register {
    Register { id: RegisterId::Fix(*device, fix.unit), version: fix.taken_s, value: fix.packed() }
}
