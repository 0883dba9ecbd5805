//! Which start of a device a frame is of, and the number of a frame. Pure: the clock and the dice
//! are handed in. What a start does for sealing is told in [`crate::keys::frame_key`].
//!
//! ```text
//! start   26 bits, 64 s each since 2020-01-01 | 22 bits of dice
//! number  start 48 bits | counter 21 bits, from 0 with every start
//! ```
//!
//! A start is greater than the one that the disk remembers. A disk may be an older copy, or be in
//! two machines: then the clock and the dice keep two starts apart, and with a clock that stands
//! still the dice alone, because a start is never just the next number after the one remembered.

use crate::base::dice::Dice;
use crate::base::time::Wall;

/// 2020-01-01 00:00 UTC, ms since 1970: older than any device of ours.
const FIRST_DAY_MS: u64 = 1_577_836_800_000;
/// One step of the part that is time, ms. 26 bits of such steps last until 2156.
const STEP_MS: u64 = 64_000;
/// Numbers in one step: two starts that fall into the same one are the same once in so many.
const STEP_STARTS: u64 = 1 << 22;
/// Steps of time whose low ten bits stand in a near number: 18 hours.
const NEAR_STEPS: u64 = 1 << 10;
/// A near number is read as of the last such start up to so many steps ahead of the hearer's clock.
const NEAR_AHEAD_STEPS: u64 = 128;
/// A start is near to its own clock if it is no more steps ago, or ahead: so clocks may differ by
/// an hour and a half either way.
const NEAR_OWN_STEPS: (u64, u64) = (768, 32);
/// Starts are smaller than this.
const START_END: u64 = 1 << 48;

/// Counters are smaller than this: three bytes as a varint. At one frame a second they last 24
/// days, at a hundred six hours; then a device draws a start as if it had started again.
pub const COUNTER_END: u64 = 1 << 21;

/// One start of a device. A later one is greater, as far as its disk and its clock know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Start(u64);

impl Start {
    /// Bytes of a start in a header and in a nonce.
    pub const BYTES: usize = 6;

    /// The start of this moment. `before` is the greatest that the disk remembers.
    pub fn draw(wall: Wall, before: Start, dice: &mut Dice) -> Start {
        let by_clock =
            steps(wall).saturating_mul(STEP_STARTS).saturating_add(dice.below(STEP_STARTS));
        let by_disk = before.0 + 1 + dice.below(STEP_STARTS);
        Start(by_clock.max(by_disk).min(START_END - 1))
    }

    /// The low 32 bits, as near numbers have them: ten of time, and the dice.
    pub fn low(self) -> u32 {
        (self.0 & u64::from(u32::MAX)) as u32
    }

    /// The start that one who speaks now means by these low bits, unless clocks differ much.
    pub fn of_low(low: u32, wall: Wall) -> Start {
        let end = steps(wall).saturating_add(NEAR_AHEAD_STEPS + 1).saturating_mul(STEP_STARTS);
        let (span, low) = (NEAR_STEPS * STEP_STARTS, u64::from(low));
        let spans = end.min(START_END).saturating_sub(1).saturating_sub(low) / span;
        Start(spans * span + low)
    }

    /// True if others know by their clocks which start the low bits of this one mean, as far as
    /// this clock tells.
    pub fn is_near(self, wall: Wall) -> bool {
        let (now, drawn) = (steps(wall), self.0 / STEP_STARTS);
        let (behind, ahead) = NEAR_OWN_STEPS;
        drawn <= now + ahead && now <= drawn + behind
    }

    /// The start of these bytes.
    pub const fn of_bytes(bytes: [u8; Start::BYTES]) -> Start {
        let [a, b, c, d, e, f] = bytes;
        Start(u64::from_be_bytes([0, 0, a, b, c, d, e, f]))
    }

    /// Its bytes, big-endian.
    pub fn to_bytes(self) -> [u8; Start::BYTES] {
        let [_, _, bytes @ ..] = self.0.to_be_bytes();
        bytes
    }
}

/// Steps of time since the first day.
fn steps(wall: Wall) -> u64 {
    wall.0.saturating_sub(FIRST_DAY_MS) / STEP_MS
}

/// The number of one frame among all that its sender ever seals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct FrameNo {
    /// In which of the sender's starts.
    pub start: Start,
    /// Which frame of that start; smaller than [`COUNTER_END`].
    pub counter: u64,
}

impl FrameNo {
    /// Bytes of a number where it has a fixed length.
    pub const BYTES: usize = Start::BYTES + 3;

    /// Its bytes in a fixed length: the start, then 24 bits of the counter.
    pub fn to_bytes(self) -> [u8; FrameNo::BYTES] {
        let mut bytes = [0; FrameNo::BYTES];
        bytes[..Start::BYTES].copy_from_slice(&self.start.to_bytes());
        bytes[Start::BYTES..].copy_from_slice(&self.counter.to_be_bytes()[5..]);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const NOW: Wall = Wall(1_787_097_600_000);

    #[test]
    fn a_start_is_greater_than_the_one_that_the_disk_remembers_whatever_the_clock_says() {
        let mut dice = Dice::new(1);
        let mut before = Start::default();
        for wall in [NOW, Wall(0), Wall(NOW.0 - 1), NOW, Wall(u64::MAX), NOW] {
            let start = Start::draw(wall, before, &mut dice);
            assert!(start > before || before.0 == START_END - 1, "{wall:?}");
            before = start;
        }
    }

    #[test]
    fn a_later_minute_begins_above_every_start_of_an_earlier_one() {
        let later = Wall(NOW.0 + 2 * STEP_MS);
        for seed in 0..100 {
            let mut dice = Dice::new(seed);
            let drawn = [NOW, later].map(|wall| Start::draw(wall, Start::default(), &mut dice));
            assert!(drawn[0] < drawn[1], "{drawn:?}");
        }
    }

    #[test]
    fn copies_of_one_disk_that_start_in_the_same_second_draw_different_starts() {
        for wall in [NOW, Wall(0)] {
            let drawn = |seed| Start::draw(wall, Start(77), &mut Dice::new(seed));
            let starts: BTreeSet<Start> = (0..64).map(drawn).collect();
            assert_eq!(starts.len(), 64, "{wall:?}");
        }
    }

    #[test]
    fn the_low_bits_of_a_start_mean_it_while_clocks_differ_by_an_hour_and_a_half_or_less() {
        let hour_ms = 3_600_000;
        for seed in 0..200 {
            let mut dice = Dice::new(seed);
            let start = Start::draw(NOW, Start::default(), &mut dice);
            let own = Wall(NOW.0 + dice.below(13 * hour_ms));
            assert!(start.is_near(own));
            for theirs in [own.0, own.0 - 3 * hour_ms / 2, own.0 + 3 * hour_ms / 2] {
                assert_eq!(Start::of_low(start.low(), Wall(theirs)), start, "{seed}");
            }
        }
    }

    #[test]
    fn a_start_of_yesterday_or_of_a_clock_far_ahead_is_not_near() {
        let start = Start::draw(NOW, Start::default(), &mut Dice::new(4));
        assert!(!start.is_near(Wall(NOW.0 + 24 * 3_600_000)));
        assert!(!start.is_near(Wall(NOW.0 - 3_600_000)));
        // Whatever a hearer makes of low bits is a start with these.
        for wall in [Wall(0), NOW, Wall(u64::MAX)] {
            for low in [0, 1, u32::MAX] {
                assert_eq!(Start::of_low(low, wall).low(), low, "{wall:?}");
            }
        }
    }

    #[test]
    fn a_start_goes_into_bytes_and_back() {
        for start in [Start(0), Start(0x0102_0304_0506), Start(START_END - 1)] {
            assert_eq!(Start::of_bytes(start.to_bytes()), start);
        }
        let number = FrameNo { start: Start(1), counter: 0x0a_0b0c };
        assert_eq!(number.to_bytes(), [0, 0, 0, 0, 0, 1, 10, 11, 12]);
    }
}
