//! A device that wrote two different things at one place. Folded already; shown, never computed
//! with.

use serde::{Deserialize, Serialize};

use crate::base::ids::DeviceId;

/// A device that wrote two different things at one place: its key is used twice, or it lies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForkRow {
    /// The device.
    pub device: DeviceId,
    /// Its unit.
    pub unit_name: String,
    /// Which of its lanes: `command`, `directory`, `report`, `stock`.
    pub lane: String,
    /// Number of the first record of that lane that does not count any more.
    pub at: u32,
    /// It is the device that shows this.
    pub here: bool,
}
