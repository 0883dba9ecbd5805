//! When to say a beacon on a link: often while others differ, seldom while all agree, and not when
//! another has just said the same (RFC 6206, section 4.2, with two changes).
//!
//! ```text
//! A  ├──────────── interval ────────╢ beacon ├──────────── …
//! B  ├──────────── interval ──────────╢ heard: begins anew with everyone who hears A
//! ```
//!
//! Everyone who hears a beacon begins its interval with it and draws anew, so that nobody is first
//! for ever, and few beacons meet in the air at the end of an interval. And after some intervals in
//! which others spoke for us we speak all the same: somebody may hear us and none of those.

use crate::base::dice::Dice;
use crate::base::time::Mono;

/// Those who may speak at the end of an interval spread over this share of it, one in so many.
const SPREAD_SHARE: u64 = 6;
/// At least so long, ms, if half of the interval is not shorter: sixteen answers of a slow radio.
const SPREAD_MIN_MS: u64 = 15_000;

/// The timer of one link.
#[derive(Clone, Debug)]
pub struct Trickle {
    interval_min_ms: u64,
    interval_max_ms: u64,
    interval_ms: u64,
    fire_at: Mono,
    /// Intervals in a row in which others spoke for us.
    silenced: u32,
}

impl Trickle {
    /// A timer that starts with its shortest interval.
    pub fn new(interval_min_ms: u64, interval_max_ms: u64, now: Mono, dice: &mut Dice) -> Trickle {
        let interval_max_ms = interval_max_ms.max(interval_min_ms);
        let interval_ms = interval_min_ms;
        let mut trickle =
            Trickle { interval_min_ms, interval_max_ms, interval_ms, fire_at: now, silenced: 0 };
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

    /// Another said what we would say: the next interval begins, unless others have spoken for us
    /// in the last `silenced_max` already.
    pub fn hear_equal(&mut self, silenced_max: u32, now: Mono, dice: &mut Dice) {
        if self.silenced < silenced_max {
            self.silenced += 1;
            self.begin_longer(now, dice);
        }
    }

    /// Another said what we would say, and we were not heard yet: our interval begins anew, once.
    pub fn hear_first(&mut self, now: Mono, dice: &mut Dice) {
        if self.silenced == 0 {
            self.silenced = 1;
            self.begin(now, dice);
        }
    }

    /// We said a beacon out of turn, which was as good as that of this interval.
    pub fn note_said(&mut self, now: Mono, dice: &mut Dice) {
        self.begin_longer(now, dice);
    }

    /// True once when a beacon is due; the next interval begins with it.
    pub fn due(&mut self, now: Mono, dice: &mut Dice) -> bool {
        let is_due = now >= self.fire_at;
        if is_due {
            self.silenced = 0;
            self.begin_longer(now, dice);
        }
        is_due
    }

    /// When to ask again.
    pub fn next_at(&self) -> Mono {
        self.fire_at
    }

    fn begin_longer(&mut self, now: Mono, dice: &mut Dice) {
        self.interval_ms = (self.interval_ms * 2).min(self.interval_max_ms);
        self.begin(now, dice);
    }

    fn begin(&mut self, now: Mono, dice: &mut Dice) {
        let most_ms = self.interval_ms / 2;
        let spread_ms = (self.interval_ms / SPREAD_SHARE).max(SPREAD_MIN_MS).min(most_ms);
        // The later of two throws: few come early, and the first is heard by the others in time.
        let drawn_ms = dice.below(1 + spread_ms).max(dice.below(1 + spread_ms));
        self.fire_at = now.after_ms(self.interval_ms - spread_ms + drawn_ms);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Beacons of as many as hear each other, for so many hours.
    fn beacons<const COUNT: usize>(hours: u64, silenced_max: u32) -> [u32; COUNT] {
        let mut dice = Dice::new(3);
        let mut all = [0; COUNT].map(|_| Trickle::new(4_000, 600_000, Mono(0), &mut dice));
        let (mut said, mut now) = ([0; COUNT], Mono(0));
        while now < Mono(hours * 3_600_000) {
            now = all.iter().map(Trickle::next_at).min().unwrap_or(now).max(now.after_ms(1));
            for one in 0..COUNT {
                if all[one].due(now, &mut dice) {
                    said[one] += 1;
                    let others = all.iter_mut().enumerate().filter(|(other, _)| *other != one);
                    others.for_each(|(_, other)| other.hear_equal(silenced_max, now, &mut dice));
                }
            }
        }
        said
    }

    #[test]
    fn a_quiet_link_falls_silent_but_for_one_beacon_an_interval() {
        let said = beacons::<1>(10, 3)[0];
        assert!((60..=75).contains(&said), "{said} beacons in ten hours of ten-minute intervals");
    }

    #[test]
    fn a_crowd_that_agrees_needs_hardly_more_beacons_than_one() {
        let said: u32 = beacons::<30>(10, 60).iter().sum();
        assert!((60..=90).contains(&said), "{said} beacons in ten hours of ten-minute intervals");
    }

    #[test]
    fn of_those_who_agree_nobody_is_always_the_first_to_speak() {
        let said = beacons::<2>(100, u32::MAX);
        assert!(said.iter().all(|said| *said > 200), "{said:?}");
    }

    #[test]
    fn whoever_is_silenced_all_the_time_speaks_after_so_many_intervals_all_the_same() {
        let mut dice = Dice::new(1);
        let mut trickle = Trickle::new(600_000, 600_000, Mono(0), &mut dice);
        let mut said = 0;
        for minute in 0..600 {
            let now = Mono(minute * 60_000);
            trickle.hear_equal(3, now, &mut dice);
            said += u32::from(trickle.due(now, &mut dice));
        }
        assert!((40..=60).contains(&said), "{said} beacons in ten hours of ten-minute intervals");
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
