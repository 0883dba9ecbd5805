//! The made-up way on which people report positions: each report is made one step further, so that
//! it can be told from all others.

use sanduan_protocol::base::geo::Point;

/// Steps of the made-up way, so that every report can be told from the others: 0.01 degree.
const STEP_E7: i32 = 100_000;
/// Steps to the north before the way begins anew one step further east.
const STEPS_NORTH: i32 = 1_000;
/// Where the way begins.
const START: Point = Point { lat_e7: 200_000_000, lon_e7: 1_061_250_000 };

/// Where the report of this number is made.
pub fn spot(number: i32) -> Point {
    Point {
        lat_e7: START.lat_e7 + number % STEPS_NORTH * STEP_E7,
        lon_e7: START.lon_e7 + number / STEPS_NORTH * STEP_E7,
    }
}

/// The number of the report that was made here; half a step is for rounding.
pub fn number_at(point: Point) -> i32 {
    let steps = |now: i32, start: i32| (now - start + STEP_E7 / 2) / STEP_E7;
    steps(point.lat_e7, START.lat_e7) + STEPS_NORTH * steps(point.lon_e7, START.lon_e7)
}
