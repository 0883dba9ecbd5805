//! When a beacon or an ack may be mute, and how often a beacon that cannot be opened is answered. A
//! mute frame has nothing inside: its tag covers what its sender holds, so whoever holds the same
//! opens it and knows at once that it is genuine and that both hold the same. Whoever holds
//! something else sees bytes that may be noise, and says its own digest in full, which the other
//! understands.
//!
//! ```text
//! all known to agree  ─▶ mute beacon ─┬─ opened with what we hold: equal, nothing to say
//!                                     ├─ with what both held when they last agreed: it differs
//!                                     └─ with neither: our digest in full, ever more seldom
//!
//! all agreed, and only what is ─▶ mute ack ─┬─ opened: its sender verified all that we did
//! acknowledged now came since               └─ not: it is called again, and acknowledges in words
//! ```
//!
//! Beacons tell the time. Where two whose digests are the same cannot open each other's, their
//! clocks differ, and the digest is said in full for a while.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::base::caps::CONTACTS_MAX;
use crate::base::dice::Dice;
use crate::base::ids::DeviceId;
use crate::base::time::Mono;
use crate::link::contact::Contact;
use crate::link::patience::Patience;
use crate::link::state::{ANYONE, Link};
use crate::link::turns::CROWD_MIN;
use crate::sync::digest::StateHashes;
use crate::sync::vector::HeadVector;
use crate::wire::bundle::Holding;
use crate::wire::frame::TAG_BYTES;

/// The second beacon of a link and then one in so many has a number.
const NUMBERED_EVERY: u64 = 16;
/// Frames that a mute ack may answer: the line of thirty answers and what is said between them.
const ANSWERED_MAX: usize = 32;
/// A frame is answered within this time or not at all, ms.
const ANSWERED_MS: u64 = 10 * 60_000;
/// An equal digest so soon after a mute beacon of ours says that it could not be opened, ms:
/// whoever has answered several already takes its time.
const MISREAD_MS: u64 = 60_000;
/// So many in a row are no chance, such as a beacon that crossed ours.
const MISREAD_MIN: u32 = 2;
/// For so long the digest is said in full then, ms.
const IN_FULL_MS: u64 = 3_600_000;
/// Whoever was called again though it had acknowledged mutely does so in words for so long at
/// first, and at most, ms.
const IN_WORDS_MS: (u64, u64) = (10 * 60_000, 4 * 3_600_000);

/// Whoever hears mute acks that it cannot open asks for nothing for so many answers after the last
/// one, and until so long after the first at most, ms: many lines are shorter.
const LINE_SLOTS: u64 = 3;
const LINE_MS_MAX: u64 = 60_000;
/// After so long without one the next begins another line, ms. Whoever makes them up without a rest
/// keeps nobody from asking.
const LINE_REST_MS: u64 = 15_000;

/// A line of answers that is not understood here.
#[derive(Clone, Copy, Debug, Default)]
struct Line {
    since: Mono,
    last: Mono,
    /// Nothing is asked for before.
    until: Mono,
}

/// What a link keeps of mute frames.
#[derive(Clone, Debug, Default)]
pub struct Mute {
    /// The next beacon says its digest: somebody differs, or may.
    says_digest: bool,
    /// How often such a digest is said for those that cannot be opened. Anybody can make them up.
    patience: Patience,
    /// Version of the book when one could last not be opened.
    puzzled_at: Option<u64>,
    /// What both held when they last agreed.
    agreed: BTreeMap<DeviceId, StateHashes>,
    /// Beacons said here.
    beacons: u64,
    /// When a mute beacon was last said here.
    said_at: Option<Mono>,
    /// How many in a row were answered by a digest that is the same as ours.
    misread: u32,
    /// Until then digests are said in full.
    in_full_until: Mono,
    /// What all held when they last agreed.
    level: Option<Arc<HeadVector>>,
    /// Tags of the last frames said and heard here, the newest first.
    answered: VecDeque<([u8; TAG_BYTES], Mono)>,
    /// Tag of the frame whose records are to be acknowledged.
    owed: Option<[u8; TAG_BYTES]>,
    /// Mute acks that cannot be opened.
    line: Line,
    /// The last ack said here was mute.
    has_acked: bool,
    /// Until then acks are said in words, and how long that was the last time, ms.
    in_words: (Mono, u64),
}

impl Mute {
    /// The next beacon says its digest in full.
    pub fn ask_digest(&mut self) {
        self.says_digest = true;
    }

    /// A beacon was said here, mutely or in full.
    pub fn note_beacon(&mut self) {
        self.beacons += 1;
        self.note_digest();
    }

    /// The next beacon has a number: where nothing else is said, others learn of our start by it,
    /// and of another machine with our key.
    fn wants_number(&self) -> bool {
        self.beacons == 1 || (self.beacons > 0 && self.beacons.is_multiple_of(NUMBERED_EVERY))
    }

    /// A digest was said in full, here or by another who holds the same.
    pub fn note_digest(&mut self) {
        self.says_digest = false;
    }

    /// This device holds the same as we do now.
    pub fn note_agreed(&mut self, device: DeviceId, state: StateHashes) {
        if self.agreed.len() >= CONTACTS_MAX && !self.agreed.contains_key(&device) {
            self.agreed.pop_first();
        }
        self.agreed.insert(device, state);
    }

    /// A digest that is the same as ours was heard.
    pub fn note_equal_digest(&mut self, now: Mono) {
        if self.said_at.take().is_some_and(|at| now.since_ms(at) <= MISREAD_MS) {
            self.misread += 1;
            if self.misread >= MISREAD_MIN {
                (self.misread, self.in_full_until) = (0, now.after_ms(IN_FULL_MS));
            }
        }
    }

    /// A mute beacon was said. Where the one before it was answered by no digest, it was opened.
    pub fn note_said(&mut self, now: Mono) {
        if self.said_at.replace(now).is_some() {
            self.misread = 0;
        }
    }

    /// Another here has verified just this, as we have.
    pub fn note_level(&mut self, list: &Arc<HeadVector>) {
        self.level = Some(Arc::clone(list));
    }

    /// A frame with a number of its own was said or heard here.
    pub fn note_frame(&mut self, frame: &[u8], now: Mono) {
        let Some(tag) = frame.last_chunk() else { return };
        self.answered.truncate(ANSWERED_MAX - 1);
        self.answered.push_front((*tag, now));
    }

    /// Tags of the frames that may be answered now, the newest first.
    pub fn answered(&self, now: Mono) -> impl Iterator<Item = &[u8; TAG_BYTES]> {
        let is_fresh = move |at: Mono| now.since_ms(at) <= ANSWERED_MS;
        self.answered.iter().filter(move |(_, at)| is_fresh(*at)).map(|(tag, _)| tag)
    }

    /// The frame that was heard last brought news, which is to be acknowledged.
    fn owe(&mut self) {
        self.owed = self.answered.front().map(|(tag, _)| *tag);
    }

    /// The tag of the frame to be acknowledged, if it was heard of late.
    pub fn owed(&self, now: Mono) -> Option<[u8; TAG_BYTES]> {
        self.owed.filter(|owed| self.answered(now).any(|tag| tag == owed))
    }

    /// An ack was said.
    pub fn note_acked(&mut self, is_mute: bool) {
        self.has_acked = is_mute;
    }

    /// What was acknowledged here is said again. If that was done mutely, nobody understood it, or
    /// it was lost: from now on it is done in words for a while.
    fn note_asked_again(&mut self, now: Mono) {
        if std::mem::take(&mut self.has_acked) {
            let (until, last_ms) = self.in_words;
            // Long ago counts as never.
            let is_again = last_ms > 0 && now.since_ms(until) <= last_ms;
            let pause_ms = if is_again { (2 * last_ms).min(IN_WORDS_MS.1) } else { IN_WORDS_MS.0 };
            self.in_words = (now.after_ms(pause_ms), pause_ms);
        }
    }

    /// What both held when they last agreed.
    pub fn agreed(&self, device: DeviceId) -> Option<StateHashes> {
        self.agreed.get(&device).copied()
    }
}

impl Link {
    /// A beacon said now need not say its digest: all who are there hold what we hold, as far as is
    /// known, and nobody was puzzled by the last one. Where every frame takes a slot, one more of
    /// them costs more than its bytes.
    pub fn may_be_mute(&self, now: Mono) -> bool {
        let agrees = |(device, contact): (&DeviceId, &Contact)| {
            let is_equal = match *device == ANYONE {
                // Nobody was heard. The first beacon is mute, unless something of ours waits for
                // somebody who listens; nobody having answered, the second asks.
                true => {
                    let waits = contact.wanting().next().is_some();
                    !self.is_introduced && !waits && contact.restless().next().is_none()
                }
                false => contact.in_step && contact.has_said_all(),
            };
            is_equal || !self.is_present(contact, now)
        };
        let is_air = self.is_shared() && self.profile.half_duplex;
        let is_asked = self.mute.says_digest || self.mute.wants_number() || self.numbers.asks();
        is_air
            && !is_asked
            && !self.is_loaded(now)
            && now >= self.mute.in_full_until
            && self.contacts.iter().all(agrees)
    }

    /// An ack of these lanes alone may be mute: all held the same as we before they came, as far
    /// as is known, and their authors are here. `ours` is all that is verified here now.
    pub fn may_ack_mutely(&self, acked: &[Holding], ours: &HeadVector, now: Mono) -> bool {
        let is_air = self.is_shared() && self.profile.half_duplex;
        if !is_air || now < self.mute.in_words.0 {
            return false;
        }
        let is_plain = |held: &Holding| {
            let author = self.contacts.get(&held.lane.author);
            // One who was never compared with us is like the others here, most likely.
            let is_level = author.is_some_and(|c| c.in_step || c.agreed.is_none());
            is_level && held.islands.is_empty() && held.sealed == held.head
        };
        let Some(level) = self.mute.level.as_ref() else { return false };
        let is_acked = |lane| acked.iter().any(|held| held.lane == lane);
        acked.iter().all(is_plain) && ours.changed_since(level).is_some_and(|mut c| c.all(is_acked))
    }

    /// A mute ack was heard that cannot be opened: others answer what was missed here, most likely,
    /// and whoever asks for it now speaks into their line, and is answered there.
    pub fn hear_unknown_ack(&mut self, now: Mono) {
        let Line { since, last, until } = self.mute.line;
        let since = if now.since_ms(last) > LINE_REST_MS { now } else { since };
        let later = now.after_ms(LINE_SLOTS * self.slot_ms()).min(since.after_ms(LINE_MS_MAX));
        let until = until.max(later);
        self.mute.line = Line { since, last: now, until };
        self.wants.values_mut().for_each(|(_, at)| *at = (*at).max(until));
    }

    /// Until then others answer something that was missed here.
    pub fn line_passes_until(&self) -> Mono {
        self.mute.line.until
    }

    /// What was heard just now is to be acknowledged: it was news here, or is said again.
    pub fn note_ack_owed(&mut self, is_new: bool, now: Mono) {
        if is_new {
            return self.mute.owe();
        }
        self.mute.note_asked_again(now);
        self.numbers.note_repeated();
    }

    /// A mute beacon could not be opened: our digest is said for it, unless the book has this
    /// version and it was said too often already. True if it is.
    pub fn answer_puzzle(&mut self, version: u64, now: Mono, dice: &mut Dice) -> bool {
        if self.is_in_flux(now) || self.is_loaded(now) || !self.mute.patience.may_tell(version, now)
        {
            // What passes makes the difference, most likely; or it was made up.
            return false;
        }
        self.mute.ask_digest();
        let soon = self.beacon_soon(now, dice);
        self.digest_at.get_or_insert(soon);
        self.trickle.reset(now, dice);
        true
    }

    /// True once for each version of the book: what nobody holds is said once on such a beacon,
    /// which anybody can make up.
    pub fn is_first_puzzle(&mut self, version: u64) -> bool {
        self.mute.puzzled_at.replace(version) != Some(version)
    }

    /// This device holds the same as we do, and said so without a digest. All must know who is
    /// there: where few are, whoever was not heard yet speaks at the end of an interval that begins
    /// now; in a crowd it speaks as soon as it would have.
    pub fn hear_mute(&mut self, sender: DeviceId, now: Mono, dice: &mut Dice) {
        self.mute.patience.note_progress();
        if self.is_introduced {
            (self.same_at, self.digest_at, self.heads_at) = (None, None, None);
            self.hear_equal(sender, now, dice);
        } else if self.crowd(now) < CROWD_MIN {
            self.digest_at = None;
            self.trickle.hear_first(now, dice);
        }
    }
}

#[cfg(test)]
mod tests;
