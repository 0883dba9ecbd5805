//! When to try again: soon at first, then less and less often, never all at the same moment.

use std::time::Duration;

use sanduan_protocol::base::dice::Dice;

/// First pause.
const FIRST_MS: u64 = 1_000;
/// Longest pause: a person who plugs a cable in expects to see it within half a minute.
const LAST_MS: u64 = 30_000;

/// Doubling pauses with a quarter of jitter either way.
#[derive(Clone, Debug)]
pub struct Backoff {
    dice: Dice,
    next_ms: u64,
}

impl Backoff {
    /// Pauses spread by these dice.
    pub fn new(dice: Dice) -> Backoff {
        Backoff { dice, next_ms: FIRST_MS }
    }

    /// It worked: the next pause is short again.
    pub fn reset(&mut self) {
        self.next_ms = FIRST_MS;
    }

    /// The pause before the next try.
    pub fn pause(&mut self) -> Duration {
        let base = self.next_ms;
        self.next_ms = (base * 2).min(LAST_MS);
        Duration::from_millis(self.dice.between(base * 3 / 4, base * 5 / 4))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_half_a_minute_and_start_over() {
        let mut backoff = Backoff::new(Dice::new(1));
        for expected in [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000] {
            let pause = backoff.pause().as_millis() as u64;
            assert!((expected * 3 / 4..=expected * 5 / 4).contains(&pause), "{expected} {pause}");
        }
        backoff.reset();
        assert!(backoff.pause().as_millis() <= 1_250);
    }
}
