//! The lists of the directory, whole: what is in use and what was withdrawn, each line with its
//! code, its name and what else is known of it under the names of the columns of its file.

use crate::base::geo::Point;
use crate::base::ids::{
    CardId, DepotId, DeviceId, DutyId, ItemId, PersonId, PlaceId, PlanId, PostId, TemplateId,
    UnitId,
};
use crate::field::directory::entry::Entry;
use crate::field::directory::lookup::NEAR_MAX;
use crate::field::directory::noun::Noun;
use crate::field::directory::{Directory, Kept, Table};
use crate::local::rows::{EntryRow, ListRows};

/// Units of a point in a degree.
const UNITS_PER_DEGREE: u32 = 10_000_000;

impl Noun {
    /// What is known of a thing beside its code and its name.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Noun::Place => &["parent", "lon", "lat", "aliases"],
            Noun::Unit => &["kind", "place", "people", "aliases"],
            Noun::Person => &["unit"],
            Noun::Device => &["unit", "roles", "depot"],
            Noun::Item => &["unit", "aliases"],
            Noun::Depot => &["custodian", "lon", "lat", "aliases"],
            Noun::Post => &["unit", "primary", "stand_in"],
            Noun::Template => &["zh", "en", "fields"],
            Noun::Plan => &["text"],
            Noun::Card => &["place", "people", "when", "who", "leader", "to", "care"],
            Noun::Duty => &["post", "day", "shift", "person"],
        }
    }
}

impl Entry {
    /// What the line is about; `None` for a line of a later version.
    pub fn about(&self) -> Option<(Noun, u16)> {
        Some(match self {
            Entry::Place(entry) => (Noun::Place, entry.index.0),
            Entry::Unit(entry) => (Noun::Unit, entry.index.0),
            Entry::Person(entry) => (Noun::Person, entry.index.0),
            Entry::Device(entry) => (Noun::Device, entry.index.0),
            Entry::Item(entry) => (Noun::Item, entry.index.0),
            Entry::Depot(entry) => (Noun::Depot, entry.index.0),
            Entry::Post(entry) => (Noun::Post, entry.index.0),
            Entry::Retire(entry) => (entry.noun, entry.index),
            Entry::Revoke(entry) => (Noun::Device, entry.index.0),
            Entry::Template(entry) => (Noun::Template, entry.index.0),
            Entry::Issuer(entry) => (Noun::Device, entry.index.0),
            Entry::Alias(entry) => (entry.noun, entry.index),
            Entry::Plan(entry) => (Noun::Plan, entry.index.0),
            Entry::Card(entry) => (Noun::Card, entry.index.0),
            Entry::Duty(entry) => (Noun::Duty, entry.index.0),
            Entry::Path(entry) => (Noun::Device, entry.index.0),
            Entry::Rekey(_) | Entry::Group(_) | Entry::Unknown { .. } => return None,
        })
    }
}

impl Directory {
    /// Everything of one list by index, withdrawn ones too.
    pub fn list(&self, noun: Noun) -> ListRows {
        let rows = self.numbers(noun).into_iter();
        ListRows {
            list: noun.word().to_owned(),
            version: self.version,
            columns: noun.columns().iter().map(|name| (*name).to_owned()).collect(),
            entries: rows.filter_map(|(index, _)| self.listed(noun, index)).collect(),
        }
    }

    /// The indexes of one list that are in use.
    pub(super) fn in_use(&self, noun: Noun) -> Vec<u16> {
        let all = self.numbers(noun).into_iter();
        all.filter(|(_, retired)| !retired).map(|(index, _)| index).collect()
    }

    /// One line of the log for a directory record: how many entries, and the first names.
    pub fn summary(entries: &[Entry]) -> String {
        let names = entries.iter().filter_map(|entry| match entry {
            Entry::Place(entry) => Some(entry.name.clone()),
            Entry::Unit(entry) => Some(entry.name.clone()),
            Entry::Person(entry) => Some(entry.name.clone()),
            Entry::Device(entry) => Some(format!("#{}", entry.index)),
            Entry::Item(entry) => Some(entry.name.clone()),
            Entry::Depot(entry) => Some(entry.name.clone()),
            Entry::Post(entry) => Some(entry.name.clone()),
            Entry::Template(entry) => Some(entry.code.clone()),
            Entry::Revoke(entry) => Some(format!("-#{} {}", entry.index, entry.reason)),
            Entry::Issuer(entry) => {
                Some(format!("+#{} {}-{}", entry.index, entry.first, entry.last))
            }
            Entry::Group(entry) => Some(format!("密 {}", entry.name)),
            Entry::Path(entry) => Some(format!("补发密钥#{}", entry.index)),
            Entry::Plan(entry) => Some(entry.name.clone()),
            Entry::Card(entry) => Some(entry.code.clone()),
            Entry::Duty(entry) => Some(format!("{} {}", entry.day, entry.shift)),
            Entry::Rekey(entry) => Some(format!("换发密钥#{}", entry.head().epoch)),
            Entry::Retire(_) | Entry::Alias(_) | Entry::Unknown { .. } => None,
        });
        let names: Vec<String> = names.take(NEAR_MAX).collect();
        format!("{} 条: {}", entries.len(), names.join("、"))
    }

    /// Other codes of a thing.
    pub fn aliases_of(&self, noun: Noun, index: u16) -> &[String] {
        self.aliases.get(&(noun, index)).map_or(&[], Vec::as_slice)
    }

    fn numbers(&self, noun: Noun) -> Vec<(u16, bool)> {
        fn of<I, E>(table: &Table<I, E>, number: impl Fn(&I) -> u16) -> Vec<(u16, bool)> {
            table.iter().map(|(index, kept)| (number(index), kept.retired)).collect()
        }
        match noun {
            Noun::Place => of(&self.places, |index| index.0),
            Noun::Unit => of(&self.units, |index| index.0),
            Noun::Person => of(&self.persons, |index| index.0),
            Noun::Device => of(&self.devices, |index| index.0),
            Noun::Item => of(&self.items, |index| index.0),
            Noun::Depot => of(&self.depots, |index| index.0),
            Noun::Post => of(&self.posts, |index| index.0),
            Noun::Template => of(&self.templates, |index| index.0),
            Noun::Plan => of(&self.plans, |index| index.0),
            Noun::Card => of(&self.cards, |index| index.0),
            Noun::Duty => of(&self.duties, |index| index.0),
        }
    }

    /// One line of a list.
    pub(super) fn listed(&self, noun: Noun, index: u16) -> Option<EntryRow> {
        match noun {
            Noun::Place => self.places.get(&PlaceId(index)).map(|kept| {
                let entry = &kept.entry;
                let (lon, lat) = degrees(entry.point);
                let parent = entry.parent.map_or_else(String::new, |it| self.place_name(it));
                let values = vec![parent, lon, lat, self.aliases_text(noun, index)];
                row(noun, index, kept, &entry.code, &entry.name, values)
            }),
            Noun::Unit => self.units.get(&UnitId(index)).map(|kept| {
                let entry = &kept.entry;
                let place = entry.place.map_or_else(String::new, |it| self.place_name(it));
                let (kind, people) = (entry.kind.word().to_owned(), entry.people.to_string());
                let values = vec![kind, place, people, self.aliases_text(noun, index)];
                row(noun, index, kept, &entry.code, &entry.name, values)
            }),
            Noun::Person => self.persons.get(&PersonId(index)).map(|kept| {
                let values = vec![self.unit_name(kept.entry.unit)];
                row(noun, index, kept, "", &kept.entry.name, values)
            }),
            Noun::Device => self.devices.get(&DeviceId(index)).map(|kept| {
                let entry = &kept.entry;
                let depot = entry.depot_scope.map_or_else(String::new, |it| self.depot_name(it));
                let (unit, roles) = (self.unit_name(entry.unit), entry.roles.words().join(" "));
                row(noun, index, kept, "", &unit.clone(), vec![unit, roles, depot])
            }),
            Noun::Item => self.items.get(&ItemId(index)).map(|kept| {
                let entry = &kept.entry;
                let values = vec![entry.unit.clone(), self.aliases_text(noun, index)];
                row(noun, index, kept, &entry.code, &entry.name, values)
            }),
            Noun::Depot => self.depots.get(&DepotId(index)).map(|kept| {
                let entry = &kept.entry;
                let (lon, lat) = degrees(entry.point);
                let custodian = self.unit_name(entry.custodian);
                let values = vec![custodian, lon, lat, self.aliases_text(noun, index)];
                row(noun, index, kept, &entry.code, &entry.name, values)
            }),
            Noun::Template => self.templates.get(&TemplateId(index)).map(|kept| {
                let entry = &kept.entry;
                let blanks =
                    entry.fields.iter().map(|it| format!("{}:{}", it.name, it.kind.word()));
                let fields = blanks.collect::<Vec<_>>().join(" ");
                let values = vec![entry.zh.clone(), entry.en.clone(), fields];
                row(noun, index, kept, &entry.code, &entry.zh, values)
            }),
            Noun::Post | Noun::Plan | Noun::Card | Noun::Duty => self.listed_paper(noun, index),
        }
    }

    fn listed_paper(&self, noun: Noun, index: u16) -> Option<EntryRow> {
        let person = |index: PersonId| self.person_name(&crate::wire::record::Person::Index(index));
        match noun {
            Noun::Post => self.posts.get(&PostId(index)).map(|kept| {
                let entry = &kept.entry;
                let stand_in = entry.stand_in.map_or_else(String::new, person);
                let values = vec![self.unit_name(entry.unit), person(entry.primary), stand_in];
                row(noun, index, kept, &entry.code, &entry.name, values)
            }),
            Noun::Plan => self.plans.get(&PlanId(index)).map(|kept| {
                let entry = &kept.entry;
                row(noun, index, kept, &entry.code, &entry.name, vec![entry.text.clone()])
            }),
            Noun::Card => self.cards.get(&CardId(index)).map(|kept| {
                let entry = &kept.entry;
                let place = self.place_name(entry.place);
                let texts = [&entry.when, &entry.who, &entry.leader, &entry.to, &entry.care];
                let mut values = vec![place.clone(), entry.people.to_string()];
                values.extend(texts.into_iter().cloned());
                row(noun, index, kept, &entry.code, &place, values)
            }),
            Noun::Duty => self.duties.get(&DutyId(index)).map(|kept| {
                let entry = &kept.entry;
                let post = self.posts.get(&entry.post).map(|kept| kept.entry.name.clone());
                let post = post.unwrap_or_else(|| entry.post.to_string());
                let name = format!("{post} {} {}", entry.day, entry.shift);
                let (day, shift) = (entry.day.clone(), entry.shift.clone());
                row(noun, index, kept, "", &name, vec![post, day, shift, person(entry.person)])
            }),
            Noun::Place
            | Noun::Unit
            | Noun::Person
            | Noun::Device
            | Noun::Item
            | Noun::Depot
            | Noun::Template => None,
        }
    }

    fn aliases_text(&self, noun: Noun, index: u16) -> String {
        self.aliases_of(noun, index).join(" ")
    }
}

fn row<E>(
    noun: Noun,
    index: u16,
    kept: &Kept<E>,
    code: &str,
    name: &str,
    values: Vec<String>,
) -> EntryRow {
    let names = noun.columns().iter().map(|name| (*name).to_owned());
    EntryRow {
        index,
        code: code.to_owned(),
        name: name.to_owned(),
        withdrawn: kept.retired,
        since: kept.since,
        fields: names.zip(values).collect(),
    }
}

/// Longitude and latitude as a file has them; empty without a point.
fn degrees(point: Option<Point>) -> (String, String) {
    let text = |e7: i32| {
        let (sign, whole) = (if e7 < 0 { "-" } else { "" }, e7.unsigned_abs());
        let text = format!("{sign}{}.{:07}", whole / UNITS_PER_DEGREE, whole % UNITS_PER_DEGREE);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    point.map_or_else(Default::default, |point| (text(point.lon_e7), text(point.lat_e7)))
}

#[cfg(test)]
mod tests;
