//! When a frame carries its whole number on a link, and when those who hear ours are asked for
//! theirs. A short number opens only where the start of its sender is known.
//!
//! ```text
//! our start is new here ──▶ near: the 1st frame; whole: 2nd, 4th, 8th, each 16th unless answered
//!                              │ answered
//!                              ▼
//!                           whole: each 64th
//!
//! near, whatever that says: somebody is new here or has started again; what we answered is said
//! again (whole, if that was so the last time)
//! whole: somebody asks, the counter went on by half of 16 bits elsewhere, an hour passed on a
//! shared channel; and in place of near, if our start is not near to our own clock
//! ```
//!
//! A short number goes without the name of its sender where the network names the terminal and the
//! other end has answered since anything was in doubt (decision 0067).
//!
//! To ask costs no byte: it is another version of the layout ([`crate::wire::frame`]).

use crate::base::ids::DeviceId;
use crate::base::start::FrameNo;
use crate::base::time::{Mono, Now};
use crate::keys::frame_key::SPEAKERS_MAX;
use crate::link::state::Link;
use crate::wire::frame::NumberForm;

/// One frame in so many goes whole while nobody answers, at least: it may be a link of one way.
const UNANSWERED_EVERY: u64 = 16;
/// One frame in so many goes whole in any case.
const WHOLE_EVERY: u64 = 64;
/// A hearer finds a short counter again within half of its 16 bits.
const GAP_MAX: u64 = 1 << 15;
/// On a shared channel somebody may have come who only listens, ms.
const LISTENERS_MS: u64 = 3_600_000;
/// An ask that comes so soon after a whole number crossed it on its way, ms.
const CROSSED_MS: u64 = 5_000;
/// From one ask to the next, ms: at first, and at most. What nobody can open may be noise, or come
/// from one whose numbers would not help.
const ASK_PAUSE_MS: (u64, u64) = (15_000, 10 * 60_000);

/// What was said of numbers on one link.
#[derive(Clone, Debug, Default)]
pub struct Numbers {
    /// The last number said here, and how much of it.
    last: Option<FrameNo>,
    last_form: NumberForm,
    /// Frames said here since the start was new here, or since the first answer.
    said: u64,
    is_answered: bool,
    /// The other end has opened a frame of ours in this start, and nothing since then says that it
    /// may have forgotten that.
    knows_us: bool,
    /// How much of its number the next frame has at least.
    owed: NumberForm,
    /// When a number last went whole.
    whole_at: Option<Mono>,
    /// When more of one than the low bits last went.
    told_at: Mono,
    /// The next frame asks for whole numbers.
    asks: bool,
    /// When that may be asked again, and how long to wait after that.
    ask_at: Mono,
    ask_pause_ms: u64,
}

impl Numbers {
    /// How much of its number the next frame carries.
    pub fn form(&self, number: FrameNo, is_shared: bool, now: Now) -> NumberForm {
        match self.least(number, is_shared, now.mono) {
            NumberForm::Near if !number.start.is_near(now.wall) => NumberForm::Whole,
            form => form,
        }
    }

    /// The same, were all clocks right.
    fn least(&self, number: FrameNo, is_shared: bool, now: Mono) -> NumberForm {
        let Some(last) = self.last.filter(|last| last.start == number.start) else {
            return self.owed.max(NumberForm::Near);
        };
        let nth = self.said + 1;
        let is_turn = match self.is_answered {
            true => nth.is_multiple_of(WHOLE_EVERY),
            false => nth.is_multiple_of(UNANSWERED_EVERY) || nth > 1 && nth.is_power_of_two(),
        };
        let has_gap = number.counter - last.counter >= GAP_MAX;
        let is_stale = is_shared && now.since_ms(self.told_at) >= LISTENERS_MS;
        let is_whole = is_turn || has_gap || is_stale;
        if is_whole { NumberForm::Whole } else { self.owed }
    }

    /// True if the other end, if there is one alone, need not be told whose the next frame is.
    fn may_be_nameless(&self) -> bool {
        self.knows_us && !self.asks
    }

    /// True if the next frame asks hearers for whole numbers.
    pub fn asks(&self) -> bool {
        self.asks
    }

    /// A frame of this number was said.
    pub fn note_said(&mut self, number: FrameNo, form: NumberForm, now: Mono) {
        if self.last.is_none_or(|last| last.start != number.start) {
            (self.said, self.is_answered, self.knows_us) = (0, false, false);
        }
        (self.last, self.last_form) = (Some(number), form);
        self.said += 1;
        self.asks = false;
        if form > NumberForm::Short {
            self.told_at = now;
        }
        if form >= self.owed {
            self.owed = NumberForm::Short;
        }
        if form == NumberForm::Whole {
            self.whole_at = Some(now);
        }
    }

    /// Somebody answered what we said: it knows our start.
    pub fn note_answered(&mut self) {
        self.knows_us = true;
        if !self.is_answered {
            (self.is_answered, self.said) = (true, 0);
        }
    }

    /// Somebody is here who may not know our start.
    pub fn owe(&mut self) {
        self.knows_us = false;
        self.owed = self.owed.max(NumberForm::Near);
    }

    /// What we had answered is said again: the answer was lost, or our start is not known there.
    /// If a near number did not help, a whole one may.
    pub fn note_repeated(&mut self) {
        self.knows_us = false;
        let least = match self.last_form {
            NumberForm::Nameless | NumberForm::Short => NumberForm::Near,
            NumberForm::Near | NumberForm::Whole => NumberForm::Whole,
        };
        self.owed = self.owed.max(least);
    }

    /// Somebody who knows no start at all is here, most likely.
    pub fn owe_whole(&mut self) {
        self.knows_us = false;
        self.owed = NumberForm::Whole;
    }

    /// A frame of one of us was heard that nobody here can open. True if that is to be said soon.
    fn note_unopened(&mut self, now: Mono) -> bool {
        let may_ask = now >= self.ask_at;
        if may_ask {
            let pause_ms = self.ask_pause_ms.max(ASK_PAUSE_MS.0);
            self.ask_at = now.after_ms(pause_ms);
            self.ask_pause_ms = (2 * pause_ms).min(ASK_PAUSE_MS.1);
            self.asks = true;
        }
        may_ask
    }

    /// Asking has not helped so far.
    fn asks_in_vain(&self) -> bool {
        self.ask_pause_ms >= 4 * ASK_PAUSE_MS.0
    }

    /// Somebody asks for whole numbers. True if it is us most likely, and we should say one soon.
    fn note_asked(&mut self, now: Mono) -> bool {
        self.knows_us = false;
        let has_crossed = self.whole_at.is_some_and(|at| now.since_ms(at) < CROSSED_MS);
        if !has_crossed {
            self.owed = NumberForm::Whole;
        }
        !has_crossed && self.said < WHOLE_EVERY
    }

    /// One was heard in a start that was new here: to ask has helped, or was not needed.
    fn note_new_start(&mut self) {
        (self.ask_at, self.ask_pause_ms) = (Mono(0), 0);
        self.owe();
    }
}

impl Link {
    /// How much of its number, and of whose it is, the next frame here carries.
    pub fn number_form(&self, number: FrameNo, now: Now) -> NumberForm {
        let is_shared = self.is_shared();
        match self.numbers.form(number, is_shared, now) {
            NumberForm::Short
                if self.profile.names_sender && !is_shared && self.numbers.may_be_nameless() =>
            {
                NumberForm::Nameless
            }
            form => form,
        }
    }

    /// Who may have sent a frame here that does not say whose it is, by when they were heard.
    pub fn speakers(&self) -> Vec<DeviceId> {
        if !self.profile.names_sender {
            return Vec::new();
        }
        let mut heard: Vec<_> =
            self.contacts.iter().map(|(device, contact)| (contact.heard_at, *device)).collect();
        heard.sort_unstable_by(|one, other| other.cmp(one));
        heard.into_iter().map(|(_, device)| device).take(SPEAKERS_MAX).collect()
    }

    /// A frame was opened here: its sender asks for whole numbers, or was not heard in its start
    /// before. True if a frame of ours is wanted soon.
    pub fn note_number(&mut self, asks: bool, is_new_start: bool, now: Mono) -> bool {
        if is_new_start {
            self.numbers.note_new_start();
        }
        asks && self.numbers.note_asked(now)
    }

    /// A frame of one of us was heard here that nobody can open. True if a frame of ours that asks
    /// for whole numbers is wanted soon.
    pub fn note_unopened(&mut self, now: Mono) -> bool {
        self.numbers.note_unopened(now)
    }

    /// True if to ask for whole numbers has not helped: it may be another day or epoch there.
    pub fn asks_in_vain(&self) -> bool {
        self.numbers.asks_in_vain()
    }
}

#[cfg(test)]
mod tests;
