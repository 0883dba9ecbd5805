//! Which fixes of a receiver are worth a position. Receivers speak every second; the board wants
//! to know when a unit has moved, and now and then that it has not.

use sanduan_protocol::base::geo::Point;
use sanduan_protocol::base::time::Wall;
use sanduan_protocol::node::input::SourceFix;

/// Shortest time between two fixes: a vehicle at 100 km/h moves 140 m in it.
const SHORTEST_MS: u64 = 5_000;
/// A unit that stands still is confirmed so often.
const LONGEST_MS: u64 = 60_000;
/// Movement below this is the receiver's noise under trees and between houses.
const MOVED_M: u32 = 15;

/// Remembers the last fix that was taken.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    last: Option<(Point, Wall)>,
}

impl Filter {
    /// True if this fix should go on.
    pub fn takes(&mut self, fix: &SourceFix) -> bool {
        if !fix.point.is_valid() {
            return false;
        }
        if let Some((point, taken)) = self.last {
            let since_ms = fix.taken.0.saturating_sub(taken.0);
            let moved = point.distance_m(fix.point) >= MOVED_M;
            // A receiver's clock that was set back must not silence it.
            let stepped_back = fix.taken < taken;
            let due = since_ms >= LONGEST_MS || (moved && since_ms >= SHORTEST_MS);
            if !due && !stepped_back {
                return false;
            }
        }
        self.last = Some((fix.point, fix.taken));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn movement_passes_soon_and_rest_passes_rarely() {
        let mut filter = Filter::default();
        let mut taken = Vec::new();
        for second in 0..180u64 {
            // Moves 10 m a second for a minute, then stands.
            let metres = second.min(60) as i32 * 10;
            if filter.takes(&fix(second * 1000, metres)) {
                taken.push(second);
            }
        }
        let moving: Vec<u64> = (0..=60).step_by(5).collect();
        assert_eq!(taken[..13], moving);
        assert_eq!(taken[13..], [120]);
    }

    #[test]
    fn a_clock_that_steps_back_does_not_silence_the_receiver() {
        let mut filter = Filter::default();
        assert!(filter.takes(&fix(1_000_000, 0)));
        assert!(filter.takes(&fix(1_000, 0)));
        assert!(!filter.takes(&fix(2_000, 0)));
    }

    fn fix(ms: u64, metres_north: i32) -> SourceFix {
        // 1 m of latitude is 90 × 10⁻⁷ degrees.
        let point = Point { lat_e7: 290_000_000 + metres_north * 90, lon_e7: 1_060_000_000 };
        SourceFix {
            unit: None,
            point,
            taken: Wall(ms),
            speed_dm_s: None,
            course_deg: None,
            satellites: None,
            state: None,
        }
    }
}
