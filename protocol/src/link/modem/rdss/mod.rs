//! BeiDou short messages over a terminal's serial line, dialects 2.1 and BDS-3: one driver
//! ([`machine`]) over sentences ([`sentence`]) whose meaning is tabled ([`dialect`]). No port, no
//! clock. Called by the daemon's `beidou` bearer; the simulated terminals use the lower files.
//!
//! No answer of a terminal says that a message arrived: `BDFKI` means that it left the antenna.
//! Every acknowledgement is the peer's own, in a later message.

pub mod bond;
pub mod content;
pub mod dialect;
pub mod door;
pub mod letters;
pub mod machine;
pub mod message;
pub mod sentence;
pub mod text;

#[cfg(test)]
mod tests;

pub use bond::{Bond, Bonded, Together};
pub use dialect::{Card, Dialect, Inhibit};
pub use door::{Input, Output, RdssState, Settings, SlotClock};
pub use letters::LetterFate;
pub use machine::Rdss;
pub use message::{Body, Message};
