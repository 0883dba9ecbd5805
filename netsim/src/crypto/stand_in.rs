//! The stand-in: every primitive is one keyed hash of 64-bit multiplications. It has the sizes and
//! the manners of suite 0 and none of its strength: whoever knows this file can forge anything. In
//! a made-up world nobody tries; a changed bit, a wrong key, a wrong nonce or a signature made by
//! somebody else is still seen, so that every checker keeps its meaning.
//!
//! ```text
//! public     hash(seed)                        signature  hash(public | message), 64 bytes
//! agreed     hash(both public keys, in order)  sealed     plain ^ stream(key, nonce) | tag
//! tag        hash(key | nonce | length of tag | aad | plain), its first bytes
//! ```

use std::sync::Arc;

use sanduan_protocol::keys::sign::{PUBLIC_BYTES, SIGNATURE_BYTES};
use sanduan_protocol::keys::suite::{Cipher, CryptoProvider, KEY_BYTES, NONCE_BYTES, Secret, Tag};

/// Odd numbers without a pattern: the first digits of pi, in hexadecimal.
const PI: [u64; 4] =
    [0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7345, 0xa409_3822_299f_31d1, 0x082e_fa98_ec4e_6c89];

/// The suite. It has no state.
pub struct StandIn;

impl CryptoProvider for StandIn {
    /// It stands in for suite 0, and frames look the same.
    fn number(&self) -> u8 {
        0
    }

    fn name(&self) -> &'static str {
        "stand-in"
    }

    fn secret(&self, seed: &[u8; KEY_BYTES]) -> Box<dyn Secret> {
        Box::new(Key { public: Mix::new(1).with(seed).bytes() })
    }

    fn is_sound(&self, public: &[u8; PUBLIC_BYTES]) -> bool {
        *public != [0; PUBLIC_BYTES]
    }

    fn verify(
        &self,
        public: &[u8; PUBLIC_BYTES],
        message: &[u8],
        signature: &[u8; SIGNATURE_BYTES],
    ) -> bool {
        self.is_sound(public) && sign(public, message) == *signature
    }

    fn cipher(&self, key: &[u8; KEY_BYTES]) -> Arc<dyn Cipher> {
        Arc::new(Sealing { keyed: Mix::new(2).with(key) })
    }

    fn derive_key(&self, context: &str, parts: &[&[u8]]) -> [u8; KEY_BYTES] {
        parts.iter().fold(Mix::new(3).with(context.as_bytes()), |mix, part| mix.with(part)).bytes()
    }

    fn hash(&self, parts: &[&[u8]]) -> [u8; KEY_BYTES] {
        parts.iter().fold(Mix::new(4), |mix, part| mix.with(part)).bytes()
    }
}

/// A private key, which needs no more than its public half: nobody here forges on purpose.
struct Key {
    public: [u8; PUBLIC_BYTES],
}

impl Secret for Key {
    fn public(&self) -> [u8; PUBLIC_BYTES] {
        self.public
    }

    fn sign(&self, message: &[u8]) -> [u8; SIGNATURE_BYTES] {
        sign(&self.public, message)
    }

    fn agree(&self, other: &[u8; PUBLIC_BYTES]) -> Option<[u8; KEY_BYTES]> {
        let (one, two) = (self.public.min(*other), self.public.max(*other));
        StandIn.is_sound(other).then(|| Mix::new(5).with(&one).with(&two).bytes())
    }
}

fn sign(public: &[u8; PUBLIC_BYTES], message: &[u8]) -> [u8; SIGNATURE_BYTES] {
    Mix::new(6).with(public).with(message).bytes()
}

/// Seals under one key, which is mixed in already.
struct Sealing {
    keyed: Mix,
}

impl Sealing {
    fn tag(&self, nonce: &[u8; NONCE_BYTES], aad: &[u8], plain: &[u8], bytes: usize) -> [u8; 8] {
        let begun = self.keyed.with(nonce).with(&[bytes as u8]);
        begun.with(aad).with(plain).bytes()
    }

    /// Plain text to sealed text and back.
    fn crypt(&self, nonce: &[u8; NONCE_BYTES], text: &mut [u8]) {
        let mut stream = self.keyed.with(nonce);
        for chunk in text.chunks_mut(8) {
            let word = stream.next_word().to_le_bytes();
            chunk.iter_mut().zip(word).for_each(|(byte, key)| *byte ^= key);
        }
    }
}

impl Cipher for Sealing {
    fn seal(&self, nonce: &[u8; NONCE_BYTES], aad: &[u8], plain: &[u8], tag: Tag) -> Vec<u8> {
        let tag_bytes = tag.bytes();
        let mut sealed = Vec::with_capacity(plain.len() + tag_bytes);
        sealed.extend_from_slice(plain);
        self.crypt(nonce, &mut sealed);
        sealed.extend_from_slice(&self.tag(nonce, aad, plain, tag_bytes)[..tag_bytes]);
        sealed
    }

    fn open(
        &self,
        nonce: &[u8; NONCE_BYTES],
        aad: &[u8],
        sealed: &[u8],
        tag: Tag,
    ) -> Option<Vec<u8>> {
        let text_bytes = sealed.len().checked_sub(tag.bytes())?;
        let (text, shown) = sealed.split_at(text_bytes);
        let mut plain = text.to_vec();
        self.crypt(nonce, &mut plain);
        (self.tag(nonce, aad, &plain, shown.len())[..shown.len()] == *shown).then_some(plain)
    }
}

/// 128 bits that everything said so far was mixed into.
#[derive(Clone, Copy)]
struct Mix {
    a: u64,
    b: u64,
}

impl Mix {
    fn new(purpose: u64) -> Mix {
        Mix { a: PI[0] ^ purpose, b: PI[1] }
    }

    /// These bytes and how many they are.
    #[must_use]
    fn with(mut self, part: &[u8]) -> Mix {
        self.take(part.len() as u64);
        let (words, rest) = part.as_chunks::<8>();
        words.iter().for_each(|word| self.take(u64::from_le_bytes(*word)));
        if !rest.is_empty() {
            let mut word = [0; 8];
            word[..rest.len()].copy_from_slice(rest);
            self.take(u64::from_le_bytes(word));
        }
        self
    }

    fn take(&mut self, word: u64) {
        let a = fold(self.a ^ word, PI[2]);
        self.b = fold(self.b.rotate_left(23) ^ word, PI[3]) ^ self.a;
        self.a = a;
    }

    fn next_word(&mut self) -> u64 {
        self.take(0);
        fold(self.a ^ PI[3], self.b ^ PI[2])
    }

    /// As many bytes as are wanted.
    fn bytes<const N: usize>(mut self) -> [u8; N] {
        let mut out = [0; N];
        for chunk in out.chunks_mut(8) {
            let word = self.next_word().to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        out
    }
}

/// The two halves of a product, one laid over the other.
fn fold(one: u64, two: u64) -> u64 {
    let product = u128::from(one) * u128::from(two);
    (product >> 64) as u64 ^ product as u64
}
