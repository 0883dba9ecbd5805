//! What a device does that those who watch the network must know of, short of a fork: it says more
//! than its share, or its clock is ahead.

use serde::{Deserialize, Serialize};

use crate::base::ids::DeviceId;

/// A lane whose author says more than its share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareRow {
    /// The device.
    pub device: DeviceId,
    /// Its unit.
    pub unit_name: String,
    /// Which of its lanes: `command`, `directory`, `report`, `stock`.
    pub lane: String,
    /// Records that were not taken since it began, repetitions too.
    pub refused: u64,
    /// Seconds until the next one is taken; 0 when it is now.
    pub wait_s: u64,
}

/// A device whose newest record lies in the future of this machine's clock. Either clock may be
/// wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockRow {
    /// The device.
    pub device: DeviceId,
    /// Its unit.
    pub unit_name: String,
    /// By so many seconds.
    pub ahead_s: u64,
}

/// A device that may be running twice: frames of two of its starts were heard side by side. Two
/// machines have its disk, or somebody repeats a recording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TwinRow {
    /// The device.
    pub device: DeviceId,
    /// Its unit.
    pub unit_name: String,
    /// When that was last heard, ms since 1970.
    pub last_ms: u64,
    /// True if it is this device.
    pub here: bool,
}
