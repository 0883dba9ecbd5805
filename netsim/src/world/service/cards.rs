//! Satellite cards (BeiDou short messages) at several places: one terminal each, which may send
//! one short message in an interval, whatever it is asked. What it reports is about its own
//! antenna; nobody is told of a delivery, and nothing is kept for a receiver that sees no sky.
//!
//! ```text
//! links of a place ─ frames ─> waiting ── slot ──> antenna ── seconds ──> the peer, or the group
//!                                 ^  └ refused early: back, and told for how long
//!                                 └─── said to have failed, though it left
//! ```
//!
//! The terminal and the daemon's shell in front of it are modelled as one: frames wait for a slot,
//! a link hears that it may hand over the next when a slot is free.

use std::collections::{BTreeSet, VecDeque};

use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::base::time::Mono;
use sanduan_protocol::link::profile::{Exposure, Knowledge, Medium, Profile};

use super::agenda::Agenda;
use super::{Seat, Told};

#[cfg(test)]
mod tests;

/// Mean of 3.8 s from antenna to antenna (research, bearers 1); how it spreads is our guess.
const DELAY_MS: (u64, u64) = (2_000, 5_600);
/// The daemon lets so much pass after a slot before it sends (research, bearers 1.1: +1 s).
const GUARD_MS: u64 = 1_000;
/// It waits so long for the terminal's own receipt (research, bearers 1.1: 2 to 8 s).
const FEEDBACK_MS: u64 = 8_000;
/// A card is too dear for more than two beacons an hour, ms (default of the configuration).
const BEACON_MS: u32 = 1_800_000;

/// What the cards are like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardConfig {
    /// One message in this time, ms: the service frequency.
    pub interval_ms: u32,
    /// Bytes of one message: its capacity class.
    pub message_bytes: u16,
    /// All hear what one says; else the first place speaks with each of the others.
    pub is_group: bool,
    /// Messages that left and arrive nowhere, per million and receiver.
    pub loss_ppm: u32,
    /// Messages that arrive twice, per million and receiver.
    pub duplicate_ppm: u32,
    /// Sends that the card refuses as too early, per million: its clock is not ours.
    pub early_ppm: u32,
    /// Sends about which the terminal reports nothing, per million.
    pub unreported_ppm: u32,
    /// Sends that are reported as failed and left all the same, per million.
    pub misreported_ppm: u32,
}

impl CardConfig {
    /// Cards without faults.
    pub fn clear(every_s: u32, message_bytes: u16, is_group: bool) -> CardConfig {
        CardConfig {
            interval_ms: every_s.max(1) * 1000,
            message_bytes,
            is_group,
            loss_ppm: 0,
            duplicate_ppm: 0,
            early_ppm: 0,
            unreported_ppm: 0,
            misreported_ppm: 0,
        }
    }

    /// What the daemon declares of a link over such a card.
    pub fn profile(&self) -> Profile {
        let bits_ms = u64::from(self.message_bytes) * 8_000;
        Profile {
            kind: "beidou".to_owned(),
            mtu: self.message_bytes,
            rate_bit_s: (bits_ms / u64::from(self.interval_ms.max(1))).max(1) as u32,
            medium: if self.is_group { Medium::Broadcast } else { Medium::Unicast },
            half_duplex: true,
            min_interval_ms: self.interval_ms,
            beacon_max_ms: BEACON_MS,
            knowledge: Knowledge::LocalTx,
            exposure: Exposure::Operator,
            latency_ms: (3_800, 10_000),
            loss_permille: 45,
            names_sender: !self.is_group,
            experimental: true,
            ..Profile::default()
        }
    }
}

/// What happened so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CardCounts {
    /// Messages that left an antenna.
    pub left: u64,
    /// Sends refused as too early.
    pub refused: u64,
    /// Sends reported as failed that left.
    pub misreported: u64,
    /// Messages that reached a receiver, doubles included.
    pub arrived: u64,
    /// Messages lost on their way, or because no sky was seen at either end.
    pub lost: u64,
}

#[derive(Clone, Debug)]
enum Due {
    Slot(usize),
    Arrive(Seat, Vec<u8>),
}

/// One place's terminal.
#[derive(Clone, Debug, Default)]
struct Terminal {
    free_at: Mono,
    waiting: VecDeque<(Seat, Vec<u8>)>,
    /// Links that may hand over a frame when a slot is free.
    owed: BTreeSet<Seat>,
    /// It sees no satellite.
    is_blocked: bool,
}

/// The terminals of all places.
#[derive(Clone, Debug)]
pub struct Cards {
    config: CardConfig,
    /// Of each link: its place, and the link at the other end; none for the group.
    seats: Vec<(usize, Option<Seat>)>,
    terminals: Vec<Terminal>,
    agenda: Agenda<Due>,
    told: VecDeque<Told>,
    counts: CardCounts,
    dice: Dice,
}

impl Cards {
    /// Terminals at so many places.
    pub fn new(config: CardConfig, places: usize, seed: u64) -> Cards {
        let seats = match config.is_group {
            true => (0..places).map(|place| (place, None)).collect(),
            false => (1..places)
                .flat_map(|n| {
                    let [near, far] = [2 * n - 2, 2 * n - 1].map(Seat);
                    [(0, Some(far)), (n, Some(near))]
                })
                .collect(),
        };
        Cards {
            config,
            seats,
            terminals: vec![Terminal::default(); places],
            agenda: Agenda::default(),
            told: VecDeque::new(),
            counts: CardCounts::default(),
            dice: Dice::new(seed),
        }
    }

    /// The places of the links, in order.
    pub fn places(&self) -> Vec<usize> {
        self.seats.iter().map(|(place, _)| *place).collect()
    }

    /// What they are like now.
    pub fn config(&self) -> &CardConfig {
        &self.config
    }

    /// All see the sky, and nothing goes wrong any more.
    pub fn calm(&mut self) {
        let CardConfig { interval_ms, message_bytes, is_group, .. } = self.config;
        self.config = CardConfig::clear(interval_ms / 1000, message_bytes, is_group);
        self.terminals.iter_mut().for_each(|terminal| terminal.is_blocked = false);
    }

    /// What happened so far.
    pub fn counts(&self) -> CardCounts {
        self.counts
    }

    /// A place sees no satellite, or sees them again.
    pub fn block(&mut self, place: usize, is_blocked: bool) {
        self.terminals[place].is_blocked = is_blocked;
    }

    /// The daemon opens a link; it knows from its disk when the slot is free.
    pub fn open(&mut self, seat: Seat, now: Mono) {
        let place = self.seats[seat.0].0;
        let terminal = &mut self.terminals[place];
        terminal.owed.insert(seat);
        let at = terminal.free_at.max(now);
        self.agenda.plan(at, Due::Slot(place));
    }

    /// The daemon is gone, or a link of it. What waits for a slot is gone with it.
    pub fn close(&mut self, seat: Seat) {
        let terminal = &mut self.terminals[self.seats[seat.0].0];
        terminal.owed.remove(&seat);
        terminal.waiting.retain(|(of, _)| *of != seat);
    }

    /// A link hands over a frame.
    pub fn offer(&mut self, seat: Seat, frame: Vec<u8>, now: Mono) {
        let place = self.seats[seat.0].0;
        let terminal = &mut self.terminals[place];
        terminal.owed.insert(seat);
        terminal.waiting.push_back((seat, frame));
        if terminal.free_at <= now {
            self.send(place, now);
        }
    }

    /// What there is to tell up to now.
    pub fn poll(&mut self, now: Mono) -> Option<Told> {
        while self.told.is_empty() {
            let (at, due) = self.agenda.next(now)?;
            match due {
                Due::Slot(place) => self.slot(place, at),
                Due::Arrive(seat, frame) => match self.terminals[self.seats[seat.0].0].is_blocked {
                    true => self.counts.lost += 1,
                    false => {
                        self.counts.arrived += 1;
                        self.told.push_back(Told::Heard { seat, frame });
                    }
                },
            }
        }
        self.told.pop_front()
    }

    /// When to poll again.
    pub fn next_deadline(&self) -> Option<Mono> {
        let now = (!self.told.is_empty()).then_some(Mono(0));
        now.or_else(|| self.agenda.next_deadline())
    }

    fn slot(&mut self, place: usize, now: Mono) {
        let terminal = &mut self.terminals[place];
        if terminal.free_at > now {
            return;
        }
        if !terminal.waiting.is_empty() {
            return self.send(place, now);
        }
        let owed = std::mem::take(&mut terminal.owed);
        self.told.extend(owed.into_iter().map(|seat| Told::Ready { seat }));
    }

    fn send(&mut self, place: usize, now: Mono) {
        let interval_ms = u64::from(self.config.interval_ms);
        let is_early = self.dice.chance(self.config.early_ppm);
        let is_unreported = self.dice.chance(self.config.unreported_ppm);
        let is_misreported = self.dice.chance(self.config.misreported_ppm);
        let terminal = &mut self.terminals[place];
        let Some((seat, frame)) = terminal.waiting.pop_front() else { return };
        if is_early {
            terminal.waiting.push_front((seat, frame));
            self.counts.refused += 1;
            let rest_ms = self.dice.between(1, interval_ms);
            return self.cool(place, now.after_ms(rest_ms));
        }
        let (is_blocked, kept) = (terminal.is_blocked, is_misreported.then(|| frame.clone()));
        self.counts.left += 1;
        for hearer in self.hearers(seat) {
            self.deliver(hearer, &frame, is_blocked, now);
        }
        if let Some(frame) = kept {
            self.counts.misreported += 1;
            self.terminals[place].waiting.push_front((seat, frame));
        }
        let wait_ms = interval_ms + if is_unreported { FEEDBACK_MS } else { 0 };
        self.cool(place, now.after_ms(wait_ms));
    }

    fn deliver(&mut self, hearer: Seat, frame: &[u8], is_blocked: bool, now: Mono) {
        // The dice fall whoever sees the sky, so that a cut does not change later luck.
        let lost = self.dice.chance(self.config.loss_ppm);
        let twice = self.dice.chance(self.config.duplicate_ppm);
        let delays_ms = [0; 2].map(|_| self.dice.between(DELAY_MS.0, DELAY_MS.1));
        if lost || is_blocked {
            self.counts.lost += 1;
            return;
        }
        for delay_ms in delays_ms.into_iter().take(1 + usize::from(twice)) {
            self.agenda.plan(now.after_ms(delay_ms), Due::Arrive(hearer, frame.to_vec()));
        }
    }

    fn cool(&mut self, place: usize, free_at: Mono) {
        let free_at = free_at.after_ms(GUARD_MS);
        self.terminals[place].free_at = free_at;
        self.agenda.plan(free_at, Due::Slot(place));
        for (number, (of, _)) in self.seats.iter().enumerate() {
            if *of == place {
                self.told.push_back(Told::Slot { seat: Seat(number), until: free_at });
            }
        }
    }

    fn hearers(&self, from: Seat) -> Vec<Seat> {
        match self.seats[from.0].1 {
            Some(peer) => vec![peer],
            None => (0..self.seats.len()).map(Seat).filter(|seat| *seat != from).collect(),
        }
    }
}
