//! Which records of a lane go into the frame being filled: what any contact lacks, in order, whole
//! if they fit a frame at all, in parts if not. A seal goes with the record it covers.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use crate::base::class::Urgency;
use crate::base::ids::{DeviceId, LaneId};
use crate::base::time::Mono;
use crate::field::air::alone;
use crate::link::contact::{Contact, Missing};
use crate::link::state::{ANYONE, Link};
use crate::link::view::View;
use crate::link::views::is_its_own;
use crate::log::book::Book;
use crate::log::lane::Lane;
use crate::plan::pick::{Filling, Stock};
use crate::plan::route::{self, Errand, Left};
use crate::plan::seals;
use crate::plan::told::{note_sent, note_told, takers};
use crate::plan::{fit, lull};
use crate::wire::bundle::{Part, Section};
use crate::wire::frame::WHOLE_OVERHEAD_BYTES;
use crate::wire::pack::Pack;

/// Smallest piece of a record that is worth a part section.
pub(super) const PART_BYTES_MIN: usize = 24;

/// Room that acks before a record are taken to need: of four lanes, with what is missing there.
const ACKS_BYTES: usize = 32;

/// Lanes of which anything may go on this link now, most urgent first, and how urgent that is
/// there: what others say to others comes with the stock, before it. Of those that are as urgent,
/// the one that was not served for longest, so that no author waits for another to have finished.
/// But a record in parts or a seal in pieces is ended first: its answer can come only then, and
/// while others took their turns the wait for it would be over and it would begin anew, for ever.
pub fn waiting(link: &mut Link, know: &Stock<'_>) -> Vec<(Urgency, LaneId)> {
    let mut is_wanted = false;
    for (device, contact) in &mut link.contacts {
        contact.goes_on(false, know.now);
        contact.compare(know.book, *device);
        is_wanted |= contact.is_called_again(know.now) || contact.wanting().next().is_some();
    }
    if !is_wanted {
        // Many frames say something else.
        (link.look_at, link.leaves_to) = (None, BTreeSet::new());
        return Vec::new();
    }
    let (mut found, served) = look(link, know);
    if begin_anew(link, know, &served) {
        (found, _) = look(link, know);
    }
    found.sort();
    found.into_iter().map(|((urgency, ..), lane)| (urgency, lane)).collect()
}

/// Lanes of which a flash order may go on this link now, where nothing else may. All others wait
/// there by the dozen and are looked at only for one who was called in vain, as that ends when
/// nothing at all may go to it.
pub fn waiting_flash(link: &mut Link, know: &Stock<'_>) -> Vec<(Urgency, LaneId)> {
    let mut may_be_any = false;
    for (device, contact) in &mut link.contacts {
        contact.goes_on(false, know.now);
        contact.compare(know.book, *device);
        let is_flash = |(_, urgency)| urgency == Urgency::Flash;
        may_be_any |= contact.is_in_vain() || contact.wanting_urgent().any(is_flash);
    }
    if !may_be_any {
        debug_assert!(look(link, know).0.iter().all(|((felt, ..), _)| *felt > Urgency::Flash));
        (link.look_at, link.leaves_to) = (None, BTreeSet::new());
        return Vec::new();
    }
    let mut lanes = waiting(link, know);
    lanes.retain(|(urgency, _)| *urgency == Urgency::Flash);
    lanes
}

/// Those who were called in vain with all that waits for them are called with it anew. True if
/// there are any.
fn begin_anew(link: &mut Link, know: &Stock<'_>, served: &BTreeSet<DeviceId>) -> bool {
    let mut begins = false;
    for (device, contact) in &mut link.contacts {
        if contact.goes_on(!served.contains(device), know.now) {
            contact.compare(know.book, *device);
            begins = true;
        }
    }
    begins
}

/// How a lane stands among those that wait: how urgent it is here, whether nothing of it has begun,
/// how urgent it is to whom it goes, and when it was last said.
type Rank = (Urgency, bool, Urgency, Mono);

/// A lane that is looked at for one contact after another.
struct Looked<'a> {
    id: LaneId,
    lane: &'a Lane,
    /// Its author is on the channel and says it there itself.
    speaks: OnceCell<bool>,
    /// How it stands, if anything of it may go.
    rank: Option<Rank>,
}

/// Its place among those looked at, in order; `None` if there is nothing of it here.
fn place_of<'a>(looked: &mut Vec<Looked<'a>>, id: LaneId, book: &'a Book) -> Option<usize> {
    let place = match looked.binary_search_by_key(&id, |looked| looked.id) {
        Ok(place) => return Some(place),
        Err(place) => place,
    };
    let lane = book.lane(id)?;
    looked.insert(place, Looked { id, lane, speaks: OnceCell::new(), rank: None });
    Some(place)
}

/// Lanes of which anything may go now, and the contacts to whom.
fn look(link: &mut Link, know: &Stock<'_>) -> (Vec<(Rank, LaneId)>, BTreeSet<DeviceId>) {
    let mut all: Vec<Looked<'_>> = Vec::new();
    let mut served = BTreeSet::new();
    let none = View::default();
    let mut look_at: Option<Mono> = None;
    let mut leaves_to = BTreeSet::new();
    let reached = lull::Reached::of(link);
    let crowd = link.crowd(know.now);
    for (device, contact) in &link.contacts {
        // The same for all that waits for it, and asked of a few of these at most.
        let (cheaper, missing) = (OnceCell::new(), OnceCell::new());
        let has_lazy = contact.wanting_lazy().next().is_some();
        let takes_lazy = has_lazy && !link.takes_only_urgent(*device, know.now);
        let lazy = contact.wanting_lazy().filter(|_| takes_lazy);
        for (id, urgency) in contact.wanting_urgent().chain(lazy) {
            let Some(place) = place_of(&mut all, id, know.book) else { continue };
            let Looked { lane, speaks, rank, .. } = &mut all[place];
            let view = contact.view(id).unwrap_or(&none);
            let what = Errand { device: *device, view, id, lane, urgency };
            let felt = lull::felt(know, &reached, &what);
            let what = Errand { urgency: felt, ..what };
            if !may_go(link, know, (contact, &missing, speaks), &what, crowd) {
                continue;
            }
            let others = || route::cheaper(link, &know.elsewhere, *device).collect::<Vec<_>>();
            let cheaper = cheaper.get_or_init(others).iter().copied();
            if let Some(Left { to, until }) = route::left_to_one_of(cheaper, &know.elsewhere, &what)
            {
                leaves_to.insert(to);
                look_at = until.into_iter().chain(look_at).min();
                continue;
            }
            served.insert(*device);
            let is_whole = !view.is_partway();
            let best = rank.get_or_insert((felt, is_whole, urgency, view.sent_at));
            let (as_felt, is_whole) = (best.0.min(felt), best.1 && is_whole);
            *best = (as_felt, is_whole, best.2.min(urgency), best.3.max(view.sent_at));
        }
    }
    (link.look_at, link.leaves_to) = (look_at, leaves_to);
    (all.into_iter().filter_map(|of| Some((of.rank?, of.id))).collect(), served)
}

/// True if this may go to that contact on this link now, whatever other links there are.
/// What it lacks of the directory is looked for once, and once for a lane whether its author
/// speaks here itself.
fn may_go(
    link: &Link,
    know: &Stock<'_>,
    (contact, missing, speaks): (&Contact, &OnceCell<Missing>, &OnceCell<bool>),
    what: &Errand<'_>,
    crowd: u64,
) -> bool {
    let Errand { device, view, id, lane, urgency } = *what;
    let is_ours = || {
        let speaks_here = || link.speaks_itself(know.device, id.author, crowd, know.now);
        let is_authors =
            || *speaks.get_or_init(speaks_here) && !contact.is_deaf_to(id.author, crowd);
        view.has_asked || !is_authors()
    };
    // A seal that does not help there cannot be checked: who wrote it must be known first.
    let directory = || *missing.get_or_init(|| contact.missing_directory(device, know.book));
    let is_in_vain =
        || view.next(lane).is_none() && contact.needs_key(device, id, know.book, directory);
    // What waits for an answer does not hold up a flash order that was never said there.
    let is_news = link.is_flash_news(device, view, (id, lane), urgency);
    let may = is_news && !view.is_held_back(know.now)
        || link.may_send(device, contact, view, urgency, know.now);
    may && is_ours() && !is_in_vain()
}

/// What is urgent and was said a slot ago or more without an answer goes again with anything that
/// leaves, if there is room: on a card the answer to one that was lost is missed only after a slot,
/// and the next one is a slot later still.
pub fn add_again(frame: &mut Filling, link: &mut Link, know: &Stock<'_>) {
    let Some(slot_ms) = link.profile.long_slot_ms().filter(|_| !link.is_shared()) else { return };
    let reached = lull::Reached::of(link);
    let mut again: Vec<(DeviceId, LaneId, Urgency)> = Vec::new();
    for (device, contact) in &link.contacts {
        for id in contact.restless() {
            let (Some(view), Some(lane)) = (contact.view(id), know.book.lane(id)) else { continue };
            let said = view.head + 1..=view.sent;
            let urgency = said.map(|seq| lane.urgency(seq)).min();
            let urgency = urgency.unwrap_or(lane.urgency(view.sent_sealed));
            let what = Errand { device: *device, view, id, lane, urgency };
            let felt = lull::felt(know, &reached, &what);
            let is_old = know.now.since_ms(view.sent_at) >= slot_ms;
            let is_said = view.in_flight() && !view.is_partway() && view.tries == 0;
            if *device != ANYONE && is_old && is_said && felt <= Urgency::Receipt {
                again.push((*device, id, felt));
            }
        }
    }
    for (device, id, felt) in again {
        let Some(contact) = link.contacts.get_mut(&device) else { continue };
        let (kept, before) = (contact.view_mut(id).clone(), frame.room());
        contact.view_mut(id).say_again();
        add(frame, link, know, id, felt);
        if let Some(contact) = link.contacts.get_mut(&device).filter(|_| frame.room() == before) {
            *contact.view_mut(id) = kept;
        }
    }
}

/// Add what fits of one lane.
pub fn add(frame: &mut Filling, link: &mut Link, know: &Stock<'_>, id: LaneId, urgency: Urgency) {
    let Some(lane) = know.book.lane(id) else { return };
    let mut eligible = eligible(link, know, (id, lane), urgency);
    let going = Going { id, lane, urgency, to: &eligible };
    // A seal of which some arrived proves what is there; what is new has to wait for its own.
    seals::add_rest(frame, link, know, &going);
    while let Some(first) = next_of(link, &eligible, id, lane) {
        if frame.is_for_flash && !serves_flash(lane, first) {
            return;
        }
        let is_needed = |seq| needed(link, &eligible, id, seq);
        let Some(run) = fit::run((id, lane), first, is_needed, know.device, frame.room()) else {
            let is_long = !fits_alone((id, lane), first, link, know.device);
            let there = link.without_silent(&eligible, urgency);
            let is_left_out = there.len() < eligible.len();
            if is_long && is_left_out && next_of(link, &there, id, lane).is_some() {
                eligible = there;
                continue;
            }
            if is_long && link.calls_instead(know.device, &eligible, (id, first, urgency), know.now)
            {
                return;
            }
            if frame.is_empty() || is_long {
                let what = Going { id, lane, urgency, to: &eligible };
                add_part(frame, link, know, &what, first);
            }
            return;
        };
        let last = first + run.count - 1;
        let takers = takers(link, &eligible, id, first..=last);
        let (sealed, before) = (run.is_sealed, frame.room());
        if !frame.push(&run.section) {
            return;
        }
        link.unanswered_bytes += before - frame.room();
        link.counts.sent_records += u64::from(last - first + 1);
        let seal = sealed.then_some(last);
        note_sent(link, &takers, id, lane, first..=last, seal, know);
        note_told(link, &takers, id, urgency, know);
        link.trail.note(id, last, urgency);
        link.sums.note_said(id, last, know.now);
    }
    seals::add(frame, link, know, &Going { id, lane, urgency, to: &eligible });
}

/// Contacts to whom this lane may go now.
fn eligible(
    link: &Link,
    know: &Stock<'_>,
    (id, lane): (LaneId, &Lane),
    urgency: Urgency,
) -> Vec<DeviceId> {
    let (none, speaks) = (View::default(), OnceCell::new());
    let crowd = link.crowd(know.now);
    link.contacts
        .iter()
        .filter(|(device, contact)| {
            let view = contact.view(id).unwrap_or(&none);
            let what = Errand { device: **device, view, id, lane, urgency };
            !is_its_own(**device, id, view, lane)
                && may_go(link, know, (contact, &OnceCell::new(), &speaks), &what, crowd)
                && route::left(link, &know.elsewhere, &what).is_none()
        })
        .map(|(device, _)| *device)
        .collect()
}

fn next_of(link: &Link, eligible: &[DeviceId], id: LaneId, lane: &Lane) -> Option<u32> {
    let none = View::default();
    eligible
        .iter()
        .filter_map(|device| link.contacts.get(device))
        .filter_map(|contact| contact.view(id).unwrap_or(&none).next(lane))
        .min()
}

fn needed(link: &Link, eligible: &[DeviceId], id: LaneId, seq: u32) -> bool {
    let none = View::default();
    eligible
        .iter()
        .filter_map(|device| link.contacts.get(device))
        .any(|contact| contact.view(id).unwrap_or(&none).needs(seq))
}

/// True if a flash order stands at this record or behind it, or before it and no seal between the
/// two: without what covers it nothing proves it.
fn serves_flash(lane: &Lane, seq: u32) -> bool {
    let is_flash = |seq| lane.urgency(seq) == Urgency::Flash;
    let unsealed = (1..seq).rev().take_while(|before| lane.seal_at(*before).is_none());
    (seq..=lane.saved()).any(is_flash) || unsealed.into_iter().any(is_flash)
}

/// True if the record would fit an empty frame of this link: then it waits for one.
fn fits_alone((id, lane): (LaneId, &Lane), seq: u32, link: &Link, device: DeviceId) -> bool {
    fit::fits((id, lane), seq, device, frame_room(link))
}

/// True if what some contact lacks next of this lane fits beside acks, or fits no frame at all.
pub(super) fn fits_beside_acks(link: &Link, know: &Stock<'_>, id: LaneId) -> bool {
    let Some(lane) = know.book.lane(id) else { return true };
    let everyone: Vec<DeviceId> = link.contacts.keys().copied().collect();
    let beside = frame_room(link).saturating_sub(ACKS_BYTES);
    let fits_in = |seq, room| fit::fits((id, lane), seq, know.device, room);
    next_of(link, &everyone, id, lane)
        .is_none_or(|seq| fits_in(seq, beside) || !fits_in(seq, frame_room(link)))
}

/// One lane that goes to some contacts.
pub(super) struct Going<'a> {
    pub(super) id: LaneId,
    pub(super) lane: &'a Lane,
    pub(super) urgency: Urgency,
    pub(super) to: &'a [DeviceId],
}

/// The next piece of a record that fits no frame.
fn add_part(frame: &mut Filling, link: &mut Link, know: &Stock<'_>, what: &Going<'_>, seq: u32) {
    let Going { id, lane, urgency, to: eligible } = *what;
    let Some(whole) = lane.record(seq).map(|record| alone::pack(id.at(seq), record)) else {
        return;
    };
    let offset = eligible
        .iter()
        .filter_map(|device| link.contacts.get(device)?.view(id))
        .filter(|view| view.next(lane) == Some(seq))
        .map(|view| view.sent_offset)
        .min()
        .unwrap_or(0)
        .min(whole.len() as u32);
    let room = frame.room().saturating_sub(part_head_bytes(id));
    let piece = whole.len().saturating_sub(offset as usize).min(room);
    if piece < PART_BYTES_MIN.min(whole.len() - offset as usize) || piece == 0 {
        return;
    }
    let end = offset as usize + piece;
    let section = Section::Part(Part {
        id: id.at(seq),
        total: whole.len() as u32,
        offset,
        bytes: whole[offset as usize..end].to_vec(),
    });
    if !frame.push(&section) {
        return;
    }
    link.unanswered_bytes += piece;
    let is_last = end == whole.len();
    let takers = takers(link, eligible, id, seq..=seq);
    for device in &takers {
        let Some(contact) = link.contacts.get_mut(device) else { continue };
        let view = contact.view_mut(id);
        if view.next(lane) == Some(seq) {
            view.sent_offset = end as u32;
            if is_last {
                view.note_sent(seq, know.now);
            }
        }
    }
    note_told(link, &takers, id, urgency, know);
    link.counts.sent_records += u64::from(is_last);
}

/// Bytes of a part section beside its piece, at most.
pub(super) fn part_head_bytes(lane: LaneId) -> usize {
    1 + lane.packed().len() + 5 + 2 + 2 + 2
}

/// Plain bytes that an empty frame of this link takes.
pub(super) fn frame_room(link: &Link) -> usize {
    usize::from(link.profile.frame_max()).saturating_sub(WHOLE_OVERHEAD_BYTES)
}

#[cfg(test)]
mod tests;
