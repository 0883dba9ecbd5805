//! What one frame says: sections one after another, nothing between them. The first that is not
//! understood ends the reading; what came before it counts.
//!
//! ```text
//! tag 1 | content
//!  1 run    lane | first seq | count × 2 + sealed | count × (length, record) | [signature 64]
//!  2 part   lane | seq | total | offset | length, bytes
//!  3 seal   lane | seq | signature 64
//!  4 ack    count | count × holding
//!  5 digest heads 3 | board 1
//!  6 same   echo 1
//!  7 heads  first author | last author | count | count × holding
//!  8 want   count | count × (lane, from seq)
//!  9 board  count | count × (device, register, version, length, bytes)
//! 10 piece  lane | seq | place 1 | bytes of a signature, see `piece`
//! 11 call   count | count × device
//! 12 query  heads 3 | board 1 : a digest that wants an answer
//! 13 fixes  seconds since 1970 4 | length, bits of `field::air`
//! 14 sketch, 15 delta, 16 vouch, 17 lack, 18 call: lists in few bytes, see `vector`
//! 19 holders lane | seq | devices as in 16: these hold the order and all before it
//! 20 sum    over runs of records, see `sum`
//! 21 absent lane | seq | count: asked for, and these went to make room; another has them
//! 22 twice  device | start 6: it was heard in this start, and of an earlier one now
//! 23 twice, the same, and the earlier one cannot be what was still under way
//! 64 and up: an ack of one whole lane, 64 + lane, 68 a flash lane: author | head
//! 128 and up: a packed run, see `run`
//!
//! holding  lane | head × 2 + more | [head - sealed | islands | islands × (missing, held)]
//! ```
//!
//! Numbers are varints. The signature of a run covers its last record and all before it. An ack
//! says what its sender has on its disk; heads say the same of every lane of the authors named,
//! and that it holds nothing of their other lanes.

use crate::base::caps::{
    BOARD_MAX, CARRY_FRAME_BYTES_MAX, CONTACTS_MAX, LANES_MAX, PENDING_PER_LANE_MAX, SEQ_LAST,
};
use crate::base::ids::{DeviceId, LaneId, RecordId};
use crate::base::start::Start;
use crate::wire::pack::{Pack, PackError, Reader, put_bytes, put_varint};

/// An Ed25519 signature.
pub type Signature = [u8; 64];

mod piece;
mod register;
mod run;
mod short_ack;
mod sum;
mod vector;

pub use piece::{Pieces, SEAL_BYTES, STEP_BYTES, SealPiece};
pub use register::{Register, RegisterId};
pub use run::{PACKED_TAG, PackedRun, Part, Run};
pub use sum::{Item, Sum};
pub use vector::{Changes, Delta, Devices, Lack, Sketch};

/// One thing a frame says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Section {
    /// Records of one lane, in order and without gaps.
    Run(Run),
    /// Records of one lane in the form they have on the air.
    Packed(PackedRun),
    /// A piece of one record that does not fit a frame.
    Part(Part),
    /// A seal on its own.
    Seal(RecordId, Signature),
    /// Devices that hold this order and all before it in its lane.
    Holders(RecordId, Devices),
    /// A piece of a seal, for links whose frames are too short for one.
    Piece(RecordId, SealPiece),
    /// What the sender holds of some lanes.
    Ack(Vec<Holding>),
    /// A digest of everything the sender holds.
    Digest(Digest),
    /// "I hold the same as the digest that began with this byte."
    Same(u8),
    /// What the sender holds of all lanes of some authors.
    Heads(Heads),
    /// "Send me this lane from here on."
    Want(Vec<RecordId>),
    /// Newest values of some registers.
    Board(Vec<Register>),
    /// Newest fixes in the form they have on the air.
    Fixes(Fixes),
    /// What the sender has verified of all lanes, to one who has verified nearly the same.
    Sketch(Sketch),
    /// The same, to one who knows what it was before.
    Delta(Delta),
    /// "Of the list you said I lack these."
    Lack(Lack),
    /// "I heard these devices say the same as the ack of one lane before this."
    Vouch(Devices),
    /// A sum over runs of records, of which many lack one or another.
    Sum(Sum),
    /// So many records from this one on were asked for and are not here any more.
    Absent(RecordId, u32),
    /// A device was heard in two starts.
    Twice(Twice),
    /// "These devices need the records of this frame, the others need not answer them again."
    Call(Vec<DeviceId>),
}

/// What a node holds of one lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// The lane.
    pub lane: LaneId,
    /// Every record up to here.
    pub head: u32,
    /// Verified up to here; at most `head`.
    pub sealed: u32,
    /// Beyond the head: so many missing, then so many held, and again. At most [`ISLANDS_MAX`].
    pub islands: Vec<(u32, u32)>,
}

impl Holding {
    /// Every record up to here, verified, and nothing beyond.
    pub fn whole(lane: LaneId, head: u32) -> Holding {
        Holding { lane, head, sealed: head, islands: Vec::new() }
    }
}

/// Islands named in one holding; the rest shows once these are filled.
pub const ISLANDS_MAX: usize = 4;

/// What one heard of a device that may be running twice, for whoever has its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Twice {
    /// The device.
    pub device: DeviceId,
    /// The newest start that it was heard in; now it was heard in an earlier one.
    pub newest: Start,
    /// What was under way when the newest began has long arrived: there are two machines, or
    /// somebody repeats what was recorded.
    pub is_long_past: bool,
}

/// A digest of everything a node holds, salted by the frame that carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest {
    /// Of the heads of all lanes.
    pub heads: [u8; 3],
    /// Of the registers of the board.
    pub board: u8,
    /// The sender does not know whether others hold the same, and wants to be told.
    pub asks: bool,
}

/// What a node holds of all lanes of the authors `from..=to`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heads {
    /// First author covered.
    pub from: DeviceId,
    /// Last author covered.
    pub to: DeviceId,
    /// Lanes with at least one record, in order.
    pub holdings: Vec<Holding>,
}

/// Fixes of some units, as bits that `field::air` reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixes {
    /// The newest of their times, seconds since 1970.
    pub base_s: u32,
    /// The fixes.
    pub bits: Vec<u8>,
}

impl Pack for Holding {
    fn pack(&self, to: &mut Vec<u8>) {
        self.lane.pack(to);
        let more = self.sealed < self.head || !self.islands.is_empty();
        put_varint(to, u64::from(self.head) << 1 | u64::from(more));
        if more {
            put_varint(to, u64::from(self.head - self.sealed));
            self.islands.pack(to);
        }
    }

    fn unpack(from: &mut Reader<'_>) -> Result<Holding, PackError> {
        let lane = LaneId::unpack(from)?;
        let both = from.varint()?;
        let head = u32::try_from(both >> 1).map_err(|_| PackError::BadValue("head"))?;
        if both & 1 == 0 {
            return Holding::whole(lane, head).checked();
        }
        let unsealed = u32::unpack(from)?;
        let sealed = head.checked_sub(unsealed).ok_or(PackError::BadValue("sealed"))?;
        let islands = Vec::<(u32, u32)>::unpack(from)?;
        if islands.len() > ISLANDS_MAX {
            return Err(PackError::TooLong);
        }
        Holding { lane, head, sealed, islands }.checked()
    }
}

impl Holding {
    /// The last of all numbers is nobody's record: whoever says one has the next one counted. An
    /// island of nothing ends before it begins.
    fn checked(self) -> Result<Holding, PackError> {
        if self.islands.iter().any(|(_, held)| *held == 0) {
            return Err(PackError::BadValue("islands"));
        }
        let islands = self.islands.iter();
        let beyond: u64 = islands.map(|(lack, held)| u64::from(*lack) + u64::from(*held)).sum();
        match u64::from(self.head) + beyond <= u64::from(SEQ_LAST) {
            true => Ok(self),
            false => Err(PackError::BadValue("head")),
        }
    }
}

impl Section {
    fn tag(&self) -> u8 {
        match self {
            Section::Run(_) => 1,
            Section::Packed(run) => run.tag(),
            Section::Part(_) => 2,
            Section::Seal(..) => 3,
            Section::Ack(holdings) => short_ack::of(holdings).map_or(4, |(tag, _)| tag),
            Section::Digest(digest) if digest.asks => 12,
            Section::Digest(_) => 5,
            Section::Same(_) => 6,
            Section::Heads(_) => 7,
            Section::Want(_) => 8,
            Section::Board(_) => 9,
            Section::Fixes(_) => 13,
            Section::Sketch(_) => 14,
            Section::Delta(_) => 15,
            Section::Vouch(_) => 16,
            Section::Lack(_) => 17,
            Section::Holders(..) => 19,
            Section::Sum(_) => 20,
            Section::Absent(..) => 21,
            Section::Twice(twice) => 22 + u8::from(twice.is_long_past),
            Section::Piece(..) => 10,
            Section::Call(called) => vector::call_tag(called),
        }
    }
}

impl Pack for Section {
    fn pack(&self, to: &mut Vec<u8>) {
        to.push(self.tag());
        match self {
            Section::Run(run) => run.pack(to),
            Section::Packed(run) => run.pack_rest(to),
            Section::Part(part) => part.pack(to),
            Section::Seal(id, signature) => {
                id.pack(to);
                to.extend_from_slice(signature);
            }
            Section::Piece(id, piece) => {
                id.pack(to);
                piece.pack(to);
            }
            Section::Ack(holdings) => match short_ack::of(holdings) {
                Some((_, held)) => {
                    held.lane.author.pack(to);
                    held.head.pack(to);
                }
                None => holdings.pack(to),
            },
            Section::Digest(digest) => {
                to.extend_from_slice(&digest.heads);
                to.push(digest.board);
            }
            Section::Same(echo) => to.push(*echo),
            Section::Heads(heads) => {
                heads.from.pack(to);
                heads.to.pack(to);
                heads.holdings.pack(to);
            }
            Section::Want(wants) => wants.pack(to),
            Section::Call(called) => vector::pack_call(called, to),
            Section::Sketch(sketch) => sketch.pack(to),
            Section::Delta(delta) => delta.pack(to),
            Section::Vouch(devices) => devices.pack(to),
            Section::Lack(lack) => lack.pack(to),
            Section::Holders(id, devices) => {
                id.pack(to);
                devices.pack(to);
            }
            Section::Sum(sum) => sum.pack(to),
            Section::Absent(first, count) => {
                first.pack(to);
                count.pack(to);
            }
            Section::Twice(twice) => {
                twice.device.pack(to);
                to.extend_from_slice(&twice.newest.to_bytes());
            }
            Section::Board(registers) => registers.pack(to),
            Section::Fixes(fixes) => {
                to.extend_from_slice(&fixes.base_s.to_be_bytes());
                put_bytes(to, &fixes.bits);
            }
        }
    }

    fn unpack(from: &mut Reader<'_>) -> Result<Section, PackError> {
        Ok(match from.byte()? {
            1 => Section::Run(Run::unpack(from)?),
            2 => Section::Part(Part::unpack(from)?),
            3 => Section::Seal(RecordId::unpack(from)?, from.array()?),
            4 => Section::Ack(bounded(Vec::unpack(from)?, LANES_MAX)?),
            tag @ (5 | 12) => {
                let (heads, board) = (from.array()?, from.byte()?);
                Section::Digest(Digest { heads, board, asks: tag == 12 })
            }
            6 => Section::Same(from.byte()?),
            7 => {
                let (first, last) = (DeviceId::unpack(from)?, DeviceId::unpack(from)?);
                let holdings = bounded(Vec::unpack(from)?, LANES_MAX)?;
                match first <= last {
                    true => Section::Heads(Heads { from: first, to: last, holdings }),
                    false => return Err(PackError::BadValue("authors")),
                }
            }
            8 => Section::Want(bounded(Vec::unpack(from)?, LANES_MAX)?),
            9 => Section::Board(bounded(Vec::unpack(from)?, BOARD_MAX)?),
            10 => Section::Piece(RecordId::unpack(from)?, SealPiece::unpack(from)?),
            11 => Section::Call(bounded(Vec::unpack(from)?, CONTACTS_MAX)?),
            13 => Section::Fixes(Fixes {
                base_s: u32::from_be_bytes(from.array()?),
                bits: from.bytes(CARRY_FRAME_BYTES_MAX)?.to_vec(),
            }),
            14 => Section::Sketch(Sketch::unpack(from)?),
            15 => Section::Delta(Delta::unpack(from)?),
            16 => Section::Vouch(Devices::unpack(from)?),
            18 => Section::Call(Devices::unpack(from)?.0),
            17 => Section::Lack(Lack::unpack(from)?),
            19 => Section::Holders(RecordId::unpack(from)?, Devices::unpack(from)?),
            20 => Section::Sum(Sum::unpack(from)?),
            21 => Section::Absent(RecordId::unpack(from)?, u32::unpack(from)?),
            tag @ (22 | 23) => Section::Twice(Twice {
                device: DeviceId::unpack(from)?,
                newest: Start::of_bytes(from.array()?),
                is_long_past: tag == 23,
            }),
            tag if short_ack::is_tag(tag) => Section::Ack(vec![short_ack::unpack(tag, from)?]),
            tag if tag & PACKED_TAG != 0 => Section::Packed(PackedRun::unpack_rest(tag, from)?),
            _ => return Err(PackError::BadValue("section")),
        })
    }
}

fn bounded<T>(list: Vec<T>, max: usize) -> Result<Vec<T>, PackError> {
    if list.len() > max { Err(PackError::TooLong) } else { Ok(list) }
}

/// The sections at the front of these bytes, and why the reading ended before their end.
pub fn read(bytes: &[u8]) -> (Vec<Section>, Option<PackError>) {
    let mut sections = Vec::new();
    if bytes.len() > CARRY_FRAME_BYTES_MAX {
        return (sections, Some(PackError::TooLong));
    }
    let mut reader = Reader::new(bytes);
    while !reader.is_empty() {
        match Section::unpack(&mut reader) {
            Ok(section) => sections.push(section),
            Err(error) => return (sections, Some(error)),
        }
    }
    (sections, None)
}

const _: () = assert!(PENDING_PER_LANE_MAX >= ISLANDS_MAX);

#[cfg(test)]
mod tests;
