//! What each author may fill of disks and air: a bucket for every lane, asked before a record is
//! stored or passed on. It knows no clock of its own; the node asks for every record it hears.
//!
//! ```text
//! filled(n) = max(filled(n-1), moment(n)) + cost(n)      taken while filled(n) <= now + burst
//! moment(n) = now - age(n), never in the future, at most PAST back
//! ```
//!
//! A record costs time, by its bytes. It is charged to the moment at which its author *made* it:
//! thousands of records that come at once after a long cut fill nothing, for they were made over
//! days. A time that lies ahead gains nothing, and one that lies back no more than [`PAST_MS`]
//! allows once. What is refused is not lost: it stays with its author, and is taken later, as
//! `now` goes on. The moment is told by the monotonic clock, so a wall clock that jumps opens and
//! closes no bucket.

use std::collections::BTreeMap;

use crate::base::caps::{
    LANES_MAX, SHARE_BURST_BYTES_COMMAND, SHARE_BURST_BYTES_DIRECTORY, SHARE_BURST_BYTES_REPORT,
    SHARE_BURST_BYTES_STOCK, SHARE_MS_PER_BYTE, SHARE_PAST_DAYS, SHARE_RECORD_BYTES,
};
use crate::base::ids::{Lane, LaneId};
use crate::base::time::Mono;
use crate::log::lane::Lane as LaneLog;

/// How far back a record may say it was made, ms.
pub const PAST_MS: u64 = SHARE_PAST_DAYS * 24 * 3600 * 1000;
/// A lane is told as filled for so long after the last record that was refused, ms.
pub const TOLD_MS: u64 = 10 * 60 * 1000;

/// What a lane may hold at once, in ms of its bucket.
fn burst_ms(lane: Lane) -> u64 {
    let bytes = match lane {
        Lane::Command => SHARE_BURST_BYTES_COMMAND,
        Lane::Report => SHARE_BURST_BYTES_REPORT,
        Lane::Stock => SHARE_BURST_BYTES_STOCK,
        Lane::Directory => SHARE_BURST_BYTES_DIRECTORY,
    };
    bytes * SHARE_MS_PER_BYTE
}

fn cost_ms(record_bytes: usize) -> u64 {
    (record_bytes as u64 + SHARE_RECORD_BYTES) * SHARE_MS_PER_BYTE
}

/// How full the bucket of one lane is, in ms on the monotonic clock, [`PAST_MS`] added.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// With everything that was taken.
    filled: u64,
    /// Charged up to this record.
    seq: u32,
    /// With what was verified, and up to which record: others may forge a tail in the author's
    /// name, and that is not charged to it once the tail is dropped.
    verified: (u32, u64),
    /// Times the tail had been dropped.
    drops: u32,
}

/// A lane of which records were refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Over {
    /// Records refused since it began, repetitions too.
    pub refused: u64,
    /// When the last one was.
    pub last: Mono,
    /// From when on it is taken.
    pub opens: Mono,
}

/// The buckets of all lanes that were heard since the start.
#[derive(Clone, Debug, Default)]
pub struct Shares {
    buckets: BTreeMap<LaneId, Bucket>,
    over: BTreeMap<LaneId, Over>,
}

impl Shares {
    /// True if a record of so many bytes, made `age_ms` ago by its author's time, may be taken now
    /// as the next of its lane. `before` is what is here of the lane.
    pub fn allows(
        &mut self,
        id: LaneId,
        before: Option<&LaneLog>,
        record_bytes: usize,
        age_ms: u64,
        now: Mono,
    ) -> bool {
        let at = now.0 + PAST_MS;
        let bucket = self.bucket(id, before);
        let filled = bucket.filled.max(at - age_ms.min(PAST_MS)) + cost_ms(record_bytes);
        let fits = filled <= at + burst_ms(id.lane);
        if fits {
            if self.over.get(&id).is_some_and(|over| now.since_ms(over.last) > TOLD_MS) {
                self.over.remove(&id);
            }
        } else if self.buckets.contains_key(&id) {
            let refused = self.over.get(&id).map_or(0, |over| over.refused) + 1;
            let opens = Mono(filled.saturating_sub(burst_ms(id.lane) + PAST_MS));
            self.over.insert(id, Over { refused, last: now, opens });
        }
        fits
    }

    /// The lane was appended to: charge what is new. `age_ms` tells the age of a record.
    pub fn charge(&mut self, id: LaneId, lane: &LaneLog, age_ms: &dyn Fn(&[u8]) -> u64, now: Mono) {
        let at = now.0 + PAST_MS;
        let mut bucket = self.bucket(id, Some(lane));
        for seq in bucket.seq + 1..=lane.head() {
            let Some(record) = lane.record(seq) else { break };
            let made = at - age_ms(record).min(PAST_MS);
            bucket.filled = bucket.filled.max(made) + cost_ms(record.len());
            bucket.seq = seq;
        }
        self.buckets.insert(id, bucket);
    }

    /// When the record of a lane that was refused last may be taken; `None` when it may be now.
    pub fn wait_until(&self, id: LaneId, now: Mono) -> Option<Mono> {
        self.over.get(&id).map(|over| over.opens).filter(|opens| *opens > now)
    }

    /// Lanes that are over their share, or were a short while ago.
    pub fn over(&self, now: Mono) -> impl Iterator<Item = (LaneId, Over)> {
        let told = move |over: &Over| now.since_ms(over.last) <= TOLD_MS;
        self.over.iter().filter(move |(_, over)| told(over)).map(|(id, over)| (*id, *over))
    }

    /// The bucket as it stands, with what was verified or dropped since taken into account. What
    /// was here before the start is not charged again.
    fn bucket(&mut self, id: LaneId, lane: Option<&LaneLog>) -> Bucket {
        let (head, sealed, drops) = lane.map_or((0, 0, 0), |l| (l.head(), l.sealed(), l.drops()));
        let fresh = Bucket { filled: 0, seq: head, verified: (sealed, 0), drops };
        if !self.buckets.contains_key(&id) && self.buckets.len() >= LANES_MAX {
            // The book has no room for the lane either.
            return fresh;
        }
        let bucket = self.buckets.entry(id).or_insert(fresh);
        if bucket.drops != drops {
            (bucket.seq, bucket.filled) = bucket.verified;
            bucket.drops = drops;
        }
        if let Some(lane) = lane.filter(|_| sealed > bucket.verified.0 && sealed <= bucket.seq) {
            let tail = (sealed + 1..=bucket.seq).filter_map(|seq| lane.record(seq));
            let tail_ms: u64 = tail.map(|record| cost_ms(record.len())).sum();
            bucket.verified = (sealed, bucket.filled.saturating_sub(tail_ms));
        }
        *bucket
    }
}

#[cfg(test)]
mod tests;
