//! Quantities: fixed point, 64 bit, thousandths of the item's unit. Never a float.

use std::fmt;
use std::ops::Neg;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A signed amount in thousandths of the item's base unit, so that 砂石 in m³ and 柴油 in litres
/// add up exactly. Written and read as a decimal text such as `12` or `-0.5`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity(pub i64);

/// Thousandths in one unit.
pub const QUANTITY_SCALE: i64 = 1000;

impl Quantity {
    /// Nothing.
    pub const ZERO: Quantity = Quantity(0);

    /// A whole number of units.
    pub fn units(count: i64) -> Quantity {
        Quantity(count.saturating_mul(QUANTITY_SCALE))
    }

    /// The sum, or `None` beyond 64 bits.
    pub fn plus(self, other: Quantity) -> Option<Quantity> {
        self.0.checked_add(other.0).map(Quantity)
    }

    /// The difference, or `None` beyond 64 bits.
    pub fn minus(self, other: Quantity) -> Option<Quantity> {
        self.0.checked_sub(other.0).map(Quantity)
    }
}

impl Neg for Quantity {
    type Output = Quantity;

    fn neg(self) -> Quantity {
        Quantity(self.0.saturating_neg())
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0.unsigned_abs() / 1000, self.0.unsigned_abs() % 1000);
        let sign = if self.0 < 0 { "-" } else { "" };
        if part == 0 {
            return write!(f, "{sign}{whole}");
        }
        let digits = format!("{part:03}");
        write!(f, "{sign}{whole}.{}", digits.trim_end_matches('0'))
    }
}

/// The text is not a number with at most three decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadQuantity;

impl fmt::Display for BadQuantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a number with at most three decimals")
    }
}

impl std::error::Error for BadQuantity {}

impl FromStr for Quantity {
    type Err = BadQuantity;

    fn from_str(text: &str) -> Result<Quantity, BadQuantity> {
        let text = text.trim();
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || part.len() > 3 || !all_digits(whole) || !all_digits(part) {
            return Err(BadQuantity);
        }
        let whole: i64 = whole.parse().map_err(|_| BadQuantity)?;
        let part: i64 = format!("{part:0<3}").parse().map_err(|_| BadQuantity)?;
        let value = whole
            .checked_mul(QUANTITY_SCALE)
            .and_then(|thousandths| thousandths.checked_add(part))
            .ok_or(BadQuantity)?;
        Ok(Quantity(if negative { -value } else { value }))
    }
}

impl Serialize for Quantity {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Quantity, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Number(i64),
            Text(String),
        }
        match Either::deserialize(from)? {
            Either::Number(n) => Ok(Quantity::units(n)),
            Either::Text(text) => text.parse().map_err(serde::de::Error::custom),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_goes_both_ways() {
        for text in ["0", "12", "-3", "0.5", "-0.125", "9223372036854775.807"] {
            assert_eq!(text.parse::<Quantity>().map(|q| q.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn bad_text_is_refused() {
        for text in ["", "-", "1.2345", "1e3", "+1", "１２", "9223372036854775.808", "1.-2"] {
            assert_eq!(text.parse::<Quantity>(), Err(BadQuantity), "{text}");
        }
    }
}
