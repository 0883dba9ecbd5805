//! Where units are. Folded already; shown, never computed with.

use serde::{Deserialize, Serialize};

use crate::base::geo::Point;
use crate::base::ids::{DeviceId, UnitId};
use crate::local::request::UnitState;

/// The newest fix of one unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PositionRow {
    /// The unit.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// Device that reported it.
    pub device: DeviceId,
    /// Where.
    pub point: Point,
    /// When the fix was taken.
    pub fixed_ms: u64,
    /// What the unit is doing.
    pub state: UnitState,
    /// `gps`, `manual`.
    pub source: String,
    /// Ground speed in dm/s, if known.
    pub speed_dm_s: Option<u16>,
    /// Course in degrees, if known.
    pub course_deg: Option<u16>,
    /// Satellites used, if known.
    pub satellites: Option<u8>,
    /// Battery of the device in percent, if known.
    pub battery_pct: Option<u8>,
}
