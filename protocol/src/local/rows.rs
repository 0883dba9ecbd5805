//! Rows: what a screen shows, already folded. Times are ms since 1970; ages are for the screen.

use serde::{Deserialize, Serialize};

use crate::base::class::{Class, Urgency};
use crate::base::geo::Point;
use crate::base::ids::{DepotId, DeviceId, ItemId, LinkId, PlaceId, SpokenId, UnitId};
use crate::base::quantity::Quantity;
use crate::local::request::{MovementKind, Need, OrderKind, Proxy, Rung, UnitState};

pub use crate::base::roles::ROLE_WORDS;

/// The node at a glance.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StatusRow {
    /// Program version.
    pub version: String,
    /// District code, such as 500116.
    pub district: String,
    /// District name.
    pub name: String,
    /// True in a drill network: everything shown carries 演练.
    pub drill: bool,
    /// This device.
    pub device: DeviceId,
    /// The unit it speaks for.
    pub unit: UnitId,
    /// Name of that unit.
    pub unit_name: String,
    /// Its role words.
    pub roles: Vec<String>,
    /// Wall clock of the daemon, ms since 1970.
    pub now_ms: u64,
    /// Records held.
    pub records: u64,
    /// Records that are received but not yet verified (未验).
    pub provisional: u64,
    /// Records refused because the author may not write them.
    pub refused: u64,
    /// 8 hex digits; equal on two nodes when they hold the same verified records.
    pub digest: String,
    /// 8 hex digits over the newest positions; equal when the boards are equal.
    pub board_digest: String,
    /// Orders that still lack an answer they need.
    pub open_orders: u32,
    /// Orders addressed to this unit that nobody here has answered.
    pub unanswered_here: u32,
    /// Things waiting to be sent, over all links.
    pub outbox: u32,
    /// Set while the disk refuses to save: nothing new is accepted.
    pub unsaved: Option<String>,
    /// Seconds since the daemon started.
    pub uptime_s: u64,
}

/// State of a link, in one word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// Carries frames.
    Up,
    /// Not connected; being tried again.
    #[default]
    Down,
    /// Connected, nobody heard yet.
    Silent,
}

/// One link of a bearer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BearerRow {
    /// Link number.
    pub link: LinkId,
    /// Name from the configuration.
    pub name: String,
    /// `udp`, `kiss-tcp`, `kiss-serial`, `carry`.
    pub kind: String,
    /// Address, device path or folder.
    pub target: String,
    /// State word.
    pub state: LinkState,
    /// Why it is down, with a remedy, when known.
    pub error: Option<String>,
    /// Raw rate from the profile.
    pub rate_bit_s: u32,
    /// Largest frame.
    pub mtu: u16,
    /// Frames and bytes handed to the bearer since start, framing of the bearer included.
    pub sent_frames: u64,
    /// See `sent_frames`.
    pub sent_bytes: u64,
    /// Frames and bytes heard since start.
    pub heard_frames: u64,
    /// See `heard_frames`.
    pub heard_bytes: u64,
    /// Frames dropped, by reason word.
    pub dropped: Vec<(String, u64)>,
    /// Things waiting for this link.
    pub queue: u32,
    /// When a frame was last heard.
    pub last_heard_ms: Option<u64>,
    /// When a frame was last sent.
    pub last_sent_ms: Option<u64>,
    /// Share of frames lost, in 1/1000, from our own acks; `None` before there is evidence.
    pub loss_permille: Option<u16>,
}

/// One device heard over one link.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PeerRow {
    /// The device.
    pub device: DeviceId,
    /// Name of its unit.
    pub unit_name: String,
    /// Over which link.
    pub link: LinkId,
    /// Name of that link.
    pub link_name: String,
    /// When it was last heard.
    pub last_heard_ms: u64,
    /// True if its last word said that it holds exactly what we hold.
    pub in_step: bool,
    /// Records that we hold and it is not known to hold.
    pub lacks: u32,
}

/// State of an order as a whole, for the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// Not sealed yet, or its seal is missing here (未验).
    #[default]
    Provisional,
    /// Someone still owes the rung wanted.
    Open,
    /// The time is up and someone still owes an answer.
    Overdue,
    /// Everyone has reached the rung wanted.
    Answered,
    /// At least one unit cannot or failed, and nobody else is outstanding.
    Failed,
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
    /// Audience in words.
    pub to: String,
    /// The text.
    pub text: String,
    /// When it was issued.
    pub issued_ms: u64,
    /// When it must be answered.
    pub act_by_ms: Option<u64>,
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

/// The newest fix of one unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PositionRow {
    /// The unit.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// Device that reported it.
    pub device: DeviceId,
    /// Where.
    pub point: Point,
    /// When the fix was taken.
    pub fixed_ms: u64,
    /// What the unit is doing.
    pub state: UnitState,
    /// `gps`, `manual`.
    pub source: String,
    /// Ground speed in dm/s, if known.
    pub speed_dm_s: Option<u16>,
    /// Course in degrees, if known.
    pub course_deg: Option<u16>,
    /// Satellites used, if known.
    pub satellites: Option<u8>,
    /// Battery of the device in percent, if known.
    pub battery_pct: Option<u8>,
}

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

/// What a log row tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogKind {
    /// An order was issued.
    Order,
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

/// One thing that waits to be sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutboxRow {
    /// Link it waits for.
    pub link: LinkId,
    /// Name of that link.
    pub link_name: String,
    /// Urgency.
    pub urgency: Urgency,
    /// Lane it belongs to, or `board`.
    pub what: String,
    /// Author.
    pub author: DeviceId,
    /// First and last record.
    pub first: u32,
    /// See `first`.
    pub last: u32,
    /// Bytes, without framing.
    pub bytes: u32,
    /// Times it was sent without an answer.
    pub tries: u32,
}

/// A unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnitRow {
    /// Index.
    pub unit: UnitId,
    /// Code, such as T05.
    pub code: String,
    /// Name.
    pub name: String,
    /// `centre`, `forward`, `town`, `team`, `depot`, `village`, `agency`.
    pub kind: String,
    /// Where it belongs.
    pub place: Option<PlaceId>,
    /// People.
    pub people: u32,
}

/// A place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlaceRow {
    /// Index.
    pub place: PlaceId,
    /// Official or local code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Where.
    pub point: Option<Point>,
}

/// An item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ItemRow {
    /// Index.
    pub item: ItemId,
    /// Code, such as E001.
    pub code: String,
    /// Name.
    pub name: String,
    /// Unit of count.
    pub unit: String,
}

/// A depot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DepotRow {
    /// Index.
    pub depot: DepotId,
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Unit that keeps it.
    pub custodian: UnitId,
}

/// A device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeviceRow {
    /// Index.
    pub device: DeviceId,
    /// Unit it speaks for.
    pub unit: UnitId,
    /// Name of that unit.
    pub unit_name: String,
    /// Role words.
    pub roles: Vec<String>,
    /// First 8 hex digits of its key.
    pub key: String,
}

/// The whole directory.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DirectoryRows {
    /// Version: last sequence number of the authority's directory lane.
    pub version: u32,
    /// Places.
    pub places: Vec<PlaceRow>,
    /// Units.
    pub units: Vec<UnitRow>,
    /// Items.
    pub items: Vec<ItemRow>,
    /// Depots.
    pub depots: Vec<DepotRow>,
    /// Devices.
    pub devices: Vec<DeviceRow>,
    /// Names of persons.
    pub persons: Vec<String>,
}
