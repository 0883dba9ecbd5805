//! Two records of one author at one place, both under good seals: the proof that a key is used
//! twice, or that its holder tells different stories. Neither can be forged by anyone else, so the
//! proof convinces whoever knows the author's key. What follows from it is in `book/contest`.
//!
//! ```text
//!   1 … f-1 ──┬── f  …  s   seal      the branch that stood here
//!             └── f' …  t'  seal      the other
//! ```
//!
//! On the disk: `f` 4, then each branch as a count, its records with their lengths, and its seal.

use crate::base::caps::{FORK_RECORDS_MAX, RECORD_BYTES_MAX};
use crate::base::ids::LaneId;
use crate::keys::suite::Suite;
use crate::log::lane::{ChainHash, Verify, link_on};
use crate::wire::bundle::{Run, Signature};
use crate::wire::pack::{Pack, PackError, Reader, put_bytes, put_varint};

/// Records from the fork on, up to a seal that covers them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// The records, the first of them at the fork.
    pub records: Vec<Vec<u8>>,
    /// The seal over the last of them.
    pub seal: Signature,
}

/// The proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fork {
    /// The place at which the branches differ.
    pub at: u32,
    /// Both, in the order of their bytes, so that the order of arrival does not show.
    pub branches: [Branch; 2],
}

impl Fork {
    /// A proof of two branches that begin at `at`.
    pub fn new(at: u32, one: Branch, other: Branch) -> Fork {
        let is_first = one.records <= other.records;
        Fork { at, branches: if is_first { [one, other] } else { [other, one] } }
    }

    /// Do both branches continue this chain under good seals, and differ in their first record?
    /// `None` while the author's key is not known.
    pub fn is_good(
        &self,
        suite: Suite,
        lane: LaneId,
        before: &ChainHash,
        verify: Verify<'_>,
    ) -> Option<bool> {
        let [one, other] = &self.branches;
        if one.records.first() == other.records.first() {
            return Some(false);
        }
        for branch in &self.branches {
            let last = self.at + branch.records.len() as u32 - 1;
            let records = branch.records.iter();
            let hash = records.fold(*before, |hash, record| link_on(suite, &hash, record));
            match verify(lane, last, &hash, &branch.seal) {
                Some(true) => {}
                answer => return answer,
            }
        }
        Some(true)
    }

    /// The proof as others take it in: two runs that cannot both be true.
    pub fn runs(&self, lane: LaneId) -> [Run; 2] {
        self.branches.clone().map(|branch| Run {
            lane,
            first: self.at,
            records: branch.records,
            seal: Some(branch.seal),
        })
    }
}

impl Pack for Fork {
    fn pack(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(&self.at.to_be_bytes());
        for branch in &self.branches {
            put_varint(to, branch.records.len() as u64);
            branch.records.iter().for_each(|record| put_bytes(to, record));
            to.extend_from_slice(&branch.seal);
        }
    }

    fn unpack(from: &mut Reader<'_>) -> Result<Fork, PackError> {
        let at = u32::from_be_bytes(from.array()?);
        if at == 0 {
            return Err(PackError::BadValue("fork"));
        }
        let mut branch = || {
            let count = usize::try_from(from.varint()?).map_err(|_| PackError::TooLong)?;
            if count == 0 || count > FORK_RECORDS_MAX {
                return Err(PackError::TooLong);
            }
            let mut records = Vec::new();
            for _ in 0..count {
                records.push(from.bytes(RECORD_BYTES_MAX)?.to_vec());
            }
            Ok(Branch { records, seal: from.array()? })
        };
        Ok(Fork { at, branches: [branch()?, branch()?] })
    }
}
