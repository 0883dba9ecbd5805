//! Signing and verifying with Ed25519. Every signature says what it is for and in which network,
//! so that no signature can be moved to another place. What is signed is decided by the callers:
//! `log` (seals), [`crate::keys::certificate`] and the directory.
//!
//! The signed message is, in this order:
//!
//! ```text
//! purpose text, ends in 0 | network id 8 | for each part: length u32 BE, bytes
//! ```

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use zeroize::{Zeroize, Zeroizing};

/// Bytes of a public key.
pub const PUBLIC_BYTES: usize = 32;
/// Bytes of a signature.
pub const SIGNATURE_BYTES: usize = 64;

/// Names a network in everything that is signed there: the first 8 bytes of BLAKE3 over the
/// authority's public key and the drill flag. A drill's signatures are worth nothing in the live
/// network, even if the same authority key was used by mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NetworkId(pub [u8; 8]);

impl NetworkId {
    /// The id of the network that this authority signs for.
    pub fn new(authority: &[u8; PUBLIC_BYTES], drill: bool) -> NetworkId {
        let mut hasher = blake3::Hasher::new();
        hasher.update(authority).update(&[u8::from(drill)]);
        let mut id = [0; 8];
        id.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
        NetworkId(id)
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
}

impl SignContext {
    fn purpose(self) -> &'static [u8] {
        match self {
            SignContext::Seal(_) => b"sanduan seal v1\0",
            SignContext::Certificate(_) => b"sanduan certificate v1\0",
            SignContext::Directory(_) => b"sanduan directory v1\0",
            SignContext::Request(_) => b"sanduan request v1\0",
        }
    }

    fn network(self) -> NetworkId {
        match self {
            SignContext::Seal(network)
            | SignContext::Certificate(network)
            | SignContext::Directory(network)
            | SignContext::Request(network) => network,
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
    signing: SigningKey,
}

impl DeviceKey {
    /// The key of this seed. The seed must come from the system's random source.
    pub fn from_seed(seed: [u8; 32]) -> DeviceKey {
        let mut seed = seed;
        let signing = SigningKey::from_bytes(&seed);
        seed.zeroize();
        DeviceKey { signing }
    }

    /// The public key that others verify with.
    pub fn public(&self) -> [u8; PUBLIC_BYTES] {
        self.signing.verifying_key().to_bytes()
    }

    /// Sign these parts for this purpose. Ed25519 needs no dice: the same parts give the same
    /// signature, so a repeated call reveals nothing.
    pub fn sign(&self, context: SignContext, parts: &[&[u8]]) -> [u8; SIGNATURE_BYTES] {
        self.signing.sign(&context.message(parts)).to_bytes()
    }

    /// The X25519 secret both sides of a join file can compute: this key's scalar times the
    /// other's public key. `None` if the other's key is no point or a weak one, which would make
    /// the secret known to everybody.
    pub(crate) fn agree(&self, other: &[u8; PUBLIC_BYTES]) -> Option<Zeroizing<[u8; 32]>> {
        let other = VerifyingKey::from_bytes(other).ok().filter(|key| !key.is_weak())?;
        let mut scalar = self.signing.to_scalar_bytes();
        let shared = other.to_montgomery().mul_clamped(scalar);
        scalar.zeroize();
        Some(Zeroizing::new(shared.to_bytes()))
    }
}

impl std::fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeviceKey(secret)")
    }
}

/// True if these bytes are a public key that can be trusted with anything: a point of the curve,
/// and not one of the few weak ones for which everybody can sign.
pub fn is_sound(public: &[u8; PUBLIC_BYTES]) -> bool {
    VerifyingKey::from_bytes(public).is_ok_and(|key| !key.is_weak())
}

/// True if `signature` was made by the owner of `public` for this purpose over these parts.
/// Strict (RFC 8032 section 5.1.7 and no weak keys): a valid signature cannot be changed into
/// another valid one, so evidence stays evidence.
pub fn verify(
    public: &[u8; PUBLIC_BYTES],
    context: SignContext,
    parts: &[&[u8]],
    signature: &[u8; SIGNATURE_BYTES],
) -> bool {
    let Ok(key) = VerifyingKey::from_bytes(public) else { return false };
    key.verify_strict(&context.message(parts), &Signature::from_bytes(signature)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network() -> NetworkId {
        NetworkId::new(&[9; 32], false)
    }

    #[test]
    fn what_was_signed_verifies_and_nothing_else_does() {
        let (key, other) = (DeviceKey::from_seed([1; 32]), DeviceKey::from_seed([2; 32]));
        let context = SignContext::Seal(network());
        let signature = key.sign(context, &[b"lane", b"head"]);
        assert!(verify(&key.public(), context, &[b"lane", b"head"], &signature));
        assert!(!verify(&other.public(), context, &[b"lane", b"head"], &signature));
        assert!(!verify(&key.public(), context, &[b"lane", b"heaD"], &signature));
        assert!(!verify(&key.public(), context, &[b"lanehead"], &signature));
        assert!(!verify(&key.public(), context, &[b"laneh", b"ead"], &signature));
    }

    #[test]
    fn a_signature_is_bound_to_its_purpose_and_network() {
        let key = DeviceKey::from_seed([1; 32]);
        let contexts = |network| {
            [
                SignContext::Seal(network),
                SignContext::Certificate(network),
                SignContext::Directory(network),
                SignContext::Request(network),
            ]
        };
        let drill = NetworkId::new(&[9; 32], true);
        let all: Vec<_> = contexts(network()).into_iter().chain(contexts(drill)).collect();
        for made in &all {
            let signature = key.sign(*made, &[b"x"]);
            for asked in &all {
                assert_eq!(verify(&key.public(), *asked, &[b"x"], &signature), made == asked);
            }
        }
    }

    #[test]
    fn one_flipped_bit_anywhere_in_a_signature_is_seen() {
        let key = DeviceKey::from_seed([1; 32]);
        let context = SignContext::Request(network());
        let signature = key.sign(context, &[b"x"]);
        for bit in 0..SIGNATURE_BYTES * 8 {
            let mut flipped = signature;
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(!verify(&key.public(), context, &[b"x"], &flipped), "bit {bit}");
        }
    }

    #[test]
    fn a_weak_public_key_verifies_nothing_and_agrees_on_nothing() {
        // There is no point with y = 2.
        let mut no_point = [0u8; 32];
        no_point[0] = 2;
        // The neutral element, for which a signature of zeros would otherwise hold.
        let mut neutral = [0u8; 32];
        neutral[0] = 1;
        let mut signature = [0u8; 64];
        signature[0] = 1;
        assert!(!is_sound(&neutral) && !is_sound(&no_point));
        assert!(is_sound(&DeviceKey::from_seed([1; 32]).public()));
        assert!(!verify(&neutral, SignContext::Seal(network()), &[b"x"], &signature));
        assert!(DeviceKey::from_seed([1; 32]).agree(&neutral).is_none());
        assert!(DeviceKey::from_seed([1; 32]).agree(&no_point).is_none());
    }

    #[test]
    fn two_devices_agree_on_one_secret_and_a_third_does_not() {
        let [a, b, c] = [1, 2, 3].map(|n| DeviceKey::from_seed([n; 32]));
        let secret = a.agree(&b.public()).expect("a sound key");
        assert_eq!(secret, b.agree(&a.public()).expect("a sound key"));
        assert_ne!(secret, c.agree(&a.public()).expect("a sound key"));
    }

    #[test]
    fn the_first_test_vector_of_rfc_8032_gives_its_public_key() {
        // RFC 8032 section 7.1, TEST 1.
        let seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
        let public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
        let bytes = |hex: &str| -> [u8; 32] {
            std::array::from_fn(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).expect("hex"))
        };
        assert_eq!(DeviceKey::from_seed(bytes(seed)).public(), bytes(public));
    }
}
