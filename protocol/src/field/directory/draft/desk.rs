//! Lines of an import become entries, list by list: each is checked, refers to what stands before
//! it, and gets the index that its code has already, or the next that none had.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::caps::{ALIASES_MAX, NAME_BYTES_MAX};
use crate::base::ids::{
    CardId, DepotId, DutyId, ItemId, PersonId, PlaceId, PlanId, PostId, UnitId,
};
use crate::field::directory::audience::{AUDIENCE_SEPARATORS, PLACE_MARK};
use crate::field::directory::draft::{
    DepotDraft, ImportError, ItemDraft, PersonDraft, PlaceDraft, Problem, Sheet, UnitDraft,
};
use crate::field::directory::entry::{
    DepotEntry, Entry, ItemEntry, PersonEntry, PlaceEntry, UnitEntry,
};
use crate::field::directory::noun::Noun;
use crate::field::directory::paper::AliasEntry;
use crate::field::directory::{Directory, Kept, Table, live};

/// Where a line stands: its list and its row.
pub(in crate::field::directory) type At = (Sheet, u32);

/// What has been read so far.
pub(in crate::field::directory) struct Desk<'a> {
    /// What the directory has already.
    pub known: &'a Directory,
    /// What is new or changed.
    pub entries: Vec<Entry>,
    /// What is wrong.
    pub errors: Vec<ImportError>,
    /// Everything that stands in the files, changed or not.
    pub seen: BTreeSet<(Noun, u16)>,
}

/// Persons who can be named: those of the directory and those of the import.
pub(super) type People = Vec<(String, UnitId, PersonId)>;

impl<'a> Desk<'a> {
    /// Nothing read yet.
    pub fn new(known: &'a Directory) -> Desk<'a> {
        Desk { known, entries: Vec::new(), errors: Vec::new(), seen: BTreeSet::new() }
    }

    /// Something is wrong with a line.
    pub fn wrong(&mut self, at: At, column: &'static str, problem: Problem) {
        self.errors.push(ImportError { sheet: at.0, row: at.1, column, problem });
    }

    /// A name on one line that can be shown.
    pub fn name(&mut self, at: At, column: &'static str, text: &str) -> String {
        let name = text.trim();
        if name.is_empty() {
            self.wrong(at, column, Problem::Empty);
        } else if name.len() > NAME_BYTES_MAX {
            self.wrong(at, column, Problem::TooLong);
        } else if name.chars().any(char::is_control) {
            self.wrong(at, column, Problem::BadSign);
        }
        name.to_owned()
    }

    /// A code or a name that people type in an audience.
    pub fn address(&mut self, at: At, column: &'static str, text: &str) -> String {
        if text.contains(AUDIENCE_SEPARATORS) || text.contains(PLACE_MARK) {
            self.wrong(at, column, Problem::BadSign);
        }
        self.name(at, column, text)
    }

    /// The index of a code: the one it has, else the next that none had.
    pub fn index<I: Number>(
        &mut self,
        index: &mut Indexes<I>,
        at: At,
        column: &'static str,
        code: &str,
    ) -> I {
        let key = code.to_ascii_lowercase();
        if let Some(first) = index.rows.insert(key.clone(), at) {
            self.wrong(at, column, Problem::Twice { first });
        }
        let number = index.all.get(&key).copied().unwrap_or_else(|| {
            match index.next.checked_add(1) {
                Some(next) => index.next = next,
                None => self.wrong(at, column, Problem::TooMany),
            }
            I::from16(index.next)
        });
        index.all.insert(key.clone(), number);
        index.by_text.insert(key, number);
        self.seen.insert((I::NOUN, number.to16()));
        number
    }

    /// What a line names; it must be in use, or stand before it.
    pub fn reference<I: Copy>(
        &mut self,
        index: &Indexes<I>,
        at: At,
        column: &'static str,
        text: &str,
    ) -> Option<I> {
        let text = text.trim();
        let found = index.by_text.get(&text.to_ascii_lowercase()).or(index.by_name.get(text));
        if found.is_none() {
            let problem = match text {
                "" => Problem::Empty,
                text => Problem::Unknown(text.chars().take(40).collect()),
            };
            self.wrong(at, column, problem);
        }
        found.copied()
    }

    /// The entry, if it says anything new.
    pub fn put<E: PartialEq>(
        &mut self,
        known: Option<&Kept<E>>,
        entry: E,
        wrap: impl Fn(E) -> Entry,
    ) {
        if known.is_none_or(|kept| kept.retired || kept.entry != entry) {
            self.entries.push(wrap(entry));
        }
    }

    /// The other codes of what was just read, if the file speaks of them and they changed.
    fn aliases(&mut self, at: At, noun: Noun, index: u16, text: Option<&str>) {
        let Some(text) = text else { return };
        let mut codes: Vec<String> = Vec::new();
        let is_between = |c: char| c.is_whitespace() || AUDIENCE_SEPARATORS.contains(&c);
        for code in text.split(is_between).filter(|code| !code.is_empty()) {
            let code = self.name(at, "aliases", code);
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
        if codes.len() > ALIASES_MAX {
            self.wrong(at, "aliases", Problem::TooMany);
        }
        if self.known.aliases_of(noun, index) != codes.as_slice() {
            self.entries.push(Entry::Alias(AliasEntry { noun, index, codes }));
        }
    }

    pub(super) fn places(&mut self, drafts: &[PlaceDraft]) -> Indexes<PlaceId> {
        let known = self.known;
        let mut index = Indexes::of(&known.places, |place| (place.code.clone(), &place.name));
        for draft in drafts {
            let at = (Sheet::Places, draft.row);
            let code = self.address(at, "code", &draft.code);
            let name = self.address(at, "name", &draft.name);
            let parent = match draft.parent.trim() {
                "" => None,
                parent => self.reference(&index, at, "parent", parent),
            };
            let place: PlaceId = self.index(&mut index, at, "code", &code);
            index.by_name.insert(name.clone(), place);
            let entry = PlaceEntry { index: place, code, name, point: draft.point, parent };
            self.put(known.places.get(&place), entry, Entry::Place);
            self.aliases(at, Noun::Place, place.0, draft.aliases.as_deref());
        }
        index
    }

    pub(super) fn units(
        &mut self,
        drafts: &[UnitDraft],
        places: &Indexes<PlaceId>,
    ) -> Indexes<UnitId> {
        let known = self.known;
        let mut index = Indexes::of(&known.units, |unit| (unit.code.clone(), &unit.name));
        for draft in drafts {
            let at = (draft.sheet, draft.row);
            let code = self.address(at, "code", &draft.code);
            let name = self.address(at, "name", &draft.name);
            let place = match draft.place.trim() {
                "" => None,
                place => self.reference(places, at, "place", place),
            };
            let unit: UnitId = self.index(&mut index, at, "code", &code);
            index.by_name.insert(name.clone(), unit);
            let (kind, people) = (draft.kind, draft.people);
            let entry = UnitEntry { index: unit, code, name, kind, place, people };
            self.put(known.units.get(&unit), entry, Entry::Unit);
            self.aliases(at, Noun::Unit, unit.0, draft.aliases.as_deref());
        }
        index
    }

    pub(super) fn items(&mut self, drafts: &[ItemDraft]) {
        let known = self.known;
        let mut index = Indexes::of(&known.items, |item| (item.code.clone(), &item.name));
        for draft in drafts {
            let at = (Sheet::Items, draft.row);
            let code = self.name(at, "code", &draft.code);
            let name = self.name(at, "name", &draft.name);
            let unit = self.name(at, "unit", &draft.unit);
            let item: ItemId = self.index(&mut index, at, "code", &code);
            let entry = ItemEntry { index: item, code, name, unit };
            self.put(known.items.get(&item), entry, Entry::Item);
            self.aliases(at, Noun::Item, item.0, draft.aliases.as_deref());
        }
    }

    pub(super) fn depots(&mut self, drafts: &[DepotDraft], units: &Indexes<UnitId>) {
        let known = self.known;
        let mut index = Indexes::of(&known.depots, |depot| (depot.code.clone(), &depot.name));
        for draft in drafts {
            let at = (Sheet::Depots, draft.row);
            let code = self.address(at, "code", &draft.code);
            let name = self.address(at, "name", &draft.name);
            let custodian = self.reference(units, at, "custodian", &draft.custodian);
            let depot: DepotId = self.index(&mut index, at, "code", &code);
            let Some(custodian) = custodian else { continue };
            let entry = DepotEntry { index: depot, code, name, custodian, point: draft.point };
            self.put(known.depots.get(&depot), entry, Entry::Depot);
            self.aliases(at, Noun::Depot, depot.0, draft.aliases.as_deref());
        }
    }

    /// Persons have no code: the name in its unit tells who it is.
    pub(super) fn persons(&mut self, drafts: &[PersonDraft], units: &Indexes<UnitId>) -> People {
        let known = self.known;
        let of = |person: &PersonEntry| (person.name.clone(), person.unit, person.index);
        let mut people: People = live(&known.persons).map(of).collect();
        let mut next = known.persons.last_key_value().map_or(0, |(index, _)| index.0);
        let mut rows: BTreeMap<(String, UnitId), At> = BTreeMap::new();
        for draft in drafts {
            let at = (Sheet::Persons, draft.row);
            let name = self.name(at, "name", &draft.name);
            let Some(unit) = self.reference(units, at, "unit", &draft.unit) else {
                continue;
            };
            if let Some(first) = rows.insert((name.clone(), unit), at) {
                self.wrong(at, "name", Problem::Twice { first });
            }
            let same = known
                .persons
                .values()
                .find(|kept| kept.entry.name == name && kept.entry.unit == unit);
            let index = same.map(|kept| kept.entry.index).unwrap_or_else(|| {
                match next.checked_add(1) {
                    Some(more) => next = more,
                    None => self.wrong(at, "name", Problem::TooMany),
                }
                PersonId(next)
            });
            self.seen.insert((Noun::Person, index.0));
            if people.iter().all(|(.., other)| *other != index) {
                people.push((name.clone(), unit, index));
            }
            self.put(same, PersonEntry { index, name, unit }, Entry::Person);
        }
        people
    }
}

/// Codes and names of one table and their indexes, of the directory and of the import.
pub(in crate::field::directory) struct Indexes<I> {
    /// Every code that ever had an index, in lower case: an index never changes hands.
    all: BTreeMap<String, I>,
    /// Codes in use, in lower case.
    by_text: BTreeMap<String, I>,
    /// Names in use.
    pub by_name: BTreeMap<String, I>,
    /// Lines of this import by code.
    rows: BTreeMap<String, At>,
    next: u16,
}

impl<I: Number> Indexes<I> {
    /// Those of a table of the directory; `texts` gives what stands once only, and the name.
    pub fn of<E>(table: &Table<I, E>, texts: impl Fn(&E) -> (String, &String)) -> Indexes<I> {
        let mut index = Indexes {
            all: BTreeMap::new(),
            by_text: BTreeMap::new(),
            by_name: BTreeMap::new(),
            rows: BTreeMap::new(),
            next: table.last_key_value().map_or(0, |(last, _)| last.to16()),
        };
        for (number, kept) in table {
            let (code, name) = texts(&kept.entry);
            let code = code.to_ascii_lowercase();
            index.all.insert(code.clone(), *number);
            if !kept.retired {
                index.by_text.insert(code, *number);
                index.by_name.insert(name.clone(), *number);
            }
        }
        index
    }
}

/// Indexes of one table and their numbers.
pub(in crate::field::directory) trait Number: Copy + Ord {
    /// What they count.
    const NOUN: Noun;
    fn from16(number: u16) -> Self;
    fn to16(self) -> u16;
}

macro_rules! number {
    ($($index:ident $noun:ident),*) => {$(
        impl Number for $index {
            const NOUN: Noun = Noun::$noun;
            fn from16(number: u16) -> $index {
                $index(number)
            }
            fn to16(self) -> u16 {
                self.0
            }
        }
    )*};
}
number!(
    PlaceId Place, UnitId Unit, ItemId Item, DepotId Depot, PostId Post, PlanId Plan, CardId Card,
    DutyId Duty
);
