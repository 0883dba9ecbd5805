//! The query stores that may stand beside the journal, and what all of them promise. Each is
//! always rebuildable from the journal, so the choice may change from one start to the next.
//!
//! What each does with its files is in [`super::tree`] (sled) and [`super::pages`] (redb).

use std::path::Path;

use super::frame::Place;
use super::pages::Pages;
use super::tree::Tree;
use super::{Pair, StoreFault};

/// Bytes of the checksum before each value.
const SUM_BYTES: usize = 4;

/// What is read at start: all that was applied, up to the last checkpoint at least.
pub trait QueryStore: Send + std::fmt::Debug {
    /// Put pairs, without waiting for the disk; one with an empty value goes. They need not go in
    /// as one: until the checkpoint names a later place, the journal's replay puts all of them
    /// again.
    ///
    /// # Errors
    /// The engine refused; it stays that way until it is opened again.
    fn apply(&self, pairs: &[Pair]) -> Result<(), StoreFault>;

    /// Every pair in key order.
    ///
    /// # Errors
    /// [`StoreFault::Damaged`] when one of them cannot be read or fails its checksum.
    fn load(&self) -> Result<Vec<Pair>, StoreFault>;

    /// Read so many pairs behind the key `after`, from the first one on if there is none, and check
    /// their sums. The key of the last one; `None` when that was the end.
    ///
    /// # Errors
    /// As [`QueryStore::load`].
    fn check_some(&self, after: Option<&[u8]>, count: usize)
    -> Result<Option<Vec<u8>>, StoreFault>;

    /// Make everything applied so far durable, and remember that the journal before `place` is
    /// no longer needed to open.
    ///
    /// # Errors
    /// The engine or the disk refused.
    fn checkpoint(&self, place: Place) -> Result<(), StoreFault>;

    /// Up to where the journal is contained here; `None` when unknown.
    ///
    /// # Errors
    /// The engine cannot be read.
    fn place(&self) -> Result<Option<Place>, StoreFault>;

    /// Close it. Dropping a damaged one may panic, which must not take the daemon down.
    fn close(self: Box<Self>);
}

/// Which query store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Engine {
    /// sled 0.34 behind its guards.
    #[default]
    Sled,
    /// redb, one file of pages.
    Redb,
}

impl Engine {
    /// All of them.
    pub const ALL: [Engine; 2] = [Engine::Sled, Engine::Redb];

    /// The word of the configuration, and the name of its folder in the data folder.
    pub fn name(self) -> &'static str {
        match self {
            Engine::Sled => "sled",
            Engine::Redb => "redb",
        }
    }

    /// The engine of that name.
    pub fn named(name: &str) -> Option<Engine> {
        Engine::ALL.into_iter().find(|engine| engine.name() == name)
    }

    /// The one that has left a store in `folder`; sled in a new folder.
    pub fn found_in(folder: &Path) -> Engine {
        let left = |engine: &Engine| folder.join(engine.name()).is_dir();
        Engine::ALL.into_iter().find(left).unwrap_or_default()
    }

    /// Open its store in the folder `at`, or begin one.
    ///
    /// # Errors
    /// [`StoreFault::Damaged`] when it cannot make sense of its files; else the disk.
    pub fn open(self, at: &Path) -> Result<Box<dyn QueryStore>, StoreFault> {
        Ok(match self {
            Engine::Sled => Box::new(Tree::open(at)?),
            Engine::Redb => Box::new(Pages::open(at)?),
        })
    }
}

/// A value as an engine holds it: checksum, then the bytes.
pub(super) fn with_sum(value: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(SUM_BYTES + value.len());
    bytes.extend_from_slice(&crc32c::crc32c(value).to_le_bytes());
    bytes.extend_from_slice(value);
    bytes
}

/// The value, if its checksum agrees.
pub(super) fn without_sum(bytes: &[u8]) -> Option<&[u8]> {
    let (sum, value) = bytes.split_at_checked(SUM_BYTES)?;
    (crc32c::crc32c(value).to_le_bytes() == sum).then_some(value)
}

/// What a pair is that fails its checksum.
pub(super) fn bad_sum() -> StoreFault {
    StoreFault::Damaged("a value fails its checksum".to_owned())
}

/// A place as an engine holds it.
pub(super) fn place_value(place: Place) -> Vec<u8> {
    let mut value = place.segment.to_be_bytes().to_vec();
    value.extend_from_slice(&place.offset.to_be_bytes());
    with_sum(&value)
}

/// The place in such a value.
pub(super) fn place_of(value: &[u8]) -> Option<Place> {
    let (segment, offset) = without_sum(value)?.split_at_checked(4)?;
    let segment = u32::from_be_bytes(segment.try_into().ok()?);
    Some(Place { segment, offset: u64::from_be_bytes(offset.try_into().ok()?) })
}

#[cfg(test)]
mod tests;
