//! What waits and no link can take it, for want of anybody to take it: our own records while nobody
//! was met since the start, and our own orders whose addressees no link of ours reaches.

use std::ops::RangeInclusive;

use super::outbox::bytes_of;
use crate::base::class::Urgency;
use crate::base::ids::{Lane as LaneKind, LaneId, SpokenId};
use crate::link::state::ANYONE;
use crate::local::rows::{OutboxRow, WaitWhy};
use crate::log::lane::Lane;
use crate::node::Node;

impl Node {
    /// Rows for what waits beyond the links: lanes that nobody took yet, then orders on their way
    /// or that no terminal can show, the most urgent of each first.
    pub(super) fn beyond_rows(&self) -> Vec<OutboxRow> {
        let unmet = self.unmet();
        let mut rows: Vec<OutboxRow> = unmet
            .map(|(id, lane, mark)| row(id, lane, mark + 1..=lane.saved(), WaitWhy::Unmet))
            .collect();
        rows.sort_by_key(|row| (row.urgency, row.author, row.first));
        let mut orders: Vec<OutboxRow> = self
            .folds
            .orders
            .ids()
            .filter(|id| id.author == self.who.device)
            .flat_map(|id| self.undelivered_rows(id))
            .collect();
        orders.sort_by_key(|row| (row.urgency, row.why, row.first));
        rows.append(&mut orders);
        rows
    }

    /// How many records these lanes are.
    pub(super) fn unmet_count(&self) -> u32 {
        self.unmet().map(|(_, lane, mark)| lane.saved() - mark).fold(0, u32::saturating_add)
    }

    /// Our own lanes and what of each somebody else has verified, while nobody was met on any link.
    /// Where no other device exists nothing waits for it.
    fn unmet(&self) -> impl Iterator<Item = (LaneId, &Lane, u32)> {
        let own = self.who.device;
        let has_met = self
            .links
            .values()
            .any(|link| link.contacts.keys().any(|device| *device != ANYONE && *device != own));
        let has_others = self.folds.directory.devices().any(|(device, _)| device != own);
        let lanes =
            self.book.lanes().filter(move |(id, _)| !has_met && has_others && id.author == own);
        let marked = lanes.map(|(id, lane)| (*id, lane, self.handed.mark(*id)));
        marked.filter(|(_, lane, mark)| lane.saved() > *mark)
    }

    /// One of our orders at the units that have not got it, as far as no link can bring it there:
    /// those that others are to pass it on to, and those that have no terminal at all.
    fn undelivered_rows(&self, id: SpokenId) -> Vec<OutboxRow> {
        let (orders, directory) = (&self.folds.orders, &self.folds.directory);
        let record = id.in_lane(LaneKind::Command);
        let Some(lane) = self.book.lane(record.lane) else { return Vec::new() };
        let delivered = |unit, id| self.is_delivered(unit, id);
        let missing = orders.undelivered(id, directory, self.now.wall.0, &delivered);
        let is_met = |device| self.links.values().any(|link| link.contacts.contains_key(&device));
        let is_handed = self.handed.mark(record.lane) >= record.seq;
        let (mut relayed, mut without) = (Vec::new(), Vec::new());
        for unit in missing {
            let mut devices = directory.devices_of(unit).peekable();
            if devices.peek().is_none() {
                without.push(directory.unit_name(unit));
            } else if is_handed && !devices.any(is_met) {
                relayed.push(directory.unit_name(unit));
            }
        }
        [(WaitWhy::Relayed, relayed), (WaitWhy::NoTerminal, without)]
            .into_iter()
            .filter(|(_, to)| !to.is_empty())
            .map(|(why, to)| OutboxRow {
                to,
                ..row(record.lane, lane, record.seq..=record.seq, why)
            })
            .collect()
    }
}

/// Records of one lane for which there is no link.
fn row(id: LaneId, lane: &Lane, span: RangeInclusive<u32>, why: WaitWhy) -> OutboxRow {
    let urgency = span.clone().map(|seq| lane.urgency(seq)).min();
    OutboxRow {
        link: None,
        link_name: String::new(),
        urgency: urgency.unwrap_or(Urgency::Report),
        what: format!("{:?}", id.lane).to_lowercase(),
        author: id.author,
        incarnation: id.incarnation,
        first: *span.start(),
        last: *span.end(),
        bytes: bytes_of(lane, span),
        tries: 0,
        to: Vec::new(),
        why,
        ahead: 0,
        by: None,
        at_ms: None,
    }
}
