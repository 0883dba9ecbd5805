//! Modems for short messages, the network between them, and plain phones. The network keeps a
//! message for a phone that is off, tells of its delivery if that was asked for, and may lose one.
//!
//! ```text
//! host ─ CMGS ─> modem ── some seconds ──> network ──> another modem ─ CMT or CMTI ─> host
//!                                             ├──────> a phone: a line of the trace
//!   a line of control: text 138… A 1 ─────────┘ <───── report: CDS
//! ```
//!
//! All times are divided by [`SmsConfig::scale`].

mod dialogue;
mod orders;
mod pdu;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::base::time::Mono;

use dialogue::{Dialogue, Heard};
use pdu::Message;

/// From the end of a message to its reference, ms: a geostationary network.
const SEND_MS: (u64, u64) = (1_500, 5_000);
/// From the network to the phone, ms.
const DELIVER_MS: (u64, u64) = (500, 4_000);
/// A command that needs no network, ms.
const ANSWER_MS: u64 = 30;
/// Messages that the network keeps for one phone.
const KEPT_MAX: usize = 100;
/// Messages that one card holds.
const STORE_MAX: usize = 20;
/// Things that wait to happen.
const DUE_MAX: usize = 10_000;

/// What the modems and their network are like.
#[derive(Clone, Debug)]
pub struct SmsConfig {
    /// How many times faster than real time.
    pub scale: u32,
    /// Messages that the network loses, per million.
    pub loss_ppm: u32,
    /// The modems refuse to hand over messages: they must be fetched from the store.
    pub stores: bool,
}

/// A fault or its end, or something that a phone does, ordered by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SmsFault {
    /// A modem has no network, or has it again.
    Blocked(usize, bool),
    /// The card of a modem wants its code, or has it.
    Locked(usize, bool),
    /// The next so many sends of a modem end with this `+CMS ERROR`.
    Error(usize, u32, u32),
    /// The store of a modem is full until something in it is deleted.
    Full(usize),
    /// The next so many messages of a modem are lost on the way.
    Lose(usize, u32),
    /// A phone is off, or on again.
    Off(String, bool),
    /// There is no such number, or there is.
    NoNumber(String, bool),
    /// A phone texts a modem.
    Text(String, usize, String),
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SmsEvent {
    /// Bytes for the host of a modem.
    ToHost(usize, Vec<u8>),
    /// A modem's message was taken, refused or lost; to this number.
    Sent(usize, String, &'static str),
    /// A phone got a text.
    Phone(String, String),
}

#[derive(Debug, Default)]
struct Modem {
    number: String,
    dialogue: Dialogue,
    blocked: bool,
    locked: bool,
    full: bool,
    errors: (u32, u32),
    lose: u32,
    hands_over: bool,
    store: BTreeMap<u32, String>,
    /// Messages that the network keeps for it while it is blocked.
    kept: VecDeque<String>,
    reference: u8,
    sent: u64,
    heard: u64,
}

#[derive(Debug)]
enum Due {
    ToHost(usize, Vec<u8>),
    Send(usize, Message),
    Deliver(usize, Message),
    Report(usize, String),
}

/// The modems and what is on its way between them.
#[derive(Debug)]
pub struct SmsNet {
    config: SmsConfig,
    dice: Dice,
    modems: Vec<Modem>,
    off: BTreeSet<String>,
    no_number: BTreeSet<String>,
    /// Messages kept for phones that are off.
    kept: BTreeMap<String, VecDeque<(usize, Message)>>,
    due: BTreeMap<(Mono, u64), Due>,
    next_due: u64,
    events: VecDeque<SmsEvent>,
    now: Mono,
}

impl SmsNet {
    /// One modem for each number.
    pub fn new(config: SmsConfig, numbers: &[String], seed: u64) -> SmsNet {
        let modem = |number: &String| Modem { number: pdu::plain(number), ..Modem::default() };
        SmsNet {
            config,
            dice: Dice::new(seed),
            modems: numbers.iter().map(modem).collect(),
            off: BTreeSet::new(),
            no_number: BTreeSet::new(),
            kept: BTreeMap::new(),
            due: BTreeMap::new(),
            next_due: 0,
            events: VecDeque::new(),
            now: Mono(0),
        }
    }

    /// Begin or end a fault, or let a phone text.
    pub fn order(&mut self, fault: SmsFault) {
        match fault {
            SmsFault::Blocked(at, blocked) => {
                self.modems[at].blocked = blocked;
                let kept = std::mem::take(&mut self.modems[at].kept);
                for line in kept.into_iter().filter(|_| !blocked) {
                    self.arrive(at, line);
                }
            }
            SmsFault::Locked(at, locked) => self.modems[at].locked = locked,
            SmsFault::Error(at, code, count) => self.modems[at].errors = (code, count),
            SmsFault::Full(at) => {
                let advert = pdu::deliver("10086", &Message::text("10086", "套餐提醒"));
                let modem = &mut self.modems[at];
                modem.full = true;
                modem.store.insert(1, advert);
            }
            SmsFault::Lose(at, count) => self.modems[at].lose = count,
            SmsFault::Off(number, true) => drop(self.off.insert(number)),
            SmsFault::Off(number, false) => {
                self.off.remove(&number);
                for (from, message) in self.kept.remove(&number).unwrap_or_default() {
                    self.plan(DELIVER_MS, Due::Deliver(from, message));
                }
            }
            SmsFault::NoNumber(number, true) => drop(self.no_number.insert(number)),
            SmsFault::NoNumber(number, false) => drop(self.no_number.remove(&number)),
            SmsFault::Text(from, at, text) => {
                let message = Message::text(&self.modems[at].number, &text);
                self.arrive(at, pdu::deliver(&from, &message));
            }
        }
    }

    /// The host of a modem wrote bytes.
    pub fn host_wrote(&mut self, at: usize, bytes: &[u8], now: Mono) {
        self.now = now;
        for byte in bytes {
            if let Some(heard) = self.modems[at].dialogue.push(*byte) {
                self.obey(at, heard);
            }
        }
    }

    /// The next thing that happened by `now`.
    pub fn poll(&mut self, now: Mono) -> Option<SmsEvent> {
        self.now = now;
        while self.events.is_empty() {
            let first = self.due.first_entry().filter(|entry| entry.key().0 <= now)?;
            match first.remove() {
                Due::ToHost(at, bytes) => self.events.push_back(SmsEvent::ToHost(at, bytes)),
                Due::Send(at, message) => self.take(at, message),
                Due::Deliver(from, message) => self.deliver(from, message),
                Due::Report(at, line) => self.say(at, "+CDS: 25", &line),
            }
        }
        self.events.pop_front()
    }

    /// When `poll` must be asked again.
    pub fn next_deadline(&self) -> Option<Mono> {
        self.due.keys().next().map(|(at, _)| *at)
    }

    fn obey(&mut self, at: usize, heard: Heard) {
        let stores = self.config.stores;
        let modem = &mut self.modems[at];
        let ok = "\r\nOK\r\n".to_owned();
        let answer = match heard {
            Heard::Fine => ok,
            Heard::Unknown => "\r\nERROR\r\n".to_owned(),
            Heard::Card if modem.locked => "\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n".to_owned(),
            Heard::Card => "\r\n+CPIN: READY\r\n\r\nOK\r\n".to_owned(),
            Heard::HandOver if stores => "\r\n+CMS ERROR: 303\r\n".to_owned(),
            Heard::HandOver => {
                modem.hands_over = true;
                ok
            }
            Heard::Signal => {
                let strength = if modem.blocked { 99 } else { 24 };
                format!("\r\n+CSQ: {strength},99\r\n\r\nOK\r\n")
            }
            Heard::Network => {
                let status = if modem.blocked || modem.locked { 2 } else { 1 };
                format!("\r\n+CREG: 0,{status}\r\n\r\nOK\r\n")
            }
            Heard::List => {
                let stored = modem.store.iter();
                let line = |(place, line): (&u32, &String)| {
                    format!("\r\n+CMGL: {place},0,,24\r\n{line}\r\n")
                };
                stored.map(line).collect::<String>() + &ok
            }
            Heard::Delete(place) => {
                modem.store.remove(&place);
                modem.full = false;
                ok
            }
            Heard::Prompt => "\r\n> ".to_owned(),
            Heard::Message(Some(message)) => return self.plan(SEND_MS, Due::Send(at, message)),
            Heard::Message(None) => "\r\n+CMS ERROR: 304\r\n".to_owned(),
        };
        self.plan((ANSWER_MS, ANSWER_MS), Due::ToHost(at, answer.into_bytes()));
    }

    /// The network answers the modem that sends.
    fn take(&mut self, at: usize, mut message: Message) {
        let modem = &mut self.modems[at];
        let forced = (modem.errors.1 > 0).then_some(modem.errors.0);
        modem.errors.1 = modem.errors.1.saturating_sub(1);
        let error = match (modem.blocked, modem.full, forced) {
            (true, _, _) => Some(331),
            (false, true, _) => Some(322),
            (false, false, Some(code)) => Some(code),
            (false, false, None) => self.no_number.contains(&message.to).then_some(1),
        };
        let said = match error {
            Some(code) => format!("\r\n+CMS ERROR: {code}\r\n"),
            None => {
                modem.sent += 1;
                modem.reference = modem.reference.wrapping_add(1);
                format!("\r\n+CMGS: {}\r\n\r\nOK\r\n", modem.reference)
            }
        };
        message.reference = modem.reference;
        let lost = modem.lose > 0 || self.dice.chance(self.config.loss_ppm);
        let word = match (error, lost) {
            (Some(_), _) => "refused",
            (None, true) => "lost",
            (None, false) => "sent",
        };
        if word == "lost" {
            modem.lose = modem.lose.saturating_sub(1);
        }
        self.events.push_back(SmsEvent::Sent(at, message.to.clone(), word));
        self.events.push_back(SmsEvent::ToHost(at, said.into_bytes()));
        if word == "sent" {
            self.plan(DELIVER_MS, Due::Deliver(at, message));
        }
    }

    fn deliver(&mut self, from: usize, message: Message) {
        if let Some(at) = self.modems.iter().position(|modem| modem.number == message.to) {
            let line = pdu::deliver(&self.modems[from].number, &message);
            self.arrive(at, line);
        } else if self.off.contains(&message.to) {
            let kept = self.kept.entry(message.to.clone()).or_default();
            if kept.len() < KEPT_MAX {
                kept.push_back((from, message));
            }
            return;
        } else {
            self.events.push_back(SmsEvent::Phone(message.to.clone(), message.words()));
        }
        if message.wants_report && self.modems[from].hands_over {
            self.plan(DELIVER_MS, Due::Report(from, pdu::report(&message)));
        }
    }

    /// A message reaches a modem: handed over, stored, or kept by the network.
    fn arrive(&mut self, at: usize, line: String) {
        let modem = &mut self.modems[at];
        if modem.blocked || modem.full || modem.store.len() >= STORE_MAX {
            if modem.kept.len() < KEPT_MAX {
                modem.kept.push_back(line);
            }
            return;
        }
        modem.heard += 1;
        if modem.hands_over {
            return self.say(at, "+CMT: ,24", &line);
        }
        let free = (1..).find(|place| !modem.store.contains_key(place)).unwrap_or(1);
        modem.store.insert(free, line);
        let said = format!("\r\n+CMTI: \"SM\",{free}\r\n").into_bytes();
        self.events.push_back(SmsEvent::ToHost(at, said));
    }

    fn say(&mut self, at: usize, head: &str, line: &str) {
        let said = format!("\r\n{head}\r\n{line}\r\n").into_bytes();
        self.events.push_back(SmsEvent::ToHost(at, said));
    }

    fn plan(&mut self, between_ms: (u64, u64), due: Due) {
        let ms = self.dice.between(between_ms.0, between_ms.1);
        let at = self.now.after_ms(ms / u64::from(self.config.scale.max(1)));
        if self.due.len() < DUE_MAX {
            self.due.insert((at, self.next_due), due);
            self.next_due += 1;
        }
    }
}
