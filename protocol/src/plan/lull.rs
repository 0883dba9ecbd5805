//! When a link of few slots may begin a frame for what is nobody's call for help: fixes, stock,
//! reports. A card that may send once a minute and takes each of these at once is hardly ever free,
//! and an order that comes finds it shut. So they wait for company, and the slot stays open; with
//! anything that cannot wait they ride along at once. Acks, beacons and answers are never held, and
//! what is urgent only for the moment in which its like are typed.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use crate::base::class::Urgency;
use crate::base::ids::{DeviceId, Lane as LaneKind, LaneId};
use crate::base::time::Mono;
use crate::link::line::ACK_SLOTS;
use crate::link::state::{ANYONE, Link};
use crate::link::view::View;
use crate::log::lane::Lane;
use crate::plan::pick::Stock;
use crate::plan::registers;
use crate::plan::route::{self, Errand};

/// Slots that such things wait for company. With four, a card is taken by them a quarter of the
/// time at most, so that an urgent record finds it open three times in four; the fixes of teams
/// come every ten minutes (research, domain section 0) and lose little.
const SLOTS: u64 = 4;
/// Slots in which what is in parts, or in halves, is brought to its end, whatever goes between.
const PIECES_SLOTS: u64 = 32;
/// Each try is waited for a slot longer than the one before, up to so many.
const TRIES_TOLD: u32 = 4;
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

/// The devices that other links reach, where that makes a difference: where slots are few. Looked
/// for once it is asked.
pub(super) struct Reached {
    are_slots_few: bool,
    devices: OnceCell<BTreeSet<DeviceId>>,
}

impl Reached {
    /// Nobody asked yet.
    pub(super) fn of(link: &Link) -> Reached {
        let are_slots_few = link.profile.long_slot_ms().is_some();
        Reached { are_slots_few, devices: OnceCell::new() }
    }

    fn devices(&self, know: &Stock<'_>) -> &BTreeSet<DeviceId> {
        self.devices.get_or_init(|| route::reached(know.elsewhere.links, know.now))
    }
}

/// How urgent something is on a link where slots are few. What others say to others goes along with
/// the stock: an order that half of a district's towns wait for would else stand behind what the
/// other half reports. A receipt takes a tenth of an order and somebody waits for it, and a piece
/// of a seal proves nothing: both go with what is 特急.
pub(super) fn felt(know: &Stock<'_>, reached: &Reached, what: &Errand<'_>) -> Urgency {
    let Errand { device, view, id, lane, urgency } = *what;
    if !reached.are_slots_few || urgency > Urgency::Receipt {
        return urgency;
    }
    let is_told = |of| know.whom.concerns(device, of, know.device, reached.devices(know));
    if device != ANYONE && !is_told((id, view.sealed + 1, lane.saved())) {
        return Urgency::Stock;
    }
    match urgency == Urgency::Receipt || view.sent_piece.is_some() {
        true => urgency.min(Urgency::Immediate),
        false => urgency,
    }
}

/// How long an answer is waited for where slots are long and one hears us: the other's card is free
/// within a slot, both messages are on their way for some seconds, and the ack of what can wait
/// waits for company. A second try that waits three slots comes too late for an order. While more
/// of the same is still to go, the wait has not begun: were a record begun anew because what is
/// more urgent goes between its parts, it would never end.
pub(super) fn wait_ms(
    link: &Link,
    (view, lane): (&View, &Lane),
    tries: u32,
    urgency: Urgency,
) -> Option<u64> {
    let slot_ms = link.profile.long_slot_ms().filter(|_| !link.is_shared())?;
    if view.is_partway() || view.needs_seal(lane) {
        return Some(PIECES_SLOTS * slot_ms);
    }
    let company_slots = if urgency >= Urgency::Stock { ACK_SLOTS } else { 0 };
    let slots = company_slots + u64::from(tries.min(TRIES_TOLD));
    let once_ms = 1_200 + slot_ms * 9 / 8 + 2 * link.way_ms();
    // A card that speaks with many answers later.
    let measured_ms = u64::from(link.quality.median_ms().unwrap_or(0)) * 5 / 4;
    Some(once_ms.max(measured_ms.min(PIECES_SLOTS * slot_ms)) + slots * slot_ms)
}

/// Until when a link holds what is not urgent, if it does.
pub fn held_until(link: &Link, urgency: Urgency) -> Option<Mono> {
    let since = link.lull_since.filter(|_| urgency > Urgency::Receipt)?;
    Some(since.after_ms(SLOTS * link.profile.long_slot_ms()?))
}

/// True if something of these lanes is in parts on its way; or if it is asked for, went without an
/// answer, or only a seal is left to go, unless it is of those who speak to others.
fn is_begun(link: &Link, know: &Stock<'_>, lanes: &[(Urgency, LaneId)]) -> bool {
    let is_begun = |id: LaneId, view: &View| {
        let is_seal =
            know.book.lane(id).is_some_and(|l| view.next(l).is_none() && view.needs_seal(l));
        let is_ours = !is_others(id) && (view.tries > 0 || view.has_asked || is_seal);
        view.is_partway() || is_ours
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
    // What others say to others never fills the slots that should stay open.
    lanes.iter().filter(|(_, id)| !is_others(*id)).filter_map(|(_, id)| bytes(id)).sum()
}

/// Among what is not urgent on a link, orders and receipts are those of others for others.
fn is_others(id: LaneId) -> bool {
    id.lane == LaneKind::Command
}
