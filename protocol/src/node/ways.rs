//! Which ways lead to whom: who is heard on which link, and who brought the newest order of each
//! lane. What follows from it is in `sync::heading`.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::ids::{DeviceId, Lane, LaneId, LinkId};
use crate::base::time::Mono;
use crate::link::state::ANYONE;
use crate::node::Node;
use crate::sync::heading::Headings;

/// Who is heard is counted so often at most, ms, while something is to be said of who holds
/// orders; at once when somebody is met or a link goes.
const COUNT_EVERY_MS: u64 = 5_000;
/// The same while nothing is to be said: somebody may have left.
const COUNT_QUIET_MS: u64 = 5 * 60_000;

/// The ways, and when who is heard was counted last.
#[derive(Debug)]
pub(super) struct Ways {
    headings: Headings,
    /// When, and at which change of the board.
    counted: Option<(Mono, u64)>,
}

impl Ways {
    pub(super) fn new(own: DeviceId) -> Ways {
        Ways { headings: Headings::new(own), counted: None }
    }

    pub(super) fn headings(&self) -> &Headings {
        &self.headings
    }

    /// Somebody came or a link went: count again.
    pub(super) fn forget_count(&mut self) {
        self.counted = None;
    }
}

impl Node {
    /// Count who is heard, if that was long ago.
    pub(super) fn look_for_ways(&mut self) {
        let (now, changes) = (self.now.mono, self.board.changes());
        if let Some((at, seen)) = self.ways.counted {
            let every_ms = if seen == changes { COUNT_QUIET_MS } else { COUNT_EVERY_MS };
            if now.since_ms(at) < every_ms {
                return;
            }
        }
        self.ways.counted = Some((now, changes));
        let mut present: BTreeMap<DeviceId, BTreeSet<LinkId>> = BTreeMap::new();
        for link in self.links.values().filter(|link| link.up) {
            for device in link.live(now).filter(|device| *device != ANYONE) {
                present.entry(device).or_default().insert(link.id);
            }
        }
        self.ways.headings.note_present(present);
    }

    /// This device brought more of a lane than the `before` that we had.
    pub(super) fn note_source(&mut self, sender: DeviceId, id: LaneId, before: u32) {
        let head = self.book.lane(id).map_or(0, |lane| lane.head());
        if id.lane == Lane::Command && head > before {
            self.ways.headings.note_source(id, sender);
        }
    }
}
