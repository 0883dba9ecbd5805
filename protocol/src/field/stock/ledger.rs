//! The ledger: folds the records of all stock lanes into cells and passages. What rows people see
//! of it is told in `view.rs`; which accounts there are, in `account.rs`.
//!
//! ```text
//! apply(unverified) → waits: shown as provisional, booked nowhere
//! apply(verified)   → booked once, whatever came before
//! retract(id)       → unbooked, as if it had never come (a revoked author, a dropped guess)
//! ```
//!
//! The caller has checked that the author may post for [`Body::acting_depot`]. An arrival may come
//! before its waybill, and a count before the records of its basis: each booking looks at what is
//! here and is redone when the missing part comes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::base::ids::{DepotId, ItemId, Lane, LaneId, RecordId};
use crate::base::quantity::Quantity;
use crate::field::body::Placed;
use crate::field::stock::account::{Account, Cause, Source, other_side, quantity};
use crate::field::stock::body::{Arrival, Body, Count, Line, Movement, Waybill};
use crate::field::stock::cell::{Cell, Change, Stamp};
use crate::field::stock::passage::{Outcome, Passage, outcomes};
use crate::field::stock::sealed::Shade;
use crate::local::rows::StockEvent;
use crate::wire::record::Person;

/// A record as it is kept.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub stamp: Stamp,
    pub person: Person,
    pub is_verified: bool,
    pub body: Body,
}

/// The folded stock lanes of everyone.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    pub(super) records: BTreeMap<RecordId, Held>,
    pub(super) unverified: BTreeSet<RecordId>,
    pub(super) cells: BTreeMap<(DepotId, ItemId), Cell>,
    pub(super) passages: BTreeMap<RecordId, Passage>,
    /// Balances of the accounts that are neither depot nor waybill; counts are derived.
    pub(super) outside: BTreeMap<(Account, ItemId), i128>,
    touched: BTreeSet<DepotId>,
    /// Posts that cannot be read here.
    pub(super) shade: Shade,
}

/// Whether a booking is made or unmade.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Make,
    Unmake,
}

impl Way {
    fn signed(self, milli: i128) -> i128 {
        match self {
            Way::Make => milli,
            Way::Unmake => -milli,
        }
    }
}

impl Ledger {
    /// An empty ledger.
    pub fn new() -> Ledger {
        Ledger::default()
    }

    /// Take in a record. A verified one replaces the same record unverified; anything else that is
    /// here already changes nothing. True if the ledger changed.
    pub fn apply(&mut self, placed: Placed<'_, Body>, is_verified: bool) -> bool {
        if let Some(held) = self.records.get(&placed.id) {
            if held.is_verified || !is_verified {
                return false;
            }
            self.unverified.remove(&placed.id);
        }
        self.touch(placed.body);
        let held = Held {
            stamp: Stamp { at: placed.at, id: placed.id },
            person: placed.person.clone(),
            is_verified,
            body: placed.body.clone(),
        };
        self.records.insert(placed.id, held);
        if is_verified {
            self.book(Stamp { at: placed.at, id: placed.id }, placed.body, Way::Make);
        } else {
            self.unverified.insert(placed.id);
        }
        true
    }

    /// Forget a record, as if it had never come. True if it was here.
    pub fn retract(&mut self, id: RecordId) -> bool {
        let Some(held) = self.records.get(&id).cloned() else { return false };
        if held.is_verified {
            // Before the record goes: bookings of a waybill read it and its arrival.
            self.book(held.stamp, &held.body, Way::Unmake);
        }
        self.unverified.remove(&id);
        self.records.remove(&id);
        self.touch(&held.body);
        true
    }

    /// Depots whose rows may have changed since this was last asked.
    pub fn take_touched(&mut self) -> BTreeSet<DepotId> {
        std::mem::take(&mut self.touched)
    }

    /// What is still due on a waybill: its lines, or what an arrival left short. `None` when no
    /// verified waybill has this number; empty when all of it came.
    pub fn due(&self, waybill: RecordId) -> Option<Vec<Line>> {
        let passage = self.passages.get(&waybill).filter(|passage| passage.shipped.is_some())?;
        let lines = self.outcomes_of(passage).into_iter().map(|(item, outcome)| Line {
            item,
            lot: 0,
            quantity: quantity(outcome.short_milli()),
        });
        Some(lines.filter(|line| line.quantity > Quantity::ZERO).collect())
    }

    /// The verified waybill of this number.
    pub fn waybill(&self, id: RecordId) -> Option<&Waybill> {
        self.records.get(&id).filter(|held| held.is_verified)?;
        self.heard_waybill(id)
    }

    /// The waybill of this number, verified or not.
    pub(super) fn heard_waybill(&self, id: RecordId) -> Option<&Waybill> {
        match &self.records.get(&id)?.body {
            Body::Waybill(waybill) => Some(waybill),
            Body::Movement(_) | Body::Arrival(_) | Body::Count(_) => None,
        }
    }

    /// The arrival that counts for a waybill.
    pub fn arrival_of(&self, waybill: RecordId) -> Option<RecordId> {
        let (_, arrival) = self.passages.get(&waybill)?.outcome()?;
        Some(arrival.id)
    }

    /// On hand of one item in one depot; negative means over-issued.
    pub fn on_hand(&self, depot: DepotId, item: ItemId) -> Quantity {
        quantity(self.cells.get(&(depot, item)).map_or(0, Cell::on_hand_milli))
    }

    /// Everything of which more was handed out than the book had (超发).
    pub fn over_issued(&self) -> Vec<(DepotId, ItemId, Quantity)> {
        let negative = self.cells.iter().filter(|(_, cell)| cell.on_hand_milli() < 0);
        negative
            .map(|((depot, item), cell)| (*depot, *item, quantity(cell.on_hand_milli())))
            .collect()
    }

    /// Movements dated before the latest count of this item that the counter had not seen.
    pub fn ambiguous(&self, depot: DepotId, item: ItemId) -> Vec<RecordId> {
        self.cells.get(&(depot, item)).map(Cell::ambiguous).unwrap_or_default()
    }

    /// Arrivals whose waybill is not here yet.
    pub fn waiting_arrivals(&self) -> Vec<RecordId> {
        let waiting = self.passages.values().filter(|passage| passage.shipped.is_none());
        waiting.flat_map(|passage| passage.arrivals.keys().map(|stamp| stamp.id)).collect()
    }

    /// The part of `heads` that matters for a count of these items in this depot: lanes that wrote
    /// to one of these cells, or took in goods there. Any other lane has nothing to be seen.
    pub fn basis(
        &self,
        depot: DepotId,
        items: &BTreeSet<ItemId>,
        heads: &BTreeMap<LaneId, u32>,
    ) -> Vec<(LaneId, u32)> {
        let mut lanes = BTreeSet::new();
        for item in items {
            let Some(cell) = self.cells.get(&(depot, *item)) else { continue };
            lanes.extend(cell.changes().map(|(stamp, _)| stamp.id.lane));
            lanes.extend(cell.counts().map(|stamp| stamp.id.lane));
        }
        for passage in self.passages.values() {
            let here = passage.arrivals.iter().filter(|(_, to)| **to == depot);
            lanes.extend(here.map(|(stamp, _)| stamp.id.lane));
        }
        let seen = heads.iter().filter(|(lane, seq)| **seq > 0 && lanes.contains(*lane));
        seen.map(|(lane, seq)| (*lane, *seq)).collect()
    }

    /// What each item of a passage came to; empty while the waybill is not here.
    pub(super) fn outcomes_of(&self, passage: &Passage) -> BTreeMap<ItemId, Outcome> {
        let waybill = passage.shipped.and_then(|(stamp, _)| self.waybill(stamp.id));
        let arrival = passage.outcome().and_then(|(_, stamp)| self.arrival(stamp.id));
        waybill.map(|waybill| outcomes(waybill, arrival)).unwrap_or_default()
    }

    fn arrival(&self, id: RecordId) -> Option<&Arrival> {
        match &self.records.get(&id)?.body {
            Body::Arrival(arrival) => Some(arrival),
            Body::Movement(_) | Body::Waybill(_) | Body::Count(_) => None,
        }
    }

    pub(super) fn touch_depot(&mut self, depot: DepotId) {
        self.touched.insert(depot);
    }

    fn touch(&mut self, body: &Body) {
        self.touched.insert(body.acting_depot());
        match body {
            Body::Waybill(waybill) => self.touched.extend([waybill.to]),
            Body::Arrival(arrival) => {
                let waybill = arrival.waybill.in_lane(Lane::Stock);
                let from = self.waybill(waybill).map(|waybill| waybill.from);
                self.touched.extend(from);
            }
            Body::Movement(_) | Body::Count(_) => {}
        }
    }

    fn book(&mut self, stamp: Stamp, body: &Body, way: Way) {
        match body {
            Body::Movement(movement) => self.book_movement(stamp, movement, way),
            Body::Waybill(waybill) => self.book_waybill(stamp, waybill, way),
            Body::Arrival(arrival) => self.book_arrival(stamp, arrival, way),
            Body::Count(count) => self.book_count(stamp, count, way),
        }
    }

    fn book_movement(&mut self, stamp: Stamp, movement: &Movement, way: Way) {
        let (other, is_in) = other_side(movement.kind);
        for (item, milli) in by_item(&movement.lines) {
            let taken_milli = if is_in { milli } else { -milli };
            let event = StockEvent::from(movement.kind);
            let change = Change { event, taken_milli, damaged_milli: 0 };
            self.change(movement.depot, item, stamp, change, way);
            self.shift_outside(other, item, way.signed(-taken_milli));
        }
    }

    fn book_waybill(&mut self, stamp: Stamp, waybill: &Waybill, way: Way) {
        for (item, milli) in by_item(&waybill.lines) {
            let change = Change { event: StockEvent::Ship, taken_milli: -milli, damaged_milli: 0 };
            self.change(waybill.from, item, stamp, change, way);
            self.shift_transit(waybill.from, waybill.to, item, way.signed(milli));
        }
        let shipped = match way {
            Way::Make => Some((stamp, waybill.to)),
            Way::Unmake => None,
        };
        self.change_passage(stamp.id, |passage| passage.shipped = shipped);
        let waiting = self.passages.get(&stamp.id).into_iter();
        let depots: Vec<_> = waiting.flat_map(|passage| passage.arrivals.values()).collect();
        self.touched.extend(depots);
    }

    fn book_arrival(&mut self, stamp: Stamp, arrival: &Arrival, way: Way) {
        let waybill = arrival.waybill.in_lane(Lane::Stock);
        self.change_passage(waybill, |passage| {
            match way {
                Way::Make => passage.arrivals.insert(stamp, arrival.to),
                Way::Unmake => passage.arrivals.remove(&stamp),
            };
        });
    }

    fn book_count(&mut self, stamp: Stamp, count: &Count, way: Way) {
        let basis = Arc::new(count.basis.clone());
        for line in &count.lines {
            let cell = self.cells.entry((count.depot, line.item)).or_default();
            match way {
                Way::Make => cell.add_count(stamp, i128::from(line.counted.0), basis.clone()),
                Way::Unmake => cell.take_count_back(stamp),
            }
            self.sweep(count.depot, line.item);
        }
    }

    /// Change a passage; when another arrival counts afterwards, or none, its bookings follow.
    fn change_passage(&mut self, waybill: RecordId, change: impl FnOnce(&mut Passage)) {
        let passage = self.passages.entry(waybill).or_default();
        let before = passage.outcome();
        change(passage);
        let after = passage.outcome();
        if passage.is_blank() {
            self.passages.remove(&waybill);
        }
        if before != after {
            self.settle(before, Way::Unmake);
            self.settle(after, Way::Make);
        }
    }

    fn settle(&mut self, outcome: Option<(Stamp, Stamp)>, way: Way) {
        let Some((shipped, arrived)) = outcome else { return };
        let (Some(waybill), Some(arrival)) = (self.waybill(shipped.id), self.arrival(arrived.id))
        else {
            return;
        };
        let (from, to) = (waybill.from, waybill.to);
        for (item, outcome) in outcomes(waybill, Some(arrival)) {
            let (taken_milli, damaged_milli) = (outcome.taken_milli(), outcome.damaged_milli);
            if taken_milli != 0 {
                let change = Change { event: StockEvent::Arrive, taken_milli, damaged_milli };
                self.change(to, item, arrived, change, way);
            }
            self.shift_transit(from, to, item, way.signed(-outcome.resolved_milli()));
            let (extra, lost) = (Account::Supplied(Source::Extra), Account::Lost(Cause::Damaged));
            self.shift_outside(extra, item, way.signed(-outcome.extra_milli()));
            self.shift_outside(lost, item, way.signed(damaged_milli));
        }
    }

    fn change(&mut self, depot: DepotId, item: ItemId, stamp: Stamp, change: Change, way: Way) {
        let cell = self.cells.entry((depot, item)).or_default();
        match way {
            Way::Make => cell.add(stamp, change),
            Way::Unmake => cell.take_back(stamp),
        }
        self.sweep(depot, item);
    }

    fn shift_transit(&mut self, from: DepotId, to: DepotId, item: ItemId, milli: i128) {
        self.cells.entry((from, item)).or_default().outbound_milli += milli;
        self.cells.entry((to, item)).or_default().inbound_milli += milli;
        self.sweep(from, item);
        self.sweep(to, item);
    }

    /// A cell of which nothing is left is as if it had never been.
    fn sweep(&mut self, depot: DepotId, item: ItemId) {
        if self.cells.get(&(depot, item)).is_some_and(Cell::is_blank) {
            self.cells.remove(&(depot, item));
        }
    }

    fn shift_outside(&mut self, account: Account, item: ItemId, milli: i128) {
        let balance = self.outside.entry((account, item)).or_default();
        *balance += milli;
        if *balance == 0 {
            self.outside.remove(&(account, item));
        }
    }
}

/// Lines of several lots of one item, added up, in thousandths.
pub(super) fn by_item(lines: &[Line]) -> BTreeMap<ItemId, i128> {
    let mut sums = BTreeMap::new();
    for line in lines {
        *sums.entry(line.item).or_default() += i128::from(line.quantity.0);
    }
    sums
}
