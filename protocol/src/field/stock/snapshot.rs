//! A snapshot (库存快照): what lies in many depots as one author's book had it at one moment, and
//! which records that book had seen. It tells a machine that has lost its ledgers what is where
//! long before all ledgers can have come. It books nothing: how it is shown until the records
//! themselves are here is told in `reports.rs`, how it is made in `snapshot/take.rs`, and its
//! bytes are drawn in `snapshot/bytes.rs`.
//!
//! One record is one page, whole in itself: whatever pages come, each is of use at once. Pages
//! written together stand under one seal.

use crate::base::caps::{
    SNAPSHOT_BASIS_MAX, SNAPSHOT_DEPOTS_MAX, SNAPSHOT_ITEMS_MAX, SNAPSHOT_ROWS_MAX,
};
use crate::base::ids::{DepotId, ItemId, Lane, LaneId};
use crate::base::quantity::Quantity;
use crate::wire::pack::PackError;

mod bytes;
pub mod take;

/// What lies in one depot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepotRows {
    /// The depot.
    pub depot: DepotId,
    /// Full minutes before the time of the record when the row here that was counted longest ago
    /// was counted; none if any of them never was.
    pub counted_min: Option<u32>,
    /// On hand, by item; negative means over-issued. At least one.
    pub rows: Vec<(ItemId, Quantity)>,
}

/// One page of a snapshot. It speaks of the rows that it lists and of no others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// For each stock lane that matters here, the last verified record that the author's node
    /// held. The author's own lane before this record is always seen.
    pub basis: Vec<(LaneId, u32)>,
    /// What lies where; at least one depot.
    pub depots: Vec<DepotRows>,
}

impl Snapshot {
    /// Depots, items and lanes ascending, each once, and no more of them than a page may have.
    ///
    /// # Errors
    /// What is not so.
    pub fn check(&self) -> Result<(), PackError> {
        let rows: usize = self.depots.iter().map(|depot| depot.rows.len()).sum();
        if self.basis.len() > SNAPSHOT_BASIS_MAX
            || self.depots.len() > SNAPSHOT_DEPOTS_MAX
            || rows > SNAPSHOT_ROWS_MAX
            || self.items().len() > SNAPSHOT_ITEMS_MAX
        {
            return Err(PackError::TooLong);
        }
        let of_stock = self.basis.iter().all(|(lane, seq)| lane.lane == Lane::Stock && *seq > 0);
        if !of_stock || !self.basis.windows(2).all(|pair| pair[0].0 < pair[1].0) {
            return Err(PackError::BadValue("basis"));
        }
        let depots = self.depots.windows(2).all(|pair| pair[0].depot < pair[1].depot);
        let items = |depot: &DepotRows| depot.rows.windows(2).all(|pair| pair[0].0 < pair[1].0);
        let is_empty =
            self.depots.is_empty() || self.depots.iter().any(|depot| depot.rows.is_empty());
        if is_empty || !depots || !self.depots.iter().all(items) {
            return Err(PackError::BadValue("rows"));
        }
        Ok(())
    }

    /// The items of all rows, ascending, each once.
    fn items(&self) -> Vec<ItemId> {
        let rows = self.depots.iter().flat_map(|depot| &depot.rows);
        let mut items: Vec<ItemId> = rows.map(|(item, _)| *item).collect();
        items.sort_unstable();
        items.dedup();
        items
    }
}

#[cfg(test)]
mod tests;
