//! The modem's side of the dialogue: bytes in, answers out, cut anywhere. All of it is lines but
//! for the prompt of `AT+CMGS`, which is `> ` without an end.
//!
//! ```text
//! +CMT: ,24 CR LF  hex CR LF          a message handed over: two lines
//! +CDS: 25 CR LF   hex CR LF          a report handed over: two lines
//! +CMGL: 3,0,,24 CR LF  hex CR LF     a stored message: two lines
//! +CMTI: "SM",3                       something was stored
//! ```

use std::collections::VecDeque;

use super::fault::Fault;
use crate::base::caps::{SMS_LINE_BYTES_MAX, SMS_READY_MAX};

/// One thing that the modem said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The command was carried out.
    Ok,
    /// It was not.
    Error(Fault),
    /// The modem takes the octets of a message now.
    Prompt,
    /// A message was sent, under this reference.
    Sent(u8),
    /// A message or report was handed over; the line holds it.
    Given(String),
    /// A stored message at this place.
    Stored(u32, String),
    /// Something was stored: ask for it.
    Announced,
    /// Strength, 0 to 31, or 99 for unknown.
    Signal(u32),
    /// Registered, at home or as a guest; false while it looks for a network.
    Registered(bool),
    /// The card is ready; false if it wants a code.
    CardReady(bool),
    /// Another line: an echo, a banner.
    Other,
    /// A line too long, or numbers that make no sense.
    Broken,
}

/// What the next line belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Expected {
    #[default]
    Anything,
    Given,
    Stored(u32),
}

/// Turns the bytes of a modem into answers. Push what was read, then take with `next()`.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    partial: Vec<u8>,
    expected: Expected,
    /// The rest of a line too long is being skipped.
    skipping: bool,
    ready: VecDeque<Answer>,
}

impl Reader {
    /// Take in bytes as they were read.
    pub fn push(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            match byte {
                b'\r' | b'\n' if self.skipping => self.skipping = false,
                b'\r' | b'\n' => {
                    let line = std::mem::take(&mut self.partial);
                    if !line.is_empty() {
                        self.line(&line);
                    }
                }
                _ if self.skipping => {}
                b' ' if self.partial == b">" => {
                    self.partial.clear();
                    self.give(Answer::Prompt);
                }
                _ if self.partial.len() < SMS_LINE_BYTES_MAX => self.partial.push(byte),
                _ => {
                    self.partial.clear();
                    self.skipping = true;
                    self.expected = Expected::Anything;
                    self.give(Answer::Broken);
                }
            }
        }
    }

    fn line(&mut self, line: &[u8]) {
        let text = String::from_utf8_lossy(line);
        let text = text.trim();
        match std::mem::take(&mut self.expected) {
            Expected::Anything => {
                let answer = self.answer_of(text);
                self.give(answer);
            }
            Expected::Given => self.give(Answer::Given(text.to_owned())),
            Expected::Stored(at) => self.give(Answer::Stored(at, text.to_owned())),
        }
    }

    fn answer_of(&mut self, text: &str) -> Answer {
        let Some((name, rest)) = text.split_once(':') else {
            return match text {
                "OK" => Answer::Ok,
                "ERROR" => Answer::Error(Fault::Plain),
                _ => Answer::Other,
            };
        };
        let rest = rest.trim();
        let number = |at: usize| rest.split(',').nth(at).and_then(|word| word.trim().parse().ok());
        match name {
            "+CMT" | "+CDS" => {
                self.expected = Expected::Given;
                Answer::Other
            }
            "+CMGL" => match number(0) {
                Some(at) => {
                    self.expected = Expected::Stored(at);
                    Answer::Other
                }
                None => Answer::Broken,
            },
            "+CMTI" | "+CDSI" => Answer::Announced,
            "+CMGS" => match number(0).and_then(|number: u32| u8::try_from(number).ok()) {
                Some(reference) => Answer::Sent(reference),
                None => Answer::Broken,
            },
            "+CMS ERROR" => number(0)
                .map_or(Answer::Error(Fault::Plain), |code| Answer::Error(Fault::of_cms(code))),
            // 10 to 18 of TS 27.007 section 9.2.1 are the card's; 30 to 32 the network's.
            "+CME ERROR" => Answer::Error(match number(0) {
                Some(code @ 10..=18) => Fault::Card(code),
                Some(code @ 30..=32) => Fault::NoNetwork(code),
                Some(_) | None => Fault::Plain,
            }),
            "+CSQ" => number(0).map_or(Answer::Broken, Answer::Signal),
            // Asked for, it is `+CREG: n,stat`; by itself `+CREG: stat` (TS 27.007 section 7.2).
            "+CREG" => match number(1).or(number(0)) {
                Some(1 | 5 | 6 | 7) => Answer::Registered(true),
                Some(_) => Answer::Registered(false),
                None => Answer::Broken,
            },
            "+CPIN" => Answer::CardReady(rest == "READY"),
            _ => Answer::Other,
        }
    }

    fn give(&mut self, answer: Answer) {
        if self.ready.len() < SMS_READY_MAX {
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
