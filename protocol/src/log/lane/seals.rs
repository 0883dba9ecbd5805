//! The seals of a lane: which wait for their record or for a key, which are good, which are kept.
//! What a bad one means is decided by the node.

use super::*;

/// Seals older than the newest are kept at this distance, so that a long lane that is cut in the
/// middle of its transfer is verified up to there.
const SEAL_SPACING: u32 = 16;

impl Lane {
    /// Remember a seal until it can be checked.
    pub fn offer_seal(&mut self, seq: u32, seal: &Signature) {
        if seq > self.sealed && !self.is_frozen_at(seq) {
            if self.early_seals.len() >= PENDING_PER_LANE_MAX {
                // The farthest is the least likely to be reached soon; it is repeated anyway.
                self.early_seals.pop_last();
            }
            self.early_seals.insert(seq, *seal);
        }
    }

    /// A piece of a seal; the whole one once all of it was here.
    pub fn offer_piece(&mut self, seq: u32, piece: &SealPiece) -> Option<Signature> {
        let begun = self.pieces.filter(|(of, _)| *of == seq);
        let mut here = begun.map_or_else(Pieces::default, |(_, here)| here);
        let whole = here.put(piece);
        self.pieces = whole.is_none().then_some((seq, here));
        whole
    }

    /// A record comes again, and with it the pieces of its seal: an end that was left over may be
    /// of another story, and every beginning after it would be joined to the wrong one.
    pub fn forget_pieces(&mut self, records: RangeInclusive<u32>) {
        self.pieces = self.pieces.filter(|(of, here)| here.is_begun() || !records.contains(of));
    }

    /// Remember a seal that was read back from our own disk.
    pub fn restore_seal(&mut self, seq: u32, seal: &Signature) {
        let within_stub = self.gone_until(seq).is_some_and(|last| last > seq);
        if !self.is_frozen_at(seq) && !within_stub {
            self.early_seals.insert(seq, *seal);
        }
    }

    /// Check the seals that wait. Returns the new ones that are good, and how many were bad.
    pub fn settle(&mut self, verify: Verify<'_>) -> (Vec<(u32, Signature)>, u32) {
        let (mut good, mut bad) = (Vec::new(), 0);
        while let Some((&seq, seal)) = self.early_seals.range(..=self.head()).next() {
            let seal = *seal;
            if seq > self.sealed {
                let hash = self.hashes[(seq - self.sealed) as usize];
                match verify(self.id, seq, &hash, &seal) {
                    None => break,
                    Some(true) => {
                        self.note_seal(seq, seal);
                        good.push((seq, seal));
                    }
                    Some(false) => bad += 1,
                }
            }
            self.early_seals.remove(&seq);
        }
        (good, bad)
    }

    /// After a restart: the newest seal speaks for all before it, so only that one is checked.
    pub fn settle_restored(&mut self, verify: Verify<'_>) -> u32 {
        let mut bad = 0;
        while let Some((&seq, seal)) = self.early_seals.range(..=self.head()).next_back() {
            let seal = *seal;
            match verify(self.id, seq, &self.hashes[(seq - self.sealed) as usize], &seal) {
                None => break,
                Some(false) => {
                    bad += 1;
                    self.early_seals.remove(&seq);
                }
                Some(true) => {
                    let older = std::mem::take(&mut self.early_seals);
                    for (at, seal) in older {
                        if at <= seq {
                            self.keep_seal(at, seal);
                        } else {
                            self.early_seals.insert(at, seal);
                        }
                    }
                    self.advance_sealed(seq);
                    break;
                }
            }
        }
        self.saved_sealed = self.sealed;
        bad
    }

    /// The chain hash up to which the disk has what is verified: whoever verified as much of the
    /// same story has the same one.
    pub fn tip(&self) -> Option<ChainHash> {
        let verified = self.saved_sealed();
        match self.tips.get(&verified) {
            Some(tip) => Some(*tip),
            None => (verified > 0).then(|| self.hash_before(verified + 1)).flatten(),
        }
    }

    /// Our own seal over the head.
    pub fn note_seal(&mut self, seq: u32, seal: Signature) {
        self.keep_seal(seq, seal);
        self.advance_sealed(seq);
    }

    pub(super) fn advance_sealed(&mut self, seq: u32) {
        if seq > self.sealed {
            self.hashes.drain(..(seq - self.sealed) as usize);
            self.sealed = seq;
            if self.tips.len() < PENDING_PER_LANE_MAX {
                self.tips.insert(seq, self.hashes[0]);
            }
        }
    }

    pub(super) fn keep_seal(&mut self, seq: u32, seal: Signature) {
        self.seals.insert(seq, seal);
        let older: Vec<u32> = self.seals.range(..seq).rev().take(2).map(|(at, _)| *at).collect();
        if let Some(&previous) = older.first() {
            let before = older.get(1).copied().unwrap_or(0);
            if previous - before < SEAL_SPACING {
                self.seals.remove(&previous);
                self.void.insert(previous);
            }
        }
    }
}
