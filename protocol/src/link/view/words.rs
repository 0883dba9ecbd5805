//! What a contact says of one lane, and what is heard of it elsewhere: what it holds, lacks and
//! asks for. What is sent to it then is told in the view itself.

use super::View;
use crate::base::caps::{PENDING_PER_LANE_MAX, SEQ_LAST};
use crate::base::time::Mono;
use crate::log::lane::Lane;
use crate::wire::bundle::Holding;

impl View {
    /// It holds everything up to `seq`, verified.
    pub(in crate::link) fn catch_up(&mut self, seq: u32) {
        if self.via.is_none() {
            self.tally.arrived += seq.min(self.sent).saturating_sub(self.head);
        }
        self.learn(seq, seq);
        self.tries = 0;
        self.has_asked = false;
    }

    /// It holds everything up to `head`, verified up to `sealed`, as it said on another link: that
    /// tells nothing of what was sent on this one. True if it is news.
    pub fn learn(&mut self, head: u32, sealed: u32) -> bool {
        let (head, sealed) = (head.min(SEQ_LAST), sealed.min(SEQ_LAST));
        let (holds_more, proves_more) = (head > self.head, sealed > self.sealed);
        self.head = self.head.max(head);
        self.sealed = self.sealed.max(sealed);
        self.sent = self.sent.max(self.head);
        self.sent_sealed = self.sent_sealed.max(self.sealed);
        self.gaps.fill(self.head);
        self.gaps.forget_islands(head);
        // What is under way in parts or halves goes on, unless this made an end of it.
        if holds_more && self.sent == self.head {
            self.sent_offset = 0;
        }
        if proves_more {
            self.sent_piece = self.sent_piece.take().filter(|piece| piece.0 > self.sealed);
        }
        holds_more || proves_more
    }

    /// It said itself that it has verified every record up to `head`.
    pub fn note_said(&mut self, head: u32) {
        self.said = self.said.max(head);
    }

    /// Another sent these here, sealed up to `sealed`, and the contact heard them too, most likely.
    /// True if it lacked any of them.
    pub fn overhear(
        &mut self,
        heard: std::ops::RangeInclusive<u32>,
        sealed: u32,
        ours: &Lane,
    ) -> bool {
        let mut lacked = sealed > self.sealed;
        for seq in heard {
            lacked |= seq > self.head;
            self.gaps.find(seq);
            if self.sent.max(self.head).checked_add(1) == Some(seq) && seq <= ours.head() {
                self.sent = seq;
                self.sent_offset = 0;
            }
        }
        if self.sent.max(self.head) >= sealed {
            self.sent_sealed = self.sent_sealed.max(sealed);
        }
        self.has_asked &= !lacked;
        lacked && self.in_flight()
    }

    /// It says what it holds now. `gap_after_ms` is how long an answer takes at least: a gap
    /// reported sooner again may already be on its way. True if it holds more than before.
    pub fn hear(&mut self, holding: &Holding, now: Mono, gap_after_ms: u64) -> bool {
        if holding.head < self.head && self.head > self.said {
            // What it had not verified was a guess of ours, or forged and is dropped there.
            self.head = holding.head.max(self.said);
            self.sealed = self.sealed.min(self.head);
        }
        let grew = holding.head > self.head || holding.sealed > self.sealed;
        if self.via.is_none() {
            self.tally.arrived += holding.head.min(self.sent).saturating_sub(self.head);
        }
        self.head = self.head.max(holding.head).min(SEQ_LAST);
        self.sealed = self.sealed.max(holding.sealed).min(SEQ_LAST);
        self.sent = self.sent.max(self.head);
        self.sent_sealed = self.sent_sealed.max(self.sealed);
        self.sent_piece = self.sent_piece.take().filter(|piece| piece.0 > self.sealed);
        self.gaps.fill(self.head);
        self.gaps.forget_islands(u32::MAX);
        let mut end = holding.head;
        let mut missing = Vec::new();
        for (lack, held) in &holding.islands {
            missing.push((end + 1, end + lack));
            self.gaps.add_island((end + lack + 1, end + lack + held));
            end += lack + held;
        }
        let believe = self.gaps.believed_at().is_none_or(|at| now.since_ms(at) >= gap_after_ms);
        if !missing.is_empty() && believe {
            self.gaps.believe(now);
            self.resend_missing(&missing);
        }
        if grew {
            self.tries = 0;
        }
        grew
    }

    /// It said that it holds this record, or a later one, and has not verified it.
    pub fn foretells(&self, seq: u32) -> bool {
        let is_beyond = self.gaps.islands().iter().any(|(_, to)| *to >= seq);
        self.sealed < seq && (self.head >= seq || is_beyond)
    }

    /// The author writes this record only now: what it said to hold from here on is made up.
    pub fn forget_foretold(&mut self, seq: u32) {
        let (said, head) = (self.said, self.head.min(seq.saturating_sub(1)));
        self.restate(head, self.sealed);
        self.note_said(said);
    }

    /// It asks for everything from `seq` on.
    pub fn want_from(&mut self, seq: u32, ours: &Lane, hold_until: Option<Mono>) {
        let acked = seq.saturating_sub(1);
        let sealed = if acked >= ours.saved() { 0 } else { self.sealed.min(acked) };
        let (via, sent_at, held) = (self.via, self.sent_at, View::holding(acked, sealed));
        *self = View { has_asked: true, hold_until, via, sent_at, acked, ..held };
    }

    fn resend_missing(&mut self, missing: &[(u32, u32)]) {
        for (from, to) in missing {
            for seq in *from..=*to {
                if seq <= self.sent && self.gaps.lost_count() < PENDING_PER_LANE_MAX {
                    let is_news = self.gaps.lose(seq) && self.via.is_none();
                    self.tally.lost += u32::from(is_news);
                }
            }
        }
    }
}
