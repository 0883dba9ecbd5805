//! The vault: one data key that seals what lies in the node's folder, and what opens it. A value
//! of the store, the device's key and the network's secret are sealed under the data key; the
//! data key lies wrapped in the vault's file, once for each way to open it.
//!
//! ```text
//! vault, vault.spare   wrapped data key, twice the same                         0600
//! vault.key            a key that opens it without a person, unless taken away  0600
//! wiped                left by a wipe: when, and nothing else
//!
//! Nothing ── create ──▶ opened by its key file (unattended; orders need nothing)
//!                        │ set_passphrase             ▲ remove_passphrase
//!                        ▼                            │
//!   opened by the key file, orders need ◀──▶ opened by a passphrase only,
//!   the passphrase (unattended)                orders need it too
//! ```
//!
//! Who may sign orders and for how long: [`guard`]. How values are sealed:
//! `sanduan_protocol::keys::vault`. How a folder from before there was a vault is taken in:
//! [`migrate`]. What a wipe destroys: [`wipe`].

pub mod door;
pub mod guard;
mod header;
pub mod migrate;
mod stretch;
pub mod wipe;

use std::path::{Path, PathBuf};

use sanduan_protocol::keys::vault::VaultKey;
use sanduan_protocol::local::rows::Protection;
use zeroize::Zeroizing;

use crate::entropy;
use crate::home::{Home, file};
use crate::said::Said;
use header::{Header, PassphraseSlot, StoreForm};
pub use stretch::Cost;

/// Name of the key file in the node's folder.
pub const KEY_FILE: &str = "vault.key";
/// Shortest passphrase, characters. Four Chinese characters or a short phrase; whoever tries is
/// slowed down by what one try costs (`stretch`).
pub const PASSPHRASE_CHARS_MIN: usize = 4;
/// Longest passphrase, bytes.
pub const PASSPHRASE_BYTES_MAX: usize = 1024;

const KEY_FILE_NAME: &[u8] = b"data key by key file";
const PASSPHRASE_NAME: &[u8] = b"data key by passphrase";

/// Whether a passphrase was right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tried {
    /// It was.
    Right,
    /// It was not, or there is none.
    Wrong,
}

/// The vault of one folder, open or not.
#[derive(Clone, Debug)]
pub struct Vault {
    folder: PathBuf,
    key_file: PathBuf,
    header: Header,
    key: Option<VaultKey>,
}

impl Vault {
    /// The vault of `folder`, opened if its key file is there; made if there is none.
    ///
    /// # Errors
    /// The machine was wiped, the vault's files are damaged, or the disk refuses.
    pub fn enter(folder: &Path, key_file: &Path) -> Result<Vault, Said> {
        wipe::refuse_wiped(folder)?;
        let Some(header) = Header::load(folder)? else {
            if Home::at(folder).has_sealed_secret()? {
                return Err(lost(folder));
            }
            return Vault::create(folder, key_file);
        };
        let (folder, key_file) = (folder.to_owned(), key_file.to_owned());
        let mut vault = Vault { folder, key_file, header, key: None };
        if let Some(wrapped) = &vault.header.by_key_file {
            let opened = read_key_file(&vault.key_file)?;
            let opened = opened.and_then(|key| key.unwrap_key(KEY_FILE_NAME, wrapped).ok());
            if opened.is_none() && vault.header.by_passphrase.is_none() {
                return Err(no_key_file(&vault.key_file));
            }
            vault.key = opened;
        }
        Ok(vault)
    }

    /// The same with the key file in the folder, for commands that run before there is a
    /// configuration.
    ///
    /// # Errors
    /// As [`Vault::enter_open`].
    pub fn enter_unattended(folder: &Path) -> Result<Vault, Said> {
        Vault::enter_open(folder, &folder.join(KEY_FILE))
    }

    /// The vault of `folder`, which must be open: for commands that run without a daemon.
    ///
    /// # Errors
    /// As [`Vault::enter`], and when only a passphrase opens it.
    pub fn enter_open(folder: &Path, key_file: &Path) -> Result<Vault, Said> {
        let vault = Vault::enter(folder, key_file)?;
        if vault.key.is_some() {
            return Ok(vault);
        }
        Err(Said::new(
            "本机数据由口令保护：先启动 sanduand,运行 sanduan unlock 后再执行",
            "the data here is opened by a passphrase: start sanduand, run `sanduan unlock`, then \
             try again",
        ))
    }

    fn create(folder: &Path, key_file: &Path) -> Result<Vault, Said> {
        let data = VaultKey::from_bytes(random()?);
        let by_key_file = Some(write_key_file(key_file, &data)?);
        // What is there already was written in clear, until it is taken in.
        let is_old = folder.join("journal").exists() || folder.join("sled").exists();
        let store = if is_old { StoreForm::Clear } else { StoreForm::Sealed };
        let header = Header { store, by_key_file, by_passphrase: None };
        header.save(folder)?;
        let (folder, key_file) = (folder.to_owned(), key_file.to_owned());
        Ok(Vault { folder, key_file, header, key: Some(data) })
    }

    /// The data key, if the vault is open.
    pub fn key(&self) -> Option<&VaultKey> {
        self.key.as_ref()
    }

    /// Folder of the node.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// How it is opened.
    pub fn protection(&self) -> Protection {
        match (&self.header.by_passphrase, &self.header.by_key_file) {
            (Some(_), Some(_)) => Protection::PassphraseForOrders,
            (Some(_), None) => Protection::Passphrase,
            (None, _) => Protection::KeyFile,
        }
    }

    /// Try a passphrase; a right one opens the vault. Takes as long as one try should (some
    /// 150 ms of one core, 64 MiB).
    pub fn unlock(&mut self, passphrase: &str) -> Tried {
        let Some(slot) = &self.header.by_passphrase else { return Tried::Wrong };
        let wrapping = stretch::stretch(passphrase, &slot.salt, slot.cost);
        match wrapping.and_then(|key| key.unwrap_key(PASSPHRASE_NAME, &slot.wrapped).ok()) {
            Some(data) => {
                self.key = Some(data);
                Tried::Right
            }
            None => Tried::Wrong,
        }
    }

    /// From now on this passphrase opens the vault; the key file too, if `unattended`, and else
    /// it is destroyed.
    ///
    /// # Errors
    /// The passphrase is too short or too long, the vault is not open, or the disk refuses.
    pub fn set_passphrase(
        &mut self,
        passphrase: &str,
        unattended: bool,
        cost: Cost,
    ) -> Result<(), Said> {
        check_passphrase(passphrase)?;
        let data = self.key.as_ref().ok_or_else(not_open)?;
        let salt: [u8; stretch::SALT_BYTES] = random()?;
        let wrapping = stretch::stretch(passphrase, &salt, cost).ok_or_else(no_memory)?;
        let wrapped = data.wrapped_by(&wrapping, PASSPHRASE_NAME);
        let by_passphrase = Some(PassphraseSlot { cost, salt, wrapped });
        let by_key_file = match (unattended, &self.header.by_key_file) {
            (true, Some(wrapped)) => Some(wrapped.clone()),
            (true, None) => Some(write_key_file(&self.key_file, data)?),
            (false, _) => None,
        };
        let store = self.header.store;
        self.put(Header { store, by_key_file, by_passphrase })?;
        if !unattended {
            wipe::destroy(&self.key_file)?;
        }
        Ok(())
    }

    /// From now on the key file alone opens the vault, and orders need nothing.
    ///
    /// # Errors
    /// The vault is not open, or the disk refuses.
    pub fn remove_passphrase(&mut self) -> Result<(), Said> {
        let data = self.key.as_ref().ok_or_else(not_open)?;
        let by_key_file = Some(write_key_file(&self.key_file, data)?);
        self.put(Header { store: self.header.store, by_key_file, by_passphrase: None })
    }

    fn put(&mut self, header: Header) -> Result<(), Said> {
        header.save(&self.folder)?;
        self.header = header;
        Ok(())
    }
}

/// Whether people may use it as a passphrase.
///
/// # Errors
/// It is too short or too long.
fn check_passphrase(passphrase: &str) -> Result<(), Said> {
    if passphrase.chars().count() < PASSPHRASE_CHARS_MIN {
        let least = PASSPHRASE_CHARS_MIN;
        return Err(Said::new(
            format!("口令太短，至少 {least} 个字；建议用一句话"),
            format!("the passphrase is too short: at least {least} characters, better a sentence"),
        ));
    }
    if passphrase.len() > PASSPHRASE_BYTES_MAX {
        return Err(Said::new("口令太长，请缩短", "the passphrase is too long; shorten it"));
    }
    Ok(())
}

fn read_key_file(path: &Path) -> Result<Option<VaultKey>, Said> {
    let Some(text) = file::read_small(path)? else { return Ok(None) };
    let bytes = file::from_hex(text.trim()).map(Zeroizing::new);
    Ok(bytes.map(|bytes| VaultKey::from_bytes(*bytes)))
}

/// Make a key file; gives the data key wrapped by it.
fn write_key_file(path: &Path, data: &VaultKey) -> Result<Vec<u8>, Said> {
    let bytes = Zeroizing::new(random()?);
    let text = Zeroizing::new(file::to_hex(bytes.as_slice()) + "\n");
    file::write_private(path, text.as_bytes())?;
    Ok(data.wrapped_by(&VaultKey::from_bytes(*bytes), KEY_FILE_NAME))
}

fn random<const N: usize>() -> Result<[u8; N], Said> {
    entropy::bytes().map_err(|error| {
        Said::new(
            format!("系统随机数不可用（{error}），请稍后重试"),
            format!("the system has no randomness yet ({error}); try again in a moment"),
        )
    })
}

fn no_key_file(path: &Path) -> Said {
    let path = path.display();
    Said::new(
        format!("密钥文件 {path} 不在或不是本机的：请放回原处，没有它数据打不开"),
        format!(
            "the key file {path} is not there or not of this machine: put it back; without it \
                 the data cannot be opened"
        ),
    )
}

fn lost(folder: &Path) -> Said {
    let folder = folder.display();
    Said::new(
        format!("{folder} 的保险箱文件(vault、vault.spare)不见了：没有它数据打不开，请从备份恢复"),
        format!(
            "the vault's files (vault, vault.spare) of {folder} are gone; without them nothing \
                 can be opened: restore them from a backup"
        ),
    )
}

fn not_open() -> Said {
    Said::new(
        "本机已锁：先运行 sanduan unlock 输入口令",
        "this machine is locked: run `sanduan unlock` and enter the passphrase",
    )
}

fn no_memory() -> Said {
    Said::new(
        "内存不足，口令未设：须有 64 MB 空闲内存",
        "not enough memory, the passphrase was not set: 64 MB must be free",
    )
}

#[cfg(test)]
mod tests;
