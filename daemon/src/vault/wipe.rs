//! The wipe: the wrapped data key goes first, and with it everything that is sealed; then the
//! files. What is left says only that this machine was wiped, and when.
//!
//! The code that must be repeated is made from the vault's file, so that it is the same whether a
//! daemon runs or not, and another one on every machine.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::header::{FILE, SPARE};
use super::{KEY_FILE, Vault};
use crate::clock::wall;
use crate::home::file::{cannot, read_small, sync_folder_of, write_private};
use crate::said::Said;

/// Left behind by a wipe.
const MARK: &str = "wiped";
/// What the daemon makes in its folder.
const MADE: [&str; 20] = [
    "device.key",
    "authority.key",
    "network.secret",
    "device.clear",
    "authority.clear",
    "network.clear",
    "network.former",
    "journal",
    "sled",
    "redb",
    "sealing",
    "sealing.new",
    "files",
    "village.json",
    "village.damaged",
    "meters",
    "disk.probe",
    "ballast",
    "ballast.new",
    ".founding",
];
/// What it makes under names that only begin so.
const MADE_BEGINNINGS: [&str; 7] = [
    "sled.corrupt-",
    "sled.former",
    "redb.corrupt-",
    "redb.former",
    "slot-",
    "lan-",
    "village.json.",
];
/// What holds the key; goes first, in this order.
const KEYS: [&str; 4] = [FILE, SPARE, "vault.new", "vault.spare.new"];
/// Written over a file at once.
const BLOCK_BYTES: usize = 4096;

/// What a wipe would destroy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Paths that will go, the key first.
    pub destroyed: Vec<PathBuf>,
    /// The code that must be given to do it.
    pub code: String,
    folder: PathBuf,
}

impl Plan {
    /// What a wipe of this vault's folder would destroy; `more` are files that belong to it
    /// elsewhere, such as the list of handsets.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn of(vault: &Vault, more: &[PathBuf]) -> Result<Plan, Said> {
        let folder = vault.folder.clone();
        let keys = KEYS.iter().map(|name| folder.join(name));
        let mut destroyed: Vec<PathBuf> = keys.chain([vault.key_file.clone()]).collect();
        for path in made_in(&folder)?.iter().chain(more) {
            if !destroyed.contains(path) {
                destroyed.push(path.clone());
            }
        }
        destroyed.retain(|path| path.exists());
        Ok(Plan { destroyed, code: code(vault), folder })
    }
}

/// Everything in the folder that the daemon made, sorted.
fn made_in(folder: &Path) -> Result<Vec<PathBuf>, Said> {
    let failed = |error: io::Error| cannot("读取", "read", folder, &error);
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if is_made(&entry.file_name().to_string_lossy()) {
            paths.push(entry.path());
        }
    }
    paths.sort();
    Ok(paths)
}

fn is_made(name: &str) -> bool {
    let name = name.strip_suffix(".new").unwrap_or(name);
    MADE.contains(&name)
        || KEYS.contains(&name)
        || name == KEY_FILE
        || MADE_BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
}

/// Six digits that belong to this vault.
fn code(vault: &Vault) -> String {
    let hash = blake3::derive_key("sanduan wipe code v1", vault.header.to_text().as_bytes());
    let number = u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]) % 1_000_000;
    format!("{number:06}")
}

/// The first step that counts: the wrapped key and the key file are destroyed, and the folder is
/// marked. Afterwards nothing that was sealed can be opened by anybody.
///
/// # Errors
/// The disk refuses.
pub fn destroy_keys(vault: &mut Vault) -> Result<(), Said> {
    for name in KEYS {
        destroy(&vault.folder.join(name))?;
    }
    destroy(&vault.key_file)?;
    vault.key = None;
    write_private(&vault.folder.join(MARK), format!("{}\n", wall().0).as_bytes())
}

/// The rest of what the plan names. Goes on past what cannot be removed.
///
/// # Errors
/// The first thing that could not be removed.
pub fn destroy_files(plan: &Plan) -> Result<(), Said> {
    let mut first = None;
    // A daemon that stopped meanwhile may have left something more.
    for path in plan.destroyed.iter().chain(&made_in(&plan.folder)?) {
        if let Err(said) = destroy_all(path) {
            tracing::error!(%said, "销毁 / wipe");
            first.get_or_insert(said);
        }
    }
    first.map_or(Ok(()), Err)
}

fn destroy_all(path: &Path) -> Result<(), Said> {
    let Ok(entries) = fs::read_dir(path) else { return destroy(path) };
    for entry in entries.flatten() {
        destroy_all(&entry.path())?;
    }
    fs::remove_dir(path).map_err(|error| cannot("清除", "destroy", path, &error))
}

/// Write over a file, as far as the disk really does so, and remove it. Done if there is none.
///
/// # Errors
/// The disk refuses.
pub fn destroy(path: &Path) -> Result<(), Said> {
    let destroy = || -> io::Result<()> {
        // A link must not lead the writing elsewhere, and a pipe would hold it up.
        if fs::symlink_metadata(path)?.is_file() {
            let mut file = OpenOptions::new().write(true).open(path)?;
            let mut rest = file.metadata()?.len();
            while rest > 0 {
                let bytes = rest.min(BLOCK_BYTES as u64);
                file.write_all(&[0; BLOCK_BYTES][..bytes as usize])?;
                rest -= bytes;
            }
            file.sync_all()?;
        }
        fs::remove_file(path)?;
        sync_folder_of(path)
    };
    match destroy() {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(cannot("清除", "destroy", path, &error))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Say so if this folder was wiped.
///
/// # Errors
/// It was.
pub fn refuse_wiped(folder: &Path) -> Result<(), Said> {
    let Some(text) = read_small(&folder.join(MARK))? else { return Ok(()) };
    let at_ms: i64 = text.trim().parse().unwrap_or(0);
    let at = jiff::Timestamp::from_millisecond(at_ms).unwrap_or_default();
    let at = at.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M");
    let folder = folder.display();
    Err(Said::new(
        format!(
            "本机已于 {at} 销毁：{folder} 的密钥与记录都已不在，无法恢复。请换新目录重新入网，\
             并请授权机吊销原设备(sanduan device revoke)"
        ),
        format!(
            "this machine was wiped at {at}: keys and records of {folder} are gone for good. \
             Enrol anew in another folder, and have the authority revoke the old device \
             (sanduan device revoke)"
        ),
    ))
}
