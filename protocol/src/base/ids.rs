//! Names of things: 2-byte directory indexes and record ids. No lookups live here.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! index {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash,
            Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub u16);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

index!(
    /// A device: one key, one author of records. Index 1 is the first device of the network.
    DeviceId
);
/// The first device of a network, which writes its directory.
pub const FOUNDER: DeviceId = DeviceId(1);

index!(
    /// A unit: something that can be given an order (operations centre, town, team, depot).
    UnitId
);
index!(
    /// A named spot on the ground.
    PlaceId
);
index!(
    /// A named person.
    PersonId
);
index!(
    /// A post that persons fill in turn (duty officer, commander).
    PostId
);
index!(
    /// A kind of goods, with name, spec and unit of count.
    ItemId
);
index!(
    /// Words that an order can be given in by their number.
    TemplateId
);
index!(
    /// A store with one custodian unit.
    DepotId
);
index!(
    /// Those who alone can read what is sealed to them: an agency, command staff, one depot.
    GroupId
);
index!(
    /// The text of a plan.
    PlanId
);
index!(
    /// An evacuation card: who of one place moves when, where to, and who leads.
    CardId
);
index!(
    /// One shift of a duty list.
    DutyId
);
index!(
    /// One bearer to one peer, or one shared channel; numbered by the daemon that opened it.
    LinkId
);

/// The author of records is a device; the same index is used for both.
pub type AuthorId = DeviceId;

/// One contiguous log of one author: records of one class of business, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Lane {
    /// Orders, alerts, receipts, cancels, revocations.
    Command = 0,
    /// Places, units, persons, devices, items, depots: written by the authority alone.
    Directory = 1,
    /// Reports, requests, offers, evacuation, shelters, handover.
    Report = 2,
    /// Movements, waybills, counts.
    Stock = 3,
}

impl Lane {
    /// Every lane, most urgent first.
    pub const ALL: [Lane; 4] = [Lane::Command, Lane::Directory, Lane::Report, Lane::Stock];

    /// The lane with this number on the wire.
    pub fn from_u8(value: u8) -> Option<Lane> {
        Lane::ALL.into_iter().find(|lane| *lane as u8 == value)
    }
}

/// Set in the incarnation of a flash lane. The low bits count on.
const FLASH: u8 = 0x80;
/// The life in which orders are under the order key.
const KEYED: u8 = 1;

/// Which log: author, incarnation of that author, lane.
///
/// Beside its command lane an author has a flash lane: a lane goes in order, and a flash order must
/// not wait for the routine orders before it (decision 0039). It is named by the high bit of the
/// incarnation, so that every format that tells a second life tells it too.
///
/// An author whose orders are under a key of their own (decision 0054) writes them into its keyed
/// lanes: those of its second life.
///
/// Laid out so that its rank is read from memory as one number where low bytes come first: half of
/// what a node does with lanes is to find them in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[repr(C, align(4))]
pub struct LaneId {
    /// Which class of business.
    pub lane: Lane,
    /// Counts the times the author lost its own head and started again, 0 at first, in the low
    /// seven bits; the high bit is set for a flash lane.
    pub incarnation: u8,
    /// Who wrote it.
    pub author: AuthorId,
}

impl LaneId {
    /// The lane of an author's first incarnation.
    pub fn first(author: AuthorId, lane: Lane) -> LaneId {
        LaneId { author, incarnation: 0, lane }
    }

    /// The flash lane of an author's first incarnation: flash orders and withdrawals.
    pub fn flash(author: AuthorId) -> LaneId {
        LaneId { author, incarnation: FLASH, lane: Lane::Command }
    }

    /// The lane of an author's orders under its order key, or its flash lane under that key.
    pub fn keyed(author: AuthorId, is_flash: bool) -> LaneId {
        let incarnation = if is_flash { FLASH | KEYED } else { KEYED };
        LaneId { author, incarnation, lane: Lane::Command }
    }

    /// True for a lane whose seals are made with the order key of its author.
    pub fn is_keyed(self) -> bool {
        self.lane == Lane::Command && self.incarnation & !FLASH != 0
    }

    /// Every lane that an author may write, in the order of their names.
    pub fn all_of(author: AuthorId) -> [LaneId; 7] {
        let [command, directory, report, stock] = Lane::ALL.map(|lane| LaneId::first(author, lane));
        let [keyed, keyed_flash] = [false, true].map(|is_flash| LaneId::keyed(author, is_flash));
        [command, directory, report, stock, keyed, LaneId::flash(author), keyed_flash]
    }

    /// True for a flash lane.
    pub fn is_flash(self) -> bool {
        self.incarnation & FLASH != 0 && self.lane == Lane::Command
    }

    /// The record `seq` of this lane.
    pub fn at(self, seq: u32) -> RecordId {
        RecordId { lane: self, seq }
    }

    /// Its place among all lanes: by author, then incarnation, then class. One number, because most
    /// of what a node does looks up a lane in some ordered map.
    pub fn rank(self) -> u32 {
        u32::from(self.author.0) << 16 | u32::from(self.incarnation) << 8 | self.lane as u32
    }
}

impl PartialOrd for LaneId {
    fn partial_cmp(&self, other: &LaneId) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for LaneId {
    fn cmp(&self, other: &LaneId) -> Ordering {
        self.rank().cmp(&other.rank())
    }
}

/// Which record. `seq` starts at 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RecordId {
    /// The log it stands in.
    pub lane: LaneId,
    /// Its place there, from 1.
    pub seq: u32,
}

impl RecordId {
    /// Its place among all records: by lane, then as they follow each other.
    fn rank(self) -> u64 {
        u64::from(self.lane.rank()) << 32 | u64::from(self.seq)
    }
}

impl PartialOrd for RecordId {
    fn partial_cmp(&self, other: &RecordId) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for RecordId {
    fn cmp(&self, other: &RecordId) -> Ordering {
        self.rank().cmp(&other.rank())
    }
}

/// The number people say over the radio: `author-seq`, or `author.incarnation-seq`; a nought after
/// the point names the flash lane: `1.0-3`, in a second life `1.01-3`.
/// An order and a waybill each have one; the lane follows from what is spoken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SpokenId {
    /// Who wrote it.
    pub author: AuthorId,
    /// Incarnation of that author, as in [`LaneId`].
    pub incarnation: u8,
    /// Place in the lane, from 1.
    pub seq: u32,
}

impl SpokenId {
    /// The record of that number in the lane spoken of.
    pub fn in_lane(self, lane: Lane) -> RecordId {
        LaneId { author: self.author, incarnation: self.incarnation, lane }.at(self.seq)
    }

    /// True for the number of an order under its author's order key.
    pub fn is_keyed(self) -> bool {
        self.incarnation & !FLASH != 0
    }

    /// True for the number of an order in a flash lane.
    pub fn is_flash(self) -> bool {
        self.incarnation & FLASH != 0
    }

    /// Its place among all numbers: by author, then incarnation, then as they follow each other.
    fn rank(self) -> u64 {
        u64::from(self.author.0) << 40 | u64::from(self.incarnation) << 32 | u64::from(self.seq)
    }
}

impl PartialOrd for SpokenId {
    fn partial_cmp(&self, other: &SpokenId) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for SpokenId {
    fn cmp(&self, other: &SpokenId) -> Ordering {
        self.rank().cmp(&other.rank())
    }
}

impl From<RecordId> for SpokenId {
    fn from(id: RecordId) -> SpokenId {
        SpokenId { author: id.lane.author, incarnation: id.lane.incarnation, seq: id.seq }
    }
}

impl fmt::Display for SpokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.is_flash(), self.incarnation & !FLASH) {
            (false, 0) => write!(f, "{}-{}", self.author, self.seq),
            (false, n) => write!(f, "{}.{}-{}", self.author, n, self.seq),
            (true, 0) => write!(f, "{}.0-{}", self.author, self.seq),
            (true, n) => write!(f, "{}.0{}-{}", self.author, n, self.seq),
        }
    }
}

/// The text is not `author-seq` or `author.incarnation-seq`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadSpokenId;

impl fmt::Display for BadSpokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "编号应如 3-12：设备、短横、序号 / a number looks like 3-12: device, dash, sequence",
        )
    }
}

impl std::error::Error for BadSpokenId {}

impl FromStr for SpokenId {
    type Err = BadSpokenId;

    fn from_str(text: &str) -> Result<SpokenId, BadSpokenId> {
        let (who, seq) = text.trim().split_once('-').ok_or(BadSpokenId)?;
        let (author, incarnation) = match who.split_once('.') {
            Some((author, n)) => (author, incarnation(n)?),
            None => (who, 0),
        };
        Ok(SpokenId {
            author: DeviceId(author.parse().map_err(|_| BadSpokenId)?),
            incarnation,
            seq: seq.parse().map_err(|_| BadSpokenId)?,
        })
    }
}

/// What stands after the point: digits, behind a nought those of a flash lane.
fn incarnation(digits: &str) -> Result<u8, BadSpokenId> {
    let (flash, life) = match digits.strip_prefix('0') {
        Some("") => return Ok(FLASH),
        Some(life) => (FLASH, life),
        None => (0, digits),
    };
    match life.parse() {
        Ok(life @ 1..FLASH) => Ok(flash | life),
        Ok(_) | Err(_) => Err(BadSpokenId),
    }
}

impl Serialize for SpokenId {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SpokenId {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<SpokenId, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
