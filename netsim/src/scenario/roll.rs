//! Who and what a scenario's directory names beyond its places: villages behind their town, boats
//! and vehicles that a team reports for, depots, items and the goods of the first day.

use sanduan_protocol::base::ids::{DepotId, ItemId, PlaceId, UnitId};
use sanduan_protocol::field::directory::{
    DepotEntry, Entry, ItemEntry, PlaceEntry, UnitEntry, UnitKind,
};

use super::file::Place;
use crate::swarm::ground::STRONG;
use crate::world::district::{device, unit_code};

/// A village or community: people with a handset behind the gateway of their town.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Village {
    /// Place of its town.
    pub town: usize,
    /// Its name.
    pub name: String,
    /// Its stand-in has a BeiDou handset.
    pub has_card: bool,
}

/// A boat or vehicle with a tracker, whose team reports where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Boat {
    /// Place of its team.
    pub team: usize,
    /// Its name.
    pub name: String,
}

/// A store and the place that keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Depot {
    /// Its code in the directory.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The place that keeps it.
    pub keeper: usize,
}

/// Everything beyond the places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roll {
    /// The place, within the tree of the directory, in which each place of the story lies: the
    /// place of its town. Empty where the directory has no tree.
    pub towns: Vec<Option<usize>>,
    /// Villages.
    pub villages: Vec<Village>,
    /// Boats.
    pub boats: Vec<Boat>,
    /// Stores, the first one has index 1.
    pub depots: Vec<Depot>,
    /// Items with their unit, the first one has index 1.
    pub items: Vec<(String, String)>,
    /// Store, item (both from 0) and how many there are at the begin.
    pub opening: Vec<(usize, usize, i64)>,
}

impl Roll {
    /// What a hand-made world has: two stores and two items, kept by its first two places.
    pub fn plain() -> Roll {
        let depot = |n: usize| Depot {
            code: format!("D0{}", n + 1),
            name: format!("{}号库", n + 1),
            keeper: n,
        };
        let items = ["冲锋舟", "救生衣"].map(|name| (name.to_owned(), "件".to_owned()));
        Roll { depots: vec![depot(0), depot(1)], items: items.to_vec(), ..Roll::default() }
    }

    /// Number of the unit of a boat, in a story of so many places.
    pub fn boat_unit(places: usize, boat: usize) -> u16 {
        (places + 1 + boat) as u16
    }

    /// Number of the unit of a village.
    pub fn village_unit(&self, places: usize, village: usize) -> u16 {
        (places + 1 + self.boats.len() + village) as u16
    }

    /// The village that has this unit.
    pub fn village_of(&self, places: usize, unit: u16) -> Option<usize> {
        let village = usize::from(unit).checked_sub(places + 1 + self.boats.len())?;
        (village < self.villages.len()).then_some(village)
    }

    /// Name by which an order goes to everybody of a town.
    pub fn place_code(town: usize) -> String {
        format!("P{}", town + 1)
    }

    /// The whole directory of a story with these places.
    pub fn entries(&self, places: &[Place]) -> Vec<Entry> {
        let mut entries = Vec::new();
        for (town, place) in places.iter().enumerate() {
            if self.towns.get(town) == Some(&Some(town)) {
                entries.push(Entry::Place(PlaceEntry {
                    index: PlaceId(town as u16 + 1),
                    code: Roll::place_code(town),
                    name: format!("{}辖区", place.name),
                    point: None,
                    parent: None,
                }));
            }
        }
        for (number, place) in places.iter().enumerate() {
            let town = self.towns.get(number).copied().flatten();
            let index = number as u16 + 1;
            entries.push(unit(index, unit_code(number), &place.name, kind_of(&place.level), town));
            entries.push(device(index, STRONG));
        }
        for (number, boat) in self.boats.iter().enumerate() {
            let (index, code) = (Roll::boat_unit(places.len(), number), format!("B{}", number + 1));
            entries.push(unit(index, code, &boat.name, UnitKind::Team, None));
        }
        for (number, village) in self.villages.iter().enumerate() {
            let index = self.village_unit(places.len(), number);
            let code = village_code(number);
            entries.push(unit(index, code, &village.name, UnitKind::Village, Some(village.town)));
        }
        self.add_goods(&mut entries);
        entries
    }

    fn add_goods(&self, entries: &mut Vec<Entry>) {
        for (index, (name, unit)) in (1..).zip(&self.items) {
            entries.push(Entry::Item(ItemEntry {
                index: ItemId(index),
                code: format!("E{index:03}"),
                name: name.clone(),
                unit: unit.clone(),
            }));
        }
        for (index, depot) in (1..).zip(&self.depots) {
            entries.push(Entry::Depot(DepotEntry {
                index: DepotId(index),
                code: depot.code.clone(),
                name: depot.name.clone(),
                custodian: UnitId(depot.keeper as u16 + 1),
                point: None,
            }));
        }
    }
}

/// Code of a village's unit.
pub fn village_code(village: usize) -> String {
    format!("V{:03}", village + 1)
}

fn unit(index: u16, code: String, name: &str, kind: UnitKind, town: Option<usize>) -> Entry {
    Entry::Unit(UnitEntry {
        index: UnitId(index),
        code,
        name: name.to_owned(),
        kind,
        place: town.map(|town| PlaceId(town as u16 + 1)),
        people: 10,
    })
}

fn kind_of(level: &str) -> UnitKind {
    match level {
        "区" => UnitKind::Centre,
        "前指" => UnitKind::Forward,
        "镇街" => UnitKind::Town,
        "库" => UnitKind::Depot,
        _ => UnitKind::Team,
    }
}
