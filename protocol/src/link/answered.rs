//! Whether a contact has answered anything of ours on its link. A frame can be repeated unchanged
//! where its sender never was, by somebody with a receiver, a sender and no key: it opens, and what
//! it says is true, but whom it names is not there. So what a contact says is taken in from its
//! first word on, and it is spoken to a few times; but it is called without end, others' records
//! are left to it, and it takes the place of somebody else only once it has answered.
//!
//! ```text
//! heard ──▶ unproved ── ack of what was just said to it, or an echo of our digest ──▶ proved
//!              │ a few tries, one more     ack by one of what another just said      called for
//!              │ for every word of it      here as news: both ─────────────────────▶    ever
//!              └── silent for long ──▶ nothing waits for its answer
//! ```

use std::collections::VecDeque;

use crate::base::ids::{DeviceId, LaneId, RecordId};
use crate::base::time::Mono;
use crate::link::contact::Contact;
use crate::link::state::Link;
use crate::link::view::View;
use crate::wire::bundle::Holding;

/// News of so many frames is remembered, to see who answers it.
const NEWS_MAX: usize = 8;
/// Times that something is said to one who never answered, if it is not heard meanwhile. Of thirty
/// hearers one loses an order or its ack five times in a row once in 130 orders where a tenth is
/// lost, and those who only beacon mutely have answered nobody.
pub(super) const UNPROVED_TRIES_MAX: u32 = 6;

/// What was heard on a shared channel lately and was new here: the last record, who said it, when.
#[derive(Clone, Debug, Default)]
pub(super) struct HeardNews(VecDeque<(RecordId, DeviceId, Mono)>);

impl Contact {
    /// One more try of this may go to it, though it never answered: few went in vain, or it was
    /// heard since the last one.
    pub(super) fn earns_a_try(&self, view: &View) -> bool {
        view.tries <= UNPROVED_TRIES_MAX || self.heard_at > view.sent_at
    }
}

impl View {
    /// This tells of something that we said and that was not known to be there.
    pub(super) fn is_answered_by(&self, holding: &Holding) -> bool {
        let is_ours = self.via.is_none() && self.in_flight();
        let holds_more = holding.head.min(self.sent) > self.head;
        is_ours && (holds_more || holding.sealed.min(self.sent_sealed) > self.sealed)
    }
}

impl Link {
    /// A device answered something of ours. On a link of two it is the other end then, and whoever
    /// was called there in vain has left.
    pub fn note_proved(&mut self, device: DeviceId) {
        self.numbers.note_answered();
        self.prove(device);
    }

    /// A device answered something of ours, or of others here.
    fn prove(&mut self, device: DeviceId) {
        let is_news = self.contacts.get_mut(&device).is_some_and(Contact::prove);
        if is_news {
            self.forget_those_who_left(device);
        }
    }

    /// Others said records here that were new to us, up to this one.
    pub fn note_news(&mut self, last: RecordId, sender: DeviceId, now: Mono) {
        if self.is_shared() {
            self.news.0.truncate(NEWS_MAX - 1);
            self.news.0.push_front((last, sender, now));
        }
    }

    /// Lanes of which others said news here of late.
    pub fn news_lanes(&self) -> impl Iterator<Item = LaneId> {
        self.news.0.iter().map(|(record, ..)| record.lane)
    }

    /// This device acknowledged something. If another said that here a moment ago, and it was news,
    /// both are here and hear each other: a frame that somebody repeats to us alone is answered by
    /// nobody.
    pub fn note_acked(&mut self, device: DeviceId, holding: &Holding, now: Mono) {
        let answer_ms = self.pause_ms(0) + self.line_ms(self.crowd(now));
        let is_answered = |news: &&(RecordId, DeviceId, Mono)| {
            let (record, sender, at) = **news;
            let is_it = record.lane == holding.lane && record.seq <= holding.head;
            is_it && sender != device && now.since_ms(at) <= answer_ms
        };
        if let Some((_, sender, _)) = self.news.0.iter().find(is_answered).copied() {
            self.prove(device);
            self.prove(sender);
        }
    }

    /// It answered something of ours, or others here.
    pub(super) fn is_proved(&self, device: DeviceId) -> bool {
        self.contacts.get(&device).is_some_and(Contact::is_proved)
    }

    /// Others' records may be left to it: it answered. In a throng nobody waits for that: until
    /// each had answered each, everyone would repair for everyone, and drown the channel.
    pub(super) fn takes_part(&self, device: DeviceId, crowd: u64) -> bool {
        self.is_throng_of(crowd) || self.is_proved(device)
    }

    /// It is taken to be here: it answered, or was heard lately.
    pub fn is_present(&self, contact: &Contact, now: Mono) -> bool {
        contact.is_proved() || now.since_ms(contact.heard_at) <= self.live_ms()
    }
}

#[cfg(test)]
mod tests;
