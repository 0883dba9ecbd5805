//! What a local program says of a file that it attaches. Rows of files are in [`super::rows`].

use serde::{Deserialize, Serialize};

use crate::base::ids::SpokenId;

/// A file that is here and that others should know of.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FileDraft {
    /// BLAKE3 of its bytes, 64 hex digits.
    pub hash: String,
    /// How many bytes.
    pub bytes: u64,
    /// Its name, without a folder.
    pub name: String,
    /// What it is, such as `image/jpeg`.
    pub mime: String,
    /// The order that it belongs to.
    pub about: Option<SpokenId>,
    /// What is seen on it.
    pub note: String,
    /// Who attaches it; a name.
    pub person: Option<String>,
}
