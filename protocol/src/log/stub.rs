//! What stays of records whose bytes went to make room: where they stood, the chain hash behind
//! them, and of each what the folds still need. Which records go is decided by the node; how a
//! lane goes on over them is told in `lane/stubs`.
//!
//! ```text
//! hash 32 | count varint | count × (length varint, what is left of the record; 0 for nothing)
//! ```

use crate::base::caps::{RECORD_BYTES_MAX, STUB_BYTES_MAX, STUB_RECORDS_MAX};
use crate::log::lane::ChainHash;
use crate::wire::pack::{Pack, PackError, Reader, put_bytes, put_varint};

/// Records in a row that are not here any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stub {
    /// The chain hash at the last of them.
    pub hash: ChainHash,
    /// What is left of each, in the form of a record; empty if nothing is. Never none at all.
    pub left: Vec<Vec<u8>>,
}

impl Stub {
    /// How many records they were.
    pub fn count(&self) -> u32 {
        self.left.len() as u32
    }

    /// The last of them, if this is the first.
    pub fn last(&self, first: u32) -> u32 {
        first.saturating_add(self.count() - 1)
    }
}

/// True if a stub with one more record that leaves this much stays within its limits.
pub fn has_room(left: &[Vec<u8>], more: &[u8]) -> bool {
    let bytes: usize = left.iter().map(|left| left.len() + 2).sum();
    left.len() < STUB_RECORDS_MAX && bytes + more.len() + 2 <= STUB_BYTES_MAX
}

impl Pack for Stub {
    fn pack(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(&self.hash);
        put_varint(to, self.left.len() as u64);
        self.left.iter().for_each(|left| put_bytes(to, left));
    }

    fn unpack(from: &mut Reader<'_>) -> Result<Stub, PackError> {
        let hash = from.array()?;
        let count = from.varint()?;
        if !(1..=STUB_RECORDS_MAX as u64).contains(&count) {
            return Err(PackError::TooLong);
        }
        let left = (0..count).map(|_| from.bytes(RECORD_BYTES_MAX).map(<[u8]>::to_vec));
        Ok(Stub { hash, left: left.collect::<Result<_, _>>()? })
    }
}

#[cfg(test)]
mod tests;
