//! What local programs ask. Questions are answered at once from the folds; wishes write records
//! and are answered when the disk has them.

mod admit;
mod beyond;
mod carry;
mod device;
mod directory;
mod drafts;
mod files;
mod groups;
mod issuer;
mod links;
mod log;
mod operator;
mod orders;
mod outbox;
pub(super) mod position;
mod readmit;
mod revoke;
mod sheets;
mod snapshot;
mod stock;

use crate::base::caps::ASKS_MAX;
use crate::base::ids::RecordId;
use crate::local::rows::{StatusRow, VaultRow};
use crate::local::{Refusal, RefusalCode, Reply, Request};
use crate::node::Node;
use crate::node::disk::not_saved;
use crate::node::input::AskId;

impl Node {
    /// Answer a request now, or note its answer for when the disk has what it wrote.
    pub(super) fn ask(&mut self, ask: AskId, request: Request) {
        if self.disk.waiting_asks() >= ASKS_MAX {
            self.reply(ask, Err(busy()));
            return;
        }
        if let Err(refusal) = self.has_room_for(&request) {
            self.reply(ask, Err(refusal));
            return;
        }
        let answer = match request {
            Request::Status => Ok(Answer::Now(Reply::Status(Box::new(self.status())))),
            Request::Bearers => Ok(Answer::Now(Reply::Bearers { bearers: self.bearer_rows() })),
            Request::Peers => Ok(Answer::Now(Reply::Peers { peers: self.peer_rows() })),
            Request::Directory => Ok(Answer::Now(self.directory_rows())),
            Request::DirectoryList { list } => self.directory_list(&list).map(Answer::Now),
            // The daemon reads the tables and hands over what stands in them.
            Request::ImportDirectory(_) => Err(directory::unread()),
            Request::ExportDirectory => self.directory_export(),
            Request::DeviceOfKey { key } => self.device_of_key(&key).map(Answer::Now),
            Request::ShowDevice { device } => self.device_detail(device).map(Answer::Now),
            Request::Orders { open_only } => Ok(Answer::Now(self.orders(open_only))),
            Request::Order { id } => self.order_detail(id).map(Answer::Now),
            Request::SendOrder(draft) => self.send_order(&draft),
            Request::SignOrder { id, person } => self.sign_order(id, person.as_deref()),
            Request::CancelOrder { id, reason, person } => {
                self.cancel_order(id, &reason, person.as_deref())
            }
            Request::SetOperator { name } => self.set_operator(&name),
            Request::SendReceipt(draft) => self.send_receipt(&draft),
            Request::Files => Ok(Answer::Now(self.file_rows())),
            Request::SendFile { draft, bytes: _ } => self.attach_file(&draft),
            Request::FetchFile { .. } | Request::OpenFile { .. } => Err(files::daemon_answers()),
            Request::Positions => {
                Ok(Answer::Now(Reply::Positions { positions: self.position_rows() }))
            }
            Request::ReportPosition(draft) => self.report_position(&draft),
            Request::Stock { depot, item } => self.stock_rows(depot.as_deref(), item.as_deref()),
            Request::StockCard { item, depot } => self.stock_card(&item, depot.as_deref()),
            Request::Waybills => Ok(Answer::Now(self.waybill_rows())),
            Request::PostMovement(draft) => self.post_movements(&[draft]),
            Request::PostMovements { movements } => self.post_movements(&movements),
            Request::ShipWaybill(draft) => self.ship_waybill(&draft),
            Request::ArriveWaybill(draft) => self.arrive_waybill(&draft),
            Request::PostCount(draft) => self.post_count(&draft),
            Request::SnapshotStock { person } => self.snapshot_stock(person.as_deref()),
            Request::SealStock => self.seal_stock(),
            Request::Log { after_ms, limit } => {
                Ok(Answer::Now(Reply::Log { log: self.log_rows(after_ms, limit) }))
            }
            Request::Outbox => Ok(Answer::Now(Reply::Outbox { outbox: self.outbox_rows() })),
            // The daemon answers this before it comes here.
            Request::ReloadBearers { .. } | Request::Vault(_) => Err(no_configuration()),
            Request::AdmitDevice { request, unit, roles, again } => {
                self.admit_device(&request, &unit, &roles, again)
            }
            Request::RenewDevice { device } => self.renew_device(device),
            Request::AddToGroup { group, units, depots } => self.add_to_group(group, units, depots),
            Request::RemoveFromGroup { group, units, depots } => self.remove(group, units, depots),
            Request::RevokeDevice { device, reason } => self.revoke_device(device, &reason),
            // A gateway's daemon answers these itself.
            Request::Village | Request::VillageHear { .. } => Err(no_gateway()),
            Request::CarryExport { for_device } => self.carry_export(for_device),
            Request::CarrySheets { for_device, bytes_max, chars_max } => {
                self.carry_sheets(for_device, bytes_max, chars_max)
            }
            Request::CarryScan { lines } => self.carry_scan(&lines),
            Request::CarryImport { bytes } => self.carry_import(&bytes),
        };
        self.answer(ask, answer);
    }

    /// Give an answer, or note it for when the disk has what it speaks of.
    fn answer(&mut self, ask: AskId, answer: Result<Answer, Refusal>) {
        match answer {
            Ok(Answer::Now(reply)) => self.reply(ask, Ok(reply)),
            Ok(Answer::WhenSaved(reply)) => {
                self.disk.meaning.replies.push((ask, reply));
                self.disk.hurry();
            }
            Ok(Answer::Again(request)) => {
                self.disk.meaning.again.push((ask, request));
                self.disk.hurry();
            }
            Err(refusal) => self.reply(ask, Err(refusal)),
        }
    }

    fn orders(&self, open_only: bool) -> Reply {
        Reply::Orders { orders: self.order_rows(open_only) }
    }

    /// Nothing is written while the disk refuses, under a key that is used twice, or while others
    /// seem to know more of us than we do.
    pub(in crate::node) fn writable(&self) -> Result<(), Refusal> {
        self.saves()?;
        self.own_key_is_single()?;
        self.own_records_are_here()
    }

    /// Nothing is taken in while the disk refuses.
    fn saves(&self) -> Result<(), Refusal> {
        self.disk.poisoned.as_deref().map_or(Ok(()), |reason| Err(not_saved(reason)))
    }

    fn status(&mut self) -> StatusRow {
        let (state, vitals) = (self.state(), self.vitals_now());
        let (records, provisional) = self.book.lanes().fold((0, 0), |(all, hollow), (_, lane)| {
            let open = lane.head().saturating_sub(lane.sealed());
            (all + u64::from(lane.head()), hollow + u64::from(open))
        });
        let (unit, device) = (self.who.unit, self.who.device);
        let directory = &self.folds.directory;
        let network = &self.settings.network;
        StatusRow {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            district: network.district.clone(),
            name: network.name.clone(),
            drill: network.drill,
            device,
            unit,
            unit_name: directory.unit_name(unit),
            roles: directory.member(device).map_or_else(Vec::new, |member| member.roles.words()),
            operator: self.operator().to_owned(),
            now_ms: self.now.wall.0,
            records,
            provisional,
            refused: self.folds.refused.len() as u64,
            digest: hex8(&state.heads),
            board_digest: hex8(&state.board),
            open_orders: self.folds.orders.open_count(directory, self.now.wall.0),
            unanswered_here: self
                .folds
                .orders
                .unanswered_here(directory, unit, self.now.wall.0)
                .len() as u32,
            outbox: self.outbox_count(),
            scrub: self.scrub.clone(),
            unsaved: self.disk.poisoned.clone(),
            room: self.room_row(),
            forks: self.fork_rows(),
            over_share: self.over_share_rows(),
            clocks_ahead: self.clock_rows(),
            twins: self.twin_rows(),
            keys: self.keys_row(),
            issuer: self.issuer_row(device),
            vault: VaultRow::default(),
            battery_pct: vitals.battery_pct,
            sparing_battery: self.is_sparing(),
            links_up: vitals.links.words(),
            uptime_s: self.now.mono.since_ms(self.started.mono) / 1000,
        }
    }
}

/// When an answer may be given.
pub(super) enum Answer {
    /// At once.
    Now(Reply),
    /// When what was written is on the disk.
    WhenSaved(Reply),
    /// The request must be taken up again when what was written is on the disk.
    Again(Request),
}

impl Answer {
    /// So many records were written, the last of this number.
    fn saved(id: RecordId, records: usize) -> Answer {
        Answer::WhenSaved(Reply::Saved { id: Some(id.into()), records: records as u32 })
    }
}

fn no_gateway() -> Refusal {
    Refusal::new(
        RefusalCode::UnknownName,
        "本机不是村级网关。要启用，在配置中写 [village] 和手持机名单。",
        "This machine is no village gateway. To make it one, write [village] and a list of \
         handsets into the configuration.",
    )
}

fn busy() -> Refusal {
    Refusal::new(
        RefusalCode::Busy,
        "待保存的请求过多。请稍候再试，已提交的不受影响。",
        "Too many requests wait for the disk. Try again shortly; what was entered is safe.",
    )
}

fn no_configuration() -> Refusal {
    Refusal::new(
        RefusalCode::NotAllowed,
        "本节点没有配置文件，无法重读。请重新启动。",
        "This node has no configuration file to read again. Start it anew.",
    )
}

fn hex8(bytes: &[u8; 32]) -> String {
    bytes[..4].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A key or a hash from its hex digits.
fn hash_of_hex(hex: &str) -> Option<[u8; 32]> {
    let mut key = [0; 32];
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    for (at, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(key)
}
