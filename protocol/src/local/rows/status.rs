//! The node at a glance. Folded already; shown, never computed with.

use serde::{Deserialize, Serialize};

use crate::base::ids::{DeviceId, UnitId};
use crate::local::rows::{
    ClockRow, ForkRow, IssuerRow, RoomRow, ScrubRow, ShareRow, TwinRow, VaultRow,
};

/// The node at a glance.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StatusRow {
    /// Program version.
    pub version: String,
    /// District code, such as 500116.
    pub district: String,
    /// District name.
    pub name: String,
    /// True in a drill network: everything shown carries 演练.
    pub drill: bool,
    /// This device.
    pub device: DeviceId,
    /// The unit it speaks for.
    pub unit: UnitId,
    /// Name of that unit.
    pub unit_name: String,
    /// Its role words.
    pub roles: Vec<String>,
    /// Who acts where a request names nobody; empty if nobody is set.
    #[serde(default)]
    pub operator: String,
    /// Wall clock of the daemon, ms since 1970.
    pub now_ms: u64,
    /// Records held.
    pub records: u64,
    /// Records that are received but not yet verified (未验).
    pub provisional: u64,
    /// Records refused because the author may not write them.
    pub refused: u64,
    /// 8 hex digits; equal on two nodes when they hold the same verified records.
    pub digest: String,
    /// 8 hex digits over the newest positions; equal when the boards are equal.
    pub board_digest: String,
    /// Orders that still lack an answer they need.
    pub open_orders: u32,
    /// Orders addressed to this unit that nobody here has answered.
    pub unanswered_here: u32,
    /// Things waiting to be sent, over all links.
    pub outbox: u32,
    /// Set while the disk refuses to save: nothing new is accepted.
    pub unsaved: Option<String>,
    /// How much room the disk has left, and what is not taken in for that.
    #[serde(default)]
    pub room: RoomRow,
    /// What came of reading the store again in quiet hours.
    #[serde(default)]
    pub scrub: ScrubRow,
    /// Devices that wrote two different things at one place: an alarm on every screen.
    #[serde(default)]
    pub forks: Vec<ForkRow>,
    /// Lanes whose author says more than its share: what is beyond it is taken later.
    #[serde(default)]
    pub over_share: Vec<ShareRow>,
    /// Devices whose newest record lies in the future of this machine's clock.
    #[serde(default)]
    pub clocks_ahead: Vec<ClockRow>,
    /// Devices that may be running twice.
    #[serde(default)]
    pub twins: Vec<TwinRow>,
    /// Where it stands in the network's keys.
    #[serde(default)]
    pub keys: KeysRow,
    /// Its term, if it may admit others.
    #[serde(default)]
    pub issuer: Option<IssuerRow>,
    /// How its disk is protected; filled in by the daemon.
    #[serde(default)]
    pub vault: VaultRow,
    /// Battery of this device in percent; none without one.
    pub battery_pct: Option<u8>,
    /// The battery is low and nothing charges it: own positions go every ten minutes only.
    #[serde(default)]
    pub sparing_battery: bool,
    /// Kinds of its links that carry frames: `udp`, `kiss-tcp`, …
    pub links_up: Vec<String>,
    /// Seconds since the daemon started.
    pub uptime_s: u64,
}

/// Where a device stands in the keys of its network.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeysRow {
    /// Number of the epoch; it counts up with every rekey.
    pub epoch: u32,
    /// Day of the epoch, from 0.
    pub day: u16,
    /// It could not follow the last rekey: `shut_out` (it was revoked) or `no_keys` (it must be
    /// enrolled anew).
    pub behind: Option<String>,
    /// It has what it takes to follow the next rekey; without, it must be enrolled anew before.
    pub can_follow: bool,
}
