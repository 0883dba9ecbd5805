//! Asks the buckets of `log::share` for every record that is heard, and tells people whose are
//! full, and whose clocks are ahead. What is refused here is neither stored nor passed on.

use std::collections::BTreeMap;

use crate::base::ids::{DeviceId, LaneId, LinkId, RecordId};
use crate::base::time::HLC_PULL_MAX_MS;
use crate::local::rows::{ClockRow, ShareRow};
use crate::log::lane::Offered;
use crate::node::Node;
use crate::node::said::urgency;
use crate::wire::record::Head;

/// How long ago a record was made, by the clocks of its author and of this machine; 0 if it lies
/// ahead, and for what cannot be read.
fn age_ms(wall_ms: u64, record: &[u8]) -> u64 {
    Head::split(record).map_or(0, |(head, _)| wall_ms.saturating_sub(head.at.wall_ms))
}

impl Node {
    /// Take in one record that was heard.
    pub(super) fn heard_record(&mut self, link: LinkId, id: RecordId, record: &[u8]) {
        match self.offer_within_share(id, record) {
            Some(Offered::New | Offered::Early | Offered::Known) => {}
            Some(Offered::Conflict) => self.note_dropped(link, "conflict"),
            Some(Offered::NoRoom) => self.note_dropped(link, "no_room"),
            Some(Offered::Frozen) => self.note_dropped(link, "forked"),
            None => self.note_dropped(link, "over_share"),
        }
    }

    /// Offer a record to the book; `None` if its author is over its share, and nothing was done.
    pub(super) fn offer_within_share(&mut self, id: RecordId, record: &[u8]) -> Option<Offered> {
        if !self.is_within_share(id, record) {
            return None;
        }
        let offered = self.book.offer(id, record, &urgency);
        if offered == Offered::New {
            self.charge_share(id.lane);
        }
        Some(offered)
    }

    /// True if the next record of a lane may be stored and passed on: its author is within its
    /// share. Records that are here already, that come early or that are our own are no question.
    fn is_within_share(&mut self, id: RecordId, record: &[u8]) -> bool {
        let lane = self.book.lane(id.lane);
        if id.lane.author == self.who.device || id.seq != lane.map_or(0, |lane| lane.head()) + 1 {
            return true;
        }
        let (now, age_ms) = (self.now.mono, age_ms(self.now.wall.0, record));
        self.shares.allows(id.lane, lane, record.len(), age_ms, now)
    }

    /// A record of another was taken: its author is charged for it and for what waited behind it.
    fn charge_share(&mut self, id: LaneId) {
        if id.author == self.who.device {
            return;
        }
        let wall_ms = self.now.wall.0;
        if let Some(lane) = self.book.lane(id) {
            self.shares.charge(id, lane, &|record| age_ms(wall_ms, record), self.now.mono);
        }
    }

    /// Whose lanes are full.
    pub(super) fn over_share_rows(&self) -> Vec<ShareRow> {
        let now = self.now.mono;
        let over = self.shares.over(now);
        over.map(|(id, over)| ShareRow {
            device: id.author,
            unit_name: self.folds.directory.device_unit_name(id.author),
            lane: format!("{:?}", id.lane).to_lowercase(),
            refused: over.refused,
            wait_s: self.shares.wait_until(id, now).map_or(0, |at| at.since_ms(now) / 1000),
        })
        .collect()
    }

    /// Whose newest verified record lies ahead of this machine's clock, by more than what another
    /// clock may pull ours.
    pub(super) fn clock_rows(&self) -> Vec<ClockRow> {
        let mut newest: BTreeMap<DeviceId, u64> = BTreeMap::new();
        for (id, lane) in self.book.lanes().filter(|(id, _)| id.author != self.who.device) {
            let last = lane.record(lane.saved_sealed()).and_then(|record| Head::split(record).ok());
            if let Some((head, _)) = last {
                let known = newest.entry(id.author).or_default();
                *known = (*known).max(head.at.wall_ms);
            }
        }
        let now_ms = self.now.wall.0;
        let ahead = newest.into_iter().filter(|(_, at)| *at > now_ms + HLC_PULL_MAX_MS);
        ahead
            .map(|(device, at)| ClockRow {
                device,
                unit_name: self.folds.directory.device_unit_name(device),
                ahead_s: (at - now_ms) / 1000,
            })
            .collect()
    }
}
