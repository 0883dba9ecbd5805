//! What a channel and its TNCs are like. Nothing here changes while frames are on the air; loss
//! and who hears whom are changed through [`super::Air`].

use serde::{Deserialize, Serialize};

/// What is put around a frame on the air.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Framing {
    /// AX.25 over HDLC: one flag, 2 bytes of check sum, and a zero after every five ones.
    Hdlc,
    /// The bytes as they are: a transparent serial radio.
    Plain,
}

/// Bytes that HDLC adds to a frame: one flag shared with the next frame, and the check sum.
const HDLC_BYTES: u64 = 3;

impl Framing {
    /// Bits on the air for `frame`, stuffed zeros counted as the bits really fall.
    pub fn bits(self, frame: &[u8]) -> u64 {
        let plain = frame.len() as u64 * 8;
        match self {
            Framing::Plain => plain,
            Framing::Hdlc => plain + HDLC_BYTES * 8 + stuffed_zeros(frame),
        }
    }
}

/// Zeros that HDLC puts in: one after five ones in a row, bytes sent least significant bit first.
fn stuffed_zeros(frame: &[u8]) -> u64 {
    let (mut ones, mut zeros) = (0, 0);
    for bit in frame.iter().flat_map(|byte| (0..8).map(move |n| byte >> n & 1)) {
        ones = if bit == 1 { ones + 1 } else { 0 };
        if ones == 5 {
            (ones, zeros) = (0, zeros + 1);
        }
    }
    zeros
}

/// Properties of the channel and of every TNC on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Config {
    /// Raw rate, bit/s.
    pub rate_bit_s: u32,
    /// Flags after the key goes down and before the first frame, ms.
    pub txdelay_ms: u32,
    /// Flags after the last frame and before the key goes up, ms.
    pub txtail_ms: u32,
    /// Length of one access slot, ms.
    pub slot_ms: u32,
    /// The key goes down after a free slot when a die of 0..=255 shows this or less.
    pub persist: u8,
    /// How long a carrier is on the air before others notice it, ms.
    pub sense_ms: u32,
    /// What is put around frames.
    pub framing: Framing,
    /// Loss of a frame at one hearer, however short, per million.
    pub loss_ppm: u32,
    /// Loss added per 100 bytes of the frame, per million: long frames die first.
    pub loss_per_100_bytes_ppm: u32,
    /// Frames that wait in one TNC; more are refused.
    pub queue_frames_max: usize,
    /// Frames in one transmission; the rest waits for the next.
    pub burst_frames_max: usize,
}

impl Config {
    /// Dire Wolf 1.6 as installed: TXDELAY 30, TXTAIL 10, SLOTTIME 10 (units of 10 ms),
    /// PERSIST 63. Carrier sense: its detector needs about 32 bits and the audio path some 20 ms.
    pub fn direwolf(rate_bit_s: u32) -> Config {
        Config {
            rate_bit_s,
            txdelay_ms: 300,
            txtail_ms: 100,
            slot_ms: 100,
            persist: 63,
            sense_ms: 20 + 32_000 / rate_bit_s.max(1),
            framing: Framing::Hdlc,
            loss_ppm: 0,
            loss_per_100_bytes_ppm: 0,
            queue_frames_max: 256,
            burst_frames_max: 256,
        }
    }

    /// A transparent serial line on which many listen: no modem to key up, no other framing, and a
    /// sender notices another within a byte. What other systems were measured on.
    pub fn unkeyed(rate_bit_s: u32) -> Config {
        Config {
            txdelay_ms: 0,
            txtail_ms: 0,
            slot_ms: 10,
            sense_ms: 8_000 / rate_bit_s.max(1),
            framing: Framing::Plain,
            ..Config::direwolf(rate_bit_s)
        }
    }

    /// Milliseconds that `frame` alone takes, rounded up; keying not counted.
    pub fn frame_ms(&self, frame: &[u8]) -> u64 {
        (self.framing.bits(frame) * 1000).div_ceil(u64::from(self.rate_bit_s.max(1)))
    }

    /// Loss of a frame of `bytes` at one hearer, per million, at most a million.
    pub fn loss_of_ppm(&self, bytes: usize) -> u32 {
        let by_length = u64::from(self.loss_per_100_bytes_ppm) * bytes as u64 / 100;
        (u64::from(self.loss_ppm) + by_length).min(1_000_000) as u32
    }
}

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
    fn a_frame_takes_its_bits_at_the_rate() {
        let config = Config::direwolf(1200);
        // (72 + 3) bytes × 8 bits at 1,200 bit/s.
        assert_eq!(config.frame_ms(&[0; 72]), 500);
        assert_eq!(Config { framing: Framing::Plain, ..config }.frame_ms(&[0xFF; 75]), 500);
    }

    #[test]
    fn loss_rises_with_length_up_to_certainty() {
        let config =
            Config { loss_ppm: 100_000, loss_per_100_bytes_ppm: 50_000, ..Config::direwolf(1200) };
        let losses = [0, 100, 250, 4000].map(|bytes| config.loss_of_ppm(bytes));
        assert_eq!(losses, [100_000, 150_000, 225_000, 1_000_000]);
    }
}
