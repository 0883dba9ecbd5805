//! Values of a few bits, high bit first, for what goes over the air. What the values mean is told
//! where they are written.
//!
//! | value | bits |
//! |---|---|
//! | n bits | as they are |
//! | code of order k | value + 2^k from its first one on, after a zero for each bit over k + 1 |
//!
//! The code is Exp-Golomb (ITU-T H.264, section 9.1, with a higher order). It takes k + 1 bits
//! below 2^k, two more below 3 × 2^k, and so on.

use crate::wire::pack::PackError;

/// Appends bits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BitWriter {
    bytes: Vec<u8>,
    /// Bits written.
    bits: usize,
}

impl BitWriter {
    /// Bytes that the bits take.
    pub fn byte_len(&self) -> usize {
        self.bytes.len()
    }

    /// Append the low `count` bits of a value, at most 64.
    pub fn put(&mut self, value: u64, count: u32) {
        if count > 56 {
            self.put_few(value >> 32, count - 32);
            return self.put_few(value, 32);
        }
        self.put_few(value, count);
    }

    /// The same of at most 56 bits: with what the last byte holds already they are one number.
    fn put_few(&mut self, value: u64, count: u32) {
        let begun = (self.bits % 8) as u32;
        let last = if begun > 0 { self.bytes.pop().unwrap_or(0) } else { 0 };
        let value = value & ((1 << count) - 1);
        let all = u64::from(last) << 56 | value << (64 - count - begun).min(63);
        let bytes = (begun + count).div_ceil(8) as usize;
        self.bytes.extend_from_slice(&all.to_be_bytes()[..bytes]);
        self.bits += count as usize;
    }

    /// Append one bit.
    pub fn flag(&mut self, is_set: bool) {
        self.put(u64::from(is_set), 1);
    }

    /// Append an Exp-Golomb code of order `k`; the value is below 2^48.
    pub fn golomb(&mut self, value: u64, k: u32) {
        let shifted = value.saturating_add(1 << k);
        let width = 64 - shifted.leading_zeros();
        self.put(0, width - k - 1);
        self.put(shifted, width);
    }

    /// Append whole bytes.
    pub fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.put(u64::from(*byte), 8);
        }
    }

    /// The bits, the last byte filled up with zeros.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// Bits that [`BitWriter::golomb`] takes.
pub fn golomb_bits(value: u64, k: u32) -> u32 {
    let width = 64 - value.saturating_add(1 << k).leading_zeros();
    2 * width - k - 1
}

/// Reads bits off the front of some bytes.
#[derive(Clone, Debug)]
pub struct BitReader<'a> {
    bytes: &'a [u8],
    bits: usize,
}

impl<'a> BitReader<'a> {
    /// A reader at the start of these bytes.
    pub fn new(bytes: &'a [u8]) -> BitReader<'a> {
        BitReader { bytes, bits: 0 }
    }

    /// The next `count` bits, at most 64.
    ///
    /// # Errors
    /// The bits end before.
    pub fn take(&mut self, count: u32) -> Result<u64, PackError> {
        let end = self.bits + count as usize;
        if end > self.bytes.len() * 8 {
            return Err(PackError::Short);
        }
        let mut value = 0;
        while self.bits < end {
            let room = 8 - self.bits % 8;
            let taken = room.min(end - self.bits);
            let piece = u64::from(self.bytes[self.bits / 8]) >> (room - taken);
            value = value << taken | piece & ((1 << taken) - 1);
            self.bits += taken;
        }
        Ok(value)
    }

    /// The next bit.
    ///
    /// # Errors
    /// There is none.
    pub fn flag(&mut self) -> Result<bool, PackError> {
        self.take(1).map(|bit| bit == 1)
    }

    /// The next Exp-Golomb code of order `k`.
    ///
    /// # Errors
    /// The bits end before, or the value has more than 48 bits.
    pub fn golomb(&mut self, k: u32) -> Result<u64, PackError> {
        let mut zeros = 0;
        while !self.flag()? {
            zeros += 1;
            if zeros + k > 48 {
                return Err(PackError::BadValue("golomb"));
            }
        }
        let rest = self.take(zeros + k)?;
        Ok((1 << (zeros + k)) + rest - (1 << k))
    }

    /// The next whole bytes.
    ///
    /// # Errors
    /// There are fewer.
    pub fn bytes(&mut self, count: usize) -> Result<Vec<u8>, PackError> {
        if count > self.bytes.len().saturating_sub(self.bits / 8) {
            return Err(PackError::Short);
        }
        (0..count).map(|_| self.take(8).map(|byte| byte as u8)).collect()
    }

    /// Nothing but zeros that fill the last byte is left.
    ///
    /// # Errors
    /// Something is left.
    pub fn finish(mut self) -> Result<(), PackError> {
        let left = self.bytes.len() * 8 - self.bits;
        if left >= 8 || self.take(left as u32)? != 0 {
            return Err(PackError::Trailing);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_golomb_code_takes_as_many_bits_as_is_said() {
        for (value, k, bits) in [(0, 0, 1), (1, 0, 3), (2, 0, 3), (3, 0, 5), (63, 6, 7), (64, 6, 9)]
        {
            let mut writer = BitWriter::default();
            writer.golomb(value, k);
            assert_eq!(writer.bits, bits, "{value} of order {k}");
            assert_eq!(golomb_bits(value, k), bits as u32);
        }
    }

    #[test]
    fn what_is_left_beyond_the_last_byte_is_refused() {
        let mut writer = BitWriter::default();
        writer.put(0b101, 3);
        let mut bytes = writer.into_bytes();
        let ends = |bytes: &[u8]| {
            let mut reader = BitReader::new(bytes);
            reader.take(3).map(|_| reader.finish())
        };
        assert_eq!(ends(&bytes), Ok(Ok(())));
        bytes[0] |= 1;
        assert_eq!(ends(&bytes), Ok(Err(PackError::Trailing)));
        assert_eq!(ends(&[0b1010_0000, 0]), Ok(Err(PackError::Trailing)));
    }

    proptest! {
        #[test]
        fn values_go_both_ways(values in prop::collection::vec((0u64..1 << 47, 0u32..12), 0..40)) {
            let mut writer = BitWriter::default();
            for (value, k) in &values {
                writer.flag(*k > 3);
                writer.golomb(*value, *k);
                writer.put(value & 0xff, 8);
            }
            let bytes = writer.into_bytes();
            let mut reader = BitReader::new(&bytes);
            for (value, k) in &values {
                prop_assert_eq!(reader.flag(), Ok(*k > 3));
                prop_assert_eq!(reader.golomb(*k), Ok(*value));
                prop_assert_eq!(reader.take(8), Ok(value & 0xff));
            }
            prop_assert_eq!(reader.finish(), Ok(()));
        }

        #[test]
        fn any_bytes_are_read_without_panic(bytes: Vec<u8>, k in 0u32..20) {
            let mut reader = BitReader::new(&bytes);
            while reader.golomb(k).is_ok() {}
            let mut reader = BitReader::new(&bytes);
            while reader.bytes(3).is_ok() {}
        }
    }
}
