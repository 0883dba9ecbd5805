//! Links come, go, fail and tell how they stand. What they hear is taken in by `heard`.

use crate::base::ids::{DeviceId, Lane, LaneId, LinkId};
use crate::link::condition::{Condition, Standing};
use crate::link::meter;
use crate::link::profile::Profile;
use crate::link::purse::PurseLeft;
use crate::link::state::{ANYONE, Link};
use crate::local::Event;
use crate::local::rows::LinkState;
use crate::node::Node;
use crate::wire::bundle::RegisterId;

/// Slots of a bearer for one that beacons may take.
const BEACON_SLOTS: u64 = 8;

impl Node {
    pub(super) fn link_up(&mut self, id: LinkId, profile: Profile) {
        let (now, dice) = (self.now.mono, &mut self.dice);
        let link = self.links.open(id, || Link::new(id, profile.clone(), now, dice));
        link.rise(profile, &self.book, self.now, &mut self.dice);
        self.share_slots(id);
        if self.links.get(id).is_some_and(|link| !link.is_shared()) {
            self.say_unheld(id, ANYONE);
        }
        self.feed_bearer(id);
    }

    /// Links of one bearer share its slots: their beacons together take one in so many of them, or
    /// a post with a card for fifty towns would hardly ever find it free.
    fn share_slots(&mut self, id: LinkId) {
        let Some(profile) = self.links.get(id).map(|link| &link.profile) else { return };
        let (bearer, slot_ms) = (profile.bearer.clone(), u64::from(profile.min_interval_ms));
        if slot_ms == 0 || bearer.is_empty() {
            return;
        }
        let of_bearer = |link: &Link| link.profile.bearer == bearer;
        let all = self.links.values().filter(|link| of_bearer(link));
        let ids: Vec<LinkId> = all.map(|link| link.id).collect();
        let count = ids.len() as u64;
        for id in ids {
            let Some(link) = self.links.get_mut(id) else { continue };
            let own_ms = u64::from(link.profile.beacon_max_ms);
            link.trickle.slow_to(own_ms.max(count * slot_ms * BEACON_SLOTS));
        }
    }

    /// Orders of ours that no device is known to hold cannot be with whoever is at the other end
    /// of a new link of two, nor with one who is heard for the first time: they go at once, not
    /// after the lists of both were compared. Orders of class flash go at once to a stranger who is
    /// not known to hold them, whoever else is.
    pub(super) fn say_unheld(&mut self, id: LinkId, device: DeviceId) {
        self.say_unheld_to(id, device, device);
    }

    /// The same to one contact, as to this device, which it may be.
    pub(super) fn say_unheld_to(&mut self, id: LinkId, contact: DeviceId, device: DeviceId) {
        let own = self.who.device;
        let Some(link) = self.links.get_mut(id) else { return };
        let Some(contact) = link.contacts.get_mut(&contact) else { return };
        let is_ours = |lane: &LaneId| lane.author == own && lane.lane == Lane::Command;
        for (lane_id, lane) in self.book.lanes().filter(|(lane, _)| is_ours(lane)) {
            let is_flash = lane_id.is_flash() && device != ANYONE;
            let held = match is_flash {
                true => self.board.version(RegisterId::Held(device, *lane_id)),
                false => self.board.held_most(*lane_id),
            };
            if lane.last_order(lane.saved()).is_some_and(|seq| seq > held) {
                contact.lacks_after(*lane_id, held, lane.saved());
            }
        }
    }

    pub(super) fn link_down(&mut self, id: LinkId, profile: Profile, reason: String) {
        let (now, dice) = (self.now.mono, &mut self.dice);
        let link = self.links.open(id, || Link::new(id, profile, now, dice));
        let is_news = link.up || link.error.as_deref() != Some(reason.as_str());
        link.fall(reason);
        self.ways.forget_count();
        if is_news {
            self.feed_bearer(id);
        }
    }

    /// The bearer tells how it stands: nothing but the row changes.
    pub(super) fn link_said(&mut self, id: LinkId, condition: Condition) {
        let Some(link) = self.links.get_mut(id) else { return };
        if link.condition != condition {
            link.condition = condition;
            self.feed_bearer(id);
        }
    }

    /// A frame was handed to this link, which is out of its place: what its bearer may still spend
    /// is less for all links of that bearer.
    pub(super) fn note_spent(&mut self, link: &mut Link, frame_bytes: usize) {
        let told = (link.condition.quota_left, link.condition.purse_left);
        if told == (None, PurseLeft::default()) {
            return;
        }
        meter::spend(&mut link.condition, &link.profile, frame_bytes);
        let bearer = &link.profile.bearer;
        let is_beside = |other: &&Link| !bearer.is_empty() && other.profile.bearer == *bearer;
        let beside: Vec<LinkId> =
            self.links.values().filter(is_beside).map(|other| other.id).collect();
        for id in beside {
            if let Some(other) = self.links.get_mut(id) {
                meter::spend(&mut other.condition, &link.profile, frame_bytes);
            }
        }
    }

    /// Nothing waits any more for those who were revoked, and nobody calls them.
    pub(super) fn forget_revoked(&mut self) {
        let revoked: Vec<DeviceId> = self.folds.directory.revoked().collect();
        let links: Vec<LinkId> = self.links.keys().filter(|_| !revoked.is_empty()).collect();
        for id in links {
            let Some(link) = self.links.get_mut(id) else { continue };
            link.contacts.retain(|device, _| !revoked.contains(device));
        }
    }

    /// What was known of the link is forgotten; the records are not.
    pub(super) fn link_gone(&mut self, id: LinkId) {
        if self.links.remove(id) {
            self.ways.forget_count();
            self.feed(Event::BearerGone { link: id });
        }
    }
}

/// State word of a link. A bearer that says why it cannot send is believed before anything is
/// concluded from what was heard.
pub(super) fn link_state(link: &Link) -> LinkState {
    let anyone = link.contacts.contains_key(&ANYONE);
    match (link.condition.standing, link.up, anyone || link.contacts.is_empty()) {
        (Standing::NoSignal, _, _) => LinkState::NoSignal,
        (Standing::QuotaSpent, _, _) => LinkState::QuotaSpent,
        (Standing::Unknown, _, _) => LinkState::Unknown,
        (Standing::Clear | Standing::Cooling, false, _) => LinkState::Down,
        (Standing::Cooling, true, _) => LinkState::Cooling,
        (Standing::Clear, true, true) => LinkState::Silent,
        (Standing::Clear, true, false) if link.quality.is_doubtful() => LinkState::Unknown,
        (Standing::Clear, true, false) => LinkState::Up,
    }
}
