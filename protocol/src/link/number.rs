//! When a frame carries its whole number on a link, and when those who hear ours are asked for
//! theirs. A short number opens only where the start of its sender is known.
//!
//! ```text
//! our start is new here ──▶ whole: the 1st frame, 2nd, 4th, 8th, each 16th while nobody answers
//!                              │ answered
//!                              ▼
//!                           whole: each 64th
//!
//! whole, whatever that says: somebody is new here or has started again, somebody asks, the
//! counter went on by half of 16 bits elsewhere, an hour passed on a shared channel
//! ```
//!
//! To ask costs no byte: it is another version of the layout ([`crate::wire::frame`]).

use crate::base::start::FrameNo;
use crate::base::time::Mono;
use crate::link::state::Link;

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
    /// The last number said here.
    last: Option<FrameNo>,
    /// Frames said here since the start was new here, or since the first answer.
    said: u64,
    is_answered: bool,
    /// The next frame goes whole.
    is_owed: bool,
    /// When a number last went whole.
    whole_at: Mono,
    /// The next frame asks for whole numbers.
    asks: bool,
    /// When that may be asked again, and how long to wait after that.
    ask_at: Mono,
    ask_pause_ms: u64,
}

impl Numbers {
    /// True if the next frame, of this number, has to carry it whole.
    pub fn is_whole(&self, number: FrameNo, is_shared: bool, now: Mono) -> bool {
        let Some(last) = self.last.filter(|last| last.start == number.start) else { return true };
        let nth = self.said + 1;
        let is_turn = match self.is_answered {
            true => nth.is_multiple_of(WHOLE_EVERY),
            false => nth.is_multiple_of(UNANSWERED_EVERY) || nth > 1 && nth.is_power_of_two(),
        };
        let has_gap = number.counter - last.counter >= GAP_MAX;
        let is_stale = is_shared && now.since_ms(self.whole_at) >= LISTENERS_MS;
        self.is_owed || is_turn || has_gap || is_stale
    }

    /// True if the next frame asks hearers for whole numbers.
    pub fn asks(&self) -> bool {
        self.asks
    }

    /// A frame of this number was said.
    pub fn note_said(&mut self, number: FrameNo, is_whole: bool, now: Mono) {
        if self.last.is_none_or(|last| last.start != number.start) {
            (self.said, self.is_answered) = (0, false);
        }
        self.last = Some(number);
        self.said += 1;
        self.asks = false;
        if is_whole {
            (self.is_owed, self.whole_at) = (false, now);
        }
    }

    /// Somebody answered what we said: it knows our start.
    pub fn note_answered(&mut self) {
        if !self.is_answered {
            (self.is_answered, self.said) = (true, 0);
        }
    }

    /// Somebody is here who may not know our start.
    pub fn owe(&mut self) {
        self.is_owed = true;
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
        let has_crossed = self.last.is_some() && now.since_ms(self.whole_at) < CROSSED_MS;
        if !has_crossed {
            self.is_owed = true;
        }
        !has_crossed && self.said < WHOLE_EVERY
    }

    /// One was heard in a start that was new here: to ask has helped, or was not needed.
    fn note_new_start(&mut self) {
        (self.ask_at, self.ask_pause_ms) = (Mono(0), 0);
        self.is_owed = true;
    }
}

impl Link {
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
