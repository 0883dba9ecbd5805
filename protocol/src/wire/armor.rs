//! Armor: bytes as text that survives paper, a text message, a QR code and a tired typist. What
//! the bytes mean is decided by the caller; keys/enrol.rs writes requests and join files this way.
//!
//! ```text
//! LABEL ':' digits of base 32, five bits each, most significant first, in groups with dashes
//!
//! bytes in the digits:  body | CRC-32C of label and body, 4 bytes
//! alphabet:             0123456789ABCDEFGHJKMNPQRSTVWXYZ          (no I, L, O, U)
//! ```
//!
//! Written in capitals, which a QR code packs into 5.5 bits each. Read with either case, with
//! blanks, line breaks and dashes anywhere, with O for 0 and I or L for 1, and with the full-width
//! letters of an input method.

use crate::base::caps::{ARMOR_BYTES_MAX, ARMOR_TEXT_BYTES_MAX};
use crate::wire::check::{CHECK_BYTES, append_check, strip_check};

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// One kind of armored text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Armor {
    /// What stands before the colon: capitals and digits.
    pub label: &'static str,
    /// Digits in a group; 0 for no groups.
    pub group: usize,
}

/// Why a text is not what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArmorError {
    /// It does not begin with the label and a colon: it is something else.
    OtherLabel,
    /// Longer than any text of ours.
    TooLong,
    /// Contains a character that no digit can be; `position` counts characters from 1, blanks
    /// included.
    BadCharacter {
        /// Where it stands.
        position: usize,
    },
    /// All characters are possible, but some are wrong, missing or too many.
    Damaged,
}

impl Armor {
    /// The text of these bytes, in one line.
    ///
    /// # Panics
    /// If `body` is longer than [`ARMOR_BYTES_MAX`]: callers have their own, smaller limits.
    pub fn write(&self, body: &[u8]) -> String {
        assert!(body.len() <= ARMOR_BYTES_MAX, "a body for armor is bounded by its caller");
        let mut bytes = body.to_vec();
        append_check(self.label.as_bytes(), &mut bytes);
        let mut text = format!("{}:", self.label);
        let (mut held, mut held_bits, mut digits) = (0u32, 0, 0);
        let mut push = |digit: u32| {
            if self.group > 0 && digits > 0 && digits % self.group == 0 {
                text.push('-');
            }
            digits += 1;
            text.push(char::from(ALPHABET[(digit & 31) as usize]));
        };
        for byte in bytes {
            held = ((held << 8) | u32::from(byte)) & 0xffff;
            held_bits += 8;
            while held_bits >= 5 {
                held_bits -= 5;
                push(held >> held_bits);
            }
        }
        if held_bits > 0 {
            push(held << (5 - held_bits));
        }
        text
    }

    /// The bytes of this text.
    pub fn read(&self, text: &str) -> Result<Vec<u8>, ArmorError> {
        if text.len() > ARMOR_TEXT_BYTES_MAX {
            return Err(ArmorError::TooLong);
        }
        let mut characters = text
            .chars()
            .enumerate()
            .map(|(place, character)| (place + 1, narrow(character)))
            .filter(|(_, character)| !is_filler(*character));
        for wanted in self.label.chars().chain([':']) {
            if characters.next().map(|(_, character)| character) != Some(wanted) {
                return Err(ArmorError::OtherLabel);
            }
        }
        let mut bytes = Vec::new();
        let (mut held, mut held_bits) = (0u32, 0);
        for (position, character) in characters {
            let digit = value(character).ok_or(ArmorError::BadCharacter { position })?;
            held = ((held << 5) | digit) & 0xffff;
            held_bits += 5;
            if held_bits >= 8 {
                held_bits -= 8;
                bytes.push((held >> held_bits) as u8);
            }
            if bytes.len() > ARMOR_BYTES_MAX + CHECK_BYTES {
                return Err(ArmorError::TooLong);
            }
        }
        // What is left over is padding: fewer bits than a digit, all zero. So each body has one
        // spelling, whatever its blanks and case.
        if held_bits >= 5 || held & ((1 << held_bits) - 1) != 0 {
            return Err(ArmorError::Damaged);
        }
        let body = strip_check(self.label.as_bytes(), &bytes).ok_or(ArmorError::Damaged)?;
        Ok(body.to_vec())
    }
}

/// A full-width form (U+FF01 to U+FF5E) as its ASCII twin, then upper case.
fn narrow(character: char) -> char {
    let narrow = match character {
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character)
        }
        other => other,
    };
    narrow.to_ascii_uppercase()
}

/// What people put between: blanks, line breaks, dashes of every width, a byte order mark.
fn is_filler(character: char) -> bool {
    character.is_whitespace()
        || matches!(character, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{feff}')
}

fn value(character: char) -> Option<u32> {
    let character = match character {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let place = ALPHABET.iter().position(|digit| char::from(*digit) == character)?;
    u32::try_from(place).ok()
}

#[cfg(test)]
mod tests;
