//! A gateway on a table: two handsets of one village, orders as rows, a clock moved by hand. What
//! it wishes is carried out at once, as a willing network and disk would.

use super::super::handset::{Handset, Registry};
use super::super::memory::Memory;
use super::super::steps::StepTable;
use super::super::{Desk, Fate, Input, Outcome, Output, Settings, Wish};
use crate::base::class::Class;
use crate::base::ids::{DeviceId, SpokenId, UnitId};
use crate::field::order::ladder::height;
use crate::local::request::{Need, OrderKind, ReceiptDraft, TextMeans};
use crate::local::rows::{AddresseeRow, OrderDetail, OrderRow, OrderState, ReceiptRow, UnitRow};

pub const A: &str = "13800000001";
pub const B: &str = "13800000002";
const VILLAGE: UnitId = UnitId(7);

/// A handset of the village; number 1 is A's.
pub fn handset(person: &str, number: u32) -> Handset {
    Handset {
        means: TextMeans::Sms,
        number: format!("1380000000{number}"),
        unit: "响水村".to_owned(),
        person: person.to_owned(),
        turn: number as u8 - 1,
        gateways: vec!["T23".to_owned(), "EOC".to_owned()],
    }
}

/// The number of an order of the operations centre.
pub fn id(seq: u32) -> SpokenId {
    SpokenId { author: DeviceId(3), incarnation: 0, seq }
}

pub struct Bench {
    pub desk: Desk,
    pub now_ms: u64,
    orders: Vec<OrderDetail>,
    /// Texts sent: the number and what it was told.
    pub sent: Vec<(String, String)>,
    /// Records written.
    pub written: Vec<Wish>,
    /// Numbers that do not exist.
    pub dead: Vec<&'static str>,
    /// What the network does with texts, when it is not willing: nothing at all, or a fate.
    pub unwilling: Option<Option<Fate>>,
    /// Texts handed to the network, whatever became of them.
    pub offered: usize,
    /// The machine refuses records.
    pub refuses: bool,
    /// When the next order expires, ms since 1970.
    pub expires_ms: Option<u64>,
    kept: Memory,
}

fn settings(own: &str) -> Settings {
    Settings {
        own: vec![own.to_owned()],
        is_drill: false,
        steps: StepTable::default(),
        takeover_ms: 600_000,
        confirm_ms: 1_800_000,
        report_to: "EOC".to_owned(),
    }
}

fn registry() -> Registry {
    let mut registry = Registry::default();
    for handset in [handset("周某", 1), handset("何某", 2)] {
        registry.add(handset).expect("room");
    }
    registry
}

impl Bench {
    /// The gateway of the town, first in every list.
    pub fn new() -> Bench {
        Bench::of("T23")
    }

    pub fn of(own: &str) -> Bench {
        let desk = Desk::new(settings(own), registry(), Memory::default());
        let mut bench = Bench {
            desk,
            now_ms: 1_000_000,
            orders: Vec::new(),
            sent: Vec::new(),
            written: Vec::new(),
            dead: Vec::new(),
            unwilling: None,
            offered: 0,
            refuses: false,
            expires_ms: None,
            kept: Memory::default(),
        };
        let (code, name, kind) = ("V01".to_owned(), "响水村".to_owned(), "village".to_owned());
        let unit = UnitRow { unit: VILLAGE, code, name, kind, place: None, people: 0 };
        bench.give(Input::Units(&[unit]));
        bench.give(Input::Orders(Vec::new()));
        bench
    }

    /// Ended and started again, with nothing but what was kept.
    pub fn restart(&mut self) {
        let desk = Desk::new(settings("T23"), registry(), self.kept.clone());
        self.desk = desk;
        self.give(Input::Orders(self.orders.clone()));
    }

    fn give(&mut self, input: Input<'_>) {
        self.desk.handle(input, self.now_ms);
        self.drain();
    }

    fn drain(&mut self) {
        loop {
            match self.desk.poll_output() {
                Output::Wait(at) => {
                    assert!(at.is_none_or(|at| at > self.now_ms), "a deadline that has passed");
                    return;
                }
                Output::Keep => self.kept = self.desk.memory().clone(),
                Output::Text { tag, number, text, .. } => {
                    assert!(self.kept.outbox.contains_key(&tag), "sent before it was kept");
                    self.offered += 1;
                    if let Some(fate) = self.unwilling.clone() {
                        if let Some(fate) = fate {
                            self.desk.handle(Input::Text { tag, fate }, self.now_ms);
                        }
                        continue;
                    }
                    let is_dead = self.dead.iter().any(|dead| *dead == number);
                    let fate = match is_dead {
                        true => Fate::Failed("空号 / no such number".to_owned()),
                        false => Fate::Sent,
                    };
                    if !is_dead {
                        self.sent.push((number, text));
                    }
                    self.desk.handle(Input::Text { tag, fate }, self.now_ms);
                }
                Output::Wish { tag, wish } => {
                    assert!(self.kept.wishes.contains_key(&tag), "asked before it was kept");
                    let outcome = match self.refuses {
                        true => Outcome::Refused("不许 / not allowed".to_owned()),
                        false => Outcome::Saved,
                    };
                    if !self.refuses {
                        self.write(&wish);
                        self.desk.handle(Input::Orders(self.orders.clone()), self.now_ms);
                    }
                    self.desk.handle(Input::Wish { tag, outcome }, self.now_ms);
                }
            }
        }
    }

    fn write(&mut self, wish: &Wish) {
        self.written.push(wish.clone());
        if let Wish::Receipt(draft) = wish {
            self.answer(draft);
        }
    }

    /// A receipt reaches the board, from here or elsewhere.
    pub fn answer(&mut self, draft: &ReceiptDraft) {
        let person = draft.person.clone().expect("a receipt has a person");
        let detail = self.orders.iter_mut().find(|detail| detail.order.id == draft.id);
        let detail = detail.expect("a receipt is for an order");
        let own = &mut detail.addressees[0];
        if own.rung.map_or(0, height) < height(draft.rung) {
            (own.rung, own.person) = (Some(draft.rung), Some(person.clone()));
        }
        if detail.order.need == Need::Acknowledged {
            detail.order.state = OrderState::Answered;
        }
        detail.receipts.push(ReceiptRow {
            id: id(900),
            unit: VILLAGE,
            unit_name: "响水村".to_owned(),
            rung: draft.rung,
            person,
            proxy: draft.proxy,
            typed_by: "四面山镇".to_owned(),
            note: draft.note.clone(),
            at_ms: self.now_ms,
        });
    }

    /// An order for the village comes.
    pub fn order(&mut self, seq: u32, text: &str, need: Need) {
        self.order_of(id(seq), text, need);
    }

    /// The same, valid for so many minutes.
    pub fn order_valid(&mut self, seq: u32, text: &str, minutes: u64) {
        self.expires_ms = Some(self.now_ms + minutes * 60_000);
        self.order_of(id(seq), text, Need::Acknowledged);
    }

    pub fn order_of(&mut self, id: SpokenId, text: &str, need: Need) {
        let order = OrderRow {
            group: None,
            id,
            kind: OrderKind::Alert,
            class: Class::Immediate,
            state: OrderState::Open,
            from: "区应急指挥中心".to_owned(),
            person: "李".to_owned(),
            drafter: None,
            to: "响水村".to_owned(),
            text: text.to_owned(),
            issued_ms: self.now_ms,
            act_by_ms: None,
            expires_ms: self.expires_ms,
            act_by_s: None,
            expires_s: None,
            need,
            owed: 1,
            delivered: 0,
            acknowledged: 0,
            done: 0,
            refused: 0,
            unanswered_here: false,
            cancel_reason: None,
        };
        let addressee = AddresseeRow {
            unit: VILLAGE,
            name: "响水村".to_owned(),
            delivered: false,
            rung: None,
            person: None,
            at_ms: None,
            proxy: None,
            note: String::new(),
        };
        self.orders.push(OrderDetail { order, addressees: vec![addressee], receipts: Vec::new() });
        self.refresh();
    }

    /// The rows come again, as they stand.
    pub fn refresh(&mut self) {
        self.give(Input::Orders(self.orders.clone()));
    }

    pub fn cancel(&mut self, seq: u32, reason: &str) {
        for detail in self.orders.iter_mut().filter(|detail| detail.order.id == id(seq)) {
            detail.order.state = OrderState::Cancelled;
            detail.order.cancel_reason = Some(reason.to_owned());
        }
        self.refresh();
    }

    pub fn pass(&mut self, seconds: u64) {
        self.now_ms += seconds * 1000;
        self.give(Input::Tick);
    }

    /// A handset writes; what it is told at once. Nobody writes twice within half a minute.
    pub fn hears(&mut self, number: &str, text: &str) -> Vec<String> {
        self.pass(30);
        let before = self.sent.len();
        self.give(Input::Heard { means: TextMeans::Sms, number, text });
        self.told(number, before)
    }

    /// The same text is delivered again a second later.
    pub fn hears_double(&mut self, number: &str, text: &str) -> Vec<String> {
        self.pass(1);
        let before = self.sent.len();
        self.give(Input::Heard { means: TextMeans::Sms, number, text });
        self.told(number, before)
    }

    fn told(&self, number: &str, before: usize) -> Vec<String> {
        let own = self.sent[before..].iter().filter(|(to, _)| number.ends_with(to.as_str()));
        own.map(|(_, text)| text.clone()).collect()
    }

    /// How often a number was texted so far.
    pub fn count(&self, number: &str) -> usize {
        self.sent.iter().filter(|(to, _)| to == number).count()
    }

    /// Receipts written here so far, in words.
    pub fn receipts(&self) -> Vec<String> {
        let receipt = |wish: &Wish| match wish {
            Wish::Receipt(draft) => {
                let person = draft.person.clone().unwrap_or_default();
                Some(format!("{} {:?} {person} {}", draft.id, draft.rung, draft.note))
            }
            Wish::Report { .. } => None,
        };
        self.written.iter().filter_map(receipt).collect()
    }
}
