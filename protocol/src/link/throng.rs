//! A channel on which so many hear each other that answers to everything would take it whole. What
//! no person waits for is said once there, in turns, and not acknowledged: whoever missed it finds
//! out by the next digest, and asks once for all who missed the same.
//!
//! ```text
//! A  ├─ turn drawn ─╢ ═records═                     ╢digest
//! B  ├─ turn drawn ──────(A speaks: it stands still)──────╢ ═records═
//! ```

use crate::base::dice::Dice;
use crate::base::ids::DeviceId;
use crate::base::time::Mono;
use crate::link::state::Link;
use crate::link::view::View;

/// Others from which on acks of what nobody waits for cost more than asking for what was lost.
pub const THRONG_MIN: u64 = 8;
/// Turns are drawn from so many answers of each who is there.
const TURN_SLOTS: u64 = 5;
/// What a person waits for is said so often again without a longer pause: of a few hearers, one
/// loses both the order and its first repetition where a tenth of all frames is lost.
const SOON_TRIES: u32 = 2;
/// The same in a throng: of thirty hearers, one goes without an order and three repetitions, or its
/// acks are lost, in one order of 26 where a tenth is lost; without five in one of 700. All others
/// are done by then.
const SOON_TRIES_OF_MANY: u32 = 4;

impl Link {
    /// So many hear each other here that nothing is acknowledged but what a person waits for.
    /// Whoever is heard counts, also before it has answered: a throng that forms after a cut would
    /// be none until each has answered each, and all of them would answer at once.
    pub fn is_throng(&self, now: Mono) -> bool {
        self.is_shared() && self.is_throng_of(self.crowd(now))
    }

    /// The same, where it is known how many are there, see [`Link::crowd`].
    pub(super) fn is_throng_of(&self, crowd: u64) -> bool {
        self.is_shared() && self.profile.half_duplex && crowd >= THRONG_MIN
    }

    /// How often a thing is said again before the pauses grow.
    pub(super) fn soon_tries(&self, is_lazy: bool, now: Mono) -> u32 {
        match is_lazy {
            true => 1,
            false if self.is_throng(now) => SOON_TRIES_OF_MANY,
            false => SOON_TRIES,
        }
    }

    /// What nobody waits for may go now. Among many a turn is drawn first, and stands still while
    /// others speak.
    pub fn is_turn(&mut self, own: DeviceId, now: Mono) -> bool {
        if !self.is_throng(now) {
            return true;
        }
        let span_ms = self.turns_ms(now);
        let mut dice = Dice::new(u64::from(own.0) << 48 ^ now.0);
        let turn_at = *self.turn_at.get_or_insert_with(|| now.after_ms(dice.below(1 + span_ms)));
        turn_at <= now
    }

    /// The time over which turns are spread.
    pub fn turns_ms(&self, now: Mono) -> u64 {
        TURN_SLOTS * self.crowd(now) * self.slot_ms()
    }

    /// Something that nobody waits for was said: the next of it takes another turn, and when the
    /// channel has come to rest our digest tells who missed it.
    pub(crate) fn end_turn(&mut self, now: Mono) {
        self.turn_at = None;
        self.digest_at.get_or_insert(now);
    }

    /// What is due by then is asked for now. Among many all that is lacking goes in one frame, and
    /// not while others still speak of it.
    pub fn asks_at(&mut self, own: DeviceId, now: Mono) -> Mono {
        let is_due = self.wants.values().any(|(_, at)| *at <= now);
        if !is_due || !self.is_throng(now) {
            return now;
        }
        if !self.is_in_flux(now) {
            return Mono(u64::MAX);
        }
        let mut dice = Dice::new(u64::from(own.0) << 48 ^ now.0);
        let later = self.flux_until.after_ms(1 + dice.below(1 + self.turns_ms(now)));
        self.wants.values_mut().for_each(|(_, at)| *at = (*at).max(later));
        now
    }

    /// Others speak: our turn stands still.
    pub(super) fn put_off_turn(&mut self, taken_ms: u64, now: Mono) {
        self.turn_at = self.turn_at.map(|at| if at > now { at.after_ms(taken_ms) } else { at });
        self.sums.put_off(taken_ms, now);
    }
}

impl View {
    /// What was said is taken to have arrived: no answer is owed, and a digest tells otherwise.
    pub(crate) fn presume(&mut self) {
        if !self.is_partway() {
            self.head = self.head.max(self.sent);
            self.sealed = self.sealed.max(self.sent_sealed);
            self.tries = 0;
        }
    }
}

#[cfg(test)]
mod tests;
