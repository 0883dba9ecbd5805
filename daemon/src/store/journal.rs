//! The journal: numbered segments of frames, appended and synced. Replays itself, cuts a torn
//! tail, and replaces itself by a snapshot when it has grown far beyond what is live.
//!
//! Byte layout in [`super::frame`]; what the frames mean in [`super::codec`].

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::frame::{self, Found, HEADER_BYTES, Kind};
use super::{Pair, StoreFault, codec};

/// A segment of this size is closed and the next one begun (research, reliability-security 2.4).
pub const SEGMENT_BYTES: u64 = 32 * 1024 * 1024;
/// Payload of one snapshot frame, so that a snapshot is written and read in small pieces.
const SNAPSHOT_FRAME_BYTES: usize = 1024 * 1024;

/// A place between two frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Number of the segment.
    pub segment: u32,
    /// Bytes from its beginning.
    pub offset: u64,
}

/// What a replay met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Sound frames.
    pub frames: u64,
    /// Frames with sound ones behind them that are damaged; their content is lost here.
    pub damaged: u64,
}

/// An open journal, ready to append.
#[derive(Debug)]
pub struct Journal {
    folder: PathBuf,
    first: u32,
    number: u32,
    file: File,
    length: u64,
    older_bytes: u64,
    poisoned: bool,
    cut: Option<PathBuf>,
}

impl Journal {
    /// Open the journal in `folder`, or begin one. A torn tail is cut and kept aside under a
    /// name that ends in `stamp_ms`.
    ///
    /// # Errors
    /// The folder or a segment cannot be read or written.
    pub fn open(folder: &Path, stamp_ms: u64) -> Result<Journal, StoreFault> {
        fs::create_dir_all(folder).map_err(StoreFault::io("创建", "create", folder))?;
        let mut numbers = segment_numbers(folder)?;
        let newest_snapshot =
            numbers.iter().rposition(|number| kind_of(folder, *number) == Some(Kind::Snapshot));
        for number in numbers.drain(..newest_snapshot.unwrap_or(0)) {
            remove(&segment_path(folder, number))?;
        }
        let cut = match numbers.last() {
            Some(last) => cut_torn_tail(folder, *last, stamp_ms)?,
            None => None,
        };
        // A segment whose header was torn has been set aside whole.
        let numbers = segment_numbers(folder)?;
        let first = numbers.first().copied().unwrap_or(1);
        let last = numbers.last().copied();
        let mut older_bytes = 0;
        for number in &numbers {
            older_bytes += file_length(&segment_path(folder, *number))?;
        }
        let (number, file, length) = match last {
            Some(number) if kind_of(folder, number) == Some(Kind::Log) => {
                let (file, length) = open_to_append(folder, number)?;
                older_bytes -= length;
                (number, file, length)
            }
            Some(number) => (number + 1, begin(folder, number + 1)?, HEADER_BYTES as u64),
            None => (1, begin(folder, 1)?, HEADER_BYTES as u64),
        };
        let folder = folder.to_owned();
        Ok(Journal { folder, first, number, file, length, older_bytes, poisoned: false, cut })
    }

    /// Where the torn tail that `open` cut was put, if there was one.
    pub fn cut(&self) -> Option<&Path> {
        self.cut.as_deref()
    }

    /// The beginning of what is held.
    pub fn start(&self) -> Place {
        Place { segment: self.first, offset: HEADER_BYTES as u64 }
    }

    /// The place behind the last frame.
    pub fn end(&self) -> Place {
        Place { segment: self.number, offset: self.length }
    }

    /// Bytes of all segments.
    pub fn bytes(&self) -> u64 {
        self.older_bytes + self.length
    }

    /// Hand every batch from `from` on to `visit`, in the order in which they were appended.
    ///
    /// # Errors
    /// A segment cannot be read.
    pub fn replay(
        &self,
        from: Place,
        visit: &mut dyn FnMut(Vec<Pair>) -> Result<(), StoreFault>,
    ) -> Result<Replayed, StoreFault> {
        let mut all = Replayed::default();
        for number in self.first.max(from.segment)..=self.number {
            let offset = if number == from.segment { from.offset } else { HEADER_BYTES as u64 };
            let path = segment_path(&self.folder, number);
            if !path.exists() || kind_of(&self.folder, number).is_none() {
                tracing::warn!(segment = number, "a journal segment is missing or unreadable");
                all.damaged += 1;
                continue;
            }
            let walk = walk(&path, offset, &mut |payload| match codec::decode(&payload) {
                Ok(pairs) => visit(pairs),
                Err(codec::BadPairs) => {
                    tracing::warn!(segment = number, "a sound frame holds no pairs; skipped");
                    Ok(())
                }
            })?;
            all.frames += walk.frames;
            all.damaged += walk.damaged;
        }
        Ok(all)
    }

    /// Every pair that is live, in key order.
    ///
    /// # Errors
    /// A segment cannot be read.
    pub fn live(&self) -> Result<Vec<Pair>, StoreFault> {
        let mut live = BTreeMap::new();
        self.replay(self.start(), &mut |pairs| {
            live.extend(pairs);
            Ok(())
        })?;
        Ok(live.into_iter().collect())
    }

    /// Append payloads and sync. When this returns they are durable.
    ///
    /// # Errors
    /// The disk refused; the journal takes nothing more until it is opened again.
    pub fn append(&mut self, payloads: &[Vec<u8>]) -> Result<(), StoreFault> {
        if self.poisoned {
            return Err(StoreFault::Poisoned);
        }
        let done = self.try_append(payloads);
        if done.is_err() {
            self.poisoned = true;
            // What did not become durable should not come back after a restart either. The cut
            // at opening does the same, should this fail too.
            let _ = self.file.set_len(self.length);
        }
        done
    }

    fn try_append(&mut self, payloads: &[Vec<u8>]) -> Result<(), StoreFault> {
        if self.length >= SEGMENT_BYTES {
            self.file = begin(&self.folder, self.number + 1)?;
            self.number += 1;
            self.older_bytes += self.length;
            self.length = HEADER_BYTES as u64;
        }
        let mut bytes = Vec::with_capacity(payloads.iter().map(|p| p.len() + 8).sum());
        for payload in payloads {
            frame::push(&mut bytes, payload);
        }
        let path = segment_path(&self.folder, self.number);
        self.file.write_all(&bytes).map_err(StoreFault::io("写入", "write", &path))?;
        self.file.sync_data().map_err(StoreFault::io("落盘", "sync", &path))?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Replace everything by one snapshot of `pairs`, then go on in a fresh segment.
    ///
    /// # Errors
    /// The disk refused. The old segments are still there and still complete.
    pub fn replace_by(&mut self, pairs: &[Pair]) -> Result<(), StoreFault> {
        let number = self.number + 1;
        let path = segment_path(&self.folder, number);
        let draft = self.folder.join(format!("journal.{number:06}.new"));
        write_snapshot(&draft, number, pairs)?;
        fs::rename(&draft, &path).map_err(StoreFault::io("改名", "rename", &draft))?;
        sync_folder(&self.folder)?;
        self.file = begin(&self.folder, number + 1)?;
        for old in self.first..number {
            let old = segment_path(&self.folder, old);
            if old.exists() {
                remove(&old)?;
            }
        }
        self.first = number;
        self.number = number + 1;
        self.older_bytes = file_length(&path)?;
        self.length = HEADER_BYTES as u64;
        Ok(())
    }
}

fn write_snapshot(draft: &Path, number: u32, pairs: &[Pair]) -> Result<(), StoreFault> {
    let mut file = File::create(draft).map_err(StoreFault::io("创建", "create", draft))?;
    let mut bytes = frame::header(Kind::Snapshot, number).to_vec();
    let mut rest = pairs;
    while !rest.is_empty() {
        let mut size = 0;
        let fits = rest.iter().take_while(|(key, value)| {
            size += key.len() + value.len();
            size <= SNAPSHOT_FRAME_BYTES
        });
        let count = fits.count().max(1);
        let payload = codec::encode(&rest[..count]).map_err(|_| StoreFault::TooLarge)?;
        frame::push(&mut bytes, &payload);
        file.write_all(&bytes).map_err(StoreFault::io("写入", "write", draft))?;
        bytes.clear();
        rest = &rest[count..];
    }
    file.write_all(&bytes).map_err(StoreFault::io("写入", "write", draft))?;
    file.sync_all().map_err(StoreFault::io("落盘", "sync", draft))
}

/// Segments in order. Drafts of snapshots that were never finished are removed.
fn segment_numbers(folder: &Path) -> Result<Vec<u32>, StoreFault> {
    let mut numbers = Vec::new();
    let entries = fs::read_dir(folder).map_err(StoreFault::io("读取", "read", folder))?;
    for entry in entries {
        let entry = entry.map_err(StoreFault::io("读取", "read", folder))?;
        let name = entry.file_name();
        let Some(rest) = name.to_str().and_then(|name| name.strip_prefix("journal.")) else {
            continue;
        };
        if rest.ends_with(".new") {
            remove(&entry.path())?;
        } else if let Ok(number) = rest.parse() {
            numbers.push(number);
        }
    }
    numbers.sort_unstable();
    Ok(numbers)
}

fn segment_path(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("journal.{number:06}"))
}

fn kind_of(folder: &Path, number: u32) -> Option<Kind> {
    let mut bytes = [0; HEADER_BYTES];
    File::open(segment_path(folder, number)).ok()?.read_exact(&mut bytes).ok()?;
    frame::read_header(&bytes, number)
}

struct Walked {
    /// Behind the last sound frame.
    end: u64,
    frames: u64,
    damaged: u64,
}

fn walk(
    path: &Path,
    offset: u64,
    visit: &mut dyn FnMut(Vec<u8>) -> Result<(), StoreFault>,
) -> Result<Walked, StoreFault> {
    let mut file = File::open(path).map_err(StoreFault::io("打开", "open", path))?;
    file.seek(SeekFrom::Start(offset)).map_err(StoreFault::io("读取", "read", path))?;
    let mut from = BufReader::with_capacity(256 * 1024, file);
    let mut walked = Walked { end: offset, frames: 0, damaged: 0 };
    // Damaged frames count only once a sound one follows; until then they are a torn tail.
    let mut doubtful = 0;
    loop {
        match frame::read(&mut from).map_err(StoreFault::io("读取", "read", path))? {
            Found::Payload(payload) => {
                visit(payload)?;
                walked.frames += 1;
                walked.damaged += std::mem::take(&mut doubtful);
                walked.end =
                    from.stream_position().map_err(StoreFault::io("读取", "read", path))?;
            }
            Found::Damaged => doubtful += 1,
            Found::End | Found::Torn => return Ok(walked),
        }
    }
}

fn cut_torn_tail(folder: &Path, number: u32, stamp_ms: u64) -> Result<Option<PathBuf>, StoreFault> {
    let path = segment_path(folder, number);
    let aside = folder.join(format!("journal.{number:06}.cut-{stamp_ms}"));
    if kind_of(folder, number).is_none() {
        if file_length(&path)? == 0 {
            remove(&path)?;
            return Ok(None);
        }
        fs::rename(&path, &aside).map_err(StoreFault::io("改名", "rename", &path))?;
        sync_folder(folder)?;
        return Ok(Some(aside));
    }
    let walked = walk(&path, HEADER_BYTES as u64, &mut |_| Ok(()))?;
    let length = file_length(&path)?;
    if walked.end == length {
        return Ok(None);
    }
    let failed = StoreFault::io("修复", "mend", &path);
    let cut = || -> std::io::Result<()> {
        let mut file = OpenOptions::new().read(true).write(true).open(&path)?;
        file.seek(SeekFrom::Start(walked.end))?;
        let mut tail = Vec::new();
        file.read_to_end(&mut tail)?;
        // Keeping the torn bytes is a courtesy; a full disk must not stop the opening.
        if let Err(error) = fs::write(&aside, &tail) {
            tracing::warn!(%error, "the torn tail could not be kept");
        }
        file.set_len(walked.end)?;
        file.sync_all()
    };
    cut().map_err(failed)?;
    Ok(Some(aside))
}

fn open_to_append(folder: &Path, number: u32) -> Result<(File, u64), StoreFault> {
    let path = segment_path(folder, number);
    let open = || -> std::io::Result<(File, u64)> {
        let mut file = OpenOptions::new().read(true).write(true).open(&path)?;
        let length = file.seek(SeekFrom::End(0))?;
        Ok((file, length))
    };
    open().map_err(StoreFault::io("打开", "open", &path))
}

fn begin(folder: &Path, number: u32) -> Result<File, StoreFault> {
    let path = segment_path(folder, number);
    let create = || -> std::io::Result<File> {
        let mut file = File::create(&path)?;
        file.write_all(&frame::header(Kind::Log, number))?;
        file.sync_all()?;
        Ok(file)
    };
    let file = create().map_err(StoreFault::io("创建", "create", &path))?;
    sync_folder(folder)?;
    Ok(file)
}

fn remove(path: &Path) -> Result<(), StoreFault> {
    fs::remove_file(path).map_err(StoreFault::io("删除", "remove", path))
}

fn file_length(path: &Path) -> Result<u64, StoreFault> {
    Ok(fs::metadata(path).map_err(StoreFault::io("读取", "read", path))?.len())
}

/// Make created, renamed and removed names durable.
pub(super) fn sync_folder(folder: &Path) -> Result<(), StoreFault> {
    let sync = || File::open(folder)?.sync_all();
    sync().map_err(StoreFault::io("落盘", "sync", folder))
}

#[cfg(test)]
mod tests;
