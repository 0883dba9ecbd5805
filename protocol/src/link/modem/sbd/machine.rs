//! The driver of one modem: sets it up, watches the signal, and holds a session when there is
//! something to send, when it rang, when messages wait at the gateway, or when it is time to ask.
//!
//! ```text
//! Opened: ATE0  AT&K0  AT+SBDMTA=1  AT+SBDD0          echo, flow control off; ring on; empty
//! idle:   AT+CSQF every 20 s ── no bars for a minute ──> NoSignal
//! frame:  AT+SBDWB=n ─READY─ bytes, sum ─0─> AT+SBDIX ──> AT+SBDD0 ──> AT+SBDRB if one came
//! ring:                                      AT+SBDIXA ─┘     again while messages are queued
//! ```
//!
//! The modem keeps what was sent until it is told to clear it: a second session would send it
//! again. Status 18 means that nobody knows; it counts as sent. A session registers the modem for
//! rings, so `AT+SBDREG`, a session that carries nothing, is never asked for.

use std::collections::VecDeque;

use super::answer::{Answer, Reader, with_sum};
use super::door::{Input, Output, SbdState, Settings};
use super::status::{Fate, Session, fate_of};
use super::step::{Held, Step, Told};
use super::timing::{
    BUSY_MS, FAILED_PAUSES_MS, MISSED_RINGS_MS, RADIO_OFF_MS, SESSION_GAP_MS, SET_UP,
    SIGNAL_EVERY_MS, SIGNAL_LOST_MS, THREE_MINUTES_MS, TRIES_MAX,
};
use crate::base::caps::SBD_QUEUE_MAX;
use crate::base::time::Mono;

/// The driver. See the drawing at the top.
#[derive(Debug)]
pub struct Sbd {
    settings: Settings,
    reader: Reader,
    state: SbdState,
    step: Step,
    since: Mono,
    /// Commands without an answer in a row.
    unanswered: u32,
    bars_asked: Option<Mono>,
    bars_at: Option<Mono>,
    radio_off_until: Option<Mono>,
    session_at: Mono,
    /// When the gateway last listened to us: until then it has nothing new for us.
    asked_at: Option<Mono>,
    poll_at: Option<Mono>,
    rang: bool,
    wants_poll: bool,
    to_read: bool,
    /// Sessions that failed in a row.
    failed: usize,
    held: Held,
    queue: VecDeque<Vec<u8>>,
    ready_said: bool,
    told: Told,
    out: VecDeque<Output>,
    next_at: Option<Mono>,
}

impl Sbd {
    /// A driver of a modem that is not open yet.
    pub fn new(settings: Settings) -> Sbd {
        Sbd {
            settings,
            reader: Reader::default(),
            state: SbdState::Starting,
            step: Step::Closed,
            since: Mono(0),
            unanswered: 0,
            bars_asked: None,
            bars_at: None,
            radio_off_until: None,
            session_at: Mono(0),
            asked_at: None,
            poll_at: None,
            rang: false,
            wants_poll: true,
            to_read: false,
            failed: 0,
            held: Held::Nothing,
            queue: VecDeque::new(),
            ready_said: false,
            told: Told::default(),
            out: VecDeque::new(),
            next_at: None,
        }
    }

    /// One thing happened. Drain `poll_output` before the next.
    pub fn handle(&mut self, input: Input<'_>, now: Mono) {
        match input {
            Input::Opened => {
                // The three minutes are the gateway's; they outlive a serial line.
                let (session_at, told) = (self.session_at, self.told);
                *self = Sbd { session_at, told, ..Sbd::new(self.settings.clone()) };
                self.set_up(0, now);
            }
            Input::Bytes(bytes) => {
                // One byte at a time, because an answer may change how the next bytes are read.
                for byte in bytes {
                    self.reader.push(std::slice::from_ref(byte));
                    while let Some(answer) = self.reader.next() {
                        self.learn(answer, now);
                    }
                }
            }
            Input::Frame(frame) => self.take(frame),
            Input::Tick => {}
        }
        self.advance(now);
    }

    /// The next wish; `Wait` when there is none.
    pub fn poll_output(&mut self) -> Output {
        self.out.pop_front().unwrap_or(Output::Wait(self.next_at))
    }

    /// How the modem stands.
    pub fn state(&self) -> SbdState {
        self.state
    }

    fn is_up(&self) -> bool {
        matches!(self.state, SbdState::Up { .. })
    }

    fn take(&mut self, frame: &[u8]) {
        let reason = match () {
            () if !self.is_up() => "sbd_not_up",
            () if frame.is_empty() || frame.len() > usize::from(self.settings.mtu) => {
                "sbd_over_mtu"
            }
            () if self.queue.len() >= SBD_QUEUE_MAX => "sbd_queue_full",
            () => return self.queue.push_back(frame.to_vec()),
        };
        self.out.push_back(Output::Dropped(reason));
    }

    fn say(&mut self, command: &str, step: Step, now: Mono) {
        self.out.push_back(Output::Write(format!("{command}\r").into_bytes()));
        (self.step, self.since) = (step, now);
    }

    fn set_up(&mut self, at: usize, now: Mono) {
        match SET_UP.get(at) {
            Some(command) => self.say(command, Step::SetUp(at), now),
            None => self.step = Step::Idle,
        }
    }

    fn learn(&mut self, answer: Answer, now: Mono) {
        if !matches!(answer, Answer::Broken | Answer::Other) {
            self.unanswered = 0;
        }
        match (answer, self.step.clone()) {
            (Answer::Ring, _) => self.rang = true,
            (Answer::Broken, _) => self.out.push_back(Output::Dropped("sbd_broken_answer")),
            (Answer::Ok | Answer::Error, Step::SetUp(at)) => self.set_up(at + 1, now),
            (Answer::Signal(bars), Step::Signal) => {
                self.told.bars(bars, &mut self.out);
                if bars > 0 {
                    self.bars_at = Some(now);
                }
            }
            (Answer::Ready, Step::Writing) => {
                let bytes = self.queue.front().map(|frame| with_sum(frame));
                self.out.extend(bytes.map(Output::Write));
            }
            (Answer::Digit(digit), Step::Writing) => self.written(digit),
            (Answer::Session(session), Step::Session(_)) => {
                self.step = Step::Session(Some(session));
            }
            (Answer::Ok, Step::Session(Some(session))) => {
                self.step = Step::Idle;
                self.session_ended(session, now);
            }
            (Answer::Message(message), Step::Reading) => {
                self.to_read = false;
                self.out.push_back(match message {
                    Some(frame) if frame.is_empty() => Output::Dropped("sbd_empty"),
                    Some(frame) => Output::Heard(frame),
                    None => Output::Dropped("sbd_bad_sum"),
                });
            }
            (Answer::Ok, Step::Clearing) => {
                (self.held, self.step) = (Held::Nothing, Step::Idle);
            }
            (Answer::Ok, Step::Signal | Step::Reading | Step::Writing) => self.step = Step::Idle,
            (Answer::Error, Step::Closed | Step::Idle) => {}
            (Answer::Error, _) => {
                self.out.push_back(Output::Dropped("sbd_refused"));
                self.step = Step::Idle;
                self.failed_once(now);
            }
            // Answers that nobody waits for: late ones, and lines that are no answers.
            (
                Answer::Ok
                | Answer::Ready
                | Answer::Digit(_)
                | Answer::Session(_)
                | Answer::Signal(_)
                | Answer::Message(_)
                | Answer::Other,
                _,
            ) => {}
        }
    }

    /// What the modem says of the bytes handed to it.
    fn written(&mut self, digit: u32) {
        match digit {
            0 => self.held = Held::Front,
            3 => {
                self.queue.pop_front();
                self.out.push_back(Output::Dropped("sbd_wrong_length"));
            }
            _ => self.out.push_back(Output::Dropped("sbd_write_failed")),
        }
    }

    fn session_ended(&mut self, session: Session, now: Mono) {
        self.poll_at = Some(self.settings.poll_ms)
            .filter(|poll_ms| *poll_ms > 0)
            .map(|poll_ms| now.after_ms(poll_ms));
        let fate = fate_of(session.sent_code);
        match fate {
            Fate::Taken | Fate::Unknown => {
                if self.held == Held::Front {
                    self.let_go();
                }
                if fate == Fate::Unknown {
                    self.out.push_back(Output::Dropped("sbd_ambiguous"));
                }
                self.failed = 0;
                self.asked_at = Some(now);
                (self.rang, self.wants_poll) = (false, session.queued > 0);
                self.session_at = now.after_ms(SESSION_GAP_MS);
            }
            Fate::Failed | Fate::NoService => self.failed_once(now),
            Fate::Busy => self.session_at = now.after_ms(BUSY_MS),
            Fate::WaitThreeMinutes => self.session_at = now.after_ms(THREE_MINUTES_MS),
            Fate::RadioOff => self.radio_off_until = Some(now.after_ms(RADIO_OFF_MS)),
        }
        match session.received_code {
            1 => self.to_read = session.received_bytes > 0,
            2 => self.wants_poll = true,
            _ => {}
        }
        if fate == Fate::Unknown {
            // Whatever waited for us still does.
            self.wants_poll = true;
        }
    }

    fn failed_once(&mut self, now: Mono) {
        let pause_ms = FAILED_PAUSES_MS[self.failed.min(FAILED_PAUSES_MS.len() - 1)];
        self.session_at = now.after_ms(pause_ms);
        self.failed += 1;
        if self.failed.is_multiple_of(TRIES_MAX) && self.let_go() {
            self.out.push_back(Output::Dropped("sbd_gave_up"));
        }
    }

    /// The first frame is done with; true if there was one.
    fn let_go(&mut self) -> bool {
        if self.held == Held::Front {
            self.held = Held::Stale;
        }
        self.queue.pop_front().is_some()
    }

    fn advance(&mut self, now: Mono) {
        self.expire(now);
        self.settle(now);
        if self.step == Step::Idle {
            self.begin(now);
        }
        let may_hand_over = self.is_up() && self.queue.is_empty() && now >= self.session_at;
        if may_hand_over && self.step == Step::Idle && !self.ready_said {
            self.ready_said = true;
            self.out.push_back(Output::Ready);
        }
        let waits = self.is_up() && self.session_at > now.after_ms(SESSION_GAP_MS);
        let told = self.told.next_deadline().filter(|at| *at == self.session_at && *at > now);
        let slot = if waits { Some(self.session_at) } else { told };
        self.told.slot(slot, &mut self.out);
        self.next_at = self.next_deadline(now);
    }

    /// A command without an answer: begin again from the top.
    fn expire(&mut self, now: Mono) {
        if self.step.ends_at(self.since).is_none_or(|end| now < end) {
            return;
        }
        self.out.push_back(Output::Dropped("sbd_no_answer"));
        self.unanswered = self.unanswered.saturating_add(1);
        if matches!(self.step, Step::Session(_)) && self.held == Held::Front {
            // It may have gone out while the modem was silent.
            self.let_go();
        }
        // Setting up clears the modem, if that succeeds.
        self.held = Held::Stale;
        self.reader.expect_text();
        self.set_up(0, now);
    }

    fn settle(&mut self, now: Mono) {
        if self.radio_off_until.is_some_and(|until| now >= until) {
            self.radio_off_until = None;
        }
        let hears = self.bars_at.is_some_and(|at| now < at.after_ms(SIGNAL_LOST_MS));
        let state = match () {
            () if self.unanswered > 1 => SbdState::Mute,
            () if self.radio_off_until.is_some() => SbdState::RadioOff,
            () if hears => SbdState::Up { mtu: self.settings.mtu },
            () if self.bars_asked.is_none() => SbdState::Starting,
            () if self.step == Step::Signal && self.state == SbdState::Starting => {
                SbdState::Starting
            }
            () => SbdState::NoSignal,
        };
        if state == self.state {
            return;
        }
        let was_out = matches!(self.state, SbdState::NoSignal | SbdState::RadioOff);
        self.state = state;
        if !self.is_up() {
            while self.let_go() {}
            self.ready_said = false;
        } else if was_out {
            // Rings under a blocked sky are heard by nobody.
            let due = self.asked_at.map_or(now, |asked| asked.after_ms(MISSED_RINGS_MS));
            self.poll_at = Some(self.poll_at.map_or(due, |at| at.min(due)));
        }
        self.out.push_back(Output::State(state));
    }

    /// The modem is free: what is most due.
    fn begin(&mut self, now: Mono) {
        let polls = self.rang || self.wants_poll || self.poll_at.is_some_and(|at| now >= at);
        let session = self.is_up() && now >= self.session_at;
        if self.to_read {
            self.say("AT+SBDRB", Step::Reading, now);
            self.reader.expect_message();
        } else if self.held == Held::Stale {
            self.say("AT+SBDD0", Step::Clearing, now);
        } else if self.bars_due(now) {
            self.bars_asked = Some(now);
            self.say("AT+CSQF", Step::Signal, now);
        } else if session && self.held == Held::Front {
            self.hold_session(now);
        } else if session && !self.queue.is_empty() {
            let bytes = self.queue.front().map_or(0, Vec::len);
            self.ready_said = false;
            self.say(&format!("AT+SBDWB={bytes}"), Step::Writing, now);
        } else if session && polls {
            self.hold_session(now);
        }
    }

    fn hold_session(&mut self, now: Mono) {
        let command = if self.rang { "AT+SBDIXA" } else { "AT+SBDIX" };
        self.say(command, Step::Session(None), now);
    }

    fn bars_due(&self, now: Mono) -> bool {
        self.bars_asked.is_none_or(|asked| now >= asked.after_ms(SIGNAL_EVERY_MS))
    }

    fn next_deadline(&self, now: Mono) -> Option<Mono> {
        let idle = self.step == Step::Idle;
        let up = self.is_up();
        let waits = !self.queue.is_empty() || self.rang || self.wants_poll || !self.ready_said;
        [
            self.step.ends_at(self.since),
            self.bars_asked.filter(|_| idle).map(|asked| asked.after_ms(SIGNAL_EVERY_MS)),
            self.bars_at.filter(|_| up).map(|at| at.after_ms(SIGNAL_LOST_MS)),
            self.radio_off_until,
            self.told.next_deadline(),
            Some(self.session_at).filter(|at| idle && up && waits && *at > now),
            self.poll_at.filter(|_| idle && up).map(|at| at.max(self.session_at)),
        ]
        .into_iter()
        .flatten()
        .min()
    }
}
