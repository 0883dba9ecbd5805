//! From what a person typed to a body, or a refusal that says what to do. Facts are never refused
//! for their amount: goods that left have left, even when the book had fewer. What is refused is
//! what cannot be understood: unknown names, zero amounts, the same item twice.
//! Sentences live in `draft/sentence.rs`.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::caps::{NAME_BYTES_MAX, RECORD_BYTES_MAX, STOCK_LINES_MAX, TEXT_BYTES_MAX};
use crate::base::ids::{ItemId, Lane, LaneId};
use crate::base::quantity::Quantity;
use crate::field::stock::body::{
    Arrival, ArrivalLine, Body, Count, CountLine, Line, Movement, Waybill,
};
use crate::field::stock::ledger::{Ledger, by_item};
use crate::field::stock::{NameMiss, Names};
use crate::local::refusal::Refusal;
use crate::local::request::{ArrivalDraft, CountDraft, LineDraft, MovementDraft, WaybillDraft};
use crate::wire::pack::PackError;

mod sentence;

/// Bytes kept free in a record for its head: kind, time and the longest person name.
const HEAD_BYTES_MAX: usize = 16 + NAME_BYTES_MAX;

/// Goods in or out of one depot.
pub fn movement(draft: &MovementDraft, names: &dyn Names) -> Result<Body, Refusal> {
    finish(Body::Movement(Movement {
        kind: draft.kind,
        depot: names.find_depot(&draft.depot).map_err(|miss| no_depot(&draft.depot, &miss))?,
        lines: lines(&draft.lines, names)?,
        party: text("对方", "party", &draft.party, NAME_BYTES_MAX)?,
        note: text("备注", "note", &draft.note, TEXT_BYTES_MAX)?,
    }))
}

/// Goods leave a depot for another.
pub fn waybill(draft: &WaybillDraft, names: &dyn Names) -> Result<Body, Refusal> {
    let from = names.find_depot(&draft.from).map_err(|miss| no_depot(&draft.from, &miss))?;
    let to = names.find_depot(&draft.to).map_err(|miss| no_depot(&draft.to, &miss))?;
    if from == to {
        return Err(sentence::same_depot(&draft.from));
    }
    finish(Body::Waybill(Waybill {
        from,
        to,
        lines: lines(&draft.lines, names)?,
        carrier: text("承运", "carrier", &draft.carrier, NAME_BYTES_MAX)?,
        eta_s: draft.eta_s,
        note: text("备注", "note", &draft.note, TEXT_BYTES_MAX)?,
    }))
}

/// Goods of a waybill arrive. The waybill may still be unverified here: its goods are not.
pub fn arrival(draft: &ArrivalDraft, names: &dyn Names, ledger: &Ledger) -> Result<Body, Refusal> {
    let id = draft.id.in_lane(Lane::Stock);
    let waybill = ledger.heard_waybill(id).ok_or_else(|| sentence::no_waybill(draft.id))?;
    if let Some(arrival) = ledger.arrival_of(id) {
        return Err(sentence::already_arrived(draft.id, arrival.into()));
    }
    let note = text("备注", "note", &draft.note, TEXT_BYTES_MAX)?;
    let lines = arrival_lines(draft, names, waybill, !note.is_empty())?;
    finish(Body::Arrival(Arrival { waybill: draft.id, to: waybill.to, lines, note }))
}

/// A count of one depot. `heads` are the last verified records of each stock lane on this node,
/// its own lane included: what the counter could see when counting.
pub fn count(
    draft: &CountDraft,
    names: &dyn Names,
    ledger: &Ledger,
    heads: &BTreeMap<LaneId, u32>,
) -> Result<Body, Refusal> {
    let depot = names.find_depot(&draft.depot).map_err(|miss| no_depot(&draft.depot, &miss))?;
    check_line_count(draft.lines.len())?;
    let mut counted = BTreeMap::new();
    for line in &draft.lines {
        let item = find_item(&line.item, names)?;
        if line.quantity < Quantity::ZERO {
            return Err(sentence::negative(&line.item, line.quantity));
        }
        if counted.insert(item, line.quantity).is_some() {
            return Err(sentence::twice(&line.item));
        }
    }
    let items: BTreeSet<ItemId> = counted.keys().copied().collect();
    let lines = counted.into_iter().map(|(item, counted)| CountLine { item, counted });
    finish(Body::Count(Count {
        depot,
        lines: lines.collect(),
        basis: ledger.basis(depot, &items, heads),
        note: text("备注", "note", &draft.note, TEXT_BYTES_MAX)?,
    }))
}

fn lines(drafts: &[LineDraft], names: &dyn Names) -> Result<Vec<Line>, Refusal> {
    check_line_count(drafts.len())?;
    let mut lines = BTreeMap::new();
    for draft in drafts {
        let item = find_item(&draft.item, names)?;
        if draft.quantity <= Quantity::ZERO {
            return Err(sentence::not_positive(&draft.item, draft.quantity));
        }
        if lines.insert(item, draft.quantity).is_some() {
            return Err(sentence::twice(&draft.item));
        }
    }
    Ok(lines.into_iter().map(|(item, quantity)| Line { item, lot: 0, quantity }).collect())
}

fn arrival_lines(
    draft: &ArrivalDraft,
    names: &dyn Names,
    waybill: &Waybill,
    has_note: bool,
) -> Result<Vec<ArrivalLine>, Refusal> {
    if draft.lines.len() > STOCK_LINES_MAX {
        return Err(sentence::too_many_lines(draft.lines.len()));
    }
    let due = by_item(&waybill.lines);
    let mut lines = BTreeMap::new();
    for line in &draft.lines {
        let item = find_item(&line.item, names)?;
        for quantity in [line.received, line.damaged] {
            if quantity < Quantity::ZERO {
                return Err(sentence::negative(&line.item, quantity));
            }
        }
        let Some(due_milli) = due.get(&item) else {
            return Err(sentence::not_on_waybill(&line.item, draft.id));
        };
        let taken_milli = i128::from(line.received.0) + i128::from(line.damaged.0);
        if taken_milli > *due_milli && !has_note {
            return Err(sentence::more_than_due(&line.item));
        }
        let (received, damaged) = (line.received, line.damaged);
        if lines.insert(item, ArrivalLine { item, lot: 0, received, damaged }).is_some() {
            return Err(sentence::twice(&line.item));
        }
    }
    Ok(lines.into_values().collect())
}

fn check_line_count(count: usize) -> Result<(), Refusal> {
    match count {
        0 => Err(sentence::no_lines()),
        1..=STOCK_LINES_MAX => Ok(()),
        _ => Err(sentence::too_many_lines(count)),
    }
}

fn find_item(text: &str, names: &dyn Names) -> Result<ItemId, Refusal> {
    names.find_item(text).map_err(|miss| sentence::no_name("物资", "item", text, &miss))
}

fn no_depot(text: &str, miss: &NameMiss) -> Refusal {
    sentence::no_name("储备库", "depot", text, miss)
}

fn text(zh: &str, en: &str, text: &str, bytes_max: usize) -> Result<String, Refusal> {
    let text = text.trim();
    if text.len() > bytes_max {
        return Err(sentence::text_too_long(zh, en, bytes_max));
    }
    Ok(text.to_owned())
}

/// The last look: what decoding would refuse elsewhere must not leave this node.
fn finish(body: Body) -> Result<Body, Refusal> {
    match body.check() {
        Ok(()) if body.packed().len() + HEAD_BYTES_MAX <= RECORD_BYTES_MAX => Ok(body),
        Ok(()) | Err(PackError::TooLong) => Err(sentence::record_too_long()),
        Err(PackError::BadValue(_) | PackError::Short | PackError::Trailing) => {
            Err(sentence::out_of_range())
        }
    }
}

#[cfg(test)]
mod tests;
