//! Repair in a throng by sums (`sync::parity`): what was lost there is another run at each hearer,
//! and one sum makes up for one loss of everybody. Whoever asks tells how many runs it lacks; the
//! others owe as many sums, each said by whoever's turn comes first, and everyone who hears one
//! owes one less. Which runs a sum is made of is decided in `plan::sums`.
//!
//! ```text
//! asks      ═list: lacks 3═
//! owed            3          3  2           1       0
//! others          ├─ turns ─╢═sum═╢ turns ─╢═sum═ ═sum═       ╢digest of whoever spoke
//! ```

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::base::caps::{AIRED_MAX, PARITY_FRAMES_MAX, PARITY_SUMS_MAX};
use crate::base::dice::Dice;
use crate::base::ids::{DeviceId, LaneId};
use crate::base::time::Mono;
use crate::link::state::Link;
use crate::log::book::Book;
use crate::wire::bundle::Sum;

/// Repair by sums has so many full frames of time for each run of a block: whoever lacks something
/// then is repaired as on any other channel, so that nobody waits for a sum that cannot help it.
const FRAMES_PER_RUN: u64 = 8;

/// One run in so many lost by one of a throng is taken for the loss of the channel.
const LOSS_SHARE: usize = 20;
/// Turns are drawn from so many full frames of each who is there: with half as many, a third of all
/// sums is handed to modems when none is owed any more.
const TURN_FRAMES: u64 = 2;
/// Sums wait for the end of news no longer than so many rounds of turns: in the first all say what
/// is new, and their turns stand still while others speak.
const NEWS_TURNS: u64 = 3;
/// Whoever is heard so soon after we spoke was there, most likely, ms.
const HEARD_SOON_MS: u64 = 60_000;

/// Sums of one link.
#[derive(Clone, Debug, Default)]
pub struct Sums {
    /// Those heard that may still help, newest last.
    heard: VecDeque<Sum>,
    /// How many are owed to those who asked.
    owed: u32,
    /// Lanes that they lack and we hold. A sum without most of them leaves us what we owe.
    lacking: BTreeSet<LaneId>,
    /// Runs that those who asked lack together, and how many asked.
    told: (usize, usize),
    /// How many we said since start.
    count: u64,
    /// Our turn to say one.
    turn_at: Option<Mono>,
    /// Up to where each lane was said or heard here: whoever lacks it has lost it.
    aired: BTreeMap<LaneId, u32>,
    /// What we said ourselves, and when: it counts once somebody is heard soon after.
    said: Vec<(LaneId, u32, Mono)>,
    /// News is being said here until then, most likely.
    news_until: Mono,
    /// When somebody asked first since all was well, and when last.
    asked: Option<(Mono, Mono)>,
}

impl Sums {
    /// Keep a sum that was heard.
    pub fn keep(&mut self, sum: Sum) {
        if self.heard.len() >= PARITY_SUMS_MAX {
            self.heard.pop_front();
        }
        self.heard.push_back(sum);
    }

    /// All that were kept.
    pub fn heard(&mut self) -> &[Sum] {
        self.heard.make_contiguous()
    }

    /// Forget those that nothing follows from any more.
    pub fn retain(&mut self, helps: impl Fn(&Sum) -> bool) {
        self.heard.retain(|sum| helps(sum));
    }

    /// How many were said here by us since start.
    pub fn said(&self) -> u64 {
        self.count
    }

    /// One of ours leaves.
    pub fn note_ours(&mut self) {
        self.count += 1;
    }

    /// How many are owed.
    pub fn owed(&self) -> u32 {
        self.owed
    }

    /// Records of this lane up to `last` were said or heard here.
    pub fn note_aired(&mut self, lane: LaneId, last: u32) {
        if self.aired.len() >= AIRED_MAX && !self.aired.contains_key(&lane) {
            self.aired.pop_first();
        }
        let aired = self.aired.entry(lane).or_default();
        *aired = (*aired).max(last);
    }

    /// We said records of this lane up to `last`. Whether anybody could hear it is not known yet.
    pub fn note_said(&mut self, lane: LaneId, last: u32, now: Mono) {
        self.said.truncate(AIRED_MAX);
        self.said.push((lane, last, now));
    }

    /// Somebody is heard.
    pub(super) fn note_heard(&mut self, now: Mono) {
        for (lane, last, at) in std::mem::take(&mut self.said) {
            if now.since_ms(at) <= HEARD_SOON_MS {
                self.note_aired(lane, last);
            }
        }
    }

    /// True if records of this lane up to `last` were said or heard here.
    pub fn was_aired(&self, lane: LaneId, last: u32) -> bool {
        self.aired.get(&lane).is_some_and(|aired| *aired >= last)
    }

    /// Our turn, for the timers of the link.
    pub(super) fn turn_at(&self) -> Option<Mono> {
        self.turn_at
    }

    /// Others speak: our turn stands still.
    pub(super) fn put_off(&mut self, taken_ms: u64, now: Mono) {
        self.turn_at = self.turn_at.map(|at| if at > now { at.after_ms(taken_ms) } else { at });
    }
}

impl Link {
    /// Losses are made up for by sums here now.
    pub fn repairs_by_sums(&self, now: Mono) -> bool {
        let span_ms = self.sums_ms();
        self.is_throng(now)
            && self.sums.asked.is_none_or(|(_, last)| {
                now.since_ms(self.sums_begin(now)) <= span_ms || now.since_ms(last) > span_ms
            })
    }

    /// Sums are said from then on. While much is new, who asks knows least of what it will lack: a
    /// sum of two runs is as long as one of thirty, and the time for sums would be over before all
    /// had asked.
    fn sums_begin(&self, now: Mono) -> Mono {
        self.sums.asked.map_or(Mono(0), |(first, _)| {
            let latest = first.after_ms(NEWS_TURNS * self.turns_ms(now));
            self.sums.news_until.min(latest).max(first)
        })
    }

    /// Records of this lane up to `last` were heard. If nobody had said them here before, more of
    /// that kind come, most likely.
    pub fn note_aired(&mut self, lane: LaneId, last: u32, now: Mono) {
        if !self.sums.was_aired(lane, last) {
            self.sums.news_until = self.flux_until;
            if self.sums_begin(now) > now {
                self.sums.turn_at = None;
            }
        }
        self.sums.note_aired(lane, last);
    }

    fn sums_ms(&self) -> u64 {
        FRAMES_PER_RUN * PARITY_FRAMES_MAX as u64 * self.frame_ms()
    }

    /// Somebody lacks these lanes: what it lost of them is owed, what is news is not.
    pub fn owe_sums_of(&mut self, lanes: &[LaneId], book: &Book, now: Mono) {
        let is_lost = |id: &&LaneId| {
            let last = book.lane(**id).map_or(0, |lane| lane.saved_sealed());
            last > 0 && self.sums.was_aired(**id, last)
        };
        let lost: Vec<LaneId> = lanes.iter().filter(is_lost).copied().collect();
        self.owe_sums(&lost, now);
    }

    /// Somebody lost something of these lanes.
    fn owe_sums(&mut self, lanes: &[LaneId], now: Mono) {
        if lanes.is_empty() || !self.is_throng(now) {
            return;
        }
        self.sums.told.0 += lanes.len();
        self.sums.told.1 += 1;
        let expected = self.expected_sums(self.sums.told.0 / self.sums.told.1);
        self.sums.lacking.extend(lanes.iter().take(PARITY_FRAMES_MAX));
        let runs = lanes.len();
        let span_ms = self.sums_ms();
        let first = match self.sums.asked {
            Some((first, last)) if now.since_ms(last) <= span_ms => first,
            Some(_) | None => now,
        };
        self.sums.asked = Some((first, now));
        let runs = u32::try_from(runs.max(expected).min(PARITY_FRAMES_MAX)).unwrap_or(u32::MAX);
        self.sums.owed = self.sums.owed.max(runs);
    }

    /// Sums that will be asked for by the one who lost most, if those who asked lost so many runs
    /// each of what was said here: of many who lose the same share, that one lost two deviations
    /// more; and sums are lost as well. None, if one lost so little that others may have lost
    /// nothing.
    fn expected_sums(&self, lost: usize) -> usize {
        let agreed = || self.contacts.values().filter_map(|contact| contact.agreed.as_deref());
        let is_new =
            |id: LaneId, last: u32| agreed().map(|list| list.head(id)).min().unwrap_or(0) < last;
        let aired = self.sums.aired.iter().filter(|(id, last)| is_new(**id, **last)).count();
        let is_loss = lost >= 2 && lost * LOSS_SHARE >= aired && lost < aired;
        match is_loss {
            true => (lost + 2 * lost.isqrt()) * aired / (aired - lost),
            false => 0,
        }
    }

    /// What differs here is being made up for by sums: neither lists nor digests tell more.
    pub fn awaits_sums(&self, now: Mono) -> bool {
        self.sums.owed > 0 && self.is_time_of_sums(now)
    }

    /// Sums that are owed may still be said. Whoever lacks a run that no sum tells asks anew.
    fn is_time_of_sums(&self, now: Mono) -> bool {
        self.is_throng(now) && now.since_ms(self.sums_begin(now)) <= self.sums_ms()
    }

    /// A sum was said here, by us or by another.
    pub fn note_sum(&mut self, sum: &Sum, now: Mono) {
        let tells = |lane: &LaneId| sum.items.iter().any(|item| item.lane == *lane);
        let told = self.sums.lacking.iter().filter(|lane| tells(lane)).count();
        if 2 * told >= self.sums.lacking.len() {
            self.sums.owed = self.sums.owed.saturating_sub(1);
        }
        match self.sums.owed {
            0 => self.owe_no_sums(),
            _ => self.sums.turn_at = None,
        }
        self.note_flux(now);
    }

    /// None is owed any more.
    pub fn owe_no_sums(&mut self) {
        (self.sums.owed, self.sums.turn_at, self.sums.told) = (0, None, (0, 0));
        self.sums.lacking.clear();
    }

    /// A sum may go now. Turns are drawn from full frames, as one that was handed to the modem
    /// cannot be taken back.
    pub fn is_sum_turn(&mut self, own: DeviceId, now: Mono) -> bool {
        if self.sums.owed == 0 || !self.is_time_of_sums(now) {
            self.owe_no_sums();
            return false;
        }
        let span_ms = TURN_FRAMES * self.crowd(now) * self.frame_ms();
        let mut dice = Dice::new(u64::from(own.0) << 48 ^ now.0);
        let begin = now.max(self.sums_begin(now));
        let turn_at =
            *self.sums.turn_at.get_or_insert_with(|| begin.after_ms(dice.below(1 + span_ms)));
        turn_at <= now
    }
}

#[cfg(test)]
mod tests;
