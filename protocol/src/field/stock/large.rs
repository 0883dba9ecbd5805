//! Which posts of goods going out are large: others plan on what a depot has, so that they must be
//! able to count such a post at once and not only when the author's next seal is due.
//!
//! Large is what takes at least half of what the book has of an item in that depot. It needs no
//! setting, means the same for boats and for blankets, and bounds its own cost: between two
//! receipts, n pieces can be halved log2(n) + 1 times.

use crate::field::stock::body::{Body, Movement};
use crate::field::stock::ledger::Ledger;
use crate::local::request::MovementKind;

impl Ledger {
    /// True if goods go out, and of some item at least half of what the book has in that depot.
    /// Where it has nothing there is no share to speak of: that is shown as over-issued anyway.
    pub fn is_large(&self, body: &Body) -> bool {
        match body {
            Body::Movement(movement) => match movement.kind {
                MovementKind::Issue | MovementKind::Loss => self.takes_half(movement),
                MovementKind::Opening | MovementKind::Receive => false,
            },
            // What changes custody, and counts, are sealed at once whatever their amount.
            Body::Waybill(_) | Body::Arrival(_) | Body::Count(_) => false,
        }
    }

    fn takes_half(&self, movement: &Movement) -> bool {
        movement.lines.iter().any(|line| {
            let held = i128::from(self.on_hand(movement.depot, line.item).0);
            held > 0 && i128::from(line.quantity.0) * 2 >= held
        })
    }
}
