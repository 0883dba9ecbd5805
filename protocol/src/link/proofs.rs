//! Proofs of forks on one link: which are to be said and when, how far one was said, and who said
//! which half of one. What goes into a frame is decided by `plan::proofs`.

use std::collections::BTreeMap;

use crate::base::dice::Dice;
use crate::base::ids::{DeviceId, LaneId};
use crate::base::time::Mono;
use crate::link::state::Link;

/// A proof is said again at most this often on a link, ms: whoever still lacks it shows that it
/// does. Nobody waits longer than that for its turn, either.
const REPEAT_MS: u64 = 60_000;
/// Rounds after which the spread of the answers grows no more.
const ROUNDS_MAX: u32 = 16;

/// How far the proof of a fork was said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProofSaid {
    /// Branches said to their end.
    pub branches: usize,
    /// Records of the next one.
    pub records: usize,
    /// Bytes of its next record, if that goes in parts.
    pub bytes: usize,
    /// The first half of its seal.
    pub half: bool,
}

/// A whole proof went over this link.
#[derive(Clone, Copy, Debug)]
struct Aired {
    at: Mono,
    /// How often in all, counted to `ROUNDS_MAX`.
    rounds: u32,
}

/// The proofs of one link.
#[derive(Clone, Debug, Default)]
pub struct Proofs {
    due: BTreeMap<LaneId, Mono>,
    begun: BTreeMap<LaneId, ProofSaid>,
    /// Which branch was heard last and from whom, until it said the other too.
    heard: BTreeMap<LaneId, (usize, DeviceId)>,
    aired: BTreeMap<LaneId, Aired>,
}

impl Proofs {
    /// True if nothing is to be said.
    pub fn is_empty(&self) -> bool {
        self.due.is_empty()
    }

    /// When each is to be said.
    pub(super) fn times(&self) -> impl Iterator<Item = Mono> {
        self.due.values().copied()
    }

    /// Lanes whose proof is to be said by now.
    pub fn due(&self, now: Mono) -> Vec<LaneId> {
        self.due.iter().filter(|(_, at)| **at <= now).map(|(lane, _)| *lane).collect()
    }

    /// Say it then, unless it is to be said anyway.
    pub fn owe(&mut self, lane: LaneId, at: Mono) {
        self.due.entry(lane).or_insert(at);
    }

    /// It is not to be said.
    pub fn cancel(&mut self, lane: LaneId) {
        self.due.remove(&lane);
    }

    /// How far it was said, if not to its end.
    pub fn begun(&self, lane: LaneId) -> Option<ProofSaid> {
        self.begun.get(&lane).copied()
    }

    /// It was said so far.
    pub fn note_begun(&mut self, lane: LaneId, said: ProofSaid) {
        self.begun.insert(lane, said);
    }

    /// It was said to its end, here or by another.
    pub fn note_aired(&mut self, lane: LaneId, now: Mono) {
        self.due.remove(&lane);
        self.begun.remove(&lane);
        let rounds = self.rounds(lane).saturating_add(1).min(ROUNDS_MAX);
        self.aired.insert(lane, Aired { at: now, rounds });
    }

    /// How often it was said here, as far as it is counted.
    fn rounds(&self, lane: LaneId) -> u32 {
        self.aired.get(&lane).map_or(0, |aired| aired.rounds)
    }

    /// True if it was said here before.
    pub fn was_aired(&self, lane: LaneId) -> bool {
        self.aired.contains_key(&lane)
    }

    /// True unless it was said here a moment ago.
    pub fn has_rested(&self, lane: LaneId, now: Mono) -> bool {
        self.aired.get(&lane).is_none_or(|aired| now.since_ms(aired.at) >= REPEAT_MS)
    }

    /// One branch of it was heard. True if that makes it whole: of two who hold a story each, as on
    /// a line of posts, neither knows the proof, so both must come from the same.
    pub fn hear_branch(&mut self, lane: LaneId, branch: usize, by: DeviceId, now: Mono) -> bool {
        let before = self.heard.insert(lane, (branch, by));
        let is_whole = before.is_some_and(|(other, from)| other != branch && from == by);
        if is_whole {
            self.heard.remove(&lane);
            self.note_aired(lane, now);
        }
        is_whole
    }

    /// Another proof takes its place: what was said and heard of it says nothing of that.
    pub fn forget_halves(&mut self, lane: LaneId) {
        self.begun.remove(&lane);
        self.heard.remove(&lane);
    }

    /// Nobody was told of this one yet.
    pub fn forget_aired(&mut self, lane: LaneId) {
        self.aired.remove(&lane);
    }
}

impl Link {
    /// When to say a proof of so many bytes that somebody here lacks. Each round in which it was
    /// lacked still spreads those who hold it twice as far: where they do not hear each other, they
    /// speak at once, and whoever hears both understands neither.
    pub fn proof_wait_ms(&self, lane: LaneId, bytes: usize, now: Mono, dice: &mut Dice) -> u64 {
        let chorus_ms = self.chorus_ms(now, dice);
        let rounds = self.proofs.rounds(lane);
        if rounds == 0 || !self.profile.half_duplex || !self.is_shared() {
            return chorus_ms;
        }
        let spread_ms = (self.profile.air_ms(bytes) << rounds).min(REPEAT_MS);
        chorus_ms + dice.below(spread_ms)
    }
}

#[cfg(test)]
mod tests;
