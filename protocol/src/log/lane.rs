//! One lane: an author's records of one class, chained and sealed.
//!
//! ```text
//!  1 … sealed … saved … head   (gap)   early
//!  verified      on disk  received      received before what stands before them
//! ```
//!
//! `h_0 = BLAKE3("sanduan lane v1" | lane)`, `h_n = BLAKE3(h_{n-1} | record_n)`. A seal is a
//! signature over `h_n`; it covers every record up to `n`. Older seals are thinned: a newer one
//! says all that they say.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::RangeInclusive;

use crate::base::caps::{PENDING_PER_LANE_MAX, RECORD_BYTES_MAX};
use crate::base::class::Urgency;
use crate::base::ids::LaneId;
use crate::keys::suite::Suite;
use crate::log::part::Assembly;
use crate::log::stub::Stub;
use crate::wire::bundle::{Holding, ISLANDS_MAX, Pieces, SealPiece, Signature};
use crate::wire::pack::Pack;

/// A chain hash.
pub type ChainHash = [u8; 32];

/// What became of a record that was offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offered {
    /// It continues the chain.
    New,
    /// It waits for the records before it.
    Early,
    /// It was here already.
    Known,
    /// It differs from the record that stands in its place.
    Conflict,
    /// There is no room for it, or it is too long.
    NoRoom,
    /// The author wrote two things at this place or before it: nothing from there on counts.
    Frozen,
}

/// The chain hash before the first record of a lane.
pub(super) fn first_link(suite: Suite, id: LaneId) -> ChainHash {
    suite.hash(&[b"sanduan lane v1", &id.packed()])
}

/// The chain hash after one more record.
pub(super) fn link_on(suite: Suite, before: &ChainHash, record: &[u8]) -> ChainHash {
    suite.hash(&[before, record])
}

/// Says whether a seal is good: `None` while the author's key is not known.
pub type Verify<'a> = &'a dyn Fn(LaneId, u32, &ChainHash, &Signature) -> Option<bool>;

/// One lane.
#[derive(Clone, Debug)]
pub struct Lane {
    /// Whose hash chains the records.
    suite: Suite,
    id: LaneId,
    bytes: Vec<u8>,
    ends: Vec<u32>,
    urgency: Vec<Urgency>,
    /// Records that are orders, in order.
    orders: Vec<u32>,
    /// Chain hashes of `sealed..=head`.
    hashes: VecDeque<ChainHash>,
    /// Chain hashes at seals that the disk does not have yet.
    tips: BTreeMap<u32, ChainHash>,
    sealed: u32,
    handed: u32,
    saved: u32,
    saved_sealed: u32,
    /// Times the unsealed tail was dropped.
    drops: u32,
    seals: BTreeMap<u32, Signature>,
    early: BTreeMap<u32, Vec<u8>>,
    early_seals: BTreeMap<u32, Signature>,
    parts: BTreeMap<u32, Assembly>,
    /// The seal that is coming in pieces: of which record, and what is here.
    pieces: Option<(u32, Pieces)>,
    /// The place at which its author wrote two different things.
    fork: Option<u32>,
    /// Records that went to make room, by the first of each row of them; see `stubs`.
    gone: BTreeMap<u32, stubs::Gone>,
    /// Stubs read back whose place in the chain is not reached yet.
    unread: BTreeMap<u32, Stub>,
    /// Seals that were thinned out here and may lie on the disk.
    void: BTreeSet<u32>,
}

impl Lane {
    /// An empty lane in a network of suite 0.
    pub fn new(id: LaneId) -> Lane {
        Lane::of(Suite::default(), id)
    }

    /// An empty lane.
    pub fn of(suite: Suite, id: LaneId) -> Lane {
        Lane {
            suite,
            id,
            bytes: Vec::new(),
            ends: Vec::new(),
            urgency: Vec::new(),
            orders: Vec::new(),
            hashes: VecDeque::from([first_link(suite, id)]),
            tips: BTreeMap::new(),
            sealed: 0,
            handed: 0,
            saved: 0,
            saved_sealed: 0,
            drops: 0,
            seals: BTreeMap::new(),
            early: BTreeMap::new(),
            early_seals: BTreeMap::new(),
            parts: BTreeMap::new(),
            pieces: None,
            fork: None,
            gone: BTreeMap::new(),
            unread: BTreeMap::new(),
            void: BTreeSet::new(),
        }
    }

    /// Last record of the chain received.
    pub fn head(&self) -> u32 {
        self.ends.len() as u32
    }

    /// Verified up to here.
    pub fn sealed(&self) -> u32 {
        self.sealed
    }

    /// On the disk up to here. Nothing beyond is spoken of.
    pub fn saved(&self) -> u32 {
        self.saved
    }

    /// Times the unsealed tail was dropped.
    pub fn drops(&self) -> u32 {
        self.drops
    }

    /// Verified up to here by a seal that is on the disk.
    pub fn saved_sealed(&self) -> u32 {
        self.saved_sealed.min(self.saved)
    }

    /// Something of a record is here, and not all that stands before it: that was lost on its way,
    /// most likely.
    pub fn has_gap(&self) -> bool {
        let piece = self.pieces.as_ref().map(|(of, ..)| *of);
        let seal = self.early_seals.last_key_value().map(|(of, _)| *of);
        piece.max(seal).is_some_and(|of| of > self.head()) || !self.early.is_empty()
    }

    /// Records that wait for the ones before them.
    pub fn early_count(&self) -> usize {
        self.early.len() + self.parts.len()
    }

    /// A record of the chain; `None` beyond the head, and if its bytes went to make room.
    pub fn record(&self, seq: u32) -> Option<&[u8]> {
        self.left(seq).filter(|_| !self.is_gone(seq))
    }

    /// How urgent a record of the chain is.
    pub fn urgency(&self, seq: u32) -> Urgency {
        let at = (seq as usize).wrapping_sub(1);
        self.urgency.get(at).copied().unwrap_or(Urgency::Report)
    }

    /// A record is no more urgent than that from now on. True if it was.
    pub(super) fn lower(&mut self, seq: u32, to: Urgency) -> bool {
        let held = (seq as usize).checked_sub(1).and_then(|at| self.urgency.get_mut(at));
        held.is_some_and(|held| std::mem::replace(held, to.max(*held)) < to)
    }

    /// The last order at or before `seq`.
    pub fn last_order(&self, seq: u32) -> Option<u32> {
        let before = self.orders.partition_point(|order| *order <= seq);
        before.checked_sub(1).and_then(|at| self.orders.get(at)).copied()
    }

    /// Chain hash at the head.
    pub fn head_hash(&self) -> ChainHash {
        *self.hashes.back().expect("the hash at `sealed` is always kept")
    }

    /// The seal exactly at `seq`, if it is kept.
    pub fn seal_at(&self, seq: u32) -> Option<&Signature> {
        self.seals.get(&seq)
    }

    /// The first kept seal at or after `seq`.
    pub fn next_seal(&self, seq: u32) -> Option<(u32, &Signature)> {
        self.seals.range(seq..).next().map(|(at, seal)| (*at, seal))
    }

    /// What this node may say it holds of the lane.
    pub fn holding(&self) -> Holding {
        let mut islands: Vec<(u32, u32)> = Vec::new();
        let mut end = self.saved;
        if self.saved == self.head() {
            for seq in self.early.keys() {
                if *seq == end + 1
                    && let Some((_, held)) = islands.last_mut()
                {
                    *held += 1;
                } else if islands.len() == ISLANDS_MAX {
                    break;
                } else {
                    islands.push((seq - end - 1, 1));
                }
                end = *seq;
            }
        }
        Holding { lane: self.id, head: self.saved, sealed: self.saved_sealed(), islands }
    }

    /// Take in a record. `urgency` is asked only for records that are new.
    pub fn offer(
        &mut self,
        seq: u32,
        record: &[u8],
        urgency: &dyn Fn(&[u8]) -> Urgency,
    ) -> Offered {
        if record.is_empty() || record.len() > RECORD_BYTES_MAX || seq == 0 {
            return Offered::NoRoom;
        }
        if let Some(here) = self.record(seq) {
            return if here == record { Offered::Known } else { Offered::Conflict };
        }
        if seq <= self.head() {
            // It went to make room, and is not fetched again.
            return Offered::Known;
        }
        if self.is_frozen_at(seq) {
            return Offered::Frozen;
        }
        if seq > self.head() + 1 {
            if self.early.contains_key(&seq) {
                return Offered::Known;
            }
            let near = seq - self.head() <= 4 * PENDING_PER_LANE_MAX as u32;
            if !near || self.early.len() >= PENDING_PER_LANE_MAX {
                return Offered::NoRoom;
            }
            self.parts.remove(&seq);
            self.early.insert(seq, record.to_vec());
            return Offered::Early;
        }
        self.append(record, urgency(record));
        self.go_on(urgency);
        let head = self.head();
        self.parts.retain(|seq, _| *seq > head);
        Offered::New
    }

    /// Take in a piece; the whole record when this was the last piece missing.
    pub fn offer_part(
        &mut self,
        seq: u32,
        total: u32,
        offset: u32,
        piece: &[u8],
    ) -> Option<Vec<u8>> {
        let near = seq > self.head() && seq - self.head() <= 4 * PENDING_PER_LANE_MAX as u32;
        if !near || self.is_frozen_at(seq) || self.early.contains_key(&seq) {
            return None;
        }
        let known = self.parts.get(&seq).is_some_and(|part| part.total() == total as usize);
        if !known {
            if self.parts.len() >= PENDING_PER_LANE_MAX {
                return None;
            }
            self.parts.insert(seq, Assembly::new(total as usize)?);
        }
        if !self.parts.get_mut(&seq)?.add(offset as usize, piece) {
            return None;
        }
        self.parts.remove(&seq)?.into_record()
    }

    /// Records of the chain that were not yet handed to the disk.
    pub fn hand_out(&mut self) -> RangeInclusive<u32> {
        let range = self.handed + 1..=self.head();
        self.handed = self.head();
        range
    }

    /// The disk has records up to `head` and the seal of `sealed`.
    pub fn note_saved(&mut self, head: u32, sealed: u32, drops: u32) {
        // What was unsealed when a tail was dropped since may have been replaced: only what was
        // verified then is surely the same.
        let head = if drops == self.drops { head } else { sealed };
        self.saved = self.saved.max(head.min(self.head()));
        self.saved_sealed = self.saved_sealed.max(sealed.min(self.sealed));
        while self.tips.first_key_value().is_some_and(|(seq, _)| *seq < self.saved_sealed()) {
            self.tips.pop_first();
        }
    }

    /// Everything read back from the disk counts as saved.
    pub fn note_restored(&mut self) {
        self.handed = self.head();
        self.saved = self.head();
    }

    /// Forget what is not verified: a seal did not fit it, so something of it is false. Nothing is
    /// left of what waited behind it either.
    pub fn drop_unsealed(&mut self) {
        self.drop_behind(self.sealed);
        self.early.clear();
        self.parts.clear();
    }

    /// Forget what is not verified behind `last`. What is left of it goes to the disk again: a
    /// batch on its way there speaks of another tail.
    pub fn drop_behind(&mut self, last: u32) {
        let keep = last.clamp(self.sealed, self.head());
        self.drops += 1;
        self.ends.truncate(keep as usize);
        self.urgency.truncate(keep as usize);
        self.orders.retain(|seq| *seq <= keep);
        self.bytes.truncate(self.ends.last().map_or(0, |end| *end as usize));
        self.hashes.truncate((keep - self.sealed) as usize + 1);
        self.handed = self.handed.min(self.sealed);
        self.saved = self.saved.min(self.sealed);
        self.cut_stubs(keep);
    }

    fn append(&mut self, record: &[u8], urgency: Urgency) {
        self.hashes.push_back(link_on(self.suite, &self.head_hash(), record));
        self.bytes.extend_from_slice(record);
        self.ends.push(self.bytes.len() as u32);
        self.urgency.push(urgency);
        if urgency <= Urgency::Routine {
            self.orders.push(self.head());
        }
    }
}

mod frozen;
mod seals;
mod stubs;
#[cfg(test)]
mod tests;
