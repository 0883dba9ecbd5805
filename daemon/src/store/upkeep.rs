//! What others tell the store while it runs, and what it tells them of the work that nobody waits
//! for. Shared by the writer's thread, which does that work, and those who measure and show.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use sanduan_protocol::local::rows::ScrubRow;

/// One store's.
#[derive(Debug, Default)]
pub struct Upkeep {
    /// The disk is low: what the store takes beyond its content should be given back.
    is_short: AtomicBool,
    /// Power is low: nothing is read that need not be.
    saves_power: AtomicBool,
    /// Milliseconds from one scrub to the next; 0 for none.
    scrub_every_ms: AtomicU64,
    scrub: Mutex<ScrubRow>,
}

impl Upkeep {
    /// The disk was measured.
    pub fn note_room(&self, is_short: bool) {
        self.is_short.store(is_short, Ordering::Relaxed);
    }

    /// True if room should be given back.
    pub fn is_short(&self) -> bool {
        self.is_short.load(Ordering::Relaxed)
    }

    /// The battery was read.
    pub fn note_power(&self, saves: bool) {
        self.saves_power.store(saves, Ordering::Relaxed);
    }

    /// How often everything is read again, as configured; 0 for never.
    pub fn scrub_every(&self, ms: u64) {
        self.scrub_every_ms.store(ms, Ordering::Relaxed);
    }

    /// Milliseconds from one scrub to the next; none while there shall be none.
    pub fn scrub_every_ms(&self) -> Option<u64> {
        let ms = self.scrub_every_ms.load(Ordering::Relaxed);
        (ms > 0 && !self.saves_power.load(Ordering::Relaxed)).then_some(ms)
    }

    /// What came of the scrub so far.
    pub fn scrub(&self) -> ScrubRow {
        self.scrub.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn note_scrub(&self, row: ScrubRow) {
        *self.scrub.lock().unwrap_or_else(PoisonError::into_inner) = row;
    }
}
