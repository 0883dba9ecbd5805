//! Tables of the directory on their way in.

use serde::{Deserialize, Serialize};

/// The files that an import reads, by name. A folder may hold others; they are passed over.
pub const TABLE_FILES: [&str; 11] = [
    "towns.csv",
    "units.csv",
    "teams.csv",
    "items.csv",
    "depots.csv",
    "persons.csv",
    "templates.csv",
    "posts.csv",
    "plans.csv",
    "cards.csv",
    "duty.csv",
];

/// Tables to be taken into the directory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportDraft {
    /// The files; together at most [`crate::base::caps::TABLES_BYTES_MAX`].
    pub files: Vec<TableFile>,
    /// Only say what would change.
    #[serde(default)]
    pub dry_run: bool,
    /// Withdraw what the directory has and these files lack, unless something in use names it.
    #[serde(default)]
    pub withdraw: bool,
}

/// One CSV file. Its name says which list it is, such as `units.csv`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableFile {
    /// Name, without folders.
    pub name: String,
    /// What stands in it.
    pub text: String,
}
