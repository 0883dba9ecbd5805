//! Counters of one station. They only ever grow; whoever shows them subtracts.

use serde::{Deserialize, Serialize};

/// What one station offered, sent and heard. Frames are counted without the bearer's framing
/// unless said otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Frames handed to the TNC, refused ones included.
    pub offered_frames: u64,
    /// Their bytes.
    pub offered_bytes: u64,
    /// Frames refused because too many were waiting.
    pub refused_frames: u64,
    /// Frames that went on the air.
    pub sent_frames: u64,
    /// Their bytes.
    pub sent_bytes: u64,
    /// Bits of theirs on the air with flags, check sum and stuffing, keying not counted.
    pub sent_bits: u64,
    /// Times the key went down.
    pub keyed: u64,
    /// Time with the key down, ms, finished transmissions only.
    pub keyed_ms: u64,
    /// Frames heard whole.
    pub heard_frames: u64,
    /// Their bytes.
    pub heard_bytes: u64,
    /// Frames for this hearer that noise destroyed.
    pub lost_frames: u64,
    /// Frames for this hearer that another carrier destroyed.
    pub collided_frames: u64,
    /// Frames for this hearer that passed while it was sending itself.
    pub deaf_frames: u64,
}

impl Counts {
    /// Share of `elapsed_ms` with the key down, in thousandths; 0 when no time has passed.
    pub fn air_permille(&self, elapsed_ms: u64) -> u64 {
        (self.keyed_ms * 1000).checked_div(elapsed_ms).unwrap_or(0)
    }
}
