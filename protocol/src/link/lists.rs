//! How a link says what is verified here to someone who differs: the shortest of what changed
//! since both agreed, a sketch, and the heads in full. What was not understood is said again one
//! rung lower.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::base::caps::BASELINES_MAX;
use crate::base::ids::{DeviceId, LaneId, RecordId};
use crate::sync::digest::Salt;
use crate::sync::vector::HeadVector;
use crate::wire::bundle::Section;
use crate::wire::pack::Pack;

/// Bytes of one lane among heads in full: author, lane, head.
const HOLDING_BYTES: usize = 4;
/// Differences that a sketch tells of at least.
const DIFFERENCES_MIN: usize = 8;
/// Differences that it tells of where nothing is known of the last agreement.
const DIFFERENCES_UNKNOWN: usize = 16;

/// Symbols of the sums that go along with a digest: seven differences. Should it be more, the other
/// says its own list, as it would have done.
const SYMBOLS_BESIDE: usize = 14;

/// The ways to say a list, cheapest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rung {
    /// What changed since both agreed.
    #[default]
    Delta,
    /// Sums from which another finds what differs.
    Sketch,
    /// Twice as many.
    Wide,
    /// Every head.
    Heads,
}

/// What a link remembers of lists.
#[derive(Clone, Debug, Default)]
pub struct Lists {
    /// Lists that others may count from: we agreed on them or said their digest. Newest last.
    known: VecDeque<Arc<HeadVector>>,
    /// The first rung of the next list.
    pub rung: Rung,
    /// A long sketch was said since a list was last understood here.
    pub is_widened: bool,
    /// Whose digest differed.
    pub to: DeviceId,
    /// One was said in the last frame: on a slow link of two the next frame is for records, if any
    /// wait. Where a frame goes once a minute, lists and digests would fill all of them for ever.
    pub gives_way: bool,
    /// The next one is of chain hashes: lists of heads are the same, and digests are not.
    pub says_tips: bool,
    /// The last list that was heard, until something was asked for out of it.
    pub heard: Option<Arc<HeadVector>>,
    /// Records that were asked for and are not here any more, and how many: to be said.
    pub absent: BTreeMap<LaneId, (u32, u32)>,
    /// Lists said so far, each way counted apart.
    said: BTreeMap<Rung, u64>,
}

impl Lists {
    /// Others may count from this list.
    pub fn remember(&mut self, list: &Arc<HeadVector>) {
        if self.known.back().is_some_and(|last| Arc::ptr_eq(last, list)) {
            return;
        }
        self.known.retain(|known| known.hash() != list.hash());
        if self.known.len() >= BASELINES_MAX {
            self.known.pop_front();
        }
        self.known.push_back(Arc::clone(list));
    }

    /// A list was said to its end.
    pub fn note_said(&mut self, rung: Rung) {
        *self.said.entry(rung).or_default() += 1;
        self.is_widened |= rung == Rung::Wide;
        self.rung = Rung::Delta;
    }

    /// Lists that were said this way since start.
    pub fn said(&self, rung: Rung) -> u64 {
        self.said.get(&rung).copied().unwrap_or(0)
    }

    /// The lists that others may count from, newest first.
    pub fn known(&self) -> impl Iterator<Item = &HeadVector> {
        self.known.iter().rev().map(Arc::as_ref)
    }

    /// The shortest section that asks for these lanes. Whoever said the list that was heard last
    /// knows it by its hash, once: should that get lost, the lanes are named.
    pub fn asking(&mut self, wants: &[RecordId], salt: &Salt) -> Section {
        let named = Section::Want(wants.to_vec());
        let lack = self.heard.take().and_then(|list| list.lack(wants, salt)).map(Section::Lack);
        match lack {
            Some(lack) if lack.packed().len() < named.packed().len() => lack,
            Some(_) | None => named,
        }
    }

    /// The shortest section that tells this list to one with whom `agreed` was agreed on last;
    /// none if the heads in full are shorter, or nothing else was understood.
    pub fn shortest(
        &self,
        list: &HeadVector,
        agreed: Option<&HeadVector>,
        salt: &Salt,
    ) -> Option<(Rung, Section)> {
        let held = list.iter().filter(|(_, head)| *head > 0).count();
        let whole_bytes = HOLDING_BYTES * (1 + held);
        let delta = agreed.and_then(|agreed| list.delta(agreed, salt));
        let rose = delta.as_ref().map(|delta| delta.changes.0.as_slice());
        let rose = rose.map(|rose| 2 * rose.len() - rose.iter().filter(|(_, by)| *by > 1).count());
        let delta = delta.filter(|_| self.rung <= Rung::Delta).map(Section::Delta);
        let delta = delta.map(|delta| (Rung::Delta, delta));
        let sketch = |wide: usize| {
            // As much changed there as here, most likely, and there is no second try. Those who
            // wrote several records since wrote some on each side.
            let differ = rose.unwrap_or(DIFFERENCES_UNKNOWN);
            let differ = wide * differ.min(list.places() / 4).max(DIFFERENCES_MIN);
            Section::Sketch(list.sketch(list.symbols_for(differ), salt))
        };
        let said = match self.rung {
            Rung::Delta => delta.unwrap_or_else(|| (Rung::Sketch, sketch(1))),
            Rung::Sketch => (Rung::Sketch, sketch(1)),
            Rung::Wide => (Rung::Wide, sketch(2)),
            Rung::Heads => return None,
        };
        (said.1.packed().len() < whole_bytes).then_some(said)
    }

    /// What goes along with a digest: what changed since `agreed` was agreed on last, or short
    /// sums, whichever is shorter.
    pub fn beside_digest(
        &self,
        list: &HeadVector,
        agreed: Option<&HeadVector>,
        salt: &Salt,
    ) -> Section {
        let sketch = Section::Sketch(list.sketch(SYMBOLS_BESIDE, salt));
        let delta = agreed.and_then(|agreed| list.delta(agreed, salt)).map(Section::Delta);
        let delta = delta.filter(|delta| delta.packed().len() <= sketch.packed().len());
        delta.unwrap_or(sketch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::{Lane, LaneId};
    use crate::base::start::{FrameNo, Start};
    use crate::wire::bundle::{Digest, Holding};
    use crate::wire::frame::SHORT_HEADER_BYTES;

    const SALT: Salt = Salt { network_key: [1; 32], sender: DeviceId(1), number: NUMBER };
    const NUMBER: FrameNo = FrameNo { start: Start::of_bytes([0; 6]), counter: 1 };

    fn list(devices: u16, first: u32) -> HeadVector {
        let lanes: Vec<LaneId> =
            (1..=devices).map(|device| LaneId::first(DeviceId(device), Lane::Command)).collect();
        let heads = lanes.iter().map(|lane| u32::from(lane.author == DeviceId(1)) * first + 1);
        let heads = heads.collect();
        HeadVector::new(lanes, heads, Vec::new())
    }

    #[test]
    fn the_shortest_way_is_taken_and_the_next_one_when_it_was_not_understood() {
        let (before, now) = (list(60, 0), list(60, 3));
        let mut lists = Lists::default();
        let way = |lists: &Lists, agreed| {
            lists.shortest(&now, agreed, &SALT).map_or(Rung::Heads, |(rung, _)| rung)
        };
        assert_eq!(way(&lists, Some(&before)), Rung::Delta);
        assert_eq!(way(&lists, None), Rung::Sketch);
        lists.rung = Rung::Sketch;
        assert_eq!(way(&lists, Some(&before)), Rung::Sketch);
        lists.rung = Rung::Wide;
        assert_eq!(way(&lists, Some(&before)), Rung::Wide);
        let small = list(8, 3);
        assert_eq!(lists.shortest(&small, None, &SALT), None, "the heads in full are shorter");
        lists.rung = Rung::Heads;
        assert_eq!(way(&lists, Some(&before)), Rung::Heads);
    }

    #[test]
    fn header_digest_sums_and_an_ack_take_35_bytes_and_tell_of_seven_differences() {
        let (ours, salt) = (list(200, 3), SALT);
        let others = ours.iter().zip(0..).map(|((_, head), at)| head + u32::from(at % 30 == 0));
        let lanes = ours.iter().map(|(lane, _)| lane).collect();
        let theirs = HeadVector::new(lanes, others.collect(), Vec::new());
        let beside = Lists::default().beside_digest(&ours, None, &salt);
        let Section::Sketch(sketch) = &beside else { panic!("{beside:?}") };
        assert_eq!(theirs.by_sketch(sketch, &salt), Some(ours.clone()), "seven differ");
        let digest = Section::Digest(Digest { heads: [1, 2, 3], board: 4, asks: true });
        let ack = Section::Ack(vec![Holding::whole(ours.iter().next().expect("some").0, 9)]);
        let bytes: usize = [digest, beside, ack].iter().map(|said| said.packed().len()).sum();
        assert!(bytes + SHORT_HEADER_BYTES <= 35, "{bytes}");
        assert!(matches!(
            Lists::default().beside_digest(&ours, Some(&list(200, 2)), &salt),
            Section::Delta(_)
        ));
    }

    #[test]
    fn a_list_shorter_than_any_sketch_is_said_in_full() {
        assert_eq!(Lists::default().shortest(&list(4, 3), None, &SALT), None);
    }

    #[test]
    fn what_was_too_much_for_a_sketch_is_understood_of_one_twice_as_long() {
        let now = list(60, 3);
        let others = now.iter().zip(0..).map(|((_, head), at)| head + u32::from(at % 5 == 0));
        let lanes = now.iter().map(|(lane, _)| lane).collect();
        let theirs = HeadVector::new(lanes, others.collect(), Vec::new());
        let understood = |rung| {
            let lists = Lists { rung, ..Lists::default() };
            match lists.shortest(&now, Some(&now), &SALT) {
                Some((_, Section::Sketch(sketch))) => theirs.by_sketch(&sketch, &SALT),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(understood(Rung::Sketch), None, "twelve differ");
        assert_eq!(understood(Rung::Wide), Some(now.clone()));
    }

    #[test]
    fn of_the_lists_agreed_on_the_newest_are_remembered_once_each() {
        let mut lists = Lists::default();
        for round in [0, 1, 1, 0].into_iter().chain(2..12) {
            lists.remember(&Arc::new(list(4, round)));
        }
        let hashes: Vec<_> = lists.known().map(|known| known.hash()).collect();
        assert_eq!(hashes.len(), BASELINES_MAX);
        assert_eq!((hashes[0], hashes[7]), (list(4, 11).hash(), list(4, 4).hash()));
    }

    #[test]
    fn what_is_asked_for_out_of_a_list_is_named_when_it_is_asked_for_again() {
        let theirs = list(60, 3);
        let wants: Vec<RecordId> = theirs.iter().map(|(lane, head)| lane.at(head)).collect();
        let mut lists = Lists { heard: Some(Arc::new(theirs)), ..Lists::default() };
        assert!(matches!(lists.asking(&wants, &SALT), Section::Lack(_)));
        assert_eq!(lists.asking(&wants, &SALT), Section::Want(wants));
    }
}
