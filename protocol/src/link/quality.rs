//! How well a link answers, from our own end-to-end acks: the median time to one, and how many
//! times in a row none came. What a bearer says of itself is in [`crate::link::condition`];
//! what that and its meter let pass is asked of the link here.

use std::collections::VecDeque;

use crate::base::caps::LINK_ANSWERS_MAX;
use crate::link::meter::{self, Gate};
use crate::link::state::{Counts, Link};

/// So many bursts in a row without an answer, and nothing heard: whether the link carries anything
/// is not known any more (research, bearers section 5, rule 9).
const UNANSWERED_MAX: u32 = 3;

/// What our own acks say of one link.
#[derive(Clone, Debug, Default)]
pub struct Quality {
    /// Times to the last answers, ms, newest last.
    answers_ms: VecDeque<u32>,
    unanswered: u32,
}

impl Quality {
    /// What was handed over was answered after so long, at the first try: which of several tries
    /// an answer belongs to cannot be told.
    pub fn note_answer(&mut self, after_ms: u64) {
        if self.answers_ms.len() >= LINK_ANSWERS_MAX {
            self.answers_ms.pop_front();
        }
        self.answers_ms.push_back(u32::try_from(after_ms).unwrap_or(u32::MAX));
    }

    /// The answer to what was handed over did not come in time.
    pub fn note_unanswered(&mut self) {
        self.unanswered = self.unanswered.saturating_add(1);
    }

    /// Somebody was heard, whatever was said.
    pub fn note_heard(&mut self) {
        self.unanswered = 0;
    }

    /// Nothing that was sent lately was answered, and nobody was heard since.
    pub fn is_doubtful(&self) -> bool {
        self.unanswered >= UNANSWERED_MAX
    }

    /// Median time to an answer, ms; none before there was one.
    pub fn median_ms(&self) -> Option<u32> {
        let sorted = self.sorted();
        sorted.get(sorted.len() / 2).copied()
    }

    /// Time within which nearly all answers come, ms: all but the slowest of those remembered,
    /// as one odd one says nothing. None before there was one.
    pub fn slow_ms(&self) -> Option<u32> {
        let sorted = self.sorted();
        sorted.get(sorted.len().saturating_sub(2)).copied()
    }

    fn sorted(&self) -> Vec<u32> {
        let mut sorted: Vec<u32> = self.answers_ms.iter().copied().collect();
        sorted.sort_unstable();
        sorted
    }
}

impl Link {
    /// What may leave, as far as the quota and the purse of its bearer are concerned.
    pub fn gate(&self) -> Gate {
        let quota = meter::gate(&self.profile, self.condition.quota_left.as_ref());
        quota.max(self.condition.purse_left.gate())
    }

    /// Share of records lost on the way to those who are there, in 1/1000, once there is evidence:
    /// as people are told.
    pub fn lost_on_the_way_permille(&self) -> Option<u16> {
        let Counts { sent_records, lost_records, missed_records, .. } = self.counts;
        let sent = sent_records.saturating_sub(missed_records);
        let lost = lost_records.saturating_sub(missed_records);
        (sent >= 20).then(|| (lost * 1000 / sent).min(1000) as u16)
    }

    /// Share of records that were not answered, in 1/1000, once there is evidence.
    pub fn loss_permille(&self) -> Option<u16> {
        let Counts { sent_records, lost_records, .. } = self.counts;
        (sent_records >= 20).then(|| (lost_records * 1000 / sent_records).min(1000) as u16)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_of_the_last_answers_only() {
        let mut quality = Quality::default();
        assert_eq!(quality.median_ms(), None);
        for after_ms in [900, 100, 200] {
            quality.note_answer(after_ms);
        }
        assert_eq!(quality.median_ms(), Some(200));
        for _ in 0..LINK_ANSWERS_MAX {
            quality.note_answer(5_000);
        }
        assert_eq!(quality.median_ms(), Some(5_000));
        assert_eq!(quality.answers_ms.len(), LINK_ANSWERS_MAX);
        quality.note_answer(u64::MAX);
        assert_eq!(quality.answers_ms.back(), Some(&u32::MAX));
    }

    #[test]
    fn three_without_an_answer_are_doubtful_until_anybody_is_heard() {
        let mut quality = Quality::default();
        for doubtful in [false, false, true, true] {
            quality.note_unanswered();
            assert_eq!(quality.is_doubtful(), doubtful);
        }
        quality.note_heard();
        assert!(!quality.is_doubtful());
    }
}
