//! Promises that the folds break on purpose in builds with the feature `canaries`, so that it is
//! seen whether the simulator finds it. In all other builds these are constants and empty bodies.

use super::Folds;
#[cfg(feature = "canaries")]
use crate::base::ids::RecordId;
use crate::field::body::Placed;
use crate::field::stock;

/// A promise that is broken.
#[cfg(feature = "canaries")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// A record beyond its author's role is acted on.
    Roles,
    /// The lines of an arrival are posted a second time.
    Waybills,
}

#[cfg(not(feature = "canaries"))]
impl Folds {
    /// Never.
    pub(super) const fn overlooks_roles(&self) -> bool {
        false
    }

    /// Nothing.
    pub(super) const fn post_again(&mut self, _: &Placed<'_, stock::Body>) {}
}

#[cfg(feature = "canaries")]
impl Folds {
    /// True if roles are not looked at.
    pub(super) fn overlooks_roles(&self) -> bool {
        self.broken == Some(Broken::Roles)
    }

    /// Post what an arrival names once more, as goods that came from nowhere.
    pub(super) fn post_again(&mut self, placed: &Placed<'_, stock::Body>) {
        use crate::field::stock::{Line, Movement};
        use crate::local::request::MovementKind;
        let stock::Body::Arrival(arrival) = placed.body else { return };
        if self.broken != Some(Broken::Waybills) {
            return;
        }
        let waybill = arrival.waybill.in_lane(crate::base::ids::Lane::Stock);
        let Some(waybill) = self.ledger.waybill(waybill) else { return };
        let body = stock::Body::Movement(Movement {
            kind: MovementKind::Receive,
            depot: arrival.to,
            lines: waybill.lines.iter().take(1).cloned().collect::<Vec<Line>>(),
            party: String::new(),
            note: String::new(),
        });
        let id = RecordId { seq: placed.id.seq | 1 << 31, ..placed.id };
        self.ledger.apply(Placed { id, body: &body, at: placed.at, person: placed.person }, true);
    }
}
