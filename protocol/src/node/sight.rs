//! What a simulator may look at without touching the node: the book, the board, the ledger and
//! the rows that its screens would show. Read only; nothing here changes what the node does next.

use std::collections::BTreeSet;

use crate::base::ids::{SpokenId, UnitId};
use crate::base::time::Wall;
use crate::field::order::words::Words;
use crate::field::stock::Ledger;
use crate::keys::group::GroupRing;
use crate::local::request::{OrderKind, Rung};
use crate::local::rows::{BearerRow, GroupMark, OrderRow, PeerRow, WaybillRow};
use crate::log::book::Book;
use crate::node::Node;
use crate::sync::board::Board;
use crate::sync::digest::StateHashes;

impl Node {
    /// Every lane that this node has.
    pub fn book(&self) -> &Book {
        &self.book
    }

    /// Every register that this node knows.
    pub fn board(&self) -> &Board {
        &self.board
    }

    /// The folded stock.
    pub fn ledger(&self) -> &Ledger {
        &self.folds.ledger
    }

    /// Keys of groups that this node has.
    pub fn group_keys(&self) -> &GroupRing {
        &self.folds.ring
    }

    /// From now on nobody listens: rows are not made for local programs, and the orders that
    /// changed wait until they are taken.
    pub fn unheard(&mut self) {
        self.is_unheard = true;
    }

    /// The orders that changed since this was last asked, while nobody listens.
    pub fn take_stale_orders(&mut self) -> BTreeSet<SpokenId> {
        std::mem::take(&mut self.stale_rows)
    }

    /// The row of one order as a screen shows it now.
    pub fn shown_row(&self, id: SpokenId) -> Option<OrderRow> {
        self.order_row(id)
    }

    /// Which group an order is sealed to, and whether it is read here; none if it is not sealed.
    pub fn shown_group(&self, id: SpokenId) -> Option<GroupMark> {
        let orders = &self.folds.orders;
        let Words::Sealed(sealed) = &orders.get(id)?.order.text else { return None };
        let is_readable = !matches!(orders.words(id), Some(Words::Sealed(_)));
        Some(self.folds.directory.group_mark(sealed.group, is_readable))
    }

    /// The orders that are shown, by number.
    pub fn shown_order_ids(&self) -> Vec<SpokenId> {
        self.folds.orders.ids().collect()
    }

    /// Whether an order binds anybody or is a plea for help; none if it is not shown.
    pub fn shown_kind(&self, id: SpokenId) -> Option<OrderKind> {
        self.folds.orders.get(id).map(|issued| issued.order.kind)
    }

    /// How far each unit that answered an order has come; none if the order is not shown.
    pub fn shown_rungs(&self, id: SpokenId) -> Option<Vec<(UnitId, Rung)>> {
        self.folds.orders.rungs(id)
    }

    /// The orders as a screen shows them now, newest first.
    pub fn shown_orders(&self) -> Vec<OrderRow> {
        self.order_rows(false)
    }

    /// The orders to this machine's own unit that nobody there has answered, newest first.
    pub fn shown_unanswered(&self) -> Vec<SpokenId> {
        let (orders, directory) = (&self.folds.orders, &self.folds.directory);
        let mut open = orders.unanswered_here(directory, self.who.unit, self.now.wall.0);
        open.reverse();
        open
    }

    /// One order with its addressees and receipts, as a screen shows it now.
    pub fn shown_order(&self, id: SpokenId) -> Option<crate::local::rows::OrderDetail> {
        self.detail_of(id)
    }

    /// The waybills as a screen shows them now.
    pub fn shown_waybills(&self) -> Vec<WaybillRow> {
        self.folds.ledger.waybills(&self.folds.directory, self.now.wall.0)
    }

    /// The links as a screen shows them now.
    pub fn shown_bearers(&self) -> Vec<BearerRow> {
        self.bearer_rows()
    }

    /// Whom this node hears, as a screen shows it now.
    pub fn shown_peers(&self) -> Vec<PeerRow> {
        self.peer_rows()
    }

    /// What this node believes that others hold of the lanes of which it owes them something, for
    /// whoever looks into a made-up world: words of the program, not of any user.
    pub fn told_views(&self) -> Vec<String> {
        let contacts =
            self.links.values().flat_map(|link| link.contacts.iter().map(move |each| (link, each)));
        let owed = contacts.flat_map(|(link, (device, contact))| {
            let lanes = self.book.lanes().filter_map(|(id, lane)| {
                let view = contact.view(*id)?;
                (view.lacks(lane) > 0 || view.lacks_seal(lane)).then_some((*id, view))
            });
            lanes.map(move |(id, view)| {
                let is_due = if contact.wants(id) { "due" } else { "not due" };
                format!("{} to {device}: {id:?} {is_due} {view:?}", link.id)
            })
        });
        owed.collect()
    }

    /// What time this node took it to be when it was last spoken to.
    pub fn wall_now(&self) -> Wall {
        self.now.wall
    }

    /// The hashes of all that is verified here: what its beacons speak of.
    pub fn verified(&self) -> StateHashes {
        StateHashes { heads: self.book.verified_hash(), board: self.board.fixes_hash() }
    }

    /// True if the disk refused and the node must be started again.
    pub fn cannot_save(&self) -> bool {
        self.disk.poisoned.is_some()
    }

    /// Break this promise from now on. Only in builds that are made to see whether it is found.
    #[cfg(feature = "canaries")]
    pub fn break_promise(&mut self, broken: super::Broken) {
        self.folds.broken = Some(broken);
    }

    /// Things on their way that wait inside: requests for the disk, records for their gaps.
    pub fn waiting(&self) -> usize {
        self.disk.waiting_asks() + self.book.early_count() + self.out.len()
    }
}
