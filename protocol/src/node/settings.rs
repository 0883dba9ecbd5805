//! What a node is told once, when it is built: its network and who it is.

use crate::base::ids::{DeviceId, UnitId};
use crate::keys::epochs::EpochGrant;
use crate::keys::suite::Suite;

/// How long the words of orders that are over stay, ms: 30 days (research, reliability-security 5).
pub const OVER_KEPT_MS: u64 = 30 * 24 * 3_600_000;

/// Stands where a device was told the secret of the day on which it joined, once its store keeps
/// the keys of days and epochs. Nothing is ever sealed under it.
pub const NO_SECRET: [u8; 32] = [0; 32];

/// What all devices of a network share. Written by `init`, carried by join files. Secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// District code, such as 500116.
    pub district: String,
    /// District name.
    pub name: String,
    /// Drill networks have their own secret and mark everything 演练.
    pub drill: bool,
    /// Public key of the authority: names the network.
    pub authority: [u8; 32],
    /// Secret of the epoch and day in which the device joined; [`NO_SECRET`] once the store keeps
    /// what became of it.
    pub epoch_secret: [u8; 32],
    /// Number of that epoch.
    pub epoch: u32,
    /// What it was given besides, to take part in later days and epochs; devices that joined by
    /// an earlier version have none, until they are enrolled anew.
    pub grant: Option<EpochGrant>,
}

impl Network {
    /// True while it tells the secret of the day of joining.
    pub fn has_secret(&self) -> bool {
        self.epoch_secret != NO_SECRET
    }

    /// The secret that stays the same all days of the epoch in which the device joined.
    pub fn standing_secret(&self, suite: Suite) -> [u8; 32] {
        let founded = || EpochGrant::founding(suite, &self.epoch_secret, 0).standing;
        self.grant.as_ref().map_or_else(founded, |grant| grant.standing)
    }
}

/// Everything a node must know of itself. The daemon loads it from the data folder.
#[derive(Clone)]
pub struct Settings {
    /// The network's suite of cryptography.
    pub suite: Suite,
    /// The network.
    pub network: Network,
    /// This device.
    pub device: DeviceId,
    /// The unit it speaks for.
    pub unit: UnitId,
    /// Seed of the device's key.
    pub device_seed: [u8; 32],
    /// Seed of the authority's key, on the one machine that has it.
    pub authority_seed: Option<[u8; 32]>,
    /// Name of the person at the console when a request names none.
    pub operator: String,
    /// Longest time a stock or report record stays unsealed, ms (DESIGN section 4: 15 min).
    pub seal_after_ms: u64,
    /// How long the words of orders that are over stay once the disk is low, ms; ordinarily
    /// [`OVER_KEPT_MS`].
    pub over_kept_ms: u64,
    /// Seed of the dice: for jitter, and for the part of a start that is by chance, so another one
    /// at every start and on every machine (see [`crate::base::start`]).
    pub dice_seed: u64,
}
