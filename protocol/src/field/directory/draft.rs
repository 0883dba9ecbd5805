//! A whole import, as read from files, turned into entries: indexes given in order, everything
//! checked before anything is taken. Reading the files is not done here; sentences about what is
//! wrong live in `draft/problem.rs`, lines become entries in `draft/desk.rs` and
//! `draft/papers.rs`, and what an import changes of a directory is `draft/difference.rs`'s.
//!
//! A code that the directory has already keeps its index, so that a corrected file can be
//! imported again; lines that change nothing give no entry.

pub(in crate::field::directory) mod desk;
mod difference;
mod papers;
mod problem;

use std::collections::BTreeSet;

use crate::base::geo::Point;
use crate::field::directory::Directory;
use crate::field::directory::entry::{Entry, UnitKind};
use crate::field::directory::template::{self, TemplateDraft};
use crate::wire::pack::Pack;

use desk::Desk;

pub use difference::{Difference, Missing};
pub use problem::{ImportError, PROBLEMS_MAX, Problem, Sheet, refusal};

/// A place as read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlaceDraft {
    /// Line of the file, for messages.
    pub row: u32,
    /// Official or local code; once only.
    pub code: String,
    /// Name.
    pub name: String,
    /// Where.
    pub point: Option<Point>,
    /// Code or name of the place it is part of; empty for none.
    pub parent: String,
    /// Other codes of it, blanks between them; `None` if the file does not speak of them.
    pub aliases: Option<String>,
}

/// A unit as read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UnitDraft {
    /// Which file it stands in: units or teams.
    pub sheet: Sheet,
    /// Line of the file, for messages.
    pub row: u32,
    /// Code; once only.
    pub code: String,
    /// Name.
    pub name: String,
    /// What sort it is.
    pub kind: UnitKind,
    /// Code or name of its place; empty for none.
    pub place: String,
    /// How many people it has.
    pub people: u32,
    /// As in [`PlaceDraft::aliases`].
    pub aliases: Option<String>,
}

/// An item as read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ItemDraft {
    /// Line of the file, for messages.
    pub row: u32,
    /// Code; once only.
    pub code: String,
    /// Name, with the spec.
    pub name: String,
    /// Unit of count.
    pub unit: String,
    /// As in [`PlaceDraft::aliases`]; the standard's number of the goods, for one.
    pub aliases: Option<String>,
}

/// A depot as read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DepotDraft {
    /// Line of the file, for messages.
    pub row: u32,
    /// Code; once only.
    pub code: String,
    /// Name.
    pub name: String,
    /// Code or name of the unit that keeps it.
    pub custodian: String,
    /// Where.
    pub point: Option<Point>,
    /// As in [`PlaceDraft::aliases`].
    pub aliases: Option<String>,
}

/// A person as read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PersonDraft {
    /// Line of the file, for messages.
    pub row: u32,
    /// Name; once only in each unit.
    pub name: String,
    /// Code or name of their unit.
    pub unit: String,
}

/// A post as read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PostDraft {
    /// Line of the file, for messages.
    pub row: u32,
    /// Code; once only.
    pub code: String,
    /// Name.
    pub name: String,
    /// Code or name of its unit.
    pub unit: String,
    /// A 角: name of the person.
    pub primary: String,
    /// B 角; empty for none.
    pub stand_in: String,
}

/// A plan as read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlanDraft {
    /// Line of the file, for messages.
    pub row: u32,
    /// Code; once only.
    pub code: String,
    /// Title.
    pub name: String,
    /// What it says.
    pub text: String,
}

/// An evacuation card as read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CardDraft {
    /// Line of the file, for messages.
    pub row: u32,
    /// Code; once only.
    pub code: String,
    /// Code or name of the place.
    pub place: String,
    /// How many people should move.
    pub people: u32,
    /// 何时转.
    pub when: String,
    /// 转移谁.
    pub who: String,
    /// 谁组织.
    pub leader: String,
    /// 转到哪.
    pub to: String,
    /// 如何管.
    pub care: String,
}

/// A shift of a duty list as read; post, day and shift together stand once only.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DutyDraft {
    /// Line of the file, for messages.
    pub row: u32,
    /// Code or name of the post.
    pub post: String,
    /// The day, as `2025-08-19`.
    pub day: String,
    /// Which shift.
    pub shift: String,
    /// Name of the person.
    pub person: String,
}

/// Everything of one import.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Import {
    /// Which files there were. What the directory has and such a file has not is missing there.
    pub sheets: BTreeSet<Sheet>,
    /// Code of the district, which no file needs to list.
    pub district: String,
    /// Places, each after the place it is part of.
    pub places: Vec<PlaceDraft>,
    /// Units.
    pub units: Vec<UnitDraft>,
    /// Items.
    pub items: Vec<ItemDraft>,
    /// Depots.
    pub depots: Vec<DepotDraft>,
    /// Persons.
    pub persons: Vec<PersonDraft>,
    /// Order templates.
    pub templates: Vec<TemplateDraft>,
    /// Posts.
    pub posts: Vec<PostDraft>,
    /// Plans.
    pub plans: Vec<PlanDraft>,
    /// Evacuation cards.
    pub cards: Vec<CardDraft>,
    /// Duty lists.
    pub duties: Vec<DutyDraft>,
}

impl Import {
    /// The entries of the whole import, or what is wrong with it; at most [`PROBLEMS_MAX`]
    /// problems, in the order of the lists.
    pub fn entries(&self, known: &Directory) -> Result<Vec<Entry>, Vec<ImportError>> {
        self.read(known).map(|desk| desk.entries)
    }

    fn read<'a>(&self, known: &'a Directory) -> Result<Desk<'a>, Vec<ImportError>> {
        let mut desk = Desk::new(known);
        let places = desk.places(&self.places);
        let units = desk.units(&self.units, &places);
        desk.items(&self.items);
        desk.depots(&self.depots, &units);
        let people = desk.persons(&self.persons, &units);
        let posts = desk.posts(&self.posts, &units, &people);
        template::import(&self.templates, &mut desk);
        desk.plans(&self.plans);
        desk.cards(&self.cards, &places);
        desk.duties(&self.duties, &posts, &people);
        if desk.errors.is_empty() {
            return Ok(desk);
        }
        desk.errors.truncate(PROBLEMS_MAX);
        Err(desk.errors)
    }
}

/// Bytes of the entries of one record. With its head a record stays under 900 bytes, so that it
/// fits one frame of every IP bearer and few of a radio.
pub const CHUNK_BYTES_MAX: usize = 860;

/// The entries in records, in the same order.
pub fn chunk(entries: Vec<Entry>) -> Vec<Vec<Entry>> {
    let mut chunks: Vec<Vec<Entry>> = Vec::new();
    let mut bytes = CHUNK_BYTES_MAX;
    for entry in entries {
        let more = entry.packed().len();
        bytes += more;
        match chunks.last_mut() {
            Some(last) if bytes <= CHUNK_BYTES_MAX => last.push(entry),
            Some(_) | None => {
                bytes = more;
                chunks.push(vec![entry]);
            }
        }
    }
    chunks
}

#[cfg(test)]
mod tests;
