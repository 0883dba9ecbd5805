//! Who is who: the fold of the authority's directory lane into places, units, persons, devices,
//! items, depots and the papers of the duty room. Lookups by name live in `lookup`, audiences in
//! `audience`, rows for screens in `rows` and `listing`, imports in `draft`, order templates in
//! `template`, plans, cards and duties in `paper`.
//!
//! Records are applied in the order of their lane (the log hands them out so), and a record that
//! was applied before changes nothing. An entry replaces the earlier one of the same index; a
//! retired entry keeps its name for what was written before.

pub mod audience;
pub mod draft;
pub mod entry;
pub mod group;
pub mod issuer;
mod listing;
pub mod lookup;
pub mod noun;
pub mod paper;
pub mod path;
pub mod revoke;
mod rows;
pub mod template;
mod unit_kind;

use std::collections::{BTreeMap, BTreeSet};

use crate::base::ids::{
    CardId, DepotId, DeviceId, DutyId, GroupId, ItemId, PersonId, PlaceId, PlanId, PostId,
    TemplateId, UnitId,
};
use crate::base::roles::Roles;
use crate::field::air::grid::{Grid, Ground};
use crate::keys::rekey::Rekey;

pub use audience::Target;
pub use entry::{
    DepotEntry, DeviceEntry, Entry, ItemEntry, PersonEntry, PlaceEntry, PostEntry, RetireEntry,
    UnitEntry, UnitKind,
};
pub use group::GroupEntry;
pub use issuer::IssuerEntry;
pub use lookup::NameError;
pub use noun::Noun;
pub use paper::{AliasEntry, CardEntry, DutyEntry, PlanEntry};
pub use path::PathEntry;
pub use revoke::RevokeEntry;
pub use rows::key_begins;
pub use template::TemplateEntry;

use audience::Roll;

/// An entry and when it came and went.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Kept<E> {
    entry: E,
    /// Sequence number of the record that named it first.
    since: u32,
    retired: bool,
}

type Table<I, E> = BTreeMap<I, Kept<E>>;

/// The signed directory as far as it is known here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directory {
    version: u32,
    unknown_count: u32,
    roll: Roll,
    places: Table<PlaceId, PlaceEntry>,
    units: Table<UnitId, UnitEntry>,
    persons: Table<PersonId, PersonEntry>,
    devices: Table<DeviceId, DeviceEntry>,
    items: Table<ItemId, ItemEntry>,
    depots: Table<DepotId, DepotEntry>,
    posts: Table<PostId, PostEntry>,
    templates: Table<TemplateId, TemplateEntry>,
    plans: Table<PlanId, PlanEntry>,
    cards: Table<CardId, CardEntry>,
    duties: Table<DutyId, DutyEntry>,
    /// Other codes of things; never an empty list.
    aliases: BTreeMap<(Noun, u16), Vec<String>>,
    revoked: BTreeMap<DeviceId, RevokeEntry>,
    /// The parts of the newest rekey.
    rekeys: BTreeMap<u16, Rekey>,
    issuers: BTreeMap<DeviceId, IssuerEntry>,
    groups: BTreeMap<GroupId, group::Group>,
    paths: BTreeMap<DeviceId, PathEntry>,
    /// The devices in use of each unit, as `devices` has them: asked for every row of an order.
    in_use: BTreeMap<UnitId, BTreeSet<DeviceId>>,
    /// The grid around the first of `places` that has a point: asked for every frame.
    grid: Option<Grid>,
}

/// What the directory says of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Which device.
    pub device: DeviceId,
    /// Its Ed25519 public key.
    pub public: [u8; 32],
    /// The unit it speaks for.
    pub unit: UnitId,
    /// What it may write.
    pub roles: Roles,
    /// The one depot it may post for, if limited to one.
    pub depot_scope: Option<DepotId>,
    /// No longer used. Its earlier records still verify with its key.
    pub retired: bool,
}

impl Directory {
    /// An empty directory.
    pub fn new() -> Directory {
        Directory::default()
    }

    /// The grid on which positions go over the air: around the first place that has a point.
    pub fn grid(&self) -> Option<Grid> {
        self.grid
    }

    /// What both ends of a frame of this sender know, if they have this directory.
    pub fn ground(&self, sender: DeviceId) -> Ground {
        let unit = self.devices.get(&sender).map(|kept| kept.entry.unit);
        Ground { grid: self.grid(), unit }
    }

    /// Takes in one record of the directory lane. True if it was new; a record at or before
    /// [`Directory::version`] changes nothing.
    pub fn apply_record(&mut self, seq: u32, entries: &[Entry]) -> bool {
        if seq <= self.version {
            return false;
        }
        entries.iter().for_each(|entry| self.apply(seq, entry));
        self.version = seq;
        true
    }

    fn apply(&mut self, seq: u32, entry: &Entry) {
        match entry {
            Entry::Place(place) => {
                self.roll.place_moves(seq, place.index, place.parent);
                keep(&mut self.places, place.index, seq, place);
                let point = self.places.values().find_map(|kept| kept.entry.point);
                self.grid = point.map(Grid::around);
            }
            Entry::Unit(unit) => {
                self.roll.unit_stands(seq, unit.index, Some((unit.kind, unit.place)));
                keep(&mut self.units, unit.index, seq, unit);
            }
            Entry::Person(person) => keep(&mut self.persons, person.index, seq, person),
            Entry::Device(device) => {
                self.end_device(device.index);
                keep(&mut self.devices, device.index, seq, device);
                self.in_use.entry(device.unit).or_default().insert(device.index);
            }
            Entry::Item(item) => keep(&mut self.items, item.index, seq, item),
            Entry::Depot(depot) => keep(&mut self.depots, depot.index, seq, depot),
            Entry::Post(post) => keep(&mut self.posts, post.index, seq, post),
            Entry::Retire(retire) => self.retire(seq, *retire),
            Entry::Revoke(revoked) => {
                self.end_device(revoked.index);
                // Said again later, it must not give back what was written in between.
                self.revoked.entry(revoked.index).or_insert_with(|| revoked.clone());
            }
            Entry::Rekey(rekey) => self.apply_rekey(rekey),
            Entry::Template(template) => {
                let (index, entry) = (template.index, template.clone());
                // What was ordered by these words must not change with them.
                self.templates.entry(index).or_insert(Kept { entry, since: seq, retired: false });
            }
            Entry::Alias(AliasEntry { noun, index, codes }) if codes.is_empty() => {
                self.aliases.remove(&(*noun, *index));
            }
            Entry::Alias(AliasEntry { noun, index, codes }) => {
                self.aliases.insert((*noun, *index), codes.clone());
            }
            Entry::Issuer(issuer) => {
                self.issuers.insert(issuer.index, **issuer);
            }
            Entry::Group(group) => self.apply_group(group),
            Entry::Path(path) => {
                self.paths.insert(path.index, **path);
            }
            Entry::Plan(plan) => keep(&mut self.plans, plan.index, seq, plan),
            Entry::Card(card) => keep(&mut self.cards, card.index, seq, card),
            Entry::Duty(duty) => keep(&mut self.duties, duty.index, seq, duty),
            Entry::Unknown { .. } => self.unknown_count = self.unknown_count.saturating_add(1),
        }
    }

    fn retire(&mut self, seq: u32, RetireEntry { noun, index }: RetireEntry) {
        match noun {
            Noun::Place => end(&mut self.places, PlaceId(index)),
            Noun::Unit => {
                self.roll.unit_stands(seq, UnitId(index), None);
                end(&mut self.units, UnitId(index));
            }
            Noun::Person => end(&mut self.persons, PersonId(index)),
            Noun::Device => self.end_device(DeviceId(index)),
            Noun::Item => end(&mut self.items, ItemId(index)),
            Noun::Depot => end(&mut self.depots, DepotId(index)),
            Noun::Post => end(&mut self.posts, PostId(index)),
            Noun::Template => end(&mut self.templates, TemplateId(index)),
            Noun::Plan => end(&mut self.plans, PlanId(index)),
            Noun::Card => end(&mut self.cards, CardId(index)),
            Noun::Duty => end(&mut self.duties, DutyId(index)),
        }
    }

    fn end_device(&mut self, index: DeviceId) {
        end(&mut self.devices, index);
        let unit = self.devices.get(&index).map(|kept| kept.entry.unit);
        if let Some(devices) = unit.and_then(|unit| self.in_use.get_mut(&unit)) {
            devices.remove(&index);
        }
    }

    /// Sequence number of the last record taken in; 0 when nothing is known.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Lines of a later version that this program could not read.
    pub fn unknown_count(&self) -> u32 {
        self.unknown_count
    }

    /// What is known of a device; `None` if it was never named.
    pub fn member(&self, device: DeviceId) -> Option<Member> {
        self.devices.get(&device).map(|kept| Member {
            device,
            public: kept.entry.public,
            unit: kept.entry.unit,
            roles: kept.entry.roles,
            depot_scope: kept.entry.depot_scope,
            retired: kept.retired,
        })
    }

    /// The device that has this public key, or else the last one that had it.
    pub fn member_of_key(&self, public: &[u8; 32]) -> Option<Member> {
        let named = self.devices.iter().filter(|(_, kept)| kept.entry.public == *public);
        let last = named.max_by_key(|(device, kept)| (!kept.retired, **device));
        last.and_then(|(device, _)| self.member(*device))
    }

    /// Every device that was ever named, by index; true for one that may draft, issue, sign or
    /// withdraw orders.
    pub fn devices(&self) -> impl Iterator<Item = (DeviceId, bool)> {
        let commands = |roles: Roles| roles.has_any(Roles::SEES_DRAFTS);
        self.devices.iter().map(move |(device, kept)| (*device, commands(kept.entry.roles)))
    }

    /// Every device of a unit that is in use, by index.
    pub fn devices_of(&self, unit: UnitId) -> impl Iterator<Item = DeviceId> {
        self.in_use.get(&unit).into_iter().flatten().copied()
    }

    /// Every unit at this very place, by index, retired or not.
    pub fn units_at(&self, place: PlaceId) -> impl Iterator<Item = UnitId> {
        let of_place = self.units.iter().filter(move |(_, kept)| kept.entry.place == Some(place));
        of_place.map(|(unit, _)| *unit)
    }

    /// What is known of a unit, retired or not.
    pub fn unit_entry(&self, unit: UnitId) -> Option<&UnitEntry> {
        self.units.get(&unit).map(|kept| &kept.entry)
    }

    /// Sequence number of the record that named the unit first.
    pub fn unit_since(&self, unit: UnitId) -> Option<u32> {
        self.units.get(&unit).map(|kept| kept.since)
    }

    /// What is known of a place, retired or not.
    pub fn place_entry(&self, place: PlaceId) -> Option<&PlaceEntry> {
        self.places.get(&place).map(|kept| &kept.entry)
    }

    /// What is known of an item, retired or not.
    pub fn item_entry(&self, item: ItemId) -> Option<&ItemEntry> {
        self.items.get(&item).map(|kept| &kept.entry)
    }

    /// What is known of a depot, retired or not.
    pub fn depot_entry(&self, depot: DepotId) -> Option<&DepotEntry> {
        self.depots.get(&depot).map(|kept| &kept.entry)
    }

    /// What is known of a person, retired or not.
    pub fn person_entry(&self, person: PersonId) -> Option<&PersonEntry> {
        self.persons.get(&person).map(|kept| &kept.entry)
    }

    /// The unit that keeps a depot.
    pub fn custodian(&self, depot: DepotId) -> Option<UnitId> {
        self.depot_entry(depot).map(|entry| entry.custodian)
    }
}

/// A new index starts; a known one changes and is in use again.
fn keep<I: Ord + Copy, E: Clone>(table: &mut Table<I, E>, index: I, seq: u32, entry: &E) {
    let since = table.get(&index).map_or(seq, |kept| kept.since);
    table.insert(index, Kept { entry: entry.clone(), since, retired: false });
}

/// What was never named cannot end.
fn end<I: Ord, E>(table: &mut Table<I, E>, index: I) {
    if let Some(kept) = table.get_mut(&index) {
        kept.retired = true;
    }
}

/// The entries in use, by index.
fn live<I, E>(table: &Table<I, E>) -> impl Iterator<Item = &E> + Clone {
    table.values().filter(|kept| !kept.retired).map(|kept| &kept.entry)
}

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;
