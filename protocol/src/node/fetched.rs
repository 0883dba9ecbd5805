//! What went here to make room, and a neighbour lacks: it is fetched from somebody else who has it,
//! and takes its old place, checked against the chain. That neighbour may hear nobody but us.
//!
//! ```text
//! a neighbour asks for what went ──→ told that it is not here (`lists.absent`)
//!        └──→ room for it, and another has verified it ──→ asked of that one
//!                  all of a row is here, and fits its stub ──→ on the disk, and on to who asked
//! ```
//!
//! Nothing is remembered of who asked: what is missing there goes to it as soon as it is here, and
//! stays until it is held there (`held_by_neighbours`).

use std::collections::BTreeMap;

use crate::base::caps::ROWS_FETCHED_MAX;
use crate::base::ids::{DeviceId, LaneId, LinkId, RecordId};
use crate::base::room::Level;
use crate::base::time::Mono;
use crate::link::state::Link;
use crate::node::Node;
use crate::node::disk::Stored;
use crate::node::said::urgency;
use crate::wire::bundle::Run;

/// What was asked for has so long to come before another is asked, or the same one again, ms.
const FETCH_EVERY_MS: u64 = 60_000;
/// A row of which nothing came for so long makes room for another, ms.
const FETCH_LAPSES_MS: u64 = 3_600_000;
/// Links are compared by what so many bytes cost.
const PRICED_BYTES: u64 = 1000;

/// Rows of records that are fetched again, one of a lane.
#[derive(Debug, Default)]
pub(super) struct Fetched {
    rows: BTreeMap<LaneId, Row>,
}

/// The records under one stub.
#[derive(Debug)]
struct Row {
    first: u32,
    last: u32,
    /// Those that are here again, in order.
    records: Vec<Vec<u8>>,
    /// When the last of them came, or this was begun.
    came_at: Mono,
    asked_at: Option<Mono>,
    /// Times that somebody was asked: each time it is the next one of those who have it.
    asks: usize,
}

impl Row {
    fn new(first: u32, last: u32, now: Mono) -> Row {
        Row { first, last, records: Vec::new(), came_at: now, asked_at: None, asks: 0 }
    }

    /// Ask for what is not here of it, if there is a link for that.
    fn ask(&mut self, lane: LaneId, link: Option<&mut Link>, now: Mono) {
        if let Some(link) = link {
            link.doubt(lane.at(self.next()), self.last, now);
            self.asked_at = Some(now);
        }
    }

    fn next(&self) -> u32 {
        self.first + self.records.len() as u32
    }
}

impl Node {
    /// A neighbour asked for this record, which went here: fetch the row that it stands in, unless
    /// it would go again at once.
    pub(super) fn fetch_for(&mut self, link: LinkId, sender: DeviceId, wanted: RecordId) {
        let asker = self.links.get(link).and_then(|link| link.contacts.get(&sender));
        let stays = asker.is_some_and(|asker| asker.is_proved());
        if stays && self.held.level() < Level::OrdersOnly {
            self.fetch(wanted, Some(sender));
        }
    }

    fn fetch(&mut self, wanted: RecordId, asker: Option<DeviceId>) {
        let (now, lane) = (self.now.mono, wanted.lane);
        let row = self.book.lane(lane).and_then(|held| held.row_around(wanted.seq));
        let Some((first, last)) = row else { return };
        let who = self.who_has(lane.at(last), asker);
        let rows = &mut self.fetched.rows;
        rows.retain(|_, row| now.since_ms(row.came_at) < FETCH_LAPSES_MS);
        let has_room = rows.contains_key(&lane) || rows.len() < ROWS_FETCHED_MAX;
        if who.is_empty() || !has_room {
            return;
        }
        let row = rows.entry(lane).or_insert_with(|| Row::new(first, last, now));
        // Who asks for another row of this lane asks again.
        if row.first == first && row.asked_at.is_none_or(|at| now.since_ms(at) >= FETCH_EVERY_MS) {
            let link = who[row.asks % who.len()];
            row.asks += 1;
            row.ask(lane, self.links.get_mut(link), now);
        }
    }

    /// By which links this record can be had, with all before it: of those who are there and said
    /// that they verified it, what costs least first, and then its author, who never lets go.
    fn who_has(&self, record: RecordId, asker: Option<DeviceId>) -> Vec<LinkId> {
        let now = self.now.mono;
        let mut who = Vec::new();
        for link in self.links.values().filter(|link| link.up) {
            for (device, contact) in &link.contacts {
                let said = contact.view(record.lane).map_or(0, |view| view.said.min(view.head));
                let is_there = now.since_ms(contact.heard_at) <= link.live_ms();
                if said >= record.seq && is_there && Some(*device) != asker {
                    let price = link.profile.price.micro_yuan(PRICED_BYTES);
                    who.push((price, *device != record.lane.author, *device, link.id));
                }
            }
        }
        who.sort_unstable();
        who.into_iter().map(|(.., link)| link).collect()
    }

    /// A run was heard: it may be of a row that is fetched.
    pub(super) fn take_fetched(&mut self, link: LinkId, run: &Run) {
        let now = self.now.mono;
        let Some(row) = self.fetched.rows.get_mut(&run.lane) else { return };
        let next = row.next();
        let fresh = (run.first..=row.last).zip(&run.records).filter(|(seq, _)| *seq >= next);
        if run.first > next || fresh.clone().next().is_none() {
            return;
        }
        row.records.extend(fresh.map(|(_, record)| record.clone()));
        row.came_at = now;
        if row.next() <= row.last {
            // Where more was under way than a link says without an ack, the rest is asked for.
            let link = self.links.get_mut(link);
            let is_late = |link: &&mut Link| {
                row.asked_at.is_none_or(|at| now.since_ms(at) >= link.pause_ms(0))
            };
            row.ask(run.lane, link.filter(is_late), now);
            return;
        }
        let Some(row) = self.fetched.rows.remove(&run.lane) else { return };
        self.put_back(link, run.lane, &row);
    }

    /// All of a row is here again.
    fn put_back(&mut self, link: LinkId, lane: LaneId, row: &Row) {
        if !self.book.refill(lane.at(row.first), &row.records, &urgency) {
            // Nobody sealed it: it is forged, or of another story.
            return self.note_dropped(link, "not_what_went");
        }
        for (seq, record) in (row.first..).zip(&row.records) {
            self.disk.put(Stored::Record(lane.at(seq), record.clone()), false);
        }
        // Should the disk keep only some of them, the stub tells as before.
        self.disk.drop_stub(lane.at(row.first));
        // What is read of them now is more than what was left.
        self.refold = true;
        if let Some(link) = self.links.get_mut(link) {
            link.end_doubt(lane);
        }
        // Whoever asked lacks what stands behind as well, most likely.
        self.fetch(lane.at(row.last + 1), None);
    }
}
