//! Signing and verifying, in whatever suite ([`crate::keys::suite`]). Every signature says what it
//! is for and in which network, so that no signature can be moved to another place. What is signed
//! is decided by the callers: `log` (seals), [`crate::keys::certificate`] and the directory.
//!
//! The signed message is, in this order:
//!
//! ```text
//! purpose text, ends in 0 | network id 8 | for each part: length u32 BE, bytes
//! ```

use zeroize::{Zeroize, Zeroizing};

use crate::keys::suite::{SUITE_0, Secret, Suite};

/// Bytes of a public key.
pub const PUBLIC_BYTES: usize = 32;
/// Bytes of a signature.
pub const SIGNATURE_BYTES: usize = 64;

/// Names a network in everything that is signed there: the first 8 bytes of the hash over the
/// authority's public key and the drill flag. A drill's signatures are worth nothing in the live
/// network, even if the same authority key was used by mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NetworkId(pub [u8; 8]);

impl NetworkId {
    /// The id of the network that this authority signs for.
    pub fn new(suite: Suite, authority: &[u8; PUBLIC_BYTES], drill: bool) -> NetworkId {
        let [a, b, c, d, e, f, g, h, ..] = suite.hash(&[authority, &[u8::from(drill)]]);
        NetworkId([a, b, c, d, e, f, g, h])
    }
}

/// What a signature is for, and in which network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignContext {
    /// A seal over a lane's chain up to some record.
    Seal(NetworkId),
    /// The authority's word that a device belongs to the network.
    Certificate(NetworkId),
    /// A copy of the directory that travels outside its lane.
    Directory(NetworkId),
    /// Something a device asks of others in its own name.
    Request(NetworkId),
    /// A new epoch, see [`crate::keys::rekey`].
    Rekey(NetworkId),
}

impl SignContext {
    fn purpose(self) -> &'static [u8] {
        match self {
            SignContext::Seal(_) => b"sanduan seal v1\0",
            SignContext::Certificate(_) => b"sanduan certificate v1\0",
            SignContext::Directory(_) => b"sanduan directory v1\0",
            SignContext::Request(_) => b"sanduan request v1\0",
            SignContext::Rekey(_) => b"sanduan rekey v1\0",
        }
    }

    fn network(self) -> NetworkId {
        match self {
            SignContext::Seal(network)
            | SignContext::Certificate(network)
            | SignContext::Directory(network)
            | SignContext::Request(network)
            | SignContext::Rekey(network) => network,
        }
    }

    /// The bytes that are really signed. Lengths stand before the parts, so that moving a byte
    /// from one part to the next is another message.
    fn message(self, parts: &[&[u8]]) -> Vec<u8> {
        let bytes: usize = parts.iter().map(|part| part.len() + 4).sum();
        let mut message = Vec::with_capacity(32 + bytes);
        message.extend_from_slice(self.purpose());
        message.extend_from_slice(&self.network().0);
        for part in parts {
            let len = u32::try_from(part.len()).expect("parts are bounded far below 4 GiB");
            message.extend_from_slice(&len.to_be_bytes());
            message.extend_from_slice(part);
        }
        message
    }
}

/// A private key: of a device, or of the authority. Wiped when dropped, and never shown.
pub struct DeviceKey {
    suite: Suite,
    secret: Box<dyn Secret>,
}

impl DeviceKey {
    /// The key of this seed in suite 0. The seed must come from the system's random source.
    pub fn from_seed(seed: [u8; 32]) -> DeviceKey {
        DeviceKey::of(SUITE_0, seed)
    }

    /// The key of this seed in any suite; see [`DeviceKey::from_seed`].
    pub fn of(suite: Suite, mut seed: [u8; 32]) -> DeviceKey {
        let secret = suite.secret(&seed);
        seed.zeroize();
        DeviceKey { suite, secret }
    }

    /// The suite that it signs in.
    pub fn suite(&self) -> Suite {
        self.suite
    }

    /// The public key that others verify with.
    pub fn public(&self) -> [u8; PUBLIC_BYTES] {
        self.secret.public()
    }

    /// Sign these parts for this purpose.
    pub fn sign(&self, context: SignContext, parts: &[&[u8]]) -> [u8; SIGNATURE_BYTES] {
        self.secret.sign(&context.message(parts))
    }

    /// The secret both sides of a join file can compute. `None` if the other's key is unsound.
    pub(crate) fn agree(&self, other: &[u8; PUBLIC_BYTES]) -> Option<Zeroizing<[u8; 32]>> {
        self.secret.agree(other).map(Zeroizing::new)
    }
}

impl std::fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeviceKey(secret)")
    }
}

/// True if `signature` was made by the owner of `public` for this purpose over these parts.
pub fn verify(
    suite: Suite,
    public: &[u8; PUBLIC_BYTES],
    context: SignContext,
    parts: &[&[u8]],
    signature: &[u8; SIGNATURE_BYTES],
) -> bool {
    suite.verify(public, &context.message(parts), signature)
}

#[cfg(test)]
mod tests;
