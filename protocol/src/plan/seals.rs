//! Seals that go without the records they cover: whole where a frame takes them, in two halves
//! where it does not. What else of a lane goes into a frame is in [`super::runs`].

use crate::base::ids::DeviceId;
use crate::link::state::Link;
use crate::link::view::View;
use crate::plan::pick::{Filling, Stock};
use crate::plan::runs::{Going, frame_room};
use crate::plan::told::{mark, note_told};
use crate::wire::bundle::Section;
use crate::wire::pack::Pack;

/// Bytes of a signature.
const SEAL_BYTES: usize = 64;

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
    if add_second_half(frame, link, know, going) {
        return;
    }
    let mut first = [0; 32];
    first.copy_from_slice(&seal[..32]);
    if frame.push(&Section::Half(record, false, first)) {
        let half = || Some(Box::new((sealed, *seal)));
        mark(link, eligible, id, needs, |view| view.sent_half = half());
        note_told(link, &takers, id, urgency, know);
    }
}

/// The second half of a seal of which the first went out, though the lane may have a newer one by
/// now: whoever writes once a minute would else never have any seal arrive. True if there is one,
/// with or without room for it.
pub(super) fn add_second_half(
    frame: &mut Filling,
    link: &mut Link,
    know: &Stock<'_>,
    going: &Going<'_>,
) -> bool {
    let Going { id, urgency, to: eligible, .. } = *going;
    let half = |device: &DeviceId| {
        let view = link.contacts.get(device)?.view(id)?;
        view.sent_half.as_deref().copied()
    };
    let Some((of, seal)) = eligible.iter().filter_map(half).min_by_key(|(of, _)| *of) else {
        return false;
    };
    let mut second = [0; 32];
    second.copy_from_slice(&seal[32..]);
    if frame.push(&Section::Half(id.at(of), true, second)) {
        let is_it = |view: &View| view.sent_half.as_ref().is_some_and(|half| half.0 == of);
        let has_begun = |device: &&DeviceId| {
            let view = link.contacts.get(device).and_then(|contact| contact.view(id));
            view.is_some_and(is_it)
        };
        let takers: Vec<DeviceId> = eligible.iter().filter(has_begun).copied().collect();
        mark(link, eligible, id, is_it, |view| {
            view.sent_half = None;
            view.sent_sealed = view.sent_sealed.max(of);
        });
        note_told(link, &takers, id, urgency, know);
    }
    true
}
