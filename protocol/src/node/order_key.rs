//! The order key of this device: opened and closed by whoever keeps the passphrase, named to the
//! others once, and needed from then on for whatever binds them.

use crate::base::ids::{Lane, LaneId};
use crate::base::roles::Roles;
use crate::field::body::Body;
use crate::field::order::OrderKey;
use crate::keys::sign::PUBLIC_BYTES;
use crate::keys::subtree::TreeMaster;
use crate::local::{Refusal, RefusalCode};
use crate::node::Node;
use crate::node::input::OrderSeed;
use crate::wire::record::Person;

impl Node {
    /// The passphrase was given, or its time is up.
    pub(super) fn order_key_moved(&mut self, seed: Option<&OrderSeed>) {
        self.who.set_order_key(seed.map(|seed| seed.0));
        self.name_order_key();
        if self.who.order_key().is_some() {
            // An order that a crash left without its seal.
            self.seal_own_leftovers();
        }
    }

    /// The same of the authority's key. What it owes to others since is written now.
    pub(super) fn authority_key_moved(&mut self, seed: Option<&OrderSeed>) {
        self.who.set_authority(seed.map(|seed| seed.0));
        let Some((_, seed)) = self.who.authority() else { return };
        // Its own way in the tree is kept, to follow its own rekeys when it starts without this.
        let master = TreeMaster::new(self.settings.suite, self.who.network, seed);
        let epoch = self.turns.epochs.turn().epoch;
        self.turns.epochs.give_path(master.path(self.who.device, epoch));
        self.keep_epochs();
        self.seal_own_leftovers();
        self.provide_newcomers();
    }

    /// Tell the others under which key our orders are from now on, if that was not done and there
    /// may be orders. The word stands in both lanes in which orders stood so far, so that nobody
    /// who holds the device's key alone can go on there.
    pub(super) fn name_order_key(&mut self) {
        let Some(public) = self.who.order_key().map(|key| key.public()) else { return };
        let member = self.folds.directory.member(self.who.device);
        let may_bind = member.is_some_and(|member| member.roles.has_any(Roles::BINDS));
        if !may_bind || self.own_order_key().is_some() || self.writable().is_err() {
            return;
        }
        let word = Body::OrderKey(OrderKey { public });
        let device = self.who.device;
        for lane in [LaneId::first(device, Lane::Command), LaneId::flash(device)] {
            self.write_in(lane, &word, Person::Nobody, true);
        }
        self.who.named_order_key = Some(public);
    }

    /// The order key that this device named, on its way to the disk or beyond.
    fn own_order_key(&self) -> Option<[u8; PUBLIC_BYTES]> {
        self.folds.order_keys.of(self.who.device).copied().or(self.who.named_order_key)
    }

    /// Whether what binds others is under the order key here.
    ///
    /// # Errors
    /// It is, and that key is closed, or is not the one that the others know.
    pub(super) fn order_key_is_open(&mut self) -> Result<bool, Refusal> {
        self.name_order_key();
        let open = self.who.order_key().map(|key| key.public());
        match (self.own_order_key(), open) {
            (None, _) => Ok(false),
            (Some(named), Some(open)) if named == open => Ok(true),
            (Some(_), Some(_)) => Err(Refusal::new(
                RefusalCode::NotAllowed,
                "本机的指令密钥不是已公布的那一把(保险箱文件被换过?)，下达的指令别处不会承认。\
                 未发出；请换终端下令，并重新入网。",
                "The order key here is not the one that the others know (was the vault's file \
                 replaced?): they would not take orders under it. Not sent; use another device, \
                 and enrol this one anew.",
            )),
            (Some(_), None) => Err(Refusal::orders_locked()),
        }
    }
}
