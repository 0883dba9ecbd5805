//! Suite 0 that remembers: the same seed, seal or key asked for again has the same answer without
//! the curve being walked again. Every input opens a node anew over the same directory, and nine
//! tenths of that were the same few keys and seals. What was never asked before is computed by the
//! product's own suite, so a forged seal is judged as ever.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sanduan_protocol::keys::sign::{PUBLIC_BYTES, SIGNATURE_BYTES};
use sanduan_protocol::keys::suite::{Cipher, CryptoProvider, KEY_BYTES, SUITE_0, Secret};

/// Answers of one sort that are kept. What comes first stays: that is what every input asks.
const KEPT_MAX: usize = 1024;

type Kept<K, V> = Mutex<BTreeMap<K, V>>;
type Public = [u8; PUBLIC_BYTES];
type Shared = Option<[u8; KEY_BYTES]>;

static SECRETS: Kept<[u8; KEY_BYTES], Arc<Known>> = Mutex::new(BTreeMap::new());
static SHARED: Kept<(Public, Public), Shared> = Mutex::new(BTreeMap::new());
static SOUND: Kept<Public, bool> = Mutex::new(BTreeMap::new());
static SEALS: Kept<[u8; KEY_BYTES], bool> = Mutex::new(BTreeMap::new());
static SIGNED: Kept<[u8; KEY_BYTES], [u8; SIGNATURE_BYTES]> = Mutex::new(BTreeMap::new());
static CIPHERS: Kept<[u8; KEY_BYTES], Arc<dyn Cipher>> = Mutex::new(BTreeMap::new());

/// The suite; its memory is the program's.
pub struct Remembering;

struct Known {
    secret: Box<dyn Secret>,
    public: Public,
}

struct Handle(Arc<Known>);

/// What was answered before, or the answer now.
fn remembered<K: Ord, V: Clone>(kept: &Kept<K, V>, key: K, answer: impl FnOnce() -> V) -> V {
    // A map is whole after every statement, whoever panicked meanwhile.
    let lock = || -> MutexGuard<'_, BTreeMap<K, V>> {
        kept.lock().unwrap_or_else(PoisonError::into_inner)
    };
    if let Some(known) = lock().get(&key) {
        return known.clone();
    }
    let answer = answer();
    let mut kept = lock();
    if kept.len() < KEPT_MAX {
        kept.insert(key, answer.clone());
    }
    answer
}

impl CryptoProvider for Remembering {
    fn number(&self) -> u8 {
        SUITE_0.number()
    }

    fn name(&self) -> &'static str {
        SUITE_0.name()
    }

    fn secret(&self, seed: &[u8; KEY_BYTES]) -> Box<dyn Secret> {
        let known = remembered(&SECRETS, *seed, || {
            let secret = SUITE_0.secret(seed);
            let public = secret.public();
            Arc::new(Known { secret, public })
        });
        Box::new(Handle(known))
    }

    fn is_sound(&self, public: &Public) -> bool {
        remembered(&SOUND, *public, || SUITE_0.is_sound(public))
    }

    fn verify(&self, public: &Public, message: &[u8], seal: &[u8; SIGNATURE_BYTES]) -> bool {
        let length = (message.len() as u64).to_be_bytes();
        let key = SUITE_0.hash(&[public, seal, &length, message]);
        remembered(&SEALS, key, || SUITE_0.verify(public, message, seal))
    }

    fn cipher(&self, key: &[u8; KEY_BYTES]) -> Arc<dyn Cipher> {
        remembered(&CIPHERS, *key, || SUITE_0.cipher(key))
    }

    fn derive_key(&self, context: &str, parts: &[&[u8]]) -> [u8; KEY_BYTES] {
        SUITE_0.derive_key(context, parts)
    }

    fn hash(&self, parts: &[&[u8]]) -> [u8; KEY_BYTES] {
        SUITE_0.hash(parts)
    }
}

impl Secret for Handle {
    fn public(&self) -> Public {
        self.0.public
    }

    fn sign(&self, message: &[u8]) -> [u8; SIGNATURE_BYTES] {
        let key = SUITE_0.hash(&[&self.0.public, message]);
        remembered(&SIGNED, key, || self.0.secret.sign(message))
    }

    fn agree(&self, other: &Public) -> Shared {
        remembered(&SHARED, (self.0.public, *other), || self.0.secret.agree(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_answers_as_the_suite_that_it_remembers_twice_over() {
        let [ours, theirs] = [[3; KEY_BYTES], [4; KEY_BYTES]];
        let (plain, other) = (SUITE_0.secret(&ours), SUITE_0.secret(&theirs));
        let message = "立即转移".as_bytes();
        let seal = plain.sign(message);
        let mut forged = seal;
        forged[9] ^= 1;
        for _ in 0..2 {
            let known = Remembering.secret(&ours);
            assert_eq!((known.public(), known.sign(message)), (plain.public(), seal));
            assert_eq!(known.agree(&other.public()), plain.agree(&other.public()));
            assert_eq!(known.agree(&[0; PUBLIC_BYTES]), None);
            let verify = |seal| Remembering.verify(&plain.public(), message, seal);
            assert!(verify(&seal) && !verify(&forged));
            assert!(!Remembering.verify(&other.public(), message, &seal));
            assert!(Remembering.is_sound(&plain.public()));
            assert!(!Remembering.is_sound(&[0; PUBLIC_BYTES]));
        }
    }

    #[test]
    fn it_keeps_no_more_than_it_may() {
        for number in 0..2 * KEPT_MAX as u64 {
            let mut key = [7; KEY_BYTES];
            key[..8].copy_from_slice(&number.to_be_bytes());
            let _ = Remembering.cipher(&key);
        }
        assert!(CIPHERS.lock().expect("nobody panicked").len() <= KEPT_MAX);
    }
}
