//! The file behind a model: its alphabet and the symbols of the text it was made from. Reading
//! only; `protocol/examples/build_text_model` writes it. What is counted in it, [`super::model`]
//! says.
//!
//! | part | bytes |
//! |---|---|
//! | format | 1: version 1 |
//! | count of characters | varint |
//! | each character | varint: zigzag of the step from the code point before, × 8, + band |
//! | count of passages | varint |
//! | each passage | varint: count of symbols × 2, + 1 if a whole message; each symbol, varint |
//!
//! Symbols 0 and 1 are not characters: [`END`] and [`OTHER`]. Character n is symbol n + 2.

use crate::wire::pack::{PackError, Reader};

/// The end of a message.
pub const END: u16 = 0;
/// A character outside the alphabet; it is spelt after this.
pub const OTHER: u16 = 1;
/// Symbols before the first character.
pub const MARKS: u16 = 2;

/// Characters of an alphabet: all of GB 2312 and as much again.
pub const ALPHABET_MAX: u64 = 16_384;
/// Symbols of all passages of one table, so that a model stays under 2 MB.
pub const SYMBOLS_MAX: usize = 80_000;

/// Some symbols that stand together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// A message from its first character to its end; otherwise a name, from inside a message.
    pub is_message: bool,
    /// Its symbols, without [`END`].
    pub symbols: Vec<u16>,
}

/// What a table file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Each character and its band: how common it is in writing at large, 0 the commonest.
    pub alphabet: Vec<(char, u8)>,
    /// What the counts are taken from.
    pub passages: Vec<Passage>,
}

impl Table {
    /// Read a table.
    ///
    /// # Errors
    /// When the bytes are not a table of this format, or too large a one.
    pub fn read(bytes: &[u8]) -> Result<Table, PackError> {
        let mut from = Reader::new(bytes);
        if from.byte()? != 1 {
            return Err(PackError::BadValue("format"));
        }
        let alphabet = read_alphabet(&mut from)?;
        let passages = read_passages(&mut from, alphabet.len())?;
        if from.is_empty() { Ok(Table { alphabet, passages }) } else { Err(PackError::Trailing) }
    }
}

fn read_alphabet(from: &mut Reader<'_>) -> Result<Vec<(char, u8)>, PackError> {
    let count = from.varint()?;
    if count > ALPHABET_MAX {
        return Err(PackError::TooLong);
    }
    let mut alphabet = Vec::new();
    let mut point = 0i64;
    for _ in 0..count {
        let step = from.varint()?;
        let band = (step & 7).to_le_bytes()[0];
        point = point.wrapping_add(unzigzag(step >> 3));
        let char = u32::try_from(point).ok().and_then(char::from_u32);
        alphabet.push((char.ok_or(PackError::BadValue("character"))?, band));
    }
    Ok(alphabet)
}

fn read_passages(from: &mut Reader<'_>, chars: usize) -> Result<Vec<Passage>, PackError> {
    let count = from.varint()?;
    let mut passages = Vec::new();
    let mut left = SYMBOLS_MAX;
    for _ in 0..count {
        let length = from.varint()?;
        let symbols = usize::try_from(length >> 1).map_err(|_| PackError::TooLong)?;
        left = left.checked_sub(symbols + 1).ok_or(PackError::TooLong)?;
        let symbols: Result<Vec<u16>, PackError> =
            (0..symbols).map(|_| read_symbol(from, chars)).collect();
        passages.push(Passage { is_message: length & 1 == 1, symbols: symbols? });
    }
    Ok(passages)
}

fn read_symbol(from: &mut Reader<'_>, chars: usize) -> Result<u16, PackError> {
    let symbol = u16::try_from(from.varint()?).map_err(|_| PackError::BadValue("symbol"))?;
    let is_char = (usize::from(MARKS)..usize::from(MARKS) + chars).contains(&symbol.into());
    if is_char { Ok(symbol) } else { Err(PackError::BadValue("symbol")) }
}

fn unzigzag(value: u64) -> i64 {
    let half = i64::try_from(value >> 1).unwrap_or(i64::MAX);
    if value & 1 == 0 { half } else { !half }
}
