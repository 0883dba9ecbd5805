//! The stock card (物资卡): every change of one item, oldest first, with the balance after it.
//! Rows of what is on hand now live in `view.rs`.

use crate::base::ids::{DepotId, ItemId, Lane};
use crate::field::stock::Names;
use crate::field::stock::account::quantity;
use crate::field::stock::body::Body;
use crate::field::stock::cell::{Cell, Finding, Stamp};
use crate::field::stock::ledger::{Held, Ledger};
use crate::field::stock::words::{depot_name, joined, person_name, route};
use crate::local::rows::{StockCardRow, StockEvent};

/// One row before its balance is known.
struct Step {
    stamp: Stamp,
    event: StockEvent,
    change_milli: i128,
    note: String,
}

impl Ledger {
    /// Every verified change of one item on hand, oldest first by the clocks of the authors. The
    /// balance is that of the row's own depot, so cards of several depots can be read together.
    /// A late record stands where its date puts it, so that the balance before the last row may
    /// differ from what was counted then; the last row of a depot is what is on hand now.
    pub fn card(
        &self,
        names: &dyn Names,
        item: ItemId,
        depot: Option<DepotId>,
    ) -> Vec<StockCardRow> {
        let mut rows = Vec::new();
        let cells = self.cells_of(depot, Some(item));
        // Balances of what cannot all be read would be wrong.
        for ((at, _), cell) in cells.filter(|((at, _), _)| !self.is_shaded(*at)) {
            rows.extend(self.cell_card(names, at, cell));
        }
        // Stable: what one record did stays in the order in which it did it.
        rows.sort_by_key(|(stamp, _)| *stamp);
        rows.into_iter().map(|(_, row)| row).collect()
    }

    fn cell_card(
        &self,
        names: &dyn Names,
        depot: DepotId,
        cell: &Cell,
    ) -> Vec<(Stamp, StockCardRow)> {
        let mut balance_milli = 0;
        let rows = self.steps(names, cell).into_iter().map(|step| {
            balance_milli += step.change_milli;
            let held = self.records.get(&step.stamp.id);
            let row = StockCardRow {
                id: step.stamp.id.into(),
                at_ms: step.stamp.at.wall_ms,
                depot_name: depot_name(names, depot),
                event: step.event,
                change: quantity(step.change_milli),
                balance: quantity(balance_milli),
                note: step.note,
                person: held.map(|held| person_name(names, &held.person)).unwrap_or_default(),
            };
            (step.stamp, row)
        });
        rows.collect()
    }

    fn steps(&self, names: &dyn Names, cell: &Cell) -> Vec<Step> {
        let mut steps = Vec::new();
        for (stamp, change) in cell.changes() {
            let held = self.records.get(&stamp.id);
            let note = held.map(|held| self.note(names, &held.body)).unwrap_or_default();
            let (event, change_milli) = (change.event, change.taken_milli);
            steps.push(Step { stamp, event, change_milli, note: note.clone() });
            if change.damaged_milli != 0 {
                let (event, change_milli) = (StockEvent::Damaged, -change.damaged_milli);
                steps.push(Step { stamp, event, change_milli, note });
            }
        }
        for finding in cell.findings() {
            let held = self.records.get(&finding.stamp.id);
            let (stamp, event) = (finding.stamp, StockEvent::Count);
            let note = held.map(|held| count_note(&finding, held)).unwrap_or_default();
            steps.push(Step { stamp, event, change_milli: finding.posted_milli, note });
        }
        steps.sort_by_key(|step| step.stamp);
        steps
    }

    fn note(&self, names: &dyn Names, body: &Body) -> String {
        match body {
            Body::Movement(movement) => joined(&[&movement.party, &movement.note]),
            Body::Waybill(waybill) => {
                let route = route(names, waybill.from, waybill.to);
                joined(&[&route, &waybill.carrier, &waybill.note])
            }
            Body::Arrival(arrival) => {
                let waybill = self.waybill(arrival.waybill.in_lane(Lane::Stock));
                let route = waybill.map(|waybill| route(names, waybill.from, waybill.to));
                joined(&[&arrival.waybill.to_string(), &route.unwrap_or_default(), &arrival.note])
            }
            Body::Count(count) => count.note.clone(),
        }
    }
}

/// What was found, what the book said at the cut, and why they differ.
fn count_note(finding: &Finding, held: &Held) -> String {
    let (counted, book) = (quantity(finding.counted_milli), quantity(finding.book_milli));
    let sums = format!("实盘/counted {counted}, 账面/book {book}");
    match &held.body {
        Body::Count(count) => joined(&[&sums, &count.note]),
        Body::Movement(_) | Body::Waybill(_) | Body::Arrival(_) => sums,
    }
}
