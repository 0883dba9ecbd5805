//! From drawn options to a world: hosts, wires and radios, the faults that will strike, and the
//! moment when all of them stop.

use std::collections::BTreeSet;

use sanduan_protocol::base::ids::{DeviceId, LinkId};
use sanduan_protocol::base::roles::Roles;
use sanduan_protocol::base::time::Mono;
use sanduan_protocol::field::directory::Entry;
use sanduan_protocol::keys::suite::Suite;
use sanduan_protocol::local::Request;
use sanduan_protocol::node::{Node, Settings};

use super::laying::{self, Laid};
use super::options::{LinkPlan, Options, Twin};
use super::planner;
use super::plot::{Deed, Event, Trouble};
use crate::air::{Pair, StationId};
use crate::world::service::Change;
use crate::world::{Action, Fault, HostId, Mangle, Unsynced, WireConfig, WireId, World, district};

/// What the device that was carried off, and the weak one, may do.
pub const WEAK: Roles = Roles(Roles::RECEIPT.0 | Roles::POSITION.0);
/// What everyone else may do.
pub const STRONG: Roles = Roles(0x3ff);

/// A drawn world.
pub struct Ground {
    /// The world.
    pub world: World<Node>,
    /// Its suite of cryptography.
    pub suite: Suite,
    /// Its hosts by place.
    pub hosts: Vec<HostId>,
    /// Roles by device, the first is device 1. The last one has no host.
    pub roles: Vec<Roles>,
    /// The device without a host may tell two stories at one place.
    pub equivocates: bool,
    /// Places whose disk is put back to an older copy at some time.
    pub put_back: BTreeSet<usize>,
    /// A second machine with the disk of one of these places, and which.
    pub twin: Option<(HostId, usize)>,
    /// Which places were ever asked into which group, by its name.
    pub members: BTreeSet<(String, usize)>,
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
        roles.push(options.foes.standing.roles());
        let (nodes, seed) = (options.nodes, options.seed);
        let directory = directory.unwrap_or_else(|| district::directory(&roles));
        let suite = options.crypto.suite();
        let is_keyed = |place: usize| options.order_keys && place.is_multiple_of(2);
        let hosts = district::found_keyed(&mut world, suite, directory, nodes, seed, &is_keyed);
        let mut ground = Ground {
            world,
            suite,
            hosts,
            roles,
            equivocates: options.foes.equivocates,
            put_back: BTreeSet::new(),
            twin: None,
            members: BTreeSet::new(),
            pairs: Vec::new(),
            laid: Vec::new(),
            links: options.links.clone(),
        };
        for link in &options.links {
            ground.lay(options, link);
        }
        if let Some(twin) = options.disk.twin {
            ground.add_twin(options, twin);
        }
        ground.world.set_mangle(options.air.mangle());
        ground.world.keep_frames();
        ground.world.keep_changed_orders();
        ground
    }

    /// The faults that these options draw for this world.
    pub fn faults(&self, options: &Options) -> Vec<Event> {
        planner::faults(self, options)
    }

    /// Let these faults happen when their time has come. Wishes of people are left to people.
    pub fn plan(&mut self, events: &[Event]) {
        for event in events {
            if let Deed::Befall { place, fault: Fault::PutBack } = &event.deed {
                self.put_back.insert(*place);
            }
            if event.deed == Deed::Revoke {
                let device = DeviceId(self.hosts.len() as u16 + 1);
                let request = Request::RevokeDevice { device, reason: "遗失".to_owned() };
                self.world.ask_at(Mono(event.at_ms), self.hosts[0], request);
            }
            for action in self.actions(&event.deed) {
                match event.at_ms {
                    0 => self.world.act(action),
                    at_ms => self.world.at(Mono(at_ms), action),
                }
            }
        }
    }

    /// A machine beside another place, down until it is given the disk of the first.
    fn add_twin(&mut self, options: &Options, twin: Twin) {
        let (Some(beside), true) =
            (self.hosts.get(twin.beside).copied(), twin.place < options.nodes)
        else {
            return;
        };
        let settings = district::settings_in(self.suite, twin.place, options.seed);
        // Its chance is its own.
        let settings = Settings { dice_seed: !settings.dice_seed, ..settings };
        let name = format!("U{}'", twin.place + 1);
        let host = self.world.add_host(&name, district::opener(settings));
        self.world.add_wire(beside, host, WireConfig::lan());
        self.world.act(Action::Befall(host, Fault::Unreadable { unreadable: true }));
        self.twin = Some((host, twin.place));
    }

    /// The device that this host speaks as.
    pub fn device_of(&self, host: HostId) -> DeviceId {
        let twin = self.twin.filter(|(twin, _)| *twin == host);
        let place = twin.map_or(usize::from(host.0), |(_, place)| place);
        DeviceId(place as u16 + 1)
    }

    fn actions(&self, deed: &Deed) -> Vec<Action> {
        let twin =
            |place: &usize| self.twin.map(|(host, _)| host).filter(|_| *place == self.hosts.len());
        let host = |place: &usize| self.hosts.get(*place).copied().or_else(|| twin(place));
        let one = |action: Option<Action>| action.into_iter().collect();
        match deed {
            Deed::Enter { .. }
            | Deed::Carry { .. }
            | Deed::Errand { .. }
            | Deed::Forge { .. }
            | Deed::Noise { .. }
            | Deed::Revoke => Vec::new(),
            Deed::Cut { link, from } => self.cut(*link, from.as_ref(), true),
            Deed::Heal { link } => self.cut(*link, None, false),
            Deed::Deafen { link, from, place, both_ways } => {
                self.hearing(*link, [*from, *place], *both_ways, false)
            }
            Deed::Hear { link, from, place, both_ways } => {
                self.hearing(*link, [*from, *place], *both_ways, true)
            }
            Deed::Trouble { link, trouble } => one(self.trouble(*link, trouble)),
            Deed::Crash { place, left } => {
                one(host(place).map(|host| Action::Crash(host, (*left).into())))
            }
            Deed::Restart { place } => one(host(place).map(Action::Restart)),
            Deed::Refuse { place, refuses } => {
                one(host(place).map(|host| Action::DiskRefuses(host, *refuses)))
            }
            Deed::SlowDisk { place, most_ms } => {
                one(host(place).map(|host| Action::DiskSpeed(host, (1, *most_ms))))
            }
            Deed::Flap { place, link, up } => self.flap(*place, *link, *up),
            Deed::Clock { place, offset_ms } => {
                one(host(place).map(|host| Action::SetClock(host, *offset_ms)))
            }
            Deed::Befall { place, fault } => {
                one(host(place).map(|host| Action::Befall(host, fault.clone())))
            }
        }
    }

    /// Every link of the host that is this planned link.
    fn flap(&self, place: usize, link: usize, up: bool) -> Vec<Action> {
        let (Some(host), Some(plan)) = (self.hosts.get(place), self.links.get(link)) else {
            return Vec::new();
        };
        let earlier = self.links[..link].iter().map(|plan| plan.ends_at(place)).sum::<usize>();
        let links = earlier + 1..earlier + 1 + plan.ends_at(place);
        links.map(|number| Action::LinkUp(*host, LinkId(number as u16), up)).collect()
    }

    /// Place of the link among its members.
    fn member(&self, link: usize, place: usize) -> Option<usize> {
        self.links.get(link)?.places().iter().position(|other| *other == place)
    }

    fn cut(&self, link: usize, from: Option<&usize>, cut: bool) -> Vec<Action> {
        let Some(laid) = self.laid.get(link) else { return Vec::new() };
        match (laid, from) {
            (Laid::Wire(wire), None) if cut => vec![Action::Cut(*wire)],
            (Laid::Wire(wire), None) => vec![Action::Heal(*wire)],
            (Laid::Wire(wire), Some(place)) => {
                let host = self.hosts.get(*place);
                host.map(|host| Action::CutFrom(*wire, *host)).into_iter().collect()
            }
            (Laid::Service(service), from) => {
                let members = 0..self.links[link].places().len();
                let is_it = |member: &usize| {
                    from.is_none_or(|place| self.member(link, *place) == Some(*member))
                };
                let block = |member| Action::Service(*service, Change::Block(member, cut));
                members.filter(is_it).map(block).collect()
            }
            (Laid::Radio(_) | Laid::Carried, _) => Vec::new(),
        }
    }

    fn hearing(&self, link: usize, ends: [usize; 2], both_ways: bool, hears: bool) -> Vec<Action> {
        let [Some(from), Some(to)] = ends.map(|place| self.member(link, place)) else {
            return Vec::new();
        };
        match self.laid.get(link) {
            Some(Laid::Radio(radio)) => {
                let [from, to] = [from, to].map(|number| StationId(number as u16));
                let pair = Pair { from, to, both_ways };
                match hears {
                    true => vec![Action::HealRadio(*radio, pair)],
                    false => vec![Action::CutRadio(*radio, pair)],
                }
            }
            Some(Laid::Service(service)) => {
                let way = |from, to| Action::Service(*service, Change::Hearing(from, to, hears));
                let back = both_ways.then(|| way(to, from));
                [Some(way(from, to)), back].into_iter().flatten().collect()
            }
            Some(Laid::Wire(_) | Laid::Carried) | None => Vec::new(),
        }
    }

    fn trouble(&self, link: usize, trouble: &Trouble) -> Option<Action> {
        let laid = self.laid.get(link)?;
        Some(match (laid, trouble) {
            (Laid::Radio(radio), Trouble::Jam { on }) => Action::Jam(*radio, *on),
            (Laid::Radio(radio), Trouble::Rate { rate_bit_s }) => {
                let LinkPlan::Radio { rate_bit_s: planned, .. } = &self.links[link] else {
                    return None;
                };
                Action::RadioRate(*radio, rate_bit_s.unwrap_or(*planned))
            }
            (Laid::Service(service), trouble) => {
                let change = match trouble {
                    Trouble::Rate { rate_bit_s } => Change::Rate(*rate_bit_s),
                    Trouble::Mtu { mtu } => Change::Mtu(*mtu),
                    Trouble::Clog { place, clogged } => {
                        Change::Clog(self.member(link, *place)?, *clogged)
                    }
                    Trouble::Jam { .. } => return None,
                };
                Action::Service(*service, change)
            }
            (Laid::Radio(_), Trouble::Mtu { .. } | Trouble::Clog { .. })
            | (Laid::Wire(_) | Laid::Carried, _) => return None,
        })
    }

    /// A planned wire says beacons at least this often, ms; nothing happens to others.
    pub fn set_beacon(&mut self, link: usize, beacon_max_ms: u32) {
        if let Some(Laid::Wire(wire)) = self.laid.get(link) {
            self.world.set_beacon(*wire, beacon_max_ms);
        }
    }

    fn lay(&mut self, options: &Options, link: &LinkPlan) {
        let laid = laying::lay(&mut self.world, &self.hosts, options, link);
        if let Laid::Radio(radio) = laid {
            let number = self.laid.len();
            let pairs = self.world.air(radio).hearing().pairs();
            self.pairs.extend(pairs.into_iter().map(|pair| (number, pair)));
        }
        if let Some(limits) = options.allowances.limits(link) {
            match laid {
                Laid::Radio(radio) => self.world.limit_radio(radio, limits),
                Laid::Service(service) => self.world.limit_service(service, limits),
                Laid::Wire(_) | Laid::Carried => {}
            }
        }
        self.laid.push(laid);
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
        for (laid, link) in self.laid.iter().zip(&self.links) {
            match (laid, link) {
                (Laid::Radio(radio), LinkPlan::Radio { rate_bit_s, .. }) => {
                    world.act(Action::RadioFading(*radio, None));
                    world.act(Action::RadioRate(*radio, *rate_bit_s));
                    world.act(Action::Jam(*radio, false));
                }
                (Laid::Service(service), _) => world.act(Action::Service(*service, Change::Calm)),
                (Laid::Radio(_) | Laid::Wire(_) | Laid::Carried, _) => {}
            }
        }
        world.set_mangle(Mangle::default());
        world.lift_limits();
        if let Some((twin, _)) = self.twin {
            // It is found and switched off.
            world.crash(twin, Unsynced::Drawn);
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
            world.act(Action::Befall(*host, Fault::Battery { lasts_ms: 0, charge_ms: 0 }));
            world.act(Action::Befall(*host, Fault::Quota { pct: 0 }));
            world.act(Action::Befall(*host, Fault::Unreadable { unreadable: false }));
            if Some(place) == left_behind {
                world.crash(*host, Unsynced::Drawn);
                continue;
            }
            let fails = world.host(*host).machine().is_some_and(|node| node.cannot_save());
            // A sync that was still to fail would strike when all faults have stopped.
            let fails = fails || world.host(*host).disk().is_failing();
            if fails {
                world.crash(*host, Unsynced::Kept);
            }
            world.start(*host);
        }
    }
}
