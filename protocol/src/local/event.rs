//! What a node tells local programs unasked: rows that changed.

use serde::{Deserialize, Serialize};

use crate::base::ids::LinkId;
use crate::local::rows;

/// One change. The daemon numbers them; a program that missed some asks again for everything.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// An order is new, or its state or answers changed.
    Order(Box<rows::OrderRow>),
    /// A unit is somewhere new.
    Position(Box<rows::PositionRow>),
    /// Rows of the stock changed; ask again for those shown.
    Stock {
        /// Depot names touched.
        depots: Vec<String>,
    },
    /// The directory changed, and with it names and who owes answers; ask again for everything.
    Directory {
        /// Its version now.
        version: u32,
    },
    /// A link went up or down.
    Bearer(Box<rows::BearerRow>),
    /// A link was taken away; its number does not come back.
    BearerGone {
        /// Its number.
        link: LinkId,
    },
    /// More of an attachment came in, or all of it.
    File(Box<rows::FileRow>),
    /// A device was heard for the first time on a link, or fell silent.
    Peer(Box<rows::PeerRow>),
    /// Something was written to the log.
    Log(Box<rows::LogRow>),
    /// A device wrote two different things at one place; nothing from there on counts.
    Fork(Box<rows::ForkRow>),
    /// Saving stopped working, or works again.
    Unsaved {
        /// Why; none when it works again.
        reason: Option<String>,
    },
    /// The disk has more or less room than before, by a level or while it has little.
    Room(Box<rows::RoomRow>),
}

impl Event {
    /// The event's word, as used in the `event:` line of the stream.
    pub fn word(&self) -> &'static str {
        match self {
            Event::Order(_) => "order",
            Event::Position(_) => "position",
            Event::Stock { .. } => "stock",
            Event::Directory { .. } => "directory",
            Event::Bearer(_) => "bearer",
            Event::BearerGone { .. } => "bearer_gone",
            Event::File(_) => "file",
            Event::Peer(_) => "peer",
            Event::Log(_) => "log",
            Event::Fork(_) => "fork",
            Event::Unsaved { .. } => "unsaved",
            Event::Room(_) => "room",
        }
    }
}
