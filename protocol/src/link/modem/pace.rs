//! When a link may be handed its next frame, judged by time alone. KISS never says that a frame
//! has left, nor how many wait in the TNC, so the air time is estimated from the link's
//! [`Profile`]. What leaves next is not decided here.
//!
//! On a half-duplex radio, with P for the key-up and 1, 2, 3 for frames:
//!
//! ```text
//! air     ──PPPP1111111122222222333333333──────────PPPP44444
//! offer   ^1^2      ^3                   |── gap ──|^4
//!         └ so long before the end of what waits, so that the key stays down
//! ```
//!
//! The next frame is offered before the last one ends: a frame inside a burst costs no new key-up
//! (a quarter of a lone frame at 9,600 bit/s). How long before is the device's business: a modem
//! made of software renders frames into its sound buffer far ahead, and keys up anew for all that
//! it had not been handed by then. What waits there cannot be overtaken, so it is not more than it
//! must. After [`BURST_MS_MAX`] of it the link falls silent for a moment, so that the others can
//! answer. A link that hears while it sends (UDP) is only held to its rate.

use crate::base::time::Mono;
use crate::link::profile::Profile;

#[cfg(test)]
mod tests;

/// A burst on a shared radio that lasted this long ends with its frame. Six seconds are four full
/// frames at 1,200 bit/s: long enough to pay for the key-up and the silence (836 bit/s through two
/// Dire Wolfs, against 740 with four seconds), short enough that an urgent order of another
/// station does not wait much longer for the channel.
pub const BURST_MS_MAX: u64 = 6_000;

/// Air time of frames that may wait in a TNC, ms. Dire Wolf 1.6 renders seconds ahead through
/// PulseAudio: measured at 9,600 bit/s, 30 frames of 200 bytes needed 7 key-ups when 0.4 s were
/// handed over ahead, 5 with 0.8 s, 4 with 1.2 s; at 1,200 bit/s 12 frames needed 12, 11 and 9,
/// and 6 with 2.6 s. Two seconds and the key-up are the most that an urgent order of our own
/// should wait behind.
pub const QUEUE_TNC_MS: u32 = 2_000;

/// Added to two key-ups for the silence after a burst: three slots of 100 ms (Dire Wolf's
/// default), so that two hearers of one burst seldom answer in the same slot.
pub const GAP_EXTRA_MS: u64 = 300;

/// Least time before the end of a frame at which the next one is offered: what serial line, TCP
/// and scheduling may take on the way to the TNC.
pub const LEAD_MS_MIN: u64 = 50;

/// How far ahead of its rate a full-duplex link may run: two ticks of a coarse clock.
pub const AHEAD_MS: u64 = 5;

/// Decides when one link may be handed the next frame. Tell it of every frame handed over.
#[derive(Clone, Debug)]
pub struct Pacer {
    profile: Profile,
    /// When the bits handed over so far will have left, microseconds: frames on fast links take
    /// less than a millisecond.
    busy_until_us: u64,
    /// When the current burst began, microseconds.
    burst_from_us: u64,
    ready_at: Mono,
}

impl Pacer {
    /// A pacer of a link that is silent: ready at once.
    pub fn new(profile: &Profile) -> Pacer {
        Pacer {
            profile: profile.clone(),
            busy_until_us: 0,
            burst_from_us: 0,
            ready_at: Mono::default(),
        }
    }

    /// A frame of `bytes` was handed to the link.
    pub fn on_send(&mut self, bytes: usize, now: Mono) {
        let now_us = now.0.saturating_mul(1000);
        let bits_us = self.bits_us(bytes);
        if !self.profile.half_duplex {
            self.busy_until_us = self.busy_until_us.max(now_us).saturating_add(bits_us);
            self.ready_at = ms_up(self.busy_until_us.saturating_sub(AHEAD_MS * 1000)).max(now);
            return;
        }
        let gap_us = self.gap_ms() * 1000;
        if self.busy_until_us == 0 || now_us >= self.busy_until_us.saturating_add(gap_us) {
            self.burst_from_us = now_us;
        }
        if now_us >= self.busy_until_us {
            // The key went up in between, or was never down.
            let key_up_us = u64::from(self.profile.per_burst_ms) * 1000;
            self.busy_until_us = now_us.saturating_add(key_up_us);
        }
        self.busy_until_us = self.busy_until_us.saturating_add(bits_us);
        let burst_us = self.busy_until_us.saturating_sub(self.burst_from_us);
        let next_us = match burst_us >= self.burst_ms_max() * 1000 {
            true => self.busy_until_us.saturating_add(gap_us),
            false => self.busy_until_us.saturating_sub(self.lead_ms() * 1000),
        };
        self.ready_at = ms_up(next_us).max(now);
    }

    /// A frame of `bytes` was heard on the link just now. On a radio nothing of ours left while it
    /// was on the air: what waits in the TNC leaves that much later.
    pub fn on_heard(&mut self, bytes: usize, now: Mono) {
        if !self.profile.half_duplex || now.0.saturating_mul(1000) >= self.busy_until_us {
            return;
        }
        let bits_us = self.bits_us(bytes);
        self.busy_until_us = self.busy_until_us.saturating_add(bits_us);
        self.burst_from_us = self.burst_from_us.saturating_add(bits_us);
        self.ready_at = self.ready_at.max(now).after_ms(bits_us.div_ceil(1000));
    }

    /// The moment from which the next frame may be handed over.
    pub fn ready_at(&self) -> Mono {
        self.ready_at
    }

    /// When the frames handed over so far should have left.
    pub fn idle_at(&self) -> Mono {
        ms_up(self.busy_until_us)
    }

    fn bits_us(&self, bytes: usize) -> u64 {
        let bits = (bytes as u64 + u64::from(self.profile.per_frame_bytes)) * 8;
        (bits * 1_000_000).div_ceil(u64::from(self.profile.rate_bit_s.max(1)))
    }

    fn burst_ms_max(&self) -> u64 {
        match self.profile.burst_max_ms {
            0 => BURST_MS_MAX,
            ms => u64::from(ms),
        }
    }

    /// Silence after a burst, ms: somebody's access wait and key-up, and somebody else's.
    fn gap_ms(&self) -> u64 {
        2 * u64::from(self.profile.per_burst_ms) + GAP_EXTRA_MS
    }

    /// How early the next frame is offered, ms. Half a key-up at least: the access wait is random,
    /// and if it was shorter than estimated the key must still be down.
    fn lead_ms(&self) -> u64 {
        let key_up_ms = u64::from(self.profile.per_burst_ms);
        match self.profile.queue_ms {
            0 => (key_up_ms / 2).max(LEAD_MS_MIN),
            queue_ms => key_up_ms + u64::from(queue_ms),
        }
    }
}

fn ms_up(us: u64) -> Mono {
    Mono(us.div_ceil(1000))
}
