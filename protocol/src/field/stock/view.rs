//! What people see of the ledger: rows of stock and waybills. Stock cards live in `card.rs`.
//! Nothing here changes anything.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::base::ids::{DepotId, ItemId, Lane, RecordId};
use crate::field::stock::Names;
use crate::field::stock::account::{other_side, quantity};
use crate::field::stock::body::{Arrival, Body};
use crate::field::stock::cell::{Cell, Finding, Stamp};
use crate::field::stock::ledger::{Ledger, by_item};
use crate::field::stock::passage::{Outcome, Passage, outcomes};
use crate::field::stock::words::{depot_name, item_row, joined};
use crate::local::rows::{StockRow, WaybillLineRow, WaybillRow, WaybillState};

/// Changes on hand by depot and item, in thousandths.
type Changes = BTreeMap<(DepotId, ItemId), i128>;

impl Ledger {
    /// On hand and in transit by depot, then item; all depots or items when none is named.
    pub fn rows(
        &self,
        names: &dyn Names,
        depot: Option<DepotId>,
        item: Option<ItemId>,
    ) -> Vec<StockRow> {
        let mut views: BTreeMap<(DepotId, ItemId), (Option<&Cell>, i128)> =
            self.cells_of(depot, item).map(|(key, cell)| (key, (Some(cell), 0))).collect();
        for ((at, what), milli) in self.provisional() {
            if depot.is_none_or(|depot| depot == at) && item.is_none_or(|item| item == what) {
                views.entry((at, what)).or_default().1 = milli;
            }
        }
        let rows = views.into_iter();
        rows.map(|((at, what), (cell, milli))| stock_row(names, at, what, cell, milli)).collect()
    }

    /// Verified waybills: first those with goods still due or in dispute, newest first in each.
    pub fn waybills(&self, names: &dyn Names, now_ms: u64) -> Vec<WaybillRow> {
        let mut rows: Vec<((bool, Reverse<Stamp>), WaybillRow)> = self
            .passages
            .values()
            .filter_map(|passage| self.waybill_row(names, passage, now_ms))
            .collect();
        rows.sort_by_key(|(order, _)| *order);
        rows.into_iter().map(|(_, row)| row).collect()
    }

    /// The numbers of the same waybills, in no order that means anything.
    pub fn waybill_ids(&self) -> impl Iterator<Item = RecordId> {
        let shipped = self.passages.values().filter_map(|passage| passage.shipped);
        shipped.map(|(stamp, _)| stamp.id).filter(|id| self.waybill(*id).is_some())
    }

    pub(super) fn cells_of(
        &self,
        depot: Option<DepotId>,
        item: Option<ItemId>,
    ) -> impl Iterator<Item = ((DepotId, ItemId), &Cell)> {
        let (first, last) = depot.map_or((DepotId(0), DepotId(u16::MAX)), |depot| (depot, depot));
        let (low, high) = item.map_or((ItemId(0), ItemId(u16::MAX)), |item| (item, item));
        self.cells
            .range((first, low)..=(last, high))
            .filter(move |((_, what), _)| item.is_none_or(|item| item == *what))
            .map(|(key, cell)| (*key, cell))
    }

    /// What unverified records would change on hand. Counts are left out: what they would adjust
    /// depends on records that may not be here yet. Few records are unverified at a time, so this
    /// is worked out when asked instead of being kept in step.
    fn provisional(&self) -> Changes {
        let mut changes = Changes::new();
        let mut arrived: BTreeMap<RecordId, (Stamp, &Arrival)> = BTreeMap::new();
        for held in self.unverified.iter().filter_map(|id| self.records.get(id)) {
            match &held.body {
                Body::Movement(movement) => {
                    let (_, is_in) = other_side(movement.kind);
                    for (item, milli) in by_item(&movement.lines) {
                        let signed_milli = if is_in { milli } else { -milli };
                        *changes.entry((movement.depot, item)).or_default() += signed_milli;
                    }
                }
                Body::Waybill(waybill) => {
                    for (item, milli) in by_item(&waybill.lines) {
                        *changes.entry((waybill.from, item)).or_default() -= milli;
                    }
                }
                Body::Arrival(arrival) => {
                    let id = arrival.waybill.in_lane(Lane::Stock);
                    if self.may_arrive(id, arrival.to) {
                        let first = arrived.entry(id).or_insert((held.stamp, arrival));
                        if held.stamp < first.0 {
                            *first = (held.stamp, arrival);
                        }
                    }
                }
                Body::Count(_) => {}
            }
        }
        for (id, (_, arrival)) in arrived {
            let outcomes = self.heard_waybill(id).map(|waybill| outcomes(waybill, Some(arrival)));
            for (item, outcome) in outcomes.unwrap_or_default() {
                *changes.entry((arrival.to, item)).or_default() += outcome.received_milli;
            }
        }
        changes
    }

    /// True if an arrival of this waybill at this depot would count, were it verified.
    fn may_arrive(&self, waybill: RecordId, depot: DepotId) -> bool {
        let is_over = self.arrival_of(waybill).is_some();
        !is_over && self.heard_waybill(waybill).is_some_and(|waybill| waybill.to == depot)
    }

    /// The row, and its place in the list: whether it is closed, then when it left.
    fn waybill_row(
        &self,
        names: &dyn Names,
        passage: &Passage,
        now_ms: u64,
    ) -> Option<((bool, Reverse<Stamp>), WaybillRow)> {
        let (shipped, _) = passage.shipped?;
        let waybill = self.waybill(shipped.id)?;
        let arrived = passage.outcome().map(|(_, stamp)| stamp);
        let arrival_note = match arrived.and_then(|stamp| self.records.get(&stamp.id)) {
            Some(held) => match &held.body {
                Body::Arrival(arrival) => arrival.note.as_str(),
                Body::Movement(_) | Body::Waybill(_) | Body::Count(_) => "",
            },
            None => "",
        };
        let eta_ms = waybill.eta_s.map(|s| shipped.at.wall_ms.saturating_add(u64::from(s) * 1000));
        let outcomes = self.outcomes_of(passage);
        let state = waybill_state(passage, &outcomes, eta_ms.is_some_and(|eta| eta < now_ms));
        let is_due = outcomes.values().any(|outcome| outcome.short_milli() > 0);
        let is_closed = !is_due && state != WaybillState::Disputed;
        let is_here = arrived.is_some();
        let lines = outcomes.into_iter();
        let row = WaybillRow {
            id: shipped.id.into(),
            state,
            from: depot_name(names, waybill.from),
            to: depot_name(names, waybill.to),
            carrier: waybill.carrier.clone(),
            shipped_ms: shipped.at.wall_ms,
            eta_ms,
            arrived_ms: arrived.map(|stamp| stamp.at.wall_ms),
            lines: lines
                .map(|(item, outcome)| waybill_line(names, item, outcome, is_here))
                .collect(),
            note: joined(&[&waybill.note, arrival_note]),
        };
        Some(((is_closed, Reverse(shipped)), row))
    }
}

pub(super) fn stock_row(
    names: &dyn Names,
    depot: DepotId,
    item: ItemId,
    cell: Option<&Cell>,
    provisional_milli: i128,
) -> StockRow {
    let (item_code, item_name, unit) = item_row(names, item);
    let finding: Option<Finding> = cell.and_then(Cell::last_finding);
    StockRow {
        depot,
        depot_name: depot_name(names, depot),
        item,
        item_code,
        item_name,
        unit,
        on_hand: quantity(cell.map_or(0, Cell::on_hand_milli)),
        inbound: quantity(cell.map_or(0, |cell| cell.inbound_milli)),
        outbound: quantity(cell.map_or(0, |cell| cell.outbound_milli)),
        provisional: quantity(provisional_milli),
        counted_ms: finding.map(|finding| finding.stamp.at.wall_ms),
        difference: finding.map(|finding| quantity(finding.difference_milli())),
        ambiguous: finding.map_or(0, |finding| finding.ambiguous),
        reported: None,
    }
}

fn waybill_state(
    passage: &Passage,
    outcomes: &BTreeMap<ItemId, Outcome>,
    is_late: bool,
) -> WaybillState {
    let is_whole = |outcome: &Outcome| outcome.short_milli() == 0 && outcome.damaged_milli == 0;
    match passage.outcome() {
        _ if passage.is_disputed() => WaybillState::Disputed,
        None if is_late => WaybillState::Late,
        None => WaybillState::InTransit,
        Some(_) if outcomes.values().all(is_whole) => WaybillState::Full,
        Some(_) => WaybillState::Short,
    }
}

fn waybill_line(
    names: &dyn Names,
    item: ItemId,
    outcome: Outcome,
    is_here: bool,
) -> WaybillLineRow {
    let (item_code, item_name, unit) = item_row(names, item);
    WaybillLineRow {
        item_name,
        item_code,
        unit,
        due: quantity(outcome.due_milli),
        received: quantity(outcome.received_milli),
        damaged: quantity(outcome.damaged_milli),
        // Before anything arrives nothing is short: all of it is on the road.
        short: quantity(if is_here { outcome.short_milli() } else { 0 }),
    }
}
