//! Puts the pieces of one record together. Pieces may come from several holders over several
//! bearers, in any order, more than once. Called by the book alone.

use crate::base::caps::PACKED_RECORD_BYTES_MAX;

/// Pieces of one record received so far.
#[derive(Clone, Debug)]
pub struct Assembly {
    bytes: Vec<u8>,
    have: Vec<bool>,
    missing: usize,
}

impl Assembly {
    /// Nothing yet of a record of `total` bytes; `None` if no record is that long.
    pub fn new(total: usize) -> Option<Assembly> {
        let fits = (1..=PACKED_RECORD_BYTES_MAX).contains(&total);
        fits.then(|| Assembly { bytes: vec![0; total], have: vec![false; total], missing: total })
    }

    /// Length of the whole record.
    pub fn total(&self) -> usize {
        self.bytes.len()
    }

    /// Add a piece. Pieces that lie outside are ignored; true when the record is whole.
    pub fn add(&mut self, offset: usize, piece: &[u8]) -> bool {
        let Some(end) = offset.checked_add(piece.len()) else { return false };
        if end > self.bytes.len() {
            return false;
        }
        self.bytes[offset..end].copy_from_slice(piece);
        for have in &mut self.have[offset..end] {
            self.missing -= usize::from(!*have);
            *have = true;
        }
        self.missing == 0
    }

    /// The record, once it is whole.
    pub fn into_record(self) -> Option<Vec<u8>> {
        (self.missing == 0).then_some(self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_in_any_order_make_the_record() {
        let mut assembly = Assembly::new(6).expect("a valid length");
        assert!(!assembly.add(4, b"ef"));
        assert!(!assembly.add(4, b"ef"));
        assert!(!assembly.add(5, b"toolong"));
        assert!(!assembly.add(usize::MAX, b"ab"));
        assert!(!assembly.add(0, b"abc"));
        assert!(assembly.clone().into_record().is_none());
        assert!(assembly.add(2, b"cd"));
        assert_eq!(assembly.into_record().as_deref(), Some(b"abcdef".as_slice()));
    }

    #[test]
    fn no_record_is_empty_or_endless() {
        assert!(Assembly::new(0).is_none());
        assert!(Assembly::new(PACKED_RECORD_BYTES_MAX + 1).is_none());
    }
}
