//! A made-up disk: batches wait, are synced together after a while, and those not yet synced may
//! be lost in a crash, or torn as bytes ([`super::journal`]). A batch is whole or absent when it is
//! read, and a later one never overtakes (the promise of the daemon's journal). A sync that failed
//! is never trusted: nothing more is taken until the machine was started again, and what it had
//! covered may be there then, or not.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::base::ids::Lane;
use sanduan_protocol::node::input::BatchNo;
use sanduan_protocol::node::output::{Batch, lay_over};

use super::journal;

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
    /// Each sector of them or not, drawn; they are read up to the first that is not whole.
    Torn,
}

/// One host's disk.
#[derive(Clone, Debug)]
pub struct Disk {
    stored: Stored,
    /// Changes whenever records on the disk for certain do.
    kept: u64,
    waiting: VecDeque<Batch>,
    /// How many of `waiting`, from the front, the running sync covers.
    syncing: usize,
    /// Bytes of the journal that are synced.
    laid_bytes: u64,
    /// Batches of syncs that failed.
    doubtful: Vec<Batch>,
    /// A sync failed: nothing is taken any more until the next start.
    is_poisoned: bool,
    /// Keys whose values were found damaged at a start, since the beginning.
    rotted: BTreeSet<Vec<u8>>,
    /// How often bytes went bad, and how often they had when the machine was last started.
    rots: (u64, u64),
    /// What was copied when a backup was made.
    backup: Option<Stored>,
    /// Bytes that what is stored may take; none for no quota.
    quota_bytes: Option<u64>,
    /// Refuses every batch: it is full.
    refuses: bool,
    /// The next sync fails.
    pub fails_once: bool,
    /// It cannot be read at all; a host does not start from it.
    pub is_unreadable: bool,
    /// How long a sync takes at least and at most, ms.
    pub sync_ms: (u64, u64),
}

/// Keys of records begin with this, as the nodes lay them out.
const RECORD_KEY: u8 = b'r';

/// A flash disk, now and then a slow one.
const SYNC_MS: (u64, u64) = (1, 20);

impl Default for Disk {
    fn default() -> Disk {
        Disk {
            stored: Stored::new(),
            kept: 0,
            waiting: VecDeque::new(),
            syncing: 0,
            laid_bytes: 0,
            doubtful: Vec::new(),
            is_poisoned: false,
            rotted: BTreeSet::new(),
            rots: (0, 0),
            backup: None,
            quota_bytes: None,
            refuses: false,
            fails_once: false,
            is_unreadable: false,
            sync_ms: SYNC_MS,
        }
    }
}

impl Disk {
    /// What is on the disk for certain.
    pub fn stored(&self) -> &Stored {
        &self.stored
    }

    /// Changes whenever records on the disk for certain do. What else a machine keeps, such as
    /// registers, changes far more often.
    pub fn kept(&self) -> u64 {
        self.kept
    }

    /// Batches that a crash might lose.
    pub fn waiting_batches(&self) -> usize {
        self.waiting.len()
    }

    /// True if this pair was once lost to damaged bytes.
    pub fn has_rotted(&self, key: &[u8]) -> bool {
        self.rotted.contains(key)
    }

    /// Keys of what was lost to damaged bytes and did not come back since.
    pub fn lost(&self) -> impl Iterator<Item = &Vec<u8>> {
        self.rotted.iter().filter(|key| !self.stored.contains_key(*key))
    }

    /// Changes with every start that finds bytes gone bad since the one before: from then on, and
    /// no sooner, the machine knows less than it showed.
    pub fn rots_found(&self) -> u64 {
        self.rots.1
    }

    /// A machine starts from what is here.
    pub(super) fn is_read(&mut self) {
        self.rots.1 = self.rots.0;
    }

    /// True if a record or seal of the directory was once lost: it vouches for all others.
    pub fn has_rotted_directory(&self) -> bool {
        self.has_rotted_of(Lane::Directory)
    }

    /// True if a record or seal of any lane of this class was once lost.
    pub fn has_rotted_of(&self, class: Lane) -> bool {
        self.rotted.iter().any(|key| key.get(4) == Some(&(class as u8)))
    }

    /// How many pairs between these keys were once lost to damaged bytes.
    pub fn rotted_between(&self, first: &[u8], last: &[u8]) -> usize {
        self.rotted.range(first.to_vec()..=last.to_vec()).count()
    }

    /// Bytes go bad under so many pairs, of those that `may` rot; the next start finds that their
    /// checksums do not fit, names them and goes on without them.
    pub(super) fn rot(&mut self, pairs: u64, dice: &mut Dice, may: impl Fn(&[u8]) -> bool) {
        self.rots.0 += 1;
        let mut keys: Vec<Vec<u8>> = self.stored.keys().filter(|key| may(key)).cloned().collect();
        for _ in 0..pairs.min(keys.len() as u64) {
            let key = keys.swap_remove(dice.below(keys.len() as u64) as usize);
            self.kept += 1;
            self.stored.remove(&key);
            self.rotted.insert(key);
        }
    }

    /// It is full from now on, or is well in every way.
    pub(super) fn refuse(&mut self, refuses: bool) {
        self.refuses = refuses;
        self.fails_once &= refuses;
    }

    /// Copy what is on the disk for certain.
    pub(super) fn back_up(&mut self) {
        self.backup = Some(self.stored.clone());
    }

    /// Put the copy back over everything. False if none was made.
    pub(super) fn put_back(&mut self) -> bool {
        let found = self.backup.clone();
        if let Some(stored) = &found {
            self.kept += 1;
            self.stored.clone_from(stored);
        }
        found.is_some()
    }

    /// What lay on it before the host was first started.
    pub(super) fn preload(&mut self, pairs: Stored) {
        self.kept += 1;
        self.stored.extend(pairs);
    }

    /// A pair is gone, as if it had never been written.
    pub(super) fn forget(&mut self, key: &[u8]) {
        self.kept += 1;
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
        let done: Vec<Batch> = self.waiting.drain(..std::mem::take(&mut self.syncing)).collect();
        done.into_iter().map(|batch| self.keep(batch)).collect()
    }

    /// True if the next sync will not end well.
    pub fn is_failing(&self) -> bool {
        self.refuses || self.fails_once || self.is_poisoned
    }

    /// The running sync failed: nothing that waits will ever be safe, and nothing after it.
    pub(super) fn refuse_all(&mut self) -> Vec<BatchNo> {
        self.syncing = 0;
        self.is_poisoned = true;
        self.fails_once = false;
        let refused: Vec<Batch> = self.waiting.drain(..).collect();
        let numbers = refused.iter().map(|batch| batch.batch).collect();
        self.doubtful.extend(refused);
        numbers
    }

    /// True if a batch that somebody waits for came after the running sync began.
    pub(super) fn wants_sync(&self) -> bool {
        self.waiting.iter().skip(self.syncing).any(|batch| batch.urgent)
    }

    /// The machine is gone. What of the unsynced is found afterwards?
    pub(super) fn crash(&mut self, unsynced: Unsynced, dice: &mut Dice) {
        let mut left: Vec<Batch> = std::mem::take(&mut self.doubtful);
        left.extend(self.waiting.drain(..));
        (self.syncing, self.is_poisoned, self.fails_once) = (0, false, false);
        let kept = match unsynced {
            Unsynced::Lost => 0,
            Unsynced::Kept => left.len(),
            Unsynced::Drawn => dice.below(left.len() as u64 + 1) as usize,
            Unsynced::Torn => {
                let mut bytes = journal::lay(left.iter());
                journal::tear(&mut bytes, self.laid_bytes, dice);
                let found = journal::read(&bytes);
                for puts in found {
                    self.note_kept(&puts);
                    self.laid_bytes += journal::frame_bytes(&puts);
                    lay_over(&mut self.stored, puts);
                }
                return;
            }
        };
        for batch in left.into_iter().take(kept) {
            self.keep(batch);
        }
    }

    fn keep(&mut self, batch: Batch) -> BatchNo {
        self.note_kept(&batch.puts);
        self.laid_bytes += journal::frame_bytes(&batch.puts);
        lay_over(&mut self.stored, batch.puts);
        batch.batch
    }

    fn note_kept(&mut self, puts: &[(Vec<u8>, Vec<u8>)]) {
        self.kept += u64::from(puts.iter().any(|(key, _)| key.first() == Some(&RECORD_KEY)));
    }
}

mod room;

#[cfg(test)]
mod tests;
