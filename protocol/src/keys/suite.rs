//! The seam of cryptography: one suite says how a network signs, agrees, seals and hashes. The
//! layouts, the nonces, the counters and what is signed are the same in all of them and live in
//! the files beside this one; here are only the primitives and who picks them.
//!
//! ```text
//!   suite  signs    agrees  seals          chains, derives keys
//!     0    Ed25519  X25519  AES-256-CCM    BLAKE3        every build
//! ```
//!
//! A network has one suite, which its authority's key fixes. A node is told it once, in its
//! settings; a program that is no daemon may bring one of its own, as the simulator does.
//! Fingerprints that only ask "the same or not" (digests, head vectors) are no part of it.

use std::fmt;
use std::sync::Arc;

use crate::keys::sign::{PUBLIC_BYTES, SIGNATURE_BYTES};
use crate::wire::frame::{BRIEF_TAG_BYTES, TAG_BYTES};

mod zero;

/// Bytes of a key that seals, of a hash and of a seed.
pub const KEY_BYTES: usize = 32;
/// Bytes of a nonce of CCM with lengths of two bytes (RFC 3610 section 2).
pub const NONCE_BYTES: usize = 13;

/// The primitives of one suite. Everything is a pure function of its arguments.
pub trait CryptoProvider: Send + Sync {
    /// The number that stands in frames, certificates and join files: 0 or 1.
    fn number(&self) -> u8;

    /// What it is called, for people who must tell two of one number apart.
    fn name(&self) -> &'static str;

    /// The private key of this seed.
    fn secret(&self, seed: &[u8; KEY_BYTES]) -> Box<dyn Secret>;

    /// True if these bytes are a key that can be trusted with anything: not one for which
    /// everybody can sign.
    fn is_sound(&self, public: &[u8; PUBLIC_BYTES]) -> bool;

    /// True if the owner of `public` signed this message. A valid signature cannot be changed into
    /// another valid one, so evidence stays evidence.
    fn verify(
        &self,
        public: &[u8; PUBLIC_BYTES],
        message: &[u8],
        signature: &[u8; SIGNATURE_BYTES],
    ) -> bool;

    /// What seals and opens under this key.
    fn cipher(&self, key: &[u8; KEY_BYTES]) -> Arc<dyn Cipher>;

    /// The key for one purpose, which `context` names, from secret material: the bytes of all
    /// parts, one after the other.
    fn derive_key(&self, context: &str, parts: &[&[u8]]) -> [u8; KEY_BYTES];

    /// The hash over the bytes of all parts, one after the other.
    fn hash(&self, parts: &[&[u8]]) -> [u8; KEY_BYTES];
}

/// A private key. Wiped when dropped.
pub trait Secret: Send + Sync {
    /// The public key that others verify with.
    fn public(&self) -> [u8; PUBLIC_BYTES];

    /// Sign this message. No dice: the same message has the same signature.
    fn sign(&self, message: &[u8]) -> [u8; SIGNATURE_BYTES];

    /// The secret that both owners can compute, not yet hashed; `None` if the other's key is
    /// unsound.
    fn agree(&self, other: &[u8; PUBLIC_BYTES]) -> Option<[u8; KEY_BYTES]>;
}

/// How many bytes of tag stand behind a sealed text. The length is part of what is computed, so
/// one tag tells nothing of the other (NIST SP 800-38C, appendix A.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// 8 bytes.
    Whole,
    /// The 4 bytes of a brief frame.
    Brief,
}

impl Tag {
    /// How many bytes.
    pub const fn bytes(self) -> usize {
        match self {
            Tag::Whole => TAG_BYTES,
            Tag::Brief => BRIEF_TAG_BYTES,
        }
    }
}

/// A key that seals texts of at most 65,535 bytes.
pub trait Cipher: Send + Sync {
    /// The sealed text with its tag behind it. Never twice with one nonce.
    fn seal(&self, nonce: &[u8; NONCE_BYTES], aad: &[u8], plain: &[u8], tag: Tag) -> Vec<u8>;

    /// The plain text, if the tag is right.
    fn open(
        &self,
        nonce: &[u8; NONCE_BYTES],
        aad: &[u8],
        sealed: &[u8],
        tag: Tag,
    ) -> Option<Vec<u8>>;
}

/// Which suite: a handle that is copied wherever one is needed. Suite 0 unless told otherwise.
#[derive(Clone, Copy)]
pub struct Suite(&'static dyn CryptoProvider);

/// Ed25519, X25519, AES-256-CCM and BLAKE3.
pub const SUITE_0: Suite = Suite(&zero::Zero);

impl Suite {
    /// The suite of this provider.
    pub const fn of(provider: &'static dyn CryptoProvider) -> Suite {
        Suite(provider)
    }
}

impl std::ops::Deref for Suite {
    type Target = dyn CryptoProvider;

    fn deref(&self) -> &Self::Target {
        self.0
    }
}

impl Default for Suite {
    fn default() -> Suite {
        SUITE_0
    }
}

impl PartialEq for Suite {
    fn eq(&self, other: &Suite) -> bool {
        (self.number(), self.name()) == (other.number(), other.name())
    }
}

impl Eq for Suite {}

impl fmt::Debug for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Suite({} {})", self.number(), self.name())
    }
}
