//! What a node has verified of all lanes at once, in few bytes: a sketch of the list of heads, or
//! what changed in it since both ends agreed. How the list is made is `sync::vector`'s.
//!
//! ```text
//! sketch   check 2 | heads 3 | symbols of one block 1 | length, symbols
//! delta    check 2 | heads 3 | base 3 | changes
//! lack     heads 3 | changes
//! vouch    count | length, bits: order 3 | count × devices skipped
//! call     as vouch, if more than eight are named
//! changes  count | length, bits: order 3 | count × (places skipped, amount - 1)
//! ```
//!
//! What is skipped is a code of that order, the amount is one of order 0, see `wire::bits`.
//! `check` is high byte first. The heads of `lack` are those of a list that its reader said.

use crate::base::caps::{CONTACTS_MAX, VECTOR_PLACES_MAX};
use crate::base::ids::DeviceId;
use crate::wire::bits::{BitReader, BitWriter, golomb_bits};
use crate::wire::pack::{Pack, PackError, Reader, put_bytes, put_varint};

/// Sums over all heads, see `sync::sketch`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sketch {
    /// Of the list of lanes: without the same list nothing can be read.
    pub check: u16,
    /// Of the heads as in a digest, salted by the frame.
    pub heads: [u8; 3],
    /// Symbols of one block, at least two.
    pub count: u8,
    /// Those of the first block, then of the next.
    pub symbols: Vec<u8>,
}

/// What changed in the heads since they were what both know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delta {
    /// Of the list of lanes: without the same list nothing can be read.
    pub check: u16,
    /// Of the heads as in a digest, salted by the frame.
    pub heads: [u8; 3],
    /// The same of the heads before.
    pub base: [u8; 3],
    /// By how much the heads rose since.
    pub changes: Changes,
}

/// Of the list that you said and that had this hash, I lack the last records of these lanes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    /// Of the list as in a digest, salted by the frame that carries this.
    pub heads: [u8; 3],
    /// How many of the last records of each lane.
    pub changes: Changes,
}

/// Places of a list and by how much their values are larger, at least by one; in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes(pub Vec<(u16, u32)>);

/// Some devices, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Devices(pub Vec<DeviceId>);

/// Bits that tell the order of the code of places.
const ORDER_BITS: u32 = 3;

impl Pack for Sketch {
    fn pack(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(&self.check.to_be_bytes());
        to.extend_from_slice(&self.heads);
        to.push(self.count);
        put_bytes(to, &self.symbols);
    }

    fn unpack(from: &mut Reader<'_>) -> Result<Sketch, PackError> {
        let (check, heads) = (u16::from_be_bytes(from.array()?), from.array()?);
        let count = from.byte()?;
        let symbols = from.bytes(VECTOR_PLACES_MAX)?.to_vec();
        let is_whole = count >= 2 && symbols.len().is_multiple_of(usize::from(count));
        if !is_whole || symbols.is_empty() {
            return Err(PackError::BadValue("sketch"));
        }
        Ok(Sketch { check, heads, count, symbols })
    }
}

impl Pack for Delta {
    fn pack(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(&self.check.to_be_bytes());
        to.extend_from_slice(&self.heads);
        to.extend_from_slice(&self.base);
        self.changes.pack(to);
    }

    fn unpack(from: &mut Reader<'_>) -> Result<Delta, PackError> {
        Ok(Delta {
            check: u16::from_be_bytes(from.array()?),
            heads: from.array()?,
            base: from.array()?,
            changes: Changes::unpack(from)?,
        })
    }
}

impl Pack for Lack {
    fn pack(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(&self.heads);
        self.changes.pack(to);
    }

    fn unpack(from: &mut Reader<'_>) -> Result<Lack, PackError> {
        Ok(Lack { heads: from.array()?, changes: Changes::unpack(from)? })
    }
}

/// The shortest of the codes of every order, behind the count.
fn put_shortest(
    to: &mut Vec<u8>,
    count: usize,
    bit_len: impl Fn(u32) -> u32,
    bits: impl Fn(u32) -> Vec<u8>,
) {
    let shortest = (0..1 << ORDER_BITS).min_by_key(|order| bit_len(*order).div_ceil(8));
    put_varint(to, count as u64);
    put_bytes(to, &bits(shortest.unwrap_or_default()));
}

/// Devices that a call names one by one; of more, what is skipped is told.
const CALL_NAMED_MAX: usize = 8;

/// The tag of a call: the second if what is skipped is told, which only names in order can be.
pub(super) fn call_tag(called: &[DeviceId]) -> u8 {
    let is_long = called.len() > CALL_NAMED_MAX && called.is_sorted_by(|a, b| a < b);
    if is_long { 18 } else { 11 }
}

/// Devices that are called, in the form that the tag says.
pub(super) fn pack_call(called: &[DeviceId], to: &mut Vec<u8>) {
    match call_tag(called) {
        18 => Devices(called.to_vec()).pack(to),
        _ => called.to_vec().pack(to),
    }
}

impl Devices {
    /// Devices skipped before each.
    fn skipped(&self) -> impl Iterator<Item = u64> {
        let mut next = 0;
        self.0.iter().map(move |device| {
            let skipped = u64::from(device.0) - next;
            next = u64::from(device.0) + 1;
            skipped
        })
    }

    fn bit_len(&self, order: u32) -> u32 {
        ORDER_BITS + self.skipped().map(|skipped| golomb_bits(skipped, order)).sum::<u32>()
    }

    fn bits(&self, order: u32) -> Vec<u8> {
        let mut bits = BitWriter::default();
        bits.put(u64::from(order), ORDER_BITS);
        self.skipped().for_each(|skipped| bits.golomb(skipped, order));
        bits.into_bytes()
    }
}

impl Pack for Devices {
    fn pack(&self, to: &mut Vec<u8>) {
        put_shortest(to, self.0.len(), |order| self.bit_len(order), |order| self.bits(order));
    }

    fn unpack(from: &mut Reader<'_>) -> Result<Devices, PackError> {
        let count = from.varint()?;
        if count > CONTACTS_MAX as u64 {
            return Err(PackError::TooLong);
        }
        let mut bits = BitReader::new(from.bytes(VECTOR_PLACES_MAX)?);
        let order = bits.take(ORDER_BITS)? as u32;
        let (mut devices, mut next) = (Vec::new(), 0);
        for _ in 0..count {
            let device = next + bits.golomb(order)?;
            let index = u16::try_from(device).map_err(|_| PackError::BadValue("devices"))?;
            devices.push(DeviceId(index));
            next = device + 1;
        }
        Ok(Devices(devices))
    }
}

impl Changes {
    /// Places skipped before each, and its amount less one.
    fn codes(&self) -> impl Iterator<Item = (u64, u64)> {
        let mut next = 0;
        self.0.iter().map(move |(place, amount)| {
            let skipped = u64::from(*place) - next;
            next = u64::from(*place) + 1;
            (skipped, u64::from(*amount) - 1)
        })
    }

    fn bit_len(&self, order: u32) -> u32 {
        let bits = |(skipped, amount)| golomb_bits(skipped, order) + golomb_bits(amount, 0);
        ORDER_BITS + self.codes().map(bits).sum::<u32>()
    }

    fn bits(&self, order: u32) -> Vec<u8> {
        let mut bits = BitWriter::default();
        bits.put(u64::from(order), ORDER_BITS);
        for (skipped, amount) in self.codes() {
            bits.golomb(skipped, order);
            bits.golomb(amount, 0);
        }
        bits.into_bytes()
    }
}

impl Pack for Changes {
    fn pack(&self, to: &mut Vec<u8>) {
        put_shortest(to, self.0.len(), |order| self.bit_len(order), |order| self.bits(order));
    }

    fn unpack(from: &mut Reader<'_>) -> Result<Changes, PackError> {
        let count = from.varint()?;
        if count > VECTOR_PLACES_MAX as u64 {
            return Err(PackError::TooLong);
        }
        let mut bits = BitReader::new(from.bytes(VECTOR_PLACES_MAX)?);
        let order = bits.take(ORDER_BITS)? as u32;
        let (mut changes, mut next) = (Vec::new(), 0);
        for _ in 0..count {
            let (place, amount) = (next + bits.golomb(order)?, 1 + bits.golomb(0)?);
            let place = u16::try_from(place).map_err(|_| PackError::BadValue("changes"))?;
            let amount = u32::try_from(amount).map_err(|_| PackError::BadValue("changes"))?;
            changes.push((place, amount));
            next = u64::from(place) + 1;
        }
        Ok(Changes(changes))
    }
}
