//! How much of what this device wrote somebody else has verified, ever: after a restart nobody has
//! been met yet, and what was brought to others before is not told to wait for them.

use std::collections::BTreeMap;

use crate::base::ids::{DeviceId, LaneId};
use crate::node::Node;
use crate::node::disk::Stored;

/// Up to which record of each of our own lanes another device said that it has verified them.
#[derive(Clone, Debug, Default)]
pub struct Handed(BTreeMap<LaneId, u32>);

impl Handed {
    /// The last such record of a lane; 0 if there is none.
    pub fn mark(&self, id: LaneId) -> u32 {
        self.0.get(&id).copied().unwrap_or(0)
    }

    /// Another has verified this much. True if that is news.
    pub fn raise(&mut self, id: LaneId, head: u32) -> bool {
        let mark = self.0.entry(id).or_default();
        std::mem::replace(mark, head.max(*mark)) < head
    }
}

impl Node {
    /// A device said that it has verified a lane up to here. Kept on the disk once a lane is there
    /// whole: of one that is written on and on a restart may tell too little, never too much.
    pub(super) fn note_handed(&mut self, device: DeviceId, id: LaneId, head: u32) {
        let own = self.who.device;
        let Some(lane) = self.book.lane(id).filter(|_| id.author == own && device != own) else {
            return;
        };
        let (head, saved) = (head.min(lane.saved()), lane.saved());
        if self.handed.raise(id, head) && head == saved && !self.cannot_save() {
            self.disk.put(Stored::Handed(id, head), false);
        }
    }
}
