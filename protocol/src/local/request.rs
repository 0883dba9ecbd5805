//! What a local program may ask of a node. One variant, one HTTP call.

mod means;
mod stock;
mod tables;
mod vault;

use serde::{Deserialize, Serialize};

use crate::base::class::Class;
use crate::base::geo::Point;
use crate::base::ids::{DeviceId, SpokenId};

pub use means::{Proxy, TextMeans};
pub use stock::{
    ArrivalDraft, ArrivalLine, CountDraft, LineDraft, MovementDraft, MovementKind, WaybillDraft,
};
pub use tables::{ImportDraft, TABLE_FILES, TableFile};
pub use vault::{Passphrase, VaultAsk};

pub use super::file::FileDraft;

/// A question or a wish of a local program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Request {
    /// The node at a glance.
    Status,
    /// Bearers and their links.
    Bearers,
    /// Devices heard, and what they hold.
    Peers,
    /// Places, units, persons, items, depots, devices.
    Directory,
    /// One list of the directory, withdrawn lines too.
    DirectoryList {
        /// Its name, see [`crate::local::rows::ListRows`].
        list: String,
    },
    /// Take tables into the directory, or say what they would change (authority only). The daemon
    /// reads them; the machine gets what stands in them.
    ImportDirectory(ImportDraft),
    /// A file with the directory alone, as it is signed; taken in like any carried file.
    ExportDirectory,
    /// The device that has a key.
    DeviceOfKey {
        /// Its public key, 64 hex digits.
        key: String,
    },
    /// Everything that is known of one device.
    ShowDevice {
        /// Its number.
        device: DeviceId,
    },
    /// Put units into a group, which is made if there is none of this name (authority only).
    AddToGroup {
        /// Its name.
        group: String,
        /// Names or codes of units.
        units: Vec<String>,
        /// Names or codes of depots whose posts are sealed to it from now on.
        depots: Vec<String>,
    },
    /// Take units out of a group: what is sealed to it from now on they cannot read (authority
    /// only).
    RemoveFromGroup {
        /// Its name.
        group: String,
        /// Names or codes of units; none, and no depots, to end the group.
        units: Vec<String>,
        /// Names or codes of depots whose posts are sealed to it no more.
        depots: Vec<String>,
    },
    /// All orders, newest first.
    Orders {
        /// Only those that still lack an answer they need.
        open_only: bool,
    },
    /// One order with every receipt.
    Order {
        /// Its number.
        id: SpokenId,
    },
    /// Issue an order.
    SendOrder(OrderDraft),
    /// Sign a draft: from then on it is an order.
    SignOrder {
        /// The number of the draft.
        id: SpokenId,
        /// Who signs; a name. The operator of the console if absent.
        person: Option<String>,
    },
    /// Withdraw an order.
    CancelOrder {
        /// Its number.
        id: SpokenId,
        /// Why, for everyone to read.
        reason: String,
        /// Who withdraws it; a name.
        person: Option<String>,
    },
    /// Somebody else is at this device from now on: acts where a request names nobody.
    SetOperator {
        /// A name; empty for the operator of the configuration.
        name: String,
    },
    /// Answer an order.
    SendReceipt(ReceiptDraft),
    /// All attachments, newest first.
    Files,
    /// Attach a file: the daemon keeps it, and a record says that it exists.
    SendFile {
        /// What is said of it. Hash and size are found by the daemon.
        draft: FileDraft,
        /// The file, whole; the machine never sees it.
        #[serde(skip)]
        bytes: Vec<u8>,
    },
    /// Fetch a file from whoever has it and is reached by broadband. The daemon answers.
    FetchFile {
        /// Its hash, the first eight digits of it at least, or the number of its record.
        file: String,
    },
    /// The file itself, if it is here. The daemon answers.
    OpenFile {
        /// As in `FetchFile`.
        file: String,
    },
    /// The newest fix of every unit.
    Positions,
    /// Report a position by hand.
    ReportPosition(PositionDraft),
    /// On hand and in transit, per depot and item.
    Stock {
        /// Only this depot (name or code).
        depot: Option<String>,
        /// Only this item (name or code).
        item: Option<String>,
    },
    /// Every movement of one item, with running balances.
    StockCard {
        /// Item name or code.
        item: String,
        /// Only this depot (name or code).
        depot: Option<String>,
    },
    /// Waybills, open ones first.
    Waybills,
    /// Goods in or out of one depot.
    PostMovement(MovementDraft),
    /// Several movements at once, all or none (opening stock, CSV import).
    PostMovements {
        /// At most [`MOVEMENTS_PER_REQUEST_MAX`].
        movements: Vec<MovementDraft>,
    },
    /// Goods leave one depot for another.
    ShipWaybill(WaybillDraft),
    /// Goods of a waybill arrive.
    ArriveWaybill(ArrivalDraft),
    /// A count of one depot.
    PostCount(CountDraft),
    /// Tell everyone what lies in the depots that this device may post for (库存快照), so that a
    /// machine that has lost its ledgers knows it before they come.
    SnapshotStock {
        /// Who vouches for it; a name. The operator of the console if absent.
        person: Option<String>,
    },
    /// Seal now what was posted here and waits for company, so that others count it as soon as it
    /// comes. Says how many records there were; none is no fault.
    SealStock,
    /// Everything that happened, from verified records, oldest first.
    Log {
        /// Only rows after this moment, ms since 1970.
        after_ms: Option<u64>,
        /// At most so many rows, the newest ones; 0 means all.
        limit: u32,
    },
    /// What waits to be sent, per link.
    Outbox,
    /// Read the configuration again and let exactly its bearers and sources run. Answered by the
    /// daemon, which has the file; the machine knows nothing of it.
    ReloadBearers {
        /// Only say what would change.
        check_only: bool,
    },
    /// The vault of this machine. Answered by the daemon.
    Vault(VaultAsk),
    /// Admit a device (authority only). The request is what `device request` wrote.
    AdmitDevice {
        /// Text of the request file.
        request: String,
        /// Unit name or code that the device will speak for.
        unit: String,
        /// Role words, see [`crate::local::rows::ROLE_WORDS`].
        roles: Vec<String>,
        /// Its key has a number already, and its join file is to be made once more.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        again: bool,
    },
    /// Give a field issuer another term (authority only).
    RenewDevice {
        /// The device.
        device: DeviceId,
    },
    /// Trust a device no longer (authority only). What it wrote up to now stays.
    RevokeDevice {
        /// The device.
        device: DeviceId,
        /// Why, in a few words; may be empty.
        #[serde(default)]
        reason: String,
    },
    /// A file with all that this node holds, or all that one device is not known to hold.
    CarryExport {
        /// Device index or unit name.
        for_device: Option<String>,
    },
    /// Handsets and texts of the village gateway on this machine.
    Village,
    /// Take a text as if this handset had sent it: training, or a text read out over the phone.
    VillageHear {
        /// By what means; SMS if absent.
        means: Option<TextMeans>,
        /// Number of the handset.
        number: String,
        /// What it says.
        text: String,
    },
    /// The most urgent of what one device is not known to hold, as short texts to be shown as
    /// codes. Without a device: of what nobody else is known to hold.
    CarrySheets {
        /// Device index or unit name.
        for_device: Option<String>,
        /// Bytes of all of it, at most [`crate::base::caps::SHEETS_BYTES_MAX`].
        bytes_max: u32,
        /// Characters of one text: capitals, digits and a colon.
        chars_max: u16,
    },
    /// Put such texts together, in any order, and take them in once none lacks.
    CarryScan {
        /// All lines read so far; at most [`crate::base::caps::SCAN_LINES_MAX`].
        lines: Vec<String>,
    },
    /// Take in such a file.
    CarryImport {
        /// The file, whole.
        #[serde(skip)]
        bytes: Vec<u8>,
    },
}

/// Movements of one [`Request::PostMovements`]: as many records go to the disk in one batch.
pub const MOVEMENTS_PER_REQUEST_MAX: usize = 2048;

/// What kind of message it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum OrderKind {
    /// 叫应: a warning that wants an answer.
    Alert = 0,
    /// 指令: do this.
    #[default]
    Order = 1,
    /// 求助: give me this.
    Request = 2,
    /// 通报: know this.
    Update = 3,
}

/// How far up the ladder an answer must come before the order counts as answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Need {
    /// A named person has read it.
    #[default]
    Acknowledged = 0,
    /// It was carried out.
    Done = 1,
}

/// A draft order as typed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OrderDraft {
    /// Unit, place or post names or codes, or `all`. Commas separate.
    pub to: String,
    /// Alert, order, request or update.
    pub kind: OrderKind,
    /// Precedence; routine if absent.
    pub class: Option<Class>,
    /// The text; empty if a template says it.
    pub text: String,
    /// Code of an order template of the directory.
    pub template: Option<String>,
    /// What stands in its blanks: `name=value`, or values in their order.
    pub fields: Vec<String>,
    /// Seconds from now until it must be answered.
    pub act_by_s: Option<u32>,
    /// Seconds from now after which nobody may act upon it any more.
    #[serde(default)]
    pub expires_s: Option<u32>,
    /// The rung wanted.
    pub need: Need,
    /// Who issues it; a name. The operator of the console if absent.
    pub person: Option<String>,
    /// Only a draft: no order before somebody whose device may sign has signed it.
    pub for_signature: bool,
    /// Name of the group that alone can read the text; the whole network if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

/// Rungs of the ladder that people climb. `sent` and `delivered` are found by machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Rung {
    /// 已签收: a named person has read it.
    Acknowledged = 1,
    /// 已接受.
    Accepted = 2,
    /// 不能执行, with a reason.
    Cannot = 3,
    /// 已落实.
    Done = 4,
    /// 未能落实: tried, and it failed.
    Failed = 5,
}

/// A draft receipt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptDraft {
    /// Which order. Taken from the path in HTTP calls.
    #[serde(default = "no_order")]
    pub id: SpokenId,
    /// Which rung.
    pub rung: Rung,
    /// Numbers, place, reason. Needed for `cannot` and `failed`.
    #[serde(default)]
    pub note: String,
    /// Who answers; a name.
    #[serde(default)]
    pub person: Option<String>,
    /// Set when someone answers for a unit that told them by another means.
    #[serde(default)]
    pub proxy: Option<Proxy>,
    /// The unit that answers; this device's own unit if absent. Needed with `proxy`.
    #[serde(default)]
    pub unit: Option<String>,
}

fn no_order() -> SpokenId {
    SpokenId { author: DeviceId(0), incarnation: 0, seq: 0 }
}

/// What a unit is doing.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum UnitState {
    /// 待命.
    #[default]
    Standby = 0,
    /// 集结.
    Mustered = 1,
    /// 出发.
    Departed = 2,
    /// 在途.
    EnRoute = 3,
    /// 到达.
    Arrived = 4,
    /// 返回.
    Returning = 5,
    /// 撤收.
    Withdrawn = 6,
}

/// A position typed by hand, or handed over by a source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PositionDraft {
    /// Unit name or code; this device's own unit if absent.
    #[serde(default)]
    pub unit: Option<String>,
    /// Where, CGCS2000.
    pub point: Point,
    /// What it is doing, if it changed.
    #[serde(default)]
    pub state: Option<UnitState>,
}
