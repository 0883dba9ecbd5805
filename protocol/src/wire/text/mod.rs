//! Short texts in few bytes: the one that is shortest of three forms. Which model two ends share,
//! and where a text stands in a record, is decided above.
//!
//! | first byte | the text is |
//! |---|---|
//! | none | empty |
//! | 0x00–0xbf | coded with model 1; this byte is already part of it |
//! | 0xc0–0xef | kept for the model after it |
//! | 0xf0 | UTF-8, which follows |
//! | 0xf1 | GB18030, which follows |
//! | 0xf2 | coded with model 1 and a directory's words: tag 2, high byte first; then the code |
//! | 0xf3–0xff | kept |
//!
//! The text has no length of its own: its bytes end where the record says. In the code, each
//! character takes a share of an interval ([`coder`]) that is as wide as the character was
//! expected ([`blend`], [`model`]); a character that the alphabet lacks is spelt ([`escape`]).

pub mod blend;
pub mod coder;
pub mod counts;
pub mod escape;
pub mod lately;
pub mod model;
pub mod table;
pub mod tuning;

#[cfg(test)]
mod tests;

pub use model::Model;

use self::blend::Blend;
use self::coder::{Reader, Share, Writer};
use self::table::{END, OTHER};

/// The text is UTF-8.
const UTF8: u8 = 0xf0;
/// The text is GB18030.
const GB18030: u8 = 0xf1;
/// The text is coded with model 1 and the words of a directory.
const WITH_WORDS: u8 = 0xf2;
/// What a code of model 1 leaves of the first byte to all else.
const MODEL_1: Share = Share { from: 0, width: 192, whole: 256 };

/// Why bytes are not a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// A form that this version does not know.
    #[error(
        "文字编码 {0} 本机不认识，请升级本机程序，或请对方改用语音 / \
         text form {0} is not known here: upgrade this machine, or ask by voice"
    )]
    UnknownForm(u8),
    /// The words of another version of the directory are needed.
    #[error(
        "文字用第 {0} 版名录压缩，本机还没有该版名录，请先同步名录 / \
         the text needs the words of directory version {0}: sync the directory first"
    )]
    UnknownWords(u16),
    /// The text is longer than was allowed.
    #[error("文字过长，请对方分开发 / the text is longer than its limit: ask for it in parts")]
    TooLong,
    /// The bytes are damaged.
    #[error("文字编码有误，请对方重发 / the bytes are not a text: ask for it again")]
    Damaged,
}

/// The shortest bytes of a text. A model with words is used only where it helps.
pub fn encode(text: &str, model: &Model) -> Vec<u8> {
    if text.is_empty() {
        return Vec::new();
    }
    let mut best = code(text, plain(model), &[]);
    if let Some(tag) = model.tag() {
        let [high, low] = tag.to_be_bytes();
        shorter(&mut best, code(text, model, &[WITH_WORDS, high, low]));
    }
    if best.len() > 1 + escape::gb18030_bytes_min(text)
        && let Some(bytes) = escape::to_gb18030(text)
    {
        shorter(&mut best, headed(&[GB18030], &bytes));
    }
    shorter(&mut best, headed(&[UTF8], text.as_bytes()));
    best
}

/// The text of some bytes, at most `limit` bytes of UTF-8.
///
/// # Errors
/// See [`TextError`]. Time and memory are bounded by the limit, whatever the bytes are.
pub fn decode(bytes: &[u8], model: &Model, limit: usize) -> Result<String, TextError> {
    let Some((form, rest)) = bytes.split_first() else { return Ok(String::new()) };
    match *form {
        0x00..=0xbf => read(bytes, plain(model), true, limit),
        WITH_WORDS => match rest.split_first_chunk::<2>() {
            Some((tag, rest)) if model.tag() == Some(u16::from_be_bytes(*tag)) => {
                read(rest, model, false, limit)
            }
            Some((tag, _)) => Err(TextError::UnknownWords(u16::from_be_bytes(*tag))),
            None => Err(TextError::Damaged),
        },
        UTF8 if rest.len() > limit => Err(TextError::TooLong),
        UTF8 => Ok(std::str::from_utf8(rest).map_err(|_| TextError::Damaged)?.to_owned()),
        // Never chosen where it is longer than UTF-8.
        GB18030 if rest.len() > limit => Err(TextError::TooLong),
        GB18030 => match escape::from_gb18030(rest) {
            Some(text) if text.len() <= limit => Ok(text),
            Some(_) => Err(TextError::TooLong),
            None => Err(TextError::Damaged),
        },
        0xc0..=0xef | 0xf3..=0xff => Err(TextError::UnknownForm(*form)),
    }
}

/// The model without words; both ends hold it.
fn plain(model: &Model) -> &Model {
    if model.tag().is_some() { Model::standard() } else { model }
}

fn shorter(best: &mut Vec<u8>, other: Vec<u8>) {
    if other.len() < best.len() {
        *best = other;
    }
}

fn headed(head: &[u8], body: &[u8]) -> Vec<u8> {
    [head, body].concat()
}

/// The code of a text. Without a head its first byte says that it is one of model 1.
fn code(text: &str, model: &Model, head: &[u8]) -> Vec<u8> {
    let mut writer = Writer::default();
    if head.is_empty() {
        writer.put(MODEL_1);
    }
    let mut blend = Blend::new(model);
    for char in text.chars() {
        match model.symbol(char) {
            Some(symbol) => blend.put(&mut writer, symbol),
            None => {
                blend.put(&mut writer, OTHER);
                escape::put_char(&mut writer, char);
            }
        }
    }
    blend.put(&mut writer, END);
    let bytes = headed(head, &writer.finish());
    // No bytes at all are the empty text.
    if bytes.is_empty() { vec![0] } else { bytes }
}

fn read(bytes: &[u8], model: &Model, is_bare: bool, limit: usize) -> Result<String, TextError> {
    let mut reader = Reader::new(bytes);
    if is_bare {
        reader.take(MODEL_1);
    }
    let mut blend = Blend::new(model);
    let mut text = String::new();
    loop {
        let char = match blend.take(&mut reader) {
            END => return Ok(text),
            OTHER => escape::take_char(&mut reader).ok_or(TextError::Damaged)?,
            symbol => model.char(symbol).ok_or(TextError::Damaged)?,
        };
        if text.len() + char.len_utf8() > limit {
            return Err(TextError::TooLong);
        }
        text.push(char);
    }
}
