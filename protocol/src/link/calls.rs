//! What may go to a contact now, and how one that does not answer is called. A few times all that
//! waits for it is said; after that one frame at a time, and of a record in parts only a digest:
//! whoever is back answers that, and then gets the rest. Now and then a call takes more frames for
//! orders and receipts, because a post whose transmitter is broken hears, and cannot say so. Each
//! call goes on where the last one ended; once all was said, the next begins anew.
//!
//! ```text
//! three calls with all that waits ──▶ one frame ×7 ──▶ up to sixteen frames ──▶ one frame ×7 …
//!           a word of it ends this at any time: what it did not hear goes at once
//! ```

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
/// After that one call in so many takes several frames for orders and receipts: once in 40 minutes
/// at the longest pause of a shared channel. Stock, reports and the directory would take forty on
/// short ones, for somebody who may be gone.
const WHOLE_CALL_EVERY: u32 = 8;
/// Frames of such a call. All orders and receipts that waited took up to forty on short frames
/// (`sanduan-sim swarm`, worlds of three to seven), on a channel that is everyone's. With the calls
/// between it makes twenty-three in 40 minutes.
const WHOLE_CALL_FRAMES: u32 = 16;

/// Calls to one contact since it was last heard. They are counted for the contact, not for each
/// lane: once it seems to be gone, all that waits for it keeps the pauses of its calls.
#[derive(Clone, Copy, Debug, Default)]
pub struct Calls {
    unanswered: u32,
    until: Mono,
    /// Frames of the call that is under way, or that ended and was not counted yet.
    frames: u32,
}

impl Calls {
    /// The contact was heard, or another begin is made with it.
    pub fn note_heard(&mut self) {
        *self = Calls::default();
    }

    /// It was not heard since something was said to it. While the answer to something later is
    /// waited for, that is no other call in vain.
    pub fn note_unanswered(&mut self, now: Mono) {
        if self.is_in_vain() {
            return self.end(now);
        }
        self.unanswered = self.unanswered.saturating_add(1);
        (self.until, self.frames) = (Mono(0), 0);
    }

    /// A call in vain is over when its time is, whatever of it is late sooner or later.
    pub(super) fn end(&mut self, now: Mono) {
        if self.is_in_vain() && self.frames > 0 && !self.is_under_way(now) {
            self.unanswered = self.unanswered.saturating_add(1);
            (self.until, self.frames) = (Mono(0), 0);
        }
    }

    /// Something was said to it in a frame, the first thing or not, and the answer is waited for
    /// until then. Of one that seems gone no longer than the first frame of this call is: what
    /// comes meanwhile makes it no longer.
    pub fn note_said(&mut self, now: Mono, until: Mono, is_first: bool) {
        self.end(now);
        if !(self.is_in_vain() && self.is_under_way(now)) {
            self.until = self.until.max(until);
        }
        self.frames += u32::from(is_first);
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

    /// The next call is one of those now and then that take several frames for what is so urgent.
    fn is_long(&self, urgency: Urgency) -> bool {
        self.is_in_vain() && !self.is_short(urgency)
    }

    /// The call that is under way takes no more frames for what is so urgent.
    fn is_spent(&self, urgency: Urgency, now: Mono) -> bool {
        let frames_max = if self.is_short(urgency) { 1 } else { WHOLE_CALL_FRAMES };
        self.is_in_vain() && self.is_under_way(now) && self.frames >= frames_max
    }

    /// When a call in vain is over, if one is not counted yet.
    pub fn ends_at(&self) -> Option<Mono> {
        (self.is_in_vain() && self.frames > 0).then_some(self.until)
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

impl Contact {
    /// It was heard, or another begin is made with it: what it was called with in vain goes again.
    pub(super) fn end_calls(&mut self) {
        if self.calls.is_in_vain() {
            self.begin_anew();
        }
        self.calls.note_heard();
    }

    /// A call in vain whose time is over is counted. If `says_none`, nothing more is to go with the
    /// next one: then it begins anew. True if it does.
    pub fn goes_on(&mut self, says_none: bool, now: Mono) -> bool {
        self.calls.end(now);
        let is_due = says_none && self.calls.is_in_vain() && !self.calls.is_under_way(now);
        is_due && self.begin_anew()
    }

    /// It was called often enough to think that it is gone.
    pub fn is_in_vain(&self) -> bool {
        self.calls.is_in_vain()
    }

    /// It is to be called now, and if nothing else waits for it, anew with what was said.
    pub fn is_called_again(&self, now: Mono) -> bool {
        let is_due = self.calls.is_in_vain() && !self.calls.is_under_way(now);
        is_due && self.watched().any(View::is_resting)
    }

    /// What was said in calls in vain counts as not said. True if there is any.
    fn begin_anew(&mut self) -> bool {
        let has_any = self.watched().any(View::is_resting);
        if has_any {
            self.change_watched(|_, view| view.wake());
        }
        has_any
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
        let is_waited_for =
            contact.calls.is_spent(Urgency::Stock, now) && !self.told.contains(&device);
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
        if contact.calls.is_spent(urgency, now) && !self.told.contains(&device) {
            return false;
        }
        let live = now.since_ms(contact.heard_at) <= self.live_ms();
        if !contact.is_proved() && !contact.earns_a_try(view) {
            return false;
        }
        if view.tries > 0 {
            // One frame at a time until it answers; a record in parts counts as one. A long call
            // goes on, or whoever cannot answer has what takes several much later.
            let goes_on =
                contact.calls.is_long(urgency) && self.unanswered_bytes < self.window_bytes();
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
                contact.calls.note_said(now, until, true);
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
