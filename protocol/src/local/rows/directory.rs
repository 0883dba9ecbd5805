//! Lines of the directory. Folded already; shown, never computed with.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::geo::Point;
use crate::base::ids::{DepotId, DeviceId, ItemId, PlaceId, PostId, TemplateId, UnitId};
use crate::local::rows::GroupRow;

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
    /// The same of its order key, if its orders count under no other key.
    #[serde(default)]
    pub order_key: Option<String>,
}

/// A post that persons fill in turn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostRow {
    /// Index.
    pub post: PostId,
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Unit it belongs to.
    pub unit: UnitId,
    /// A 角.
    pub primary: String,
    /// B 角.
    pub stand_in: Option<String>,
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
    /// Posts.
    #[serde(default)]
    pub posts: Vec<PostRow>,
    /// Groups that texts can be sealed to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<GroupRow>,
}

/// One line of a list of the directory.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EntryRow {
    /// Index; never given to anything else.
    pub index: u16,
    /// Code; empty for what has none.
    pub code: String,
    /// Name.
    pub name: String,
    /// No longer used. What was written with it keeps its name.
    pub withdrawn: bool,
    /// Version of the directory that named it first.
    pub since: u32,
    /// What else is known, by the names of the columns of its file.
    pub fields: BTreeMap<String, String>,
}

/// One list of the directory, withdrawn lines too.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ListRows {
    /// `places`, `units`, `persons`, `devices`, `items`, `depots`, `posts`, `templates`, `plans`,
    /// `cards`, `duties`.
    pub list: String,
    /// Version of the directory.
    pub version: u32,
    /// The names of [`EntryRow::fields`] in the order in which they are read.
    pub columns: Vec<String>,
    /// By index.
    pub entries: Vec<EntryRow>,
}

/// What an import does with one entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It says something else than before.
    Changed,
    /// It was withdrawn and is used again, under the index it had.
    Restored,
    /// It is not used any more.
    Withdrawn,
    /// The file lacks it; it stays.
    Missing,
    /// The file lacks it, but something in use names it; it stays.
    StillNamed,
}

/// One entry that an import changes, or lacks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangeRow {
    /// What is done.
    pub change: ChangeKind,
    /// Its list, as in [`ListRows::list`].
    pub list: String,
    /// Its index.
    pub index: u16,
    /// Its code; empty for what has none.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// What an import did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ImportRow {
    /// Nothing was written: only what would be.
    pub dry_run: bool,
    /// Version of the directory before.
    pub version: u32,
    /// Records written, or that would be.
    pub records: u32,
    /// Bytes of their bodies before they are packed for the air.
    pub bytes: u32,
    /// Entry by entry.
    pub changes: Vec<ChangeRow>,
}
