//! The modem's side of the dialogue: bytes in, answers out, cut anywhere. Text comes in lines;
//! only after `AT+SBDRB` come bytes, and how many their first two say.
//!
//! ```text
//! text    +SBDIX: 0, 17, 1, 4, 58, 2 CR LF … OK CR LF        lines; SBDRING comes between any
//! bytes   00 3A  b b b … b  xx xx                            length, message, 16-bit sum
//! ```

use std::collections::VecDeque;

use super::status::Session;
use crate::base::caps::{SBD_BYTES_MAX, SBD_LINE_BYTES_MAX, SBD_READY_MAX};

/// One thing that the modem said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The command was carried out.
    Ok,
    /// It was not understood.
    Error,
    /// The modem takes the bytes of a message now.
    Ready,
    /// What came of the bytes: 0 taken, 1 too slow, 2 wrong sum, 3 wrong length. Also the answer
    /// of `AT+SBDD0`, 0 for cleared.
    Digit(u32),
    /// A session ended.
    Session(Session),
    /// Something waits at the gateway.
    Ring,
    /// Bars of signal, 0 to 5.
    Signal(u32),
    /// The message received; `None` if its sum is wrong.
    Message(Option<Vec<u8>>),
    /// Another line: an echo, a banner.
    Other,
    /// A line too long, or numbers that make no sense.
    Broken,
}

/// Sum of all bytes, 16 bits.
pub fn sum_of(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |sum: u16, byte| sum.wrapping_add(u16::from(*byte)))
}

/// Message and sum as `AT+SBDWB` wants them after `READY`.
pub fn with_sum(message: &[u8]) -> Vec<u8> {
    [message, &sum_of(message).to_be_bytes()].concat()
}

/// Turns the bytes of a modem into answers. Push what was read, then take with `next()`.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    partial: Vec<u8>,
    /// Bytes are expected, not text; what is dropped before them is their command's echo.
    binary: bool,
    /// The rest of a line too long is being skipped.
    skipping: bool,
    ready: VecDeque<Answer>,
}

impl Reader {
    /// The next thing to come is a message, not text.
    pub fn expect_message(&mut self) {
        self.binary = true;
        self.partial.clear();
    }

    /// The message did not come in time; what follows is text again.
    pub fn expect_text(&mut self) {
        self.binary = false;
        self.partial.clear();
    }

    /// Take in bytes as they were read.
    pub fn push(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if self.binary {
                self.push_binary(byte);
            } else {
                self.push_text(byte);
            }
        }
    }

    fn push_binary(&mut self, byte: u8) {
        self.partial.push(byte);
        let Some((head, rest)) = self.partial.split_first_chunk::<2>() else { return };
        let length = usize::from(u16::from_be_bytes(*head));
        if length > SBD_BYTES_MAX {
            self.expect_text();
            return self.give(Answer::Broken);
        }
        if rest.len() < length + 2 {
            return;
        }
        let (message, sum) = rest.split_at(length);
        let sound = sum == sum_of(message).to_be_bytes();
        let message = sound.then(|| message.to_vec());
        self.expect_text();
        self.give(Answer::Message(message));
    }

    fn push_text(&mut self, byte: u8) {
        match byte {
            b'\r' | b'\n' if self.skipping => self.skipping = false,
            b'\r' | b'\n' => {
                let line = std::mem::take(&mut self.partial);
                if !line.is_empty() {
                    self.give(answer_of(&line));
                }
            }
            _ if self.skipping => {}
            _ if self.partial.len() < SBD_LINE_BYTES_MAX => self.partial.push(byte),
            _ => {
                self.partial.clear();
                self.skipping = true;
                self.give(Answer::Broken);
            }
        }
    }

    fn give(&mut self, answer: Answer) {
        if self.ready.len() < SBD_READY_MAX {
            self.ready.push_back(answer);
        }
    }
}

impl Iterator for Reader {
    type Item = Answer;

    /// The next answer; `None` when more must be pushed.
    fn next(&mut self) -> Option<Answer> {
        self.ready.pop_front()
    }
}

fn answer_of(line: &[u8]) -> Answer {
    let text = String::from_utf8_lossy(line);
    let text = text.trim();
    if let Some((name, rest)) = text.split_once(':') {
        let first = || rest.split(',').next().and_then(|word| word.trim().parse().ok());
        return match name {
            "+SBDIX" | "+SBDIXA" => rest.parse().map_or(Answer::Broken, Answer::Session),
            "+CSQ" | "+CSQF" => first().map_or(Answer::Broken, Answer::Signal),
            _ => Answer::Other,
        };
    }
    match text {
        "OK" => Answer::Ok,
        "ERROR" => Answer::Error,
        "READY" => Answer::Ready,
        "SBDRING" => Answer::Ring,
        _ if text.len() == 1 => text.parse().map_or(Answer::Other, Answer::Digit),
        _ => Answer::Other,
    }
}
