//! From a ledger to the pages of a snapshot: as many rows on each as its record holds. Who may
//! speak for which depot, and what the book here may be relied on for, the caller knows.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::caps::{NAME_BYTES_MAX, RECORD_BYTES_MAX};
use crate::base::ids::{DepotId, ItemId, LaneId};
use crate::field::stock::account::quantity;
use crate::field::stock::cell::Cell;
use crate::field::stock::ledger::Ledger;
use crate::field::stock::snapshot::{DepotRows, Snapshot};

/// Bytes of a page: what the head of its record leaves, with the longest name of a person.
const PAGE_BYTES_MAX: usize = RECORD_BYTES_MAX - 16 - NAME_BYTES_MAX;

type Row<'a> = (DepotId, ItemId, &'a Cell);

/// The pages of all rows of these depots. `heads` are the last verified records of each stock lane
/// that is held here; `own` is the lane that the pages will stand in, which they need not name.
pub fn pages(
    ledger: &Ledger,
    may_tell: impl Fn(DepotId) -> bool,
    heads: &BTreeMap<LaneId, u32>,
    own: LaneId,
    now_ms: u64,
) -> Vec<Snapshot> {
    let cells = ledger.cells_of(None, None).map(|((depot, item), cell)| (depot, item, cell));
    let may_tell = |depot| may_tell(depot) && !ledger.is_shaded(depot);
    let rows: Vec<Row<'_>> = cells.filter(|(depot, ..)| may_tell(*depot)).collect();
    let mut pages = Vec::new();
    let mut rest = &rows[..];
    while !rest.is_empty() {
        let made = |count: usize| {
            let (rows, basis) = (&rest[..count], basis(ledger, &rest[..count], heads, own));
            let page = Snapshot { basis, depots: depots(rows, now_ms) };
            let fits = page.check().is_ok() && page.packed().len() <= PAGE_BYTES_MAX;
            fits.then_some(page)
        };
        let Some((count, page)) = most(rest.len(), made) else { break };
        pages.push(page);
        rest = &rest[count..];
    }
    pages
}

/// The most rows of which a page can be made, and that page.
fn most(rows: usize, made: impl Fn(usize) -> Option<Snapshot>) -> Option<(usize, Snapshot)> {
    let mut best = (1, made(1)?);
    let mut too_many = rows + 1;
    while best.0 + 1 < too_many {
        let count = best.0.midpoint(too_many);
        match made(count) {
            Some(page) => best = (count, page),
            None => too_many = count,
        }
    }
    Some(best)
}

fn depots(rows: &[Row<'_>], now_ms: u64) -> Vec<DepotRows> {
    let of_one = |rows: &[Row<'_>]| {
        let counted: Option<Vec<u64>> =
            rows.iter().map(|(.., cell)| Some(cell.last_finding()?.stamp.at.wall_ms)).collect();
        let oldest_ms = counted.and_then(|times| times.into_iter().min());
        let minutes = oldest_ms.map(|at_ms| now_ms.saturating_sub(at_ms) / 60_000);
        DepotRows {
            depot: rows[0].0,
            counted_min: minutes.and_then(|minutes| u32::try_from(minutes).ok()),
            rows: rows
                .iter()
                .map(|(_, item, cell)| (*item, quantity(cell.on_hand_milli())))
                .collect(),
        }
    };
    rows.chunk_by(|one, other| one.0 == other.0).map(of_one).collect()
}

/// The heads that matter for these rows: of lanes that wrote to them, or took in goods there,
/// and of those that had sent these goods.
fn basis(
    ledger: &Ledger,
    rows: &[Row<'_>],
    heads: &BTreeMap<LaneId, u32>,
    own: LaneId,
) -> Vec<(LaneId, u32)> {
    let mut lanes = BTreeSet::new();
    let mut depots = BTreeSet::new();
    for (depot, _, cell) in rows {
        depots.insert(*depot);
        lanes.extend(cell.changes().map(|(stamp, _)| stamp.id.lane));
        lanes.extend(cell.counts().map(|stamp| stamp.id.lane));
    }
    for (waybill, passage) in &ledger.passages {
        let here = passage.arrivals.iter().filter(|(_, to)| depots.contains(to));
        for (stamp, _) in here {
            // An arrival changes nothing before its waybill is there as well.
            lanes.extend([stamp.id.lane, waybill.lane]);
        }
    }
    lanes.remove(&own);
    let head = |lane: &LaneId| heads.get(lane).filter(|seq| **seq > 0);
    lanes.iter().filter_map(|lane| Some((*lane, *head(lane)?))).collect()
}
