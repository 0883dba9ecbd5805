//! Posts of one depot that a group alone can read (密): movements and counts. Which depot, which
//! of the two, when and by whom stays readable, so that everybody can carry them, check the right
//! to post, and say that something is there. Waybills and arrivals stay readable: another depot
//! acts on them.
//!
//! ```text
//! post:    kind 1 | depot varint > 0 | group varint > 0 | turn varint > 0 | sealed bytes …
//! inside:  the body of a record of that kind
//! ```
//!
//! Where the key is missing a post is *hidden*: booked nowhere, counted, and told. What lies in
//! its depot is then not known here, but for an item whose latest count had seen every hidden post
//! of the depot.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::caps::SEALED_STOCK_BYTES_MAX;
use crate::base::ids::{DepotId, DeviceId, GroupId, ItemId, RecordId};
use crate::field::body::Placed;
use crate::field::stock::body::Body;
use crate::field::stock::cell::Stamp;
use crate::field::stock::ledger::Ledger;
use crate::keys::group::{GROUP_MARK_BYTES, GroupKey, GroupRing};
use crate::wire::pack::{Pack, PackError, Reader};
use crate::wire::record::kind;

/// A post that is sealed to a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedPost {
    /// What it is: a movement or a count, as a kind of record.
    pub kind: u8,
    /// The depot whose custodian it speaks for.
    pub depot: DepotId,
    /// Which group.
    pub group: GroupId,
    /// Which key of it.
    pub turn: u32,
    /// The sealed body.
    pub bytes: Vec<u8>,
}

impl SealedPost {
    /// A body of this author for a group; `None` for what stays readable.
    pub fn conceal(
        body: &Body,
        key: &GroupKey,
        (group, turn): (GroupId, u32),
        author: DeviceId,
    ) -> Option<SealedPost> {
        match body {
            Body::Movement(_) | Body::Count(_) => {}
            Body::Waybill(_) | Body::Arrival(_) => return None,
        }
        let bytes = key.seal(author, &body.packed());
        Some(SealedPost { kind: body.kind(), depot: body.acting_depot(), group, turn, bytes })
    }

    /// What it says.
    ///
    /// # Errors
    /// [`Closed::NoKey`] where the key is missing, [`Closed::Broken`] if what is inside is not
    /// what stands outside: nobody has it then.
    pub fn reveal(&self, ring: &GroupRing, author: DeviceId) -> Result<Body, Closed> {
        let key = ring.key(self.group, self.turn).ok_or(Closed::NoKey)?;
        let inside = key.open(author, &self.bytes).ok_or(Closed::Broken)?;
        let body = Body::unpack(self.kind, &inside).and_then(Result::ok).ok_or(Closed::Broken)?;
        if body.acting_depot() == self.depot { Ok(body) } else { Err(Closed::Broken) }
    }
}

/// Why a post cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// It is sealed to others.
    NoKey,
    /// It is sealed with another key than it says, or was never a post of this depot.
    Broken,
}

impl Pack for SealedPost {
    fn pack(&self, to: &mut Vec<u8>) {
        to.push(self.kind);
        self.depot.pack(to);
        self.group.pack(to);
        self.turn.pack(to);
        to.extend_from_slice(&self.bytes);
    }

    fn unpack(from: &mut Reader<'_>) -> Result<SealedPost, PackError> {
        let kind = from.byte()?;
        if kind != kind::MOVEMENT && kind != kind::COUNT {
            return Err(PackError::BadValue("kind"));
        }
        let (depot, group) = (DepotId::unpack(from)?, GroupId::unpack(from)?);
        let turn = u32::unpack(from)?;
        let bytes = from.rest();
        if bytes.len() > SEALED_STOCK_BYTES_MAX {
            return Err(PackError::TooLong);
        }
        if depot.0 == 0 || group.0 == 0 || turn == 0 || bytes.len() <= GROUP_MARK_BYTES {
            return Err(PackError::BadValue("post"));
        }
        let bytes = from.take(bytes.len())?.to_vec();
        Ok(SealedPost { kind, depot, group, turn, bytes })
    }
}

/// A post that cannot be read here.
#[derive(Clone, Copy, Debug)]
struct Hidden {
    stamp: Stamp,
    group: GroupId,
}

/// All posts that cannot be read here, by depot.
#[derive(Clone, Debug, Default)]
pub(super) struct Shade {
    depots: BTreeMap<DepotId, BTreeMap<RecordId, Hidden>>,
    /// Depots of which sealed posts were read here.
    read: BTreeSet<DepotId>,
}

/// What cannot be read of one depot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unread {
    /// The depot.
    pub depot: DepotId,
    /// The group that its newest hidden post is sealed to.
    pub group: GroupId,
    /// How many posts are hidden.
    pub posts: u32,
    /// When the newest was written, ms since 1970.
    pub last_ms: u64,
}

impl Ledger {
    /// Take in a verified post that cannot be read here. True if it is new.
    pub fn apply_hidden(&mut self, placed: &Placed<'_, SealedPost>) -> bool {
        let (stamp, post) = (Stamp { at: placed.at, id: placed.id }, placed.body);
        self.touch_depot(post.depot);
        let posts = self.shade.depots.entry(post.depot).or_default();
        posts.insert(placed.id, Hidden { stamp, group: post.group }).is_none()
    }

    /// Depots of which posts cannot be read here, by index.
    pub fn unread(&self) -> impl Iterator<Item = Unread> {
        self.shade.depots.iter().filter_map(|(depot, posts)| {
            let newest = posts.values().max_by_key(|hidden| hidden.stamp)?;
            Some(Unread {
                depot: *depot,
                group: newest.group,
                posts: posts.len() as u32,
                last_ms: newest.stamp.at.wall_ms,
            })
        })
    }

    /// A sealed post of this depot was read here.
    pub fn note_sealed(&mut self, depot: DepotId) {
        self.shade.read.insert(depot);
    }

    /// True if a post of this depot was ever sealed, as far as is known here.
    pub fn was_sealed(&self, depot: DepotId) -> bool {
        self.shade.read.contains(&depot) || self.is_shaded(depot)
    }

    /// True if posts of this depot cannot be read here.
    pub fn is_shaded(&self, depot: DepotId) -> bool {
        self.shade.depots.contains_key(&depot)
    }

    /// True if it is known here what lies of an item in a depot: nothing is hidden there, or its
    /// latest count had seen all that is.
    pub fn is_clear(&self, depot: DepotId, item: ItemId) -> bool {
        let Some(posts) = self.shade.depots.get(&depot) else { return true };
        let cell = self.cells.get(&(depot, item));
        cell.is_some_and(|cell| posts.keys().all(|id| cell.has_counted(*id)))
    }
}

#[cfg(test)]
mod tests;
