//! The keys of `kind = "sms"`. The table around them is read in [`super::tables`].

use std::path::{Path, PathBuf};
use std::str::FromStr;

use sanduan_protocol::link::modem::sms::{FRAME_BYTES_MAX, Number};

use super::read::Section;

/// Most modems find the rate by themselves; this one all of them take.
const BAUD: u32 = 115_200;
/// Bytes of the largest frame: one message less the header of its port.
pub const MTU: u32 = FRAME_BYTES_MAX as u32;
/// One message in some five seconds.
pub const RATE_BIT_S: u32 = 200;
/// From the command to the network's answer, over a geostationary satellite.
pub const PER_BURST_MS: u32 = 4_000;
/// Every beacon is paid for: six hours.
pub const BEACON_MAX_S: u32 = 21_600;

/// What an `sms` bearer is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmsConfig {
    /// Device path of the modem.
    pub device: PathBuf,
    /// Symbols per second on the wire to it.
    pub baud: u32,
    /// Numbers of the peers, one link each; none where the modem serves handsets only.
    pub peers: Vec<Number>,
    /// Ask the network to tell when a text has reached its phone.
    pub reports: bool,
}

/// Read them.
pub fn read(section: &mut Section<'_, '_>, folder: &Path) -> Option<SmsConfig> {
    let device = section.needed_text("device");
    let baud = section.number("baud", 300..=4_000_000, BAUD);
    let reports = section.flag("reports", true);
    let peers: Vec<Peer> = match section.has("peers") {
        true => section.list_like("peers", "\"+8617400000001\""),
        false => Vec::new(),
    };
    let peers: Vec<Number> = peers.into_iter().map(|peer| peer.0).collect();
    let is_twice = |at: usize| peers[..at].iter().any(|peer| peer.is_same_line(&peers[at]));
    if (0..peers.len()).any(is_twice) {
        section.wrong("peers", "有重复的号码", "names a number twice");
        return None;
    }
    Some(SmsConfig { device: folder.join(device?), baud, peers, reports })
}

struct Peer(Number);

impl FromStr for Peer {
    type Err = ();

    fn from_str(text: &str) -> Result<Peer, ()> {
        text.parse().map(Peer).map_err(|_| ())
    }
}
