//! The store of a real daemon: journal for what is promised, a query store for what is read at
//! start.
//!
//! A data folder holds `lock`, `journal/`, one of `sled/` and `redb/`, and sometimes
//! `sled.corrupt-<time>` or `redb.corrupt-<time>`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::engine::{Engine, QueryStore};
use super::frame::Place;
use super::journal::{Journal, SEGMENT_BYTES};
use super::lock::DataLock;
use super::segment::Damage;
use super::{Pair, Store, StoreFault, aside, ballast, check_stored, codec};

/// Longest time between a commit and its checkpoint (research, reliability-security 2.4).
const CHECKPOINT_AFTER: Duration = Duration::from_secs(600);
/// Journal bytes per live byte above which it is replaced (DESIGN section 9, quota 4 × live).
const COMPACT_RATIO: u64 = 4;

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
        Ok(store)
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
            tracing::info!(from = former.name(), to = chosen.name(), "query store changed");
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

    /// Make a journal that lost something complete again, as far as the query store knows. True
    /// if done.
    fn mend(&mut self, query: &dyn QueryStore, marked: Option<Place>) -> Result<bool, StoreFault> {
        let behind = marked.is_some_and(|place| !self.journal.reaches(place));
        if !behind && self.journal.damage().is_empty() && self.journal.cut().is_none() {
            return Ok(false);
        }
        let lost = self.journal.damage().iter().any(|damage| Some(damage.place) >= marked);
        let mut pairs: BTreeMap<Vec<u8>, Vec<u8>> = self.journal.live()?.into_iter().collect();
        // It has been brought up to date, so its values are the newest. It gets nothing that
        // was not confirmed, so what it holds beyond a torn end had been confirmed.
        let mut missing = false;
        for (key, value) in query.load()? {
            missing |= pairs.insert(key, value.clone()).as_ref() != Some(&value);
        }
        if !behind && !missing && self.journal.damage().is_empty() {
            return Ok(false);
        }
        let pairs: Vec<Pair> = pairs.into_iter().collect();
        match self.journal.replace_by(&pairs, marked.map_or(0, |place| place.segment)) {
            Ok(()) => {}
            Err(fault) if behind => return Err(fault.without_fallback()),
            Err(fault) => {
                tracing::warn!(
                    %fault,
                    "日志暂未修复，下次启动再试 / the journal is not mended yet; the next start \
                     tries again"
                );
                return Ok(false);
            }
        }
        if lost {
            tracing::warn!(
                "日志已重写；损坏处若有查询库没有的内容，须由同伴补齐 / the journal was rewritten; \
                 what the query store did not hold of the damaged bytes must come from peers"
            );
        } else {
            tracing::warn!(
                "日志已从查询库补齐，没有丢失内容 / the journal was completed from the query \
                 store; nothing is lost"
            );
        }
        Ok(true)
    }

    fn rebuild(&mut self, why: &str) -> Result<(), StoreFault> {
        if let Some(query) = self.query.take() {
            query.close();
        }
        let aside = aside::set_aside(&self.folder, self.engine, self.stamp_ms)?;
        tracing::warn!(
            why,
            kept_as = %aside.display(),
            "查询库损坏，正从日志重建 / the query store is damaged and is rebuilt from the journal"
        );
        self.open_query()
    }

    fn checkpoint(&mut self) -> Result<(), StoreFault> {
        let Some(query) = &self.query else { return Ok(()) };
        query.checkpoint(self.journal.end())?;
        self.unmarked_bytes = 0;
        self.unmarked_since = None;
        self.compact()
    }

    /// Only called right after a checkpoint: the query store holds all that the journal holds.
    fn compact(&mut self) -> Result<(), StoreFault> {
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
            self.journal.replace_by(&pairs, 0)?;
            query.checkpoint(self.journal.end())?;
            tracing::info!(before = bytes, after = self.journal.bytes(), "journal compacted");
        }
        Ok(())
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
        if due || (closing && unmarked) { self.checkpoint() } else { Ok(()) }
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
        let since = self.unmarked_since?;
        Some(CHECKPOINT_AFTER.saturating_sub(since.elapsed()).as_millis() as u64)
    }
}

impl Drop for DiskStore {
    fn drop(&mut self) {
        if let Some(query) = self.query.take() {
            query.close();
        }
    }
}

#[cfg(test)]
mod flips;
#[cfg(test)]
mod tests;
