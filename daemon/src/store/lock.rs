//! One daemon per data folder: an advisory lock on `lock`, held as long as the value lives.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use super::StoreFault;

/// The lock of a data folder. The system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub struct DataLock {
    _file: File,
}

impl DataLock {
    /// Take the lock of `folder`.
    ///
    /// # Errors
    /// Another process has it, or the file cannot be made.
    pub fn take(folder: &Path) -> Result<DataLock, StoreFault> {
        let path = folder.join("lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(StoreFault::io("打开", "open", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(DataLock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreFault::Locked { path: folder.to_owned() }),
            Err(TryLockError::Error(source)) => {
                Err(StoreFault::io("锁定", "lock", &path)(source))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_daemon_on_the_same_folder_is_refused_until_the_first_ends() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = DataLock::take(folder.path()).expect("free");
        assert!(matches!(DataLock::take(folder.path()), Err(StoreFault::Locked { .. })));
        drop(first);
        DataLock::take(folder.path()).expect("free again");
    }
}
