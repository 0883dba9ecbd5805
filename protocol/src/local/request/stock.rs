//! Drafts of the stock lane as typed: goods in and out, on their way, counted.

use serde::{Deserialize, Serialize};

use crate::base::ids::SpokenId;
use crate::base::quantity::Quantity;
use crate::local::request::no_order;

/// What a movement does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum MovementKind {
    /// Opening stock.
    Opening = 0,
    /// 入库 from a supplier, a donor or a return.
    Receive = 1,
    /// 出库 to a unit or for use.
    Issue = 2,
    /// 报废 or lost.
    Loss = 3,
}

/// One item and how much of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineDraft {
    /// Item name or code.
    pub item: String,
    /// How much, in the item's unit; more than zero.
    pub quantity: Quantity,
}

/// Goods in or out of one depot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MovementDraft {
    /// In or out.
    pub kind: MovementKind,
    /// Depot name or code.
    pub depot: String,
    /// What.
    pub lines: Vec<LineDraft>,
    /// From whom or to whom.
    #[serde(default)]
    pub party: String,
    /// Paper number, reason.
    #[serde(default)]
    pub note: String,
    /// Who did it; a name.
    #[serde(default)]
    pub person: Option<String>,
}

/// Goods leave a depot for another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaybillDraft {
    /// Depot they leave.
    pub from: String,
    /// Depot they go to.
    pub to: String,
    /// What.
    pub lines: Vec<LineDraft>,
    /// Who carries it, plate of the vehicle.
    #[serde(default)]
    pub carrier: String,
    /// Seconds from now until it should be there.
    #[serde(default)]
    pub eta_s: Option<u32>,
    /// Paper number.
    #[serde(default)]
    pub note: String,
    /// Who sends it; a name.
    #[serde(default)]
    pub person: Option<String>,
}

/// What came of one line of a waybill.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArrivalLine {
    /// Item name or code.
    pub item: String,
    /// Sound pieces taken in.
    pub received: Quantity,
    /// Pieces that came broken; taken in and written off.
    #[serde(default)]
    pub damaged: Quantity,
}

/// Goods of a waybill are taken in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArrivalDraft {
    /// Number of the waybill. Taken from the path in HTTP calls.
    #[serde(default = "no_order")]
    pub id: SpokenId,
    /// What came; empty means all of it, sound.
    #[serde(default)]
    pub lines: Vec<ArrivalLine>,
    /// Why it is short.
    #[serde(default)]
    pub note: String,
    /// Who took it in; a name.
    #[serde(default)]
    pub person: Option<String>,
}

/// A count of one depot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountDraft {
    /// Depot name or code.
    pub depot: String,
    /// What was found; zero is a valid finding.
    pub lines: Vec<LineDraft>,
    /// Why it differs.
    #[serde(default)]
    pub note: String,
    /// Who counted; a name.
    #[serde(default)]
    pub person: Option<String>,
}
