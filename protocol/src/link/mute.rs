//! When a beacon may be mute, and how often one that cannot be opened is answered. A mute beacon
//! has nothing inside: its tag covers what its sender holds, so whoever holds the same opens it and
//! knows at once that it is genuine and that both hold the same. Whoever holds something else sees
//! bytes that may be noise, and says its own digest in full, which the other understands.
//!
//! ```text
//! all known to agree  ─▶ mute beacon ─┬─ opened with what we hold: equal, nothing to say
//!                                     ├─ with what both held when they last agreed: it differs
//!                                     └─ with neither: our digest in full, ever more seldom
//! ```

use std::collections::BTreeMap;

use crate::base::caps::CONTACTS_MAX;
use crate::base::dice::Dice;
use crate::base::ids::DeviceId;
use crate::base::time::Mono;
use crate::link::patience::Patience;
use crate::link::state::{ANYONE, Link};
use crate::link::turns::CROWD_MIN;
use crate::sync::digest::StateHashes;

/// What a link keeps of mute beacons.
#[derive(Clone, Debug, Default)]
pub struct Mute {
    /// The next beacon says its digest: somebody differs, or may.
    says_digest: bool,
    /// How often such a digest is said for those that cannot be opened. Anybody can make them up.
    patience: Patience,
    /// Version of the book when one could last not be opened.
    puzzled_at: Option<u64>,
    /// What both held when they last agreed.
    agreed: BTreeMap<DeviceId, StateHashes>,
}

impl Mute {
    /// The next beacon says its digest in full.
    pub fn ask_digest(&mut self) {
        self.says_digest = true;
    }

    /// A digest was said in full, here or by another who holds the same.
    pub fn note_digest(&mut self) {
        self.says_digest = false;
    }

    /// This device holds the same as we do now.
    pub fn note_agreed(&mut self, device: DeviceId, state: StateHashes) {
        if self.agreed.len() >= CONTACTS_MAX && !self.agreed.contains_key(&device) {
            self.agreed.pop_first();
        }
        self.agreed.insert(device, state);
    }

    /// What both held when they last agreed.
    pub fn agreed(&self, device: DeviceId) -> Option<StateHashes> {
        self.agreed.get(&device).copied()
    }
}

impl Link {
    /// A beacon said now need not say its digest: all who are there hold what we hold, as far as is
    /// known, and nobody was puzzled by the last one. Where every frame takes a slot, one more of
    /// them costs more than its bytes.
    pub fn may_be_mute(&self, now: Mono) -> bool {
        let agrees = |(device, contact): (&DeviceId, &crate::link::contact::Contact)| {
            let is_equal = match *device == ANYONE {
                // Nobody was heard. The first beacon is mute, unless something of ours waits for
                // somebody who listens; nobody having answered, the second asks.
                true => {
                    let waits = contact.wanting().next().is_some();
                    !self.is_introduced && !waits && contact.restless().next().is_none()
                }
                false => contact.in_step && contact.has_said_all(),
            };
            is_equal || !self.is_present(contact, now)
        };
        let is_air = self.is_shared() && self.profile.half_duplex;
        is_air && !self.is_loaded(now) && !self.mute.says_digest && self.contacts.iter().all(agrees)
    }

    /// A mute beacon could not be opened: our digest is said for it, unless the book has this
    /// version and it was said too often already. True if it is.
    pub fn answer_puzzle(&mut self, version: u64, now: Mono, dice: &mut Dice) -> bool {
        if self.is_in_flux(now) || self.is_loaded(now) || !self.mute.patience.may_tell(version, now)
        {
            // What passes makes the difference, most likely; or it was made up.
            return false;
        }
        self.mute.ask_digest();
        let soon = self.beacon_soon(now, dice);
        self.digest_at.get_or_insert(soon);
        self.trickle.reset(now, dice);
        true
    }

    /// True once for each version of the book: what nobody holds is said once on such a beacon,
    /// which anybody can make up.
    pub fn is_first_puzzle(&mut self, version: u64) -> bool {
        self.mute.puzzled_at.replace(version) != Some(version)
    }

    /// This device holds the same as we do, and said so without a digest. All must know who is
    /// there: where few are, whoever was not heard yet speaks at the end of an interval that begins
    /// now; in a crowd it speaks as soon as it would have.
    pub fn hear_mute(&mut self, sender: DeviceId, now: Mono, dice: &mut Dice) {
        self.mute.patience.note_progress();
        if self.is_introduced {
            (self.same_at, self.digest_at, self.heads_at) = (None, None, None);
            self.hear_equal(sender, now, dice);
        } else if self.crowd(now) < CROWD_MIN {
            self.digest_at = None;
            self.trickle.hear_first(now, dice);
        }
    }
}
