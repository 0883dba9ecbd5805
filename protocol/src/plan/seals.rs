//! Seals that go without the records they cover: whole where a frame takes them, in pieces that
//! fill what is left of frames where it does not. What else of a lane goes into a frame is in
//! [`super::runs`].

use crate::base::ids::{DeviceId, RecordId};
use crate::link::state::Link;
use crate::link::view::View;
use crate::plan::pick::{Filling, Stock};
use crate::plan::runs::{Going, frame_room};
use crate::plan::told::{mark, note_told};
use crate::wire::bundle::{SEAL_BYTES, SealPiece, Section, Signature};
use crate::wire::pack::Pack;

/// A piece that is not the end of its seal is worth its name, which takes six bytes or so, from so
/// many bytes on.
const PIECE_BYTES_MIN: usize = 8;

/// A seal that some contact lacks and that no run carried.
pub(super) fn add(frame: &mut Filling, link: &mut Link, know: &Stock<'_>, going: &Going<'_>) {
    let Going { id, lane, urgency, to: eligible } = *going;
    let none = View::default();
    let lacks = |device: &&DeviceId| {
        let view = link.contacts.get(device).and_then(|contact| contact.view(id));
        view.unwrap_or(&none).needs_seal(lane)
    };
    let takers: Vec<DeviceId> = eligible.iter().filter(lacks).copied().collect();
    let sealed = lane.saved_sealed();
    let Some(seal) = lane.seal_at(sealed).filter(|_| !takers.is_empty()) else { return };
    let record = id.at(sealed);
    let needs = |view: &View| view.needs_seal(lane);
    if record.packed().len() + 1 + SEAL_BYTES <= frame_room(link) {
        if frame.push(&Section::Seal(record, *seal)) {
            mark(link, eligible, id, needs, |view| view.sent_sealed = sealed);
            note_told(link, &takers, id, urgency, know);
        }
        return;
    }
    if add_rest(frame, link, know, going) {
        return;
    }
    let Some(piece) = piece_for(frame, record, seal, 0) else { return };
    let said = piece.end();
    if frame.push(&Section::Piece(record, piece)) {
        mark(link, eligible, id, needs, |view| {
            view.sent_piece = Some(Box::new((sealed, *seal, said)));
        });
        note_told(link, &takers, id, urgency, know);
    }
}

/// As much of a seal from `begin` on as the frame has room for.
fn piece_for(
    frame: &Filling,
    record: RecordId,
    seal: &Signature,
    begin: usize,
) -> Option<SealPiece> {
    let room = frame.room().checked_sub(record.packed().len() + 2)?;
    let piece = SealPiece::of(seal, begin, room)?;
    (piece.is_last() || piece.end() - begin >= PIECE_BYTES_MIN).then_some(piece)
}

/// What is left of a seal of which some went out, though the lane may have a newer one by now:
/// whoever writes once a minute would else never have any seal arrive. True if there is such, with
/// or without room for it.
pub(super) fn add_rest(
    frame: &mut Filling,
    link: &mut Link,
    know: &Stock<'_>,
    going: &Going<'_>,
) -> bool {
    let Going { id, urgency, to: eligible, .. } = *going;
    let begun = |device: &DeviceId| {
        let view = link.contacts.get(device)?.view(id)?;
        view.sent_piece.as_deref().copied()
    };
    let Some((of, seal, said)) =
        eligible.iter().filter_map(begun).min_by_key(|(of, _, said)| (*of, *said))
    else {
        return false;
    };
    let Some(piece) = piece_for(frame, id.at(of), &seal, said) else { return true };
    let (end, is_last) = (piece.end(), piece.is_last());
    if frame.push(&Section::Piece(id.at(of), piece)) {
        let is_it = |view: &View| view.sent_piece.as_ref().is_some_and(|begun| begun.0 == of);
        let has_begun = |device: &&DeviceId| {
            let view = link.contacts.get(device).and_then(|contact| contact.view(id));
            view.is_some_and(is_it)
        };
        let takers: Vec<DeviceId> = eligible.iter().filter(has_begun).copied().collect();
        mark(link, eligible, id, is_it, |view| {
            if is_last {
                view.sent_piece = None;
                view.sent_sealed = view.sent_sealed.max(of);
            } else if let Some(begun) = &mut view.sent_piece {
                begun.2 = begun.2.max(end);
            }
        });
        note_told(link, &takers, id, urgency, know);
    }
    true
}
