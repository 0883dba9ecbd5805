//! Stock: on hand, cards, waybills. Folded already; shown, never computed with.

use serde::{Deserialize, Serialize};

use crate::base::ids::{DepotId, ItemId, SpokenId};
use crate::base::quantity::Quantity;
use crate::local::request::MovementKind;
use crate::local::rows::GroupMark;

/// One item in one depot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StockRow {
    /// The depot.
    pub depot: DepotId,
    /// Its name.
    pub depot_name: String,
    /// The item.
    pub item: ItemId,
    /// Its code.
    pub item_code: String,
    /// Its name.
    pub item_name: String,
    /// Unit of count.
    pub unit: String,
    /// 在库, from verified records; negative means over-issued (超发).
    pub on_hand: Quantity,
    /// 在途 towards this depot.
    pub inbound: Quantity,
    /// 在途 from this depot.
    pub outbound: Quantity,
    /// Change by records that are not verified yet (未验); not part of `on_hand`.
    pub provisional: Quantity,
    /// Last counted, if ever.
    pub counted_ms: Option<u64>,
    /// Difference found by that count (实盘 less 账面 at its cut).
    pub difference: Option<Quantity>,
    /// Movements of before that count that it had not seen; a person must look.
    pub ambiguous: u32,
    /// Set when not all records of this row are here: `on_hand` is what a snapshot (库存快照) told,
    /// with what has come here since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported: Option<ReportedRow>,
}

/// A depot of which posts are here that this device cannot read (密): of it only those rows are
/// told that a later count puts right.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SealedDepotRow {
    /// The depot.
    pub depot: DepotId,
    /// Its name.
    pub depot_name: String,
    /// Who can read them.
    pub group: GroupMark,
    /// How many posts cannot be read.
    pub posts: u32,
    /// When the last of them was written.
    pub last_ms: u64,
}

/// Whose word a row of stock is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportedRow {
    /// The page of the snapshot.
    pub id: SpokenId,
    /// When it was written.
    pub at_ms: u64,
    /// The unit whose book it is.
    pub by: String,
}

/// One line of a stock card.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StockCardRow {
    /// Record that caused it.
    pub id: SpokenId,
    /// When.
    pub at_ms: u64,
    /// Depot.
    pub depot_name: String,
    /// What happened.
    pub event: StockEvent,
    /// Change on hand.
    pub change: Quantity,
    /// On hand after it.
    pub balance: Quantity,
    /// Party, carrier, waybill number, reason.
    pub note: String,
    /// Who.
    pub person: String,
}

/// What a line of a stock card tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StockEvent {
    /// Opening stock.
    Opening,
    /// 入库.
    Receive,
    /// 出库.
    Issue,
    /// 报废.
    Loss,
    /// Left on a waybill.
    Ship,
    /// Came by a waybill.
    Arrive,
    /// Came broken and was written off.
    Damaged,
    /// Derived from a count.
    Count,
}

impl From<MovementKind> for StockEvent {
    fn from(kind: MovementKind) -> StockEvent {
        match kind {
            MovementKind::Opening => StockEvent::Opening,
            MovementKind::Receive => StockEvent::Receive,
            MovementKind::Issue => StockEvent::Issue,
            MovementKind::Loss => StockEvent::Loss,
        }
    }
}

/// How far a waybill has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaybillState {
    /// 在途.
    InTransit,
    /// 在途, and later than it should be.
    Late,
    /// 足额签收.
    Full,
    /// Arrived with something missing or broken.
    Short,
    /// Two arrivals were posted; the first counts, a person must look.
    Disputed,
}

/// One line of a waybill.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WaybillLineRow {
    /// Item name.
    pub item_name: String,
    /// Item code.
    pub item_code: String,
    /// Unit of count.
    pub unit: String,
    /// 应收.
    pub due: Quantity,
    /// 实收, sound.
    pub received: Quantity,
    /// 破损.
    pub damaged: Quantity,
    /// 短少: neither received nor broken. Stays in transit until a person resolves it.
    pub short: Quantity,
}

/// One waybill.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WaybillRow {
    /// Its number.
    pub id: SpokenId,
    /// How far it has come.
    pub state: WaybillState,
    /// Depot it left.
    pub from: String,
    /// Depot it goes to.
    pub to: String,
    /// Carrier and plate.
    pub carrier: String,
    /// When it left.
    pub shipped_ms: u64,
    /// When it should arrive.
    pub eta_ms: Option<u64>,
    /// When it arrived.
    pub arrived_ms: Option<u64>,
    /// Its lines.
    pub lines: Vec<WaybillLineRow>,
    /// Paper number, reason for shortness.
    pub note: String,
}
