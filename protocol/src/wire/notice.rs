//! The notice: words of the authority that must be read by those who cannot open our frames any
//! more. In the clear, in pieces where frames are short; it proves itself by the signature inside.
//! What stands in it is [`crate::keys::rekey`]'s.
//!
//! ```text
//!  bit 7     5 4         0
//! +-----------+-----------+
//! |  2        |  0        |  byte 0: where a frame has its version, 1
//! +-----------+-----------+
//! |  mark                 |  2 bytes: CRC-32C of the whole, its low half; tells wholes apart
//! |  piece | pieces       |  1 byte each, from 0
//! |  bytes of this piece  |  all pieces but the last are equally long
//! +-----------------------+
//! ```

use std::collections::BTreeMap;

use crate::base::caps::{FRAME_BYTES_MAX, NOTICE_PIECES_MAX, NOTICES_MAX, REKEY_BYTES_MAX};
use crate::wire::check::crc32c;

/// The first byte of a notice.
const HEAD: u8 = 2 << 5;
/// Bytes before those of the piece.
pub const NOTICE_HEAD_BYTES: usize = 5;

/// The mark of a whole.
fn mark_of(whole: &[u8]) -> u16 {
    crc32c(&[whole]) as u16
}

/// The pieces of this whole, in frames of at most so many bytes; none if it does not go into them.
pub fn pieces(whole: &[u8], frame_bytes_max: usize) -> Vec<Vec<u8>> {
    let room = frame_bytes_max.min(FRAME_BYTES_MAX).saturating_sub(NOTICE_HEAD_BYTES);
    if room == 0 || whole.len() > room * NOTICE_PIECES_MAX || whole.len() > REKEY_BYTES_MAX {
        return Vec::new();
    }
    let [high, low] = mark_of(whole).to_be_bytes();
    let count = whole.len().div_ceil(room) as u8;
    let framed = whole.chunks(room).zip(0u8..).map(|(bytes, piece)| {
        let mut frame = vec![HEAD, high, low, piece, count];
        frame.extend_from_slice(bytes);
        frame
    });
    framed.collect()
}

/// True if this is a piece of a notice, and no frame.
pub fn is_notice(frame: &[u8]) -> bool {
    frame.first() == Some(&HEAD) && frame.len() > NOTICE_HEAD_BYTES
}

/// Which notice a piece belongs to.
type Whole = (u16, u8);

/// Puts pieces together. Anybody can say one, so few are kept, and the oldest gives way.
#[derive(Debug, Default)]
pub struct Gathering {
    begun: BTreeMap<Whole, BTreeMap<u8, Vec<u8>>>,
    /// In the order in which they were begun.
    order: Vec<Whole>,
}

impl Gathering {
    /// One more piece; the whole, if it was the last one that lacked.
    pub fn take(&mut self, frame: &[u8]) -> Option<Vec<u8>> {
        let (head, bytes) = frame.split_first_chunk::<NOTICE_HEAD_BYTES>()?;
        let [first, high, low, piece, count] = *head;
        let possible = first == HEAD && piece < count && usize::from(count) <= NOTICE_PIECES_MAX;
        if !possible || bytes.is_empty() || bytes.len() > REKEY_BYTES_MAX {
            return None;
        }
        let mark = u16::from_be_bytes([high, low]);
        let id = (mark, count);
        if !self.begun.contains_key(&id) {
            if self.order.len() >= NOTICES_MAX {
                self.begun.remove(&self.order.remove(0));
            }
            self.order.push(id);
        }
        let pieces = self.begun.entry(id).or_default();
        pieces.insert(piece, bytes.to_vec());
        if pieces.len() < usize::from(count) {
            return None;
        }
        let whole = self.begun.remove(&id)?.into_values().collect::<Vec<_>>().concat();
        self.order.retain(|begun| *begun != id);
        (whole.len() <= REKEY_BYTES_MAX && mark_of(&whole) == mark).then_some(whole)
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_notice_goes_in_one_frame_or_in_many_and_comes_back_whole_in_any_order() {
        let whole: Vec<u8> = (0..243u8).collect();
        for (room, count) in [(1200, 1), (78, 4), (40, 7), (7, 122)] {
            let mut framed = pieces(&whole, room);
            assert_eq!(framed.len(), count);
            assert!(framed.iter().all(|frame| frame.len() <= room && is_notice(frame)));
            framed.reverse();
            let mut gathering = Gathering::default();
            let heard: Vec<_> = framed.iter().filter_map(|frame| gathering.take(frame)).collect();
            assert_eq!(heard.concat(), whole);
            assert_eq!(heard.len(), 1);
            assert!(gathering.begun.is_empty());
        }
        assert_eq!(pieces(&whole, 5), Vec::<Vec<u8>>::new());
        assert_eq!(pieces(&[0; REKEY_BYTES_MAX + 1], 1200), Vec::<Vec<u8>>::new());
    }

    #[test]
    fn a_notice_has_the_golden_bytes() {
        let framed = pieces(b"123456789", 10);
        assert_eq!(
            framed,
            [b"\x40\x92\x83\x00\x0212345".to_vec(), b"\x40\x92\x83\x01\x026789".to_vec()]
        );
    }

    #[test]
    fn what_anybody_begins_takes_little_room_and_a_good_notice_comes_through_later() {
        let mut gathering = Gathering::default();
        for mark in 0..500u16 {
            let [high, low] = mark.to_be_bytes();
            assert_eq!(gathering.take(&[HEAD, high, low, 0, 9, 1]), None);
        }
        assert_eq!((gathering.begun.len(), gathering.order.len()), (NOTICES_MAX, NOTICES_MAX));
        let framed = pieces(&[7; 200], 78);
        let heard: Vec<_> = framed.iter().filter_map(|frame| gathering.take(frame)).collect();
        assert_eq!(heard, [vec![7; 200]]);
    }

    #[test]
    fn a_false_piece_spoils_one_try_and_not_the_next() {
        let framed = pieces(&[7; 200], 120);
        let mut gathering = Gathering::default();
        let mut forged = framed[0].clone();
        forged[9] ^= 1;
        assert_eq!(gathering.take(&forged), None);
        assert_eq!(gathering.take(&framed[1]), None);
        let again: Vec<_> = framed.iter().filter_map(|frame| gathering.take(frame)).collect();
        assert_eq!(again, [vec![7; 200]]);
    }

    proptest! {
        #[test]
        fn no_pieces_make_it_panic(
            frames in vec(vec(any::<u8>(), 0..40), 0..40)
        ) {
            let mut gathering = Gathering::default();
            for frame in &frames {
                gathering.take(&[&[HEAD, 0, 0], frame.as_slice()].concat());
                prop_assert!(gathering.begun.len() <= NOTICES_MAX);
            }
        }
    }
}
