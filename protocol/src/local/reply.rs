//! What a node answers. A reply to a wish comes only after the disk has it.

use serde::{Deserialize, Serialize};

use crate::base::ids::{DeviceId, SpokenId};
use crate::local::rows;

/// The answer to one request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "snake_case")]
pub enum Reply {
    /// To `Status`.
    Status(Box<rows::StatusRow>),
    /// To `Bearers`.
    Bearers {
        /// One row a link.
        bearers: Vec<rows::BearerRow>,
    },
    /// To `Peers`.
    Peers {
        /// One row a device and link.
        peers: Vec<rows::PeerRow>,
    },
    /// To `Directory`.
    Directory(Box<rows::DirectoryRows>),
    /// To `DirectoryList`.
    DirectoryList(Box<rows::ListRows>),
    /// To `ImportDirectory`: what was written is on the disk.
    Imported(Box<rows::ImportRow>),
    /// To `DeviceOfKey`.
    Device(rows::DeviceRow),
    /// To `ShowDevice`.
    DeviceDetail(Box<rows::DeviceDetail>),
    /// To `Orders`.
    Orders {
        /// Newest first.
        orders: Vec<rows::OrderRow>,
    },
    /// To `Order`.
    Order(Box<rows::OrderDetail>),
    /// To `Files`.
    Files {
        /// Newest first.
        files: Vec<rows::FileRow>,
    },
    /// To `SendFile`: the record is on the disk, and so is the file.
    FileSaved {
        /// Number of the record.
        id: SpokenId,
        /// BLAKE3 of the file, 64 hex digits.
        hash: String,
    },
    /// To `FetchFile`.
    File(Box<rows::FileRow>),
    /// To `OpenFile`.
    FileBytes {
        /// The file, whole.
        #[serde(skip)]
        bytes: Vec<u8>,
    },
    /// To `Positions`.
    Positions {
        /// By unit.
        positions: Vec<rows::PositionRow>,
    },
    /// To `Stock`.
    Stock {
        /// By depot, then item.
        stock: Vec<rows::StockRow>,
        /// Depots that are asked for and that cannot be read here, by index: no sum of `stock`
        /// has what lies there.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        sealed: Vec<rows::SealedDepotRow>,
    },
    /// To `StockCard`.
    StockCard {
        /// Oldest first.
        card: Vec<rows::StockCardRow>,
    },
    /// To `Waybills`.
    Waybills {
        /// Open ones first, then newest first.
        waybills: Vec<rows::WaybillRow>,
    },
    /// To `Log`.
    Log {
        /// Oldest first.
        log: Vec<rows::LogRow>,
    },
    /// To `Outbox`.
    Outbox {
        /// In the order in which they would leave.
        outbox: Vec<rows::OutboxRow>,
    },
    /// To `ReloadBearers`.
    Reloaded(Box<rows::ReloadRow>),
    /// To what was asked of the vault, but for a wipe.
    Vault(rows::VaultRow),
    /// To a wipe: what will be destroyed, or was.
    Wipe(rows::WipeRow),
    /// To every wish that wrote records: they are on the disk.
    Saved {
        /// Number of the (last) record written; none for a position, which is not logged.
        id: Option<SpokenId>,
        /// How many records were written.
        records: u32,
    },
    /// To `AdmitDevice`.
    Admitted {
        /// Index of the new device.
        device: DeviceId,
        /// Text of the join file.
        join: String,
        /// Words of the device's key: the file is handed over only if these were read aloud.
        #[serde(default)]
        check_words: Vec<String>,
    },
    /// To `Village` and `VillageHear`.
    Village(Box<rows::VillageRows>),
    /// To `CarryExport` and `ExportDirectory`.
    CarryFile {
        /// The file, whole.
        #[serde(skip)]
        bytes: Vec<u8>,
        /// Records in it.
        records: u32,
    },
    /// To `CarrySheets`.
    CarrySheets {
        /// The texts in their order.
        sheets: Vec<String>,
        /// Records in them.
        records: u32,
        /// Records that should go too, but found no room.
        left_out: u32,
    },
    /// To `CarryScan`.
    CarryScanned {
        /// Texts of the sequence; 0 if none was read yet.
        total: u8,
        /// Numbers of the texts that lack; none if the sequence is whole and was taken in.
        missing: Vec<u8>,
        /// Lines that were refused: their number from 1, and the reason word.
        bad_lines: Vec<(u32, String)>,
        /// See `CarryTaken`.
        new: u32,
        /// See `CarryTaken`.
        known: u32,
        /// See `CarryTaken`.
        refused: Vec<(String, u32)>,
    },
    /// To `CarryImport`.
    CarryTaken {
        /// Records that were new and are on the disk now.
        new: u32,
        /// Records that were here already.
        known: u32,
        /// Records or frames that were not taken, by reason word.
        refused: Vec<(String, u32)>,
    },
}
