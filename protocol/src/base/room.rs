//! How much room the disk has left for the store, as a level with watermarks. Pure: the daemon
//! measures, the node asks what may still be taken in, and from [`Level::Low`] on lets go what
//! nobody needs (`node/evict`).
//!
//! ```text
//!          70 %            85 %              95 %
//! Ample ────────▶ Low ─────────▶ NoBulk ─────────▶ OrdersOnly
//!       ◀────────     ◀─────────        ◀─────────
//!       below 66 %    below 81 %        below 91 %
//! ```

use serde::{Deserialize, Serialize};

/// Percent from which people are warned (research, reliability-security 2.4, like the next two).
pub const LOW_PCT: u8 = 70;
/// Percent from which nothing large is taken in.
pub const NO_BULK_PCT: u8 = 85;
/// Percent from which only what an order needs is taken in.
pub const ORDERS_ONLY_PCT: u8 = 95;
/// A level is left only when it is passed by so many percent, so that a store that grows and is
/// compacted around a mark does not open and close the door each time.
pub const BACK_PCT: u8 = 4;
/// A store smaller than this is taken for this large when it is compared with what is free on the
/// file system, bytes: a quarter of the ordinary quota, which is what live content is planned for.
pub const MEASURE_BYTES: u64 = 128 * 1024 * 1024;

/// What may still be taken in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Everything.
    #[default]
    Ample,
    /// Everything; people are told to make room.
    Low,
    /// Nothing large: no attachments, no long lists at once, and of carry files only the lanes of
    /// orders and of the directory.
    NoBulk,
    /// Orders, receipts, withdrawals, revocations and the directory.
    OrdersOnly,
}

/// What the daemon found on the disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured {
    /// Bytes that journal and query store take.
    pub used_bytes: u64,
    /// Bytes that they may take; 0 for no quota.
    pub quota_bytes: u64,
    /// Bytes free on their file system, beyond what the ballast should hold and does not.
    pub free_bytes: u64,
}

impl Measured {
    /// How full the quota is, percent; 0 without a quota.
    pub fn quota_pct(&self) -> u8 {
        match self.quota_bytes {
            0 => 0,
            quota => percent(self.used_bytes, quota),
        }
    }

    /// How full the file system is, as far as it matters to this store, percent: a store of this
    /// size beside what is free. A small store counts as [`MEASURE_BYTES`] or a quarter of its
    /// quota, so that the last megabyte of a disk is not called ample.
    pub fn disk_pct(&self) -> u8 {
        let least = match self.quota_bytes {
            0 => MEASURE_BYTES,
            quota => MEASURE_BYTES.min(quota / 4),
        };
        let size = self.used_bytes.max(least).max(1);
        percent(size, size.saturating_add(self.free_bytes))
    }

    /// How full, by whichever is fuller, percent, at most 100.
    pub fn pct(&self) -> u8 {
        self.quota_pct().max(self.disk_pct())
    }
}

fn percent(part: u64, whole: u64) -> u8 {
    let percent = u128::from(part) * 100 / u128::from(whole.max(1));
    u8::try_from(percent.min(100)).expect("at most 100")
}

/// The level, and what it was told from.
#[derive(Clone, Copy, Debug, Default)]
pub struct Room {
    level: Level,
    measured: Option<Measured>,
}

impl Room {
    /// The disk was measured. Returns the level before.
    pub fn measure(&mut self, measured: Measured) -> Level {
        let before = self.level;
        let pct = measured.pct();
        let stays = level_at(pct.saturating_add(BACK_PCT));
        self.level = level_at(pct).max(before.min(stays));
        self.measured = Some(measured);
        before
    }

    /// What may be taken in; everything before it was measured.
    pub fn level(&self) -> Level {
        self.level
    }

    /// The last measurement.
    pub fn measured(&self) -> Option<Measured> {
        self.measured
    }
}

/// The level of a percentage that is reached from below.
fn level_at(pct: u8) -> Level {
    match pct {
        ORDERS_ONLY_PCT.. => Level::OrdersOnly,
        NO_BULK_PCT.. => Level::NoBulk,
        LOW_PCT.. => Level::Low,
        _ => Level::Ample,
    }
}

#[cfg(test)]
mod tests;
