//! S6: every frame that is handed to a link is opened by one who never forgets, neither a counter
//! nor a key of any day or epoch that somebody had. A mute beacon is opened by those alone who hold
//! what its sender held at that moment: of those only the counter is looked at.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use sanduan_protocol::base::ids::DeviceId;
use sanduan_protocol::keys::frame_key::{FrameOpener, OpenError, Opened, Turn};
use sanduan_protocol::node::Node;
use sanduan_protocol::wire::frame::{FrameCounter, FrameHeader, FrameView};
use sanduan_protocol::wire::notice;

use crate::world::{HostId, Taped};

/// How many looks a frame waits whose key nobody is known to have: its sender may have lost power
/// between moving on and being looked at, and others move on after it.
const LOOKS_MAX: u64 = 300;

/// All frames so far.
pub struct Frames {
    opener: FrameOpener,
    known: BTreeSet<Turn>,
    used: BTreeSet<(DeviceId, u64)>,
    by_host: BTreeMap<HostId, u64>,
    bytes: u64,
    looks: u64,
    waiting: VecDeque<(u64, Taped)>,
}

impl Frames {
    /// None yet.
    pub fn new() -> Frames {
        Frames {
            opener: FrameOpener::of_keys(Vec::new(), DeviceId(u16::MAX)),
            known: BTreeSet::new(),
            used: BTreeSet::new(),
            by_host: BTreeMap::new(),
            bytes: 0,
            looks: 0,
            waiting: VecDeque::new(),
        }
    }

    /// Learn the keys of this node, if it is of a day that nobody was of before.
    pub fn learn(&mut self, node: &Node) {
        if self.known.contains(&node.turn()) {
            return;
        }
        let mut keys = self.opener.keys().to_vec();
        for key in node.frame_keys() {
            if self.known.insert(key.turn()) {
                keys.insert(0, key);
            }
        }
        self.opener.set_keys(keys);
    }

    /// Try again what nobody could open, and tell what nobody ever could.
    pub fn look(&mut self, found: &mut Vec<(HostId, String)>) {
        self.looks += 1;
        for (since, taped) in std::mem::take(&mut self.waiting) {
            match self.open(&taped, found) {
                Err(_) if self.looks < since + LOOKS_MAX => self.waiting.push_back((since, taped)),
                Err(error) => found.push((taped.host, format!("S6 nobody opens it: {error}"))),
                Ok(_) => {}
            }
        }
    }

    /// One more frame, opened.
    pub fn check(&mut self, taped: &Taped, found: &mut Vec<(HostId, String)>) -> Option<Opened> {
        *self.by_host.entry(taped.host).or_default() += 1;
        self.bytes += taped.frame.len() as u64;
        if notice::is_notice(&taped.frame) {
            return None;
        }
        if let Ok(view) = FrameView::new(&taped.frame)
            && view.is_mute()
        {
            self.check_mute(taped.host, view.header, found);
            return None;
        }
        self.open(taped, found).unwrap_or_else(|_| {
            self.waiting.push_back((self.looks, taped.clone()));
            None
        })
    }

    /// The counter of a mute beacon, which is told in the clear.
    fn check_mute(&mut self, host: HostId, header: FrameHeader, found: &mut Vec<(HostId, String)>) {
        let sender = header.sender;
        if sender.0 != host.0 + 1 {
            found.push((host, format!("S6 a mute beacon of device {sender}")));
        }
        let used = self.used.range((sender, 0)..=(sender, u64::MAX)).next_back();
        let highest = used.map_or(0, |(_, counter)| *counter);
        let counter = match header.counter {
            FrameCounter::Full(counter) => counter,
            // That one nearest to the highest seen: nobody says 32,768 frames unseen.
            FrameCounter::Low(low) => {
                let behind = (highest as u16).wrapping_sub(low);
                match behind < u16::MAX / 2 {
                    true => highest.saturating_sub(behind.into()),
                    false => highest + u64::from(low.wrapping_sub(highest as u16)),
                }
            }
        };
        if !self.used.insert((sender, counter)) {
            found.push((host, format!("S6 counter {counter} again, in a mute beacon")));
        }
    }

    fn open(
        &mut self,
        taped: &Taped,
        found: &mut Vec<(HostId, String)>,
    ) -> Result<Option<Opened>, OpenError> {
        match self.opener.open(&taped.frame) {
            Ok(opened) => {
                if opened.sender.0 != taped.host.0 + 1 {
                    found.push((taped.host, format!("S6 a frame of device {}", opened.sender)));
                }
                if !self.used.insert((opened.sender, opened.counter)) {
                    found.push((taped.host, format!("S6 counter {} again", opened.counter)));
                }
                Ok(Some(opened))
            }
            Err(OpenError::Replayed) => {
                found.push((taped.host, "S6 a counter was used again".to_owned()));
                Ok(None)
            }
            Err(error) => Err(error),
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
