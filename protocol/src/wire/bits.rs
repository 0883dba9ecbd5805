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

/// Where some bits ended, to go back to.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    bits: usize,
    /// The last byte, which what followed may have filled up.
    last: u8,
}

impl BitWriter {
    /// Nothing yet, with room for so many bytes.
    pub fn with_room(bytes: usize) -> BitWriter {
        BitWriter { bytes: Vec::with_capacity(bytes), bits: 0 }
    }

    /// Bytes that the bits take.
    pub fn byte_len(&self) -> usize {
        self.bytes.len()
    }

    /// Where they end now.
    pub fn mark(&self) -> Mark {
        Mark { bits: self.bits, last: self.bytes.last().copied().unwrap_or(0) }
    }

    /// Take back what was appended since they ended there.
    pub fn cut_back(&mut self, to: Mark) {
        self.bytes.truncate(to.bits.div_ceil(8));
        if let Some(last) = self.bytes.last_mut() {
            *last = to.last;
        }
        self.bits = to.bits;
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
        let begun = (self.bits % 8) as u32;
        self.bits += bytes.len() * 8;
        if begun == 0 {
            return self.bytes.extend_from_slice(bytes);
        }
        // Each fills up the byte before it and begins the next one.
        let mut last = self.bytes.pop().unwrap_or(0);
        self.bytes.reserve(bytes.len() + 1);
        self.bytes.extend(bytes.iter().map(|byte| {
            let full = last | byte >> begun;
            last = byte << (8 - begun);
            full
        }));
        self.bytes.push(last);
    }

    /// The bits so far, the last byte filled up with zeros.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
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
        let begun = self.bits % 8;
        if count == 0 || begun + count as usize > 64 {
            return Ok(self.take_bytewise(end));
        }
        // All of them lie in eight bytes.
        let from = &self.bytes[self.bits / 8..end.div_ceil(8)];
        let all = from.iter().fold(0, |all, byte| all << 8 | u64::from(*byte));
        let value = all >> (from.len() * 8 - begun - count as usize);
        self.bits = end;
        Ok(value & u64::MAX >> (64 - count))
    }

    fn take_bytewise(&mut self, end: usize) -> u64 {
        let mut value = 0;
        while self.bits < end {
            let room = 8 - self.bits % 8;
            let taken = room.min(end - self.bits);
            let piece = u64::from(self.bytes[self.bits / 8]) >> (room - taken);
            value = value << taken | piece & ((1 << taken) - 1);
            self.bits += taken;
        }
        value
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
        let (begun, first) = (self.bits % 8, self.bits / 8);
        if begun == 0 {
            self.bits += count * 8;
            return Ok(self.bytes[first..first + count].to_vec());
        }
        // Each lies in two bytes: of the last one some bits must be there too.
        let from = self.bytes.get(first..=first + count).ok_or(PackError::Short)?;
        self.bits += count * 8;
        let both = |pair: &[u8]| pair[0] << begun | pair[1] >> (8 - begun);
        Ok(from.windows(2).map(both).collect())
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
        fn bytes_go_both_ways_wherever_they_begin(
            begun in 0u32..16,
            bytes: Vec<u8>,
            value: u64,
            count in 1u32..=64,
        ) {
            let mut writer = BitWriter::default();
            writer.put(0x5a5a, begun);
            writer.bytes(&bytes);
            writer.put(value, count);
            let mut one_by_one = BitWriter::default();
            one_by_one.put(0x5a5a, begun);
            bytes.iter().for_each(|byte| one_by_one.put(u64::from(*byte), 8));
            one_by_one.put(value, count);
            prop_assert_eq!(&writer, &one_by_one);
            let written = writer.into_bytes();
            let mut reader = BitReader::new(&written);
            prop_assert_eq!(reader.take(begun), Ok(0x5a5a & ((1 << begun) - 1)));
            prop_assert_eq!(reader.bytes(bytes.len()), Ok(bytes));
            prop_assert_eq!(reader.take(count), Ok(value & u64::MAX >> (64 - count)));
            prop_assert_eq!(reader.finish(), Ok(()));
        }

        #[test]
        fn what_is_taken_back_leaves_no_trace(
            before in prop::collection::vec((0u64..1 << 47, 0u32..12), 0..10),
            after in prop::collection::vec((0u64..1 << 47, 0u32..12), 0..10),
        ) {
            let mut writer = BitWriter::with_room(3);
            before.iter().for_each(|(value, k)| writer.golomb(*value, *k));
            let (kept, mark) = (writer.clone(), writer.mark());
            after.iter().for_each(|(value, k)| writer.golomb(*value, *k));
            writer.cut_back(mark);
            prop_assert_eq!(writer, kept);
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
