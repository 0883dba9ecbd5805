//! From the plan of a link to what it is in the world: a wire, a radio channel, a service, or
//! nothing that carries frames.

use sanduan_protocol::node::Node;

use super::options::{LinkPlan, Options};
use crate::air::{Config, Hearing, Pair, StationId};
use crate::world::service::{
    CardConfig, Cards, Mailbox, MailboxConfig, Satellite, SatelliteConfig, Segment, SegmentConfig,
    Service, ServiceId,
};
use crate::world::{HostId, RadioId, WireConfig, WireId, World};

/// Frames that are late come within this, ms.
const LATE_MS: u64 = 600_000;
/// Longest time between two beacons of modems, s: shorter than the configuration's six hours, so
/// that a world of an hour has some.
const SBD_BEACON_S: u32 = 1_800;

/// What a planned link has become in the world.
#[derive(Clone, Copy, Debug)]
pub enum Laid {
    /// A wire.
    Wire(WireId),
    /// A radio channel.
    Radio(RadioId),
    /// A service.
    Service(ServiceId),
    /// A vehicle goes there; people see to it.
    Carried,
}

/// Lay one link between these hosts, given by place.
pub fn lay(world: &mut World<Node>, hosts: &[HostId], options: &Options, link: &LinkPlan) -> Laid {
    let members: Vec<HostId> = link.places().iter().map(|place| hosts[*place]).collect();
    match link {
        LinkPlan::Wire { a, b, rate_bit_s, delay_ms } => {
            let config = wire(options, *rate_bit_s, *delay_ms);
            Laid::Wire(world.add_wire(hosts[*a], hosts[*b], config))
        }
        LinkPlan::Radio { places, rate_bit_s, is_line } => {
            let fading = options.air.fading;
            let loss_ppm = options.loss_ppm;
            let config = Config { loss_ppm, fading, ..Config::direwolf(*rate_bit_s) };
            let hearing = match is_line {
                false => Hearing::all(places.len()),
                true => Hearing::only(&neighbours(places.len())),
            };
            Laid::Radio(world.add_radio(config, hearing, &members))
        }
        LinkPlan::Carry { .. } => Laid::Carried,
        LinkPlan::Beidou { .. }
        | LinkPlan::Sbd { .. }
        | LinkPlan::SatelliteIp { .. }
        | LinkPlan::Lan { .. } => {
            // Dice that depend on the seed and the link only.
            let seed = options.seed.wrapping_mul(31) ^ world.service_ids().count() as u64;
            let service = service(options, link, seed);
            service.map_or(Laid::Carried, |service| {
                Laid::Service(world.add_service(service, &members))
            })
        }
    }
}

fn wire(options: &Options, rate_bit_s: u32, delay_ms: u64) -> WireConfig {
    WireConfig {
        rate_bit_s,
        mtu: 1200,
        delay_ms,
        jitter_ms: delay_ms / 8 + options.jitter_ms,
        loss_ppm: options.loss_ppm,
        duplicate_ppm: options.duplicate_ppm,
        late_ppm: options.late_ppm,
        late_ms: LATE_MS,
        ..WireConfig::lan()
    }
}

fn service(options: &Options, link: &LinkPlan, seed: u64) -> Option<Service> {
    let (loss_ppm, duplicate_ppm) = (options.loss_ppm, options.duplicate_ppm);
    let air = &options.air;
    Some(match link {
        LinkPlan::Beidou { places, every_s, message_bytes, is_group } => {
            let config = CardConfig {
                loss_ppm,
                duplicate_ppm,
                early_ppm: air.early_ppm,
                unreported_ppm: air.unreported_ppm,
                misreported_ppm: air.misreported_ppm,
                ..CardConfig::clear(*every_s, *message_bytes, *is_group)
            };
            Service::Cards(Cards::new(config, places.len(), seed))
        }
        LinkPlan::Sbd { places, poll_s } => {
            let config = MailboxConfig {
                failed_ppm: air.failed_ppm,
                ambiguous_ppm: air.misreported_ppm,
                missed_rings_ppm: air.missed_rings_ppm,
                // What the gateway took seldom vanishes.
                loss_ppm: loss_ppm / 10,
                duplicate_ppm,
                ..MailboxConfig::clear(*poll_s, SBD_BEACON_S)
            };
            Service::Mailbox(Mailbox::new(config, places.len(), seed))
        }
        LinkPlan::SatelliteIp { rate_bit_s, .. } => {
            let clear = SatelliteConfig::clear(*rate_bit_s);
            let jitter_ms = clear.jitter_ms + options.jitter_ms;
            let fading = air.fading;
            let config = SatelliteConfig { jitter_ms, loss_ppm, duplicate_ppm, fading, ..clear };
            Service::Satellite(Satellite::new(config, seed))
        }
        LinkPlan::Lan { places, rate_bit_s } => {
            Service::Segment(Segment::new(SegmentConfig::clear(*rate_bit_s), places.len(), seed))
        }
        LinkPlan::Wire { .. } | LinkPlan::Radio { .. } | LinkPlan::Carry { .. } => return None,
    })
}

fn neighbours(stations: usize) -> Vec<Pair> {
    let id = |n: usize| StationId(n as u16);
    let pair = |n: usize| Pair { from: id(n), to: id(n + 1), both_ways: true };
    (0..stations.saturating_sub(1)).map(pair).collect()
}
