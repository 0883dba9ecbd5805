//! Seals the frames of one device, each under the next number of its start.

use super::{FrameKey, Turn, tag_of};
use crate::base::caps::{CARRY_FRAME_BYTES_MAX, COUNTERS_LEFT_MIN};
use crate::base::ids::DeviceId;
use crate::base::start::{COUNTER_END, FrameNo, Start};
use crate::wire::frame::{
    FrameHeader, HeaderNo, MUTE_HEADER_BYTES, NumberForm, TAG_BYTES, WHOLE_OVERHEAD_BYTES,
};

/// Why a frame was not sealed. Nothing was used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealError {
    /// No start is on the disk, or every number of it is used: draw and save one first.
    NeedStart,
    /// The frame would be longer than any frame of ours.
    TooLong,
}

impl SealError {
    /// The reason in one word, for counters and logs.
    pub fn word(self) -> &'static str {
        match self {
            SealError::NeedStart => "need_start",
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

/// How the header of a frame is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Manner {
    /// How much of the number goes, by whether hearers know the start.
    pub number: NumberForm,
    /// Hearers are asked for whole numbers.
    pub asks: bool,
    /// What is said may stand in a brief frame, see [`crate::wire::brief`].
    pub brief: bool,
}

impl Manner {
    /// A frame that anybody with the key can open.
    pub const WHOLE: Manner = Manner { number: NumberForm::Whole, asks: false, brief: false };
    /// A frame for those who know the start.
    pub const SHORT: Manner = Manner { number: NumberForm::Short, asks: false, brief: false };

    /// How the number is written: what is brief or asks for something says whose it is.
    fn form(self) -> NumberForm {
        if self.brief || self.asks { self.number.max(NumberForm::Short) } else { self.number }
    }
}

/// Seals the frames of this device.
#[derive(Debug)]
pub struct FrameSealer {
    key: FrameKey,
    device: DeviceId,
    /// The next number, unless there is no start yet.
    next: Option<FrameNo>,
}

impl FrameSealer {
    /// Nothing can be sealed until a start is begun.
    pub fn new(key: FrameKey, device: DeviceId) -> FrameSealer {
        FrameSealer { key, device, next: None }
    }

    /// `start` is on the disk now, and nobody ever sealed in it. One that is not later changes
    /// nothing.
    pub fn begin(&mut self, start: Start) {
        if self.next.is_none_or(|next| next.start < start) {
            self.next = Some(FrameNo { start, counter: 0 });
        }
    }

    /// It is time to draw a start and to save it: there is none, or few numbers of it are left.
    pub fn wants_start(&self) -> bool {
        self.left() < COUNTERS_LEFT_MIN
    }

    /// Frames that can be sealed before another start is needed.
    pub fn left(&self) -> u64 {
        self.next.map_or(0, |next| COUNTER_END - next.counter)
    }

    /// The number of the next frame, if one can be sealed.
    pub fn number(&self) -> Option<FrameNo> {
        self.next.filter(|next| next.counter < COUNTER_END)
    }

    /// Bytes that the next frame has more than its plain text; the most that it may have before
    /// there is a start.
    pub fn overhead_bytes(&self, form: NumberForm) -> usize {
        self.number().map_or(WHOLE_OVERHEAD_BYTES, |number| form.header_bytes(number) + TAG_BYTES)
    }

    /// Seal one frame, and use up one number.
    pub fn seal(&mut self, plain: &[u8], manner: Manner) -> Result<Vec<u8>, SealError> {
        if plain.len() + WHOLE_OVERHEAD_BYTES > CARRY_FRAME_BYTES_MAX {
            return Err(SealError::TooLong);
        }
        let number = self.number().ok_or(SealError::NeedStart)?;
        let form = manner.form();
        self.next = Some(FrameNo { counter: number.counter + 1, ..number });
        let header = FrameHeader {
            suite: self.key.suite.number(),
            epoch_low: self.key.turn.low(),
            sender: form.sender(self.device),
            number: form.of(number),
            brief: manner.brief,
            asks: manner.asks,
        };
        let mut frame = Vec::with_capacity(plain.len() + WHOLE_OVERHEAD_BYTES);
        header.emit(&mut frame);
        let nonce = FrameKey::nonce(self.device, number);
        let sealed = self.key.cipher.seal(&nonce, &frame, plain, tag_of(manner.brief));
        frame.extend_from_slice(&sealed);
        Ok(frame)
    }

    /// A mute frame: whoever can say the same knows that it is genuine. It uses up no number.
    pub fn seal_mute(&self, said: &[u8], brief: bool, asks: bool) -> Vec<u8> {
        let header = FrameHeader {
            suite: self.key.suite.number(),
            epoch_low: self.key.turn.low(),
            sender: Some(self.device),
            number: HeaderNo::Absent,
            brief,
            asks,
        };
        let mut frame = Vec::with_capacity(MUTE_HEADER_BYTES + TAG_BYTES);
        header.emit(&mut frame);
        let tag = self.key.mute_tag(&frame, said);
        frame.extend_from_slice(&tag[..tag_of(brief).bytes()]);
        frame
    }

    /// Seal one frame under another key, for a file that is carried by hand; the number is this
    /// device's, as for all others.
    pub fn seal_carried(&mut self, key: &FrameKey, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let own = std::mem::replace(&mut self.key, key.clone());
        let sealed = self.seal(plain, Manner::WHOLE);
        self.key = own;
        sealed
    }

    /// From now on seal with this key. Numbers go on: no key meets one of them twice.
    pub fn set_key(&mut self, key: FrameKey) {
        self.key = key;
    }

    /// The day whose key it seals with.
    pub fn turn(&self) -> Turn {
        self.key.turn
    }

    /// Go on at this counter, for tests of the end of a start.
    #[cfg(test)]
    pub fn skip_to(&mut self, counter: u64) {
        let next = self.next.expect("a start was begun");
        assert!(counter >= next.counter, "numbers only grow");
        self.next = Some(FrameNo { counter, ..next });
    }
}
