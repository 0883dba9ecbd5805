//! How much room the disk has left. Folded already; shown, never computed with.

use serde::{Deserialize, Serialize};

use crate::base::room::Level;

/// The room left for the store, as it was measured last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomRow {
    /// What may still be taken in.
    pub level: Level,
    /// False before it was measured, and where nobody measures: the figures mean nothing then.
    pub measured: bool,
    /// How full, percent, by quota or file system, whichever is fuller.
    pub pct: u8,
    /// True if the file system is what is fuller: then other things on it must go.
    pub by_disk: bool,
    /// Bytes that journal and query store take.
    pub used_bytes: u64,
    /// Bytes that they may take; 0 for no quota.
    pub quota_bytes: u64,
    /// Bytes free on the file system beyond the ballast.
    pub free_bytes: u64,
    /// Records of others whose words went to make room; what they meant stays.
    #[serde(default)]
    pub evicted_records: u32,
    /// What to do about it, `中文 / English`; empty while there is ample room.
    pub advice: String,
}
