//! What comes into the core and what goes out of it.

use ratatui::crossterm::event::KeyEvent;
use sanduan_protocol::base::ids::SpokenId;
use sanduan_protocol::local::{Reply, Request};

use crate::feed::{FeedError, Heard};

/// Number of a question; its answer repeats it.
pub type AskId = u64;

/// What happened.
#[derive(Debug)]
pub enum Msg {
    /// A key was pressed.
    Key(KeyEvent),
    /// A text was pasted.
    Paste(String),
    /// The window has this many columns and rows now.
    Resize(u16, u16),
    /// The terminal is gone: no key will come any more.
    KeysGone,
    /// Some time has passed.
    Tick,
    /// The stream of changes said something.
    Heard(Heard),
    /// A question was answered.
    Answer(AskId, Result<Reply, FeedError>),
}

/// What is to be done outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask the daemon.
    Ask(AskId, Request),
    /// Ring the bell of the terminal.
    Bell,
    /// Leave.
    Quit,
}

/// A set of rows that is asked for whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Load {
    /// The node.
    Status,
    /// Links.
    Bearers,
    /// Devices heard.
    Peers,
    /// Who is who.
    Directory,
    /// All orders.
    Orders,
    /// One order with its answers.
    Detail(SpokenId),
    /// Positions.
    Positions,
    /// Stock.
    Stock,
    /// The card of an item.
    Card(String),
    /// Waybills.
    Waybills,
    /// The log.
    Journal,
    /// What waits.
    Outbox,
}

/// What an answer is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pending {
    /// Rows to show.
    Load(Load),
    /// Something to be saved; an overlay waits for it.
    Save {
        /// It is an order, which is selected once it has its number.
        order: bool,
    },
    /// The vault opens or closes; the dialog may wait for it.
    Vault,
}
