//! Who this node is and whose word counts: its keys, the authority's, and what they verify.

use crate::base::ids::{DeviceId, Lane, LaneId, UnitId};
use crate::keys::between::Between;
use crate::keys::group::GroupRing;
use crate::keys::sign::{DeviceKey, NetworkId, SignContext, verify};
use crate::node::folds::Folds;
use crate::node::settings::Settings;
use crate::wire::bundle::Signature;
use crate::wire::pack::Pack;

/// Keys and names of this node.
#[derive(Debug)]
pub struct Identity {
    /// This device.
    pub device: DeviceId,
    /// The unit it speaks for.
    pub unit: UnitId,
    /// The network.
    pub network: NetworkId,
    /// The authority's public key.
    pub authority_public: [u8; 32],
    /// Keys the digests of beacons: the epoch's standing secret.
    pub digest_key: [u8; 32],
    key: DeviceKey,
    /// The authority's key and its seed, while a passphrase has it open or none is needed.
    authority: Option<(DeviceKey, [u8; 32])>,
    /// The order key, while a passphrase has it open.
    orders: Option<DeviceKey>,
    /// The public order key that was named, until the disk has that word.
    pub named_order_key: Option<[u8; 32]>,
}

impl Identity {
    /// From the settings.
    pub fn new(settings: &Settings) -> Identity {
        let (suite, network) = (settings.suite, &settings.network);
        Identity {
            device: settings.device,
            unit: settings.unit,
            network: NetworkId::new(suite, &network.authority, network.drill),
            authority_public: network.authority,
            digest_key: [0; 32],
            key: DeviceKey::of(suite, settings.device_seed),
            authority: settings.authority_seed.map(|seed| (DeviceKey::of(suite, seed), seed)),
            orders: None,
            named_order_key: None,
        }
    }

    /// The device's own key.
    pub fn key(&self) -> &DeviceKey {
        &self.key
    }

    /// The authority's key and its seed, on the one machine that has it, while it is open.
    pub fn authority(&self) -> Option<(&DeviceKey, &[u8; 32])> {
        self.authority.as_ref().map(|(key, seed)| (key, seed))
    }

    /// The authority's key was opened, or closed.
    pub fn set_authority(&mut self, seed: Option<[u8; 32]>) {
        self.authority = seed.map(|seed| (DeviceKey::of(self.key.suite(), seed), seed));
    }

    /// The order key, while it is open.
    pub fn order_key(&self) -> Option<&DeviceKey> {
        self.orders.as_ref()
    }

    /// The order key was opened, or closed.
    pub fn set_order_key(&mut self, seed: Option<[u8; 32]>) {
        self.orders = seed.map(|seed| DeviceKey::of(self.key.suite(), seed));
    }

    /// No keys of groups yet, and what opens those in the directory.
    pub fn group_ring(&self) -> GroupRing {
        GroupRing::new(self.device, Between::new(&self.key, &self.authority_public))
    }

    /// Seal the chain of one of our lanes; the directory is sealed by the authority, a keyed lane
    /// with the order key. `None` while
    /// that one is closed.
    pub fn seal(&self, lane: LaneId, seq: u32, hash: &[u8; 32]) -> Option<Signature> {
        let key = match (lane.lane, &self.authority) {
            (Lane::Directory, Some((authority, _))) => authority,
            (Lane::Directory, None) => return None,
            _ if lane.is_keyed() => self.orders.as_ref()?,
            _ => &self.key,
        };
        let seal =
            key.sign(SignContext::Seal(self.network), &[&lane.packed(), &seq.to_be_bytes(), hash]);
        Some(seal)
    }

    /// Is this seal good? `None` while the author's key is not known.
    pub fn verify_seal(
        &self,
        folds: &Folds,
        lane: LaneId,
        seq: u32,
        hash: &[u8; 32],
        seal: &Signature,
    ) -> Option<bool> {
        let public = match lane.lane {
            Lane::Directory => self.authority_public,
            _ if lane.is_keyed() => *folds.order_keys.of(lane.author)?,
            _ if lane.author == self.device => self.key.public(),
            _ => folds.directory.member(lane.author)?.public,
        };
        let parts: [&[u8]; 3] = [&lane.packed(), &seq.to_be_bytes(), hash];
        Some(verify(self.key.suite(), &public, SignContext::Seal(self.network), &parts, seal))
    }
}
