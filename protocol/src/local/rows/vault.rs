//! How the data of this machine is protected on its disk, and what a wipe would destroy.

use serde::{Deserialize, Serialize};

/// What opens the data on the disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protection {
    /// A key file beside it: the machine starts without a person, and whoever takes the whole disk
    /// can read it. Orders need nothing.
    #[default]
    KeyFile,
    /// The same, but orders need the passphrase.
    PassphraseForOrders,
    /// Only the passphrase.
    Passphrase,
}

/// Whether orders may be signed now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderLock {
    /// No passphrase is set.
    #[default]
    NotNeeded,
    /// The passphrase was given a moment ago.
    Open,
    /// The passphrase is needed first.
    Locked,
}

/// The vault at a glance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VaultRow {
    /// What opens it.
    pub protection: Protection,
    /// False after a start, until the passphrase is given: nothing can be read or sent.
    pub opened: bool,
    /// Whether orders may be signed now.
    pub orders: OrderLock,
    /// Seconds until orders need the passphrase again, if nothing is signed meanwhile.
    pub open_for_s: Option<u32>,
}

/// What a wipe would destroy, or did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WipeRow {
    /// Files and folders, the key first.
    pub destroyed: Vec<String>,
    /// The code to be given to do it; none once it is done.
    pub code: Option<String>,
}
