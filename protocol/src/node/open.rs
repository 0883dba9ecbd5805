//! From an empty node to one that speaks: takes in what the disk holds, then begins.

use crate::base::class::Urgency;
use crate::base::ids::{Lane, LaneId};
use crate::base::start::Start;
use crate::base::time::Now;
use crate::field::body::Body;
use crate::log::lane::Offered;
use crate::node::Node;
use crate::node::disk::Stored;
use crate::node::said::urgency;
use crate::wire::record::{Head, kind};

/// Records of each lane of which is found out after a start whom they concern.
const WHOM_NEWEST: u32 = 64;

impl Node {
    /// One pair from the disk, in key order. A pair of another version is passed over.
    pub fn restore(&mut self, key: &[u8], value: &[u8]) {
        match Stored::parse(key, value) {
            None => {}
            Some(Stored::Record(id, record)) => {
                let offered = self.book.restore(id, &record, urgency(&record));
                debug_assert_ne!(offered, Offered::Conflict, "one key holds one value");
                if id.lane.author == self.who.device
                    && let Ok((head, _)) = Head::split(&record)
                {
                    self.clock = self.clock.max(head.at);
                }
            }
            Some(Stored::Seal(id, seal)) => self.book.restore_seal(id, &seal),
            Some(Stored::Stub(first, stub)) => self.book.restore_stub(first, stub),
            Some(Stored::Fork(lane, fork)) => self.book.restore_fork(lane, fork),
            Some(Stored::Register(register)) => {
                self.board.put(&register);
                self.take_register(&register);
            }
            Some(Stored::Epochs(bytes)) => self.restore_epochs(&bytes),
            Some(Stored::Handed(lane, head)) => _ = self.handed.raise(lane, head),
            Some(Stored::Operator(name)) => self.on_duty = Some(name).filter(|n| !n.is_empty()),
            Some(Stored::Start(start)) => self.starts.restore(start),
            Some(Stored::Ceiling(_)) => self.starts.restore(Start::default()),
        }
    }

    /// True if the disk told that this device was started before. One that has spoken and lost its
    /// disk must not speak again under the same key: it would write another story over its own.
    pub fn has_started_before(&self) -> bool {
        self.starts.has_one()
    }

    /// The disk is read; the node begins to speak. Call once.
    pub fn opened(&mut self, now: Now) {
        (self.now, self.started) = (now, now);
        self.begin_turns();
        self.settle_restored(|lane| lane.lane == Lane::Directory);
        self.settle_restored(|lane| lane.lane != Lane::Directory && !lane.is_keyed());
        self.settle_restored(LaneId::is_keyed);
        self.follow_directory();
        self.provide_newcomers();
        self.clock.hear(self.folds.latest, now.wall);
        // Not news to anybody: what changed before the restart was told then.
        self.folds.orders.take_changed();
        self.folds.order_keys.take_news();
        self.folds.ledger.take_touched();
        self.folds.reports.take_touched();
        let orders: Vec<_> = self.folds.orders.ids().collect();
        orders.into_iter().for_each(|id| self.note_due(id));
        self.note_whom();
        self.seal_own_leftovers();
        self.commit();
    }

    /// Whom the newest records concern: what others lack of a lane is most likely among these.
    fn note_whom(&mut self) {
        for (id, lane) in self.book.lanes().filter(|(id, _)| id.lane == Lane::Command) {
            for seq in lane.head().saturating_sub(WHOM_NEWEST).max(1)..=lane.head() {
                if let Some(record) = lane.record(seq) {
                    self.whom.note(id.at(seq), record, &self.folds.directory);
                }
            }
        }
    }

    /// Check the newest seal of each of these lanes and fold what it covers: first the directory,
    /// which names the keys of devices, then their lanes, which name the keys of orders.
    fn settle_restored(&mut self, is_meant: impl Fn(LaneId) -> bool) {
        let meant = self.book.lanes().map(|(id, _)| *id).filter(|id| is_meant(*id));
        let meant: Vec<LaneId> = meant.collect();
        let (who, folds) = (&self.who, &self.folds);
        for id in &meant {
            self.book.settle_restored(*id, &|lane, seq, hash, seal| {
                who.verify_seal(folds, lane, seq, hash, seal)
            });
        }
        for lane in &meant {
            if self.book.fork(*lane).is_some() {
                self.judge_proof(*lane);
            }
        }
        self.folds.advance(&self.book, meant);
    }

    /// Own records that a crash left unsealed are sealed now.
    pub(super) fn seal_own_leftovers(&mut self) {
        let own: Vec<_> = self
            .book
            .lanes()
            .filter(|(id, lane)| id.author == self.who.device && lane.sealed() < lane.head())
            .map(|(id, _)| *id)
            .collect();
        for id in own {
            self.seal_now(id);
        }
    }
}

/// The urgency that a body asks for.
pub fn urgency_of_body(body: &Body) -> Urgency {
    match body {
        Body::Order(order) | Body::Draft(order) => order.class.into(),
        Body::Signature(signature) => signature.class.into(),
        other => urgency_of_kind(other.kind()).unwrap_or(Urgency::Report),
    }
}

/// The urgency of all records of a kind; none if each has its own.
pub fn urgency_of_kind(kind: u8) -> Option<Urgency> {
    match kind {
        kind::ORDER | kind::DRAFT | kind::SIGNATURE => None,
        kind::CANCEL => Some(Urgency::Flash),
        kind::RECEIPT | kind::SEALED_NOTE => Some(Urgency::Receipt),
        kind::DIRECTORY | kind::ADMISSION | kind::ORDER_KEY => Some(Urgency::Directory),
        // It stands for a thousand movements: those who lack them want it before any of them.
        kind::SNAPSHOT => Some(Urgency::Board),
        kind::MOVEMENT | kind::WAYBILL | kind::ARRIVAL | kind::COUNT | kind::SEALED_STOCK => {
            Some(Urgency::Stock)
        }
        // An attachment, or what later versions know.
        _ => Some(Urgency::Report),
    }
}
