//! Who an order is for: how targets are typed, packed, and turned into the units that owe an
//! answer. What they answer lives in `order`.
//!
//! ```text
//! target: varint of  number × 4 + sort    sort 0 all · 1 unit · 2 place · 3 kind of unit
//! ```
//!
//! An order names the version of the directory its issuer had. Every node expands the targets as
//! of that version, so that all compute the same list of who owes an answer, whatever the
//! directory learned since.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::caps::AUDIENCE_MAX;
use crate::base::ids::{PlaceId, UnitId};
use crate::field::directory::entry::UnitKind;
use crate::field::directory::{Directory, NameError, lookup};
use crate::wire::pack::{Pack, PackError, Reader, put_varint};

/// One part of an audience.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// Every unit.
    All,
    /// One unit.
    Unit(UnitId),
    /// Every unit of a place and of the places in it.
    Place(PlaceId),
    /// Every unit of one kind.
    Kind(UnitKind),
}

impl Pack for Target {
    fn pack(&self, to: &mut Vec<u8>) {
        let (number, sort) = match self {
            Target::All => (0, 0),
            Target::Unit(unit) => (u64::from(unit.0), 1),
            Target::Place(place) => (u64::from(place.0), 2),
            Target::Kind(kind) => (*kind as u64, 3),
        };
        put_varint(to, number << 2 | sort);
    }

    fn unpack(from: &mut Reader<'_>) -> Result<Target, PackError> {
        let value = from.varint()?;
        let number = u16::try_from(value >> 2).map_err(|_| PackError::BadValue("target"))?;
        let kind = UnitKind::ALL.into_iter().find(|kind| *kind as u16 == number);
        match (value & 3, number) {
            (0, 0) => Ok(Target::All),
            (1, 1..) => Ok(Target::Unit(UnitId(number))),
            (2, 1..) => Ok(Target::Place(PlaceId(number))),
            (3, _) => kind.map(Target::Kind).ok_or(PackError::BadValue("target")),
            _ => Err(PackError::BadValue("target")),
        }
    }
}

/// Where a unit stands: its kind and its place; `None` once it is retired.
type Standing = Option<(UnitKind, Option<PlaceId>)>;

/// Places inside places, from a village up to the district; deeper nesting is a circle.
const PLACE_DEPTH_MAX: usize = 8;

/// What units and places were at each version of the directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roll {
    units: BTreeMap<UnitId, Timeline<Standing>>,
    parents: BTreeMap<PlaceId, Timeline<Option<PlaceId>>>,
}

impl Roll {
    /// From version `seq` on, the unit stands like this.
    pub fn unit_stands(&mut self, seq: u32, unit: UnitId, standing: Standing) {
        self.units.entry(unit).or_default().set(seq, standing);
    }

    /// From version `seq` on, the place is part of `parent`.
    pub fn place_moves(&mut self, seq: u32, place: PlaceId, parent: Option<PlaceId>) {
        self.parents.entry(place).or_default().set(seq, parent);
    }

    fn is_inside(&self, place: PlaceId, whole: PlaceId, version: u32) -> bool {
        let mut place = place;
        for _ in 0..PLACE_DEPTH_MAX {
            if place == whole {
                return true;
            }
            match self.parents.get(&place).and_then(|line| line.at(version)) {
                Some(Some(parent)) => place = *parent,
                Some(None) | None => return false,
            }
        }
        false
    }

    fn expand(&self, targets: &[Target], version: u32) -> BTreeSet<UnitId> {
        let mut owed = BTreeSet::new();
        for target in targets {
            if let Target::Unit(unit) = target {
                let standing = self.units.get(unit).and_then(|line| line.at(version));
                owed.extend(standing.copied().flatten().map(|_| *unit));
                continue;
            }
            let meant = self.units.keys().filter(|unit| self.is_meant(**unit, target, version));
            owed.extend(meant.copied());
        }
        owed
    }

    /// True if a target meant this unit at that version.
    fn is_meant(&self, unit: UnitId, target: &Target, version: u32) -> bool {
        let standing = self.units.get(&unit).and_then(|line| line.at(version));
        let Some(Some((kind, place))) = standing else { return false };
        match target {
            Target::All => true,
            Target::Unit(wanted) => *wanted == unit,
            Target::Place(whole) => {
                place.is_some_and(|place| self.is_inside(place, *whole, version))
            }
            Target::Kind(wanted) => wanted == kind,
        }
    }
}

/// The values of one thing, each from a version on.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Timeline<T>(Vec<(u32, T)>);

impl<T> Default for Timeline<T> {
    fn default() -> Timeline<T> {
        Timeline(Vec::new())
    }
}

impl<T: PartialEq> Timeline<T> {
    /// Called with rising versions; two values of one version are one change.
    fn set(&mut self, seq: u32, value: T) {
        match self.0.last_mut() {
            Some((last, old)) if *last == seq => *old = value,
            Some((_, old)) if *old == value => {}
            Some(_) | None => self.0.push((seq, value)),
        }
    }

    fn at(&self, version: u32) -> Option<&T> {
        let after = self.0.partition_point(|(seq, _)| *seq <= version);
        after.checked_sub(1).map(|last| &self.0[last].1)
    }
}

/// What people type for everyone and for kinds of units, and how it is shown.
const KIND_WORDS: [(&[&str], Target, &str); 8] = [
    (&["all", "全体", "全部", "所有", "所有单位"], Target::All, "全体/all"),
    (
        &["centres", "centre", "指挥中心"],
        Target::Kind(UnitKind::Centre),
        "全部指挥中心/all centres",
    ),
    (
        &["forwards", "forward", "前方指挥部", "前指"],
        Target::Kind(UnitKind::Forward),
        "全部前方指挥部/all forward posts",
    ),
    (&["towns", "town", "镇街"], Target::Kind(UnitKind::Town), "全部镇街/all towns"),
    (&["teams", "team", "队伍", "救援队"], Target::Kind(UnitKind::Team), "全部队伍/all teams"),
    (&["depots", "depot", "储备库"], Target::Kind(UnitKind::Depot), "全部储备库/all depots"),
    (
        &["villages", "village", "村社区", "村"],
        Target::Kind(UnitKind::Village),
        "全部村社区/all villages",
    ),
    (&["agencies", "agency", "部门"], Target::Kind(UnitKind::Agency), "全部部门/all agencies"),
];

/// Signs between the parts of an audience, so that no name may contain them.
pub const AUDIENCE_SEPARATORS: [char; 6] = [',', '，', '、', ';', '；', '\n'];

/// Behind the name of a place: every unit there, not the unit of that name.
pub const PLACE_MARK: char = '*';

impl Directory {
    /// The targets of a typed audience, such as `白沙镇、T05,towns` or `白沙镇*` for every unit of
    /// that place. A part is a word for everyone or a kind (`all`, `镇街`, `全部镇街`), else a
    /// unit, else a place, a post (its unit) or a depot (its custodian).
    pub fn parse_audience(&self, text: &str) -> Result<Vec<Target>, NameError> {
        let parts = text.split(AUDIENCE_SEPARATORS).map(str::trim).filter(|part| !part.is_empty());
        let mut targets = Vec::new();
        for part in parts {
            let target = self.parse_target(part)?;
            if !targets.contains(&target) {
                targets.push(target);
            }
            if targets.len() > AUDIENCE_MAX {
                return Err(NameError::TooMany);
            }
        }
        if targets.is_empty() {
            return Err(NameError::Empty { what: lookup::What::Audience });
        }
        Ok(targets)
    }

    fn parse_target(&self, part: &str) -> Result<Target, NameError> {
        let bare = ["全部", "所有", "全体"].iter().find_map(|all| part.strip_prefix(all));
        let word = bare.filter(|rest| !rest.is_empty()).unwrap_or(part).to_ascii_lowercase();
        let known = KIND_WORDS.iter().find(|(words, ..)| words.contains(&word.as_str()));
        if let Some((_, target, _)) = known {
            return Ok(*target);
        }
        if let Some(place) = part.strip_suffix(PLACE_MARK) {
            return self.place(place).map(Target::Place);
        }
        let attempts = [
            self.unit(part).map(Target::Unit),
            self.place(part).map(Target::Place),
            self.post_unit(part).map(Target::Unit),
            self.depot_unit(part).map(Target::Unit),
        ];
        let mut near = Vec::new();
        for attempt in attempts {
            match attempt {
                // A unit and its place often share a name.
                Err(NameError::Unknown { near: more, .. }) => {
                    near.extend(
                        more.into_iter().filter(|name| !near.contains(name)).collect::<Vec<_>>(),
                    );
                }
                found => return found,
            }
        }
        near.truncate(lookup::NEAR_MAX);
        Err(NameError::Unknown { what: lookup::What::Audience, name: part.to_owned(), near })
    }

    fn post_unit(&self, text: &str) -> Result<UnitId, NameError> {
        let post = self.post(text)?;
        self.posts.get(&post).map(|kept| kept.entry.unit).ok_or(NameError::unknown(text))
    }

    fn depot_unit(&self, text: &str) -> Result<UnitId, NameError> {
        let depot = self.depot(text)?;
        self.custodian(depot).ok_or(NameError::unknown(text))
    }

    /// The units that these targets meant at that version of the directory, by index. Shorter
    /// than it should be while this node's directory is older than `directory_version`.
    pub fn expand(&self, targets: &[Target], directory_version: u32) -> Vec<UnitId> {
        self.roll.expand(targets, directory_version).into_iter().collect()
    }

    /// True if these targets meant that unit at that version of the directory: it is one of those
    /// that [`Directory::expand`] gives.
    pub fn is_among(&self, unit: UnitId, targets: &[Target], directory_version: u32) -> bool {
        targets.iter().any(|target| self.roll.is_meant(unit, target, directory_version))
    }

    /// An audience in words.
    pub fn audience_text(&self, targets: &[Target]) -> String {
        let words = targets.iter().map(|target| match target {
            Target::Unit(unit) => self.unit_name(*unit),
            Target::Place(place) => format!("{}{PLACE_MARK}", self.place_name(*place)),
            Target::All | Target::Kind(_) => {
                let known = KIND_WORDS.iter().find(|(_, meant, _)| meant == target);
                known.map_or_else(String::new, |(_, _, shown)| (*shown).to_owned())
            }
        });
        words.collect::<Vec<_>>().join("、")
    }
}

#[cfg(test)]
mod tests;
