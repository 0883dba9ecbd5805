//! When a link of few slots may begin a frame for what is nobody's call for help: fixes, stock,
//! reports. A card that may send once a minute and takes each of these at once is hardly ever free,
//! and an order that comes finds it shut. So they wait for company, and the slot stays open; with
//! anything that cannot wait they ride along at once. Acks, beacons and answers are never held, and
//! what is urgent only for the moment in which its like are typed.

use crate::base::class::Urgency;
use crate::base::ids::LaneId;
use crate::base::time::Mono;
use crate::link::state::Link;
use crate::link::view::View;
use crate::plan::pick::Stock;
use crate::plan::registers;

/// Slots that such things wait for company. With four, a card is taken by them a quarter of the
/// time at most, so that an urgent record finds it open three times in four; the fixes of teams
/// come every ten minutes (research, domain section 0) and lose little.
const SLOTS: u64 = 4;
/// A frame of so many bytes takes nearly every order with its seal.
const WHOLE_BYTES: u16 = 240;
/// A slot waits so long for more of what is urgent, ms: somebody who answers fourteen orders in one
/// go would else fill a slot with the first answer, and the others wait for the next.
const GATHER_MS: u64 = 1_000;
/// Bytes of a record as it is kept, for one on the air, at least: a movement of stock takes a
/// sixth, a text nearly two thirds.
const SHRINKS: usize = 3;

/// True if a frame may be begun for these lanes, or for registers, on this link now. If not, it is
/// asked again when they have waited long enough.
pub(super) fn may_begin(
    link: &mut Link,
    know: &Stock<'_>,
    lanes: &[(Urgency, LaneId)],
    room: usize,
) -> bool {
    let Some(slot_ms) = link.profile.long_slot_ms() else { return true };
    let is_waiting = registers::is_waiting(link, know) || !lanes.is_empty();
    let fills = waiting_bytes(link, know, lanes) >= room.saturating_mul(SHRINKS);
    if !is_waiting || fills || is_begun(link, know, lanes) {
        link.lull_since = None;
        return true;
    }
    let since = *link.lull_since.get_or_insert(know.now);
    let ends = since.after_ms(SLOTS * slot_ms);
    if ends <= know.now {
        link.lull_since = None;
        return true;
    }
    link.look_at = link.look_at.into_iter().chain([ends]).min();
    false
}

/// True while a link of few slots waits for what belongs to the urgent record that just came.
/// Nobody waits with a flash order.
pub(super) fn gathers(link: &mut Link, now: Mono, urgent: &[(Urgency, LaneId)]) -> bool {
    let is_flash = urgent.iter().any(|(urgency, _)| *urgency == Urgency::Flash);
    if link.profile.long_slot_ms().is_none() || urgent.is_empty() || is_flash {
        link.gather_until = None;
        return false;
    }
    let ends = *link.gather_until.get_or_insert(now.after_ms(GATHER_MS));
    if now < ends {
        link.look_at = link.look_at.into_iter().chain([ends]).min();
    }
    now < ends
}

/// How long the first answer to an urgent record is waited for where slots are long: the other's
/// card is free within a slot, and both messages are on their way for some seconds. A second try
/// that waits three slots comes too late for an order. Where an order and its seal take several
/// slots, it would begin anew before its end, so there the usual time stays.
pub(super) fn answer_ms(link: &Link) -> Option<u64> {
    let is_whole = link.profile.frame_max() >= WHOLE_BYTES && !link.is_shared();
    let slot_ms = link.profile.long_slot_ms().filter(|_| is_whole)?;
    Some(1_200 + slot_ms * 3 / 2 + 2 * u64::from(link.profile.latency_ms.1))
}

/// Until when a link holds what is not urgent, if it does.
pub fn held_until(link: &Link, urgency: Urgency) -> Option<Mono> {
    let since = link.lull_since.filter(|_| urgency > Urgency::Receipt)?;
    Some(since.after_ms(SLOTS * link.profile.long_slot_ms()?))
}

/// True if something of these lanes is on its way, went without an answer, or is asked for; or if
/// only a seal is left to go. The answer is waited for less long than company: a record in parts or
/// a seal in halves would begin anew before its next part went, for ever.
fn is_begun(link: &Link, know: &Stock<'_>, lanes: &[(Urgency, LaneId)]) -> bool {
    let is_begun = |id: LaneId, view: &View| {
        let is_seal =
            know.book.lane(id).is_some_and(|l| view.next(l).is_none() && view.needs_seal(l));
        view.in_flight() || view.tries > 0 || view.has_asked || is_seal
    };
    let views = |id: LaneId| link.contacts.values().filter_map(move |contact| contact.view(id));
    lanes.iter().any(|(_, id)| views(*id).any(|view| is_begun(*id, view)))
}

/// Bytes of these lanes, as they are kept, that some contact lacks.
fn waiting_bytes(link: &Link, know: &Stock<'_>, lanes: &[(Urgency, LaneId)]) -> usize {
    let none = View::default();
    let bytes = |id: &LaneId| {
        let lane = know.book.lane(*id)?;
        let views = link.contacts.values().map(|contact| contact.view(*id).unwrap_or(&none));
        let from = views.filter_map(|view| view.next(lane)).min()?;
        let records = (from..=lane.saved()).map_while(|seq| lane.record(seq));
        Some(records.map(<[u8]>::len).sum::<usize>())
    };
    lanes.iter().filter_map(|(_, id)| bytes(id)).sum()
}
