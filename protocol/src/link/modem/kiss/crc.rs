//! The check sum that a transparent gateway's frames carry: CRC-32 as in Ethernet (ISO/IEC 8802-3,
//! 3.2.9), sent least significant byte first. Not the one that our own files and texts carry.

/// Bytes of it.
pub const CRC_BYTES: usize = 4;

/// The polynomial of the standard, bits reversed.
const POLYNOMIAL: u32 = 0xEDB8_8320;

/// The check sum of these bytes. Bit by bit: a serial line gives it ten times the time it takes.
pub fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { crc >> 1 ^ POLYNOMIAL } else { crc >> 1 };
    let take = |crc: u32, byte: &u8| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc));
    !bytes.iter().fold(u32::MAX, take)
}

#[cfg(test)]
mod tests {
    use super::crc32;

    #[test]
    fn the_check_sum_is_that_of_the_standard() {
        // The check value that catalogues of cyclic codes give for this one.
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b""), 0);
    }
}
