//! What may go to a contact now, and how one that does not answer is called. A few times all that
//! waits for it is said; after that one frame at a time, and of a record in parts only a digest:
//! whoever is back answers that, and then gets the rest. Now and then all orders and receipts are
//! said again, because a post whose transmitter is broken hears, and cannot say so.

use crate::base::class::Urgency;
use crate::base::ids::{DeviceId, LaneId};
use crate::base::time::Mono;
use crate::link::answered::UNPROVED_TRIES_MAX;
use crate::link::contact::Contact;
use crate::link::profile::Medium;
use crate::link::state::{ANYONE, Link};
use crate::link::view::View;
use crate::log::lane::Lane;

#[cfg(test)]
mod tests;

/// Calls with all that waits before they become short: the first pauses are seconds, so that they
/// cost little, and noise seldom takes three in a row.
const WHOLE_CALLS: u32 = 3;
/// After that one call in so many says all orders and receipts again: once in 40 minutes at the
/// longest pause of a shared channel. Stock, reports and the directory would take forty frames on
/// short ones, for somebody who may be gone.
const WHOLE_CALL_EVERY: u32 = 8;

/// Calls to one contact since it was last heard. They are counted for the contact, not for each
/// lane: once it seems to be gone, all that waits for it keeps the pauses of its calls.
#[derive(Clone, Copy, Debug, Default)]
pub struct Calls {
    unanswered: u32,
    until: Mono,
}

impl Calls {
    /// The contact was heard, or another begin is made with it.
    pub fn note_heard(&mut self) {
        *self = Calls::default();
    }

    /// It was not heard since something was said to it. While the answer to something later is
    /// waited for, that is no other call in vain.
    pub fn note_unanswered(&mut self, now: Mono) {
        if self.is_in_vain() && self.is_under_way(now) {
            return;
        }
        self.unanswered = self.unanswered.saturating_add(1);
        self.until = Mono(0);
    }

    /// Something was said to it, and the answer is waited for until then. Of one that seems gone
    /// no longer than the first frame of this call is: what comes meanwhile makes it no longer.
    pub fn note_said(&mut self, now: Mono, until: Mono) {
        if !(self.is_in_vain() && self.is_under_way(now)) {
            self.until = self.until.max(until);
        }
    }

    /// It was called often enough to think that it is gone.
    pub(super) fn is_in_vain(&self) -> bool {
        self.unanswered >= WHOLE_CALLS
    }

    /// Calls by which the pause until the next one is measured, whatever it says.
    pub fn tries(&self) -> u32 {
        if self.is_in_vain() { self.unanswered } else { 0 }
    }

    /// The next call is to be short for what is so urgent: no frame of it but the first.
    pub fn is_short(&self, urgency: Urgency) -> bool {
        let is_whole = self.unanswered.is_multiple_of(WHOLE_CALL_EVERY);
        self.is_in_vain() && (!is_whole || urgency > Urgency::Receipt)
    }

    /// The next call is one of those now and then that say all again that is so urgent.
    fn says_again(&self, urgency: Urgency) -> bool {
        self.is_in_vain() && !self.is_short(urgency)
    }

    /// Until when it has time to answer.
    pub fn until(&self) -> Mono {
        self.until
    }

    /// It was called, and has time to answer.
    pub fn is_under_way(&self, now: Mono) -> bool {
        now < self.until
    }
}

impl Link {
    /// A link of two has one other end. Now `heard` is there: whoever was called there in vain has
    /// left, or never was, and is called no more. Should it return, its first word makes it known
    /// again; what is said meanwhile goes to the one end that there is.
    pub(super) fn forget_those_who_left(&mut self, heard: DeviceId) {
        if self.profile.medium == Medium::Unicast {
            self.contacts.retain(|device, contact| {
                *device == heard || *device == ANYONE || !contact.calls.is_in_vain()
            });
        }
    }

    /// True if nothing may go to this contact now of which no person waits for the answer, whatever
    /// lane it is of: what [`Link::may_send`] then says of all of them.
    pub fn takes_only_urgent(&self, device: DeviceId, now: Mono) -> bool {
        let Some(contact) = self.contacts.get(&device) else { return true };
        let is_waited_for = contact.calls.is_short(Urgency::Stock)
            && contact.calls.is_under_way(now)
            && !self.told.contains(&device);
        device == ANYONE || is_waited_for || now.since_ms(contact.heard_at) > self.live_ms()
    }

    /// May anything of this lane go to this contact now?
    pub fn may_send(
        &self,
        device: DeviceId,
        contact: &Contact,
        view: &View,
        urgency: Urgency,
        now: Mono,
    ) -> bool {
        let urgent = urgency <= Urgency::Receipt;
        if view.is_held_back(now) {
            return false;
        }
        if device == ANYONE {
            return urgent
                && view.tries <= UNPROVED_TRIES_MAX
                && !(view.tries > 0 && view.in_flight());
        }
        if contact.calls.is_short(urgency)
            && contact.calls.is_under_way(now)
            && !self.told.contains(&device)
        {
            return false;
        }
        let live = now.since_ms(contact.heard_at) <= self.live_ms();
        if !contact.is_proved() && !contact.earns_a_try(view) {
            return false;
        }
        if view.tries > 0 {
            // One frame at a time until it answers; a record in parts counts as one. A call that
            // says all again goes on, or whoever cannot answer never has what takes several.
            let goes_on =
                contact.calls.says_again(urgency) && self.unanswered_bytes < self.window_bytes();
            return (live || urgent) && (!view.in_flight() || view.is_partway() || goes_on);
        }
        urgent || (live && self.unanswered_bytes < self.window_bytes())
    }

    /// Those of `to` who are not known to keep silent. Of a record in parts the others would have
    /// them hear the beginning again with each of their calls, and never the end.
    pub fn without_silent(&self, to: &[DeviceId], urgency: Urgency) -> Vec<DeviceId> {
        to.iter().copied().filter(|device| !self.is_silent(*device, urgency)).collect()
    }

    /// A flash order is to go to this contact that was never said there. To one that keeps silent
    /// none is news that was said on this link: a digest stands for a long one, so that it stays
    /// unsaid to that contact, and what stands before it in its lane would go again and again.
    pub fn is_flash_news(
        &self,
        device: DeviceId,
        view: &View,
        (id, lane): (LaneId, &Lane),
        urgency: Urgency,
    ) -> bool {
        let is_said = || self.is_silent(device, urgency) && self.was_told(id, lane.saved());
        urgency == Urgency::Flash && view.is_news(lane) && !is_said()
    }

    /// The last piece of this record, or all of it, was said on this link to somebody.
    fn was_told(&self, lane: LaneId, seq: u32) -> bool {
        let views = self.contacts.values().filter_map(|contact| contact.view(lane));
        views.into_iter().any(|view| view.was_told(seq))
    }

    /// The next call to it is to be short.
    fn is_silent(&self, device: DeviceId, urgency: Urgency) -> bool {
        let contact = self.contacts.get(&device).filter(|_| device != ANYONE);
        contact.is_some_and(|contact| contact.calls.is_short(urgency))
    }

    /// A record in parts is much to say to those who do not answer: the lane waits, and a digest
    /// asks whether they are there. True if none of them is to hear more now. A flash order is said
    /// once on this link before any such call: what is less urgent would go before it otherwise.
    pub fn calls_instead(
        &mut self,
        own: DeviceId,
        to: &[DeviceId],
        (lane, seq, urgency): (LaneId, u32, Urgency),
        now: Mono,
    ) -> bool {
        let is_news = urgency == Urgency::Flash && !self.was_told(lane, seq);
        if is_news || to.is_empty() || !to.iter().all(|device| self.is_silent(*device, urgency)) {
            return false;
        }
        let mut is_whole = false;
        for device in to {
            let tries = self.contacts.get(device).map_or(0, |contact| contact.tries(lane));
            let until = now.after_ms(self.wait_ms(own, tries, 1, false, now));
            let Some(contact) = self.contacts.get_mut(device) else { continue };
            contact.calls.note_unanswered(now);
            if contact.calls.is_short(urgency) {
                contact.calls.note_said(now, until);
                contact.view_mut(lane).put_off(until);
            } else {
                // It is the turn of a call with all that waits: this record goes first, or what is
                // less urgent would go before it.
                is_whole = true;
            }
        }
        if is_whole {
            return false;
        }
        self.digest_at = Some(self.digest_at.map_or(now, |at| at.min(now)));
        true
    }
}
