//! Records that go to make room, and what stays of them. Which ones may go is decided by the node.

use super::*;
use crate::log::stub::Stub;

impl Book {
    /// The bytes of records in a row from `first` on go, but for what is left of each. `None`, and
    /// nothing changed, unless all of them are verified and on the disk; and of a lane whose
    /// author may have written two things nothing goes, because it may be the proof.
    pub fn evict(&mut self, first: RecordId, left: Vec<Vec<u8>>) -> Option<Stub> {
        let id = first.lane;
        if self.forks.contains_key(&id) || self.rivals.contains_key(&id) {
            return None;
        }
        let stub = self.lanes.get_mut(&id)?.evict(first.seq, left)?;
        // What of it goes to whom has to be looked at anew, and its seals leave the disk.
        self.dirty.insert(id);
        self.note_change(id);
        Some(stub)
    }

    /// A stub read back from the disk, before the records of its lane.
    pub fn restore_stub(&mut self, first: RecordId, stub: Stub) {
        let Some(lane) = self.lane_mut(first.lane) else { return };
        let before = lane.early_count();
        lane.restore_stub(first.seq, stub);
        let after = lane.early_count();
        self.early_count = self.early_count + after - before;
    }

    /// Records that went to make room, in all lanes.
    pub fn gone_count(&self) -> u32 {
        self.lanes.values().map(Lane::gone_count).fold(0, u32::saturating_add)
    }
}

#[cfg(test)]
mod tests;
