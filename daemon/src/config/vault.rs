//! The table `[vault]`: what opens the data of this machine without a person, and how long orders
//! go out after the passphrase was given.

use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::de::{DeTable, DeValue};

use super::Findings;
use super::read::Section;
use crate::vault::KEY_FILE;

/// A quarter of an hour after the last order: longer than a call on the phone between two orders,
/// shorter than a meal.
const ORDERS_OPEN_S: u32 = 900;

/// How the vault works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VaultConfig {
    /// Where the key file lies.
    pub key_file: PathBuf,
    /// Orders need the passphrase again when none was signed for so long.
    pub orders_open: Duration,
}

impl VaultConfig {
    /// What holds when nothing is said, for a node in this folder.
    pub fn beside(data_dir: &Path) -> VaultConfig {
        let orders_open = Duration::from_secs(u64::from(ORDERS_OPEN_S));
        VaultConfig { key_file: data_dir.join(KEY_FILE), orders_open }
    }
}

/// Read the table, if there is one, over what holds without it.
pub fn read(root: &DeTable<'_>, folder: &Path, config: &mut VaultConfig, findings: &mut Findings) {
    let Some(value) = root.get("vault") else { return };
    let DeValue::Table(table) = value.as_ref() else {
        let at = Some(value.span().start);
        return findings.push(at, "vault 须写成 [vault]", "write vault as [vault]");
    };
    let mut section = Section::new("[vault]", value.span().start, table, findings);
    if let Some(path) = section.text("key_file") {
        config.key_file = folder.join(path);
    }
    let orders_open_s = section.number("orders_open_s", 5..=86_400, ORDERS_OPEN_S);
    config.orders_open = Duration::from_secs(u64::from(orders_open_s));
    section.finish();
}
