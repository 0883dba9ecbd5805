//! A piece of a seal, for links whose frames are too short for a whole one: as much of it as the
//! frame has room for.
//!
//! ```text
//! place: where it begins × 16 + how long it is less one, both in steps of four bytes
//! ```

use super::Signature;
use crate::wire::pack::{Pack, PackError, Reader};

/// Bytes of a signature.
pub const SEAL_BYTES: usize = size_of::<Signature>();
/// A seal is cut at multiples of so many bytes: then one byte tells where a piece lies.
pub const STEP_BYTES: usize = 4;
/// Steps of a seal.
const STEPS: usize = SEAL_BYTES / STEP_BYTES;

/// Some bytes of a seal in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealPiece {
    from_step: usize,
    bytes: Vec<u8>,
}

impl SealPiece {
    /// The bytes of a seal from `begin` on, `room` of them at most; both are rounded down to a
    /// place where it may be cut. None if that leaves nothing.
    pub fn of(seal: &Signature, begin: usize, room: usize) -> Option<SealPiece> {
        let from_step = begin.min(SEAL_BYTES) / STEP_BYTES;
        let steps = (room / STEP_BYTES).min(STEPS - from_step);
        let from = from_step * STEP_BYTES;
        let bytes = seal[from..from + steps * STEP_BYTES].to_vec();
        (steps > 0).then_some(SealPiece { from_step, bytes })
    }

    /// The bytes of the seal up to its end.
    pub fn end(&self) -> usize {
        self.from_step * STEP_BYTES + self.bytes.len()
    }

    /// The seal ends with it.
    pub fn is_last(&self) -> bool {
        self.end() == SEAL_BYTES
    }
}

impl Pack for SealPiece {
    fn pack(&self, to: &mut Vec<u8>) {
        let steps = self.bytes.len() / STEP_BYTES;
        to.push((self.from_step << 4 | (steps - 1)) as u8);
        to.extend_from_slice(&self.bytes);
    }

    fn unpack(from: &mut Reader<'_>) -> Result<SealPiece, PackError> {
        let place = usize::from(from.byte()?);
        let (from_step, steps) = (place >> 4, (place & 0xF) + 1);
        if from_step + steps > STEPS {
            return Err(PackError::BadValue("seal piece"));
        }
        let bytes = from.take(steps * STEP_BYTES)?.to_vec();
        Ok(SealPiece { from_step, bytes })
    }
}

/// A seal of which not all is here yet.
#[derive(Clone, Copy, Debug)]
pub struct Pieces {
    bytes: Signature,
    /// The steps that are here, a bit each.
    here: u16,
}

impl Default for Pieces {
    fn default() -> Pieces {
        Pieces { bytes: [0; SEAL_BYTES], here: 0 }
    }
}

impl Pieces {
    /// Take in a piece. The seal, once all of it is here.
    pub fn put(&mut self, piece: &SealPiece) -> Option<Signature> {
        self.bytes[piece.from_step * STEP_BYTES..piece.end()].copy_from_slice(&piece.bytes);
        for step in piece.from_step..piece.end() / STEP_BYTES {
            self.here |= 1 << step;
        }
        (self.here == u16::MAX).then_some(self.bytes)
    }

    /// Its beginning is here.
    pub fn is_begun(&self) -> bool {
        self.here & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A seal of which every byte says where it stands.
    fn seal() -> Signature {
        std::array::from_fn(|at| at as u8)
    }

    #[test]
    fn a_seal_cut_anywhere_is_put_together_in_any_order() {
        for cut in 1..SEAL_BYTES {
            let first = SealPiece::of(&seal(), 0, cut);
            let begin = first.as_ref().map_or(0, SealPiece::end);
            assert!(begin <= cut && begin + STEP_BYTES > cut, "as much as there is room for");
            let second = SealPiece::of(&seal(), begin, SEAL_BYTES).expect("the rest");
            assert!(second.is_last());
            for pieces in [[first.as_ref(), Some(&second)], [Some(&second), first.as_ref()]] {
                let mut here = Pieces::default();
                let whole = pieces.into_iter().flatten().filter_map(|piece| here.put(piece)).last();
                assert_eq!(whole, Some(seal()));
            }
        }
    }

    #[test]
    fn pieces_of_another_try_go_on_where_the_first_left_off() {
        let mut here = Pieces::default();
        let piece = |begin, room| SealPiece::of(&seal(), begin, room).expect("a piece");
        assert_eq!(here.put(&piece(44, 20)), None);
        assert!(!here.is_begun());
        assert_eq!(here.put(&piece(0, 12)), None);
        assert!(here.is_begun());
        assert_eq!(here.put(&piece(8, 40)), Some(seal()), "they may lie over each other");
    }

    #[test]
    fn no_piece_reaches_beyond_its_seal_or_is_empty() {
        assert_eq!(SealPiece::of(&seal(), 0, 3), None);
        assert_eq!(SealPiece::of(&seal(), SEAL_BYTES, 9), None);
        for place in 0..=u8::MAX {
            let mut bytes = vec![place];
            bytes.resize(1 + SEAL_BYTES, 7);
            let read = SealPiece::unpack(&mut Reader::new(&bytes));
            let fits = usize::from(place >> 4) + usize::from(place & 0xF) < STEPS;
            assert_eq!(read.is_ok_and(|piece| piece.end() <= SEAL_BYTES), fits, "{place}");
        }
    }
}
