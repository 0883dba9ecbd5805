//! One drawing for both directions: a layout hands every value to a coder and goes on with what
//! it gets back. The writer gives back what it was handed, the reader what it read instead.

use crate::base::caps::TEXT_BYTES_MAX;
use crate::wire::bits::{BitReader, BitWriter};
use crate::wire::pack::PackError;
use crate::wire::text::lately;

/// Values of this size and beyond do not go over the air in bits.
const VALUE_END: u64 = 1 << 47;
/// Order of the code for the bytes of a text: up to 31 of them, some 28 characters, take 6 bits.
const TEXT_K: u32 = 5;

/// Writes or reads values, one after another.
pub(super) trait Coder {
    /// So many bits.
    fn bits(&mut self, value: u64, count: u32) -> Result<u64, PackError>;

    /// An Exp-Golomb code of order `k`.
    fn golomb(&mut self, value: u64, k: u32) -> Result<u64, PackError>;

    /// Whole bytes, with their count before them.
    fn bytes(&mut self, bytes: &[u8], k: u32, max: usize) -> Result<Vec<u8>, PackError>;

    /// One bit.
    fn flag(&mut self, is_set: bool) -> Result<bool, PackError> {
        self.bits(u64::from(is_set), 1).map(|bit| bit == 1)
    }

    /// A number of 16 bits.
    fn small(&mut self, value: u16, k: u32) -> Result<u16, PackError> {
        let value = self.golomb(u64::from(value), k)?;
        u16::try_from(value).map_err(|_| PackError::BadValue("number"))
    }

    /// A number of 32 bits.
    fn number(&mut self, value: u32, k: u32) -> Result<u32, PackError> {
        let value = self.golomb(u64::from(value), k)?;
        u32::try_from(value).map_err(|_| PackError::BadValue("number"))
    }

    /// One bit for what it most likely is, the other way of saying it if not.
    fn likely<T: PartialEq + Clone>(
        &mut self,
        value: T,
        likely: T,
        otherwise: impl FnOnce(&mut Self, T) -> Result<T, PackError>,
    ) -> Result<T, PackError>
    where
        Self: Sized,
    {
        if self.flag(value == likely)? { Ok(likely) } else { otherwise(self, value) }
    }

    /// A text, in the shortest of its forms.
    fn text(&mut self, text: &str) -> Result<String, PackError>;

    /// A text that is often not there.
    fn maybe_text(&mut self, text: &str) -> Result<String, PackError> {
        if self.flag(!text.is_empty())? { self.text(text) } else { Ok(String::new()) }
    }
}

impl Coder for BitWriter {
    fn bits(&mut self, value: u64, count: u32) -> Result<u64, PackError> {
        self.put(value, count);
        Ok(value)
    }

    fn golomb(&mut self, value: u64, k: u32) -> Result<u64, PackError> {
        if value >= VALUE_END {
            return Err(PackError::TooLong);
        }
        BitWriter::golomb(self, value, k);
        Ok(value)
    }

    fn bytes(&mut self, bytes: &[u8], k: u32, max: usize) -> Result<Vec<u8>, PackError> {
        if bytes.len() > max {
            return Err(PackError::TooLong);
        }
        BitWriter::golomb(self, bytes.len() as u64, k);
        BitWriter::bytes(self, bytes);
        Ok(bytes.to_vec())
    }

    fn text(&mut self, text: &str) -> Result<String, PackError> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(PackError::TooLong);
        }
        let bytes = lately::encode_standard(text);
        Coder::bytes(self, &bytes, TEXT_K, TEXT_BYTES_MAX)?;
        Ok(text.to_owned())
    }
}

impl Coder for BitReader<'_> {
    fn bits(&mut self, _: u64, count: u32) -> Result<u64, PackError> {
        self.take(count)
    }

    fn golomb(&mut self, _: u64, k: u32) -> Result<u64, PackError> {
        BitReader::golomb(self, k)
    }

    fn bytes(&mut self, _: &[u8], k: u32, max: usize) -> Result<Vec<u8>, PackError> {
        let count = BitReader::golomb(self, k)?;
        if count > max as u64 {
            return Err(PackError::TooLong);
        }
        BitReader::bytes(self, count as usize)
    }

    fn text(&mut self, _: &str) -> Result<String, PackError> {
        let bytes = Coder::bytes(self, &[], TEXT_K, TEXT_BYTES_MAX)?;
        let text = lately::decode_standard(&bytes, TEXT_BYTES_MAX);
        text.map_err(|_| PackError::BadValue("text"))
    }
}
