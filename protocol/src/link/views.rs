//! What one contact holds of every lane, and when the first of these views must be looked at. A
//! contact of a district has hundreds of lanes and is asked for every frame, so the moment is kept
//! until a view may have changed. What a view means is in [`super::view`].

use std::collections::BTreeMap;

use crate::base::ids::LaneId;
use crate::base::time::Mono;
use crate::link::view::View;

/// The views of one contact.
#[derive(Clone, Debug, Default)]
pub struct Views {
    views: BTreeMap<LaneId, View>,
    /// When one of them must be looked at, for this much else on the air (`busy_ms`); unknown once
    /// a view may have changed.
    due: Option<(u64, Option<Mono>)>,
}

impl Views {
    /// All of them.
    pub fn all(&self) -> &BTreeMap<LaneId, View> {
        &self.views
    }

    /// All of them, to be changed.
    pub fn change(&mut self) -> &mut BTreeMap<LaneId, View> {
        self.due = None;
        &mut self.views
    }

    /// When the first of them must be looked at.
    pub fn next_deadline(&self, busy_ms: u64) -> Option<Mono> {
        match self.due {
            Some((busy, due)) if busy == busy_ms => due,
            Some(_) | None => {
                self.views.values().filter_map(|view| view.next_deadline(busy_ms)).min()
            }
        }
    }

    /// None of them must be looked at now.
    pub fn is_quiet(&mut self, now: Mono, busy_ms: u64) -> bool {
        let due = self.next_deadline(busy_ms);
        self.due = Some((busy_ms, due));
        due.is_none_or(|due| due > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::{DeviceId, Lane};

    #[test]
    fn the_moment_is_found_anew_after_every_change() {
        let lane = |author| LaneId::first(DeviceId(author), Lane::Command);
        let mut views = Views::default();
        assert!(views.is_quiet(Mono(1_000), 0));
        views.change().entry(lane(1)).or_default().hold(Some(Mono(5_000)));
        assert!(views.is_quiet(Mono(4_999), 0) && !views.is_quiet(Mono(5_000), 0));
        views.change().entry(lane(2)).or_default().hold(Some(Mono(3_000)));
        assert_eq!(views.next_deadline(0), Some(Mono(3_000)));
        assert!(!views.is_quiet(Mono(3_000), 7));
        views.change().values_mut().for_each(|view| view.hold(None));
        assert!(views.is_quiet(Mono(9_000), 7));
    }
}
