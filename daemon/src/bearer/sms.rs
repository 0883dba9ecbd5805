//! A modem for short messages on a serial port: one link a peer, and texts to and from people for
//! the village gateway. What to say to the modem and when is `protocol::link::modem::sms`'s.

use std::future::poll_fn;
use std::task::{Context, Poll};

use sanduan_protocol::base::time::Now;
use sanduan_protocol::link::condition::{Condition, Standing};
use sanduan_protocol::link::modem::sms::{
    FRAME_BYTES_MAX, Fault, Input, Number, Output, Settings, Sms, SmsState,
};
use sanduan_protocol::link::profile::{Exposure, Inbound, Knowledge, Profile};
use sanduan_protocol::local::request::TextMeans;
use tokio::sync::mpsc;

use super::dialogue::{Ends, Machine, Wish, run_serial};
use super::{LinkDoor, Parcel, link_name, profile_of};
use crate::clock::Clock;
use crate::config::{BearerConfig, SmsConfig};
use crate::village::{Exchange, Fate, Letter, Told};

/// From modem to modem over a geostationary satellite, median and 95th percentile, until our own
/// acks tell: twice 0.54 s of way and what networks take at each end (research, bearers 1).
const LATENCY_MS: (u32, u32) = (6_000, 60_000);

/// The profiles of the links to each peer.
pub fn profiles(bearer: &BearerConfig, modem: &SmsConfig) -> Vec<Profile> {
    let is_only = modem.peers.len() == 1;
    let profile = |peer: &Number| {
        let name = link_name(bearer, &peer.to_string(), is_only);
        let known = profile_of(bearer, name, peer.to_string());
        Profile {
            mtu: known.mtu.min(FRAME_BYTES_MAX as u16),
            half_duplex: true,
            inbound: Inbound::Push,
            knowledge: Knowledge::Gateway,
            stores_for_receiver: true,
            exposure: Exposure::Operator,
            latency_ms: LATENCY_MS,
            experimental: true,
            ..known
        }
    };
    modem.peers.iter().map(profile).collect()
}

/// Run one bearer until it is dropped; `doors` are those of the peers.
pub async fn run(config: SmsConfig, doors: Vec<LinkDoor>, exchange: Exchange, clock: Clock) {
    let letters = exchange.carry(TextMeans::Sms);
    let line =
        |(door, peer): (LinkDoor, Number)| Line { door, peer, is_up: false, owes_ready: false };
    let lines = doors.into_iter().zip(config.peers).map(line).collect();
    let mut ends = ModemEnds { lines, letters, exchange, signal_pct: None };
    let mut sms = Sms::new(Settings { wants_reports: config.reports });
    run_serial(&config.device, config.baud, &mut sms, &mut ends, clock).await;
}

/// What the modem tells.
#[derive(Debug)]
pub(super) enum Word {
    Heard(Number, Vec<u8>),
    Text(Number, String),
    Fate(u64, Fate),
    Ready,
    State(SmsState),
    Signal(Option<u8>),
    Dropped(&'static str),
}

/// What it is told to send.
#[derive(Debug)]
pub(super) enum Order {
    Frame(Number, Vec<u8>),
    Text(Number, Letter),
}

impl Machine for Sms {
    type Order = Order;
    type Word = Word;

    fn opened(&mut self, now: Now) {
        self.handle(Input::Opened, now.mono);
    }

    fn heard(&mut self, bytes: &[u8], now: Now) {
        self.handle(Input::Bytes(bytes), now.mono);
    }

    fn ordered(&mut self, order: Order, now: Now) {
        match order {
            Order::Frame(to, frame) => {
                self.handle(Input::Frame { to: &to, frame: &frame }, now.mono);
            }
            Order::Text(to, Letter { tag, text, .. }) => {
                self.handle(Input::Text { to: &to, text: &text, tag }, now.mono);
            }
        }
    }

    fn tick(&mut self, now: Now) {
        self.handle(Input::Tick, now.mono);
    }

    fn next_wish(&mut self) -> Wish<Word> {
        Wish::Say(match self.poll_output() {
            Output::Wait(deadline) => return Wish::Wait(deadline),
            Output::Write(bytes) => return Wish::Write(bytes),
            Output::Heard { from, frame } => Word::Heard(from, frame),
            Output::Text { from, text } => Word::Text(from, text),
            Output::TextSent(tag) => Word::Fate(tag, Fate::Sent),
            Output::TextFailed(tag, fault) => Word::Fate(tag, failed(fault)),
            Output::TextReport(tag, true) => Word::Fate(tag, Fate::Reached),
            Output::TextReport(tag, false) => Word::Fate(tag, Fate::Failed(NEVER_REACHED.into())),
            Output::Ready => Word::Ready,
            Output::State(state) => Word::State(state),
            Output::Signal(signal_pct) => Word::Signal(signal_pct),
            Output::Dropped(reason) => Word::Dropped(reason),
        })
    }
}

const NEVER_REACHED: &str =
    "短信没有到达手机：可能关机或无信号 / it never reached the phone: off, or without signal";

fn failed(fault: Fault) -> Fate {
    Fate::Failed(fault.sentence())
}

/// One link of the modem.
#[derive(Debug)]
struct Line {
    door: LinkDoor,
    peer: Number,
    is_up: bool,
    /// It may be told that it can hand over a frame.
    owes_ready: bool,
}

/// The links and the letters that share a modem.
#[derive(Debug)]
struct ModemEnds {
    lines: Vec<Line>,
    letters: mpsc::Receiver<Letter>,
    exchange: Exchange,
    signal_pct: Option<u8>,
}

impl Ends<Sms> for ModemEnds {
    fn opened(&mut self) {
        for line in &mut self.lines {
            (line.is_up, line.owes_ready) = (false, false);
        }
    }

    async fn next_order(&mut self) -> Option<Order> {
        loop {
            match poll_fn(|context| self.poll_next(context)).await? {
                Next::Frame(at, frame) => {
                    let line = &mut self.lines[at];
                    line.owes_ready = true;
                    // What was meant for an earlier connection is old by now.
                    if line.is_up {
                        return Some(Order::Frame(line.peer.clone(), frame));
                    }
                }
                Next::Letter(letter) => match letter.number.parse() {
                    Ok(to) => return Some(Order::Text(to, letter)),
                    Err(_) => {
                        let fate = Fate::Failed("号码不对 / not a number".to_owned());
                        self.exchange.tell(Told::Fate { tag: letter.tag, fate }).await;
                    }
                },
            }
        }
    }

    async fn hear(&mut self, word: Word) {
        match word {
            Word::Heard(from, frame) => {
                match self.lines.iter().find(|line| line.peer.is_same_line(&from)) {
                    Some(line) => line.door.voice.heard(frame).await,
                    None => self.drop_first("sms_unknown_number").await,
                }
            }
            Word::Text(from, text) => {
                let (means, number) = (TextMeans::Sms, from.to_string());
                if !self.exchange.tell(Told::Heard { means, number, text }).await {
                    self.drop_first("sms_text_without_gateway").await;
                }
            }
            Word::Fate(tag, fate) => {
                self.exchange.tell(Told::Fate { tag, fate }).await;
            }
            Word::Ready => {
                for line in self.lines.iter_mut().filter(|line| line.owes_ready) {
                    line.owes_ready = false;
                    line.door.voice.ready().await;
                }
            }
            Word::State(state) => self.settle(state).await,
            Word::Signal(signal_pct) => {
                self.signal_pct = signal_pct;
                self.tell_condition(Standing::Clear).await;
            }
            Word::Dropped(reason) => self.drop_first(reason).await,
        }
    }

    async fn lost(&mut self, reason: &str) {
        if self.lines.is_empty() {
            tracing::warn!(reason, "短信不可用 / no short messages");
        }
        for line in &self.lines {
            line.door.voice.down(reason).await;
        }
    }
}

/// What comes next from a link or from the gateway.
enum Next {
    Frame(usize, Vec<u8>),
    Letter(Letter),
}

impl ModemEnds {
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Next>> {
        let mut is_open = false;
        match self.letters.poll_recv(context) {
            Poll::Ready(Some(letter)) => return Poll::Ready(Some(Next::Letter(letter))),
            Poll::Ready(None) => {}
            Poll::Pending => is_open = true,
        }
        for (at, line) in self.lines.iter_mut().enumerate() {
            match line.door.frames.poll_recv(context) {
                Poll::Ready(Some(Parcel { frame, .. })) => {
                    return Poll::Ready(Some(Next::Frame(at, frame)));
                }
                Poll::Ready(None) => {}
                Poll::Pending => is_open = true,
            }
        }
        if is_open { Poll::Pending } else { Poll::Ready(None) }
    }

    /// Counted on the first link of the bearer: what has no link is nobody else's.
    async fn drop_first(&self, reason: &'static str) {
        match self.lines.first() {
            Some(line) => line.door.voice.dropped(reason).await,
            None => tracing::debug!(reason, "sms"),
        }
    }

    async fn tell_condition(&self, standing: Standing) {
        let condition = Condition { standing, signal_pct: self.signal_pct, ..Condition::default() };
        for line in &self.lines {
            line.door.voice.tell(condition).await;
        }
    }

    async fn settle(&mut self, state: SmsState) {
        let reason = reason_of(state);
        for line in &mut self.lines {
            line.is_up = state == SmsState::Up;
            line.owes_ready = line.is_up;
            match reason {
                Some(reason) => line.door.voice.down(reason).await,
                None if line.is_up => line.door.voice.up().await,
                // Asked, not answered yet: nothing to say.
                None => {}
            }
        }
        match (reason, self.lines.is_empty()) {
            (Some(reason), true) => tracing::warn!(reason, "短信不可用 / no short messages"),
            (None, true) => tracing::info!(?state, "短信 / short messages"),
            (_, false) => {}
        }
        if state == SmsState::NoNetwork {
            self.tell_condition(Standing::NoSignal).await;
        }
    }
}

/// Why a modem carries nothing now, with a remedy; `None` where there is nothing to say.
fn reason_of(state: SmsState) -> Option<&'static str> {
    match state {
        SmsState::Up | SmsState::Starting => None,
        SmsState::Mute => Some(
            "短信调制解调器无应答：检查接线、电源和波特率（baud） / the modem does not answer: check \
             cable, power and baud",
        ),
        SmsState::NoCard => Some(
            "SIM 卡没插好或要密码：插好卡，用手机取消 PIN 码 / the SIM card is missing or wants a \
             code: put it in, switch its PIN off with a phone",
        ),
        SmsState::NoPduMode => Some(
            "这台调制解调器不支持 PDU 模式：换一台，或改用其他承载 / this modem has no PDU mode: use \
             another one, or another bearer",
        ),
        SmsState::NoNetwork => Some(
            "没有短信网络：把天线移到开阔处（天通朝南） / no network for short messages: move the \
             antenna to where the sky is free (Tiantong: to the south)",
        ),
    }
}

#[cfg(test)]
mod tests;
