//! Proofs of forks in frames: one branch and then the other, each as runs from the fork on, over
//! as many frames as it takes. Whoever hears them gathers the branch that it does not hold. Only a
//! record that is longer than a frame stops a proof: another link or a carry file carries it.

use crate::base::ids::LaneId;
use crate::link::state::Link;
use crate::log::fork::Fork;
use crate::plan::pick::{Filling, Stock};
use crate::wire::bundle::{Run, Section};

/// Add what is due of proofs.
pub(super) fn add(frame: &mut Filling, link: &mut Link, know: &Stock<'_>) {
    let due: Vec<LaneId> =
        link.proofs.iter().filter(|(_, at)| **at <= know.now).map(|(lane, _)| *lane).collect();
    for lane in due {
        let Some(fork) = know.book.fork(lane) else {
            link.proofs.remove(&lane);
            continue;
        };
        let was_empty = frame.is_empty();
        let mut said = link.proof_said.remove(&lane).unwrap_or_default();
        let before = said;
        while said.0 < fork.branches.len() && add_piece(frame, lane, fork, &mut said) {}
        let is_stuck = was_empty && said == before;
        if is_stuck {
            link.note_dropped("proof_too_long");
        }
        if is_stuck || said.0 == fork.branches.len() {
            link.proofs.remove(&lane);
            link.proofs_said.insert(lane, know.now);
        } else {
            link.proof_said.insert(lane, said);
        }
    }
}

/// As much of a branch as fits, its seal with or after the last record. False if nothing did.
fn add_piece(
    frame: &mut Filling,
    lane: LaneId,
    fork: &Fork,
    (branch, done): &mut (usize, usize),
) -> bool {
    let whole = &fork.branches[*branch];
    let first = fork.at + *done as u32;
    let rest = &whole.records[*done..];
    if rest.is_empty() {
        let fits = frame.push(&Section::Seal(lane.at(first - 1), whole.seal));
        if fits {
            (*branch, *done) = (*branch + 1, 0);
        }
        return fits;
    }
    let all = Run { lane, first, records: rest.to_vec(), seal: Some(whole.seal) };
    if frame.push(&Section::Run(all)) {
        (*branch, *done) = (*branch + 1, 0);
        return true;
    }
    for count in (1..=rest.len()).rev() {
        let some = Run { lane, first, records: rest[..count].to_vec(), seal: None };
        if frame.push(&Section::Run(some)) {
            *done += count;
            return true;
        }
    }
    false
}
