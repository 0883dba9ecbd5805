//! A medium in memory that knows what was synced and what was not, and the images that a power
//! cut may leave of it.
//!
//! Names become durable in the order in which they were made, with the next `fsync` of any file
//! or folder (as ext4 does with its journal); a cut keeps any first part of the later ones. Bytes
//! become durable with a sync of their own file; a cut keeps none, all, or any sectors of the
//! later ones, in any order. `sync_file_range` makes nothing durable, because the cache of the
//! device does not hear of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sanduan_protocol::base::dice::Dice;

/// What a medium writes whole or not at all.
const SECTOR_BYTES: u64 = 512;

/// A change of a file.
#[derive(Clone, Debug)]
pub enum Change {
    /// Bytes at a place.
    Write(u64, Vec<u8>),
    /// A new length.
    Length(u64),
}

/// A change of names.
#[derive(Clone, Debug)]
pub enum Name {
    /// A file gets a name.
    Link(PathBuf, usize),
    /// A folder is made.
    Folder(PathBuf),
    /// A file or folder is renamed, with all that is below it.
    Move(PathBuf, PathBuf),
    /// A name is removed.
    Remove(PathBuf),
}

/// What of the unsynced a cut leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Nothing.
    None,
    /// Everything.
    All,
    /// Each sector with this many chances of a million.
    Torn(u32),
}

#[derive(Clone, Debug, Default)]
struct Stored {
    durable: Vec<u8>,
    /// With the step at which each was made.
    pending: Vec<(usize, Change)>,
    length: u64,
}

/// `None` is a folder.
type Names = BTreeMap<PathBuf, Option<usize>>;

/// Files and names at one moment.
#[derive(Clone, Debug, Default)]
pub struct Medium {
    /// Number of the call that is being taken over.
    pub step: usize,
    files: Vec<Stored>,
    now: Names,
    durable: Names,
    pending: Vec<(usize, Name)>,
}

impl Medium {
    /// A medium on which everything in `folder` is durable.
    pub fn of_folder(folder: &Path) -> std::io::Result<Medium> {
        let mut medium = Medium::default();
        let mut todo = vec![folder.to_owned()];
        while let Some(path) = todo.pop() {
            if path.is_dir() {
                for entry in std::fs::read_dir(&path)? {
                    todo.push(entry?.path());
                }
                medium.now.insert(path, None);
            } else {
                let durable = std::fs::read(&path)?;
                let length = durable.len() as u64;
                medium.now.insert(path, Some(medium.files.len()));
                medium.files.push(Stored { durable, pending: Vec::new(), length });
            }
        }
        medium.durable = medium.now.clone();
        Ok(medium)
    }

    /// The file of that name.
    pub fn file(&self, path: &Path) -> Option<usize> {
        self.now.get(path).copied().flatten()
    }

    /// Whether a folder has that name.
    pub fn is_folder(&self, path: &Path) -> bool {
        self.now.get(path) == Some(&None)
    }

    /// A new, empty file.
    pub fn create(&mut self, path: PathBuf) -> usize {
        self.files.push(Stored::default());
        let file = self.files.len() - 1;
        self.name(Name::Link(path, file));
        file
    }

    /// Length of a file as the process sees it.
    pub fn length(&self, file: usize) -> u64 {
        self.files[file].length
    }

    /// Change a file.
    pub fn change(&mut self, file: usize, change: Change) {
        let stored = &mut self.files[file];
        stored.length = match &change {
            Change::Write(at, bytes) => stored.length.max(at + bytes.len() as u64),
            Change::Length(length) => *length,
        };
        stored.pending.push((self.step, change));
    }

    /// Change names.
    pub fn name(&mut self, name: Name) {
        apply_name(&mut self.now, &name);
        self.pending.push((self.step, name));
    }

    /// A sync of a file that began at `begun` has ended.
    pub fn sync_file(&mut self, file: usize, begun: usize) {
        let stored = &mut self.files[file];
        let count = stored.pending.partition_point(|(step, _)| *step < begun);
        for (_, change) in stored.pending.drain(..count) {
            apply(&mut stored.durable, &change);
        }
    }

    /// All names that were made before `begun` are durable.
    pub fn sync_names(&mut self, begun: usize) {
        let count = self.pending.partition_point(|(step, _)| *step < begun);
        for (_, name) in self.pending.drain(..count) {
            apply_name(&mut self.durable, &name);
        }
    }

    /// Write what a power cut leaves to `to`; `root` is the folder that the process had.
    pub fn write_image(
        &self,
        root: &Path,
        to: &Path,
        kept: Kept,
        dice: &mut Dice,
    ) -> std::io::Result<()> {
        let mut names = self.durable.clone();
        let count = match kept {
            Kept::None => 0,
            Kept::All => self.pending.len(),
            Kept::Torn(_) => dice.below(self.pending.len() as u64 + 1) as usize,
        };
        for (_, name) in &self.pending[..count] {
            apply_name(&mut names, name);
        }
        // Parents come before what is in them, in the order of paths.
        for (path, file) in &names {
            let Ok(inside) = path.strip_prefix(root) else { continue };
            let path = if inside.as_os_str().is_empty() { to.to_owned() } else { to.join(inside) };
            match file {
                None => std::fs::create_dir_all(&path)?,
                Some(file) => std::fs::write(&path, self.files[*file].image(kept, dice))?,
            }
        }
        Ok(())
    }
}

impl Stored {
    fn image(&self, kept: Kept, dice: &mut Dice) -> Vec<u8> {
        let mut bytes = self.durable.clone();
        for (_, change) in &self.pending {
            match (kept, change) {
                (Kept::None, _) => {}
                (Kept::All, change) => apply(&mut bytes, change),
                (Kept::Torn(chance), Change::Length(_)) => {
                    if dice.chance(chance) {
                        apply(&mut bytes, change);
                    }
                }
                (Kept::Torn(chance), Change::Write(at, written)) => {
                    for (at, sector) in sectors(*at, written) {
                        if dice.chance(chance) {
                            apply(&mut bytes, &Change::Write(at, sector.to_vec()));
                        }
                    }
                }
            }
        }
        bytes
    }
}

/// The parts of a write that fall into one sector each.
fn sectors(at: u64, mut rest: &[u8]) -> Vec<(u64, &[u8])> {
    let mut parts = Vec::new();
    let mut at = at;
    while !rest.is_empty() {
        let room = SECTOR_BYTES - at % SECTOR_BYTES;
        let (part, later) = rest.split_at(rest.len().min(room as usize));
        parts.push((at, part));
        at += part.len() as u64;
        rest = later;
    }
    parts
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    match change {
        Change::Length(length) => bytes.resize(*length as usize, 0),
        Change::Write(at, written) => {
            let (at, end) = (*at as usize, *at as usize + written.len());
            if bytes.len() < end {
                bytes.resize(end, 0);
            }
            bytes[at..end].copy_from_slice(written);
        }
    }
}

fn apply_name(names: &mut Names, name: &Name) {
    match name {
        Name::Link(path, file) => drop(names.insert(path.clone(), Some(*file))),
        Name::Folder(path) => drop(names.insert(path.clone(), None)),
        Name::Remove(path) => drop(names.remove(path)),
        Name::Move(from, to) => {
            let moved: Vec<PathBuf> =
                names.keys().filter(|path| path.starts_with(from)).cloned().collect();
            for path in moved {
                let Some(file) = names.remove(&path) else { continue };
                let below = path.strip_prefix(from).unwrap_or(Path::new(""));
                let to = if below == Path::new("") { to.clone() } else { to.join(below) };
                names.insert(to, file);
            }
        }
    }
}

#[test]
fn only_what_was_synced_survives_a_cut_that_keeps_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = Path::new("/data");
    let mut medium = Medium::default();
    medium.name(Name::Folder(root.to_owned()));
    let file = medium.create(root.join("a"));
    medium.change(file, Change::Write(0, b"synced".to_vec()));
    medium.step = 1;
    medium.sync_file(file, 1);
    medium.sync_names(1);
    medium.change(file, Change::Write(6, vec![7; 1_000]));
    medium.create(root.join("b"));
    let mut seen = Vec::new();
    for (number, kept) in [Kept::None, Kept::All, Kept::Torn(500_000)].into_iter().enumerate() {
        let to = folder.path().join(number.to_string());
        medium.write_image(root, &to, kept, &mut Dice::new(3)).expect("written");
        seen.push((std::fs::read(to.join("a")).expect("there").len(), to.join("b").exists()));
    }
    assert_eq!(seen[0], (6, false));
    assert_eq!(seen[1], (1_006, true));
    assert!(seen[2].0 >= 6 && seen[2].0 <= 1_006);
    assert_eq!(sectors(500, &[0; 600]).len(), 3);
}
