//! The driver of one terminal with one card: learns the card, waits for signal, sends when the
//! card's interval has passed and never before, and waits for the terminal's word about it.
//!
//! ```text
//!            ask card, ask signal
//! Starting ──no answer──> Mute        (asked again every 5 s while anything but Up)
//!    │ card 0 ───────────> NoCard
//!    │ level too low ────> TooSmall
//!    ▼ card known
//! NoSignal <──15 s without signal── Up ──inhibited──> Inhibited ──a minute──> Up
//!    └──────── signal ───────────> │
//!                                  └─ slot open ─> Ready … frame ─> Write ─> FKI or 8 s ─> cools
//! ```
//!
//! A missing FKI counts as sent: the slot may have been burnt, and the card would refuse anyway.
//! When the terminal leaves `Up`, frames that wait are given back: another card may take them
//! ([`super::bond`]), or else whoever made them makes newer ones.

use std::collections::VecDeque;

use super::content::{capacity_bytes, capacity_signs};
use super::dialect::{Card, Fact, Feedback, Inhibit};
use super::door::{Input, Output, RdssState, Settings, SlotClock};
use super::message::{Body, Message, Sending, Waiting};
use super::sentence::Splitter;
use crate::base::caps::{FRAME_BYTES_MAX, RDSS_QUEUE_MAX};
use crate::base::time::{Mono, Now};

/// Smallest frame that our records can be cut into ([`crate::link::profile::Profile::mtu`]).
pub const RDSS_MTU_MIN: u16 = 64;
/// An FKI takes 2 to 8 s (research, bearers 1.1); after that the message counts as sent.
pub const FEEDBACK_MS_MAX: u64 = 8_000;
/// Added to the card's interval: its clock and ours are not the same.
pub const GUARD_MS: u64 = 1_000;
/// Signal reports come every second; without a good one for so long the sky is blocked.
pub const SIGNAL_LOST_MS: u64 = 15_000;
/// While it is not up, a terminal is asked again so often.
pub const ASK_EVERY_MS: u64 = 5_000;
/// A terminal that was told not to send is tried again after the card's interval, but not before.
pub const INHIBIT_MS_MIN: u64 = 60_000;
/// A sentence damaged on the serial line is handed over so often.
const DAMAGED_TRIES_MAX: u8 = 3;

/// The driver. See the drawing at the top.
#[derive(Debug)]
pub struct Rdss {
    settings: Settings,
    /// When cards last sent, as far as known.
    saved: Vec<SlotClock>,
    splitter: Splitter,
    state: RdssState,
    /// `None` before the first answer, `Some(None)` if there is no card.
    card: Option<Option<Card>>,
    asked: Option<Mono>,
    asked_count: u32,
    signal_pct: u8,
    signal_at: Option<Mono>,
    signal_said: Option<u8>,
    /// The slot is open from then on.
    free_at: Mono,
    slot_said: Mono,
    inhibited: Option<(Inhibit, Mono)>,
    sending: Option<Sending>,
    queue: VecDeque<Waiting>,
    ready_said: bool,
    out: VecDeque<Output>,
    next_at: Option<Mono>,
}

impl Rdss {
    /// A driver of a terminal that is not open yet.
    pub fn new(settings: Settings) -> Rdss {
        Rdss {
            settings,
            saved: Vec::new(),
            splitter: Splitter::default(),
            state: RdssState::Starting,
            card: None,
            asked: None,
            asked_count: 0,
            signal_pct: 0,
            signal_at: None,
            signal_said: None,
            free_at: Mono(0),
            slot_said: Mono(0),
            inhibited: None,
            sending: None,
            queue: VecDeque::new(),
            ready_said: false,
            out: VecDeque::new(),
            next_at: None,
        }
    }

    /// When cards last sent, as [`Output::Save`] said here or at another terminal. Counts when the
    /// terminal tells its card the next time.
    pub fn remember(&mut self, saved: Vec<SlotClock>) {
        self.saved = saved;
    }

    /// One thing happened. Drain `poll_output` before the next.
    pub fn handle(&mut self, input: Input<'_>, now: Now) {
        match input {
            Input::Opened => self.open(),
            Input::Bytes(bytes) => {
                self.splitter.push(bytes);
                while let Some(said) = self.splitter.next() {
                    let fact = said.map_err(|error| error.reason()).and_then(|sentence| {
                        self.settings.dialect.read(&sentence).map_err(|error| error.reason())
                    });
                    match fact {
                        Ok(fact) => self.learn(fact, now),
                        Err(reason) => self.out.push_back(Output::Dropped(reason)),
                    }
                }
            }
            Input::Frame { to, frame } => self.take(Message::frame(to, frame)),
            Input::Text { to, tag, gb } => {
                self.take(Message { to, body: Body::Text { tag, gb: gb.to_vec() } });
            }
            Input::Tick => {}
        }
        self.advance(now);
    }

    /// The next wish; `Wait` when there is none.
    pub fn poll_output(&mut self) -> Output {
        self.out.pop_front().unwrap_or(Output::Wait(self.next_at))
    }

    /// How the terminal stands.
    pub fn state(&self) -> RdssState {
        self.state
    }

    /// From when on the card may send again.
    pub fn free_at(&self) -> Mono {
        self.free_at
    }

    fn open(&mut self) {
        let (saved, free_at) = (std::mem::take(&mut self.saved), self.free_at);
        *self = Rdss { saved, free_at, ..Rdss::new(self.settings.clone()) };
    }

    fn take(&mut self, message: Message) {
        let (mtu, signs) = match self.state {
            RdssState::Up { mtu, signs, .. } => (mtu, signs),
            RdssState::Starting
            | RdssState::Mute
            | RdssState::NoCard
            | RdssState::TooSmall { .. }
            | RdssState::NoSignal
            | RdssState::Inhibited(_) => (0, 0),
        };
        let refused = match () {
            () if mtu == 0 => "rdss_not_up",
            () if !message.fits(mtu, signs) => "rdss_over_mtu",
            () if self.queue.len() >= RDSS_QUEUE_MAX => "rdss_queue_full",
            () => return self.queue.push_back(Waiting { message, tries: 0 }),
        };
        // Frames are made anew; a text is somebody's.
        self.out.push_back(match message.body {
            Body::Frame(_) => Output::Dropped(refused),
            Body::Text { .. } => Output::Unsent(message),
        });
    }

    fn learn(&mut self, fact: Fact, now: Now) {
        match fact {
            Fact::Card(card) => {
                if let Some(card) = card.filter(|card| self.card != Some(Some(*card))) {
                    self.wait_out(&card, now);
                }
                self.card = Some(card);
                self.asked_count = 0;
            }
            Fact::Signal(percent) => {
                self.signal_pct = percent;
                if percent > 0 {
                    self.signal_at = Some(now.mono);
                }
            }
            Fact::Feedback(feedback) => self.judge(feedback, now.mono),
            Fact::Message { from, frame } => {
                let is_long = frame.len() > FRAME_BYTES_MAX;
                self.out.push_back(match (self.is_own(from), is_long) {
                    (true, _) => Output::Dropped("rdss_own_echo"),
                    (false, true) => Output::Dropped("rdss_frame_too_long"),
                    (false, false) => Output::Heard { from, frame },
                });
            }
            Fact::Text { from, text } => self.out.push_back(match self.is_own(from) {
                true => Output::Dropped("rdss_own_echo"),
                false => Output::Text { from, text },
            }),
            Fact::Other => {}
        }
    }

    fn is_own(&self, from: u32) -> bool {
        self.card.flatten().is_some_and(|card| card.id == from)
    }

    /// A card was put in, or is known again: not before its own slot.
    fn wait_out(&mut self, card: &Card, now: Now) {
        let Some(saved) = self.saved.iter().find(|saved| saved.card == card.id) else { return };
        // A clock that went back says nothing about the time since: wait it all.
        let since_ms = now.wall.0.saturating_sub(saved.sent.0);
        let left_ms = slot_ms(card).saturating_sub(since_ms);
        self.free_at = self.free_at.max(now.mono.after_ms(left_ms));
    }

    /// The terminal's word about what was handed to it.
    fn judge(&mut self, feedback: Feedback, now: Mono) {
        let sending = self.sending.take();
        match feedback {
            Feedback::Sent => self.has_left(sending),
            Feedback::Wait(wait_s) => {
                self.free_at = now.after_ms(u64::from(wait_s) * 1000 + GUARD_MS);
                self.put_back(sending);
            }
            Feedback::Inhibited(why) => {
                let card = self.card.flatten();
                let pause_ms = card.as_ref().map_or(0, slot_ms).max(INHIBIT_MS_MIN);
                self.inhibited = Some((why, now.after_ms(pause_ms)));
                self.put_back(sending);
            }
            Feedback::NoCard => {
                self.card = Some(None);
                self.put_back(sending);
            }
            Feedback::Damaged => {
                let Some(Sending { mut waiting, .. }) = sending else { return };
                waiting.tries += 1;
                if waiting.tries < DAMAGED_TRIES_MAX {
                    self.free_at = now;
                    self.queue.push_front(waiting);
                } else {
                    self.out.push_back(Output::Dropped("rdss_damaged"));
                    self.out.extend(waiting.message.tag().map(Output::TextLost));
                }
            }
        }
    }

    fn has_left(&mut self, sending: Option<Sending>) {
        let tag = sending.and_then(|sending| sending.waiting.message.tag());
        self.out.extend(tag.map(Output::TextSent));
    }

    /// It did not leave: it is the next one again.
    fn put_back(&mut self, sending: Option<Sending>) {
        if let Some(Sending { waiting, .. }) = sending {
            self.queue.push_front(waiting);
        }
    }

    /// Do everything that the moment allows, and find the next deadline.
    fn advance(&mut self, now: Now) {
        let mono = now.mono;
        if self.sending.as_ref().is_some_and(|s| mono >= s.since.after_ms(FEEDBACK_MS_MAX)) {
            let sending = self.sending.take();
            self.out.push_back(Output::Dropped("rdss_no_feedback"));
            self.has_left(sending);
        }
        if self.inhibited.is_some_and(|(_, until)| mono >= until) {
            self.inhibited = None;
            // Whatever the reason was, the card may not be what it was.
            (self.card, self.asked) = (None, None);
        }
        self.settle(mono);
        self.ask(mono);
        self.settle(mono);
        self.tell(mono);
        if let RdssState::Up { card, .. } = self.state
            && self.signal_pct > 0
            && self.sending.is_none()
            && mono >= self.free_at
        {
            match self.queue.pop_front() {
                Some(waiting) => self.send(waiting, &card, now),
                None if !self.ready_said => {
                    self.ready_said = true;
                    self.out.push_back(Output::Ready);
                }
                None => {}
            }
        }
        self.tell(mono);
        self.next_at = self.next_deadline(mono);
    }

    /// Signal and slot, where they changed.
    fn tell(&mut self, now: Mono) {
        if self.card.is_none() {
            return;
        }
        let heard = self.signal_at.is_some_and(|at| now < at.after_ms(SIGNAL_LOST_MS));
        let signal_pct = if heard { self.signal_pct } else { 0 };
        if self.signal_said != Some(signal_pct) {
            self.signal_said = Some(signal_pct);
            self.out.push_back(Output::Signal(signal_pct));
        }
        if self.slot_said != self.free_at && self.free_at > now {
            self.slot_said = self.free_at;
            self.out.push_back(Output::Slot(self.free_at));
        }
    }

    /// Say how the terminal stands, if that changed.
    fn settle(&mut self, now: Mono) {
        let state = self.judge_state(now);
        if state == self.state {
            return;
        }
        if !matches!(state, RdssState::Up { .. }) {
            let unsent = self.queue.drain(..);
            self.out.extend(unsent.map(|waiting| Output::Unsent(waiting.message)));
            self.ready_said = false;
        }
        self.state = state;
        self.out.push_back(Output::State(state));
    }

    fn send(&mut self, waiting: Waiting, card: &Card, now: Now) {
        self.free_at = now.mono.after_ms(slot_ms(card));
        self.out.push_back(Output::Save(SlotClock { card: card.id, sent: now.wall }));
        let (dialect, to) = (self.settings.dialect, waiting.message.to);
        self.out.push_back(Output::Write(match &waiting.message.body {
            Body::Frame(frame) => dialect.send(to, frame),
            Body::Text { gb, .. } => dialect.send_text(to, gb),
        }));
        self.sending = Some(Sending { waiting, since: now.mono });
        self.ready_said = false;
    }

    /// Ask for card and signal as long as anything is wanting.
    fn ask(&mut self, now: Mono) {
        let due = self.asked.is_none_or(|asked| now >= asked.after_ms(ASK_EVERY_MS));
        if self.is_wanting() && due {
            self.asked = Some(now);
            self.asked_count = self.asked_count.saturating_add(1);
            self.out.push_back(Output::Write(self.settings.dialect.ask_card()));
            self.out.extend(self.settings.dialect.ask_signal().map(Output::Write));
        }
    }

    fn is_wanting(&self) -> bool {
        !matches!(self.state, RdssState::Up { .. } | RdssState::Inhibited(_))
    }

    fn judge_state(&self, now: Mono) -> RdssState {
        let card = match self.card {
            None if self.asked_count > 1 => return RdssState::Mute,
            None => return RdssState::Starting,
            Some(None) => return RdssState::NoCard,
            Some(Some(card)) => card,
        };
        let Settings { dialect, level_bits, .. } = self.settings;
        let bytes = capacity_bytes(dialect, card.level, level_bits);
        let signs = capacity_signs(dialect, card.level, level_bits).unwrap_or(0);
        let mtu = bytes.unwrap_or(0).min(self.settings.mtu_max).min(FRAME_BYTES_MAX as u16);
        if mtu < RDSS_MTU_MIN {
            return RdssState::TooSmall { level: card.level, bytes };
        }
        if let Some((why, _)) = self.inhibited {
            return RdssState::Inhibited(why);
        }
        match self.signal_at.is_some_and(|at| now < at.after_ms(SIGNAL_LOST_MS)) {
            true => RdssState::Up { card, mtu, signs },
            false => RdssState::NoSignal,
        }
    }

    fn next_deadline(&self, now: Mono) -> Option<Mono> {
        let is_up = matches!(self.state, RdssState::Up { .. });
        let wants_slot = is_up && (!self.queue.is_empty() || !self.ready_said);
        [
            self.sending.as_ref().map(|sending| sending.since.after_ms(FEEDBACK_MS_MAX)),
            self.inhibited.map(|(_, until)| until),
            self.signal_at.filter(|_| is_up).map(|at| at.after_ms(SIGNAL_LOST_MS)),
            self.asked.filter(|_| self.is_wanting()).map(|at| at.after_ms(ASK_EVERY_MS)),
            // Open already but without signal: the next report moves it.
            Some(self.free_at).filter(|at| wants_slot && *at > now),
        ]
        .into_iter()
        .flatten()
        .min()
    }
}

/// From one message to the next, ms.
fn slot_ms(card: &Card) -> u64 {
    u64::from(card.interval_s) * 1000 + GUARD_MS
}
