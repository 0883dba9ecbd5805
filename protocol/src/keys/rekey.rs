//! A new epoch in one broadcast: its secret, wrapped once for every subtree that holds nobody who
//! is shut out, and signed by the authority. Whoever was not revoked opens the newest one, however
//! many it missed; nothing else of the network is needed for that. The subtrees are
//! [`crate::keys::subtree`]'s, what a device does with the secret is [`crate::keys::epochs`]'.
//!
//! ```text
//! head       epoch varint | began 4, seconds since 1970 | last device varint
//!            | count varint | of each device shut out, in order: distance from the last, varint
//! part       head | first varint | check 8 | count varint | of each former epoch: its number
//!            varint, its seed wrapped 16 | wraps 16 each | signature 64
//!
//! seed       derive_key("sanduan epoch seed v1", authority seed | network 8 | head)[..16]
//! check      derive_key("sanduan epoch check v1", seed | head)[..8]
//! wrap       seed xor derive_key("sanduan epoch wrap v1", subtree key | number 4 | check)[..16]
//! former     former seed xor derive_key("sanduan epoch former v1", seed | epoch 4)[..16]
//! secret     derive_key("sanduan epoch secret v1", seed | epoch 4)
//! ```
//!
//! The wraps are those of the cover of everybody up to the last device, in its order; a part has
//! those from `first` on, and few networks ever need a second part. The seed follows from what is
//! said, and the check from the seed: the same words give the same bytes, other words another
//! pad. The seeds of the last epochs before are told to those who are in the new one: whoever
//! missed them reads what was sealed meanwhile and is still under way, on a stick most of all. A
//! pad that was used twice would give one seed away to whoever knows the other.

use std::collections::BTreeSet;

use zeroize::Zeroizing;

use crate::base::caps::{REKEY_BYTES_MAX, REKEY_PARTS_MAX, REKEY_WRAPS_MAX, SHUT_OUT_MAX};
use crate::base::ids::DeviceId;
use crate::keys::sign::{DeviceKey, NetworkId, PUBLIC_BYTES, SIGNATURE_BYTES, SignContext, verify};
use crate::keys::subtree::{
    EPOCH_END, PathKeys, SUBTREE_KEY_BYTES, Subtree, SubtreeKey, TreeMaster, cover, short,
};
use crate::keys::suite::{KEY_BYTES, Suite};
use crate::wire::pack::{Pack, PackError, Reader, put_varint};

const SEED_CONTEXT: &str = "sanduan epoch seed v1";
const CHECK_CONTEXT: &str = "sanduan epoch check v1";
const WRAP_CONTEXT: &str = "sanduan epoch wrap v1";
const FORMER_CONTEXT: &str = "sanduan epoch former v1";
const SECRET_CONTEXT: &str = "sanduan epoch secret v1";
const CHECK_BYTES: usize = 8;
/// Former epochs of which a rekey tells. Two devices are lost in one flood more often than four.
const FORMERS_MAX: usize = 2;

/// What a rekey says in the clear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RekeyHead {
    /// Number of the epoch that begins, from 2 on.
    pub epoch: u32,
    /// When it begins by the authority's clock, seconds since 1970: its days count from here.
    pub began_s: u32,
    /// The last device that there was.
    pub last: DeviceId,
    /// Who is shut out.
    pub shut_out: BTreeSet<DeviceId>,
}

impl Pack for RekeyHead {
    fn pack(&self, to: &mut Vec<u8>) {
        self.epoch.pack(to);
        to.extend_from_slice(&self.began_s.to_be_bytes());
        self.last.pack(to);
        put_varint(to, self.shut_out.len() as u64);
        let mut before = 0;
        for device in &self.shut_out {
            put_varint(to, u64::from(device.0 - before));
            before = device.0;
        }
    }

    fn unpack(from: &mut Reader<'_>) -> Result<RekeyHead, PackError> {
        let epoch = u32::unpack(from)?;
        if !(2..EPOCH_END).contains(&epoch) {
            return Err(PackError::BadValue("epoch"));
        }
        let began_s = u32::from_be_bytes(from.array()?);
        let last = DeviceId::unpack(from)?;
        let count = from.varint()?;
        if count > SHUT_OUT_MAX as u64 {
            return Err(PackError::TooLong);
        }
        let (mut shut_out, mut before) = (BTreeSet::new(), 0u64);
        for _ in 0..count {
            let distance = from.varint()?;
            before = before.saturating_add(distance);
            let device = u16::try_from(before).map_err(|_| PackError::BadValue("device"))?;
            if distance == 0 {
                return Err(PackError::BadValue("device"));
            }
            shut_out.insert(DeviceId(device));
        }
        Ok(RekeyHead { epoch, began_s, last, shut_out })
    }
}

/// One part of a rekey, as it stands in the directory and goes over the air.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rekey {
    head: RekeyHead,
    first: u16,
    check: [u8; CHECK_BYTES],
    /// Former epochs and their wrapped seeds, newest first.
    formers: Vec<(u32, SubtreeKey)>,
    wraps: Vec<SubtreeKey>,
    signature: [u8; SIGNATURE_BYTES],
}

/// What a device cannot do with a rekey.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RekeyError {
    /// It was signed by somebody else, or for another network.
    BadSignature,
    /// This device is shut out.
    ShutOut,
    /// This device has no keys of the tree, or only for later epochs: it must be enrolled anew.
    NoKeys,
    /// The wrap for this device is in another part.
    OtherPart,
    /// The keys of this device do not fit: they were damaged, or the tree is another.
    BadKeys,
}

impl RekeyError {
    /// The reason in one word, for counters and logs.
    pub fn word(self) -> &'static str {
        match self {
            RekeyError::BadSignature => "rekey_bad_signature",
            RekeyError::ShutOut => "rekey_shut_out",
            RekeyError::NoKeys => "rekey_no_keys",
            RekeyError::OtherPart => "rekey_other_part",
            RekeyError::BadKeys => "rekey_bad_keys",
        }
    }
}

/// What an epoch begins with. Secret.
pub struct EpochSeed {
    suite: Suite,
    seed: Zeroizing<SubtreeKey>,
    epoch: u32,
}

impl EpochSeed {
    /// Number of the epoch.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// Wraps or unwraps the seed of a former epoch.
    fn mask(&self, epoch: u32, seed: &SubtreeKey) -> SubtreeKey {
        let parts: [&[u8]; 2] = [self.seed.as_slice(), &epoch.to_be_bytes()];
        let pad = Zeroizing::new(self.suite.derive_key(FORMER_CONTEXT, &parts));
        std::array::from_fn(|place| seed[place] ^ pad[place])
    }

    /// The epoch's secret of its first day.
    pub fn secret(&self) -> Zeroizing<[u8; KEY_BYTES]> {
        let parts: [&[u8]; 2] = [self.seed.as_slice(), &self.epoch.to_be_bytes()];
        Zeroizing::new(self.suite.derive_key(SECRET_CONTEXT, &parts))
    }
}

impl std::fmt::Debug for EpochSeed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "EpochSeed(epoch {}, secret)", self.epoch)
    }
}

impl Rekey {
    /// All parts of a rekey that follows `before`; `None` if they would be more than anybody takes.
    pub fn make(
        master: &TreeMaster,
        authority: &DeviceKey,
        network: NetworkId,
        head: &RekeyHead,
        before: Option<&Rekey>,
    ) -> Option<Vec<Rekey>> {
        let suite = master.suite();
        let words = head.packed();
        let EpochSeed { seed, .. } = seed_of(master, head);
        let formers = formers_of(master, head, before);
        let check = check(suite, &seed, &words);
        let subtrees = cover(&head.shut_out, head.last);
        let of = |subtree: &Subtree| {
            wrap(suite, &seed, *subtree, &master.key(*subtree, head.epoch), &check)
        };
        let wraps: Vec<SubtreeKey> = subtrees.iter().map(of).collect();
        if head.shut_out.len() > SHUT_OUT_MAX || wraps.len() > REKEY_WRAPS_MAX * REKEY_PARTS_MAX {
            return None;
        }
        let parts = wraps.chunks(REKEY_WRAPS_MAX).zip((0u16..).step_by(REKEY_WRAPS_MAX));
        let signed = parts.map(|(wraps, first)| {
            let (head, wraps) = (head.clone(), wraps.to_vec());
            let (formers, signature) = (formers.clone(), [0; SIGNATURE_BYTES]);
            let mut part = Rekey { head, first, check, formers, wraps, signature };
            part.signature = authority.sign(SignContext::Rekey(network), &[&part.body()]);
            part
        });
        Some(signed.collect())
    }

    /// What it says in the clear.
    pub fn head(&self) -> &RekeyHead {
        &self.head
    }

    /// Number of its first wrap: tells the parts apart.
    pub fn first(&self) -> u16 {
        self.first
    }

    /// True if this authority signed it for this network.
    pub fn verify(&self, suite: Suite, authority: &[u8; PUBLIC_BYTES], network: NetworkId) -> bool {
        let context = SignContext::Rekey(network);
        verify(suite, authority, context, &[&self.body()], &self.signature)
    }

    /// The seed inside, with the keys of this device, which are stepped on to that epoch. Ask
    /// [`Rekey::verify`] first.
    ///
    /// # Errors
    /// The device is shut out, or its keys do not open this part.
    pub fn open(
        &self,
        suite: Suite,
        device: DeviceId,
        path: Option<&mut PathKeys>,
    ) -> Result<EpochSeed, RekeyError> {
        let RekeyHead { epoch, last, ref shut_out, .. } = self.head;
        if shut_out.contains(&device) {
            return Err(RekeyError::ShutOut);
        }
        let subtrees = cover(shut_out, last);
        let place = subtrees.iter().position(|subtree| subtree.holds(device));
        // A device that came later was given the secret itself, or that of a later epoch.
        let place = place.ok_or(RekeyError::NoKeys)?;
        let wrapped = place.checked_sub(usize::from(self.first));
        let wrapped =
            wrapped.and_then(|place| self.wraps.get(place)).ok_or(RekeyError::OtherPart)?;
        let path = path.ok_or(RekeyError::NoKeys)?;
        if !path.step_to(suite, epoch) {
            return Err(RekeyError::NoKeys);
        }
        let key = path.key(subtrees[place]).ok_or(RekeyError::BadKeys)?;
        let seed = Zeroizing::new(wrap(suite, wrapped, subtrees[place], key, &self.check));
        if check(suite, &seed, &self.head.packed()) != self.check {
            return Err(RekeyError::BadKeys);
        }
        Ok(EpochSeed { suite, seed, epoch })
    }

    /// The seeds of the epochs before, for whoever opened this one.
    pub fn formers(&self, seed: &EpochSeed) -> Vec<EpochSeed> {
        let unmask = |(epoch, wrapped): &(u32, SubtreeKey)| EpochSeed {
            suite: seed.suite,
            seed: Zeroizing::new(seed.mask(*epoch, wrapped)),
            epoch: *epoch,
        };
        self.formers.iter().map(unmask).collect()
    }

    fn body(&self) -> Vec<u8> {
        let mut body = self.head.packed();
        self.first.pack(&mut body);
        body.extend_from_slice(&self.check);
        put_varint(&mut body, self.formers.len() as u64);
        for (epoch, wrapped) in &self.formers {
            epoch.pack(&mut body);
            body.extend_from_slice(wrapped);
        }
        self.wraps.iter().for_each(|wrap| body.extend_from_slice(wrap));
        body
    }
}

impl Pack for Rekey {
    fn pack(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(&self.body());
        to.extend_from_slice(&self.signature);
    }

    fn unpack(from: &mut Reader<'_>) -> Result<Rekey, PackError> {
        if from.rest().len() > REKEY_BYTES_MAX {
            return Err(PackError::TooLong);
        }
        let head = RekeyHead::unpack(from)?;
        let first = u16::unpack(from)?;
        let check = from.array()?;
        let mut formers = Vec::new();
        for _ in 0..from.varint()? {
            if formers.len() >= FORMERS_MAX {
                return Err(PackError::TooLong);
            }
            formers.push((u32::unpack(from)?, from.array()?));
        }
        let bytes = from.rest().len().checked_sub(SIGNATURE_BYTES).ok_or(PackError::Short)?;
        let count = bytes / SUBTREE_KEY_BYTES;
        if count > REKEY_WRAPS_MAX {
            return Err(PackError::TooLong);
        }
        let mut wraps = Vec::with_capacity(count);
        for _ in 0..count {
            wraps.push(from.array()?);
        }
        Ok(Rekey { head, first, check, formers, wraps, signature: from.array()? })
    }
}

/// The seed that follows from these words.
fn seed_of(master: &TreeMaster, head: &RekeyHead) -> EpochSeed {
    let seed = Zeroizing::new(short(master.derive(SEED_CONTEXT, &head.packed())));
    EpochSeed { suite: master.suite(), seed, epoch: head.epoch }
}

/// What a rekey tells of those before it.
fn formers_of(
    master: &TreeMaster,
    head: &RekeyHead,
    before: Option<&Rekey>,
) -> Vec<(u32, SubtreeKey)> {
    let Some(before) = before.filter(|before| before.head.epoch < head.epoch) else {
        return Vec::new();
    };
    let (seed, last) = (seed_of(master, head), seed_of(master, &before.head));
    let earlier = before.formers(&last);
    let all = std::iter::once(last).chain(earlier);
    let wrapped = all.map(|former| (former.epoch, seed.mask(former.epoch, &former.seed)));
    wrapped.take(FORMERS_MAX).collect()
}

/// Wraps and unwraps: the pad is the same.
fn wrap(
    suite: Suite,
    seed: &SubtreeKey,
    subtree: Subtree,
    key: &SubtreeKey,
    check: &[u8; CHECK_BYTES],
) -> SubtreeKey {
    let parts: [&[u8]; 3] = [key, &subtree.number().to_be_bytes(), check];
    let pad = Zeroizing::new(suite.derive_key(WRAP_CONTEXT, &parts));
    std::array::from_fn(|place| seed[place] ^ pad[place])
}

fn check(suite: Suite, seed: &SubtreeKey, head: &[u8]) -> [u8; CHECK_BYTES] {
    let [a, b, c, d, e, f, g, h, ..] = suite.derive_key(CHECK_CONTEXT, &[seed, head]);
    [a, b, c, d, e, f, g, h]
}

#[cfg(test)]
mod tests;
