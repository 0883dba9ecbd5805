//! Files on the disk, each under its hash: whole and verified, or a part that is being fetched.
//! Nothing is shown under its hash before its bytes were hashed here.
//!
//! ```text
//! files/<64 hex>        whole
//! files/<64 hex>.part   the first bytes of it; fetching goes on behind them after a restart
//! files/upload-<n>      on its way in from a local program; removed at the start
//! ```

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use sanduan_protocol::field::attachment::FileHash;

use crate::home::file::{from_hex, make_private_folder, to_hex};
use crate::said::Said;

const PART: &str = "part";
const UPLOAD: &str = "upload-";
/// Bytes read at one time to hash a file.
const HASHED_AT_ONCE: usize = 64 * 1024;

/// The folder with all files.
#[derive(Debug)]
pub struct Cabinet {
    folder: PathBuf,
    bytes_max: u64,
    uploads: AtomicU64,
}

/// Why a file was not put away.
#[derive(Debug, thiserror::Error)]
pub enum PutError {
    /// The disk refuses.
    #[error(transparent)]
    Disk(#[from] io::Error),
    /// The bytes are not those of the hash; the part was thrown away.
    #[error("收到的内容与摘要不符，已丢弃 / the content does not fit its hash and was thrown away")]
    WrongHash,
    /// All files together may not be larger.
    #[error(
        "附件空间已满：清理 files 目录或调大 files_max_mb / no room: empty the folder files, or \
         raise files_max_mb"
    )]
    NoRoom,
}

/// A file on its way in from a local program.
#[derive(Debug)]
pub struct Upload {
    file: File,
    path: PathBuf,
    hasher: blake3::Hasher,
    bytes: u64,
}

impl Cabinet {
    /// The cabinet in this folder, which is made if it is missing.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn open(folder: PathBuf, bytes_max: u64) -> Result<Cabinet, Said> {
        make_private_folder(&folder)?;
        let cabinet = Cabinet { folder, bytes_max, uploads: AtomicU64::new(0) };
        for name in cabinet.names().filter(|name| name.starts_with(UPLOAD)) {
            // What stays takes room and nothing else.
            let _ = fs::remove_file(cabinet.folder.join(name));
        }
        Ok(cabinet)
    }

    /// Bytes of a file that are here, and whether that is all of it.
    pub fn held(&self, hash: &FileHash) -> (u64, bool) {
        let length = |path: PathBuf| fs::metadata(path).ok().map(|found| found.len());
        match length(self.whole(hash)) {
            Some(bytes) => (bytes, true),
            None => (length(self.part(hash)).unwrap_or(0), false),
        }
    }

    /// The files of which a part is here.
    pub fn parts(&self) -> Vec<FileHash> {
        let hash = |name: String| from_hex(name.strip_suffix(PART)?.strip_suffix('.')?);
        self.names().filter_map(hash).collect()
    }

    /// A whole file, from this byte on, and its length; none if it is not here.
    pub fn read(&self, hash: &FileHash, offset: u64) -> Option<(File, u64)> {
        let mut file = File::open(self.whole(hash)).ok()?;
        let bytes = file.metadata().ok()?.len();
        file.seek(SeekFrom::Start(offset.min(bytes))).ok()?;
        Some((file, bytes))
    }

    /// Put bytes behind the part that is here; its new length.
    ///
    /// # Errors
    /// The disk refuses, or there is no room.
    pub fn append(&self, hash: &FileHash, bytes: &[u8]) -> Result<u64, PutError> {
        self.make_room(bytes.len() as u64)?;
        let mut file =
            OpenOptions::new().append(true).create(true).mode(0o600).open(self.part(hash))?;
        file.write_all(bytes)?;
        Ok(file.metadata()?.len())
    }

    /// The part is complete: verify it, and make it visible.
    ///
    /// # Errors
    /// The disk refuses, or it is another file; then the part is gone.
    pub fn finish(&self, hash: &FileHash) -> Result<(), PutError> {
        let part = self.part(hash);
        let file = File::open(&part)?;
        if hash_of(&file)? != *hash {
            fs::remove_file(&part)?;
            return Err(PutError::WrongHash);
        }
        file.sync_all()?;
        fs::rename(&part, self.whole(hash))?;
        Ok(crate::home::file::sync_folder_of(&part)?)
    }

    /// Begin to take in a file from a local program.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn upload(&self) -> Result<Upload, PutError> {
        let number = self.uploads.fetch_add(1, Ordering::Relaxed);
        let path = self.folder.join(format!("{UPLOAD}{number}"));
        let mut options = OpenOptions::new();
        let file = options.write(true).create(true).truncate(true).mode(0o600).open(&path)?;
        Ok(Upload { file, path, hasher: blake3::Hasher::new(), bytes: 0 })
    }

    /// Some bytes of it.
    ///
    /// # Errors
    /// The disk refuses, or there is no room.
    pub fn put(&self, upload: &mut Upload, bytes: &[u8]) -> Result<u64, PutError> {
        self.make_room(bytes.len() as u64)?;
        upload.file.write_all(bytes)?;
        upload.hasher.update(bytes);
        upload.bytes += bytes.len() as u64;
        Ok(upload.bytes)
    }

    /// That was all of it: it is here, under its hash.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn close(&self, upload: &Upload) -> Result<(FileHash, u64), PutError> {
        upload.file.sync_all()?;
        let hash = *upload.hasher.finalize().as_bytes();
        fs::rename(&upload.path, self.whole(&hash))?;
        crate::home::file::sync_folder_of(&upload.path)?;
        Ok((hash, upload.bytes))
    }

    fn make_room(&self, bytes: u64) -> Result<(), PutError> {
        let length = |name: String| fs::metadata(self.folder.join(name)).map_or(0, |it| it.len());
        let held: u64 = self.names().map(length).sum();
        if held + bytes > self.bytes_max { Err(PutError::NoRoom) } else { Ok(()) }
    }

    fn names(&self) -> impl Iterator<Item = String> + use<> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        entries.filter_map(|entry| entry.file_name().into_string().ok())
    }

    fn whole(&self, hash: &FileHash) -> PathBuf {
        self.folder.join(to_hex(hash))
    }

    fn part(&self, hash: &FileHash) -> PathBuf {
        self.whole(hash).with_extension(PART)
    }

    /// Where the files are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        // After `close` there is nothing of that name.
        let _ = fs::remove_file(&self.path);
    }
}

fn hash_of(mut file: &File) -> io::Result<FileHash> {
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; HASHED_AT_ONCE];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(*hasher.finalize().as_bytes()),
            read => hasher.update(&buffer[..read]),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cabinet(bytes_max: u64) -> (tempfile::TempDir, Cabinet) {
        let folder = tempfile::tempdir().expect("a folder");
        let cabinet = Cabinet::open(folder.path().join("files"), bytes_max).expect("made");
        (folder, cabinet)
    }

    #[test]
    fn a_part_grows_over_a_restart_and_is_visible_only_when_its_hash_fits() {
        let (folder, cabinet) = cabinet(1000);
        let hash = *blake3::hash(b"half and half").as_bytes();
        assert_eq!(cabinet.append(&hash, b"half and ").expect("room"), 9);
        assert!(cabinet.read(&hash, 0).is_none());
        drop(cabinet);
        let cabinet = Cabinet::open(folder.path().join("files"), 1000).expect("there");
        assert_eq!((cabinet.held(&hash), cabinet.parts()), ((9, false), vec![hash]));
        cabinet.append(&hash, b"half").expect("room");
        cabinet.finish(&hash).expect("it fits");
        assert_eq!((cabinet.held(&hash), cabinet.parts().len()), ((13, true), 0));
        let (mut file, bytes) = cabinet.read(&hash, 9).expect("whole");
        let mut rest = String::new();
        file.read_to_string(&mut rest).expect("readable");
        assert_eq!((rest.as_str(), bytes), ("half", 13));
    }

    #[test]
    fn content_that_does_not_fit_its_hash_is_thrown_away() {
        let (_folder, cabinet) = cabinet(1000);
        let hash = *blake3::hash(b"wanted").as_bytes();
        cabinet.append(&hash, b"forged").expect("room");
        assert!(matches!(cabinet.finish(&hash), Err(PutError::WrongHash)));
        assert_eq!(cabinet.held(&hash), (0, false));
    }

    #[test]
    fn all_files_together_stay_within_their_room_and_a_broken_upload_leaves_nothing() {
        let (_folder, cabinet) = cabinet(10);
        let mut upload = cabinet.upload().expect("writable");
        cabinet.put(&mut upload, b"12345678").expect("room");
        assert!(matches!(cabinet.put(&mut upload, b"abc"), Err(PutError::NoRoom)));
        drop(upload);
        assert_eq!(cabinet.names().count(), 0);
        let mut upload = cabinet.upload().expect("writable");
        cabinet.put(&mut upload, b"12345678").expect("room");
        let (hash, bytes) = cabinet.close(&upload).expect("kept");
        drop(upload);
        assert_eq!((cabinet.held(&hash), bytes), ((8, true), 8));
        assert!(matches!(cabinet.append(&[0; 32], b"abc"), Err(PutError::NoRoom)));
    }
}
