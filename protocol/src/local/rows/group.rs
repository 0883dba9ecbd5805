//! Groups that texts can be sealed to, and who can read. Folded already; shown, never computed
//! with.

use serde::{Deserialize, Serialize};

use crate::base::ids::{DeviceId, GroupId};

/// A group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupRow {
    /// Index.
    pub group: GroupId,
    /// Name.
    pub name: String,
    /// Counts its keys: somebody has left before each but the first.
    pub turn: u32,
    /// Names of the units in it.
    pub units: Vec<String>,
    /// How many devices have its key.
    pub devices: u32,
    /// Devices of its units that have no key of it yet.
    pub missing: Vec<DeviceId>,
    /// Names of the depots whose posts are sealed to it.
    #[serde(default)]
    pub depots: Vec<String>,
    /// True if this device has it.
    pub readable: bool,
}

/// What a text is sealed to (密).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupMark {
    /// Name of the group.
    pub name: String,
    /// Names of the units that are in it now.
    pub units: Vec<String>,
    /// True if this device can read the text.
    pub readable: bool,
}
