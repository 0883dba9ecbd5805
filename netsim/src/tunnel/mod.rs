//! A slow way for datagrams, one direction: rate, delay, loss by dice, a queue that overflows,
//! and outages. Pure: times in, times out. Sockets stand in [`crate::realtime`].

use sanduan_protocol::base::dice::Dice;
use serde::Serialize;

/// IPv4 and UDP headers (RFC 791, RFC 768); they take the wire too.
pub const HEAD_BYTES: usize = 28;

/// What a way is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WayConfig {
    /// Bits per second, headers included.
    pub rate_bit_s: u32,
    /// From the last bit sent to the last bit received, ms.
    pub delay_ms: u64,
    /// Share of datagrams lost, per million.
    pub loss_ppm: u32,
    /// How much may wait for the wire, ms of it; what comes then is lost.
    pub queue_ms: u64,
}

/// What happened on a way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct WayCounts {
    /// Datagrams that took the wire.
    pub packets: u64,
    /// Their bytes, headers included.
    pub bytes: u64,
    /// Of these, lost by the dice.
    pub lost: u64,
    /// Lost because the way was cut.
    pub cut: u64,
    /// Lost because the queue was full; they took no wire.
    pub overflow: u64,
}

/// One direction.
#[derive(Clone, Debug)]
pub struct Way {
    config: WayConfig,
    dice: Dice,
    is_cut: bool,
    free_at_us: u64,
    counts: WayCounts,
}

impl Way {
    /// A way that is free, with dice of this seed.
    pub fn new(config: WayConfig, seed: u64) -> Way {
        let counts = WayCounts::default();
        Way { config, dice: Dice::new(seed), is_cut: false, free_at_us: 0, counts }
    }

    /// A datagram of `bytes` is put on the way: when it comes out, in microseconds; none if it is
    /// lost.
    pub fn put(&mut self, bytes: usize, now_us: u64) -> Option<u64> {
        if self.is_cut {
            self.counts.cut += 1;
            return None;
        }
        let begin_us = self.free_at_us.max(now_us);
        if begin_us - now_us > self.config.queue_ms * 1000 {
            self.counts.overflow += 1;
            return None;
        }
        let wire_bytes = (bytes + HEAD_BYTES) as u64;
        let wire_us = (wire_bytes * 8_000_000).div_ceil(u64::from(self.config.rate_bit_s.max(1)));
        self.free_at_us = begin_us + wire_us;
        self.counts.packets += 1;
        self.counts.bytes += wire_bytes;
        // A datagram that is lost on the air has taken its time there.
        if self.dice.chance(self.config.loss_ppm) {
            self.counts.lost += 1;
            return None;
        }
        Some(self.free_at_us + self.config.delay_ms * 1000)
    }

    /// Cut the way, or heal it. What is on it already comes out.
    pub fn cut(&mut self, is_cut: bool) {
        self.is_cut = is_cut;
    }

    /// Lose this share from now on, per million.
    pub fn lose(&mut self, loss_ppm: u32) {
        self.config.loss_ppm = loss_ppm;
    }

    /// What happened so far.
    pub fn counts(&self) -> WayCounts {
        self.counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLOW: WayConfig =
        WayConfig { rate_bit_s: 2_400, delay_ms: 300, loss_ppm: 0, queue_ms: 10_000 };

    #[test]
    fn a_datagram_takes_its_time_on_the_wire_and_the_next_one_waits_for_it() {
        let mut way = Way::new(SLOW, 1);
        // 272 + 28 bytes at 2,400 bit/s are one second.
        assert_eq!(way.put(272, 0), Some(1_300_000));
        assert_eq!(way.put(272, 0), Some(2_300_000));
        assert_eq!(way.put(272, 5_000_000), Some(6_300_000));
        assert_eq!((way.counts().packets, way.counts().bytes), (3, 900));
    }

    #[test]
    fn what_does_not_fit_in_the_queue_is_lost_and_takes_no_wire() {
        let mut way = Way::new(WayConfig { queue_ms: 1_500, ..SLOW }, 1);
        assert!(way.put(272, 0).is_some() && way.put(272, 0).is_some());
        assert_eq!(way.put(272, 0), None);
        assert_eq!((way.counts().packets, way.counts().overflow), (2, 1));
        assert!(way.put(272, 600_000).is_some());
    }

    #[test]
    fn a_tenth_is_lost_by_the_dice_and_the_same_tenth_for_the_same_seed() {
        let told = |seed| {
            let mut way = Way::new(WayConfig { loss_ppm: 100_000, ..SLOW }, seed);
            (0..2_000_u64).map(|n| way.put(10, n * 1_000_000).is_some()).collect::<Vec<_>>()
        };
        let lost = told(7).iter().filter(|came| !**came).count();
        assert!((150..=250).contains(&lost), "{lost}");
        assert_eq!(told(7), told(7));
        assert_ne!(told(7), told(8));
    }

    #[test]
    fn nothing_enters_a_cut_way_and_what_is_on_it_comes_out() {
        let mut way = Way::new(SLOW, 1);
        assert!(way.put(272, 0).is_some());
        way.cut(true);
        assert_eq!(way.put(272, 100), None);
        way.cut(false);
        assert_eq!(way.put(272, 200), Some(2_300_000));
        assert_eq!(way.counts().cut, 1);
    }
}
