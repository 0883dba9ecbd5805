//! How often a list of what we hold is said to one contact whose digest keeps differing. Each list
//! brings both nearer, or shows that nothing can: the other may make its digests up, and any holder
//! of the network's key can. So a few lists are free, and after that they come ever more seldom,
//! until something changes here or the other turns out to hold more than before.

use crate::base::ids::DeviceId;
use crate::base::time::Mono;
use crate::link::state::Link;

/// Lists in a row that are said at once. A slow link that loses half of its frames needs as many.
const FREE: u32 = 8;
/// The first pause after them and the longest, ms. With the longest, one contact that makes digests
/// up costs fifteen lists an hour.
const PAUSE_MS: (u64, u64) = (15_000, 240_000);

/// Lists said to one contact since anything changed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Patience {
    /// Version of the book at which they were said.
    version: u64,
    said: u32,
    rests_until: Mono,
}

impl Patience {
    /// Its digest differs, while the book is at this version: may a list be said to it? If so, it
    /// counts as said.
    pub fn may_tell(&mut self, version: u64, now: Mono) -> bool {
        if self.version != version {
            *self = Patience { version, ..Patience::default() };
        }
        if now < self.rests_until {
            return false;
        }
        self.said = self.said.saturating_add(1);
        if let Some(beyond) = self.said.checked_sub(FREE) {
            let pause_ms = (PAUSE_MS.0 << beyond.min(8)).min(PAUSE_MS.1);
            self.rests_until = now.after_ms(pause_ms);
        }
        true
    }

    /// It holds more than before, or the same as we do.
    pub fn note_progress(&mut self) {
        *self = Patience::default();
    }
}

impl Link {
    /// This contact's digest differs from ours, or its list was not understood: may a list be said
    /// for it? One that waits already costs nothing more.
    pub fn may_list_to(&mut self, device: DeviceId, version: u64, now: Mono) -> bool {
        let waits = self.heads_at.is_some();
        let contact = self.contacts.get_mut(&device);
        waits || contact.is_none_or(|contact| contact.patience.may_tell(version, now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lists said within so many seconds to one whose digest differs each second.
    fn said(patience: &mut Patience, version: u64, from_s: u64, seconds: u64) -> usize {
        let mut all = from_s..from_s + seconds;
        let told = all.by_ref().filter(|s| patience.may_tell(version, Mono(s * 1_000)));
        told.count()
    }

    #[test]
    fn lists_to_one_whose_digests_never_agree_become_seldom() {
        let mut patience = Patience::default();
        assert_eq!(said(&mut patience, 1, 0, 8), 8);
        let hour = said(&mut patience, 1, 8, 3_600);
        assert!((10..=20).contains(&hour), "{hour}");
        assert_eq!(said(&mut patience, 1, 3_608, 3_600), 15);
    }

    #[test]
    fn whatever_changes_makes_a_new_begin() {
        let mut patience = Patience::default();
        said(&mut patience, 1, 0, 600);
        assert_eq!(said(&mut patience, 2, 600, 8), 8, "our own book grew");
        said(&mut patience, 2, 608, 600);
        patience.note_progress();
        assert_eq!(said(&mut patience, 2, 1_208, 8), 8, "it holds more");
    }
}
