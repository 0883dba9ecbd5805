//! What the main cases cost on the air, measured anew in every run: real nodes in a made-up world,
//! on the channel model of [`crate::air`]. Bytes are those that cross the KISS line, delimiters
//! and escapes as encoded; AX.25 is not added. What other systems need for the same is read from
//! `data/peers-air.csv` and was measured elsewhere.

mod baseline;
mod bundle;
mod cards;
mod cases;
mod columns;
mod fixes;
mod keys;
mod peers;
mod reconcile;
mod ridge;
mod row;
mod share;
mod sky;
mod slots;
mod stage;
mod stock_view;
mod text;

pub use baseline::worse;
pub use bundle::{Bundle, bundles};
pub use cards::card_frames;
pub use cases::air;
pub use keys::{KeyRow, key_sizes};
pub use peers::{Peer, peers};
pub use reconcile::{Differing, differing};
pub use row::{Goal, Row, Verdict, table};
pub use slots::{SlotRow, slots, slots_table};
pub use text::{TextRow, long_text, text, text_table};

/// What a transmission costs on the channel of a bench.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    clap::ValueEnum,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Keying {
    /// 模拟电台：抢占与键控约 0.8 秒 / an analogue radio: access and keying, about 0.8 s
    #[default]
    Radio,
    /// 透明串口：无键控 / a transparent serial line: none
    None,
}

/// How a bench is to run.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Each case is run with so many seeds; the median is shown.
    pub seeds: u64,
    /// What a transmission costs before its first byte.
    pub keying: Keying,
    /// Print every frame and what it says.
    pub trace: bool,
}
