//! Lanes of which another holds what does not fit ours. They are asked for from further back, and
//! until the answer has had its time nothing of them is acknowledged: others may hold just what we
//! do and repeat it first, and our ack of that would tell the one who holds the other story that
//! there is nothing left to say.

use std::collections::BTreeMap;

use crate::base::ids::{LaneId, RecordId};
use crate::base::time::Mono;
use crate::link::state::Link;

/// So many answers of its link an answer may take: whoever has it leaves it to its author first,
/// and sends a few records and the seal in halves.
const PAUSES: u64 = 8;

/// What a link keeps of such lanes.
#[derive(Clone, Debug, Default)]
pub struct Doubts {
    /// From where on to ask for a lane again.
    asking: BTreeMap<LaneId, u32>,
    /// Until when a lane is not acknowledged.
    unacked: BTreeMap<LaneId, Mono>,
}

impl Doubts {
    /// True if nothing is to be asked for.
    pub fn is_empty(&self) -> bool {
        self.asking.is_empty()
    }

    /// What is to be asked for, by lane.
    pub fn asking(&self) -> impl Iterator<Item = RecordId> {
        self.asking.iter().map(|(lane, from)| lane.at(*from))
    }

    /// True if this lane is to be asked for.
    pub fn asks(&self, lane: LaneId) -> bool {
        self.asking.contains_key(&lane)
    }

    /// It was asked for.
    pub fn note_asked(&mut self, lane: LaneId) {
        self.asking.remove(&lane);
    }

    /// True if an ack of this lane would keep back an answer.
    pub fn keeps_ack(&self, lane: LaneId, now: Mono) -> bool {
        self.unacked.get(&lane).is_some_and(|until| now < *until)
    }
}

impl Link {
    /// What another holds of this lane does not fit: ask for it from this record on. What comes
    /// after all that is verified here may be acknowledged as it comes: nobody takes such an ack
    /// for one of another story of that.
    pub fn doubt(&mut self, record: RecordId, verified: u32, now: Mono) {
        let until = now.after_ms(PAUSES * self.pause_ms(0));
        self.doubts.unacked.retain(|_, until| now < *until);
        if record.seq <= verified {
            self.ack_lanes.remove(&record.lane);
            self.doubts.unacked.insert(record.lane, until);
        }
        self.doubts.asking.insert(record.lane, record.seq);
    }
}

impl Link {
    /// All that was asked for of this lane is here: it is acknowledged as ever.
    pub fn end_doubt(&mut self, lane: LaneId) {
        self.doubts.unacked.remove(&lane);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::dice::Dice;
    use crate::link::line::Answer;
    use crate::link::turns::tests::{NOW, lane, radio};

    #[test]
    fn a_lane_in_doubt_is_asked_for_once_and_not_acknowledged_until_an_answer_had_its_time() {
        let mut link = radio(&[1, 2]);
        let mut dice = Dice::new(1);
        link.owe_ack(lane(1), Answer::InLine(0), false, NOW, &mut dice);
        link.doubt(lane(1).at(3), 6, NOW);
        assert!(link.ack_lanes.is_empty());
        assert_eq!(link.doubts.asking().collect::<Vec<_>>(), vec![lane(1).at(3)]);
        link.doubts.note_asked(lane(1));
        assert!(link.doubts.is_empty() && !link.doubts.asks(lane(1)));
        // Another who holds what we do says it again.
        let early = NOW.after_ms(PAUSES * link.pause_ms(0) - 1);
        link.owe_ack(lane(1), Answer::InLine(0), false, early, &mut dice);
        link.owe_ack_in_company(lane(1), 1_000, early);
        assert!(link.ack_lanes.is_empty());
        link.owe_ack(lane(2), Answer::InLine(0), false, early, &mut dice);
        assert_eq!(link.ack_lanes.iter().collect::<Vec<_>>(), vec![&lane(2)]);
        link.owe_ack(lane(1), Answer::InLine(0), false, early.after_ms(1), &mut dice);
        assert_eq!(link.ack_lanes.len(), 2);
    }

    #[test]
    fn what_follows_all_that_is_verified_is_acknowledged_as_it_comes() {
        let (mut link, mut dice) = (radio(&[1, 2]), Dice::new(1));
        link.doubt(lane(1).at(7), 6, NOW);
        assert_eq!(link.doubts.asking().collect::<Vec<_>>(), vec![lane(1).at(7)]);
        link.owe_ack(lane(1), Answer::InLine(0), false, NOW, &mut dice);
        assert_eq!(link.ack_lanes.len(), 1);
    }
}
