//! Keeps a fast receiver from flooding the machine. Which fix is worth the air is decided there
//! (`field::track::worth_sending`), by distance and time.

use std::time::{Duration, Instant};

use sanduan_protocol::node::input::SourceFix;

/// Shortest time between two fixes handed on. Receivers speak once a second; some ten times.
const SHORTEST: Duration = Duration::from_millis(500);

/// Remembers when a fix was last handed on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    last: Option<Instant>,
}

impl Filter {
    /// True if this fix, heard at `now`, should go on.
    pub fn takes(&mut self, fix: &SourceFix, now: Instant) -> bool {
        let soon = self.last.is_some_and(|last| now.duration_since(last) < SHORTEST);
        if soon || !fix.point.is_valid() {
            return false;
        }
        self.last = Some(now);
        true
    }
}

#[cfg(test)]
mod tests {
    use sanduan_protocol::base::geo::Point;
    use sanduan_protocol::base::time::Wall;

    use super::*;

    #[test]
    fn a_fast_receiver_is_thinned_and_points_off_the_globe_are_dropped() {
        let mut filter = Filter::default();
        let start = Instant::now();
        let fix = SourceFix {
            unit: None,
            point: Point { lat_e7: 290_000_000, lon_e7: 1_060_000_000 },
            taken: Wall(0),
            speed_dm_s: None,
            course_deg: None,
            satellites: None,
            state: None,
        };
        let at = |tenth: u32| start + Duration::from_millis(100) * tenth;
        let taken = (0..50).filter(|tenth| filter.takes(&fix, at(*tenth))).count();
        assert_eq!(taken, 10, "five seconds at 10 Hz");
        let off = SourceFix { point: Point { lat_e7: 910_000_000, lon_e7: 0 }, ..fix };
        assert!(!filter.takes(&off, at(1000)));
    }
}
