//! A store whose values are sealed: what is handed in goes down sealed under the data key of the
//! vault, what is read comes up in clear. Names of pairs stay readable; they hold numbers, never
//! what people wrote.

use sanduan_protocol::keys::vault::VaultKey;

use super::{Pair, Store, StoreFault, check_pairs};

/// Values named one by one when they cannot be opened.
const UNOPENED_NAMED: usize = 16;

/// A store with sealed values over one that knows nothing of it.
#[derive(Debug)]
pub struct SealedStore<S> {
    inner: S,
    /// Absent while an old store could not be sealed yet.
    key: Option<VaultKey>,
}

impl<S: Store> SealedStore<S> {
    /// Seal with this key.
    pub fn new(inner: S, key: VaultKey) -> SealedStore<S> {
        SealedStore { inner, key: Some(key) }
    }

    /// Hand everything through as it is.
    pub fn clear(inner: S) -> SealedStore<S> {
        SealedStore { inner, key: None }
    }

    /// What is below.
    pub fn inner(&self) -> &S {
        &self.inner
    }
}

impl<S: Store> Store for SealedStore<S> {
    fn load(&mut self) -> Result<Vec<Pair>, StoreFault> {
        let sealed = self.inner.load()?;
        let Some(key) = &self.key else { return Ok(sealed) };
        let held = sealed.len();
        let mut pairs = Vec::with_capacity(held);
        for (name, value) in sealed {
            match key.open(&name, &value) {
                Ok(value) => pairs.push((name, value)),
                Err(_) if held - pairs.len() <= UNOPENED_NAMED => tracing::debug!(?name, "sealed"),
                Err(_) => {}
            }
        }
        let lost = held - pairs.len();
        if lost > 0 && pairs.is_empty() {
            return Err(StoreFault::Foreign);
        }
        if lost > 0 {
            // Bits that rot fail a checksum below; this was changed on purpose.
            tracing::error!(
                values = lost,
                "有内容被改动，已弃用，须由同伴补齐 / some values were changed by somebody and are \
                 not used; they must come from peers"
            );
        }
        Ok(pairs)
    }

    fn commit(&mut self, batches: &[&[Pair]]) -> Result<(), StoreFault> {
        let Some(key) = &self.key else { return self.inner.commit(batches) };
        let mut sealed: Vec<Vec<Pair>> = Vec::with_capacity(batches.len());
        for pairs in batches {
            check_pairs(pairs)?;
            let seal = |(name, value): &Pair| match value.is_empty() {
                // It goes; there is nothing to seal.
                true => (name.clone(), Vec::new()),
                false => (name.clone(), key.seal(name, value)),
            };
            sealed.push(pairs.iter().map(seal).collect());
        }
        let sealed: Vec<&[Pair]> = sealed.iter().map(Vec::as_slice).collect();
        self.inner.commit(&sealed)
    }

    fn settle(&mut self, closing: bool) -> Result<(), StoreFault> {
        self.inner.settle(closing)
    }

    fn settle_after_ms(&self) -> Option<u64> {
        self.inner.settle_after_ms()
    }
}

#[cfg(test)]
mod tests {
    use super::super::memory::MemoryStore;
    use super::super::{KEY_BYTES_MAX, VALUE_BYTES_MAX};
    use super::*;

    fn key(seed: u8) -> VaultKey {
        VaultKey::from_bytes([seed; 32])
    }

    #[test]
    fn values_go_down_sealed_and_come_up_in_clear() {
        let memory = MemoryStore::default();
        let mut store = SealedStore::new(memory.clone(), key(1));
        let pair: Pair = (b"name".to_vec(), "立即转移".as_bytes().to_vec());
        store.commit(&[std::slice::from_ref(&pair)]).expect("room");
        let below = memory.get(b"name").expect("there");
        assert!(!below.windows(3).any(|bytes| bytes == &pair.1[..3]), "not in clear");
        assert_eq!(store.load().expect("opens"), [pair]);
    }

    #[test]
    fn another_key_opens_nothing_and_says_so() {
        let memory = MemoryStore::default();
        let mut store = SealedStore::new(memory.clone(), key(1));
        assert_eq!(store.load().expect("an empty store"), []);
        store.commit(&[&[(b"name".to_vec(), b"value".to_vec())]]).expect("room");
        let fault = SealedStore::new(memory, key(2)).load().expect_err("another key");
        assert!(fault.to_string().contains("打不开") && fault.to_string().contains("another"));
    }

    #[test]
    fn a_value_that_was_moved_to_another_name_is_not_used() {
        let mut memory = MemoryStore::default();
        let mut store = SealedStore::new(memory.clone(), key(1));
        let pairs = [(b"a".to_vec(), b"1".to_vec()), (b"b".to_vec(), b"2".to_vec())];
        store.commit(&[&pairs]).expect("room");
        let moved = memory.get(b"a").expect("there");
        memory.commit(&[&[(b"b".to_vec(), moved)]]).expect("room");
        assert_eq!(store.load().expect("opens"), pairs[..1]);
    }

    #[test]
    fn the_longest_value_fits_and_one_byte_more_does_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let below = super::super::disk::DiskStore::open(folder.path(), 1).expect("opens");
        let mut store = SealedStore::new(below, key(1));
        let pair = |bytes: usize| (vec![b'k'; KEY_BYTES_MAX], vec![7; bytes]);
        store.commit(&[&[pair(VALUE_BYTES_MAX)]]).expect("within the limits");
        store.settle(false).expect("sound");
        let refused = store.commit(&[&[pair(VALUE_BYTES_MAX + 1)]]);
        assert!(matches!(refused, Err(StoreFault::TooLarge)));
        assert!(store.load().expect("opens") == [pair(VALUE_BYTES_MAX)], "it came back otherwise");
    }
}
