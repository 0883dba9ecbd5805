//! Lines of the directory. Folded already; shown, never computed with.

use serde::{Deserialize, Serialize};

use crate::base::geo::Point;
use crate::base::ids::{DepotId, DeviceId, ItemId, PlaceId, TemplateId, UnitId};

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

/// Words that an order can be given in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TemplateRow {
    /// Index.
    pub template: TemplateId,
    /// Code, such as M01.
    pub code: String,
    /// The words in Chinese, blanks between braces.
    pub zh: String,
    /// The same in English; may be empty.
    pub en: String,
    /// Names of the blanks with their kind, such as `people:number`.
    pub fields: Vec<String>,
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
    /// Order templates.
    #[serde(default)]
    pub templates: Vec<TemplateRow>,
}
