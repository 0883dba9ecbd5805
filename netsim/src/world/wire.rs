//! A wire between two hosts for datagrams (UDP over any IP): delay, jitter, loss, duplicates, cuts.
//! Order is not kept where the jitter is larger than the distance of two frames.

use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::link::profile::{BEACON_IP_MAX_S, Medium, Profile};

use super::host::HostId;

/// Number of a wire in its world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WireId(pub u16);

/// What a wire is like, both ways alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WireConfig {
    /// Rate, bit/s.
    pub rate_bit_s: u32,
    /// Largest frame, bytes.
    pub mtu: u16,
    /// One way, ms.
    pub delay_ms: u64,
    /// Up to this much more, drawn evenly, ms.
    pub jitter_ms: u64,
    /// Frames that vanish, per million.
    pub loss_ppm: u32,
    /// Frames that come twice, per million.
    pub duplicate_ppm: u32,
    /// Frames that come much later than the others, per million.
    pub late_ppm: u32,
    /// Up to this much later, ms.
    pub late_ms: u64,
    /// Shortest time from one frame of an end to its next, ms; 0 where there is none.
    pub min_interval_ms: u32,
    /// Longest time between two beacons on a quiet wire, ms.
    pub beacon_max_ms: u32,
}

impl WireConfig {
    /// A good local network.
    pub fn lan() -> WireConfig {
        WireConfig {
            rate_bit_s: 10_000_000,
            mtu: 1200,
            delay_ms: 1,
            jitter_ms: 2,
            loss_ppm: 0,
            duplicate_ppm: 0,
            late_ppm: 0,
            late_ms: 0,
            min_interval_ms: 0,
            beacon_max_ms: BEACON_IP_MAX_S * 1000,
        }
    }

    /// Geostationary IP: 600 ms there and back (QUIC for satellite draft), a little loss.
    pub fn satellite() -> WireConfig {
        WireConfig {
            rate_bit_s: 64_000,
            mtu: 1200,
            delay_ms: 300,
            jitter_ms: 40,
            loss_ppm: 10_000,
            duplicate_ppm: 1_000,
            late_ppm: 0,
            late_ms: 0,
            min_interval_ms: 0,
            beacon_max_ms: BEACON_IP_MAX_S * 1000,
        }
    }

    /// What the daemon would declare of such a wire.
    pub fn profile(&self, name: &str, target: &str) -> Profile {
        Profile {
            name: name.to_owned(),
            kind: "udp".to_owned(),
            target: target.to_owned(),
            mtu: self.mtu,
            rate_bit_s: self.rate_bit_s,
            per_burst_ms: 0,
            per_frame_bytes: 28, // IPv4 and UDP headers.
            medium: Medium::Unicast,
            half_duplex: false,
            min_interval_ms: self.min_interval_ms,
            beacon_max_ms: self.beacon_max_ms,
            ..Profile::default()
        }
    }
}

/// What went through a wire, by the end that sent it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WireCounts {
    /// Frames sent.
    pub sent_frames: u64,
    /// Their bytes, headers not counted.
    pub sent_bytes: u64,
    /// Frames that vanished by loss.
    pub lost_frames: u64,
    /// Frames that vanished in a cut.
    pub cut_frames: u64,
    /// Frames that came twice.
    pub duplicated_frames: u64,
}

/// A wire between two hosts.
#[derive(Clone, Debug)]
pub struct Wire {
    pub(super) config: WireConfig,
    /// The two hosts and the place of this wire among their ends.
    pub(super) ends: [(HostId, usize); 2],
    /// Nothing sent by this end arrives.
    pub(super) cut: [bool; 2],
    pub(super) counts: [WireCounts; 2],
}

impl Wire {
    /// What it is like.
    pub fn config(&self) -> &WireConfig {
        &self.config
    }

    /// The hosts at its two ends.
    pub fn hosts(&self) -> [HostId; 2] {
        [self.ends[0].0, self.ends[1].0]
    }

    /// What was sent by end 0 and by end 1.
    pub fn counts(&self) -> [WireCounts; 2] {
        self.counts
    }

    /// A frame enters at `end`. When does it come out, ms from now? Twice, once or never.
    pub(super) fn send(&mut self, end: usize, bytes: usize, dice: &mut Dice) -> [Option<u64>; 2] {
        let config = &self.config;
        let counts = &mut self.counts[end];
        counts.sent_frames += 1;
        counts.sent_bytes += bytes as u64;
        let mut delay_ms = || {
            let late_ms = if config.late_ppm > 0 && dice.chance(config.late_ppm) {
                dice.below(config.late_ms)
            } else {
                0
            };
            config.delay_ms + dice.between(0, config.jitter_ms) + late_ms
        };
        let (first_ms, second_ms) = (delay_ms(), delay_ms());
        let (lost, twice) = (dice.chance(config.loss_ppm), dice.chance(config.duplicate_ppm));
        if self.cut[end] {
            counts.cut_frames += 1;
            return [None, None];
        }
        if lost {
            counts.lost_frames += 1;
            return [None, None];
        }
        if twice {
            counts.duplicated_frames += 1;
        }
        [Some(first_ms), twice.then_some(second_ms)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_vanish_and_double_as_configured() {
        let config = WireConfig { loss_ppm: 200_000, duplicate_ppm: 100_000, ..WireConfig::lan() };
        let ends = [(HostId(0), 0), (HostId(1), 0)];
        let counts = [WireCounts::default(); 2];
        let mut wire = Wire { config, ends, cut: [false, true], counts };
        let mut dice = Dice::new(9);
        let mut arrived = 0;
        for _ in 0..10_000 {
            let delays = wire.send(0, 50, &mut dice);
            arrived += delays.iter().flatten().count() as u64;
            assert!(delays.iter().flatten().all(|ms| (1..=3).contains(ms)));
            assert_eq!(wire.send(1, 50, &mut dice), [None, None]);
        }
        let [there, back] = wire.counts();
        assert!((1_800..=2_200).contains(&there.lost_frames), "{} lost", there.lost_frames);
        assert!((680..=920).contains(&there.duplicated_frames), "{}", there.duplicated_frames);
        assert_eq!(arrived, 10_000 - there.lost_frames + there.duplicated_frames);
        assert_eq!((back.cut_frames, back.sent_bytes), (10_000, 500_000));
    }
}
