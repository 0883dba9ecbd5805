//! redb as a query store: one file of pages. Its own commits survive power cuts; what it does not
//! notice by itself while it is whole is a bit that rotted, so every opening has it check all its
//! pages, every value carries a checksum, and a panic inside redb is an error here.

use std::fs;
use std::io::ErrorKind;
use std::ops::Bound;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use redb::{Database, Durability, ReadableDatabase, ReadableTable, TableDefinition};

use super::engine::{QueryStore, bad_sum, place_of, place_value, with_sum, without_sum};
use super::frame::Place;
use super::segment::sync_folder;
use super::{Pair, StoreFault};

/// Of the page cache; redb's own default of 1 GiB would not fit our boards.
const CACHE_BYTES: usize = 8 * 1024 * 1024;
const FILE: &str = "pairs.redb";
const PAIRS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("pairs");
const MARKS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("marks");
const PLACE_KEY: &[u8] = b"place";

/// An open redb store.
#[derive(Debug)]
pub struct Pages {
    folder: PathBuf,
    database: Database,
}

impl Pages {
    /// Open the store in `folder`, or begin one.
    ///
    /// # Errors
    /// [`StoreFault::Damaged`] when redb cannot make sense of its file; else the disk.
    pub fn open(folder: &Path) -> Result<Pages, StoreFault> {
        fs::create_dir_all(folder).map_err(StoreFault::io("创建", "create", folder))?;
        let path = folder.join(FILE);
        let (database, sound) = guarded(folder, || {
            let mut database = Database::builder().set_cache_size(CACHE_BYTES).create(&path)?;
            let sound = database.check_integrity()?;
            let writing = database.begin_write()?;
            writing.open_table(PAIRS)?;
            writing.open_table(MARKS)?;
            writing.commit()?;
            Ok((database, sound))
        })?;
        if !sound {
            close(database);
            return Err(StoreFault::Damaged("a page fails its checksum".to_owned()));
        }
        // redb syncs what is in its file, but not the name of the file.
        sync_folder(folder)?;
        Ok(Pages { folder: folder.to_owned(), database })
    }
}

impl QueryStore for Pages {
    fn apply(&self, pairs: &[Pair]) -> Result<(), StoreFault> {
        guarded(&self.folder, || {
            let mut writing = self.database.begin_write()?;
            writing.set_durability(Durability::None)?;
            let mut table = writing.open_table(PAIRS)?;
            for (key, value) in pairs {
                match value.is_empty() {
                    true => table.remove(key.as_slice())?,
                    false => table.insert(key.as_slice(), with_sum(value).as_slice())?,
                };
            }
            drop(table);
            Ok(writing.commit()?)
        })
    }

    fn load(&self) -> Result<Vec<Pair>, StoreFault> {
        let read = || -> Result<Option<Vec<Pair>>, redb::Error> {
            let mut pairs = Vec::new();
            for entry in self.database.begin_read()?.open_table(PAIRS)?.iter()? {
                let (key, value) = entry?;
                let Some(value) = without_sum(value.value()) else { return Ok(None) };
                pairs.push((key.value().to_vec(), value.to_vec()));
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
        let read = || -> Result<Option<Option<Vec<u8>>>, redb::Error> {
            let behind = after.map_or(Bound::Unbounded, Bound::Excluded);
            let table = self.database.begin_read()?.open_table(PAIRS)?;
            let mut last = None;
            for (nth, entry) in (1..).zip(table.range::<&[u8]>((behind, Bound::Unbounded))?) {
                let (key, value) = entry?;
                if without_sum(value.value()).is_none() {
                    return Ok(None);
                }
                if nth == count {
                    last = Some(key.value().to_vec());
                    break;
                }
            }
            Ok(Some(last))
        };
        guarded(&self.folder, read)?.ok_or_else(bad_sum)
    }

    fn checkpoint(&self, place: Place) -> Result<(), StoreFault> {
        guarded(&self.folder, || {
            // A durable commit takes everything before it along.
            let writing = self.database.begin_write()?;
            writing.open_table(MARKS)?.insert(PLACE_KEY, place_value(place).as_slice())?;
            Ok(writing.commit()?)
        })
    }

    fn place(&self) -> Result<Option<Place>, StoreFault> {
        guarded(&self.folder, || {
            let marks = self.database.begin_read()?.open_table(MARKS)?;
            Ok(marks.get(PLACE_KEY)?.and_then(|value| place_of(value.value())))
        })
    }

    fn close(self: Box<Self>) {
        close(self.database);
    }
}

fn close(database: Database) {
    let _ = catch_unwind(AssertUnwindSafe(move || drop(database)));
}

fn guarded<T>(
    folder: &Path,
    work: impl FnOnce() -> Result<T, redb::Error>,
) -> Result<T, StoreFault> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(redb::Error::Io(source))) if !is_nonsense(source.kind()) => {
            Err(StoreFault::io("读写", "read or write", folder)(source))
        }
        Ok(Err(error)) => Err(StoreFault::Damaged(error.to_string())),
        Err(_) => Err(StoreFault::Damaged("redb stopped with a panic".to_owned())),
    }
}

/// Errors by which redb says that the file, not the disk, is at fault.
fn is_nonsense(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::InvalidData | ErrorKind::UnexpectedEof | ErrorKind::InvalidInput)
}
