//! Telephone numbers: as people write them, as semi-octets of a PDU (3GPP TS 23.040 section
//! 9.1.2.5), and which two are the same line.

use std::fmt;
use std::str::FromStr;

use crate::base::caps::SMS_NUMBER_DIGITS_MAX;

/// Type of address: international, ISDN plan; and unknown type, ISDN plan (9.1.2.5).
const INTERNATIONAL: u8 = 0x91;
const UNKNOWN: u8 = 0x81;
/// Bits of the type of number, and the value for an alphanumeric sender.
const TYPE_BITS: u8 = 0x70;
const ALPHANUMERIC: u8 = 0x50;
/// Country code of China; a number is written with or without it.
const COUNTRY: &str = "86";
/// Digits of a Chinese mobile or Tiantong number without the country code.
const NATIONAL_DIGITS: usize = 11;

/// A number that can be called: up to twenty digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number {
    digits: String,
    is_international: bool,
}

/// A text is no telephone number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoNumber;

impl Number {
    /// The same line, whether or not the country code is written.
    pub fn is_same_line(&self, other: &Number) -> bool {
        self.national() == other.national()
    }

    /// Its digits without the country code, so that equal lines are equal texts.
    pub fn national(&self) -> &str {
        let plain = self.digits.strip_prefix("00").unwrap_or(&self.digits);
        match plain.strip_prefix(COUNTRY) {
            Some(rest) if rest.len() == NATIONAL_DIGITS => rest,
            Some(_) | None => plain,
        }
    }

    /// Count of digits, type of address, and semi-octets.
    pub(super) fn put(&self, to: &mut Vec<u8>) {
        to.push(self.digits.len() as u8);
        to.push(if self.is_international { INTERNATIONAL } else { UNKNOWN });
        for pair in self.digits.as_bytes().chunks(2) {
            let low = pair[0] - b'0';
            let high = pair.get(1).map_or(0xF, |digit| digit - b'0');
            to.push(high << 4 | low);
        }
    }

    /// The number of `digits` digits in these semi-octets; none for the name of a service, which
    /// nobody can answer.
    pub(super) fn read(digits: usize, address_type: u8, octets: &[u8]) -> Option<Number> {
        if address_type & TYPE_BITS == ALPHANUMERIC {
            return None;
        }
        let halves = octets.iter().flat_map(|octet| [octet & 0xF, octet >> 4]);
        let digits: String = halves.take(digits).map(|half| char::from(b'0' + half)).collect();
        let is_sound = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
        let is_international = address_type & TYPE_BITS == INTERNATIONAL & TYPE_BITS;
        is_sound.then_some(Number { digits, is_international })
    }
}

impl FromStr for Number {
    type Err = NoNumber;

    /// Digits, a `+` in front of an international number; blanks and hyphens are passed over.
    fn from_str(text: &str) -> Result<Number, NoNumber> {
        let text: String = text.chars().filter(|sign| !matches!(sign, ' ' | '-')).collect();
        let (is_international, digits) = match text.strip_prefix('+') {
            Some(digits) => (true, digits),
            None => (false, text.as_str()),
        };
        let fits = (3..=SMS_NUMBER_DIGITS_MAX).contains(&digits.len());
        if !fits || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(NoNumber);
        }
        Ok(Number { digits: digits.to_owned(), is_international })
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plus = if self.is_international { "+" } else { "" };
        write!(f, "{plus}{}", self.digits)
    }
}
