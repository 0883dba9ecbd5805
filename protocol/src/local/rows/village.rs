//! Handsets and texts of a village gateway. Folded already; shown, never computed with.

use serde::{Deserialize, Serialize};

use crate::local::request::TextMeans;

/// One handset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HandsetRow {
    /// Its number.
    pub number: String,
    /// By what means it is texted.
    pub means: TextMeans,
    /// Unit that its person answers for, as the list has it.
    pub unit: String,
    /// Who has it.
    pub person: String,
    /// `A` is asked first, `B` stands in.
    pub role: String,
    /// Place of this gateway among those that write to it, from 1; none if it only listens.
    pub place: Option<u32>,
    /// When it last wrote, ms since 1970.
    pub last_heard_ms: Option<u64>,
    /// What waits for its confirmation.
    pub pending: Option<String>,
}

/// What became of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextFate {
    /// It came from a handset.
    #[default]
    Heard,
    /// It waits to be sent.
    Waiting,
    /// The network has it.
    Sent,
    /// The phone has it; whether anyone read it, nobody knows.
    Reached,
    /// It could not be sent.
    Failed,
}

/// One text to or from a handset.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TextRow {
    /// When, ms since 1970.
    pub at_ms: u64,
    /// Number of the handset.
    pub number: String,
    /// Who has it; empty for a number that is not in the list.
    pub person: String,
    /// What it says.
    pub text: String,
    /// What became of it.
    pub fate: TextFate,
    /// Why it failed, or what a text from a handset was taken for.
    pub note: String,
}

/// The whole gateway.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct VillageRows {
    /// By unit, then turn.
    pub handsets: Vec<HandsetRow>,
    /// Oldest first.
    pub texts: Vec<TextRow>,
}
