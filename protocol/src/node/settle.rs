//! What waited for a seal is checked once the seal or the record is there. A seal cannot be forged:
//! if it does not fit, something of what nobody sealed is false, or of another story, and goes.

use crate::base::ids::{LaneId, LinkId};
use crate::log::book::Book;
use crate::node::Node;
use crate::wire::bundle::{Run, Signature};

impl Node {
    /// A run was offered, from a link or from a file: check what waits for a seal. True if a
    /// seal did not fit, and what nobody sealed was dropped.
    pub(super) fn settle_run(&mut self, link: LinkId, run: &Run, last: u32) -> bool {
        if let Some(seal) = &run.seal {
            self.book.offer_seal(run.lane.at(last), seal);
            return self.settle(link, run.lane);
        }
        if self.has_bad_seals(run.lane) {
            // It waited here, of another story most likely. What came now stays: were it to go too,
            // the next seal would wait for a record of the first story, and so on for ever. What
            // waited behind it goes, as it may be of both stories, and no seal would ever fit.
            self.note_dropped(link, "bad_seal");
            self.book.drop_behind(run.lane.at(last));
        }
        false
    }

    /// Check what waits for a seal. If a seal does not fit records that nobody vouches for, these
    /// are dropped and asked for again: one of the two is false, and the seal cannot be forged.
    /// True if that happened.
    pub(super) fn settle(&mut self, link: LinkId, lane: LaneId) -> bool {
        let is_bad = self.has_bad_seals(lane);
        if is_bad {
            self.note_dropped(link, "bad_seal");
            self.book.drop_unsealed(lane);
        }
        is_bad
    }

    /// Check what waits for a seal. True if a seal did not fit, which is forgotten.
    fn has_bad_seals(&mut self, lane: LaneId) -> bool {
        let (who, folds) = (&self.who, &self.folds);
        let verify = |lane, seq, hash: &[u8; 32], seal: &Signature| {
            who.verify_seal(folds, lane, seq, hash, seal)
        };
        let sealed = |book: &Book| book.lane(lane).map_or(0, |lane| lane.sealed());
        let before = sealed(&self.book);
        let bad = self.book.settle(lane, &verify);
        if self.book.fork(lane).is_some()
            && (sealed(&self.book) > before || !self.book.is_verified_to_fork(lane))
        {
            self.judge_proof(lane);
        }
        bad > 0
    }
}
