//! The frame: what one bearer carries at once. Here is only its outside, as bytes; the inside is
//! sealed and opened by [`crate::keys::frame_key`], and what it then says is a bundle.
//!
//! ```text
//!  bit 7     5 4     3   2     1       0
//! +-----------+-------+-------+---------+
//! |  version  | suite | whole |  epoch  |  byte 0: version, suite, low bits of the epoch
//! +-----------+-------+-------+---------+
//! |               sender                |  2 bytes, big-endian: index of the device
//! +-------------------------------------+
//! |               number                |  short: low 16 bits of the counter, big-endian; whole:
//! +-------------------------------------+  start 6 bytes, big-endian, counter varint, 3 at most;
//!                                          near: the low 4 bytes of the start, counter varint
//! |             ciphertext              |  as long as the plain text
//! +-------------------------------------+
//! |                tag                  |  8 bytes; brief frames 4
//! +-------------------------------------+
//! ```
//!
//! Version 3; 4 says the same and asks whoever hears it to write the number of its next frame here
//! whole. 5 and 6 are as 3 and 4 with a number that is near, and its bit for whole set: whose start
//! was within the last hours needs to name the low bits of its time alone. Version 1 had no starts;
//! 2 is a notice (`wire::notice`).
//!
//! The lower bit of the suite is its number; the higher one says that the tag has four bytes: a
//! brief frame, for what is said again soon and proves nothing by itself (beacons, fixes; what may
//! stand in one is told in `wire::brief`).
//!
//! A frame that ends with its tag right after the sender is *mute*: it has no number and nothing
//! inside, and its tag covers what its sender holds (`keys::frame_key`), so whoever holds the same
//! can tell that it is genuine. Seven bytes with a brief tag are a mute beacon, eleven a mute ack.
//!
//! Version 7 is *nameless*: a short number, no sender, a tag of eight bytes. The network of such a
//! link tells who sent it, and the hearer knows which devices speak there (`keys::frame_key`); to
//! whom one may be said is told in `link::number`.
//!
//! Overhead: 13 bytes short, 11 nameless, 18 to 20 whole, 9 to 16 brief. The tag covers the header.
//! A whole frame is for those who do not know the start of its sender, or may have missed more than
//! half of 16 bits; when that may be is told in `link::number`.

use crate::base::caps::CARRY_FRAME_BYTES_MAX;
use crate::base::ids::DeviceId;
use crate::base::start::{FrameNo, Start};
use crate::wire::pack::{Reader, put_varint, varint_len};

/// The version of this layout.
pub const FRAME_VERSION: u8 = 3;
/// The same layout, and hearers are asked for whole numbers.
pub const ASKING_VERSION: u8 = 4;
/// The same layout with a near number; one more asks as well.
pub const NEAR_VERSION: u8 = 5;
const NEAR_ASKING_VERSION: u8 = NEAR_VERSION + 1;
/// The layout without a sender: a short number right after the first byte.
pub const NAMELESS_VERSION: u8 = 7;
/// Suites are smaller than this. Which is which is told in `keys::suite`.
pub const SUITE_END: u8 = 2;
/// Bytes of the tag.
pub const TAG_BYTES: usize = 8;
/// Bytes of the tag of a brief frame (DESIGN section 4: position-only frames).
pub const BRIEF_TAG_BYTES: usize = 4;
/// Bytes of a header with a short counter.
pub const SHORT_HEADER_BYTES: usize = 5;
/// Bytes of the header of a mute frame: the first byte and the sender.
pub const MUTE_HEADER_BYTES: usize = FIRST_BYTES + SENDER_BYTES;
/// Bytes of a header with a near number, without its counter.
const NEAR_HEADER_BYTES: usize = MUTE_HEADER_BYTES + NEAR_START_BYTES;
/// Bytes of a header with a whole number, at most.
pub const WHOLE_HEADER_BYTES: usize = MUTE_HEADER_BYTES + FrameNo::BYTES;
/// Bytes a short frame has more than its plain text.
pub const SHORT_OVERHEAD_BYTES: usize = SHORT_HEADER_BYTES + TAG_BYTES;
/// Bytes a frame with a whole number has more than its plain text, at most.
pub const WHOLE_OVERHEAD_BYTES: usize = WHOLE_HEADER_BYTES + TAG_BYTES;

const FIRST_BYTES: usize = 1;
const SENDER_BYTES: usize = 2;
/// Bytes of a start in a near number.
const NEAR_START_BYTES: usize = 4;
const BRIEF_FLAG: u8 = 0b0001_0000;
const SUITE_SHIFT: u32 = 3;
const WHOLE_FLAG: u8 = 0b0000_0100;
const EPOCH_MASK: u8 = 0b0000_0011;

/// The number of the frame as the header carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderNo {
    /// The low 16 bits of the counter; the hearer knows the rest and the start.
    Low(u16),
    /// The low bits of the start, and the counter; the hearer's clock tells the rest.
    Near {
        /// See [`Start::low`].
        start_low: u32,
        /// The whole counter.
        counter: u64,
    },
    /// All of it.
    Whole(FrameNo),
    /// A mute frame has none.
    Absent,
}

impl HeaderNo {
    /// Bytes of a header that carries this.
    pub fn header_bytes(self) -> usize {
        match self {
            HeaderNo::Low(_) => SHORT_HEADER_BYTES,
            HeaderNo::Whole(number) => {
                MUTE_HEADER_BYTES + Start::BYTES + varint_len(number.counter)
            }
            HeaderNo::Near { counter, .. } => NEAR_HEADER_BYTES + varint_len(counter),
            HeaderNo::Absent => MUTE_HEADER_BYTES,
        }
    }
}

/// How much of its number a frame carries, by those who may hear it; and whether it says whose it
/// is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum NumberForm {
    /// The low bits of the counter and no sender, for one who knows the start and who speaks here.
    Nameless,
    /// The low bits of the counter, for those who know the start.
    #[default]
    Short,
    /// The low bits of the start too, for those whose clock is about right.
    Near,
    /// All of it, for anybody with the key.
    Whole,
}

impl NumberForm {
    /// This number in this form.
    pub fn of(self, number: FrameNo) -> HeaderNo {
        let FrameNo { start, counter } = number;
        match self {
            NumberForm::Nameless | NumberForm::Short => HeaderNo::Low((counter & 0xffff) as u16),
            NumberForm::Near => HeaderNo::Near { start_low: start.low(), counter },
            NumberForm::Whole => HeaderNo::Whole(number),
        }
    }

    /// Who says it, as the header carries it.
    pub fn sender(self, device: DeviceId) -> Option<DeviceId> {
        (self != NumberForm::Nameless).then_some(device)
    }

    /// Bytes of a header with this number in this form.
    pub fn header_bytes(self, number: FrameNo) -> usize {
        let named = self.of(number).header_bytes();
        if self == NumberForm::Nameless { named - SENDER_BYTES } else { named }
    }
}

/// Everything a frame says in the clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameHeader {
    /// Number of the suite of cryptography, below [`SUITE_END`].
    pub suite: u8,
    /// The low two bits of the epoch whose key seals the frame.
    pub epoch_low: u8,
    /// The device that sealed it; none of a nameless frame, which has a short number and a whole
    /// tag and asks for nothing.
    pub sender: Option<DeviceId>,
    /// Which of its frames this is.
    pub number: HeaderNo,
    /// Its tag has four bytes.
    pub brief: bool,
    /// Hearers are asked for whole numbers: a frame was heard that could not be opened.
    pub asks: bool,
}

impl FrameHeader {
    /// Bytes of this header.
    pub fn bytes(&self) -> usize {
        let named = self.number.header_bytes();
        if self.sender.is_none() { named - SENDER_BYTES } else { named }
    }

    /// Append the header. Only the low two bits of the epoch are kept.
    pub fn emit(&self, out: &mut Vec<u8>) {
        debug_assert!(self.suite < SUITE_END, "a suite has one bit");
        let brief = if self.brief { BRIEF_FLAG } else { 0 };
        let suite = (self.suite % SUITE_END) << SUITE_SHIFT;
        let version = match (self.sender, self.number) {
            (None, number) => {
                let is_short = matches!(number, HeaderNo::Low(_));
                debug_assert!(is_short && !self.brief && !self.asks, "it needs a name");
                NAMELESS_VERSION
            }
            (_, HeaderNo::Near { .. }) => NEAR_VERSION + u8::from(self.asks),
            (_, HeaderNo::Low(_) | HeaderNo::Whole(_) | HeaderNo::Absent) => {
                FRAME_VERSION + u8::from(self.asks)
            }
        };
        let first = (version << 5) | brief | suite | (self.epoch_low & EPOCH_MASK);
        let is_whole = matches!(self.number, HeaderNo::Whole(_) | HeaderNo::Near { .. });
        out.push(if is_whole { first | WHOLE_FLAG } else { first });
        out.extend(self.sender.into_iter().flat_map(|sender| sender.0.to_be_bytes()));
        match self.number {
            HeaderNo::Low(low) => out.extend_from_slice(&low.to_be_bytes()),
            HeaderNo::Whole(number) => {
                out.extend_from_slice(&number.start.to_bytes());
                put_varint(out, number.counter);
            }
            HeaderNo::Near { start_low, counter } => {
                out.extend_from_slice(&start_low.to_be_bytes());
                put_varint(out, counter);
            }
            HeaderNo::Absent => {}
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
    /// A whole number whose counter is written longer than it must be, or is too large.
    BadNumber,
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
        let (is_near, asks) = match first >> 5 {
            NAMELESS_VERSION => return FrameView::nameless(frame, first),
            FRAME_VERSION => (false, false),
            ASKING_VERSION => (false, true),
            NEAR_VERSION if first & WHOLE_FLAG != 0 => (true, false),
            NEAR_ASKING_VERSION if first & WHOLE_FLAG != 0 => (true, true),
            _ => return Err(FrameError::BadVersion),
        };
        let brief = first & BRIEF_FLAG != 0;
        if frame.len() > CARRY_FRAME_BYTES_MAX {
            return Err(FrameError::TooLong);
        }
        let number = match first & WHOLE_FLAG {
            0 if frame.len() == MUTE_HEADER_BYTES + tag_bytes(brief) => Some(HeaderNo::Absent),
            0 => frame.get(3..5).map(|low| HeaderNo::Low(u16::from_be_bytes([low[0], low[1]]))),
            _ if is_near => near_number(frame)?,
            _ => whole_number(frame)?.map(HeaderNo::Whole),
        };
        let number = number.ok_or(FrameError::TooShort)?;
        let header = FrameHeader {
            suite: (first >> SUITE_SHIFT) % SUITE_END,
            epoch_low: first & EPOCH_MASK,
            sender: Some(DeviceId(u16::from_be_bytes([frame[1], frame[2]]))),
            number,
            brief,
            asks,
        };
        FrameView::cut(frame, header)
    }

    /// The same of a frame that does not say whose it is: nothing about it is a matter of choice.
    fn nameless(frame: &'a [u8], first: u8) -> Result<FrameView<'a>, FrameError> {
        if first & (BRIEF_FLAG | WHOLE_FLAG) != 0 {
            return Err(FrameError::BadVersion);
        }
        if frame.len() > CARRY_FRAME_BYTES_MAX {
            return Err(FrameError::TooLong);
        }
        let low = frame.get(1..3).ok_or(FrameError::TooShort)?;
        let header = FrameHeader {
            suite: (first >> SUITE_SHIFT) % SUITE_END,
            epoch_low: first & EPOCH_MASK,
            sender: None,
            number: HeaderNo::Low(u16::from_be_bytes([low[0], low[1]])),
            brief: false,
            asks: false,
        };
        FrameView::cut(frame, header)
    }

    fn cut(frame: &'a [u8], header: FrameHeader) -> Result<FrameView<'a>, FrameError> {
        if frame.len() < header.bytes() + tag_bytes(header.brief) {
            return Err(FrameError::TooShort);
        }
        let (header_bytes, sealed) = frame.split_at(header.bytes());
        Ok(FrameView { header, header_bytes, sealed })
    }

    /// A mute frame: it has no number and nothing inside.
    pub fn is_mute(&self) -> bool {
        self.header.number == HeaderNo::Absent
    }

    /// Bytes of the plain text inside.
    pub fn plain_bytes(&self) -> usize {
        self.sealed.len() - tag_bytes(self.header.brief)
    }
}

/// The number after the sender; nothing if the frame ends before it does.
fn whole_number(frame: &[u8]) -> Result<Option<FrameNo>, FrameError> {
    let Some((start, rest)) = frame.get(3..).and_then(|rest| rest.split_first_chunk()) else {
        return Ok(None);
    };
    let start = Start::of_bytes(*start);
    Ok(counter(rest)?.map(|counter| FrameNo { start, counter }))
}

/// The same of a near number.
fn near_number(frame: &[u8]) -> Result<Option<HeaderNo>, FrameError> {
    let Some((start, rest)) = frame.get(3..).and_then(|rest| rest.split_first_chunk()) else {
        return Ok(None);
    };
    let start_low = u32::from_be_bytes(*start);
    Ok(counter(rest)?.map(|counter| HeaderNo::Near { start_low, counter }))
}

/// The counter that these bytes begin with; nothing if they end before it does.
fn counter(bytes: &[u8]) -> Result<Option<u64>, FrameError> {
    let most = &bytes[..bytes.len().min(FrameNo::BYTES - Start::BYTES)];
    let Some(last) = most.iter().position(|byte| byte & 0x80 == 0) else {
        let is_cut = bytes.len() == most.len();
        return if is_cut { Ok(None) } else { Err(FrameError::BadNumber) };
    };
    let counter = Reader::new(most).varint().map_err(|_| FrameError::BadNumber)?;
    // Written in one way only.
    match varint_len(counter) == last + 1 {
        true => Ok(Some(counter)),
        false => Err(FrameError::BadNumber),
    }
}

fn tag_bytes(brief: bool) -> usize {
    if brief { BRIEF_TAG_BYTES } else { TAG_BYTES }
}

#[cfg(test)]
mod tests;
