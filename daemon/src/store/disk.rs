//! The store of a real daemon: journal for what is promised, a query store for what is read at
//! start.
//!
//! A data folder holds `lock`, `journal/`, one of `sled/` and `redb/`, and sometimes
//! `sled.corrupt-<time>` or `redb.corrupt-<time>`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::engine::{Engine, QueryStore};
use super::frame::Place;
use super::journal::{Journal, SEGMENT_BYTES};
use super::lock::DataLock;
use super::scrub::Scrub;
use super::segment::Damage;
use super::upkeep::Upkeep;
use super::{Pair, Store, StoreFault, aside, ballast, check_stored, codec};

/// Longest time between a commit and its checkpoint (research, reliability-security 2.4).
const CHECKPOINT_AFTER: Duration = Duration::from_secs(600);
/// What others tell of the room and of the battery is looked at so often.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// Damaged places that are named one by one at opening.
const DAMAGE_NAMED: usize = 16;

/// When the journal rolls and when it is replaced. Tests make both small, so that a short run
/// meets every turn.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// A segment of this many bytes is closed, and a checkpoint is taken.
    pub segment_bytes: u64,
    /// A journal below this many bytes is never replaced by a snapshot.
    pub compact_from_bytes: u64,
}

impl Default for Sizes {
    fn default() -> Sizes {
        Sizes { segment_bytes: SEGMENT_BYTES, compact_from_bytes: 16 * 1024 * 1024 }
    }
}

/// Journal and query store in one folder, locked.
#[derive(Debug)]
pub struct DiskStore {
    folder: PathBuf,
    stamp_ms: u64,
    sizes: Sizes,
    journal: Journal,
    engine: Engine,
    /// Absent after it refused something: the journal goes on alone, the next start rebuilds.
    query: Option<Box<dyn QueryStore>>,
    waiting: Vec<Vec<Pair>>,
    unmarked_bytes: u64,
    unmarked_since: Option<Instant>,
    live_bytes: u64,
    upkeep: Arc<Upkeep>,
    room: compact::Compacting,
    scrub: Scrub,
    _lock: DataLock,
}

impl DiskStore {
    /// Open the store in `folder` with the engine that is there, or begin one. `stamp_ms` names
    /// whatever must be set aside.
    ///
    /// # Errors
    /// Another daemon has the folder, or the disk cannot be used.
    pub fn open(folder: &Path, stamp_ms: u64) -> Result<DiskStore, StoreFault> {
        DiskStore::open_with(folder, stamp_ms, Engine::found_in(folder), Sizes::default())
    }

    /// As [`DiskStore::open`] with this engine; what another one left is taken over and removed.
    ///
    /// # Errors
    /// As [`DiskStore::open`].
    pub fn open_with(
        folder: &Path,
        stamp_ms: u64,
        engine: Engine,
        sizes: Sizes,
    ) -> Result<DiskStore, StoreFault> {
        std::fs::create_dir_all(folder).map_err(StoreFault::io("创建", "create", folder))?;
        let lock = DataLock::take(folder)?;
        let journal = Journal::open(&folder.join("journal"), stamp_ms, sizes.segment_bytes)?;
        if let Some(cut) = journal.cut() {
            tracing::warn!(
                kept_as = %cut.display(),
                "日志尾部未写完，已截断并另存 / the journal ended in a torn frame, cut and kept"
            );
        }
        for Damage { place, bytes } in journal.damage().iter().take(DAMAGE_NAMED) {
            tracing::warn!(
                segment = place.segment,
                offset = place.offset,
                bytes,
                "日志段有损坏，其余内容已读出，损坏的文件另存 / a journal segment is damaged; the \
                 rest of it was read, and the damaged file is kept aside"
            );
        }
        let mut store = DiskStore {
            folder: folder.to_owned(),
            stamp_ms,
            sizes,
            journal,
            engine,
            query: None,
            waiting: Vec::new(),
            unmarked_bytes: 0,
            unmarked_since: None,
            live_bytes: 0,
            upkeep: Arc::default(),
            room: compact::Compacting::default(),
            scrub: Scrub::default(),
            _lock: lock,
        };
        let mut opened = store.open_chosen();
        if matches!(opened, Err(StoreFault::Full { .. })) && ballast::release(&store.folder) {
            opened = store.open_chosen();
        }
        match opened {
            Err(fault @ StoreFault::Full { .. }) => {
                // sled cannot even be read on a full disk; the journal can. Orders can still be
                // seen, exported and carried away.
                tracing::warn!(%fault, "只用日志打开 / opened from the journal alone");
            }
            other => other?,
        }
        aside::prune_all(&store.folder);
        store.room.opened(&store.journal);
        Ok(store)
    }

    /// What others tell this store while it runs, and hear of it.
    pub fn upkeep(&self) -> Arc<Upkeep> {
        self.upkeep.clone()
    }

    /// Bytes of the journal, for the metrics.
    pub fn journal_bytes(&self) -> u64 {
        self.journal.bytes()
    }

    /// Open the query store of the chosen engine, and be rid of any other.
    fn open_chosen(&mut self) -> Result<(), StoreFault> {
        aside::clear_former(&self.folder);
        let chosen = self.engine;
        let left = |other: &Engine| *other != chosen && self.folder.join(other.name()).is_dir();
        let former: Vec<Engine> = Engine::ALL.into_iter().filter(left).collect();
        for former in &former {
            // Once more as it was: a journal that lost something is completed from it.
            self.engine = *former;
            let opened = self.open_or_rebuild();
            self.engine = chosen;
            if let Some(query) = self.query.take() {
                query.close();
            }
            opened?;
        }
        self.open_or_rebuild()?;
        for former in former {
            aside::remove_former(&self.folder, former)?;
            let (from, to) = (former.name(), chosen.name());
            tracing::info!(from, to, "已换查询库引擎 / query store changed");
        }
        Ok(())
    }

    fn open_or_rebuild(&mut self) -> Result<(), StoreFault> {
        match self.open_query() {
            Err(StoreFault::Damaged(why)) => self.rebuild(&why),
            other => other,
        }
    }

    /// Open the query store and bring it up to the end of the journal.
    fn open_query(&mut self) -> Result<(), StoreFault> {
        let query = self.engine.open(&self.folder.join(self.engine.name()))?;
        let (start, end) = (self.journal.start(), self.journal.end());
        let marked = query.place()?;
        let from = match marked {
            // It is the fuller one, and older values must not be put over its own.
            Some(place) if place > end => end,
            Some(place) if place >= start => place,
            Some(_) | None => start,
        };
        let frames = self.journal.replay(from, &mut |pairs| query.apply(&pairs))?;
        let mended = self.mend(query.as_ref(), marked)?;
        if frames > 0 || mended {
            query.checkpoint(self.journal.end())?;
        }
        self.query = Some(query);
        Ok(())
    }

    fn checkpoint(&mut self) -> Result<(), StoreFault> {
        let Some(query) = &self.query else { return Ok(()) };
        query.checkpoint(self.journal.end())?;
        self.unmarked_bytes = 0;
        self.unmarked_since = None;
        self.compact()
    }

    fn try_settle(&mut self, closing: bool) -> Result<(), StoreFault> {
        let waiting = std::mem::take(&mut self.waiting);
        let Some(query) = &self.query else { return Ok(()) };
        for pairs in &waiting {
            query.apply(pairs)?;
        }
        let due = self.unmarked_bytes >= self.sizes.segment_bytes
            || self.unmarked_since.is_some_and(|since| since.elapsed() >= CHECKPOINT_AFTER);
        let unmarked = self.unmarked_since.is_some();
        if due || (closing && unmarked) {
            self.checkpoint()?;
        }
        if closing {
            return Ok(());
        }
        self.give_back()?;
        self.scrub_on()
    }
}

fn size_of_pairs(pairs: &[Pair]) -> u64 {
    pairs.iter().map(|(key, value)| (key.len() + value.len()) as u64).sum()
}

impl Store for DiskStore {
    fn load(&mut self) -> Result<Vec<Pair>, StoreFault> {
        let loaded = match &self.query {
            Some(query) => query.load(),
            None => self.journal.live(),
        };
        let pairs = match loaded {
            Err(StoreFault::Damaged(why)) => {
                self.rebuild(&why)?;
                let query = self.query.as_ref().ok_or(StoreFault::Poisoned)?;
                query.load()?
            }
            other => other?,
        };
        self.live_bytes = size_of_pairs(&pairs);
        Ok(pairs)
    }

    fn commit(&mut self, batches: &[&[Pair]]) -> Result<(), StoreFault> {
        let mut payloads = Vec::with_capacity(batches.len());
        for pairs in batches.iter().filter(|pairs| !pairs.is_empty()) {
            check_stored(pairs)?;
            payloads.push(codec::encode(pairs).map_err(|_| StoreFault::TooLarge)?);
        }
        if payloads.is_empty() {
            return Ok(());
        }
        let before = self.journal.bytes();
        self.journal.append(&payloads)?;
        self.unmarked_bytes += self.journal.bytes().saturating_sub(before);
        self.unmarked_since.get_or_insert_with(Instant::now);
        self.waiting.extend(batches.iter().map(|pairs| pairs.to_vec()));
        self.room.note_put(batches);
        Ok(())
    }

    fn settle(&mut self, closing: bool) -> Result<(), StoreFault> {
        let done = self.try_settle(closing);
        if done.is_err() {
            // It stays failed once it failed. Everything is in the journal; go on without it.
            if let Some(query) = self.query.take() {
                query.close();
            }
        }
        done
    }

    fn settle_after_ms(&self) -> Option<u64> {
        self.query.as_ref()?;
        let mark_ms =
            self.unmarked_since.map(|since| CHECKPOINT_AFTER.saturating_sub(since.elapsed()));
        let next = self.scrub.wait(&self.upkeep).min(LOOK_EVERY);
        Some(mark_ms.map_or(next, |mark| mark.min(next)).as_millis() as u64)
    }
}

impl Drop for DiskStore {
    fn drop(&mut self) {
        if let Some(query) = self.query.take() {
            query.close();
        }
    }
}

mod compact;
#[cfg(test)]
mod flips;
mod mend;
#[cfg(test)]
mod tests;
