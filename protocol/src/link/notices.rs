//! When a link says the newest rekey in the clear, for those who cannot open our frames any more
//! (`wire::notice`). Whoever may lack it is answered, but not as often as it asks: its word cannot
//! be proved, and on a card a notice takes several slots.

use crate::base::time::Mono;
use crate::link::profile::Profile;

/// From one notice to the next on a link, ms, for one who proved that it knows the former epoch.
const KNOWN_PAUSE_MS: u64 = 60_000;
/// The same for one who proved nothing: anybody can sound like that.
const UNPROVED_PAUSE_MS: u64 = 600_000;
/// Slots of a link that lie between two notices at least.
const SLOTS_MIN: u64 = 8;

/// Who needs a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Everybody there: we have just moved on.
    Everybody,
    /// One whose frame was sealed in the former epoch.
    Proved,
    /// One whose frame nobody here can open.
    Unproved,
}

/// The notices of one link.
#[derive(Clone, Copy, Debug, Default)]
pub struct Notices {
    at: Option<Mono>,
    /// Pieces said so far.
    pieces: usize,
    /// When a whole one was last said or heard here.
    said_at: Option<Mono>,
}

impl Notices {
    /// When the next piece is to be said.
    pub fn at(&self) -> Option<Mono> {
        self.at
    }

    /// Which piece is next.
    pub fn next_piece(&self) -> usize {
        self.pieces
    }

    /// Somebody needs one, not before `soonest`. True if it was said too lately.
    pub fn owe(&mut self, needs: Needs, soonest: Mono, profile: &Profile) -> bool {
        let slots_ms = SLOTS_MIN * u64::from(profile.min_interval_ms);
        let pause_ms = match needs {
            Needs::Everybody => {
                *self = Notices { at: Some(soonest), pieces: 0, said_at: self.said_at };
                return false;
            }
            Needs::Proved => KNOWN_PAUSE_MS.max(slots_ms),
            Needs::Unproved => UNPROVED_PAUSE_MS.max(slots_ms),
        };
        let is_early = self.said_at.is_some_and(|said| said.after_ms(pause_ms) > soonest);
        if !is_early && self.at.is_none() {
            self.at = Some(soonest);
        }
        is_early
    }

    /// A piece was said; it was the last one if `is_last`.
    pub fn note_said(&mut self, is_last: bool, now: Mono) {
        self.pieces += 1;
        if is_last {
            self.note_whole(now);
        }
    }

    /// A whole one was said or heard here: whoever listens has it.
    pub fn note_whole(&mut self, now: Mono) {
        *self = Notices { at: None, pieces: 0, said_at: Some(now) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card() -> Profile {
        Profile { min_interval_ms: 60_000, ..Profile::default() }
    }

    #[test]
    fn a_notice_is_said_at_once_and_then_not_for_a_while() {
        let mut notices = Notices::default();
        assert!(!notices.owe(Needs::Proved, Mono(5), &Profile::default()));
        assert_eq!(notices.at(), Some(Mono(5)));
        notices.note_said(false, Mono(6));
        assert_eq!((notices.at(), notices.next_piece()), (Some(Mono(5)), 1));
        notices.note_said(true, Mono(7));
        assert_eq!((notices.at(), notices.next_piece()), (None, 0));
        assert!(notices.owe(Needs::Proved, Mono(60_006), &Profile::default()));
        assert_eq!(notices.at(), None);
        assert!(!notices.owe(Needs::Proved, Mono(60_007), &Profile::default()));
    }

    #[test]
    fn who_proves_nothing_waits_longer_and_a_card_says_fewer() {
        let mut notices = Notices::default();
        notices.note_whole(Mono(0));
        assert!(notices.owe(Needs::Unproved, Mono(599_999), &Profile::default()));
        assert!(!notices.owe(Needs::Unproved, Mono(600_000), &Profile::default()));
        notices.note_whole(Mono(0));
        assert!(notices.owe(Needs::Proved, Mono(479_999), &card()));
        assert!(!notices.owe(Needs::Proved, Mono(480_000), &card()));
    }

    #[test]
    fn our_own_move_waits_for_nothing_and_begins_anew() {
        let mut notices = Notices::default();
        notices.owe(Needs::Proved, Mono(1), &card());
        notices.note_said(false, Mono(2));
        notices.owe(Needs::Everybody, Mono(3), &card());
        assert_eq!((notices.at(), notices.next_piece()), (Some(Mono(3)), 0));
    }
}
