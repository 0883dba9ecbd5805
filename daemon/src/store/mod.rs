//! What the disk holds. A journal that is appended and synced is the acknowledgement; a query
//! store (sled or redb) is what is read at start, and can always be rebuilt from the journal.
//!
//! Nothing here knows what the pairs mean. The pump hands batches to [`writer::Writer`]; only
//! `main` opens a store.
//!
//! ```text
//! Batch ── writer (group commit) ── journal.append + fdatasync ── Saved
//!                                └─ query store, not waited for ── checkpoint now and then
//! ```

pub mod aside;
pub mod ballast;
pub mod codec;
pub mod disk;
pub mod engine;
pub mod fault;
pub mod frame;
pub mod journal;
pub mod lock;
pub mod memory;
pub mod pages;
pub mod probe;
pub mod room;
pub mod scrub;
pub mod sealed;
pub mod segment;
pub mod tree;
pub mod upkeep;
pub mod writer;

pub use fault::StoreFault;
use sanduan_protocol::keys::vault::SEALED_EXTRA_BYTES;

/// One key and its value.
pub type Pair = (Vec<u8>, Vec<u8>);

/// Longest key in bytes (contract of [`sanduan_protocol::node::output::Batch`]).
pub const KEY_BYTES_MAX: usize = 64;
/// Longest value in bytes; larger ones would leave sled's log for unsynced blob files.
pub const VALUE_BYTES_MAX: usize = 16 * 1024;

/// Longest value as it lies on the disk, sealed.
const STORED_BYTES_MAX: usize = VALUE_BYTES_MAX + SEALED_EXTRA_BYTES;

/// A place where pairs survive.
pub trait Store: Send {
    /// Every pair, in key order.
    ///
    /// # Errors
    /// The store cannot be read, and could not be rebuilt.
    fn load(&mut self) -> Result<Vec<Pair>, StoreFault>;

    /// Put several batches on the disk, in order; each batch whole or not at all. When this
    /// returns they are durable. A pair with an empty value goes.
    ///
    /// # Errors
    /// The disk refused. Nothing of these batches may be relied on, and the store refuses
    /// everything until it is opened again.
    fn commit(&mut self, batches: &[&[Pair]]) -> Result<(), StoreFault>;

    /// Work that nobody waits for: bring the read side up to date, take checkpoints when due.
    /// With `closing` the checkpoint is taken now.
    ///
    /// # Errors
    /// The read side failed; what was committed is safe in the journal.
    fn settle(&mut self, closing: bool) -> Result<(), StoreFault>;

    /// Milliseconds until `settle` wants to be called again; `None` when there is nothing to do.
    fn settle_after_ms(&self) -> Option<u64>;
}

/// Check the contract of keys and values.
///
/// # Errors
/// A key or value is too long.
pub fn check_pairs(pairs: &[Pair]) -> Result<(), StoreFault> {
    check(pairs, VALUE_BYTES_MAX)
}

/// The same for values that may be sealed already.
///
/// # Errors
/// A key or value is too long.
fn check_stored(pairs: &[Pair]) -> Result<(), StoreFault> {
    check(pairs, STORED_BYTES_MAX)
}

fn check(pairs: &[Pair], value_bytes_max: usize) -> Result<(), StoreFault> {
    let bad = pairs.iter().any(|(key, value)| {
        key.is_empty() || key.len() > KEY_BYTES_MAX || value.len() > value_bytes_max
    });
    if bad { Err(StoreFault::TooLarge) } else { Ok(()) }
}
