//! Who is heard on a link for the first time, or again after long, and what it is told.

use crate::base::ids::{DeviceId, LinkId};
use crate::link::state::ANYONE;
use crate::link::turns::CROWD_MIN;
use crate::node::Node;
use crate::wire::bundle::Holding;

impl Node {
    /// A device was heard on a link; local programs are told if that is news of it or of the link.
    /// True if it is new there, or was away for long.
    pub(super) fn meet(&mut self, id: LinkId, sender: DeviceId) -> bool {
        let Some(link) = self.links.get_mut(id) else { return false };
        let was_doubtful = link.quality.is_doubtful();
        // On a link of two it is the one to whom all was said so far.
        let is_stranger = !link.contacts.contains_key(&sender)
            && (link.is_shared() || !link.contacts.contains_key(&ANYONE));
        let is_met = link.hear(sender, &self.book, self.now, &mut self.dice);
        if is_stranger {
            self.say_unheld(id, sender);
        }
        if is_met {
            // It may not have heard our start.
            self.links.get_mut(id).into_iter().for_each(|link| link.numbers.owe());
            self.ways.forget_count();
            self.feed_peer(id, sender);
        }
        if was_doubtful {
            self.feed_bearer(id);
        }
        is_met
    }

    /// One who acknowledges in a crowd what we hold ourselves, or more, is no newcomer: it kept
    /// silent so far because others spoke for it.
    pub(super) fn is_one_of_us(&self, id: LinkId, acked: &Holding) -> bool {
        let is_crowd = self.links.get(id).is_some_and(|l| l.crowd(self.now.mono) >= CROWD_MIN);
        let ours = self.book.lane(acked.lane).map_or(0, |lane| lane.saved_sealed());
        is_crowd && acked.sealed >= ours
    }

    /// Tell somebody new what we hold.
    pub(super) fn greet(&mut self, id: LinkId) {
        let (now, version) = (self.now.mono, self.book.version());
        let Some(link) = self.links.get_mut(id) else { return };
        link.trickle.reset(now, &mut self.dice);
        if !link.has_just_said_digest(version, now) {
            link.digest_at = Some(link.beacon_soon(now, &mut self.dice));
            link.mute.ask_digest();
        }
    }
}
