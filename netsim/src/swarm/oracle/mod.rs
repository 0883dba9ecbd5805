//! The oracle sees all nodes and all disks, and says which promise is broken. It looks once a
//! second and never touches a node. What each checker watches is told in [`CHECKERS`].

mod frames;
mod goods;
mod places;
mod records;
mod shown;
mod spending;
mod trust;
mod urgent;

use sanduan_protocol::base::ids::{DeviceId, LaneId, RecordId};

use sanduan_protocol::log::lane::Lane as Log;
use sanduan_protocol::node::Node;
use sanduan_protocol::wire::pack::Pack;

use self::frames::Frames;
use self::goods::Goods;
use self::records::Records;
use self::shown::Shown;
use self::trust::Trust;
use self::urgent::Urgent;
use super::ground::Ground;
use super::people::{People, Told};
use super::seen::Seen;
use crate::world::{HostId, Taped};

/// The checkers that are on, and what each watches.
pub const CHECKERS: [(&str, &str); 21] = [
    ("S1", "what a person was told is saved is there after every crash"),
    ("S2", "one record id is one byte string everywhere, and no verified prefix has a gap"),
    ("S3", "nothing is verified that its author's device did not write"),
    ("S4", "no order beyond its author's role reaches a screen, no goods a ledger"),
    ("S5", "a device said to hold an order has it on its disk; rungs never go back"),
    ("S6", "no device seals two frames under one number, over crashes, old copies and twins"),
    ("S7", "per item all accounts add up to zero, and the shelves equal a fold told apart"),
    ("S8", "frames fit their link, batches follow each other, what waits inside is bounded"),
    ("S9", "once a revocation is known, nothing of that device beyond its cut is acted on"),
    (
        "S10",
        "what was verified stays, but for what a damaged disk has lost; what is needed never goes",
    ),
    ("S11", "the times of an author's records go forward, and beyond those of orders it answers"),
    ("S12", "no panic, and no more than 2,000 inputs a second and node"),
    ("S13", "an order of class flash waits for one lower frame at most"),
    ("S14", "what is sealed to a group is read by nobody who was never asked into it"),
    ("S15", "no frame leaves beyond what its bearer may spend, of the reserve flash orders only"),
    ("L1", "after the faults the core agrees on records and positions in bounded time"),
    ("L2 L3", "every order reaches its addressees in the core; then at most beacons are said"),
    ("L4", "every node of the core saves and confirms again"),
    ("L5", "every revocation is known to all of the core"),
    ("L6", "nothing that the core wrote stays unverified in it"),
    ("L7", "all of the core know the same groups, and who is in one has its newest key"),
];

/// Inputs of one node within one second, at most: a fast wire, both ends busy.
const INPUTS_PER_S_MAX: u64 = 2_000;
/// The same for a centre at which many links end, for each of them.
const INPUTS_PER_S_AND_LINK_MAX: u64 = 200;
/// Things that wait inside a node, at most: the caps of requests and of early records.
const WAITING_MAX: usize = 1_024 + 4_096 + 1_024;
/// Rows of orders of which a host told something are compared this often, s; what a second of its
/// own brings each second.
const ROWS_EVERY_S: u64 = 30;
/// All rows, and the shelves, are compared once in so many of these, and after every start: what
/// is wrong with either stays so, and the quiet at the end is longer than this.
const ALL_ROWS_EVERY: u64 = 40;
/// The same in a world that grows.
const ALL_ROWS_EVERY_PLACES: u64 = 10;
/// The same once more as often for each so many places: what they hold grows with them too.
const MANY_PLACES: u64 = 12;
/// Of the two who may ask which orders changed, this one; the other tells a scenario.
const ORACLE: usize = 0;

/// Everything that is remembered to hold the nodes to it.
pub struct Oracle {
    records: Records,
    frames: Frames,
    shown: Shown,
    trust: Trust,
    urgent: Urgent,
    inputs: Vec<u64>,
    /// Starts of each place, and the versions of its book and board, when its rows were last read.
    read: Vec<Option<(u32, u64, u64)>>,
    goods: Goods,
    /// Starts of each place when all its rows were last read.
    read_all: Vec<u32>,
    looks: u64,
    screens_every: Option<u64>,
    /// Looks at places, and readings of their rows.
    judged: (u64, u64),
}

impl Oracle {
    /// An oracle that has seen nothing yet.
    pub fn new(ground: &Ground) -> Oracle {
        Oracle {
            records: Records::default(),
            frames: Frames::new(),
            shown: Shown::default(),
            trust: Trust::default(),
            urgent: Urgent::default(),
            inputs: vec![0; ground.hosts.len()],
            read: vec![None; ground.hosts.len()],
            goods: Goods::default(),
            read_all: vec![u32::MAX; ground.hosts.len()],
            looks: 0,
            screens_every: None,
            judged: (0, 0),
        }
    }

    /// Compare screens, ledgers and boards every so many looks only, for a world so large that
    /// reading all of them each second would take longer than living in it.
    pub fn look_at_screens_every(&mut self, looks: u64) {
        self.screens_every = Some(looks.max(1));
    }

    /// Look at everything now; every broken promise is noted in the world.
    pub fn look(&mut self, ground: &mut Ground, people: &mut People) {
        self.look_with(ground, people, &mut |_| {});
    }

    /// The same, and show each frame that was sent since the last look.
    pub fn look_with(
        &mut self,
        ground: &mut Ground,
        people: &mut People,
        each: &mut dyn FnMut(&Taped),
    ) {
        self.looks += 1;
        let mut touched = ground.world.take_touched();
        // Of a second machine with one disk only the frames are looked at.
        touched.retain(|host| usize::from(host.0) < ground.hosts.len());
        let places = self.places(ground, &touched);
        if places.is_empty() {
            return;
        }
        let mut found: Vec<(HostId, String)> = people.hear(ground, &touched);
        let told = people.take_told();
        let saved = told.iter().filter_map(|(host, told)| Some((*host, record_of(told)?)));
        let saved: Vec<(HostId, RecordId)> = saved.collect();
        self.records.learn(ground, &touched, told, &mut found);
        for (host, id) in saved {
            let (starts, now) = (ground.world.host(host).crashes(), ground.world.now());
            if let Some(record) = self.records.truth(id) {
                self.urgent.told(host, starts, id, record, now);
            }
        }
        for place in places {
            let machine = ground.world.host(ground.hosts[place]).machine();
            machine.into_iter().for_each(|node| self.frames.learn(node));
            self.trust.check(ground, place, &mut found);
            let host = ground.hosts[place];
            let inputs = ground.world.host(host).inputs();
            let before = std::mem::replace(&mut self.inputs[place], inputs);
            let every = self.screens_every.unwrap_or(ROWS_EVERY_S);
            let is_turn = self.looks % every == place as u64 % every;
            if inputs == before && !is_turn {
                // A machine to which nothing happened holds and shows what it did.
                continue;
            }
            let links = ground.world.host(host).links().count() as u64;
            if inputs - before > INPUTS_PER_S_MAX.max(links * INPUTS_PER_S_AND_LINK_MAX) {
                found.push((host, format!("S12 {} inputs in a second", inputs - before)));
            }
            let Some(node) = ground.world.host(host).machine() else { continue };
            if node.waiting() > WAITING_MAX {
                found.push((host, format!("S8 {} things wait inside", node.waiting())));
            }
            self.judged.0 += 1;
            self.records.check(ground, place, &mut found);
            if self.screens_every.is_none() || is_turn {
                self.shown.check_held(ground, place, &mut found);
            }
            if is_turn {
                self.read_rows(ground, place, &mut found);
            }
        }
        self.frames.look(&mut found);
        for taped in ground.world.take_frames() {
            each(&taped);
            let opened = self.frames.check(&taped, ground.device_of(taped.host), &mut found);
            spending::check(ground, &taped, opened.as_ref(), &mut found);
            if let Some(opened) = opened {
                let starts = ground.world.host(taped.host).crashes();
                self.urgent.left(&taped, starts, &opened, &mut found);
            }
        }
        for (host, what) in found {
            ground.world.note_breach(host, what);
        }
    }

    /// The places to which something happened, and those whose turn it is.
    fn places(&self, ground: &Ground, touched: &[HostId]) -> Vec<usize> {
        let every = self.screens_every.unwrap_or(ROWS_EVERY_S) as usize;
        let first = self.looks as usize % every;
        let turns = (first..ground.hosts.len()).step_by(every);
        let mut places: Vec<usize> =
            turns.chain(touched.iter().map(|host| usize::from(host.0))).collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    /// The rows of one place, unless nothing has changed that they are made of.
    fn read_rows(&mut self, ground: &mut Ground, place: usize, found: &mut Vec<(HostId, String)>) {
        let id = ground.hosts[place];
        let told = ground.world.take_changed_orders(id, ORACLE);
        let host = ground.world.host(id);
        let Some(node) = host.machine() else { return };
        let starts = host.crashes();
        let many = (ground.hosts.len() as u64).div_ceil(MANY_PLACES);
        let all_every = ALL_ROWS_EVERY.max(ALL_ROWS_EVERY_PLACES * many);
        let is_all = (self.looks / ROWS_EVERY_S + place as u64).is_multiple_of(all_every)
            || self.read_all[place] != starts;
        let now = (starts, node.book().version(), node.board().changes());
        if is_all && self.read[place].replace(now) != Some(now) {
            self.judged.1 += 1;
            self.read_all[place] = starts;
            self.shown.check_rows(ground, place, found);
            self.trust.check_rows(ground, place, found);
            if self.goods.is_stale(place, node, starts) {
                goods::check(ground, place, found);
            }
        } else {
            self.judged.1 += u64::from(!told.is_empty());
            told.into_iter().for_each(|order| self.shown.check_row(ground, place, order, found));
        }
    }

    /// How often it judged.
    pub fn tell(&self, seen: &mut Seen) {
        (seen.frames_judged, seen.places_judged, seen.rows_judged) =
            (self.frames.said().0, self.judged.0, self.judged.1);
    }

    /// Frames handed to links so far, and their bytes.
    pub fn said(&self) -> (u64, u64) {
        self.frames.said()
    }

    /// Frames that each place handed to its links so far.
    pub fn said_by(&self, host: HostId) -> u64 {
        self.frames.said_by(host)
    }
}

/// The lanes of a node that changed since it was in that state: its starts, and the version of its
/// book. All of them if it was started since.
fn changed_lanes(node: &Node, now: (u32, u64), before: Option<(u32, u64)>) -> Vec<(LaneId, &Log)> {
    let book = node.book();
    match before.filter(|(starts, _)| *starts == now.0) {
        Some((_, version)) => {
            let changed = book.changed_after(version);
            changed.filter_map(|id| Some((id, book.lane(id)?))).collect()
        }
        None => book.lanes().map(|(id, lane)| (*id, lane)).collect(),
    }
}

/// The record that a person was told of, if it was one.
fn record_of(told: &Told) -> Option<RecordId> {
    match told {
        Told::Record(lane, id) => Some(id.in_lane(*lane)),
        Told::Report(_) | Told::Taken(_) => None,
    }
}

/// Key of a record on a disk, as the nodes lay it out.
fn record_key(id: RecordId) -> Vec<u8> {
    let mut key = lane_key(id.lane);
    key.extend_from_slice(&id.seq.to_be_bytes());
    key
}

fn lane_key(lane: LaneId) -> Vec<u8> {
    let mut key = vec![b'r'];
    key.extend_from_slice(&lane.author.0.to_be_bytes());
    key.push(lane.incarnation);
    key.push(lane.lane as u8);
    key
}

/// Key of the proof that the author of a lane told two stories, as the nodes lay it out.
fn fork_key(lane: LaneId) -> Vec<u8> {
    let mut key = vec![b'f'];
    lane.pack(&mut key);
    key
}

/// The place whose device this is, if it has a host.
fn place_of(ground: &Ground, device: DeviceId) -> Option<usize> {
    let place = usize::from(device.0).checked_sub(1)?;
    (place < ground.hosts.len()).then_some(place)
}
