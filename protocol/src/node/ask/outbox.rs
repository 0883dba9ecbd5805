//! What waits to be sent, for whom, by which link, why, and when it goes: one row for each lane and
//! reason. Reads the same state as the pick does and asks it the same questions; decides nothing.
//! What no link can take, for want of anybody to take it, is in [`super::beyond`].

use std::collections::BTreeMap;

use crate::base::class::Urgency;
use crate::base::ids::{LinkId, RecordId};
use crate::base::time::Mono;
use crate::link::condition::Standing;
use crate::link::contact::Contact;
use crate::link::meter::Gate;
use crate::link::purse::PurseLeft;
use crate::link::state::{ANYONE, Link};
use crate::link::view::View;
use crate::local::rows::{OutboxRow, WaitWhy};
use crate::log::lane::Lane;
use crate::node::Node;
use crate::plan::lull;
use crate::plan::route::{self, Elsewhere, Errand, Left};
use crate::wire::frame::WHOLE_OVERHEAD_BYTES;

/// Rows of the outbox shown at most.
const OUTBOX_ROWS_MAX: usize = 1000;

/// Why something waits, and until when.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Reason {
    why: WaitWhy,
    by: Option<LinkId>,
    at_ms: Option<u64>,
}

impl Reason {
    fn plain(why: WaitWhy) -> Reason {
        Reason { why, by: None, at_ms: None }
    }
}

impl Node {
    pub(super) fn outbox_rows(&self) -> Vec<OutboxRow> {
        let mut rows = Vec::new();
        for link in self.links.values() {
            let mut waiting = self.waiting_on(link);
            waiting.sort_by_key(|row| (row.urgency, row.author, row.first));
            self.forecast(link, &mut waiting);
            rows.append(&mut waiting);
        }
        rows.sort_by_key(|row| (row.urgency, row.link, row.author, row.first));
        rows.extend(self.beyond_rows());
        rows.truncate(OUTBOX_ROWS_MAX);
        rows
    }

    /// What the contacts of one link are not known to hold.
    fn waiting_on(&self, link: &Link) -> Vec<OutboxRow> {
        let none = View::default();
        let mut rows = Vec::new();
        for (id, lane) in self.book.lanes() {
            // Contacts that wait for the same reason share a row.
            let mut found: BTreeMap<Reason, OutboxRow> = BTreeMap::new();
            for (device, contact) in &link.contacts {
                let view = contact.view(*id).unwrap_or(&none);
                let is_meant = *device != id.author && *device != ANYONE;
                if !is_meant || view.lacks(lane) == 0 {
                    continue;
                }
                let urgency = most_urgent(view, lane);
                let what = Errand { device: *device, view, id: *id, lane, urgency };
                let reason = self.reason(link, contact, &what);
                let row = found.entry(reason).or_insert_with(|| self.row(link, reason, &what));
                row.urgency = row.urgency.min(urgency);
                row.first = row.first.min(view.head + 1);
                row.tries = row.tries.max(view.tries);
                row.to.push(self.folds.directory.device_unit_name(*device));
            }
            for mut row in found.into_values() {
                row.bytes = bytes_of(lane, row.first..=row.last);
                rows.push(row);
            }
        }
        rows
    }

    fn row(&self, link: &Link, reason: Reason, what: &Errand<'_>) -> OutboxRow {
        let by = reason.by.and_then(|by| self.links.get(by));
        OutboxRow {
            link: Some(link.id),
            link_name: link.profile.name.clone(),
            urgency: what.urgency,
            what: format!("{:?}", what.id.lane).to_lowercase(),
            author: what.id.author,
            incarnation: what.id.incarnation,
            first: what.view.head + 1,
            last: what.lane.saved(),
            bytes: 0,
            tries: 0,
            to: Vec::new(),
            why: reason.why,
            ahead: 0,
            by: by.map(|link| link.profile.name.clone()),
            at_ms: reason.at_ms,
        }
    }

    /// Why this does not leave at this moment, the link's own reasons first.
    fn reason(&self, link: &Link, contact: &Contact, what: &Errand<'_>) -> Reason {
        let Errand { device, view, id, lane, urgency } = *what;
        let now = self.now.mono;
        let at_ms = |at: Mono| Some(self.now.wall.0.saturating_add(at.since_ms(now)));
        if link.condition.standing == Standing::NoSignal {
            return Reason::plain(WaitWhy::NoSignal);
        }
        if !link.up {
            return Reason::plain(WaitWhy::Down);
        }
        let gate = link.gate();
        if gate == Gate::Shut || (gate == Gate::FlashOnly && urgency > Urgency::Flash) {
            return closed(link);
        }
        let again = view.next_deadline(link.busy_ms);
        if view.is_left_to_another() || view.is_held_back(now) {
            return Reason { at_ms: again.and_then(at_ms), ..Reason::plain(WaitWhy::Another) };
        }
        if view.next(lane).is_none() || (view.tries > 0 && view.in_flight()) {
            return Reason { at_ms: again.and_then(at_ms), ..Reason::plain(WaitWhy::Answer) };
        }
        let crowd = link.crowd(now);
        let own = self.who.device;
        if !view.has_asked && link.is_authors_to_send(own, id.author, device, crowd, now) {
            return Reason::plain(WaitWhy::Another);
        }
        let due = |record: RecordId| route::due(&self.folds.orders, record, self.now);
        let elsewhere = Elsewhere { own, links: &self.links, due: &due, now };
        if let Some(Left { to, until }) = route::left(link, &elsewhere, what) {
            return Reason { why: WaitWhy::Cheaper, by: Some(to), at_ms: until.and_then(at_ms) };
        }
        if !link.may_send(device, contact, view, urgency, now) {
            let is_live = now.since_ms(contact.heard_at) <= link.live_ms();
            let why = if is_live { WaitWhy::Window } else { WaitWhy::Silent };
            // An answer under way ends the wait, or the moment at which it is missed; of one that
            // is silent nobody knows when it will be heard.
            let until = match contact.calls.is_under_way(now) {
                true => Some(contact.calls.until()),
                false => contact.next_deadline(link.busy_ms).filter(|_| is_live),
            };
            return Reason { at_ms: until.and_then(at_ms), ..Reason::plain(why) };
        }
        if let Some(until) = lull::held_until(link, urgency) {
            return Reason { at_ms: at_ms(until), ..Reason::plain(WaitWhy::Company) };
        }
        Reason::plain(WaitWhy::Next)
    }

    /// What may leave goes one frame after the other: how many things go first, and about when.
    fn forecast(&self, link: &Link, rows: &mut [OutboxRow]) {
        let profile = &link.profile;
        let frame = usize::from(profile.frame_max());
        let room = frame.saturating_sub(WHOLE_OVERHEAD_BYTES).max(1) as u64;
        let slot_ms = u64::from(profile.min_interval_ms);
        let each_ms = slot_ms.max(profile.air_ms(frame));
        // A bearer tells its slot; else a link that is not ready is busy with one frame.
        let now_ms = self.now.wall.0;
        let told_ms = link.condition.next_slot.map(|slot| slot.0.max(now_ms));
        let first_ms = told_ms.unwrap_or(if link.ready { now_ms } else { now_ms + each_ms });
        let (mut ahead, mut bytes) = (0, 0);
        for row in rows.iter_mut().filter(|row| row.why == WaitWhy::Next) {
            let frames = bytes / room;
            row.ahead = ahead;
            row.at_ms = Some(first_ms + frames * each_ms);
            row.why = match (frames, slot_ms > 0 && first_ms > now_ms) {
                (0, false) => WaitWhy::Next,
                (0, true) => WaitWhy::Slot,
                (_, _) => WaitWhy::Behind,
            };
            ahead += 1;
            bytes += u64::from(row.bytes);
        }
    }
}

/// What of its bearer is spent, and until when.
fn closed(link: &Link) -> Reason {
    let PurseLeft { air, money } = link.condition.purse_left;
    for (left, why) in [(air, WaitWhy::Air), (money, WaitWhy::Money)] {
        if let Some(left) = left.filter(|left| left.gate != Gate::Open) {
            return Reason { at_ms: Some(left.opens.0), ..Reason::plain(why) };
        }
    }
    let at_ms = link.condition.quota_left.map(|left| left.until.0);
    Reason { at_ms, ..Reason::plain(WaitWhy::Quota) }
}

fn most_urgent(view: &View, lane: &Lane) -> Urgency {
    let all = view.head + 1..=lane.saved();
    all.map(|seq| lane.urgency(seq)).min().unwrap_or(Urgency::Report)
}

pub(super) fn bytes_of(lane: &Lane, span: std::ops::RangeInclusive<u32>) -> u32 {
    let bytes: usize = span.filter_map(|seq| lane.record(seq)).map(<[u8]>::len).sum();
    u32::try_from(bytes).unwrap_or(u32::MAX)
}
