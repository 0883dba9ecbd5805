//! What the main cases cost on the air, measured anew in every run: real nodes in a made-up world,
//! on the channel model of [`crate::air`]. Bytes are those that cross the KISS line, delimiters
//! and escapes as encoded; AX.25 is not added. What other systems need for the same is read from
//! `data/peers-air.csv` and was measured elsewhere.

mod cases;
mod peers;
mod row;
mod stage;
mod text;

pub use cases::air;
pub use peers::{Peer, peers};
pub use row::{Row, table};
pub use text::{TextRow, long_text, text, text_table};

/// How a bench is to run.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Each case is run with so many seeds; the median is shown.
    pub seeds: u64,
    /// Print every frame and what it says.
    pub trace: bool,
}
