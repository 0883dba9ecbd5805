//! A whole import, as read from files, turned into entries: indexes given in order, everything
//! checked before anything is taken. Reading the files is not done here; sentences about what is
//! wrong live in `draft/problem.rs`.
//!
//! A code that the directory has already keeps its index, so that a corrected file can be
//! imported again; lines that change nothing give no entry.

mod problem;

use std::collections::BTreeMap;

use crate::base::caps::NAME_BYTES_MAX;
use crate::base::geo::Point;
use crate::base::ids::{DepotId, ItemId, PersonId, PlaceId, UnitId};
use crate::field::directory::audience::{AUDIENCE_SEPARATORS, PLACE_MARK};
use crate::field::directory::entry::{
    DepotEntry, Entry, ItemEntry, PersonEntry, PlaceEntry, UnitEntry, UnitKind,
};
use crate::field::directory::template::{self, TemplateDraft};
use crate::field::directory::{Directory, Table, live};
use crate::wire::pack::Pack;

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
}

/// A unit as read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UnitDraft {
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

/// Everything of one import.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Import {
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
}

impl Import {
    /// The entries of the whole import, or what is wrong with it; at most [`PROBLEMS_MAX`]
    /// problems, in the order of the lists.
    pub fn entries(&self, known: &Directory) -> Result<Vec<Entry>, Vec<ImportError>> {
        let mut desk = Desk { known, entries: Vec::new(), errors: Vec::new() };
        let places = desk.places(&self.places);
        let units = desk.units(&self.units, &places);
        desk.items(&self.items);
        desk.depots(&self.depots, &units);
        desk.persons(&self.persons, &units);
        let (templates, wrong) = template::import(&self.templates, known);
        desk.entries.extend(templates);
        desk.errors.extend(wrong);
        if desk.errors.is_empty() {
            return Ok(desk.entries);
        }
        desk.errors.truncate(PROBLEMS_MAX);
        Err(desk.errors)
    }
}

/// What has been read so far.
struct Desk<'a> {
    known: &'a Directory,
    entries: Vec<Entry>,
    errors: Vec<ImportError>,
}

impl Desk<'_> {
    fn wrong(&mut self, sheet: Sheet, row: u32, column: &'static str, problem: Problem) {
        self.errors.push(ImportError { sheet, row, column, problem });
    }

    fn name(&mut self, sheet: Sheet, row: u32, column: &'static str, text: &str) -> String {
        let name = text.trim();
        if name.is_empty() {
            self.wrong(sheet, row, column, Problem::Empty);
        } else if name.len() > NAME_BYTES_MAX {
            self.wrong(sheet, row, column, Problem::TooLong);
        } else if name.chars().any(char::is_control) {
            self.wrong(sheet, row, column, Problem::BadSign);
        }
        name.to_owned()
    }

    /// A code or a name that people type in an audience.
    fn address(&mut self, sheet: Sheet, row: u32, column: &'static str, text: &str) -> String {
        if text.contains(AUDIENCE_SEPARATORS) || text.contains(PLACE_MARK) {
            self.wrong(sheet, row, column, Problem::BadSign);
        }
        self.name(sheet, row, column, text)
    }

    /// The index of a code: the one it has, else the next free one.
    fn index<I: Number>(&mut self, index: &mut Indexes<I>, at: (Sheet, u32), code: &str) -> I {
        let key = code.to_ascii_lowercase();
        if let Some(first) = index.rows.insert(key.clone(), at.1) {
            self.wrong(at.0, at.1, "code", Problem::Twice { first });
        }
        if let Some(known) = index.by_text.get(&key) {
            return *known;
        }
        match index.next.checked_add(1) {
            Some(next) => index.next = next,
            None => self.wrong(at.0, at.1, "code", Problem::TooMany),
        }
        let new = I::from16(index.next);
        index.by_text.insert(key, new);
        new
    }

    fn reference<I: Copy>(
        &mut self,
        index: &Indexes<I>,
        at: (Sheet, u32, &'static str),
        text: &str,
    ) -> Option<I> {
        let text = text.trim();
        let found = index.by_text.get(&text.to_ascii_lowercase()).or(index.by_name.get(text));
        if found.is_none() {
            let problem = match text {
                "" => Problem::Empty,
                text => Problem::Unknown(text.chars().take(40).collect()),
            };
            self.wrong(at.0, at.1, at.2, problem);
        }
        found.copied()
    }

    fn places(&mut self, drafts: &[PlaceDraft]) -> Indexes<PlaceId> {
        let known = self.known;
        let mut index = Indexes::of(&known.places, |place| (&place.code, &place.name));
        for draft in drafts {
            let at = (Sheet::Places, draft.row);
            let code = self.address(at.0, at.1, "code", &draft.code);
            let name = self.address(at.0, at.1, "name", &draft.name);
            let parent = match draft.parent.trim() {
                "" => None,
                parent => self.reference(&index, (at.0, at.1, "parent"), parent),
            };
            let place = self.index(&mut index, at, &code);
            index.by_name.insert(name.clone(), place);
            let entry = PlaceEntry { index: place, code, name, point: draft.point, parent };
            if known.place_entry(place) != Some(&entry) {
                self.entries.push(Entry::Place(entry));
            }
        }
        index
    }

    fn units(&mut self, drafts: &[UnitDraft], places: &Indexes<PlaceId>) -> Indexes<UnitId> {
        let known = self.known;
        let mut index = Indexes::of(&known.units, |unit| (&unit.code, &unit.name));
        for draft in drafts {
            let at = (Sheet::Units, draft.row);
            let code = self.address(at.0, at.1, "code", &draft.code);
            let name = self.address(at.0, at.1, "name", &draft.name);
            let place = match draft.place.trim() {
                "" => None,
                place => self.reference(places, (at.0, at.1, "place"), place),
            };
            let unit = self.index(&mut index, at, &code);
            index.by_name.insert(name.clone(), unit);
            let (kind, people) = (draft.kind, draft.people);
            let entry = UnitEntry { index: unit, code, name, kind, place, people };
            if known.unit_entry(unit) != Some(&entry) {
                self.entries.push(Entry::Unit(entry));
            }
        }
        index
    }

    fn items(&mut self, drafts: &[ItemDraft]) {
        let known = self.known;
        let mut index = Indexes::of(&known.items, |item| (&item.code, &item.name));
        for draft in drafts {
            let at = (Sheet::Items, draft.row);
            let code = self.name(at.0, at.1, "code", &draft.code);
            let name = self.name(at.0, at.1, "name", &draft.name);
            let unit = self.name(at.0, at.1, "unit", &draft.unit);
            let item: ItemId = self.index(&mut index, at, &code);
            let entry = ItemEntry { index: item, code, name, unit };
            if known.item_entry(item) != Some(&entry) {
                self.entries.push(Entry::Item(entry));
            }
        }
    }

    fn depots(&mut self, drafts: &[DepotDraft], units: &Indexes<UnitId>) {
        let known = self.known;
        let mut index = Indexes::of(&known.depots, |depot| (&depot.code, &depot.name));
        for draft in drafts {
            let at = (Sheet::Depots, draft.row);
            let code = self.address(at.0, at.1, "code", &draft.code);
            let name = self.address(at.0, at.1, "name", &draft.name);
            let custodian = self.reference(units, (at.0, at.1, "custodian"), &draft.custodian);
            let depot: DepotId = self.index(&mut index, at, &code);
            let Some(custodian) = custodian else { continue };
            let entry = DepotEntry { index: depot, code, name, custodian, point: draft.point };
            if known.depot_entry(depot) != Some(&entry) {
                self.entries.push(Entry::Depot(entry));
            }
        }
    }

    fn persons(&mut self, drafts: &[PersonDraft], units: &Indexes<UnitId>) {
        let known = self.known;
        let mut next = known.persons.last_key_value().map_or(0, |(index, _)| index.0);
        let mut rows = BTreeMap::new();
        for draft in drafts {
            let at = (Sheet::Persons, draft.row);
            let name = self.name(at.0, at.1, "name", &draft.name);
            let Some(unit) = self.reference(units, (at.0, at.1, "unit"), &draft.unit) else {
                continue;
            };
            if let Some(first) = rows.insert((name.clone(), unit), draft.row) {
                self.wrong(at.0, at.1, "name", Problem::Twice { first });
            }
            let is_same = |person: &PersonEntry| person.name == name && person.unit == unit;
            if live(&known.persons).any(is_same) {
                continue;
            }
            match next.checked_add(1) {
                Some(more) => next = more,
                None => self.wrong(at.0, at.1, "name", Problem::TooMany),
            }
            self.entries.push(Entry::Person(PersonEntry { index: PersonId(next), name, unit }));
        }
    }
}

/// Codes and names of one table and their indexes, of the directory and of the import.
struct Indexes<I> {
    by_text: BTreeMap<String, I>,
    by_name: BTreeMap<String, I>,
    /// Rows of this import by code.
    rows: BTreeMap<String, u32>,
    next: u16,
}

impl<I: Number> Indexes<I> {
    fn of<E>(table: &Table<I, E>, texts: impl Fn(&E) -> (&String, &String)) -> Indexes<I> {
        let mut index = Indexes {
            by_text: BTreeMap::new(),
            by_name: BTreeMap::new(),
            rows: BTreeMap::new(),
            next: table.last_key_value().map_or(0, |(last, _)| last.to16()),
        };
        for (number, kept) in table {
            let (code, name) = texts(&kept.entry);
            index.by_text.insert(code.to_ascii_lowercase(), *number);
            index.by_name.insert(name.clone(), *number);
        }
        index
    }
}

/// Indexes of one table and their numbers.
trait Number: Copy + Ord {
    fn from16(number: u16) -> Self;
    fn to16(self) -> u16;
}

macro_rules! number {
    ($($index:ident),*) => {$(
        impl Number for $index {
            fn from16(number: u16) -> $index {
                $index(number)
            }
            fn to16(self) -> u16 {
                self.0
            }
        }
    )*};
}
number!(PlaceId, UnitId, ItemId, DepotId);

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
