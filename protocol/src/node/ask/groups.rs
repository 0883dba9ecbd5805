//! Groups: made, changed and ended by the authority; orders sealed to them. How keys reach devices
//! is [`crate::keys::group`]'s, who is in which group the directory's.

use std::collections::BTreeSet;

use crate::base::caps::{GROUP_DEPOTS_MAX, GROUP_UNITS_MAX, GROUP_WRAPS_MAX};
use crate::base::ids::{DepotId, DeviceId, GroupId, Lane, SpokenId, UnitId};
use crate::field::body::Body;
use crate::field::directory::group::Group;
use crate::field::directory::{DeviceEntry, Entry, GroupEntry, Member, Target};
use crate::field::order::Order;
use crate::field::order::sealed::Sealed;
use crate::field::order::words::Words;
use crate::field::text::check_name;
use crate::keys::between::Between;
use crate::keys::group::GroupTurn;
use crate::keys::subtree::TreeMaster;
use crate::local::{Refusal, Reply, Request};
use crate::node::Node;
use crate::node::ask::Answer;
use crate::wire::record::Person;

mod sentence;

pub(super) use sentence::no_key;
use sentence::{
    bad_name, custodian_outside, no_units, not_in_it, not_sealed, nothing_to_add, outsiders,
    sealed_elsewhere, too_many_depots, too_many_groups, too_many_units,
};

/// A group as it is to be: its name, its units, and which key.
struct Wanted {
    name: String,
    units: Vec<UnitId>,
    depots: Vec<DepotId>,
    turn: GroupTurn,
}

impl Wanted {
    /// As it is now, with its newest key.
    fn as_it_is(index: GroupId, group: &Group) -> Wanted {
        let (turn, began_s) = group.newest();
        Wanted {
            name: group.name().to_owned(),
            units: group.units().to_vec(),
            depots: group.depots().to_vec(),
            turn: GroupTurn { group: index, turn, began_s },
        }
    }
}

impl Node {
    pub(super) fn add_to_group(
        &mut self,
        group: String,
        units: Vec<String>,
        depots: Vec<String>,
    ) -> Result<Answer, Refusal> {
        self.authority()?;
        self.writable()?;
        if !self.own_lines_are_folded() {
            return Ok(Answer::Again(Request::AddToGroup { group, units, depots }));
        }
        let (name, units, depots) = (group.as_str(), units.as_slice(), depots.as_slice());
        let directory = &self.folds.directory;
        let added = self.units_of(units)?;
        let known = directory.group_named(name).ok();
        let group = known.and_then(|index| directory.group(index));
        if added.is_empty() && (depots.is_empty() || group.is_none()) {
            return Err(no_units());
        }
        let sealed = self.depots_of(depots, known)?;
        let mut all = group.map_or_else(Vec::new, |group| group.units().to_vec());
        all.extend(added);
        all.sort_unstable();
        all.dedup();
        if all.len() > GROUP_UNITS_MAX {
            return Err(too_many_units());
        }
        let depots = merged(group.map_or(&[], Group::depots), &sealed);
        if depots.len() > GROUP_DEPOTS_MAX {
            return Err(too_many_depots());
        }
        self.custodians_are_in(&depots, &all)?;
        let wanted = match known.zip(group) {
            Some((index, group)) => Wanted { units: all, depots, ..Wanted::as_it_is(index, group) },
            None => {
                check_name(name.trim()).map_err(|_| bad_name())?;
                let index = directory.next_group().ok_or_else(too_many_groups)?;
                let turn = GroupTurn { group: index, turn: 1, began_s: self.now_s() };
                Wanted { name: name.trim().to_owned(), units: all, depots, turn }
            }
        };
        let mut devices = directory.devices_in(&wanted.units);
        devices.retain(|member| !group.is_some_and(|group| group.holds(member.device)));
        let is_same =
            |group: &Group| group.units() == wanted.units && group.depots() == wanted.depots;
        if devices.is_empty() && group.is_some_and(is_same) {
            return Err(nothing_to_add(&wanted.name));
        }
        let lines = self.lines_of(&wanted, &devices)?;
        Ok(self.saved_lines(lines))
    }

    /// Take units or depots out of a group.
    pub(super) fn remove(
        &mut self,
        group: String,
        units: Vec<String>,
        depots: Vec<String>,
    ) -> Result<Answer, Refusal> {
        self.authority()?;
        self.writable()?;
        if !self.own_lines_are_folded() {
            return Ok(Answer::Again(Request::RemoveFromGroup { group, units, depots }));
        }
        let (name, units, depots) = (group.as_str(), units.as_slice(), depots.as_slice());
        let directory = &self.folds.directory;
        let index = directory.group_named(name)?;
        let group = directory.group(index).expect("it was found among them just now");
        let opened = self.depots_of(depots, Some(index))?;
        if let Some(stranger) = opened.iter().find(|depot| !group.depots().contains(depot)) {
            return Err(not_sealed(group, &directory.depot_name(*stranger)));
        }
        let mut sealed = group.depots().to_vec();
        sealed.retain(|depot| !opened.contains(depot));
        let removed = match units.is_empty() && depots.is_empty() {
            true => group.units().to_vec(),
            false => self.units_of(units)?,
        };
        if let Some(stranger) = removed.iter().find(|unit| !group.units().contains(unit)) {
            return Err(not_in_it(group, &directory.unit_name(*stranger)));
        }
        let mut left = group.units().to_vec();
        left.retain(|unit| !removed.contains(unit));
        if left.is_empty() {
            sealed.clear();
        }
        self.custodians_are_in(&sealed, &left)?;
        let (wanted, devices) = match removed.is_empty() {
            // Nobody leaves: the key stays as it is.
            true => (Wanted::as_it_is(index, group), vec![]),
            false => (self.next_turn(index, group), directory.devices_in(&left)),
        };
        let wanted = Wanted { units: left, depots: sealed, ..wanted };
        let lines = self.lines_of(&wanted, &devices)?;
        Ok(self.saved_lines(lines))
    }

    /// The lines that give every group that this device could read a key that it does not have.
    pub(super) fn groups_without(&self, device: DeviceId) -> Result<Vec<Entry>, Refusal> {
        let directory = &self.folds.directory;
        let mut lines = Vec::new();
        for (index, group) in directory.groups().filter(|(_, group)| group.holds(device)) {
            let wanted = self.next_turn(index, group);
            let mut devices = directory.devices_in(&wanted.units);
            devices.retain(|member| member.device != device);
            lines.extend(self.lines_of(&wanted, &devices)?);
        }
        Ok(lines)
    }

    /// The lines that give a device the keys of the groups of its unit.
    pub(in crate::node) fn groups_for(&self, entry: &DeviceEntry) -> Result<Vec<Entry>, Refusal> {
        let directory = &self.folds.directory;
        let member = Member {
            device: entry.index,
            public: entry.public,
            unit: entry.unit,
            roles: entry.roles,
            depot_scope: entry.depot_scope,
            retired: false,
        };
        let mut lines = Vec::new();
        for (index, group) in directory.groups() {
            if group.units().contains(&entry.unit) && !group.holds(entry.index) {
                lines.extend(self.lines_of(&Wanted::as_it_is(index, group), &[member])?);
            }
        }
        Ok(lines)
    }

    /// Write these lines of the directory, a record each, and seal them.
    pub(in crate::node) fn write_lines(&mut self, lines: Vec<Entry>) {
        let count = lines.len();
        for (line, number) in lines.into_iter().zip(1..) {
            let body = Body::Directory(vec![line]);
            self.write(Lane::Directory, &body, Person::Nobody, number == count);
        }
    }

    /// Seal the words of an order to a group, if all who owe an answer can then read them.
    pub(super) fn seal_to_group(&self, order: &mut Order, name: &str) -> Result<(), Refusal> {
        let directory = &self.folds.directory;
        let index = directory.group_named(name)?;
        let group = directory.group(index).expect("it was found among them just now");
        let turn = group.newest().0;
        let key = self.folds.ring.key(index, turn).ok_or_else(|| no_key(group))?;
        let mut outside = directory.expand(&order.targets, order.directory_version);
        let is_named = order.targets.contains(&Target::Unit(self.who.unit));
        outside
            .retain(|unit| !group.units().contains(unit) && (*unit != self.who.unit || is_named));
        if !outside.is_empty() {
            let names = outside.iter().take(5).map(|unit| directory.unit_name(*unit));
            return Err(outsiders(group, &names.collect::<Vec<_>>()));
        }
        let author = self.who.device;
        let sealed = Sealed::conceal(&order.text, key, (index, turn), author);
        order.text = Words::Sealed(sealed);
        Ok(())
    }

    fn units_of(&self, names: &[String]) -> Result<Vec<UnitId>, Refusal> {
        let names = names.iter().filter(|name| !name.trim().is_empty());
        Ok(names.map(|name| self.folds.directory.unit(name)).collect::<Result<_, _>>()?)
    }

    /// Depots by name, if none of them is sealed to another group than this one.
    fn depots_of(&self, names: &[String], index: Option<GroupId>) -> Result<Vec<DepotId>, Refusal> {
        let directory = &self.folds.directory;
        let mut depots = Vec::new();
        for name in names.iter().filter(|name| !name.trim().is_empty()) {
            let depot = directory.depot(name)?;
            if let Some((other, group)) = directory.group_of_depot(depot)
                && Some(other) != index
            {
                return Err(sealed_elsewhere(&directory.depot_name(depot), group));
            }
            depots.push(depot);
        }
        Ok(depots)
    }

    /// Whoever keeps a depot must be able to write what is sealed, and to read it.
    fn custodians_are_in(&self, depots: &[DepotId], units: &[UnitId]) -> Result<(), Refusal> {
        let directory = &self.folds.directory;
        for depot in depots {
            let custodian = directory.custodian(*depot);
            if let Some(unit) = custodian.filter(|unit| !units.contains(unit)) {
                let (depot, unit) = (directory.depot_name(*depot), directory.unit_name(unit));
                return Err(custodian_outside(&depot, &unit));
            }
        }
        Ok(())
    }

    /// A note about an order whose words are sealed, for the same group, if it can be sealed here.
    /// Whoever cannot read the order has nothing of it to give away.
    pub(super) fn note_for_group(&self, id: SpokenId, note: &str) -> Option<(SpokenId, Sealed)> {
        let issued = self.folds.orders.get(id).or_else(|| self.folds.orders.unsigned(id))?;
        let Words::Sealed(sealed) = &issued.order.text else { return None };
        let turn = self.folds.directory.group(sealed.group)?.newest().0;
        let key = self.folds.ring.key(sealed.group, turn).filter(|_| !note.is_empty())?;
        let words = Words::Plain(note.to_owned());
        Some((id, Sealed::conceal(&words, key, (sealed.group, turn), self.who.device)))
    }

    /// As it is now, with its next key.
    fn next_turn(&self, index: GroupId, group: &Group) -> Wanted {
        let turn = group.newest().0.saturating_add(1);
        let turn = GroupTurn { group: index, turn, began_s: self.now_s() };
        Wanted { turn, ..Wanted::as_it_is(index, group) }
    }

    fn now_s(&self) -> u32 {
        u32::try_from(self.now.wall.0 / 1000).unwrap_or(u32::MAX)
    }

    /// The lines that say what a group is and give its key to these devices.
    fn lines_of(&self, wanted: &Wanted, devices: &[Member]) -> Result<Vec<Entry>, Refusal> {
        let (key, seed) = self.authority()?;
        let master = TreeMaster::new(self.settings.suite, self.who.network, seed);
        let line = |devices: &[Member]| {
            let wraps = devices.iter().filter_map(|member| {
                let between = Between::new(key, &member.public)?;
                Some((member.device, wanted.turn.wrap(&master, &between, member.device)))
            });
            Entry::Group(GroupEntry {
                index: wanted.turn.group,
                name: wanted.name.clone(),
                turn: wanted.turn.turn,
                began_s: wanted.turn.began_s,
                units: wanted.units.clone(),
                wraps: wraps.collect(),
                depots: wanted.depots.clone(),
            })
        };
        Ok(match devices.is_empty() {
            true => vec![line(&[])],
            false => devices.chunks(GROUP_WRAPS_MAX).map(line).collect(),
        })
    }

    pub(super) fn saved_lines(&mut self, lines: Vec<Entry>) -> Answer {
        let records = lines.len() as u32;
        self.write_lines(lines);
        Answer::WhenSaved(Reply::Saved { id: None, records })
    }
}

/// Both, in order, each once.
fn merged(some: &[DepotId], more: &[DepotId]) -> Vec<DepotId> {
    let all: BTreeSet<DepotId> = some.iter().chain(more).copied().collect();
    all.into_iter().collect()
}
