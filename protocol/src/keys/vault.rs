//! Sealing what lies on a disk: values of the store and small files, under a key of the vault.
//! Where the keys lie, and how a passphrase becomes one, is the daemon's business.
//!
//! ```text
//! sealed   version 1 | nonce 13 | cipher text, as long as the value | tag 16
//! key      BLAKE3 derive_key("sanduan vault cipher v1", vault key)
//! nonce    BLAKE3 keyed by derive_key("sanduan vault nonce v1", vault key)
//!          over name length u32 BE | name | value                        (its first 13 bytes)
//! aad      name
//!
//! long     u32 BE count of parts | for each part: u32 BE length | sealed
//!          the name of a part is name | 0 | index u32 BE | count u32 BE
//! ```
//!
//! AES-256-CCM with a tag of 16 bytes. The nonce is made from what is sealed (the idea of RFC
//! 5297, section 1.3.2): a key and a nonce meet twice only over the same name and value, whatever
//! a crash, an old copy of the disk or a clone does. What that gives away is that a name holds
//! what it held before. The name belongs to what is sealed, so that nobody can put the value of
//! one name in the place of another; that a name holds an older value than the last one is not
//! noticed here.

use aes::Aes256;
use ccm::aead::{Aead, Payload};
use ccm::consts::{U13, U16};
use ccm::{Ccm, KeyInit, Nonce};
use zeroize::{Zeroize, Zeroizing};

/// Bytes of a key.
pub const VAULT_KEY_BYTES: usize = 32;
/// By how many bytes a sealed value is longer than the value.
pub const SEALED_EXTRA_BYTES: usize = 1 + NONCE_BYTES + TAG_BYTES;
/// Longest value that is sealed in one piece: CCM with a nonce of 13 bytes counts the length in
/// two (NIST SP 800-38C, appendix A.1).
pub const VALUE_BYTES_MAX: usize = 65_535;

const NONCE_BYTES: usize = 13;
const TAG_BYTES: usize = 16;
const VERSION: u8 = 1;
const PART_BYTES: usize = 32 * 1024;

const CIPHER_CONTEXT: &str = "sanduan vault cipher v1";
const NONCE_CONTEXT: &str = "sanduan vault nonce v1";

type Cipher = Ccm<Aes256, U16, U13>;

/// The key cannot open this: it is another one, or the bytes were changed, or they belong under
/// another name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotOpened;

/// A key that seals what lies on a disk: the data key, or one that wraps it.
#[derive(Clone)]
pub struct VaultKey {
    raw: Zeroizing<[u8; VAULT_KEY_BYTES]>,
    cipher: Cipher,
    nonce_key: Zeroizing<[u8; 32]>,
}

impl std::fmt::Debug for VaultKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VaultKey(secret)")
    }
}

impl PartialEq for VaultKey {
    fn eq(&self, other: &VaultKey) -> bool {
        // Compared as hashes, so that the time tells nothing of the keys.
        blake3::hash(self.raw.as_slice()) == blake3::hash(other.raw.as_slice())
    }
}

impl VaultKey {
    /// The key of these bytes, which come from the system's random source or from a function that
    /// makes keys of passphrases.
    pub fn from_bytes(raw: [u8; VAULT_KEY_BYTES]) -> VaultKey {
        let mut raw = raw;
        let kept = Zeroizing::new(raw);
        raw.zeroize();
        let mut key = blake3::derive_key(CIPHER_CONTEXT, kept.as_slice());
        let cipher = Cipher::new(&key.into());
        key.zeroize();
        let nonce_key = Zeroizing::new(blake3::derive_key(NONCE_CONTEXT, kept.as_slice()));
        VaultKey { raw: kept, cipher, nonce_key }
    }

    /// Seal a value of at most [`VALUE_BYTES_MAX`] bytes under its name.
    ///
    /// # Panics
    /// The value is longer; whoever has longer ones asks for [`VaultKey::seal_long`].
    pub fn seal(&self, name: &[u8], value: &[u8]) -> Vec<u8> {
        assert!(value.len() <= VALUE_BYTES_MAX, "a value beyond the cipher's limit");
        let nonce = self.nonce(name, value);
        let payload = Payload { msg: value, aad: name };
        let sealed = self.cipher.encrypt(&nonce, payload);
        let sealed = sealed.expect("the length is within the limits of the cipher");
        let mut bytes = Vec::with_capacity(1 + NONCE_BYTES + sealed.len());
        bytes.push(VERSION);
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(&sealed);
        bytes
    }

    /// Open what was sealed under this name.
    ///
    /// # Errors
    /// It was not sealed with this key under this name, or was changed since.
    pub fn open(&self, name: &[u8], sealed: &[u8]) -> Result<Vec<u8>, NotOpened> {
        let Some((&[VERSION], rest)) = sealed.split_at_checked(1) else { return Err(NotOpened) };
        let (nonce, sealed) = rest.split_at_checked(NONCE_BYTES).ok_or(NotOpened)?;
        let nonce = Nonce::<U13>::try_from(nonce).map_err(|_| NotOpened)?;
        self.cipher.decrypt(&nonce, Payload { msg: sealed, aad: name }).map_err(|_| NotOpened)
    }

    /// Seal a text of any length, in parts.
    pub fn seal_long(&self, name: &[u8], text: &[u8]) -> Vec<u8> {
        let count = text.len().div_ceil(PART_BYTES).max(1);
        let mut bytes = Vec::with_capacity(text.len() + 4 + count * (4 + SEALED_EXTRA_BYTES));
        let count = u32::try_from(count).expect("no text of ours has 2^32 parts");
        bytes.extend_from_slice(&count.to_be_bytes());
        for index in 0..count {
            let from = index as usize * PART_BYTES;
            let part = &text[from..text.len().min(from + PART_BYTES)];
            let sealed = self.seal(&part_name(name, index, count), part);
            bytes.extend_from_slice(&(sealed.len() as u32).to_be_bytes());
            bytes.extend_from_slice(&sealed);
        }
        bytes
    }

    /// Open what [`VaultKey::seal_long`] sealed under this name.
    ///
    /// # Errors
    /// As for [`VaultKey::open`]; a part that lacks or is too much is noticed as well.
    pub fn open_long(&self, name: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, NotOpened> {
        let (count, mut rest) = sealed.split_first_chunk().ok_or(NotOpened)?;
        let count = u32::from_be_bytes(*count);
        let mut text = Zeroizing::new(Vec::with_capacity(rest.len()));
        for index in 0..count {
            let (length, tail) = rest.split_first_chunk().ok_or(NotOpened)?;
            let length = u32::from_be_bytes(*length) as usize;
            let (part, tail) = tail.split_at_checked(length).ok_or(NotOpened)?;
            let opened = Zeroizing::new(self.open(&part_name(name, index, count), part)?);
            text.extend_from_slice(&opened);
            rest = tail;
        }
        if rest.is_empty() && count > 0 { Ok(text) } else { Err(NotOpened) }
    }

    /// This key, sealed under another one.
    pub fn wrapped_by(&self, wrapping: &VaultKey, name: &[u8]) -> Vec<u8> {
        wrapping.seal(name, self.raw.as_slice())
    }

    /// The key that was sealed under this one.
    ///
    /// # Errors
    /// As for [`VaultKey::open`].
    pub fn unwrap_key(&self, name: &[u8], wrapped: &[u8]) -> Result<VaultKey, NotOpened> {
        let raw = Zeroizing::new(self.open(name, wrapped)?);
        let raw = <[u8; VAULT_KEY_BYTES]>::try_from(raw.as_slice()).map_err(|_| NotOpened)?;
        Ok(VaultKey::from_bytes(raw))
    }

    fn nonce(&self, name: &[u8], value: &[u8]) -> Nonce<U13> {
        let name_bytes = u32::try_from(name.len()).expect("names are a few bytes");
        let mut hasher = blake3::Hasher::new_keyed(&self.nonce_key);
        hasher.update(&name_bytes.to_be_bytes()).update(name).update(value);
        let mut nonce = Nonce::<U13>::default();
        nonce.copy_from_slice(&hasher.finalize().as_bytes()[..NONCE_BYTES]);
        nonce
    }
}

fn part_name(name: &[u8], index: u32, count: u32) -> Vec<u8> {
    let mut bytes = name.to_vec();
    bytes.push(0);
    bytes.extend_from_slice(&index.to_be_bytes());
    bytes.extend_from_slice(&count.to_be_bytes());
    bytes
}

#[cfg(test)]
mod tests;
