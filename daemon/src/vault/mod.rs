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
//! With the first passphrase the seed of the order key is made. It is sealed by the passphrase
//! alone: whoever has the machine and its key file can do all that the machine does unattended, and
//! cannot sign an order.
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
const ORDERS_NAME: &[u8] = b"order key seed";

/// The seed of an order key.
pub type Seed = Zeroizing<[u8; 32]>;

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
    /// The seed of the order key, while it is open.
    orders: Option<Seed>,
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
        let mut vault = Vault { folder, key_file, header, key: None, orders: None };
        if let Some(wrapped) = &vault.header.by_key_file {
            let opened = read_key_file(&vault.key_file)?;
            let opened = opened.and_then(|key| key.unwrap_key(KEY_FILE_NAME, wrapped).ok());
            if opened.is_none() && vault.header.by_passphrase.is_none() {
                return Err(no_key_file(&vault.key_file));
            }
            vault.key = opened;
        }
        if vault.header.by_passphrase.is_none() {
            vault.orders = vault.key.as_ref().and_then(|key| open_seed(key, &vault.header));
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
        let is_old = ["journal", "sled", "redb"].iter().any(|name| folder.join(name).exists());
        let store = if is_old { StoreForm::Clear } else { StoreForm::Sealed };
        let header = Header { store, by_key_file, by_passphrase: None, orders: None };
        header.save(folder)?;
        let (folder, key_file) = (folder.to_owned(), key_file.to_owned());
        Ok(Vault { folder, key_file, header, key: Some(data), orders: None })
    }

    /// The data key, if the vault is open.
    pub fn key(&self) -> Option<&VaultKey> {
        self.key.as_ref()
    }

    /// The seed of the order key, while it is open. `None` where no passphrase was ever set, too.
    pub fn order_seed(&self) -> Option<&Seed> {
        self.orders.as_ref()
    }

    /// Forget the order key until the passphrase is given again. Without one it stays open.
    pub fn close_orders(&mut self) {
        if self.header.by_passphrase.is_some() {
            self.orders = None;
        }
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
        let Some(wrapping) = stretch::stretch(passphrase, &slot.salt, slot.cost) else {
            return Tried::Wrong;
        };
        let Ok(data) = wrapping.unwrap_key(PASSPHRASE_NAME, &slot.wrapped) else {
            return Tried::Wrong;
        };
        self.key = Some(data);
        self.orders = match self.header.orders {
            Some(_) => open_seed(&wrapping, &self.header),
            None => self.first_seed(&wrapping),
        };
        if let Err(said) = self.close_authority() {
            // It opens as before, until the next try.
            tracing::warn!(%said, "授权密钥 / authority.key");
        }
        Tried::Right
    }

    /// A passphrase that was set by a version without order keys gets one. If the disk refuses,
    /// orders go on under the device's key until the next try.
    fn first_seed(&mut self, wrapping: &VaultKey) -> Option<Seed> {
        let seed = Zeroizing::new(random().ok()?);
        let orders = Some(wrapping.seal(ORDERS_NAME, seed.as_slice()));
        self.put(Header { orders, ..self.header.clone() }).ok().map(|()| seed)
    }

    /// The authority's key, where it is, needs the order key from now on.
    fn close_authority(&self) -> Result<(), Said> {
        Home::of(self)?.seal_authority_under_orders()
    }

    /// The seed of the authority's key, if it is here and open.
    pub fn authority_seed(&self) -> Option<Seed> {
        // What cannot be read is told when the node is built from it.
        self.key.as_ref().and_then(|_| Home::of(self).ok()?.authority_seed().ok()?)
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
        let seed = match (&self.orders, &self.header.orders) {
            (Some(seed), _) => seed.clone(),
            (None, Some(_)) => return Err(not_open()),
            (None, None) => Zeroizing::new(random()?),
        };
        let orders = Some(wrapping.seal(ORDERS_NAME, seed.as_slice()));
        let by_passphrase = Some(PassphraseSlot { cost, salt, wrapped });
        let by_key_file = match (unattended, &self.header.by_key_file) {
            (true, Some(wrapped)) => Some(wrapped.clone()),
            (true, None) => Some(write_key_file(&self.key_file, data)?),
            (false, _) => None,
        };
        let store = self.header.store;
        self.put(Header { store, by_key_file, by_passphrase, orders })?;
        self.orders = Some(seed);
        self.close_authority()?;
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
        let orders = match (&self.orders, &self.header.orders) {
            (Some(seed), _) => Some(data.seal(ORDERS_NAME, seed.as_slice())),
            (None, Some(_)) => return Err(not_open()),
            (None, None) => None,
        };
        self.put(Header { store: self.header.store, by_key_file, by_passphrase: None, orders })
    }

    fn put(&mut self, header: Header) -> Result<(), Said> {
        header.save(&self.folder)?;
        self.header = header;
        Ok(())
    }
}

fn open_seed(key: &VaultKey, header: &Header) -> Option<Seed> {
    let opened = key.open(ORDERS_NAME, header.orders.as_deref()?).map(Zeroizing::new).ok()?;
    opened.as_slice().try_into().ok().map(Zeroizing::new)
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
