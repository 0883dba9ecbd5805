//! Suite 1: SM2 (GB/T 32918-2016), SM4-CCM (GB/T 32907-2016) and SM3 (GB/T 32905-2016), in the
//! layouts of suite 0. Why a public key needs no more than its x is told in docs/decisions/0036.
//!
//! ```text
//! private   d = derive_key("sanduan sm2 key v1", seed | count), for the first count from 0 on that
//!           gives a key; negated if the y of its point is odd
//! public    x of dG, 32 bytes; y is the even one of two
//! signs     SM2 with the id of GM/T 0009-2012 section 10, r | s, 64 bytes
//! agrees    x of d times the other's point
//! derives   H(context | 0 | material | 1 in four bytes): the KDF of GB/T 32918.4 section 5.4.3 for
//!           256 bits
//! seals     CCM under the first 16 bytes of the key
//! ```

use std::sync::Arc;

use ccm::consts::{U4, U8, U13};
use ccm::{Ccm, KeyInit};
use sm2::dsa::signature::{Signer, Verifier};
use sm2::dsa::{Signature, SigningKey, VerifyingKey};
use sm2::elliptic_curve::Group;
use sm2::elliptic_curve::point::AffineCoordinates;
use sm2::{FieldBytes, NonZeroScalar, ProjectivePoint, PublicKey, Scalar};
use sm3::{Digest, Sm3};
use sm4::Sm4;
use zeroize::Zeroizing;

use super::pair::Pair;
use super::{Cipher, CryptoProvider, KEY_BYTES, Secret};
use crate::keys::sign::{PUBLIC_BYTES, SIGNATURE_BYTES};

/// The id of a signer where none is agreed upon (GM/T 0009-2012 section 10).
const SIGNER_ID: &str = "1234567812345678";
const KEY_CONTEXT: &str = "sanduan sm2 key v1";
/// SEC 1 section 2.3.3: a compressed point whose y is even.
const EVEN: u8 = 2;

/// The suite. It has no state.
pub(super) struct One;

impl CryptoProvider for One {
    fn number(&self) -> u8 {
        1
    }

    fn name(&self) -> &'static str {
        "sm2-sm4-sm3"
    }

    fn secret(&self, seed: &[u8; KEY_BYTES]) -> Box<dyn Secret> {
        Box::new(key_of(seed))
    }

    fn is_sound(&self, public: &[u8; PUBLIC_BYTES]) -> bool {
        point_of(public).is_some()
    }

    /// Of r and s only one pair holds for a point and a message: whoever changes s needs the
    /// private key.
    fn verify(
        &self,
        public: &[u8; PUBLIC_BYTES],
        message: &[u8],
        signature: &[u8; SIGNATURE_BYTES],
    ) -> bool {
        let Some(point) = point_of(public) else { return false };
        let (Ok(key), Ok(signature)) =
            (VerifyingKey::new(SIGNER_ID, point), Signature::from_bytes(&(*signature).into()))
        else {
            return false;
        };
        key.verify(message, &signature).is_ok()
    }

    fn cipher(&self, key: &[u8; KEY_BYTES]) -> Arc<dyn Cipher> {
        let mut half = Zeroizing::new([0; 16]);
        half.copy_from_slice(&key[..16]);
        let whole: Ccm<Sm4, U8, U13> = Ccm::new((&*half).into());
        let brief: Ccm<Sm4, U4, U13> = Ccm::new((&*half).into());
        Arc::new(Pair { whole, brief })
    }

    fn derive_key(&self, context: &str, parts: &[&[u8]]) -> [u8; KEY_BYTES] {
        let mut hasher = Sm3::new_with_prefix(context);
        hasher.update([0]);
        parts.iter().for_each(|part| hasher.update(part));
        hasher.update(1u32.to_be_bytes());
        hasher.finalize().into()
    }

    fn hash(&self, parts: &[&[u8]]) -> [u8; KEY_BYTES] {
        let mut hasher = Sm3::new();
        parts.iter().for_each(|part| hasher.update(part));
        hasher.finalize().into()
    }
}

/// The point of this public key; nothing if there is none with this x. The curve has a prime
/// number of points, so that none of them is weak.
fn point_of(public: &[u8; PUBLIC_BYTES]) -> Option<PublicKey> {
    let mut compressed = [EVEN; PUBLIC_BYTES + 1];
    compressed[1..].copy_from_slice(public);
    PublicKey::from_sec1_bytes(&compressed).ok()
}

fn key_of(seed: &[u8; KEY_BYTES]) -> Key {
    for number in 0..=u8::MAX {
        let bytes = Zeroizing::new(One.derive_key(KEY_CONTEXT, &[seed, &[number]]));
        if let Some(key) = key_from(&bytes) {
            return key;
        }
    }
    unreachable!("one candidate in 2^32 is no key, and 256 of them are not")
}

/// The key of this number, or of its negative.
fn key_from(bytes: &[u8; KEY_BYTES]) -> Option<Key> {
    let scalar = NonZeroScalar::from_repr(FieldBytes::from(*bytes)).into_option()?;
    // The signature divides by 1 + d, and d may be turned round below.
    if *scalar == Scalar::ONE || *scalar == -Scalar::ONE {
        return None;
    }
    let point = ProjectivePoint::mul_by_generator(&scalar).to_affine();
    let scalar = match bool::from(point.y_is_odd()) {
        true => -scalar,
        false => scalar,
    };
    let signing = SigningKey::from_nonzero_scalar(SIGNER_ID, scalar).ok()?;
    Some(Key { signing, public: point.x().into() })
}

/// A private key. The crate that signs does not wipe it when it is dropped.
struct Key {
    signing: SigningKey,
    public: [u8; PUBLIC_BYTES],
}

impl Secret for Key {
    fn public(&self) -> [u8; PUBLIC_BYTES] {
        self.public
    }

    /// Its dice follow from the key and the message (RFC 6979, with SM3).
    fn sign(&self, message: &[u8]) -> [u8; SIGNATURE_BYTES] {
        let signature = self.signing.try_sign(message);
        signature.expect("r or s is zero once in 2^255 messages").to_bytes().into()
    }

    fn agree(&self, other: &[u8; PUBLIC_BYTES]) -> Option<[u8; KEY_BYTES]> {
        let other = point_of(other)?;
        let shared = other.to_projective() * self.signing.as_nonzero_scalar().as_ref();
        Some(shared.to_affine().x().into())
    }
}
