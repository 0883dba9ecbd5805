//! How the store was read again in quiet hours, as programs see it.

use serde::{Deserialize, Serialize};

/// What came of reading journal and query store again, checksum by checksum.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScrubRow {
    /// When all of it was read last, by the clock of the machine, ms since 1970.
    pub done_ms: Option<u64>,
    /// How far the one that goes on has come, percent; none between two of them.
    pub running_pct: Option<u8>,
    /// Bytes of the journal that were read last.
    pub journal_bytes: u64,
    /// Pairs of the query store that were read last.
    pub pairs: u64,
    /// Damaged places found since the daemon was started.
    pub found: u32,
    /// How many of them were healed from the other copy.
    pub healed: u32,
    /// What was found last and what to do about it, `中文 / English`; empty if all is sound.
    pub words: String,
}
