//! Groups: made, changed and ended by the authority; orders sealed to them. How keys reach devices
//! is [`crate::keys::group`]'s, who is in which group the directory's.

use crate::base::caps::{GROUP_UNITS_MAX, GROUP_WRAPS_MAX};
use crate::base::ids::{DeviceId, GroupId, Lane, UnitId};
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
use crate::local::{Refusal, RefusalCode, Reply, Request};
use crate::node::Node;
use crate::node::ask::Answer;
use crate::wire::record::Person;

/// A group as it is to be: its name, its units, and which key.
struct Wanted {
    name: String,
    units: Vec<UnitId>,
    turn: GroupTurn,
}

impl Node {
    pub(super) fn add_to_group(&mut self, name: &str, units: &[String]) -> Result<Answer, Refusal> {
        self.authority()?;
        self.writable()?;
        if !self.own_lines_are_folded() {
            let (group, units) = (name.to_owned(), units.to_vec());
            return Ok(Answer::Again(Request::AddToGroup { group, units }));
        }
        let directory = &self.folds.directory;
        let added = self.units_of(units)?;
        let known = directory.group_named(name).ok();
        let group = known.and_then(|index| directory.group(index));
        let mut all = group.map_or_else(Vec::new, |group| group.units().to_vec());
        all.extend(added);
        all.sort_unstable();
        all.dedup();
        if all.len() > GROUP_UNITS_MAX {
            return Err(too_many_units());
        }
        let wanted = match known.zip(group) {
            Some((index, group)) => {
                let (turn, began_s) = group.newest();
                let turn = GroupTurn { group: index, turn, began_s };
                Wanted { name: group.name().to_owned(), units: all, turn }
            }
            None => {
                check_name(name.trim()).map_err(|_| bad_name())?;
                let index = directory.next_group().ok_or_else(too_many_groups)?;
                let turn = GroupTurn { group: index, turn: 1, began_s: self.now_s() };
                Wanted { name: name.trim().to_owned(), units: all, turn }
            }
        };
        let mut devices = directory.devices_in(&wanted.units);
        devices.retain(|member| !group.is_some_and(|group| group.holds(member.device)));
        if devices.is_empty() && group.is_some_and(|group| group.units() == wanted.units) {
            return Err(Refusal::new(
                RefusalCode::AlreadyOver,
                format!("这些单位已在“{}”中，无需再加。", wanted.name),
                format!("These units are in {} already; nothing is left to do.", wanted.name),
            ));
        }
        let lines = self.lines_of(&wanted, &devices)?;
        Ok(self.saved_lines(lines))
    }

    pub(super) fn remove_from_group(
        &mut self,
        name: &str,
        units: &[String],
    ) -> Result<Answer, Refusal> {
        self.authority()?;
        self.writable()?;
        if !self.own_lines_are_folded() {
            let (group, units) = (name.to_owned(), units.to_vec());
            return Ok(Answer::Again(Request::RemoveFromGroup { group, units }));
        }
        let directory = &self.folds.directory;
        let index = directory.group_named(name)?;
        let group = directory.group(index).expect("it was found among them just now");
        let removed = match units.is_empty() {
            true => group.units().to_vec(),
            false => self.units_of(units)?,
        };
        if let Some(stranger) = removed.iter().find(|unit| !group.units().contains(unit)) {
            let unit = directory.unit_name(*stranger);
            return Err(Refusal::new(
                RefusalCode::UnknownName,
                format!("“{unit}”不在“{}”中。请用 sanduan group show 核对。", group.name()),
                format!("{unit} is not in {}. See sanduan group show.", group.name()),
            ));
        }
        let mut left = group.units().to_vec();
        left.retain(|unit| !removed.contains(unit));
        let devices = directory.devices_in(&left);
        let wanted = self.next_turn(index, group, left);
        let lines = self.lines_of(&wanted, &devices)?;
        Ok(self.saved_lines(lines))
    }

    /// The lines that give every group that this device could read a key that it does not have.
    pub(super) fn groups_without(&self, device: DeviceId) -> Result<Vec<Entry>, Refusal> {
        let directory = &self.folds.directory;
        let mut lines = Vec::new();
        for (index, group) in directory.groups().filter(|(_, group)| group.holds(device)) {
            let wanted = self.next_turn(index, group, group.units().to_vec());
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
                let (turn, began_s) = group.newest();
                let (name, units) = (group.name().to_owned(), group.units().to_vec());
                let turn = GroupTurn { group: index, turn, began_s };
                lines.extend(self.lines_of(&Wanted { name, units, turn }, &[member])?);
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
        let units: Vec<UnitId> =
            names.map(|name| self.folds.directory.unit(name)).collect::<Result<_, _>>()?;
        match units.is_empty() {
            true => Err(Refusal::new(
                RefusalCode::BadValue,
                "没有写单位。请写单位的名称或代码。",
                "No unit was given. Give names or codes of units.",
            )),
            false => Ok(units),
        }
    }

    fn next_turn(&self, index: GroupId, group: &Group, units: Vec<UnitId>) -> Wanted {
        let turn = group.newest().0.saturating_add(1);
        let turn = GroupTurn { group: index, turn, began_s: self.now_s() };
        Wanted { name: group.name().to_owned(), units, turn }
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

fn no_key(group: &Group) -> Refusal {
    let name = group.name();
    Refusal::new(
        RefusalCode::NotAllowed,
        format!("本终端没有“{name}”的密钥：不在组内，或名录未更新。请换组内终端，或先更新名录。"),
        format!(
            "This device has no key of {name}: it is not in the group, or the directory is behind. \
             Use a device of the group, or update the directory first."
        ),
    )
}

fn outsiders(group: &Group, names: &[String]) -> Refusal {
    let name = group.name();
    Refusal::new(
        RefusalCode::BadValue,
        format!(
            "“{name}”以外的单位读不到内容，却要答复：{}。请改发送对象或换组。",
            names.join("、")
        ),
        format!(
            "Units outside {name} would owe an answer to what they cannot read: {}. Choose another \
             audience or group.",
            names.join(", ")
        ),
    )
}

fn too_many_units() -> Refusal {
    Refusal::new(
        RefusalCode::TooLong,
        format!("一个密组最多 {GROUP_UNITS_MAX} 个单位。请分成两组。"),
        format!("A group has at most {GROUP_UNITS_MAX} units. Make two of it."),
    )
}

fn too_many_groups() -> Refusal {
    Refusal::new(
        RefusalCode::TooLong,
        "密组数量已到上限。请给现有的组加减单位。",
        "There can be no more groups. Change the units of one that there is.",
    )
}

fn bad_name() -> Refusal {
    Refusal::new(
        RefusalCode::BadValue,
        "密组名称为空、过长或含有不能显示的字符。最多 40 个汉字。",
        "The name of the group is empty, too long or cannot be shown: 40 Chinese characters at \
         most.",
    )
}
