//! What one link has counted since the start, for screens and metrics.

use std::collections::BTreeMap;

/// Counts of one link since start.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// Frames handed to the bearer.
    pub sent_frames: u64,
    /// Their bytes.
    pub sent_bytes: u64,
    /// Frames heard, good or bad.
    pub heard_frames: u64,
    /// Their bytes.
    pub heard_bytes: u64,
    /// What was dropped, by reason word.
    pub dropped: BTreeMap<&'static str, u64>,
    /// Records sent, and of these again.
    pub sent_records: u64,
    /// Records sent again because they were lost.
    pub lost_records: u64,
    /// Of these, such as went to somebody who was not heard since: gone, most likely, not lost.
    pub missed_records: u64,
}
