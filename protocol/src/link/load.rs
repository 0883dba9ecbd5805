//! How much of a shared radio is taken, and how often fixes may begin a frame there. Fixes are
//! worth less with every minute and come from everyone: where thirty teams say where they are every
//! half minute, nothing else finds the channel free. So where it is loaded, each station waits the
//! longer between two frames of fixes the more stations there are; what it then says is the newest
//! of each unit, and fixes ride along with anything else that goes.
//!
//! ```text
//! fixes   a   b  c d            e
//! load < third  ─╢a╢ ╢b╢ ╢c╢╢d╢     each at once
//! load above     ─╢a╢── pause ──╢d╢── pause ──╢e╢
//! ```

use crate::base::time::Mono;
use crate::link::state::Link;

/// What was on the air counts half after this time, ms.
const HALF_MS: u64 = 30_000;
/// From this load on fixes wait, permille of the time.
const RESTS_PERMILLE: u64 = 300;
/// From this load on boards are not compared: at the one above, eight stations that had lost some
/// fixes did not find that out for minutes.
const LOADED_PERMILLE: u64 = 600;
/// The fixes of all stations together take one in so many parts of the time then.
const FIXES_PART: u64 = 4;
/// No fix waits longer than this, ms: a board is no picture of the moment after that.
const PAUSE_MS_MAX: u64 = 300_000;

/// How much of a channel was taken of late.
#[derive(Clone, Copy, Debug, Default)]
pub struct Load {
    /// Time on the air, older time counting less, ms.
    taken_ms: u64,
    /// When it was last halved.
    halved_at: Mono,
    /// When a digest was last promised that shows whether fixes arrived.
    pub fixes_checked_at: Option<Mono>,
    /// Fixes begin no frame before.
    fixes_at: Mono,
}

impl Load {
    /// The channel was taken for so long.
    pub fn note(&mut self, taken_ms: u64, now: Mono) {
        self.halve(now);
        self.taken_ms += taken_ms;
    }

    /// The share of time for which it was taken, permille.
    pub fn permille(mut self, now: Mono) -> u64 {
        self.halve(now);
        // What all former halves left is worth one of them; this one has lasted so long.
        (self.taken_ms * 1_000 / (HALF_MS + now.since_ms(self.halved_at))).min(1_000)
    }

    fn halve(&mut self, now: Mono) {
        let halves = now.since_ms(self.halved_at) / HALF_MS;
        if halves > 0 {
            self.taken_ms >>= halves.min(63);
            self.halved_at = self.halved_at.after_ms(halves * HALF_MS);
        }
    }
}

impl Link {
    /// So much is said here that boards are not compared: they differ all the time where many move,
    /// and what was lost is told by the next fix of the same unit.
    pub fn is_loaded(&self, now: Mono) -> bool {
        self.taken_permille(now) >= LOADED_PERMILLE
    }

    /// The share of time for which a shared radio is taken, permille; 0 for all other links.
    fn taken_permille(&self, now: Mono) -> u64 {
        let is_air = self.is_shared() && self.profile.half_duplex;
        if is_air { self.load.permille(now) } else { 0 }
    }

    /// Fixes were said in a frame of so many bytes: on a loaded channel the next ones wait.
    pub fn rest_fixes(&mut self, bytes: usize, now: Mono) {
        if self.taken_permille(now) < RESTS_PERMILLE {
            return;
        }
        let once_ms = u64::from(self.profile.per_burst_ms) + self.profile.bits_ms(bytes);
        let pause_ms = FIXES_PART * once_ms * (1 + self.crowd(now));
        self.load.fixes_at = now.after_ms(pause_ms.min(PAUSE_MS_MAX));
    }

    /// When fixes may begin a frame again, if not now.
    pub fn fixes_wait_until(&self, now: Mono) -> Option<Mono> {
        (self.load.fixes_at > now).then_some(self.load.fixes_at)
    }
}

#[cfg(test)]
mod tests;
