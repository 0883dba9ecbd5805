//! Which sticks are there: the folder that is named, every file system that is mounted below the
//! watched one, and every folder there that is prepared for us. Nothing is read or written on
//! them but the names in their uppermost folder.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::config::CarryConfig;

/// The folder on a stick in which files of ours may be left.
pub const OWN_FOLDER: &str = "sanduan";
/// A file on a stick that says the same, for those who cannot make folders.
pub const MARKER: &str = ".sanduan";
/// The mounts of this process (Linux, proc(5), "mountinfo").
const MOUNTS: &str = "/proc/self/mountinfo";
/// Folders looked at on each of two levels below the watched one.
const FOLDERS_MAX: usize = 256;
/// How deep below the watched folder a stick is mounted at most: `user/label`, and one more.
const MOUNT_DEPTH_MAX: usize = 3;

/// A place where files are exchanged. Two that differ in `identity` are two sticks, even if one
/// was mounted where the other was.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stick {
    /// Its uppermost folder.
    pub root: PathBuf,
    /// Folders whose files are taken in.
    pub take_from: Vec<PathBuf>,
    /// Folder in which our file is left; none if nothing may be written.
    pub leave_in: Option<PathBuf>,
    /// Number of the mount, device and folder.
    pub identity: (u64, u64, u64),
}

impl Stick {
    /// Its path for people.
    pub fn name(&self) -> String {
        self.root.display().to_string()
    }
}

/// The sticks that are there now.
pub async fn find(config: &CarryConfig) -> Vec<Stick> {
    let config = config.clone();
    // A stick that does not answer blocks the thread, not the daemon.
    tokio::task::spawn_blocking(move || find_now(&config)).await.unwrap_or_default()
}

fn find_now(config: &CarryConfig) -> Vec<Stick> {
    let mut sticks: Vec<Stick> = Vec::new();
    // Where there is no such file, prepared folders are found all the same.
    let mounts = mounts(&fs::read(MOUNTS).unwrap_or_default());
    if let Some(folder) = &config.folder
        && let Ok(about) = fs::metadata(folder)
        && about.is_dir()
    {
        let number = number_of(&mounts, folder);
        let identity = (number, about.dev(), about.ino());
        let (root, leave_in) = (folder.clone(), Some(folder.clone()));
        sticks.push(Stick { root, take_from: vec![folder.clone()], leave_in, identity });
    }
    let Some(watch) = &config.watch else { return sticks };
    let depth = |path: &Path| path.strip_prefix(watch).map_or(0, |rest| rest.components().count());
    let mounted: Vec<PathBuf> = mounts
        .iter()
        .map(|(path, _)| path.clone())
        .filter(|path| (1..=MOUNT_DEPTH_MAX).contains(&depth(path)))
        .collect();
    let mut places: BTreeSet<PathBuf> = mounted.iter().cloned().collect();
    for folder in folders(watch) {
        places.extend(folders(&folder));
        places.insert(folder);
    }
    let mut places: Vec<PathBuf> = places.into_iter().collect();
    places.sort_by_key(|path| depth(path));
    for place in places {
        // What lies on a stick belongs to it.
        if sticks.iter().any(|stick| place.starts_with(&stick.root)) {
            continue;
        }
        let is_mounted = mounted.contains(&place);
        sticks.extend(stick_at(&place, is_mounted, config.adopt, number_of(&mounts, &place)));
    }
    sticks
}

fn stick_at(place: &Path, is_mounted: bool, adopt: bool, mount: u64) -> Option<Stick> {
    let about = fs::symlink_metadata(place).ok().filter(fs::Metadata::is_dir)?;
    let own = place.join(OWN_FOLDER);
    // A link would lead our file to somewhere else on this machine.
    let has_folder = fs::symlink_metadata(&own).is_ok_and(|about| about.is_dir());
    let has_marker = fs::symlink_metadata(place.join(MARKER)).is_ok_and(|about| about.is_file());
    let may_leave = has_folder || has_marker || (adopt && is_mounted);
    if !may_leave && !is_mounted {
        return None;
    }
    Some(Stick {
        root: place.to_owned(),
        take_from: vec![place.to_owned(), own.clone()],
        leave_in: may_leave.then_some(own),
        identity: (mount, about.dev(), about.ino()),
    })
}

fn folders(of: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(of) else { return Vec::new() };
    let folders = entries.flatten().filter(|entry| entry.file_type().is_ok_and(|t| t.is_dir()));
    folders.take(FOLDERS_MAX).map(|entry| entry.path()).collect()
}

fn number_of(mounts: &[(PathBuf, u64)], place: &Path) -> u64 {
    mounts.iter().rev().find(|(path, _)| path == place).map_or(0, |(_, number)| *number)
}

/// Where file systems are mounted, and the number of each mount.
fn mounts(mountinfo: &[u8]) -> Vec<(PathBuf, u64)> {
    let read = |line: &[u8]| {
        let mut words = line.split(|byte| *byte == b' ');
        let number = std::str::from_utf8(words.next()?).ok()?.parse().ok()?;
        let path = unescaped(words.nth(3)?);
        Some((PathBuf::from(std::ffi::OsString::from_vec(path)), number))
    };
    mountinfo.split(|byte| *byte == b'\n').filter_map(read).collect()
}

/// Blanks, tabs, line ends and backslashes stand there as three octal digits.
fn unescaped(word: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(word.len());
    let mut at = 0;
    while at < word.len() {
        let digits = word.get(at + 1..at + 4).filter(|_| word[at] == b'\\');
        let octal = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        match octal.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            Some(byte) => {
                bytes.push(byte);
                at += 4;
            }
            None => {
                bytes.push(word[at]);
                at += 1;
            }
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mounts_are_read_with_blanks_in_their_names_and_nonsense_is_skipped() {
        let text = b"22 28 0:21 / /proc rw - proc proc rw\n\
            91 28 8:17 / /media/wang/\\346\\225\\221\\347\\201\\276\\040U rw - vfat /dev/sdb1 rw\n\
            nonsense\n\n\
            92 28 8:33 / /media/a\\134b rw - vfat /dev/sdc1 rw";
        let found = mounts(text);
        let paths: Vec<String> = found.iter().map(|(path, _)| path.display().to_string()).collect();
        assert_eq!(paths, ["/proc", "/media/wang/救灾 U", "/media/a\\b"]);
        assert_eq!((found[1].1, number_of(&found, Path::new("/media/a\\b"))), (91, 92));
    }

    #[test]
    fn a_prepared_folder_is_a_stick_and_an_ordinary_one_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |path: &str| folder.path().join(path);
        for path in ["plain", "user/label/sanduan/deep/sanduan", "marked", "linked", "home"] {
            fs::create_dir_all(at(path)).expect("made");
        }
        fs::write(at("marked/.sanduan"), "").expect("written");
        std::os::unix::fs::symlink(at("home"), at("linked/sanduan")).expect("linked");
        let watch = Some(folder.path().to_owned());
        let config = CarryConfig { folder: None, watch, adopt: true };
        let found = find_now(&config);
        let roots: Vec<_> = found.iter().map(|stick| stick.root.clone()).collect();
        assert_eq!(roots, [at("marked"), at("user/label")], "adopted are mounted ones only");
        assert_eq!(found[0].leave_in, Some(at("marked/sanduan")));
    }

    #[test]
    fn a_named_folder_is_itself_the_stick_once_it_is_there() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join("usb");
        let config = CarryConfig { folder: Some(place.clone()), watch: None, adopt: false };
        assert_eq!(find_now(&config), []);
        fs::create_dir(&place).expect("made");
        let found = find_now(&config);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].leave_in.as_ref(), Some(&place));
    }
}
