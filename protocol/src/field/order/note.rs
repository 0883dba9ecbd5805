//! What an answer or a withdrawal says, to a group alone: the note of a receipt and the reason of
//! a withdrawal may give away what the order keeps. How far a unit has come stays readable.
//!
//! ```text
//! note:  order id | number of the record it belongs to, in the same form | sealed, see `sealed`
//! ```
//!
//! It is a record of its own, so that a program of before still reads how far the unit has come.
//! It counts only for a record of its own author.

use crate::base::ids::SpokenId;
use crate::field::order::paper::{put_spoken, take_spoken};
use crate::field::order::sealed::Sealed;
use crate::wire::pack::{Pack, PackError, Reader};

/// Stands in a withdrawal whose reason a group alone can read: a reason must be given.
pub const REASON_SEALED: &str = "〔密〕";

/// A note that is sealed to a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedNote {
    /// The order that it is about.
    pub order: SpokenId,
    /// The receipt or withdrawal whose words these are.
    pub about: SpokenId,
    /// The words.
    pub words: Sealed,
}

impl Pack for SealedNote {
    fn pack(&self, to: &mut Vec<u8>) {
        put_spoken(to, self.order);
        put_spoken(to, self.about);
        self.words.pack(to);
    }

    fn unpack(from: &mut Reader<'_>) -> Result<SealedNote, PackError> {
        let (order, about) = (take_spoken(from)?, take_spoken(from)?);
        Ok(SealedNote { order, about, words: Sealed::unpack(from)? })
    }
}

#[cfg(test)]
mod tests;
