//! The two clocks of the operating system, read together. The only place that asks the time for
//! the machine.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use sanduan_protocol::base::time::{Mono, Now, Wall};

/// Deadlines are counted from here, so that `Mono(0)` is always in the past.
const MONO_START_MS: u64 = 1_000;

/// Reads both clocks.
///
/// `Mono` follows CLOCK_MONOTONIC, because that is what timers of the runtime follow; it stands
/// still while the machine is suspended, so after a suspend every deadline comes late by that
/// time. Nothing is lost by that: links notice silence, and peers repeat.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    start: Instant,
}

impl Default for Clock {
    fn default() -> Clock {
        Clock::new()
    }
}

impl Clock {
    /// A clock that starts now.
    pub fn new() -> Clock {
        Clock { start: Instant::now() }
    }

    /// Both clocks.
    pub fn now(&self) -> Now {
        let mono = MONO_START_MS + self.start.elapsed().as_millis() as u64;
        Now { mono: Mono(mono), wall: wall() }
    }

    /// The runtime's moment for a deadline.
    pub fn instant(&self, at: Mono) -> Instant {
        let after = std::time::Duration::from_millis(at.0.saturating_sub(MONO_START_MS));
        // A deadline beyond what the clock can count is never; a day later is asked again.
        self.start
            .checked_add(after)
            .unwrap_or_else(|| Instant::now() + std::time::Duration::from_secs(86_400))
    }
}

/// The wall clock; 0 when it stands before 1970, as on boards without a battery.
pub fn wall() -> Wall {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Wall(since.as_millis() as u64)
}
