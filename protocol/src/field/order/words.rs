//! What an order says: a free text, or a template of the directory with its blanks filled in, to
//! all or sealed to a group. The template's own words live in `directory::template`, what is
//! sealed in `sealed`.
//!
//! ```text
//! filled:  template varint > 0 | values list
//! sealed:  0 | see `sealed`
//! value:   0 number varint | 1 place index | 2 unit index | 3 text
//! ```

use crate::base::caps::FIELDS_MAX;
use crate::base::ids::{PlaceId, TemplateId, UnitId};
use crate::field::order::sealed::Sealed;
use crate::field::text::check_name;
use crate::pack_struct;
use crate::wire::pack::{Pack, PackError, Reader};

/// What is to be done or known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Words {
    /// Free text, not empty.
    Plain(String),
    /// A template with its blanks filled in.
    Filled(Filled),
    /// One of these, which only a group can read.
    Sealed(Sealed),
}

/// A template of the directory with a value for each blank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    /// Which template.
    pub template: TemplateId,
    /// One value for each of its blanks, in their order; at most [`FIELDS_MAX`].
    pub values: Vec<Value>,
}
pack_struct!(Filled { template, values });

/// What stands in a blank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A number: people, minutes, boats.
    Number(u32),
    /// A place of the directory.
    Place(PlaceId),
    /// A unit of the directory.
    Unit(UnitId),
    /// Anything else, one line.
    Text(String),
}

impl From<&str> for Words {
    fn from(text: &str) -> Words {
        Words::Plain(text.to_owned())
    }
}

impl From<String> for Words {
    fn from(text: String) -> Words {
        Words::Plain(text)
    }
}

impl Words {
    /// The bytes of what is no free text.
    pub(super) fn unpack_coded(from: &mut Reader<'_>) -> Result<Words, PackError> {
        let template = TemplateId::unpack(from)?;
        if template.0 == 0 {
            return Sealed::unpack(from).map(Words::Sealed);
        }
        Ok(Words::Filled(Filled { template, values: Pack::unpack(from)? }))
    }

    /// Something is said, and it can be shown.
    pub(super) fn check(&self) -> Result<(), PackError> {
        match self {
            Words::Plain(text) if text.trim().is_empty() => Err(PackError::BadValue("text")),
            Words::Plain(_) => Ok(()),
            Words::Filled(filled) if filled.template.0 == 0 => Err(PackError::BadValue("template")),
            Words::Filled(filled) if filled.values.len() > FIELDS_MAX => Err(PackError::TooLong),
            Words::Sealed(_) => Ok(()),
            Words::Filled(filled) => filled.values.iter().try_for_each(|value| match value {
                Value::Text(text) => check_name(text),
                Value::Number(_) | Value::Place(_) | Value::Unit(_) => Ok(()),
            }),
        }
    }
}

impl Pack for Value {
    fn pack(&self, to: &mut Vec<u8>) {
        match self {
            Value::Number(number) => {
                to.push(0);
                number.pack(to);
            }
            Value::Place(place) => {
                to.push(1);
                place.pack(to);
            }
            Value::Unit(unit) => {
                to.push(2);
                unit.pack(to);
            }
            Value::Text(text) => {
                to.push(3);
                text.pack(to);
            }
        }
    }

    fn unpack(from: &mut Reader<'_>) -> Result<Value, PackError> {
        match from.byte()? {
            0 => u32::unpack(from).map(Value::Number),
            1 => PlaceId::unpack(from).map(Value::Place),
            2 => UnitId::unpack(from).map(Value::Unit),
            3 => String::unpack(from).map(Value::Text),
            _ => Err(PackError::BadValue("value")),
        }
    }
}
