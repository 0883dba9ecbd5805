//! What a bearer declares of itself (DESIGN section 7, as far as this version spends it).

use serde::{Deserialize, Serialize};

/// Who hears a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Medium {
    /// Everyone on the channel.
    Broadcast,
    /// One peer.
    Unicast,
    /// Nobody now: a file taken there by hand.
    Carry,
}

/// Properties of one link, given by the daemon when it opens it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Name from the configuration, unique on the node.
    pub name: String,
    /// `udp`, `kiss-tcp`, `kiss-serial`, `beidou`, `sbd`, `carry`.
    pub kind: String,
    /// Address, device path or folder, for people.
    pub target: String,
    /// Largest frame in bytes, the bearer's own framing not counted; 64 at least.
    pub mtu: u16,
    /// Raw rate in bit/s.
    pub rate_bit_s: u32,
    /// What one key-up or burst costs before the first bit, ms (access wait and preamble).
    pub per_burst_ms: u32,
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
}

impl Profile {
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
