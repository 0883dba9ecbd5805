//! Own records are written, sealed and saved here; what the disk confirms is folded, fed and
//! answered. Nothing is spoken for before it is saved.

use crate::base::caps::DUE_MAX;
use crate::base::class::Urgency;
use crate::base::ids::{Lane, LaneId, LinkId, RecordId, SpokenId};
use crate::field::body::Body;
use crate::field::order::{act_by_ms, expires_ms};
use crate::local::Event;
use crate::node::Node;
use crate::node::disk::Stored;
use crate::node::input::BatchNo;
use crate::node::said::urgency;
use crate::wire::record::{Head, Person};

/// A lane is sealed when so many of its records wait for it (DESIGN section 4).
const SEAL_RECORDS: u32 = 32;

impl Node {
    /// Write a record of our own. `seal` puts a seal on it at once; else it waits for company.
    pub(super) fn write(
        &mut self,
        lane: Lane,
        body: &Body,
        person: Person,
        seal: bool,
    ) -> RecordId {
        self.write_in(LaneId::first(self.who.device, lane), body, person, seal)
    }

    /// The same in one of our lanes by its full name.
    pub(super) fn write_in(
        &mut self,
        lane: LaneId,
        body: &Body,
        person: Person,
        seal: bool,
    ) -> RecordId {
        let at = self.clock.tick(self.now.wall);
        let record = Head { kind: body.kind(), at, person }.with_body(&body.packed());
        let seq = self.book.lane(lane).map_or(0, |lane| lane.head()) + 1;
        self.book.offer(lane.at(seq), &record, &urgency);
        self.links.write(lane.at(seq));
        let sealed = self.book.lane(lane).map_or(0, |lane| lane.sealed());
        if seal || seq - sealed >= SEAL_RECORDS {
            self.seal_now(lane);
        } else {
            let due = self.now.mono.after_ms(self.settings.seal_after_ms);
            self.seal_at.entry(lane).or_insert(due);
        }
        lane.at(seq)
    }

    pub(super) fn seal_now(&mut self, lane: LaneId) {
        let who = &self.who;
        self.book.seal_head(lane, |seq, hash| who.seal(lane, seq, hash));
        self.seal_at.remove(&lane);
    }

    /// Seal what has waited long enough.
    pub(super) fn seal_due(&mut self) {
        let now = self.now.mono;
        let due: Vec<LaneId> =
            self.seal_at.iter().filter(|(_, at)| **at <= now).map(|(lane, _)| *lane).collect();
        for lane in due {
            self.seal_now(lane);
        }
    }

    /// Seal everything of our own, before a planned end. Drain the outputs afterwards.
    pub fn close(&mut self, now: crate::base::time::Now) {
        self.now = now;
        let lanes: Vec<LaneId> = self.seal_at.keys().copied().collect();
        for lane in lanes {
            self.seal_now(lane);
        }
        self.commit();
    }

    /// Hand everything new to the disk.
    pub(super) fn commit(&mut self) {
        self.save_start();
        let handed = self.book.hand_out();
        for id in handed.records {
            let Some(lane) = self.book.lane(id.lane) else { continue };
            let urgent = lane.urgency(id.seq) <= Urgency::Receipt;
            if let Some(record) = lane.record(id.seq) {
                self.whom.note(id, record, &self.folds.directory);
                self.disk.put(Stored::Record(id, record.to_vec()), urgent);
            }
        }
        for (id, seal) in handed.seals {
            self.disk.put(Stored::Seal(id, seal), false);
        }
        handed.void_seals.into_iter().for_each(|id| self.disk.drop_seal(id));
        self.disk.meaning.marks.extend(handed.marks);
        self.disk.flush(&mut self.out);
    }

    /// The disk has a batch.
    pub(super) fn saved(&mut self, batch: BatchNo) {
        let Some(meaning) = self.disk.confirm(batch) else { return };
        meaning.start.into_iter().for_each(|start| self.start_saved(start));
        meaning.turn.into_iter().for_each(|turn| self.turn_saved(turn));
        self.book.note_saved(&meaning.marks);
        meaning.proofs.iter().for_each(|lane| self.proof_saved(*lane));
        meaning.fixes.into_iter().for_each(|fix| self.tell_fix(fix));
        self.unfolded.extend(meaning.marks.iter().map(|mark| mark.lane));
        self.refold |= meaning.evicts;
        self.fold();
        if self.book.has_unsaved() {
            // The directory that came in named an author whose seals were waiting: what they
            // verify belongs to the same answer.
            self.disk.meaning.replies.extend(meaning.replies);
            self.disk.hurry();
        } else {
            for (ask, reply) in meaning.replies {
                self.reply(ask, Ok(reply));
            }
        }
        for (ask, request) in meaning.again {
            self.ask(ask, request);
        }
    }

    /// What ended at a fork counts no more at once, whenever the disk takes the proof.
    pub(super) fn refold_due(&mut self) {
        if self.refold {
            self.fold();
        }
    }

    /// Fold what is verified and saved, and tell local programs what it changed.
    fn fold(&mut self) {
        let lanes = std::mem::take(&mut self.unfolded);
        let folded = match std::mem::take(&mut self.refold) {
            true => self.folds.anew(&self.book),
            false => self.folds.advance(&self.book, lanes),
        };
        self.clock.hear(self.folds.latest, self.now.wall);
        self.settle_keyed();
        if folded.directory {
            self.settle_waiting();
            self.follow_directory();
            self.forget_revoked();
            self.provide_newcomers();
            self.feed(Event::Directory { version: self.folds.directory.version() });
        }
        let news: Vec<SpokenId> = folded.records.iter().map(|id| (*id).into()).collect();
        for id in folded.records {
            let row = if self.is_unheard { None } else { self.log_row(id) };
            if let Some(row) = row {
                self.feed(Event::Log(Box::new(row)));
            }
            self.note_held_here(id);
        }
        let mut changed: Vec<SpokenId> = self.folds.orders.take_changed();
        if folded.directory {
            // Everything was folded anew: programs ask again, and hear only of what is news.
            changed.retain(|id| news.contains(id));
        }
        for id in changed {
            self.note_due(id);
            self.stale_rows.insert(id);
        }
        let mut touched = self.folds.ledger.take_touched();
        touched.append(&mut self.folds.reports.take_touched());
        if !touched.is_empty() {
            let directory = &self.folds.directory;
            let depots = touched.into_iter().map(|depot| directory.depot_name(depot)).collect();
            self.feed(Event::Stock { depots });
        }
    }

    /// Remember when this order becomes overdue, and when it expires.
    pub(super) fn note_due(&mut self, id: SpokenId) {
        let Some(order) = self.folds.orders.get(id) else { return };
        let times = [act_by_ms(order), expires_ms(order)];
        for at in times.into_iter().flatten().filter(|at| *at > self.now.wall.0) {
            if self.due.len() >= DUE_MAX {
                self.due.pop_last();
            }
            // It is overdue after that moment, not at it.
            self.due.insert((at + 1, id));
        }
        self.lower_expired(id);
    }

    /// What nobody may act upon any more still goes to those who lack it, so that its chain has no
    /// gap and everyone sees that there was such an order; but nothing waits for it.
    fn lower_expired(&mut self, id: SpokenId) {
        let order = self.folds.orders.get(id);
        if order.and_then(expires_ms).is_some_and(|at| at < self.now.wall.0) {
            self.book.lower(id.in_lane(Lane::Command), Urgency::Report);
        }
    }

    /// Orders whose time is up: whoever shows them hears that they are overdue or expired, or are
    /// not.
    pub(super) fn feed_due(&mut self) {
        while let Some(&(at, id)) = self.due.first() {
            if at > self.now.wall.0 {
                return;
            }
            self.due.pop_first();
            self.stale_rows.insert(id);
            self.lower_expired(id);
        }
    }

    /// Tell local programs the rows of orders that changed, each once, however often it changed.
    pub(super) fn feed_stale(&mut self) {
        if self.is_unheard {
            return;
        }
        for id in std::mem::take(&mut self.stale_rows) {
            if let Some(row) = self.order_row(id) {
                self.feed(Event::Order(Box::new(row)));
            }
        }
    }

    /// New devices are known: their seals may be good now.
    fn settle_waiting(&mut self) {
        let lanes: Vec<LaneId> = self.book.lanes().map(|(id, _)| *id).collect();
        for lane in lanes {
            self.settle(LinkId(u16::MAX), lane);
        }
    }

    /// New order keys are known: seals under them may be good now.
    fn settle_keyed(&mut self) {
        for author in self.folds.order_keys.take_news() {
            for is_flash in [false, true] {
                self.settle(LinkId(u16::MAX), LaneId::keyed(author, is_flash));
            }
        }
    }

    /// The contacts that already said they hold this lane hold this order too.
    fn note_held_here(&mut self, id: RecordId) {
        if id.lane.lane != Lane::Command {
            return;
        }
        let mut holders = Vec::new();
        for link in self.links.values() {
            for (device, contact) in &link.contacts {
                let head = contact.view(id.lane).map_or(0, |view| view.said);
                if head >= id.seq && device.0 != 0 {
                    holders.push((*device, head));
                }
            }
        }
        for (device, head) in holders {
            self.note_held(device, id.lane, head);
        }
    }

    /// The disk refuses. Nothing unconfirmed may be relied on; nothing new is accepted.
    pub(super) fn save_failed(&mut self, reason: String) {
        let refused = self.disk.poison(reason.clone());
        for (ask, refusal) in refused {
            self.reply(ask, Err(refusal));
        }
        self.feed(Event::Unsaved { reason: Some(reason) });
    }
}
