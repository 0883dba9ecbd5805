//! From drawn options to a world: hosts, wires and radios, the faults that will strike, and the
//! moment when all of them stop.

use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::base::roles::Roles;
use sanduan_protocol::base::time::Mono;
use sanduan_protocol::node::Node;

use super::options::{Cuts, LinkPlan, Options};
use crate::air::{Config, Hearing, Pair, StationId};
use crate::world::{Action, HostId, RadioId, Unsynced, WireConfig, WireId, World, district};

/// Nothing strikes before, so that the nodes have met once, ms.
const FIRST_FAULT_MS: u64 = 30_000;
/// Frames that are late come within this, ms.
const LATE_MS: u64 = 600_000;
/// A wall clock steps by up to a day, ms.
const STEP_MS: u64 = 86_400_000;
/// What the device that was carried off, and the weak one, may do.
pub const WEAK: Roles = Roles(Roles::RECEIPT.0 | Roles::POSITION.0);
/// What everyone else may do.
pub const STRONG: Roles = Roles(0x3ff);

/// A drawn world.
pub struct Ground {
    /// The world.
    pub world: World<Node>,
    /// Its hosts by place.
    pub hosts: Vec<HostId>,
    /// Roles by device, the first is device 1. The last one has no host.
    pub roles: Vec<Roles>,
    pairs: Vec<(RadioId, Pair)>,
}

impl Ground {
    /// The world of these options, with all its faults planned, not yet started.
    pub fn new(options: &Options) -> Ground {
        let mut world = World::new(options.seed);
        let mut roles = vec![STRONG; options.nodes];
        if options.has_weak_device {
            roles[options.nodes - 1] = WEAK;
        }
        roles.push(WEAK);
        let hosts = district::found_with(&mut world, &roles, options.nodes, options.seed);
        let mut ground = Ground { world, hosts, roles, pairs: Vec::new() };
        for link in &options.links {
            ground.lay(options, link);
        }
        ground.world.keep_frames();
        Planner { ground: &mut ground, options, dice: Dice::new(options.seed ^ 0xfa_17) }.plan();
        ground
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
                };
                self.world.add_wire(self.hosts[*a], self.hosts[*b], config);
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
                self.pairs.extend(pairs.into_iter().map(|pair| (radio, pair)));
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
        for (radio, pair) in &self.pairs {
            world.act(Action::HealRadio(*radio, *pair));
            world.act(Action::RadioLoss(*radio, 0));
        }
        for (place, host) in self.hosts.iter().enumerate() {
            let links: Vec<_> = world.host(*host).links().map(|(link, _)| link).collect();
            for link in links {
                world.act(Action::LinkUp(*host, link, true));
            }
            world.act(Action::DiskRefuses(*host, false));
            world.act(Action::DiskSpeed(*host, (1, 20)));
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

/// Plans the faults of one world.
struct Planner<'a> {
    ground: &'a mut Ground,
    options: &'a Options,
    dice: Dice,
}

impl Planner<'_> {
    fn plan(&mut self) {
        for host in self.ground.hosts.clone() {
            let skew_ms = self.dice.below(2 * self.options.skew_ms + 1) as i64;
            let skew_ms = skew_ms - self.options.skew_ms as i64;
            self.ground.world.act(Action::SetClock(host, skew_ms));
            if let Some(late_ms) = self.options.late_disk_ms.filter(|_| self.dice.below(2) == 0) {
                self.ground.world.act(Action::DiskSpeed(host, (1, late_ms)));
            }
        }
        let options = self.options;
        self.every(options.cuts.map(|(_, every_s)| every_s), Planner::cut);
        self.every(options.crashes.map(|(every_s, _)| every_s), Planner::crash);
        self.every(options.steps_every_s, Planner::step);
        self.every(options.refuses_every_s, Planner::refuse);
        self.every(options.flaps_every_s, Planner::flap);
    }

    fn every(&mut self, every_s: Option<u64>, strike: fn(&mut Self, Mono)) {
        let Some(every_s) = every_s else { return };
        let end_ms = self.options.minutes * 60_000;
        let mut at_ms = FIRST_FAULT_MS + self.dice.below(every_s * 2_000);
        while at_ms < end_ms {
            strike(self, Mono(at_ms));
            at_ms += self.dice.between(every_s * 200, every_s * 1_800);
        }
    }

    fn host(&mut self) -> HostId {
        self.ground.hosts[self.dice.below(self.ground.hosts.len() as u64) as usize]
    }

    fn at(&mut self, at: Mono, action: Action) {
        self.ground.world.at(at, action);
    }

    fn cut(&mut self, at: Mono) {
        let heals = at.after_ms(self.dice.between(2_000, 600_000));
        let cuts = self.options.cuts.map_or(Cuts::Uniform, |(cuts, _)| cuts);
        let wires: Vec<(WireId, [HostId; 2])> =
            self.ground.world.wires().map(|(id, wire)| (id, wire.hosts())).collect();
        let lonely = self.host();
        for (wire, hosts) in wires {
            let struck = match cuts {
                Cuts::IsolateOne => hosts.contains(&lonely),
                Cuts::Uniform | Cuts::OneWay => self.dice.below(2) == 0,
            };
            if struck {
                let sender = hosts[self.dice.below(2) as usize];
                let cut = match cuts {
                    Cuts::OneWay => Action::CutFrom(wire, sender),
                    Cuts::Uniform | Cuts::IsolateOne => Action::Cut(wire),
                };
                self.at(at, cut);
                self.at(heals, Action::Heal(wire));
            }
        }
        for (radio, pair) in self.ground.pairs.clone() {
            let one_way = matches!(cuts, Cuts::OneWay);
            if self.dice.below(2) == 0 {
                let cut = Pair { both_ways: pair.both_ways && !one_way, ..pair };
                self.at(at, Action::CutRadio(radio, cut));
                self.at(heals, Action::HealRadio(radio, pair));
            }
        }
    }

    fn crash(&mut self, at: Mono) {
        let host = self.host();
        let left = self.options.crashes.map_or(Unsynced::Lost, |(_, left)| left.into());
        let mut at = at;
        let times = if self.options.crash_loops { self.dice.between(1, 5) } else { 1 };
        for _ in 0..times {
            self.at(at, Action::Crash(host, left));
            at = at.after_ms(self.dice.between(100, 120_000 / times));
            self.at(at, Action::Restart(host));
            at = at.after_ms(self.dice.below(500));
        }
    }

    fn step(&mut self, at: Mono) {
        let host = self.host();
        let most_ms = if self.dice.below(4) == 0 { STEP_MS } else { 600_000 };
        let step_ms = self.dice.below(2 * most_ms) as i64 - most_ms as i64;
        self.at(at, Action::SetClock(host, step_ms));
    }

    fn refuse(&mut self, at: Mono) {
        let host = self.host();
        self.at(at, Action::DiskRefuses(host, true));
        let freed = at.after_ms(self.dice.between(1_000, 300_000));
        self.at(freed, Action::DiskRefuses(host, false));
        self.at(freed, Action::Crash(host, Unsynced::Lost));
        let restarted = freed.after_ms(self.dice.between(500, 20_000));
        self.at(restarted, Action::Restart(host));
    }

    fn flap(&mut self, at: Mono) {
        let host = self.host();
        let links: Vec<_> = self.ground.world.host(host).links().map(|(link, _)| link).collect();
        if links.is_empty() {
            return;
        }
        let link = links[self.dice.below(links.len() as u64) as usize];
        self.at(at, Action::LinkUp(host, link, false));
        let up = at.after_ms(self.dice.between(500, 180_000));
        self.at(up, Action::LinkUp(host, link, true));
    }
}
