//! In which order records left on a link of two, frame by frame. Frames keep their order there, so
//! one that was answered tells of those before it that were not: what was urgent in them is lost,
//! and need not wait until its own answer is late, behind all that was sent since.
//!
//! ```text
//! we     ═flash═ ══33-37══ ══38-42══ ═flash═
//!           ✗        │         │       ↑ before its answer could be late
//! other              └─────────┴─ ack 42
//! ```

use std::collections::{BTreeMap, VecDeque};

use crate::base::caps::TRAIL_FRAMES_MAX;
use crate::base::class::Urgency;
use crate::base::ids::LaneId;
use crate::wire::bundle::Holding;

/// What the last frames said, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Trail {
    frames: VecDeque<BTreeMap<LaneId, (u32, Urgency)>>,
}

impl Trail {
    /// The next frame is being filled.
    pub fn begin(&mut self) {
        if self.frames.back().is_none_or(|frame| !frame.is_empty()) {
            self.frames.push_back(BTreeMap::new());
        }
        while self.frames.len() > TRAIL_FRAMES_MAX {
            self.frames.pop_front();
        }
    }

    /// It says records of a lane up to this one.
    pub fn note(&mut self, lane: LaneId, last: u32, urgency: Urgency) {
        if let Some(frame) = self.frames.back_mut() {
            frame.insert(lane, (last, urgency));
        }
    }

    /// The other answered with this: the urgent records, by lane, of frames before the last that
    /// arrived, of which it says nothing. Each is told once.
    pub fn lost(&mut self, said: &[Holding]) -> Vec<(LaneId, u32)> {
        let holds =
            |lane: &LaneId, seq: u32| said.iter().any(|it| it.lane == *lane && holds(it, seq));
        let arrived = self
            .frames
            .iter()
            .rposition(|frame| frame.iter().any(|(lane, (last, _))| holds(lane, *last)));
        let Some(arrived) = arrived else { return Vec::new() };
        let before = self.frames.drain(..=arrived).take(arrived);
        let unanswered = before.flatten().filter(|(lane, (last, _))| !holds(lane, *last));
        let urgent = unanswered.filter(|(_, (_, urgency))| *urgency <= Urgency::Receipt);
        urgent.map(|(lane, (last, _))| (lane, last)).collect()
    }
}

/// It holds this record of the lane, by what it said.
fn holds(said: &Holding, seq: u32) -> bool {
    let mut end = said.head;
    seq <= end
        || said.islands.iter().any(|(lack, held)| {
            let missing = end.saturating_add(*lack);
            end = missing.saturating_add(*held);
            (missing..end).contains(&(seq - 1))
        })
}

#[cfg(test)]
mod tests;
