//! What goes to make room once the disk is low: of what others wrote and others hold, the words
//! that nobody needs any more. What it all meant stays, so that no screen, sum or digest changes;
//! what may go is decided here, what stays of each record in `field::bare`.
//!
//! ```text
//! first   notices (通报) that are over, after three days
//! then    orders that are over, with their answers, after thirty days
//! then    stock that a snapshot of another device covers, and snapshots that tell nothing more
//! never   what this device wrote; on the authority's machine anything; what is open or expired
//!         unanswered; admissions, revocations, the directory; the newest of each lane; what its
//!         author may not write or wrote twice; and until only orders are taken in, what a
//!         neighbour of today is known to lack
//! ```

use std::collections::{BTreeMap, BTreeSet};

use crate::base::caps::STUBS_AT_ONCE_MAX;
use crate::base::ids::{DeviceId, Lane as LaneName, LaneId, LinkId, RecordId, SpokenId};
use crate::base::room::Level;
use crate::base::time::{Hlc, Mono};
use crate::field::bare::bare;
use crate::field::body::Body;
use crate::link::contact::Contact;
use crate::local::request::OrderKind;
use crate::log::lane::Lane;
use crate::log::stub::has_room;
use crate::node::Node;
use crate::node::disk::Stored;
use crate::wire::record::Head;

/// The newest records of a lane stay: they are what neighbours lack most likely.
const NEWEST_KEPT: u32 = 32;
/// Fewer in a row cost more as a stub than they give.
const ROW_MIN: usize = 4;
/// Devices beside its author that are known to hold what goes.
const HOLDERS_MIN: usize = 2;
/// What a neighbour lacks that was heard within this time stays: often it has no other. One that is
/// away for longer gets it from its author, or from the archive.
const NEIGHBOUR_WAITS_MS: u64 = 24 * 3_600_000;
/// How long a notice stays after it is over.
const NOTICE_KEPT_MS: u64 = 3 * 24 * 3_600_000;
/// With nothing to go it is looked for so much later again.
const REST_MS: u64 = 600_000;
/// Whoever said that it does not have what it was asked for is not asked again so soon.
const ABSENT_REST_MS: u64 = 600_000;

/// What goes, in this order.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Notices,
    Orders,
    Stock,
}

const KINDS: [Kind; 3] = [Kind::Notices, Kind::Orders, Kind::Stock];

/// When room is looked for again.
#[derive(Debug, Default)]
pub(super) struct Evicting {
    rests_until: Option<Mono>,
}

/// What is the same for all records of one look.
struct Look {
    kind: Kind,
    /// Up to where stock lanes are covered by snapshots of others.
    covered: BTreeMap<LaneId, u32>,
    /// Orders whose words may go.
    over: BTreeSet<SpokenId>,
    /// Records younger than that stay.
    before: Hlc,
}

impl Node {
    /// The disk was measured: make some room if it is low.
    pub(super) fn make_room(&mut self) {
        let now = self.now.mono;
        let rests = self.evicting.rests_until.is_some_and(|until| now < until);
        let is_refused = self.disk.poisoned.is_some() || self.refold;
        if self.held.level() < Level::Low || rests || is_refused || self.keeps_everything() {
            return;
        }
        let is_made = KINDS.into_iter().any(|kind| self.evict(kind));
        self.evicting.rests_until = (!is_made).then(|| now.after_ms(REST_MS));
    }

    /// The machine with the authority's key is the archive of its network.
    fn keeps_everything(&self) -> bool {
        self.is_founder()
    }

    /// Let go what is of this kind, as much as is handed to the disk at once. True if anything.
    fn evict(&mut self, kind: Kind) -> bool {
        let look = self.look_for(kind);
        let mut rows = Vec::new();
        for (id, lane) in self.book.lanes().filter(|(id, _)| id.author != self.who.device) {
            if rows.len() >= STUBS_AT_ONCE_MAX {
                break;
            }
            self.rows_of(&look, *id, lane, &mut rows);
        }
        rows.truncate(STUBS_AT_ONCE_MAX);
        let mut is_any = false;
        for (first, left) in rows {
            let Some(stub) = self.book.evict(first, left) else { continue };
            let last = stub.last(first.seq);
            // Should the disk keep only the first of this, the stub tells that the rest went.
            self.disk.put(Stored::Stub(first, stub), false);
            (first.seq..=last).for_each(|seq| self.disk.drop_record(first.lane.at(seq)));
            is_any = true;
        }
        self.disk.meaning.evicts |= is_any;
        is_any
    }

    fn look_for(&self, kind: Kind) -> Look {
        let now_ms = self.now.wall.0;
        let kept_ms = match kind {
            Kind::Notices => NOTICE_KEPT_MS,
            Kind::Orders => self.settings.over_kept_ms,
            Kind::Stock => 0,
        };
        let before = Hlc { wall_ms: now_ms.saturating_sub(kept_ms), count: 0 };
        let (orders, directory) = (&self.folds.orders, &self.folds.directory);
        let is_old = |id: &SpokenId| {
            orders.get(*id).is_some_and(|issued| {
                let is_kind = kind == Kind::Orders || issued.order.kind == OrderKind::Update;
                is_kind && issued.at < before && orders.is_over(*id, directory, now_ms)
            })
        };
        let over = match kind {
            Kind::Notices | Kind::Orders => orders.ids().filter(is_old).collect(),
            Kind::Stock => BTreeSet::new(),
        };
        let covered = match kind {
            Kind::Notices | Kind::Orders => BTreeMap::new(),
            Kind::Stock => self.folds.reports.covered(self.who.device),
        };
        Look { kind, covered, over, before }
    }

    /// Records in a row of one lane that may go, and what is left of each.
    fn rows_of(
        &self,
        look: &Look,
        id: LaneId,
        lane: &Lane,
        rows: &mut Vec<(RecordId, Vec<Vec<u8>>)>,
    ) {
        let held = match (look.kind, id.lane) {
            (Kind::Notices | Kind::Orders, LaneName::Command) => self.held_by_enough(id),
            (Kind::Stock, LaneName::Stock) => look.covered.get(&id).copied().unwrap_or(0),
            (Kind::Notices | Kind::Orders | Kind::Stock, _) => 0,
        };
        let newest = lane.head().saturating_sub(NEWEST_KEPT);
        let last = held.min(lane.saved_sealed()).min(newest).min(self.held_by_neighbours(id));
        let mut left: Vec<Vec<u8>> = Vec::new();
        for seq in 1..=last + 1 {
            let goes = (seq <= last).then(|| self.left_of(look, lane, id.at(seq))).flatten();
            let is_row = goes.as_ref().is_some_and(|more| has_room(&left, more));
            if !is_row && !left.is_empty() {
                let whole = std::mem::take(&mut left);
                if whole.len() >= ROW_MIN {
                    rows.push((id.at(seq - whole.len() as u32), whole));
                }
                if rows.len() >= STUBS_AT_ONCE_MAX {
                    return;
                }
            }
            left.extend(goes);
        }
    }

    /// What is left of a record that may go; `None` if it stays.
    fn left_of(&self, look: &Look, lane: &Lane, id: RecordId) -> Option<Vec<u8>> {
        let (head, rest) = Head::split(lane.record(id.seq)?).ok()?;
        if head.at >= look.before || self.folds.refused.contains_key(&id) {
            return None;
        }
        let body = Body::parse(head.kind, rest).ok()?;
        let may = match &body {
            Body::Order(_) | Body::Draft(_) => look.over.contains(&id.into()),
            Body::Receipt(receipt) => look.over.contains(&receipt.order),
            Body::Cancel(cancel) => look.over.contains(&cancel.order),
            Body::SealedNote(note) => look.over.contains(&note.order),
            Body::Signature(signature) => look.over.contains(&signature.order),
            // One that is on the road is looked for by who carries it.
            Body::Stock(crate::field::stock::Body::Waybill(_)) => {
                self.folds.ledger.arrival_of(id).is_some()
            }
            Body::Stock(_) => true,
            Body::Snapshot(_) => !self.folds.reports.tells(id),
            Body::Directory(_)
            | Body::Admission(_)
            | Body::OrderKey(_)
            // A snapshot that covers its lane does not tell of its depot.
            | Body::SealedPost(_)
            | Body::Attachment(_)
            | Body::Unknown { .. } => false,
        };
        may.then(|| bare(body).map_or_else(Vec::new, |body| head.with_body(&body.packed())))
    }

    /// Up to where enough devices beside its author and this one are known to hold a lane.
    fn held_by_enough(&self, id: LaneId) -> u32 {
        let mut heads: BTreeMap<_, u32> = self.board.holders(id).collect();
        for (device, contact) in self.links.values().flat_map(|link| &link.contacts) {
            let said = contact.view(id).map_or(0, |view| view.said);
            let head = heads.entry(*device).or_default();
            *head = said.max(*head);
        }
        let is_other =
            |device: DeviceId| device != self.who.device && device != id.author && device.0 != 0;
        heads.retain(|device, _| is_other(*device));
        let mut heads: Vec<u32> = heads.into_values().collect();
        heads.sort_unstable_by_key(|head| std::cmp::Reverse(*head));
        heads.get(HOLDERS_MIN - 1).copied().unwrap_or(0)
    }

    /// Up to where no neighbour is known to lack a lane: it may be that only we can tell it. Once
    /// nothing but orders is taken in here, it goes all the same.
    fn held_by_neighbours(&self, id: LaneId) -> u32 {
        if self.held.level() == Level::OrdersOnly {
            return u32::MAX;
        }
        let contacts = self.links.values().flat_map(|link| &link.contacts);
        let is_there = |contact: &Contact| {
            contact.is_proved() && self.now.mono.since_ms(contact.heard_at) < NEIGHBOUR_WAITS_MS
        };
        // Its own records it has, or its disk lost them.
        let others = contacts.filter(|(device, _)| **device != id.author);
        let views = others.filter(|(_, contact)| is_there(contact));
        let heads = views.filter_map(|(_, contact)| contact.view(id)).map(|view| view.sealed);
        heads.min().unwrap_or(u32::MAX)
    }

    /// Records that went and never may, for whoever watches made-up worlds: of this device itself,
    /// of the directory, the newest of a lane, and orders that nobody ever answered or withdrew,
    /// while nobody was revoked who could have.
    pub fn went_wrongly(&self) -> Vec<RecordId> {
        let (orders, directory) = (&self.folds.orders, &self.folds.directory);
        let is_kept = |id: &LaneId| {
            id.author == self.who.device
                || id.lane == LaneName::Directory
                || self.keeps_everything()
        };
        let gone: Vec<_> = self.book.lanes().filter(|(_, lane)| lane.gone_count() > 0).collect();
        if gone.is_empty() {
            // Nothing ever went here: no order need be looked at.
            return Vec::new();
        }
        let wrong = gone.into_iter().filter(|(id, lane)| is_kept(id) || lane.is_gone(lane.head()));
        let mut wrong: Vec<RecordId> = wrong.map(|(id, lane)| id.at(lane.head())).collect();
        if directory.revoked().next().is_none() && self.book.forks().next().is_none() {
            // One that was over may be open again, by an answer that came later.
            let records = orders.ids().filter(|id| orders.is_untouched(*id));
            let records = records.map(|id| id.in_lane(LaneName::Command));
            wrong.extend(
                records
                    .filter(|id| self.book.lane(id.lane).is_some_and(|lane| lane.is_gone(id.seq))),
            );
        }
        wrong
    }

    /// What was asked for is not there any more. Where nobody else can answer, it is asked for
    /// again later: another link may bring it, or another neighbour.
    pub(super) fn heard_absent(&mut self, id: LinkId, first: RecordId, count: u32) {
        let next = self.book.lane(first.lane).map_or(0, |lane| lane.head()) + 1;
        let is_next = (first.seq..first.seq.saturating_add(count)).contains(&next);
        let until = self.now.mono.after_ms(ABSENT_REST_MS);
        let Some(link) = self.links.get_mut(id).filter(|link| !link.is_shared()) else { return };
        if is_next
            && link.wants.remove(&first.lane).is_some() | link.asked.contains_key(&first.lane)
        {
            link.asked.insert(first.lane, until);
        }
    }
}
