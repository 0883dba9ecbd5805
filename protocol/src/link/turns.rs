//! Whose turn it is on a shared channel. Many hearers of one frame owe an answer at once; if all
//! spoke at once nobody would be heard. So every answer has a place in line, known to all without
//! a word: the order of device numbers. And who only overheard a frame leaves its repair to the
//! one who sent it, unless it is known to stand between the two.
//!
//! ```text
//! sender    ══order══                                   ══again, naming D══
//! hearers             ─ A ─ B ─ C ─ (D lost it) ─ E ─                       ─ D ─
//!                     │slot│slot│ …                  │ the sender's wait │
//! ```

use crate::base::dice::Dice;
use crate::base::ids::{DeviceId, LaneId};
use crate::base::time::Mono;
use crate::link::contact::Contact;
use crate::link::profile::Medium;
use crate::link::state::{ANYONE, Link};
use crate::wire::bundle::{Devices, Holding};

/// Bytes of an ordinary answer: a frame's overhead, one ack of two lanes.
const ANSWER_BYTES: usize = 24;
/// A channel with so many others is a crowd: answers that no person waits for are put off there,
/// until one frame can answer several.
pub const CROWD_MIN: u64 = 3;
/// Longest pause between two attempts to reach a contact that does not answer, on a link of two.
/// One minute, as the slowest bearer gives one chance a minute.
const PAUSE_MAX_MS: u64 = 60_000;
/// The same on a shared channel, where every attempt takes the air of all: five minutes. Whoever
/// is back is heard by its beacon long before.
const SHARED_PAUSE_MAX_MS: u64 = 5 * 60_000;
/// Others that may step in for a sender, as far as the spread of their turns is concerned.
const STAND_INS_MAX: u64 = 16;
/// A link on which one full frame takes so long is slow, ms.
const SLOW_FRAME_MS: u64 = 500;
/// One in so many answers of a line, and the last, also tells whose acks it heard. An ack that the
/// sender missed costs a repetition of the order; telling of thirty costs eight bytes.
const VOUCH_EVERY: u64 = 8;
/// An ack is put off this long at most while records keep coming, ms.
const ACK_LATEST_MS: u64 = 5_000;
/// An ack that is due waits so long at least for what it acknowledges to reach the disk, ms.
const ACK_PAUSE_MS: u64 = 20;

/// How a frame wants to be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// By everyone, each in its place in line.
    InLine(u64),
    /// By those named in it, and this device has that place among them.
    Named(u64),
    /// By those named in it, and this device is not: it answers only what is new to it.
    NotNamed,
}

impl Link {
    /// Several hear what one says.
    pub fn is_shared(&self) -> bool {
        self.profile.medium == Medium::Broadcast
    }

    /// Contacts that were heard lately; on a link of two, one at most.
    pub fn crowd(&self, now: Mono) -> u64 {
        self.live(now).count() as u64
    }

    fn live(&self, now: Mono) -> impl Iterator<Item = DeviceId> + '_ {
        let live_ms = self.live_ms();
        self.contacts
            .iter()
            .filter(move |(device, contact)| {
                **device != ANYONE && now.since_ms(contact.heard_at) <= live_ms
            })
            .map(|(device, _)| *device)
    }

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
        match called.map(|called| called.iter().position(|device| *device == own)) {
            Some(Some(place)) => Answer::Named(place as u64),
            Some(None) => Answer::NotNamed,
            None if !self.is_shared() => Answer::InLine(0),
            None => Answer::InLine(self.place_in_line(own, sender, now)),
        }
    }

    /// How many live contacts other than `sender` come before this device in line.
    pub fn place_in_line(&self, own: DeviceId, sender: DeviceId, now: Mono) -> u64 {
        self.live(now).filter(|device| *device < own && *device != sender).count() as u64
    }

    /// When to ask for a lane that we turned out to lack. In a crowd its author, if it is here,
    /// repeats by itself what we did not acknowledge; asking comes after that.
    pub fn want_wait_ms(&self, lane: LaneId, now: Mono, dice: &mut Dice) -> u64 {
        if !self.profile.half_duplex {
            return 10;
        }
        let crowd = self.crowd(now);
        let author_is_here = self.live(now).any(|device| device == lane.author);
        match crowd >= CROWD_MIN && author_is_here {
            true => {
                // The whole line of answers comes first: it ends before the author repeats.
                self.wait_ms(lane.author, 0, crowd, false, now)
                    + crowd * self.taken_ms(ANSWER_BYTES)
                    + self.turn_ms()
                    + dice.below(self.spread_ms(crowd, 0))
            }
            false => dice.between(200, 800).max(self.chorus_ms(now, dice) / 2),
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
        self.ack_lanes.insert(lane);
        let place = match answer {
            Answer::InLine(place) | Answer::Named(place) => place,
            Answer::NotNamed => 0,
        };
        if !self.profile.half_duplex {
            let latest = self.ack_at.map_or(now.after_ms(100), |(_, latest)| latest);
            self.ack_at = Some((now.after_ms(15).min(latest), latest));
            return;
        }
        let is_last = matches!(answer, Answer::InLine(place) if place + 1 >= self.crowd(now));
        let is_long = place + 1 >= VOUCH_EVERY;
        self.vouches |= self.is_shared() && is_long && (is_last || (place + 1) % VOUCH_EVERY == 0);
        let is_lazy = is_lazy && self.crowd(now) >= CROWD_MIN;
        if is_lazy && self.ack_at.is_some() {
            return;
        }
        let line_ms = place * self.slot_ms() + if is_lazy { self.company_ms(now) } else { 0 };
        let quiet_ms = 300 + self.frame_ms() / 4 + dice.below(400);
        let own_latest = now.after_ms(ACK_LATEST_MS + line_ms);
        let latest = self.ack_at.map_or(own_latest, |(_, latest)| latest.min(own_latest));
        self.ack_at = Some((now.after_ms(quiet_ms + line_ms).min(latest), latest));
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

    /// Devices that said the same as this ack, as far as it is of verified records alone.
    pub fn vouched(&self, held: &Holding) -> Devices {
        let is_plain = held.sealed == held.head && held.islands.is_empty();
        let has_said = |contact: &Contact| {
            is_plain && contact.view(held.lane).is_some_and(|view| view.said >= held.sealed)
        };
        let others = self.contacts.iter().filter(|(device, contact)| {
            **device != ANYONE && **device != held.lane.author && has_said(contact)
        });
        Devices(others.map(|(device, _)| *device).collect())
    }

    /// How long an ack that nobody waits for is put off in a crowd.
    fn company_ms(&self, now: Mono) -> u64 {
        self.crowd(now) * self.slot_ms()
    }

    /// How long a sender waits for `answers` answers before it counts them as lost, after `tries`
    /// attempts that were not answered. Time in which others are heard comes on top.
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
        let pause_ms = self.pause_ms(tries.saturating_sub(1));
        let company_ms =
            if is_lazy && self.crowd(now) >= CROWD_MIN { self.company_ms(now) } else { 0 };
        // Two senders hidden from each other must not repeat in step for ever.
        let span_ms = if tries == 0 { pause_ms / 2 } else { pause_ms };
        let jitter_ms = Dice::new(u64::from(own.0) << 48 ^ now.0).below(span_ms);
        let idle_ms = self.slot_ms().saturating_sub(self.taken_ms(ANSWER_BYTES));
        pause_ms + jitter_ms + answers.saturating_sub(1) * idle_ms + company_ms
    }

    /// How long a frame of `bytes` takes the channel: half of what a key-up costs is listening.
    fn taken_ms(&self, bytes: usize) -> u64 {
        u64::from(self.profile.per_burst_ms) / 2 + self.profile.bits_ms(bytes)
    }

    /// Another's frame was heard. While others speak nothing of ours leaves and nobody answers:
    /// that time does not count as waiting.
    pub fn note_busy(&mut self, bytes: usize) {
        if self.is_shared() && self.profile.half_duplex {
            self.busy_ms += self.taken_ms(bytes);
        }
    }

    /// How long to wait before the `tries`-th repetition to one contact.
    pub fn pause_ms(&self, tries: u32) -> u64 {
        let first_ms = match self.profile.half_duplex {
            true => 1_500 + 4 * u64::from(self.profile.per_burst_ms) + 3 * self.frame_ms(),
            false => 1_200 + 2 * u64::from(self.profile.per_burst_ms) + 3 * self.frame_ms(),
        };
        let max_ms = if self.is_shared() { SHARED_PAUSE_MAX_MS } else { PAUSE_MAX_MS };
        (first_ms << tries.min(6)).min(max_ms.max(first_ms))
    }

    /// How long one who overheard a frame of `sender` waits for the answer of `device` before it
    /// says the same itself. For ever, if the device hears that sender: should it have missed the
    /// frame, the sender repeats it, and failing that its next beacon or want tells everyone.
    pub fn overheard_wait_ms(
        &self,
        sender: DeviceId,
        device: DeviceId,
        now: Mono,
        dice: &mut Dice,
    ) -> u64 {
        let crowd = self.crowd(now);
        if !self.is_deaf(device, sender, crowd) {
            return u64::MAX;
        }
        // Only its own place in line is waited for.
        let before = self.live(now).filter(|other| *other < device).count() as u64;
        let line_ms = (before.min(crowd) + 1) * self.slot_ms();
        1_000 + self.frame_ms() + line_ms + dice.below(self.spread_ms(crowd, 2))
    }

    /// True if a lane reaches a contact from its author, who is on this channel as well: then we
    /// send nothing of it, unless the contact asks. `crowd` is [`Link::crowd`], counted once for
    /// all lanes and contacts.
    pub fn is_authors_to_send(
        &self,
        own: DeviceId,
        author: DeviceId,
        device: DeviceId,
        crowd: u64,
        now: Mono,
    ) -> bool {
        if !self.is_shared() || author == own || crowd < CROWD_MIN {
            return false;
        }
        let contact = self.contacts.get(&author);
        let is_here = contact.is_some_and(|c| now.since_ms(c.heard_at) <= self.live_ms());
        is_here && !self.is_deaf(device, author, crowd)
    }

    /// Until when we leave the repair of a lane at `asker` to others; `None` if it is ours.
    pub fn repair_hold(
        &self,
        own: DeviceId,
        lane: LaneId,
        asker: DeviceId,
        now: Mono,
        dice: &mut Dice,
    ) -> Option<Mono> {
        let crowd = self.crowd(now);
        if !self.is_shared() || lane.author == own || crowd <= 1 {
            return None;
        }
        let author_is_here = !self.is_deaf(asker, lane.author, crowd)
            && lane.author != asker
            && self.live(now).any(|device| device == lane.author);
        let first_ms = if author_is_here { self.turn_ms() + 2 * self.slot_ms() } else { 0 };
        Some(now.after_ms(first_ms + dice.below(1 + self.spread_ms(crowd, 1))))
    }

    /// True if a contact is known not to hear that sender.
    pub fn has_deaf_to(&self, sender: DeviceId) -> bool {
        self.contacts.values().any(|contact| contact.hears(sender) == Some(false))
    }

    /// True if some contact and this one must be taken not to hear each other: what one says must
    /// be said again for the other. That one way is known suffices; as long as nothing is known,
    /// they do in a crowd, and do not where we are the only one between the two.
    pub fn has_hidden_from(&self, device: DeviceId, now: Mono) -> bool {
        let own = self.contacts.get(&device);
        let is_crowd = self.crowd(now) >= CROWD_MIN;
        let others = self.live(now).filter(|other| *other != device);
        others.filter_map(|other| Some((other, self.contacts.get(&other)?))).any(
            |(other, contact)| {
                let hears = contact.hears(device).or_else(|| own.and_then(|own| own.hears(other)));
                !hears.unwrap_or(is_crowd)
            },
        )
    }

    /// False if it is clear without a look at each that [`Link::has_hidden_from`] is of nobody: in
    /// a crowd of which none is known not to hear another.
    pub fn may_hide(&self, now: Mono) -> bool {
        let is_crowd = self.crowd(now) >= CROWD_MIN;
        !is_crowd || self.contacts.values().any(Contact::is_deaf_to_some)
    }

    /// True if a contact must be taken not to hear that sender. As long as that is not known, it is
    /// believed to hear it in a crowd, where many would step in at once, and not to hear it where
    /// we are the only one between the two.
    fn is_deaf(&self, device: DeviceId, sender: DeviceId, crowd: u64) -> bool {
        let hears = self.contacts.get(&device).and_then(|contact| contact.hears(sender));
        !hears.unwrap_or(crowd >= CROWD_MIN)
    }

    /// The span over which those who may step in spread their turns.
    pub(super) fn spread_ms(&self, crowd: u64, others: u64) -> u64 {
        crowd.saturating_sub(others).min(STAND_INS_MAX) * self.slot_ms()
    }

    /// When to answer what everyone on the channel could answer: not at once, and in a crowd
    /// spread so far that the first answer silences most others.
    pub fn chorus_ms(&self, now: Mono, dice: &mut Dice) -> u64 {
        match self.is_shared() {
            true => dice.between(300, 2_000 + self.spread_ms(self.crowd(now), 1)),
            false => dice.between(20, 80),
        }
    }

    /// Records pass on this link: what everyone holds is changing, and a digest said now would
    /// differ by the time it is heard.
    pub fn note_flux(&mut self, now: Mono) {
        let crowd = self.crowd(now);
        let settles_ms = match self.profile.half_duplex {
            true => self.turn_ms() + self.spread_ms(crowd, 0),
            // The other's answer, or its next frame, may be that long on the way.
            false if self.is_slow() => self.pause_ms(0),
            false => return,
        };
        self.flux_until = self.flux_until.max(now.after_ms(settles_ms));
    }

    /// How long an answer takes at most, as far as is learned or declared: repetitions of what is
    /// lost and the wait for a slot included.
    pub fn answer_ms(&self) -> u64 {
        let declared = 2 * u64::from(self.profile.latency_ms.1);
        let learned = self.quality.slow_ms().map(u64::from);
        let once_ms = learned.unwrap_or(if declared > 0 { declared } else { self.pause_ms(0) });
        let lost = u64::from(self.loss_permille().unwrap_or(self.profile.loss_permille)).min(900);
        let slot_ms = if self.ready { 0 } else { u64::from(self.profile.min_interval_ms) };
        slot_ms + once_ms * 1000 / (1000 - lost)
    }

    /// One full frame takes so long that a word too many is felt by those who wait.
    pub fn is_slow(&self) -> bool {
        self.frame_ms() >= SLOW_FRAME_MS
    }

    /// A digest of this device that differs was said before the records came that are on their way
    /// to it. If more differs, our next beacon tells; a shared channel has its turns for that.
    pub fn is_answered_by_records(&self, device: DeviceId) -> bool {
        let awaits = self.contacts.get(&device).is_some_and(Contact::awaits);
        awaits && self.is_slow() && !self.is_shared()
    }

    /// Our beacon of just now was said to everyone who can hear this link, and still holds.
    pub fn has_just_said_digest(&self, version: u64, now: Mono) -> bool {
        let is_fresh = |at| now.since_ms(at) <= self.pause_ms(0);
        !self.is_shared()
            && self.is_slow()
            && self.said_digest.is_some_and(|(_, said, at)| said == version && is_fresh(at))
    }

    /// True while records pass.
    pub fn is_in_flux(&self, now: Mono) -> bool {
        now < self.flux_until
    }
}

#[cfg(test)]
mod tests;
