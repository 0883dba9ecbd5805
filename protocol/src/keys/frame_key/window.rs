//! Which counters of one sender were heard: the highest, and a bit for each of the 1,024 up to it.
//! Also which whole counters a short one can mean. No keys here: only authentic counters come in.
//!
//! The width is for radios: a gateway may hand over its backlog out of order, and 1,024 frames are
//! some minutes of the fastest of them.

use crate::base::start::COUNTER_END;

/// Counters remembered below the highest, the highest included.
pub(crate) const WINDOW_WIDTH: u64 = 1024;

const WORDS: usize = (WINDOW_WIDTH / 64) as usize;
const SHORT_SPAN: u64 = 1 << 16;

/// What the window knows of a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// Not heard before.
    Never,
    /// Heard before.
    Before,
    /// Below the window: nobody knows.
    TooOld,
}

/// The counters of one sender. Bit `counter % 1024` belongs to the one counter in the window
/// with that remainder, so that nothing is shifted when the highest moves on.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    highest: u64,
    bits: [u64; WORDS],
}

impl Window {
    /// The window after this first authentic counter.
    pub(crate) fn starting_at(counter: u64) -> Window {
        let mut window = Window { highest: counter, bits: [0; WORDS] };
        window.set(counter);
        window
    }

    /// Was this counter heard?
    pub(crate) fn seen(&self, counter: u64) -> Seen {
        if counter > self.highest {
            return Seen::Never;
        }
        if self.highest - counter >= WINDOW_WIDTH {
            return Seen::TooOld;
        }
        let (word, bit) = place(counter);
        match self.bits[word] & bit {
            0 => Seen::Never,
            _ => Seen::Before,
        }
    }

    /// This authentic counter was heard. One that is too old changes nothing.
    pub(crate) fn mark(&mut self, counter: u64) {
        if counter > self.highest {
            if counter - self.highest >= WINDOW_WIDTH {
                self.bits = [0; WORDS];
            } else {
                (self.highest + 1..counter).for_each(|skipped| self.clear(skipped));
            }
            self.highest = counter;
        }
        if self.highest - counter < WINDOW_WIDTH {
            self.set(counter);
        }
    }

    /// The whole counters that end in `low` and are worth a decryption: the nearest to the highest
    /// heard, then the next one above it, for a sender who went far ahead unheard.
    pub(crate) fn candidates(&self, low: u16) -> [Option<u64>; 2] {
        let base = (self.highest & !(SHORT_SPAN - 1)) | u64::from(low);
        let nearest = if base > self.highest + SHORT_SPAN / 2 {
            base.checked_sub(SHORT_SPAN).unwrap_or(base)
        } else if base + SHORT_SPAN / 2 < self.highest {
            base + SHORT_SPAN
        } else {
            base
        };
        [nearest, nearest + SHORT_SPAN].map(|counter| (counter < COUNTER_END).then_some(counter))
    }

    fn set(&mut self, counter: u64) {
        let (word, bit) = place(counter);
        self.bits[word] |= bit;
    }

    fn clear(&mut self, counter: u64) {
        let (word, bit) = place(counter);
        self.bits[word] &= !bit;
    }
}

fn place(counter: u64) -> (usize, u64) {
    let slot = counter % WINDOW_WIDTH;
    ((slot / 64) as usize, 1 << (slot % 64))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn short_counters_are_read_next_to_the_highest() {
        let read = |highest, low| Window::starting_at(highest).candidates(low)[0];
        assert_eq!(read(0, 5), Some(5));
        assert_eq!(read(0xfff0, 0x0004), Some(0x1_0004));
        assert_eq!(read(0x1_0004, 0xfff0), Some(0xfff0));
        assert_eq!(read(10, 0xffff), Some(0xffff));
        assert_eq!(read(COUNTER_END - 1, 0xffff), Some(COUNTER_END - 1));
    }

    #[test]
    fn no_candidate_is_past_the_last_counter() {
        for low in [0, 1, 0x7fff, 0x8000, 0xffff] {
            let candidates = Window::starting_at(COUNTER_END - 1).candidates(low);
            assert!(candidates.into_iter().flatten().all(|counter| counter < COUNTER_END));
        }
    }

    proptest! {
        #[test]
        fn a_short_counter_within_half_a_span_is_the_first_candidate(
            highest in 40_000u64..COUNTER_END - 40_000,
            away in -32_000i64..32_000,
        ) {
            let counter = highest.saturating_add_signed(away);
            let candidates = Window::starting_at(highest).candidates((counter & 0xffff) as u16);
            prop_assert_eq!(candidates[0], Some(counter));
        }

        #[test]
        fn the_window_says_the_same_as_a_set_of_all_counters(
            steps in prop::collection::vec((0u64..3, 0u64..1500), 1..200),
        ) {
            let mut window = Window::starting_at(2000);
            let mut heard = BTreeSet::from([2000u64]);
            let mut highest = 2000u64;
            for (kind, by) in steps {
                let counter = match kind {
                    0 => highest + by,
                    1 => highest + by % 4,
                    _ => highest.saturating_sub(by),
                };
                let expected = if counter + WINDOW_WIDTH <= highest {
                    Seen::TooOld
                } else if heard.contains(&counter) {
                    Seen::Before
                } else {
                    Seen::Never
                };
                prop_assert_eq!(window.seen(counter), expected);
                if expected == Seen::Never {
                    window.mark(counter);
                    heard.insert(counter);
                    highest = highest.max(counter);
                }
            }
        }
    }
}
