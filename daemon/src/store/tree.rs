//! sled 0.34.7 behind the guards that make it survive power cuts (research,
//! reliability-security 2.4): leftover snapshot drafts are removed before opening, every file is
//! synced once after, a flush is followed by our own fdatasync, values carry a checksum, and a
//! panic inside sled is an error here.

use std::fs::{self, File};
use std::ops::Bound;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::engine::{QueryStore, bad_sum, place_of, place_value, with_sum, without_sum};
use super::frame::Place;
use super::segment::sync_folder;
use super::{Pair, StoreFault};

/// Pairs put in one go: a sled batch of 2,048 keeps 5 MB until the next flush, 64 keep nothing.
const PAIRS_AT_ONCE: usize = 64;

/// Of the page cache; sled's own default of 1 GiB would not fit our boards.
const CACHE_BYTES: u64 = 8 * 1024 * 1024;
/// A sled that was closed lives on until its own threads have let go of it.
const CLOSING_MAX: Duration = Duration::from_secs(10);
const CLOSING_LOOK_AGAIN: Duration = Duration::from_millis(5);
const PLACE_KEY: &[u8] = b"place";

/// An open sled store.
#[derive(Debug)]
pub struct Tree {
    folder: PathBuf,
    db: sled::Db,
    pairs: sled::Tree,
    marks: sled::Tree,
    db_file: File,
}

impl Tree {
    /// Open the store in `folder`, or begin one.
    ///
    /// # Errors
    /// [`StoreFault::Damaged`] when sled cannot make sense of its files; else the disk.
    pub fn open(folder: &Path) -> Result<Tree, StoreFault> {
        remove_snapshot_drafts(folder)?;
        let open = || -> sled::Result<(sled::Db, sled::Tree, sled::Tree)> {
            let db = sled::Config::default()
                .path(folder)
                .cache_capacity(CACHE_BYTES)
                .flush_every_ms(None)
                .open()?;
            let pairs = db.open_tree("pairs")?;
            let marks = db.open_tree("marks")?;
            Ok((db, pairs, marks))
        };
        let started = Instant::now();
        let (db, pairs, marks) = loop {
            match guarded(folder, open) {
                Err(fault) if is_still_closing(&fault) && started.elapsed() < CLOSING_MAX => {
                    std::thread::sleep(CLOSING_LOOK_AGAIN);
                }
                other => break other?,
            }
        };
        sync_files(folder)?;
        let db_path = folder.join("db");
        let db_file = File::open(&db_path).map_err(StoreFault::io("打开", "open", &db_path))?;
        Ok(Tree { folder: folder.to_owned(), db, pairs, marks, db_file })
    }
}

impl QueryStore for Tree {
    fn apply(&self, pairs: &[Pair]) -> Result<(), StoreFault> {
        guarded(&self.folder, || {
            for some in pairs.chunks(PAIRS_AT_ONCE) {
                let mut batch = sled::Batch::default();
                for (key, value) in some {
                    match value.is_empty() {
                        true => batch.remove(key.as_slice()),
                        false => batch.insert(key.as_slice(), with_sum(value)),
                    }
                }
                self.pairs.apply_batch(batch)?;
            }
            Ok(())
        })
    }

    fn load(&self) -> Result<Vec<Pair>, StoreFault> {
        let read = || -> sled::Result<Option<Vec<Pair>>> {
            let mut pairs = Vec::new();
            for entry in self.pairs.iter() {
                let (key, value) = entry?;
                let Some(value) = without_sum(&value) else { return Ok(None) };
                pairs.push((key.to_vec(), value.to_vec()));
            }
            Ok(Some(pairs))
        };
        guarded(&self.folder, read)?.ok_or_else(bad_sum)
    }

    fn check_some(
        &self,
        after: Option<&[u8]>,
        count: usize,
    ) -> Result<Option<Vec<u8>>, StoreFault> {
        let read = || -> sled::Result<Option<Option<Vec<u8>>>> {
            let behind = after.map_or(Bound::Unbounded, Bound::Excluded);
            let mut last = None;
            for (nth, entry) in (1..).zip(self.pairs.range::<&[u8], _>((behind, Bound::Unbounded)))
            {
                let (key, value) = entry?;
                if without_sum(&value).is_none() {
                    return Ok(None);
                }
                if nth == count {
                    last = Some(key.to_vec());
                    break;
                }
            }
            Ok(Some(last))
        };
        guarded(&self.folder, read)?.ok_or_else(bad_sum)
    }

    fn checkpoint(&self, place: Place) -> Result<(), StoreFault> {
        guarded(&self.folder, || self.db.flush())?;
        self.db_file.sync_data().map_err(StoreFault::io("落盘", "sync", &self.folder))?;
        // Losing this mark only makes the next replay longer, so it rides with the next flush.
        guarded(&self.folder, || self.marks.insert(PLACE_KEY, place_value(place)))?;
        guarded(&self.folder, || self.db.flush())?;
        Ok(())
    }

    fn place(&self) -> Result<Option<Place>, StoreFault> {
        let value = guarded(&self.folder, || self.marks.get(PLACE_KEY))?;
        Ok(value.and_then(|value| place_of(&value)))
    }

    fn close(self: Box<Self>) {
        let _ = catch_unwind(AssertUnwindSafe(move || drop(self)));
    }
}

fn guarded<T>(folder: &Path, work: impl FnOnce() -> sled::Result<T>) -> Result<T, StoreFault> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(sled::Error::Io(source))) if source.kind() != std::io::ErrorKind::InvalidData => {
            Err(StoreFault::io("读写", "read or write", folder)(source))
        }
        Ok(Err(error)) => Err(StoreFault::Damaged(error.to_string())),
        Err(_) => Err(StoreFault::Damaged("sled stopped with a panic".to_owned())),
    }
}

/// Whether sled found its own lock taken. The lock of the data folder is ours, so no other daemon
/// has it: it is an earlier opening by this process that has not quite ended.
fn is_still_closing(fault: &StoreFault) -> bool {
    match fault {
        StoreFault::Io { source, .. } => source.to_string().contains("could not acquire lock"),
        StoreFault::Full { .. }
        | StoreFault::Locked { .. }
        | StoreFault::Damaged(_)
        | StoreFault::Foreign
        | StoreFault::Later { .. }
        | StoreFault::Poisoned
        | StoreFault::TooLarge => false,
    }
}

/// A crash between creation and rename leaves a draft that makes every later open fail.
fn remove_snapshot_drafts(folder: &Path) -> Result<(), StoreFault> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("snap.") && name.ends_with(".generating") {
            let path = entry.path();
            fs::remove_file(&path).map_err(StoreFault::io("删除", "remove", &path))?;
        }
    }
    Ok(())
}

fn sync_files(folder: &Path) -> Result<(), StoreFault> {
    let entries = fs::read_dir(folder).map_err(StoreFault::io("读取", "read", folder))?;
    for entry in entries {
        let path = entry.map_err(StoreFault::io("读取", "read", folder))?.path();
        if path.is_file() {
            let sync = || File::open(&path)?.sync_all();
            sync().map_err(StoreFault::io("落盘", "sync", &path))?;
        }
    }
    sync_folder(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leftover_snapshot_draft_does_not_stop_the_opening() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("sled");
        Box::new(Tree::open(&path).expect("opens")).close();
        fs::write(path.join("snap.0000000000000001.generating"), b"half").expect("writable");
        Tree::open(&path).expect("opens in spite of the draft");
        assert!(!path.join("snap.0000000000000001.generating").exists());
    }
}
