//! All links of a node, and which of them must be looked at. A centre has fifty links, and most of
//! what happens concerns one of them, so a link is looked at only when something about it changed
//! or its moment has come. What a look does is up to the node.
//!
//! ```text
//! changed ──┐
//! due ──────┼──→ looked at ──→ rests until its moment, or until it changes
//! leaves something to a link that became worse ──┘
//! ```

use std::collections::{BTreeMap, BTreeSet};

use crate::base::ids::{DeviceId, LaneId, LinkId, RecordId};
use crate::base::time::Mono;
use crate::link::agenda::leaving::Leaves;
use crate::link::state::Link;
use crate::log::book::Book;
use crate::log::lane::Lane;
use crate::sync::board::Board;
use crate::sync::heading::Headings;

mod leaving;

/// What all links speak of, as far as it changed.
pub struct News<'a> {
    /// All records.
    pub book: Option<&'a Book>,
    /// All registers, and where the word goes of who holds orders.
    pub board: Option<(&'a Board, &'a Headings)>,
}

/// The links of a node.
#[derive(Debug, Default)]
pub struct Links {
    /// Boxed: a link is large, and is taken out and put back for every frame; its place stays.
    all: BTreeMap<LinkId, Option<Box<Link>>>,
    /// What may have changed since it was last looked at.
    touched: Touched,
    /// When the others must be looked at.
    rests: BTreeMap<LinkId, Rest>,
    /// None of these moments is before this one.
    soonest: Option<Mono>,
    /// Links whose acks wait for the disk.
    held: BTreeSet<LinkId>,
    /// Links that leave something to others.
    leave: Leaves,
}

/// Links, in order and each once. Most things concern one: a tree would be made and torn down for
/// each of them.
#[derive(Debug, Default)]
struct Touched(Vec<LinkId>);

impl Touched {
    fn insert(&mut self, id: LinkId) {
        if let Err(place) = self.0.binary_search(&id) {
            self.0.insert(place, id);
        }
    }

    fn has(&self, id: LinkId) -> bool {
        self.0.binary_search(&id).is_ok()
    }
}

/// When a link that nothing happens to must be looked at.
#[derive(Clone, Copy, Debug)]
struct Rest {
    /// Something is due on it: the node must be woken.
    wake: Option<Mono>,
    /// Somebody there counts as gone from then on, or may be called again: if anything is done by
    /// then, this link is part of it. Nobody need be woken for it.
    review: Option<Mono>,
}

impl Links {
    /// One link.
    pub fn get(&self, id: LinkId) -> Option<&Link> {
        self.all.get(&id)?.as_deref()
    }

    /// One link, to be changed; it will be looked at.
    pub fn get_mut(&mut self, id: LinkId) -> Option<&mut Link> {
        let link = self.all.get_mut(&id)?.as_deref_mut()?;
        self.touched.insert(id);
        Some(link)
    }

    /// One link that is looked at now: what is done on the way is no news to itself.
    pub fn visit(&mut self, id: LinkId) -> Option<&mut Link> {
        self.all.get_mut(&id)?.as_deref_mut()
    }

    /// The link of this number, made if there is none yet.
    pub fn open(&mut self, id: LinkId, make: impl FnOnce() -> Link) -> &mut Link {
        self.touched.insert(id);
        self.all.entry(id).or_default().get_or_insert_with(|| Box::new(make()))
    }

    /// A link is no more. True if there was one.
    pub fn remove(&mut self, id: LinkId) -> bool {
        self.touched = Touched(self.all.keys().copied().filter(|other| *other != id).collect());
        self.rests.remove(&id);
        self.held.remove(&id);
        self.leave.note(id, &BTreeSet::new(), false);
        self.all.remove(&id).flatten().is_some()
    }

    /// Take a link out while it is filled: the others are what else there is.
    pub fn take(&mut self, id: LinkId) -> Option<Box<Link>> {
        self.all.get_mut(&id)?.take()
    }

    /// Put it back. If something was said on it, those that leave things to it look at it again.
    pub fn put(&mut self, link: Box<Link>, has_spoken: bool) {
        if has_spoken {
            self.touched.insert(link.id);
        }
        self.all.insert(link.id, Some(link));
    }

    /// All of them in order.
    pub fn values(&self) -> impl Iterator<Item = &Link> {
        self.all.values().filter_map(|link| link.as_deref())
    }

    /// Their numbers.
    pub fn keys(&self) -> impl Iterator<Item = LinkId> {
        self.all.keys().copied()
    }

    /// What all of them speak of has changed: those are looked at that have something to say of
    /// it. A link that is not ready is looked at as soon as it is.
    pub fn tell(&mut self, news: &News<'_>) {
        for (id, link) in &mut self.all {
            let Some(link) = link else { continue };
            let may_say = link.up && link.ready && !self.touched.has(*id);
            if may_say && link.is_concerned(news) {
                self.touched.insert(*id);
            }
        }
    }

    /// A device said somewhere that it holds and has verified so much of a lane: no link need say
    /// it again. Only where more of the lane remains to be said it may be said now.
    pub fn learn(&mut self, device: DeviceId, (id, ours): (LaneId, &Lane), head: u32, sealed: u32) {
        for (link_id, link) in &mut self.all {
            let Some(link) = link else { continue };
            let Some(contact) = link.contacts.get_mut(&device) else { continue };
            if contact.view(id).is_some_and(|view| view.knows(head, sealed)) {
                continue;
            }
            let view = contact.view_mut(id);
            if view.learn(head, sealed) {
                view.tries = 0;
            }
            if view.wanted(ours).is_some() {
                self.touched.insert(*link_id);
            }
        }
    }

    /// We write this record of ours now. Nobody holds it yet: whoever said so has a record that
    /// somebody made up, and would be told the seal alone, which drops that and puts nothing there.
    pub fn write(&mut self, id: RecordId) {
        let links = self.all.values_mut().flatten();
        for contact in links.flat_map(|link| link.contacts.values_mut()) {
            if contact.view(id.lane).is_some_and(|view| view.foretells(id.seq)) {
                contact.view_mut(id.lane).forget_foretold(id.seq);
            }
        }
    }

    /// Something happened that may have brought to the disk what acks wait for.
    pub fn resume_acks(&mut self, now: Mono) {
        for id in std::mem::take(&mut self.held) {
            if let Some(link) = self.get_mut(id) {
                link.resume_ack(now);
            }
        }
    }

    /// The links that must be looked at now for their own sake, in order.
    pub fn due(&mut self, now: Mono) -> Vec<LinkId> {
        let is_due = |rest: &Rest| {
            let moments = [rest.wake, rest.review];
            moments.into_iter().flatten().any(|at| at <= now)
        };
        let Touched(mut due) = std::mem::take(&mut self.touched);
        if self.soonest.is_some_and(|at| at <= now) {
            due.extend(self.rests.iter().filter(|(_, rest)| is_due(rest)).map(|(id, _)| *id));
            // Those that are due are looked at now, and say anew until when they rest.
            let moments = self.rests.values().flat_map(|rest| [rest.wake, rest.review]).flatten();
            self.soonest = moments.filter(|at| *at > now).min();
            due.sort_unstable();
            due.dedup();
        }
        due
    }

    /// A link was looked at.
    pub fn rest(&mut self, id: LinkId, now: Mono) {
        let Some(link) = self.all.get(&id).and_then(|link| link.as_deref()) else { return };
        let wake = if link.ready { link.next_deadline() } else { None };
        let review = link.next_review(now);
        self.soonest = [self.soonest, wake, review].into_iter().flatten().min();
        self.rests.insert(id, Rest { wake, review });
        if link.ack_waits {
            self.held.insert(id);
        }
        self.leave.note(id, &link.leaves_to, link.look_at.is_some());
    }

    /// When the first of them must be looked at.
    pub fn next_deadline(&self) -> Option<Mono> {
        let rests = self.rests.iter().filter(|(id, _)| !self.touched.has(**id));
        let touched = self.touched.0.iter().filter_map(|id| self.all.get(id)?.as_deref());
        let touched = touched.filter(|link| link.ready).filter_map(|link| link.next_deadline());
        rests.filter_map(|(_, rest)| rest.wake).chain(touched).min()
    }
}

impl Link {
    /// True if something of what changed is to be said here.
    fn is_concerned(&mut self, news: &News<'_>) -> bool {
        let mut is_concerned = false;
        if let Some(book) = news.book {
            for (device, contact) in &mut self.contacts {
                is_concerned |= contact.compare(book, *device);
            }
        }
        if let Some((board, headings)) = news.board {
            self.compare_board(board, headings);
            is_concerned |= !self.posted.has_said_all();
        }
        is_concerned
    }

    /// When somebody there counts as gone, or as called often enough: nothing is due then, but what
    /// is decided afterwards may be decided otherwise.
    fn next_review(&self, now: Mono) -> Option<Mono> {
        let live_ms = self.live_ms();
        let moments = self.contacts.values().flat_map(|contact| {
            [contact.heard_at.after_ms(live_ms).after_ms(1), contact.calls.until()]
        });
        moments.filter(|at| *at > now).min()
    }
}

#[cfg(test)]
mod tests;
