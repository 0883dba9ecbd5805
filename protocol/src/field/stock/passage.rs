//! One waybill and what came of it: which arrival counts, and what each line came to. Pure
//! comparison of two bodies; the bookings they cause are made in `ledger.rs`.
//!
//! ```text
//!               arrivals that name it
//! waybill here  none            one, at its depot   more than one, or one elsewhere
//! no            –  (arrivals wait for it)
//! yes           in transit      full or short       disputed: the earliest at its depot counts
//! ```

use std::collections::BTreeMap;

use crate::base::ids::{DepotId, ItemId};
use crate::field::stock::body::{Arrival, Waybill};
use crate::field::stock::cell::Stamp;

/// A waybill that is here or that an arrival spoke of.
#[derive(Clone, Debug, Default)]
pub(super) struct Passage {
    /// The waybill itself and where it goes, once it is here.
    pub shipped: Option<(Stamp, DepotId)>,
    /// Arrivals that name it, with the depot that took the goods in.
    pub arrivals: BTreeMap<Stamp, DepotId>,
}

impl Passage {
    /// The waybill and the arrival that counts: the earliest by (time, author, seq) at the depot
    /// that the waybill names.
    pub fn outcome(&self) -> Option<(Stamp, Stamp)> {
        let (shipped, to) = self.shipped?;
        let (arrival, _) = self.arrivals.iter().find(|(_, depot)| **depot == to)?;
        Some((shipped, *arrival))
    }

    /// Two stories are told about the same goods; totals follow the first, a person must look.
    pub fn is_disputed(&self) -> bool {
        self.shipped.is_some_and(|(_, to)| {
            self.arrivals.len() > 1 || self.arrivals.values().any(|depot| *depot != to)
        })
    }

    /// Neither here nor spoken of.
    pub fn is_blank(&self) -> bool {
        self.shipped.is_none() && self.arrivals.is_empty()
    }
}

/// What one line of a waybill came to, in thousandths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    /// On the waybill.
    pub due_milli: i128,
    /// Taken in sound.
    pub received_milli: i128,
    /// Taken in broken.
    pub damaged_milli: i128,
}

impl Outcome {
    /// Taken in, sound or not.
    pub fn taken_milli(&self) -> i128 {
        self.received_milli + self.damaged_milli
    }

    /// What leaves the waybill's account: no more than was on it.
    pub fn resolved_milli(&self) -> i128 {
        self.taken_milli().min(self.due_milli)
    }

    /// Came although it was not on the waybill. Somebody supplied it: the shelf has it.
    pub fn extra_milli(&self) -> i128 {
        self.taken_milli() - self.resolved_milli()
    }

    /// Still on the waybill's account.
    pub fn short_milli(&self) -> i128 {
        self.due_milli - self.resolved_milli()
    }

    fn plus(self, other: Outcome) -> Outcome {
        Outcome {
            due_milli: self.due_milli + other.due_milli,
            received_milli: self.received_milli + other.received_milli,
            damaged_milli: self.damaged_milli + other.damaged_milli,
        }
    }
}

/// What a waybill comes to, by item: lots are matched by item, because the paper in the hands of
/// whoever unloads seldom names them. Without an arrival everything is still due.
pub(super) fn outcomes(waybill: &Waybill, arrival: Option<&Arrival>) -> BTreeMap<ItemId, Outcome> {
    let mut by_item: BTreeMap<ItemId, Outcome> = BTreeMap::new();
    let mut put = |item: ItemId, outcome: Outcome| {
        let entry = by_item.entry(item).or_default();
        *entry = entry.plus(outcome);
    };
    for line in &waybill.lines {
        let due_milli = i128::from(line.quantity.0);
        let all_came = arrival.is_some_and(|arrival| arrival.lines.is_empty());
        let received_milli = if all_came { due_milli } else { 0 };
        put(line.item, Outcome { due_milli, received_milli, damaged_milli: 0 });
    }
    for line in arrival.map_or(&[][..], |arrival| &arrival.lines) {
        let (received_milli, damaged_milli) =
            (i128::from(line.received.0), i128::from(line.damaged.0));
        put(line.item, Outcome { due_milli: 0, received_milli, damaged_milli });
    }
    by_item
}
