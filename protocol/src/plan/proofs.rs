//! Proofs of forks in frames: one branch and then the other, each as runs from the fork on, over
//! as many frames as it takes; on frames that are too short, records in parts and seals in halves.
//! Whoever hears them gathers the branch that it does not hold.

use crate::base::ids::LaneId;
use crate::field::air::alone;
use crate::link::contact::Contact;
use crate::link::proofs::ProofSaid;
use crate::link::state::{ANYONE, Link};
use crate::log::fork::{Branch, Fork};
use crate::plan::pick::{Filling, Stock};
use crate::plan::runs::{PART_BYTES_MIN, frame_room, part_head_bytes};
use crate::wire::bundle::{Part, Run, SEAL_BYTES, SealPiece, Section};
use crate::wire::pack::Pack;

/// Add what is due of proofs.
pub(super) fn add(frame: &mut Filling, link: &mut Link, know: &Stock<'_>) {
    for lane in link.proofs.due(know.now) {
        let fork = know.book.fork(lane).filter(|_| !is_in_vain(link, know, lane));
        let Some(fork) = fork else {
            link.proofs.cancel(lane);
            continue;
        };
        let was_empty = frame.is_empty();
        let before = link.proofs.begun(lane).filter(|said| said.is_of(fork)).unwrap_or_default();
        let mut said = before;
        let room = frame_room(link);
        while said.branches < fork.branches.len() && add_piece(frame, lane, fork, &mut said, room) {
        }
        let is_stuck = was_empty && said == before;
        if is_stuck {
            link.note_dropped("proof_too_long");
        }
        match is_stuck || said.branches >= fork.branches.len() {
            true => link.proofs.note_aired(lane, know.now),
            false => link.proofs.note_begun(lane, said),
        }
    }
}

impl ProofSaid {
    /// True if so much can have been said of this proof: it may stand in the place of another by
    /// now, of an earlier fork of the lane.
    fn is_of(&self, fork: &Fork) -> bool {
        let branch = fork.branches.get(self.branches);
        branch.is_some_and(|branch| self.records <= branch.records.len())
    }
}

/// It was said here before, and all who hear this link lack some of the directory, which names the
/// author: that goes first, and whoever still lacks the proof then shows it by its digest.
fn is_in_vain(link: &Link, know: &Stock<'_>, lane: LaneId) -> bool {
    let is_begun = link.proofs.begun(lane).is_some();
    let mut contacts = link
        .contacts
        .iter()
        .filter(|(device, contact)| **device != ANYONE && link.is_present(contact, know.now));
    let lack = |(_, contact): (_, &Contact)| contact.lacks_directory(know.book);
    let is_said = link.proofs.was_aired(lane) && !is_begun;
    is_said && contacts.clone().next().is_some() && contacts.all(lack)
}

/// As much of a branch as fits, its seal with or after the last record. An empty frame has `room`.
/// False if nothing did.
fn add_piece(
    frame: &mut Filling,
    lane: LaneId,
    fork: &Fork,
    said: &mut ProofSaid,
    room: usize,
) -> bool {
    let whole = &fork.branches[said.branches];
    let first = fork.at + said.records as u32;
    let rest = &whole.records[said.records..];
    if rest.is_empty() {
        return add_seal(frame, lane, first - 1, whole, said, room);
    }
    if said.bytes > 0 {
        return add_part(frame, lane, first, &rest[0], said);
    }
    let all = Run { lane, first, records: rest.to_vec(), seal: Some(whole.seal) };
    if frame.push(&Section::Run(all)) {
        *said = ProofSaid { branches: said.branches + 1, ..ProofSaid::default() };
        return true;
    }
    for count in (1..=rest.len()).rev() {
        let some = Run { lane, first, records: rest[..count].to_vec(), seal: None };
        if frame.push(&Section::Run(some)) {
            said.records += count;
            return true;
        }
    }
    frame.is_empty() && add_part(frame, lane, first, &rest[0], said)
}

/// The seal of a branch alone; in halves where no frame takes it.
fn add_seal(
    frame: &mut Filling,
    lane: LaneId,
    last: u32,
    branch: &Branch,
    said: &mut ProofSaid,
    room: usize,
) -> bool {
    let record = lane.at(last);
    let whole = Section::Seal(record, branch.seal);
    let is_long = whole.packed().len() > room;
    let begin = if said.half { SEAL_BYTES / 2 } else { 0 };
    let section = match SealPiece::of(&branch.seal, begin, SEAL_BYTES / 2) {
        Some(half) if is_long => Section::Piece(record, half),
        Some(_) | None => whole,
    };
    if !frame.push(&section) {
        return false;
    }
    match is_long && !said.half {
        true => said.half = true,
        false => *said = ProofSaid { branches: said.branches + 1, ..ProofSaid::default() },
    }
    true
}

/// The next piece of a record that fits no frame.
fn add_part(
    frame: &mut Filling,
    lane: LaneId,
    seq: u32,
    record: &[u8],
    said: &mut ProofSaid,
) -> bool {
    let id = lane.at(seq);
    let whole = alone::pack(id, record);
    let left = whole.len().saturating_sub(said.bytes);
    let piece = left.min(frame.room().saturating_sub(part_head_bytes(lane)));
    if piece == 0 || piece < PART_BYTES_MIN.min(left) {
        return false;
    }
    let (offset, end) = (said.bytes, said.bytes + piece);
    let bytes = whole[offset..end].to_vec();
    let total = whole.len() as u32;
    if !frame.push(&Section::Part(Part { id, total, offset: offset as u32, bytes })) {
        return false;
    }
    match end == whole.len() {
        true => (said.records, said.bytes) = (said.records + 1, 0),
        false => said.bytes = end,
    }
    true
}
