//! Gives back what the store takes beyond its content: now and then as it grows, at once while the
//! disk is low, and once a day where former values hold keys that were erased.
//!
//! ```text
//! it grows       journal above 4 × live             journal written anew
//! disk is low    journal above 1.25 × live          the same; the query store above 3 × live is
//!                                                   made anew from the journal
//! erased keys    20 h after the journal began       both, whatever they take
//! ```
//!
//! Journal first: it is whole at every moment, so that a cut in between costs a replay.

use std::time::SystemTime;

use sanduan_protocol::node::output::SECRET_KEYS;

use super::*;

/// Journal bytes per live byte above which it is replaced (DESIGN section 9, quota 4 × live).
const COMPACT_RATIO: u64 = 4;
/// On a disk that is low: a quarter beyond its content.
const SHORT_QUARTERS: u64 = 5;
/// Bytes of the query store per live byte above which it is made anew then: sled takes 2.2 when
/// fresh and 3.8 when churned (research, reliability-security 2.2).
const QUERY_RATIO: u64 = 3;
/// A part of the smallest journal that is compacted: less, half a megabyte, is not worth the
/// writing.
const SLACK_PART: u64 = 32;
const SLACK_BYTES_MAX: u64 = 512 * 1024;
/// While the disk is low that is looked at so often: both are read and perhaps written for it.
const SHORT_EVERY: Duration = Duration::from_secs(300);
/// Once so many pairs went it is looked at ten times as often.
const GONE_MANY: usize = 256;
/// A former value with erased keys stays no longer than this and the time to the next look: a day
/// turns once in 24 hours.
const ERASE_AFTER: Duration = Duration::from_secs(20 * 3_600);

/// When room was given back last, and what must go.
#[derive(Debug, Default)]
pub(super) struct Compacting {
    short_at: Option<Instant>,
    /// Pairs that went since.
    gone: usize,
    /// Former values with erased keys lie in the journal.
    has_erased: bool,
    /// When the journal began, by the disk; the moment of opening if that is not told.
    began: Option<(SystemTime, Instant)>,
}

impl Compacting {
    /// What an earlier run left is taken for something that must go.
    pub(super) fn opened(&mut self, journal: &Journal) {
        self.has_erased = journal.has_log();
        self.began = Some((journal.began(), Instant::now()));
    }

    /// These were put.
    pub(super) fn note_put(&mut self, batches: &[&[Pair]]) {
        let is_secret = |(key, _): &Pair| SECRET_KEYS.contains(&key.as_slice());
        let goes = |(_, value): &&Pair| value.is_empty();
        self.gone += batches.iter().flat_map(|pairs| pairs.iter()).filter(goes).count();
        self.has_erased |= batches.iter().any(|pairs| pairs.iter().any(is_secret));
    }

    fn is_erasure_due(&self) -> bool {
        let Some((began, opened)) = self.began.filter(|_| self.has_erased) else { return false };
        // A clock that was set back tells nothing; then the time since the opening does.
        let age = SystemTime::now().duration_since(began).unwrap_or_default();
        age.max(opened.elapsed()) >= ERASE_AFTER
    }

    fn is_short_due(&mut self) -> bool {
        let after = if self.gone >= GONE_MANY { SHORT_EVERY / 10 } else { SHORT_EVERY };
        let is_due = self.short_at.is_none_or(|at| at.elapsed() >= after);
        if is_due {
            (self.short_at, self.gone) = (Some(Instant::now()), 0);
        }
        is_due
    }
}

impl DiskStore {
    /// Only called right after a checkpoint: the query store holds all that the journal holds.
    pub(super) fn compact(&mut self) -> Result<(), StoreFault> {
        let (Some(query), bytes) = (&self.query, self.journal.bytes()) else { return Ok(()) };
        if bytes < self.sizes.compact_from_bytes
            || bytes <= self.live_bytes.saturating_mul(COMPACT_RATIO)
        {
            return Ok(());
        }
        // The last count may be old; count again before doing the work.
        let pairs = query.load()?;
        self.live_bytes = size_of_pairs(&pairs);
        if bytes > self.live_bytes.saturating_mul(COMPACT_RATIO) {
            self.rewrite(&pairs)?;
        }
        Ok(())
    }

    /// Give room back if the disk is low, and be rid of erased keys if it is time.
    pub(super) fn give_back(&mut self) -> Result<(), StoreFault> {
        let erases = self.room.is_erasure_due();
        let is_wanted = erases || (self.upkeep.is_short() && self.room.is_short_due());
        if !is_wanted {
            return Ok(());
        }
        match self.try_give_back(erases) {
            // The old is still there and whole; it is tried again later.
            Err(StoreFault::Full { .. }) => {
                tracing::warn!("没有空间整理日志 / no room to write the journal anew");
                Ok(())
            }
            other => other,
        }
    }

    fn try_give_back(&mut self, erases: bool) -> Result<(), StoreFault> {
        let Some(query) = &self.query else { return Ok(()) };
        query.checkpoint(self.journal.end())?;
        (self.unmarked_bytes, self.unmarked_since) = (0, None);
        let pairs = query.load()?;
        self.live_bytes = size_of_pairs(&pairs);
        let live = self.live_bytes;
        let slack = SLACK_BYTES_MAX.min(self.sizes.compact_from_bytes / SLACK_PART);
        if erases || self.journal.bytes() > live / 4 * SHORT_QUARTERS + slack {
            self.rewrite(&pairs)?;
        }
        drop(pairs);
        let taken = folder_bytes(&self.folder.join(self.engine.name()));
        if erases || taken > live * QUERY_RATIO + slack {
            self.renew_query()?;
            let now = folder_bytes(&self.folder.join(self.engine.name()));
            tracing::info!(before = taken, after = now, "已重建查询库 / query store made anew");
        }
        if erases {
            self.room.has_erased = false;
        }
        Ok(())
    }

    fn rewrite(&mut self, pairs: &[Pair]) -> Result<(), StoreFault> {
        let Some(query) = &self.query else { return Ok(()) };
        let before = self.journal.bytes();
        self.journal.replace_by(pairs, 0)?;
        query.checkpoint(self.journal.end())?;
        self.room.began = Some((SystemTime::now(), Instant::now()));
        tracing::info!(before, after = self.journal.bytes(), "已整理日志 / journal compacted");
        Ok(())
    }

    /// Make the query store anew from the journal. Cut off in between, the next start does it.
    fn renew_query(&mut self) -> Result<(), StoreFault> {
        if let Some(query) = self.query.take() {
            query.close();
        }
        aside::remove_former(&self.folder, self.engine)?;
        self.open_query()
    }
}

/// Bytes of the files of a folder; what cannot be read counts as nothing.
fn folder_bytes(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let sizes = entries.flatten().filter_map(|entry| {
        let known = entry.metadata().ok()?;
        Some(if known.is_dir() { folder_bytes(&entry.path()) } else { known.len() })
    });
    sizes.sum()
}

#[cfg(test)]
mod tests;
