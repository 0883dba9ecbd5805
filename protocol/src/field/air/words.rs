//! What an order says, on the air.
//!
//! ```text
//! words:  0 text | 1 template code 4 > 0, values code 1, value …
//!         | 1 template 0, group code 2, turn code 1, sealed bytes, their count code 6
//! value:  1 number code 4 | 01 place code 5 | 001 unit code 6 | 000 text
//! ```

use super::coder::Coder;
use crate::base::caps::{FIELDS_MAX, SEALED_WORDS_BYTES_MAX};
use crate::base::ids::{GroupId, PlaceId, TemplateId, UnitId};
use crate::field::order::sealed::Sealed;
use crate::field::order::words::{Filled, Value, Words};
use crate::wire::pack::PackError;

pub(super) fn words<C: Coder>(coder: &mut C, words: &Words) -> Result<Words, PackError> {
    let (text, known, hidden) = match words {
        Words::Plain(text) => (text.as_str(), None, None),
        Words::Filled(filled) => ("", Some(filled), None),
        Words::Sealed(sealed) => ("", None, Some(sealed)),
    };
    if !coder.flag(known.is_some() || hidden.is_some())? {
        return coder.text(text).map(Words::Plain);
    }
    let template = coder.small(known.map_or(0, |known| known.template.0), 4)?;
    if template == 0 {
        return sealed(coder, hidden);
    }
    let known = known.map_or(&[][..], |known| &known.values);
    let count = coder.golomb(known.len() as u64, 1)?;
    if count > FIELDS_MAX as u64 {
        return Err(PackError::TooLong);
    }
    let mut values = Vec::new();
    for place in 0..count as usize {
        values.push(value(coder, known.get(place))?);
    }
    Ok(Words::Filled(Filled { template: TemplateId(template), values }))
}

fn sealed<C: Coder>(coder: &mut C, known: Option<&Sealed>) -> Result<Words, PackError> {
    let group = GroupId(coder.small(known.map_or(0, |known| known.group.0), 2)?);
    let turn = coder.number(known.map_or(0, |known| known.turn), 1)?;
    let bytes = known.map_or(&[][..], |known| &known.bytes);
    let bytes = coder.bytes(bytes, 6, SEALED_WORDS_BYTES_MAX)?;
    Ok(Words::Sealed(Sealed { group, turn, bytes }))
}

fn value<C: Coder>(coder: &mut C, known: Option<&Value>) -> Result<Value, PackError> {
    let (kind, number, text) = match known {
        None => (0, 0, ""),
        Some(Value::Number(number)) => (0, *number, ""),
        Some(Value::Place(place)) => (1, u32::from(place.0), ""),
        Some(Value::Unit(unit)) => (2, u32::from(unit.0), ""),
        Some(Value::Text(text)) => (3, 0, text.as_str()),
    };
    let index = number as u16;
    if coder.flag(kind == 0)? {
        return coder.number(number, 4).map(Value::Number);
    }
    if coder.flag(kind == 1)? {
        return coder.small(index, 5).map(|place| Value::Place(PlaceId(place)));
    }
    if coder.flag(kind == 2)? {
        return coder.small(index, 6).map(|unit| Value::Unit(UnitId(unit)));
    }
    coder.text(text).map(Value::Text)
}
