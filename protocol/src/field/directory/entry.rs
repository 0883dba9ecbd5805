//! One line of the signed directory and its bytes. What the lines add up to lives in `mod.rs`.
//!
//! ```text
//! entry:  tag 1 | length varint | fields …
//! 1 place   index, code, name, point?, parent place?
//! 2 unit    index, code, name, kind 1, place?, people varint
//! 3 person  index, name, unit
//! 4 device  index, public key 32, unit, roles 2 (high byte first), depot scope?
//! 5 item    index, code, name, unit of count
//! 6 depot   index, code, name, custodian unit, point?
//! 7 post    index, code, name, unit, primary person, stand-in person?
//! 8 retire  tag of what 1, index
//! 9 revoke  see `revoke`
//! 10 template  see `template`
//! 11 rekey   see `keys::rekey`; its last field takes what is left, so none can follow
//! 20 to 23     see `paper`
//! 24 issuer    see `issuer`
//! 25 group     see `group`
//! 26 path      see `path`
//! ```
//!
//! Indexes are varints from 1, texts have a varint length, `?` is an option (0, or 1 and the
//! value). The length lets an older program skip tags it does not know and fields that a later
//! version appended; both are kept in the raw record.

use crate::base::caps::RECORD_BYTES_MAX;
use crate::base::geo::Point;
use crate::base::ids::{DepotId, DeviceId, ItemId, PersonId, PlaceId, PostId, UnitId};
use crate::base::roles::Roles;
use crate::field::directory::group::GroupEntry;
use crate::field::directory::issuer::IssuerEntry;
use crate::field::directory::noun::Noun;
use crate::field::directory::paper::{AliasEntry, CardEntry, DutyEntry, PlanEntry};
use crate::field::directory::path::PathEntry;
use crate::field::directory::revoke::RevokeEntry;
use crate::field::directory::template::TemplateEntry;
pub use crate::field::directory::unit_kind::UnitKind;
use crate::field::text::check_name;
use crate::keys::rekey::Rekey;
use crate::pack_struct;
use crate::wire::pack::{Pack, PackError, Reader, put_bytes};

/// A named spot on the ground.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceEntry {
    /// Its index.
    pub index: PlaceId,
    /// Official or local code: an attribute, nothing is derived from it.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Where.
    pub point: Option<Point>,
    /// The place it is part of.
    pub parent: Option<PlaceId>,
}
pack_struct!(PlaceEntry { index, code, name, point, parent });

/// Something that can be given an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitEntry {
    /// Its index.
    pub index: UnitId,
    /// Its code, such as T05.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What sort it is.
    pub kind: UnitKind,
    /// Where it belongs.
    pub place: Option<PlaceId>,
    /// How many people it has.
    pub people: u32,
}
pack_struct!(UnitEntry { index, code, name, kind, place, people });

/// A named person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonEntry {
    /// Their index.
    pub index: PersonId,
    /// Their name.
    pub name: String,
    /// Their unit.
    pub unit: UnitId,
}
pack_struct!(PersonEntry { index, name, unit });

/// A device: one key, one author.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceEntry {
    /// Its index.
    pub index: DeviceId,
    /// Its Ed25519 public key.
    pub public: [u8; 32],
    /// The unit it speaks for.
    pub unit: UnitId,
    /// What it may write.
    pub roles: Roles,
    /// The one depot it may post for, if limited to one.
    pub depot_scope: Option<DepotId>,
}

impl Pack for DeviceEntry {
    fn pack(&self, to: &mut Vec<u8>) {
        self.index.pack(to);
        to.extend_from_slice(&self.public);
        self.unit.pack(to);
        to.extend_from_slice(&self.roles.0.to_be_bytes());
        self.depot_scope.pack(to);
    }
    fn unpack(from: &mut Reader<'_>) -> Result<Self, PackError> {
        Ok(DeviceEntry {
            index: Pack::unpack(from)?,
            public: from.array()?,
            unit: Pack::unpack(from)?,
            roles: Roles(u16::from_be_bytes(from.array()?)),
            depot_scope: Pack::unpack(from)?,
        })
    }
}

/// A kind of goods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemEntry {
    /// Its index.
    pub index: ItemId,
    /// Its code, such as E001.
    pub code: String,
    /// Its name, with the spec.
    pub name: String,
    /// Unit of count.
    pub unit: String,
}
pack_struct!(ItemEntry { index, code, name, unit });

/// A store with one custodian.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepotEntry {
    /// Its index.
    pub index: DepotId,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The unit that keeps it.
    pub custodian: UnitId,
    /// Where.
    pub point: Option<Point>,
}
pack_struct!(DepotEntry { index, code, name, custodian, point });

/// A post that persons fill in turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostEntry {
    /// Its index.
    pub index: PostId,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The unit it belongs to.
    pub unit: UnitId,
    /// A 角.
    pub primary: PersonId,
    /// B 角.
    pub stand_in: Option<PersonId>,
}
pack_struct!(PostEntry { index, code, name, unit, primary, stand_in });

/// Something is no longer used. Its name stays for what was written before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetireEntry {
    /// What the index counts.
    pub noun: Noun,
    /// The index.
    pub index: u16,
}
pack_struct!(RetireEntry { noun, index });

/// One line of the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A place.
    Place(PlaceEntry),
    /// A unit.
    Unit(UnitEntry),
    /// A person.
    Person(PersonEntry),
    /// A device.
    Device(DeviceEntry),
    /// An item.
    Item(ItemEntry),
    /// A depot.
    Depot(DepotEntry),
    /// A post.
    Post(PostEntry),
    /// The end of one of these.
    Retire(RetireEntry),
    /// A device that is not trusted any more.
    Revoke(RevokeEntry),
    /// Words that an order can be given in by their number.
    Template(TemplateEntry),
    /// A part of the rekey that begins an epoch.
    Rekey(Box<Rekey>),
    /// Other codes of one of these.
    Alias(AliasEntry),
    /// The text of a plan.
    Plan(PlanEntry),
    /// An evacuation card.
    Card(CardEntry),
    /// One shift of a duty list.
    Duty(DutyEntry),
    /// A device that may admit others for a while.
    Issuer(Box<IssuerEntry>),
    /// Those who alone can read what is sealed to them.
    Group(GroupEntry),
    /// Keys by which one device follows into later epochs.
    Path(Box<PathEntry>),
    /// A line of a later version; skipped.
    Unknown {
        /// Its tag.
        tag: u8,
        /// Its fields, unread.
        fields: Vec<u8>,
    },
}

/// Tag of [`Entry::Retire`].
const TAG_RETIRE: u8 = 8;
/// Tag of [`Entry::Revoke`].
const TAG_REVOKE: u8 = 9;
/// Tag of [`Entry::Rekey`].
const TAG_REKEY: u8 = 11;
/// Tag of [`Entry::Alias`].
const TAG_ALIAS: u8 = 20;
/// Tag of [`Entry::Issuer`].
const TAG_ISSUER: u8 = 24;
/// Tag of [`Entry::Group`].
const TAG_GROUP: u8 = 25;
/// Tag of [`Entry::Path`].
const TAG_PATH: u8 = 26;

impl Entry {
    fn tag_and_fields(&self) -> (u8, Vec<u8>) {
        match self {
            Entry::Place(entry) => (Noun::Place as u8, entry.packed()),
            Entry::Unit(entry) => (Noun::Unit as u8, entry.packed()),
            Entry::Person(entry) => (Noun::Person as u8, entry.packed()),
            Entry::Device(entry) => (Noun::Device as u8, entry.packed()),
            Entry::Item(entry) => (Noun::Item as u8, entry.packed()),
            Entry::Depot(entry) => (Noun::Depot as u8, entry.packed()),
            Entry::Post(entry) => (Noun::Post as u8, entry.packed()),
            Entry::Retire(entry) => (TAG_RETIRE, entry.packed()),
            Entry::Revoke(entry) => (TAG_REVOKE, entry.packed()),
            Entry::Template(entry) => (Noun::Template as u8, entry.packed()),
            Entry::Rekey(entry) => (TAG_REKEY, entry.packed()),
            Entry::Alias(entry) => (TAG_ALIAS, entry.packed()),
            Entry::Issuer(entry) => (TAG_ISSUER, entry.packed()),
            Entry::Group(entry) => (TAG_GROUP, entry.packed()),
            Entry::Path(entry) => (TAG_PATH, entry.packed()),
            Entry::Plan(entry) => (Noun::Plan as u8, entry.packed()),
            Entry::Card(entry) => (Noun::Card as u8, entry.packed()),
            Entry::Duty(entry) => (Noun::Duty as u8, entry.packed()),
            Entry::Unknown { tag, fields } => (*tag, fields.clone()),
        }
    }

    /// Index 0 means "none" elsewhere, and every name must be fit to be shown.
    fn check(self) -> Result<Entry, PackError> {
        let (index, texts): (u16, Vec<&String>) = match &self {
            Entry::Place(entry) => (entry.index.0, vec![&entry.code, &entry.name]),
            Entry::Unit(entry) => (entry.index.0, vec![&entry.code, &entry.name]),
            Entry::Person(entry) => (entry.index.0, vec![&entry.name]),
            Entry::Device(entry) => (entry.index.0, vec![]),
            Entry::Item(entry) => (entry.index.0, vec![&entry.code, &entry.name, &entry.unit]),
            Entry::Depot(entry) => (entry.index.0, vec![&entry.code, &entry.name]),
            Entry::Post(entry) => (entry.index.0, vec![&entry.code, &entry.name]),
            Entry::Retire(entry) => (entry.index, vec![]),
            Entry::Revoke(entry) => {
                entry.check()?;
                (entry.index.0, vec![])
            }
            Entry::Template(entry) => {
                entry.check()?;
                (entry.index.0, vec![&entry.code])
            }
            Entry::Alias(entry) => {
                entry.check()?;
                (entry.index, vec![])
            }
            Entry::Issuer(entry) => {
                entry.check()?;
                (entry.index.0, vec![])
            }
            Entry::Group(entry) => (entry.index.0, vec![&entry.name]),
            Entry::Path(entry) => (entry.index.0, vec![]),
            Entry::Plan(entry) => {
                entry.check()?;
                (entry.index.0, vec![&entry.code, &entry.name])
            }
            Entry::Card(entry) => {
                entry.check()?;
                (entry.index.0, vec![&entry.code])
            }
            Entry::Duty(entry) => {
                entry.check()?;
                (entry.index.0, vec![&entry.day, &entry.shift])
            }
            Entry::Rekey(_) | Entry::Unknown { .. } => return Ok(self),
        };
        if index == 0 {
            return Err(PackError::BadValue("index"));
        }
        texts.into_iter().try_for_each(|text| check_name(text))?;
        Ok(self)
    }
}

impl Pack for Entry {
    fn pack(&self, to: &mut Vec<u8>) {
        let (tag, fields) = self.tag_and_fields();
        to.push(tag);
        put_bytes(to, &fields);
    }

    fn unpack(from: &mut Reader<'_>) -> Result<Entry, PackError> {
        let tag = from.byte()?;
        let fields = from.bytes(RECORD_BYTES_MAX)?;
        let reader = &mut Reader::new(fields);
        let entry = match tag {
            1 => Entry::Place(Pack::unpack(reader)?),
            2 => Entry::Unit(Pack::unpack(reader)?),
            3 => Entry::Person(Pack::unpack(reader)?),
            4 => Entry::Device(Pack::unpack(reader)?),
            5 => Entry::Item(Pack::unpack(reader)?),
            6 => Entry::Depot(Pack::unpack(reader)?),
            7 => Entry::Post(Pack::unpack(reader)?),
            10 => Entry::Template(Pack::unpack(reader)?),
            TAG_ALIAS => Entry::Alias(Pack::unpack(reader)?),
            TAG_ISSUER => Entry::Issuer(Box::new(Pack::unpack(reader)?)),
            TAG_GROUP => Entry::Group(Pack::unpack(reader)?),
            TAG_PATH => Entry::Path(Box::new(Pack::unpack(reader)?)),
            21 => Entry::Plan(Pack::unpack(reader)?),
            22 => Entry::Card(Pack::unpack(reader)?),
            23 => Entry::Duty(Pack::unpack(reader)?),
            TAG_RETIRE => Entry::Retire(Pack::unpack(reader)?),
            TAG_REVOKE => Entry::Revoke(Pack::unpack(reader)?),
            TAG_REKEY => Entry::Rekey(Box::new(Pack::unpack(reader)?)),
            _ => Entry::Unknown { tag, fields: fields.to_vec() },
        };
        entry.check()
    }
}

#[cfg(test)]
mod tests;
