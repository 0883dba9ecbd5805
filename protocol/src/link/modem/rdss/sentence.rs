//! Sentences of a BeiDou terminal on its serial line: `$`, words between commas, `*`, two check
//! digits, end of line. Bytes in, sentences out, cut anywhere. What the words mean is the
//! dialect's ([`super::dialect`]).
//!
//! ```text
//! $CCICA,0,00*7B CR LF
//! │          │└┴─ XOR of all bytes between $ and *, two hexadecimal digits
//! │          └─── the last * of the line: the words may hold raw GB 18030 bytes
//! └────────────── begins a sentence; what stands before it is skipped and counted
//! ```

use std::collections::VecDeque;

use thiserror::Error;

use crate::base::caps::{RDSS_READY_MAX, RDSS_SENTENCE_BYTES_MAX};

/// Words of one sentence that are looked at; a status of ten satellites has fewer than 60.
const WORDS_MAX: usize = 128;

/// What was wrong with a line. All of it was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Error)]
pub enum SentenceError {
    /// More than [`RDSS_SENTENCE_BYTES_MAX`] bytes without an end of line.
    #[error("sentence longer than {RDSS_SENTENCE_BYTES_MAX} bytes")]
    TooLong,
    /// No `*` with two hexadecimal digits at its end.
    #[error("sentence without check digits")]
    NoCheck,
    /// The check digits are of other bytes.
    #[error("sentence with wrong check digits")]
    BadCheck,
    /// More sentences in one read than may wait.
    #[error("more than {RDSS_READY_MAX} sentences in one read")]
    TooMany,
}

impl SentenceError {
    /// The reason word under which a drop is counted.
    pub fn reason(self) -> &'static str {
        match self {
            SentenceError::TooLong => "rdss_too_long",
            SentenceError::NoCheck => "rdss_no_check",
            SentenceError::BadCheck => "rdss_bad_check",
            SentenceError::TooMany => "rdss_too_many",
        }
    }
}

/// One sentence whose check digits fit. The words are bytes, not text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    words: Vec<Vec<u8>>,
}

impl Sentence {
    /// The talker and type, such as `BDFKI`.
    pub fn name(&self) -> &[u8] {
        self.words.first().map_or(&[], Vec::as_slice)
    }

    /// The word `at`, the first after the name being 0; empty if there is none.
    pub fn word(&self, at: usize) -> &[u8] {
        self.words.get(at + 1).map_or(&[], Vec::as_slice)
    }

    /// All words from `at` on with the commas between them: a text that holds commas itself.
    pub fn rest(&self, at: usize) -> Vec<u8> {
        self.words.get(at + 1..).unwrap_or_default().join(&b',')
    }

    /// How many words follow the name.
    pub fn word_count(&self) -> usize {
        self.words.len().saturating_sub(1)
    }

    /// The last word.
    pub fn last(&self) -> &[u8] {
        self.words.last().map_or(&[], Vec::as_slice)
    }

    /// The word `at` as a decimal number; `None` if it is empty, too large or no number.
    pub fn number(&self, at: usize) -> Option<u32> {
        std::str::from_utf8(self.word(at)).ok()?.parse().ok()
    }
}

/// XOR of all bytes: the check value of a sentence.
pub fn check_of(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |check, byte| check ^ byte)
}

/// A whole sentence around `words` (name and fields with their commas).
pub fn line(words: &str) -> Vec<u8> {
    line_of_bytes(words.as_bytes())
}

/// The same for words in any code.
pub fn line_of_bytes(words: &[u8]) -> Vec<u8> {
    let end = format!("*{:02X}\r\n", check_of(words));
    [b"$", words, end.as_bytes()].concat()
}

/// Turns the bytes of a serial line, cut anywhere, into sentences. Push what was read, then take
/// with `next()` until `None`, before reading again.
#[derive(Clone, Debug, Default)]
pub struct Splitter {
    /// From `$` on; empty while hunting for one.
    partial: Vec<u8>,
    ready: VecDeque<Result<Sentence, SentenceError>>,
    skipped_bytes: u64,
}

impl Splitter {
    /// Take in bytes as they were read.
    pub fn push(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            match byte {
                b'\n' | b'\r' if !self.partial.is_empty() => {
                    let whole = std::mem::take(&mut self.partial);
                    self.give(read_line(&whole));
                }
                b'$' if self.partial.is_empty() => self.partial.push(byte),
                _ if self.partial.is_empty() => self.skipped_bytes += 1,
                _ if self.partial.len() < RDSS_SENTENCE_BYTES_MAX => self.partial.push(byte),
                _ => {
                    self.partial.clear();
                    self.give(Err(SentenceError::TooLong));
                }
            }
        }
    }

    /// Bytes that stood outside any sentence, line ends included.
    pub fn skipped_bytes(&self) -> u64 {
        self.skipped_bytes
    }

    fn give(&mut self, what: Result<Sentence, SentenceError>) {
        match self.ready.len() {
            count if count + 1 < RDSS_READY_MAX => self.ready.push_back(what),
            count if count < RDSS_READY_MAX => self.ready.push_back(Err(SentenceError::TooMany)),
            _ => {}
        }
    }
}

impl Iterator for Splitter {
    type Item = Result<Sentence, SentenceError>;

    /// The next sentence or error, in the order of the bytes; `None` when more must be pushed.
    fn next(&mut self) -> Option<Self::Item> {
        self.ready.pop_front()
    }
}

/// A line from its first `$` on. If that one was cut short by a later `$` (bytes were lost on the
/// way), the sentence at the later one is still good.
fn read_line(whole: &[u8]) -> Result<Sentence, SentenceError> {
    let first = read_from(&whole[1..]);
    let later = whole.iter().rposition(|&byte| byte == b'$').unwrap_or(0);
    match first {
        Err(_) if later > 0 => read_from(&whole[later + 1..]).or(first),
        Ok(_) | Err(_) => first,
    }
}

fn read_from(body: &[u8]) -> Result<Sentence, SentenceError> {
    let star = body.iter().rposition(|&byte| byte == b'*').ok_or(SentenceError::NoCheck)?;
    let (words, digits) = (&body[..star], &body[star + 1..]);
    let digits = std::str::from_utf8(digits).unwrap_or_default().trim_end();
    let is_hex = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let check = u8::from_str_radix(digits, 16).ok().filter(|_| is_hex);
    if check.ok_or(SentenceError::NoCheck)? != check_of(words) {
        return Err(SentenceError::BadCheck);
    }
    let words = words.split(|&byte| byte == b',').take(WORDS_MAX).map(<[u8]>::to_vec).collect();
    Ok(Sentence { words })
}
