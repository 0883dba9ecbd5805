//! What a bearer tells of itself while it runs, beside frames: signal, slot, quota. Shown to people
//! and spent by `plan`; the machine asks nobody for it.

use serde::{Deserialize, Serialize};

use crate::base::time::Wall;
use crate::link::purse::PurseLeft;

/// How a bearer stands, in its own words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Nothing stands in its way.
    #[default]
    Clear,
    /// It works, but no satellite or station is heard.
    NoSignal,
    /// It may send again at [`Condition::next_slot`].
    Cooling,
    /// Its quota is used up until [`QuotaLeft::until`].
    QuotaSpent,
    /// It does not answer questions about itself, or has not been heard for long.
    Unknown,
}

/// What may still be sent until the quota starts anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaLeft {
    /// Messages; none means that they are not counted.
    pub messages: Option<u64>,
    /// Bytes; none means that they are not counted.
    pub bytes: Option<u64>,
    /// When it starts anew.
    pub until: Wall,
}

/// What a bearer says of itself. The last word counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// How it stands.
    pub standing: Standing,
    /// Strength of what it hears, 0 to 100; none where it cannot tell.
    pub signal_pct: Option<u8>,
    /// When it may send again, if that lies ahead.
    pub next_slot: Option<Wall>,
    /// What its quota still allows.
    pub quota_left: Option<QuotaLeft>,
    /// What is left of its share of air time and of its money.
    pub purse_left: PurseLeft,
    /// Time from handing over a frame to its end-to-end answer, ms, as the bearer measured it.
    pub latency_ms: Option<u32>,
    /// When it last carried something that is no frame: a stick on which a file was left.
    pub last_sent: Option<Wall>,
    /// When it last brought something that is no frame: a file from a stick.
    pub last_heard: Option<Wall>,
    /// Bytes sent and heard since midnight, Beijing time, restarts included.
    pub today_bytes: (u64, u64),
    /// What sending has cost since midnight, thousandths of a yuan.
    pub today_milli_yuan: u64,
}
