//! Attachments: the files themselves. Kept in [`cabinet`], fetched in [`fetch`] from whoever has
//! them and is reached by a broadband link. That they exist is said by records, which never wait
//! for them.
//!
//! A link that can carry files registers with [`Files::open_door`] and answers what it is asked;
//! its bearer decides how. What a peer asks of us is read with [`Files::cabinet`].

pub mod cabinet;
pub mod fetch;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sanduan_protocol::field::attachment::FileHash;
use sanduan_protocol::local::rows::FileRow;
use tokio::sync::{Notify, mpsc};

use crate::home::file::from_hex;
use crate::said::Said;
use cabinet::Cabinet;

/// Most bytes of a file in one piece between a link and the disk.
pub const CHUNK_BYTES: usize = 64 * 1024;
/// Pieces on their way from a link to the disk.
const CHUNKS_WAITING_MAX: usize = 4;
/// Files that are wanted at one time.
const WANTED_MAX: usize = 256;

/// What a link is asked for: the bytes of a file from `offset` on. It gives them in pieces and
/// closes the channel; giving none means that the peer does not have it.
#[derive(Debug)]
pub struct FileAsk {
    /// Which file.
    pub hash: FileHash,
    /// From which byte on.
    pub offset: u64,
    /// Where the pieces go, each at most [`CHUNK_BYTES`].
    pub chunks: mpsc::Sender<Vec<u8>>,
}

/// All files of this machine, and the links by which others come in.
#[derive(Debug)]
pub struct Files {
    cabinet: Cabinet,
    doors: Mutex<Doors>,
    wanted: Mutex<BTreeSet<FileHash>>,
    /// Rung when there is something new to try.
    bell: Notify,
}

#[derive(Debug, Default)]
struct Doors {
    next: u64,
    open: BTreeMap<u64, mpsc::Sender<FileAsk>>,
}

/// A link that can carry files; dropped, it is no longer asked.
#[derive(Debug)]
pub struct FileDoor {
    files: Arc<Files>,
    number: u64,
    /// What it is asked for.
    pub asks: mpsc::Receiver<FileAsk>,
}

impl Files {
    /// The files in `data_dir`; what was being fetched is wanted again.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn open(data_dir: &Path, bytes_max: u64) -> Result<Files, Said> {
        let cabinet = Cabinet::open(data_dir.join("files"), bytes_max)?;
        let wanted = cabinet.parts().into_iter().take(WANTED_MAX).collect();
        Ok(Files {
            cabinet,
            doors: Mutex::default(),
            wanted: Mutex::new(wanted),
            bell: Notify::new(),
        })
    }

    /// The files on the disk.
    pub fn cabinet(&self) -> &Cabinet {
        &self.cabinet
    }

    /// Fetch this file; false if too many are wanted already.
    pub fn want(&self, hash: FileHash) -> bool {
        let mut wanted = lock(&self.wanted);
        let fits = wanted.len() < WANTED_MAX || wanted.contains(&hash);
        if fits {
            wanted.insert(hash);
        }
        drop(wanted);
        self.bell.notify_one();
        fits
    }

    /// A link to a device of the network can carry files from now on.
    pub fn open_door(self: &Arc<Files>) -> FileDoor {
        let (to, asks) = mpsc::channel(1);
        let mut doors = lock(&self.doors);
        let number = doors.next;
        doors.next += 1;
        doors.open.insert(number, to);
        drop(doors);
        self.bell.notify_one();
        FileDoor { files: self.clone(), number, asks }
    }

    /// The row of a file with what is here of it.
    pub fn complete(&self, row: FileRow) -> FileRow {
        let Some(hash) = from_hex(&row.hash) else { return row };
        let (held_bytes, _) = self.cabinet.held(&hash);
        FileRow { held_bytes, fetching: lock(&self.wanted).contains(&hash), ..row }
    }

    fn doors(&self) -> Vec<mpsc::Sender<FileAsk>> {
        lock(&self.doors).open.values().cloned().collect()
    }
}

impl Drop for FileDoor {
    fn drop(&mut self) {
        lock(&self.files.doors).open.remove(&self.number);
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    // Maps and sets are whole after every statement, whoever panicked meanwhile.
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
