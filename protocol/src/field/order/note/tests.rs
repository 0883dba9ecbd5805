//! Notes as bytes.

use super::*;
use crate::base::ids::{DeviceId, GroupId};

fn spoken(author: u16, incarnation: u8, seq: u32) -> SpokenId {
    SpokenId { author: DeviceId(author), incarnation, seq }
}

#[test]
fn a_note_goes_both_ways_and_no_part_of_it_is_taken_for_the_whole() {
    let words = Sealed { group: GroupId(2), turn: 3, bytes: (1..=9).collect() };
    let note = SealedNote { order: spoken(1, 2, 17), about: spoken(4, 0, 300), words };
    let bytes = note.packed();
    assert_eq!(SealedNote::unpack_all(&bytes), Ok(note));
    for cut in 0..bytes.len() {
        assert!(SealedNote::unpack_all(&bytes[..cut]).is_err(), "{cut}");
    }
}
