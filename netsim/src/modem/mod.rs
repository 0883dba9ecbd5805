//! Made-up satellite terminals and mesh nodes: bytes of a serial line in and out, time handed in,
//! faults drawn from one seed or ordered by name. No port here; the ptys are
//! [`crate::realtime`]'s.

mod mesh;
mod rdss;
mod sbd;
mod sms;

use sanduan_protocol::base::time::Mono;
use thiserror::Error;

pub use mesh::{MeshConfig, MeshEvent, MeshFault, MeshNet, MeshTerminals};
pub use rdss::{
    Fault, Handling, Inhibited, RdssConfig, RdssCounts, RdssEvent, RdssSky, TerminalId, Why,
};
pub use sbd::{SbdConfig, SbdEvent, SbdFault, SbdNet};
pub use sms::{SmsConfig, SmsEvent, SmsFault, SmsNet};

/// Something that made-up terminals did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Did {
    /// Bytes for the host of that terminal.
    ToHost(usize, Vec<u8>),
    /// Bytes for the command post on the gateway's IP side.
    ToShore(Vec<u8>),
    /// Something worth a line of the trace.
    Note(String),
}

/// A line of control was not understood.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{line}: 可用 / the words are {words}")]
pub struct BadOrder {
    /// What was typed.
    pub line: String,
    /// What may be typed.
    pub words: &'static str,
}

/// Any kind of made-up terminals, as whoever owns their ports drives them.
pub trait Terminals {
    /// What stands on each, in order: card or serial number.
    fn labels(&self) -> Vec<String>;
    /// The host of a terminal wrote bytes.
    fn host_wrote(&mut self, terminal: usize, bytes: &[u8], now: Mono);
    /// The next thing that happened by `now`.
    fn poll(&mut self, now: Mono) -> Option<Did>;
    /// When `poll` must be asked again.
    fn next_deadline(&self) -> Option<Mono>;
    /// The command post on the gateway's IP side wrote one whole message; the answer to it, if
    /// these terminals have such a side.
    fn shore_wrote(&mut self, _bytes: &[u8], _now: Mono) -> Option<Vec<u8>> {
        None
    }
    /// Carry out a line of control.
    ///
    /// # Errors
    /// It is none.
    fn order_line(&mut self, line: &str) -> Result<(), BadOrder>;
    /// The counts of each terminal, for people and programs.
    fn counts_line(&self) -> String;
}

/// The terminal called `A`, `B`, … among `count`.
fn named(word: &str, count: usize) -> Option<usize> {
    let at = match word.as_bytes() {
        [letter @ b'A'..=b'Z'] => usize::from(letter - b'A'),
        _ => return None,
    };
    (at < count).then_some(at)
}

/// The name of a terminal by number.
pub fn name_of(terminal: usize) -> char {
    char::from(b'A' + (terminal % 26) as u8)
}
