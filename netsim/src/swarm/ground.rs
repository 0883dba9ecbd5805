//! From drawn options to a world: hosts, wires and radios, the faults that will strike, and the
//! moment when all of them stop.

use sanduan_protocol::base::ids::{DeviceId, LinkId};
use sanduan_protocol::base::roles::Roles;
use sanduan_protocol::base::time::Mono;
use sanduan_protocol::field::directory::Entry;
use sanduan_protocol::local::Request;
use sanduan_protocol::node::Node;

use super::options::{LinkPlan, Options};
use super::planner;
use super::plot::{Deed, Event};
use crate::air::{Config, Hearing, Pair, StationId};
use crate::world::{Action, Fault, HostId, RadioId, Unsynced, WireConfig, WireId, World, district};

/// Frames that are late come within this, ms.
const LATE_MS: u64 = 600_000;
/// What the device that was carried off, and the weak one, may do.
pub const WEAK: Roles = Roles(Roles::RECEIPT.0 | Roles::POSITION.0);
/// What everyone else may do.
pub const STRONG: Roles = Roles(0x3ff);

/// What a planned link has become in the world.
#[derive(Clone, Copy)]
enum Laid {
    Wire(WireId),
    Radio(RadioId),
}

/// A drawn world.
pub struct Ground {
    /// The world.
    pub world: World<Node>,
    /// Its hosts by place.
    pub hosts: Vec<HostId>,
    /// Roles by device, the first is device 1. The last one has no host.
    pub roles: Vec<Roles>,
    /// The device without a host may tell two stories at one place.
    pub equivocates: bool,
    /// Who hears whom on which link at the begin.
    pub(super) pairs: Vec<(usize, Pair)>,
    laid: Vec<Laid>,
    links: Vec<LinkPlan>,
}

impl Ground {
    /// The world of these options, not yet started. No fault is planned.
    pub fn new(options: &Options) -> Ground {
        Ground::with(options, None)
    }

    /// The same with a directory of one's own.
    pub fn with(options: &Options, directory: Option<Vec<Entry>>) -> Ground {
        let mut world = World::new(options.seed);
        let mut roles = vec![STRONG; options.nodes];
        if options.has_weak_device {
            roles[options.nodes - 1] = WEAK;
        }
        roles.push(WEAK);
        let (nodes, seed) = (options.nodes, options.seed);
        let hosts = match directory {
            Some(entries) => district::found_of(&mut world, &entries, nodes, seed),
            None => district::found_with(&mut world, &roles, nodes, seed),
        };
        let mut ground = Ground {
            world,
            hosts,
            roles,
            equivocates: options.foes.equivocates,
            pairs: Vec::new(),
            laid: Vec::new(),
            links: options.links.clone(),
        };
        for link in &options.links {
            ground.lay(options, link);
        }
        ground.world.keep_frames();
        ground.world.keep_told_orders();
        ground
    }

    /// The faults that these options draw for this world.
    pub fn faults(&self, options: &Options) -> Vec<Event> {
        planner::faults(self, options)
    }

    /// Let these faults happen when their time has come. Wishes of people are left to people.
    pub fn plan(&mut self, events: &[Event]) {
        for event in events {
            if event.deed == Deed::Revoke {
                let device = DeviceId(self.hosts.len() as u16 + 1);
                let request = Request::RevokeDevice { device, reason: "遗失".to_owned() };
                self.world.ask_at(Mono(event.at_ms), self.hosts[0], request);
            }
            let Some(action) = self.action(&event.deed) else { continue };
            match event.at_ms {
                0 => self.world.act(action),
                at_ms => self.world.at(Mono(at_ms), action),
            }
        }
    }

    fn action(&self, deed: &Deed) -> Option<Action> {
        let host = |place: usize| self.hosts.get(place).copied();
        Some(match deed {
            Deed::Enter { .. }
            | Deed::Carry { .. }
            | Deed::Forge { .. }
            | Deed::Noise { .. }
            | Deed::Revoke => return None,
            Deed::Cut { link, from } => match (self.wire(*link)?, from) {
                (wire, None) => Action::Cut(wire),
                (wire, Some(place)) => Action::CutFrom(wire, host(*place)?),
            },
            Deed::Heal { link } => Action::Heal(self.wire(*link)?),
            Deed::Deafen { link, from, place, both_ways } => {
                let (radio, pair) = self.pair(*link, [*from, *place], *both_ways)?;
                Action::CutRadio(radio, pair)
            }
            Deed::Hear { link, from, place, both_ways } => {
                let (radio, pair) = self.pair(*link, [*from, *place], *both_ways)?;
                Action::HealRadio(radio, pair)
            }
            Deed::Crash { place, left } => Action::Crash(host(*place)?, (*left).into()),
            Deed::Restart { place } => Action::Restart(host(*place)?),
            Deed::Refuse { place, refuses } => Action::DiskRefuses(host(*place)?, *refuses),
            Deed::SlowDisk { place, most_ms } => Action::DiskSpeed(host(*place)?, (1, *most_ms)),
            Deed::Flap { place, link, up } => {
                let earlier = &self.links[..(*link).min(self.links.len())];
                let earlier = earlier.iter().filter(|plan| plan.ends_at(*place)).count();
                Action::LinkUp(host(*place)?, LinkId(earlier as u16 + 1), *up)
            }
            Deed::Clock { place, offset_ms } => Action::SetClock(host(*place)?, *offset_ms),
            Deed::Befall { place, fault } => Action::Befall(host(*place)?, fault.clone()),
        })
    }

    fn wire(&self, link: usize) -> Option<WireId> {
        match self.laid.get(link)? {
            Laid::Wire(wire) => Some(*wire),
            Laid::Radio(_) => None,
        }
    }

    /// A planned wire says beacons at least this often, ms; nothing happens to a radio.
    pub fn set_beacon(&mut self, link: usize, beacon_max_ms: u32) {
        if let Some(wire) = self.wire(link) {
            self.world.set_beacon(wire, beacon_max_ms);
        }
    }

    fn pair(&self, link: usize, places: [usize; 2], both_ways: bool) -> Option<(RadioId, Pair)> {
        let (Laid::Radio(radio), LinkPlan::Radio { places: stations, .. }) =
            (self.laid.get(link)?, self.links.get(link)?)
        else {
            return None;
        };
        let station = |place: usize| stations.iter().position(|other| *other == place);
        let [from, to] = places.map(station);
        let id = |number: usize| StationId(number as u16);
        Some((*radio, Pair { from: id(from?), to: id(to?), both_ways }))
    }

    fn lay(&mut self, options: &Options, link: &LinkPlan) {
        match link {
            LinkPlan::Wire { a, b, rate_bit_s, delay_ms } => {
                let config = WireConfig {
                    rate_bit_s: *rate_bit_s,
                    mtu: 1200,
                    delay_ms: *delay_ms,
                    jitter_ms: delay_ms / 8 + options.jitter_ms,
                    loss_ppm: options.loss_ppm,
                    duplicate_ppm: options.duplicate_ppm,
                    late_ppm: options.late_ppm,
                    late_ms: LATE_MS,
                    ..WireConfig::lan()
                };
                let wire = self.world.add_wire(self.hosts[*a], self.hosts[*b], config);
                self.laid.push(Laid::Wire(wire));
            }
            LinkPlan::Card { a, b, every_s } => {
                let config = WireConfig::cards(every_s * 1000, options.loss_ppm);
                let wire = self.world.add_wire(self.hosts[*a], self.hosts[*b], config);
                self.laid.push(Laid::Wire(wire));
            }
            LinkPlan::Radio { places, rate_bit_s, is_line } => {
                let config = Config { loss_ppm: options.loss_ppm, ..Config::direwolf(*rate_bit_s) };
                let hearing = match is_line {
                    false => Hearing::all(places.len()),
                    true => Hearing::only(&neighbours(places.len())),
                };
                let members: Vec<HostId> = places.iter().map(|place| self.hosts[*place]).collect();
                let pairs = hearing.pairs();
                let radio = self.world.add_radio(config, hearing, &members);
                let link = self.laid.len();
                self.pairs.extend(pairs.into_iter().map(|pair| (link, pair)));
                self.laid.push(Laid::Radio(radio));
            }
        }
    }

    /// All faults stop: links heal, clocks stay as they are, whoever is down or cannot save is
    /// started again, but for the one that is left behind.
    pub fn calm(&mut self, left_behind: Option<usize>) {
        let world = &mut self.world;
        world.drop_plans();
        let wires: Vec<(WireId, WireConfig)> =
            world.wires().map(|(id, wire)| (id, wire.config().clone())).collect();
        for (wire, config) in wires {
            let clean = WireConfig {
                jitter_ms: config.delay_ms / 8,
                loss_ppm: 0,
                duplicate_ppm: 0,
                late_ppm: 0,
                ..config
            };
            world.act(Action::WireBecomes(wire, Box::new(clean)));
            world.heal(wire);
        }
        for (link, pair) in &self.pairs {
            let Laid::Radio(radio) = &self.laid[*link] else { continue };
            world.act(Action::HealRadio(*radio, *pair));
            world.act(Action::RadioLoss(*radio, 0));
        }
        for (place, host) in self.hosts.iter().enumerate() {
            if world.stands_still(*host) {
                world.crash(*host, Unsynced::Kept);
            }
            let links: Vec<_> = world.host(*host).links().map(|(link, _)| link).collect();
            for link in links {
                world.act(Action::LinkUp(*host, link, true));
            }
            world.act(Action::DiskRefuses(*host, false));
            world.act(Action::DiskSpeed(*host, (1, 20)));
            world.act(Action::Befall(*host, Fault::Unreadable { unreadable: false }));
            if Some(place) == left_behind {
                world.crash(*host, Unsynced::Drawn);
                continue;
            }
            let fails = world.host(*host).machine().is_some_and(|node| node.cannot_save());
            if fails {
                world.crash(*host, Unsynced::Kept);
            }
            world.start(*host);
        }
    }
}

fn neighbours(stations: usize) -> Vec<Pair> {
    let id = |n: usize| StationId(n as u16);
    let pair = |n: usize| Pair { from: id(n), to: id(n + 1), both_ways: true };
    (0..stations.saturating_sub(1)).map(pair).collect()
}
