//! What makes an order of a draft: the bytes of a signature, and what a draft and its earliest
//! signature add up to. Which of both is here is kept by `board`.
//!
//! ```text
//! signature: class 1 | order id of the draft
//! ```
//!
//! The class of the draft is repeated, so that a signature leaves as early as the order that it
//! makes, also through those who do not hold the draft.

use crate::base::class::Class;
use crate::base::ids::{RecordId, SpokenId, UnitId};
use crate::base::time::Hlc;
use crate::field::order::board::Issued;
use crate::field::order::paper::{put_spoken, take_spoken};
use crate::wire::pack::{Pack, PackError, Reader};
use crate::wire::record::Person;

/// Signs a draft: from now on it is an order, under the number of the draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    /// How urgent the draft is.
    pub class: Class,
    /// The number of the draft.
    pub order: SpokenId,
}

impl Pack for Signature {
    fn pack(&self, to: &mut Vec<u8>) {
        to.push(self.class as u8);
        put_spoken(to, self.order);
    }

    fn unpack(from: &mut Reader<'_>) -> Result<Signature, PackError> {
        let class = Class::from_u8(from.byte()?).ok_or(PackError::BadValue("class"))?;
        Ok(Signature { class, order: take_spoken(from)? })
    }
}

/// A signature as it stands in the log; the earliest one counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Signed {
    pub(super) at: Hlc,
    pub(super) id: RecordId,
    pub(super) person: Person,
    pub(super) unit: UnitId,
}

impl Signed {
    /// The order that a draft becomes: issued when it was signed, by the unit that signed it. Its
    /// time to act runs from then on; who is meant and what is said stay those of the draft.
    pub(super) fn order_of(&self, draft: &Issued) -> Issued {
        Issued {
            at: self.at,
            person: self.person.clone(),
            from: self.unit,
            drafter: Some(draft.person.clone()),
            signature: Some(self.id),
            ..draft.clone()
        }
    }
}
