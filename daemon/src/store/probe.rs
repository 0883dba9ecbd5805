//! Whether the disk takes what it refused before. Asked after a failed save, again and again,
//! until the store can be opened anew.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// As much as one group of batches may be, so that the first one after it fits as well.
const PROBE_BYTES: usize = 4 * 1024 * 1024;

/// Write, sync and remove a file in `folder`.
///
/// # Errors
/// The disk still refuses.
pub fn try_disk(folder: &Path) -> io::Result<()> {
    let path = folder.join("disk.probe");
    let write = || -> io::Result<()> {
        let mut file = File::create(&path)?;
        file.write_all(&vec![0x5a; PROBE_BYTES])?;
        file.sync_all()
    };
    let written = write();
    // What could be written must go in any case: the space is needed.
    let removed = fs::remove_file(&path);
    written.and(removed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_that_takes_it_is_left_as_it_was_and_a_missing_folder_refuses() {
        let folder = tempfile::tempdir().expect("a folder");
        try_disk(folder.path()).expect("room");
        assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 0);
        assert!(try_disk(&folder.path().join("gone")).is_err());
    }
}
