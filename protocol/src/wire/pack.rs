//! How single values become bytes: varints, short texts, lists. No layout of a whole thing here.
//!
//! | value | bytes |
//! |---|---|
//! | u8 | itself |
//! | u16, u32, u64, ids | varint: 7 bits a byte, low bits first, high bit set on all but the last |
//! | i32, i64 | zigzag, then varint |
//! | point | latitude and longitude × 10⁷, 4 bytes each, two's complement, high byte first |
//! | text, bytes | varint length, then the bytes |
//! | list | varint count, then the elements (each at least one byte) |
//! | option | 0, or 1 and the value |

use crate::base::caps::TEXT_BYTES_MAX;
use crate::base::geo::Point;
use crate::base::ids::{
    CardId, DepotId, DeviceId, DutyId, GroupId, ItemId, Lane, LaneId, PersonId, PlaceId, PlanId,
    PostId, RecordId, TemplateId, UnitId,
};
use crate::base::quantity::Quantity;

/// Why bytes are not the value they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// The bytes end too early.
    #[error("the bytes end too early")]
    Short,
    /// A text or list is longer than its limit.
    #[error("a text or list is longer than its limit")]
    TooLong,
    /// A field has a value that means nothing.
    #[error("{0} has a value that means nothing")]
    BadValue(&'static str),
    /// Bytes are left over.
    #[error("bytes are left over")]
    Trailing,
}

/// A value with one byte form.
pub trait Pack: Sized {
    /// Append the bytes.
    fn pack(&self, to: &mut Vec<u8>);

    /// Read the bytes; never panics, never allocates more than the bytes are worth.
    fn unpack(from: &mut Reader<'_>) -> Result<Self, PackError>;

    /// The bytes alone.
    fn packed(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.pack(&mut bytes);
        bytes
    }

    /// The value of exactly these bytes.
    fn unpack_all(bytes: &[u8]) -> Result<Self, PackError> {
        let mut reader = Reader::new(bytes);
        let value = Self::unpack(&mut reader)?;
        if reader.is_empty() { Ok(value) } else { Err(PackError::Trailing) }
    }
}

/// Reads values off the front of some bytes.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// A reader at the start of these bytes.
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { rest: bytes }
    }

    /// True when nothing is left.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// What is left.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next `count` bytes.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], PackError> {
        if count > self.rest.len() {
            return Err(PackError::Short);
        }
        let (head, rest) = self.rest.split_at(count);
        self.rest = rest;
        Ok(head)
    }

    /// The next `N` bytes as an array.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], PackError> {
        let head = self.take(N)?;
        let mut array = [0; N];
        array.copy_from_slice(head);
        Ok(array)
    }

    /// The next byte.
    pub fn byte(&mut self) -> Result<u8, PackError> {
        self.array::<1>().map(|[byte]| byte)
    }

    /// The next varint, at most 10 bytes.
    pub fn varint(&mut self) -> Result<u64, PackError> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return Err(PackError::BadValue("varint"));
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(PackError::BadValue("varint"))
    }

    /// A varint length of at most `max`, then so many bytes.
    pub fn bytes(&mut self, max: usize) -> Result<&'a [u8], PackError> {
        let length = usize::try_from(self.varint()?).map_err(|_| PackError::TooLong)?;
        if length > max {
            return Err(PackError::TooLong);
        }
        self.take(length)
    }
}

/// Append a varint.
pub fn put_varint(to: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        to.push(value as u8 | 0x80);
        value >>= 7;
    }
    to.push(value as u8);
}

/// Append a varint length and the bytes.
pub fn put_bytes(to: &mut Vec<u8>, bytes: &[u8]) {
    put_varint(to, bytes.len() as u64);
    to.extend_from_slice(bytes);
}

/// How many bytes a varint takes.
pub fn varint_len(value: u64) -> usize {
    (64 - value.max(1).leading_zeros() as usize).div_ceil(7)
}

macro_rules! pack_unsigned {
    ($($kind:ty),*) => {$(
        impl Pack for $kind {
            fn pack(&self, to: &mut Vec<u8>) {
                put_varint(to, u64::from(*self));
            }
            fn unpack(from: &mut Reader<'_>) -> Result<Self, PackError> {
                <$kind>::try_from(from.varint()?).map_err(|_| PackError::BadValue("number"))
            }
        }
    )*};
}
pack_unsigned!(u16, u32, u64);

macro_rules! pack_signed {
    ($($kind:ty),*) => {$(
        impl Pack for $kind {
            fn pack(&self, to: &mut Vec<u8>) {
                let value = i64::from(*self);
                put_varint(to, ((value << 1) ^ (value >> 63)) as u64);
            }
            fn unpack(from: &mut Reader<'_>) -> Result<Self, PackError> {
                let raw = from.varint()?;
                let value = (raw >> 1) as i64 ^ -((raw & 1) as i64);
                <$kind>::try_from(value).map_err(|_| PackError::BadValue("number"))
            }
        }
    )*};
}
pack_signed!(i32, i64);

macro_rules! pack_index {
    ($($kind:ident),* $(,)?) => {$(
        impl Pack for $kind {
            fn pack(&self, to: &mut Vec<u8>) {
                self.0.pack(to);
            }
            fn unpack(from: &mut Reader<'_>) -> Result<Self, PackError> {
                u16::unpack(from).map($kind)
            }
        }
    )*};
}
pack_index!(
    DeviceId, UnitId, PlaceId, PersonId, PostId, ItemId, DepotId, TemplateId, PlanId, CardId,
    DutyId, GroupId,
);

impl Pack for u8 {
    fn pack(&self, to: &mut Vec<u8>) {
        to.push(*self);
    }
    fn unpack(from: &mut Reader<'_>) -> Result<Self, PackError> {
        from.byte()
    }
}

impl Pack for Quantity {
    fn pack(&self, to: &mut Vec<u8>) {
        self.0.pack(to);
    }
    fn unpack(from: &mut Reader<'_>) -> Result<Self, PackError> {
        i64::unpack(from).map(Quantity)
    }
}

impl Pack for Point {
    fn pack(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(&self.lat_e7.to_be_bytes());
        to.extend_from_slice(&self.lon_e7.to_be_bytes());
    }
    fn unpack(from: &mut Reader<'_>) -> Result<Self, PackError> {
        let lat_e7 = i32::from_be_bytes(from.array()?);
        let point = Point { lat_e7, lon_e7: i32::from_be_bytes(from.array()?) };
        if point.is_valid() { Ok(point) } else { Err(PackError::BadValue("point")) }
    }
}

impl Pack for String {
    fn pack(&self, to: &mut Vec<u8>) {
        put_bytes(to, self.as_bytes());
    }
    fn unpack(from: &mut Reader<'_>) -> Result<Self, PackError> {
        let bytes = from.bytes(TEXT_BYTES_MAX)?;
        std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| PackError::BadValue("text"))
    }
}

impl<T: Pack> Pack for Vec<T> {
    fn pack(&self, to: &mut Vec<u8>) {
        put_varint(to, self.len() as u64);
        for element in self {
            element.pack(to);
        }
    }
    fn unpack(from: &mut Reader<'_>) -> Result<Self, PackError> {
        let count = usize::try_from(from.varint()?).map_err(|_| PackError::TooLong)?;
        if count > from.rest().len() {
            return Err(PackError::Short);
        }
        // Grown, not reserved: a hostile count must not be worth more memory than its bytes.
        let mut list = Vec::new();
        for _ in 0..count {
            list.push(T::unpack(from)?);
        }
        Ok(list)
    }
}

impl<T: Pack> Pack for Option<T> {
    fn pack(&self, to: &mut Vec<u8>) {
        match self {
            None => to.push(0),
            Some(value) => {
                to.push(1);
                value.pack(to);
            }
        }
    }
    fn unpack(from: &mut Reader<'_>) -> Result<Self, PackError> {
        match from.byte()? {
            0 => Ok(None),
            1 => T::unpack(from).map(Some),
            _ => Err(PackError::BadValue("option")),
        }
    }
}

impl<A: Pack, B: Pack> Pack for (A, B) {
    fn pack(&self, to: &mut Vec<u8>) {
        self.0.pack(to);
        self.1.pack(to);
    }
    fn unpack(from: &mut Reader<'_>) -> Result<Self, PackError> {
        Ok((A::unpack(from)?, B::unpack(from)?))
    }
}

/// `author varint | incarnation << 2 | lane, varint`.
impl Pack for LaneId {
    fn pack(&self, to: &mut Vec<u8>) {
        self.author.pack(to);
        put_varint(to, u64::from(self.incarnation) << 2 | self.lane as u64);
    }
    fn unpack(from: &mut Reader<'_>) -> Result<Self, PackError> {
        let author = DeviceId::unpack(from)?;
        let both = from.varint()?;
        let incarnation =
            u8::try_from(both >> 2).map_err(|_| PackError::BadValue("incarnation"))?;
        let lane = Lane::from_u8(both as u8 & 3).ok_or(PackError::BadValue("lane"))?;
        Ok(LaneId { author, incarnation, lane })
    }
}

impl Pack for RecordId {
    fn pack(&self, to: &mut Vec<u8>) {
        self.lane.pack(to);
        self.seq.pack(to);
    }
    fn unpack(from: &mut Reader<'_>) -> Result<Self, PackError> {
        Ok(LaneId::unpack(from)?.at(u32::unpack(from)?))
    }
}

/// Gives a struct the byte form of its fields, in the order named. Layouts are drawn where used.
#[macro_export]
macro_rules! pack_struct {
    ($name:ident { $($field:ident),* $(,)? }) => {
        impl $crate::wire::pack::Pack for $name {
            fn pack(&self, to: &mut Vec<u8>) {
                $( $crate::wire::pack::Pack::pack(&self.$field, to); )*
            }
            fn unpack(
                from: &mut $crate::wire::pack::Reader<'_>,
            ) -> Result<Self, $crate::wire::pack::PackError> {
                Ok($name { $( $field: $crate::wire::pack::Pack::unpack(from)?, )* })
            }
        }
    };
}

/// Gives a field-less `repr(u8)` enum one byte; an unknown number is a bad value.
#[macro_export]
macro_rules! pack_enum {
    ($name:ident { $($variant:ident),* $(,)? }) => {
        impl $crate::wire::pack::Pack for $name {
            fn pack(&self, to: &mut Vec<u8>) {
                to.push(*self as u8);
            }
            fn unpack(
                from: &mut $crate::wire::pack::Reader<'_>,
            ) -> Result<Self, $crate::wire::pack::PackError> {
                let number = from.byte()?;
                $( if number == $name::$variant as u8 { return Ok($name::$variant); } )*
                Err($crate::wire::pack::PackError::BadValue(stringify!($name)))
            }
        }
    };
}

#[cfg(test)]
mod tests;
