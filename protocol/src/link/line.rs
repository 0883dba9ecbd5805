//! The line of answers to a frame that many heard: when this device's turn to acknowledge comes,
//! and how long a sender waits before it counts an answer as lost. Who repairs what others lack is
//! in `turns`.
//!
//! ```text
//! sender    ══full══full══rest══ ─quiet─                    │ its wait begins anew
//! hearers                               ─ A ─ B ─ C ─ … ─ Z │ with every frame heard
//! ```
//!
//! A frame with room left for one more record is the last of its burst, most likely: it is answered
//! at once. After a full one the answer waits for the next, which it then speaks of as well.

use crate::base::class::Urgency;
use crate::base::dice::Dice;
use crate::base::ids::{DeviceId, LaneId};
use crate::base::time::Mono;
use crate::link::contact::Contact;
use crate::link::state::{ANYONE, Link};
use crate::link::turns::CROWD_MIN;
use crate::wire::bundle::{Devices, Holding};

/// Bytes of an ordinary answer: a frame's overhead, an ack of one lane and some that vouch.
const ANSWER_BYTES: usize = 20;
/// One in so many answers of a line, and the last, also tells whose acks it heard. An ack that the
/// sender missed costs a repetition of the order; telling of thirty costs eight bytes.
const VOUCH_EVERY: u64 = 8;
/// An ack is put off this long at most while records keep coming, ms.
const ACK_LATEST_MS: u64 = 5_000;
/// Slots of a card that an ack waits for company, unless a person waits for what it makes possible:
/// were each frame answered by one of its own, both cards would be taken all the time.
pub const ACK_SLOTS: u64 = 3;
/// An ack that is due waits so long at least for what it acknowledges to reach the disk, ms.
const ACK_PAUSE_MS: u64 = 20;
/// A frame with less room than an order and its seal take was filled as far as it could be.
const ROOM_BYTES: usize = 110;
/// In a burst of short frames so much less than the longest shows the end.
const SHORTER_BYTES: usize = 30;
/// A frame that began within this time of the end of the last one belongs to the same burst, ms:
/// what modems, lines and scheduling may add.
const SAME_BURST_MS: u64 = 150;
/// Silence after which a burst is over, ms, where nothing speaks for more to come.
const QUIET_MS: u64 = 50;
/// Added to the wait for more, at random, ms: on a channel of two both may have filled frames.
const MORE_JITTER_MS: u64 = 400;
/// What an answer may have more than the ordinary one, where it vouches for many.
const LINE_BYTES: usize = 12;
/// What hearer and sender may need beside the air: a sync of the disk, a coarse clock, ms.
const SLACK_MS: u64 = 700;

/// True if no person waits for the ack of this: in a crowd it is put off until it can speak of
/// several frames.
pub fn is_lazy(urgency: Urgency) -> bool {
    urgency >= Urgency::Routine
}

/// How a frame wants to be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// By everyone, each in its place in line.
    InLine(u64),
    /// By those named in it, and this device has that place among so many.
    Named {
        /// Those before it.
        place: u64,
        /// All of them.
        of: u64,
    },
    /// By those named in it, and this device is not: it answers only what is new to it, after
    /// so many.
    NotNamed(u64),
}

/// What was heard last on a half-duplex link, to tell whether more follows.
#[derive(Clone, Copy, Debug, Default)]
pub struct HeardBurst {
    ended_at: Mono,
    longest_bytes: usize,
    /// The next frame of the same burst is to be expected.
    more_follows: bool,
}

impl Link {
    /// The time of one short answer, ms.
    pub fn slot_ms(&self) -> u64 {
        u64::from(self.profile.per_burst_ms) + self.profile.bits_ms(ANSWER_BYTES)
    }

    /// Our place in line to answer a frame of `sender` that names `called`, if it names any.
    pub fn answer(
        &self,
        own: DeviceId,
        sender: DeviceId,
        called: Option<&[DeviceId]>,
        now: Mono,
    ) -> Answer {
        let of = called.map_or(0, <[DeviceId]>::len) as u64;
        match called.map(|called| called.iter().position(|device| *device == own)) {
            Some(Some(place)) => Answer::Named { place: place as u64, of },
            Some(None) => Answer::NotNamed(of + self.place_in_line(own, sender, now)),
            None if !self.is_shared() => Answer::InLine(0),
            None => Answer::InLine(self.place_in_line(own, sender, now)),
        }
    }

    /// How many live contacts other than `sender` come before this device in line.
    pub fn place_in_line(&self, own: DeviceId, sender: DeviceId, now: Mono) -> u64 {
        let is_before = |device: &DeviceId| *device < own && *device != sender;
        let heard = self.live(now).filter(is_before).count();
        let named = self.roll.named(now, self.live_ms());
        let named = named.filter(|device| is_before(device) && !self.is_live(**device, now));
        (heard + named.count()) as u64
    }

    /// How long those before `device` in line take to answer a frame of ours: that its answer came
    /// later by as much says nothing of the link.
    pub fn line_before_ms(&self, own: DeviceId, device: DeviceId, now: Mono) -> u64 {
        match self.is_shared() && self.profile.half_duplex {
            true => self.place_in_line(device, own, now) * self.slot_ms(),
            false => 0,
        }
    }

    /// Records of this lane arrived: acknowledge them when the sender pauses, in our place in
    /// line. `is_lazy` if no person waits for this ack: then it waits for company in a crowd.
    pub fn owe_ack(
        &mut self,
        lane: LaneId,
        answer: Answer,
        is_lazy: bool,
        now: Mono,
        dice: &mut Dice,
    ) {
        if is_lazy && self.is_throng(now) || self.doubts.keeps_ack(lane, now) {
            return;
        }
        self.ack_lanes.insert(lane);
        let place = match answer {
            Answer::InLine(place) | Answer::Named { place, .. } | Answer::NotNamed(place) => place,
        };
        if !self.profile.half_duplex {
            let latest = self.ack_at.map_or(now.after_ms(100), |(_, latest)| latest);
            self.ack_at = Some((now.after_ms(15).min(latest), latest));
            return;
        }
        if matches!(answer, Answer::InLine(_)) {
            self.roll.forget_few();
        }
        let line = self.line_of_all(now);
        let is_long = place + 1 >= VOUCH_EVERY;
        let tells = match answer {
            // Some of many are asked again because frames were lost: their last one tells what it
            // heard of the others, so that no ack that is lost costs a third order.
            Answer::Named { place, of } if of < line => of > 1 && place + 1 == of,
            Answer::InLine(place) | Answer::Named { place, .. } => is_long && place + 1 == line,
            Answer::NotNamed(_) => false,
        };
        let is_eighth = is_long && (place + 1).is_multiple_of(VOUCH_EVERY);
        self.vouches |= self.is_shared() && (tells || is_eighth);
        let is_lazy = is_lazy && self.crowd(now) >= CROWD_MIN;
        if is_lazy && self.ack_at.is_some() {
            return;
        }
        let line_ms = place * self.slot_ms() + if is_lazy { self.company_ms(now) } else { 0 };
        let quiet_ms = self.quiet_ms(dice);
        let own_latest = now.after_ms(ACK_LATEST_MS + line_ms);
        let latest = self.ack_at.map_or(own_latest, |(_, latest)| latest.min(own_latest));
        self.ack_at = Some((now.after_ms(quiet_ms + line_ms).min(latest), latest));
    }

    /// The same where slots are few and nobody waits for the answer: it goes along with anything,
    /// or alone after some slots, for all that has come by then.
    pub fn owe_ack_in_company(&mut self, lane: LaneId, slot_ms: u64, now: Mono) {
        if !self.doubts.keeps_ack(lane, now) {
            self.ack_lanes.insert(lane);
            let at = now.after_ms(ACK_SLOTS * slot_ms);
            self.ack_at.get_or_insert((at, at));
        }
    }

    /// The ack that is due finds nothing on the disk: it waits for the disk, not for the clock.
    pub fn hold_ack(&mut self, now: Mono) {
        let due = self.ack_at.filter(|(at, _)| *at <= now && !self.ack_waits);
        if let Some((_, latest)) = due {
            (self.ack_at, self.ack_waits) = (Some((now, latest)), true);
        }
    }

    /// Something happened that may have brought it to the disk: the ack is tried again at the end
    /// of the pause that runs, so that records which came close together are answered together.
    pub fn resume_ack(&mut self, now: Mono) {
        let waited = std::mem::take(&mut self.ack_waits);
        if let Some((at, latest)) = self.ack_at.filter(|_| waited) {
            let pauses = now.since_ms(at).div_ceil(ACK_PAUSE_MS).max(1);
            let at = at.after_ms(pauses * ACK_PAUSE_MS);
            self.ack_at = Some((at, latest.max(at)));
        }
    }

    /// How long the sender must have been silent before it is answered. Those in line differ by
    /// their places already: much more than that would shuffle them.
    fn quiet_ms(&self, dice: &mut Dice) -> u64 {
        // After a slot nothing follows for long.
        match self.heard_burst.more_follows && self.profile.long_slot_ms().is_none() {
            true => self.more_ms() + dice.below(MORE_JITTER_MS),
            false => QUIET_MS + dice.below(1 + self.slot_ms() / 8),
        }
    }

    /// How long a frame that may follow is waited for. Not for all of it: an ack that is handed to
    /// the modem while it is on the air leaves in the first silence.
    fn more_ms(&self) -> u64 {
        300 + self.frame_ms() / 4
    }

    /// So many answer what all are to answer.
    pub(super) fn line_of_all(&self, now: Mono) -> u64 {
        self.crowd(now).max(self.roll.len())
    }

    /// Devices that said the same as this ack, as far as it is of verified records alone; of those
    /// alone who were called, if they were some of many.
    pub fn vouched(&self, held: &Holding) -> Devices {
        let is_plain = held.sealed == held.head && held.islands.is_empty();
        let has_said = |contact: &Contact| {
            is_plain && contact.view(held.lane).is_some_and(|view| view.said >= held.sealed)
        };
        let others = self.contacts.iter().filter(|(device, contact)| {
            self.roll.may_speak_of(**device)
                && **device != ANYONE
                && **device != held.lane.author
                && has_said(contact)
        });
        Devices(others.map(|(device, _)| *device).collect())
    }

    /// How long an ack that nobody waits for is put off in a crowd.
    fn company_ms(&self, now: Mono) -> u64 {
        self.crowd(now) * self.slot_ms()
    }

    /// How long a sender waits for `answers` answers before it counts them as lost, after `tries`
    /// attempts that were not answered. Time in which others are heard, or more of ours leaves,
    /// comes on top.
    pub fn wait_ms(
        &self,
        own: DeviceId,
        tries: u32,
        answers: u64,
        is_lazy: bool,
        now: Mono,
    ) -> u64 {
        if !self.is_shared() || !self.profile.half_duplex {
            return self.pause_ms(tries);
        }
        // The line of answers is counted apart, so that the second try need not come later.
        let soon = self.soon_tries(is_lazy, now);
        let pause_ms = match tries {
            tries if tries <= soon => self.answered_ms(),
            tries => self.pause_ms(tries - soon),
        };
        let company_ms =
            if is_lazy && self.crowd(now) >= CROWD_MIN { self.company_ms(now) } else { 0 };
        // Two senders hidden from each other must not repeat in step for ever.
        let span_ms = if tries == 0 { pause_ms / 2 } else { pause_ms };
        let jitter_ms = Dice::new(u64::from(own.0) << 48 ^ now.0).below(span_ms);
        pause_ms + jitter_ms + answers.saturating_sub(1) * self.slot_ms() + company_ms
    }

    /// How long the first answer may take, were it not for the bits of what we say; longer where
    /// answers came later so far.
    fn answered_ms(&self) -> u64 {
        let keyed_ms = 2 * u64::from(self.profile.per_burst_ms);
        let usual_ms = keyed_ms + self.profile.bits_ms(ANSWER_BYTES) + SAME_BURST_MS + SLACK_MS;
        let measured_ms = u64::from(self.quality.median_ms().unwrap_or(0));
        usual_ms.max((measured_ms * 3 / 2).min(self.pause_ms(0)))
    }

    /// How long a frame of `bytes` takes the channel: half of what a key-up costs is listening.
    pub(super) fn taken_ms(&self, bytes: usize) -> u64 {
        u64::from(self.profile.per_burst_ms) / 2 + self.profile.bits_ms(bytes)
    }

    /// The time of all answers to one frame, one after another.
    pub(super) fn line_ms(&self, answers: u64) -> u64 {
        answers * self.taken_ms(ANSWER_BYTES)
    }

    /// Another's frame was heard. While others speak nothing of ours leaves and nobody answers:
    /// that time does not count as waiting.
    pub fn note_busy(&mut self, bytes: usize, now: Mono) {
        if !self.profile.half_duplex {
            return;
        }
        self.load.note(self.taken_ms(bytes), now);
        if self.is_shared() && !self.is_in_line(bytes, now) {
            self.busy_ms += self.taken_ms(bytes);
            self.put_off_turn(self.taken_ms(bytes), now);
        }
        let last = self.heard_burst;
        let began_after_ms =
            now.since_ms(last.ended_at).saturating_sub(self.profile.bits_ms(bytes));
        let is_burst = last.ended_at > Mono(0) && began_after_ms <= SAME_BURST_MS;
        let longest_bytes = if is_burst { last.longest_bytes.max(bytes) } else { bytes };
        let is_like_others = is_burst && bytes + SHORTER_BYTES > longest_bytes;
        let more_follows = self.is_full(bytes) || is_like_others;
        self.heard_burst = HeardBurst { ended_at: now, longest_bytes, more_follows };
    }

    /// So many are to answer the frame that is being filled: the whole line is waited for already.
    pub fn expect_line(&mut self, answers: u64, now: Mono) {
        let line_ms = u64::from(self.profile.per_burst_ms) + answers * self.slot_ms();
        self.line_until = self.line_until.max(now.after_ms(line_ms));
    }

    /// True for an answer in the line to a frame of ours.
    fn is_in_line(&self, bytes: usize, now: Mono) -> bool {
        bytes <= ANSWER_BYTES + LINE_BYTES && now <= self.line_until
    }

    /// A frame of ours was handed over: while it is on the air nobody answers. After a full one
    /// hearers wait for more.
    pub fn note_own(&mut self, bytes: usize, now: Mono) {
        if !self.is_shared() || !self.profile.half_duplex {
            return;
        }
        self.busy_ms += self.profile.bits_ms(bytes);
        self.load.note(self.taken_ms(bytes), now);
        self.line_until = self.line_until.after_ms(self.profile.bits_ms(bytes));
        if !self.is_full(bytes) {
            return;
        }
        let more_ms = self.more_ms() + MORE_JITTER_MS;
        let told = self.contacts.iter_mut().filter(|(device, _)| self.told.contains(device));
        for (_, contact) in told {
            contact.change_watched(|_, view| view.wait_longer(now, more_ms));
        }
    }

    fn is_full(&self, bytes: usize) -> bool {
        bytes + ROOM_BYTES > usize::from(self.profile.frame_max())
    }
}

#[cfg(test)]
mod tests;
