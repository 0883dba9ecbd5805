//! What a frame that is being filled says to whom, noted at every contact that needed it: what is
//! on its way there, and how long its answer is waited for.

use crate::base::class::Urgency;
use crate::base::ids::{DeviceId, LaneId};
use crate::link::line::is_lazy;
use crate::link::state::{ANYONE, Link};
use crate::link::view::View;
use crate::log::lane::Lane;
use crate::plan::lull;
use crate::plan::pick::Stock;

/// Those of `eligible` that lack any of these records.
pub(super) fn takers(
    link: &Link,
    eligible: &[DeviceId],
    id: LaneId,
    records: std::ops::RangeInclusive<u32>,
) -> Vec<DeviceId> {
    let none = View::default();
    let lacks = |device: &&DeviceId| {
        let view = link.contacts.get(device).and_then(|contact| contact.view(id));
        records.clone().any(|seq| view.unwrap_or(&none).needs(seq))
    };
    eligible.iter().filter(lacks).copied().collect()
}

/// These contacts are told something of a lane in this frame: how long each is waited for.
pub(super) fn note_told(
    link: &mut Link,
    takers: &[DeviceId],
    id: LaneId,
    urgency: Urgency,
    know: &Stock<'_>,
) {
    let is_lazy = is_lazy(urgency);
    if is_lazy && link.is_throng(know.now) && !is_partway(link, takers, id) {
        for device in takers.iter().filter(|device| **device != ANYONE) {
            let Some(contact) = link.contacts.get_mut(device) else { continue };
            contact.view_mut(id).presume();
        }
        link.note_flux(know.now);
        return link.end_turn(know.now);
    }
    let (answers, busy_ms) = (takers.len() as u64, link.busy_ms);
    for device in takers {
        let tries = link.contacts.get(device).map_or(0, |contact| contact.tries(id));
        let usual_ms = link.wait_ms(know.device, tries, answers, is_lazy, know.now);
        let view = link.contacts.get(device).and_then(|contact| contact.view(id));
        let slots_ms = view.zip(know.book.lane(id));
        let slots_ms = slots_ms.and_then(|of| lull::wait_ms(link, of, tries, urgency));
        let is_first = link.told.insert(*device);
        if tries > 0 && *device != ANYONE {
            link.note_told_again(*device);
        }
        if let Some(contact) = link.contacts.get_mut(device) {
            contact.view_mut(id).stamp(know.now, slots_ms.unwrap_or(usual_ms), busy_ms);
            contact.calls.note_said(know.now, know.now.after_ms(usual_ms), is_first);
        }
    }
    if answers > 1 {
        link.expect_line(answers, know.now);
    }
    link.note_flux(know.now);
}

/// Note what was handed to the link, for every contact that needed it.
pub(super) fn mark(
    link: &mut Link,
    eligible: &[DeviceId],
    id: LaneId,
    needs: impl Fn(&View) -> bool,
    note: impl Fn(&mut View),
) {
    for device in eligible {
        let Some(contact) = link.contacts.get_mut(device) else { continue };
        let view = contact.view_mut(id);
        if needs(view) {
            note(view);
        }
    }
}

pub(super) fn note_sent(
    link: &mut Link,
    takers: &[DeviceId],
    id: LaneId,
    lane: &Lane,
    sent: std::ops::RangeInclusive<u32>,
    sealed: Option<u32>,
    know: &Stock<'_>,
) {
    for device in takers {
        let Some(contact) = link.contacts.get_mut(device) else { continue };
        let view = contact.view_mut(id);
        for seq in sent.clone() {
            if view.next(lane) == Some(seq) {
                view.note_sent(seq, know.now);
            }
        }
        if let Some(seal) = sealed
            && view.sent.max(view.head) >= seal
        {
            view.sent_sealed = view.sent_sealed.max(seal);
        }
    }
}

/// A record in parts or a seal in pieces has begun there and not ended: it goes on in this turn.
fn is_partway(link: &Link, takers: &[DeviceId], id: LaneId) -> bool {
    let views = takers.iter().filter_map(|device| link.contacts.get(device)?.view(id));
    views.into_iter().any(View::is_partway)
}
