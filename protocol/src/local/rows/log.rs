//! The log. Folded already; shown, never computed with.

use serde::{Deserialize, Serialize};

use crate::base::class::Class;
use crate::base::ids::SpokenId;
use crate::local::request::Rung;

/// What a log row tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogKind {
    /// An order was issued.
    Order,
    /// An order was drafted and waits for a signature.
    Draft,
    /// A draft was signed.
    Sign,
    /// An order was withdrawn.
    Cancel,
    /// An order was answered.
    Receipt,
    /// Goods moved.
    Movement,
    /// A waybill left.
    Ship,
    /// A waybill arrived.
    Arrive,
    /// A depot was counted.
    Count,
    /// What lies in many depots was told.
    Snapshot,
    /// A file was attached.
    File,
    /// The directory changed.
    Directory,
    /// A record was refused.
    Refused,
}

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogRow {
    /// When, by the author's clock.
    pub at_ms: u64,
    /// What.
    pub kind: LogKind,
    /// Number of the record.
    pub id: SpokenId,
    /// Number of what it speaks of (order, waybill), if other than itself.
    pub about: Option<SpokenId>,
    /// Precedence, for orders.
    pub class: Option<Class>,
    /// Rung, for receipts.
    pub rung: Option<Rung>,
    /// Unit of the author.
    pub unit_name: String,
    /// Person who did it.
    pub person: String,
    /// Text, note, lines.
    pub text: String,
}
