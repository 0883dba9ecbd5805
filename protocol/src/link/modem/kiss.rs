//! KISS, the byte dialogue with a TNC over serial or TCP ("The KISS TNC: A simple Host-to-TNC
//! communications protocol", Chepponis K3MC and Karn KA9Q, 1987). Bytes in, frames out. No port,
//! no pacing ([`super::pace`]), no AX.25: the TNC carries any bytes of 15 or more.
//!
//! ```text
//! C0  TC  b b b … b  C0          FEND, type and port, bytes, FEND
//!     ││  DB DC = C0             inside: FESC TFEND stands for FEND
//!     ││  DB DD = DB                     FESC TFESC stands for FESC
//!     │└─ command: 0 data, 1 TXDELAY, 2 P, 3 SlotTime, 4 TXtail, 5 FullDuplex, 6 SetHardware
//!     └── port of the TNC; we speak on port 0 only
//! ```
//!
//! Called by the daemon's KISS bearers and by the simulator's hub, each holding one [`Decoder`]
//! per connection.

use std::collections::VecDeque;

use thiserror::Error;

use crate::base::caps::{FRAME_BYTES_MAX, KISS_READY_MAX};

#[cfg(test)]
mod tests;

/// Frame delimiter.
pub const FEND: u8 = 0xC0;
/// Escape.
pub const FESC: u8 = 0xDB;
/// After an escape: a FEND was meant.
pub const TFEND: u8 = 0xDC;
/// After an escape: a FESC was meant.
pub const TFESC: u8 = 0xDD;
/// Type byte of a data frame on port 0.
pub const DATA: u8 = 0x00;

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
    #[error("KISS frame of port {0}, this link uses port 0")]
    OtherPort(u8),
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
            KissError::TooMany => "kiss_too_many",
        }
    }
}

/// Append `frame` to `to` as one KISS data frame of port 0. A delimiter in front flushes line
/// noise out of the TNC, as the specification recommends.
pub fn encode(frame: &[u8], to: &mut Vec<u8>) {
    to.reserve(encoded_bytes(frame));
    to.push(FEND);
    to.push(DATA);
    for &byte in frame {
        match byte {
            FEND => to.extend([FESC, TFEND]),
            FESC => to.extend([FESC, TFESC]),
            _ => to.push(byte),
        }
    }
    to.push(FEND);
}

/// Bytes that [`encode`] appends for `frame`.
pub fn encoded_bytes(frame: &[u8]) -> usize {
    3 + frame.len() + frame.iter().filter(|&&byte| byte == FEND || byte == FESC).count()
}

/// Where the decoder stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Before the first delimiter, or after an error: everything is skipped until a delimiter.
    Hunt,
    /// A delimiter was seen; the next byte names type and port.
    Start,
    /// Inside a data frame of our port.
    Data,
    /// Inside a data frame of our port, after an escape.
    Escaped,
}

/// Turns the bytes of a connection, cut anywhere, into frames. Push what was read, then take
/// frames with `next()` until `None`, before reading again.
#[derive(Clone, Debug)]
pub struct Decoder {
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
    /// A decoder that waits for the first delimiter.
    pub fn new() -> Decoder {
        Decoder {
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
                let frame = std::mem::take(&mut self.partial);
                self.state = State::Start;
                // A type byte alone is how some TNCs poll; it carries nothing.
                if !frame.is_empty() {
                    self.give(Ok(frame));
                }
            }
            (State::Escaped, FEND) => {
                self.fail(KissError::BadEscape(FEND));
                self.state = State::Start;
            }
            (State::Hunt | State::Start, FEND) => self.state = State::Start,
            (State::Hunt, _) => self.counts.skipped_bytes += 1,
            (State::Start, DATA) => self.state = State::Data,
            (State::Start, kind) if kind & 0x0F == DATA => {
                self.fail(KissError::OtherPort(kind >> 4));
            }
            (State::Start, _) => {
                self.counts.commands += 1;
                self.state = State::Hunt;
            }
            (State::Data, FESC) => self.state = State::Escaped,
            (State::Data, _) => self.take(byte),
            (State::Escaped, TFEND) => self.take(FEND),
            (State::Escaped, TFESC) => self.take(FESC),
            (State::Escaped, _) => self.fail(KissError::BadEscape(byte)),
        }
    }

    fn take(&mut self, byte: u8) {
        self.state = State::Data;
        if self.partial.len() < FRAME_BYTES_MAX {
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
