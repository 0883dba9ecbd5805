//! Attachments. Folded already; shown, never computed with.

use serde::{Deserialize, Serialize};

use crate::base::ids::SpokenId;

/// One attachment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileRow {
    /// Number of the record that says so.
    pub id: SpokenId,
    /// BLAKE3 of its bytes, 64 hex digits.
    pub hash: String,
    /// Its name, without a folder.
    pub name: String,
    /// What it is, such as `image/jpeg`.
    pub mime: String,
    /// How many bytes.
    pub bytes: u64,
    /// The order that it belongs to.
    pub about: Option<SpokenId>,
    /// What is seen on it.
    pub note: String,
    /// Unit of the author.
    pub unit_name: String,
    /// Person who attached it.
    pub person: String,
    /// When, by the author's clock.
    pub at_ms: u64,
    /// Bytes of it that are here; all of them: it can be opened.
    pub held_bytes: u64,
    /// It is being fetched, or will be when somebody who has it is reached.
    pub fetching: bool,
}
