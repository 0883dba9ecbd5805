//! What comes from the daemon, worked into the model: answers to questions, changes, breaks.

use std::collections::BTreeMap;

use sanduan_protocol::local::rows::{OrderRow, OrderState};
use sanduan_protocol::local::{Event, Reply};

use super::effect::{AskId, Effect, Load, Pending};
use super::model::{Connection, Model};
use crate::feed::{FeedError, Heard};
use crate::lang::fill;
use crate::lang::words::Word;
use crate::overlay::unlock::{self, Why};
use crate::overlay::{Overlay, Subject};
use crate::screen::orders;

/// Everything the screens show; asked for after every break.
const ALL: [Load; 10] = [
    Load::Status,
    Load::Orders,
    Load::Positions,
    Load::Stock,
    Load::Waybills,
    Load::Bearers,
    Load::Peers,
    Load::Outbox,
    Load::Directory,
    Load::Journal,
];

/// The stream said something.
pub fn heard(model: &mut Model, heard: Heard, effects: &mut Vec<Effect>) {
    model.dirty = true;
    match heard {
        Heard::Connected { resumed } => {
            model.connection = Connection::Up;
            // Counters and ages have no events, so even a resumed stream asks how things are.
            match resumed {
                true => model.want(Load::Status, effects),
                false => want_all(model, effects),
            }
        }
        Heard::Reset => want_all(model, effects),
        Heard::Lost(reason) => {
            let since_ms = match &model.connection {
                Connection::Lost { since_ms, .. } => *since_ms,
                Connection::Connecting | Connection::Up => model.now_ms,
            };
            let known = matches!(&model.connection, Connection::Lost { reason: known, .. }
                if known.is_locked());
            if reason.is_locked() && !known {
                unlock::ask(model, Why::Shut);
            }
            model.connection = Connection::Lost { since_ms, reason };
        }
        Heard::Event(event) => take(model, *event, effects),
    }
}

fn want_all(model: &mut Model, effects: &mut Vec<Effect>) {
    model.detail_refused = None;
    ALL.into_iter().for_each(|load| model.want(load, effects));
    if let Some(id) = model.mirror.detail.as_ref().map(|detail| detail.order.id) {
        model.want(Load::Detail(id), effects);
    }
}

fn take(model: &mut Model, event: Event, effects: &mut Vec<Effect>) {
    match event {
        Event::Order(row) => {
            let id = row.id;
            let kept = orders::selected(model).map(|order| order.id);
            let now = (*row).clone();
            let before = model.mirror.take_order(*row);
            if let Some(kept) = kept {
                orders::select(model, kept);
            }
            select_new(model);
            model.detail_refused = model.detail_refused.filter(|refused| *refused != id);
            if let Some(words) = call(model, before.as_ref(), &now) {
                model.say(words, true);
                effects.push(Effect::Bell);
            }
            if orders::detail(model, id).is_some() {
                model.want(Load::Detail(id), effects);
            }
        }
        Event::Position(row) => model.mirror.take_position(*row),
        Event::Stock { .. } => {
            model.want(Load::Stock, effects);
            model.want(Load::Waybills, effects);
            if let Some(Overlay::Reading(reading)) = model.overlays.last()
                && let Subject::Card { code, .. } = &reading.subject
            {
                let load = Load::Card(code.clone());
                model.want(load, effects);
            }
        }
        // Also when something does not count any more: no event says which rows went with it.
        Event::Directory { .. } => want_all(model, effects),
        Event::Bearer(row) => model.mirror.take_bearer(*row),
        Event::BearerGone { link } => model.mirror.drop_bearer(link),
        Event::Peer(row) => model.mirror.take_peer(*row),
        Event::Log(row) => model.mirror.take_log(*row),
        // Files are listed by the command line.
        Event::File(_) => {}
        Event::Fork(row) => {
            if let Some(status) = model.mirror.status.as_mut()
                && !status.forks.contains(&row)
            {
                status.forks.push(*row);
            }
        }
        Event::Room(row) => {
            if let Some(status) = model.mirror.status.as_mut() {
                status.room = *row;
            }
        }
        Event::Unsaved { reason } => {
            if let Some(status) = model.mirror.status.as_mut() {
                status.unsaved = reason;
            }
        }
    }
}

/// What must be called out of an order that changed: it asks us for an answer, which may show only
/// when its seal has come, or it asks no longer because it was withdrawn or has
/// expired.
fn call(model: &Model, before: Option<&OrderRow>, now: &OrderRow) -> Option<String> {
    let text = model.text();
    let asked = before.is_some_and(|before| before.unanswered_here);
    let (class, kind) = (now.class.word(model.lang), now.kind.word(model.lang));
    if now.unanswered_here && !asked {
        return Some(fill(text.calls_us, &[&kind, &class, &now.id, &now.text]));
    }
    let withdrawn = now.state == OrderState::Cancelled;
    let reason = now.cancel_reason.as_deref().unwrap_or_default();
    if asked && now.state == OrderState::Expired {
        return Some(fill(text.calls_expired, &[&kind, &now.id]));
    }
    (asked && withdrawn).then(|| fill(text.calls_off, &[&kind, &now.id, &reason]))
}

/// A question was answered.
pub fn answered(
    model: &mut Model,
    id: AskId,
    answer: Result<Reply, FeedError>,
    effects: &mut Vec<Effect>,
) {
    model.dirty = true;
    match model.pending.remove(&id) {
        Some(Pending::Load(load)) => {
            match answer {
                Ok(reply) => {
                    let before = orders_before(model, &load);
                    fill_in(model, &load, reply);
                    call_missed(model, before, effects);
                }
                Err(error) => failed(model, &load, &error),
            }
            if model.stale.remove(&load) {
                model.want(load, effects);
            }
        }
        Some(Pending::Save { order }) => saved(model, id, order, answer, effects),
        Some(Pending::Vault) => unlock::answered(model, id, answer, effects),
        // The question was given up.
        None => {}
    }
}

/// The orders known so far, when all are about to come anew; nothing is missed at the start.
fn orders_before(model: &Model, load: &Load) -> Option<Vec<OrderRow>> {
    let again = *load == Load::Orders && model.mirror.loaded.contains_key("orders");
    again.then(|| model.mirror.orders.clone())
}

/// What came while we were cut off from the daemon is called out as if it came now.
fn call_missed(model: &mut Model, before: Option<Vec<OrderRow>>, effects: &mut Vec<Effect>) {
    let Some(before) = before else { return };
    let known: BTreeMap<_, _> = before.iter().map(|row| (row.id, row)).collect();
    let rows = model.mirror.orders.iter();
    let words = rows.filter_map(|row| call(model, known.get(&row.id).copied(), row)).next();
    if let Some(words) = words {
        model.say(words, true);
        effects.push(Effect::Bell);
    }
}

fn failed(model: &mut Model, load: &Load, error: &FeedError) {
    if let Load::Detail(id) = load {
        model.detail_refused = Some(*id);
    }
    // A break is told by the banner already.
    if matches!(error, FeedError::Refused(_) | FeedError::BadAnswer { .. }) {
        model.say(error.words(model.lang), true);
    }
}

fn fill_in(model: &mut Model, load: &Load, reply: Reply) {
    let kept = orders::selected(model).map(|order| order.id);
    if matches!(reply, Reply::Order(_)) {
        model.detail_refused = None;
    }
    let Some(name) = model.mirror.take(reply) else { return };
    model.mirror.loaded.insert(name, true);
    if let Some(kept) = kept.filter(|_| *load == Load::Orders) {
        orders::select(model, kept);
    }
    select_new(model);
}

/// Selects the order that was issued here as soon as its row is known, so that its answers are
/// seen coming in.
fn select_new(model: &mut Model) {
    let Some(id) = model.select_when_heard else { return };
    if model.mirror.orders.iter().any(|order| order.id == id) {
        model.select_when_heard = None;
        orders::select(model, id);
    }
}

/// Something was saved, or refused: the form that waits for it closes, or says why.
fn saved(
    model: &mut Model,
    id: AskId,
    order: bool,
    answer: Result<Reply, FeedError>,
    effects: &mut Vec<Effect>,
) {
    let text = model.text();
    let place = model.overlays.iter().position(|overlay| overlay.waits_for(id));
    match answer {
        Ok(reply) => {
            let closed = place.map(|place| model.overlays.remove(place));
            match (reply, closed.as_ref().and_then(Overlay::signs)) {
                // Everybody calls the order by its own number, not by that of the signature.
                (Reply::Saved { .. }, Some(id)) => {
                    model.say(fill(text.signed, &[&id]), false);
                    model.select_when_heard = Some(id);
                    select_new(model);
                }
                (Reply::Saved { id: Some(id), .. }, None) => {
                    model.say(fill(text.saved, &[&id]), false);
                    // The event with the row may be here already, or the list is about to be.
                    model.select_when_heard = order.then_some(id);
                    select_new(model);
                }
                _ => model.say(text.saved_board, false),
            }
            // Events tell the same; but they may be late, and people look at once.
            for load in [Load::Orders, Load::Positions, Load::Stock, Load::Waybills, Load::Status] {
                model.want(load, effects);
            }
            if let Some(order) = orders::selected(model).map(|order| order.id) {
                model.want(Load::Detail(order), effects);
            }
        }
        Err(error) => {
            let sentence = error.words(model.lang);
            match place.and_then(|place| model.overlays.get_mut(place)) {
                Some(overlay) => {
                    overlay.complain(sentence);
                    if error.is_locked() {
                        unlock::ask(model, Why::Order);
                    }
                }
                None => model.say(sentence, true),
            }
        }
    }
}
