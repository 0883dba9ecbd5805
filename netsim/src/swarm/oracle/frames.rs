//! S6: every frame that is handed to a link is opened by one who never forgets.

use std::collections::{BTreeMap, BTreeSet};

use sanduan_protocol::base::ids::DeviceId;
use sanduan_protocol::keys::frame_key::{FrameKey, FrameOpener, OpenError};
use sanduan_protocol::keys::suite::Suite;

use crate::world::{HostId, Taped, district};

/// All frames so far.
pub struct Frames {
    opener: FrameOpener,
    used: BTreeSet<(DeviceId, u64)>,
    by_host: BTreeMap<HostId, u64>,
    bytes: u64,
}

impl Frames {
    /// None yet, in a network of this suite.
    pub fn new(suite: Suite) -> Frames {
        let network = district::settings(0, 0).network;
        let key = FrameKey::derive(suite, &network.epoch_secret, network.epoch);
        Frames {
            opener: FrameOpener::new(key, DeviceId(u16::MAX)),
            used: BTreeSet::new(),
            by_host: BTreeMap::new(),
            bytes: 0,
        }
    }

    /// One more frame.
    pub fn check(&mut self, taped: &Taped, found: &mut Vec<(HostId, String)>) {
        *self.by_host.entry(taped.host).or_default() += 1;
        self.bytes += taped.frame.len() as u64;
        match self.opener.open(&taped.frame) {
            Ok(opened) => {
                if opened.sender.0 != taped.host.0 + 1 {
                    found.push((taped.host, format!("S6 a frame of device {}", opened.sender)));
                }
                if !self.used.insert((opened.sender, opened.counter)) {
                    found.push((taped.host, format!("S6 counter {} again", opened.counter)));
                }
            }
            Err(OpenError::Replayed) => {
                found.push((taped.host, "S6 a counter was used again".to_owned()));
            }
            Err(error) => found.push((taped.host, format!("S6 nobody opens it: {error}"))),
        }
    }

    /// Frames and their bytes.
    pub fn said(&self) -> (u64, u64) {
        (self.by_host.values().sum(), self.bytes)
    }

    /// Frames of one host.
    pub fn said_by(&self, host: HostId) -> u64 {
        self.by_host.get(&host).copied().unwrap_or(0)
    }
}
