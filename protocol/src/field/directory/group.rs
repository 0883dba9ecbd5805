//! Groups of units: what is sealed to a group is read by the devices of its units alone. Here is
//! who is in it and how its keys reach them; the keys themselves are `keys::group`'s.
//!
//! ```text
//! 25 group   index varint | name | turn varint | began 4 | count varint, units varint …
//!            | count varint, of each device: distance from the last varint, wrapped seed 16
//!            | [count varint, depots varint …]
//! ```
//!
//! Posts of the depots are sealed to the group (`field::stock::sealed`); a line without them ends
//! before them, as those of earlier versions did.
//!
//! A line of a later turn begins anew: somebody has left. A line of the same turn adds devices and
//! says the newest name and units. A group without units is over; what was sealed to it stays
//! readable to those who could read it.

use std::collections::BTreeMap;

use crate::base::caps::{GROUP_DEPOTS_MAX, GROUP_UNITS_MAX, GROUP_WRAPS_MAX, GROUPS_MAX};
use crate::base::ids::{DepotId, DeviceId, GroupId, UnitId};
use crate::field::directory::lookup::What;
use crate::field::directory::{Directory, Member, NameError};
use crate::keys::group::{GROUP_WRAP_BYTES, GroupTurn, GroupWrap};
use crate::local::rows::{GroupMark, GroupRow};
use crate::wire::pack::{Pack, PackError, Reader, put_varint};

/// A line of the directory about a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupEntry {
    /// Its index.
    pub index: GroupId,
    /// Its name.
    pub name: String,
    /// Which key it is about, from 1.
    pub turn: u32,
    /// When that turn began by the authority's clock, seconds since 1970.
    pub began_s: u32,
    /// Units whose devices are in it, in order; none if the group is over.
    pub units: Vec<UnitId>,
    /// The wrapped key for each of some devices.
    pub wraps: BTreeMap<DeviceId, GroupWrap>,
    /// Depots whose posts are sealed to it, in order.
    pub depots: Vec<DepotId>,
}

impl GroupEntry {
    /// Which key it is about.
    pub fn turn(&self) -> GroupTurn {
        GroupTurn { group: self.index, turn: self.turn, began_s: self.began_s }
    }
}

impl Pack for GroupEntry {
    fn pack(&self, to: &mut Vec<u8>) {
        self.index.pack(to);
        self.name.pack(to);
        self.turn.pack(to);
        to.extend_from_slice(&self.began_s.to_be_bytes());
        put_varint(to, self.units.len() as u64);
        self.units.iter().for_each(|unit| unit.pack(to));
        put_varint(to, self.wraps.len() as u64);
        let mut before = 0;
        for (device, wrap) in &self.wraps {
            put_varint(to, u64::from(device.0 - before));
            to.extend_from_slice(wrap);
            before = device.0;
        }
        if !self.depots.is_empty() {
            put_varint(to, self.depots.len() as u64);
            self.depots.iter().for_each(|depot| depot.pack(to));
        }
    }

    fn unpack(from: &mut Reader<'_>) -> Result<GroupEntry, PackError> {
        let (index, name) = (GroupId::unpack(from)?, String::unpack(from)?);
        let (turn, began_s) = (u32::unpack(from)?, u32::from_be_bytes(from.array()?));
        let mut units = Vec::new();
        for _ in 0..bounded(from.varint()?, GROUP_UNITS_MAX)? {
            units.push(UnitId::unpack(from)?);
        }
        let (mut wraps, mut before) = (BTreeMap::new(), 0u64);
        for _ in 0..bounded(from.varint()?, GROUP_WRAPS_MAX)? {
            let distance = from.varint()?;
            before = before.saturating_add(distance);
            let device = u16::try_from(before).map_err(|_| PackError::BadValue("device"))?;
            if distance == 0 {
                return Err(PackError::BadValue("device"));
            }
            wraps.insert(DeviceId(device), from.array::<GROUP_WRAP_BYTES>()?);
        }
        let mut depots = Vec::new();
        if !from.rest().is_empty() {
            for _ in 0..bounded(from.varint()?, GROUP_DEPOTS_MAX)? {
                depots.push(DepotId::unpack(from)?);
            }
        }
        Ok(GroupEntry { index, name, turn, began_s, units, wraps, depots })
    }
}

fn bounded(count: u64, max: usize) -> Result<u64, PackError> {
    if count > max as u64 { Err(PackError::TooLong) } else { Ok(count) }
}

/// A group as the directory has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    name: String,
    units: Vec<UnitId>,
    depots: Vec<DepotId>,
    /// Of each turn when it began, and who has its key.
    turns: BTreeMap<u32, (u32, BTreeMap<DeviceId, GroupWrap>)>,
}

impl Group {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The units in it; none when it is over.
    pub fn units(&self) -> &[UnitId] {
        &self.units
    }

    /// Depots whose posts are sealed to it.
    pub fn depots(&self) -> &[DepotId] {
        &self.depots
    }

    /// The newest turn and when it began; turn 0 before the first.
    pub fn newest(&self) -> (u32, u32) {
        self.turns.last_key_value().map_or((0, 0), |(turn, (began_s, _))| (*turn, *began_s))
    }

    /// True for a device that was given the newest key.
    pub fn holds(&self, device: DeviceId) -> bool {
        let newest = self.turns.last_key_value();
        newest.is_some_and(|(_, (_, wraps))| wraps.contains_key(&device))
    }
}

impl Directory {
    pub(super) fn apply_group(&mut self, entry: &GroupEntry) {
        if !self.groups.contains_key(&entry.index) && self.groups.len() >= GROUPS_MAX {
            return;
        }
        let group = self.groups.entry(entry.index).or_default();
        let newest = group.newest().0;
        if entry.turn < newest {
            return;
        }
        group.name.clone_from(&entry.name);
        group.units.clone_from(&entry.units);
        group.depots.clone_from(&entry.depots);
        let (began_s, wraps) = group.turns.entry(entry.turn).or_default();
        // The same number with another beginning is another key.
        if *began_s != entry.began_s {
            (*began_s, *wraps) = (entry.began_s, BTreeMap::new());
        }
        wraps.extend(&entry.wraps);
    }

    /// Every group there ever was, by index.
    pub fn groups(&self) -> impl Iterator<Item = (GroupId, &Group)> {
        self.groups.iter().map(|(index, group)| (*index, group))
    }

    /// A group, over or not.
    pub fn group(&self, index: GroupId) -> Option<&Group> {
        self.groups.get(&index)
    }

    /// The group that posts of a depot are sealed to, if any.
    pub fn group_of_depot(&self, depot: DepotId) -> Option<(GroupId, &Group)> {
        self.groups().find(|(_, group)| !group.units.is_empty() && group.depots.contains(&depot))
    }

    /// The number of the next group.
    pub fn next_group(&self) -> Option<GroupId> {
        let last = self.groups.last_key_value().map_or(0, |(index, _)| index.0);
        (self.groups.len() < GROUPS_MAX).then_some(GroupId(last.checked_add(1)?))
    }

    /// The group of this name or number that is not over.
    ///
    /// # Errors
    /// There is none; the names there are say what could be meant.
    pub fn group_named(&self, name: &str) -> Result<GroupId, NameError> {
        let name = name.trim();
        let open = || self.groups().filter(|(_, group)| !group.units.is_empty());
        let found = open().find(|(index, group)| group.name == name || index.to_string() == name);
        let near = || open().map(|(_, group)| group.name.clone()).take(super::lookup::NEAR_MAX);
        found.map(|(index, _)| index).ok_or_else(|| match name.is_empty() {
            true => NameError::Empty { what: What::Group },
            false => NameError::Unknown {
                what: What::Group,
                name: name.chars().take(40).collect(),
                near: near().collect(),
            },
        })
    }

    /// The wrapped keys that are for this device, of all groups and turns.
    pub fn wraps_for(&self, own: DeviceId) -> impl Iterator<Item = (GroupTurn, GroupWrap)> {
        self.groups.iter().flat_map(move |(index, group)| {
            group.turns.iter().filter_map(move |(turn, (began_s, wraps))| {
                let turn = GroupTurn { group: *index, turn: *turn, began_s: *began_s };
                wraps.get(&own).map(|wrap| (turn, *wrap))
            })
        })
    }

    /// The trusted devices of these units, by index.
    pub fn devices_in(&self, units: &[UnitId]) -> Vec<Member> {
        let devices = units.iter().flat_map(|unit| self.devices_of(*unit));
        let mut devices: Vec<DeviceId> = devices.collect();
        devices.sort_unstable();
        devices.dedup();
        devices.into_iter().filter_map(|device| self.member(device)).collect()
    }

    /// Who can read what is sealed to a group, for screens.
    pub fn group_mark(&self, index: GroupId, is_readable: bool) -> GroupMark {
        let group = self.groups.get(&index);
        GroupMark {
            name: group.map_or_else(
                || format!("编号 {index}（通讯录未更新）"),
                |group| group.name.clone(),
            ),
            units: group.map_or_else(Vec::new, |group| self.unit_names(&group.units)),
            readable: is_readable,
        }
    }

    fn unit_names(&self, units: &[UnitId]) -> Vec<String> {
        units.iter().map(|unit| self.unit_name(*unit)).collect()
    }

    /// The groups that are not over, by index; `own` says which of them this device can read.
    pub fn group_rows(&self, own: DeviceId) -> Vec<GroupRow> {
        let open = self.groups().filter(|(_, group)| !group.units.is_empty());
        let rows = open.map(|(index, group)| GroupRow {
            group: index,
            name: group.name.clone(),
            turn: group.newest().0,
            units: self.unit_names(&group.units),
            devices: group.turns.last_key_value().map_or(0, |(_, (_, wraps))| wraps.len() as u32),
            missing: self
                .devices_in(&group.units)
                .into_iter()
                .filter(|member| !group.holds(member.device))
                .map(|member| member.device)
                .collect(),
            depots: group.depots.iter().map(|depot| self.depot_name(*depot)).collect(),
            readable: group.holds(own),
        });
        rows.collect()
    }
}

#[cfg(test)]
mod tests;
