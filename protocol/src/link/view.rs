//! What one contact is known to hold of one lane, and what was sent to it since. Whose turn it is
//! to send is told in `turns`; what a contact says of all, in `contact`.

mod gaps;
mod words;

use crate::base::class::Urgency;
use crate::base::ids::DeviceId;
use crate::base::time::Mono;
use crate::link::due::Due;
use crate::link::fitness::Fitness;
use crate::link::size::Tally;
use crate::link::view::gaps::Gaps;
use crate::log::lane::Lane;
use crate::wire::bundle::{Holding, Signature};

/// Records looked at beyond the next one to find how urgent a lane is.
const URGENCY_LOOK_MAX: u32 = 256;

/// What a contact holds of one lane, as far as known.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// It holds every record up to here, as far as is known or assumed.
    pub head: u32,
    /// It said itself that it has verified every record up to here. Only this counts as delivered:
    /// the rest may be a guess of ours, or records that somebody forged.
    pub said: u32,
    /// It has verified up to here.
    pub sealed: u32,
    /// It said itself that it holds all up to here, verified or not.
    pub(super) acked: u32,
    /// What it holds beyond its head, and what was lost between.
    gaps: Gaps,
    /// Handed to the link up to here since the last loss.
    pub sent: u32,
    /// The last record that was ever handed to the link, lost since or not.
    told: u32,
    /// Seal handed to the link.
    pub sent_sealed: u32,
    /// The seal of which a piece was handed to the link, its record before it and so many of its
    /// bytes after it; it may be thinned out.
    pub sent_piece: Option<Box<(u32, Signature, usize)>>,
    /// Bytes of the record after `sent` that were handed to the link in parts.
    pub sent_offset: u32,
    /// When anything of the lane was last handed to the link.
    pub sent_at: Mono,
    /// How long the answer is waited for, while the channel is free.
    pub wait_ms: u64,
    /// How long the channel had been taken by others until then, see `Link::busy_ms`.
    busy_ms: u64,
    /// Times the answer did not come.
    pub tries: u32,
    /// What was said of it went out in calls in vain: no answer is waited for, and the next call
    /// goes on behind it.
    is_resting: bool,
    /// Of what went out in them, this was the last record that counted as lost.
    missed: u32,
    /// Nothing goes to it before: another is to send it.
    hold_until: Option<Mono>,
    /// What is on its way was sent by this device, we only overheard it.
    pub(super) via: Option<DeviceId>,
    /// It said that it lacks something of the lane.
    pub has_asked: bool,
    /// We sent what this device had sent without an answer.
    pub(super) relayed: Option<DeviceId>,
    /// What became of records of ours since that was asked.
    tally: Tally,
    /// How fit it was when that was last noted.
    pub(super) fitness: Fitness,
}

impl View {
    /// It holds everything up to `head`.
    pub(super) fn holding(head: u32, sealed: u32) -> View {
        View { head, sealed, sent: head, sent_sealed: sealed, ..View::default() }
    }

    /// It holds so much and no more. Who is to send it the rest was settled when it said so first:
    /// a pause that began then goes on, and does not begin anew.
    pub(super) fn restate(&mut self, head: u32, sealed: u32) {
        let hold_until = self.hold_until;
        *self = View { hold_until, acked: head, ..View::holding(head, sealed) };
    }

    /// It said that it holds nothing; something was last handed to the link then.
    pub(super) fn asked(sent_at: Mono) -> View {
        View { has_asked: true, sent_at, ..View::default() }
    }

    /// The first record to send it; `None` when everything of ours is held or on its way, and when
    /// that one went to make room here: another has to send it.
    pub fn next(&self, ours: &Lane) -> Option<u32> {
        if let Some(lost) = self.gaps.first_lost() {
            return Some(lost).filter(|seq| !ours.is_gone(*seq));
        }
        let mut seq = self.sent.max(self.head) + 1;
        while let Some((_, to)) = self.gaps.island_of(seq) {
            seq = to + 1;
        }
        (seq <= ours.saved() && !ours.is_gone(seq)).then_some(seq)
    }

    /// True if some record to send it was never handed to the link: no earlier try brought it.
    pub fn is_news(&self, ours: &Lane) -> bool {
        ours.saved() > self.told && self.next(ours).is_some()
    }

    /// True if this record, or a later one, was ever handed to the link.
    pub(super) fn was_told(&self, seq: u32) -> bool {
        self.told >= seq
    }

    /// How urgent it is that something of ours goes to it; `None` when all is held or on its way.
    /// A lane goes in order, so an urgent record pulls those before it forward.
    pub fn wanted(&self, ours: &Lane) -> Option<Urgency> {
        if let Some(next) = self.next(ours) {
            let last = ours.saved().min(next.saturating_add(URGENCY_LOOK_MAX));
            return (next..=last).map(|seq| ours.urgency(seq)).min();
        }
        self.needs_seal(ours).then(|| ours.urgency(ours.saved_sealed()))
    }

    /// True if it waits for a moment, or has failed.
    pub fn is_restless(&self) -> bool {
        self.tries > 0 || self.hold_until.is_some() || self.in_flight()
    }

    /// True if hearing that it holds and has verified so much changes nothing at all.
    pub fn knows(&self, head: u32, sealed: u32) -> bool {
        let is_known = head <= self.head && sealed <= self.sealed;
        is_known
            && self.gaps.is_empty()
            && self.sent >= self.head
            && self.sent_sealed >= self.sealed
    }

    /// True if this record is not held and not on its way.
    pub fn needs(&self, seq: u32) -> bool {
        let is_new = seq > self.head && seq > self.sent;
        self.gaps.is_lost(seq) || is_new && self.gaps.island_of(seq).is_none()
    }

    /// True while an answer is owed.
    pub fn in_flight(&self) -> bool {
        let is_out = self.sent > self.head || self.sent_sealed > self.sealed || self.is_partway();
        is_out && !self.is_resting
    }

    /// What was said of it goes out again only when the calls begin anew.
    pub(super) fn is_resting(&self) -> bool {
        self.is_resting
    }

    /// True in the middle of a record in parts or of a seal in pieces.
    pub fn is_partway(&self) -> bool {
        self.sent_offset > 0 || self.sent_piece.is_some()
    }

    /// Records of ours that it is not known to hold.
    pub fn lacks(&self, ours: &Lane) -> u32 {
        let held: u32 = self.gaps.islands().iter().map(|(from, to)| to - from + 1).sum();
        ours.saved().saturating_sub(self.head).saturating_sub(held)
    }

    /// How long all that was sent has waited for this answer, if it answers all of it and it is
    /// our first try: an answer to one of several tries says nothing.
    pub fn answered_after_ms(&self, holding: &Holding, now: Mono) -> Option<u64> {
        let is_first = self.tries == 0 && self.via.is_none() && !self.is_partway();
        let is_all = holding.head >= self.sent && holding.sealed >= self.sent_sealed;
        (self.in_flight() && is_first && is_all).then(|| now.since_ms(self.sent_at))
    }

    /// Something was handed to the link now; the answer is waited for this long.
    pub fn stamp(&mut self, now: Mono, wait_ms: u64, busy_ms: u64) {
        (self.sent_at, self.wait_ms, self.busy_ms) = (now, wait_ms, busy_ms);
        (self.hold_until, self.is_resting) = (None, false);
        if let Some(sender) = self.via.take() {
            self.relayed = Some(sender);
        }
    }

    /// The answer to what was handed over just now is waited for so much longer.
    pub(super) fn wait_longer(&mut self, now: Mono, more_ms: u64) {
        if self.sent_at == now && self.in_flight() && self.via.is_none() {
            self.wait_ms = self.wait_ms.saturating_add(more_ms);
        }
    }

    /// What was overheard is left to `sender` for this long.
    pub fn leave_to(&mut self, sender: DeviceId, now: Mono, wait_ms: u64, busy_ms: u64) {
        (self.sent_at, self.wait_ms, self.busy_ms) = (now, wait_ms, busy_ms);
        (self.hold_until, self.is_resting) = (None, false);
        self.via = Some(sender);
    }

    /// Nothing of the lane goes to it before `until`.
    pub fn hold(&mut self, until: Option<Mono>) {
        self.hold_until = until;
    }

    /// It was called without saying any of the lane, which waits until then.
    pub fn put_off(&mut self, until: Mono) {
        self.tries = self.tries.saturating_add(1);
        self.hold_until = Some(until);
    }

    /// True while another is to send it.
    pub fn is_held_back(&self, now: Mono) -> bool {
        self.hold_until.is_some_and(|until| now < until)
    }

    /// Forget a hold that is over.
    pub fn end_hold(&mut self, now: Mono) {
        self.hold_until = self.hold_until.filter(|until| now < *until);
    }

    /// True if what is on its way was sent by another.
    pub fn is_left_to_another(&self) -> bool {
        self.via.is_some() && self.in_flight()
    }

    /// True if nobody here says again what is on its way: that was left to who said it. An answer
    /// to some of it tells whose words that was, and leaves the rest of it where it is.
    pub(super) fn waits_for_another(&self) -> bool {
        self.in_flight() && (self.via.is_some() || self.wait_ms == u64::MAX)
    }

    /// True if the answer should have come by now.
    pub fn is_late(&self, now: Mono, busy_ms: u64) -> bool {
        self.in_flight() && now >= self.answer_by(busy_ms)
    }

    fn answer_by(&self, busy_ms: u64) -> Mono {
        Mono(self.answer_ms().saturating_add(busy_ms))
    }

    /// When the answer must be there if nothing else had ever been on the air.
    fn answer_ms(&self) -> u64 {
        self.sent_at.after_ms(self.wait_ms).0.saturating_sub(self.busy_ms)
    }

    /// True if it failed before, or all that was said lately, and half of its pause is over: it may
    /// go along with another lane.
    pub fn may_go_along(&self, all_failed: bool, now: Mono) -> bool {
        (self.tries > 1 || all_failed)
            && self.in_flight()
            && now.since_ms(self.sent_at) >= self.wait_ms / 2
    }

    /// When it must be looked at again.
    pub fn next_deadline(&self, busy_ms: u64) -> Option<Mono> {
        self.due().at(busy_ms)
    }

    /// The same, whatever else will be on the air.
    pub fn due(&self) -> Due {
        let answer_ms = self.in_flight().then(|| self.answer_ms());
        Due::new(answer_ms, self.hold_until)
    }

    /// The answer is late. How many records of ours count as lost?
    pub fn expire(&mut self) -> u64 {
        let lost = u64::from(self.sent.saturating_sub(self.head));
        let tries = self.tries;
        self.note_lost();
        if self.via.is_some() {
            // It was not ours that went unanswered.
            self.tries = tries;
            return 0;
        }
        lost
    }

    /// It was said in a call in vain, and the time for an answer is over: the next call goes on
    /// behind it. How many records of ours count as lost?
    pub(super) fn rest(&mut self) -> u64 {
        self.gaps.forget_lost();
        self.is_resting = true;
        self.tries = self.tries.saturating_add(1);
        let before = std::mem::replace(&mut self.missed, self.sent);
        u64::from(self.sent.saturating_sub(before.max(self.head)))
    }

    /// What was said in calls in vain counts as not said.
    pub(super) fn wake(&mut self) {
        if self.is_resting {
            self.say_again();
        }
    }

    /// What became of records of ours since the last call, as far as the contact said so.
    pub fn take_tally(&mut self) -> Tally {
        std::mem::take(&mut self.tally)
    }

    /// A record was handed to the link.
    pub fn note_sent(&mut self, seq: u32, now: Mono) {
        self.gaps.find(seq);
        self.told = self.told.max(seq);
        if seq > self.sent {
            self.sent = seq;
            self.sent_offset = 0;
        }
        self.sent_at = self.sent_at.max(now);
    }

    /// The answer did not come: everything since the known head counts as lost.
    pub fn note_lost(&mut self) {
        self.sent = self.head;
        self.sent_sealed = self.sealed;
        self.sent_offset = 0;
        self.sent_piece = None;
        self.gaps.forget_lost();
        (self.is_resting, self.missed) = (false, 0);
        self.tries = self.tries.saturating_add(1);
    }
}
