//! Everything that is known of one device.

use serde::{Deserialize, Serialize};

use crate::base::ids::DeviceId;
use crate::local::rows::{DeviceRow, LogRow, PeerRow};

/// What a device wrote in one of its lanes, as far as it is here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceLaneRow {
    /// Which lane: `command`, `directory`, `report`, `stock`.
    pub lane: String,
    /// Which incarnation of the device; more than one after it lost its disk.
    pub incarnation: u8,
    /// Records here.
    pub records: u32,
    /// Of these, verified.
    pub verified: u32,
    /// Of these, written after the device was revoked: they count nowhere.
    pub disowned: u32,
}

/// The term of a device that may admit others for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuerRow {
    /// The first number it may hand out.
    pub first: u16,
    /// The last one.
    pub last: u16,
    /// When its term ends, ms since 1970: what it admits later counts nowhere.
    pub ends_ms: u64,
    /// Its term is over by this machine's clock.
    pub over: bool,
    /// Devices it admitted.
    pub admitted: u16,
}

/// The field issuer that admitted a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdmitterRow {
    /// Its number.
    pub device: DeviceId,
    /// Name of its unit.
    pub unit_name: String,
}

/// Everything that is known of one device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeviceDetail {
    /// Number, unit, roles, key.
    pub device: DeviceRow,
    /// It is this machine.
    pub here: bool,
    /// Why it is not trusted any more, if it was revoked; may be empty.
    pub revoked: Option<String>,
    /// The field issuer that admitted it; the authority itself if absent.
    #[serde(default)]
    pub admitted_by: Option<AdmitterRow>,
    /// Its term, if it may admit others.
    #[serde(default)]
    pub issuer: Option<IssuerRow>,
    /// Over which links it was heard since the daemon started, newest first.
    pub heard: Vec<PeerRow>,
    /// What it wrote.
    pub lanes: Vec<DeviceLaneRow>,
    /// The last verified record of it that a log tells of.
    pub last: Option<LogRow>,
    /// When that was written, by the device's clock, ms since 1970.
    pub last_ms: Option<u64>,
}
