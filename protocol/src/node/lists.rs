//! A list of what another has verified, heard as a sketch or as what changed: what it lacks goes
//! to it, what it has more is asked for. How such a list is said is decided in `link::lists`.

use std::sync::Arc;

use crate::base::ids::{DeviceId, Lane, LaneId, LinkId};
use crate::base::start::FrameNo;
use crate::link::lists::Rung;
use crate::link::turns::CROWD_MIN;
use crate::node::Node;
use crate::sync::digest::Salt;
use crate::sync::vector::{Commands, HeadVector};
use crate::wire::bundle::{Delta, Lack, Sketch};

/// One that said a digest so lately is meant by a list that followed, ms.
const MEANT_MS: u64 = 60_000;
/// The first and the last of all lanes.
const ALL_LANES: (LaneId, LaneId) = (
    LaneId { author: DeviceId(0), incarnation: 0, lane: Lane::Command },
    LaneId { author: DeviceId(u16::MAX), incarnation: u8::MAX, lane: Lane::Stock },
);

/// The list of this book and directory.
#[derive(Debug, Default)]
pub(super) struct CachedList {
    versions: Option<(u64, (u32, usize))>,
    list: Arc<HeadVector>,
}

impl Node {
    /// The list of what is verified here.
    pub(super) fn list(&mut self) -> Arc<HeadVector> {
        let named = (self.folds.directory.version(), self.folds.order_keys.count());
        let versions = (self.book.version(), named);
        if self.cached_list.versions != Some(versions) {
            let known = self.cached_list.versions.filter(|known| known.1 == versions.1);
            match known {
                Some((version, _)) => {
                    let head = |id| self.book.lane(id).map_or(0, |lane| lane.saved_sealed());
                    let changed = self.book.changed_after(version).map(|id| (id, head(id)));
                    Arc::make_mut(&mut self.cached_list.list).follow(changed);
                }
                None => {
                    let list = HeadVector::of(self.places(), &self.book);
                    self.cached_list.list = Arc::new(list);
                }
            }
            self.cached_list.versions = Some(versions);
        }
        Arc::clone(&self.cached_list.list)
    }

    /// The lanes that have a place in the list, device by device.
    fn places(&self) -> impl Iterator<Item = (DeviceId, Commands)> {
        self.folds.directory.devices().map(|(device, may_command)| {
            let is_keyed = self.folds.order_keys.of(device).is_some();
            let commands = match (is_keyed, may_command) {
                (true, _) => Commands::Keyed,
                (false, true) => Commands::Plainly,
                (false, false) => Commands::Never,
            };
            (device, commands)
        })
    }

    /// What a frame of this sender makes of hashes.
    pub(super) fn salt(&self, sender: DeviceId, number: FrameNo) -> Salt {
        Salt { network_key: self.who.digest_key, sender, number }
    }

    /// Both hold the same now: later lists may count from it.
    pub(super) fn note_agreed(&mut self, id: LinkId, sender: DeviceId) {
        let list = self.list();
        let Some(link) = self.links.get_mut(id) else { return };
        link.lists.remember(&list);
        link.mute.note_level(&list);
        if let Some(contact) = link.contacts.get_mut(&sender) {
            contact.agreed = Some(list);
        }
    }

    pub(super) fn heard_sketch(
        &mut self,
        id: LinkId,
        sender: DeviceId,
        number: FrameNo,
        sketch: &Sketch,
    ) {
        let (salt, list) = (self.salt(sender, number), self.list());
        if list.is_tips(sketch) {
            // If it cannot be read, the lists of heads tell more.
            let lanes = list.by_tips(&self.book, sketch, &salt).unwrap_or_default();
            lanes.into_iter().for_each(|lane| self.doubt(id, lane));
            return;
        }
        match list.by_sketch(sketch, &salt) {
            Some(theirs) => self.heard_list(id, sender, &theirs),
            // Ours tells of twice as much, if it is lanes alone that differ.
            None if sketch.check == list.check() && !self.has_said_wide(id) => {
                self.not_understood(id, sender, Rung::Wide);
            }
            None => self.not_understood(id, sender, Rung::Heads),
        }
    }

    pub(super) fn heard_delta(
        &mut self,
        id: LinkId,
        sender: DeviceId,
        number: FrameNo,
        delta: &Delta,
    ) {
        let (salt, ours) = (self.salt(sender, number), self.list());
        let Some(link) = self.links.get(id) else { return };
        let mut bases = link.lists.known().chain([ours.as_ref()]);
        let theirs = bases.find_map(|base| base.by_delta(delta, &salt));
        drop(bases);
        match theirs {
            Some(theirs) => self.heard_list(id, sender, &theirs),
            None => self.not_understood(id, sender, Rung::Sketch),
        }
    }

    /// It lacks something of a list that we said.
    pub(super) fn heard_lack(
        &mut self,
        id: LinkId,
        sender: DeviceId,
        number: FrameNo,
        lack: &Lack,
    ) {
        let (salt, ours) = (self.salt(sender, number), self.list());
        let Some(link) = self.links.get(id) else { return };
        let mut lists = link.lists.known().chain([ours.as_ref()]);
        let wants = lists.find_map(|list| list.wanted(lack, &salt));
        drop(lists);
        match wants {
            Some(wants) => self.heard_wants(id, sender, &wants),
            // It asks again by name.
            None => self.note_dropped(id, "unknown_list"),
        }
    }

    /// The last list said here was a long sketch already.
    fn has_said_wide(&self, id: LinkId) -> bool {
        self.links.get(id).is_some_and(|link| link.lists.is_widened)
    }

    /// What was said to us was not enough: now we say our list, on a lower rung.
    fn not_understood(&mut self, id: LinkId, sender: DeviceId, rung: Rung) {
        let now = self.now.mono;
        let Some(link) = self.links.get_mut(id) else { return };
        let is_meant = link.said_digest.is_some_and(|(_, _, at)| now.since_ms(at) <= MEANT_MS);
        if link.is_shared() && !is_meant {
            // It was said to another. Should we differ as well, our own beacon shows it.
            return;
        }
        // Remembered also where lists are seldom: the next one would not be understood either.
        link.lists.rung = link.lists.rung.max(rung);
        if !link.may_list_to(sender, self.book.version(), now) {
            return;
        }
        let wait_ms = link.chorus_ms(now, &mut self.dice);
        link.lists.to = sender;
        if link.heads_at.is_none() {
            link.heads_at = Some(now.after_ms(wait_ms));
            link.heads_from = DeviceId(0);
        }
    }

    fn heard_list(&mut self, id: LinkId, sender: DeviceId, theirs: &HeadVector) {
        let now = self.now.mono;
        let is_same = theirs.hash() == self.list().hash();
        let Some(link) = self.links.get_mut(id) else { return };
        if !(is_same && link.lists.says_tips) {
            // Where lists are the same and hashes are not, what lanes end with is still to be said.
            link.heads_at = None;
        }
        link.lists.rung = Rung::Delta;
        link.lists.is_widened = false;
        link.unanswered_bytes = 0;
        let arrives_ms = link.turn_ms();
        let Some(contact) = link.contacts.get_mut(&sender) else { return };
        contact.same_list = is_same.then(|| self.book.version());
        contact.hear_list(theirs, &self.book, now, arrives_ms);
        // Among several anybody may answer, and not everybody knows the list.
        let is_pair = link.crowd(now) < CROWD_MIN;
        link.lists.heard = is_pair.then(|| Arc::new(theirs.clone()));
        self.owe_lost(id, sender, &(ALL_LANES.0..=ALL_LANES.1));
        self.leave_repairs(id, sender, ALL_LANES.0..=ALL_LANES.1);
        for (lane, verified) in theirs.iter().filter(|(_, verified)| *verified > 0) {
            let (head, sealed) =
                self.book.lane(lane).map_or((0, 0), |lane| (lane.head(), lane.sealed()));
            if verified > sealed && !self.is_held_beyond_fork(id, lane, verified) {
                self.note_claim(id, sender, lane, verified);
                self.want(id, lane, head + 1);
            }
            self.note_held(sender, lane, verified);
        }
    }
}
