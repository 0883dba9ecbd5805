//! The world and what is in it: how it is built, and what may be asked of it. What happens in it is
//! done in [`super::run`].

use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::base::ids::LinkId;
use sanduan_protocol::base::time::Mono;
use sanduan_protocol::link::condition::Condition;
use sanduan_protocol::link::modem::pace::Pacer;
use sanduan_protocol::link::profile::Profile;

use super::breach::{Breach, Checker};
use super::canary::Canary;
use super::disk::{Stored, Unsynced};
use super::host::{Answered, End, Host, HostId, Leads, Opener};
use super::mangle::Mangle;
use super::radio::{Radio, RadioId, radio_profile};
use super::schedule::{Action, Due, Schedule};
use super::serving::Served;
use super::tape::{Tape, Taped};
use super::trace::Trace;
use super::wire::{Wire, WireConfig, WireCounts, WireId};
use crate::air::{Air, Config, Hearing, StationId};

/// Breaches kept; the first ones tell the story.
const BREACHES_MAX: usize = 1000;

/// Hosts, wires and radios, and everything that is due.
pub struct World<M> {
    pub(super) hosts: Vec<Host<M>>,
    pub(super) wires: Vec<Wire>,
    pub(super) radios: Vec<Radio>,
    pub(super) services: Vec<Served>,
    pub(super) mangle: Mangle,
    pub(super) schedule: Schedule,
    pub(super) dice: Dice,
    pub(super) now: Mono,
    pub(super) asked: u64,
    pub(super) trace: Trace,
    pub(super) tape: Tape,
    pub(super) breaches: Vec<Breach>,
    pub(super) checkers: Vec<Box<dyn Checker<M>>>,
    pub(super) canary: Option<Canary>,
    pub(super) crash_at_save: Option<(u64, Unsynced)>,
    pub(super) saves: u64,
    /// Hosts to which something happened since they were last asked for.
    pub(super) touched: Vec<HostId>,
    pub(super) happened: u64,
}

impl<M> World<M> {
    /// An empty world. Everything drawn in it comes from `seed`.
    pub fn new(seed: u64) -> World<M> {
        World {
            hosts: Vec::new(),
            wires: Vec::new(),
            radios: Vec::new(),
            services: Vec::new(),
            mangle: Mangle::default(),
            schedule: Schedule::default(),
            dice: Dice::new(seed),
            now: Mono(0),
            asked: 0,
            trace: Trace::default(),
            tape: Tape::default(),
            breaches: Vec::new(),
            checkers: Vec::new(),
            canary: None,
            crash_at_save: None,
            saves: 0,
            touched: Vec::new(),
            happened: 0,
        }
    }

    /// A host that is down until it is started.
    pub fn add_host(&mut self, name: &str, open: Opener<M>) -> HostId {
        self.hosts.push(Host::new(name.to_owned(), open));
        HostId(self.hosts.len() as u16 - 1)
    }

    /// Put pairs on a host's disk by hand, as a file that was brought. To be done before it starts.
    pub fn put_on_disk(&mut self, host: HostId, pairs: Stored) {
        self.host_mut(host).disk.preload(pairs);
    }

    /// A wire between two hosts. To be laid before they start.
    pub fn add_wire(&mut self, a: HostId, b: HostId, config: WireConfig) -> WireId {
        let wire = WireId(self.wires.len() as u16);
        let names = [a, b].map(|id| self.host(id).name.clone());
        let profiles = [config.profile(&names[1], &names[1]), config.profile(&names[0], &names[0])];
        let [to_b, to_a] = profiles;
        let ends = [
            (a, self.add_end(a, to_b, Leads::Wire { wire, end: 0 })),
            (b, self.add_end(b, to_a, Leads::Wire { wire, end: 1 })),
        ];
        let counts = [WireCounts::default(); 2];
        self.wires.push(Wire { config, ends, cut: [false; 2], counts });
        wire
    }

    /// A radio channel; the first host sits at station A, and so on. To be set up before they
    /// start.
    pub fn add_radio(&mut self, config: Config, hearing: Hearing, hosts: &[HostId]) -> RadioId {
        let radio = RadioId(self.radios.len() as u16);
        let stations = hosts.iter().zip(0..).map(|(&host, station)| {
            let leads = Leads::Radio { radio, station: StationId(station) };
            let profile = radio_profile(&config, &format!("radio{}", radio.0));
            (host, self.add_end(host, profile, leads))
        });
        let stations: Vec<(HostId, usize)> = stations.collect();
        let air = Air::new(config, hearing, hosts.len(), self.dice.roll());
        self.radios.push(Radio { air, stations, wake: None });
        radio
    }

    /// What befalls frames on every link from now on.
    pub fn set_mangle(&mut self, mangle: Mangle) {
        self.mangle = mangle;
    }

    /// Watch this world with `checker` from now on.
    pub fn add_checker(&mut self, checker: Box<dyn Checker<M>>) {
        self.checkers.push(checker);
    }

    /// What time it is.
    pub fn now(&self) -> Mono {
        self.now
    }

    /// Every host in order.
    pub fn host_ids(&self) -> impl Iterator<Item = HostId> + use<M> {
        (0..self.hosts.len() as u16).map(HostId)
    }

    /// One host.
    pub fn host(&self, id: HostId) -> &Host<M> {
        &self.hosts[usize::from(id.0)]
    }

    /// One wire.
    pub fn wire(&self, id: WireId) -> &Wire {
        &self.wires[usize::from(id.0)]
    }

    /// Every wire in order, with its two ends.
    pub fn wires(&self) -> impl Iterator<Item = (WireId, &Wire)> {
        self.wires.iter().zip(0..).map(|(wire, number)| (WireId(number), wire))
    }

    /// Every radio in order.
    pub fn radio_ids(&self) -> impl Iterator<Item = RadioId> + use<M> {
        (0..self.radios.len() as u16).map(RadioId)
    }

    /// Answers of a host that were not taken yet, oldest first.
    pub fn take_answers(&mut self, host: HostId) -> Vec<Answered> {
        self.host_mut(host).answers.drain(..).collect()
    }

    /// A promise was broken, as seen by whoever tells the story.
    pub fn note_breach(&mut self, host: HostId, what: String) {
        self.breach(host, what);
    }

    /// The channel of one radio.
    pub fn air(&self, id: RadioId) -> &Air {
        &self.radios[usize::from(id.0)].air
    }

    /// Promises broken so far.
    pub fn breaches(&self) -> &[Breach] {
        &self.breaches
    }

    /// One number for everything that happened so far, in its order.
    pub fn fingerprint(&self) -> u64 {
        self.trace.fingerprint()
    }

    /// Keep a line of everything that happens from now on.
    pub fn keep_lines(&mut self) {
        self.trace.keep_lines();
    }

    /// The kept lines, oldest first.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.trace.lines()
    }

    /// Keep every frame that a host hands to a link from now on.
    pub fn keep_frames(&mut self) {
        self.tape.keep();
    }

    /// The kept frames, oldest first; the tape is empty afterwards.
    pub fn take_frames(&mut self) -> Vec<Taped> {
        self.tape.take()
    }

    /// Both ends of a wire say a beacon at least this often while all is quiet, ms. To be settled
    /// before they start.
    pub fn set_beacon(&mut self, wire: WireId, beacon_max_ms: u32) {
        for (host, end) in self.wire(wire).ends {
            self.host_mut(host).ends[end].profile.beacon_max_ms = beacon_max_ms;
        }
    }

    /// Plan something for later; at once if the moment has passed.
    pub fn at(&mut self, at: Mono, action: Action) {
        self.schedule.plan(at.max(self.now), Due::Act(Box::new(action)));
    }

    /// Nothing that was planned with [`World::at`] or [`World::ask_at`] happens any more.
    pub fn drop_plans(&mut self) {
        self.schedule.drop_acts();
    }

    /// True if `view` is the same at every host of `among` that is up, and at least two are.
    pub fn agree<T: PartialEq>(&self, among: &[HostId], view: impl Fn(&M) -> T) -> bool {
        let mut views = among.iter().filter_map(|&id| self.host(id).machine()).map(view);
        let (Some(first), Some(second)) = (views.next(), views.next()) else { return false };
        first == second && views.all(|other| first == other)
    }

    pub(super) fn add_end(&mut self, host: HostId, profile: Profile, leads: Leads) -> usize {
        let ends = &mut self.hosts[usize::from(host.0)].ends;
        let link = LinkId(ends.len() as u16 + 1);
        let pacer = Pacer::new(&profile);
        ends.push(End {
            link,
            profile,
            pacer,
            not_before: Mono(0),
            leads,
            ready: false,
            down: false,
            said: Condition::default(),
            told: Condition::default(),
            is_watched: false,
        });
        ends.len() - 1
    }

    pub(super) fn host_mut(&mut self, id: HostId) -> &mut Host<M> {
        &mut self.hosts[usize::from(id.0)]
    }

    pub(super) fn breach(&mut self, host: HostId, what: String) {
        if self.breaches.len() < BREACHES_MAX {
            self.breaches.push(Breach { at: self.now, host, what });
        }
    }
}
