//! Time values. Nothing here can ask what time it is: `Now` is handed in with every input.

use serde::{Deserialize, Serialize};

/// Milliseconds on a clock that never goes back and goes on while the machine sleeps.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Mono(pub u64);

impl Mono {
    /// This moment, `ms` milliseconds later.
    pub fn after_ms(self, ms: u64) -> Mono {
        Mono(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this moment; 0 if `earlier` is later.
    pub fn since_ms(self, earlier: Mono) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// Milliseconds since 1970-01-01 UTC, as far as this machine knows. Shown, never trusted.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Wall(pub u64);

/// Both clocks, read at the same moment by whoever hands in an input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Now {
    /// For deadlines.
    pub mono: Mono,
    /// For what people read.
    pub wall: Wall,
}

/// Hybrid logical clock: 48-bit wall milliseconds and a counter (Kulkarni et al., "Logical
/// Physical Clocks", 2014). Orders what one node saw; truth never depends on it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Hlc {
    /// Wall milliseconds, 48 bits.
    pub wall_ms: u64,
    /// Distinguishes events of one millisecond.
    pub count: u16,
}

/// How far another's clock may pull ours forward (DESIGN section 3): 10 minutes.
pub const HLC_PULL_MAX_MS: u64 = 10 * 60 * 1000;

impl Hlc {
    /// The next value for an event of our own: a whole second, so that milliseconds nobody reads
    /// take no air.
    pub fn tick(&mut self, wall: Wall) -> Hlc {
        let wall_ms = (wall.0 & 0xffff_ffff_ffff) / 1000 * 1000;
        if wall_ms > self.wall_ms {
            *self = Hlc { wall_ms, count: 0 };
        } else if self.count < u16::MAX {
            self.count += 1;
        } else {
            *self = Hlc { wall_ms: self.wall_ms + 1000, count: 0 };
        }
        *self
    }

    /// Hear another's time: accepted always, but it moves us at most 10 minutes past our wall.
    pub fn hear(&mut self, other: Hlc, wall: Wall) {
        let limit = Hlc { wall_ms: wall.0.saturating_add(HLC_PULL_MAX_MS), count: 0 };
        *self = (*self).max(other.min(limit));
    }
}
