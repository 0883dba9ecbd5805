//! What may stand in a brief frame: one thing that is said again soon, and that needs no proof
//! beyond a tag of four bytes. Anything else is refused there, whatever the tag.
//!
//! | plain bytes | meaning |
//! |---|---|
//! | 1 | "same": the echo |
//! | 4 | digest: heads 3, board 1 |
//! | 5 | the same, and it wants an answer; a zero at the end |
//! | 8 and more | fixes: seconds since 1970 in 4, bits of `field::air` |

use crate::base::caps::CARRY_FRAME_BYTES_MAX;
use crate::wire::bundle::{Digest, Fixes, Section};
use crate::wire::pack::{PackError, Reader};

/// Fewest bytes of fixes: four of time, four of one fix.
const FIXES_BYTES_MIN: usize = 8;

/// The bytes of a section alone in a brief frame; none if it may not stand there.
pub fn pack(section: &Section) -> Option<Vec<u8>> {
    match section {
        Section::Same(echo) => Some(vec![*echo]),
        Section::Digest(digest) => {
            let mut bytes = digest.heads.to_vec();
            bytes.push(digest.board);
            bytes.extend(digest.asks.then_some(0));
            Some(bytes)
        }
        Section::Fixes(fixes) => {
            let mut bytes = fixes.base_s.to_be_bytes().to_vec();
            bytes.extend_from_slice(&fixes.bits);
            (bytes.len() >= FIXES_BYTES_MIN).then_some(bytes)
        }
        Section::Run(_)
        | Section::Packed(_)
        | Section::Part(_)
        | Section::Seal(..)
        | Section::Piece(..)
        | Section::Ack(_)
        | Section::Heads(_)
        | Section::Want(_)
        | Section::Absent(..)
        | Section::Twice(_)
        | Section::Board(_)
        | Section::Sketch(_)
        | Section::Delta(_)
        | Section::Holders(..)
        | Section::Vouch(_)
        | Section::Lack(_)
        | Section::Sum(_)
        | Section::Call(_) => None,
    }
}

/// True if these bytes of a brief frame are a digest.
pub fn is_digest(bytes: &[u8]) -> bool {
    matches!(read(bytes), Ok(Section::Digest(_)))
}

/// The section in a brief frame.
///
/// # Errors
/// The bytes are none of those above.
pub fn read(bytes: &[u8]) -> Result<Section, PackError> {
    if bytes.len() > CARRY_FRAME_BYTES_MAX {
        return Err(PackError::TooLong);
    }
    match *bytes {
        [echo] => Ok(Section::Same(echo)),
        [a, b, c, board] => Ok(Section::Digest(Digest { heads: [a, b, c], board, asks: false })),
        [a, b, c, board, 0] => Ok(Section::Digest(Digest { heads: [a, b, c], board, asks: true })),
        _ if bytes.len() >= FIXES_BYTES_MIN => {
            let mut reader = Reader::new(bytes);
            let base_s = u32::from_be_bytes(reader.array()?);
            Ok(Section::Fixes(Fixes { base_s, bits: reader.rest().to_vec() }))
        }
        _ => Err(PackError::BadValue("brief")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::golden;

    #[test]
    fn what_a_brief_frame_may_say_goes_both_ways_and_keeps_its_bytes() {
        let digest = Digest { heads: [1, 2, 3], board: 4, asks: false };
        let sections = [
            ("same", Section::Same(7)),
            ("digest", Section::Digest(digest)),
            ("query", Section::Digest(Digest { asks: true, ..digest })),
            ("fixes", Section::Fixes(Fixes { base_s: 1_787_011_200, bits: vec![9; 7] })),
        ];
        let mut made = Vec::new();
        for (name, section) in sections {
            let bytes = pack(&section).expect("it may stand there");
            assert_eq!(read(&bytes), Ok(section), "{name}");
            made.push((name, bytes));
        }
        golden::compare("brief.hex", include_str!("../../golden/brief.hex"), &made);
    }

    #[test]
    fn nothing_that_needs_proof_may_stand_in_a_brief_frame() {
        assert_eq!(pack(&Section::Ack(Vec::new())), None);
        assert_eq!(pack(&Section::Board(Vec::new())), None);
        for bytes in [&[][..], &[1, 2], &[1, 2, 3], &[1, 2, 3, 4, 1], &[0; 6], &[0; 7]] {
            assert!(read(bytes).is_err(), "{bytes:?}");
        }
    }
}
