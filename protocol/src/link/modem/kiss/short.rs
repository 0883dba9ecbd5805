//! Frames that are too short for a TNC. Dire Wolf, and others made for AX.25, throw away what is
//! shorter than two addresses and a control byte, without a word ([`KISS_FRAME_MIN`]). A mute
//! beacon has 7 bytes, a digest alone 12. Such a frame goes in one of just the least length:
//!
//! ```text
//! Fn  b b … b  0 0 … 0     n bytes of frame, 1 to 14, then zeros: 15 bytes in all
//! ```
//!
//! No frame of ours begins with `F`: that would be version 7 (`wire::frame`). Transparent gateways
//! and LoRa firmware take any length, and get short frames as they are; both forms are understood
//! from anybody. What it costs on the air is counted by who paces.

use super::KISS_FRAME_MIN;

/// High half of the first byte.
pub const MARK: u8 = 0xF0;

/// The frame as a TNC passes it on; `None` if it is long enough as it is.
pub fn lengthened(frame: &[u8]) -> Option<[u8; KISS_FRAME_MIN]> {
    if frame.is_empty() || frame.len() >= KISS_FRAME_MIN {
        return None;
    }
    let mut long = [0; KISS_FRAME_MIN];
    long[0] = MARK | frame.len() as u8;
    long[1..=frame.len()].copy_from_slice(frame);
    Some(long)
}

/// What was meant by what a TNC heard.
pub fn meant(mut heard: Vec<u8>) -> Vec<u8> {
    let Some(&first) = heard.first() else { return heard };
    let count = usize::from(first & !MARK);
    let is_ours = heard.len() == KISS_FRAME_MIN && first & MARK == MARK && count > 0;
    // Fifteen would fit no more behind the first byte.
    if !is_ours || count >= KISS_FRAME_MIN || heard[1 + count..].iter().any(|byte| *byte != 0) {
        return heard;
    }
    heard.truncate(1 + count);
    heard.remove(0);
    heard
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::frame::{ASKING_VERSION, FRAME_VERSION};

    #[test]
    fn a_short_frame_comes_back_from_its_least_length() {
        for count in 1..KISS_FRAME_MIN {
            for byte in [0, 1, 0xC0, 0xFF] {
                let frame = vec![byte; count];
                let long = lengthened(&frame).expect("too short");
                assert_eq!(meant(long.to_vec()), frame, "{count}");
            }
        }
    }

    #[test]
    fn a_frame_that_is_long_enough_goes_as_it_is() {
        for count in [0, KISS_FRAME_MIN, KISS_FRAME_MIN + 1, 200] {
            let frame = vec![FRAME_VERSION << 5; count];
            assert_eq!(lengthened(&frame), None);
            assert_eq!(meant(frame.clone()), frame);
        }
    }

    #[test]
    fn what_only_looks_like_one_is_left_alone() {
        let mut long = lengthened(b"beacon").expect("short").to_vec();
        long[14] = 1;
        assert_eq!(meant(long.clone()), long, "bytes behind its end");
        for first in [MARK, MARK | 15] {
            let odd = [vec![first], vec![0; 14]].concat();
            assert_eq!(meant(odd.clone()), odd);
        }
        let cut = vec![MARK | 3, 1, 2, 3];
        assert_eq!(meant(cut.clone()), cut);
        assert_eq!(meant(Vec::new()), Vec::<u8>::new());
    }

    #[test]
    fn no_frame_of_ours_begins_like_one() {
        for version in 0..=FRAME_VERSION.max(ASKING_VERSION) {
            assert!((version << 5) | 0x1F < MARK, "version {version}");
        }
    }
}
