//! One device heard on one link: what it is known to hold of each lane, and what was sent to it
//! since. Knows nothing of frames; the pick asks it what to send, the answers come back here.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::class::Urgency;
use crate::base::ids::{DeviceId, Lane as LaneKind, LaneId};
use crate::base::time::{Mono, Wall};
use crate::link::calls::Calls;
use crate::link::hearing::Hearing;
use crate::link::patience::Patience;
use crate::link::view::View;
use crate::link::views::{Views, is_its_own};
use crate::log::book::Book;
use crate::log::lane::Lane;
use crate::sync::vector::HeadVector;
use crate::wire::bundle::{Heads, Holding};

/// Records that nobody is known to hold are said without being asked up to this many: what a
/// person writes while a link is being set up.
const UNHELD_MAX: u32 = 8;

/// A record or a seal may be lost twice in a row, seldom more often. If it is answered and still
/// not verified, something else is missing there, such as the directory that names its author.
const REPEATS_BELIEVED: u32 = 3;

/// What a contact is known to lack of some lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Something.
    pub some: bool,
    /// It has nothing at all of them.
    pub all: bool,
}

/// One device heard on one link.
#[derive(Clone, Debug)]
pub struct Contact {
    /// When it was last heard.
    pub heard_at: Mono,
    /// The same by the wall clock, for people.
    pub heard_wall: Wall,
    /// How it was called since.
    pub calls: Calls,
    /// It answered something of ours, see `answered`.
    is_proved: bool,
    /// How often a list may be said to it.
    pub patience: Patience,
    /// What it holds.
    views: Views,
    /// Book version at which we last told it that we hold the same.
    pub told_same: Option<u64>,
    /// True when its last word about everything was that it holds what we hold.
    pub in_step: bool,
    /// Book version at which it said a list that is the same as ours: if its digest differs all
    /// the same, one of us holds another story of equal length.
    pub same_list: Option<u64>,
    /// What both had verified when they last agreed.
    pub agreed: Option<Arc<HeadVector>>,
    /// Whom of the link it hears.
    hearing: Hearing,
}

impl Contact {
    /// A device first heard now. Until it says otherwise, it is taken to hold all that we hold:
    /// the beacon that follows shows any difference, and nothing is sent in vain.
    pub fn new(book: &Book, now: Mono, wall: Wall) -> Contact {
        Contact {
            heard_at: now,
            heard_wall: wall,
            calls: Calls::default(),
            is_proved: false,
            patience: Patience::default(),
            views: Views::of_equal(book),
            told_same: None,
            in_step: false,
            same_list: None,
            agreed: None,
            hearing: Hearing::default(),
        }
    }

    /// Whoever listened on a link of two is heard now, and known.
    pub fn turned_out(mut self, now: Mono, wall: Wall, soonest_ms: u64) -> Contact {
        (self.heard_at, self.heard_wall) = (now, wall);
        self.calls.note_heard();
        self.shorten_pauses(soonest_ms);
        self
    }

    /// It is there again: what waits for it need not wait out its pause.
    pub fn shorten_pauses(&mut self, soonest_ms: u64) {
        self.views.change_watched(|_, view| {
            if view.tries > 0 {
                view.tries = 1;
                view.wait_ms = view.wait_ms.min(soonest_ms);
                // It was called without this lane, and has answered.
                view.hold(None);
            }
        });
    }

    /// Records of this lane after `held` are with nobody yet, so not with it either. More than a
    /// few are left to a comparison of everything: then a guess costs more than a question.
    pub fn lacks_after(&mut self, lane: LaneId, held: u32, ours: u32) {
        if (1..=UNHELD_MAX).contains(&ours.saturating_sub(held)) {
            *self.views.change(lane) = View::holding(held, held);
        }
    }

    /// Records are on their way to it, or a seal, and may yet make it agree: what was repeated and
    /// did not is no reason to leave a difference to it.
    pub fn awaits(&self) -> bool {
        let may_do = |view: &View| view.in_flight() && view.tries < REPEATS_BELIEVED;
        self.views.watched().any(may_do)
    }

    /// It has nothing of what it needs to check the seals of this lane, or it lacks some of that,
    /// and what was repeated of this lane did not help. A seal is checked with a key: the directory
    /// names it, or in a keyed lane the author's own word, which stands in its plain lane. It is
    /// this device: what it wrote itself it has. What it [lacks](Contact::missing) of the directory
    /// is the same for all lanes, and is asked for once.
    pub fn needs_key(
        &self,
        device: DeviceId,
        of: LaneId,
        book: &Book,
        directory: impl FnOnce() -> Missing,
    ) -> bool {
        let is_in_vain = self.view(of).is_some_and(|view| view.tries >= REPEATS_BELIEVED);
        let lacks = |missing: Missing| missing.some && (is_in_vain || missing.all);
        let word = || {
            let word = LaneId::first(of.author, LaneKind::Command);
            self.missing(device, book.lane(word).map(|lane| (word, lane)).into_iter())
        };
        let is_directory = of.lane == LaneKind::Directory;
        (!is_directory && lacks(directory())) || (of.is_keyed() && lacks(word()))
    }

    /// What it is known to lack of the directory; it is this device.
    pub fn missing_directory(&self, device: DeviceId, book: &Book) -> Missing {
        self.missing(device, book.directory_lanes().map(|(id, lane)| (*id, lane)))
    }

    fn missing<'a>(
        &self,
        device: DeviceId,
        lanes: impl Iterator<Item = (LaneId, &'a Lane)>,
    ) -> Missing {
        let mut missing = Missing { some: false, all: true };
        for (id, lane) in lanes {
            let Some(view) = self.view(id).filter(|view| !is_its_own(device, id, view, lane))
            else {
                continue;
            };
            missing.all &= view.sealed == 0;
            missing.some |= view.sealed.min(view.said) < lane.saved_sealed();
        }
        missing
    }

    /// It is known to lack some of the directory. One that never told what it has may have all.
    pub fn lacks_directory(&self, book: &Book) -> bool {
        book.directory_lanes()
            .any(|(id, lane)| self.view(*id).is_some_and(|view| view.sealed < lane.saved_sealed()))
    }

    /// It said that it has verified all that we have. Returns the lanes of which that was not
    /// known.
    pub fn hear_equal(&mut self, book: &Book, device: DeviceId) -> Vec<LaneId> {
        self.views.compare(book, device);
        let news: Vec<LaneId> = self.views.unequal().collect();
        for id in &news {
            let sealed = book.lane(*id).map_or(0, |lane| lane.saved_sealed());
            let view = self.views.change(*id);
            // Whatever is on its way beyond that is still on its way.
            view.catch_up(sealed);
            view.note_said(sealed);
        }
        news
    }

    /// It has started again: only what it says from now on counts as said.
    pub fn forget_acked(&mut self) {
        self.views.change_all().for_each(|view| view.acked = 0);
    }

    /// It says what it holds of one lane; see [`View::hear`]. If it holds more than before, this
    /// also tells whose words it takes it from.
    /// True if that answers what was said to it.
    pub fn hear(&mut self, holding: &Holding, now: Mono, gap_after_ms: u64) -> bool {
        let view = self.views.change(holding.lane);
        let is_answer = view.is_answered_by(holding);
        view.acked = holding.head;
        view.note_said(holding.sealed);
        if !view.hear(holding, now, gap_after_ms) {
            return is_answer;
        }
        self.patience.note_progress();
        let known = match (view.relayed.take(), view.via.take()) {
            (Some(sender), _) => Some((sender, false)),
            (None, Some(sender)) => Some((sender, true)),
            (None, None) => None,
        };
        if let Some((sender, hears)) = known {
            self.hearing.note(sender, hears);
        }
        is_answer
    }

    /// It answered something of ours. True if it had not before.
    pub(super) fn prove(&mut self) -> bool {
        !std::mem::replace(&mut self.is_proved, true)
    }

    /// It answered something of ours.
    pub fn is_proved(&self) -> bool {
        self.is_proved
    }

    /// Whether it hears this device of the link, if that is known.
    pub fn hears(&self, sender: DeviceId) -> Option<bool> {
        self.hearing.of(sender)
    }

    /// True if it is known not to hear some device of the link.
    pub fn is_deaf_to_some(&self) -> bool {
        self.hearing.is_deaf_to_some()
    }

    /// Times that something of a lane went to it in vain, or anything at all since it was heard.
    pub fn tries(&self, lane: LaneId) -> u32 {
        self.view(lane).map_or(0, |view| view.tries).max(self.calls.tries())
    }

    /// What it holds of a lane.
    pub fn view(&self, lane: LaneId) -> Option<&View> {
        self.views.all().get(&lane)
    }

    /// What it holds of a lane, to be changed.
    pub fn view_mut(&mut self, lane: LaneId) -> &mut View {
        self.views.change(lane)
    }

    /// What it holds of every lane that it was ever spoken to about.
    pub fn views(&self) -> impl Iterator<Item = &View> {
        self.views.all().values()
    }

    /// The same, to be changed.
    pub fn views_mut(&mut self) -> impl Iterator<Item = &mut View> {
        self.views.change_all()
    }

    /// Every view that waits for a moment or has failed, and some that no longer do.
    pub fn watched(&self) -> impl Iterator<Item = &View> {
        self.views.watched()
    }

    /// Lanes whose view waits for a moment or has failed.
    pub fn restless(&self) -> impl Iterator<Item = LaneId> {
        self.views.restless()
    }

    /// The same, to be changed.
    pub fn change_watched(&mut self, change: impl FnMut(LaneId, &mut View)) {
        self.views.change_watched(change);
    }

    /// Compare what it holds with the book, as far as either changed; it is this device. True if
    /// something of what changed is to go to it.
    pub fn compare(&mut self, book: &Book, device: DeviceId) -> bool {
        self.views.compare(book, device)
    }

    /// Lanes of which something is to go to it, as of the last comparison, and how urgent it is.
    pub fn wanting(&self) -> impl Iterator<Item = (LaneId, Urgency)> {
        self.views.wanting()
    }

    /// Those of them of which an order or a receipt is to go.
    pub fn wanting_urgent(&self) -> impl Iterator<Item = (LaneId, Urgency)> {
        self.views.wanting_urgent()
    }

    /// All others of them.
    pub fn wanting_lazy(&self) -> impl Iterator<Item = (LaneId, Urgency)> {
        self.views.wanting_lazy()
    }

    /// True if something of this lane is to go to it, as of the last comparison.
    pub fn wants(&self, lane: LaneId) -> bool {
        self.views.wants(lane)
    }

    /// Times that something became less fit to be left to this link for it; see [`Views`].
    pub fn fallen(&self) -> u64 {
        self.views.fallen()
    }

    /// When one of its views must be looked at, see [`Views`], or a call in vain is over.
    pub fn next_deadline(&self, busy_ms: u64) -> Option<Mono> {
        let moments = [self.views.next_deadline(busy_ms), self.calls.ends_at()];
        moments.into_iter().flatten().min()
    }

    /// None of its views must be looked at now.
    pub fn is_quiet(&mut self, now: Mono, busy_ms: u64) -> bool {
        self.views.is_quiet(now, busy_ms)
    }

    /// It said what it holds of all lanes of these authors: what it did not name, it lacks. What
    /// was said `arrives_ms` ago has arrived by now, or never will.
    pub fn hear_heads(&mut self, heads: &Heads, now: Mono, arrives_ms: u64) {
        let named: BTreeMap<LaneId, &Holding> =
            heads.holdings.iter().map(|holding| (holding.lane, holding)).collect();
        let is_unnamed =
            |id: &&LaneId| (heads.from..=heads.to).contains(&id.author) && !named.contains_key(*id);
        for id in self.views.all().keys().filter(is_unnamed).copied().collect::<Vec<_>>() {
            let view = self.views.change(id);
            match view.head {
                0 => hear_exactly(view, &Holding::whole(id, 0), now, arrives_ms),
                _ => *view = View::asked(view.sent_at),
            }
        }
        for (id, holding) in named {
            hear_exactly(self.views.change(id), holding, now, arrives_ms);
        }
    }

    /// It said what it has verified of every lane. Where that is what we have, nothing changes but
    /// that it is known. What was said `arrives_ms` ago has arrived by now, or never will.
    pub fn hear_list(&mut self, theirs: &HeadVector, book: &Book, now: Mono, arrives_ms: u64) {
        for (id, verified) in theirs.iter() {
            if verified == 0 && !self.views.all().contains_key(&id) {
                continue;
            }
            let ours = book.lane(id).map_or(0, |lane| lane.saved_sealed());
            let view = self.views.change(id);
            if verified != ours {
                // A list tells what is verified; what it said it holds beyond that it still holds.
                let head = view.acked.min(view.head).max(verified);
                let holding = Holding { head, ..Holding::whole(id, verified) };
                hear_exactly(view, &holding, now, arrives_ms);
            } else if view.said < verified || view.sealed < verified {
                view.catch_up(verified);
                view.note_said(verified);
            }
        }
    }

    /// True if it said that it has verified all that we have; it is this device.
    pub fn holds_all(&mut self, book: &Book, device: DeviceId) -> bool {
        self.views.compare(book, device);
        self.views.has_said_all()
    }

    /// The same, as of the last comparison.
    pub fn has_said_all(&self) -> bool {
        self.views.has_said_all()
    }

    /// The same, found by a look at all of it.
    pub fn is_said_to_hold_all(&self, book: &Book) -> bool {
        book.lanes().all(|(id, lane)| {
            let sealed = lane.saved_sealed();
            sealed == 0 || self.views.all().get(id).is_some_and(|view| view.said >= sealed)
        })
    }

    /// Records of ours that it is not known to hold.
    pub fn lacks(&self, book: &Book) -> u32 {
        self.views.lacks(book)
    }
}

/// It holds this of the lane and no more, whatever was believed before.
fn hear_exactly(view: &mut View, holding: &Holding, now: Mono, arrives_ms: u64) {
    if view.head > holding.head {
        view.restate(holding.head, holding.sealed.min(holding.head));
    } else if view.sealed > holding.sealed {
        view.sealed = holding.sealed;
        view.sent_sealed = holding.sealed;
    }
    view.note_said(holding.sealed);
    view.hear(holding, now, 0);
    if view.waits_for_another() && now.since_ms(view.sent_at) >= arrives_ms {
        // Who sent it takes it for held, or is gone: nobody else waits for an answer.
        view.say_again();
    }
    view.has_asked = true;
}

#[cfg(test)]
mod tests;
