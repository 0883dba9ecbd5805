//! A node's folder: its keys, what it shares with its network, its configuration. Created by
//! `init` and `device join`, read at every start.
//!
//! ```text
//! sanduan.toml     configuration, for people
//! device.key       seed of the device's key, sealed            0600
//! authority.key    seed of the authority's key, sealed         0600, on one machine only
//! network.secret   network and place in it, sealed             0600
//! network.former   what it was, on its way out                 0600
//! vault …          what opens them, see `crate::vault`
//! journal/ sled/ (or redb/) lock control.sock
//!
//! a sealed secret  SDV1: and hex digits; in clear, hex or JSON, only in folders of old
//! ```
//!
//! Once a passphrase was set, the authority's seed is sealed once more inside, under what the seed
//! of the order key makes: the data key, which a key file opens, does not open it.

mod epoch_keys;
pub mod file;
pub mod member;

use std::path::{Path, PathBuf};

use sanduan_protocol::keys::sign::DeviceKey;
use sanduan_protocol::keys::suite::Suite;
use sanduan_protocol::keys::vault::VaultKey;
use sanduan_protocol::node::Settings;
use zeroize::Zeroizing;

use crate::config::{self, Config, Starter};
use crate::entropy;
use crate::said::Said;
use crate::vault::{Vault, wipe};
pub use member::Member;

const DEVICE_KEY: &str = "device.key";
const AUTHORITY_KEY: &str = "authority.key";
/// File with what a device shares with its network: whoever has it is a member.
pub const NETWORK_SECRET: &str = "network.secret";

/// Seed of an Ed25519 key; wiped when dropped.
pub type Seed = Zeroizing<[u8; 32]>;

/// What is sealed.
const SECRETS: [&str; 3] = [DEVICE_KEY, AUTHORITY_KEY, NETWORK_SECRET];
/// How the authority's seed begins that needs the order key.
const UNDER_ORDERS: &str = "orders:";
/// Of what that is made.
const AUTHORITY_WRAP: &str = "sanduan authority seed under order key v1";
/// How a sealed secret begins.
const SEALED: &str = "SDV1:";

/// The folder of one node, with the key that opens its secrets if it is known.
#[derive(Clone, Debug)]
pub struct Home {
    folder: PathBuf,
    key: Option<VaultKey>,
    /// Made from the order key's seed, while that is open.
    orders: Option<VaultKey>,
}

impl Home {
    /// The home in `folder`, whether it exists or not.
    pub fn at(folder: &Path) -> Home {
        Home { folder: folder.to_owned(), key: None, orders: None }
    }

    /// The home of a vault; an open one opens its secrets, and those that lie there in clear are
    /// sealed.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn of(vault: &Vault) -> Result<Home, Said> {
        let orders = vault.order_seed().map(authority_wrap);
        let key = vault.key().cloned();
        let home = Home { folder: vault.folder().to_owned(), key, orders };
        for name in SECRETS {
            home.seal_if_clear(name)?;
        }
        Ok(home)
    }

    /// The key that seals what a part of the daemon keeps in this folder, if there is one.
    pub fn key(&self) -> Option<&VaultKey> {
        self.key.as_ref()
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// True if the device has a key, even one that cannot be read now.
    pub fn has_device_key(&self) -> bool {
        self.folder.join(DEVICE_KEY).exists()
    }

    /// True if a secret lies here sealed, so that there must be a vault.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn has_sealed_secret(&self) -> Result<bool, Said> {
        for name in SECRETS {
            let text = file::read_small(&self.folder.join(name))?;
            if text.is_some_and(|text| text.starts_with(SEALED)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Path of the configuration.
    pub fn config_path(&self) -> PathBuf {
        self.folder.join(config::FILE_NAME)
    }

    /// Make the folder, readable by its owner and group only.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn make_folder(&self) -> Result<(), Said> {
        file::make_private_folder(&self.folder)
    }

    /// The seed of the device's key; `None` before `device request` or `init`.
    ///
    /// # Errors
    /// The file cannot be read, or is damaged.
    pub fn device_seed(&self) -> Result<Option<Seed>, Said> {
        self.read_seed(DEVICE_KEY)
    }

    /// The seed of the authority's key; `None` on all machines but one, and there while it needs
    /// the passphrase.
    ///
    /// # Errors
    /// The file cannot be read, or is damaged.
    pub fn authority_seed(&self) -> Result<Option<Seed>, Said> {
        let Some(text) = self.read_secret(AUTHORITY_KEY)? else { return Ok(None) };
        let Some(hex) = text.trim_end().strip_prefix(UNDER_ORDERS) else {
            return self.read_seed(AUTHORITY_KEY);
        };
        let Some(orders) = &self.orders else { return Ok(None) };
        let path = self.folder.join(AUTHORITY_KEY);
        let sealed = file::bytes_of_hex(hex).ok_or_else(|| foreign(&path))?;
        let opened = orders.open(AUTHORITY_KEY.as_bytes(), &sealed).map(Zeroizing::new);
        let opened = opened.map_err(|_| foreign(&path))?;
        opened
            .as_slice()
            .try_into()
            .map(|seed| Some(Zeroizing::new(seed)))
            .map_err(|_| foreign(&path))
    }

    /// From now on the authority's seed needs the order key as well. Nothing to do where there is
    /// none, where it is so already, or where orders are not open.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn seal_authority_under_orders(&self) -> Result<(), Said> {
        let text = self.read_secret(AUTHORITY_KEY)?;
        let is_done = text.is_none_or(|text| text.starts_with(UNDER_ORDERS));
        let (false, Some(orders)) = (is_done, &self.orders) else { return Ok(()) };
        let Some(seed) = self.read_seed(AUTHORITY_KEY)? else { return Ok(()) };
        let sealed = orders.seal(AUTHORITY_KEY.as_bytes(), seed.as_slice());
        self.write_secret(AUTHORITY_KEY, &format!("{UNDER_ORDERS}{}\n", file::to_hex(&sealed)))
    }

    /// The device's seed; made now if there is none.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn ensure_device_seed(&self) -> Result<Seed, Said> {
        match self.device_seed()? {
            Some(seed) => Ok(seed),
            None => self.make_seed(DEVICE_KEY),
        }
    }

    /// Make the authority's key.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn make_authority_seed(&self) -> Result<Seed, Said> {
        self.make_seed(AUTHORITY_KEY)
    }

    /// What the device shares with its network; `None` before it joined.
    ///
    /// # Errors
    /// The file cannot be read, or is damaged.
    pub fn member(&self) -> Result<Option<Member>, Said> {
        let path = self.folder.join(NETWORK_SECRET);
        match self.read_secret(NETWORK_SECRET)? {
            Some(text) => Member::from_text(&path, &text).map(Some),
            None => Ok(None),
        }
    }

    /// Write what the device shares with its network. From now on it is a member.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_member(&self, member: &Member) -> Result<(), Said> {
        self.write_secret(NETWORK_SECRET, &member.to_text())
    }

    /// Write the configuration of a new folder, unless one is there already.
    ///
    /// # Errors
    /// A bearer was asked for and a file is there, which is never changed; an address is none; or
    /// the disk refuses.
    pub fn write_config(&self, starter: &Starter) -> Result<(), Said> {
        let path = self.config_path();
        if path.exists() && starter.names_bearers() {
            let path = path.display();
            return Err(Said::new(
                format!("{path} 已存在，不会改动：请在其中启用承载([[bearer]])，不写 --lan、--udp"),
                format!(
                    "{path} exists and is never changed: name the bearer in it ([[bearer]]), and \
                     leave --lan and --udp away"
                ),
            ));
        }
        if path.exists() {
            return Ok(());
        }
        let text = starter.text();
        Config::parse(&path, &text)?;
        file::write_private(&path, text.as_bytes())
    }

    /// Everything the node is told when it is built.
    ///
    /// # Errors
    /// A file is missing or damaged; the remedy names the command that makes it.
    pub fn settings(&self, config: &Config) -> Result<Settings, Said> {
        let (Some(seed), Some(member)) = (self.device_seed()?, self.member()?) else {
            let folder = self.folder.display();
            return Err(Said::new(
                format!(
                    "{folder} 尚未入网：先运行 sanduan init(建网)或 sanduan device request、\
                     device join(入网)"
                ),
                format!(
                    "{folder} has not joined a network: run `sanduan init` to found one, or \
                     `sanduan device request` and `device join` to join one"
                ),
            ));
        };
        self.settings_as(config, seed, member)
    }

    /// The same for a device that is about to join as `member`.
    ///
    /// # Errors
    /// The key is not the one that the network knows, or a file is damaged.
    pub fn settings_as(
        &self,
        config: &Config,
        seed: Seed,
        member: Member,
    ) -> Result<Settings, Said> {
        if DeviceKey::from_seed(*seed).public() != member.public {
            return Err(Said::new(
                format!("{DEVICE_KEY} 与入网时的不同：请恢复原密钥，或重新入网"),
                format!("{DEVICE_KEY} is not the key that joined: restore it, or join again"),
            ));
        }
        Ok(Settings {
            suite: Suite::default(),
            network: member.network,
            device: member.device,
            unit: member.unit,
            device_seed: *seed,
            authority_seed: self.authority_seed()?.map(|seed| *seed),
            operator: config.operator.clone(),
            seal_after_ms: u64::from(config.seal_after_s) * 1000,
            over_kept_ms: u64::from(config.over_kept_days) * 24 * 3_600_000,
            dice_seed: entropy::dice_seed(),
        })
    }

    fn make_seed(&self, name: &str) -> Result<Seed, Said> {
        let seed: Seed = Zeroizing::new(entropy::bytes().map_err(|error| {
            Said::new(
                format!("系统随机数不可用（{error}），请稍后重试"),
                format!("the system has no randomness yet ({error}); try again in a moment"),
            )
        })?);
        let text = Zeroizing::new(file::to_hex(seed.as_slice()) + "\n");
        self.write_secret(name, &text)?;
        Ok(seed)
    }

    fn read_seed(&self, name: &str) -> Result<Option<Seed>, Said> {
        let path = self.folder.join(name);
        let Some(text) = self.read_secret(name)? else { return Ok(None) };
        let seed = file::from_hex(text.trim()).ok_or_else(|| {
            Said::new(
                format!("密钥文件 {} 已损坏：请从备份恢复", path.display()),
                format!("the key file {} is damaged: restore it from a backup", path.display()),
            )
        })?;
        Ok(Some(Zeroizing::new(seed)))
    }

    fn read_secret(&self, name: &str) -> Result<Option<Zeroizing<String>>, Said> {
        let path = self.folder.join(name);
        let Some(text) = file::read_small(&path)? else { return Ok(None) };
        let Some(hex) = text.trim_end().strip_prefix(SEALED) else { return Ok(Some(text)) };
        let key = self.key.as_ref().ok_or_else(|| shut(&path))?;
        let sealed = file::bytes_of_hex(hex).ok_or_else(|| foreign(&path))?;
        let opened = key.open(name.as_bytes(), &sealed).map_err(|_| foreign(&path))?;
        let opened = String::from_utf8(opened).map_err(|_| foreign(&path))?;
        Ok(Some(Zeroizing::new(opened)))
    }

    fn write_secret(&self, name: &str, text: &str) -> Result<(), Said> {
        let path = self.folder.join(name);
        match &self.key {
            Some(key) => {
                let hex = file::to_hex(&key.seal(name.as_bytes(), text.as_bytes()));
                file::write_private(&path, format!("{SEALED}{hex}\n").as_bytes())
            }
            None => file::write_private(&path, text.as_bytes()),
        }
    }

    /// A secret from before there was a vault; what stood there in clear is written over.
    fn seal_if_clear(&self, name: &str) -> Result<(), Said> {
        let path = self.folder.join(name);
        let clear = path.with_extension("clear");
        let Some(text) = file::read_small(&path)? else { return Ok(()) };
        if self.key.is_none() {
            return Ok(());
        }
        if text.starts_with(SEALED) {
            // Left by a cut between the last two steps.
            return wipe::destroy(&clear);
        }
        // The old file keeps a name until the new one is there, so that it can be written over.
        // Where the disk knows no second names, it is only removed.
        if let Err(error) = std::fs::hard_link(&path, &clear) {
            tracing::debug!(%error, path = %path.display(), "no second name");
        }
        self.write_secret(name, &text)?;
        wipe::destroy(&clear)
    }
}

fn authority_wrap(orders: &Seed) -> VaultKey {
    VaultKey::from_bytes(Suite::default().derive_key(AUTHORITY_WRAP, &[orders.as_slice()]))
}

fn shut(path: &Path) -> Said {
    let path = path.display();
    Said::new(
        format!("{path} 已加封：先运行 sanduan unlock 输入口令"),
        format!("{path} is sealed: run `sanduan unlock` first"),
    )
}

fn foreign(path: &Path) -> Said {
    let path = path.display();
    Said::new(
        format!("{path} 已损坏或属于另一个保险箱：请从备份成套恢复"),
        format!("{path} is damaged or of another vault: restore them as one set from a backup"),
    )
}

#[cfg(test)]
mod tests;
