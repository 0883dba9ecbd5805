//! Taking in a folder from before there was a vault: its secrets and its store are sealed. Every
//! step can be cut off by a power cut and is taken up again at the next opening.
//!
//! ```text
//! journal/ sled/ in clear
//!   │ all pairs, sealed, into sealing.new/{journal,sled}, synced
//!   │ sealing.new ─▶ sealing                      from here on the sealed copy is the true one
//!   │ journal/ sled/ and what was set aside go, sealing/{journal,sled} take their place
//!   │ the vault's file says that the store is sealed
//!   ▼ sealing goes
//! journal/ sled/ sealed
//! ```
//!
//! What was written in clear is removed; whether the disk really forgets it is up to the disk.

use std::fs;
use std::io;
use std::path::Path;

use sanduan_protocol::keys::vault::VaultKey;

use super::Vault;
use super::header::{Header, StoreForm};
use crate::home::file::cannot;
use crate::said::Said;
use crate::store::disk::DiskStore;
use crate::store::sealed::SealedStore;
use crate::store::segment::sync_folder;
use crate::store::{Pair, Store, StoreFault};

const DRAFT: &str = "sealing.new";
const DONE: &str = "sealing";
/// Pairs committed at once while the sealed copy is written.
const PAIRS_AT_ONCE: usize = 1024;

/// Open the store of a folder whose vault is open, and take it in first if it is in clear.
///
/// # Errors
/// The vault is locked, or the store cannot be opened or taken in.
pub fn open_store(vault: &mut Vault, stamp_ms: u64) -> Result<SealedStore<DiskStore>, Said> {
    let Some(key) = vault.key.clone() else { return Err(super::not_open()) };
    let folder = vault.folder.clone();
    finish(vault)?;
    if vault.header.store == StoreForm::Clear {
        match seal_store(vault, &key, stamp_ms) {
            Ok(()) => finish(vault)?,
            Err(fault @ StoreFault::Full { .. }) => {
                // Orders go on in clear, as before; the next start tries again.
                let _ = remove(&folder.join(DRAFT));
                tracing::warn!(%fault, "数据暂未加封 / the data is not sealed yet");
                return Ok(SealedStore::clear(DiskStore::open(&folder, stamp_ms)?));
            }
            Err(fault) => return Err(fault.into()),
        }
    }
    Ok(SealedStore::new(DiskStore::open(&folder, stamp_ms)?, key))
}

fn seal_store(vault: &Vault, key: &VaultKey, stamp_ms: u64) -> Result<(), StoreFault> {
    let (draft, done) = (vault.folder.join(DRAFT), vault.folder.join(DONE));
    let mut old = DiskStore::open(&vault.folder, stamp_ms)?;
    let pairs = old.load()?;
    remove(&draft).map_err(StoreFault::io("清理", "clear", &draft))?;
    let mut fresh = SealedStore::new(DiskStore::open(&draft, stamp_ms)?, key.clone());
    for some in pairs.chunks(PAIRS_AT_ONCE) {
        fresh.commit(&[some])?;
        fresh.settle(false)?;
    }
    fresh.settle(true)?;
    drop(fresh);
    // A second look, before what was there goes: the copy must open and hold the same.
    let mut again = SealedStore::new(DiskStore::open(&draft, stamp_ms)?, key.clone());
    let copied: Vec<Pair> = again.load()?;
    if copied != pairs {
        return Err(StoreFault::Damaged("the sealed copy differs".to_owned()));
    }
    drop((again, old));
    fs::rename(&draft, &done).map_err(StoreFault::io("改名", "rename", &draft))?;
    sync_folder(&vault.folder)?;
    tracing::info!(pairs = pairs.len(), "数据已加封 / the data is sealed now");
    Ok(())
}

/// Bring a finished sealed copy to its place; nothing to do without one.
fn finish(vault: &mut Vault) -> Result<(), Said> {
    let (folder, done) = (vault.folder.clone(), vault.folder.join(DONE));
    if !done.is_dir() {
        return Ok(());
    }
    let swap = || -> io::Result<()> {
        for name in ["journal", "sled"] {
            let (from, to) = (done.join(name), folder.join(name));
            if from.exists() {
                remove(&to)?;
                fs::rename(&from, &to)?;
            }
        }
        for entry in fs::read_dir(&folder)?.flatten() {
            if entry.file_name().to_string_lossy().starts_with("sled.corrupt-") {
                remove(&entry.path())?;
            }
        }
        fs::File::open(&folder)?.sync_all()
    };
    swap().map_err(|error| cannot("替换", "replace", &folder, &error))?;
    vault.put(Header { store: StoreForm::Sealed, ..vault.header.clone() })?;
    remove(&done).map_err(|error| cannot("清理", "clear", &done, &error))
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}
