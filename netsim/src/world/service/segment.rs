//! A local network: a stream between every two machines in reach. It loses nothing by itself, but
//! it falls into parts, hears in one direction only, and clogs: what is sent to and from a machine
//! waits in buffers until they are full, and comes in order once it gets through again.

use std::collections::{BTreeSet, VecDeque};

use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::base::time::Mono;
use sanduan_protocol::link::profile::Profile;

use super::agenda::Agenda;
use super::{Seat, Told};

#[cfg(test)]
mod tests;

/// Bytes around a frame: TCP and IP headers, Noise, yamux, its length (the daemon counts so).
const FRAME_EXTRA_BYTES: u16 = 72;

/// What the network is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentConfig {
    /// Rate, bit/s.
    pub rate_bit_s: u32,
    /// Largest frame, bytes.
    pub mtu: u16,
    /// One way, ms, and up to as much again.
    pub delay_ms: u64,
    /// Frames that wait in one direction of a clogged stream; the rest is dropped.
    pub held_frames_max: usize,
    /// Longest time between two beacons, ms.
    pub beacon_max_ms: u32,
}

impl SegmentConfig {
    /// Ad hoc Wi-Fi or cable.
    pub fn clear(rate_bit_s: u32) -> SegmentConfig {
        SegmentConfig {
            rate_bit_s,
            mtu: 1200,
            delay_ms: 3,
            held_frames_max: 32,
            beacon_max_ms: 300_000,
        }
    }

    /// What the daemon declares of the stream to one machine.
    pub fn profile(&self) -> Profile {
        Profile {
            kind: "lan".to_owned(),
            mtu: self.mtu,
            rate_bit_s: self.rate_bit_s,
            per_frame_bytes: FRAME_EXTRA_BYTES,
            beacon_max_ms: self.beacon_max_ms,
            latency_ms: (5, 50),
            ..Profile::default()
        }
    }
}

/// What happened so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SegmentCounts {
    /// Frames that came out.
    pub arrived: u64,
    /// Frames that vanished between parts.
    pub cut: u64,
    /// Frames that waited in a clogged stream.
    pub held: u64,
    /// Frames for which it had no room.
    pub dropped: u64,
}

/// The machines of one network.
#[derive(Clone, Debug)]
pub struct Segment {
    config: SegmentConfig,
    /// Who sends on each link, and to whom.
    seats: Vec<(usize, usize)>,
    /// (who sends, who does not hear it).
    deaf: BTreeSet<(usize, usize)>,
    clogged: BTreeSet<usize>,
    held: Vec<VecDeque<Vec<u8>>>,
    /// When the last frame of each link comes out: a stream keeps the order.
    last: Vec<Mono>,
    agenda: Agenda<(Seat, Vec<u8>)>,
    counts: SegmentCounts,
    dice: Dice,
}

impl Segment {
    /// Streams between all of so many places.
    pub fn new(config: SegmentConfig, places: usize, seed: u64) -> Segment {
        let pair = |a| (0..places).filter(move |b| *b != a).map(move |b| (a, b));
        let seats: Vec<(usize, usize)> = (0..places).flat_map(pair).collect();
        Segment {
            config,
            held: vec![VecDeque::new(); seats.len()],
            last: vec![Mono(0); seats.len()],
            seats,
            deaf: BTreeSet::new(),
            clogged: BTreeSet::new(),
            agenda: Agenda::default(),
            counts: SegmentCounts::default(),
            dice: Dice::new(seed),
        }
    }

    /// The places of the links, in order.
    pub fn places(&self) -> Vec<usize> {
        self.seats.iter().map(|(place, _)| *place).collect()
    }

    /// What it is like.
    pub fn config(&self) -> &SegmentConfig {
        &self.config
    }

    /// What happened so far.
    pub fn counts(&self) -> SegmentCounts {
        self.counts
    }

    /// From now on, `to` hears `from` or not.
    pub fn set_hearing(&mut self, from: usize, to: usize, hears: bool) {
        match hears {
            true => self.deaf.remove(&(from, to)),
            false => self.deaf.insert((from, to)),
        };
    }

    /// What this place sends and is sent waits from now on, or what waited comes.
    pub fn clog(&mut self, place: usize, is_clogged: bool, now: Mono) {
        match is_clogged {
            true => self.clogged.insert(place),
            false => self.clogged.remove(&place),
        };
        for number in 0..self.seats.len() {
            if !self.is_clogged(Seat(number)) {
                for frame in std::mem::take(&mut self.held[number]) {
                    self.pass(Seat(number), frame, now);
                }
            }
        }
    }

    /// All parts are one again.
    pub fn join(&mut self, now: Mono) {
        self.deaf.clear();
        for place in std::mem::take(&mut self.clogged) {
            self.clog(place, false, now);
        }
    }

    /// A frame enters.
    pub fn offer(&mut self, seat: Seat, frame: Vec<u8>, now: Mono) {
        if self.deaf.contains(&self.seats[seat.0]) {
            self.counts.cut += 1;
        } else if !self.is_clogged(seat) {
            self.pass(seat, frame, now);
        } else if self.held[seat.0].len() < self.config.held_frames_max {
            self.counts.held += 1;
            self.held[seat.0].push_back(frame);
        } else {
            self.counts.dropped += 1;
        }
    }

    /// What there is to tell up to now.
    pub fn poll(&mut self, now: Mono) -> Option<Told> {
        let (_, (seat, frame)) = self.agenda.next(now)?;
        self.counts.arrived += 1;
        Some(Told::Heard { seat, frame })
    }

    /// When to poll again.
    pub fn next_deadline(&self) -> Option<Mono> {
        self.agenda.next_deadline()
    }

    fn is_clogged(&self, seat: Seat) -> bool {
        let (from, to) = self.seats[seat.0];
        self.clogged.contains(&from) || self.clogged.contains(&to)
    }

    fn pass(&mut self, seat: Seat, frame: Vec<u8>, now: Mono) {
        let (from, to) = self.seats[seat.0];
        let Some(back) = self.seats.iter().position(|pair| *pair == (to, from)) else { return };
        let delay_ms = self.config.delay_ms + self.dice.between(0, self.config.delay_ms);
        let at = now.after_ms(delay_ms).max(self.last[seat.0]);
        self.last[seat.0] = at;
        self.agenda.plan(at, (Seat(back), frame));
    }
}
