//! The folds of a node: verified records go in, in any order across lanes; screens are read off.
//! Keeps count of what each lane has had folded. A change of the directory folds all anew, so that
//! roles and names of today decide, whatever came first.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::caps::REFUSED_MAX;
use crate::base::ids::{Lane, LaneId, RecordId};
use crate::base::roles::Roles;
use crate::base::time::Hlc;
use crate::field::attachment::Shelf;
use crate::field::body::{Body, Placed};
use crate::field::directory::{Directory, Member};
use crate::field::order::{OrderBoard, key};
use crate::field::rights;
use crate::field::stock::{self, Ledger, Reports};
use crate::field::track::Tracks;
use crate::keys::group::GroupRing;
use crate::log::book::Book;
use crate::log::lane::Lane as LaneLog;
use crate::node::folds::order_keys::OrderKeys;
use crate::wire::record::Head;

pub(super) mod canary;
mod issued;
mod order_keys;
mod sealed;

/// How far a lane has been folded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Mark {
    verified: u32,
    provisional: u32,
}

/// State made of records.
#[derive(Debug, Default)]
pub struct Folds {
    /// The keys of groups that this device has; its own records need nobody's word to count.
    pub ring: GroupRing,
    /// Who is who.
    pub directory: Directory,
    /// The keys that orders are under.
    pub order_keys: OrderKeys,
    /// Orders and their answers.
    pub orders: OrderBoard,
    /// Attachments.
    pub shelf: Shelf,
    /// Stock.
    pub ledger: Ledger,
    /// What snapshots tell of stock.
    pub reports: Reports,
    /// Positions.
    pub tracks: Tracks,
    /// Records that their author may not write, with the reason word; kept as evidence.
    pub refused: BTreeMap<RecordId, &'static str>,
    /// Admissions by issuers that count.
    admissions: BTreeSet<RecordId>,
    marks: BTreeMap<LaneId, Mark>,
    /// Latest time of any record folded.
    pub latest: Hlc,
    /// The promise that is broken on purpose.
    #[cfg(feature = "canaries")]
    pub broken: Option<canary::Broken>,
}

/// What one folding changed.
#[derive(Debug, Default)]
pub struct Folded {
    /// Verified records taken in, in order.
    pub records: Vec<RecordId>,
    /// The directory changed.
    pub directory: bool,
}

impl Folds {
    /// Nothing folded yet, on the device that this ring is of.
    pub fn new(ring: GroupRing) -> Folds {
        Folds { ring, ..Folds::default() }
    }

    /// Fold what is new and verified in these lanes.
    pub fn advance(&mut self, book: &Book, lanes: impl IntoIterator<Item = LaneId>) -> Folded {
        let mut folded = Folded::default();
        let (directory, rest): (Vec<_>, Vec<_>) =
            lanes.into_iter().partition(|id| id.lane == Lane::Directory);
        for id in directory {
            folded.directory |= self.advance_directory(book, id, &mut folded.records);
        }
        folded.directory |= self.issuers_wrote(book, &rest);
        if folded.directory {
            self.admit_anew(book);
            let before = self.marks.clone();
            self.fold_anew(book, &before, &mut folded.records);
        } else {
            for id in rest {
                self.advance_lane(book, id, &mut folded.records);
            }
        }
        folded
    }

    /// Fold everything from the start: something that was folded does not count any more.
    pub fn anew(&mut self, book: &Book) -> Folded {
        let mut folded = Folded { directory: true, ..Folded::default() };
        let before = std::mem::take(&mut self.marks);
        self.directory = Directory::default();
        for (id, _) in book.directory_lanes() {
            self.advance_directory(book, *id, &mut Vec::new());
        }
        self.admit_anew(book);
        self.fold_anew(book, &before, &mut folded.records);
        folded
    }

    fn advance_directory(&mut self, book: &Book, id: LaneId, records: &mut Vec<RecordId>) -> bool {
        let Some(lane) = book.lane(id) else { return false };
        let mark = self.marks.entry(id).or_default();
        let mut changed = false;
        for seq in mark.verified + 1..=lane.saved_sealed() {
            mark.verified = seq;
            let Some((head, body)) = parse(lane, seq) else { continue };
            if let Body::Directory(entries) = &body {
                changed |= self.directory.apply_record(seq, entries);
            }
            self.latest = self.latest.max(head.at);
            records.push(id.at(seq));
        }
        changed
    }

    /// Everything but the directory and the board, from the start.
    fn fold_anew(
        &mut self,
        book: &Book,
        before: &BTreeMap<LaneId, Mark>,
        records: &mut Vec<RecordId>,
    ) {
        self.order_keys = OrderKeys::default();
        self.orders = OrderBoard::new();
        self.ledger = Ledger::new();
        self.reports = Reports::default();
        self.shelf = Shelf::default();
        self.refused.clear();
        let directory = &self.directory;
        self.ring.learn(directory.wraps_for(self.ring.own()));
        self.marks.retain(|id, _| id.lane == Lane::Directory);
        let mut all = Vec::new();
        for (id, _) in book.lanes() {
            if id.lane != Lane::Directory {
                self.advance_lane(book, *id, &mut all);
            }
        }
        let known =
            |id: &RecordId| before.get(&id.lane).is_some_and(|mark| id.seq <= mark.verified);
        records.extend(all.into_iter().filter(|id| !known(id)));
    }

    fn advance_lane(&mut self, book: &Book, id: LaneId, records: &mut Vec<RecordId>) {
        let Some(lane) = book.lane(id) else { return };
        let mut mark = self.marks.get(&id).copied().unwrap_or_default();
        let is_own = id.author == self.ring.own();
        let verified = if is_own { lane.saved() } else { lane.saved_sealed() };
        for seq in mark.verified + 1..=verified {
            self.take_in(lane, id.at(seq), true);
            records.push(id.at(seq));
            mark.verified = seq;
        }
        mark.provisional = mark.provisional.max(mark.verified);
        for seq in mark.provisional + 1..=lane.saved() {
            self.take_in(lane, id.at(seq), false);
            mark.provisional = seq;
        }
        self.marks.insert(id, mark);
    }

    fn take_in(&mut self, lane: &LaneLog, id: RecordId, verified: bool) {
        if lane.left(id.seq).is_none() {
            // It went to make room, and nothing of it counts any more.
            return;
        }
        let Some((head, body)) = parse(lane, id.seq) else {
            self.refuse(id, "unreadable");
            return;
        };
        if verified {
            self.latest = self.latest.max(head.at);
        }
        let Some(member) = self.author_of(id, &body) else { return };
        let (at, person) = (head.at, &head.person);
        match &body {
            Body::OrderKey(word) if verified => self.order_keys.apply(id, word),
            Body::Admission(device) if verified => self.weigh_admission(id, at, device),
            Body::Order(body) => {
                let placed = Placed { id, at, person, body };
                match verified {
                    true => self.orders.apply_order(&placed, member.unit),
                    false => self.orders.apply_provisional(&placed, member.unit),
                };
                self.reveal(id, body);
            }
            Body::Draft(body) if verified => {
                self.orders.apply_draft(&Placed { id, at, person, body }, member.unit);
                self.reveal(id, body);
            }
            Body::Signature(body) if verified => {
                self.orders.apply_signature(&Placed { id, at, person, body }, member.unit);
            }
            Body::Cancel(body) if verified => {
                let by_authority = member.roles.has(Roles::AUTHORITY);
                self.orders.apply_cancel(
                    &Placed { id, at, person, body },
                    member.unit,
                    by_authority,
                );
            }
            Body::Receipt(body) if verified => {
                self.orders.apply_receipt(&Placed { id, at, person, body }, member.unit);
            }
            Body::SealedNote(note) if verified => self.take_note(id, note),
            Body::Attachment(body) if verified => {
                self.shelf.apply(&Placed { id, at, person, body });
            }
            Body::Stock(body) => self.take_stock(&Placed { id, at, person, body }, verified),
            Body::Snapshot(body) if verified => {
                self.reports.apply(&Placed { id, at, person, body });
            }
            Body::SealedPost(body) => self.take_post(&Placed { id, at, person, body }, verified),
            Body::Draft(_)
            | Body::SealedNote(_)
            | Body::Snapshot(_)
            | Body::Signature(_)
            | Body::Cancel(_)
            | Body::Receipt(_)
            | Body::Admission(_)
            | Body::OrderKey(_)
            | Body::Attachment(_)
            | Body::Directory(_)
            | Body::Unknown { .. } => {}
        }
    }

    fn take_stock(&mut self, placed: &Placed<'_, stock::Body>, verified: bool) {
        self.ledger.apply(placed.with(placed.body), verified);
        if verified {
            self.post_again(placed);
        }
    }

    /// The author of a record, if it may write such a body there.
    fn author_of(&mut self, id: RecordId, body: &Body) -> Option<Member> {
        if body.lane().is_some_and(|lane| lane != id.lane.lane) {
            self.refuse(id, "wrong_lane");
            return None;
        }
        let member = self.directory.member(id.lane.author)?;
        if self.directory.is_disowned(id) {
            self.refuse(id, "revoked");
            return None;
        }
        if let Err(why) = rights::allowed(&member, body, &self.directory)
            && !self.overlooks_roles()
        {
            self.refuse(id, why.word());
            return None;
        }
        if key::binds(body) && !self.order_keys.may_bind(id) {
            self.refuse(id, "needs_order_key");
            return None;
        }
        Some(member)
    }

    fn refuse(&mut self, id: RecordId, why: &'static str) {
        if self.refused.len() < REFUSED_MAX {
            self.refused.insert(id, why);
        }
    }
}

/// Head and body of a record of the chain; of one that went to make room, what is left of it.
pub fn parse(lane: &LaneLog, seq: u32) -> Option<(Head, Body)> {
    let (head, rest) = Head::split(lane.left(seq)?).ok()?;
    let body = Body::parse(head.kind, rest).ok()?;
    Some((head, body))
}
