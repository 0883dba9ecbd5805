//! What snapshots tell of stock whose records are not all here: the newest of each row, and how it
//! is shown. Nothing here is booked; the ledger stays a fold of what really happened.
//!
//! ```text
//! a record of the basis is not here   in force: on hand = as told + changes outside the basis
//! all of them are here                of no account: the ledger knows it, and more
//! a count outside the basis, later    of no account for that row: somebody looked at the shelf
//! ```
//!
//! A change inside the basis that comes later is part of what was told already, so nothing counts
//! twice; one outside counts on top, whenever it comes. All of it follows from which records are
//! here, and nothing from the order in which they came.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::Arc;

use crate::base::ids::{DepotId, DeviceId, ItemId, LaneId, RecordId};
use crate::field::body::Placed;
use crate::field::stock::Names;
use crate::field::stock::account::quantity;
use crate::field::stock::cell::{Basis, Cell, Stamp, has_seen};
use crate::field::stock::ledger::Ledger;
use crate::field::stock::snapshot::Snapshot;
use crate::field::stock::view::stock_row;
use crate::local::rows::{ReportedRow, StockRow};

/// The newest that a snapshot told of one item in one depot.
#[derive(Clone, Debug)]
struct Report {
    stamp: Stamp,
    milli: i64,
    counted_ms: Option<u64>,
    basis: Basis,
}

impl Report {
    /// On hand in thousandths, with what has come here since; none if a later count knows better.
    fn on_hand_milli(&self, cell: Option<&Cell>) -> Option<i128> {
        let told_milli = i128::from(self.milli);
        let Some(cell) = cell else { return Some(told_milli) };
        let has_seen = |id: RecordId| has_seen(self.stamp.id, &self.basis, id);
        if cell.counts().any(|count| count > self.stamp && !has_seen(count.id)) {
            return None;
        }
        let since = cell.changes().filter(|(stamp, _)| !has_seen(stamp.id));
        Some(told_milli + since.map(|(_, change)| change.delta_milli()).sum::<i128>())
    }
}

/// The newest row of every item in every depot that a snapshot told of.
#[derive(Clone, Debug, Default)]
pub struct Reports {
    rows: BTreeMap<(DepotId, ItemId), Report>,
    touched: BTreeSet<DepotId>,
}

impl Reports {
    /// Take in a verified page.
    pub fn apply(&mut self, placed: &Placed<'_, Snapshot>) {
        let basis = Arc::new(placed.body.basis.clone());
        let (at, id) = (placed.at, placed.id);
        for depot in &placed.body.depots {
            self.touched.insert(depot.depot);
            let counted_ms = depot
                .counted_min
                .map(|minutes| at.wall_ms.saturating_sub(u64::from(minutes) * 60_000));
            for (item, told) in &depot.rows {
                let (stamp, basis) = (Stamp { at, id }, basis.clone());
                let report = Report { stamp, milli: told.0, counted_ms, basis };
                let held = self.rows.entry((depot.depot, *item)).or_insert_with(|| report.clone());
                if held.stamp < stamp {
                    *held = report;
                }
            }
        }
    }

    /// Depots of which something was told since this was last asked.
    pub fn take_touched(&mut self) -> BTreeSet<DepotId> {
        std::mem::take(&mut self.touched)
    }

    /// True if a row is told by this page.
    pub fn tells(&self, page: RecordId) -> bool {
        self.rows.values().any(|report| report.stamp.id == page)
    }

    /// Up to where each stock lane is in the basis of a page by another device than `own`: its
    /// author had those records, verified.
    pub fn covered(&self, own: DeviceId) -> BTreeMap<LaneId, u32> {
        let mut covered: BTreeMap<LaneId, u32> = BTreeMap::new();
        let mut pages = BTreeSet::new();
        let others = self.rows.values().filter(|report| report.stamp.id.lane.author != own);
        for report in others.filter(|report| pages.insert(report.stamp.id)) {
            // Its author has what it wrote itself before, too.
            let page = report.stamp.id;
            let own = (page.lane, page.seq.saturating_sub(1));
            for (lane, seq) in report.basis.iter().copied().chain([own]) {
                let known = covered.entry(lane).or_default();
                *known = (*known).max(seq);
            }
        }
        covered
    }

    /// Depots of which a row is shown here as somebody told it. `held` says how far each stock lane
    /// is verified here.
    pub fn in_force(&self, held: &dyn Fn(LaneId) -> u32) -> BTreeSet<DepotId> {
        let mut weighed = Weighed::default();
        let rows = self.rows.iter().filter(|(_, report)| weighed.is_in_force(report, held));
        rows.map(|((depot, _), _)| *depot).collect()
    }

    /// The rows of the ledger, and in their place what was told of those that it cannot know yet.
    pub fn rows(
        &self,
        ledger: &Ledger,
        names: &dyn Names,
        (depot, item): (Option<DepotId>, Option<ItemId>),
        held: &dyn Fn(LaneId) -> u32,
    ) -> Vec<StockRow> {
        let rows = ledger.rows(names, depot, item).into_iter();
        let mut rows: BTreeMap<_, _> = rows.map(|row| ((row.depot, row.item), row)).collect();
        let mut weighed = Weighed::default();
        for ((at, what), report) in self.rows.range(range(depot)) {
            let is_asked = item.is_none_or(|item| item == *what);
            if !is_asked || !weighed.is_in_force(report, held) {
                continue;
            }
            let cell = ledger.cells.get(&(*at, *what));
            let Some(on_hand_milli) = report.on_hand_milli(cell) else { continue };
            let fresh = || stock_row(names, *at, *what, cell, 0);
            let row = rows.entry((*at, *what)).or_insert_with(fresh);
            row.on_hand = quantity(on_hand_milli);
            row.counted_ms = report.counted_ms;
            // Worked out from part of the records, both would be wrong.
            (row.difference, row.ambiguous) = (None, 0);
            row.reported = Some(ReportedRow {
                id: report.stamp.id.into(),
                at_ms: report.stamp.at.wall_ms,
                by: names.author_name(report.stamp.id.lane.author),
            });
        }
        rows.retain(|(depot, item), _| ledger.is_clear(*depot, *item));
        let mut rows: Vec<StockRow> = rows.into_values().collect();
        for row in rows.iter_mut().filter(|row| ledger.is_shaded(row.depot)) {
            // Worked out from what can be read, it would be wrong.
            row.difference = None;
        }
        rows
    }
}

fn range(depot: Option<DepotId>) -> RangeInclusive<(DepotId, ItemId)> {
    let (first, last) = depot.map_or((DepotId(0), DepotId(u16::MAX)), |depot| (depot, depot));
    (first, ItemId(0))..=(last, ItemId(u16::MAX))
}

/// Pages looked at already: all rows of one have one basis.
#[derive(Default)]
struct Weighed {
    pages: BTreeMap<RecordId, bool>,
}

impl Weighed {
    /// True while a record of its basis is not here.
    fn is_in_force(&mut self, report: &Report, held: &dyn Fn(LaneId) -> u32) -> bool {
        *self
            .pages
            .entry(report.stamp.id)
            .or_insert_with(|| report.basis.iter().any(|(lane, seq)| held(*lane) < *seq))
    }
}
