//! Frames as the content of a short message, and how many bytes a card's level carries. Not here:
//! the sentence around the content ([`super::dialect`]).

use super::dialect::Dialect;
use super::text::SIGN_BITS;

/// First byte of a mixed message of the 2.1 protocol, before the bytes themselves (BeiDou
/// terminal protocol 2.1, TXA, "mixed" transmission; research, bearers 1.1).
pub const MIXED_HEAD: u8 = 0xA4;

/// Bits of one message by level of a plain civil 2.1 card, level 1 first (research, bearers 1).
const LEVEL_BITS_2_1: [u32; 4] = [110, 408, 628, 848];

/// Bits of one message on the top level of the regional service of BDS-3 (research, bearers 1).
/// Those of the levels below it stand in no public source, so they come from the configuration.
pub const LEVEL_BITS_BDS3_MAX: u32 = 14_000;

/// Bytes of our own that one message of this level carries, at most `u16::MAX`; `None` if the
/// level is not known. `bits` replaces the table, for cards that differ from it.
pub fn capacity_bytes(dialect: Dialect, level: u8, bits: Option<u32>) -> Option<u16> {
    let bytes = bits.or(level_bits(dialect, level))? / 8;
    let own = match dialect {
        Dialect::V2_1 => bytes.saturating_sub(1),
        Dialect::Bds3 { .. } => bytes,
    };
    Some(u16::try_from(own).unwrap_or(u16::MAX))
}

/// Signs of a text that one message of this level carries; as [`capacity_bytes`].
pub fn capacity_signs(dialect: Dialect, level: u8, bits: Option<u32>) -> Option<u16> {
    let bits = bits.or(level_bits(dialect, level))?;
    Some(u16::try_from(bits / SIGN_BITS).unwrap_or(u16::MAX))
}

/// Bits of one message of this level, if known.
pub fn level_bits(dialect: Dialect, level: u8) -> Option<u32> {
    match dialect {
        Dialect::V2_1 => {
            let at = usize::from(level).checked_sub(1)?;
            LEVEL_BITS_2_1.get(at).copied()
        }
        // Level 5 is the top; a terminal that says 0 means it too.
        Dialect::Bds3 { .. } => (level == 5 || level == 0).then_some(LEVEL_BITS_BDS3_MAX),
    }
}

/// Upper-case hexadecimal digits of `head`, if any, and `bytes`.
pub fn hex(head: Option<u8>, bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut text = String::with_capacity(2 * bytes.len() + 2);
    for byte in head.iter().chain(bytes) {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 0x0F)]));
    }
    text
}

/// The bytes of hexadecimal digits; `None` if a digit is none or half a byte is left over.
pub fn unhex(digits: &[u8]) -> Option<Vec<u8>> {
    let nibble = |digit: u8| char::from(digit).to_digit(16).map(|value| value as u8);
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    digits.chunks_exact(2).map(|pair| Some(nibble(pair[0])? << 4 | nibble(pair[1])?)).collect()
}
