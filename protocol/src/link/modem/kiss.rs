//! KISS, the byte dialogue with a TNC over serial or TCP ("The KISS TNC: A simple Host-to-TNC
//! communications protocol", Chepponis K3MC and Karn KA9Q, 1987). Bytes in, frames out. No port,
//! no pacing ([`super::pace`]), no AX.25: the TNC carries any bytes of 15 or more,
//! and [`short`] tells how fewer are carried.
//!
//! ```text
//! C0  TC  b b b … b  k k k k  C0   FEND, type and port, bytes, check sum if agreed, FEND
//!     ││  DB DC = C0               inside: FESC TFEND stands for FEND
//!     ││  DB DD = DB                       FESC TFESC stands for FESC
//!     │└─ command: 0 data, 1 TXDELAY, 2 P, 3 SlotTime, 4 TXtail, 5 FullDuplex, 6 SetHardware
//!     └── port of the TNC: which of its radios
//! ```
//!
//! The check sum ([`crc`]) is for transparent gateways, which hand over whatever came out of the
//! radio; a TNC checks by itself. What a TNC may be told of its timing is in [`tuning`].
//!
//! Called by the daemon's KISS bearers and by the simulator's hub, each holding one [`Decoder`]
//! per connection.

use std::collections::VecDeque;

use thiserror::Error;

use crate::base::caps::{FRAME_BYTES_MAX, KISS_READY_MAX};

pub mod crc;
pub mod short;
#[cfg(test)]
mod tests;
pub mod tuning;

/// Frame delimiter.
pub const FEND: u8 = 0xC0;
/// Escape.
pub const FESC: u8 = 0xDB;
/// After an escape: a FEND was meant.
pub const TFEND: u8 = 0xDC;
/// After an escape: a FESC was meant.
pub const TFESC: u8 = 0xDD;
/// Command of a data frame: the lower half of the type byte.
pub const DATA: u8 = 0x00;
/// Highest port: the upper half of the type byte.
pub const PORT_MAX: u8 = 15;

/// Smallest frame that a TNC passes on: Dire Wolf 1.6 refuses fewer than 15 bytes (measured), the
/// two addresses and the control byte of AX.25.
pub const KISS_FRAME_MIN: usize = 15;

/// What was wrong with a run of bytes between two delimiters. All of it was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Error)]
pub enum KissError {
    /// More than [`FRAME_BYTES_MAX`] bytes without a delimiter.
    #[error("KISS frame longer than {FRAME_BYTES_MAX} bytes")]
    TooLong,
    /// The escape byte was followed by something that needs no escape.
    #[error("KISS escape followed by {0:#04x}")]
    BadEscape(u8),
    /// A data frame of another port of the TNC: another radio, not ours.
    #[error("KISS frame of port {0}, which is not this link's")]
    OtherPort(u8),
    /// The check sum does not fit, or there is none.
    #[error("KISS frame with a wrong check sum")]
    BadCheck,
    /// More frames in one read than may wait; this one and the rest of the read were dropped.
    #[error("more than {KISS_READY_MAX} KISS frames in one read")]
    TooMany,
}

impl KissError {
    /// The reason word under which a drop is counted.
    pub fn reason(self) -> &'static str {
        match self {
            KissError::TooLong => "kiss_too_long",
            KissError::BadEscape(_) => "kiss_bad_escape",
            KissError::OtherPort(_) => "kiss_other_port",
            KissError::BadCheck => "kiss_bad_crc",
            KissError::TooMany => "kiss_too_many",
        }
    }
}

/// How frames are put on one connection: both ends must agree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Framing {
    /// Port of the TNC, at most [`PORT_MAX`].
    pub port: u8,
    /// Each frame carries a check sum.
    pub crc: bool,
}

impl Framing {
    /// Append `frame` to `to` as one KISS data frame. A delimiter in front flushes line noise out
    /// of the TNC, as the specification recommends.
    pub fn encode(self, frame: &[u8], to: &mut Vec<u8>) {
        to.reserve(encoded_bytes(frame) + 2 * crc::CRC_BYTES);
        to.push(FEND);
        // The type byte of port 12 looks like a delimiter.
        escape(self.port << 4 | DATA, to);
        frame.iter().for_each(|&byte| escape(byte, to));
        if self.crc {
            crc::crc32(frame).to_le_bytes().into_iter().for_each(|byte| escape(byte, to));
        }
        to.push(FEND);
    }
}

/// Append `frame` to `to` as one KISS data frame of port 0 without a check sum.
pub fn encode(frame: &[u8], to: &mut Vec<u8>) {
    Framing::default().encode(frame, to);
}

/// Bytes that [`encode`] appends for `frame`.
pub fn encoded_bytes(frame: &[u8]) -> usize {
    3 + frame.len() + frame.iter().filter(|&&byte| byte == FEND || byte == FESC).count()
}

fn escape(byte: u8, to: &mut Vec<u8>) {
    match byte {
        FEND => to.extend([FESC, TFEND]),
        FESC => to.extend([FESC, TFESC]),
        _ => to.push(byte),
    }
}

/// Where the decoder stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Before the first delimiter, or after an error: everything is skipped until a delimiter.
    Hunt,
    /// A delimiter was seen; the next byte names type and port.
    Start,
    /// The same, after an escape.
    StartEscaped,
    /// Inside a data frame of our port.
    Data,
    /// Inside a data frame of our port, after an escape.
    Escaped,
}

/// Turns the bytes of a connection, cut anywhere, into frames. Push what was read, then take
/// frames with `next()` until `None`, before reading again.
#[derive(Clone, Debug)]
pub struct Decoder {
    framing: Framing,
    state: State,
    partial: Vec<u8>,
    ready: VecDeque<Result<Vec<u8>, KissError>>,
    counts: Counts,
}

/// What the decoder skipped without calling it an error of the frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Frames that set a parameter (TXDELAY and so on); a TNC has no reason to send them.
    pub commands: u64,
    /// Bytes outside any frame: a banner, noise, the rest of a bad frame.
    pub skipped_bytes: u64,
}

impl Default for Decoder {
    fn default() -> Decoder {
        Decoder::new()
    }
}

impl Decoder {
    /// A decoder of port 0, without check sums, that waits for the first delimiter.
    pub fn new() -> Decoder {
        Decoder::of(Framing::default())
    }

    /// The same for frames put in this way.
    pub fn of(framing: Framing) -> Decoder {
        Decoder {
            framing,
            state: State::Hunt,
            partial: Vec::new(),
            ready: VecDeque::new(),
            counts: Counts::default(),
        }
    }

    /// Take in bytes as they were read; frames then come out of `next()`.
    pub fn push(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.step(byte);
        }
    }

    /// What was skipped so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    fn step(&mut self, byte: u8) {
        match (self.state, byte) {
            (State::Data, FEND) => {
                let bytes = std::mem::take(&mut self.partial);
                self.state = State::Start;
                // A type byte alone is how some TNCs poll; it carries nothing.
                if !bytes.is_empty() {
                    self.finish(bytes);
                }
            }
            (State::Escaped | State::StartEscaped, FEND) => {
                self.fail(KissError::BadEscape(FEND));
                self.state = State::Start;
            }
            (State::Hunt | State::Start, FEND) => self.state = State::Start,
            (State::Hunt, _) => self.counts.skipped_bytes += 1,
            (State::Start, FESC) => self.state = State::StartEscaped,
            (State::Start, kind) => self.begin(kind),
            (State::StartEscaped, TFEND) => self.begin(FEND),
            (State::StartEscaped, TFESC) => self.begin(FESC),
            (State::Data, FESC) => self.state = State::Escaped,
            (State::Data, _) => self.take(byte),
            (State::Escaped, TFEND) => self.take(FEND),
            (State::Escaped, TFESC) => self.take(FESC),
            (State::Escaped | State::StartEscaped, _) => self.fail(KissError::BadEscape(byte)),
        }
    }

    /// The type byte of a frame.
    fn begin(&mut self, kind: u8) {
        match (kind & 0x0F == DATA, kind >> 4) {
            (true, port) if port == self.framing.port => self.state = State::Data,
            (true, port) => self.fail(KissError::OtherPort(port)),
            (false, _) => {
                self.counts.commands += 1;
                self.state = State::Hunt;
            }
        }
    }

    /// The bytes of a frame, complete.
    fn finish(&mut self, mut bytes: Vec<u8>) {
        if !self.framing.crc {
            return self.give(Ok(bytes));
        }
        match bytes.split_last_chunk::<{ crc::CRC_BYTES }>() {
            Some((frame, check)) if crc::crc32(frame) == u32::from_le_bytes(*check) => {
                bytes.truncate(frame.len());
                self.give(Ok(bytes));
            }
            Some(_) | None => self.give(Err(KissError::BadCheck)),
        }
    }

    fn take(&mut self, byte: u8) {
        self.state = State::Data;
        let check_bytes = if self.framing.crc { crc::CRC_BYTES } else { 0 };
        if self.partial.len() < FRAME_BYTES_MAX + check_bytes {
            self.partial.push(byte);
        } else {
            self.fail(KissError::TooLong);
        }
    }

    /// Drop what was gathered and skip to the next delimiter. The specification would ignore a bad
    /// escape and go on; we drop, because a frame with a byte missing only costs a tag check.
    fn fail(&mut self, error: KissError) {
        self.partial.clear();
        self.state = State::Hunt;
        self.give(Err(error));
    }

    fn give(&mut self, what: Result<Vec<u8>, KissError>) {
        match self.ready.len() {
            count if count + 1 < KISS_READY_MAX => self.ready.push_back(what),
            count if count < KISS_READY_MAX => self.ready.push_back(Err(KissError::TooMany)),
            _ => {}
        }
    }
}

impl Iterator for Decoder {
    type Item = Result<Vec<u8>, KissError>;

    /// The next frame or error, in the order of the bytes; `None` when more must be pushed.
    fn next(&mut self) -> Option<Self::Item> {
        self.ready.pop_front()
    }
}
