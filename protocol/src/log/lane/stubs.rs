//! A lane of which some records went to make room. Its chain goes on over them by the hash that
//! their stub keeps, so that heads, seals and digests stay what they were; nobody can be given
//! these records from here, and nobody sends them here again.

use super::*;

/// A stub as the lane remembers it: what is left of its records stands among the records.
#[derive(Clone, Debug)]
pub(super) struct Gone {
    last: u32,
    hash: ChainHash,
}

impl Lane {
    /// True if the bytes of this record went to make room.
    pub fn is_gone(&self, seq: u32) -> bool {
        self.gone_around(seq).is_some()
    }

    /// The last of the records in a row that went, from this one on; `None` if it is here.
    pub fn gone_until(&self, seq: u32) -> Option<u32> {
        let mut last = self.gone_around(seq)?;
        while let Some(next) = self.gone_around(last + 1) {
            last = next;
        }
        Some(last)
    }

    /// The records under one stub with this one, first and last; `None` if it is here.
    pub fn row_around(&self, seq: u32) -> Option<(u32, u32)> {
        let (first, gone) = self.gone.range(..=seq).next_back()?;
        (gone.last >= seq).then_some((*first, gone.last))
    }

    /// Records that went, in all.
    pub fn gone_count(&self) -> u32 {
        self.gone.iter().map(|(first, gone)| gone.last - first + 1).sum()
    }

    /// What the folds read: the record, or what is left of it; `None` if nothing is.
    pub fn left(&self, seq: u32) -> Option<&[u8]> {
        let at = (seq as usize).checked_sub(1)?;
        let end = *self.ends.get(at)? as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        self.bytes.get(start..end).filter(|bytes| !bytes.is_empty())
    }

    /// The bytes of these records go, but for what is left of them. `None`, and nothing changed,
    /// unless all of them are here, verified and on the disk by their seal.
    pub(in crate::log) fn evict(&mut self, first: u32, left: Vec<Vec<u8>>) -> Option<Stub> {
        let last = first.checked_add(u32::try_from(left.len()).ok()?)?.checked_sub(1)?;
        let is_whole = first > 0 && first <= last && last <= self.saved_sealed();
        if !is_whole || (first..=last).any(|seq| self.is_gone(seq)) {
            return None;
        }
        let stub = Stub { hash: self.hash_before(last + 1)?, left };
        let tail = self.bytes.split_off(self.ends[last as usize - 1] as usize);
        let begin = if first == 1 { 0 } else { self.ends[first as usize - 2] };
        self.bytes.truncate(begin as usize);
        let before = self.ends[last as usize - 1];
        for (at, left) in (first as usize - 1..).zip(&stub.left) {
            self.bytes.extend_from_slice(left);
            self.ends[at] = self.bytes.len() as u32;
        }
        let shorter = before - self.bytes.len() as u32;
        self.ends[last as usize..].iter_mut().for_each(|end| *end -= shorter);
        self.bytes.extend_from_slice(&tail);
        self.bytes.shrink_to_fit();
        self.note_gone(first, last, stub.hash);
        Some(stub)
    }

    /// The records of the stub that begins at `first` are here again. False, and nothing changed,
    /// unless they are the ones that went: the chain tells.
    pub(in crate::log) fn refill(
        &mut self,
        first: u32,
        records: &[Vec<u8>],
        urgency: &dyn Fn(&[u8]) -> Urgency,
    ) -> bool {
        let Some((last, hash)) = self.gone.get(&first).map(|gone| (gone.last, gone.hash)) else {
            return false;
        };
        let is_whole = records.len() as u32 == last - first + 1;
        let Some(before) = self.hash_before(first).filter(|_| is_whole) else { return false };
        if records.iter().fold(before, |hash, record| link_on(self.suite, &hash, record)) != hash {
            return false;
        }
        let begin = if first == 1 { 0 } else { self.ends[first as usize - 2] };
        let end = self.ends[last as usize - 1];
        let tail = self.bytes.split_off(end as usize);
        self.bytes.truncate(begin as usize);
        for (at, record) in (first as usize - 1..).zip(records) {
            self.bytes.extend_from_slice(record);
            self.ends[at] = self.bytes.len() as u32;
            self.urgency[at] = urgency(record);
        }
        // A lane that was read back over its stub does not know which of them were orders.
        self.orders.retain(|seq| !(first..=last).contains(seq));
        let orders = (first..=last).filter(|seq| self.urgency(*seq) <= Urgency::Routine);
        self.orders.extend(orders.collect::<Vec<_>>());
        self.orders.sort_unstable();
        // A record may be shorter than what was left of it, and all of them together.
        let moved = self.bytes.len() as u32;
        self.ends[last as usize..].iter_mut().for_each(|at| *at = *at - end + moved);
        self.bytes.extend_from_slice(&tail);
        self.gone.remove(&first);
        true
    }

    /// A stub that was read back from the disk. It waits for the records before it.
    pub(in crate::log) fn restore_stub(&mut self, first: u32, stub: Stub) {
        if first > self.head() && !self.is_frozen_at(stub.last(first)) {
            self.unread.insert(first, stub);
            self.go_on(&|_| Urgency::Report);
        }
    }

    /// The chain goes on with whatever waits for the record that came.
    pub(super) fn go_on(&mut self, urgency: &dyn Fn(&[u8]) -> Urgency) {
        loop {
            let next = self.head() + 1;
            if let Some(stub) = self.unread.remove(&next) {
                self.adopt(next, &stub);
            } else if let Some(record) = self.early.remove(&next) {
                let class = urgency(&record);
                self.append(&record, class);
            } else {
                break;
            }
        }
        let head = self.head();
        self.early.retain(|seq, _| *seq > head);
    }

    fn adopt(&mut self, first: u32, stub: &Stub) {
        for left in &stub.left {
            self.bytes.extend_from_slice(left);
            self.ends.push(self.bytes.len() as u32);
            self.urgency.push(Urgency::Report);
            // Only the last of them is ever asked for: no seal ends within a stub.
            self.hashes.push_back(stub.hash);
        }
        self.note_gone(first, stub.last(first), stub.hash);
    }

    fn note_gone(&mut self, first: u32, last: u32, hash: ChainHash) {
        self.gone.insert(first, Gone { last, hash });
        // They end where nothing is left to be verified by them.
        let within: Vec<u32> = self.seals.range(first..last).map(|(seq, _)| *seq).collect();
        for seq in within {
            self.seals.remove(&seq);
            self.void.insert(seq);
        }
        self.early_seals.retain(|seq, _| !(first..last).contains(seq));
    }

    /// Seals whose room on the disk is free: newer ones say all that they say.
    pub(in crate::log) fn take_void(&mut self) -> BTreeSet<u32> {
        std::mem::take(&mut self.void)
    }

    /// The chain hash behind the last stub that ends before `seq`, and the record after it; `None`
    /// if `seq` continues a record that went before its stub ends.
    pub(super) fn hash_behind_stub(&self, seq: u32) -> Option<(u32, ChainHash)> {
        match self.gone.range(..seq).next_back() {
            None => Some((1, first_link(self.suite, self.id))),
            Some((_, gone)) if gone.last < seq => Some((gone.last + 1, gone.hash)),
            Some(_) => None,
        }
    }

    /// The lane ends at `keep`.
    pub(super) fn cut_stubs(&mut self, keep: u32) {
        self.gone.retain(|_, gone| gone.last <= keep);
    }

    fn gone_around(&self, seq: u32) -> Option<u32> {
        let (_, gone) = self.gone.range(..=seq).next_back()?;
        (gone.last >= seq).then_some(gone.last)
    }
}
