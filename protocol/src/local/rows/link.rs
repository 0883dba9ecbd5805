//! Links, peers and what waits for them. Folded already; shown, never computed with.

use serde::{Deserialize, Serialize};

use crate::base::class::Urgency;
use crate::base::ids::{DeviceId, LinkId};

/// State of a link, in one word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// Carries frames.
    Up,
    /// Not connected; being tried again.
    #[default]
    Down,
    /// Connected, nobody heard yet.
    Silent,
    /// Works, but hears no satellite or station.
    NoSignal,
    /// May send again at `next_slot_ms`.
    Cooling,
    /// Its quota is used up until `quota_until_ms`.
    QuotaSpent,
    /// Does not tell.
    Unknown,
}

/// One link of a bearer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BearerRow {
    /// Link number.
    pub link: LinkId,
    /// Name from the configuration.
    pub name: String,
    /// Word of the configuration: `udp`, `kiss-tcp`, `beidou`, …
    pub kind: String,
    /// Address, device path or folder.
    pub target: String,
    /// State word.
    pub state: LinkState,
    /// Why it is down, with a remedy, when known.
    pub error: Option<String>,
    /// Raw rate from the profile.
    pub rate_bit_s: u32,
    /// Largest frame.
    pub mtu: u16,
    /// Frames and bytes handed to the bearer since start, framing of the bearer included.
    pub sent_frames: u64,
    /// See `sent_frames`.
    pub sent_bytes: u64,
    /// Frames and bytes heard since start.
    pub heard_frames: u64,
    /// See `heard_frames`.
    pub heard_bytes: u64,
    /// Frames dropped, by reason word.
    pub dropped: Vec<(String, u64)>,
    /// Things waiting for this link.
    pub queue: u32,
    /// When a frame was last heard.
    pub last_heard_ms: Option<u64>,
    /// When a frame was last sent.
    pub last_sent_ms: Option<u64>,
    /// Share of frames lost, in 1/1000, from our own acks; `None` before there is evidence.
    pub loss_permille: Option<u16>,
    /// Strength of what it hears, 0 to 100.
    pub signal_pct: Option<u8>,
    /// When it may send again, if that lies ahead.
    pub next_slot_ms: Option<u64>,
    /// Messages that its quota still allows.
    pub quota_messages: Option<u64>,
    /// Bytes that its quota still allows.
    pub quota_bytes: Option<u64>,
    /// When the quota starts anew.
    pub quota_until_ms: Option<u64>,
    /// Air time that its share still allows, ms; below nothing if flash orders borrowed.
    pub air_left_ms: Option<i64>,
    /// Money that it may still spend, thousandths of a yuan.
    pub money_left_milli_yuan: Option<i64>,
    /// Median time to an end-to-end answer, ms.
    pub latency_ms: Option<u32>,
    /// Bytes sent since midnight, Beijing time.
    pub today_sent_bytes: u64,
    /// Bytes heard since midnight, Beijing time.
    pub today_heard_bytes: u64,
    /// What sending has cost since midnight, thousandths of a yuan; none where no price is known.
    pub today_milli_yuan: Option<u64>,
    /// Never tried with the real equipment.
    pub experimental: bool,
}

/// What reading the configuration again came to, by the names in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReloadRow {
    /// Bearers and sources that are new and were started.
    pub started: Vec<String>,
    /// Those that say something else now: ended and started anew.
    pub changed: Vec<String>,
    /// Those that are gone and were ended.
    pub ended: Vec<String>,
    /// Those that were not touched.
    pub unchanged: Vec<String>,
    /// Keys of `[node]` that say something else now; they count from the next start on.
    pub needs_restart: Vec<String>,
    /// Nothing was done: it was only asked what would be.
    pub check_only: bool,
}

/// One device heard over one link.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PeerRow {
    /// The device.
    pub device: DeviceId,
    /// Name of its unit.
    pub unit_name: String,
    /// Over which link.
    pub link: LinkId,
    /// Name of that link.
    pub link_name: String,
    /// When it was last heard.
    pub last_heard_ms: u64,
    /// True if its last word said that it holds exactly what we hold.
    pub in_step: bool,
    /// Records that we hold and it is not known to hold.
    pub lacks: u32,
    /// Its battery in percent, if it has one and said so.
    pub battery_pct: Option<u8>,
    /// Kinds of its links that carry frames, as it last said: `udp`, `kiss-tcp`, …
    pub links_up: Vec<String>,
    /// When it said that, by its own clock.
    pub status_ms: Option<u64>,
}

/// Why something has not left yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitWhy {
    /// It leaves with the next frame.
    #[default]
    Next,
    /// More urgent things go first, so many as `ahead` says.
    Behind,
    /// Its link may send again at `at_ms`.
    Slot,
    /// Nothing urgent: it shares the next frame of its link, or goes alone at `at_ms`.
    Company,
    /// It is on its way; without an answer by `at_ms` it is sent again.
    Answer,
    /// A link that costs less carries it: `by`.
    Cheaper,
    /// Another station of the channel sends it.
    Another,
    /// So much is on its way unanswered that the link must wait for an answer first.
    Window,
    /// Whom it is for was not heard for long; it goes when that device is heard.
    Silent,
    /// The quota of its bearer is spent until `at_ms`.
    Quota,
    /// The bearer's share of air time is spent until `at_ms`.
    Air,
    /// The bearer's money is spent until `at_ms`.
    Money,
    /// Its link hears no satellite or station.
    NoSignal,
    /// Its link is down.
    Down,
    /// Nobody was met since the start, on any link.
    Unmet,
    /// Other stations hold it; the units named have not said that it arrived.
    Relayed,
    /// The units named have no terminal: a gateway for text messages tells them, or a person.
    NoTerminal,
}

/// One thing that waits to be sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutboxRow {
    /// Link it waits for; none for what no link can take now.
    pub link: Option<LinkId>,
    /// Name of that link, empty without one.
    pub link_name: String,
    /// Urgency.
    pub urgency: Urgency,
    /// Lane it belongs to, or `board`.
    pub what: String,
    /// Author.
    pub author: DeviceId,
    /// Incarnation of that author, as in the numbers that people say.
    pub incarnation: u8,
    /// First and last record.
    pub first: u32,
    /// See `first`.
    pub last: u32,
    /// Bytes, without framing.
    pub bytes: u32,
    /// Times it was sent without an answer.
    pub tries: u32,
    /// Names of the units whose devices lack it, as far as they wait for the same.
    pub to: Vec<String>,
    /// Why it has not left yet.
    pub why: WaitWhy,
    /// Things on the same link that go first.
    pub ahead: u32,
    /// Name of the link that carries it instead.
    pub by: Option<String>,
    /// When it goes or is looked at again, as far as can be told now.
    pub at_ms: Option<u64>,
}
