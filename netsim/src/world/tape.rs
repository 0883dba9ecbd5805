//! The frames that hosts handed to their links, kept for those who count bytes or look inside.

use sanduan_protocol::base::ids::LinkId;
use sanduan_protocol::base::time::{Mono, Now, Wall};
use sanduan_protocol::link::meter::Gate;

use super::host::HostId;

/// Frames kept until they are taken; more are dropped, the oldest stay.
const FRAMES_MAX: usize = 1_000_000;

/// A frame that was handed to a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taped {
    /// When.
    pub at: Mono,
    /// What the clock of its host showed.
    pub wall: Wall,
    /// By which host.
    pub host: HostId,
    /// To which of its links.
    pub link: LinkId,
    /// What might leave there then, as far as the counters of the bearer are concerned.
    pub gate: Gate,
    /// The frame, without the bearer's framing.
    pub frame: Vec<u8>,
}

/// What was kept so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Tape {
    frames: Option<Vec<Taped>>,
}

impl Tape {
    pub fn keep(&mut self) {
        self.frames.get_or_insert_default();
    }

    pub fn note(&mut self, now: Now, host: HostId, link: LinkId, gate: Gate, frame: &[u8]) {
        if let Some(frames) = self.frames.as_mut().filter(|frames| frames.len() < FRAMES_MAX) {
            let (at, wall, frame) = (now.mono, now.wall, frame.to_vec());
            frames.push(Taped { at, wall, host, link, gate, frame });
        }
    }

    pub fn take(&mut self) -> Vec<Taped> {
        self.frames.as_mut().map(std::mem::take).unwrap_or_default()
    }
}
