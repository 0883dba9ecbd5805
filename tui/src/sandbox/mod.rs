//! A made-up daemon: a small district whose rows never leave memory. Tests ask it instead of a
//! real one, and the example `sandbox` runs the console on it. It folds nothing; it changes a row
//! just enough that a screen has something to show.

mod carry;
mod district;
mod driver;
mod links;
pub mod stores;
mod tables;
mod vault;

pub use driver::{Driver, key_named};
pub use vault::PASSPHRASE;

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use sanduan_protocol::base::ids::{DeviceId, SpokenId};
use sanduan_protocol::local::request::{OrderDraft, ReceiptDraft, Rung};
use sanduan_protocol::local::rows::{self, OrderState};
use sanduan_protocol::local::{Event, Refusal, RefusalCode, Reply, Request};

use crate::feed::{Change, EventStream, Feed, FeedError};

/// The moment at which the made-up district stands: 2025-08-18 10:00 in Chongqing.
pub const NOW_MS: u64 = 1_755_482_400_000;

/// The rows of the district, and what was asked of it.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// Present moment of the district.
    pub now_ms: u64,
    /// The node.
    pub status: rows::StatusRow,
    /// Orders, newest first, with their answers.
    pub orders: Vec<rows::OrderDetail>,
    /// Positions.
    pub positions: Vec<rows::PositionRow>,
    /// Stock.
    pub stock: Vec<rows::StockRow>,
    /// Depots that cannot be read here.
    pub sealed: Vec<rows::SealedDepotRow>,
    /// One stock card, given for every item.
    pub card: Vec<rows::StockCardRow>,
    /// Waybills.
    pub waybills: Vec<rows::WaybillRow>,
    /// Links.
    pub bearers: Vec<rows::BearerRow>,
    /// Devices heard.
    pub peers: Vec<rows::PeerRow>,
    /// What waits.
    pub outbox: Vec<rows::OutboxRow>,
    /// Handsets and their texts.
    pub village: rows::VillageRows,
    /// The log.
    pub log: Vec<rows::LogRow>,
    /// Who is who.
    pub directory: rows::DirectoryRows,
    /// Every request, oldest first.
    pub asked: Vec<Request>,
    /// When set, every wish is refused with it.
    pub refusal: Option<Refusal>,
}

/// The made-up daemon. Clones share the same district.
#[derive(Clone)]
pub struct Sandbox {
    rows: Arc<Mutex<Rows>>,
    listeners: Arc<Mutex<Vec<Sender<Change>>>>,
}

impl Sandbox {
    /// A district that stands at `now_ms`.
    pub fn at(now_ms: u64) -> Sandbox {
        let mut rows = Rows { now_ms, ..Rows::default() };
        district::fill(&mut rows);
        stores::fill(&mut rows);
        links::fill(&mut rows);
        Sandbox { rows: Arc::new(Mutex::new(rows)), listeners: Arc::default() }
    }

    /// The rows, to look at or to change.
    pub fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().expect("no test panics while it holds the rows")
    }

    /// Tells every open stream a change.
    pub fn tell(&self, event: Event) {
        let change = Change::Event { id: Some("1".to_owned()), event: Box::new(event) };
        let mut listeners = self.listeners.lock().expect("nobody panics while telling");
        listeners.retain(|listener| listener.send(change.clone()).is_ok());
    }

    fn answer(&self, request: &Request) -> Result<Reply, FeedError> {
        let mut rows = self.rows();
        rows.asked.push(request.clone());
        match read(&rows, request) {
            Some(reply) => Ok(reply),
            None => match rows.refusal.clone().or_else(|| vault::refusal(&rows, request)) {
                Some(refusal) => Err(FeedError::Refused(refusal)),
                None => {
                    let (reply, event) = write(&mut rows, request)?;
                    drop(rows);
                    event.into_iter().for_each(|event| self.tell(event));
                    Ok(reply)
                }
            },
        }
    }
}

impl Feed for Sandbox {
    fn ask(&mut self, request: &Request) -> Result<Reply, FeedError> {
        self.answer(request)
    }

    fn listen(&mut self, _after: Option<&str>) -> Result<Box<dyn EventStream>, FeedError> {
        let (to, from) = channel();
        self.listeners.lock().expect("nobody panics while telling").push(to);
        Ok(Box::new(Told(from)))
    }
}

/// A stream of what the sandbox is told to tell.
struct Told(Receiver<Change>);

impl EventStream for Told {
    fn next(&mut self) -> Result<Change, FeedError> {
        match self.0.recv_timeout(Duration::from_secs(15)) {
            Ok(change) => Ok(change),
            Err(RecvTimeoutError::Timeout) => Ok(Change::Quiet { id: None }),
            Err(RecvTimeoutError::Disconnected) => {
                Err(FeedError::Broken { what: "closed".to_owned() })
            }
        }
    }
}

/// The answer to a question; `None` for a wish.
fn read(rows: &Rows, request: &Request) -> Option<Reply> {
    let open = |row: &&rows::OrderDetail| {
        matches!(row.order.state, OrderState::Open | OrderState::Overdue)
    };
    Some(match request {
        Request::Status => Reply::Status(Box::new(rows.status.clone())),
        Request::Bearers => Reply::Bearers { bearers: rows.bearers.clone() },
        Request::Peers => Reply::Peers { peers: rows.peers.clone() },
        Request::Directory => Reply::Directory(Box::new(rows.directory.clone())),
        Request::DirectoryList { list } => tables::list(list)?,
        Request::Orders { open_only } => {
            let all = rows.orders.iter().filter(|row| !open_only || open(row));
            Reply::Orders { orders: all.map(|row| row.order.clone()).collect() }
        }
        Request::Order { id } => {
            let found = rows.orders.iter().find(|row| row.order.id == *id)?;
            Reply::Order(Box::new(found.clone()))
        }
        Request::Positions => Reply::Positions { positions: rows.positions.clone() },
        Request::Stock { .. } => {
            Reply::Stock { stock: rows.stock.clone(), sealed: rows.sealed.clone() }
        }
        Request::StockCard { .. } => Reply::StockCard { card: rows.card.clone() },
        Request::Waybills => Reply::Waybills { waybills: rows.waybills.clone() },
        Request::Log { .. } => Reply::Log { log: rows.log.clone() },
        Request::Outbox => Reply::Outbox { outbox: rows.outbox.clone() },
        Request::Village | Request::VillageHear { .. } => {
            Reply::Village(Box::new(rows.village.clone()))
        }
        Request::ReloadBearers { check_only } => {
            Reply::Reloaded(Box::new(links::reloaded(*check_only)))
        }
        Request::Files => Reply::Files { files: Vec::new() },
        Request::DeviceOfKey { key } => {
            let is_it = |row: &&rows::DeviceRow| key.starts_with(&row.key);
            Reply::Device(rows.directory.devices.iter().find(is_it)?.clone())
        }
        Request::ShowDevice { device } => links::device(rows, *device)?,
        Request::SendFile { .. }
        | Request::FetchFile { .. }
        | Request::OpenFile { .. }
        | Request::ImportDirectory(_)
        | Request::ExportDirectory
        | Request::SendOrder(_)
        | Request::SignOrder { .. }
        | Request::SetOperator { .. }
        | Request::CancelOrder { .. }
        | Request::SendReceipt(_)
        | Request::ReportPosition(_)
        | Request::PostMovement(_)
        | Request::PostMovements { .. }
        | Request::ShipWaybill(_)
        | Request::ArriveWaybill(_)
        | Request::PostCount(_)
        | Request::SnapshotStock { .. }
        | Request::SealStock
        | Request::AdmitDevice { .. }
        | Request::Vault(_)
        | Request::RenewDevice { .. }
        | Request::RevokeDevice { .. }
        | Request::AddToGroup { .. }
        | Request::RemoveFromGroup { .. }
        | Request::CarryExport { .. }
        | Request::CarrySheets { .. }
        | Request::CarryScan { .. }
        | Request::CarryImport { .. } => return None,
    })
}

/// Something was saved that is no record of the log.
const NO_RECORD: Reply = Reply::Saved { id: None, records: 0 };
/// A line of the directory was saved.
const LINE_SAVED: Reply = Reply::Saved { id: None, records: 1 };

fn write(rows: &mut Rows, request: &Request) -> Result<(Reply, Option<Event>), FeedError> {
    let saved = |seq| Reply::Saved { id: Some(spoken(1, seq)), records: 1 };
    Ok(match request {
        Request::SendOrder(draft) => sent(rows, draft),
        Request::SignOrder { id, person } => {
            (saved(940), Some(signed(find(rows, *id)?, person.as_deref())))
        }
        Request::CancelOrder { id, reason, .. } => cancelled(find(rows, *id)?, reason),
        Request::SendReceipt(draft) => {
            let now_ms = rows.now_ms;
            let order = find(rows, draft.id)?;
            answered(order, draft, now_ms);
            (saved(960), Some(Event::Order(Box::new(order.order.clone()))))
        }
        Request::SetOperator { .. } | Request::ReportPosition(_) => (NO_RECORD, None),
        Request::PostMovements { movements } => {
            let records = movements.len() as u32;
            (Reply::Saved { id: Some(spoken(1, 970)), records }, None)
        }
        Request::Vault(ask) => vault::answer(rows, ask)?,
        Request::AdmitDevice { .. } => {
            let join = "sanduan-join made up\n".to_owned();
            let check_words = ["毛笔围棋", "拼图荔枝"].map(str::to_owned).to_vec();
            (Reply::Admitted { device: DeviceId(9), join, check_words }, None)
        }
        Request::RenewDevice { .. }
        | Request::RevokeDevice { .. }
        | Request::AddToGroup { .. }
        | Request::RemoveFromGroup { .. } => (LINE_SAVED, None),
        Request::ImportDirectory(draft) => (tables::imported(draft), None),
        Request::CarryExport { .. } | Request::ExportDirectory => {
            (Reply::CarryFile { bytes: b"carried".to_vec(), records: 3 }, None)
        }
        Request::CarrySheets { .. } => (carry::sheets(), None),
        Request::CarryScan { lines } => (carry::scanned(lines), None),
        Request::CarryImport { .. } => {
            let refused = vec![("bad_tag".to_owned(), 1)];
            (Reply::CarryTaken { new: 2, known: 5, refused }, None)
        }
        Request::PostMovement(_)
        | Request::ShipWaybill(_)
        | Request::ArriveWaybill(_)
        | Request::PostCount(_)
        | Request::SnapshotStock { .. }
        | Request::SealStock => (saved(980), Some(Event::Stock { depots: Vec::new() })),
        Request::Order { id } => return Err(unknown(*id)),
        Request::SendFile { .. } => {
            (Reply::FileSaved { id: spoken(1, 990), hash: "0".repeat(64) }, None)
        }
        Request::FetchFile { .. } | Request::OpenFile { .. } => return Err(unknown(spoken(0, 0))),
        Request::ShowDevice { .. }
        | Request::DeviceOfKey { .. }
        | Request::DirectoryList { .. } => return Err(unknown(spoken(0, 0))),
        Request::Status
        | Request::Bearers
        | Request::Peers
        | Request::Directory
        | Request::Files
        | Request::Orders { .. }
        | Request::Positions
        | Request::Stock { .. }
        | Request::StockCard { .. }
        | Request::Waybills
        | Request::Log { .. }
        | Request::Village
        | Request::VillageHear { .. }
        | Request::Outbox
        | Request::ReloadBearers { .. } => unreachable!("questions are answered by `read`"),
    })
}

fn sent(rows: &mut Rows, draft: &OrderDraft) -> (Reply, Option<Event>) {
    let order = issued(rows, draft, 900 + rows.orders.len() as u32);
    rows.orders.insert(0, order.clone());
    let saved = Reply::Saved { id: Some(order.order.id), records: 1 };
    (saved, Some(Event::Order(Box::new(order.order))))
}

fn signed(order: &mut rows::OrderDetail, person: Option<&str>) -> Event {
    order.order.state = OrderState::Open;
    order.order.person = person.unwrap_or_default().to_owned();
    Event::Order(Box::new(order.order.clone()))
}

fn withdrawn(order: &mut rows::OrderDetail, reason: &str) -> Event {
    order.order.state = OrderState::Cancelled;
    order.order.cancel_reason = Some(reason.to_owned());
    Event::Order(Box::new(order.order.clone()))
}

fn find(rows: &mut Rows, id: SpokenId) -> Result<&mut rows::OrderDetail, FeedError> {
    rows.orders.iter_mut().find(|row| row.order.id == id).ok_or_else(|| unknown(id))
}

fn unknown(id: SpokenId) -> FeedError {
    let zh = format!("没有序号为 {id} 的指令。请核对序号。");
    let en = format!("There is no order {id}. Check the number.");
    FeedError::Refused(Refusal::new(RefusalCode::UnknownId, zh, en))
}

fn cancelled(order: &mut rows::OrderDetail, reason: &str) -> (Reply, Option<Event>) {
    let saved = Reply::Saved { id: Some(spoken(1, 950)), records: 1 };
    (saved, Some(withdrawn(order, reason)))
}

fn issued(rows: &Rows, draft: &OrderDraft, seq: u32) -> rows::OrderDetail {
    let mut order = rows.orders[0].clone();
    order.receipts.clear();
    order.addressees.truncate(1);
    let until_ms = |span_s: u32| rows.now_ms + u64::from(span_s) * 1000;
    order.order = rows::OrderRow {
        id: spoken(1, seq),
        kind: draft.kind,
        class: draft.class.unwrap_or(sanduan_protocol::base::class::Class::Routine),
        state: if draft.for_signature { OrderState::Draft } else { OrderState::Open },
        drafter: draft.person.clone().filter(|_| draft.for_signature),
        to: draft.to.clone(),
        text: draft.text.clone(),
        group: None,
        issued_ms: rows.now_ms,
        act_by_ms: draft.act_by_s.filter(|_| !draft.for_signature).map(until_ms),
        expires_ms: draft.expires_s.filter(|_| !draft.for_signature).map(until_ms),
        act_by_s: draft.act_by_s.filter(|_| draft.for_signature).map(u64::from),
        expires_s: draft.expires_s.filter(|_| draft.for_signature).map(u64::from),
        need: draft.need,
        owed: 1,
        delivered: 0,
        acknowledged: 0,
        done: 0,
        refused: 0,
        unanswered_here: false,
        ..order.order
    };
    order
}

fn answered(order: &mut rows::OrderDetail, draft: &ReceiptDraft, now_ms: u64) {
    order.order.unanswered_here = false;
    order.order.acknowledged = (order.order.acknowledged + 1).min(order.order.owed);
    if draft.rung == Rung::Done {
        order.order.done = (order.order.done + 1).min(order.order.owed);
    }
    if let Some(row) = order.addressees.iter_mut().find(|row| row.rung.is_none()) {
        row.rung = Some(draft.rung);
        row.person = draft.person.clone();
        row.at_ms = Some(now_ms);
        row.note.clone_from(&draft.note);
    }
}

/// The number `author-seq`.
pub fn spoken(author: u16, seq: u32) -> SpokenId {
    SpokenId { author: DeviceId(author), incarnation: 0, seq }
}
