//! One host: a machine that may be off, its disk, its clock, and the ends of the links it has.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use sanduan_protocol::base::ids::{LinkId, SpokenId};
use sanduan_protocol::base::time::{Mono, Now, Wall};
use sanduan_protocol::link::condition::Condition;
use sanduan_protocol::link::modem::pace::Pacer;
use sanduan_protocol::link::profile::Profile;
use sanduan_protocol::local::{Refusal, Reply};
use sanduan_protocol::node::input::{AskId, BatchNo};
use sanduan_protocol::node::{Input, Output};

use super::battery::Battery;
use super::canary::Canary;
use super::disk::{Disk, Stored};
use super::meter::Meter;
use super::radio::RadioId;
use super::service::{Seat, ServiceId};
use super::wire::WireId;
use crate::air::StationId;

/// What the world drives: the node, or a stand-in with the same contract.
pub trait Machine {
    /// Take in one thing.
    fn handle(&mut self, input: Input, now: Now);

    /// The next wish; `Wait` when there is no more.
    fn poll_output(&mut self) -> Output;

    /// From now on nobody listens to what it would tell local programs.
    fn unheard(&mut self) {}

    /// The orders that changed since this was last asked, while nobody listens.
    fn take_changed_orders(&mut self) -> BTreeSet<SpokenId> {
        BTreeSet::new()
    }

    /// Break this promise from now on, if it is one that the machine itself keeps.
    fn break_promise(&mut self, _: Canary) {}
}

/// Builds the machine of a host from what its disk holds, at every start.
pub type Opener<M> = Box<dyn FnMut(&Stored, Now) -> M>;

/// Number of a host in its world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostId(pub u16);

/// An answer that a host gave.
#[derive(Clone, Debug)]
pub struct Answered {
    /// To which request.
    pub ask: AskId,
    /// When.
    pub at: Mono,
    /// What it said.
    pub reply: Result<Reply, Refusal>,
}

/// Where an end of a link leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leads {
    /// Into a wire, at end 0 or 1.
    Wire { wire: WireId, end: usize },
    /// To a station of a radio channel.
    Radio { radio: RadioId, station: StationId },
    /// To a service.
    Service { service: ServiceId, seat: Seat },
}

/// One end of a link, as the host's daemon would hold it.
#[derive(Clone, Debug)]
pub(super) struct End {
    pub link: LinkId,
    pub profile: Profile,
    pub pacer: Pacer,
    /// Until then the device takes no frame, whoever is up behind it: a card's interval.
    pub not_before: Mono,
    pub leads: Leads,
    /// `LinkReady` was said and no frame has come since.
    pub ready: bool,
    /// The bearer failed.
    pub down: bool,
    /// How the bearer stands by its own word, and what the machine was last told.
    pub said: Condition,
    pub told: Condition,
    /// Its counters are looked at again soon.
    pub is_watched: bool,
}

impl End {
    /// When it can take the next frame.
    pub fn ready_at(&self) -> Mono {
        self.pacer.ready_at().max(self.not_before)
    }
}

/// One host of a world.
pub struct Host<M> {
    /// Name for people.
    pub name: String,
    /// What its clock shows beyond the world's, ms.
    pub clock_offset_ms: i64,
    /// How fast its clock goes wrong, millionths, and since when.
    pub(super) drift: (i64, Mono),
    /// Until then the machine stands still: it is charged, or its lid is shut.
    pub(super) paused_until: Mono,
    pub(super) open: Opener<M>,
    pub(super) machine: Option<M>,
    /// Counts starts, so that what was due for an earlier life is not done to a later one.
    pub(super) boot: u32,
    pub(super) disk: Disk,
    pub(super) ends: Vec<End>,
    /// The counters of bearers that may not send without end, by their names.
    pub(super) meters: BTreeMap<String, Meter>,
    /// What it runs from, unless it is plugged in, and whether it ever ran from one.
    pub(super) battery: Option<Battery>,
    pub(super) has_battery: bool,
    pub(super) wake: Option<Mono>,
    pub(super) last_batch: Option<BatchNo>,
    pub(super) answers: VecDeque<Answered>,
    pub(super) events_fed: u64,
    /// Orders that changed since each of two who may ask last did, if that is kept.
    pub(super) changed_orders: Option<[BTreeSet<SpokenId>; 2]>,
    /// Something happened to it since that was last asked.
    pub(super) is_touched: bool,
    pub(super) ticks: u64,
    pub(super) inputs: u64,
}

impl<M> Host<M> {
    pub(super) fn new(name: String, open: Opener<M>) -> Host<M> {
        Host {
            name,
            clock_offset_ms: 0,
            drift: (0, Mono(0)),
            paused_until: Mono(0),
            open,
            machine: None,
            boot: 0,
            disk: Disk::default(),
            ends: Vec::new(),
            meters: BTreeMap::new(),
            battery: None,
            has_battery: false,
            wake: None,
            last_batch: None,
            answers: VecDeque::new(),
            events_fed: 0,
            changed_orders: None,
            is_touched: false,
            ticks: 0,
            inputs: 0,
        }
    }

    /// The machine, unless the host is down.
    pub fn machine(&self) -> Option<&M> {
        self.machine.as_ref()
    }

    /// Its disk.
    pub fn disk(&self) -> &Disk {
        &self.disk
    }

    /// Answers not taken yet, oldest first; [`ANSWERS_MAX`] at most are kept.
    pub fn answers(&self) -> impl Iterator<Item = &Answered> {
        self.answers.iter()
    }

    /// How many events it told its local programs.
    pub fn events_fed(&self) -> u64 {
        self.events_fed
    }

    /// How often a deadline of its machine passed.
    pub fn ticks(&self) -> u64 {
        self.ticks
    }

    /// How many things happened to its machine.
    pub fn inputs(&self) -> u64 {
        self.inputs
    }

    /// How often it went down.
    pub fn crashes(&self) -> u32 {
        self.boot
    }

    /// What the links of this host can carry, with their numbers.
    pub fn links(&self) -> impl Iterator<Item = (LinkId, &Profile)> {
        self.ends.iter().map(|end| (end.link, &end.profile))
    }

    /// Both clocks of this host at a moment of the world.
    pub(super) fn now(&self, mono: Mono) -> Now {
        let offset_ms = self.clock_offset_ms + self.drifted_ms(mono);
        let wall_ms = (WALL_AT_START_MS + mono.0).saturating_add_signed(offset_ms);
        Now { mono, wall: Wall(wall_ms) }
    }

    /// How far the clock has drifted since the drift began, ms.
    pub(super) fn drifted_ms(&self, mono: Mono) -> i64 {
        let (ppm, since) = self.drift;
        // Worlds go on for days at most: no product comes near the end of its number.
        ppm * mono.since_ms(since) as i64 / 1_000_000
    }

    /// What its clock shows at a moment of the world, ms since 1970.
    pub fn wall_ms(&self, mono: Mono) -> u64 {
        self.now(mono).wall.0
    }

    pub(super) fn keep_answer(&mut self, answer: Answered) {
        if self.answers.len() == ANSWERS_MAX {
            self.answers.pop_front();
        }
        self.answers.push_back(answer);
    }
}

/// Answers kept per host for the checkers.
pub const ANSWERS_MAX: usize = 65_536;

/// 2026-08-19 00:00 UTC: the made-up flood's second day.
pub(crate) const WALL_AT_START_MS: u64 = 1_787_097_600_000;
