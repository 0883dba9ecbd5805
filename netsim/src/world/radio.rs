//! A radio channel of a world: the model of [`crate::air`] and the hosts at its stations.

use sanduan_protocol::base::time::Mono;
use sanduan_protocol::link::modem::pace::QUEUE_TNC_MS;
use sanduan_protocol::link::profile::{Medium, Profile};

use super::host::{HostId, Machine};
use super::schedule::Due;
use super::world::World;
use crate::air::{Air, AirEvent, Config, StationId};

/// Number of a radio channel in its world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RadioId(pub u16);

/// A channel and who sits at it.
#[derive(Clone, Debug)]
pub(super) struct Radio {
    pub air: Air,
    /// Station A's host and the place of this radio among its ends, then B's …
    pub stations: Vec<(HostId, usize)>,
    /// When the channel is looked at next.
    pub wake: Option<Mono>,
}

/// Customary length of a frame on a packet radio channel (AX.25 2.2, default N1).
const RADIO_MTU: u16 = 256;

/// What the daemon would declare of a station on such a channel: the mean access wait is the
/// slot divided by the chance to begin in it.
pub fn radio_profile(config: &Config, name: &str) -> Profile {
    let access_ms = config.slot_ms * 256 / (u32::from(config.persist) + 1);
    Profile {
        name: name.to_owned(),
        kind: "kiss-tcp".to_owned(),
        target: "netsim".to_owned(),
        mtu: RADIO_MTU,
        rate_bit_s: config.rate_bit_s,
        per_burst_ms: access_ms + config.txdelay_ms + config.txtail_ms,
        per_frame_bytes: 3, // Flag and check sum.
        medium: Medium::Broadcast,
        half_duplex: true,
        queue_ms: QUEUE_TNC_MS,
        min_interval_ms: 0,
        beacon_max_ms: 300_000,
        ..Profile::default()
    }
}

impl<M: Machine> World<M> {
    pub(super) fn wake_radio(&mut self, id: RadioId) {
        let radio = &mut self.radios[usize::from(id.0)];
        let next = radio.air.next_deadline();
        if let Some(at) = next.filter(|&at| radio.wake.is_none_or(|wake| at < wake)) {
            radio.wake = Some(at);
            self.schedule.plan(at.max(self.now), Due::Air { radio: id });
        }
    }

    pub(super) fn listen(&mut self, id: RadioId) {
        let now = self.now;
        let radio = &mut self.radios[usize::from(id.0)];
        if radio.wake.is_none_or(|wake| wake > now) {
            return;
        }
        radio.wake = None;
        let mut heard = Vec::new();
        while let Some((_, event)) = radio.air.poll(now) {
            match event {
                AirEvent::Delivered { station, frame, .. } => heard.push((station, frame)),
                AirEvent::Keyed { .. } | AirEvent::Unkeyed { .. } | AirEvent::Missed { .. } => {}
            }
        }
        for (StationId(station), frame) in heard {
            let (host, end) = self.radios[usize::from(id.0)].stations[usize::from(station)];
            self.hear(host, end, frame);
        }
        self.wake_radio(id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_default_radio_costs_eight_tenths_of_a_second_a_key_up() {
        // The cost model that was measured: 0.4 s of access, 0.4 s of keying.
        assert_eq!(radio_profile(&Config::direwolf(1200), "r").per_burst_ms, 800);
    }
}
