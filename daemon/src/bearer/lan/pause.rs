//! When a peer that is away is called again: soon at first, then less and less often. Whom and
//! where is decided in [`super::peers`].

use sanduan_protocol::base::dice::Dice;

/// First pause.
const FIRST_MS: u64 = 1_000;
/// Longest pause while a peer has been away for a short time. With a dial that fails after three
/// seconds (the kernel's time for an unanswered ARP request, arp(7)) a link that returns is tried
/// within eight seconds.
const SOON_MS: u64 = 4_000;
/// Longest pause of one that has been away for long, or was never one of us.
const SELDOM_MS: u64 = 60_000;
/// A peer has been away for long after this time.
const LONG_MS: u64 = 10 * 60_000;

/// Pauses between two calls of one peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    next_ms: u64,
    pause_ms: u64,
    since_ms: u64,
}

impl Pause {
    /// Away since now; the first call is due after `wait_ms`.
    pub fn new(now_ms: u64, wait_ms: u64) -> Pause {
        Pause { next_ms: now_ms + wait_ms, pause_ms: FIRST_MS, since_ms: now_ms }
    }

    /// When the next call is due.
    pub fn next_ms(&self) -> u64 {
        self.next_ms
    }

    /// The call was in vain. `soon` for one of us, which is worth calling often at first.
    pub fn missed(&mut self, now_ms: u64, soon: bool, dice: &mut Dice) {
        let is_short = soon && now_ms.saturating_sub(self.since_ms) < LONG_MS;
        let most = if is_short { SOON_MS } else { SELDOM_MS };
        let pause_ms = self.pause_ms.min(most);
        self.pause_ms = (pause_ms * 2).min(most);
        self.next_ms = now_ms + dice.between(pause_ms * 3 / 4, pause_ms * 5 / 4);
    }

    /// Something changed for the better: call after `wait_ms` at the latest, and often again.
    pub fn hurry(&mut self, now_ms: u64, wait_ms: u64) {
        let next_ms = self.next_ms.min(now_ms + wait_ms);
        *self = Pause { next_ms, pause_ms: FIRST_MS, since_ms: now_ms };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_of_ours_is_called_often_for_ten_minutes_and_seldom_after_that() {
        let mut dice = Dice::new(5);
        let mut pause = Pause::new(0, 0);
        let (mut now_ms, mut calls) = (0, 0);
        while now_ms < LONG_MS {
            pause.missed(now_ms, true, &mut dice);
            assert!(pause.next_ms() - now_ms <= SOON_MS * 5 / 4);
            now_ms = pause.next_ms();
            calls += 1;
        }
        assert!((120..260).contains(&calls), "{calls}");
        for _ in 0..5 {
            pause.missed(now_ms, true, &mut dice);
        }
        assert!(pause.next_ms() - now_ms >= SELDOM_MS * 3 / 4);
        pause.hurry(now_ms, 10);
        assert_eq!(pause.next_ms(), now_ms + 10);
    }

    #[test]
    fn a_stranger_is_soon_called_once_a_minute_only() {
        let mut dice = Dice::new(5);
        let mut pause = Pause::new(0, 0);
        for _ in 0..7 {
            pause.missed(0, false, &mut dice);
        }
        assert!(pause.next_ms() >= SELDOM_MS * 3 / 4, "{}", pause.next_ms());
    }
}
