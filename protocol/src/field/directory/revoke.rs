//! The end of trust in a device: lost, taken, or its key known to others. What it wrote up to the
//! cut stays; what comes after is disowned: kept as evidence, shown as refused, never acted on.
//!
//! ```text
//! 9 revoke  index, reason, count, then of each lane: incarnation·lane varint, last good record
//! ```
//!
//! A lane that is not named is disowned whole. The cut is what the authority had verified when it
//! signed, so that it falls at the same record on every node, whatever arrived there first.

use std::collections::BTreeMap;

use crate::base::caps::{REKEY_PARTS_MAX, REVOKED_LANES_MAX};
use crate::base::ids::{DeviceId, Lane, LaneId, RecordId};
use crate::field::directory::Directory;
use crate::field::text::check_name;
use crate::keys::rekey::Rekey;
use crate::wire::pack::{Pack, PackError, Reader, put_varint};

/// A device that is not trusted any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevokeEntry {
    /// The device.
    pub index: DeviceId,
    /// Why, in a few words.
    pub reason: String,
    /// The last record of each of its lanes that counts.
    pub cut: BTreeMap<LaneId, u32>,
}

impl RevokeEntry {
    /// True for a record that came after the cut.
    pub fn disowns(&self, id: RecordId) -> bool {
        id.lane.author == self.index && id.seq > self.cut.get(&id.lane).copied().unwrap_or(0)
    }

    /// An empty reason is allowed; anything else must be fit to be shown.
    pub(super) fn check(&self) -> Result<(), PackError> {
        if self.reason.is_empty() { Ok(()) } else { check_name(&self.reason) }
    }
}

impl Pack for RevokeEntry {
    fn pack(&self, to: &mut Vec<u8>) {
        self.index.pack(to);
        self.reason.pack(to);
        put_varint(to, self.cut.len() as u64);
        for (lane, last) in &self.cut {
            put_varint(to, u64::from(lane.incarnation) << 2 | lane.lane as u64);
            last.pack(to);
        }
    }

    fn unpack(from: &mut Reader<'_>) -> Result<RevokeEntry, PackError> {
        let author = DeviceId::unpack(from)?;
        let reason = String::unpack(from)?;
        let count = from.varint()?;
        if count > REVOKED_LANES_MAX as u64 {
            return Err(PackError::TooLong);
        }
        let mut cut = BTreeMap::new();
        for _ in 0..count {
            let both = from.varint()?;
            let incarnation =
                u8::try_from(both >> 2).map_err(|_| PackError::BadValue("incarnation"))?;
            let lane = Lane::from_u8(both as u8 & 3).ok_or(PackError::BadValue("lane"))?;
            cut.insert(LaneId { author, incarnation, lane }, u32::unpack(from)?);
        }
        Ok(RevokeEntry { index: author, reason, cut })
    }
}

impl Directory {
    /// One part of a rekey: only the newest is of use to anybody.
    pub(super) fn apply_rekey(&mut self, rekey: &Rekey) {
        let newest = self.rekeys.values().next().map_or(0, |part| part.head().epoch);
        if rekey.head().epoch > newest {
            self.rekeys.clear();
        }
        if rekey.head().epoch >= newest && self.rekeys.len() < REKEY_PARTS_MAX {
            self.rekeys.insert(rekey.first(), rekey.clone());
        }
    }

    /// The newest rekey, in parts.
    pub fn rekeys(&self) -> impl Iterator<Item = &Rekey> {
        self.rekeys.values()
    }

    /// Every device that was revoked.
    pub fn revoked(&self) -> impl Iterator<Item = DeviceId> {
        self.revoked.keys().copied()
    }

    /// The revocation of a device, if it was revoked.
    pub fn revocation(&self, device: DeviceId) -> Option<&RevokeEntry> {
        self.revoked.get(&device)
    }

    /// True for a record that a revoked device wrote after its cut.
    pub fn is_disowned(&self, id: RecordId) -> bool {
        self.revocation(id.lane.author).is_some_and(|revoked| revoked.disowns(id))
    }
}

#[cfg(test)]
mod tests;
