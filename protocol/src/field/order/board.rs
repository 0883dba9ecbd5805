//! All orders with their withdrawals and answers: a fold over verified records. Rows for screens
//! are made in `rows`; what the answers of one unit add up to is decided in `ladder`.
//!
//! An answer or a withdrawal may come before its order (other author, other link): it waits under
//! the order's number. A withdrawal counts if it comes from the unit that issued the order or
//! from the authority; the earliest one is shown. Answers after a withdrawal are kept and shown.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::caps::{NOTES_MAX, ORDERLESS_MAX};
use crate::base::ids::{Lane, RecordId, SpokenId, UnitId};
use crate::base::time::Hlc;
use crate::field::body::Placed;
use crate::field::directory::{Directory, Target};
use crate::field::order::ladder::{self, Answer, Answers};
use crate::field::order::signature::Signed;
use crate::field::order::words::Words;
use crate::field::order::{Cancel, Order, Receipt, Signature};
use crate::local::rows::OrderState;
use crate::wire::record::Person;

/// An order as issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    /// Its number.
    pub id: SpokenId,
    /// When, by the author's clock.
    pub at: Hlc,
    /// Who issued it, and signed it if the order names no other.
    pub person: Person,
    /// Who drafted it, if it was a draft first.
    pub drafter: Option<Person>,
    /// The record that signed it, if it was a draft first.
    pub signature: Option<RecordId>,
    /// Unit of the device that issued it.
    pub from: UnitId,
    /// What it says.
    pub order: Order,
    /// False while its seal is missing here (未验).
    pub is_verified: bool,
}

/// A withdrawal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Withdrawn {
    pub(super) at: Hlc,
    pub(super) id: SpokenId,
    pub(super) reason: String,
    pub(super) by_authority: bool,
}

/// Everything known under one order's number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Case {
    /// The order in force; of a draft only once it is signed.
    pub(super) issued: Option<Issued>,
    /// The draft, signed or not.
    draft: Option<Issued>,
    /// The earliest signature.
    signed: Option<Signed>,
    /// The earliest withdrawal of each unit; only those that may withdraw it count.
    pub(super) withdrawn: BTreeMap<(UnitId, bool), Withdrawn>,
    pub(super) answers: BTreeMap<UnitId, Answers>,
    /// What it says, if it is sealed to a group and this device can read it.
    revealed: Option<Words>,
    /// What answers and withdrawals say that is sealed to a group, by their number.
    notes: BTreeMap<SpokenId, Words>,
}

impl Case {
    /// The withdrawal that counts.
    pub(super) fn withdrawal(&self) -> Option<&Withdrawn> {
        let from = [self.issued.as_ref(), self.draft.as_ref()].map(|known| Some(known?.from));
        let valid = self
            .withdrawn
            .iter()
            .filter(|((unit, by_authority), _)| *by_authority || from.contains(&Some(*unit)));
        valid.map(|(_, withdrawn)| withdrawn).min()
    }

    /// What it says to whoever sits here.
    pub(super) fn words<'a>(&'a self, order: &'a Order) -> &'a Words {
        self.revealed.as_ref().unwrap_or(&order.text)
    }

    /// What an answer or withdrawal says: what it says to a group, where there is such.
    pub(super) fn note(&self, id: SpokenId, plain: &str, directory: &Directory) -> String {
        self.notes.get(&id).map_or_else(|| plain.to_owned(), |words| directory.words(words))
    }

    /// A draft that nobody has signed.
    pub(super) fn unsigned(&self) -> Option<&Issued> {
        self.draft.as_ref().filter(|_| self.signed.is_none())
    }

    fn is_orderless(&self) -> bool {
        self.issued.is_none() && self.draft.is_none()
    }

    /// What draft and signature add up to, if both are here.
    fn sign(&mut self) {
        if let (Some(draft), Some(signed)) = (&self.draft, &self.signed) {
            self.issued = Some(signed.order_of(draft));
        }
    }

    /// How far a unit has come.
    pub(super) fn best(&self, unit: UnitId) -> Option<&Answer> {
        self.answers.get(&unit).and_then(Answers::best)
    }
}

/// All orders. State is a function of the set of records taken in.
#[derive(Clone, Debug, Default)]
pub struct OrderBoard {
    pub(super) cases: BTreeMap<SpokenId, Case>,
    orderless_count: usize,
    dropped_count: u64,
    changed: BTreeSet<SpokenId>,
}

impl OrderBoard {
    /// An empty board.
    pub fn new() -> OrderBoard {
        OrderBoard::default()
    }

    /// Takes in a verified order. True if something changed.
    pub fn apply_order(&mut self, placed: &Placed<'_, Order>, author_unit: UnitId) -> bool {
        self.issue(placed, author_unit, true)
    }

    /// Takes in an order whose seal is missing (未验): shown hollow, owed by nobody, until
    /// [`OrderBoard::apply_order`] takes it in verified.
    pub fn apply_provisional(&mut self, placed: &Placed<'_, Order>, author_unit: UnitId) -> bool {
        self.issue(placed, author_unit, false)
    }

    fn issue(&mut self, placed: &Placed<'_, Order>, from: UnitId, is_verified: bool) -> bool {
        let Some(id) = command_id(placed.id) else { return false };
        let Some(case) = self.case(id, true) else { return false };
        let is_news = match &case.issued {
            None => true,
            Some(known) => is_verified && !known.is_verified,
        };
        if !is_news {
            return false;
        }
        let was_orderless = case.is_orderless();
        case.issued = Some(Issued {
            id,
            at: placed.at,
            person: placed.person.clone(),
            drafter: None,
            signature: None,
            from,
            order: placed.body.clone(),
            is_verified,
        });
        if was_orderless {
            self.orderless_count -= 1;
        }
        self.changed.insert(id);
        true
    }

    /// Takes in a verified draft. True if something changed. Nobody owes it anything before
    /// [`OrderBoard::apply_signature`] takes in a signature of it.
    pub fn apply_draft(&mut self, placed: &Placed<'_, Order>, author_unit: UnitId) -> bool {
        let Some(id) = command_id(placed.id) else { return false };
        let Some(case) = self.case(id, true) else { return false };
        if case.draft.is_some() {
            return false;
        }
        let was_orderless = case.is_orderless();
        case.draft = Some(Issued {
            id,
            at: placed.at,
            person: placed.person.clone(),
            drafter: None,
            signature: None,
            from: author_unit,
            order: placed.body.clone(),
            is_verified: true,
        });
        case.sign();
        if was_orderless {
            self.orderless_count -= 1;
        }
        self.changed.insert(id);
        true
    }

    /// Takes in a verified signature by a device of `author_unit`. True if something changed.
    pub fn apply_signature(&mut self, placed: &Placed<'_, Signature>, author_unit: UnitId) -> bool {
        let order = placed.body.order;
        let person = placed.person.clone();
        let signed = Signed { at: placed.at, id: placed.id, person, unit: author_unit };
        let Some(case) = self.case(order, false) else { return false };
        if case.signed.as_ref().is_some_and(|known| *known <= signed) {
            return false;
        }
        case.signed = Some(signed);
        case.sign();
        self.changed.insert(order);
        true
    }

    /// Takes in a verified withdrawal by a device of `author_unit`. True if something changed.
    pub fn apply_cancel(
        &mut self,
        placed: &Placed<'_, Cancel>,
        author_unit: UnitId,
        by_authority: bool,
    ) -> bool {
        let Some(id) = command_id(placed.id) else { return false };
        let order = placed.body.order;
        let reason = placed.body.reason.clone();
        let withdrawn = Withdrawn { at: placed.at, id, reason, by_authority };
        let Some(case) = self.case(order, false) else { return false };
        let key = (author_unit, by_authority);
        if case.withdrawn.get(&key).is_some_and(|known| *known <= withdrawn) {
            return false;
        }
        case.withdrawn.insert(key, withdrawn);
        self.changed.insert(order);
        true
    }

    /// Takes in a verified receipt typed on a device of `author_unit`. True if something changed.
    /// Without proxy a device answers for its own unit only.
    pub fn apply_receipt(&mut self, placed: &Placed<'_, Receipt>, author_unit: UnitId) -> bool {
        let Some(id) = command_id(placed.id) else { return false };
        let receipt = placed.body;
        if receipt.proxy.is_none() && receipt.unit != author_unit {
            return false;
        }
        let answer = Answer {
            id,
            at: placed.at,
            person: placed.person.clone(),
            typed_by: author_unit,
            rung: receipt.rung,
            proxy: receipt.proxy,
            note: receipt.note.clone(),
        };
        let Some(case) = self.case(receipt.order, false) else { return false };
        if !case.answers.entry(receipt.unit).or_default().add(answer) {
            return false;
        }
        self.changed.insert(receipt.order);
        true
    }

    /// Takes in a verified note about an answer or withdrawal of this order: sealed words if they
    /// cannot be read here. The first one stays.
    pub fn apply_note(&mut self, order: SpokenId, about: SpokenId, words: Words) {
        let Some(case) = self.case(order, false) else { return };
        let of_author = case.notes.keys().filter(|id| id.author == about.author);
        if of_author.count() < NOTES_MAX {
            case.notes.entry(about).or_insert(words);
            self.changed.insert(order);
        }
    }

    /// What an order or draft says that is sealed to a group, found with the key of the group.
    pub fn reveal(&mut self, id: SpokenId, words: Words) {
        if let Some(case) = self.cases.get_mut(&id) {
            case.revealed = Some(words);
        }
    }

    /// What an order or draft says here, if it is here; sealed words if they cannot be read.
    pub fn words(&self, id: SpokenId) -> Option<&Words> {
        let case = self.cases.get(&id)?;
        let known = case.issued.as_ref().or(case.draft.as_ref())?;
        Some(case.words(&known.order))
    }

    /// The case of this number, opened if need be. Cases that wait for their order are limited:
    /// beyond the limit what waits is dropped and counted, and comes back when the store is read
    /// again.
    fn case(&mut self, id: SpokenId, is_order: bool) -> Option<&mut Case> {
        if !self.cases.contains_key(&id) {
            if self.orderless_count >= ORDERLESS_MAX && !is_order {
                self.dropped_count += 1;
                return None;
            }
            self.orderless_count += 1;
        }
        Some(self.cases.entry(id).or_default())
    }

    /// The order of this number, if it is here.
    pub fn get(&self, id: SpokenId) -> Option<&Issued> {
        self.cases.get(&id)?.issued.as_ref()
    }

    /// The draft of this number, if it is here and nobody has signed it.
    pub fn unsigned(&self, id: SpokenId) -> Option<&Issued> {
        self.cases.get(&id)?.unsigned()
    }

    /// True if a withdrawal counts for the order of this number.
    pub fn is_withdrawn(&self, id: SpokenId) -> bool {
        self.cases.get(&id).is_some_and(|case| case.withdrawal().is_some())
    }

    /// How many orders and drafts are here.
    pub fn len(&self) -> usize {
        self.cases.len() - self.orderless_count
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Answers and withdrawals that were dropped because too many waited for their order.
    pub fn dropped_count(&self) -> u64 {
        self.dropped_count
    }

    /// Orders that changed since this was asked last.
    pub fn take_changed(&mut self) -> Vec<SpokenId> {
        std::mem::take(&mut self.changed).into_iter().collect()
    }

    /// Units that owe an answer, by index; empty if the order is not here.
    pub fn owed(&self, id: SpokenId, directory: &Directory) -> Vec<UnitId> {
        self.get(id).map_or_else(Vec::new, |issued| owed(issued, directory))
    }
}

/// Who owes an answer: the audience as of the order's directory, less the issuing unit, which
/// does not answer itself unless it is named.
pub(super) fn owed(issued: &Issued, directory: &Directory) -> Vec<UnitId> {
    let order = &issued.order;
    let mut units = directory.expand(&order.targets, order.directory_version);
    if !order.targets.contains(&Target::Unit(issued.from)) {
        units.retain(|unit| *unit != issued.from);
    }
    units
}

/// True if this unit is among those who owe an answer.
pub(super) fn owes(issued: &Issued, directory: &Directory, unit: UnitId) -> bool {
    let order = &issued.order;
    let is_named = order.targets.contains(&Target::Unit(issued.from));
    (unit != issued.from || is_named)
        && directory.is_among(unit, &order.targets, order.directory_version)
}

/// State of a case as a whole.
pub(super) fn state(case: &Case, issued: &Issued, owed: &[UnitId], now_ms: u64) -> OrderState {
    if !issued.is_verified {
        return OrderState::Provisional;
    }
    if case.withdrawal().is_some() {
        return OrderState::Cancelled;
    }
    let rungs = || owed.iter().map(|unit| case.best(*unit).map(|answer| answer.rung));
    let need = issued.order.need;
    let is_met = |rung: Option<_>| rung.is_some_and(|rung| ladder::satisfies(rung, need));
    // With nobody owing, the directory here is behind or the audience is gone: someone must look.
    if owed.is_empty() || !rungs().all(is_met) {
        if expires_ms(issued).is_some_and(|expires_ms| expires_ms < now_ms) {
            return OrderState::Expired;
        }
        return match act_by_ms(issued) {
            Some(act_by_ms) if act_by_ms < now_ms => OrderState::Overdue,
            Some(_) | None => OrderState::Open,
        };
    }
    let is_refused = rungs().flatten().any(ladder::is_refusal);
    if is_refused { OrderState::Failed } else { OrderState::Answered }
}

/// When it must be answered, ms since 1970.
pub fn act_by_ms(issued: &Issued) -> Option<u64> {
    let act_by_s = issued.order.act_by_s?;
    Some(issued.at.wall_ms.saturating_add(u64::from(act_by_s) * 1000))
}

/// From when on nobody may act upon it any more, ms since 1970.
pub fn expires_ms(issued: &Issued) -> Option<u64> {
    let expires_s = issued.order.expires_s?;
    Some(issued.at.wall_ms.saturating_add(u64::from(expires_s) * 1000))
}

fn command_id(id: RecordId) -> Option<SpokenId> {
    (id.lane.lane == Lane::Command).then(|| id.into())
}

#[cfg(test)]
mod tests;
