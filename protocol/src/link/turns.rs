//! Whose turn it is on a shared channel. Many hearers of one frame owe an answer at once; if all
//! spoke at once nobody would be heard. So every answer has a place in line, known to all without
//! a word: the order of device numbers (see `line`). And who only overheard a frame leaves its
//! repair to the one who sent it, unless it is known to stand between the two.
//!
//! ```text
//! sender    ══order══                                   ══again, naming D══
//! hearers             ─ A ─ B ─ C ─ (D lost it) ─ E ─                       ─ D ─
//!                     │slot│slot│ …                  │ the sender's wait │
//! ```

use crate::base::class::Urgency;
use crate::base::dice::Dice;
use crate::base::ids::{DeviceId, Lane, LaneId, RecordId};
use crate::base::time::Mono;
use crate::link::contact::Contact;
use crate::link::profile::Medium;
use crate::link::state::{ANYONE, Link};
use crate::log::book::Book;

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
/// Intervals in a row in which others speak for us, at most; in a crowd three times as many
/// as it has.
const SILENCED_MAX: u32 = 4;
/// A digest that shows whether fixes arrived follows so long after them, ms, and another one only
/// so long after it: a team that tells where it is every ten minutes says one more frame.
const FIXES_CHECK_MS: u64 = 10_000;
const FIXES_CHECK_EVERY_MS: u64 = 60_000;
/// Slots of a card from one comparison of lists to the next while something waits for slots.
const LISTS_EVERY_SLOTS: u64 = 16;
/// Bytes of a list of what thirty stations hold, as a frame.
const LIST_BYTES: usize = 64;
/// A link on which one full frame takes so long is slow, ms.
const SLOW_FRAME_MS: u64 = 500;

impl Link {
    /// Several hear what one says.
    pub fn is_shared(&self) -> bool {
        self.profile.medium == Medium::Broadcast
    }

    /// Contacts that were heard lately; on a link of two, one at most.
    pub fn crowd(&self, now: Mono) -> u64 {
        self.live(now).count() as u64
    }

    /// Contacts that were heard lately.
    pub fn live(&self, now: Mono) -> impl Iterator<Item = DeviceId> + '_ {
        self.live_contacts(now).map(|(device, _)| device)
    }

    /// The same, with what is known of them.
    fn live_contacts(&self, now: Mono) -> impl Iterator<Item = (DeviceId, &Contact)> + '_ {
        let live_ms = self.live_ms();
        let contacts = self.contacts.iter().map(|(device, contact)| (*device, contact));
        contacts.filter(move |(device, contact)| {
            *device != ANYONE && now.since_ms(contact.heard_at) <= live_ms
        })
    }

    /// True if this contact was heard lately.
    pub fn is_live(&self, device: DeviceId, now: Mono) -> bool {
        let contact = self.contacts.get(&device).filter(|_| device != ANYONE);
        contact.is_some_and(|contact| now.since_ms(contact.heard_at) <= self.live_ms())
    }

    /// When to ask for a lane that we turned out to lack. In a crowd its author, if it is here,
    /// repeats by itself what we did not acknowledge; asking comes after that.
    pub fn want_wait_ms(&self, lane: LaneId, now: Mono, dice: &mut Dice) -> u64 {
        if !self.profile.half_duplex {
            return 10;
        }
        let crowd = self.crowd(now);
        if self.is_throng(now) && lane.lane != Lane::Command {
            // The first to ask asks for all who lack the same.
            return self.frame_ms() + dice.below(1 + self.turns_ms(now));
        }
        let author_is_here = self.is_live(lane.author, now);
        match crowd >= CROWD_MIN && author_is_here {
            true => {
                // The whole line of answers comes first: it ends before the author repeats.
                self.wait_ms(lane.author, 0, crowd, false, now)
                    + self.line_ms(crowd)
                    + self.turn_ms()
                    + dice.below(self.spread_ms(crowd, 0))
            }
            false => dice.between(200, 800).max(self.chorus_ms(now, dice) / 2),
        }
    }

    /// Another asked for these on a shared channel, and the answer is heard by all: what we would
    /// ask for as well is left to come by itself for a while.
    pub fn leave_asking(&mut self, asked: &[RecordId], now: Mono, dice: &mut Dice) {
        if !self.is_shared() {
            return;
        }
        // All who leave it leave it now: they must not come back to it in one moment.
        let spread_ms = self.spread_ms(self.crowd(now), 1);
        let until = now.after_ms(self.pause_ms(0) + dice.below(1 + spread_ms));
        for record in asked {
            if let Some((from, at)) = self.wants.get_mut(&record.lane)
                && record.seq <= *from
            {
                *at = (*at).max(until);
            }
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
    /// `crowd` is [`Link::crowd`], counted once for all devices.
    pub fn overheard_wait_ms(
        &self,
        sender: DeviceId,
        device: DeviceId,
        crowd: u64,
        now: Mono,
        dice: &mut Dice,
    ) -> u64 {
        if self.takes_part(sender, crowd) && !self.is_deaf(device, sender, crowd) {
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
        self.speaks_itself(own, author, crowd, now) && !self.is_deaf(device, author, crowd)
    }

    /// The same of any contact that hears the author: the author of a lane is on this channel.
    pub fn speaks_itself(&self, own: DeviceId, author: DeviceId, crowd: u64, now: Mono) -> bool {
        if !self.is_shared() || author == own || crowd < CROWD_MIN {
            return false;
        }
        let contact = self.contacts.get(&author);
        let is_here = contact.is_some_and(|c| now.since_ms(c.heard_at) <= self.live_ms());
        is_here && self.takes_part(author, crowd)
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
        let author_is_here = self.takes_part(lane.author, crowd)
            && !self.is_deaf(asker, lane.author, crowd)
            && lane.author != asker
            && self.is_live(lane.author, now);
        let first_ms = if author_is_here { self.turn_ms() + 2 * self.slot_ms() } else { 0 };
        Some(now.after_ms(first_ms + dice.below(1 + self.spread_ms(crowd, 1))))
    }

    /// This device is back. In a crowd everyone has something for it at this moment: each waits for
    /// a turn of its own, in which it then says the same to all who are back.
    pub(super) fn take_turn(&mut self, device: DeviceId, book: &Book, now: Mono, dice: &mut Dice) {
        let crowd = self.crowd(now);
        if !self.is_shared() || crowd < CROWD_MIN {
            return;
        }
        if self.comeback_at <= now {
            self.comeback_at = now.after_ms(dice.below(1 + crowd * self.frame_ms()));
        }
        let turn_ms = self.comeback_at.since_ms(now);
        let Some(contact) = self.contacts.get_mut(&device) else { return };
        contact.change_watched(|lane, view| {
            if view.tries == 0 {
                return;
            }
            let newest = book.lane(lane).map_or(Urgency::Report, |l| l.urgency(l.head()));
            // What cannot wait takes the risk of a collision.
            let wait_ms = if newest <= Urgency::Immediate { turn_ms / 8 } else { turn_ms };
            view.hold(Some(now.after_ms(wait_ms)));
        });
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
        let mut others = self.live_contacts(now).filter(|(other, _)| *other != device);
        others.any(|(other, contact)| {
            let hears = contact.hears(device).or_else(|| own.and_then(|own| own.hears(other)));
            !hears.unwrap_or(is_crowd)
        })
    }

    /// This device said what our beacon would say. It speaks for us if it is heard by all to whom
    /// our beacon would be news, but not for ever: somebody may hear us alone.
    pub fn hear_equal(&mut self, sender: DeviceId, now: Mono, dice: &mut Dice) {
        let crowd = self.crowd(now);
        let is_heard = self.live(now).filter(|device| *device != sender).all(|device| {
            let is_in_step = self.contacts.get(&device).is_some_and(|contact| contact.in_step);
            is_in_step || !self.is_deaf(device, sender, crowd)
        });
        if is_heard {
            let silenced_max = u32::try_from(3 * crowd).unwrap_or(u32::MAX).max(SILENCED_MAX);
            self.trickle.hear_equal(silenced_max, now, dice);
        }
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
        let none = crowd < CROWD_MIN;
        self.contacts.get(&device).map_or(none, |contact| contact.is_deaf_to(sender, crowd))
    }

    /// The span over which those who may step in spread their turns.
    pub(super) fn spread_ms(&self, crowd: u64, others: u64) -> u64 {
        crowd.saturating_sub(others).min(STAND_INS_MAX) * self.slot_ms()
    }

    /// When to answer what everyone on the channel could answer: not at once, and in a crowd
    /// spread so far that the first answer silences most others.
    pub fn chorus_ms(&self, now: Mono, dice: &mut Dice) -> u64 {
        match self.is_shared() {
            true => {
                // The later of two throws: few speak early, so that the first is heard by most
                // others before their own turn.
                let crowd = self.crowd(now);
                let spread_ms = self.spread_ms(crowd, 1);
                // Where a key-up costs nothing, answers take as long as their bytes.
                let lists_ms =
                    if self.is_throng(now) { crowd * self.profile.bits_ms(LIST_BYTES) } else { 0 };
                let latest_ms = 2_000 + spread_ms.max(lists_ms);
                let throw_ms = dice.between(300, latest_ms);
                match crowd >= CROWD_MIN {
                    true => throw_ms.max(dice.between(300, latest_ms)),
                    false => throw_ms,
                }
            }
            false => dice.between(20, 80),
        }
    }

    /// Records pass on this link: what everyone holds is changing, and a digest said now would
    /// differ by the time it is heard.
    pub fn note_flux(&mut self, now: Mono) {
        let crowd = self.crowd(now);
        let settles_ms = match self.profile.half_duplex {
            true => self.turn_ms() + crowd * self.slot_ms(),
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

    /// On a card what waits for its slots makes the difference, most likely. Lists are compared
    /// seldom while something does: what they make the other ask for would fill the slots.
    pub fn knows_what_differs(&mut self, device: DeviceId, now: Mono) -> bool {
        let Some(slot_ms) = self.profile.long_slot_ms().filter(|_| !self.is_shared()) else {
            return false;
        };
        let waits = self.contacts.get(&device).is_some_and(|c| c.wanting().next().is_some());
        let rest_ms = LISTS_EVERY_SLOTS * slot_ms;
        let is_fresh = self.listed_at.is_some_and(|at| now.since_ms(at) < rest_ms);
        if !(waits && is_fresh) {
            self.listed_at = Some(now);
        }
        waits && is_fresh
    }

    /// Fixes were said now. Nobody acknowledges them, and on a quiet channel the next beacon may be
    /// many minutes away: a digest follows soon, which shows whether they arrived. In a crowd there
    /// are beacons enough.
    pub fn check_fixes(&mut self, now: Mono) {
        // Whoever missed one hears of it by a digest, and not by a beacon that it cannot open.
        self.mute.ask_digest();
        if !self.profile.half_duplex || !self.is_shared() || self.crowd(now) >= CROWD_MIN {
            return;
        }
        let rested = self.load.fixes_checked_at.map_or(now, |at| at.after_ms(FIXES_CHECK_EVERY_MS));
        let at = now.after_ms(FIXES_CHECK_MS).max(rested);
        self.load.fixes_checked_at = Some(at);
        self.digest_at = Some(self.digest_at.map_or(at, |due| due.min(at)));
    }

    /// Our beacon of just now was said to everyone who can hear this link, and still holds.
    pub fn has_just_said_digest(&self, version: u64, now: Mono) -> bool {
        let is_fresh = |at| now.since_ms(at) <= self.pause_ms(0);
        !self.is_shared()
            && self.is_slow()
            && self.said_digest.is_some_and(|(_, said, at)| said == version && is_fresh(at))
    }

    /// Our digest was said, with this first byte and of this version of the book.
    pub fn note_digest(&mut self, first: u8, version: u64, now: Mono) {
        let outdated = self.said_digest.filter(|(_, said, _)| *said != version);
        self.outdated_digest_at = outdated.map(|(.., at)| at).or(self.outdated_digest_at);
        self.said_digest = Some((first, version, now));
    }

    /// True while records pass.
    pub fn is_in_flux(&self, now: Mono) -> bool {
        now < self.flux_until
    }
}

impl Contact {
    /// It does not hear this device; of what is not known, as a crowd or a few are taken to hear.
    pub fn is_deaf_to(&self, sender: DeviceId, crowd: u64) -> bool {
        !self.hears(sender).unwrap_or(crowd >= CROWD_MIN)
    }
}

#[cfg(test)]
pub(super) mod tests;
