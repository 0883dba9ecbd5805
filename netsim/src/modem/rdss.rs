//! BeiDou terminals under one sky. A message leaves a terminal at most once an interval, reaches
//! those cards that see the sky at that moment, and is kept for nobody. The sender's terminal says
//! that it left the antenna, if it says anything; never that it arrived.
//!
//! ```text
//! host ─ CCTXA/CCTCQ ─> terminal ── 2 to 8 s ──> BDFKI ─> host
//!                          └─ 2.6 to 5 s ─> every card or group member that is not blocked
//! ```
//!
//! A text for a card that is in no terminal is shown by a handset ([`handsets`]).
//!
//! All times are divided by [`RdssConfig::scale`]; what the host is told is divided too, so that a
//! real driver in real time meets a card of 60 s as one of 1 s.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::base::time::Mono;
use sanduan_protocol::link::modem::rdss::Dialect;
use sanduan_protocol::link::modem::rdss::content::level_bits;
use sanduan_protocol::link::modem::rdss::sentence::{Sentence, Splitter};

mod faults;
mod handsets;
mod orders;
mod words;

#[cfg(test)]
mod tests;

pub use faults::{Fault, Inhibited, Why};
pub use handsets::Handling;

/// Time from the send to the terminal's word about it (research, bearers 1.1).
const FEEDBACK_MS: (u64, u64) = (2_000, 8_000);
/// Time from antenna to antenna: 3.8 s in the mean (research, bearers 1).
const LATENCY_MS: (u64, u64) = (2_600, 5_000);
/// A terminal reports its signal every second, and not more often than this however the time runs.
const REPORT_MS: (u64, u64) = (1_000, 200);
/// Things that wait to happen; a terminal that is asked faster than it answers is a broken host.
const DUE_MAX: usize = 10_000;

/// What the terminals and their sky are like.
#[derive(Clone, Debug)]
pub struct RdssConfig {
    /// Sentences of all terminals.
    pub dialect: Dialect,
    /// Interval of all cards, seconds.
    pub interval_s: u32,
    /// Level of all cards.
    pub level: u8,
    /// Bits of one message, where they are not those of the level.
    pub level_bits: Option<u32>,
    /// How many times faster than real time.
    pub scale: u32,
    /// Messages that arrive nowhere, per million and receiver.
    pub loss_ppm: u32,
    /// Messages that arrive twice, per million and receiver.
    pub duplicate_ppm: u32,
    /// Sends about which the terminal says nothing, per million.
    pub lost_feedback_ppm: u32,
}

impl RdssConfig {
    /// Plain civil cards of 60 s and level 3 in a faultless sky.
    pub fn civil() -> RdssConfig {
        RdssConfig {
            dialect: Dialect::V2_1,
            interval_s: 60,
            level: 3,
            level_bits: None,
            scale: 1,
            loss_ppm: 0,
            duplicate_ppm: 0,
            lost_feedback_ppm: 0,
        }
    }
}

/// Number of a terminal, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TerminalId(pub u16);

/// What happened in the sky.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RdssEvent {
    /// Bytes for the host of a terminal.
    ToHost(TerminalId, Vec<u8>),
    /// A message of so many bytes left its antenna.
    Sent(TerminalId, usize),
    /// A terminal refused a message of its host.
    Refused(TerminalId, Why),
    /// A message arrived.
    Arrived(TerminalId),
    /// A handset shows a text.
    Shown(u32, String),
    /// A message did not arrive at a terminal (its sender's, where nobody has that number).
    Missed(TerminalId, Why),
}

/// Counts of one terminal since start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RdssCounts {
    /// Messages that left its antenna.
    pub sent: u64,
    /// Their bytes.
    pub sent_bytes: u64,
    /// Messages of its host that it refused, those that came too early among them.
    pub refused: u64,
    /// See `refused`.
    pub early: u64,
    /// Messages that arrived at it, doubles counted twice.
    pub arrived: u64,
    /// Messages that were meant for it and missed it.
    pub missed: u64,
}

#[derive(Debug, Default)]
struct Terminal {
    card: u32,
    group: u32,
    splitter: Splitter,
    reports: bool,
    report_at: Mono,
    last_sent: Option<Mono>,
    blocked: bool,
    card_out: bool,
    inhibited: Option<Inhibited>,
    lose_feedback: u32,
    lose_messages: u32,
    double_messages: u32,
    counts: RdssCounts,
}

#[derive(Debug)]
enum Due {
    ToHost(TerminalId, Vec<u8>),
    Arrive { from: u32, at: TerminalId, to: u32, content: words::Content },
    Show { sender: TerminalId, to: u32, gb: Vec<u8> },
}

/// The terminals and what is on its way between them.
#[derive(Debug)]
pub struct RdssSky {
    config: RdssConfig,
    dice: Dice,
    terminals: Vec<Terminal>,
    /// Handsets that are off.
    off: BTreeSet<u32>,
    due: BTreeMap<(Mono, u64), Due>,
    next_due: u64,
    events: VecDeque<RdssEvent>,
}

impl RdssSky {
    /// Terminals with these cards, all in one group (0 for none).
    pub fn new(config: RdssConfig, cards: &[u32], group: u32, seed: u64) -> RdssSky {
        let reports = matches!(config.dialect, Dialect::Bds3 { .. });
        let terminal = |card: &u32| Terminal { card: *card, group, reports, ..Terminal::default() };
        RdssSky {
            config,
            dice: Dice::new(seed),
            terminals: cards.iter().map(terminal).collect(),
            off: BTreeSet::new(),
            due: BTreeMap::new(),
            next_due: 0,
            events: VecDeque::new(),
        }
    }

    /// Counts of a terminal.
    pub fn counts(&self, id: TerminalId) -> RdssCounts {
        self.terminals[usize::from(id.0)].counts
    }

    /// All terminals with their cards.
    pub fn terminals(&self) -> impl Iterator<Item = (TerminalId, u32)> + '_ {
        self.terminals.iter().enumerate().map(|(at, t)| (TerminalId(at as u16), t.card))
    }

    /// Begin or end a fault.
    pub fn order(&mut self, id: TerminalId, fault: Fault) {
        let terminal = &mut self.terminals[usize::from(id.0)];
        match fault {
            Fault::Blocked(blocked) => terminal.blocked = blocked,
            Fault::Inhibited(why) => terminal.inhibited = why,
            Fault::LoseFeedback(count) => terminal.lose_feedback = count,
            Fault::LoseMessages(count) => terminal.lose_messages = count,
            Fault::DoubleMessages(count) => terminal.double_messages = count,
            Fault::CardOut(out) => terminal.card_out = out,
        }
    }

    /// The host of a terminal wrote bytes.
    pub fn host_wrote(&mut self, id: TerminalId, bytes: &[u8], now: Mono) {
        let terminal = &mut self.terminals[usize::from(id.0)];
        terminal.splitter.push(bytes);
        // A real terminal says nothing about a line that it cannot read.
        let said: Vec<Sentence> = terminal.splitter.by_ref().flatten().collect();
        for sentence in said {
            self.obey(id, &sentence, now);
        }
    }

    /// The next thing that happened by `now`.
    pub fn poll(&mut self, now: Mono) -> Option<RdssEvent> {
        self.report(now);
        while self.events.is_empty() {
            let first = self.due.first_entry().filter(|entry| entry.key().0 <= now)?;
            match first.remove() {
                Due::ToHost(id, bytes) => self.events.push_back(RdssEvent::ToHost(id, bytes)),
                Due::Arrive { from, at, to, content } => self.arrive(from, at, to, &content),
                Due::Show { sender, to, gb } => self.show(sender, to, &gb),
            }
        }
        self.events.pop_front()
    }

    /// When `poll` must be asked again.
    pub fn next_deadline(&self) -> Option<Mono> {
        let reports = self.terminals.iter().filter(|t| t.reports).map(|t| t.report_at);
        self.due.keys().next().map(|(at, _)| *at).into_iter().chain(reports).min()
    }

    fn scaled(&self, ms: u64) -> u64 {
        ms / u64::from(self.config.scale.max(1))
    }

    /// The card's interval as the host is told it, whole seconds.
    fn told_interval_s(&self) -> u32 {
        (self.config.interval_s / self.config.scale.max(1)).max(1)
    }

    fn report(&mut self, now: Mono) {
        let every_ms = self.scaled(REPORT_MS.0).max(REPORT_MS.1);
        for (at, terminal) in self.terminals.iter_mut().enumerate() {
            if terminal.reports && terminal.report_at <= now {
                terminal.report_at = now.after_ms(every_ms);
                let bytes = words::signal(self.config.dialect, !terminal.blocked);
                self.events.push_back(RdssEvent::ToHost(TerminalId(at as u16), bytes));
            }
        }
    }

    fn obey(&mut self, id: TerminalId, sentence: &Sentence, now: Mono) {
        let interval_s = self.told_interval_s();
        let terminal = &mut self.terminals[usize::from(id.0)];
        match words::read(self.config.dialect, sentence) {
            words::Wish::Card => {
                let card = if terminal.card_out { 0 } else { terminal.card };
                let (group, level) = (terminal.group, self.config.level);
                let bytes = words::card(self.config.dialect, card, group, interval_s, level);
                self.soon(id, bytes, now);
            }
            words::Wish::Reports => terminal.reports = true,
            words::Wish::Send { to, content } => self.send(id, to, content, now),
            words::Wish::Other => {}
        }
    }

    fn send(&mut self, id: TerminalId, to: u32, content: words::Content, now: Mono) {
        let interval_ms = self.scaled(u64::from(self.config.interval_s) * 1000);
        let terminal = &self.terminals[usize::from(id.0)];
        let open_at = terminal.last_sent.map_or(now, |last| last.after_ms(interval_ms));
        let config = &self.config;
        let carried = config.level_bits.or(level_bits(config.dialect, config.level));
        let bytes = content.bytes();
        let refused = if terminal.card_out {
            Some(Why::NoCard)
        } else if terminal.inhibited.is_some() {
            Some(Why::Inhibited)
        } else if now < open_at {
            Some(Why::Early)
        } else if !content.fits(carried) {
            Some(Why::Oversize)
        } else {
            None
        };
        let wait_s = open_at.since_ms(now).div_ceil(1000);
        let answer = words::feedback(config.dialect, refused, terminal.inhibited, wait_s);
        let terminal = &mut self.terminals[usize::from(id.0)];
        if let Some(why) = refused {
            terminal.counts.refused += 1;
            terminal.counts.early += u64::from(why == Why::Early);
            self.events.push_back(RdssEvent::Refused(id, why));
            // An oversize message is not answered at all by most devices.
            if why != Why::Oversize {
                self.soon(id, answer, now);
            }
            return;
        }
        terminal.last_sent = Some(now);
        terminal.counts.sent += 1;
        terminal.counts.sent_bytes += bytes as u64;
        self.events.push_back(RdssEvent::Sent(id, bytes));
        let ordered = take_one(&mut self.terminals[usize::from(id.0)].lose_feedback);
        if !self.dice.chance(self.config.lost_feedback_ppm) && !ordered {
            let after_ms = self.dice.between(FEEDBACK_MS.0, FEEDBACK_MS.1);
            self.plan(now.after_ms(self.scaled(after_ms)), Due::ToHost(id, answer));
        }
        self.spread(id, to, &content, now);
    }

    /// The message goes to everyone who is meant.
    fn spread(&mut self, id: TerminalId, to: u32, content: &words::Content, now: Mono) {
        let sender = &mut self.terminals[usize::from(id.0)];
        let (from, blocked) = (sender.card, sender.blocked);
        let lost = take_one(&mut sender.lose_messages);
        let doubled = take_one(&mut sender.double_messages);
        let is_meant = |t: &Terminal| t.card == to || (to != 0 && t.group == to);
        let meant: Vec<TerminalId> = (0..self.terminals.len())
            .filter(|at| is_meant(&self.terminals[*at]) && self.terminals[*at].card != from)
            .map(|at| TerminalId(at as u16))
            .collect();
        if meant.is_empty() && content.is_text && !blocked && !lost {
            return self.send_to_handset(id, to, content.written.clone(), now);
        }
        if meant.is_empty() {
            self.events.push_back(RdssEvent::Missed(id, Why::Nobody));
        }
        for at in meant {
            let by_chance = self.dice.chance(self.config.loss_ppm);
            if blocked || lost || by_chance {
                self.miss(at, if blocked { Why::Blocked } else { Why::Lost });
                continue;
            }
            let twice = self.dice.chance(self.config.duplicate_ppm) || doubled;
            for _ in 0..1 + usize::from(twice) {
                let after_ms = self.dice.between(LATENCY_MS.0, LATENCY_MS.1);
                let due = Due::Arrive { from, at, to, content: content.clone() };
                self.plan(now.after_ms(self.scaled(after_ms)), due);
            }
        }
    }

    fn arrive(&mut self, from: u32, at: TerminalId, to: u32, content: &words::Content) {
        let terminal = &mut self.terminals[usize::from(at.0)];
        if terminal.blocked || terminal.card_out {
            return self.miss(at, Why::Blocked);
        }
        terminal.counts.arrived += 1;
        let to_group = terminal.card != to;
        let bytes = words::message(self.config.dialect, from, to, to_group, content);
        self.events.push_back(RdssEvent::Arrived(at));
        self.events.push_back(RdssEvent::ToHost(at, bytes));
    }

    fn miss(&mut self, at: TerminalId, why: Why) {
        self.terminals[usize::from(at.0)].counts.missed += 1;
        self.events.push_back(RdssEvent::Missed(at, why));
    }

    fn soon(&mut self, id: TerminalId, bytes: Vec<u8>, now: Mono) {
        self.plan(now.after_ms(self.scaled(50)), Due::ToHost(id, bytes));
    }

    fn plan(&mut self, at: Mono, due: Due) {
        if self.due.len() < DUE_MAX {
            self.due.insert((at, self.next_due), due);
            self.next_due += 1;
        }
    }
}

/// One of those left, if any is.
fn take_one(left: &mut u32) -> bool {
    let any = *left > 0;
    *left = left.saturating_sub(1);
    any
}
