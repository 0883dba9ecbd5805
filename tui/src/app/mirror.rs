//! The rows as last heard from the daemon, and how one change is worked into them. Nothing is
//! computed here that the daemon folds.

use std::collections::BTreeMap;

use sanduan_protocol::base::ids::LinkId;
use sanduan_protocol::local::{Reply, rows};

/// Log rows kept: a night's worth; the whole log is there for export.
pub const LOG_ROWS_MAX: usize = 2_000;

/// Everything the screens show.
#[derive(Clone, Debug, Default)]
pub struct Mirror {
    /// The node; none before the first answer.
    pub status: Option<rows::StatusRow>,
    /// Orders, newest first.
    pub orders: Vec<rows::OrderRow>,
    /// The order that is looked at, with its answers.
    pub detail: Option<rows::OrderDetail>,
    /// Positions by unit.
    pub positions: Vec<rows::PositionRow>,
    /// Stock by depot and item.
    pub stock: Vec<rows::StockRow>,
    /// Depots of which nothing can be shown here.
    pub sealed: Vec<rows::SealedDepotRow>,
    /// The card that is looked at.
    pub card: Vec<rows::StockCardRow>,
    /// Waybills, open ones first.
    pub waybills: Vec<rows::WaybillRow>,
    /// Links.
    pub bearers: Vec<rows::BearerRow>,
    /// Devices heard.
    pub peers: Vec<rows::PeerRow>,
    /// What waits.
    pub outbox: Vec<rows::OutboxRow>,
    /// The log, newest first.
    pub log: Vec<rows::LogRow>,
    /// Who is who.
    pub directory: rows::DirectoryRows,
    /// Which rows have been heard at least once, by the name of their list.
    pub loaded: BTreeMap<&'static str, bool>,
}

impl Mirror {
    /// Takes in the rows of an answer; the name of their list, or none if the console keeps no such
    /// rows.
    pub fn take(&mut self, reply: Reply) -> Option<&'static str> {
        let name = match reply {
            Reply::Status(row) => self.take_status(*row),
            Reply::Bearers { bearers } => {
                self.bearers = bearers;
                "bearers"
            }
            Reply::Peers { peers } => {
                self.peers = peers;
                "peers"
            }
            Reply::Directory(directory) => {
                self.directory = *directory;
                "directory"
            }
            Reply::Orders { orders } => {
                self.orders = orders;
                "orders"
            }
            Reply::Order(detail) => {
                self.detail = Some(*detail);
                "detail"
            }
            Reply::Positions { positions } => {
                self.take_positions(positions);
                "positions"
            }
            Reply::Stock { stock, sealed } => {
                (self.stock, self.sealed) = (stock, sealed);
                "stock"
            }
            Reply::StockCard { card } => {
                self.card = card;
                "card"
            }
            Reply::Waybills { waybills } => {
                self.waybills = waybills;
                "waybills"
            }
            Reply::Log { mut log } => {
                log.reverse();
                self.log = log;
                "log"
            }
            Reply::Outbox { outbox } => {
                self.outbox = outbox;
                "outbox"
            }
            Reply::Vault(row) => self.take_vault(row),
            Reply::Wipe(_)
            | Reply::Device(_)
            | Reply::DeviceDetail(_)
            | Reply::Files { .. }
            | Reply::File(_)
            | Reply::FileSaved { .. }
            | Reply::FileBytes { .. }
            | Reply::Saved { .. }
            | Reply::Admitted { .. }
            | Reply::Village(_)
            | Reply::CarryFile { .. }
            | Reply::CarrySheets { .. }
            | Reply::CarryScanned { .. }
            | Reply::CarryTaken { .. }
            | Reply::DirectoryList(_)
            | Reply::Imported(_)
            | Reply::Reloaded(_) => return None,
        };
        Some(name)
    }

    fn take_status(&mut self, row: rows::StatusRow) -> &'static str {
        self.status = Some(row);
        "status"
    }

    fn take_vault(&mut self, row: rows::VaultRow) -> &'static str {
        if let Some(status) = self.status.as_mut() {
            status.vault = row;
        }
        "vault"
    }

    /// Takes in an order row; what was known of it before.
    pub fn take_order(&mut self, row: rows::OrderRow) -> Option<rows::OrderRow> {
        if let Some(detail) = self.detail.as_mut().filter(|detail| detail.order.id == row.id) {
            detail.order = row.clone();
        }
        match self.orders.iter_mut().find(|known| known.id == row.id) {
            Some(known) => Some(std::mem::replace(known, row)),
            None => {
                let newer = |known: &rows::OrderRow| known.issued_ms > row.issued_ms;
                let place = self.orders.partition_point(newer);
                self.orders.insert(place, row);
                None
            }
        }
    }

    /// Takes in a position.
    pub fn take_position(&mut self, row: rows::PositionRow) {
        match self.positions.binary_search_by_key(&row.unit, |known| known.unit) {
            Ok(place) => self.positions[place] = row,
            Err(place) => self.positions.insert(place, row),
        }
    }

    /// Takes in all positions.
    pub fn take_positions(&mut self, mut positions: Vec<rows::PositionRow>) {
        positions.sort_by_key(|row| row.unit);
        self.positions = positions;
    }

    /// Takes in a link.
    pub fn take_bearer(&mut self, row: rows::BearerRow) {
        match self.bearers.iter_mut().find(|known| known.link == row.link) {
            Some(known) => *known = row,
            None => self.bearers.push(row),
        }
    }

    /// A link is gone, and with it who was heard on it.
    pub fn drop_bearer(&mut self, link: LinkId) {
        self.bearers.retain(|row| row.link != link);
        self.peers.retain(|row| row.link != link);
    }

    /// Takes in a device heard.
    pub fn take_peer(&mut self, row: rows::PeerRow) {
        let same =
            |known: &&mut rows::PeerRow| known.device == row.device && known.link == row.link;
        match self.peers.iter_mut().find(same) {
            Some(known) => *known = row,
            None => self.peers.push(row),
        }
    }

    /// Takes in a line of the log.
    pub fn take_log(&mut self, row: rows::LogRow) {
        self.log.insert(0, row);
        self.log.truncate(LOG_ROWS_MAX);
    }

    /// The order of that place in the list.
    pub fn order(&self, place: usize) -> Option<&rows::OrderRow> {
        self.orders.get(place)
    }
}
