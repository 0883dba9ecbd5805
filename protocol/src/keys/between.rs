//! What the authority and one device share without ever having spoken: both compute it from their
//! own private and the other's public key. With it lines of the directory, which everybody reads,
//! hold what is for that device alone: the key of a group, the keys of its way in the tree.
//!
//! ```text
//! shared   agreement of the authority's key and the device's (X25519, or SM2 in suite 1)
//! pad      derive_key(context, shared | words | number of the block 2), blocks of 32 bytes
//! hidden   secret xor pad
//! ```
//!
//! The words say what is hidden, for whom and of what time; the same words never hide two
//! secrets, as every secret follows from its words. There is no tag: the line stands in a lane
//! that the authority seals.

use zeroize::Zeroizing;

use crate::keys::sign::{DeviceKey, PUBLIC_BYTES};
use crate::keys::suite::{KEY_BYTES, Suite};

/// What two keys share. Secret.
pub struct Between {
    suite: Suite,
    shared: Zeroizing<[u8; KEY_BYTES]>,
}

impl Between {
    /// What these two share; `None` if the other's key is unsound.
    pub fn new(own: &DeviceKey, other: &[u8; PUBLIC_BYTES]) -> Option<Between> {
        own.agree(other).map(|shared| Between { suite: own.suite(), shared })
    }

    /// The suite of both keys.
    pub fn suite(&self) -> Suite {
        self.suite
    }

    /// Hide a secret, or find it again.
    pub fn mask(&self, context: &str, words: &[u8], secret: &mut [u8]) {
        for (block, number) in secret.chunks_mut(KEY_BYTES).zip(0u16..) {
            let parts: [&[u8]; 3] = [self.shared.as_slice(), words, &number.to_be_bytes()];
            let pad = Zeroizing::new(self.suite.derive_key(context, &parts));
            block.iter_mut().zip(pad.iter()).for_each(|(byte, pad)| *byte ^= pad);
        }
    }
}

impl std::fmt::Debug for Between {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Between(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::suite::{UNDER_TEST, UNSOUND};

    fn key(seed: u8) -> DeviceKey {
        DeviceKey::of(UNDER_TEST, [seed; 32])
    }

    #[test]
    fn both_ends_hide_alike_and_nobody_else_does() {
        let (authority, device, other) = (key(1), key(2), key(3));
        let theirs = Between::new(&authority, &device.public()).expect("a sound key");
        let ours = Between::new(&device, &authority.public()).expect("a sound key");
        let foreign = Between::new(&other, &authority.public()).expect("a sound key");
        let secret = [7; 100];
        let mut hidden = secret;
        theirs.mask("test", b"words", &mut hidden);
        assert!(hidden.iter().zip(secret).filter(|(a, b)| **a == *b).count() < 12);
        for (between, context, words, is_found) in [
            (&ours, "test", b"words".as_slice(), true),
            (&ours, "test", b"other", false),
            (&ours, "tests", b"words", false),
            (&foreign, "test", b"words", false),
        ] {
            let mut found = hidden;
            between.mask(context, words, &mut found);
            assert_eq!(found == secret, is_found, "{context} {words:?}");
        }
    }

    #[test]
    fn nothing_is_shared_with_an_unsound_key() {
        assert!(Between::new(&key(1), &UNSOUND).is_none());
    }
}
