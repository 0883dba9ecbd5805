//! Records on their way: whole and as they are, packed for the air, or in parts.
//!
//! ```text
//! packed: 1 | last | author | sealed | lane 2 | count 2
//!         | [author] | first seq × 2 + has incarnation | [incarnation 1] | [count]
//!         | [signature 64] | base 4 | [length] | bits …
//! last:   nothing follows in the frame; the bits run to its end and have no length
//! author: 0 the sender of the frame, who is not named again
//! count:  1 to 3 records; 0: a varint follows
//! base:   time of the first record in seconds since 1970, high byte first; lasts until 2106
//! ```
//!
//! What the bits say is `field::air`'s.

use super::Signature;
use crate::base::caps::{CARRY_FRAME_BYTES_MAX, PACKED_RECORD_BYTES_MAX, RECORD_BYTES_MAX};
use crate::base::ids::{DeviceId, Lane, LaneId, RecordId};
use crate::wire::pack::{Pack, PackError, Reader, put_bytes, put_varint, varint_len};

/// Records of one lane, in order and without gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The lane.
    pub lane: LaneId,
    /// Sequence number of the first record.
    pub first: u32,
    /// The records.
    pub records: Vec<Vec<u8>>,
    /// Seal of the last one.
    pub seal: Option<Signature>,
}

/// A piece of one record in the form that `field::air::alone` gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Which record.
    pub id: RecordId,
    /// Bytes of the whole form.
    pub total: u32,
    /// Where the piece begins.
    pub offset: u32,
    /// The piece.
    pub bytes: Vec<u8>,
}

/// Records of one lane as bits, in order and without gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackedRun {
    /// Their author; none for the sender of the frame.
    pub author: Option<DeviceId>,
    /// Which life of the author.
    pub incarnation: u8,
    /// Which of its lanes.
    pub lane: Lane,
    /// Sequence number of the first record.
    pub first: u32,
    /// How many.
    pub count: u32,
    /// Time of the first record, seconds since 1970.
    pub base_s: u32,
    /// The records.
    pub bits: Vec<u8>,
    /// Seal of the last one.
    pub seal: Option<Signature>,
    /// Nothing follows it in the frame.
    pub is_last: bool,
}

/// Set in the tag of every packed run.
pub const PACKED_TAG: u8 = 0x80;
const TAG_LAST: u8 = 0x40;
const TAG_AUTHOR: u8 = 0x20;
const TAG_SEALED: u8 = 0x10;
/// Counts below this stand in the tag.
const COUNT_INLINE_END: u32 = 4;
/// Records of one packed run: more than fit any frame of a bearer.
const COUNT_MAX: u64 = 4096;

impl PackedRun {
    /// The first byte.
    pub(super) fn tag(&self) -> u8 {
        let bit = |is_set: bool, bit: u8| if is_set { bit } else { 0 };
        let count = if self.count < COUNT_INLINE_END { self.count as u8 } else { 0 };
        PACKED_TAG
            | bit(self.is_last, TAG_LAST)
            | bit(self.author.is_some(), TAG_AUTHOR)
            | bit(self.seal.is_some(), TAG_SEALED)
            | (self.lane as u8) << 2
            | count
    }

    pub(super) fn pack_rest(&self, to: &mut Vec<u8>) {
        if let Some(author) = self.author {
            author.pack(to);
        }
        put_varint(to, u64::from(self.first) << 1 | u64::from(self.incarnation != 0));
        if self.incarnation != 0 {
            to.push(self.incarnation);
        }
        if self.count >= COUNT_INLINE_END {
            put_varint(to, u64::from(self.count));
        }
        if let Some(signature) = &self.seal {
            to.extend_from_slice(signature);
        }
        to.extend_from_slice(&self.base_s.to_be_bytes());
        match self.is_last {
            true => to.extend_from_slice(&self.bits),
            false => put_bytes(to, &self.bits),
        }
    }

    pub(super) fn unpack_rest(tag: u8, from: &mut Reader<'_>) -> Result<PackedRun, PackError> {
        let author = match tag & TAG_AUTHOR {
            0 => None,
            _ => Some(DeviceId::unpack(from)?),
        };
        let both = from.varint()?;
        let first = u32::try_from(both >> 1).map_err(|_| PackError::BadValue("run"))?;
        let incarnation = if both & 1 == 1 { from.byte()? } else { 0 };
        let count = match tag & 3 {
            0 => from.varint()?,
            count => u64::from(count),
        };
        let fits = first >= 1 && (1..=COUNT_MAX).contains(&count);
        if !fits || u64::from(first) + count > u64::from(u32::MAX) {
            return Err(PackError::BadValue("run"));
        }
        let seal = if tag & TAG_SEALED != 0 { Some(from.array()?) } else { None };
        let base_s = u32::from_be_bytes(from.array()?);
        let is_last = tag & TAG_LAST != 0;
        let bits = match is_last {
            true => from.take(from.rest().len())?,
            false => from.bytes(CARRY_FRAME_BYTES_MAX)?,
        };
        let lane = Lane::from_u8(tag >> 2 & 3).ok_or(PackError::BadValue("lane"))?;
        let (bits, count) = (bits.to_vec(), count as u32);
        Ok(PackedRun { author, incarnation, lane, first, count, base_s, bits, seal, is_last })
    }

    /// Bytes that it takes in a frame with so many bytes of bits, if something follows it.
    pub fn byte_len_with(&self, bits: usize) -> usize {
        let author = self.author.map_or(0, |author| varint_len(u64::from(author.0)));
        let first = varint_len(u64::from(self.first) << 1) + usize::from(self.incarnation != 0);
        let count = match self.count < COUNT_INLINE_END {
            true => 0,
            false => varint_len(u64::from(self.count)),
        };
        let seal = if self.seal.is_some() { size_of::<Signature>() } else { 0 };
        1 + author + first + count + seal + 4 + varint_len(bits as u64) + bits
    }

    /// The lane, in a frame of this sender.
    pub fn lane_id(&self, sender: DeviceId) -> LaneId {
        let author = self.author.unwrap_or(sender);
        LaneId { author, incarnation: self.incarnation, lane: self.lane }
    }
}

impl Pack for Run {
    fn pack(&self, to: &mut Vec<u8>) {
        self.lane.pack(to);
        self.first.pack(to);
        put_varint(to, (self.records.len() as u64) << 1 | u64::from(self.seal.is_some()));
        for record in &self.records {
            put_bytes(to, record);
        }
        if let Some(signature) = &self.seal {
            to.extend_from_slice(signature);
        }
    }

    fn unpack(from: &mut Reader<'_>) -> Result<Run, PackError> {
        let lane = LaneId::unpack(from)?;
        let first = u32::unpack(from)?;
        let both = from.varint()?;
        let count = both >> 1;
        let fits = first >= 1 && count >= 1 && u64::from(first) + count <= u64::from(u32::MAX);
        if !fits {
            return Err(PackError::BadValue("run"));
        }
        if count > from.rest().len() as u64 {
            return Err(PackError::Short);
        }
        let mut records = Vec::new();
        for _ in 0..count {
            records.push(from.bytes(RECORD_BYTES_MAX)?.to_vec());
        }
        let seal = if both & 1 == 1 { Some(from.array()?) } else { None };
        Ok(Run { lane, first, records, seal })
    }
}

impl Pack for Part {
    fn pack(&self, to: &mut Vec<u8>) {
        self.id.pack(to);
        self.total.pack(to);
        self.offset.pack(to);
        put_bytes(to, &self.bytes);
    }

    fn unpack(from: &mut Reader<'_>) -> Result<Part, PackError> {
        let part = Part {
            id: RecordId::unpack(from)?,
            total: u32::unpack(from)?,
            offset: u32::unpack(from)?,
            bytes: from.bytes(PACKED_RECORD_BYTES_MAX)?.to_vec(),
        };
        let end = u64::from(part.offset) + part.bytes.len() as u64;
        let fits = part.total as usize <= PACKED_RECORD_BYTES_MAX && end <= u64::from(part.total);
        if fits && !part.bytes.is_empty() && part.id.seq >= 1 {
            Ok(part)
        } else {
            Err(PackError::BadValue("part"))
        }
    }
}
