//! The bodies of records by kind. Only tells them apart; each body lives in its own room.

use crate::base::ids::{Lane, RecordId};
use crate::base::time::Hlc;
use crate::field::attachment::Attachment;
use crate::field::directory::{DeviceEntry, Entry};
use crate::field::order::{Cancel, Order, OrderKey, Receipt, SealedNote, Signature};
use crate::field::stock::{self, SealedPost, Snapshot};
use crate::wire::pack::{Pack, PackError};
use crate::wire::record::{Person, kind};

/// Where the fold of a record gets it from: its place, time and author, next to its body.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed<'a, T> {
    /// Where it stands.
    pub id: RecordId,
    /// When, by the author's clock.
    pub at: Hlc,
    /// Who.
    pub person: &'a Person,
    /// What.
    pub body: &'a T,
}

impl<'a, T> Placed<'a, T> {
    /// The same place with the body inside this one.
    pub fn with<U>(&self, body: &'a U) -> Placed<'a, U> {
        Placed { id: self.id, at: self.at, person: self.person, body }
    }
}

/// Why a body is not understood.
pub type BodyError = PackError;

/// What a record says.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// Lines of the directory.
    Directory(Vec<Entry>),
    /// An order, alert, request or update.
    Order(Order),
    /// Withdraws an order.
    Cancel(Cancel),
    /// Answers an order.
    Receipt(Receipt),
    /// An order that is none until somebody signs it.
    Draft(Order),
    /// Signs a draft.
    Signature(Signature),
    /// An issuer admits a device.
    Admission(DeviceEntry),
    /// Names the key that the author's orders are under from here on.
    OrderKey(OrderKey),
    /// What an answer or a withdrawal says, to a group alone.
    SealedNote(SealedNote),
    /// A file exists.
    Attachment(Attachment),
    /// Goods moved or were counted.
    Stock(stock::Body),
    /// What lies in many depots, as its author's book had it.
    Snapshot(Snapshot),
    /// Goods moved or were counted, told to a group alone.
    SealedPost(SealedPost),
    /// A kind of a later version: kept and passed on unread.
    Unknown {
        /// Its number.
        kind: u8,
    },
}

impl Body {
    /// The body of a record of this kind. A kind that is not known is no error.
    pub fn parse(kind: u8, bytes: &[u8]) -> Result<Body, BodyError> {
        match kind {
            kind::DIRECTORY => Vec::unpack_all(bytes).map(Body::Directory),
            kind::ORDER => Order::unpack_all(bytes).map(Body::Order),
            kind::CANCEL => Cancel::unpack_all(bytes).map(Body::Cancel),
            kind::RECEIPT => Receipt::unpack_all(bytes).map(Body::Receipt),
            kind::DRAFT => Order::unpack_all(bytes).map(Body::Draft),
            kind::SIGNATURE => Signature::unpack_all(bytes).map(Body::Signature),
            kind::ADMISSION => admission(bytes),
            kind::ORDER_KEY => OrderKey::unpack_all(bytes).map(Body::OrderKey),
            kind::SEALED_NOTE => SealedNote::unpack_all(bytes).map(Body::SealedNote),
            kind::ATTACHMENT => Attachment::unpack_all(bytes).map(Body::Attachment),
            kind::SNAPSHOT => Snapshot::unpack_all(bytes).map(Body::Snapshot),
            kind::SEALED_STOCK => SealedPost::unpack_all(bytes).map(Body::SealedPost),
            kind => match stock::Body::unpack(kind, bytes) {
                Some(body) => body.map(Body::Stock),
                None => Ok(Body::Unknown { kind }),
            },
        }
    }

    /// The number of its kind.
    pub fn kind(&self) -> u8 {
        match self {
            Body::Directory(_) => kind::DIRECTORY,
            Body::Order(_) => kind::ORDER,
            Body::Cancel(_) => kind::CANCEL,
            Body::Receipt(_) => kind::RECEIPT,
            Body::Draft(_) => kind::DRAFT,
            Body::Signature(_) => kind::SIGNATURE,
            Body::Admission(_) => kind::ADMISSION,
            Body::OrderKey(_) => kind::ORDER_KEY,
            Body::SealedNote(_) => kind::SEALED_NOTE,
            Body::Attachment(_) => kind::ATTACHMENT,
            Body::Stock(body) => body.kind(),
            Body::Snapshot(_) => kind::SNAPSHOT,
            Body::SealedPost(_) => kind::SEALED_STOCK,
            Body::Unknown { kind } => *kind,
        }
    }

    /// The lane it belongs in; a record of this kind in another lane is refused. `None` for a
    /// kind that is not known.
    pub fn lane(&self) -> Option<Lane> {
        match self {
            Body::Directory(_) => Some(Lane::Directory),
            Body::Order(_)
            | Body::Cancel(_)
            | Body::Receipt(_)
            | Body::Draft(_)
            | Body::Signature(_)
            | Body::Admission(_)
            | Body::OrderKey(_)
            | Body::SealedNote(_) => Some(Lane::Command),
            Body::Attachment(_) => Some(Lane::Report),
            Body::Stock(_) | Body::Snapshot(_) | Body::SealedPost(_) => Some(Lane::Stock),
            Body::Unknown { .. } => None,
        }
    }

    /// Its bytes; empty for a kind that is not known.
    pub fn packed(&self) -> Vec<u8> {
        match self {
            Body::Directory(entries) => entries.packed(),
            Body::Order(order) => order.packed(),
            Body::Cancel(cancel) => cancel.packed(),
            Body::Receipt(receipt) => receipt.packed(),
            Body::Draft(order) => order.packed(),
            Body::Signature(signature) => signature.packed(),
            Body::Admission(device) => device.packed(),
            Body::OrderKey(key) => key.packed(),
            Body::SealedNote(note) => note.packed(),
            Body::Attachment(attachment) => attachment.packed(),
            Body::Stock(body) => body.packed(),
            Body::Snapshot(page) => page.packed(),
            Body::SealedPost(post) => post.packed(),
            Body::Unknown { .. } => Vec::new(),
        }
    }
}

/// Number 0 means "none" elsewhere.
fn admission(bytes: &[u8]) -> Result<Body, BodyError> {
    let device = DeviceEntry::unpack_all(bytes)?;
    if device.index.0 == 0 {
        Err(PackError::BadValue("index"))
    } else {
        Ok(Body::Admission(device))
    }
}

#[cfg(test)]
mod tests;
