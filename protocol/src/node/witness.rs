//! Whose records are taken while a lane is in doubt. A seal came that does not fit what stood here
//! without one: one of the two is forged, and what nobody sealed was dropped. Others may hold the
//! same forged record and say it again at once; over a slow link the true one would always come
//! too late to find its place free. So for a while only the device that sent the seal is heard on
//! that lane, and whoever sends a seal with the records. How the lane is asked for is in `forks`.

use crate::base::ids::{DeviceId, LinkId, RecordId};
use crate::base::time::Mono;
use crate::link::state::Link;
use crate::node::Node;

/// Lanes at one time; more are taken from whoever comes first.
const WITNESSES_MAX: usize = 64;
/// A witness is waited for as long as so many answers of its link take: it is asked for the lane,
/// and sends a few records and the seal in halves. Whoever forges a seal wins no more time.
const PAUSES: u64 = 8;

/// The device whose seal did not fit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Witness {
    device: DeviceId,
    /// The record that its seal speaks for.
    seq: u32,
    until: Mono,
}

impl Node {
    /// A seal of this record came from a device, and did not fit.
    pub(super) fn note_witness(&mut self, link: LinkId, device: DeviceId, record: RecordId) {
        let now = self.now.mono;
        self.witnesses.retain(|_, witness| now < witness.until);
        let known = self.witnesses.get(&record.lane);
        let is_other = known.is_some_and(|witness| witness.device != device);
        let is_full = known.is_none() && self.witnesses.len() >= WITNESSES_MAX;
        if is_other || is_full {
            return;
        }
        let pause_ms = self.links.get(link).map_or(0, |link: &Link| link.pause_ms(0));
        let until = now.after_ms(PAUSES * pause_ms);
        self.witnesses.insert(record.lane, Witness { device, seq: record.seq, until });
    }

    /// True if what this device says of a lane without a seal is not taken now.
    pub(super) fn is_left_to_witness(&self, device: DeviceId, record: RecordId) -> bool {
        let sealed = self.book.lane(record.lane).map_or(0, |lane| lane.sealed());
        self.witnesses.get(&record.lane).is_some_and(|witness| {
            witness.device != device
                && self.now.mono < witness.until
                && (sealed + 1..=witness.seq).contains(&record.seq)
        })
    }
}
