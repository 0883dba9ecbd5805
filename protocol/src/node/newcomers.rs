//! What the authority owes to devices that it did not admit itself: keys by which they follow into
//! later epochs, and the keys of their groups. Written as soon as it hears of them, and taken from
//! the directory by the device they are for.

use crate::base::ids::{DeviceId, Lane, LaneId};
use crate::field::directory::{DeviceEntry, Entry, Member, PathEntry};
use crate::keys::between::Between;
use crate::keys::subtree::{PathKeys, TreeMaster};
use crate::local::Refusal;
use crate::node::Node;

impl Node {
    /// As the authority, give keys to those whom issuers admitted.
    pub(super) fn provide_newcomers(&mut self) {
        if self.authority().is_err() || self.writable().is_err() || !self.own_lines_are_folded() {
            return;
        }
        let mut lines = Vec::new();
        for device in self.folds.directory.without_path() {
            let given = self.keys_for(device);
            lines.extend(given.into_iter().flatten());
        }
        self.write_lines(lines);
    }

    /// Nothing that this machine wrote of the directory is still on its way to the disk: only then
    /// is it known which numbers are free, and who lacks what.
    pub(super) fn own_lines_are_folded(&self) -> bool {
        let own = [Lane::Directory, Lane::Command].map(|lane| LaneId::first(self.who.device, lane));
        own.into_iter().filter_map(|id| self.book.lane(id)).all(|it| it.head() == it.saved())
    }

    /// The lines that give a device the keys of its way in the tree and of its groups.
    pub(super) fn keys_for(&self, device: DeviceId) -> Result<Vec<Entry>, Refusal> {
        let (key, seed) = self.authority()?;
        let directory = &self.folds.directory;
        let Some(Member { public, unit, roles, depot_scope, .. }) = directory.member(device) else {
            return Ok(Vec::new());
        };
        let Some(between) = Between::new(key, &public) else { return Ok(Vec::new()) };
        let master = TreeMaster::new(self.settings.suite, self.who.network, seed);
        let path = master.path(device, self.turn().epoch);
        let (next_epoch, hidden) = (path.next_epoch(), path.hide(&between, device));
        let mut lines =
            vec![Entry::Path(Box::new(PathEntry { index: device, next_epoch, hidden }))];
        lines.extend(self.groups_for(&DeviceEntry {
            index: device,
            public,
            unit,
            roles,
            depot_scope,
        })?);
        Ok(lines)
    }

    /// Take the keys that the directory holds for this device, if it has none.
    pub(super) fn take_path(&mut self) {
        let own = self.who.device;
        let Some(path) = self.folds.directory.path_of(own) else { return };
        if self.turns.epochs.has_path() {
            return;
        }
        let between = Between::new(self.who.key(), &self.who.authority_public);
        let found = |between| PathKeys::find(&between, own, path.next_epoch, &path.hidden);
        if let Some(keys) = between.map(found)
            && self.turns.epochs.give_path(keys)
        {
            self.keep_epochs();
        }
    }
}
