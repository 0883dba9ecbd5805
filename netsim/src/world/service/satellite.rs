//! IP over a satellite: long delay, losses in spells, a rate that may fall to a hundredth, a
//! largest packet that may shrink while packets are under way, and a bottleneck whose queue fills
//! and drops what comes last. Nobody is told of any of it.

use std::collections::VecDeque;

use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::base::time::Mono;
use sanduan_protocol::link::profile::{Exposure, Profile};

use super::agenda::Agenda;
use super::{Seat, Told};
use crate::air::{Fading, Spell};

#[cfg(test)]
mod tests;

/// IPv4 and UDP headers, bytes.
const HEADER_BYTES: u16 = 28;

/// What the way is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SatelliteConfig {
    /// Rate that was paid for, bit/s; the daemon is paced to it.
    pub rate_bit_s: u32,
    /// Largest frame, bytes.
    pub mtu: u16,
    /// One way, ms.
    pub delay_ms: u64,
    /// Up to this much more, ms.
    pub jitter_ms: u64,
    /// What waits at the bottleneck at most, ms of it at the rate that it has; the rest is dropped.
    pub queue_ms: u64,
    /// Frames that vanish, per million.
    pub loss_ppm: u32,
    /// Frames that come twice, per million.
    pub duplicate_ppm: u32,
    /// Losses in spells: rain, a bus under a bridge.
    pub fading: Option<Fading>,
}

impl SatelliteConfig {
    /// Geostationary, 600 ms there and back (QUIC for satellite draft), nothing lost.
    pub fn clear(rate_bit_s: u32) -> SatelliteConfig {
        SatelliteConfig {
            rate_bit_s,
            mtu: 1200,
            delay_ms: 300,
            jitter_ms: 40,
            queue_ms: 4_000,
            loss_ppm: 0,
            duplicate_ppm: 0,
            fading: None,
        }
    }

    /// What the daemon declares of it: `udp` with the rate that was paid for.
    pub fn profile(&self) -> Profile {
        Profile {
            kind: "udp".to_owned(),
            mtu: self.mtu,
            rate_bit_s: self.rate_bit_s,
            per_frame_bytes: HEADER_BYTES,
            beacon_max_ms: 60_000,
            exposure: Exposure::Operator,
            ..Profile::default()
        }
    }
}

/// What happened so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SatelliteCounts {
    /// Frames that came out.
    pub arrived: u64,
    /// Frames lost evenly or in spells.
    pub lost: u64,
    /// Frames dropped at the full bottleneck.
    pub dropped: u64,
    /// Frames larger than what passes now.
    pub too_large: u64,
    /// Frames that entered while the way was cut.
    pub cut: u64,
}

/// One direction.
#[derive(Clone, Copy, Debug, Default)]
struct Way {
    busy_until_us: u64,
    spell: Spell,
    is_cut: bool,
}

/// A way over a satellite between two places.
#[derive(Clone, Debug)]
pub struct Satellite {
    config: SatelliteConfig,
    rate_bit_s: u32,
    mtu: u16,
    ways: [Way; 2],
    agenda: Agenda<(Seat, Vec<u8>)>,
    told: VecDeque<Told>,
    counts: SatelliteCounts,
    dice: Dice,
}

impl Satellite {
    /// A way between seats 0 and 1.
    pub fn new(config: SatelliteConfig, seed: u64) -> Satellite {
        Satellite {
            config,
            rate_bit_s: config.rate_bit_s,
            mtu: config.mtu,
            ways: [Way::default(); 2],
            agenda: Agenda::default(),
            told: VecDeque::new(),
            counts: SatelliteCounts::default(),
            dice: Dice::new(seed),
        }
    }

    /// What it is like.
    pub fn config(&self) -> &SatelliteConfig {
        &self.config
    }

    /// It loses in spells from now on, or not.
    pub fn set_fading(&mut self, fading: Option<Fading>) {
        self.config.fading = fading;
    }

    /// It is as agreed, and nothing is lost any more.
    pub fn calm(&mut self) {
        let SatelliteConfig { rate_bit_s, mtu, delay_ms, .. } = self.config;
        let clear = SatelliteConfig::clear(rate_bit_s);
        self.config = SatelliteConfig { mtu, delay_ms, ..clear };
        self.set_rate(None);
        self.set_mtu(None);
        self.ways.iter_mut().for_each(|way| way.is_cut = false);
    }

    /// What happened so far.
    pub fn counts(&self) -> SatelliteCounts {
        self.counts
    }

    /// The rate that it really has, bit/s; none for what was paid for.
    pub fn set_rate(&mut self, rate_bit_s: Option<u32>) {
        self.rate_bit_s = rate_bit_s.unwrap_or(self.config.rate_bit_s).max(1);
    }

    /// The largest frame that really passes, also of those under way; none for the agreed one.
    pub fn set_mtu(&mut self, mtu: Option<u16>) {
        self.mtu = mtu.unwrap_or(self.config.mtu);
    }

    /// Nothing that this place sends enters any more, or it does again.
    pub fn cut(&mut self, place: usize, is_cut: bool) {
        self.ways[place].is_cut = is_cut;
    }

    /// A frame enters.
    pub fn offer(&mut self, seat: Seat, frame: Vec<u8>, now: Mono) {
        let lost = self.dice.chance(self.config.loss_ppm);
        let twice = self.dice.chance(self.config.duplicate_ppm);
        let jitters_ms = [0; 2].map(|_| self.dice.between(0, self.config.jitter_ms));
        let way = &mut self.ways[seat.0];
        if way.is_cut {
            self.counts.cut += 1;
            return;
        }
        let (now_us, rate) = (now.0 * 1000, u64::from(self.rate_bit_s));
        let waits_us = way.busy_until_us.saturating_sub(now_us);
        if waits_us > self.config.queue_ms * 1000 {
            self.counts.dropped += 1;
            return;
        }
        let bits = (frame.len() as u64 + u64::from(HEADER_BYTES)) * 8;
        way.busy_until_us = way.busy_until_us.max(now_us) + bits * 1_000_000 / rate;
        let left = Mono(way.busy_until_us.div_ceil(1000));
        let fading = self.config.fading.as_ref();
        let fades = fading.is_some_and(|fading| way.spell.loses(fading, left.0, &mut self.dice));
        if lost || fades {
            self.counts.lost += 1;
            return;
        }
        for jitter_ms in jitters_ms.into_iter().take(1 + usize::from(twice)) {
            let at = left.after_ms(self.config.delay_ms + jitter_ms);
            self.agenda.plan(at, (Seat(1 - seat.0), frame.clone()));
        }
    }

    /// What there is to tell up to now.
    pub fn poll(&mut self, now: Mono) -> Option<Told> {
        while self.told.is_empty() {
            let (_, (seat, frame)) = self.agenda.next(now)?;
            if frame.len() > usize::from(self.mtu) {
                self.counts.too_large += 1;
                continue;
            }
            self.counts.arrived += 1;
            self.told.push_back(Told::Heard { seat, frame });
        }
        self.told.pop_front()
    }

    /// When to poll again.
    pub fn next_deadline(&self) -> Option<Mono> {
        self.agenda.next_deadline()
    }
}
