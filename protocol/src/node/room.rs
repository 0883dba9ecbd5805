//! What is not taken in while the disk has little room (`base::room`): which requests are refused,
//! in words that say what to free, and which records of others are left where they are until there
//! is room. What goes of what is stored is decided in `evict`.
//!
//! - `NoBulk`: attachments and more than [`ROOM_MOVEMENTS_MAX`] movements at once are refused;
//!   stock and reports in carry files are left there.
//! - `OrdersOnly`: whatever is no order, receipt, withdrawal, revocation or directory is refused;
//!   stock and reports of others are left with them; positions are shown, passed on, and not saved.

use std::collections::BTreeMap;

use crate::base::caps::ROOM_MOVEMENTS_MAX;
use crate::base::ids::{Lane, LaneId, LinkId, RecordId};
use crate::base::room::{Level, Measured, Room};
use crate::base::time::Mono;
use crate::local::rows::RoomRow;
use crate::local::{Event, Refusal, RefusalCode, Request, halves};
use crate::node::Node;
use crate::node::disk::Stored;
use crate::wire::bundle::{Register, RegisterId};

const MB: u64 = 1024 * 1024;

/// Why a record was left where it is, as links and carry files count it.
pub(super) const HELD_BACK: &str = "disk_nearly_full";
/// While something is held back, what others hold always differs from what we hold. Lists are
/// compared at most once in so long on a link then, or as often as it has beacons.
const REST_MAX_MS: u64 = 600_000;

/// What the disk has room for, and what follows from that for the links.
#[derive(Debug, Default)]
pub(super) struct HeldBack {
    room: Room,
    /// Something of others was left where it is.
    has_held: bool,
    /// When each link may compare lists again.
    rests: BTreeMap<LinkId, Mono>,
}

impl HeldBack {
    /// What may be taken in.
    pub(super) fn level(&self) -> Level {
        self.room.level()
    }

    /// Something was left where it is, if it was.
    pub(super) fn note(&mut self, is_held: bool) {
        self.has_held |= is_held;
    }
}

impl Node {
    /// The disk was measured.
    pub(super) fn room_measured(&mut self, measured: Measured) {
        let shown = self.room_row();
        let before = self.held.room.measure(measured);
        self.make_room();
        let row = self.room_row();
        let level = row.level;
        let is_evicted = row.evicted_records != shown.evicted_records;
        if level != before || is_evicted || (level > Level::Ample && row.pct != shown.pct) {
            self.feed(Event::Room(Box::new(row)));
        }
        if before == Level::OrdersOnly && level < before {
            (self.held.has_held, self.held.rests) = (false, BTreeMap::new());
            // What was held back is asked for now, and not when the next beacon is due.
            let links: Vec<LinkId> = self.links.keys().collect();
            links.into_iter().for_each(|link| self.greet(link));
        }
    }

    /// True if the next records of a lane stay where they are while the disk is at `from` or
    /// fuller. Orders and the directory always come in, and so does what this device wrote itself.
    pub(super) fn is_lane_held_back(&self, id: LaneId, from: Level) -> bool {
        let is_low = match id.lane {
            Lane::Command | Lane::Directory => false,
            Lane::Report | Lane::Stock => true,
        };
        is_low && id.author != self.who.device && self.held.room.level() >= from
    }

    /// The same of one record: what is here already is no question.
    pub(super) fn is_held_back(&self, id: RecordId, from: Level) -> bool {
        let head = self.book.lane(id.lane).map_or(0, |lane| lane.head());
        id.seq > head && self.is_lane_held_back(id.lane, from)
    }

    /// True if what was heard up to this record is left where it is for now. It is not answered
    /// either: an answer that says what we hold would only have it sent again at once, and silence
    /// lets its sender wait longer each time.
    pub(super) fn leaves_for_later(&mut self, link: LinkId, last: RecordId) -> bool {
        let is_held = self.is_held_back(last, Level::OrdersOnly);
        if is_held {
            self.held.note(true);
            self.note_dropped(link, HELD_BACK);
        }
        is_held
    }

    /// True if a link compared lists a while ago and they differ in what is held back, most
    /// likely. Whatever is urgent comes and is asked for by its own lane.
    pub(super) fn rests_from_lists(&mut self, id: LinkId) -> bool {
        let now = self.now.mono;
        let Some(link) = self.links.get(id).filter(|_| self.held.has_held) else { return false };
        if self.held.rests.get(&id).is_some_and(|until| *until > now) {
            return true;
        }
        let rest_ms = u64::from(link.profile.beacon_max_ms).min(REST_MAX_MS);
        self.held.rests.insert(id, now.after_ms(rest_ms));
        false
    }

    /// Save a register, unless the disk has room for orders only and it is worth nothing in an
    /// hour: positions and batteries live on in memory then.
    /// True if it is on its way to the disk.
    pub(super) fn keep_register(&mut self, register: Register) -> bool {
        let is_passing = match register.id {
            RegisterId::Fix(..) | RegisterId::Status(_) => true,
            RegisterId::Held(..) => false,
        };
        let is_kept = !is_passing || self.held.room.level() < Level::OrdersOnly;
        if is_kept {
            self.disk.put(Stored::Register(register), false);
        }
        is_kept
    }

    /// May this request write what it wants to write?
    pub(super) fn has_room_for(&self, request: &Request) -> Result<(), Refusal> {
        let Some(refused_from) = refused_from(request) else { return Ok(()) };
        let level = self.held.room.level();
        if level < refused_from {
            return Ok(());
        }
        let row = self.room_row();
        let (what_zh, what_en) = match level {
            Level::OrdersOnly => (
                "只收指令、回执、撤回、吊销和名录",
                "it takes orders, receipts, withdrawals, revocations and the directory only",
            ),
            Level::Ample | Level::Low | Level::NoBulk => {
                ("不收附件和成批物资", "it takes no attachments and no long lists of stock")
            }
        };
        let (zh, en) = halves(&row.advice);
        let pct = row.pct;
        Err(Refusal::new(
            RefusalCode::NotSaved,
            format!("存储已用 {pct}%，{what_zh}；此条未录入，腾出空间后再录。{zh}"),
            format!(
                "Storage is {pct} % full: {what_en}. Not entered; enter it again once there is \
                 room. {en}"
            ),
        ))
    }

    /// How much room there is, and what to do about it.
    pub(super) fn room_row(&self) -> RoomRow {
        let level = self.held.room.level();
        let evicted_records = self.book.gone_count();
        let Some(measured) = self.held.room.measured() else {
            return RoomRow { evicted_records, ..RoomRow::default() };
        };
        let by_disk = measured.disk_pct() >= measured.quota_pct();
        RoomRow {
            level,
            measured: true,
            pct: measured.pct(),
            by_disk,
            used_bytes: measured.used_bytes,
            quota_bytes: measured.quota_bytes,
            free_bytes: measured.free_bytes,
            evicted_records,
            advice: match level {
                Level::Ample => String::new(),
                Level::Low | Level::NoBulk | Level::OrdersOnly => advice(&measured, by_disk),
            },
        }
    }
}

/// From which level on a request is refused; `None` for what is always taken, because it is
/// needed, because it writes next to nothing, or because it only asks.
fn refused_from(request: &Request) -> Option<Level> {
    match request {
        Request::SendFile { .. } | Request::FetchFile { .. } => Some(Level::NoBulk),
        Request::PostMovements { movements } if movements.len() > ROOM_MOVEMENTS_MAX => {
            Some(Level::NoBulk)
        }
        Request::PostMovements { .. }
        | Request::PostMovement(_)
        | Request::ShipWaybill(_)
        | Request::ArriveWaybill(_)
        | Request::PostCount(_)
        | Request::SnapshotStock { .. }
        | Request::ReportPosition(_) => Some(Level::OrdersOnly),
        Request::SendOrder(_)
        | Request::SignOrder { .. }
        | Request::CancelOrder { .. }
        | Request::SendReceipt(_)
        | Request::SetOperator { .. }
        | Request::SealStock
        | Request::ImportDirectory(_)
        | Request::AdmitDevice { .. }
        | Request::RenewDevice { .. }
        | Request::RevokeDevice { .. }
        | Request::AddToGroup { .. }
        | Request::RemoveFromGroup { .. }
        | Request::CarryScan { .. }
        | Request::CarryImport { .. }
        | Request::VillageHear { .. }
        | Request::Status
        | Request::Bearers
        | Request::Peers
        | Request::Directory
        | Request::DirectoryList { .. }
        | Request::ExportDirectory
        | Request::DeviceOfKey { .. }
        | Request::ShowDevice { .. }
        | Request::Orders { .. }
        | Request::Order { .. }
        | Request::Files
        | Request::OpenFile { .. }
        | Request::Positions
        | Request::Stock { .. }
        | Request::StockCard { .. }
        | Request::Waybills
        | Request::Log { .. }
        | Request::Outbox
        | Request::ReloadBearers { .. }
        | Request::Vault(_)
        | Request::Village
        | Request::CarryExport { .. }
        | Request::CarrySheets { .. } => None,
    }
}

fn advice(measured: &Measured, by_disk: bool) -> String {
    let (used, free) = (measured.used_bytes / MB, measured.free_bytes / MB);
    if by_disk {
        return format!(
            "磁盘仅余 {free} MB：请删 files 中的附件、名中带 .corrupt- .cut- .damaged- 的旧件和盘上\
             其他文件，勿动 journal、sled、redb、vault / {free} MB are free: delete \
             attachments in files, names with .corrupt- .cut- .damaged-, other things; never \
             journal, sled, redb, vault"
        );
    }
    let quota = measured.quota_bytes / MB;
    format!(
        "记录已占 {used} MB，限额 {quota} MB，磁盘余 {free} MB：请调大 store_max_mb 并重启，或删名中\
         带 .corrupt- .cut- .damaged- 的旧件 / Records take {used} of {quota} MB, {free} MB are free \
         on the disk: raise store_max_mb and restart, or delete what has .corrupt- .cut- .damaged- \
         in its name"
    )
}
