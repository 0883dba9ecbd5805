//! The words of an order that a group alone can read: who it is for, how urgent it is and until
//! when stays readable, so that everybody can carry it and see who has not answered.
//!
//! ```text
//! sealed:  group varint | turn varint | sealed bytes of `keys::group` …
//! inside:  0 | text by the standard model, see `wire::text`
//!          1 | a filled template, see `words`
//! ```
//!
//! A text is made short before it is sealed: afterwards nothing can be. `…` runs to the end of
//! the record.

use crate::base::caps::{SEALED_WORDS_BYTES_MAX, TEXT_BYTES_MAX};
use crate::base::ids::{DeviceId, GroupId};
use crate::field::order::words::{Filled, Words};
use crate::field::text::is_clean;
use crate::keys::group::{GROUP_MARK_BYTES, GroupKey, GroupRing};
use crate::wire::pack::{Pack, PackError, Reader};
use crate::wire::text::lately;

const FORM_TEXT: u8 = 0;
const FORM_FILLED: u8 = 1;

/// Words that a group can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Which group.
    pub group: GroupId,
    /// Which key of it.
    pub turn: u32,
    /// The sealed words.
    pub bytes: Vec<u8>,
}

impl Sealed {
    /// Words of this author for a group. What is sealed already stays as it is.
    pub fn conceal(
        words: &Words,
        key: &GroupKey,
        (group, turn): (GroupId, u32),
        author: DeviceId,
    ) -> Sealed {
        let inside = match words {
            Words::Plain(text) => with_form(FORM_TEXT, &lately::encode_standard(text)),
            Words::Filled(filled) => with_form(FORM_FILLED, &filled.packed()),
            Words::Sealed(sealed) => return sealed.clone(),
        };
        Sealed { group, turn, bytes: key.seal(author, &inside) }
    }

    /// What it says, to whoever has the key. Words that could not stand in the clear are none.
    pub fn reveal(&self, ring: &GroupRing, author: DeviceId) -> Option<Words> {
        let inside = ring.key(self.group, self.turn)?.open(author, &self.bytes)?;
        let (form, rest) = inside.split_first()?;
        let words = match *form {
            FORM_TEXT => {
                let text = lately::decode_standard(rest, TEXT_BYTES_MAX).ok()?;
                Words::Plain(Some(text).filter(|text| is_clean(text))?)
            }
            FORM_FILLED => Words::Filled(Filled::unpack_all(rest).ok()?),
            _ => return None,
        };
        words.check().ok().map(|()| words)
    }
}

fn with_form(form: u8, rest: &[u8]) -> Vec<u8> {
    let mut inside = vec![form];
    inside.extend_from_slice(rest);
    inside
}

impl Pack for Sealed {
    fn pack(&self, to: &mut Vec<u8>) {
        self.group.pack(to);
        self.turn.pack(to);
        to.extend_from_slice(&self.bytes);
    }

    fn unpack(from: &mut Reader<'_>) -> Result<Sealed, PackError> {
        let (group, turn) = (GroupId::unpack(from)?, u32::unpack(from)?);
        let bytes = from.rest();
        if bytes.len() > SEALED_WORDS_BYTES_MAX {
            return Err(PackError::TooLong);
        }
        if group.0 == 0 || turn == 0 || bytes.len() <= GROUP_MARK_BYTES {
            return Err(PackError::BadValue("group"));
        }
        Ok(Sealed { group, turn, bytes: from.take(bytes.len())?.to_vec() })
    }
}

#[cfg(test)]
mod tests;
