//! Suite 0: Ed25519, X25519, AES-256-CCM and BLAKE3.
//!
//! All keys are Ed25519; to agree on a secret they are turned into X25519 keys by the birational
//! map (RFC 7748 section 4.1).

use std::sync::Arc;

use aes::Aes256;
use ccm::aead::{Aead, Payload};
use ccm::consts::{U4, U8, U13};
use ccm::{Ccm, KeyInit, Nonce};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use zeroize::Zeroize;

use super::{Cipher, CryptoProvider, KEY_BYTES, NONCE_BYTES, Secret, Tag};
use crate::keys::sign::{PUBLIC_BYTES, SIGNATURE_BYTES};

/// The suite. It has no state.
pub(super) struct Zero;

impl CryptoProvider for Zero {
    fn number(&self) -> u8 {
        0
    }

    fn name(&self) -> &'static str {
        "ed25519-aes-blake3"
    }

    fn secret(&self, seed: &[u8; KEY_BYTES]) -> Box<dyn Secret> {
        Box::new(SigningKey::from_bytes(seed))
    }

    fn is_sound(&self, public: &[u8; PUBLIC_BYTES]) -> bool {
        VerifyingKey::from_bytes(public).is_ok_and(|key| !key.is_weak())
    }

    /// Strict: RFC 8032 section 5.1.7 and no weak keys.
    fn verify(
        &self,
        public: &[u8; PUBLIC_BYTES],
        message: &[u8],
        signature: &[u8; SIGNATURE_BYTES],
    ) -> bool {
        let Ok(key) = VerifyingKey::from_bytes(public) else { return false };
        key.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
    }

    fn cipher(&self, key: &[u8; KEY_BYTES]) -> Arc<dyn Cipher> {
        let (whole, brief) = (Ccm::new(key.into()), Ccm::new(key.into()));
        Arc::new(AesCcm { whole, brief })
    }

    fn derive_key(&self, context: &str, parts: &[&[u8]]) -> [u8; KEY_BYTES] {
        finish(blake3::Hasher::new_derive_key(context), parts)
    }

    fn hash(&self, parts: &[&[u8]]) -> [u8; KEY_BYTES] {
        finish(blake3::Hasher::new(), parts)
    }
}

fn finish(mut hasher: blake3::Hasher, parts: &[&[u8]]) -> [u8; KEY_BYTES] {
    for part in parts {
        hasher.update(part);
    }
    *hasher.finalize().as_bytes()
}

impl Secret for SigningKey {
    fn public(&self) -> [u8; PUBLIC_BYTES] {
        self.verifying_key().to_bytes()
    }

    /// Ed25519 needs no dice, so a repeated call reveals nothing.
    fn sign(&self, message: &[u8]) -> [u8; SIGNATURE_BYTES] {
        Signer::sign(self, message).to_bytes()
    }

    /// X25519: this key's scalar times the other's public key. A weak key would make the secret
    /// known to everybody.
    fn agree(&self, other: &[u8; PUBLIC_BYTES]) -> Option<[u8; KEY_BYTES]> {
        let other = VerifyingKey::from_bytes(other).ok().filter(|key| !key.is_weak())?;
        let mut scalar = self.to_scalar_bytes();
        let shared = other.to_montgomery().mul_clamped(scalar);
        scalar.zeroize();
        Some(shared.to_bytes())
    }
}

/// AES-256-CCM with either tag.
struct AesCcm {
    whole: Ccm<Aes256, U8, U13>,
    brief: Ccm<Aes256, U4, U13>,
}

impl Cipher for AesCcm {
    fn seal(&self, nonce: &[u8; NONCE_BYTES], aad: &[u8], plain: &[u8], tag: Tag) -> Vec<u8> {
        let (nonce, payload) = (Nonce::<U13>::from(*nonce), Payload { msg: plain, aad });
        let sealed = match tag {
            Tag::Whole => self.whole.encrypt(&nonce, payload),
            Tag::Brief => self.brief.encrypt(&nonce, payload),
        };
        sealed.expect("CCM takes 65,535 bytes and callers give fewer")
    }

    fn open(
        &self,
        nonce: &[u8; NONCE_BYTES],
        aad: &[u8],
        sealed: &[u8],
        tag: Tag,
    ) -> Option<Vec<u8>> {
        let (nonce, payload) = (Nonce::<U13>::from(*nonce), Payload { msg: sealed, aad });
        match tag {
            Tag::Whole => self.whole.decrypt(&nonce, payload).ok(),
            Tag::Brief => self.brief.decrypt(&nonce, payload).ok(),
        }
    }
}
