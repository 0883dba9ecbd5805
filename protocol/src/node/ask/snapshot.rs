//! Snapshots of stock, asked for and written; and how far the stock lanes here are to be relied on.

use crate::base::caps::SNAPSHOT_PAGES_MAX;
use crate::base::ids::{Lane, LaneId};
use crate::field::body::Body;
use crate::field::order::draft::person;
use crate::field::rights::may_post;
use crate::field::stock::snapshot::take;
use crate::local::{Refusal, RefusalCode};
use crate::node::Node;
use crate::node::ask::Answer;

impl Node {
    /// Write what lies in every depot that this device may post for, under one seal. A depot of
    /// which this node itself has only what another told is left out: nobody vouches for hearsay.
    pub(super) fn snapshot_stock(&mut self, named: Option<&str>) -> Result<Answer, Refusal> {
        self.writable()?;
        let directory = &self.folds.directory;
        let member = directory.member(self.who.device).ok_or_else(no_rows)?;
        let hearsay = self.folds.reports.in_force(&|lane| self.stock_held(lane));
        let may_tell = |depot| {
            // A snapshot is for everybody: what is sealed to a group does not stand in it.
            !hearsay.contains(&depot)
                && may_post(&member, depot, directory).is_ok()
                && directory.group_of_depot(depot).is_none()
                && !self.folds.ledger.was_sealed(depot)
        };
        let lane = LaneId::first(self.who.device, Lane::Stock);
        let (heads, now_ms) = (self.stock_heads(), self.now.wall.0);
        let pages = take::pages(&self.folds.ledger, may_tell, &heads, lane, now_ms);
        if pages.len() > SNAPSHOT_PAGES_MAX {
            return Err(too_long(pages.len()));
        }
        let person = person(named, self.operator(), directory)?;
        let count = pages.len();
        let mut last = None;
        for page in pages {
            last = Some(self.write(Lane::Stock, &Body::Snapshot(page), person.clone(), false));
        }
        let id = last.ok_or_else(no_rows)?;
        self.seal_now(lane);
        Ok(Answer::saved(id, count))
    }

    /// How far this stock lane is known here for good. Of one whose author told two stories no
    /// more will ever come, so nothing waits for it.
    pub(super) fn stock_held(&self, lane: LaneId) -> u32 {
        let is_own = lane.author == self.who.device;
        self.book.lane(lane).map_or(0, |lane| match (lane.fork(), is_own) {
            (Some(_), _) => u32::MAX,
            (None, true) => lane.saved(),
            (None, false) => lane.saved_sealed(),
        })
    }
}

fn no_rows() -> Refusal {
    Refusal::new(
        RefusalCode::NotAllowed,
        "本终端可记账的储备库都没有可报的库存。请在保管单位或全区记账的终端上做快照。",
        "There is no stock to tell of in any depot that this device may post for. Take the \
         snapshot on a device of the custodian, or on one that posts for all depots.",
    )
}

fn too_long(pages: usize) -> Refusal {
    Refusal::new(
        RefusalCode::TooLong,
        format!("快照需 {pages} 页，最多 {SNAPSHOT_PAGES_MAX} 页。请由各保管单位分别做快照。"),
        format!(
            "The snapshot would take {pages} pages of at most {SNAPSHOT_PAGES_MAX}. Let the \
             custodians take their own."
        ),
    )
}
