//! Orders, who owes an answer, receipts. Folded already; shown, never computed with.

use serde::{Deserialize, Serialize};

use crate::base::class::Class;
use crate::base::ids::{SpokenId, UnitId};
use crate::local::request::{Need, OrderKind, Proxy, Rung};
use crate::local::rows::GroupMark;

/// State of an order as a whole, for the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// Not sealed yet, or its seal is missing here (未验).
    #[default]
    Provisional,
    /// A draft that waits for a signature (待签发): nobody owes it anything.
    Draft,
    /// Someone still owes the rung wanted.
    Open,
    /// The time is up and someone still owes an answer.
    Overdue,
    /// Everyone has reached the rung wanted.
    Answered,
    /// At least one unit cannot or failed, and nobody else is outstanding.
    Failed,
    /// Its expiry has passed before everyone had answered (已过期): nobody may act upon it.
    Expired,
    /// Withdrawn.
    Cancelled,
}

/// One order in the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderRow {
    /// Its number.
    pub id: SpokenId,
    /// Alert, order, request, update.
    pub kind: OrderKind,
    /// Precedence.
    pub class: Class,
    /// State as a whole.
    pub state: OrderState,
    /// Unit that issued it.
    pub from: String,
    /// Person who issued it.
    pub person: String,
    /// Person who drafted it, if it is or was a draft.
    #[serde(default)]
    pub drafter: Option<String>,
    /// Audience in words.
    pub to: String,
    /// The text; 〔密〕 and the group where it cannot be read.
    pub text: String,
    /// What the text is sealed to, if not to the whole network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupMark>,
    /// When it was issued.
    pub issued_ms: u64,
    /// When it must be answered.
    pub act_by_ms: Option<u64>,
    /// From when on nobody may act upon it.
    #[serde(default)]
    pub expires_ms: Option<u64>,
    /// Of a draft: the time to answer that runs from its signature on, s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act_by_s: Option<u64>,
    /// Of a draft: how long it will be valid from its signature on, s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_s: Option<u64>,
    /// The rung wanted.
    pub need: Need,
    /// How many units owe an answer.
    pub owed: u32,
    /// Of these: a device of theirs holds it.
    pub delivered: u32,
    /// Of these: a named person has acknowledged it (or went further).
    pub acknowledged: u32,
    /// Of these: done.
    pub done: u32,
    /// Of these: cannot or failed.
    pub refused: u32,
    /// True if this node's unit owes an answer and has not given one.
    pub unanswered_here: bool,
    /// Reason of the withdrawal.
    pub cancel_reason: Option<String>,
}

/// One unit that owes an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AddresseeRow {
    /// The unit.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// A device of the unit holds the order.
    pub delivered: bool,
    /// The highest rung reached by a person.
    pub rung: Option<Rung>,
    /// Who answered on that rung.
    pub person: Option<String>,
    /// When.
    pub at_ms: Option<u64>,
    /// By what other means, if by proxy.
    pub proxy: Option<Proxy>,
    /// Note of that answer.
    pub note: String,
}

/// One receipt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReceiptRow {
    /// Its own number.
    pub id: SpokenId,
    /// The unit it speaks for.
    pub unit: UnitId,
    /// Name of the unit.
    pub unit_name: String,
    /// The rung.
    pub rung: Rung,
    /// Who.
    pub person: String,
    /// By what other means.
    pub proxy: Option<Proxy>,
    /// Unit of the device that typed it.
    pub typed_by: String,
    /// Numbers, place, reason.
    pub note: String,
    /// When.
    pub at_ms: u64,
}

/// An order with all its answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderDetail {
    /// The row of the list.
    pub order: OrderRow,
    /// Who owes an answer, and how far each has come.
    pub addressees: Vec<AddresseeRow>,
    /// Every receipt, oldest first.
    pub receipts: Vec<ReceiptRow>,
}
