//! What hosts would tell local programs, for those who look at screens: nobody in a world listens,
//! so machines only note which orders changed, and rows are made for whoever looks.

use std::collections::BTreeSet;

use sanduan_protocol::base::ids::SpokenId;

use super::host::{HostId, Machine};
use super::world::World;

impl<M: Machine> World<M> {
    /// Remember from now on which orders changed at a host, for up to two who ask. To be settled
    /// before they start.
    pub fn keep_changed_orders(&mut self) {
        self.hosts.iter_mut().for_each(|host| host.changed_orders = Some(Default::default()));
    }

    /// The orders that changed at a host since this one of two last asked, if they are kept.
    pub fn take_changed_orders(&mut self, host: HostId, asker: usize) -> BTreeSet<SpokenId> {
        self.note_changed_orders(host);
        let kept = self.host_mut(host).changed_orders.as_mut();
        kept.map(|kept| std::mem::take(&mut kept[asker])).unwrap_or_default()
    }

    /// What the machine noted outlives it.
    pub(super) fn note_changed_orders(&mut self, id: HostId) {
        let host = self.host_mut(id);
        let (Some(machine), Some(kept)) = (&mut host.machine, &mut host.changed_orders) else {
            return;
        };
        let changed = machine.take_changed_orders();
        kept.iter_mut().for_each(|orders| orders.extend(changed.iter().copied()));
    }

    /// Something happened to a host that whoever watches may want to look at.
    pub(super) fn touch(&mut self, id: HostId) {
        self.happened += 1;
        let host = self.host_mut(id);
        if !std::mem::replace(&mut host.is_touched, true) {
            self.touched.push(id);
        }
    }

    /// The hosts to which something happened since this was last asked, in order.
    pub fn take_touched(&mut self) -> Vec<HostId> {
        let mut touched = std::mem::take(&mut self.touched);
        touched.sort_unstable();
        touched.iter().for_each(|id| self.host_mut(*id).is_touched = false);
        touched
    }

    /// Grows with everything that happens to any host.
    pub fn happened(&self) -> u64 {
        self.happened
    }
}
