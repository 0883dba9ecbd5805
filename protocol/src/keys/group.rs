//! Keys of groups: what is sealed with one is read by its group alone, and carried by everybody.
//! Who is in which group is the directory's to say; what is sealed are the words of orders
//! (`field::order::sealed`).
//!
//! ```text
//! words    group varint | turn varint | began 4, seconds since 1970
//! seed     derive_key("sanduan group seed v1", authority seed | network 8 | words)[..16]
//! wrap     seed hidden from all but one device, see `between`; words there: words | device 2
//! key      derive_key("sanduan group key v1", seed | words)
//!
//! mark     derive_key("sanduan group mark v1", key | author 2 | text)[..8]
//! pad      derive_key("sanduan group pad v1", key | mark | number of the block 2), of 32 bytes
//! sealed   mark 8 | text xor pad
//! ```
//!
//! A turn begins when somebody leaves the group. The mark is both tag and nonce (a synthetic
//! initialisation vector: Rogaway and Shrimpton, "Deterministic Authenticated-Encryption",
//! EUROCRYPT 2006): it depends on all that is sealed, so that a restored backup that writes anew
//! under an old number gives nothing away. The author is part of it: nobody can pass off as their
//! own what they cannot read.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use crate::base::ids::{DeviceId, GroupId};
use crate::keys::between::Between;
use crate::keys::subtree::{TreeMaster, short};
use crate::keys::suite::{KEY_BYTES, Suite};
use crate::pack_struct;
use crate::wire::pack::Pack;

/// Bytes of a wrapped seed.
pub const GROUP_WRAP_BYTES: usize = 16;
/// Bytes by which a sealed text is longer.
pub const GROUP_MARK_BYTES: usize = 8;

const SEED_CONTEXT: &str = "sanduan group seed v1";
const WRAP_CONTEXT: &str = "sanduan group wrap v1";
const KEY_CONTEXT: &str = "sanduan group key v1";
const MARK_CONTEXT: &str = "sanduan group mark v1";
const PAD_CONTEXT: &str = "sanduan group pad v1";

/// A seed hidden from all but one device.
pub type GroupWrap = [u8; GROUP_WRAP_BYTES];

/// Which key of which group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GroupTurn {
    /// The group.
    pub group: GroupId,
    /// Counts the keys of the group, from 1.
    pub turn: u32,
    /// When the turn began by the authority's clock, seconds since 1970: an authority that was
    /// restored from a backup does not give one key to two sets of members.
    pub began_s: u32,
}
pack_struct!(GroupTurn { group, turn, began_s });

impl GroupTurn {
    fn words_for(self, device: DeviceId) -> Vec<u8> {
        let mut words = self.packed();
        words.extend_from_slice(&device.0.to_be_bytes());
        words
    }

    /// The authority hides the seed of this turn from all but one device.
    pub fn wrap(self, master: &TreeMaster, between: &Between, device: DeviceId) -> GroupWrap {
        let mut seed = short(master.derive(SEED_CONTEXT, &self.packed()));
        between.mask(WRAP_CONTEXT, &self.words_for(device), &mut seed);
        seed
    }

    /// The key of this turn, by the device that the wrap is for.
    pub fn unwrap(self, between: &Between, device: DeviceId, wrap: &GroupWrap) -> GroupKey {
        let mut seed = Zeroizing::new(*wrap);
        between.mask(WRAP_CONTEXT, &self.words_for(device), seed.as_mut_slice());
        let suite = between.suite();
        let parts: [&[u8]; 2] = [seed.as_slice(), &self.packed()];
        GroupKey { suite, key: Zeroizing::new(suite.derive_key(KEY_CONTEXT, &parts)) }
    }
}

/// A key of a group. Secret.
pub struct GroupKey {
    suite: Suite,
    key: Zeroizing<[u8; KEY_BYTES]>,
}

impl GroupKey {
    /// Seal a text of this author.
    pub fn seal(&self, author: DeviceId, text: &[u8]) -> Vec<u8> {
        let mark = self.mark(author, text);
        let mut sealed = mark.to_vec();
        sealed.extend_from_slice(text);
        self.mask(&mark, &mut sealed[GROUP_MARK_BYTES..]);
        sealed
    }

    /// What this author sealed; `None` if it was somebody else, with another key, or was changed.
    pub fn open(&self, author: DeviceId, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (mark, rest) = sealed.split_first_chunk::<GROUP_MARK_BYTES>()?;
        let mut text = Zeroizing::new(rest.to_vec());
        self.mask(mark, &mut text);
        (self.mark(author, &text) == *mark).then_some(text)
    }

    fn mark(&self, author: DeviceId, text: &[u8]) -> [u8; GROUP_MARK_BYTES] {
        let parts: [&[u8]; 3] = [self.key.as_slice(), &author.0.to_be_bytes(), text];
        let [a, b, c, d, e, f, g, h, ..] = self.suite.derive_key(MARK_CONTEXT, &parts);
        [a, b, c, d, e, f, g, h]
    }

    fn mask(&self, mark: &[u8; GROUP_MARK_BYTES], text: &mut [u8]) {
        for (block, number) in text.chunks_mut(KEY_BYTES).zip(0u16..) {
            let parts: [&[u8]; 3] = [self.key.as_slice(), mark, &number.to_be_bytes()];
            let pad = self.suite.derive_key(PAD_CONTEXT, &parts);
            block.iter_mut().zip(pad).for_each(|(byte, pad)| *byte ^= pad);
        }
    }
}

impl std::fmt::Debug for GroupKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("GroupKey(secret)")
    }
}

/// The keys of groups that one device has.
#[derive(Debug, Default)]
pub struct GroupRing {
    /// What this device shares with the authority.
    between: Option<Between>,
    own: DeviceId,
    keys: BTreeMap<(GroupId, u32), GroupKey>,
}

impl GroupRing {
    /// No keys yet, of this device.
    pub fn new(own: DeviceId, between: Option<Between>) -> GroupRing {
        GroupRing { between, own, keys: BTreeMap::new() }
    }

    /// The device whose ring it is.
    pub fn own(&self) -> DeviceId {
        self.own
    }

    /// Hold the keys in these wraps, which are for this device, and no others.
    pub fn learn(&mut self, wraps: impl Iterator<Item = (GroupTurn, GroupWrap)>) {
        self.keys.clear();
        let Some(between) = &self.between else { return };
        for (turn, wrap) in wraps {
            let key = turn.unwrap(between, self.own, &wrap);
            self.keys.insert((turn.group, turn.turn), key);
        }
    }

    /// A key of a group, if this device has it.
    pub fn key(&self, group: GroupId, turn: u32) -> Option<&GroupKey> {
        self.keys.get(&(group, turn))
    }
}

#[cfg(test)]
mod tests;
