//! When a link tells a device that it may be running twice (`wire::bundle`, section 22): at once,
//! then after pauses that double. Who is to be told is decided in `node::twins`.

use crate::base::time::Mono;
use crate::link::profile::Profile;
use crate::wire::bundle::{Section, Twice};

/// From one word to the next on a link, ms: at first, and at most. Each takes some 25 bytes.
const PAUSE_MS: (u64, u64) = (60_000, 3_600_000);
/// Slots of a card between two of them at least.
const SLOTS_MIN: u64 = 8;

/// What one link has to tell of a device that may be running twice.
#[derive(Clone, Copy, Debug, Default)]
pub struct TellsTwice {
    owed: Option<Twice>,
    /// What was told last; something else need not wait.
    told: Option<Twice>,
    again_at: Mono,
    pause_ms: u64,
}

impl TellsTwice {
    /// This is to be told, unless it was told a while ago.
    pub fn owe(&mut self, twice: Twice, now: Mono) {
        if self.told != Some(twice) || now >= self.again_at {
            self.owed = Some(twice);
        }
    }

    /// True if something is to be told now.
    pub fn waits(&self) -> bool {
        self.owed.is_some()
    }

    /// Tell it, if there is room for it.
    pub fn add(&mut self, profile: &Profile, push: impl FnOnce(&Section) -> bool, now: Mono) {
        let Some(twice) = self.owed.filter(|twice| push(&Section::Twice(*twice))) else { return };
        if self.told.is_none_or(|told| told.device != twice.device) {
            self.pause_ms = 0;
        }
        let least_ms = PAUSE_MS.0.max(SLOTS_MIN * u64::from(profile.min_interval_ms));
        self.pause_ms = (2 * self.pause_ms).clamp(least_ms, PAUSE_MS.1.max(least_ms));
        (self.owed, self.told) = (None, Some(twice));
        self.again_at = now.after_ms(self.pause_ms);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::DeviceId;
    use crate::base::start::Start;

    fn heard(is_long_past: bool) -> Twice {
        Twice { device: DeviceId(3), newest: Start::of_bytes([1; 6]), is_long_past }
    }

    #[test]
    fn it_is_told_at_once_and_then_after_pauses_that_double() {
        let (mut tells, wire) = (TellsTwice::default(), Profile::default());
        let mut now = Mono(5);
        for pause_ms in [60_000, 120_000, 240_000] {
            tells.owe(heard(false), now);
            tells.add(&wire, |_| false, now);
            assert!(tells.waits(), "there was no room for it");
            tells.add(&wire, |_| true, now);
            tells.owe(heard(false), Mono(now.0 + pause_ms - 1));
            assert!(!tells.waits(), "{pause_ms}");
            now = now.after_ms(pause_ms);
        }
        tells.owe(heard(true), Mono(now.0 - 1));
        assert!(tells.waits(), "this is news");
    }

    #[test]
    fn on_a_card_it_leaves_eight_slots_between() {
        let card = Profile { min_interval_ms: 60_000, ..Profile::default() };
        let mut tells = TellsTwice::default();
        tells.owe(heard(false), Mono(0));
        tells.add(&card, |_| true, Mono(0));
        tells.owe(heard(false), Mono(479_999));
        assert!(!tells.waits());
        tells.owe(heard(false), Mono(480_000));
        assert!(tells.waits());
    }
}
