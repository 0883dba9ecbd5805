//! What a text from a handset leads to. A digit that could mean two things is asked back, never
//! guessed.

use super::super::grammar::{About, Report, Said, Weighty};
use super::super::handset::{Handset, proxy_of};
use super::super::memory::{Intent, Pending, Wish};
use super::super::words;
use super::{Desk, is_answerable};
use crate::base::class::Class;
use crate::base::ids::SpokenId;
use crate::field::order::ladder::height;
use crate::local::request::{OrderDraft, OrderKind, ReceiptDraft, Rung};
use crate::local::rows::{AddresseeRow, OrderDetail, OrderRow, OrderState};

/// The same text again within so long was delivered twice, not written twice.
pub(super) const DOUBLE_MS: u64 = 20_000;

/// Which order an answer is for.
enum Meant {
    One(SpokenId),
    Several(Vec<OrderRow>),
    /// All of them have this person's answer already.
    Answered,
    /// No order of that number is here for this unit.
    NoSuch,
    /// Nothing is open.
    Nothing,
}

impl Desk {
    /// Act on what was said; gives a word for the log.
    pub(super) fn understand(&mut self, handset: &Handset, said: Said, now_ms: u64) -> String {
        match said {
            Said::One(about) => self.digit(handset, 1, about, now_ms),
            Said::Two(about) => self.digit(handset, 2, about, now_ms),
            Said::Weighty(weighty, about) => {
                let digits = match weighty {
                    Weighty::Done { counts: Some((households, people)) } => {
                        format!("3*{households}*{people}")
                    }
                    Weighty::Done { counts: None } => "3*户*人".to_owned(),
                    Weighty::Cannot { reason } => format!("4*{}", reason + 1),
                };
                match self.meant(handset, rung_of(weighty), about) {
                    Meant::One(order) => {
                        self.ask(handset, Intent::Answer { order, weighty }, now_ms)
                    }
                    other => self.not_one(handset, other, &digits, now_ms),
                }
            }
            Said::Report(report) => self.ask(handset, Intent::Report { report }, now_ms),
            Said::Unknown => self.help(handset, now_ms),
        }
    }

    /// `1` or `2`: an answer to a question of ours, or to an order.
    fn digit(&mut self, handset: &Handset, digit: u32, about: Option<About>, now: u64) -> String {
        let rung = if digit == 1 { Rung::Acknowledged } else { Rung::Accepted };
        if let Some(pending) = self.memory.pending.get(&handset.key()).copied() {
            let is_named = about.is_some_and(|about| is_about(pending.intent, about));
            let since: Vec<OrderRow> = self.since(handset, pending, rung);
            match (about, since.is_empty()) {
                (Some(_), _) if is_named => return self.settle(handset, pending, digit),
                (None, true) => return self.settle(handset, pending, digit),
                (None, false) => {
                    let (text, code) =
                        (words::intent_text(pending.intent), words::intent_code(pending.intent));
                    let others: Vec<&OrderRow> = since.iter().collect();
                    let said = words::which_meant(&text, &code, &others, digit);
                    self.write_to(&handset.key(), said, now);
                    return "所指不明，已追问 / unclear; asked back".to_owned();
                }
                (Some(_), _) => {}
            }
        }
        match self.meant(handset, rung, about) {
            Meant::One(order) => self.record(handset, order, rung, String::new(), now),
            other => self.not_one(handset, other, &digit.to_string(), now),
        }
    }

    /// Orders that went to a handset after it was asked something, and that it has not answered.
    fn since(&self, handset: &Handset, pending: Pending, rung: Rung) -> Vec<OrderRow> {
        let key = handset.key();
        let is_later = |detail: &&OrderDetail| {
            self.memory.texted.iter().any(|text| {
                text.order == detail.order.id
                    && text.key == key
                    && text.at_ms >= pending.asked_ms
                    && !text.is_failed
            })
        };
        let later = self.texted_to(&key).into_iter().filter(is_later);
        let open = later.filter(|detail| self.own_height(detail, handset) < height(rung));
        open.map(|detail| detail.order.clone()).collect()
    }

    /// What was asked back is confirmed, or taken back.
    fn settle(&mut self, handset: &Handset, pending: Pending, digit: u32) -> String {
        self.memory.pending.remove(&handset.key());
        let now_ms = self.memory.heard.get(&handset.key()).map_or(0, |heard| heard.at_ms);
        if digit != 1 {
            self.write_to(&handset.key(), words::TAKEN_BACK.to_owned(), now_ms);
            return "改，已作废 / taken back".to_owned();
        }
        match pending.intent {
            Intent::Answer { order, weighty } => {
                self.record(handset, order, rung_of(weighty), words::note_of(weighty), now_ms)
            }
            Intent::Report { report } => self.pass_on(handset, report),
        }
    }

    /// A receipt of this person, unless it is there already.
    fn record(
        &mut self,
        handset: &Handset,
        id: SpokenId,
        rung: Rung,
        note: String,
        now_ms: u64,
    ) -> String {
        let said = format!("{id} {}", words::rung_word(rung));
        if self.has_receipt(handset, id, rung, &note) {
            let text = words::recorded(id, rung, &note);
            self.write_to(&handset.key(), text, now_ms);
            return said;
        }
        self.wish(
            handset,
            Wish::Receipt(ReceiptDraft {
                id,
                rung,
                note,
                person: Some(handset.person.clone()),
                proxy: Some(proxy_of(handset.means)),
                unit: Some(handset.unit.clone()),
            }),
        );
        said
    }

    /// The same person gave the same answer, through whichever gateway.
    fn has_receipt(&self, handset: &Handset, id: SpokenId, rung: Rung, note: &str) -> bool {
        let waits = self.memory.wishes.values().any(|wished| match &wished.wish {
            Wish::Receipt(draft) => {
                draft.id == id
                    && draft.rung == rung
                    && draft.note == note
                    && draft.person.as_ref() == Some(&handset.person)
            }
            Wish::Report { .. } => false,
        });
        let Some(detail) = self.orders.get(&id) else { return waits };
        let Some(own) = self.addressee(detail, handset) else { return waits };
        let is_same = detail.receipts.iter().any(|receipt| {
            receipt.unit == own.unit
                && receipt.person == handset.person
                && receipt.rung == rung
                && receipt.note == note
        });
        is_same || waits
    }

    /// A report goes on to where reports go.
    fn pass_on(&mut self, handset: &Handset, report: Report) -> String {
        let (words, class) = match report {
            Report::Hazard { .. } => ("首报", Class::Immediate),
            Report::Well { .. } => ("报平安", Class::Routine),
        };
        let said = words::report_text(report);
        let (unit, person, number) = (&handset.unit, &handset.person, &handset.number);
        let draft = OrderDraft {
            to: self.settings.report_to.clone(),
            kind: OrderKind::Update,
            class: Some(class),
            text: format!("{words} {unit}：{said}。来源：{person}手持机{number}"),
            person: Some(person.clone()),
            ..OrderDraft::default()
        };
        self.wish(handset, Wish::Report { report, draft });
        format!("{words} {said}")
    }

    /// Numbers are asked back before they count.
    fn ask(&mut self, handset: &Handset, intent: Intent, now_ms: u64) -> String {
        self.memory.pending.insert(handset.key(), Pending { intent, asked_ms: now_ms });
        self.write_to(&handset.key(), words::echo(intent), now_ms);
        format!("待确认 / to be confirmed: {}", words::intent_text(intent))
    }

    fn not_one(&mut self, handset: &Handset, meant: Meant, digits: &str, now_ms: u64) -> String {
        let (text, note) = match meant {
            Meant::One(_) => return String::new(),
            Meant::Several(rows) => {
                let rows: Vec<&OrderRow> = rows.iter().collect();
                let text = words::which_order(&rows, digits);
                (text, "所指不明，已追问 / unclear; asked back")
            }
            Meant::Answered => (words::ALREADY.to_owned(), "已答过 / answered before"),
            Meant::NoSuch => (words::NO_SUCH_ORDER.to_owned(), "没有该编号 / no such number"),
            Meant::Nothing => (words::NOTHING_OPEN.to_owned(), "没有未答指令 / nothing is open"),
        };
        self.write_to(&handset.key(), text, now_ms);
        note.to_owned()
    }

    /// The order that an answer is for. What this gateway wrote to this handset comes first, then
    /// whatever its unit still owes, then what others of the unit answered already.
    fn meant(&self, handset: &Handset, rung: Rung, about: Option<About>) -> Meant {
        let wanted = height(rung);
        let key = handset.key();
        let theirs = self.orders.values().filter(|detail| {
            is_answerable(detail.order.state) && self.addressee(detail, handset).is_some()
        });
        let theirs: Vec<&OrderDetail> = theirs.collect();
        if let Some(about) = about {
            let named = theirs.iter().filter(|detail| is_number(detail.order.id, about));
            let named: Vec<OrderRow> = named.map(|detail| detail.order.clone()).collect();
            return match named.as_slice() {
                [] => Meant::NoSuch,
                [one] => Meant::One(one.id),
                [..] => Meant::Several(named),
            };
        }
        let unit_lacks = |detail: &OrderDetail| {
            let best = self.addressee(detail, handset).and_then(|row| row.rung);
            best.map_or(0, height) < wanted
        };
        let person_lacks = |detail: &OrderDetail| self.own_height(detail, handset) < wanted;
        let was_texted = |detail: &OrderDetail| {
            self.memory.texted.iter().any(|text| text.order == detail.order.id && text.key == key)
        };
        let is_open = |detail: &OrderDetail| {
            matches!(detail.order.state, OrderState::Open | OrderState::Overdue)
        };
        let tiers: [&dyn Fn(&OrderDetail) -> bool; 4] = [
            &|detail| was_texted(detail) && unit_lacks(detail) && person_lacks(detail),
            &|detail| is_open(detail) && unit_lacks(detail) && person_lacks(detail),
            &|detail| was_texted(detail) && person_lacks(detail),
            &|detail| person_lacks(detail),
        ];
        for is_meant in tiers {
            let found = theirs.iter().filter(|detail| is_meant(detail));
            let found: Vec<OrderRow> = found.map(|detail| detail.order.clone()).collect();
            match found.as_slice() {
                [] => {}
                [one] => return Meant::One(one.id),
                [..] => return Meant::Several(found),
            }
        }
        if theirs.is_empty() { Meant::Nothing } else { Meant::Answered }
    }

    /// How high this person has come on an order.
    fn own_height(&self, detail: &OrderDetail, handset: &Handset) -> u8 {
        let Some(own) = self.addressee(detail, handset) else { return 0 };
        let of = detail.receipts.iter();
        let of = of.filter(|row| row.unit == own.unit && row.person == handset.person);
        let recorded = of.map(|row| height(row.rung)).max().unwrap_or(0);
        let waits = self.memory.wishes.values().filter_map(|wished| match &wished.wish {
            Wish::Receipt(draft) if draft.id == detail.order.id => {
                (wished.key == handset.key()).then(|| height(draft.rung))
            }
            Wish::Receipt(_) | Wish::Report { .. } => None,
        });
        waits.max().unwrap_or(0).max(recorded)
    }

    /// The row of a handset's unit among those who owe an answer.
    fn addressee<'a>(
        &self,
        detail: &'a OrderDetail,
        handset: &Handset,
    ) -> Option<&'a AddresseeRow> {
        detail.addressees.iter().find(|row| {
            row.name == handset.unit || self.codes.get(&row.unit) == Some(&handset.unit)
        })
    }
}

fn rung_of(weighty: Weighty) -> Rung {
    match weighty {
        Weighty::Done { .. } => Rung::Done,
        Weighty::Cannot { .. } => Rung::Cannot,
    }
}

fn is_number(id: SpokenId, about: About) -> bool {
    // Whoever names no device need not know of lanes either.
    let is_named = (id.is_flash(), id.is_keyed()) == (about.is_flash, about.is_keyed);
    let is_lane = is_named || (about.author.is_none() && !about.is_flash);
    id.seq == about.seq && is_lane && about.author.is_none_or(|author| author == id.author.0)
}

/// The number named is that of what waits to be confirmed; 0 names a report.
fn is_about(intent: Intent, about: About) -> bool {
    match intent {
        Intent::Answer { order, .. } => is_number(order, about),
        Intent::Report { .. } => {
            about == About { author: None, is_flash: false, is_keyed: false, seq: 0 }
        }
    }
}
