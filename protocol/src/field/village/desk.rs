//! The gateway as a machine: orders, texts and fates go in, texts and wished records come out.
//!
//! ```text
//! order for a unit ──> A角 ──(no answer)──> B角 ──> both again     calls.rs, table in steps.rs
//! `1` ─────────────────────────────> 已签收, receipt by name        answers.rs
//! `3 38 121` ──> “已落实38户121人,对吗?” ── `1` ──> 已落实, by name
//!                          └── `2`, or half an hour ──> nothing
//! ```
//!
//! What must not be lost comes as [`Output::Keep`] before anything that rests on it.

mod answers;
mod calls;
mod offers;
mod replies;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::handset::{Handset, Registry, key_of, plain_number};
use super::memory::{LastHeard, LogLine, Memory, Outgoing, Wish, Wished};
use super::steps::StepTable;
use super::{grammar, words};
use crate::base::ids::{SpokenId, UnitId};
use crate::local::request::TextMeans;
use crate::local::rows::{OrderDetail, OrderState, TextFate, UnitRow};

/// A text that found no bearer is offered again after so long.
const OFFER_AGAIN_MS: u64 = 60_000;
/// A record that the machine could not take now is asked for again after so long.
const ASK_AGAIN_MS: u64 = 5_000;

/// How a gateway works.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Name and code of the unit of this device, as lists of handsets may write it.
    pub own: Vec<String>,
    /// The network is a drill: every text says so.
    pub is_drill: bool,
    /// Who is texted when.
    pub steps: StepTable,
    /// The second gateway of a handset waits so long for an answer before it writes too, ms; the
    /// third twice as long.
    pub takeover_ms: u64,
    /// What is not confirmed after so long is void, ms.
    pub confirm_ms: u64,
    /// To whom reports go: names or codes, as in an order.
    pub report_to: String,
}

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum Input<'a> {
    /// Units of the directory.
    Units(&'a [UnitRow]),
    /// All orders of the last days, as they stand now.
    Orders(Vec<OrderDetail>),
    /// A handset wrote.
    Heard {
        /// By what means.
        means: TextMeans,
        /// Its number, as the bearer has it; with or without its country code.
        number: &'a str,
        /// What.
        text: &'a str,
    },
    /// What became of a text.
    Text {
        /// Its tag.
        tag: u64,
        /// Its fate.
        fate: Fate,
    },
    /// What became of a wish.
    Wish {
        /// Its tag.
        tag: u64,
        /// Its outcome.
        outcome: Outcome,
    },
    /// A deadline passed, or everything was just read back.
    Tick,
}

/// What became of a wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is on the disk.
    Saved,
    /// It was refused for good, with a sentence, Chinese / English.
    Refused(String),
    /// The machine is busy, or its disk is full: asked again.
    Later,
}

/// What became of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// No bearer takes it now; it is offered again.
    NoBearer,
    /// The network has it.
    Sent,
    /// The phone has it.
    Reached,
    /// It could not be sent, with a sentence, Chinese / English.
    Failed(String),
}

/// One wish.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Keep [`Desk::memory`] on the disk before anything that follows.
    Keep,
    /// Send a text.
    Text {
        /// Named again in its fate.
        tag: u64,
        /// By what means.
        means: TextMeans,
        /// To this number.
        number: String,
        /// What.
        text: String,
    },
    /// Write a record.
    Wish {
        /// Named again in its fate.
        tag: u64,
        /// What.
        wish: Wish,
    },
    /// Nothing more now; tick at this moment, ms since 1970, if nothing happens before.
    Wait(Option<u64>),
}

/// The machine.
#[derive(Debug)]
pub struct Desk {
    settings: Settings,
    registry: Registry,
    memory: Memory,
    codes: BTreeMap<UnitId, String>,
    orders: BTreeMap<SpokenId, OrderDetail>,
    /// Texts and wishes that were handed out since the start, with the moment when they are offered
    /// again, if ever.
    offered: BTreeMap<u64, Option<u64>>,
    /// Texts that no bearer took when they were last offered: they are here and nowhere else.
    unsent: BTreeSet<u64>,
    /// Orders were told since the start.
    knows_orders: bool,
    must_keep: bool,
    out: VecDeque<Output>,
    next_ms: Option<u64>,
}

impl Desk {
    /// A gateway that knows what it knew before.
    pub fn new(settings: Settings, registry: Registry, memory: Memory) -> Desk {
        Desk {
            settings,
            registry,
            memory,
            codes: BTreeMap::new(),
            orders: BTreeMap::new(),
            offered: BTreeMap::new(),
            unsent: BTreeSet::new(),
            knows_orders: false,
            must_keep: false,
            out: VecDeque::new(),
            next_ms: None,
        }
    }

    /// What must outlive a restart.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// What became known of the unit of this device and of the network.
    pub fn settle_in(&mut self, own: Vec<String>, is_drill: bool) {
        (self.settings.own, self.settings.is_drill) = (own, is_drill);
    }

    pub(super) fn registry(&self) -> &Registry {
        &self.registry
    }

    pub(super) fn own(&self) -> &[String] {
        &self.settings.own
    }

    /// One thing happened, at this moment by the wall clock. Drain `poll_output` before the next.
    pub fn handle(&mut self, input: Input<'_>, now_ms: u64) {
        let before = self.memory.clone();
        match input {
            Input::Units(units) => {
                self.codes = units.iter().map(|row| (row.unit, row.code.clone())).collect();
            }
            Input::Orders(orders) => {
                self.orders = orders.into_iter().map(|row| (row.order.id, row)).collect();
                self.knows_orders = true;
                let known = &self.orders;
                self.memory.seen.retain(|(id, _)| known.contains_key(id));
            }
            Input::Heard { means, number, text } => self.hear(means, number, text, now_ms),
            Input::Text { tag, fate } => self.text_fate(tag, fate, now_ms),
            Input::Wish { tag, outcome } => self.wish_fate(tag, outcome, now_ms),
            Input::Tick => {}
        }
        self.void_unconfirmed(now_ms);
        let call_ms = self.call(now_ms);
        self.memory.trim();
        let offer_ms = self.offer(now_ms);
        self.next_ms = [call_ms, offer_ms, self.void_ms()].into_iter().flatten().min();
        self.must_keep |= self.memory != before;
    }

    /// The next wish; `Wait` when there is none.
    pub fn poll_output(&mut self) -> Output {
        if std::mem::take(&mut self.must_keep) {
            return Output::Keep;
        }
        self.out.pop_front().unwrap_or(Output::Wait(self.next_ms))
    }

    fn hear(&mut self, means: TextMeans, number: &str, text: &str, now_ms: u64) {
        let key = key_of(means, &plain_number(means, number));
        // What is kept of a text is what a phone can show.
        let text: String = text.chars().filter(|sign| !sign.is_control()).take(200).collect();
        let known = self.registry.get(&key).cloned();
        let last = self.memory.heard.get(&key).cloned().unwrap_or_default();
        let is_double = last.text == text && now_ms.saturating_sub(last.at_ms) < answers::DOUBLE_MS;
        let note = match known {
            None => "号码不在名单中，未处理 / not in the list; not acted upon".to_owned(),
            // The network at times delivers twice; a `1` must not answer two questions.
            Some(_) if is_double => "重复送达，未再处理 / delivered twice; taken once".to_owned(),
            Some(handset) => {
                let heard = LastHeard { at_ms: now_ms, text: text.clone(), ..last };
                self.memory.heard.insert(key.clone(), heard);
                self.understand(&handset, grammar::read(&text), now_ms)
            }
        };
        let fate = TextFate::Heard;
        self.memory.log(LogLine { tag: 0, at_ms: now_ms, key, text, fate, note });
    }

    fn text_fate(&mut self, tag: u64, fate: Fate, now_ms: u64) {
        match fate {
            Fate::NoBearer => {
                let note = "没有可用的短信承载，稍后再发 / no bearer for texts; tried again";
                self.memory.tell_fate(tag, TextFate::Waiting, note.to_owned());
                self.offered.insert(tag, Some(now_ms + OFFER_AGAIN_MS));
                self.unsent.insert(tag);
            }
            Fate::Sent | Fate::Reached => {
                let fate = if fate == Fate::Sent { TextFate::Sent } else { TextFate::Reached };
                self.memory.outbox.remove(&tag);
                self.memory.tell_fate(tag, fate, String::new());
            }
            Fate::Failed(why) => {
                let texted = self.memory.texted.iter_mut().find(|texted| texted.tag == tag);
                if let Some(texted) = texted {
                    texted.is_failed = true;
                }
                self.memory.outbox.remove(&tag);
                self.memory.tell_fate(tag, TextFate::Failed, why);
            }
        }
    }

    fn wish_fate(&mut self, tag: u64, outcome: Outcome, now_ms: u64) {
        if outcome == Outcome::Later {
            self.offered.insert(tag, Some(now_ms + ASK_AGAIN_MS));
            return;
        }
        let Some(Wished { key, wish }) = self.memory.wishes.remove(&tag) else { return };
        self.offered.remove(&tag);
        let said = match (&outcome, &wish) {
            (Outcome::Refused(_) | Outcome::Later, _) => words::not_recorded(),
            (Outcome::Saved, Wish::Receipt(draft)) => {
                words::recorded(draft.id, draft.rung, &draft.note)
            }
            (Outcome::Saved, Wish::Report { report, .. }) => words::report_recorded(*report),
        };
        self.write_to(&key, said, now_ms);
        if let (Outcome::Refused(why), Some(line)) = (outcome, self.memory.log.back_mut()) {
            line.note = why;
        }
    }

    /// A text for a handset; gives its tag.
    fn write_to(&mut self, key: &str, text: String, now_ms: u64) -> u64 {
        let tag = self.memory.next_tag();
        let (key, fate, note) = (key.to_owned(), TextFate::Waiting, String::new());
        let outgoing = Outgoing { key: key.clone(), text: text.clone(), made_ms: now_ms };
        self.memory.outbox.insert(tag, outgoing);
        self.memory.log(LogLine { tag, at_ms: now_ms, key, text, fate, note });
        tag
    }

    fn wish(&mut self, handset: &Handset, wish: Wish) {
        let tag = self.memory.next_tag();
        self.memory.wishes.insert(tag, Wished { key: handset.key(), wish });
    }
}

/// An order that can be answered at all.
fn is_answerable(state: OrderState) -> bool {
    match state {
        OrderState::Provisional | OrderState::Draft | OrderState::Cancelled => false,
        OrderState::Open
        | OrderState::Overdue
        | OrderState::Expired
        | OrderState::Answered
        | OrderState::Failed => true,
    }
}
