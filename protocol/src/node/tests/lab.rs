//! A handful of nodes, links between them, a disk each, and a clock that everyone shares.

use std::collections::{BTreeMap, VecDeque};

use super::made_up::{directory, settings};
use crate::base::dice::Dice;
use crate::base::ids::{LinkId, UnitId};
use crate::base::time::{Mono, Now, Wall};
use crate::link::profile::Profile;
use crate::local::rows::StatusRow;
use crate::local::{Refusal, Reply, Request};
use crate::node::input::AskId;
use crate::node::{Input, Node, Output};

/// 2026-08-18 08:00 in Chongqing.
pub const START_MS: u64 = 1_787_011_200_000;

/// One link from one node: whom it reaches.
pub struct Wire {
    pub from: usize,
    link: LinkId,
    pub to: Vec<(usize, LinkId)>,
    profile: Profile,
    is_cut: bool,
}

/// Nodes and what lies between them.
pub struct Lab {
    pub nodes: Vec<Option<Node>>,
    pub disks: Vec<BTreeMap<Vec<u8>, Vec<u8>>>,
    /// Batches are confirmed only while this is true.
    pub disks_work: bool,
    /// How far the wall clock of each node is off, ms.
    pub skew_ms: Vec<i64>,
    /// Frames of this node are kept.
    pub tape_of: Option<usize>,
    /// What it said.
    pub taped: Vec<Vec<u8>>,
    /// Nodes that joined by a join file of old, from their next start on.
    pub joined_of_old: Vec<usize>,
    /// Whose key each node has, from its next start on: its own, unless a disk was copied.
    pub plays: Vec<usize>,
    /// Nodes that speak for another unit than their own, from their next start on.
    pub speaks_for: BTreeMap<usize, UnitId>,
    /// Of every node, from its next start on.
    pub over_kept_ms: u64,
    /// So that each has dice of its own.
    starts: Vec<u64>,
    held: Vec<VecDeque<crate::node::output::Batch>>,
    pub wires: Vec<Wire>,
    flying: BTreeMap<(u64, u64), Flight>,
    flights: u64,
    pub now_ms: u64,
    waits: Vec<Option<Mono>>,
    replies: BTreeMap<(usize, AskId), Result<Reply, Refusal>>,
    asks: u64,
    dice: Dice,
    /// Frames lost in a million, and doubled.
    pub loss_ppm: u32,
    pub double_ppm: u32,
    /// Bytes of frames sent, per node, the bearer's framing included.
    pub sent_bytes: Vec<u64>,
    pub sent_frames: Vec<u64>,
    /// Every frame sent, newest last, of each node.
    pub trace: Vec<(usize, usize)>,
    /// Everything that local programs were told.
    pub feeds: Vec<(usize, crate::local::Event)>,
}

enum Flight {
    Frame { node: usize, link: LinkId, bytes: Vec<u8> },
    Ready { node: usize, link: LinkId },
}

impl Lab {
    /// Nodes that all know the directory and nothing else.
    pub fn new(count: usize, seed: u64) -> Lab {
        let mut lab = Lab {
            nodes: Vec::new(),
            disks: vec![BTreeMap::new(); count],
            disks_work: true,
            skew_ms: vec![0; count],
            tape_of: None,
            taped: Vec::new(),
            joined_of_old: Vec::new(),
            plays: (0..count).collect(),
            speaks_for: BTreeMap::new(),
            over_kept_ms: crate::node::settings::OVER_KEPT_MS,
            starts: vec![0; count],
            held: vec![VecDeque::new(); count],
            wires: Vec::new(),
            flying: BTreeMap::new(),
            flights: 0,
            now_ms: 1000,
            waits: vec![None; count],
            replies: BTreeMap::new(),
            asks: 0,
            dice: Dice::new(seed),
            loss_ppm: 0,
            double_ppm: 0,
            sent_bytes: vec![0; count],
            sent_frames: vec![0; count],
            trace: Vec::new(),
            feeds: Vec::new(),
        };
        for node in 0..count {
            lab.nodes.push(None);
            lab.start(node);
        }
        let now = lab.now();
        let founder = lab.nodes[0].as_mut().expect("started");
        founder.publish(vec![directory(count)], now).expect("it is the authority");
        lab.drain(0);
        for node in 1..count {
            let disk: Vec<_> = lab.disks[0]
                .iter()
                .filter(|(key, _)| matches!(key.first(), Some(b'r' | b's')))
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect();
            lab.disks[node].extend(disk);
            lab.start(node);
        }
        lab
    }

    pub fn now(&self) -> Now {
        Now { mono: Mono(self.now_ms), wall: Wall(START_MS + self.now_ms) }
    }

    /// The same by the clock of a node.
    fn now_of(&self, node: usize) -> Now {
        let now = self.now();
        Now { wall: Wall(now.wall.0.saturating_add_signed(self.skew_ms[node])), ..now }
    }

    /// A node is switched off.
    pub fn stop(&mut self, node: usize) {
        (self.nodes[node], self.waits[node]) = (None, None);
    }

    /// (Re)start a node from its disk. What was not confirmed is gone.
    pub fn start(&mut self, node: usize) {
        let now = self.now_of(node);
        let mut told = settings(self.plays[node]);
        if self.joined_of_old.contains(&node) {
            told.network.grant = None;
        }
        told.over_kept_ms = self.over_kept_ms;
        told.unit = self.speaks_for.get(&node).copied().unwrap_or(told.unit);
        self.starts[node] += 1;
        // The first two found the lab.
        told.dice_seed ^= self.starts[node].saturating_sub(2) << 32;
        let mut fresh = Node::new(told, now.wall);
        for (key, value) in &self.disks[node] {
            fresh.restore(key, value);
        }
        fresh.opened(now);
        self.held[node].clear();
        self.nodes[node] = Some(fresh);
        self.drain(node);
        let links: Vec<(LinkId, Profile)> = self
            .wires
            .iter()
            .filter(|wire| wire.from == node)
            .map(|wire| (wire.link, wire.profile.clone()))
            .collect();
        for (link, profile) in links {
            self.input(node, Input::LinkUp { link, profile });
            self.input(node, Input::LinkReady { link });
        }
    }

    /// A link that everyone in `group` shares.
    pub fn join(&mut self, group: &[usize], profile: &Profile) {
        let ids: Vec<LinkId> = group
            .iter()
            .map(|node| {
                LinkId(self.wires.iter().filter(|wire| wire.from == *node).count() as u16 + 1)
            })
            .collect();
        for (at, node) in group.iter().enumerate() {
            let to = group
                .iter()
                .zip(&ids)
                .filter(|(other, _)| *other != node)
                .map(|(other, id)| (*other, *id))
                .collect();
            let profile = profile.clone();
            self.wires.push(Wire { from: *node, link: ids[at], to, profile, is_cut: false });
        }
        for (node, link) in group.iter().zip(ids) {
            self.input(*node, Input::LinkUp { link, profile: profile.clone() });
            self.input(*node, Input::LinkReady { link });
        }
    }

    /// Nothing that this node says is heard, or again.
    pub fn silence(&mut self, node: usize, is_cut: bool) {
        self.wires.iter_mut().filter(|wire| wire.from == node).for_each(|w| w.is_cut = is_cut);
    }

    /// Nothing passes between these two, or again.
    pub fn cut(&mut self, a: usize, b: usize, is_cut: bool) {
        for wire in &mut self.wires {
            let between = |x: usize, y: usize| wire.from == x && wire.to.iter().any(|t| t.0 == y);
            if between(a, b) || between(b, a) {
                wire.is_cut = is_cut;
            }
        }
    }

    pub fn input(&mut self, node: usize, input: Input) {
        let now = self.now_of(node);
        if let Some(machine) = &mut self.nodes[node] {
            machine.handle(input, now);
            self.drain(node);
        }
    }

    /// Ask and run until the answer is there, one minute at most.
    pub fn ask(&mut self, node: usize, request: Request) -> Result<Reply, Refusal> {
        let ask = self.ask_later(node, request);
        let end = self.now_ms + 60_000;
        while !self.replies.contains_key(&(node, ask)) && self.now_ms < end {
            self.step(end);
        }
        self.replies.remove(&(node, ask)).expect("an answer within a minute")
    }

    /// Ask what is answered at once, without the clock moving.
    pub fn ask_now(&mut self, node: usize, request: Request) -> Option<Result<Reply, Refusal>> {
        let ask = self.ask_later(node, request);
        self.reply(node, ask)
    }

    /// Ask without waiting.
    pub fn ask_later(&mut self, node: usize, request: Request) -> AskId {
        self.asks += 1;
        let ask = AskId(self.asks);
        self.input(node, Input::Ask { ask, request });
        ask
    }

    pub fn reply(&mut self, node: usize, ask: AskId) -> Option<Result<Reply, Refusal>> {
        self.replies.remove(&(node, ask))
    }

    pub fn status(&mut self, node: usize) -> StatusRow {
        match self.ask(node, Request::Status) {
            Ok(Reply::Status(row)) => *row,
            other => panic!("{other:?}"),
        }
    }

    /// True when all nodes hold the same verified records and the same fixes.
    pub fn agree(&mut self) -> bool {
        let all: Vec<usize> = (0..self.nodes.len()).collect();
        self.agree_among(&all)
    }

    /// The same of some of them.
    pub fn agree_among(&mut self, nodes: &[usize]) -> bool {
        let first = self.status(nodes[0]);
        nodes.iter().all(|&node| {
            let other = self.status(node);
            other.digest == first.digest && other.board_digest == first.board_digest
        })
    }

    /// Run until all agree; the seconds it took, or `None` at the limit.
    pub fn run_until_agreed(&mut self, limit_s: u64) -> Option<u64> {
        let all: Vec<usize> = (0..self.nodes.len()).collect();
        self.run_until_agreed_among(&all, limit_s)
    }

    /// The same of some of them.
    pub fn run_until_agreed_among(&mut self, nodes: &[usize], limit_s: u64) -> Option<u64> {
        let begin = self.now_ms;
        while self.now_ms < begin + limit_s * 1000 {
            self.run_ms(1000);
            if self.agree_among(nodes) {
                return Some((self.now_ms - begin) / 1000);
            }
        }
        None
    }

    pub fn run_ms(&mut self, ms: u64) {
        let end = self.now_ms + ms;
        while self.now_ms < end {
            self.step(end);
        }
    }

    /// The next thing that happens, or `end`.
    fn step(&mut self, end: u64) {
        let flight = self.flying.first_key_value().map(|((at, _), _)| *at);
        let wait = self.waits.iter().flatten().map(|mono| mono.0.max(self.now_ms + 1)).min();
        let next = flight.into_iter().chain(wait).min().unwrap_or(end).min(end);
        self.now_ms = next.max(self.now_ms);
        if flight.is_some_and(|at| at <= self.now_ms) {
            let (_, flight) = self.flying.pop_first().expect("just seen");
            match flight {
                Flight::Frame { node, link, bytes } => {
                    self.input(node, Input::Heard { link, frame: bytes });
                }
                Flight::Ready { node, link } => self.input(node, Input::LinkReady { link }),
            }
            return;
        }
        for node in 0..self.nodes.len() {
            if self.waits[node].is_some_and(|at| at.0 <= self.now_ms) {
                self.input(node, Input::Tick);
            }
        }
    }

    /// Sums that all nodes said so far.
    pub fn sums_said(&self) -> u64 {
        let links = self.nodes.iter().flatten().flat_map(|node| node.links.values());
        links.map(|link| link.sums.said()).sum()
    }

    /// Let held batches through.
    pub fn release_disks(&mut self) {
        self.disks_work = true;
        for node in 0..self.nodes.len() {
            while let Some(batch) = self.held[node].pop_front() {
                self.confirm(node, batch);
            }
        }
    }

    fn confirm(&mut self, node: usize, batch: crate::node::output::Batch) {
        crate::node::output::lay_over(&mut self.disks[node], batch.puts);
        self.input(node, Input::Saved { batch: batch.batch });
    }

    pub fn drain(&mut self, node: usize) {
        let mut saves = Vec::new();
        while let Some(machine) = &mut self.nodes[node] {
            match machine.poll_output() {
                Output::Save(batch) => saves.push(batch),
                Output::Send { link, frame, .. } => self.send(node, link, frame),
                Output::Reply { ask, reply } => {
                    self.replies.insert((node, ask), *reply);
                }
                Output::Feed(event) => self.feeds.push((node, event)),
                Output::Wait(at) => {
                    self.waits[node] = at;
                    break;
                }
            }
        }
        for batch in saves {
            if self.disks_work {
                self.confirm(node, batch);
            } else {
                self.held[node].push_back(batch);
            }
        }
    }

    fn send(&mut self, node: usize, link: LinkId, frame: Vec<u8>) {
        let Some(wire) = self.wires.iter().find(|wire| wire.from == node && wire.link == link)
        else {
            return;
        };
        assert!(frame.len() <= usize::from(wire.profile.mtu), "a frame is longer than the mtu");
        self.sent_bytes[node] += frame.len() as u64 + u64::from(wire.profile.per_frame_bytes);
        self.sent_frames[node] += 1;
        self.trace.push((node, frame.len()));
        if self.tape_of == Some(node) {
            self.taped.push(frame.clone());
        }
        let air = wire.profile.air_ms(frame.len()).max(1);
        let mut flights = vec![(air, Flight::Ready { node, link })];
        for (to, their_link) in wire.to.iter().filter(|_| !wire.is_cut) {
            let copies = if self.dice.chance(self.loss_ppm) {
                0
            } else {
                1 + u64::from(self.dice.chance(self.double_ppm))
            };
            for copy in 0..copies {
                let bytes = frame.clone();
                let delay = air + copy * 3000;
                flights.push((delay, Flight::Frame { node: *to, link: *their_link, bytes }));
            }
        }
        for (delay, flight) in flights {
            self.flights += 1;
            self.flying.insert((self.now_ms + delay, self.flights), flight);
        }
    }
}
