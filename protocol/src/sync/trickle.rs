//! When to say a beacon on a link: often while others differ, seldom while all agree, and not at
//! all when enough others have just said the same (RFC 6206, section 4.2).

use crate::base::dice::Dice;
use crate::base::time::Mono;

/// Equal beacons heard in an interval that make ours superfluous (RFC 6206: the constant k). One:
/// a beacon costs a key-up of nearly a second on a radio, and whoever differs says so itself.
const ENOUGH_HEARD: u32 = 1;

/// The timer of one link.
#[derive(Clone, Debug)]
pub struct Trickle {
    interval_min_ms: u64,
    interval_max_ms: u64,
    interval_ms: u64,
    fire_at: Mono,
    ends_at: Mono,
    fired: bool,
    heard: u32,
}

impl Trickle {
    /// A timer that starts with its shortest interval.
    pub fn new(interval_min_ms: u64, interval_max_ms: u64, now: Mono, dice: &mut Dice) -> Trickle {
        let interval_max_ms = interval_max_ms.max(interval_min_ms);
        let mut trickle = Trickle {
            interval_min_ms,
            interval_max_ms,
            interval_ms: interval_min_ms,
            fire_at: now,
            ends_at: now,
            fired: false,
            heard: 0,
        };
        trickle.begin(now, dice);
        trickle
    }

    /// From now on no more than one beacon in this time while all agree.
    pub fn slow_to(&mut self, interval_max_ms: u64) {
        self.interval_max_ms = interval_max_ms.max(self.interval_min_ms);
    }

    /// Something differs: go back to the shortest interval, unless already there.
    pub fn reset(&mut self, now: Mono, dice: &mut Dice) {
        if self.interval_ms > self.interval_min_ms {
            self.interval_ms = self.interval_min_ms;
            self.begin(now, dice);
        }
    }

    /// Another said what we would say.
    pub fn hear_equal(&mut self) {
        self.heard = self.heard.saturating_add(1);
    }

    /// True once when a beacon is due; begins the next, longer interval at the end of this one.
    pub fn due(&mut self, now: Mono, dice: &mut Dice) -> bool {
        if now >= self.ends_at {
            let missed = !self.fired && self.heard < ENOUGH_HEARD;
            self.interval_ms = (self.interval_ms * 2).min(self.interval_max_ms);
            self.begin(now, dice);
            return missed;
        }
        if !self.fired && now >= self.fire_at {
            self.fired = true;
            return self.heard < ENOUGH_HEARD;
        }
        false
    }

    /// When to ask again.
    pub fn next_at(&self) -> Mono {
        if self.fired { self.ends_at } else { self.fire_at }
    }

    fn begin(&mut self, now: Mono, dice: &mut Dice) {
        self.fire_at = now.after_ms(dice.between(self.interval_ms / 2, self.interval_ms));
        self.ends_at = now.after_ms(self.interval_ms);
        self.fired = false;
        self.heard = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beacons(hours: u64, mut each: impl FnMut(&mut Trickle, Mono)) -> u32 {
        let mut dice = Dice::new(3);
        let mut trickle = Trickle::new(4_000, 600_000, Mono(0), &mut dice);
        let (mut said, mut now) = (0, Mono(0));
        while now < Mono(hours * 3_600_000) {
            now = trickle.next_at().max(now.after_ms(1));
            each(&mut trickle, now);
            said += u32::from(trickle.due(now, &mut dice));
        }
        said
    }

    #[test]
    fn a_quiet_link_falls_silent_but_for_one_beacon_an_interval() {
        let said = beacons(10, |_, _| {});
        assert!((60..=70).contains(&said), "{said} beacons in ten hours of ten-minute intervals");
    }

    #[test]
    fn a_crowd_that_agrees_needs_no_beacon_of_ours() {
        let said = beacons(10, |trickle, _| {
            trickle.hear_equal();
            trickle.hear_equal();
        });
        assert_eq!(said, 0);
    }

    #[test]
    fn a_difference_brings_the_beacon_forward() {
        let mut dice = Dice::new(3);
        let mut trickle = Trickle::new(4_000, 600_000, Mono(0), &mut dice);
        let mut now = Mono(0);
        while now < Mono(7_200_000) {
            now = trickle.next_at().max(now.after_ms(1));
            trickle.due(now, &mut dice);
        }
        trickle.reset(now, &mut dice);
        assert!(trickle.next_at() <= now.after_ms(4_000));
    }
}
