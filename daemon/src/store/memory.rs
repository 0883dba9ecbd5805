//! Two smaller stores: journal only, for machines without sled and as the second opinion under
//! the same crash tests; and memory only, for tests of the pump.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use sanduan_protocol::node::output::lay_over;

use super::journal::{Journal, SEGMENT_BYTES};
use super::lock::DataLock;
use super::{Pair, Store, StoreFault, check_pairs, check_stored, codec};

/// A journal that is replayed whole at start. No read side, hence no checkpoints.
#[derive(Debug)]
pub struct JournalStore {
    journal: Journal,
    _lock: DataLock,
}

impl JournalStore {
    /// Open the store in `folder`, or begin one.
    ///
    /// # Errors
    /// Another daemon has the folder, or the disk cannot be used.
    pub fn open(folder: &Path, stamp_ms: u64) -> Result<JournalStore, StoreFault> {
        std::fs::create_dir_all(folder).map_err(StoreFault::io("创建", "create", folder))?;
        let lock = DataLock::take(folder)?;
        let journal = Journal::open(&folder.join("journal"), stamp_ms, SEGMENT_BYTES)?;
        Ok(JournalStore { journal, _lock: lock })
    }
}

impl Store for JournalStore {
    fn load(&mut self) -> Result<Vec<Pair>, StoreFault> {
        self.journal.live()
    }

    fn commit(&mut self, batches: &[&[Pair]]) -> Result<(), StoreFault> {
        let mut payloads = Vec::with_capacity(batches.len());
        for pairs in batches.iter().filter(|pairs| !pairs.is_empty()) {
            check_stored(pairs)?;
            payloads.push(codec::encode(pairs).map_err(|_| StoreFault::TooLarge)?);
        }
        if payloads.is_empty() { Ok(()) } else { self.journal.append(&payloads) }
    }

    fn settle(&mut self, _closing: bool) -> Result<(), StoreFault> {
        Ok(())
    }

    fn settle_after_ms(&self) -> Option<u64> {
        None
    }
}

/// Pairs in memory, shared with whoever made it, so that a test can look and can break it.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    inside: Arc<Mutex<Inside>>,
}

#[derive(Debug, Default)]
struct Inside {
    pairs: BTreeMap<Vec<u8>, Vec<u8>>,
    commits: usize,
    full: bool,
}

impl MemoryStore {
    /// Let every later commit fail as a full disk does.
    pub fn fill_up(&self) {
        self.with(|inside| inside.full = true);
    }

    /// How often something was committed: the number of syncs of a real disk.
    pub fn commits(&self) -> usize {
        self.with(|inside| inside.commits)
    }

    /// The value of a key.
    pub fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.with(|inside| inside.pairs.get(key).cloned())
    }

    fn with<T>(&self, look: impl FnOnce(&mut Inside) -> T) -> T {
        look(&mut self.inside.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Store for MemoryStore {
    fn load(&mut self) -> Result<Vec<Pair>, StoreFault> {
        Ok(self.with(|inside| inside.pairs.clone().into_iter().collect()))
    }

    fn commit(&mut self, batches: &[&[Pair]]) -> Result<(), StoreFault> {
        self.with(|inside| {
            if inside.full {
                return Err(StoreFault::Full { path: "memory".into() });
            }
            for pairs in batches {
                check_pairs(pairs)?;
                lay_over(&mut inside.pairs, pairs.to_vec());
            }
            inside.commits += 1;
            Ok(())
        })
    }

    fn settle(&mut self, _closing: bool) -> Result<(), StoreFault> {
        Ok(())
    }

    fn settle_after_ms(&self) -> Option<u64> {
        None
    }
}
