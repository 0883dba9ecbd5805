//! Measures the room that is left for the store, twice a minute, tells the machine, and keeps the
//! ballast. What the figures mean is decided in `protocol::base::room`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use std::{fs, io};

use sanduan_protocol::base::room::{LOW_PCT, Measured};
use sanduan_protocol::local::rows::ScrubRow;
use sanduan_protocol::node::Input;
use tokio::sync::mpsc;

use super::ballast;
use super::engine::Engine;
use super::upkeep::Upkeep;

/// How often the disk is measured.
const EVERY: Duration = Duration::from_secs(30);
/// With less than this free the ballast goes before a write fails: room for the next batches and
/// for a segment of sled's log, bytes.
const BALLAST_GOES_BYTES: u64 = 4 * 1024 * 1024;
/// Folders within folders that are looked into; the store has two.
const DEPTH_MAX: u32 = 4;

/// Where the store is and what it may take.
#[derive(Clone, Debug)]
pub struct Gauge {
    /// The data folder.
    pub folder: PathBuf,
    /// Bytes that journal and query store may take; 0 for no quota.
    pub quota_bytes: u64,
    /// What is told to the store, and heard of it.
    pub upkeep: Arc<Upkeep>,
}

/// Measure now and twice a minute until the daemon goes down.
pub async fn run(gauge: Gauge, inputs: mpsc::Sender<Input>) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut told = ScrubRow::default();
    loop {
        ticks.tick().await;
        let scrub = gauge.upkeep.scrub();
        if scrub != told {
            told = scrub.clone();
            if inputs.send(Input::Scrubbed(Box::new(scrub))).await.is_err() {
                return;
            }
        }
        let (upkeep, gauge) = (gauge.upkeep.clone(), gauge.clone());
        // Disks that are nearly full are slow, and the ballast takes a while.
        let measured = tokio::task::spawn_blocking(move || gauge.look()).await;
        match measured {
            Ok(Ok(measured)) => {
                upkeep.note_room(measured.pct() >= LOW_PCT);
                if inputs.send(Input::Room(measured)).await.is_err() {
                    return;
                }
            }
            Ok(Err(error)) => tracing::debug!(%error, "the disk cannot be measured"),
            Err(error) => tracing::error!(%error, "量不出余量 / the disk cannot be measured"),
        }
    }
}

impl Gauge {
    /// Keep the ballast, then measure.
    fn look(&self) -> io::Result<Measured> {
        let free = free_bytes(&self.folder)?;
        if free < BALLAST_GOES_BYTES {
            ballast::release(&self.folder);
        } else if let Err(error) = ballast::make(&self.folder, self.ballast_bytes(), free) {
            tracing::debug!(%error, "no ballast");
        }
        self.measure()
    }

    /// What the store takes and what is free for it.
    ///
    /// # Errors
    /// The file system cannot be asked.
    pub fn measure(&self) -> io::Result<Measured> {
        let missing = self.ballast_bytes().saturating_sub(ballast::held(&self.folder));
        Ok(Measured {
            used_bytes: store_bytes(&self.folder),
            quota_bytes: self.quota_bytes,
            free_bytes: free_bytes(&self.folder)?.saturating_sub(missing),
        })
    }

    fn ballast_bytes(&self) -> u64 {
        ballast::size_for(self.quota_bytes)
    }
}

/// Bytes that an ordinary program may still write on the file system of `folder`.
fn free_bytes(folder: &Path) -> io::Result<u64> {
    let found = rustix::fs::statvfs(folder)?;
    Ok(found.f_bavail.saturating_mul(found.f_frsize))
}

/// Bytes of journal and query stores in the data folder, with what was set aside of them.
fn store_bytes(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let is_store = |name: &str| {
        let of = |engine: Engine| {
            name.strip_prefix(engine.name())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        name == "journal" || Engine::ALL.into_iter().any(of)
    };
    entries
        .flatten()
        .filter(|entry| entry.file_name().to_str().is_some_and(is_store))
        .map(|entry| size_of(&entry, DEPTH_MAX))
        .sum()
}

/// Bytes of a file or of all in a folder; what goes away meanwhile counts as nothing.
fn size_of(entry: &fs::DirEntry, depth: u32) -> u64 {
    match entry.metadata() {
        Ok(found) if found.is_dir() && depth > 0 => fs::read_dir(entry.path())
            .map_or(0, |inner| inner.flatten().map(|entry| size_of(&entry, depth - 1)).sum()),
        Ok(found) if found.is_file() => found.len(),
        Ok(_) | Err(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn journal_and_query_stores_count_and_attachments_and_ballast_do_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let put = |path: &str, bytes: usize| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().expect("in a folder")).expect("made");
            fs::write(path, vec![1; bytes]).expect("written");
        };
        put("journal/journal.000001", 1_000);
        put("journal/journal.000001.cut-7", 200);
        put("sled/blobs/1", 30);
        put("redb.corrupt-7/store", 4);
        put("files/photo", 70_000);
        put("ballast", 800_000);
        put("sledge/hammer", 9_000_000);
        assert_eq!(store_bytes(folder.path()), 1_234);
        assert_eq!(store_bytes(&folder.path().join("nowhere")), 0);
    }

    #[test]
    fn a_ballast_that_is_missing_counts_as_taken() {
        let folder = tempfile::tempdir().expect("a folder");
        let gauge = |quota_bytes| Gauge {
            folder: folder.path().to_owned(),
            quota_bytes,
            upkeep: Arc::default(),
        };
        let free = free_bytes(folder.path()).expect("a file system");
        let measured = gauge(free.saturating_mul(20)).measure().expect("measured");
        assert!(measured.free_bytes < free, "{measured:?} of {free}");
        assert!(gauge(0).measure().expect("measured").used_bytes == 0);
        let gone = Gauge { folder: folder.path().join("gone"), ..gauge(0) };
        assert!(gone.measure().is_err());
    }
}
