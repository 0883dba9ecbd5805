//! One station: its name, its TNC's queue, where it stands in a transmission, and the events it
//! causes. The moves between the states are made in [`super::channel`].

use std::collections::VecDeque;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::counts::Counts;
use super::fading::Spell;

/// Stations on one channel: a district's 301 villages and then some.
pub const STATIONS_MAX: usize = 512;

/// Number of a station on its channel, shown as A, B, C … Z, then S26, S27 …
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct StationId(pub u16);

impl fmt::Display for StationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match u8::try_from(self.0) {
            Ok(n) if n < 26 => write!(f, "{}", char::from(b'A' + n)),
            _ => write!(f, "S{}", self.0),
        }
    }
}

/// Why a frame that was on the air did not reach a hearer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Miss {
    /// Noise, fading or a jammer.
    Lost,
    /// Another station that the hearer hears had its key down meanwhile.
    Collided,
    /// The hearer had its own key down meanwhile.
    Deaf,
}

/// Something that happened on the channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AirEvent {
    /// The key of a station went down.
    Keyed {
        /// Which station.
        station: StationId,
    },
    /// The key of a station went up.
    Unkeyed {
        /// Which station.
        station: StationId,
    },
    /// A frame reached a hearer whole.
    Delivered {
        /// Who sent it.
        from: StationId,
        /// Who heard it.
        station: StationId,
        /// The frame.
        frame: Vec<u8>,
    },
    /// A frame did not reach a hearer.
    Missed {
        /// Who sent it.
        from: StationId,
        /// Who would have heard it.
        station: StationId,
        /// Its bytes.
        bytes: usize,
        /// Why.
        why: Miss,
    },
}

/// Where a station stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Nothing to send.
    Idle,
    /// Something to send; a carrier is heard. Woken when a key goes up.
    Blocked,
    /// Something to send; listens again when the slot ends.
    Slot { ends_ms: u64 },
    /// Key down, flags until the first frame.
    Delay { ends_ms: u64 },
    /// Key down, a frame on the air.
    Frame { from_ms: u64, ends_ms: u64, frame: Vec<u8> },
    /// Key down, flags after the last frame.
    Tail { ends_ms: u64 },
}

/// One station of the channel.
#[derive(Clone, Debug)]
pub(super) struct Station {
    pub state: State,
    pub queue: VecDeque<Vec<u8>>,
    pub key_from_ms: Option<u64>,
    pub burst_frames: usize,
    /// How well it hears.
    pub spell: Spell,
    pub counts: Counts,
}

impl Station {
    pub fn new() -> Station {
        Station {
            state: State::Idle,
            queue: VecDeque::new(),
            key_from_ms: None,
            burst_frames: 0,
            spell: Spell::default(),
            counts: Counts::default(),
        }
    }

    /// When something of this station is due, ms.
    pub fn due_ms(&self) -> Option<u64> {
        match self.state {
            State::Idle | State::Blocked => None,
            State::Slot { ends_ms }
            | State::Delay { ends_ms }
            | State::Frame { ends_ms, .. }
            | State::Tail { ends_ms } => Some(ends_ms),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stations_are_letters_then_numbers() {
        let names = [0, 1, 25, 26, 301].map(|n| StationId(n).to_string());
        assert_eq!(names, ["A", "B", "Z", "S26", "S301"]);
    }
}
