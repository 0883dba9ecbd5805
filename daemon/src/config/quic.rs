//! The keys of `kind = "quic"`. The table around them is read in [`super::tables`].

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::str::FromStr;

use sanduan_protocol::base::caps::FRAME_BYTES_MAX;
use sanduan_protocol::base::ids::DeviceId;

use super::read::Section;

/// The slowest thing that people call broadband: BGAN and VSAT in their smallest service.
const RATE_BIT_S: u32 = 64_000;
/// By a geostationary satellite and back (research, bearers 3).
const RTT_MS: u32 = 600;
/// Below this a photo of 1 MB would take longer than two minutes.
const FILES_MIN_RATE_BIT_S: u32 = 64_000;
/// Often enough that a connection does not end for silence (15 min), and 1 kB an hour.
const BEACON_MAX_S: u32 = 600;
/// A quiet link that costs nothing.
const BEACON_UNMETERED_MAX_S: u32 = 60;

/// The keys of a `quic` bearer.
#[derive(Clone, Debug, PartialEq)]
pub struct QuicConfig {
    /// Address to receive on, and to dial from.
    pub listen: SocketAddr,
    /// Peers to dial; others of the network may call.
    pub peers: Vec<QuicPeer>,
    /// Round trip on the idle link, ms.
    pub rtt_ms: u32,
    /// Bytes cost nothing.
    pub unmetered: bool,
    /// No files over a slower link, bit/s.
    pub files_min_rate_bit_s: u32,
}

/// A peer to dial, written `address:port` or `address:port#device`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct QuicPeer {
    /// Where.
    pub address: SocketAddr,
    /// Who it must be; any device of the network if absent.
    pub device: Option<DeviceId>,
}

impl QuicConfig {
    /// Defaults of what every bearer has: rate, mtu, burst, beacon.
    pub fn defaults(&self) -> (u32, u32, u32, u32) {
        let beacon_max_s = if self.unmetered { BEACON_UNMETERED_MAX_S } else { BEACON_MAX_S };
        (RATE_BIT_S, FRAME_BYTES_MAX as u32, 0, beacon_max_s)
    }
}

impl FromStr for QuicPeer {
    type Err = ();

    fn from_str(text: &str) -> Result<QuicPeer, ()> {
        let (address, device) = match text.split_once('#') {
            Some((address, device)) => {
                (address, Some(DeviceId(device.trim().parse().map_err(|_| ())?)))
            }
            None => (text, None),
        };
        Ok(QuicPeer { address: address.trim().parse().map_err(|_| ())?, device })
    }
}

/// The keys of `kind = "quic"`.
pub fn read(section: &mut Section<'_, '_>) -> Option<QuicConfig> {
    let listen = section.needed_like("listen", "\"0.0.0.0:7820\"");
    // A command post that only takes calls needs no peers.
    let peers: Vec<QuicPeer> = match section.has("peers") {
        true => section.list_like("peers", "\"203.0.113.10:7820\""),
        false => Vec::new(),
    };
    let rtt_ms = section.number("rtt_ms", 1..=60_000, RTT_MS);
    let unmetered = section.flag("unmetered", false);
    let files_min_rate_bit_s =
        section.number("files_min_rate_bit_s", 0..=u32::MAX, FILES_MIN_RATE_BIT_S);
    let distinct: BTreeSet<_> = peers.iter().map(|peer| peer.address).collect();
    if distinct.len() < peers.len() {
        section.wrong("peers", "有重复的地址", "names an address twice");
        return None;
    }
    Some(QuicConfig { listen: listen?, peers, rtt_ms, unmetered, files_min_rate_bit_s })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::{BearerKind, Config};

    #[test]
    fn a_quic_bearer_is_read_and_its_mistakes_named() {
        let sound = "[[bearer]]\nname = \"q\"\nkind = \"quic\"\nlisten = \"[::]:7820\"\n";
        let config = Config::parse(Path::new("f.toml"), sound).expect("sound");
        let BearerKind::Quic(read) = &config.bearers[0].kind else { panic!("quic") };
        assert!(read.peers.is_empty() && !read.unmetered);
        assert_eq!((config.bearers[0].rate_bit_s, config.bearers[0].beacon_max_s), (64_000, 600));
        let peers = format!("{sound}unmetered = true\npeers = [\"1.2.3.4:5\", \"1.2.3.4:6#7\"]");
        let config = Config::parse(Path::new("f.toml"), &peers).expect("sound");
        let BearerKind::Quic(read) = &config.bearers[0].kind else { panic!("quic") };
        assert_eq!(read.peers[1].device.map(|device| device.0), Some(7));
        assert_eq!((config.bearers[0].kind.links(), config.bearers[0].beacon_max_s), (2, 60));
        for wrong in ["peers = [\"1.2.3.4:5\", \"1.2.3.4:5#2\"]", "unmetered = 1", "rtt_ms = 0"] {
            assert!(Config::parse(Path::new("f.toml"), &format!("{sound}{wrong}")).is_err());
        }
    }
}
