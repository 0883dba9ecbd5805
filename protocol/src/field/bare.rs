//! What stays of a body when its words go to make room: who, when, to whom, how much and of what.
//! Every fold makes the same of it as of the whole one, but for words that people read. Which
//! records that befalls is decided by the node.

use crate::field::body::Body;
use crate::field::order::Order;
use crate::field::order::words::Words;
use crate::field::stock;

/// Shown in place of a text that went.
pub const CLEARED: &str = "（原文已清 / text cleared）";

/// The body without its words; `None` if nothing of it is needed.
pub fn bare(body: Body) -> Option<Body> {
    Some(match body {
        Body::Order(order) => Body::Order(without_text(order)),
        Body::Draft(order) => Body::Draft(without_text(order)),
        Body::Receipt(mut receipt) => {
            receipt.note.clear();
            Body::Receipt(receipt)
        }
        Body::Stock(body) => Body::Stock(without_notes(body)),
        Body::Snapshot(_) | Body::SealedNote(_) => return None,
        Body::Cancel(_)
        | Body::Signature(_)
        | Body::Directory(_)
        | Body::Admission(_)
        | Body::OrderKey(_)
        | Body::SealedPost(_)
        | Body::Attachment(_)
        | Body::Unknown { .. } => body,
    })
}

/// A template or a short text stays: it is no longer than what would stand in its place.
fn without_text(order: Order) -> Order {
    let text = match order.text {
        Words::Plain(text) if text.len() <= CLEARED.len() => Words::Plain(text),
        Words::Plain(_) | Words::Sealed(_) => Words::Plain(CLEARED.to_owned()),
        Words::Filled(filled) => Words::Filled(filled),
    };
    Order { text, ..order }
}

fn without_notes(mut body: stock::Body) -> stock::Body {
    match &mut body {
        stock::Body::Movement(movement) => {
            movement.party.clear();
            movement.note.clear();
        }
        stock::Body::Waybill(waybill) => {
            waybill.carrier.clear();
            waybill.note.clear();
        }
        stock::Body::Arrival(arrival) => arrival.note.clear(),
        stock::Body::Count(count) => count.note.clear(),
    }
    body
}

#[cfg(test)]
mod tests;
