//! The file of a story for the crash matrix: who enters what when. Times are seconds.

use serde::Deserialize;
use thiserror::Error;

/// Places in a story, at most: it is told hundreds of times.
const PLACES_MAX: usize = 6;
/// A story lasts at most so long, s.
const SECONDS_MAX: u64 = 3_600;

/// Stories at hand, by name.
pub const STORIES: [(&str, &str); 3] = [
    ("command", include_str!("../../crash/command.toml")),
    ("stock", include_str!("../../crash/stock.toml")),
    ("devices", include_str!("../../crash/devices.toml")),
];

/// A story: a few machines in a row, and what people enter there.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Story {
    /// What it is called.
    pub title: String,
    /// Machines, each linked to the next; the first holds the authority's key.
    pub places: usize,
    /// How long it lasts before it must heal, s.
    pub seconds: u64,
    /// What is entered.
    pub steps: Vec<Step>,
}

/// One wish.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Step {
    /// When, s.
    pub at_s: u64,
    /// Where.
    pub place: usize,
    /// What.
    #[serde(flatten)]
    pub wish: Wish,
}

/// What can be entered. Goods are boats in whole pieces.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// An order to these units, or to all.
    Order(String),
    /// Answer every order that is owed here.
    Answer(bool),
    /// Withdraw the newest order of this place.
    Withdraw(bool),
    /// Report where this place is.
    Report(bool),
    /// Take so many in at the first depot.
    Receive(i64),
    /// Give so many out at the first depot.
    Issue(i64),
    /// Ship so many from the first depot to the second.
    Ship(i64),
    /// Take in everything that is on its way.
    Arrive(bool),
    /// So many were counted in the first depot.
    Count(i64),
    /// Admit a new device whose key is made of this number.
    Admit(u8),
    /// Take this device out.
    Revoke(u16),
}

/// Why a file is no story.
#[derive(Debug, Error)]
pub enum BadStory {
    /// Not TOML, or a field is missing or unknown.
    #[error("情节读不懂 / the story cannot be read: {0}")]
    Text(#[from] toml::de::Error),
    /// A number beyond its bounds.
    #[error("{0} 超出范围 / is out of bounds")]
    Bounds(&'static str),
}

impl Story {
    /// Read a file's text.
    pub fn read(text: &str) -> Result<Story, BadStory> {
        let story: Story = toml::from_str(text)?;
        if !(2..=PLACES_MAX).contains(&story.places) {
            return Err(BadStory::Bounds("places"));
        }
        if !(1..=SECONDS_MAX).contains(&story.seconds) {
            return Err(BadStory::Bounds("seconds"));
        }
        let is_in = |step: &Step| step.place < story.places && step.at_s < story.seconds;
        if !story.steps.iter().all(is_in) {
            return Err(BadStory::Bounds("steps"));
        }
        Ok(story)
    }
}
