//! Iridium modems and their gateway. What one sends waits at the gateway for every other, at most
//! [`QUEUE_MAX`] messages, and is announced by a ring that can be missed. A session takes seconds
//! and says only what the gateway knows.
//!
//! ```text
//! host ─ SBDWB ─> buffer ── SBDIX, 4 to 12 s ──> gateway ── ring ──> the others' hosts
//!                   └ kept until SBDD0             └ one message a session ─ SBDRB ─> host
//! ```
//!
//! With a command post on the gateway's IP side ([`SbdConfig::shore`]), what modems send goes there
//! and nowhere else, and what it sends waits for the modem that it names.
//!
//! All times are divided by [`SbdConfig::scale`].

use std::collections::{BTreeMap, VecDeque};

use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::base::time::Mono;

mod dialogue;
mod orders;
mod shore;

#[cfg(test)]
mod tests;

use dialogue::{Dialogue, Heard};

/// Bytes that a 9602 sends at most (research, bearers 1).
const SENT_BYTES_MAX: usize = 340;
/// Bytes that it receives at most.
const RECEIVED_BYTES_MAX: usize = 270;
/// Messages that the gateway keeps for one modem (research, bearers 2.2).
const QUEUE_MAX: usize = 50;
/// Length of a session, ms.
const SESSION_MS: (u64, u64) = (4_000, 12_000);
/// From the gateway's taking of a message to the ring, ms.
const RING_MS: u64 = 2_000;
/// A command that needs no satellite, ms.
const ANSWER_MS: u64 = 50;
/// Things that wait to happen.
const DUE_MAX: usize = 10_000;

/// What the modems and their gateway are like.
#[derive(Clone, Debug)]
pub struct SbdConfig {
    /// How many times faster than real time.
    pub scale: u32,
    /// Sessions that fail with status 17 or 18, per million; half of the 18s were delivered.
    pub failed_ppm: u32,
    /// A command post is reached by DirectIP.
    pub shore: bool,
}

/// A fault or its end, ordered by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SbdFault {
    /// No satellite is seen, or they are seen again.
    Blocked(bool),
    /// The radio is switched off, or on.
    RadioOff(bool),
    /// The next session ends with this status; the message is delivered all the same, or not.
    NextStatus(u32, bool),
    /// The next so many rings are missed.
    MissRings(u32),
    /// The gateway answers the next message for this modem with that status.
    NextAnswer(i16),
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SbdEvent {
    /// Bytes for the host of a modem.
    ToHost(usize, Vec<u8>),
    /// A session of a modem ended with this status; so many bytes reached the gateway.
    Session(usize, u32, Option<usize>),
    /// A message was fetched from the gateway.
    Fetched(usize, usize),
    /// The gateway had no room for one more.
    Overflow(usize),
    /// Bytes for the command post on the IP side.
    ToShore(Vec<u8>),
    /// The command post's message for a modem, if there is such, was answered with this status.
    FromShore(Option<usize>, i16),
}

#[derive(Debug, Default)]
struct Modem {
    dialogue: Dialogue,
    sent: Vec<u8>,
    received: Vec<u8>,
    queue: VecDeque<Vec<u8>>,
    ring_on: bool,
    /// It had a session, so the gateway knows where to ring.
    registered: bool,
    in_session: bool,
    blocked: bool,
    radio_off: bool,
    next_status: Option<(u32, bool)>,
    miss_rings: u32,
    next_answer: Option<i16>,
    sessions: u64,
    fetched: u64,
}

#[derive(Debug)]
enum Due {
    ToHost(usize, Vec<u8>),
    SessionEnds(usize, &'static str),
    Ring(usize),
}

/// The modems and what is on its way between them.
#[derive(Debug)]
pub struct SbdNet {
    config: SbdConfig,
    dice: Dice,
    modems: Vec<Modem>,
    due: BTreeMap<(Mono, u64), Due>,
    next_due: u64,
    events: VecDeque<SbdEvent>,
}

impl SbdNet {
    /// So many modems, each speaking to all others.
    pub fn new(config: SbdConfig, modems: usize, seed: u64) -> SbdNet {
        SbdNet {
            config,
            dice: Dice::new(seed),
            modems: (0..modems).map(|_| Modem::default()).collect(),
            due: BTreeMap::new(),
            next_due: 0,
            events: VecDeque::new(),
        }
    }

    /// Begin or end a fault.
    pub fn order(&mut self, at: usize, fault: SbdFault) {
        let modem = &mut self.modems[at];
        match fault {
            SbdFault::Blocked(blocked) => modem.blocked = blocked,
            SbdFault::RadioOff(off) => modem.radio_off = off,
            SbdFault::NextStatus(status, delivered) => {
                modem.next_status = Some((status, delivered));
            }
            SbdFault::MissRings(count) => modem.miss_rings = count,
            SbdFault::NextAnswer(status) => modem.next_answer = Some(status),
        }
    }

    /// Messages that wait at the gateway for a modem.
    pub fn queued(&self, at: usize) -> usize {
        self.modems[at].queue.len()
    }

    /// The host of a modem wrote bytes.
    pub fn host_wrote(&mut self, at: usize, bytes: &[u8], now: Mono) {
        for byte in bytes {
            if let Some(heard) = self.modems[at].dialogue.push(*byte) {
                self.obey(at, heard, now);
            }
        }
    }

    /// The command post wrote one whole message; the gateway's answer, if it was one.
    pub fn shore_wrote(&mut self, bytes: &[u8], now: Mono) -> Option<Vec<u8>> {
        let wanted = shore::Wanted::read(bytes, self.modems.len())?;
        let modem = wanted.at.and_then(|at| self.modems.get_mut(at));
        let forced = modem.and_then(|modem| modem.next_answer.take());
        let queued = wanted.at.map_or(0, |at| self.modems[at].queue.len());
        let status = forced.unwrap_or_else(|| wanted.status(queued));
        if let Some(at) = wanted.at.filter(|_| status >= 0) {
            self.modems[at].queue.push_back(wanted.payload.clone());
            self.plan(now.after_ms(self.scaled(RING_MS)), Due::Ring(at));
        }
        self.events.push_back(SbdEvent::FromShore(wanted.at, status));
        Some(wanted.answer(status))
    }

    /// The next thing that happened by `now`.
    pub fn poll(&mut self, now: Mono) -> Option<SbdEvent> {
        while self.events.is_empty() {
            let first = self.due.first_entry().filter(|entry| entry.key().0 <= now)?;
            match first.remove() {
                Due::ToHost(at, bytes) => self.events.push_back(SbdEvent::ToHost(at, bytes)),
                Due::SessionEnds(at, name) => self.end_session(at, name, now),
                Due::Ring(at) => self.ring(at),
            }
        }
        self.events.pop_front()
    }

    /// When `poll` must be asked again.
    pub fn next_deadline(&self) -> Option<Mono> {
        self.due.keys().next().map(|(at, _)| *at)
    }

    fn obey(&mut self, at: usize, heard: Heard, now: Mono) {
        let modem = &mut self.modems[at];
        let answer = match heard {
            Heard::Fine => b"\r\nOK\r\n".to_vec(),
            Heard::Unknown => b"\r\nERROR\r\n".to_vec(),
            Heard::Ring(on) => {
                modem.ring_on = on;
                b"\r\nOK\r\n".to_vec()
            }
            Heard::Write(Some(_)) => b"\r\nREADY\r\n".to_vec(),
            Heard::Write(None) => b"\r\n3\r\n\r\nOK\r\n".to_vec(),
            Heard::Written(message) => match message {
                Some(message) => {
                    modem.sent = message;
                    b"\r\n0\r\n\r\nOK\r\n".to_vec()
                }
                None => b"\r\n2\r\n\r\nOK\r\n".to_vec(),
            },
            Heard::Clear => {
                modem.sent.clear();
                b"\r\n0\r\n\r\nOK\r\n".to_vec()
            }
            Heard::Bars => {
                let bars = if modem.blocked || modem.radio_off { 0 } else { 4 };
                format!("\r\n+CSQF:{bars}\r\n\r\nOK\r\n").into_bytes()
            }
            Heard::Read => dialogue::message(&modem.received),
            Heard::Registration => {
                let word = if modem.registered { 2 } else { 1 };
                format!("\r\n+SBDREG:{word}\r\n\r\nOK\r\n").into_bytes()
            }
            Heard::Standing => {
                let (sends, queued) = (u8::from(!modem.sent.is_empty()), modem.queue.len());
                let number = modem.sessions;
                format!("\r\n+SBDSX: {sends}, {number}, 0, -1, 0, {queued}\r\n\r\nOK\r\n")
                    .into_bytes()
            }
            Heard::Session(name) => return self.begin_session(at, name, now),
        };
        self.plan(now.after_ms(self.scaled(ANSWER_MS)), Due::ToHost(at, answer));
    }

    fn begin_session(&mut self, at: usize, name: &'static str, now: Mono) {
        let modem = &mut self.modems[at];
        modem.in_session = true;
        let after_ms = match modem.radio_off {
            true => ANSWER_MS,
            false => self.dice.between(SESSION_MS.0, SESSION_MS.1),
        };
        self.plan(now.after_ms(self.scaled(after_ms)), Due::SessionEnds(at, name));
    }

    fn end_session(&mut self, at: usize, name: &'static str, now: Mono) {
        let by_chance = self.dice.chance(self.config.failed_ppm).then(|| {
            let delivered = self.dice.chance(500_000);
            if self.dice.chance(500_000) { (18, delivered) } else { (17, false) }
        });
        let modem = &mut self.modems[at];
        modem.in_session = false;
        modem.sessions += 1;
        let forced = modem.next_status.take().or(by_chance);
        let (status, delivered) = match (modem.radio_off, modem.blocked, forced) {
            (true, _, _) => (34, false),
            (false, true, _) => (32, false),
            (false, false, Some(forced)) => forced,
            (false, false, None) => (0, true),
        };
        let reached = Some(modem.sent.clone()).filter(|sent| delivered && !sent.is_empty());
        let mut received = (if status <= 4 { 0 } else { 2 }, 0);
        if status <= 4 {
            modem.registered = true;
            if let Some(message) = modem.queue.pop_front() {
                received = (1, message.len());
                modem.received = message;
                modem.fetched += 1;
                self.events.push_back(SbdEvent::Fetched(at, received.1));
            }
        }
        let (numbers, queued) = (self.modems[at].sessions, self.modems[at].queue.len());
        let (code, length) = received;
        let line = format!(
            "\r\n+{name}: {status}, {numbers}, {code}, {numbers}, {length}, {queued}\r\n\r\nOK\r\n"
        );
        let bytes = reached.as_ref().map(Vec::len);
        self.events.push_back(SbdEvent::Session(at, status, bytes));
        self.events.push_back(SbdEvent::ToHost(at, line.into_bytes()));
        match reached {
            message if self.config.shore && (status <= 4 || delivered) => {
                let message = message.unwrap_or_default();
                let told = shore::session(at, 0, numbers, &message);
                self.events.push_back(SbdEvent::ToShore(told));
            }
            Some(message) => self.deliver(at, &message, now),
            None => {}
        }
    }

    fn deliver(&mut self, from: usize, message: &[u8], now: Mono) {
        for at in (0..self.modems.len()).filter(|at| *at != from) {
            let modem = &mut self.modems[at];
            if modem.queue.len() >= QUEUE_MAX || message.len() > RECEIVED_BYTES_MAX {
                self.events.push_back(SbdEvent::Overflow(at));
                continue;
            }
            modem.queue.push_back(message.to_vec());
            self.plan(now.after_ms(self.scaled(RING_MS)), Due::Ring(at));
        }
    }

    fn ring(&mut self, at: usize) {
        let modem = &mut self.modems[at];
        let missed = modem.miss_rings > 0;
        modem.miss_rings = modem.miss_rings.saturating_sub(1);
        let hears = modem.ring_on && modem.registered && !modem.blocked && !modem.radio_off;
        if hears && !missed && !modem.in_session && !modem.queue.is_empty() {
            self.events.push_back(SbdEvent::ToHost(at, b"\r\nSBDRING\r\n".to_vec()));
        }
    }

    fn scaled(&self, ms: u64) -> u64 {
        ms / u64::from(self.config.scale.max(1))
    }

    fn plan(&mut self, at: Mono, due: Due) {
        if self.due.len() < DUE_MAX {
            self.due.insert((at, self.next_due), due);
            self.next_due += 1;
        }
    }
}
