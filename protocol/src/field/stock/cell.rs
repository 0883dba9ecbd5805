//! One item in one depot: its changes by time, its counts, and what is on hand. Who writes to it
//! is told in `ledger.rs`; nothing here knows of waybills or names.
//!
//! A **count** is a cut through history, dated by what its author had seen (the *basis*), not by a
//! clock. The book *at the cut* is the sum of the changes inside the basis. From then on the count
//! is the truth, so with `k` the latest count by (time, author, seq):
//!
//! ```text
//! on hand       = sum of changes + adjustment(k)
//! adjustment(k) = counted(k) − raw(k)       raw(k): sum of the changes inside the basis of k
//! posted(k)     = adjustment(k) − adjustment(k − 1)            what count k itself adds
//! difference(k) = counted(k) − raw(k) − Σ posted(j), j < k seen by k   what its author saw
//! ```
//!
//! `posted` and `difference` are equal as long as each count has seen the one before. When two
//! keepers count the same shelf apart from each other, both *saw* −7, but only −7 in all is
//! posted, because the later count replaces the earlier one instead of adding to it.
//!
//! A change outside the basis still counts on top. If its author's time is before the count it is
//! *ambiguous*: the goods may have moved before the count (then they are missing from the shelf
//! already) or after it. A person must look; [`Cell::ambiguous`] names them.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::ids::{LaneId, RecordId};
use crate::base::time::Hlc;
use crate::local::rows::StockEvent;

/// When and where a record stands: the one order in which the ledger looks at records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stamp {
    pub at: Hlc,
    pub id: RecordId,
}

/// Heads of the stock lanes that a counter had seen, ascending.
pub(super) type Basis = Arc<Vec<(LaneId, u32)>>;

/// What one record changed here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub event: StockEvent,
    /// Thousandths taken in, broken ones included; negative when handed out.
    pub taken_milli: i128,
    /// Thousandths of these that were broken and written off at once.
    pub damaged_milli: i128,
}

impl Change {
    pub fn delta_milli(&self) -> i128 {
        self.taken_milli - self.damaged_milli
    }
}

/// One count of this cell.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    pub counted_milli: i128,
    basis: Basis,
    /// Sum of the changes inside the basis.
    raw_milli: i128,
    /// Changes outside the basis that are dated before the count.
    pub ambiguous: u32,
}

impl Tally {
    fn adjustment_milli(&self) -> i128 {
        self.counted_milli - self.raw_milli
    }
}

/// A count as people read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub stamp: Stamp,
    pub counted_milli: i128,
    /// The book at the cut, adjustments of earlier counts that its author had seen included.
    pub book_milli: i128,
    /// What the count adds to the book of everyone.
    pub posted_milli: i128,
    pub ambiguous: u32,
}

impl Finding {
    /// Counted less the book at the cut (实盘 less 账面): what its author saw.
    pub fn difference_milli(&self) -> i128 {
        self.counted_milli - self.book_milli
    }
}

/// True if the author of the count at `count` had seen the record `id`.
pub(super) fn has_seen(count: RecordId, basis: &Basis, id: RecordId) -> bool {
    if id.lane == count.lane && id.seq < count.seq {
        return true;
    }
    basis
        .binary_search_by_key(&id.lane, |(lane, _)| *lane)
        .is_ok_and(|index| id.seq <= basis[index].1)
}

/// One item in one depot.
#[derive(Clone, Debug, Default)]
pub(super) struct Cell {
    changes: BTreeMap<Stamp, Change>,
    counts: BTreeMap<Stamp, Tally>,
    sum_milli: i128,
    /// On the road towards this depot.
    pub inbound_milli: i128,
    /// On the road from this depot, or short on arrival.
    pub outbound_milli: i128,
}

impl Cell {
    /// Book a change. One record changes a cell once; lines of several lots arrive here added up.
    pub fn add(&mut self, stamp: Stamp, change: Change) {
        let before = self.changes.insert(stamp, change);
        assert!(before.is_none(), "a record changes a cell once");
        self.shift(stamp, change.delta_milli(), true);
    }

    /// Take a change back.
    pub fn take_back(&mut self, stamp: Stamp) {
        if let Some(change) = self.changes.remove(&stamp) {
            self.shift(stamp, -change.delta_milli(), false);
        }
    }

    fn shift(&mut self, stamp: Stamp, delta_milli: i128, is_added: bool) {
        self.sum_milli += delta_milli;
        for (count, tally) in &mut self.counts {
            if has_seen(count.id, &tally.basis, stamp.id) {
                tally.raw_milli += delta_milli;
            } else if stamp < *count {
                tally.ambiguous = match is_added {
                    true => tally.ambiguous + 1,
                    false => tally.ambiguous - 1,
                };
            }
        }
    }

    /// Book a count.
    pub fn add_count(&mut self, stamp: Stamp, counted_milli: i128, basis: Basis) {
        let (mut raw_milli, mut ambiguous) = (0, 0);
        for (change_stamp, change) in &self.changes {
            if has_seen(stamp.id, &basis, change_stamp.id) {
                raw_milli += change.delta_milli();
            } else if *change_stamp < stamp {
                ambiguous += 1;
            }
        }
        self.counts.insert(stamp, Tally { counted_milli, basis, raw_milli, ambiguous });
    }

    /// Take a count back.
    pub fn take_count_back(&mut self, stamp: Stamp) {
        self.counts.remove(&stamp);
    }

    /// On hand, in thousandths; negative means over-issued.
    pub fn on_hand_milli(&self) -> i128 {
        let last = self.counts.values().next_back();
        self.sum_milli + last.map_or(0, Tally::adjustment_milli)
    }

    /// Nothing was ever booked here, or all of it was taken back.
    pub fn is_blank(&self) -> bool {
        self.changes.is_empty()
            && self.counts.is_empty()
            && self.inbound_milli == 0
            && self.outbound_milli == 0
    }

    /// Changes, oldest first.
    pub fn changes(&self) -> impl Iterator<Item = (Stamp, Change)> + '_ {
        self.changes.iter().map(|(stamp, change)| (*stamp, *change))
    }

    /// Stamps of the counts, oldest first.
    pub fn counts(&self) -> impl Iterator<Item = Stamp> + '_ {
        self.counts.keys().copied()
    }

    /// True if the author of the latest count had seen this record.
    pub fn has_counted(&self, id: RecordId) -> bool {
        let last = self.counts.iter().next_back();
        last.is_some_and(|(count, tally)| has_seen(count.id, &tally.basis, id))
    }

    /// The latest count.
    pub fn last_finding(&self) -> Option<Finding> {
        let (stamp, tally) = self.counts.iter().next_back()?;
        Some(self.finding(*stamp, tally))
    }

    /// Every count, oldest first.
    pub fn findings(&self) -> Vec<Finding> {
        self.counts.iter().map(|(stamp, tally)| self.finding(*stamp, tally)).collect()
    }

    fn finding(&self, stamp: Stamp, tally: &Tally) -> Finding {
        let (mut before_milli, mut seen_milli) = (0, 0);
        for (earlier, other) in self.counts.range(..stamp) {
            let posted_milli = other.adjustment_milli() - before_milli;
            before_milli = other.adjustment_milli();
            if has_seen(stamp.id, &tally.basis, earlier.id) {
                seen_milli += posted_milli;
            }
        }
        Finding {
            stamp,
            counted_milli: tally.counted_milli,
            book_milli: tally.raw_milli + seen_milli,
            posted_milli: tally.adjustment_milli() - before_milli,
            ambiguous: tally.ambiguous,
        }
    }

    /// Changes dated before the latest count that its author had not seen, oldest first.
    pub fn ambiguous(&self) -> Vec<RecordId> {
        let Some((count, tally)) = self.counts.iter().next_back() else { return Vec::new() };
        let before = self.changes.range(..*count).map(|(stamp, _)| stamp.id);
        before.filter(|id| !has_seen(count.id, &tally.basis, *id)).collect()
    }

    /// True if the running sums equal those of a fresh look at every change and count.
    pub fn adds_up(&self) -> bool {
        let mut fresh = Cell::default();
        for (stamp, change) in &self.changes {
            fresh.sum_milli += change.delta_milli();
            fresh.changes.insert(*stamp, *change);
        }
        let sums_agree = fresh.sum_milli == self.sum_milli;
        sums_agree
            && self.counts.iter().all(|(stamp, tally)| {
                fresh.add_count(*stamp, tally.counted_milli, tally.basis.clone());
                fresh.counts.get(stamp).is_some_and(|other| {
                    other.raw_milli == tally.raw_milli && other.ambiguous == tally.ambiguous
                })
            })
    }
}
