//! The driver of one modem: sets it up, watches signal and network, takes in what it hands over or
//! stores, and sends one message after another.
//!
//! ```text
//! Opened: ATE0  +CMEE=1  +CPIN?  +CMGF=0  +CSMS?  +CNMI=2,2,0,1,0  +CREG?
//!                 no card ──> NoCard      no PDU mode ──> NoPduMode     +CNMI refused ──> store
//! idle:   +CSQ, +CREG? every 20 s ── registered nowhere for a minute ──> NoNetwork
//!         +CMGL=4, then +CMGD for each: at the start, when something was stored, now and then
//! send:   +CMGS=n ── `> ` ── hex, Ctrl-Z ── +CMGS: ref ── OK        or +CMS ERROR: tried again
//! ```
//!
//! A message that the network took may still be lost, and one whose answer was lost may have gone
//! out: frames bear both, and a text that comes twice says the same.

mod due;

use std::collections::VecDeque;

use super::answer::{Answer, Reader};
use super::door::{Input, Output, Settings, SmsState};
use super::fault::Fault;
use super::pdu::{Incoming, read_hex};
use super::queue::{Job, Queue};
use super::timing::{FAILED_PAUSES_MS, OnError, SET_UP, STORE};
use crate::base::caps::{SMS_REPORTS_MAX, SMS_TEXTS_MAX};
use crate::base::time::Mono;

/// Ends a message (TS 27.005 section 3.5.1), and gives one up.
const CTRL_Z: u8 = 0x1A;
const ESCAPE: u8 = 0x1B;
/// Strength that `+CSQ` calls full (TS 27.007 section 8.5).
const FULL: u32 = 31;

/// What the modem is doing for us.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// The serial line is closed.
    Closed,
    /// That command of [`SET_UP`] waits for its answer.
    SetUp(usize),
    /// It was asked to store messages instead.
    Store(usize),
    Idle,
    /// The card or the mode is missing; set up again later.
    Unfit(SmsState),
    Signal,
    Network,
    Listing,
    Deleting,
    /// Waits for the prompt.
    Prompt,
    /// Waits for the reference, then for the end.
    Sending(Option<u8>),
}

/// The driver. See the drawing at the top.
#[derive(Debug)]
pub struct Sms {
    settings: Settings,
    reader: Reader,
    state: SmsState,
    step: Step,
    since: Mono,
    /// Commands without an answer in a row.
    unanswered: u32,
    /// The set-up came to its end since the line was opened.
    is_set_up: bool,
    /// Messages must be fetched; they are not handed over.
    stores: bool,
    /// It does not tell where it is registered: taken for yes.
    hides_network: bool,
    network_at: Option<Mono>,
    signal_at: Option<Mono>,
    asks_network: bool,
    list_at: Mono,
    to_delete: VecDeque<u32>,
    queue: Queue,
    current: Option<Job>,
    send_at: Mono,
    /// Sends that failed in a row.
    failed: usize,
    /// References of last parts whose report is awaited, and their tags.
    awaited: VecDeque<(u8, u64)>,
    ready_said: bool,
    out: VecDeque<Output>,
    next_at: Option<Mono>,
}

impl Sms {
    /// A driver of a modem that is not open yet.
    pub fn new(settings: Settings) -> Sms {
        Sms {
            settings,
            reader: Reader::default(),
            state: SmsState::Starting,
            step: Step::Closed,
            since: Mono(0),
            unanswered: 0,
            is_set_up: false,
            stores: false,
            hides_network: false,
            network_at: None,
            signal_at: None,
            asks_network: false,
            list_at: Mono(0),
            to_delete: VecDeque::new(),
            queue: Queue::default(),
            current: None,
            send_at: Mono(0),
            failed: 0,
            awaited: VecDeque::new(),
            ready_said: false,
            out: VecDeque::new(),
            next_at: None,
        }
    }

    /// One thing happened. Drain `poll_output` before the next.
    pub fn handle(&mut self, input: Input<'_>, now: Mono) {
        match input {
            Input::Opened => self.opened(now),
            Input::Bytes(bytes) => {
                self.reader.push(bytes);
                while let Some(answer) = self.reader.next() {
                    self.learn(answer, now);
                }
            }
            Input::Frame { .. } if self.state != SmsState::Up => self.dropped("sms_not_up"),
            Input::Frame { to, frame } => {
                if let Err(word) = self.queue.push_frame(to, frame) {
                    self.dropped(word);
                }
                self.ready_said = false;
            }
            Input::Text { tag, .. } if self.has_text(tag) => {}
            Input::Text { to, text, tag } => {
                if !self.queue.push_text(to, text, tag, self.settings.wants_reports) {
                    self.out.push_back(Output::TextFailed(tag, Fault::Plain));
                }
            }
            Input::Tick => {}
        }
        self.advance(now);
    }

    /// The next wish; `Wait` when there is none.
    pub fn poll_output(&mut self) -> Output {
        self.out.pop_front().unwrap_or(Output::Wait(self.next_at))
    }

    /// How the modem stands.
    pub fn state(&self) -> SmsState {
        self.state
    }

    fn opened(&mut self, now: Mono) {
        // Texts were written for people and wait for the modem; frames are made anew.
        let mut queue = std::mem::take(&mut self.queue);
        queue.clear_frames();
        if let Some(job) = self.current.take().filter(|job| job.text.is_some()) {
            queue.put_back(job);
        }
        let awaited = std::mem::take(&mut self.awaited);
        *self = Sms { queue, awaited, ..Sms::new(self.settings.clone()) };
        // Whatever was half said before is given up.
        self.out.push_back(Output::Write(vec![ESCAPE]));
        self.set_up(0, now);
    }

    fn has_text(&self, tag: u64) -> bool {
        let of = self.current.as_ref().and_then(|job| job.text);
        self.queue.has_text(tag) || of.is_some_and(|(of, _)| of == tag)
    }

    fn dropped(&mut self, word: &'static str) {
        self.out.push_back(Output::Dropped(word));
    }

    fn say(&mut self, command: &str, step: Step, now: Mono) {
        self.out.push_back(Output::Write(format!("{command}\r").into_bytes()));
        (self.step, self.since) = (step, now);
    }

    fn set_up(&mut self, at: usize, now: Mono) {
        match SET_UP.get(at) {
            Some((command, _)) => self.say(command, Step::SetUp(at), now),
            None => {
                (self.step, self.is_set_up) = (Step::Idle, true);
                // What came while the line was closed lies in the store.
                self.list_at = now;
            }
        }
    }

    fn learn(&mut self, answer: Answer, now: Mono) {
        if !matches!(answer, Answer::Broken | Answer::Other) {
            self.unanswered = 0;
        }
        match (answer, self.step.clone()) {
            (Answer::Broken, _) => self.dropped("sms_broken_answer"),
            (Answer::Given(line), _) => self.take_in(&line),
            (Answer::Stored(at, line), _) => {
                self.take_in(&line);
                if self.to_delete.len() < SMS_TEXTS_MAX {
                    self.to_delete.push_back(at);
                }
            }
            (Answer::Announced, _) => self.list_at = now,
            (Answer::Signal(strength), _) => {
                let known = (strength <= FULL).then(|| (strength * 100 / FULL) as u8);
                self.out.push_back(Output::Signal(known));
            }
            (Answer::Registered(true), _) => self.network_at = Some(now),
            (Answer::Registered(false), _) => {}
            (Answer::CardReady(false), Step::SetUp(_)) => self.unfit(SmsState::NoCard, now),
            (Answer::CardReady(_) | Answer::Other, _) => {}
            (Answer::Ok, step) => self.finish(&step, now),
            (Answer::Error(fault), step) => self.refuse(&step, fault, now),
            (Answer::Prompt, Step::Prompt) => self.hand_over(now),
            (Answer::Sent(reference), Step::Sending(None)) => {
                self.step = Step::Sending(Some(reference));
            }
            // Late ones, for which nobody waits any more.
            (Answer::Prompt | Answer::Sent(_), _) => {}
        }
    }

    fn take_in(&mut self, line: &str) {
        self.out.push_back(match read_hex(line) {
            Some(Incoming::Frame { from, frame }) => Output::Heard { from, frame },
            Some(Incoming::Text { from, text }) => Output::Text { from, text },
            Some(Incoming::Report { reference, is_delivered, .. }) => {
                let place = self.awaited.iter().position(|(of, _)| *of == reference);
                match place.and_then(|place| self.awaited.remove(place)) {
                    Some((_, tag)) => Output::TextReport(tag, is_delivered),
                    None => Output::Dropped("sms_stray_report"),
                }
            }
            Some(Incoming::Other(word)) => Output::Dropped(word),
            None => Output::Dropped("sms_broken_pdu"),
        });
    }

    fn finish(&mut self, step: &Step, now: Mono) {
        match step {
            Step::SetUp(at) | Step::Store(at) => self.set_up(at + 1, now),
            Step::Sending(Some(reference)) => self.sent(*reference, now),
            Step::Signal | Step::Network | Step::Listing | Step::Deleting => {
                self.step = Step::Idle;
            }
            Step::Closed | Step::Idle | Step::Unfit(_) | Step::Prompt | Step::Sending(None) => {}
        }
    }

    fn refuse(&mut self, step: &Step, fault: Fault, now: Mono) {
        match step {
            Step::SetUp(at) => match SET_UP[*at].1 {
                OnError::GoOn => {
                    self.hides_network |= *at + 1 == SET_UP.len();
                    self.set_up(at + 1, now);
                }
                OnError::NoCard => self.unfit(SmsState::NoCard, now),
                OnError::NoPduMode => self.unfit(SmsState::NoPduMode, now),
                OnError::Store => {
                    self.stores = true;
                    self.say(STORE, Step::Store(*at), now);
                }
            },
            // It will be asked for its store all the same.
            Step::Store(at) => self.set_up(at + 1, now),
            Step::Prompt | Step::Sending(_) => {
                self.step = Step::Idle;
                self.send_failed(fault, now);
            }
            Step::Signal | Step::Network | Step::Listing | Step::Deleting => {
                self.dropped("sms_refused");
                self.step = Step::Idle;
            }
            Step::Closed | Step::Idle | Step::Unfit(_) => {}
        }
    }

    fn unfit(&mut self, state: SmsState, now: Mono) {
        (self.step, self.since) = (Step::Unfit(state), now);
    }

    fn hand_over(&mut self, now: Mono) {
        let Some(job) = &self.current else { return };
        let mut line = job.submit.hex().into_bytes();
        line.push(CTRL_Z);
        self.out.push_back(Output::Write(line));
        (self.step, self.since) = (Step::Sending(None), now);
    }

    fn sent(&mut self, reference: u8, now: Mono) {
        (self.step, self.failed, self.send_at) = (Step::Idle, 0, now);
        let Some(Job { text: Some((tag, is_last)), .. }) = self.current.take() else { return };
        if is_last {
            self.awaited.push_back((reference, tag));
            if self.awaited.len() > SMS_REPORTS_MAX {
                self.awaited.pop_front();
            }
            self.out.push_back(Output::TextSent(tag));
        }
    }

    fn send_failed(&mut self, fault: Fault, now: Mono) {
        let pause_ms = FAILED_PAUSES_MS[self.failed.min(FAILED_PAUSES_MS.len() - 1)];
        self.send_at = now.after_ms(pause_ms);
        self.failed += 1;
        self.dropped(fault.word());
        if fault == Fault::StoreFull {
            self.list_at = now;
        }
        let Some(mut job) = self.current.take() else { return };
        job.tries += 1;
        if fault.is_passing() && !job.is_spent() {
            self.queue.put_back(job);
        } else if let Some((tag, _)) = job.text {
            self.queue.forget_text(tag);
            self.out.push_back(Output::TextFailed(tag, fault));
        } else {
            self.dropped("sms_gave_up");
        }
        if !fault.is_passing() {
            // The number is to blame, not the network: the next message need not wait.
            (self.failed, self.send_at) = (0, now);
        }
    }
}
