//! Stock (物资): what moved, what is on the road, what was counted, and the double-entry ledger
//! that folds it. Names are looked up through [`Names`]; rights are checked by the caller.
//!
//! ```text
//! draft.rs   what a person typed      → a body, or a refusal that says what to do
//! account.rs where goods can be: depots, waybills, sources and sinks
//! body.rs    a body                   ↔ its bytes in a record
//! ledger.rs  records, in any order    → cells (depot × item), waybills, sources and sinks
//! cell.rs    one item in one depot: changes by time, counts, on hand
//! passage.rs one waybill and what came of it
//! large.rs  which posts must count elsewhere at once
//! sealed.rs  posts that a group alone can read; what cannot be read here
//! snapshot.rs what lies in many depots, as one author told it; reports.rs how that is shown
//! view.rs, card.rs, words.rs the ledger → rows and texts for screens
//! ```
//!
//! Two rules explain the rest. *Facts are never refused*: what was handed out was handed out, so
//! an issue of more than the book has makes the book negative and is shown (超发). *The state is a
//! function of the set of verified records*: no order of arrival and no duplicate changes it.

use crate::base::ids::{DepotId, DeviceId, ItemId, PersonId};

pub mod account;
pub mod body;
mod card;
mod cell;
pub mod draft;
mod large;
pub mod ledger;
mod names;
mod passage;
mod reports;
pub mod sealed;
pub mod snapshot;
mod view;
mod words;

pub use account::{Account, Cause, Source};
pub use body::{Arrival, ArrivalLine, Body, Count, CountLine, Line, Movement, Waybill};
pub use ledger::Ledger;
pub use reports::Reports;
pub use sealed::SealedPost;
pub use snapshot::{DepotRows, Snapshot};
pub use words::summary;

/// What the ledger must ask the directory.
pub trait Names {
    /// Code, name and unit of count of an item.
    fn item_row(&self, item: ItemId) -> Option<(String, String, String)>;

    /// Name of a depot.
    fn depot_name(&self, depot: DepotId) -> Option<String>;

    /// Name of a person.
    fn person_name(&self, person: PersonId) -> Option<String>;

    /// The unit that a device speaks for.
    fn author_name(&self, author: DeviceId) -> String;

    /// The item of this name or code.
    fn find_item(&self, text: &str) -> Result<ItemId, NameMiss>;

    /// The depot of this name or code.
    fn find_depot(&self, text: &str) -> Result<DepotId, NameMiss>;
}

/// Why a name was not found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameMiss {
    /// Nothing has this name or code.
    Unknown {
        /// Names that look like it, best first; may be empty.
        near: Vec<String>,
    },
    /// Several things have it.
    Ambiguous {
        /// Their names or codes.
        fits: Vec<String>,
    },
}

#[cfg(test)]
mod tests;
