//! When a run does not agree with what is verified here: gathers the other branch until a seal
//! tells whether its author wrote both, and ends the lane at the fork if so. Every node that sees
//! both branches, in any order, ends the lane at the same place.

use super::*;
use crate::base::caps::{FORK_RECORDS_MAX, FORKS_MAX, RIVALS_MAX};
use crate::log::fork::{Branch, Fork};
use crate::log::lane::{ChainHash, link_on};
use crate::wire::bundle::Run;

/// The other branch of a lane, as far as it came in.
#[derive(Clone, Debug)]
pub(super) struct Rival {
    at: u32,
    records: Vec<Vec<u8>>,
    /// The chain hash after each of them.
    hashes: Vec<ChainHash>,
}

impl Rival {
    /// A branch that begins at `at`, behind the record with this hash.
    fn new(suite: Suite, at: u32, before: ChainHash, records: &[Vec<u8>]) -> Rival {
        let mut rival = Rival { at, records: Vec::new(), hashes: Vec::new() };
        rival.go_on(suite, before, records);
        rival
    }

    fn go_on(&mut self, suite: Suite, mut before: ChainHash, records: &[Vec<u8>]) {
        for record in records {
            before = link_on(suite, &before, record);
            self.hashes.push(before);
            self.records.push(record.clone());
        }
    }

    /// The hash after this record, if it is here.
    fn hash_at(&self, seq: u32) -> Option<ChainHash> {
        self.hashes.get(seq.checked_sub(self.at)? as usize).copied()
    }

    fn end(&self) -> u32 {
        self.at + self.records.len() as u32 - 1
    }

    /// Add what a run has beyond our end. False if it does not continue this branch.
    fn extend(&mut self, suite: Suite, run: &Run) -> bool {
        let last = run.first + run.records.len() as u32 - 1;
        if run.first < self.at || run.first > self.end() + 1 || last < self.end() {
            return false;
        }
        let (known, fresh) = run.records.split_at((self.end() + 1 - run.first) as usize);
        let from = (run.first - self.at) as usize;
        if self.records[from..] != *known {
            return false;
        }
        if self.records.len() + fresh.len() > FORK_RECORDS_MAX {
            return false;
        }
        if let Some(before) = self.hashes.last().copied() {
            self.go_on(suite, before, fresh);
        }
        true
    }
}

/// What a run is, beside what is verified here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contest {
    /// It agrees, as far as both go.
    None,
    /// It differs; no seal has told yet whose it is.
    Open,
    /// It differs, and its seal does not fit: it is forged, or it parts from ours before it begins.
    Unproven,
    /// Its author wrote both: the lane ends at this place now.
    Forked(u32),
}

impl Book {
    /// The proof that the author of a lane wrote two things at one place.
    pub fn fork(&self, id: LaneId) -> Option<&Fork> {
        self.forks.get(&id)
    }

    /// All proofs.
    pub fn forks(&self) -> impl Iterator<Item = (&LaneId, &Fork)> {
        self.forks.iter()
    }

    /// Compare a run with what is verified here, before anything of it is taken in.
    pub fn contest(&mut self, run: &Run, verify: Verify<'_>) -> Contest {
        let suite = self.suite;
        let Some(lane) = self.lanes.get_mut(&run.lane) else { return Contest::None };
        let last = run.first + run.records.len() as u32 - 1;
        lane.forget_pieces(run.first..=last);
        let differs = (run.first..=lane.sealed())
            .zip(&run.records)
            // What went to make room cannot be compared; whoever still has it can.
            .find(|(seq, record)| {
                !lane.is_gone(*seq) && lane.record(*seq) != Some(record.as_slice())
            })
            .map(|(at, _)| at);
        let continues =
            self.rivals.get_mut(&run.lane).is_some_and(|rival| rival.extend(suite, run));
        if !continues {
            let Some(at) = differs else { return Contest::None };
            let full = self.rivals.len() >= RIVALS_MAX && !self.rivals.contains_key(&run.lane);
            let records = &run.records[(at - run.first) as usize..];
            if full || records.len() > FORK_RECORDS_MAX {
                return Contest::Open;
            }
            let Some(before) = lane.hash_before(at) else { return Contest::None };
            self.rivals.insert(run.lane, Rival::new(suite, at, before, records));
        }
        let found = match &run.seal {
            None => Contest::Open,
            Some(seal) => self.decide(run.lane.at(last), seal, verify),
        };
        match (found, differs) {
            // What follows a forged record follows the true one just as well. Whoever forges
            // cannot seal, and would hold the lane up for ever if this waited for a seal.
            (Contest::None | Contest::Open | Contest::Unproven, None) => Contest::None,
            (Contest::None | Contest::Open | Contest::Unproven, Some(_))
            | (Contest::Forked(_), _) => found,
        }
    }

    /// A seal alone, which may be that of a branch gathered before. Beyond what is verified here it
    /// may as well be that of ours.
    pub fn contest_seal(&mut self, id: RecordId, seal: &Signature, verify: Verify<'_>) -> Contest {
        let Some(lane) = self.lanes.get(&id.lane) else { return Contest::None };
        let is_beyond = id.seq > lane.sealed();
        let found = match self.rivals.get(&id.lane) {
            // Whoever says a proof in halves says our story too: its seal tells nothing of the
            // other one, which waits for its own. Records behind it may be here that its author
            // has not sealed yet.
            Some(rival) if rival.hash_at(id.seq).is_some() && !is_ours(lane, id, seal, verify) => {
                self.decide(id, seal, verify)
            }
            Some(_) | None => Contest::None,
        };
        match found {
            Contest::Open | Contest::Unproven if is_beyond => Contest::None,
            Contest::None | Contest::Open | Contest::Unproven | Contest::Forked(_) => found,
        }
    }

    /// A piece of a record whose place is taken: the whole one may differ from what stands there.
    pub(super) fn offer_rival_part(
        &mut self,
        id: RecordId,
        total: u32,
        offset: u32,
        piece: &[u8],
    ) -> Option<Vec<u8>> {
        let total = total as usize;
        if self.rival_parts.get(&id).is_none_or(|parts| parts.total() != total) {
            if self.rival_parts.len() >= RIVALS_MAX {
                self.rival_parts.pop_first();
            }
            self.rival_parts.insert(id, Assembly::new(total)?);
        }
        if !self.rival_parts.get_mut(&id)?.add(offset as usize, piece) {
            return None;
        }
        self.rival_parts.remove(&id)?.into_record()
    }

    /// Whether the rival up to this record is of the author, as this seal would have it.
    fn decide(&mut self, last: RecordId, seal: &Signature, verify: Verify<'_>) -> Contest {
        let id = last.lane;
        let Some(rival) = self.rivals.get(&id) else { return Contest::None };
        let Some(hash) = rival.hash_at(last.seq) else { return Contest::None };
        match verify(id, last.seq, &hash, seal) {
            None => return Contest::Open,
            // It may be that of our own tail.
            Some(false) if last.seq < rival.end() => return Contest::None,
            Some(false) => {
                self.rivals.remove(&id);
                return Contest::Unproven;
            }
            Some(true) => {}
        }
        let ours = self.branch_here(id);
        let (Some(mut rival), Some(ours)) = (self.rivals.remove(&id), ours) else {
            return Contest::Open;
        };
        rival.records.truncate((last.seq + 1 - rival.at) as usize);
        let other = Branch { records: rival.records, seal: *seal };
        self.freeze(id, Fork::new(rival.at, ours, other), true);
        Contest::Forked(rival.at)
    }

    /// What stands here from the rival's place on; if the lane already ended at a later fork, the
    /// seal that vouches for it is in that proof.
    fn branch_here(&self, id: LaneId) -> Option<Branch> {
        let at = self.rivals.get(&id)?.at;
        let lane = self.lanes.get(&id)?;
        if let Some(branch) = lane.branch_from(at) {
            return Some(branch);
        }
        let [after, _] = &self.forks.get(&id)?.branches;
        let kept = (at..=lane.head()).filter_map(|seq| lane.record(seq)).map(<[u8]>::to_vec);
        let records = kept.chain(after.records.iter().cloned()).collect();
        Some(Branch { records, seal: after.seal })
    }

    /// End a lane at a fork; `is_proven` is false for a proof that waits for its author's key.
    fn freeze(&mut self, id: LaneId, fork: Fork, is_proven: bool) {
        if self.forks.len() >= FORKS_MAX && !self.forks.contains_key(&id) {
            return;
        }
        let Some(lane) = self.lane_mut(id) else { return };
        let before = lane.early_count();
        lane.freeze(fork.at, is_proven);
        self.early_count -= before;
        self.forks.insert(id, fork);
        self.fresh_seals.retain(|(record, _)| record.lane != id);
        self.dirty.insert(id);
        self.note_change(id);
    }

    /// A proof read back from the disk, before the records of its lane.
    pub fn restore_fork(&mut self, id: LaneId, fork: Fork) {
        self.freeze(id, fork, false);
        self.dirty.remove(&id);
    }

    /// Records before a fork that came again after the disk had lost them: no seal of theirs is
    /// left anywhere, and the proof vouches for them.
    pub(super) fn verify_before_fork(&mut self, id: LaneId, verify: Verify<'_>) {
        let (Some(fork), Some(lane)) = (self.forks.get(&id), self.lanes.get_mut(&id)) else {
            return;
        };
        if lane.sealed() + 1 >= fork.at || lane.head() + 1 < fork.at {
            return;
        }
        let before = lane.hash_before(fork.at);
        if before.and_then(|before| fork.is_good(self.suite, id, &before, verify)) == Some(true) {
            let waiting = lane.early_count();
            lane.freeze(fork.at, true);
            self.early_count -= waiting;
            self.dirty.insert(id);
        }
    }

    /// The records before the fork are read back: the proof vouches for them if it is good.
    pub(super) fn settle_fork(&mut self, id: LaneId, verify: Verify<'_>) {
        let (Some(fork), Some(lane)) = (self.forks.get(&id), self.lanes.get_mut(&id)) else {
            return;
        };
        let before = lane.hash_before(fork.at);
        if before.and_then(|before| fork.is_good(self.suite, id, &before, verify)) == Some(true) {
            lane.freeze(fork.at, true);
            lane.note_saved(lane.head(), lane.sealed(), lane.drops());
        }
    }

    /// Whether a proof continues what stands here before its fork. `None` without one, while
    /// something is missing before it, or while the author's key is not known.
    pub fn proof_fits(&self, id: LaneId, verify: Verify<'_>) -> Option<bool> {
        let (fork, lane) = (self.forks.get(&id)?, self.lanes.get(&id)?);
        fork.is_good(self.suite, id, &lane.hash_before(fork.at)?, verify)
    }

    /// True if what stands before the fork of a lane is verified.
    pub fn is_verified_to_fork(&self, id: LaneId) -> bool {
        let Some(lane) = self.lanes.get(&id) else { return false };
        lane.fork().is_some_and(|at| lane.sealed() + 1 >= at)
    }

    /// Forget the proof of a fork that nobody can be shown. Whoever still has what it continues
    /// finds an earlier fork, there where the two stories part.
    pub fn drop_proof(&mut self, id: LaneId) {
        self.forks.remove(&id);
        if let Some(lane) = self.lanes.get_mut(&id) {
            lane.thaw();
            self.note_change(id);
        }
    }
}

/// A good seal of what is verified here.
fn is_ours(lane: &Lane, id: RecordId, seal: &Signature, verify: Verify<'_>) -> bool {
    let verified = Some(id.seq).filter(|seq| *seq <= lane.sealed());
    let hash = verified.and_then(|seq| lane.hash_before(seq + 1));
    hash.and_then(|hash| verify(id.lane, id.seq, &hash, seal)) == Some(true)
}

#[cfg(test)]
mod tests;
