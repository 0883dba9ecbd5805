//! What an Iridium modem is doing for us at a moment, and what was last told of it. The moves are
//! [`super::machine`]'s.

use std::collections::VecDeque;

use super::door::Output;
use super::status::Session;
use super::timing::{ANSWER_MS_MAX, SESSION_MS_MAX};
use crate::base::time::Mono;

/// What the modem is doing for us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The serial line is closed.
    Closed,
    /// That command of [`super::timing::SET_UP`] waits for its answer.
    SetUp(usize),
    Idle,
    Signal,
    /// Waits for `READY`, then for the digit.
    Writing,
    Session(Option<Session>),
    Clearing,
    Reading,
}

impl Step {
    /// When it has lasted too long; `None` if it may last.
    pub fn ends_at(&self, since: Mono) -> Option<Mono> {
        match self {
            Step::Closed | Step::Idle => None,
            Step::Session(_) => Some(since.after_ms(SESSION_MS_MAX)),
            Step::SetUp(_) | Step::Signal | Step::Writing | Step::Clearing | Step::Reading => {
                Some(since.after_ms(ANSWER_MS_MAX))
            }
        }
    }
}

/// What a session would send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held {
    Nothing,
    /// The first frame of the queue.
    Front,
    /// Something that must not go out again: to be cleared first.
    Stale,
}

/// What people were last told of signal and session spacing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Told {
    signal_pct: Option<u8>,
    slot: Option<Mono>,
}

impl Told {
    /// The modem shows so many bars, 0 to 5.
    pub fn bars(&mut self, bars: u32, out: &mut VecDeque<Output>) {
        let percent = (bars.min(5) * 20) as u8;
        if self.signal_pct != Some(percent) {
            self.signal_pct = Some(percent);
            out.push_back(Output::Signal(percent));
        }
    }

    /// The next session may begin at `slot`; `None` for now.
    pub fn slot(&mut self, slot: Option<Mono>, out: &mut VecDeque<Output>) {
        if self.slot != slot {
            self.slot = slot;
            out.push_back(Output::Slot(slot));
        }
    }

    /// When the slot that was told has come.
    pub fn next_deadline(&self) -> Option<Mono> {
        self.slot
    }
}
