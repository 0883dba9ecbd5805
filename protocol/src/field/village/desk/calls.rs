//! Who is texted now: the ladder of each open order, and withdrawals.
//!
//! Several gateways may know one handset. The first in its list writes at once; the next one only
//! if the unit has still not answered a takeover time later, because then the first one or its way
//! to the handset is out. No gateway hears another one's texts; what they share is receipts.

use super::super::handset::Handset;
use super::super::memory::Texted;
use super::super::words;
use super::{Desk, is_answerable};
use crate::base::ids::SpokenId;
use crate::local::rows::{AddresseeRow, OrderDetail, OrderRow, OrderState, TextFate};

/// Why a call need not go.
const ANSWERED: &str = "已有人答复，不再发 / answered meanwhile; not sent";

/// A text that is due now, or later.
struct Call {
    order: OrderRow,
    handset: Handset,
    /// Steps of the ladder that it covers.
    steps: usize,
}

impl Desk {
    /// Text whoever is due; gives when the next one is.
    pub(super) fn call(&mut self, now_ms: u64) -> Option<u64> {
        let (mut due, mut next_ms) = (Vec::new(), None);
        let details: Vec<OrderDetail> = self.orders.values().cloned().collect();
        for detail in &details {
            let seen_ms = match detail.order.state {
                OrderState::Open | OrderState::Overdue => {
                    self.memory.seen_ms(detail.order.id, now_ms)
                }
                OrderState::Provisional
                | OrderState::Draft
                | OrderState::Answered
                | OrderState::Failed
                | OrderState::Expired
                | OrderState::Cancelled => continue,
            };
            let at_ms = self.due_of(detail, seen_ms, now_ms, &mut due);
            next_ms = [next_ms, at_ms].into_iter().flatten().min();
        }
        for call in due {
            let text = words::order_text(&call.order, self.settings.is_drill);
            let (order, key) = (call.order.id, call.handset.key());
            let tag = self.write_to(&key, text, now_ms);
            let (is_failed, is_withdrawn) = (false, false);
            let steps = call.steps;
            let at_ms = now_ms;
            let texted = Texted { order, key, steps, at_ms, tag, is_failed, is_withdrawn };
            self.memory.texted.push(texted);
        }
        self.drop_pointless();
        self.withdraw(now_ms);
        next_ms
    }

    /// Calls that no bearer took, and that nobody needs any more: their order is answered or over,
    /// or a later call of the same person waits too. Otherwise a village whose network comes back
    /// gets every step of the ladder at once.
    fn drop_pointless(&mut self) {
        for tag in self.unsent.clone() {
            let Some(at) = self.memory.texted.iter().position(|texted| texted.tag == tag) else {
                continue;
            };
            let texted = &self.memory.texted[at];
            let is_again = |other: &&Texted| {
                other.order == texted.order
                    && other.key == texted.key
                    && self.memory.outbox.contains_key(&other.tag)
            };
            let note = if let Some(over) = self.why_pointless(texted) {
                over
            } else if self.memory.texted[at + 1..].iter().any(|other| is_again(&other)) {
                "由后一条代替 / the next one says the same"
            } else {
                continue;
            };
            // Whoever was told nothing need not be told that it is withdrawn.
            self.memory.texted[at].is_withdrawn = true;
            self.memory.outbox.remove(&tag);
            self.memory.tell_fate(tag, TextFate::Failed, note.to_owned());
        }
        let outbox = &self.memory.outbox;
        self.unsent.retain(|tag| outbox.contains_key(tag));
    }

    /// Why a call need not go any more, Chinese / English; `None` if it must.
    fn why_pointless(&self, texted: &Texted) -> Option<&'static str> {
        let detail = self.orders.get(&texted.order)?;
        match detail.order.state {
            OrderState::Open | OrderState::Overdue => {}
            OrderState::Cancelled => return Some("指令已撤回，不再发 / withdrawn; not sent"),
            OrderState::Expired => return Some("指令已过期，不再发 / expired; not sent"),
            OrderState::Provisional
            | OrderState::Draft
            | OrderState::Answered
            | OrderState::Failed => return Some(ANSWERED),
        }
        let is_theirs = |row: &&AddresseeRow| {
            let code = self.codes.get(&row.unit).map_or("", String::as_str);
            let handsets = self.registry.of_unit(&row.name, code);
            handsets.iter().any(|handset| handset.key() == texted.key)
        };
        let mut rows = detail.addressees.iter().filter(is_theirs).peekable();
        (rows.peek().is_some() && rows.all(|row| row.rung.is_some())).then_some(ANSWERED)
    }

    /// Calls of one order that are due; gives when the next one is.
    fn due_of(
        &self,
        detail: &OrderDetail,
        seen_ms: u64,
        now_ms: u64,
        due: &mut Vec<Call>,
    ) -> Option<u64> {
        let mut next_ms: Option<u64> = None;
        for row in detail.addressees.iter().filter(|row| row.rung.is_none()) {
            let code = self.codes.get(&row.unit).map_or("", String::as_str);
            let handsets = self.registry.of_unit(&row.name, code);
            let mut turns: Vec<u8> = handsets.iter().map(|handset| handset.turn).collect();
            turns.dedup();
            for handset in handsets.iter().copied() {
                let Some(place) = handset.place_of(&self.settings.own) else { continue };
                // A unit without an A角 begins with its B角.
                let turn = turns.iter().position(|turn| *turn == handset.turn).unwrap_or(0);
                let from_ms = seen_ms + place * self.settings.takeover_ms;
                let is_hurried = self.all_before_failed(detail.order.id, &handsets, handset);
                let covered = self.covered(detail.order.id, &handset.key());
                let ladder = self.settings.steps.of(detail.order.class);
                let times: Vec<u64> = ladder
                    .iter()
                    .filter(|step| usize::from(step.turn) == turn)
                    .map(|step| from_ms + u64::from(step.after_s) * 1000)
                    .enumerate()
                    .map(|(at, ms)| if at == 0 && is_hurried { ms.min(now_ms) } else { ms })
                    .collect();
                let steps = times.iter().filter(|ms| **ms <= now_ms).count();
                if steps > covered {
                    let (order, handset) = (detail.order.clone(), handset.clone());
                    due.push(Call { order, handset, steps });
                }
                let later = times.into_iter().filter(|ms| *ms > now_ms).min();
                next_ms = [next_ms, later].into_iter().flatten().min();
            }
        }
        next_ms
    }

    /// How many steps of a handset's ladder its texts cover.
    fn covered(&self, order: SpokenId, key: &str) -> usize {
        let of = self.memory.texted.iter().filter(|text| text.order == order && text.key == key);
        of.map(|texted| texted.steps).max().unwrap_or(0)
    }

    /// Everyone before this handset in its unit was texted in vain: its number does not exist, or
    /// the network gave up. Its turn is now.
    fn all_before_failed(&self, order: SpokenId, of: &[&Handset], handset: &Handset) -> bool {
        let mut before = of.iter().filter(|other| other.turn < handset.turn).peekable();
        let is_failed = |other: &&Handset| {
            let key = other.key();
            let mut texts =
                self.memory.texted.iter().rev().filter(|t| t.order == order && t.key == key);
            texts.next().is_some_and(|texted| texted.is_failed)
        };
        before.peek().is_some() && before.copied().all(|other| is_failed(&other))
    }

    /// Tell those who were texted that an order is withdrawn.
    fn withdraw(&mut self, now_ms: u64) {
        let mut told: Vec<(SpokenId, String)> = Vec::new();
        for texted in &mut self.memory.texted {
            let detail = self.orders.get(&texted.order);
            let is_over = detail.is_some_and(|row| row.order.state == OrderState::Cancelled);
            if is_over && !texted.is_withdrawn {
                texted.is_withdrawn = true;
                let pair = (texted.order, texted.key.clone());
                if !texted.is_failed && !told.contains(&pair) {
                    told.push(pair);
                }
            }
        }
        for (order, key) in told {
            // What waits to be confirmed for it has become pointless.
            self.forget_pending_of(&key, order);
            let Some(detail) = self.orders.get(&order) else { continue };
            let text = words::cancel_text(&detail.order, self.settings.is_drill);
            self.write_to(&key, text, now_ms);
        }
    }

    /// Orders that a handset was texted, which still can be answered.
    pub(super) fn texted_to(&self, key: &str) -> Vec<&OrderDetail> {
        let is_meant = |id: &SpokenId| {
            self.memory.texted.iter().any(|text| text.order == *id && text.key == key)
        };
        let orders = self.orders.iter().filter(|(id, _)| is_meant(id)).map(|(_, detail)| detail);
        orders.filter(|detail| is_answerable(detail.order.state)).collect()
    }
}
