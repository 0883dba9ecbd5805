//! A made-up disk: batches wait, are synced together after a while, and those not yet synced may
//! be lost in a crash. A batch is whole or absent, and a later one never overtakes (the promise of
//! the daemon's journal); tearing inside a batch belongs to the tests of that journal.

use std::collections::{BTreeMap, VecDeque};

use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::node::input::BatchNo;
use sanduan_protocol::node::output::Batch;

/// Everything a disk holds.
pub type Stored = BTreeMap<Vec<u8>, Vec<u8>>;

/// Which of the batches that were not synced a crash leaves on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsynced {
    /// None of them.
    Lost,
    /// All of them.
    Kept,
    /// The first few; how many is drawn.
    Drawn,
}

/// One host's disk.
#[derive(Clone, Debug)]
pub struct Disk {
    stored: Stored,
    /// Grows with every batch that is on the disk for certain.
    kept: u64,
    waiting: VecDeque<Batch>,
    /// How many of `waiting`, from the front, the running sync covers.
    syncing: usize,
    /// Refuses every batch: full, or an error was seen.
    pub refuses: bool,
    /// How long a sync takes at least and at most, ms.
    pub sync_ms: (u64, u64),
}

/// A flash disk, now and then a slow one.
const SYNC_MS: (u64, u64) = (1, 20);

impl Default for Disk {
    fn default() -> Disk {
        Disk {
            stored: Stored::new(),
            kept: 0,
            waiting: VecDeque::new(),
            syncing: 0,
            refuses: false,
            sync_ms: SYNC_MS,
        }
    }
}

impl Disk {
    /// What is on the disk for certain.
    pub fn stored(&self) -> &Stored {
        &self.stored
    }

    /// Grows with every batch that is on the disk for certain.
    pub fn kept(&self) -> u64 {
        self.kept
    }

    /// Batches that a crash might lose.
    pub fn waiting_batches(&self) -> usize {
        self.waiting.len()
    }

    /// What lay on it before the host was first started.
    pub(super) fn preload(&mut self, pairs: Stored) {
        self.stored.extend(pairs);
    }

    /// A pair is gone, as if it had never been written.
    pub(super) fn forget(&mut self, key: &[u8]) {
        self.stored.remove(key);
    }

    /// Take a batch; it waits for a sync.
    pub(super) fn take(&mut self, batch: Batch) {
        self.waiting.push_back(batch);
    }

    /// Begin to sync everything that waits. `false` if a sync runs already or nothing waits.
    pub(super) fn begin_sync(&mut self) -> bool {
        let begins = self.syncing == 0 && !self.waiting.is_empty();
        if begins {
            self.syncing = self.waiting.len();
        }
        begins
    }

    /// The running sync ended: these batches are safe.
    pub(super) fn end_sync(&mut self) -> Vec<BatchNo> {
        self.kept += self.syncing as u64;
        let done = self.waiting.drain(..std::mem::take(&mut self.syncing));
        done.map(|batch| keep(&mut self.stored, batch)).collect()
    }

    /// The running sync failed: nothing that waits will ever be safe.
    pub(super) fn refuse_all(&mut self) -> Vec<BatchNo> {
        self.syncing = 0;
        self.waiting.drain(..).map(|batch| batch.batch).collect()
    }

    /// True if a batch that somebody waits for came after the running sync began.
    pub(super) fn wants_sync(&self) -> bool {
        self.waiting.iter().skip(self.syncing).any(|batch| batch.urgent)
    }

    /// The machine is gone. What of the unsynced is found afterwards?
    pub(super) fn crash(&mut self, unsynced: Unsynced, dice: &mut Dice) {
        let kept = match unsynced {
            Unsynced::Lost => 0,
            Unsynced::Kept => self.waiting.len(),
            Unsynced::Drawn => dice.below(self.waiting.len() as u64 + 1) as usize,
        };
        self.kept += kept as u64;
        for batch in self.waiting.drain(..).take(kept) {
            keep(&mut self.stored, batch);
        }
        self.syncing = 0;
    }
}

fn keep(stored: &mut Stored, batch: Batch) -> BatchNo {
    stored.extend(batch.puts);
    batch.batch
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disk_with(batches: u8) -> Disk {
        let mut disk = Disk::default();
        for n in 0..batches {
            let puts = vec![(vec![n], vec![n, n])];
            disk.take(Batch { batch: BatchNo(u64::from(n)), urgent: n % 2 == 1, puts });
        }
        disk
    }

    #[test]
    fn only_what_was_there_when_the_sync_began_is_safe() {
        let mut disk = disk_with(2);
        assert!(disk.begin_sync());
        disk.take(Batch { batch: BatchNo(2), urgent: true, puts: vec![(vec![2], vec![])] });
        assert!(!disk.begin_sync(), "one sync at a time");
        assert_eq!(disk.end_sync(), [BatchNo(0), BatchNo(1)]);
        assert_eq!((disk.stored().len(), disk.waiting_batches()), (2, 1));
        assert!(disk.wants_sync());
    }

    #[test]
    fn a_crash_keeps_a_run_from_the_front() {
        let mut dice = Dice::new(4);
        let mut sizes = std::collections::BTreeSet::new();
        for _ in 0..100 {
            let mut disk = disk_with(3);
            disk.crash(Unsynced::Drawn, &mut dice);
            let keys: Vec<u8> = disk.stored().keys().map(|key| key[0]).collect();
            assert_eq!(keys, (0..keys.len() as u8).collect::<Vec<u8>>());
            sizes.insert(keys.len());
        }
        assert_eq!(sizes.into_iter().collect::<Vec<_>>(), [0, 1, 2, 3]);
        for (unsynced, left) in [(Unsynced::Lost, 0), (Unsynced::Kept, 3)] {
            let mut disk = disk_with(3);
            disk.crash(unsynced, &mut dice);
            assert_eq!((disk.stored().len(), disk.waiting_batches()), (left, 0));
        }
    }
}
