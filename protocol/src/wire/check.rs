//! Checksums against accidents: a typing error, a folded page, a torn copy. Against people there
//! are tags and signatures, see [`crate::keys`].

/// Bytes of a checksum.
pub const CHECK_BYTES: usize = 4;

/// CRC-32C (Castagnoli; RFC 3720 appendix B.4) over these parts, as if they were one.
pub fn crc32c(parts: &[&[u8]]) -> u32 {
    parts.iter().fold(0, |crc, part| ::crc32c::crc32c_append(crc, part))
}

/// Append the checksum of `label` and all of `bytes`, big-endian.
pub fn append_check(label: &[u8], bytes: &mut Vec<u8>) {
    let check = crc32c(&[label, bytes]);
    bytes.extend_from_slice(&check.to_be_bytes());
}

/// Split off and compare what [`append_check`] appended; `None` if anything differs.
pub fn strip_check<'a>(label: &[u8], bytes: &'a [u8]) -> Option<&'a [u8]> {
    let (body, check) = bytes.split_last_chunk::<CHECK_BYTES>()?;
    (crc32c(&[label, body]) == u32::from_be_bytes(*check)).then_some(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksum_is_that_of_the_standard() {
        // RFC 3720 appendix B.4: 32 bytes of zeros give aa 36 91 8a, least significant first.
        assert_eq!(crc32c(&[&[0; 32]]), 0x8a91_36aa);
        assert_eq!(crc32c(&[b"123456789"]), 0xe306_9283);
        assert_eq!(crc32c(&[b"1234", b"", b"56789"]), 0xe306_9283);
    }

    #[test]
    fn every_flipped_bit_is_seen_and_so_is_another_label() {
        let mut bytes = b"waybill".to_vec();
        append_check(b"A", &mut bytes);
        assert_eq!(strip_check(b"A", &bytes), Some(b"waybill".as_slice()));
        assert_eq!(strip_check(b"B", &bytes), None);
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(strip_check(b"A", &flipped), None, "bit {bit}");
        }
    }

    #[test]
    fn bytes_too_short_for_a_checksum_are_refused() {
        assert_eq!(strip_check(b"", &[]), None);
        assert_eq!(strip_check(b"", &[0, 0, 0]), None);
        assert_eq!(strip_check(b"", &[0, 0, 0, 0]), Some([].as_slice()));
    }
}
