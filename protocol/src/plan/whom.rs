//! Whom a record concerns, and behind which neighbour each device stands. Where a frame may leave
//! once a minute, what the other end waits for goes first; what others say to others is passed on
//! in the room that is left.
//!
//! ```text
//! order    ──→ devices of those who owe an answer     of one author, the newest
//! receipt  ──→ the device that gave the order       ┐ records came through ──→ it stands
//! all else ──→ everyone                             ┘ that neighbour           behind it
//! ```
//!
//! Nothing here is a right or a proof: a way that is stale, or a party that nobody knows, costs
//! slots and no record.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::base::ids::{DeviceId, Lane as LaneKind, LaneId, RecordId, UnitId};
use crate::field::body::Body;
use crate::field::directory::Directory;
use crate::wire::record::Head;

/// Records of a lane of which is kept whom they concern, the newest; of older ones nobody knows.
/// As many as are looked at to find how urgent a lane is.
const RECORDS_MAX: usize = 256;
/// What concerns more devices than this, or more units, concerns everyone.
const PARTIES_MAX: usize = 16;
const UNITS_MAX: usize = 64;

/// Whom one record concerns; nothing stands for everyone.
type Parties = Option<Box<[DeviceId]>>;

/// Whom records concern, and where those stand.
#[derive(Debug, Default)]
pub struct Whom {
    lanes: BTreeMap<LaneId, Kept>,
    /// The neighbour through whom the newest of each device came.
    ways: BTreeMap<DeviceId, DeviceId>,
}

/// The newest records of one lane.
#[derive(Debug, Default)]
struct Kept {
    /// Sequence number of the first one kept.
    first: u32,
    parties: VecDeque<Parties>,
}

impl Kept {
    fn note(&mut self, seq: u32, parties: Parties) {
        let next = self.first + self.parties.len() as u32;
        if self.parties.is_empty() || seq > next || seq < self.first {
            *self = Kept { first: seq, parties: VecDeque::new() };
        }
        // What was dropped for a seal and came again takes the place of what stood there.
        self.parties.truncate((seq - self.first) as usize);
        self.parties.push_back(parties);
        if self.parties.len() > RECORDS_MAX {
            self.parties.pop_front();
            self.first += 1;
        }
    }

    fn of(&self, seq: u32) -> Option<&[DeviceId]> {
        let place = seq.checked_sub(self.first)? as usize;
        self.parties.get(place)?.as_deref()
    }
}

impl Whom {
    /// A record is here that may be passed on.
    pub fn note(&mut self, id: RecordId, record: &[u8], directory: &Directory) {
        if id.lane.lane == LaneKind::Command {
            let parties = parties_of(record, directory);
            self.lanes.entry(id.lane).or_default().note(id.seq, parties);
        }
    }

    /// Something new of a device came through this neighbour.
    pub fn came(&mut self, device: DeviceId, neighbour: DeviceId) {
        self.ways.insert(device, neighbour);
    }

    /// True if any record of a lane in this span concerns a neighbour, or somebody behind it.
    /// Somebody of whom no way is known, or whose neighbour is not among those that other links
    /// reach now, may be anywhere.
    pub fn concerns(
        &self,
        neighbour: DeviceId,
        (lane, from, to): (LaneId, u32, u32),
        own: DeviceId,
        reached: &BTreeSet<DeviceId>,
    ) -> bool {
        let is_towards = |device: &DeviceId| match self.ways.get(device) {
            _ if *device == own => false,
            _ if *device == neighbour => true,
            None => true,
            Some(way) => *way == neighbour || !reached.contains(way),
        };
        self.any(lane, from, to, is_towards)
    }

    /// True if any record of a lane in this span, heard of a neighbour, concerns this device or
    /// somebody to whom that neighbour is not the way.
    pub fn concerns_here(
        &self,
        heard_of: DeviceId,
        (lane, from, to): (LaneId, u32, u32),
        own: DeviceId,
    ) -> bool {
        let is_here =
            |device: &DeviceId| *device == own || self.ways.get(device) != Some(&heard_of);
        self.any(lane, from, to, is_here)
    }

    fn any(&self, lane: LaneId, from: u32, to: u32, is_one: impl Fn(&DeviceId) -> bool) -> bool {
        let Some(kept) = self.lanes.get(&lane) else { return true };
        let last = to.min(from.saturating_add(RECORDS_MAX as u32));
        (from..=last).any(|seq| kept.of(seq).is_none_or(|parties| parties.iter().any(&is_one)))
    }
}

/// The devices of those whom a record asks or answers.
fn parties_of(record: &[u8], directory: &Directory) -> Parties {
    let (head, rest) = Head::split(record).ok()?;
    let parties = match Body::parse(head.kind, rest).ok()? {
        Body::Receipt(receipt) => BTreeSet::from([receipt.order.author]),
        Body::SealedNote(note) => BTreeSet::from([note.order.author]),
        Body::Order(order) => {
            let units = directory.expand(&order.targets, order.directory_version);
            devices_of(directory, &units)?
        }
        Body::Directory(_)
        | Body::Cancel(_)
        | Body::Draft(_)
        | Body::Signature(_)
        | Body::Admission(_)
        | Body::OrderKey(_)
        | Body::Attachment(_)
        | Body::Stock(_)
        | Body::Snapshot(_)
        | Body::SealedPost(_)
        | Body::Unknown { .. } => return None,
    };
    (parties.len() <= PARTIES_MAX).then(|| parties.into_iter().collect())
}

/// The devices of these units; of one without any, such as a village behind the gateway of its
/// town, those of the units at the same place or around it. None if there are none either, or if
/// the units are too many.
fn devices_of(directory: &Directory, units: &[UnitId]) -> Option<BTreeSet<DeviceId>> {
    if units.is_empty() || units.len() > UNITS_MAX {
        return None;
    }
    let (mut devices, mut places) = (BTreeSet::new(), BTreeSet::new());
    for unit in units {
        let before = devices.len();
        devices.extend(directory.devices_of(*unit));
        if devices.len() == before {
            places.insert(directory.unit_entry(*unit)?.place?);
        }
    }
    for place in places {
        let around = directory.place_entry(place).and_then(|entry| entry.parent);
        let there = [Some(place), around].into_iter().flatten().map(|place| {
            let units = directory.units_at(place);
            units.flat_map(|unit| directory.devices_of(unit)).collect::<Vec<_>>()
        });
        devices.extend(there.into_iter().find(|there| !there.is_empty())?);
    }
    Some(devices)
}

#[cfg(test)]
mod tests;
