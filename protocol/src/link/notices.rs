//! When a link says the newest rekey in the clear, for those who cannot open our frames any more
//! (`wire::notice`). Whoever may lack it is answered, but not as often as it asks: its word cannot
//! be proved, and on a card a notice takes several slots.

use crate::base::time::Mono;
use crate::link::profile::Profile;

/// From one notice to the next on a link, ms, for one who proved that it knows the former epoch:
/// on a fast link a person is waiting, on a slow one a twentieth of the air is enough.
const PROVED_PAUSE_MS: std::ops::RangeInclusive<u64> = 10_000..=60_000;
/// Bytes of a notice, for that share.
const NOTICE_BYTES: usize = 300;
/// The same for one who proved nothing, since anybody can sound like that: a hundredth of the air.
/// It may well be one of us whose former key was forgotten here, and it is cut off until then.
const UNPROVED_PAUSE_MS: std::ops::RangeInclusive<u64> = 60_000..=600_000;
/// Slots of a link that lie between two notices at least.
const SLOTS_MIN: u64 = 8;

/// What one who needs a notice has proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// That it is of us: its frame was sealed in a former epoch, or it is we who moved on.
    Proved,
    /// Nothing: nobody here can open its frame.
    Unproved,
}

/// The notices of one link.
#[derive(Clone, Copy, Debug, Default)]
pub struct Notices {
    at: Option<Mono>,
    /// Pieces said so far, of the notice of this epoch.
    pieces: usize,
    epoch: u32,
    /// When a whole one of that epoch was last said or heard here.
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

    /// Somebody needs one of this epoch, not before `soonest`. True if it has to wait longer,
    /// because one was said lately.
    pub fn owe(&mut self, needs: Needs, epoch: u32, soonest: Mono, profile: &Profile) -> bool {
        if epoch > self.epoch {
            *self = Notices { epoch, ..Notices::default() };
        }
        let slots_ms = SLOTS_MIN * u64::from(profile.min_interval_ms);
        let said_ms = profile.bits_ms(NOTICE_BYTES);
        let (share_ms, pause) = match needs {
            Needs::Proved => (20 * said_ms, PROVED_PAUSE_MS),
            Needs::Unproved => (100 * said_ms, UNPROVED_PAUSE_MS),
        };
        let pause_ms = share_ms.clamp(*pause.start(), *pause.end()).max(slots_ms);
        let allowed = self.said_at.map_or(soonest, |said| said.after_ms(pause_ms).max(soonest));
        self.at = Some(self.at.map_or(allowed, |at| at.min(allowed)));
        allowed > soonest
    }

    /// A piece was said; it was the last one if `is_last`.
    pub fn note_said(&mut self, is_last: bool, now: Mono) {
        self.pieces += 1;
        if is_last {
            self.note_whole(self.epoch, now);
        }
    }

    /// A whole one of this epoch was said or heard here: whoever listens has it.
    pub fn note_whole(&mut self, epoch: u32, now: Mono) {
        if epoch >= self.epoch {
            *self = Notices { at: None, pieces: 0, epoch, said_at: Some(now) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cable() -> Profile {
        Profile { rate_bit_s: 10_000_000, ..Profile::default() }
    }

    fn card() -> Profile {
        Profile { min_interval_ms: 60_000, rate_bit_s: 10, ..Profile::default() }
    }

    #[test]
    fn a_notice_is_said_at_once_and_then_not_for_a_while() {
        let (mut notices, wire) = (Notices::default(), cable());
        assert!(!notices.owe(Needs::Proved, 2, Mono(5), &wire));
        assert_eq!(notices.at(), Some(Mono(5)));
        notices.note_said(false, Mono(6));
        assert_eq!((notices.at(), notices.next_piece()), (Some(Mono(5)), 1));
        notices.note_said(true, Mono(7));
        assert_eq!((notices.at(), notices.next_piece()), (None, 0));
        assert!(notices.owe(Needs::Unproved, 2, Mono(900), &wire));
        assert_eq!(notices.at(), Some(Mono(60_007)));
        assert!(notices.owe(Needs::Proved, 2, Mono(1_000), &wire));
        assert_eq!(notices.at(), Some(Mono(10_007)), "it waits, and is not forgotten");
        assert!(!notices.owe(Needs::Proved, 2, Mono(10_007), &wire));
    }

    #[test]
    fn who_proves_nothing_waits_longer_and_a_card_says_fewer() {
        let radio = Profile { rate_bit_s: 1_200, ..Profile::default() };
        let slow = Profile { rate_bit_s: 300, ..Profile::default() };
        let mut notices = Notices::default();
        for (profile, pause_ms) in [(cable(), 60_000), (radio, 200_000), (slow, 600_000)] {
            notices.note_whole(2, Mono(0));
            assert!(notices.owe(Needs::Unproved, 2, Mono(pause_ms - 1), &profile));
            assert!(!notices.owe(Needs::Unproved, 2, Mono(pause_ms), &profile));
        }
        notices.note_whole(2, Mono(0));
        assert!(notices.owe(Needs::Proved, 2, Mono(479_999), &card()));
        assert!(!notices.owe(Needs::Proved, 2, Mono(480_000), &card()));
    }

    #[test]
    fn the_next_epoch_waits_for_nothing_and_begins_anew() {
        let mut notices = Notices::default();
        notices.owe(Needs::Proved, 2, Mono(1), &card());
        notices.note_said(false, Mono(2));
        assert!(!notices.owe(Needs::Proved, 3, Mono(3), &card()));
        assert_eq!((notices.at(), notices.next_piece()), (Some(Mono(3)), 0));
        notices.note_whole(2, Mono(4));
        assert_eq!(notices.at(), Some(Mono(3)), "that was the one before");
        notices.note_whole(3, Mono(4));
        assert_eq!(notices.at(), None);
    }
}
