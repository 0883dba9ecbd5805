//! One segment of the journal as a file: walked from frame to frame, past damaged bytes to the
//! next sound frame, and cut behind its last sound frame.
//!
//! ```text
//! … sound  damaged  sound, starts a group …    the middle is lost, the rest is kept
//! … sound  damaged  sound, follows  end        a torn group: cut where the damage begins
//! ```
//!
//! Frames that were written together are kept or cut in order, so that after a power cut no batch
//! is there without those before it. Which segments there are: [`super::journal`].

use std::fs::{self, File, OpenOptions};
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::StoreFault;
use super::frame::{self, FRAME_HEAD_BYTES, Found, HEADER_BYTES, Kind, Place};

/// Bytes of the journal that are no sound frame although sound ones follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Where they begin.
    pub place: Place,
    /// How many they are.
    pub bytes: u64,
}

/// What a walk met.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Walked {
    /// Behind the last frame that is to be kept.
    pub end: u64,
    /// Frames handed on.
    pub frames: u64,
    /// What is lost between them.
    pub damage: Vec<Damage>,
}

/// Hand the payload of every frame from `from` on to `visit`. The newest segment is `open_ended`:
/// damage at its end is an append that a power cut tore, and no damage.
///
/// # Errors
/// The segment cannot be read, or `visit` refused.
pub fn walk(
    path: &Path,
    from: Place,
    open_ended: bool,
    visit: &mut dyn FnMut(Vec<u8>) -> Result<(), StoreFault>,
) -> Result<Walked, StoreFault> {
    let mut file = File::open(path).map_err(StoreFault::io("打开", "open", path))?;
    let length = file.metadata().map_err(StoreFault::io("读取", "read", path))?.len();
    file.seek(SeekFrom::Start(from.offset)).map_err(StoreFault::io("读取", "read", path))?;
    walk_in(file, length, from, open_ended, visit).map_err(|stopped| match stopped {
        Stopped::Disk(error) => StoreFault::io("读取", "read", path)(error),
        Stopped::Visit(fault) => fault,
    })
}

/// Read frames from `from` on until about so many bytes were read: up to where, and whether that is
/// the end; `None` if something there is no sound frame.
///
/// # Errors
/// The segment cannot be read.
pub fn read_some(
    path: &Path,
    from: Place,
    bytes_max: u64,
) -> Result<Option<(u64, bool)>, StoreFault> {
    let read = || -> std::io::Result<Option<(u64, bool)>> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(from.offset))?;
        let mut reader = BufReader::with_capacity(64 * 1024, file);
        let mut at = from.offset;
        while at < length && at - from.offset < bytes_max {
            match frame::read(&mut reader, Place { offset: at, ..from })? {
                Found::Frame { payload, .. } => at += (FRAME_HEAD_BYTES + payload.len()) as u64,
                Found::Damaged(_) | Found::Noise | Found::End => return Ok(None),
            }
        }
        Ok(Some((at, at >= length)))
    };
    read().map_err(StoreFault::io("读取", "read", path))
}

/// Why a walk stopped.
#[derive(Debug)]
pub enum Stopped {
    /// The disk cannot be read.
    Disk(std::io::Error),
    /// The visitor refused.
    Visit(StoreFault),
}

/// The same over any bytes, `length` in all; the reader stands at `from`.
///
/// # Errors
/// They cannot be read, or `visit` refused.
pub fn walk_in(
    bytes: impl Read + Seek,
    length: u64,
    from: Place,
    open_ended: bool,
    visit: &mut dyn FnMut(Vec<u8>) -> Result<(), StoreFault>,
) -> Result<Walked, Stopped> {
    let mut reader = BufReader::with_capacity(256 * 1024, bytes);
    let mut walked = Walked { end: from.offset, ..Walked::default() };
    let mut doubt = Doubt::default();
    let mut at = from.offset;
    while at < length {
        let place = Place { offset: at, ..from };
        match frame::read(&mut reader, place).map_err(Stopped::Disk)? {
            Found::Frame { follows, payload } => {
                let end = at + (FRAME_HEAD_BYTES + payload.len()) as u64;
                if !follows {
                    doubt.settle(&mut walked, visit).map_err(Stopped::Visit)?;
                }
                if doubt.damage.is_empty() {
                    visit(payload).map_err(Stopped::Visit)?;
                    (walked.end, walked.frames) = (end, walked.frames + 1);
                } else {
                    doubt.payloads.push(payload);
                    doubt.end = end;
                }
                at = end;
            }
            Found::Damaged(payload) => {
                let bytes = FRAME_HEAD_BYTES as u64 + payload;
                doubt.note(Damage { place, bytes });
                at += bytes;
            }
            Found::Noise => {
                doubt.note(Damage { place, bytes: 1 });
                at += 1;
                reader.seek_relative(1 - FRAME_HEAD_BYTES as i64).map_err(Stopped::Disk)?;
            }
            Found::End => {
                // The head may be noise that looks like a frame longer than the file, or a frame
                // that was cut; either way nothing sound can follow within its length.
                doubt.note(Damage { place, bytes: length - at });
                at = length;
            }
        }
    }
    if !open_ended {
        doubt.settle(&mut walked, visit).map_err(Stopped::Visit)?;
        walked.end = length.max(from.offset);
    }
    Ok(walked)
}

/// Damage of which is not known yet whether it is in the middle, and the frames behind it.
#[derive(Default)]
struct Doubt {
    damage: Vec<Damage>,
    payloads: Vec<Vec<u8>>,
    end: u64,
}

impl Doubt {
    fn note(&mut self, damage: Damage) {
        match self.damage.last_mut() {
            Some(last) if last.place.offset + last.bytes == damage.place.offset => {
                last.bytes += damage.bytes;
            }
            Some(_) | None => self.damage.push(damage),
        }
    }

    /// It is in the middle: what is behind it counts.
    fn settle(
        &mut self,
        walked: &mut Walked,
        visit: &mut dyn FnMut(Vec<u8>) -> Result<(), StoreFault>,
    ) -> Result<(), StoreFault> {
        let Doubt { damage, payloads, end } = std::mem::take(self);
        walked.damage.extend(damage);
        walked.end = walked.end.max(end);
        for payload in payloads {
            visit(payload)?;
            walked.frames += 1;
        }
        Ok(())
    }
}

/// What a segment is by its header; `None` when that is torn or damaged.
pub fn kind_of(path: &Path, number: u32) -> Option<Kind> {
    let mut bytes = [0; HEADER_BYTES];
    File::open(path).ok()?.read_exact(&mut bytes).ok()?;
    frame::read_header(&bytes, number)
}

/// Whether a later version of this program wrote the segment.
pub fn is_of_later_format(path: &Path) -> bool {
    let mut bytes = [0; HEADER_BYTES];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut bytes));
    read.is_ok() && frame::is_of_later_format(&bytes)
}

/// Cut a segment at `end` and keep what stood behind it in `aside`.
///
/// # Errors
/// The segment cannot be changed.
pub fn cut(path: &Path, end: u64, aside: &Path) -> Result<(), StoreFault> {
    let cut = || -> std::io::Result<()> {
        let mut file = OpenOptions::new().read(true).write(true).open(path)?;
        file.seek(SeekFrom::Start(end))?;
        let mut tail = Vec::new();
        file.read_to_end(&mut tail)?;
        // Keeping the torn bytes is a courtesy; a full disk must not stop the opening.
        if let Err(error) = fs::write(aside, &tail) {
            tracing::warn!(%error, "残尾未能另存 / the torn tail could not be kept");
        }
        file.set_len(end)?;
        file.sync_all()
    };
    cut().map_err(StoreFault::io("修复", "mend", path))
}

/// Begin segment `number` in a new file.
///
/// # Errors
/// The disk refused.
pub fn begin(path: &Path, number: u32) -> Result<File, StoreFault> {
    let create = || -> std::io::Result<File> {
        let mut file = File::create(path)?;
        file.write_all(&frame::header(Kind::Log, number))?;
        file.sync_all()?;
        Ok(file)
    };
    let file = create().map_err(StoreFault::io("创建", "create", path))?;
    sync_folder(path.parent().unwrap_or(Path::new(".")))?;
    Ok(file)
}

/// Open a segment to append at its end, and say where that is.
///
/// # Errors
/// The disk refused.
pub fn open_to_append(path: &Path) -> Result<(File, u64), StoreFault> {
    let open = || -> std::io::Result<(File, u64)> {
        let mut file = OpenOptions::new().read(true).write(true).open(path)?;
        let length = file.seek(SeekFrom::End(0))?;
        Ok((file, length))
    };
    open().map_err(StoreFault::io("打开", "open", path))
}

/// Remove a file.
///
/// # Errors
/// The disk refused.
pub fn remove(path: &Path) -> Result<(), StoreFault> {
    fs::remove_file(path).map_err(StoreFault::io("删除", "remove", path))
}

/// Length of a file in bytes.
///
/// # Errors
/// It cannot be read.
pub fn file_length(path: &Path) -> Result<u64, StoreFault> {
    Ok(fs::metadata(path).map_err(StoreFault::io("读取", "read", path))?.len())
}

/// Make created, renamed and removed names durable.
///
/// # Errors
/// The disk refused.
pub fn sync_folder(folder: &Path) -> Result<(), StoreFault> {
    let sync = || File::open(folder)?.sync_all();
    sync().map_err(StoreFault::io("落盘", "sync", folder))
}

/// The folder's name for segment `number`.
pub fn segment_path(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("journal.{number:06}"))
}
