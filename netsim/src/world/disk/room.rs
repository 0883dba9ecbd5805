//! The quota of a made-up disk, and what went from it to make room.

use sanduan_protocol::base::room::Measured;
use sanduan_protocol::log::stub::Stub;
use sanduan_protocol::wire::pack::Pack;

use super::Disk;

/// What a store takes for a pair beside its bytes.
const PAIR_BYTES: u64 = 43;
/// Free beside the quota: only the quota is ever short.
const FREE_BYTES: u64 = 1 << 40;

/// The key of a stub that begins with the record of this one.
fn stub_key(record_key: &[u8]) -> Vec<u8> {
    let mut key = record_key.to_vec();
    key[0] = b'g';
    key
}

impl Disk {
    /// What is stored now is so many percent of its quota from now on; 0 for none.
    pub(in crate::world) fn fill_to(&mut self, pct: u64) {
        self.quota_bytes = (self.stored_bytes() * 100).checked_div(pct);
    }

    /// True if it has a quota.
    pub fn has_quota(&self) -> bool {
        self.quota_bytes.is_some()
    }

    /// What a daemon would measure here.
    pub(in crate::world) fn measured(&self) -> Measured {
        let quota_bytes = self.quota_bytes.unwrap_or(0);
        Measured { used_bytes: self.stored_bytes(), quota_bytes, free_bytes: FREE_BYTES }
    }

    /// What lies on it, with what a store takes for each pair beside its bytes.
    pub fn stored_bytes(&self) -> u64 {
        self.stored.iter().map(|(key, value)| (key.len() + value.len()) as u64 + PAIR_BYTES).sum()
    }

    /// True if a record of this key, or the stub that says that it went, lies on it.
    pub fn holds_record(&self, key: &[u8]) -> bool {
        self.stored.contains_key(key) || self.stub_over(key).is_some()
    }

    /// Records of the lane of these keys that went to make room.
    pub fn gone_between(&self, first: &[u8], last: &[u8]) -> u32 {
        let stubs = self.stored.range(stub_key(first)..=stub_key(last));
        stubs.filter_map(|(_, value)| Stub::unpack_all(value).ok()).map(|stub| stub.count()).sum()
    }

    /// The stub over the record of this key.
    fn stub_over(&self, key: &[u8]) -> Option<Stub> {
        let wanted = stub_key(key);
        let (at, value) = self.stored.range(..=wanted.clone()).next_back()?;
        let (lane, seq) = wanted.split_last_chunk::<4>()?;
        let (of, first) = at.split_last_chunk::<4>()?;
        let stub = Stub::unpack_all(value).ok().filter(|_| lane == of)?;
        let last = stub.last(u32::from_be_bytes(*first));
        (u32::from_be_bytes(*seq) <= last).then_some(stub)
    }
}
