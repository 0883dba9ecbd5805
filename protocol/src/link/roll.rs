//! Who is to answer a frame, by name. A line of answers holds as far as those in it know of each
//! other; whoever hears few of the others, or none, would think itself first and speak while
//! another does. So a sender names those who are to answer where they are many, and where answers
//! it waited for did not come: most likely they met, as of stations in two valleys that only a
//! ridge hears. Whoever heard the names keeps its place for a while without being named.
//!
//! ```text
//! ridge     ══order══                  ══order, naming A B══
//! valley A            ─ A ─                                  ─ A ─
//! valley B            ─ B ─ (both lost)                            ─ B ─
//! ```

use std::collections::BTreeSet;

use crate::base::caps::ROLL_MAX;
use crate::base::ids::DeviceId;
use crate::base::time::Mono;
use crate::link::state::Link;

/// Those who are to answer are all named from this many on, once: the names cost a third of a byte
/// each, one order repeated because answers collided a hundred.
const ROLL_MIN: usize = 8;
/// Fewer than these have nobody to meet.
const NAMED_MIN: usize = 2;

/// Who is on a shared channel, as far as they were named at once. A newcomer hears few of those who
/// keep silent because others speak for them, and would think itself first in line.
#[derive(Clone, Debug, Default)]
pub struct Roll {
    named: BTreeSet<DeviceId>,
    named_at: Mono,
    said: BTreeSet<DeviceId>,
    /// Who the last frame named, if it named some of many.
    few: BTreeSet<DeviceId>,
    /// Those whom the frame that is being filled tells again what they did not answer.
    again: BTreeSet<DeviceId>,
}

impl Roll {
    /// So many were named, however long ago.
    pub(super) fn len(&self) -> u64 {
        self.named.len() as u64
    }

    /// Those who were named at most so long ago.
    pub(super) fn named(&self, now: Mono, live_ms: u64) -> impl Iterator<Item = &DeviceId> {
        let is_fresh = now.since_ms(self.named_at) <= live_ms;
        self.named.iter().filter(move |_| is_fresh)
    }

    /// The next frame names nobody, or says nothing of who answers.
    pub(super) fn forget_few(&mut self) {
        self.few.clear();
    }

    /// True unless the last frame named some of many, and not this one.
    pub(super) fn may_speak_of(&self, device: DeviceId) -> bool {
        self.few.is_empty() || self.few.contains(&device)
    }
}

impl Link {
    /// A frame is begun: it says nothing to anybody yet.
    pub fn begin_telling(&mut self) {
        self.told.clear();
        self.roll.again.clear();
    }

    /// The frame says again what this device did not answer.
    pub fn note_told_again(&mut self, device: DeviceId) {
        self.roll.again.insert(device);
    }

    /// A frame named these and its sender: that many are on the channel.
    pub fn note_roll(&mut self, named: &[DeviceId], now: Mono) {
        if named.len() < NAMED_MIN || !self.is_shared() {
            return;
        }
        if now.since_ms(self.roll.named_at) > self.live_ms() {
            self.roll.named.clear();
        }
        self.roll.named_at = now;
        // Whom there is no room for counts as heard or not, as before there was a roll.
        let room = ROLL_MAX.saturating_sub(self.roll.named.len());
        self.roll.named.extend(named.iter().take(room));
    }

    /// True if all who are to hear the frame are to be named: once for every change in who they
    /// are, if they are many, and whenever several are told again: one alone met nobody.
    pub fn is_roll_due(&mut self, told: &[DeviceId]) -> bool {
        let has_changed = told.len() >= ROLL_MIN && !told.iter().eq(&self.roll.said);
        let is_due = has_changed || (self.roll.again.len() >= NAMED_MIN);
        if is_due {
            self.roll.said = told.iter().copied().collect();
        }
        is_due
    }

    /// A frame was heard that named these, if any: where they are but some of many, their names are
    /// all that its sender lacks.
    pub fn note_named(&mut self, named: Option<&[DeviceId]>, now: Mono) {
        let line = self.line_of_all(now);
        if let Some(named) = named {
            let are_few = (named.len() as u64) < line;
            self.roll.few = named.iter().copied().filter(|_| are_few).take(ROLL_MAX).collect();
        }
    }
}

#[cfg(test)]
mod tests;
