//! A lane whose author wrote two things at one place: it ends before that place, for good.

use super::*;
use crate::log::fork::Branch;

impl Lane {
    /// The place from which on nothing of this lane counts.
    pub fn fork(&self) -> Option<u32> {
        self.fork
    }

    /// True if nothing at `seq` is taken in any more.
    pub fn is_frozen_at(&self, seq: u32) -> bool {
        self.fork.is_some_and(|fork| seq >= fork)
    }

    /// The chain hash that the record `seq` continues; `None` beyond the head.
    pub fn hash_before(&self, seq: u32) -> Option<ChainHash> {
        if seq == 0 || seq > self.head() + 1 {
            return None;
        }
        if seq > self.sealed {
            return self.hashes.get((seq - 1 - self.sealed) as usize).copied();
        }
        // Older hashes are not kept: forks are rare, and memory is not.
        let (from, hash) = self.hash_behind_stub(seq)?;
        let records = (from..seq).filter_map(|at| self.record(at));
        Some(records.fold(hash, |hash, record| link_on(self.suite, &hash, record)))
    }

    /// What stands here from `seq` to the first seal that covers it.
    pub fn branch_from(&self, seq: u32) -> Option<Branch> {
        let (last, seal) = self.next_seal(seq)?;
        let records = (seq..=last).map(|at| self.record(at).map(<[u8]>::to_vec));
        Some(Branch { records: records.collect::<Option<_>>()?, seal: *seal })
    }

    /// End the lane before `seq`. What is left was vouched for by a seal beyond it, which the
    /// proof of the fork keeps; `is_proven` is false while that proof waits for the author's key.
    pub fn freeze(&mut self, seq: u32, is_proven: bool) {
        self.fork = Some(self.fork.map_or(seq, |fork| fork.min(seq)));
        self.drops += 1;
        self.early.clear();
        self.parts.clear();
        self.pieces = None;
        self.early_seals.retain(|at, _| *at < seq);
        let keep = (seq - 1).min(self.head());
        if keep >= self.sealed {
            let (from, to) = (self.sealed as usize, keep as usize);
            self.hashes.truncate(to - from + 1);
        } else if let Some(hash) = self.hash_before(keep + 1) {
            self.hashes = VecDeque::from([hash]);
            self.sealed = keep;
        }
        self.cut_stubs(keep);
        self.tips.clear();
        self.ends.truncate(keep as usize);
        self.urgency.truncate(keep as usize);
        self.orders.retain(|at| *at <= keep);
        self.bytes.truncate(self.ends.last().map_or(0, |end| *end as usize));
        self.seals.retain(|at, _| *at <= keep);
        self.handed = self.handed.min(keep);
        self.saved = self.saved.min(keep);
        self.saved_sealed = self.saved_sealed.min(keep);
        if is_proven {
            self.advance_sealed(keep);
        }
    }

    /// The proof does not fit what is verified before it: the lane goes on.
    pub fn thaw(&mut self) {
        self.fork = None;
    }
}
