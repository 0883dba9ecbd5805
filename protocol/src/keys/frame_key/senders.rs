//! In which starts each sender was heard, and which of its numbers. No keys here: only authentic
//! numbers come in.
//!
//! ```text
//! earlier ◀── newest start of a sender ──▶ later
//!    │               │                        └─ takes its place; this one is kept beside it
//!    │               └─ each number once
//!    └─ taken only if the newest one was not heard for ten minutes
//! ```
//!
//! Earlier starts are refused so that recordings of them are; and not for ever, because a start
//! with a clock far ahead must not silence a device whose disk was put back to before it.

use std::collections::BTreeMap;

use super::window::{Seen, Window};
use crate::base::caps::DEVICES_MAX;
use crate::base::ids::DeviceId;
use crate::base::start::{FrameNo, Start};
use crate::base::time::Mono;

/// A start that was not heard for this long gives way to an earlier one, ms.
pub(super) const START_QUIET_MS: u64 = 10 * 60_000;

/// What is known of a number that opened, or is about to be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Not heard before, of a start that was.
    News,
    /// The first that is heard of its start.
    NewStart,
    /// Heard before, or too old to tell.
    Heard,
    /// Of an earlier start than is heard now.
    Old,
}

/// One start of a sender.
#[derive(Clone, Debug)]
struct Heard {
    start: Start,
    window: Window,
    first_at: Mono,
    last_at: Mono,
}

/// The starts of one sender: the newest, and one more.
#[derive(Clone, Debug)]
struct Sender {
    newest: Heard,
    other: Option<Heard>,
}

impl Sender {
    fn heard(&self, start: Start) -> Option<&Heard> {
        [Some(&self.newest), self.other.as_ref()].into_iter().flatten().find(|h| h.start == start)
    }

    fn heard_mut(&mut self, start: Start) -> Option<&mut Heard> {
        let both = [Some(&mut self.newest), self.other.as_mut()];
        both.into_iter().flatten().find(|heard| heard.start == start)
    }
}

/// All senders heard, [`DEVICES_MAX`] at most.
#[derive(Clone, Debug, Default)]
pub(super) struct Senders(BTreeMap<DeviceId, Sender>);

impl Senders {
    /// How many.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The numbers that a short one can mean and that are worth a decryption each.
    pub(super) fn candidates(&self, sender: DeviceId, low: u16) -> impl Iterator<Item = FrameNo> {
        self.0.get(&sender).into_iter().flat_map(move |sender| {
            let newest = sender.newest.window.candidates(low).into_iter().flatten();
            let newest = newest.map(|counter| FrameNo { start: sender.newest.start, counter });
            let other = sender.other.iter().filter_map(move |other| {
                let counter = other.window.candidates(low)[0]?;
                Some(FrameNo { start: other.start, counter })
            });
            newest.chain(other)
        })
    }

    /// What this number is here.
    pub(super) fn standing(&self, sender: DeviceId, number: FrameNo, now: Mono) -> Standing {
        let Some(sender) = self.0.get(&sender) else { return Standing::NewStart };
        let heard = sender.heard(number.start);
        if heard.is_some_and(|heard| heard.window.seen(number.counter) != Seen::Never) {
            return Standing::Heard;
        }
        let newest = &sender.newest;
        if number.start < newest.start && now.since_ms(newest.last_at) < START_QUIET_MS {
            return Standing::Old;
        }
        if heard.is_some() { Standing::News } else { Standing::NewStart }
    }

    /// An authentic number that is not refused. False if there is no room for its sender.
    pub(super) fn note(&mut self, sender: DeviceId, number: FrameNo, now: Mono) -> bool {
        let FrameNo { start, counter } = number;
        let fresh = || {
            let window = Window::starting_at(counter);
            Heard { start, window, first_at: now, last_at: now }
        };
        let Some(known) = self.0.get_mut(&sender) else {
            let has_room = self.0.len() < DEVICES_MAX;
            if has_room {
                self.0.insert(sender, Sender { newest: fresh(), other: None });
            }
            return has_room;
        };
        let is_newest = start > known.newest.start;
        match known.heard_mut(start) {
            Some(heard) => {
                heard.window.mark(counter);
                heard.last_at = now;
            }
            None if is_newest => {
                known.other = Some(std::mem::replace(&mut known.newest, fresh()));
            }
            None => known.other = Some(fresh()),
        }
        true
    }

    /// The newest start of a sender, and since when it is heard.
    pub(super) fn newest(&self, sender: DeviceId) -> Option<(Start, Mono)> {
        self.0.get(&sender).map(|sender| (sender.newest.start, sender.newest.first_at))
    }
}
