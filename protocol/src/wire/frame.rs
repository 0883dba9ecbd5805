//! The frame: what one bearer carries at once. Here is only its outside, as bytes; the inside is
//! sealed and opened by [`crate::keys::frame_key`], and what it then says is a bundle.
//!
//! ```text
//!  bit 7     5 4     3   2    1       0
//! +-----------+-------+------+---------+
//! |  version  | suite | long |  epoch  |  byte 0: version 1, suite, low bits of the epoch
//! +-----------+-------+------+---------+
//! |              sender                |  2 bytes, big-endian: index of the device
//! +------------------------------------+
//! |             counter                |  short: low 16 bits; long: all 40 bits; big-endian
//! +------------------------------------+
//! |            ciphertext              |  as long as the plain text
//! +------------------------------------+
//! |               tag                  |  8 bytes; brief frames 4
//! +------------------------------------+
//! ```
//!
//! The lower bit of the suite is its number; the higher one says that the tag has four bytes: a
//! brief frame, for what is said again soon and proves nothing by itself (beacons, fixes; what may
//! stand in one is told in `wire::brief`). A brief frame with nothing inside is a *mute beacon*:
//! its tag also covers what its sender holds (`keys::frame_key`), so whoever holds the same can
//! open it.
//!
//! Overhead: 13 bytes short, 16 bytes long, 9 brief. The header is authenticated with the tag. A
//! long frame is for a first contact and for hearers who may have missed more than half of 16
//! bits.

use crate::base::caps::CARRY_FRAME_BYTES_MAX;
use crate::base::ids::DeviceId;

/// The version of this layout.
pub const FRAME_VERSION: u8 = 1;
/// Suites are smaller than this. Which is which is told in `keys::suite`.
pub const SUITE_END: u8 = 2;
/// Bytes of the tag.
pub const TAG_BYTES: usize = 8;
/// Bytes of the tag of a brief frame (DESIGN section 4: position-only frames).
pub const BRIEF_TAG_BYTES: usize = 4;
/// Bytes of a header with a short counter.
pub const SHORT_HEADER_BYTES: usize = 5;
/// Bytes of a header with a long counter.
pub const LONG_HEADER_BYTES: usize = 8;
/// Bytes a short frame has more than its plain text.
pub const SHORT_OVERHEAD_BYTES: usize = SHORT_HEADER_BYTES + TAG_BYTES;
/// Bytes a long frame has more than its plain text.
pub const LONG_OVERHEAD_BYTES: usize = LONG_HEADER_BYTES + TAG_BYTES;
/// Counters are smaller than this: 40 bits. At a hundred frames a second they last 350 years.
pub const COUNTER_END: u64 = 1 << 40;

const BRIEF_FLAG: u8 = 0b0001_0000;
const SUITE_SHIFT: u32 = 3;
const LONG_FLAG: u8 = 0b0000_0100;
const EPOCH_MASK: u8 = 0b0000_0011;

/// The counter as the header carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameCounter {
    /// The low 16 bits; the hearer knows the rest.
    Low(u16),
    /// All 40 bits; smaller than [`COUNTER_END`].
    Full(u64),
}

/// Everything a frame says in the clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameHeader {
    /// Number of the suite of cryptography, below [`SUITE_END`].
    pub suite: u8,
    /// The low two bits of the epoch whose key seals the frame.
    pub epoch_low: u8,
    /// The device that sealed it.
    pub sender: DeviceId,
    /// Which of its frames this is.
    pub counter: FrameCounter,
    /// Its tag has four bytes.
    pub brief: bool,
}

impl FrameHeader {
    /// Bytes of this header.
    pub fn bytes(&self) -> usize {
        match self.counter {
            FrameCounter::Low(_) => SHORT_HEADER_BYTES,
            FrameCounter::Full(_) => LONG_HEADER_BYTES,
        }
    }

    /// Append the header. Only the low two bits of the epoch and 40 bits of the counter are kept.
    pub fn emit(&self, out: &mut Vec<u8>) {
        debug_assert!(self.suite < SUITE_END, "a suite has one bit");
        let brief = if self.brief { BRIEF_FLAG } else { 0 };
        let suite = (self.suite % SUITE_END) << SUITE_SHIFT;
        let first = (FRAME_VERSION << 5) | brief | suite | (self.epoch_low & EPOCH_MASK);
        let sender = self.sender.0.to_be_bytes();
        match self.counter {
            FrameCounter::Low(low) => {
                out.push(first);
                out.extend_from_slice(&sender);
                out.extend_from_slice(&low.to_be_bytes());
            }
            FrameCounter::Full(counter) => {
                out.push(first | LONG_FLAG);
                out.extend_from_slice(&sender);
                out.extend_from_slice(&counter.to_be_bytes()[3..]);
            }
        }
    }
}

/// Why bytes are not a frame of ours. Nothing of the frame was believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FrameError {
    /// Shorter than a header and a tag.
    TooShort,
    /// Longer than any frame of ours.
    TooLong,
    /// Another version of the layout, or no frame of ours at all.
    BadVersion,
}

/// A frame whose outside has been checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameView<'a> {
    /// What it says in the clear; not authenticated yet.
    pub header: FrameHeader,
    /// The bytes of the header, which the tag covers.
    pub header_bytes: &'a [u8],
    /// Ciphertext and, at its end, the tag.
    pub sealed: &'a [u8],
}

impl<'a> FrameView<'a> {
    /// Look at a frame. Every length is checked here, so that opening it needs no more checks.
    pub fn new(frame: &'a [u8]) -> Result<FrameView<'a>, FrameError> {
        let first = *frame.first().ok_or(FrameError::TooShort)?;
        if first >> 5 != FRAME_VERSION {
            return Err(FrameError::BadVersion);
        }
        let brief = first & BRIEF_FLAG != 0;
        if frame.len() > CARRY_FRAME_BYTES_MAX {
            return Err(FrameError::TooLong);
        }
        let long = first & LONG_FLAG != 0;
        let header_len = if long { LONG_HEADER_BYTES } else { SHORT_HEADER_BYTES };
        if frame.len() < header_len + tag_bytes(brief) {
            return Err(FrameError::TooShort);
        }
        let (header_bytes, sealed) = frame.split_at(header_len);
        let counter = match *header_bytes {
            [_, _, _, a, b, c, d, e] => {
                FrameCounter::Full(u64::from_be_bytes([0, 0, 0, a, b, c, d, e]))
            }
            _ => FrameCounter::Low(u16::from_be_bytes([header_bytes[3], header_bytes[4]])),
        };
        let header = FrameHeader {
            suite: (first >> SUITE_SHIFT) % SUITE_END,
            epoch_low: first & EPOCH_MASK,
            sender: DeviceId(u16::from_be_bytes([header_bytes[1], header_bytes[2]])),
            counter,
            brief,
        };
        Ok(FrameView { header, header_bytes, sealed })
    }

    /// A mute beacon: nothing is inside, and its tag covers what its sender holds.
    pub fn is_mute(&self) -> bool {
        self.header.brief && self.plain_bytes() == 0
    }

    /// Bytes of the plain text inside.
    pub fn plain_bytes(&self) -> usize {
        self.sealed.len() - tag_bytes(self.header.brief)
    }
}

fn tag_bytes(brief: bool) -> usize {
    if brief { BRIEF_TAG_BYTES } else { TAG_BYTES }
}

#[cfg(test)]
mod tests;
