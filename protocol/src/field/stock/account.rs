//! The accounts of the ledger, and the proof that they add up. Every booking takes from one and
//! gives to another, so the sum over all accounts of one item is zero at every moment.
//!
//! ```text
//! opening      Supplied(Opening)  → Depot       receive   Supplied(Received) → Depot
//! issue        Depot              → Consumed    loss      Depot → Lost(Scrapped)
//! ship         Depot              → Waybill     arrive    Waybill → Depot
//! more came    Supplied(Extra)    → Depot       broken    Depot → Lost(Damaged)
//! count finds  Supplied(Found)    → Depot       misses    Depot → Lost(Missing)
//! ```

use std::collections::BTreeMap;

use crate::base::ids::{DepotId, ItemId, RecordId};
use crate::base::quantity::Quantity;
use crate::field::stock::cell::Cell;
use crate::field::stock::ledger::Ledger;
use crate::local::request::MovementKind;

/// Where goods can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Account {
    /// On the shelves of a depot.
    Depot(DepotId),
    /// On the road, or short on arrival and not yet explained.
    Waybill(RecordId),
    /// Handed out.
    Consumed,
    /// Where goods come from; its balance is never positive.
    Supplied(Source),
    /// Gone.
    Lost(Cause),
}

/// Where goods come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// Opening stock.
    Opening,
    /// Bought, given, returned.
    Received,
    /// Came on a waybill that did not name them.
    Extra,
    /// A count found more than the book.
    Found,
}

/// How goods go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// Written off.
    Scrapped,
    /// Broken on a waybill.
    Damaged,
    /// A count found less than the book.
    Missing,
}

/// The account on the other side of a depot's movement, and whether the goods come from it.
pub(super) fn other_side(kind: MovementKind) -> (Account, bool) {
    match kind {
        MovementKind::Opening => (Account::Supplied(Source::Opening), true),
        MovementKind::Receive => (Account::Supplied(Source::Received), true),
        MovementKind::Issue => (Account::Consumed, false),
        MovementKind::Loss => (Account::Lost(Cause::Scrapped), false),
    }
}

/// Thousandths as a quantity; stops at the ends of 64 bits, which sums of many records may pass.
pub(super) fn quantity(milli: i128) -> Quantity {
    Quantity(milli.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64)
}

impl Ledger {
    /// What an account holds of an item. Sources are negative by what they gave.
    pub fn balance(&self, account: Account, item: ItemId) -> Quantity {
        quantity(self.balances().get(&(account, item)).copied().unwrap_or(0))
    }

    /// True if, for every item, the sum over all accounts is zero, every running sum equals that
    /// of a fresh look, and what is in transit to and from each depot is what is on its waybills.
    /// For tests and the simulator: it reads everything.
    pub fn sum_is_zero(&self) -> bool {
        let mut sums: BTreeMap<ItemId, i128> = BTreeMap::new();
        for ((_, item), milli) in self.balances() {
            *sums.entry(item).or_default() += milli;
        }
        sums.values().all(|sum| *sum == 0)
            && self.cells.values().all(Cell::adds_up)
            && self.transit_adds_up()
    }

    fn transit_adds_up(&self) -> bool {
        // (towards, from) by depot and item.
        let mut transit: BTreeMap<(DepotId, ItemId), (i128, i128)> = BTreeMap::new();
        for passage in self.passages.values() {
            let Some(waybill) = passage.shipped.and_then(|(stamp, _)| self.waybill(stamp.id))
            else {
                continue;
            };
            for (item, outcome) in self.outcomes_of(passage) {
                transit.entry((waybill.to, item)).or_default().0 += outcome.short_milli();
                transit.entry((waybill.from, item)).or_default().1 += outcome.short_milli();
            }
        }
        transit.retain(|_, both| *both != (0, 0));
        let held = self.cells.iter();
        let held = held.map(|(key, cell)| (*key, (cell.inbound_milli, cell.outbound_milli)));
        held.filter(|(_, both)| *both != (0, 0)).eq(transit)
    }

    /// Every account that is not empty, in thousandths.
    pub(super) fn balances(&self) -> BTreeMap<(Account, ItemId), i128> {
        let mut balances = self.outside.clone();
        for ((depot, item), cell) in &self.cells {
            balances.insert((Account::Depot(*depot), *item), cell.on_hand_milli());
            for finding in cell.findings() {
                let account = match finding.posted_milli {
                    ..0 => Account::Lost(Cause::Missing),
                    0.. => Account::Supplied(Source::Found),
                };
                *balances.entry((account, *item)).or_default() -= finding.posted_milli;
            }
        }
        for (id, passage) in &self.passages {
            for (item, outcome) in self.outcomes_of(passage) {
                balances.insert((Account::Waybill(*id), item), outcome.short_milli());
            }
        }
        balances.retain(|_, milli| *milli != 0);
        balances
    }
}
