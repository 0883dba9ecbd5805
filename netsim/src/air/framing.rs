//! What a modem puts around a frame on the air, in bits. Which of it a channel uses is in
//! [`super::Config`].

use serde::{Deserialize, Serialize};

/// What is put around a frame on the air.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Framing {
    /// AX.25 over HDLC: one flag, 2 bytes of check sum, and a zero after every five ones.
    Hdlc,
    /// The same within a Reed–Solomon block of 16 check bytes: about two decibels more noise are
    /// borne. Blocks have few lengths, so short frames cost most.
    Fx25,
    /// The bytes as they are: a transparent serial radio.
    Plain,
}

/// Bytes that HDLC adds to a frame: one flag shared with the next frame, and the check sum.
const HDLC_BYTES: u64 = 3;
/// The tag that tells the length of an FX.25 block, bytes (FX.25 draft 01, correlation tags).
const FX25_TAG_BYTES: u64 = 8;
/// Bytes of HDLC that a block of 16 check bytes holds, and its length (the same).
const FX25_BLOCKS: [(u64, u64); 4] = [(32, 48), (64, 80), (128, 144), (239, 255)];

impl Framing {
    /// Bits on the air for `frame`, stuffed zeros counted as the bits really fall.
    pub fn bits(self, frame: &[u8]) -> u64 {
        let plain = frame.len() as u64 * 8;
        let hdlc = plain + HDLC_BYTES * 8 + stuffed_zeros(frame);
        match self {
            Framing::Plain => plain,
            Framing::Hdlc => hdlc,
            Framing::Fx25 => {
                // Flags at both ends are in the block. What no block holds goes as it is.
                let bytes = (hdlc + 8).div_ceil(8);
                let block = FX25_BLOCKS.iter().find(|(holds, _)| bytes <= *holds);
                block.map_or(hdlc, |(_, length)| (FX25_TAG_BYTES + length) * 8)
            }
        }
    }
}

/// Zeros that HDLC puts in: one after five ones in a row, bytes sent least significant bit first.
fn stuffed_zeros(frame: &[u8]) -> u64 {
    let (mut ones, mut zeros) = (0, 0);
    for byte in frame {
        let (after, stuffed) = STUFFED[ones][usize::from(*byte)];
        (ones, zeros) = (usize::from(after), zeros + u64::from(stuffed));
    }
    zeros
}

/// For so many ones before a byte, and for each byte: ones at its end, and zeros stuffed in it.
static STUFFED: [[(u8, u8); 256]; 5] = {
    let mut table = [[(0, 0); 256]; 5];
    let mut before = 0;
    while before < 5 {
        let mut byte = 0;
        while byte < 256 {
            let (mut ones, mut zeros, mut bit) = (before as u8, 0, 0);
            while bit < 8 {
                ones = if byte >> bit & 1 == 1 { ones + 1 } else { 0 };
                if ones == 5 {
                    (ones, zeros) = (0, zeros + 1);
                }
                bit += 1;
            }
            table[before][byte] = (ones, zeros);
            byte += 1;
        }
        before += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_are_stuffed_after_five_ones() {
        let cases: [(&[u8], u64); 6] = [
            (&[0x00], 0),
            (&[0x0F], 0),
            (&[0x1F], 1),
            (&[0xFF], 1),
            (&[0xFF, 0x03], 2), // ten ones in a row, across the byte border
            (&[0xE0, 0x03], 1), // three ones, then two: five across the border
        ];
        for (frame, zeros) in cases {
            assert_eq!(stuffed_zeros(frame), zeros, "{frame:02x?}");
        }
    }

    #[test]
    fn an_fx25_block_has_one_of_four_lengths_and_longer_frames_go_without() {
        // 28 bytes, two flags and the check sum: 32.
        for (bytes, block) in [(28, 48), (29, 80), (76, 144), (216, 255), (235, 255)] {
            assert_eq!(Framing::Fx25.bits(&vec![0; bytes]), (8 + block) * 8, "{bytes}");
        }
        assert_eq!(Framing::Fx25.bits(&[0; 236]), Framing::Hdlc.bits(&[0; 236]));
    }
}
