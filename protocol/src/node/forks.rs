//! When an author turns out to have written two things at one place: what came in is compared
//! before it is taken, the proof is kept and passed on, people are alarmed, and nothing after the
//! fork counts on this node any more. How a fork is found is in `log::book::contest`.

use crate::base::ids::{DeviceId, LaneId, LinkId, RecordId};
use crate::base::time::Mono;
use crate::local::rows::ForkRow;
use crate::local::{Event, Refusal, RefusalCode};
use crate::log::book::contest::Contest;
use crate::log::fork::Branch;
use crate::node::Node;
use crate::wire::bundle::{Run, Signature};
use crate::wire::pack::Pack;

/// How far back the first question goes when a good tail does not fit what is verified, and how
/// often it may be asked: a forged seal costs one want in so many seconds, however many are sent.
const DOUBT_RECORDS: u32 = 4;
const DOUBT_EVERY_MS: u64 = 10_000;
/// Lanes in doubt at one time; more wait until these are decided.
const DOUBTS_MAX: usize = 64;

/// A lane whose newest records do not fit what is verified here.
#[derive(Clone, Copy, Debug)]
pub(super) struct Doubt {
    back: u32,
    asked_at: Mono,
}

impl Node {
    /// True if a run must not be taken in: it differs from what is verified here, or comes after
    /// a fork. What follows from it is done.
    pub(super) fn is_contested(&mut self, link: LinkId, sender: DeviceId, run: &Run) -> bool {
        let (who, folds) = (&self.who, &self.folds);
        let contest = self
            .book
            .contest(run, &|lane, seq, hash, seal| who.verify_seal(folds, lane, seq, hash, seal));
        self.contested(link, run.lane, contest) || self.is_beyond_fork(link, sender, run)
    }

    /// The same for a seal that came alone.
    pub(super) fn is_seal_contested(
        &mut self,
        link: LinkId,
        id: RecordId,
        seal: &Signature,
    ) -> bool {
        let (who, folds) = (&self.who, &self.folds);
        let contest = self.book.contest_seal(id, seal, &|lane, seq, hash, seal| {
            who.verify_seal(folds, lane, seq, hash, seal)
        });
        let is_beyond = self.book.lane(id.lane).is_some_and(|lane| lane.is_frozen_at(id.seq));
        self.contested(link, id.lane, contest) || is_beyond
    }

    fn contested(&mut self, link: LinkId, lane: LaneId, contest: Contest) -> bool {
        match contest {
            Contest::None => return false,
            Contest::Open => self.note_dropped(link, "rival"),
            Contest::Unproven => {
                self.note_dropped(link, "rival");
                self.doubt(link, lane);
            }
            Contest::Forked(_) => self.forked(lane),
        }
        true
    }

    /// What comes after a fork is not taken in. Whoever sends one branch may hold nothing else, and
    /// is told; once it sent the other too, it said the proof to everyone on this link.
    fn is_beyond_fork(&mut self, id: LinkId, sender: DeviceId, run: &Run) -> bool {
        let Some(fork) = self.book.fork(run.lane) else { return false };
        let at = fork.at;
        let is_branch = |branch: &Branch| branch.records.first() == run.records.first();
        let branch = fork.branches.iter().position(is_branch);
        if let Some(branch) = branch.filter(|_| run.first == at) {
            self.heard_branch(id, sender, run.lane, branch);
        } else if run.first >= at {
            self.owe_proof(id, run.lane);
        }
        run.first >= at
    }

    fn heard_branch(&mut self, id: LinkId, sender: DeviceId, lane: LaneId, branch: usize) {
        let now = self.now.mono;
        let Some(link) = self.links.get_mut(id) else { return };
        if !link.proofs.hear_branch(lane, branch, sender, now) {
            self.owe_proof(id, lane);
        }
    }

    /// The author of this lane wrote two things at one place: keep the proof, and tell everyone
    /// once the disk has it.
    fn forked(&mut self, lane: LaneId) {
        let Some(fork) = self.book.fork(lane) else { return };
        self.disk.put_proof(lane, fork.clone());
        self.refold = true;
        self.seal_at.remove(&lane);
        self.doubts.remove(&lane);
        // What was said of an earlier proof, and heard of its branches, says nothing of this one.
        let links: Vec<LinkId> = self.links.keys().collect();
        for id in links {
            let Some(link) = self.links.get_mut(id) else { continue };
            link.proofs.forget_halves(lane);
        }
        if let Some(row) = self.fork_row(lane) {
            self.feed(Event::Fork(Box::new(row)));
        }
    }

    /// What a proof continues had been lost, and something came in its place. If its author sealed
    /// that, the proof can be shown to nobody and keeps us from what others take in: it goes. If
    /// nobody did, that is forged, or waits for its seal, and gives its place up. Of our own lanes
    /// all stays: our key was used twice, and we write no more under it.
    pub(super) fn judge_proof(&mut self, lane: LaneId) {
        let (who, folds) = (&self.who, &self.folds);
        let fits = self.book.proof_fits(lane, &|lane, seq, hash, seal| {
            who.verify_seal(folds, lane, seq, hash, seal)
        });
        if fits != Some(false) || lane.author == self.who.device {
            return;
        }
        if self.book.is_verified_to_fork(lane) {
            self.book.drop_proof(lane);
            self.disk.drop_proof(lane);
            self.refold = true;
        } else {
            self.book.drop_unsealed(lane);
        }
    }

    /// The disk has the proof: tell everyone. Whoever tells it is taken to hold it.
    pub(super) fn proof_saved(&mut self, lane: LaneId) {
        let links: Vec<LinkId> = self.links.keys().collect();
        for id in links {
            if let Some(link) = self.links.get_mut(id) {
                link.proofs.forget_aired(lane);
            }
            self.owe_proof(id, lane);
        }
    }

    /// Say the proof on a link soon, unless it was said there a moment ago.
    pub(super) fn owe_proof(&mut self, id: LinkId, lane: LaneId) {
        let now = self.now.mono;
        let Some(link) = self.links.get_mut(id) else { return };
        let Some(fork) = self.book.fork(lane).filter(|_| self.disk.has_proof(lane)) else { return };
        if link.proofs.has_rested(lane, now) {
            let bytes = fork.packed().len();
            let wait_ms = link.proof_wait_ms(lane, bytes, now, &mut self.dice);
            link.proofs.owe(lane, now.after_ms(wait_ms));
        }
    }

    /// Digests differ: the other may not know of a fork, which no head shows.
    pub(super) fn owe_proofs(&mut self, id: LinkId) {
        let lanes: Vec<LaneId> = self.book.forks().map(|(lane, _)| *lane).collect();
        for lane in lanes {
            self.owe_proof(id, lane);
        }
    }

    /// What somebody says it holds of a lane lies beyond its fork. True for a lane that is forked:
    /// nothing of it is asked for.
    pub(super) fn is_held_beyond_fork(&mut self, id: LinkId, lane: LaneId, head: u32) -> bool {
        let Some(at) = self.book.fork(lane).map(|fork| fork.at) else { return false };
        if head >= at {
            self.owe_proof(id, lane);
        }
        head >= at
    }

    /// A tail under a good form does not fit our chain: it is forged, or its author went on from
    /// another record than the one we hold. Ask from further back, to see where they part.
    pub(super) fn doubt(&mut self, id: LinkId, lane: LaneId) {
        self.doubt_from(id, lane, DOUBT_RECORDS);
    }

    /// A seal did not fit, and what stood here without one was dropped for it: most likely that was
    /// forged. Ask for what came in its place first, and only then from further back.
    pub(super) fn doubt_tail(&mut self, id: LinkId, lane: LaneId) {
        self.doubt_from(id, lane, 0);
    }

    /// Ask from so many records before the end of what is verified, and from further back with
    /// every question; once all of it was asked for, from there again.
    fn doubt_from(&mut self, id: LinkId, lane: LaneId, first: u32) {
        let now = self.now.mono;
        let sealed = self.book.lane(lane).map_or(0, |held| held.sealed());
        let last = self.doubts.get(&lane).copied();
        let rested = last.is_none_or(|doubt| now.since_ms(doubt.asked_at) >= DOUBT_EVERY_MS);
        if !rested || (last.is_none() && self.doubts.len() >= DOUBTS_MAX) {
            return;
        }
        let back = match last {
            Some(doubt) if doubt.back < sealed => doubt.back.saturating_mul(4).max(DOUBT_RECORDS),
            Some(_) | None => first,
        };
        self.doubts.insert(lane, Doubt { back, asked_at: now });
        if let Some(link) = self.links.get_mut(id) {
            link.doubt(lane.at(sealed.saturating_sub(back).saturating_add(1)), sealed, now);
        }
    }

    /// All forks as rows.
    pub(super) fn fork_rows(&self) -> Vec<ForkRow> {
        let lanes: Vec<LaneId> = self.book.forks().map(|(lane, _)| *lane).collect();
        lanes.into_iter().filter_map(|lane| self.fork_row(lane)).collect()
    }

    fn fork_row(&self, lane: LaneId) -> Option<ForkRow> {
        let fork = self.book.fork(lane)?;
        Some(ForkRow {
            device: lane.author,
            unit_name: self.folds.directory.device_unit_name(lane.author),
            lane: format!("{:?}", lane.lane).to_lowercase(),
            at: fork.at,
            here: lane.author == self.who.device,
        })
    }

    /// Nothing more is written under a key that somebody else uses too.
    pub(super) fn own_key_is_single(&self) -> Result<(), Refusal> {
        let own: DeviceId = self.who.device;
        match self.book.forks().any(|(lane, _)| lane.author == own) {
            false => Ok(()),
            true => Err(Refusal::new(
                RefusalCode::NotAllowed,
                "本机的密钥在别处也在使用（或数据曾被还原），本机写的内容不再被任何节点采信。\
                 请改用电话或电台报告，并以新终端身份重新入网。",
                "This device's key is in use elsewhere too (or its data was restored from a copy): \
                 no node accepts what it writes. Report by voice, and join again as a new device.",
            )),
        }
    }
}
