//! Which of several links to the same device carries what. Everything goes by the link that costs
//! least; a dearer one takes an order along when the cheaper did not answer, or is too slow for
//! the time by which the order must be there. Whatever answers first stops all of them.
//!
//! ```text
//! given ──→ cheapest link ──────── no answer ──→ next dearer as well ── no answer ──→ …
//!    └── it cannot make the deadline ──→ next dearer at once, in parallel
//! ```
//!
//! Who holds what by the word of another link is noted by the node; here is only decided who
//! speaks.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use crate::base::class::Urgency;
use crate::base::ids::{DeviceId, Lane as LaneKind, LaneId, LinkId, RecordId};
use crate::base::time::{Mono, Now};
use crate::field::order::{OrderBoard, act_by_ms, expires_ms};
use crate::link::agenda::Links;
use crate::link::condition::Standing;
use crate::link::contact::Contact;
use crate::link::fitness::LAZY_TRIES;
use crate::link::meter::Gate;
use crate::link::state::{ANYONE, LIVE_MS, Link};
use crate::link::view::View;
use crate::log::lane::Lane;

/// Bytes by which links are compared: an order with its seal.
const ORDER_BYTES: usize = 150;
/// A link costs more than another at the same price if an order takes so many times as long.
const DEARER_TIMES: u64 = 8;
/// Orders looked at to find the next deadline of a lane.
const ORDERS_LOOK_MAX: u32 = 64;

/// Until when an order of this class should be with whom it is for, ms after it was given, where
/// it does not say so itself (research, domain section 2, proposal for service levels: an alert
/// reaches the device in 2 to 3 minutes, a person answers within 5 to 10).
pub fn promise_ms(urgency: Urgency) -> u64 {
    match urgency {
        Urgency::Flash => 120_000,
        Urgency::Immediate => 5 * 60_000,
        Urgency::Priority => 10 * 60_000,
        Urgency::Routine
        | Urgency::Receipt
        | Urgency::Directory
        | Urgency::Board
        | Urgency::Stock
        | Urgency::Report => 30 * 60_000,
    }
}

/// When an order must be with whom it is for: the time it names itself or its class's promise,
/// whichever is first. None for what is no order, withdrawn or expired, or whose time has passed.
pub fn due(orders: &OrderBoard, id: RecordId, now: Now) -> Option<Mono> {
    let order = orders.get(id.into()).filter(|_| id.lane.lane == LaneKind::Command)?;
    let is_expired = expires_ms(order).is_some_and(|at| at < now.wall.0);
    if is_expired || orders.is_withdrawn(order.id) {
        return None;
    }
    let promised_ms = order.at.wall_ms.saturating_add(promise_ms(order.order.class.into()));
    let due_ms = act_by_ms(order).map_or(promised_ms, |act_by_ms| act_by_ms.min(promised_ms));
    let ahead_ms = due_ms.checked_sub(now.wall.0).filter(|ahead_ms| *ahead_ms > 0)?;
    Some(now.mono.after_ms(ahead_ms))
}

/// What else there is beside the link in question, for one decision.
#[derive(Clone, Copy)]
pub struct Elsewhere<'a> {
    /// This device.
    pub own: DeviceId,
    /// The links, of which some may reach the same devices for less.
    pub links: &'a Links,
    /// Until when an order must be with whom it is for.
    pub due: &'a dyn Fn(RecordId) -> Option<Mono>,
    /// The moment.
    pub now: Mono,
}

/// Something of one lane, for one contact of a link.
#[derive(Clone, Copy)]
pub struct Errand<'a> {
    /// For whom.
    pub device: DeviceId,
    /// What it is known to hold, by the link in question.
    pub view: &'a View,
    /// Which lane.
    pub id: LaneId,
    /// The same.
    pub lane: &'a Lane,
    /// The most urgent of it.
    pub urgency: Urgency,
}

/// A dearer link leaves something to a cheaper one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// That link.
    pub to: LinkId,
    /// When this must be decided anew, if a deadline nears.
    pub until: Option<Mono>,
}

/// Other links that reach this device for less, and work as far as is known.
pub fn cheaper<'a>(
    link: &Link,
    know: &Elsewhere<'a>,
    device: DeviceId,
) -> impl Iterator<Item = &'a Link> {
    let (ours, now) = (cost(link), know.now);
    know.links
        .values()
        .filter(move |other| reaches(other, device, now) && is_dearer(ours, cost(other)))
}

/// What an order costs on a link: millionths of a yuan, and how long it takes of what there is.
fn cost(link: &Link) -> (u64, u64) {
    let profile = &link.profile;
    let taken_ms = profile.air_ms(ORDER_BYTES).max(u64::from(profile.min_interval_ms));
    (profile.price.micro_yuan(ORDER_BYTES as u64), taken_ms)
}

fn is_dearer(ours: (u64, u64), other: (u64, u64)) -> bool {
    match ours.0.cmp(&other.0) {
        Ordering::Greater => true,
        Ordering::Less => false,
        Ordering::Equal => ours.1 >= other.1.max(1).saturating_mul(DEARER_TIMES),
    }
}

/// The cheaper link to which this is left, if there is one that may still be in time.
pub fn left(link: &Link, know: &Elsewhere<'_>, what: &Errand<'_>) -> Option<Left> {
    left_to_one_of(cheaper(link, know, what.device), know, what)
}

/// The same, where the [`cheaper`] links are known.
pub fn left_to_one_of<'a>(
    cheaper: impl Iterator<Item = &'a Link>,
    know: &Elsewhere<'_>,
    what: &Errand<'_>,
) -> Option<Left> {
    let is_lazy = what.urgency >= Urgency::Receipt;
    let tries_max = if is_lazy { LAZY_TRIES } else { 1 };
    let none = View::default();
    let mut due = None;
    for other in cheaper {
        if other.gate() == Gate::FlashOnly && what.urgency > Urgency::Flash {
            continue;
        }
        let contact = other.contacts.get(&what.device);
        let there = contact.and_then(|contact| contact.view(what.id)).unwrap_or(&none);
        // Where that link believes that nothing is lacking, this one knows better.
        if there.lacks(what.lane) == 0 && !there.lacks_seal(what.lane) || there.tries >= tries_max {
            continue;
        }
        // Whoever asks here does not get it there, where somebody else was to send it, or where it
        // never answered or was not heard for long: its frames may be repeated there by somebody
        // else. It is heard here again and again, so this is decided anew soon enough.
        let is_silent = |there: &Contact| know.now.since_ms(there.heard_at) >= LIVE_MS;
        let answers = contact.is_some_and(|there| there.is_proved() && !is_silent(there));
        let is_anothers = || there.is_left_to_another() || is_authors(other, know, what, there);
        if what.view.has_asked && (!answers || is_anothers()) {
            continue;
        }
        if is_lazy {
            return Some(Left { to: other.id, until: None });
        }
        let due = *due.get_or_insert_with(|| due_of(know, what));
        let Some(due) = due else { return Some(Left { to: other.id, until: None }) };
        let latest = Mono(due.0.saturating_sub(other.answer_ms()));
        if latest > know.now {
            return Some(Left { to: other.id, until: Some(latest) });
        }
    }
    None
}

/// On that link nothing of this is said to the device: its author is there too.
fn is_authors(other: &Link, know: &Elsewhere<'_>, what: &Errand<'_>, there: &View) -> bool {
    let crowd = other.crowd(know.now);
    let (author, device) = (what.id.author, what.device);
    !there.has_asked && other.is_authors_to_send(know.own, author, device, crowd, know.now)
}

/// The first deadline, of those ahead, among the orders that the contact lacks.
fn due_of(know: &Elsewhere<'_>, what: &Errand<'_>) -> Option<Mono> {
    let first = what.view.head + 1;
    let last = what.lane.saved().min(first.saturating_add(ORDERS_LOOK_MAX));
    (first..=last)
        .filter(|seq| what.lane.urgency(*seq) <= Urgency::Routine)
        .filter_map(|seq| (know.due)(what.id.at(seq)))
        .min()
}

/// The devices that some link reaches now, as far as is known.
pub fn reached(links: &Links, now: Mono) -> BTreeSet<DeviceId> {
    let of_link = |link: &Link| {
        let live_ms = link.live_ms();
        let is_heard = |contact: &Contact| now.since_ms(contact.heard_at) <= live_ms;
        let here = link.contacts.iter().filter(|(_, contact)| is_heard(contact));
        here.map(|(device, _)| *device).filter(|device| *device != ANYONE).collect::<Vec<_>>()
    };
    links.values().filter(|link| works(link)).flat_map(of_link).collect()
}

fn reaches(link: &Link, device: DeviceId, now: Mono) -> bool {
    let contact = link.contacts.get(&device).filter(|_| link.up);
    contact.is_some_and(|contact| now.since_ms(contact.heard_at) <= link.live_ms()) && works(link)
}

/// It carries something, as far as is known, whoever is there.
fn works(link: &Link) -> bool {
    let is_clear = match link.condition.standing {
        Standing::Clear | Standing::Cooling | Standing::QuotaSpent => true,
        Standing::NoSignal | Standing::Unknown => false,
    };
    link.up && is_clear && link.gate() != Gate::Shut && !link.quality.is_doubtful()
}

#[cfg(test)]
mod tests;
