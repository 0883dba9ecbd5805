//! A file of no content that holds room in reserve. When the disk is full it goes, so that orders
//! still find a place; when there is plenty of room again it is made anew.
//!
//! Written with bytes that no file system compresses to nothing, a piece at a time, so that what
//! is urgent does not wait for it.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Largest ballast, bytes (research, reliability-security 2.4): thousands of orders, and what sled
/// needs to open.
const BYTES_MAX: u64 = 64 * 1024 * 1024;
/// It is made only where at least so many times as much is free.
const FREE_TIMES: u64 = 5;
/// Bytes written at once.
const PIECE_BYTES: usize = 256 * 1024;
const NAME: &str = "ballast";
const DRAFT: &str = "ballast.new";

/// How large the ballast should be beside a store that may take so many bytes; 0 for no quota.
pub fn size_for(quota_bytes: u64) -> u64 {
    match quota_bytes {
        0 => BYTES_MAX,
        quota => BYTES_MAX.min(quota / 10),
    }
}

/// Bytes that the ballast in `folder` holds now.
pub fn held(folder: &Path) -> u64 {
    fs::metadata(path(folder)).map_or(0, |found| found.len())
}

/// Give the room of the ballast back. True if there was one.
pub fn release(folder: &Path) -> bool {
    let _ = fs::remove_file(folder.join(DRAFT));
    let freed = fs::remove_file(path(folder)).is_ok();
    if freed {
        tracing::warn!(
            "磁盘将满，已放出预留空间 / the disk is nearly full; the room kept in reserve is given up"
        );
    }
    freed
}

/// Make the ballast of `bytes`, if it is not there and the disk has plenty of room: `free_bytes`
/// now. True if it was made.
///
/// # Errors
/// The disk refused; what was begun is gone again.
pub fn make(folder: &Path, bytes: u64, free_bytes: u64) -> io::Result<bool> {
    if bytes == 0 || held(folder) >= bytes || free_bytes < bytes.saturating_mul(FREE_TIMES) {
        return Ok(false);
    }
    let draft = folder.join(DRAFT);
    let written = write(&draft, bytes).and_then(|()| fs::rename(&draft, path(folder)));
    if written.is_err() {
        let _ = fs::remove_file(&draft);
    }
    written.map(|()| true)
}

fn path(folder: &Path) -> PathBuf {
    folder.join(NAME)
}

fn write(draft: &Path, bytes: u64) -> io::Result<()> {
    let mut file = File::create(draft)?;
    let mut piece = vec![0; PIECE_BYTES];
    // A hash extended is as good as noise, and needs no dice.
    blake3::Hasher::new().update(NAME.as_bytes()).finalize_xof().fill(&mut piece);
    let mut left = bytes;
    while left > 0 {
        let now = left.min(PIECE_BYTES as u64);
        file.write_all(&piece[..now as usize])?;
        left -= now;
    }
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MB: u64 = 1024 * 1024;

    #[test]
    fn it_is_a_tenth_of_the_quota_and_no_more_than_sixty_four_megabytes() {
        assert_eq!(size_for(0), 64 * MB);
        assert_eq!(size_for(512 * MB), 512 * MB / 10);
        assert_eq!(size_for(10_000 * MB), 64 * MB);
    }

    #[test]
    fn it_is_made_only_where_there_is_plenty_of_room_and_goes_at_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let bytes = MB + 17;
        assert!(!make(folder.path(), bytes, 5 * bytes - 1).expect("no attempt"));
        assert_eq!(held(folder.path()), 0);
        assert!(!release(folder.path()), "there is none");
        assert!(make(folder.path(), bytes, 5 * bytes).expect("made"));
        assert_eq!(held(folder.path()), bytes);
        assert!(!make(folder.path(), bytes, 500 * bytes).expect("no attempt"), "once is enough");
        assert!(release(folder.path()));
        assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 0);
        let gone = folder.path().join("gone");
        assert!(make(&gone, bytes, 5 * bytes).is_err(), "a folder that is not there");
    }
}
