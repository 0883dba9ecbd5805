//! S6: every frame that is handed to a link is opened by one who never forgets, neither a number
//! nor a key of any day or epoch that somebody had. A mute frame has no number, and is opened by
//! those alone who hold what its sender held at that moment: of those only the sender is looked at.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use sanduan_protocol::base::ids::DeviceId;
use sanduan_protocol::base::start::{FrameNo, Start};
use sanduan_protocol::keys::frame_key::{FrameKey, FrameOpener, OpenError, Opened, Turn};
use sanduan_protocol::node::Node;
use sanduan_protocol::wire::frame::{FrameView, HeaderNo};
use sanduan_protocol::wire::notice;

use crate::world::{HostId, Taped};

/// How many looks a frame waits whose key nobody is known to have: its sender may have lost power
/// between moving on and being looked at, and others move on after it.
const LOOKS_MAX: u64 = 300;

/// Starts of one host whose frames may still be looked at: the newest are tried first.
const STARTS_MAX: usize = 64;

/// All frames so far.
pub struct Frames {
    keys: Vec<FrameKey>,
    /// An opener for each start of a host, which refuses no start for another's sake.
    openers: BTreeMap<HostId, Vec<(Start, FrameOpener)>>,
    known: BTreeSet<Turn>,
    used: BTreeSet<(DeviceId, FrameNo)>,
    by_host: BTreeMap<HostId, u64>,
    bytes: u64,
    looks: u64,
    waiting: VecDeque<(u64, Taped, DeviceId)>,
}

impl Frames {
    /// None yet.
    pub fn new() -> Frames {
        Frames {
            keys: Vec::new(),
            openers: BTreeMap::new(),
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
        for key in node.frame_keys() {
            if self.known.insert(key.turn()) {
                self.keys.insert(0, key);
            }
        }
    }

    /// Try again what nobody could open, and tell what nobody ever could.
    pub fn look(&mut self, found: &mut Vec<(HostId, String)>) {
        self.looks += 1;
        for (since, taped, device) in std::mem::take(&mut self.waiting) {
            match self.open(&taped, device, found) {
                Err(_) if self.looks < since + LOOKS_MAX => {
                    self.waiting.push_back((since, taped, device));
                }
                Err(error) => found.push((taped.host, format!("S6 nobody opens it: {error}"))),
                Ok(_) => {}
            }
        }
    }

    /// One more frame, which must be of this device, opened.
    pub fn check(
        &mut self,
        taped: &Taped,
        device: DeviceId,
        found: &mut Vec<(HostId, String)>,
    ) -> Option<Opened> {
        *self.by_host.entry(taped.host).or_default() += 1;
        self.bytes += taped.frame.len() as u64;
        if notice::is_notice(&taped.frame) {
            return None;
        }
        if let Ok(view) = FrameView::new(&taped.frame)
            && view.is_mute()
        {
            if view.header.sender != Some(device) {
                let sender = view.header.sender;
                found.push((taped.host, format!("S6 a mute frame of device {sender:?}")));
            }
            return None;
        }
        self.open(taped, device, found).unwrap_or_else(|_| {
            self.waiting.push_back((self.looks, taped.clone(), device));
            None
        })
    }

    fn open(
        &mut self,
        taped: &Taped,
        device: DeviceId,
        found: &mut Vec<(HostId, String)>,
    ) -> Result<Option<Opened>, OpenError> {
        match self.opened(taped, device) {
            Ok(opened) => {
                if opened.sender != device {
                    found.push((taped.host, format!("S6 a frame of device {}", opened.sender)));
                }
                if !self.used.insert((opened.sender, opened.number)) {
                    found.push((taped.host, format!("S6 {:?} again", opened.number)));
                }
                Ok(Some(opened))
            }
            Err(OpenError::Replayed) => {
                found.push((taped.host, "S6 a number was used again".to_owned()));
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Frames of this start are opened from now on.
    fn learn_start(&mut self, host: HostId, start: Start) {
        let openers = self.openers.entry(host).or_default();
        if openers.iter().all(|(known, _)| *known != start) {
            openers.truncate(STARTS_MAX - 1);
            let opener = FrameOpener::of_keys(Vec::new(), DeviceId(u16::MAX));
            openers.insert(0, (start, opener));
        }
    }

    fn opened(&mut self, taped: &Taped, device: DeviceId) -> Result<Opened, OpenError> {
        let whole = match FrameView::new(&taped.frame)?.header.number {
            HeaderNo::Whole(number) => Some(number.start),
            // Its sender made sure of that by the same clock.
            HeaderNo::Near { start_low, .. } => Some(Start::of_low(start_low, taped.wall)),
            HeaderNo::Low(_) | HeaderNo::Absent => None,
        };
        whole.into_iter().for_each(|start| self.learn_start(taped.host, start));
        let mut error = OpenError::UnknownStart;
        for (start, opener) in self.openers.entry(taped.host).or_default() {
            if whole.is_some_and(|whole| whole != *start) {
                continue;
            }
            opener.set_clock(taped.wall);
            match opener.open_with(&taped.frame, &self.keys, &[device], taped.at) {
                Err(why) if why != OpenError::Replayed => error = why,
                known => return known,
            }
        }
        Err(error)
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
