//! How long a LoRa frame is on the air (Semtech AN1200.13, "LoRa modem designer's guide", section
//! 4), for the presets of Meshtastic (firmware 2.7, table of modem presets; rates as in its public
//! documentation, "Radio settings"). Whole numbers only.

/// Presets there are, numbered from 0.
pub const PRESET_COUNT: u32 = 10;
/// Symbols of the preamble that Meshtastic sends.
const PREAMBLE_SYMBOLS: u64 = 16;
/// The preamble is followed by 4.25 symbols of synchronisation; quarters keep the numbers whole.
const SYNC_QUARTERS: u64 = 17;
/// Symbols from this length on are sent with the low data rate optimisation, microseconds.
const SLOW_SYMBOL_US: u64 = 16_000;

/// A preset by its number in config.proto.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Preset(pub u32);

/// How a LoRa radio is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lora {
    /// Bandwidth, Hz.
    pub bandwidth_hz: u32,
    /// Spreading factor, 7 to 12.
    pub spreading: u32,
    /// Coding rate 4/5 to 4/8, as 5 to 8.
    pub coding: u32,
}

impl Preset {
    /// How the radio is set by it; a number that is not known yet counts as `LONG_FAST`, the
    /// factory setting.
    pub fn lora(self) -> Lora {
        let (bandwidth_khz, spreading, coding) = match self.0 {
            1 => (125, 12, 8),                                                   // LONG_SLOW
            2 => return Lora { bandwidth_hz: 62_500, spreading: 12, coding: 8 }, // VERY_LONG_SLOW
            3 => (250, 10, 5),                                                   // MEDIUM_SLOW
            4 => (250, 9, 5),                                                    // MEDIUM_FAST
            5 => (250, 8, 5),                                                    // SHORT_SLOW
            6 => (250, 7, 5),                                                    // SHORT_FAST
            7 => (125, 11, 8),                                                   // LONG_MODERATE
            8 => (500, 7, 5),                                                    // SHORT_TURBO
            9 => (500, 11, 8),                                                   // LONG_TURBO
            _ => (250, 11, 5),                                                   // LONG_FAST
        };
        Lora { bandwidth_hz: bandwidth_khz * 1000, spreading, coding }
    }
}

impl Lora {
    /// A radio that is not set by a preset; none where the values make no sense.
    pub fn custom(bandwidth_khz: u32, spreading: u32, coding: u32) -> Option<Lora> {
        let bandwidth_hz = match bandwidth_khz {
            31 => 31_250,
            62 => 62_500,
            khz @ 1..=2000 => khz * 1000,
            _ => return None,
        };
        let fits = (7..=12).contains(&spreading) && (5..=8).contains(&coding);
        fits.then_some(Lora { bandwidth_hz, spreading, coding })
    }

    /// Bits of payload a second.
    pub fn rate_bit_s(self) -> u32 {
        let chips = u64::from(self.bandwidth_hz) * u64::from(self.spreading) * 4;
        (chips / (u64::from(self.coding) << self.spreading)) as u32
    }

    /// How long a frame of so many bytes, its header included, is on the air, ms.
    pub fn air_ms(self, bytes: usize) -> u64 {
        (self.quarters(bytes) * self.symbol_us() / 4).div_ceil(1000)
    }

    /// The longest frame, its header included, that is on the air no longer than `ms`.
    pub fn bytes_within(self, ms: u64) -> usize {
        (0..=255).rev().find(|bytes| self.air_ms(*bytes) <= ms).unwrap_or(0)
    }

    fn symbol_us(self) -> u64 {
        (1_000_000u64 << self.spreading) / u64::from(self.bandwidth_hz)
    }

    /// Symbols of a frame, times four.
    fn quarters(self, bytes: usize) -> u64 {
        let spreading = u64::from(self.spreading);
        let slow = if self.symbol_us() >= SLOW_SYMBOL_US { 2 } else { 0 };
        // 28 for the explicit header, 16 for the checksum.
        let bits = (8 * bytes as u64 + 28 + 16).saturating_sub(4 * spreading);
        let blocks = bits.div_ceil(4 * (spreading - slow));
        let symbols = PREAMBLE_SYMBOLS + 8 + blocks * u64::from(self.coding);
        symbols * 4 + SYNC_QUARTERS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_those_of_the_documentation() {
        // "Radio settings": kbit/s of each preset.
        let told = [(0, 1_074), (1, 183), (3, 1_953), (4, 3_515), (5, 6_250), (6, 10_937)];
        for (preset, rate) in told.into_iter().chain([(7, 335), (8, 21_875), (9, 1_342)]) {
            assert_eq!(Preset(preset).lora().rate_bit_s(), rate, "preset {preset}");
        }
    }

    #[test]
    fn air_times_are_those_of_the_research() {
        // research, peers 3: text 82, position 59 and ack 27 bytes on LONG_FAST and LONG_SLOW, to
        // the nearest; here every part of a millisecond counts as one.
        let (fast, slow) = (Preset(0).lora(), Preset(1).lora());
        assert_eq!([82, 59, 27].map(|bytes| fast.air_ms(bytes)), [846, 682, 437]);
        assert_eq!([82, 59, 27].map(|bytes| (slow.air_ms(bytes) + 50) / 100), [54, 41, 25]);
    }

    #[test]
    fn the_longest_frame_within_a_second_is_the_longest() {
        for preset in 0..PRESET_COUNT {
            let lora = Preset(preset).lora();
            let bytes = lora.bytes_within(1000);
            assert!(lora.air_ms(bytes) <= 1000 || bytes == 0, "preset {preset}");
            assert!(bytes == 255 || lora.air_ms(bytes + 1) > 1000, "preset {preset}");
        }
        assert_eq!(Preset(0).lora().bytes_within(1000), 99);
    }

    #[test]
    fn a_radio_set_by_hand_is_believed_only_where_it_makes_sense() {
        assert_eq!(Lora::custom(250, 11, 5), Some(Preset(0).lora()));
        assert_eq!(Lora::custom(62, 12, 8), Some(Preset(2).lora()));
        for (khz, spreading, coding) in [(0, 11, 5), (250, 6, 5), (250, 13, 5), (250, 11, 9)] {
            assert_eq!(Lora::custom(khz, spreading, coding), None);
        }
    }
}
