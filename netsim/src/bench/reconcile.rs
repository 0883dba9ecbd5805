//! What it takes two nodes to find out what differs between them, at the floor that decides it:
//! the sections that are said, without records, frames and a channel.

use std::sync::Arc;

use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::base::ids::{DeviceId, Lane, LaneId, RecordId};
use sanduan_protocol::base::start::FrameNo;
use sanduan_protocol::link::lists::{Lists, Rung};
use sanduan_protocol::sync::digest::{Salt, StateHashes};
use sanduan_protocol::sync::vector::HeadVector;
use sanduan_protocol::wire::brief;
use sanduan_protocol::wire::bundle::{Digest, Section};
use sanduan_protocol::wire::pack::Pack;

use super::stage::Cost;

const AUTHORS: u16 = 1_000;
const RECORDS: u64 = 10_000;
/// Records written since both held the same, half of them on each side.
const DIFFER: u64 = 100;

/// A list of heads whose authors write as often as Zipf's law says: the n-th 1/n as much.
struct Writers {
    lanes: Vec<LaneId>,
    shares: Vec<u64>,
}

impl Writers {
    fn new() -> Writers {
        let lanes = (1..=AUTHORS).map(|n| LaneId::first(DeviceId(n), Lane::Command)).collect();
        let shares = (1..=u64::from(AUTHORS)).scan(0, |sum, n| {
            *sum += 1_000_000 / n;
            Some(*sum)
        });
        Writers { lanes, shares: shares.collect() }
    }

    fn write(&self, heads: &mut [u32], count: u64, dice: &mut Dice) {
        let all = self.shares.last().copied().unwrap_or(1);
        for _ in 0..count {
            let drawn = dice.below(all);
            heads[self.shares.partition_point(|share| *share <= drawn)] += 1;
        }
    }

    fn list(&self, heads: Vec<u32>) -> HeadVector {
        HeadVector::new(self.lanes.clone(), heads, Vec::new())
    }
}

/// Bytes of a beacon that wants an answer, and of the assent of another who holds the same. Done if
/// that one sees it, and one who holds anything else does not.
pub(super) fn agreement(seed: u64) -> Cost {
    let key = [3; 32];
    let [ours, theirs] = [1, 2].map(|state| {
        StateHashes { heads: [state; 32], board: [state; 32] }.salted(&Salt {
            network_key: key,
            sender: DeviceId(1),
            number: number(seed),
        })
    });
    let heard = brief::pack(&Section::Digest(Digest { asks: true, ..ours }));
    let said = brief::pack(&Section::Same(ours.heads[0]));
    let bytes = [&heard, &said].into_iter().flatten().map(|said| said.len() as u64).sum();
    let is_seen = heard.and_then(|heard| brief::read(&heard).ok())
        == Some(Section::Digest(Digest { asks: true, ..ours }));
    let done_ms = (is_seen && ours.heads != theirs.heads).then_some(0);
    Cost { bytes, frames: 2, done_ms }
}

/// Two lists of which some lanes differ.
#[derive(Clone, Debug)]
pub struct Differing {
    /// That of one who says it.
    pub ours: HeadVector,
    /// That of one who hears it.
    pub theirs: HeadVector,
}

/// What two hold of 1,000 authors, who wrote 100 of 10,000 records since both held the same.
pub fn differing(seed: u64) -> Differing {
    let (_, ours, theirs) = since_a_base(seed);
    Differing { ours, theirs }
}

/// What both held, and what each holds now.
fn since_a_base(seed: u64) -> (HeadVector, HeadVector, HeadVector) {
    let (writers, mut dice) = (Writers::new(), Dice::new(seed));
    let mut heads = vec![0; usize::from(AUTHORS)];
    writers.write(&mut heads, RECORDS - DIFFER, &mut dice);
    let base = writers.list(heads.clone());
    let mut theirs = heads.clone();
    writers.write(&mut heads, DIFFER / 2, &mut dice);
    writers.write(&mut theirs, DIFFER / 2, &mut dice);
    (base, writers.list(heads), writers.list(theirs))
}

/// Bytes of a list said by one, and of what the other then asks for. If it was not understood, the
/// other says its own in a longer sketch, and the first asks. Done if either was understood.
pub(super) fn reconcile(seed: u64, knows_baseline: bool) -> Cost {
    let (base, ours, theirs) = since_a_base(seed);
    let salt = Salt { network_key: [3; 32], sender: DeviceId(1), number: number(seed) };
    let mut lists = Lists::default();
    let mut said_bytes = 0;
    let mut say = |from: &HeadVector, to: &HeadVector, rung: Rung| {
        lists.rung = rung;
        let (_, said) = lists.shortest(from, Some(&base), &salt)?;
        said_bytes += said.packed().len();
        match &said {
            Section::Delta(delta) => base.by_delta(delta, &salt),
            Section::Sketch(sketch) => to.by_sketch(sketch, &salt),
            _ => None,
        }
    };
    // It restarted: what changed here since is known, what the other knows is not.
    let rung = if knows_baseline { Rung::Delta } else { Rung::Sketch };
    let (ours, theirs, learnt) = match say(&ours, &theirs, rung) {
        Some(learnt) => (ours, theirs, Some(learnt)),
        None => match say(&theirs, &ours, Rung::Wide) {
            learnt @ Some(_) => (theirs, ours, learnt),
            None => return Cost::default(),
        },
    };
    let is_understood = learnt.as_ref() == Some(&ours);
    let wants = theirs.iter().zip(ours.iter()).filter(|((_, theirs), (_, ours))| ours > theirs);
    let wants: Vec<RecordId> = wants.map(|((lane, head), _)| lane.at(head + 1)).collect();
    let mut theirs = Lists::default();
    theirs.heard = learnt.map(Arc::new);
    let asked = theirs.asking(&wants, &salt);
    let is_answered = match &asked {
        Section::Lack(lack) => ours.wanted(lack, &salt).as_ref() == Some(&wants),
        other => *other == Section::Want(wants.clone()),
    };
    let bytes = said_bytes + asked.packed().len();
    let done_ms = (is_understood && is_answered).then_some(0);
    Cost { bytes: bytes as u64, frames: 2, done_ms }
}
fn number(counter: u64) -> FrameNo {
    FrameNo { counter, ..FrameNo::default() }
}
