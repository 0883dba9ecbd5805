//! Seals the frames of one device, with counters that are reserved on the disk beforehand.

use super::{FrameKey, Turn, tag_of};
use crate::base::caps::{CARRY_FRAME_BYTES_MAX, COUNTERS_AHEAD};
use crate::base::ids::DeviceId;
use crate::wire::frame::{COUNTER_END, FrameCounter, FrameHeader, LONG_OVERHEAD_BYTES};

/// Why a frame was not sealed. Nothing was used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealError {
    /// Every counter that is reserved on the disk is used: save a higher ceiling first.
    NeedCeiling,
    /// All 40 bits are used: this epoch is over for this device.
    Exhausted,
    /// The frame would be longer than any frame of ours.
    TooLong,
}

impl SealError {
    /// The reason in one word, for counters and logs.
    pub fn word(self) -> &'static str {
        match self {
            SealError::NeedCeiling => "need_ceiling",
            SealError::Exhausted => "exhausted",
            SealError::TooLong => "too_long",
        }
    }
}

impl std::fmt::Display for SealError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

impl std::error::Error for SealError {}

/// Seals the frames of this device.
#[derive(Debug)]
pub struct FrameSealer {
    key: FrameKey,
    device: DeviceId,
    next: u64,
    ceiling: u64,
}

impl FrameSealer {
    /// Begin at the ceiling that is on the disk (0 on a device that never sealed in this epoch):
    /// counters below it may have been used before the restart. Nothing can be sealed until a
    /// higher ceiling is saved.
    pub fn new(key: FrameKey, device: DeviceId, ceiling_saved: u64) -> FrameSealer {
        let ceiling = ceiling_saved.min(COUNTER_END);
        FrameSealer { key, device, next: ceiling, ceiling }
    }

    /// Seal one frame, and use up one counter. `long` writes all 40 bits of the counter: for a
    /// first contact and every now and then, so that newcomers can follow.
    pub fn seal(&mut self, plain: &[u8], long: bool) -> Result<Vec<u8>, SealError> {
        self.seal_as(plain, long, false, &[])
    }

    /// Seal one brief frame, see [`crate::wire::brief`].
    pub fn seal_brief(&mut self, plain: &[u8], long: bool) -> Result<Vec<u8>, SealError> {
        self.seal_as(plain, long, true, &[])
    }

    /// Seal a mute beacon: nothing is inside, and whoever holds the same can open it.
    pub fn seal_mute(&mut self, held: &[u8], long: bool) -> Result<Vec<u8>, SealError> {
        self.seal_as(&[], long, true, held)
    }

    /// Seal one frame under another key, for a file that is carried by hand; the counter is this
    /// device's, as for all others.
    pub fn seal_carried(&mut self, key: &FrameKey, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let own = std::mem::replace(&mut self.key, key.clone());
        let sealed = self.seal_as(plain, true, false, &[]);
        self.key = own;
        sealed
    }

    /// From now on seal with this key. Counters go on: no key meets one of them twice.
    pub fn set_key(&mut self, key: FrameKey) {
        self.key = key;
    }

    /// The day whose key it seals with.
    pub fn turn(&self) -> Turn {
        self.key.turn
    }

    fn seal_as(
        &mut self,
        plain: &[u8],
        long: bool,
        brief: bool,
        held: &[u8],
    ) -> Result<Vec<u8>, SealError> {
        if plain.len() + LONG_OVERHEAD_BYTES > CARRY_FRAME_BYTES_MAX {
            return Err(SealError::TooLong);
        }
        if self.next >= COUNTER_END {
            return Err(SealError::Exhausted);
        }
        if self.next >= self.ceiling {
            return Err(SealError::NeedCeiling);
        }
        let counter = self.next;
        self.next += 1;
        let header = FrameHeader {
            suite: self.key.suite.number(),
            epoch_low: self.key.turn.low(),
            sender: self.device,
            counter: match long {
                true => FrameCounter::Full(counter),
                false => FrameCounter::Low((counter & 0xffff) as u16),
            },
            brief,
        };
        let mut frame = Vec::with_capacity(plain.len() + LONG_OVERHEAD_BYTES);
        header.emit(&mut frame);
        let nonce = self.key.nonce(self.device, counter);
        let covered = [frame.as_slice(), held].concat();
        let sealed = self.key.cipher.seal(&nonce, &covered, plain, tag_of(brief));
        frame.extend_from_slice(&sealed);
        Ok(frame)
    }

    /// The ceiling to save now, if it is time: when at most half of the reserve is left, so that
    /// saving and sealing overlap. The value stays the same until it is saved.
    pub fn want_ceiling(&self) -> Option<u64> {
        let wanted = (self.ceiling + COUNTERS_AHEAD).min(COUNTER_END);
        let left = self.ceiling - self.next;
        (left <= COUNTERS_AHEAD / 2 && wanted > self.ceiling).then_some(wanted)
    }

    /// `saved` is on the disk now: counters below it may be used. A lower value changes nothing.
    pub fn raise_ceiling(&mut self, saved: u64) {
        self.ceiling = self.ceiling.max(saved.min(COUNTER_END));
    }

    /// The counter of the next frame.
    pub fn next_counter(&self) -> u64 {
        self.next
    }
}
