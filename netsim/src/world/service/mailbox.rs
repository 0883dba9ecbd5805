//! Store and forward over low satellites (Iridium short bursts): what one modem sends waits at the
//! gateway for every other, is announced by a ring that can be missed, and is fetched one message
//! a session. A session takes seconds, may end without anyone knowing what became of the message,
//! and a modem that sees no sky for hours gets everything hours late.
//!
//! ```text
//! link ─ frame ─> modem ── session ──> gateway ── box of each other ── ring ──> its modem
//!                   ^  └ failed: again after a pause      └ at most so many wait        │
//!                   └────────────── session: one message fetched ──────────────────────┘
//! ```

use std::collections::VecDeque;

use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::base::time::Mono;
use sanduan_protocol::link::modem::sbd::timing::{FAILED_PAUSES_MS, SESSION_GAP_MS, TRIES_MAX};
use sanduan_protocol::link::profile::{Exposure, Inbound, Knowledge, Medium, Profile};

use super::agenda::Agenda;
use super::{Seat, Told};

#[cfg(test)]
mod tests;

/// Bytes that a 9602 sends at most (research, bearers 1).
const SENT_BYTES_MAX: usize = 340;
/// Bytes that it receives at most.
const RECEIVED_BYTES_MAX: usize = 270;
/// Messages that the gateway keeps for one modem (research, bearers 2.2).
const BOX_MAX: usize = 50;
/// Length of a session, ms.
const SESSION_MS: (u64, u64) = (4_000, 12_000);
/// From the gateway's taking of a message to the ring, ms.
const RING_MS: u64 = 2_000;
/// Rate that the configuration takes for one frame a session of some 20 s, bit/s.
const RATE_BIT_S: u32 = 100;
/// The rest of such a session, ms.
const PER_BURST_MS: u32 = 20_000;

/// What the modems and their gateway are like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailboxConfig {
    /// A modem asks for what rang in vain this often, ms.
    pub poll_ms: u64,
    /// Longest time between two beacons, ms.
    pub beacon_max_ms: u32,
    /// Sessions that fail and say so, per million.
    pub failed_ppm: u32,
    /// Sessions that end with "connection lost" (status 18): half of the messages got through.
    pub ambiguous_ppm: u32,
    /// Rings that a modem misses, per million.
    pub missed_rings_ppm: u32,
    /// Messages that the gateway took and that reach no box, per million.
    pub loss_ppm: u32,
    /// Messages that are put into a box twice, per million.
    pub duplicate_ppm: u32,
}

impl MailboxConfig {
    /// Modems without faults.
    pub fn clear(poll_s: u32, beacon_max_s: u32) -> MailboxConfig {
        MailboxConfig {
            poll_ms: u64::from(poll_s.max(1)) * 1000,
            beacon_max_ms: beacon_max_s * 1000,
            failed_ppm: 0,
            ambiguous_ppm: 0,
            missed_rings_ppm: 0,
            loss_ppm: 0,
            duplicate_ppm: 0,
        }
    }

    /// What the daemon declares of a modem among so many.
    pub fn profile(&self, places: usize) -> Profile {
        Profile {
            kind: "sbd".to_owned(),
            mtu: RECEIVED_BYTES_MAX as u16,
            rate_bit_s: RATE_BIT_S,
            per_burst_ms: PER_BURST_MS,
            medium: if places > 2 { Medium::Broadcast } else { Medium::Unicast },
            half_duplex: true,
            beacon_max_ms: self.beacon_max_ms,
            inbound: Inbound::RingThenPoll,
            knowledge: Knowledge::Gateway,
            stores_for_receiver: true,
            exposure: Exposure::Operator,
            latency_ms: (30_000, 120_000),
            names_sender: places == 2,
            experimental: true,
            ..Profile::default()
        }
    }
}

/// What happened so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MailboxCounts {
    /// Sessions that began.
    pub sessions: u64,
    /// Sessions that failed and said so.
    pub failed: u64,
    /// Sessions of which nobody knows.
    pub ambiguous: u64,
    /// Messages put into boxes.
    pub boxed: u64,
    /// Messages fetched.
    pub fetched: u64,
    /// Messages for which a box had no room.
    pub overflown: u64,
    /// Messages longer than the receiver's modem takes, or lost at the gateway.
    pub lost: u64,
    /// Rings that were missed.
    pub missed_rings: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    /// A modem may begin a session if it wants one.
    Try(usize),
    /// Its session ends.
    End(usize),
    Ring(usize),
    Poll(usize),
}

#[derive(Clone, Debug, Default)]
struct Modem {
    is_open: bool,
    /// What is to be sent, and how often that was tried.
    frame: Option<Vec<u8>>,
    tries: usize,
    failed_in_a_row: usize,
    /// The gateway has, or may have, something.
    wants_fetch: bool,
    in_session: bool,
    not_before: Mono,
    is_blocked: bool,
    /// At the gateway.
    waiting: VecDeque<Vec<u8>>,
}

/// The modems of all places, and the gateway.
#[derive(Clone, Debug)]
pub struct Mailbox {
    config: MailboxConfig,
    modems: Vec<Modem>,
    agenda: Agenda<Due>,
    told: VecDeque<Told>,
    counts: MailboxCounts,
    dice: Dice,
}

impl Mailbox {
    /// Modems at so many places, one link each.
    pub fn new(config: MailboxConfig, places: usize, seed: u64) -> Mailbox {
        Mailbox {
            config,
            modems: vec![Modem::default(); places],
            agenda: Agenda::default(),
            told: VecDeque::new(),
            counts: MailboxCounts::default(),
            dice: Dice::new(seed),
        }
    }

    /// What they are like now.
    pub fn config(&self) -> &MailboxConfig {
        &self.config
    }

    /// All see the sky, and nothing goes wrong any more.
    pub fn calm(&mut self, now: Mono) {
        let MailboxConfig { poll_ms, beacon_max_ms, .. } = self.config;
        let poll_s = (poll_ms / 1000) as u32;
        self.config = MailboxConfig::clear(poll_s, beacon_max_ms / 1000);
        (0..self.modems.len()).for_each(|place| self.block(place, false, now));
    }

    /// What happened so far.
    pub fn counts(&self) -> MailboxCounts {
        self.counts
    }

    /// A place sees no satellite, or sees them again; then it asks for what rang meanwhile.
    pub fn block(&mut self, place: usize, is_blocked: bool, now: Mono) {
        let modem = &mut self.modems[place];
        modem.wants_fetch |= modem.is_blocked && !is_blocked && modem.is_open;
        modem.is_blocked = is_blocked;
        self.agenda.plan(now, Due::Try(place));
    }

    /// The daemon opens the modem: it registers by its first session.
    pub fn open(&mut self, Seat(place): Seat, now: Mono) {
        let modem = &mut self.modems[place];
        let polls = !modem.is_open;
        (modem.is_open, modem.wants_fetch) = (true, true);
        self.told.push_back(Told::Ready { seat: Seat(place) });
        self.agenda.plan(now, Due::Try(place));
        if polls {
            let poll = Due::Poll(place);
            self.agenda.retain(|due| *due != poll);
            self.agenda.plan(now.after_ms(self.config.poll_ms), poll);
        }
    }

    /// The daemon is gone, and what it had for the modem.
    pub fn close(&mut self, Seat(place): Seat) {
        let modem = &mut self.modems[place];
        (modem.is_open, modem.frame, modem.tries) = (false, None, 0);
    }

    /// A link hands over a frame.
    pub fn offer(&mut self, Seat(place): Seat, frame: Vec<u8>, now: Mono) {
        let modem = &mut self.modems[place];
        (modem.frame, modem.tries) = (Some(frame), 0);
        self.agenda.plan(now, Due::Try(place));
    }

    /// What there is to tell up to now.
    pub fn poll(&mut self, now: Mono) -> Option<Told> {
        while self.told.is_empty() {
            let (at, due) = self.agenda.next(now)?;
            match due {
                Due::Try(place) => self.begin(place, at),
                Due::End(place) => self.end(place, at),
                Due::Ring(place) => {
                    self.modems[place].wants_fetch = true;
                    self.begin(place, at);
                }
                Due::Poll(place) if self.modems[place].is_open => {
                    self.modems[place].wants_fetch = true;
                    self.agenda.plan(at.after_ms(self.config.poll_ms), Due::Poll(place));
                    self.begin(place, at);
                }
                Due::Poll(_) => {}
            }
        }
        self.told.pop_front()
    }

    /// When to poll again.
    pub fn next_deadline(&self) -> Option<Mono> {
        let now = (!self.told.is_empty()).then_some(Mono(0));
        now.or_else(|| self.agenda.next_deadline())
    }

    fn begin(&mut self, place: usize, now: Mono) {
        let modem = &mut self.modems[place];
        let wants = modem.frame.is_some() || modem.wants_fetch;
        if !modem.is_open || modem.in_session || !wants {
            return;
        }
        if modem.not_before > now {
            let at = modem.not_before;
            return self.agenda.plan(at, Due::Try(place));
        }
        modem.in_session = true;
        modem.tries += 1;
        self.counts.sessions += 1;
        let ends = now.after_ms(self.dice.between(SESSION_MS.0, SESSION_MS.1));
        self.agenda.plan(ends, Due::End(place));
    }

    fn end(&mut self, place: usize, now: Mono) {
        let fails = self.dice.chance(self.config.failed_ppm);
        let is_unknown = self.dice.chance(self.config.ambiguous_ppm);
        let half = self.dice.below(2) == 0;
        let modem = &mut self.modems[place];
        modem.in_session = false;
        if !modem.is_open {
            return;
        }
        if modem.is_blocked || fails {
            return self.fail(place, now);
        }
        modem.failed_in_a_row = 0;
        modem.not_before = now.after_ms(SESSION_GAP_MS);
        if let Some(frame) = modem.frame.take() {
            // Unknown counts as sent.
            self.told.push_back(Told::Ready { seat: Seat(place) });
            if !is_unknown || half {
                self.take(place, &frame, now);
            }
        }
        match is_unknown {
            true => self.counts.ambiguous += 1,
            false => self.fetch(place),
        }
        self.agenda.plan(self.modems[place].not_before, Due::Try(place));
    }

    fn fail(&mut self, place: usize, now: Mono) {
        self.counts.failed += 1;
        let modem = &mut self.modems[place];
        let pause_ms = FAILED_PAUSES_MS[modem.failed_in_a_row.min(FAILED_PAUSES_MS.len() - 1)];
        modem.failed_in_a_row += 1;
        modem.not_before = now.after_ms(pause_ms);
        if modem.tries >= TRIES_MAX && modem.frame.take().is_some() {
            self.told.push_back(Told::Ready { seat: Seat(place) });
        }
        self.agenda.plan(self.modems[place].not_before, Due::Try(place));
    }

    /// The gateway has a message: one copy into every other's box.
    fn take(&mut self, from: usize, frame: &[u8], now: Mono) {
        for place in (0..self.modems.len()).filter(|place| *place != from) {
            let lost = self.dice.chance(self.config.loss_ppm);
            let twice = self.dice.chance(self.config.duplicate_ppm);
            let misses_ring = self.dice.chance(self.config.missed_rings_ppm);
            if lost || frame.len() > RECEIVED_BYTES_MAX.min(SENT_BYTES_MAX) {
                self.counts.lost += 1;
                continue;
            }
            let modem = &mut self.modems[place];
            for _ in 0..1 + usize::from(twice) {
                match modem.waiting.len() < BOX_MAX {
                    true => {
                        modem.waiting.push_back(frame.to_vec());
                        self.counts.boxed += 1;
                    }
                    false => self.counts.overflown += 1,
                }
            }
            match misses_ring || modem.is_blocked || !modem.is_open {
                true => self.counts.missed_rings += 1,
                false => self.agenda.plan(now.after_ms(RING_MS), Due::Ring(place)),
            }
        }
    }

    fn fetch(&mut self, place: usize) {
        let modem = &mut self.modems[place];
        let fetched = modem.waiting.pop_front();
        // The modem is told how many still wait.
        modem.wants_fetch = !modem.waiting.is_empty();
        if let Some(frame) = fetched {
            self.counts.fetched += 1;
            self.told.push_back(Told::Heard { seat: Seat(place), frame });
        }
    }
}
