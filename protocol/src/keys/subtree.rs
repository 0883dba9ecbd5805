//! The tree of keys by which lost devices are shut out: the complete subtree method (Naor, Naor and
//! Lotspiech, "Revocation and Tracing Schemes for Stateless Receivers", CRYPTO 2001, section 3.1).
//! Here is the tree, the keys on the way to one leaf, and the fewest subtrees that hold everybody
//! but the revoked. What is said with them is [`crate::keys::rekey`].
//!
//! ```text
//!  prefix of a device number, bits        keys
//!        6              o                  none: at least one of 1,024 is always revoked or absent
//!                     /   \
//!        7           o     o               key ┐
//!                   / \   / \                  │ ten keys on the way to a leaf, 16 bytes each
//!       16         d   d d   d             key ┘
//!
//! subtree number   1 << bits | prefix            (4 bytes, big-endian, where it is hashed)
//! key of epoch 0   derive_key("sanduan subtree key v1", authority seed | network 8 | number)[..16]
//! of the next      derive_key("sanduan subtree step v1", key)[..16]
//! hidden           the ten keys, see `between`; words there: first epoch 4 | device 2
//! ```
//!
//! A key is used for one epoch only and then stepped on, so that whoever takes a device later
//! cannot open what was said with its earlier keys. Numbers above 1,023 stand in further trees of
//! the same height.

use std::collections::BTreeSet;

use zeroize::{Zeroize, Zeroizing};

use crate::base::ids::DeviceId;
use crate::keys::between::Between;
use crate::keys::sign::NetworkId;
use crate::keys::suite::Suite;

/// Bytes of the key of a subtree.
pub const SUBTREE_KEY_BYTES: usize = 16;
/// Keys of one device: those of the subtrees that hold it, from half of 1,024 down to itself.
pub const PATH_KEYS: usize = 10;
/// Epochs are smaller than this: a rekey a day for forty years.
pub const EPOCH_END: u32 = 1 << 14;

/// Bits of a device number.
const NUMBER_BITS: u32 = 16;
/// Bits of the prefix of the largest subtree that has a key.
const BITS_MIN: u32 = NUMBER_BITS - PATH_KEYS as u32 + 1;

const KEY_CONTEXT: &str = "sanduan subtree key v1";
const HIDDEN_CONTEXT: &str = "sanduan path keys v1";
const STEP_CONTEXT: &str = "sanduan subtree step v1";

/// The key of a subtree.
pub(crate) type SubtreeKey = [u8; SUBTREE_KEY_BYTES];

/// A subtree: all devices whose numbers begin with the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subtree(u32);

impl Subtree {
    /// The leaf of a device.
    pub fn leaf(device: DeviceId) -> Subtree {
        Subtree(1 << NUMBER_BITS | u32::from(device.0))
    }

    /// Its number, as it is hashed.
    pub fn number(self) -> u32 {
        self.0
    }

    fn bits(self) -> u32 {
        self.0.ilog2()
    }

    fn halves(self) -> [Subtree; 2] {
        [Subtree(self.0 << 1), Subtree(self.0 << 1 | 1)]
    }

    /// The numbers of the devices in it.
    fn devices(self) -> std::ops::RangeInclusive<u16> {
        let below = NUMBER_BITS - self.bits();
        let first = (self.0 ^ 1 << self.bits()) << below;
        first as u16..=(first + ((1 << below) - 1)) as u16
    }

    /// True if the device is one of them.
    pub fn holds(self, device: DeviceId) -> bool {
        self.devices().contains(&device.0)
    }
}

/// The fewest subtrees that hold every device from 1 to `last` but the revoked ones, in the order
/// of their devices. Numbers above `last` may be held too.
pub fn cover(revoked: &BTreeSet<DeviceId>, last: DeviceId) -> Vec<Subtree> {
    let mut found = Vec::new();
    let roots = 1u32 << (BITS_MIN - 1);
    for root in roots..2 * roots {
        add_cover(Subtree(root), revoked, last, &mut found);
    }
    found
}

fn add_cover(
    subtree: Subtree,
    revoked: &BTreeSet<DeviceId>,
    last: DeviceId,
    found: &mut Vec<Subtree>,
) {
    let devices = subtree.devices();
    if *devices.start() > last.0 || *devices.end() == 0 {
        return;
    }
    let (first, end) = (DeviceId(*devices.start()), DeviceId(*devices.end()));
    let is_clean = revoked.range(first..=end).next().is_none();
    match is_clean && subtree.bits() >= BITS_MIN {
        true => found.push(subtree),
        false if subtree.bits() == NUMBER_BITS => {}
        false => subtree.halves().into_iter().for_each(|half| {
            add_cover(half, revoked, last, found);
        }),
    }
}

/// Where the authority's keys of subtrees come from. Secret.
pub struct TreeMaster {
    suite: Suite,
    network: NetworkId,
    seed: Zeroizing<[u8; 32]>,
}

impl TreeMaster {
    /// The tree of this authority in this network.
    pub fn new(suite: Suite, network: NetworkId, authority_seed: &[u8; 32]) -> TreeMaster {
        TreeMaster { suite, network, seed: Zeroizing::new(*authority_seed) }
    }

    pub(crate) fn suite(&self) -> Suite {
        self.suite
    }

    /// A secret of the authority for one purpose.
    pub(crate) fn derive(&self, context: &str, part: &[u8]) -> [u8; 32] {
        self.suite.derive_key(context, &[self.seed.as_slice(), &self.network.0, part])
    }

    /// The key of a subtree in an epoch.
    pub(crate) fn key(&self, subtree: Subtree, epoch: u32) -> SubtreeKey {
        let mut key = short(self.derive(KEY_CONTEXT, &subtree.number().to_be_bytes()));
        for _ in 0..epoch {
            key = step(self.suite, &key);
        }
        key
    }

    /// What a device is given that knows the secret of `epoch`: its keys for all later ones.
    pub fn path(&self, device: DeviceId, epoch: u32) -> PathKeys {
        let leaf = Subtree::leaf(device).number();
        let of = |above: usize| self.key(Subtree(leaf >> above), epoch + 1);
        let keys = Zeroizing::new(std::array::from_fn(|place| of(PATH_KEYS - 1 - place)));
        PathKeys { next_epoch: epoch + 1, keys }
    }
}

impl std::fmt::Debug for TreeMaster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TreeMaster(secret)")
    }
}

/// The keys of the subtrees that hold one device, largest first. Secret.
#[derive(Clone, PartialEq, Eq)]
pub struct PathKeys {
    /// The first epoch they open.
    next_epoch: u32,
    keys: Zeroizing<[SubtreeKey; PATH_KEYS]>,
}

/// Bytes of [`PathKeys`] without their epoch.
pub const PATH_BYTES: usize = PATH_KEYS * SUBTREE_KEY_BYTES;

impl PathKeys {
    /// Keys that were given together with the secret of `epoch`.
    pub fn of_bytes(epoch: u32, bytes: &[u8; PATH_BYTES]) -> PathKeys {
        let mut keys = Zeroizing::new([[0; SUBTREE_KEY_BYTES]; PATH_KEYS]);
        for (key, given) in keys.iter_mut().zip(bytes.chunks_exact(SUBTREE_KEY_BYTES)) {
            key.copy_from_slice(given);
        }
        PathKeys { next_epoch: epoch.saturating_add(1), keys }
    }

    /// The keys, largest subtree first.
    pub fn to_bytes(&self) -> [u8; PATH_BYTES] {
        let mut bytes = [0; PATH_BYTES];
        for (given, key) in bytes.chunks_exact_mut(SUBTREE_KEY_BYTES).zip(self.keys.iter()) {
            given.copy_from_slice(key);
        }
        bytes
    }

    /// These keys hidden from all but one device, for a line that everybody reads.
    pub fn hide(&self, between: &Between, device: DeviceId) -> [u8; PATH_BYTES] {
        let mut hidden = self.to_bytes();
        between.mask(HIDDEN_CONTEXT, &hidden_words(self.next_epoch, device), &mut hidden);
        hidden
    }

    /// The keys that were hidden for this device and open `next_epoch`.
    pub fn find(
        between: &Between,
        device: DeviceId,
        next_epoch: u32,
        hidden: &[u8; PATH_BYTES],
    ) -> PathKeys {
        let mut bytes = Zeroizing::new(*hidden);
        let words = hidden_words(next_epoch, device);
        between.mask(HIDDEN_CONTEXT, &words, bytes.as_mut_slice());
        PathKeys::of_bytes(next_epoch.saturating_sub(1), &bytes)
    }

    /// The first epoch that they open.
    pub fn next_epoch(&self) -> u32 {
        self.next_epoch
    }

    /// Step on until they open this epoch; earlier ones they never open again. False if they are
    /// beyond it.
    pub fn step_to(&mut self, suite: Suite, epoch: u32) -> bool {
        while self.next_epoch < epoch.min(EPOCH_END) {
            self.keys.iter_mut().for_each(|key| *key = step(suite, key));
            self.next_epoch += 1;
        }
        self.next_epoch == epoch
    }

    /// The key of a subtree that holds this device.
    pub(crate) fn key(&self, subtree: Subtree) -> Option<&SubtreeKey> {
        let place = subtree.bits().checked_sub(BITS_MIN)?;
        self.keys.get(place as usize)
    }
}

impl std::fmt::Debug for PathKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PathKeys(from epoch {}, secret)", self.next_epoch)
    }
}

fn hidden_words(next_epoch: u32, device: DeviceId) -> Vec<u8> {
    let mut words = next_epoch.to_be_bytes().to_vec();
    words.extend_from_slice(&device.0.to_be_bytes());
    words
}

fn step(suite: Suite, key: &SubtreeKey) -> SubtreeKey {
    short(suite.derive_key(STEP_CONTEXT, &[key]))
}

/// The first half of a derived key: as strong as a search through 2¹²⁸ keys.
pub(crate) fn short(mut key: [u8; 32]) -> SubtreeKey {
    let mut half = [0; SUBTREE_KEY_BYTES];
    half.copy_from_slice(&key[..SUBTREE_KEY_BYTES]);
    key.zeroize();
    half
}

#[cfg(test)]
mod tests;
