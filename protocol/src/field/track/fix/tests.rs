//! Fixes as bytes, and when they are worth the air time.

use proptest::prelude::*;

use super::*;

fn at(lat_e7: i32, lon_e7: i32) -> Fix {
    Fix {
        taken_s: 1_597_881_600,
        unit: UnitId(5),
        point: Point { lat_e7, lon_e7 },
        state: UnitState::EnRoute,
        source: FixSource::Gps,
        speed_dm_s: None,
        course_deg: None,
        satellites: None,
        battery_pct: None,
    }
}

const BAISHA: (i32, i32) = (290_600_000, 1_061_250_000);

#[test]
fn the_fullest_fix_is_22_bytes() {
    let fullest = Fix {
        unit: UnitId(u16::MAX),
        speed_dm_s: Some(u16::MAX),
        course_deg: Some(359),
        satellites: Some(30),
        battery_pct: Some(100),
        ..at(BAISHA.0, BAISHA.1)
    };
    assert_eq!(fullest.packed().len(), 22);
    assert_eq!(at(BAISHA.0, BAISHA.1).packed().len(), 14);
    let told = Fix::unpack_all(&fullest.packed()).map(|fix| fix.speed_dm_s);
    assert_eq!(told, Ok(Some(SPEED_MAX_DM_S)), "what does not fit is cut, not wrapped");
}

#[test]
fn what_no_receiver_says_is_refused() {
    let good = at(BAISHA.0, BAISHA.1);
    let with = |bits: u8, tail: &[u8]| {
        let mut bytes = good.packed();
        *bytes.last_mut().expect("bits come last") = bits;
        bytes.extend(tail);
        Fix::unpack_all(&bytes)
    };
    assert!(with(7, &[]).is_err(), "no eighth state");
    assert!(with(1 << 5, &[0xe8, 0x02]).is_err(), "course 360");
    assert!(with(1 << 7, &[101]).is_err(), "battery 101 %");
    assert!(with(1 << 7, &[100]).is_ok());
    let mut north = good.packed();
    north[1] = 0x7f;
    assert_eq!(Fix::unpack_all(&north), Err(PackError::BadValue("point")));
}

#[test]
fn the_threshold_of_25_m_is_where_the_sphere_says() {
    // Degrees × 10⁻⁷ per metre: 89.83 north; east the same over the cosine of the latitude.
    for (lat, east_per_m) in [(0, 89.83), (290_600_000, 102.77), (600_000_000, 179.66)] {
        let from = at(lat, BAISHA.1);
        for (metres, worth) in [(24.5, false), (25.5, true)] {
            let north = at(lat + (metres * 89.83) as i32, BAISHA.1);
            let east = at(lat, BAISHA.1 + (metres * east_per_m) as i32);
            for to in [north, east] {
                let worth_it = worth_sending(Some((&from, Mono(0))), (&to, Mono(60_000)), false);
                assert_eq!(worth_it, worth, "{metres} m at {lat}");
            }
        }
    }
    // Across the date line it is near, not around the world.
    let (west, east) = (at(0, -1_799_999_999), at(0, 1_799_999_999));
    assert!(!worth_sending(Some((&west, Mono(0))), (&east, Mono(60_000)), false));
}

#[test]
fn a_fix_is_sent_when_something_is_new() {
    let here = at(BAISHA.0, BAISHA.1);
    let moved = at(BAISHA.0 + 3_000, BAISHA.1);
    let arrived = Fix { state: UnitState::Arrived, ..here };
    for (new, after_ms, worth) in [
        (here, 60_000, false),
        (here, SEND_EVERY_MAX_MS - 1, false),
        (here, SEND_EVERY_MAX_MS, true),
        (moved, 9_999, false),
        (moved, 10_000, true),
        (arrived, 9_999, false),
        (arrived, 10_000, true),
    ] {
        let now = Mono(7).after_ms(after_ms);
        let last = Some((&here, Mono(7)));
        assert_eq!(worth_sending(last, (&new, now), false), worth, "{after_ms}");
    }
    assert!(worth_sending(None, (&here, Mono(0)), false), "the first is always sent");
}

#[test]
fn with_a_low_battery_a_fix_is_sent_every_ten_minutes_and_when_the_state_changes() {
    let here = at(BAISHA.0, BAISHA.1);
    let moved = at(BAISHA.0 + 3_000, BAISHA.1);
    let arrived = Fix { state: UnitState::Arrived, ..here };
    for (new, after_ms, worth) in [
        (moved, SEND_EVERY_MAX_MS, false),
        (moved, SEND_EVERY_SPARING_MS - 1, false),
        (moved, SEND_EVERY_SPARING_MS, true),
        (here, SEND_EVERY_SPARING_MS, true),
        (arrived, 10_000, true),
    ] {
        let now = Mono(7).after_ms(after_ms);
        let last = Some((&here, Mono(7)));
        assert_eq!(worth_sending(last, (&new, now), true), worth, "{after_ms}");
    }
    assert!(worth_sending(None, (&here, Mono(0)), true), "the first is always sent");
}

proptest! {
    #[test]
    fn fixes_go_both_ways(
        (taken_s, unit, state, manual) in (any::<u32>(), any::<u16>(), 0..7usize, any::<bool>()),
        lat_e7 in -900_000_000..=900_000_000_i32,
        lon_e7 in -1_800_000_000..=1_800_000_000_i32,
        speed_dm_s in proptest::option::of(any::<u16>()),
        course_deg in proptest::option::of(any::<u16>()),
        (satellites, battery_pct) in any::<(Option<u8>, Option<u8>)>(),
    ) {
        let fix = Fix {
            taken_s,
            unit: UnitId(unit),
            point: Point { lat_e7, lon_e7 },
            state: STATES[state],
            source: if manual { FixSource::Manual } else { FixSource::Gps },
            speed_dm_s,
            course_deg,
            satellites,
            battery_pct,
        };
        prop_assert_eq!(Fix::unpack_all(&fix.packed()), Ok(fix.fitted()));
    }

    #[test]
    fn any_two_points_can_be_compared(a: (i32, i32), b: (i32, i32)) {
        let _ = worth_sending(Some((&at(a.0, a.1), Mono(0))), (&at(b.0, b.1), Mono(60_000)), false);
    }
}
