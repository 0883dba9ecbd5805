//! What an import changes of a directory: what is new, what says something else than before, and
//! what the files lack that the directory has.
//!
//! A file is the whole list of its kind. What it lacks is only named, unless the import was asked
//! to withdraw it: a file with one new line must not end all others. What something in use still
//! refers to is never withdrawn.

use std::collections::BTreeSet;

use crate::base::ids::{PlaceId, UnitId};
use crate::field::directory::draft::{Import, ImportError, Sheet};
use crate::field::directory::entry::{Entry, RetireEntry, UnitKind};
use crate::field::directory::noun::Noun;
use crate::field::directory::{Directory, live};
use crate::local::rows::{ChangeKind, ChangeRow};

/// What is done with entries that the files lack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Missing {
    /// They stay, and are named.
    #[default]
    Stay,
    /// They are withdrawn.
    Withdraw,
}

/// What an import changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Difference {
    /// The lines to be written; none if the directory says the same already.
    pub entries: Vec<Entry>,
    /// The same for people, and what the files lack.
    pub changes: Vec<ChangeRow>,
}

/// What refers to others comes before what it refers to: a unit can go when its posts went.
const WITHDRAWN_IN_ORDER: [Noun; 10] = [
    Noun::Duty,
    Noun::Card,
    Noun::Plan,
    Noun::Template,
    Noun::Post,
    Noun::Person,
    Noun::Depot,
    Noun::Item,
    Noun::Unit,
    Noun::Place,
];

impl Import {
    /// What this import changes of what is known, or what is wrong with it.
    ///
    /// # Errors
    /// As [`Import::entries`].
    pub fn difference(
        &self,
        known: &Directory,
        missing: Missing,
    ) -> Result<Difference, Vec<ImportError>> {
        let desk = self.read(known)?;
        let (mut entries, seen) = (desk.entries, desk.seen);
        let mut scratch = known.clone();
        entries.iter().for_each(|entry| scratch.apply(known.version().saturating_add(1), entry));
        let mut changes = changed(&entries, known, &scratch);
        for noun in WITHDRAWN_IN_ORDER {
            let listed = scratch.in_use(noun).into_iter().filter(|index| {
                self.speaks_of(&scratch, noun, *index) && !seen.contains(&(noun, *index))
            });
            let mut left: BTreeSet<u16> = listed.collect();
            while missing == Missing::Withdraw && !left.is_empty() {
                let referred = scratch.referred_to();
                let free: Vec<u16> =
                    left.iter().copied().filter(|it| !referred.contains(&(noun, *it))).collect();
                if free.is_empty() {
                    break;
                }
                for index in free {
                    left.remove(&index);
                    let retire = RetireEntry { noun, index };
                    changes.push(scratch.change(noun, index, ChangeKind::Withdrawn));
                    entries.push(Entry::Retire(retire));
                    scratch.retire(known.version().saturating_add(1), retire);
                }
            }
            let kind = match missing {
                Missing::Stay => ChangeKind::Missing,
                Missing::Withdraw => ChangeKind::StillNamed,
            };
            changes.extend(left.into_iter().map(|index| scratch.change(noun, index, kind)));
        }
        Ok(Difference { entries, changes })
    }

    /// True if a file of this import should have named this entry.
    fn speaks_of(&self, directory: &Directory, noun: Noun, index: u16) -> bool {
        let has = |sheet| self.sheets.contains(&sheet);
        match noun {
            Noun::Place => {
                let place = directory.place_entry(PlaceId(index));
                has(Sheet::Places) && place.is_some_and(|place| place.code != self.district)
            }
            Noun::Unit => {
                let unit = directory.unit_entry(UnitId(index));
                match unit.is_some_and(|unit| unit.kind == UnitKind::Team) {
                    // A team may stand in either file.
                    true => has(Sheet::Teams),
                    false => has(Sheet::Units),
                }
            }
            Noun::Item => has(Sheet::Items),
            Noun::Depot => has(Sheet::Depots),
            Noun::Person => has(Sheet::Persons),
            Noun::Post => has(Sheet::Posts),
            Noun::Template => has(Sheet::Templates),
            Noun::Plan => has(Sheet::Plans),
            Noun::Card => has(Sheet::Cards),
            Noun::Duty => has(Sheet::Duties),
            // A device is admitted and revoked; no file lists them.
            Noun::Device => false,
        }
    }
}

/// The lines for people, each thing once.
fn changed(entries: &[Entry], known: &Directory, after: &Directory) -> Vec<ChangeRow> {
    let mut told = BTreeSet::new();
    let mut rows = Vec::new();
    for entry in entries {
        let Some((noun, index)) = entry.about() else { continue };
        if !told.insert((noun, index)) {
            continue;
        }
        let kind = match (entry, known.is_in_use(noun, index)) {
            (Entry::Retire(_), _) => ChangeKind::Withdrawn,
            (_, None) => ChangeKind::Added,
            (_, Some(false)) => ChangeKind::Restored,
            (_, Some(true)) => ChangeKind::Changed,
        };
        rows.push(after.change(noun, index, kind));
    }
    rows
}

impl Directory {
    /// Everything that an entry in use refers to.
    fn referred_to(&self) -> BTreeSet<(Noun, u16)> {
        let mut all = BTreeSet::new();
        for place in live(&self.places) {
            all.extend(place.parent.map(|parent| (Noun::Place, parent.0)));
        }
        for unit in live(&self.units) {
            all.extend(unit.place.map(|place| (Noun::Place, place.0)));
        }
        for person in live(&self.persons) {
            all.insert((Noun::Unit, person.unit.0));
        }
        for device in live(&self.devices) {
            all.insert((Noun::Unit, device.unit.0));
        }
        for depot in live(&self.depots) {
            all.insert((Noun::Unit, depot.custodian.0));
        }
        for post in live(&self.posts) {
            all.insert((Noun::Unit, post.unit.0));
            all.insert((Noun::Person, post.primary.0));
            all.extend(post.stand_in.map(|person| (Noun::Person, person.0)));
        }
        for card in live(&self.cards) {
            all.insert((Noun::Place, card.place.0));
        }
        for duty in live(&self.duties) {
            all.insert((Noun::Post, duty.post.0));
            all.insert((Noun::Person, duty.person.0));
        }
        all
    }

    /// Whether it is in use; `None` if it was never named.
    fn is_in_use(&self, noun: Noun, index: u16) -> Option<bool> {
        let retired = self.listed(noun, index).map(|row| row.withdrawn);
        retired.map(|retired| !retired)
    }

    fn change(&self, noun: Noun, index: u16, change: ChangeKind) -> ChangeRow {
        let row = self.listed(noun, index);
        let (code, name) = row.map(|row| (row.code, row.name)).unwrap_or_default();
        ChangeRow { change, list: noun.word().to_owned(), index, code, name }
    }
}

#[cfg(test)]
mod tests;
