//! What one contact holds of every lane, and what follows from it: when the first view must be
//! looked at, of which lanes something is to go to it, and whether it said that it holds all. A
//! contact of a district has hundreds of lanes and is asked for every frame, so only the lanes
//! that changed since are looked at again. What a view means is in [`super::view`].

use std::collections::{BTreeMap, BTreeSet};

use crate::base::class::Urgency;
use crate::base::ids::{DeviceId, LaneId};
use crate::base::time::Mono;
use crate::link::due::Due;
use crate::link::view::View;
use crate::log::book::Book;
use crate::log::lane::Lane;

/// Lanes noted as changed before any that was noted twice is looked for.
const STALE_MAX: usize = 64;

/// The views of one contact.
#[derive(Clone, Debug, Default)]
pub struct Views {
    views: BTreeMap<LaneId, View>,
    /// Every lane whose view waits for a moment or has failed, and some that no longer do; in
    /// order. When that of each must be looked at; unknown once it may have changed.
    watched: Vec<(LaneId, Option<Due>)>,
    /// When the first of them must be looked at; unknown once a view may have changed.
    due: Option<Due>,
    /// Lanes whose view may have changed since they were compared with the book; some twice.
    stale: Vec<LaneId>,
    /// The version of the book with which all others were compared.
    seen: u64,
    /// Lanes of which something is to go to the contact, and how urgent it is: orders and receipts.
    urgent: BTreeMap<LaneId, Urgency>,
    /// The same of all else, of which hundreds may wait for one who is cut off.
    lazy: BTreeMap<LaneId, Urgency>,
    /// Lanes of which it did not say that it has verified all that we have.
    unsaid: BTreeSet<LaneId>,
    /// Lanes of which it is not known to have verified all that we have.
    unequal: BTreeSet<LaneId>,
    /// Times that a view became less fit to have something left to it.
    fallen: u64,
}

impl Views {
    /// Those of a contact that is taken to hold all that this book holds.
    pub fn of_equal(book: &Book) -> Views {
        let lanes = || book.lanes().map(|(id, _)| *id);
        let held = |lane: &Lane| View::holding(lane.saved(), lane.saved_sealed());
        Views {
            views: book.lanes().map(|(id, lane)| (*id, held(lane))).collect(),
            watched: lanes().map(|id| (id, None)).collect(),
            stale: lanes().collect(),
            seen: book.version(),
            ..Views::default()
        }
    }

    /// All of them.
    pub fn all(&self) -> &BTreeMap<LaneId, View> {
        &self.views
    }

    /// That of one lane, to be changed.
    pub fn change(&mut self, lane: LaneId) -> &mut View {
        self.due = None;
        match self.watched.binary_search_by_key(&lane, |(lane, _)| *lane) {
            Ok(place) => self.watched[place].1 = None,
            Err(place) => self.watched.insert(place, (lane, None)),
        }
        self.note_stale(lane);
        self.views.entry(lane).or_default()
    }

    fn note_stale(&mut self, lane: LaneId) {
        if self.stale.last() != Some(&lane) {
            self.stale.push(lane);
            self.thin_stale();
        }
    }

    /// Nobody compares a link that is down.
    fn thin_stale(&mut self) {
        if self.stale.len() > STALE_MAX.max(2 * self.views.len()) {
            self.stale.sort_unstable();
            self.stale.dedup();
        }
    }

    /// All of them, to be changed.
    pub fn change_all(&mut self) -> impl Iterator<Item = &mut View> {
        self.due = None;
        self.watched.clear();
        self.watched.extend(self.views.keys().map(|lane| (*lane, None)));
        self.stale.extend(self.views.keys());
        self.thin_stale();
        self.views.values_mut()
    }

    /// Those that wait for a moment or have failed, and some that no longer do.
    pub fn watched(&self) -> impl Iterator<Item = &View> {
        self.watched.iter().filter_map(|(lane, _)| self.views.get(lane))
    }

    /// The lanes of those that wait for a moment or have failed.
    pub fn restless(&self) -> impl Iterator<Item = LaneId> {
        let is_one = |lane: &LaneId| self.views.get(lane).is_some_and(View::is_restless);
        self.watched.iter().map(|(lane, _)| *lane).filter(is_one)
    }

    /// The same, to be changed.
    pub fn change_watched(&mut self, mut change: impl FnMut(LaneId, &mut View)) {
        self.due = None;
        for (lane, due) in &mut self.watched {
            if let Some(view) = self.views.get_mut(lane) {
                *due = None;
                self.stale.push(*lane);
                change(*lane, view);
            }
        }
        self.thin_stale();
    }

    /// When the first of them must be looked at, with so much else on the air.
    pub fn next_deadline(&self, busy_ms: u64) -> Option<Mono> {
        self.due.unwrap_or_else(|| self.first_due()).at(busy_ms)
    }

    /// None of them must be looked at now.
    pub fn is_quiet(&mut self, now: Mono, busy_ms: u64) -> bool {
        if self.due.is_none() {
            let views = &self.views;
            self.watched.retain_mut(|(lane, due)| {
                let found = || views.get(lane).filter(|view| view.is_restless()).map(View::due);
                *due = due.or_else(found);
                due.is_some()
            });
            self.due = Some(self.first_due());
        }
        self.next_deadline(busy_ms).is_none_or(|due| due > now)
    }

    fn first_due(&self) -> Due {
        let found = |lane| self.views.get(lane).map_or_else(Due::default, View::due);
        let all = self.watched.iter().map(|(lane, due)| due.unwrap_or_else(|| found(lane)));
        all.fold(Due::default(), Due::sooner)
    }

    /// Compare what may have changed with the book. `device` is the contact, whose own lanes
    /// do not go to it unless it lost them. True if something of what changed is to go to it.
    pub fn compare(&mut self, book: &Book, device: DeviceId) -> bool {
        if self.seen == book.version() && self.stale.is_empty() {
            return false;
        }
        let mut is_wanted = false;
        self.stale.extend(book.changed_after(self.seen));
        self.seen = book.version();
        let none = View::default();
        let mut stale = std::mem::take(&mut self.stale);
        stale.sort_unstable();
        stale.dedup();
        for id in stale.drain(..) {
            let lane = book.lane(id);
            let view = match self.views.get_mut(&id) {
                Some(view) => {
                    self.fallen += u64::from(view.note_fitness(lane));
                    &*view
                }
                None => &none,
            };
            let sealed = lane.map_or(0, |lane| lane.saved_sealed());
            let lane = lane.filter(|lane| lane.saved() > 0);
            let lane = lane.filter(|lane| !is_its_own(device, id, view, lane));
            match lane.and_then(|lane| view.wanted(lane)) {
                Some(urgency) => {
                    is_wanted = true;
                    let is_urgent = urgency <= Urgency::Receipt;
                    let (of, other) = match is_urgent {
                        true => (&mut self.urgent, &mut self.lazy),
                        false => (&mut self.lazy, &mut self.urgent),
                    };
                    of.insert(id, urgency);
                    other.remove(&id);
                }
                None => {
                    self.urgent.remove(&id);
                    self.lazy.remove(&id);
                }
            }
            note(&mut self.unsaid, id, view.said < sealed);
            let is_unequal = view.said < sealed || view.head < sealed || view.sealed < sealed;
            note(&mut self.unequal, id, is_unequal);
        }
        stale.shrink_to(STALE_MAX);
        self.stale = stale;
        is_wanted
    }

    /// Lanes of which something is to go to the contact, as of the last comparison: first those of
    /// which an order or a receipt is, then all others.
    pub fn wanting(&self) -> impl Iterator<Item = (LaneId, Urgency)> {
        self.wanting_urgent().chain(self.wanting_lazy())
    }

    /// Those of them of which an order or a receipt is to go.
    pub fn wanting_urgent(&self) -> impl Iterator<Item = (LaneId, Urgency)> {
        self.urgent.iter().map(|(lane, urgency)| (*lane, *urgency))
    }

    /// All others of them.
    pub fn wanting_lazy(&self) -> impl Iterator<Item = (LaneId, Urgency)> {
        self.lazy.iter().map(|(lane, urgency)| (*lane, *urgency))
    }

    /// Times that a view became less fit to have something left to it by a dearer link, as of the
    /// last comparison.
    pub fn fallen(&self) -> u64 {
        self.fallen
    }

    /// True if something of this lane is to go to the contact, as of the last comparison.
    pub fn wants(&self, lane: LaneId) -> bool {
        self.urgent.contains_key(&lane) || self.lazy.contains_key(&lane)
    }

    /// Records of ours that the contact is not known to hold. Both are in order: they are gone
    /// through side by side.
    pub fn lacks(&self, book: &Book) -> u32 {
        let none = View::default();
        let mut views = self.views.iter().peekable();
        let of_lane = |(id, lane): (&LaneId, &Lane)| {
            while views.next_if(|(of, _)| *of < id).is_some() {}
            views.next_if(|(of, _)| *of == id).map_or(&none, |(_, view)| view).lacks(lane)
        };
        book.lanes().map(of_lane).fold(0, u32::saturating_add)
    }

    /// It said that it has verified all that we have, as of the last comparison.
    pub fn has_said_all(&self) -> bool {
        self.unsaid.is_empty()
    }

    /// Lanes of which it is not known to have verified all that we have, as of the last comparison.
    pub fn unequal(&self) -> impl Iterator<Item = LaneId> {
        self.unequal.iter().copied()
    }
}

/// An author has what it wrote, unless it said that it lacks what others have verified of it: its
/// disk was put back to an older copy.
pub fn is_its_own(device: DeviceId, id: LaneId, view: &View, lane: &Lane) -> bool {
    id.author == device && !(view.has_asked && lane.saved_sealed() > view.head)
}

fn note(lanes: &mut BTreeSet<LaneId>, lane: LaneId, is_one: bool) {
    if is_one {
        lanes.insert(lane);
    } else {
        lanes.remove(&lane);
    }
}

#[cfg(test)]
mod tests;
