//! The bytes of one record: what is chained, sealed, stored and never changed.
//!
//! ```text
//! kind 1 | wall milliseconds 6 (big endian) | count varint | person | body …
//! person: 0 nobody, 1 text, n ≥ 2 the person with directory index n - 2
//! ```
//!
//! Where it stands (author, incarnation, lane, seq) is not in the bytes: the run that carries it
//! says so once, and the chain hash covers it. A kind number is never used again for another
//! layout; an unknown kind is stored, chained and passed on unread.

use crate::base::ids::PersonId;
use crate::base::time::Hlc;
use crate::wire::pack::{Pack, PackError, Reader, put_bytes, put_varint};

/// Numbers of the kinds of records. New ones are added, none is used again.
pub mod kind {
    /// Directory entries.
    pub const DIRECTORY: u8 = 0x01;
    /// An order, alert, request or update.
    pub const ORDER: u8 = 0x10;
    /// Withdraws an order.
    pub const CANCEL: u8 = 0x11;
    /// Answers an order.
    pub const RECEIPT: u8 = 0x12;
    /// An order that waits for a signature.
    pub const DRAFT: u8 = 0x13;
    /// Signs a draft.
    pub const SIGNATURE: u8 = 0x14;
    /// An issuer admits a device.
    pub const ADMISSION: u8 = 0x15;
    /// Names the key that the author's orders are under from here on.
    pub const ORDER_KEY: u8 = 0x16;
    /// What an answer or a withdrawal says, to a group alone.
    pub const SEALED_NOTE: u8 = 0x17;
    /// A file exists.
    pub const ATTACHMENT: u8 = 0x28;
    /// Goods in or out of one depot.
    pub const MOVEMENT: u8 = 0x30;
    /// Goods leave one depot for another.
    pub const WAYBILL: u8 = 0x31;
    /// Goods of a waybill arrive.
    pub const ARRIVAL: u8 = 0x32;
    /// A count of one depot.
    pub const COUNT: u8 = 0x33;
    /// What lies in many depots, as its author's book had it.
    pub const SNAPSHOT: u8 = 0x34;
    /// A movement or a count of one depot, to a group alone.
    pub const SEALED_STOCK: u8 = 0x35;
}

/// Who did it, as written in a record.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Person {
    /// Nobody named.
    #[default]
    Nobody,
    /// A person of the directory.
    Index(PersonId),
    /// A name that the directory does not have.
    Name(String),
}

impl Pack for Person {
    fn pack(&self, to: &mut Vec<u8>) {
        match self {
            Person::Nobody => put_varint(to, 0),
            Person::Name(name) => {
                put_varint(to, 1);
                put_bytes(to, name.as_bytes());
            }
            Person::Index(person) => put_varint(to, u64::from(person.0) + 2),
        }
    }

    fn unpack(from: &mut Reader<'_>) -> Result<Person, PackError> {
        match from.varint()? {
            0 => Ok(Person::Nobody),
            1 => String::unpack(from).map(Person::Name),
            n => u16::try_from(n - 2)
                .map(|index| Person::Index(PersonId(index)))
                .map_err(|_| PackError::BadValue("person")),
        }
    }
}

/// What stands before the body of every record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// What it is; see [`kind`].
    pub kind: u8,
    /// When, by the author's clock.
    pub at: Hlc,
    /// Who.
    pub person: Person,
}

impl Head {
    /// The bytes of a whole record.
    pub fn with_body(&self, body: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(16 + body.len());
        bytes.push(self.kind);
        bytes.extend_from_slice(&self.at.wall_ms.to_be_bytes()[2..]);
        self.at.count.pack(&mut bytes);
        self.person.pack(&mut bytes);
        bytes.extend_from_slice(body);
        bytes
    }

    /// Head and body of a record's bytes.
    pub fn split(bytes: &[u8]) -> Result<(Head, &[u8]), PackError> {
        let mut reader = Reader::new(bytes);
        let kind = reader.byte()?;
        let wall: [u8; 6] = reader.array()?;
        let mut wide = [0; 8];
        wide[2..].copy_from_slice(&wall);
        let at = Hlc { wall_ms: u64::from_be_bytes(wide), count: u16::unpack(&mut reader)? };
        let person = Person::unpack(&mut reader)?;
        Ok((Head { kind, at, person }, reader.rest()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_goes_both_ways() {
        for person in [Person::Nobody, Person::Index(PersonId(7)), Person::Name("李".into())] {
            let at = Hlc { wall_ms: 0x0123_4567_89ab, count: 300 };
            let head = Head { kind: kind::ORDER, at, person };
            let bytes = head.with_body(b"body");
            assert_eq!(Head::split(&bytes), Ok((head, b"body".as_slice())));
        }
    }

    #[test]
    fn a_cut_head_is_refused() {
        let head =
            Head { kind: kind::ORDER, at: Hlc::default(), person: Person::Name("李".into()) };
        let bytes = head.with_body(b"");
        for cut in 0..bytes.len() {
            assert!(Head::split(&bytes[..cut]).is_err(), "{cut}");
        }
    }
}
