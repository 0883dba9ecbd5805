//! The book: all lanes of all authors. Takes in records and seals, hands out what must be saved,
//! and says what is newly verified. The same set of records gives the same book.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use crate::base::caps::{LANES_MAX, PENDING_MAX};
use crate::base::class::Urgency;
use crate::base::ids::{Lane as LaneKind, LaneId, RecordId};
use crate::base::set_hash::SetHash;
use crate::keys::suite::Suite;
use crate::log::book::contest::Rival;
use crate::log::fork::Fork;
use crate::log::lane::{Lane, Offered, Verify};
use crate::log::part::Assembly;
use crate::wire::bundle::{SealPiece, Signature};
use crate::wire::pack::Pack;

pub mod contest;
mod room;

/// All lanes.
#[derive(Clone, Debug, Default)]
pub struct Book {
    /// Whose hash chains the records.
    suite: Suite,
    lanes: BTreeMap<LaneId, Lane>,
    /// Those of the directory: few, and asked for with every frame.
    directory: BTreeSet<LaneId>,
    /// Lanes with records or seals that were not yet handed to the disk.
    dirty: BTreeSet<LaneId>,
    /// Seals found good since the last hand-out.
    fresh_seals: Vec<(RecordId, Signature)>,
    /// Records that wait for others, in all lanes.
    early_count: usize,
    /// Grows with every change of what this node holds.
    version: u64,
    /// The last change of each lane with what it is part of `verified` by since, and the lane of
    /// each of these changes.
    change_of: BTreeMap<LaneId, (u64, SetHash)>,
    changed: BTreeMap<u64, LaneId>,
    /// Of what is verified and saved of every lane.
    verified: SetHash,
    /// Proofs that an author wrote two things at one place.
    forks: BTreeMap<LaneId, Fork>,
    /// Branches that differ from what is verified here, until a seal tells.
    rivals: BTreeMap<LaneId, Rival>,
    /// Pieces of a record whose place is taken, which may be one of such a branch.
    rival_parts: BTreeMap<RecordId, Assembly>,
}

/// How far a lane had come when it was handed to the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Which lane.
    pub lane: LaneId,
    /// Its head then.
    pub head: u32,
    /// Verified up to here then.
    pub sealed: u32,
    /// Times its unsealed tail had been dropped then.
    pub drops: u32,
}

/// What has to go to the disk, and what to note when it is there.
#[derive(Clone, Debug, Default)]
pub struct HandOut {
    /// Records, in chain order within each lane.
    pub records: Vec<RecordId>,
    /// Seals.
    pub seals: Vec<(RecordId, Signature)>,
    /// Seals that need not lie on the disk any more: newer ones say all that they say.
    pub void_seals: Vec<RecordId>,
    /// Head and sealed mark of each lane touched.
    pub marks: Vec<Mark>,
}

impl Book {
    /// An empty book of a network with this suite.
    pub fn of(suite: Suite) -> Book {
        Book { suite, ..Book::default() }
    }

    /// All lanes in order.
    pub fn lanes(&self) -> impl Iterator<Item = (&LaneId, &Lane)> {
        self.lanes.iter()
    }

    /// The lanes of the directory, in order.
    pub fn directory_lanes(&self) -> impl Iterator<Item = (&LaneId, &Lane)> {
        self.directory.iter().filter_map(|id| self.lanes.get_key_value(id))
    }

    /// The lanes of a range, in order.
    pub fn lanes_in(&self, ids: RangeInclusive<LaneId>) -> impl Iterator<Item = (&LaneId, &Lane)> {
        self.lanes.range(ids)
    }

    /// One lane, if anything of it is here.
    pub fn lane(&self, id: LaneId) -> Option<&Lane> {
        self.lanes.get(&id)
    }

    /// The bytes of a record.
    pub fn record(&self, id: RecordId) -> Option<&[u8]> {
        self.lanes.get(&id.lane)?.record(id.seq)
    }

    /// Grows with every change of what this node holds on its disk.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Lanes whose saved or verified records changed last after this version, so that nobody has
    /// to look through all of them for what is new.
    pub fn changed_after(&self, version: u64) -> impl Iterator<Item = LaneId> {
        self.changed.range(version + 1..).map(|(_, id)| *id)
    }

    /// Take in a record of another node, or one read back from the disk.
    pub fn offer(
        &mut self,
        id: RecordId,
        record: &[u8],
        urgency: &dyn Fn(&[u8]) -> Urgency,
    ) -> Offered {
        let room = self.early_count < PENDING_MAX;
        let Some(lane) = self.lane_mut(id.lane) else { return Offered::NoRoom };
        if !room && id.seq > lane.head() + 1 {
            return Offered::NoRoom;
        }
        let before = lane.early_count();
        let offered = lane.offer(id.seq, record, urgency);
        let after = lane.early_count();
        self.early_count = self.early_count + after - before;
        if offered == Offered::New {
            self.dirty.insert(id.lane);
        }
        offered
    }

    /// Take in a piece of a record; the whole record when this was the last piece missing.
    pub fn offer_part(
        &mut self,
        id: RecordId,
        total: u32,
        offset: u32,
        piece: &[u8],
    ) -> Option<Vec<u8>> {
        if self.early_count >= PENDING_MAX {
            return None;
        }
        let lane = self.lane_mut(id.lane)?;
        let before = lane.early_count();
        if id.seq <= lane.head() {
            return self.offer_rival_part(id, total, offset, piece);
        }
        let whole = lane.offer_part(id.seq, total, offset, piece);
        let after = lane.early_count();
        self.early_count = self.early_count + after - before;
        whole
    }

    /// Take in a seal.
    pub fn offer_seal(&mut self, id: RecordId, seal: &Signature) {
        if let Some(lane) = self.lane_mut(id.lane) {
            lane.offer_seal(id.seq, seal);
        }
    }

    /// Take in a piece of a seal; the whole one when the rest of it was here.
    pub fn offer_piece(&mut self, id: RecordId, piece: &SealPiece) -> Option<Signature> {
        self.lane_mut(id.lane)?.offer_piece(id.seq, piece)
    }

    /// Check the waiting seals of one lane; how many were bad.
    pub fn settle(&mut self, id: LaneId, verify: Verify<'_>) -> u32 {
        let Some(lane) = self.lanes.get_mut(&id) else { return 0 };
        let (good, bad) = lane.settle(verify);
        for (seq, seal) in good {
            self.fresh_seals.push((id.at(seq), seal));
            self.dirty.insert(id);
        }
        self.verify_before_fork(id, verify);
        bad
    }

    /// Put our own seal on the head of a lane, if there is a key for it.
    pub fn seal_head(
        &mut self,
        id: LaneId,
        sign: impl FnOnce(u32, &[u8; 32]) -> Option<Signature>,
    ) {
        let Some(lane) = self.lanes.get_mut(&id) else { return };
        let head = lane.head();
        if lane.sealed() < head
            && let Some(seal) = sign(head, &lane.head_hash())
        {
            lane.note_seal(head, seal);
            self.fresh_seals.push((id.at(head), seal));
            self.dirty.insert(id);
        }
    }

    /// Forget the unverified tail of a lane.
    pub fn drop_unsealed(&mut self, id: LaneId) {
        if let Some(lane) = self.lanes.get_mut(&id) {
            let before = lane.early_count();
            lane.drop_unsealed();
            self.early_count -= before;
            self.note_change(id);
        }
    }

    /// Forget the unverified tail of a lane behind a record.
    pub fn drop_behind(&mut self, last: RecordId) {
        if let Some(lane) = self.lanes.get_mut(&last.lane) {
            lane.drop_behind(last.seq);
            self.dirty.insert(last.lane);
            self.note_change(last.lane);
        }
    }

    /// Records and pieces that wait for others, in all lanes.
    pub fn early_count(&self) -> usize {
        self.early_count
    }

    /// True while something was not yet handed to the disk.
    pub fn has_unsaved(&self) -> bool {
        !self.dirty.is_empty()
    }

    /// Everything that must go to the disk now.
    pub fn hand_out(&mut self) -> HandOut {
        let mut out =
            HandOut { seals: std::mem::take(&mut self.fresh_seals), ..HandOut::default() };
        for id in std::mem::take(&mut self.dirty) {
            let Some(lane) = self.lanes.get_mut(&id) else { continue };
            out.records.extend(lane.hand_out().map(|seq| id.at(seq)));
            out.void_seals.extend(lane.take_void().into_iter().map(|seq| id.at(seq)));
            let (head, sealed, drops) = (lane.head(), lane.sealed(), lane.drops());
            out.marks.push(Mark { lane: id, head, sealed, drops });
        }
        out
    }

    /// The disk has what these marks say.
    pub fn note_saved(&mut self, marks: &[Mark]) {
        for mark in marks {
            if let Some(lane) = self.lanes.get_mut(&mark.lane) {
                lane.note_saved(mark.head, mark.sealed, mark.drops);
                self.note_change(mark.lane);
            }
        }
    }

    /// A record read back from the disk, in chain order.
    pub fn restore(&mut self, id: RecordId, record: &[u8], urgency: Urgency) -> Offered {
        let Some(lane) = self.lane_mut(id.lane) else { return Offered::NoRoom };
        let before = lane.early_count();
        let offered = lane.offer(id.seq, record, &|_| urgency);
        // Behind a record that the disk has lost, the others wait as they would for one to come.
        let after = lane.early_count();
        self.early_count = self.early_count + after - before;
        offered
    }

    /// A seal read back from the disk.
    pub fn restore_seal(&mut self, id: RecordId, seal: &Signature) {
        if let Some(lane) = self.lane_mut(id.lane) {
            lane.restore_seal(id.seq, seal);
        }
    }

    /// All records are read back; check the newest seal of one lane.
    pub fn settle_restored(&mut self, id: LaneId, verify: Verify<'_>) -> u32 {
        let bad = self.lanes.get_mut(&id).map_or(0, |lane| {
            lane.note_restored();
            lane.settle_restored(verify)
        });
        self.settle_fork(id, verify);
        self.note_change(id);
        bad
    }

    /// A hash of what this node holds on its disk: equal on two nodes that hold the same.
    pub fn state_hash(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        for (id, lane) in &self.lanes {
            if lane.saved() > 0 {
                hasher.update(&id.packed());
                hasher.update(&lane.saved().to_be_bytes());
                hasher.update(&lane.saved_sealed().to_be_bytes());
            }
        }
        *hasher.finalize().as_bytes()
    }

    /// A hash of what this node has verified and saved, by its chain hashes: two stories of equal
    /// length differ. Digests are made of this one: a tail that its author has not sealed may be
    /// forged, and would differ at its author for ever.
    pub fn verified_hash(&self) -> [u8; 32] {
        self.verified.bytes()
    }

    /// The same, found by a look at all of it.
    #[cfg(test)]
    pub fn verified_hash_anew(&self) -> [u8; 32] {
        let mut all = SetHash::default();
        self.lanes.iter().for_each(|(id, lane)| all.enter(element(*id, lane)));
        all.bytes()
    }

    /// This record is no more urgent than that from now on: it still goes, but nothing waits for
    /// it.
    pub fn lower(&mut self, id: RecordId, to: Urgency) {
        let is_lowered = self.lanes.get_mut(&id.lane).is_some_and(|lane| lane.lower(id.seq, to));
        if is_lowered {
            self.note_change(id.lane);
        }
    }

    fn note_change(&mut self, id: LaneId) {
        self.version += 1;
        let now = self.lanes.get(&id).map(|lane| element(id, lane)).unwrap_or_default();
        self.verified.enter(now);
        if let Some((earlier, before)) = self.change_of.insert(id, (self.version, now)) {
            self.changed.remove(&earlier);
            self.verified.leave(before);
        }
        self.changed.insert(self.version, id);
    }

    fn lane_mut(&mut self, id: LaneId) -> Option<&mut Lane> {
        if !self.lanes.contains_key(&id) && self.lanes.len() >= LANES_MAX {
            return None;
        }
        if id.lane == LaneKind::Directory {
            self.directory.insert(id);
        }
        let suite = self.suite;
        Some(self.lanes.entry(id).or_insert_with(|| Lane::of(suite, id)))
    }
}

/// Bytes of a lane, how much of it is verified, and the hash that ends with, at most.
const ELEMENT_BYTES: usize = 64;

/// What a lane adds to the hash of all that is verified; nothing while nothing of it is.
fn element(id: LaneId, lane: &Lane) -> SetHash {
    // Whoever does not know of a fork must find out that it lacks something. While what stands
    // before it is lost here, nobody can be shown more than that: a proof is checked against it.
    let is_proven = lane.fork().is_some_and(|at| lane.saved_sealed() + 1 >= at);
    if lane.saved_sealed() == 0 && !is_proven {
        return SetHash::default();
    }
    let mut bytes = Vec::with_capacity(ELEMENT_BYTES);
    id.pack(&mut bytes);
    bytes.extend_from_slice(&lane.saved_sealed().to_be_bytes());
    bytes.extend_from_slice(&lane.tip().unwrap_or_default());
    if is_proven {
        bytes.extend_from_slice(b"fork");
    }
    SetHash::of(&bytes)
}
