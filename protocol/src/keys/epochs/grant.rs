//! What a device is given of its epoch when it joins. How a join file writes it down:
//! `keys::enrol`.

use super::{KEY_BYTES, standing};
use crate::keys::subtree::PathKeys;
use crate::keys::suite::Suite;

/// What a device is given of its epoch besides the secret, when it joins.
#[derive(Clone, PartialEq, Eq)]
pub struct EpochGrant {
    /// When the epoch began by the authority's clock, seconds since 1970.
    pub began_s: u32,
    /// Which day of it the secret is of.
    pub day: u16,
    /// The secret that stays the same all its days.
    pub standing: [u8; KEY_BYTES],
    /// What opens later epochs; the machine with the authority's key needs none.
    pub path: Option<PathKeys>,
}

impl EpochGrant {
    /// The first day of an epoch that begins now.
    pub fn founding(suite: Suite, secret: &[u8; KEY_BYTES], began_s: u32) -> EpochGrant {
        let standing = *standing(suite, secret);
        EpochGrant { began_s, day: 0, standing, path: None }
    }
}

impl std::fmt::Debug for EpochGrant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "EpochGrant(day {}, secret)", self.day)
    }
}
