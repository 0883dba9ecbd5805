//! What happens between a host's machine and its disk: batches are taken, synced together, and
//! confirmed, refused, or lost. Here is also where most canaries lie on purpose.

use sanduan_protocol::base::time::Mono;
use sanduan_protocol::node::Input;
use sanduan_protocol::node::input::BatchNo;
use sanduan_protocol::node::output::{Batch, LAZY_SAVE_MS};

use super::canary::{Canary, is_receipt};
use super::disk::Unsynced;
use super::host::{HostId, Machine};
use super::schedule::{Action, Due};
use super::world::World;

/// How long a host stays down after a crash that was asked for at one of its saves, ms.
const DOWN_AFTER_SAVE_MS: u64 = 3_000;

impl<M: Machine> World<M> {
    /// Every daemon breaks this promise from now on.
    pub fn set_canary(&mut self, canary: Canary) {
        self.canary = Some(canary);
    }

    /// The host that hands over the batch of this number, counted over all hosts from 0, crashes
    /// at that moment and is started again a little later.
    pub fn crash_at_save(&mut self, save: u64, unsynced: Unsynced) {
        self.crash_at_save = Some((save, unsynced));
    }

    /// Batches that were handed over so far, by all hosts.
    pub fn saves(&self) -> u64 {
        self.saves
    }

    pub(super) fn save(&mut self, id: HostId, mut batch: Batch) {
        let (number, urgent) = (batch.batch, batch.urgent);
        self.trace.note(self.now, id.0, "save", &number.0.to_le_bytes());
        if self.host(id).last_batch.is_some_and(|last| number.0 != last.0 + 1) {
            self.breach(id, format!("batch {} does not follow the last one", number.0));
        }
        if self.canary == Some(Canary::DropsPairs) {
            batch.puts.retain(|_| self.dice.below(16) != 0);
        }
        if self.canary == Some(Canary::DropsReceipts) {
            batch.puts.retain(|(key, value)| !is_receipt(key, value) || self.dice.below(4) != 0);
        }
        let host = self.host_mut(id);
        let boot = host.boot;
        host.last_batch = Some(number);
        host.disk.take(batch);
        self.saves += 1;
        if let Some((save, unsynced)) = self.crash_at_save
            && save + 1 == self.saves
        {
            // Once the machine has said all that it wished for, and before any sync ends.
            self.at(self.now, Action::Crash(id, unsynced));
            self.at(self.now.after_ms(DOWN_AFTER_SAVE_MS), Action::Restart(id));
        }
        if urgent {
            self.begin_sync(id);
        } else {
            let at = self.now.after_ms(LAZY_SAVE_MS);
            self.schedule.plan(at, Due::Flush { host: id, boot });
        }
        if self.canary == Some(Canary::ConfirmsEarly) {
            self.schedule.plan(self.now, Due::Told { host: id, boot, batch: number });
        }
    }

    pub(super) fn begin_sync(&mut self, id: HostId) {
        let host = self.host_mut(id);
        let (boot, (least_ms, most_ms)) = (host.boot, host.disk.sync_ms);
        if host.disk.begin_sync() {
            let at: Mono = self.now.after_ms(self.dice.between(least_ms, most_ms));
            self.schedule.plan(at, Due::Synced { host: id, boot });
        }
    }

    pub(super) fn end_sync(&mut self, id: HostId) {
        self.touch(id);
        let refuses = self.host(id).disk.is_failing();
        let batches: Vec<BatchNo> = match refuses {
            true => self.host_mut(id).disk.refuse_all(),
            false => self.host_mut(id).disk.end_sync(),
        };
        if self.host(id).disk.wants_sync() {
            self.begin_sync(id);
        } else if self.host(id).disk.waiting_batches() > 0 {
            let boot = self.host(id).boot;
            let at = self.now.after_ms(LAZY_SAVE_MS);
            self.schedule.plan(at, Due::Flush { host: id, boot });
        }
        for batch in batches {
            let told_before = self.canary == Some(Canary::ConfirmsEarly);
            match refuses {
                true => {
                    let reason = "写不进磁盘 / the disk does not write".to_owned();
                    self.drive(id, Input::SaveFailed { batch, reason });
                }
                false if told_before => {}
                false => self.drive(id, Input::Saved { batch }),
            }
        }
    }
}
