//! The journal: numbered segments of frames, appended and synced. Replays itself, cuts a torn
//! tail, names what is damaged, and replaces itself by a snapshot when it has grown far beyond
//! what is live or has damage in it.
//!
//! Byte layout in [`super::frame`]; one segment in [`super::segment`]; what the frames mean in
//! [`super::codec`].

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sanduan_protocol::node::output::lay_over;

pub use self::check::Checked;
pub use super::frame::Place;
use super::frame::{self, HEADER_BYTES, Kind};
use super::segment::{self, Damage, file_length, kind_of, remove, segment_path, sync_folder};
use super::{Pair, StoreFault, ballast, codec};

/// A segment of this size is closed and the next one begun (research, reliability-security 2.4).
pub const SEGMENT_BYTES: u64 = 32 * 1024 * 1024;
/// Payload of one snapshot frame, so that a snapshot is written and read in small pieces, and a
/// damaged bit costs no more than one of them.
const SNAPSHOT_FRAME_BYTES: usize = 4 * 1024;

/// An open journal, ready to append.
#[derive(Debug)]
pub struct Journal {
    folder: PathBuf,
    first: u32,
    number: u32,
    file: File,
    length: u64,
    segment_bytes: u64,
    older_bytes: u64,
    poisoned: bool,
    stamp_ms: u64,
    cut: Option<PathBuf>,
    damage: Vec<Damage>,
}

impl Journal {
    /// Open the journal in `folder`, or begin one. A torn tail is cut and kept aside under a
    /// name that ends in `stamp_ms`. Segments are closed at `segment_bytes`, [`SEGMENT_BYTES`]
    /// outside tests.
    ///
    /// # Errors
    /// The folder or a segment cannot be read or written.
    pub fn open(folder: &Path, stamp_ms: u64, segment_bytes: u64) -> Result<Journal, StoreFault> {
        fs::create_dir_all(folder).map_err(StoreFault::io("创建", "create", folder))?;
        let mut numbers = segment_numbers(folder)?;
        let newest_snapshot = numbers.iter().rposition(|number| {
            kind_of(&segment_path(folder, *number), *number) == Some(Kind::Snapshot)
        });
        // A cut between its last two steps leaves a snapshot with older segments before it. They
        // are not needed, unless the snapshot is damaged.
        let newest_snapshot = match newest_snapshot {
            Some(at) if at > 0 && !is_sound(folder, numbers[at])? => None,
            found => found,
        };
        for number in numbers.drain(..newest_snapshot.unwrap_or(0)) {
            remove(&segment_path(folder, number))?;
        }
        let (cut, damage) = inspect(folder, &numbers, stamp_ms)?;
        // A segment without a sound byte has been set aside whole.
        let numbers = segment_numbers(folder)?;
        let mut older_bytes = 0;
        for number in &numbers {
            older_bytes += file_length(&segment_path(folder, *number))?;
        }
        let last = numbers.last().copied().unwrap_or(0);
        let (number, file, length) = go_on(folder, last, cut.is_some())?;
        if number == last {
            older_bytes -= length;
        }
        Ok(Journal {
            folder: folder.to_owned(),
            first: numbers.first().copied().unwrap_or(1),
            number,
            file,
            length,
            segment_bytes,
            older_bytes,
            poisoned: false,
            stamp_ms,
            cut,
            damage,
        })
    }

    /// Where the torn tail that `open` cut was put, if there was one.
    pub fn cut(&self) -> Option<&Path> {
        self.cut.as_deref()
    }

    /// What `open` found damaged with sound frames behind it, and what was not mended since.
    pub fn damage(&self) -> &[Damage] {
        &self.damage
    }

    /// Whether this journal has been as far as `place`; if not, it lost its end since.
    pub fn reaches(&self, place: Place) -> bool {
        let length = file_length(&segment_path(&self.folder, place.segment)).unwrap_or(u64::MAX);
        place <= self.end() && place.offset <= length
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

    /// Hand every batch from `from` on to `visit`, in the order in which they were appended, and
    /// say how many frames that were.
    ///
    /// # Errors
    /// A segment cannot be read.
    pub fn replay(
        &self,
        from: Place,
        visit: &mut dyn FnMut(Vec<Pair>) -> Result<(), StoreFault>,
    ) -> Result<u64, StoreFault> {
        let mut frames = 0;
        for number in self.first.max(from.segment)..=self.number {
            let path = segment_path(&self.folder, number);
            if !path.exists() {
                tracing::debug!(segment = number, "no such journal segment");
                continue;
            }
            let first = Place { segment: number, offset: HEADER_BYTES as u64 };
            let open_ended = number == self.number;
            let visit = &mut |payload: Vec<u8>| match codec::decode(&payload) {
                Ok(pairs) => visit(pairs),
                Err(codec::BadPairs) => {
                    tracing::warn!(segment = number, "空帧略过 / a frame without pairs; skipped");
                    Ok(())
                }
            };
            frames += segment::walk(&path, first.max(from), open_ended, visit)?.frames;
        }
        Ok(frames)
    }

    /// Every pair that is live, in key order.
    ///
    /// # Errors
    /// A segment cannot be read.
    pub fn live(&self) -> Result<Vec<Pair>, StoreFault> {
        let mut live = BTreeMap::new();
        self.replay(self.start(), &mut |pairs| {
            lay_over(&mut live, pairs);
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
        let mut done = self.try_append(payloads);
        if matches!(done, Err(StoreFault::Full { .. })) && self.gives_room() {
            done = self.try_append(payloads);
        }
        if done.is_err() {
            self.poisoned = true;
            // What did not become durable should not come back after a restart either. The cut
            // at opening does the same, should this fail too.
            let _ = self.file.set_len(self.length);
        }
        done
    }

    /// On a full disk the ballast goes, and what was half written of this append with it.
    fn gives_room(&mut self) -> bool {
        let data = self.folder.parent().unwrap_or(Path::new("."));
        ballast::release(data)
            && self.file.set_len(self.length).is_ok()
            && self.file.seek(SeekFrom::Start(self.length)).is_ok()
    }

    fn try_append(&mut self, payloads: &[Vec<u8>]) -> Result<(), StoreFault> {
        if self.length >= self.segment_bytes {
            let number = self.number + 1;
            self.file = segment::begin(&segment_path(&self.folder, number), number)?;
            self.number = number;
            self.older_bytes += self.length;
            self.length = HEADER_BYTES as u64;
        }
        let mut bytes = Vec::with_capacity(payloads.iter().map(|p| p.len() + 12).sum());
        for payload in payloads {
            let offset = self.length + bytes.len() as u64;
            let follows = !bytes.is_empty();
            frame::push(&mut bytes, Place { segment: self.number, offset }, follows, payload);
        }
        let path = segment_path(&self.folder, self.number);
        self.file.write_all(&bytes).map_err(StoreFault::io("写入", "write", &path))?;
        self.file.sync_data().map_err(StoreFault::io("落盘", "sync", &path))?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Replace everything by one snapshot of `pairs`, then go on in a fresh segment, all with
    /// numbers greater than `above`. Segments with damage in them are kept aside.
    ///
    /// # Errors
    /// The disk refused. The old segments are still there and still complete.
    pub fn replace_by(&mut self, pairs: &[Pair], above: u32) -> Result<(), StoreFault> {
        let number = self.number.max(above) + 1;
        let path = segment_path(&self.folder, number);
        let draft = self.folder.join(format!("journal.{number:06}.new"));
        if let Err(fault) = write_snapshot(&draft, number, pairs) {
            // A half that filled the disk must not keep it full.
            let _ = fs::remove_file(&draft);
            return Err(fault);
        }
        // The snapshot gets its name last: from then on whatever is older is void, so nothing
        // may be appended there any more, whatever fails in between.
        self.file = segment::begin(&segment_path(&self.folder, number + 1), number + 1)?;
        self.number = number + 1;
        self.older_bytes += self.length;
        self.length = HEADER_BYTES as u64;
        fs::rename(&draft, &path).map_err(StoreFault::io("改名", "rename", &draft))?;
        sync_folder(&self.folder)?;
        for old in self.first..number {
            let path = segment_path(&self.folder, old);
            if self.damage.iter().any(|damage| damage.place.segment == old) && path.exists() {
                let aside = aside_path(&self.folder, old, "damaged", self.stamp_ms);
                fs::rename(&path, &aside).map_err(StoreFault::io("改名", "rename", &path))?;
            } else if path.exists() {
                remove(&path)?;
            }
        }
        self.damage.clear();
        self.first = number;
        self.older_bytes = file_length(&path)?;
        Ok(())
    }
}

/// Look at every frame. Cuts the torn end of the newest segment and says where it was put; lists
/// the damage in all of them.
fn inspect(
    folder: &Path,
    numbers: &[u32],
    stamp_ms: u64,
) -> Result<(Option<PathBuf>, Vec<Damage>), StoreFault> {
    let (mut cut, mut damage) = (None, Vec::new());
    // Before anything is changed: it would be taken for damage, and cut.
    let later = numbers.iter().map(|number| segment_path(folder, *number));
    if let Some(path) = later.into_iter().find(|path| segment::is_of_later_format(path)) {
        return Err(StoreFault::Later { path });
    }
    for &number in numbers {
        let path = segment_path(folder, number);
        let kind = kind_of(&path, number);
        let newest = Some(&number) == numbers.last();
        // A snapshot was synced before it got its name, so its end cannot be torn.
        let open_ended = newest && kind != Some(Kind::Snapshot);
        let first = Place { segment: number, offset: HEADER_BYTES as u64 };
        let walked = segment::walk(&path, first, open_ended, &mut |_| Ok(()))?;
        if kind.is_none() && walked.frames == 0 && newest {
            // A segment that was only begun.
            let aside = aside_path(folder, number, "cut", stamp_ms);
            fs::rename(&path, &aside).map_err(StoreFault::io("改名", "rename", &path))?;
            sync_folder(folder)?;
            cut = Some(aside);
            continue;
        }
        if kind.is_none() {
            let place = Place { segment: number, offset: 0 };
            damage.push(Damage { place, bytes: HEADER_BYTES as u64 });
        }
        damage.extend(walked.damage);
        if walked.end < file_length(&path)? {
            let aside = aside_path(folder, number, "cut", stamp_ms);
            segment::cut(&path, walked.end, &aside)?;
            cut = Some(aside);
        }
    }
    Ok((cut, damage))
}

/// Where to append: in segment `last`, or in a fresh one when `last` is a snapshot, or there is
/// none, or it was cut. What comes after a cut is thus never taken for what stood there before.
fn go_on(folder: &Path, last: u32, cut: bool) -> Result<(u32, File, u64), StoreFault> {
    let path = segment_path(folder, last);
    if !cut && kind_of(&path, last) == Some(Kind::Log) {
        let (file, length) = segment::open_to_append(&path)?;
        return Ok((last, file, length));
    }
    let number = last + 1;
    Ok((number, segment::begin(&segment_path(folder, number), number)?, HEADER_BYTES as u64))
}

fn is_sound(folder: &Path, number: u32) -> Result<bool, StoreFault> {
    let first = Place { segment: number, offset: HEADER_BYTES as u64 };
    let walked = segment::walk(&segment_path(folder, number), first, false, &mut |_| Ok(()))?;
    Ok(walked.damage.is_empty())
}

fn aside_path(folder: &Path, number: u32, why: &str, stamp_ms: u64) -> PathBuf {
    folder.join(format!("journal.{number:06}.{why}-{stamp_ms}"))
}

fn write_snapshot(draft: &Path, number: u32, pairs: &[Pair]) -> Result<(), StoreFault> {
    let mut file = File::create(draft).map_err(StoreFault::io("创建", "create", draft))?;
    let mut bytes = frame::header(Kind::Snapshot, number).to_vec();
    let mut offset = bytes.len() as u64;
    let mut rest = pairs;
    while !rest.is_empty() {
        let mut size = 0;
        let fits = rest.iter().take_while(|(key, value)| {
            size += key.len() + value.len();
            size <= SNAPSHOT_FRAME_BYTES
        });
        let count = fits.count().max(1);
        let payload = codec::encode(&rest[..count]).map_err(|_| StoreFault::TooLarge)?;
        frame::push(&mut bytes, Place { segment: number, offset }, false, &payload);
        offset += (frame::FRAME_HEAD_BYTES + payload.len()) as u64;
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

mod check;
#[cfg(test)]
mod tests;
