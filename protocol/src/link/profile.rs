//! What a bearer declares of itself (DESIGN section 7). Learned values start from what was measured
//! or published for its kind; what changes while it runs is told in [`crate::link::condition`].

use serde::{Deserialize, Serialize};

use crate::link::purse::Allowance;

/// Who hears a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Medium {
    /// Everyone on the channel.
    Broadcast,
    /// One peer.
    #[default]
    Unicast,
    /// Nobody now: a file taken there by hand.
    Carry,
}

/// How what is meant for us reaches us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Inbound {
    /// By itself.
    #[default]
    Push,
    /// Only when it is asked for.
    Poll,
    /// Something rings, then it is asked for.
    RingThenPoll,
}

/// The strongest thing that a "sent" of the bearer means. Never delivery: that is our own ack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Knowledge {
    /// Nothing: the bytes were handed over.
    #[default]
    None,
    /// It left the antenna.
    LocalTx,
    /// A gateway of the operator has it.
    Gateway,
    /// The peer's program has it.
    Peer,
}

/// Through whose hands it goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exposure {
    /// Our own equipment only.
    #[default]
    Owned,
    /// A network that somebody runs for us.
    Operator,
    /// Anyone may listen or write.
    Open,
}

/// What may be sent in a span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    /// Messages in the span; none means that they are not counted.
    pub messages: Option<u64>,
    /// Bytes in the span; none means that they are not counted.
    pub bytes: Option<u64>,
    /// The span in seconds; it starts anew at each multiple since 1970, Beijing time.
    pub window_s: u32,
}

/// What sending costs, in thousandths of a yuan. Always from the configuration: no price was
/// found in a source (research, bearers 1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// For each message.
    pub message_milli_yuan: u32,
    /// For each 1,000 bytes.
    pub kilobyte_milli_yuan: u32,
}

/// Slots shorter than this are not held open for anything: nobody waits long for one, ms.
const LONG_SLOT_MS_MIN: u32 = 30_000;

/// Properties of one link, given by the daemon when it opens it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Name of the link, unique on the node.
    pub name: String,
    /// Name of its bearer from the configuration; several links may share one, and its quota.
    pub bearer: String,
    /// Word of the configuration: `udp`, `kiss-tcp`, `beidou`, …
    pub kind: String,
    /// Address, device path or folder, for people.
    pub target: String,
    /// Largest frame in bytes, the bearer's own framing not counted; 64 at least.
    pub mtu: u16,
    /// Raw rate in bit/s.
    pub rate_bit_s: u32,
    /// What one key-up or burst costs before the first bit, ms (access wait and preamble).
    pub per_burst_ms: u32,
    /// Longest burst on a half-duplex link before the others must be let speak, ms; 0 means the
    /// pacer's own.
    pub burst_max_ms: u32,
    /// Air time of frames that may wait in the device beside the one on the air, ms; 0 where it
    /// takes one at a time.
    pub queue_ms: u32,
    /// Bytes the bearer adds to each frame (UDP and IP headers, AX.25, KISS escapes not counted).
    pub per_frame_bytes: u16,
    /// Who hears a frame.
    pub medium: Medium,
    /// True where sending and hearing exclude each other.
    pub half_duplex: bool,
    /// Shortest time from one frame to the next, ms; 0 where there is none. A BeiDou card may send
    /// once a minute, whatever its rate on the air.
    pub min_interval_ms: u32,
    /// Longest time between two beacons on a quiet link, ms.
    pub beacon_max_ms: u32,
    /// Bytes a frame should have at most now: below `mtu` while measured loss says that long
    /// frames die; 0 means `mtu`.
    pub frame_bytes: u16,
    /// What may be sent in a span of time.
    pub quota: Option<Quota>,
    /// What sending costs.
    pub price: Price,
    /// What of air time and money may be spent.
    pub allowance: Allowance,
    /// Time from handing over to arrival, ms: median and 95th percentile, before our own acks
    /// tell.
    pub latency_ms: (u32, u32),
    /// Share of frames lost in 1/1000, before our own acks tell.
    pub loss_permille: u16,
    /// How what is meant for us reaches us.
    pub inbound: Inbound,
    /// What a "sent" means at best.
    pub knowledge: Knowledge,
    /// The network keeps a message for a receiver that is not there.
    pub stores_for_receiver: bool,
    /// Through whose hands it goes.
    pub exposure: Exposure,
    /// One terminal is at each end, and the network tells the hearer which one sent a frame: whose
    /// it is need not be said in the frame, once the other end knows which device speaks there.
    pub names_sender: bool,
    /// Built from documents and simulation only, never tried with the real equipment.
    pub experimental: bool,
}

impl Price {
    /// What one message costs, millionths of a yuan: a thousandth for 1,000 bytes is a millionth
    /// for one.
    pub fn micro_yuan(&self, bytes: u64) -> u64 {
        let message = u64::from(self.message_milli_yuan) * 1000;
        message.saturating_add(bytes.saturating_mul(u64::from(self.kilobyte_milli_yuan)))
    }
}

/// Longest time between two beacons of a quiet link of IP addresses, s: it is worth one a minute.
pub const BEACON_IP_MAX_S: u32 = 60;
/// Slots from one beacon of a link to the next at least, while others differ.
const BEACON_SLOTS_MIN: u64 = 4;

impl Profile {
    /// The shortest time from one beacon to the next, while others differ, ms.
    pub(super) fn beacon_min_ms(&self) -> u64 {
        // Before the last one can have been answered a beacon finds nothing out, nor in each slot
        // of a card.
        let answered_ms = match self.half_duplex {
            true => 15_000,
            false => (4 * self.bits_ms(usize::from(self.frame_max()))).clamp(2_000, 15_000),
        };
        answered_ms.max(BEACON_SLOTS_MIN * u64::from(self.min_interval_ms))
    }

    /// Plain bytes that a frame takes with so many around them.
    pub fn room_of_frame(&self, around_bytes: usize) -> usize {
        usize::from(self.frame_max()).saturating_sub(around_bytes)
    }

    /// Bytes of the largest frame to be filled now.
    pub fn frame_max(&self) -> u16 {
        match self.frame_bytes {
            0 => self.mtu,
            bytes => bytes.min(self.mtu),
        }
    }

    /// Milliseconds from one frame to the next where that is long enough to be worth waiting for
    /// company, see `plan::lull`.
    pub fn long_slot_ms(&self) -> Option<u64> {
        (self.min_interval_ms >= LONG_SLOT_MS_MIN).then_some(u64::from(self.min_interval_ms))
    }

    /// Milliseconds that a frame of `bytes` is on the air, its share of the key-up included.
    pub fn air_ms(&self, bytes: usize) -> u64 {
        u64::from(self.per_burst_ms) + self.bits_ms(bytes)
    }

    /// Milliseconds that the bits of a frame take, the bearer's own bytes included.
    pub fn bits_ms(&self, bytes: usize) -> u64 {
        let bits = (bytes as u64 + u64::from(self.per_frame_bytes)) * 8;
        (bits * 1000).div_ceil(u64::from(self.rate_bit_s.max(1)))
    }
}
