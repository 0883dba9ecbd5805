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

    /// The records of the stub that begins at `first` are here again, in order. False, and nothing
    /// changed, unless they are the ones that went.
    pub fn refill(
        &mut self,
        first: RecordId,
        records: &[Vec<u8>],
        urgency: &dyn Fn(&[u8]) -> Urgency,
    ) -> bool {
        let lane = self.lanes.get_mut(&first.lane);
        let is_here = lane.is_some_and(|lane| lane.refill(first.seq, records, urgency));
        if is_here {
            // What of it goes to whom has to be looked at anew.
            self.note_change(first.lane);
        }
        is_here
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
