//! What a channel and its TNCs are like. Nothing here changes while frames are on the air; loss
//! and who hears whom are changed through [`super::Air`].

use serde::{Deserialize, Serialize};

use super::fading::Fading;
use super::framing::Framing;

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
    /// Loss in spells, each hearer with its own.
    #[serde(default)]
    pub fading: Option<Fading>,
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
            fading: None,
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
