//! Nodes that reach each other by satellite cards alone: every node has some cards that may send
//! once in an interval, all its links share them, and a frame waits in one queue for the first card
//! that is free (decision 0012). A link leads to one node, or to a group that one message reaches.

use std::collections::{BTreeMap, VecDeque};

use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::base::ids::LinkId;
use sanduan_protocol::base::time::{Mono, Now, Wall};
use sanduan_protocol::link::profile::{Medium, Profile};
use sanduan_protocol::local::Request;
use sanduan_protocol::node::input::AskId;
use sanduan_protocol::node::{Input, Node, Output};

use super::cards::Outside;
use crate::world::{World, district};

/// 2026-08-19 00:00 UTC.
const WALL_AT_START_MS: u64 = 1_787_097_600_000;
/// A card is too dear for more than two beacons an hour, ms.
const BEACON_MS: u32 = 1_800_000;
/// Flight of a message: 2 to 5.6 s, 3.8 s in the mean (research, bearers section 1).
const FLIGHT_MS: (u64, u64) = (2_000, 5_600);

/// Cards and what they carry.
#[derive(Clone, Copy, Debug)]
pub struct Cards {
    /// Shortest time from one message of a card to its next, ms.
    pub interval_ms: u32,
    /// Bytes of a message.
    pub mtu: u16,
    /// Messages that vanish, per million.
    pub loss_ppm: u32,
}

/// The nodes and what is on its way between them.
pub struct Sky {
    nodes: Vec<Node>,
    cards: Cards,
    /// When each card of each node may send again.
    free_at: Vec<Vec<u64>>,
    queues: Vec<VecDeque<(LinkId, Vec<u8>)>>,
    /// Where each link leads: the nodes that hear it, by which link of theirs.
    lines: BTreeMap<(usize, LinkId), Vec<(usize, LinkId)>>,
    due: BTreeMap<(u64, u64), Event>,
    wakes: Vec<Option<Mono>>,
    /// Messages sent by each node.
    pub sent: Vec<u64>,
    /// Headers and tags of all of them.
    pub outside: Outside,
    number: u64,
    now_ms: u64,
    dice: Dice,
}

enum Event {
    Arrive { node: usize, link: LinkId, frame: Vec<u8> },
    Free { node: usize },
    Ready { node: usize, link: LinkId },
}

impl Sky {
    /// Nodes with so many cards each, that know the directory of `units` units.
    pub fn new(cards_of: &[usize], units: usize, cards: Cards, seed: u64) -> Sky {
        let count = cards_of.len();
        let mut ground: World<Node> = World::new(seed);
        let everything = sanduan_protocol::base::roles::Roles(0x3ff);
        let hosts = district::found_with(&mut ground, &vec![everything; units], count, seed);
        let now = Now { mono: Mono(0), wall: Wall(WALL_AT_START_MS) };
        let open = |(place, host)| {
            let stored = ground.host(host).disk().stored();
            district::opener(district::settings(place, seed))(stored, now)
        };
        let mut sky = Sky {
            nodes: hosts.into_iter().enumerate().map(open).collect(),
            cards,
            free_at: cards_of.iter().map(|count| vec![0; *count]).collect(),
            queues: vec![VecDeque::new(); count],
            lines: BTreeMap::new(),
            due: BTreeMap::new(),
            wakes: vec![None; count],
            sent: vec![0; count],
            outside: Outside::default(),
            number: 0,
            now_ms: 0,
            dice: Dice::new(seed),
        };
        (0..count).for_each(|node| sky.drain(node));
        sky
    }

    /// A link from a node to others; `back` is the link by which each of them hears it.
    pub fn line(&mut self, from: usize, link: LinkId, to: &[(usize, LinkId)], medium: Medium) {
        self.lines.insert((from, link), to.to_vec());
        let cards = self.free_at[from].len().max(1) as u32;
        let interval_ms = self.cards.interval_ms / cards;
        let profile = Profile {
            name: format!("card {from}.{}", link.0),
            bearer: format!("card {from}"),
            kind: "beidou".to_owned(),
            mtu: self.cards.mtu,
            // What the interval leaves of whatever rate there is on the air.
            rate_bit_s: u32::from(self.cards.mtu) * 8_000 / interval_ms.max(1),
            medium,
            names_sender: medium == Medium::Unicast,
            // As the daemon declares it.
            latency_ms: (3_800, 10_000),
            min_interval_ms: interval_ms,
            beacon_max_ms: BEACON_MS,
            ..Profile::default()
        };
        self.input(from, Input::LinkUp { link, profile });
        self.input(from, Input::LinkReady { link });
    }

    /// The moment, ms.
    pub fn now_ms(&self) -> u64 {
        self.now_ms
    }

    /// One of the nodes.
    pub fn node(&self, place: usize) -> &Node {
        &self.nodes[place]
    }

    /// Somebody asks something of a node now.
    pub fn ask(&mut self, node: usize, request: Request) {
        self.number += 1;
        let ask = AskId(self.number);
        self.input(node, Input::Ask { ask, request });
    }

    /// Run until then; `each` is called after every message that arrived.
    pub fn run_until(&mut self, until_ms: u64, mut each: impl FnMut(&Sky)) {
        loop {
            let event = self.due.first_key_value().map(|((at, _), _)| *at);
            let wakes = self.wakes.iter().flatten().map(|at| at.0.max(self.now_ms + 1));
            let next = event.into_iter().chain(wakes.min()).min();
            let Some(next) = next.filter(|next| *next <= until_ms) else { break };
            self.now_ms = next.max(self.now_ms);
            if event.is_some_and(|at| at <= self.now_ms) {
                match self.due.pop_first().map(|(_, event)| event) {
                    Some(Event::Arrive { node, link, frame }) => {
                        self.input(node, Input::Heard { link, frame });
                        each(self);
                    }
                    Some(Event::Free { node }) => self.leave(node),
                    Some(Event::Ready { node, link }) => {
                        self.input(node, Input::LinkReady { link });
                    }
                    None => {}
                }
                continue;
            }
            for node in 0..self.nodes.len() {
                if self.wakes[node].is_some_and(|at| at.0 <= self.now_ms) {
                    self.input(node, Input::Tick);
                }
            }
        }
        self.now_ms = self.now_ms.max(until_ms);
    }

    fn input(&mut self, node: usize, input: Input) {
        let now = Now { mono: Mono(self.now_ms), wall: Wall(WALL_AT_START_MS + self.now_ms) };
        self.nodes[node].handle(input, now);
        self.drain(node);
    }

    fn drain(&mut self, node: usize) {
        let mut saved = Vec::new();
        loop {
            match self.nodes[node].poll_output() {
                Output::Save(batch) => saved.push(batch.batch),
                Output::Send { link, frame, .. } => {
                    self.queues[node].push_back((link, frame));
                    self.leave(node);
                }
                Output::Reply { .. } | Output::Feed(_) => {}
                Output::Wait(at) => {
                    self.wakes[node] = at;
                    break;
                }
            }
        }
        for batch in saved {
            self.input(node, Input::Saved { batch });
        }
    }

    /// Frames that wait leave by the cards that are free.
    fn leave(&mut self, node: usize) {
        loop {
            let now_ms = self.now_ms;
            let free = self.free_at[node].iter().position(|free_at| *free_at <= now_ms);
            let Some(card) = free else { return };
            let Some((link, frame)) = self.queues[node].pop_front() else { return };
            let free_at = now_ms + u64::from(self.cards.interval_ms);
            self.free_at[node][card] = free_at;
            self.plan(free_at, Event::Free { node });
            self.sent[node] += 1;
            self.outside.note(&frame);
            for (to, by) in self.lines.get(&(node, link)).cloned().unwrap_or_default() {
                let flight_ms = self.dice.between(FLIGHT_MS.0, FLIGHT_MS.1);
                if !self.dice.chance(self.cards.loss_ppm) {
                    let frame = frame.clone();
                    self.plan(now_ms + flight_ms, Event::Arrive { node: to, link: by, frame });
                }
            }
            // The next frame of this link is filled when a card could take it.
            let ready_at = self.free_at[node].iter().copied().min().unwrap_or(free_at).max(now_ms);
            self.plan_ready(node, link, ready_at);
        }
    }

    fn plan_ready(&mut self, node: usize, link: LinkId, at_ms: u64) {
        if at_ms <= self.now_ms {
            self.input(node, Input::LinkReady { link });
        } else {
            self.plan(at_ms, Event::Ready { node, link });
        }
    }

    fn plan(&mut self, at_ms: u64, event: Event) {
        self.number += 1;
        self.due.insert((at_ms, self.number), event);
    }
}
