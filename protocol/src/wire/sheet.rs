//! Sheets: bytes as a numbered sequence of short texts, each small enough for one code that a
//! camera or a hand scanner reads from a screen or from paper. What the bytes mean is decided by
//! the caller; nothing is drawn here.
//!
//! ```text
//! "SDQ:" and armor of:  number 1 | total 1 | set 4 | piece
//! ```
//!
//! `set` is the CRC-32C of the whole: it tells sequences apart and proves that the pieces were put
//! together rightly. Each sheet has the check of its armor besides, so a bad reading is refused
//! at once. Sheets may be read in any order and any number of times.

use std::collections::BTreeMap;

use crate::base::caps::{ARMOR_BYTES_MAX, SHEET_SETS_MAX, SHEETS_MAX};
use crate::wire::armor::{Armor, ArmorError};
use crate::wire::check::{CHECK_BYTES, crc32c};

/// No groups: nobody types a sheet, and dashes would cost room.
const ARMOR: Armor = Armor { label: "SDQ", group: 0 };
/// The label and its colon.
const LABEL_CHARS: usize = 4;
const HEAD_BYTES: usize = 6;

/// One sheet as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Which sequence it belongs to.
    pub set: u32,
    /// Its number, from 1.
    pub number: u8,
    /// Sheets of the sequence.
    pub total: u8,
    /// Its share of the bytes.
    pub piece: Vec<u8>,
}

/// Why bytes cannot be split, or a text is no sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SheetError {
    /// More sheets would be needed than a sequence may have.
    TooLong,
    /// So few characters leave no room for a piece.
    TooNarrow,
    /// The text is something else.
    Other,
    /// It was meant to be a sheet, but was read wrongly.
    Damaged,
    /// Sheets of too many sequences at once.
    TooManySets,
}

impl SheetError {
    /// The stable word for counts and programs.
    pub fn word(self) -> &'static str {
        match self {
            SheetError::TooLong => "too_long",
            SheetError::TooNarrow => "too_narrow",
            SheetError::Other => "no_sheet",
            SheetError::Damaged => "damaged",
            SheetError::TooManySets => "too_many_sets",
        }
    }
}

/// Bytes of a piece when a text may have so many characters; 0 if there is no room.
pub fn piece_bytes(chars_max: usize) -> usize {
    let bytes = chars_max.saturating_sub(LABEL_CHARS) * 5 / 8;
    bytes.min(ARMOR_BYTES_MAX).saturating_sub(HEAD_BYTES + CHECK_BYTES)
}

/// The texts of these bytes, none longer than `chars_max` characters, all of about one length.
///
/// # Errors
/// They would be more than [`SHEETS_MAX`], or there is no room for a piece.
pub fn split(bytes: &[u8], chars_max: usize) -> Result<Vec<String>, SheetError> {
    let room = piece_bytes(chars_max);
    if room == 0 {
        return Err(SheetError::TooNarrow);
    }
    let total = bytes.len().div_ceil(room).max(1);
    if total > SHEETS_MAX {
        return Err(SheetError::TooLong);
    }
    let piece = bytes.len().div_ceil(total).max(1);
    let set = crc32c(&[bytes]).to_be_bytes();
    let texts = (0..total).map(|at| {
        let from = (at * piece).min(bytes.len());
        let share = &bytes[from..bytes.len().min(from + piece)];
        let mut body = vec![at as u8 + 1, total as u8];
        body.extend_from_slice(&set);
        body.extend_from_slice(share);
        ARMOR.write(&body)
    });
    Ok(texts.collect())
}

/// The sheet of this text.
///
/// # Errors
/// It is something else, or was read wrongly.
pub fn read(text: &str) -> Result<Sheet, SheetError> {
    let body = ARMOR.read(text).map_err(|error| match error {
        ArmorError::OtherLabel | ArmorError::TooLong => SheetError::Other,
        ArmorError::BadCharacter { .. } | ArmorError::Damaged => SheetError::Damaged,
    })?;
    let (head, piece) = body.split_first_chunk::<HEAD_BYTES>().ok_or(SheetError::Damaged)?;
    let [number, total, set @ ..] = *head;
    if number == 0 || number > total || usize::from(total) > SHEETS_MAX {
        return Err(SheetError::Damaged);
    }
    Ok(Sheet { set: u32::from_be_bytes(set), number, total, piece: piece.to_vec() })
}

/// Puts sheets together, of up to [`SHEET_SETS_MAX`] sequences side by side.
#[derive(Clone, Debug, Default)]
pub struct Joiner {
    sets: BTreeMap<(u32, u8), BTreeMap<u8, Vec<u8>>>,
    last: Option<(u32, u8)>,
}

impl Joiner {
    /// Take in a text. `Ok(true)` if its sheet was not there yet.
    ///
    /// # Errors
    /// It is no sheet, or there are sheets of too many sequences.
    pub fn offer(&mut self, text: &str) -> Result<bool, SheetError> {
        let sheet = read(text)?;
        let key = (sheet.set, sheet.total);
        if !self.sets.contains_key(&key) && self.sets.len() >= SHEET_SETS_MAX {
            return Err(SheetError::TooManySets);
        }
        self.last = Some(key);
        let pieces = self.sets.entry(key).or_default();
        let is_new = !pieces.contains_key(&sheet.number);
        pieces.entry(sheet.number).or_insert(sheet.piece);
        Ok(is_new)
    }

    /// Of the sequence that was read last: sheets there are, and numbers of those that lack.
    pub fn progress(&self) -> Option<(u8, Vec<u8>)> {
        let key = self.last?;
        let pieces = self.sets.get(&key)?;
        let missing = (1..=key.1).filter(|number| !pieces.contains_key(number));
        Some((key.1, missing.collect()))
    }

    /// The bytes of the sequence that was read last, once it is whole.
    ///
    /// # Errors
    /// All its sheets are there, yet they do not fit together.
    pub fn whole(&self) -> Option<Result<Vec<u8>, SheetError>> {
        let (set, total) = self.last?;
        let pieces = self.sets.get(&(set, total))?;
        if pieces.len() < usize::from(total) {
            return None;
        }
        let bytes: Vec<u8> = pieces.values().flatten().copied().collect();
        Some(if crc32c(&[&bytes]) == set { Ok(bytes) } else { Err(SheetError::Damaged) })
    }
}

#[cfg(test)]
mod tests;
