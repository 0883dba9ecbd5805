//! Texts that were coded or read lately, so that one that leaves by five links is coded once. What
//! comes out is the same with and without; only time tells. The coder itself is in [`super`].
//!
//! Kept by each thread for itself and in a fixed number of places, where a newer text takes the
//! place of an older one: nothing of it is ever waited for, and it cannot grow.

use std::cell::RefCell;

use super::model::Model;
use super::{TextError, decode, encode};

/// Places of each kind. The names and orders of a busy hour fit.
const PLACES: usize = 1024;
/// Longer texts are seldom said twice, and would make the places large.
const BYTES_MAX: usize = 512;

/// A text and its bytes under the standard model.
type Pair = (String, Vec<u8>);

/// Pairs by the text, and by the bytes.
struct Lately {
    coded: Vec<Option<Pair>>,
    read: Vec<Option<Pair>>,
}

thread_local! {
    static LATELY: RefCell<Lately> =
        RefCell::new(Lately { coded: vec![None; PLACES], read: vec![None; PLACES] });
}

/// The shortest bytes of a text under the standard model, as [`encode`] makes them.
pub fn encode_standard(text: &str) -> Vec<u8> {
    let place = place_of(text.as_bytes());
    let known = LATELY.with_borrow(|lately| {
        let pair = lately.coded[place].as_ref().filter(|pair| pair.0 == text);
        pair.map(|(_, bytes)| bytes.clone())
    });
    known.unwrap_or_else(|| {
        let bytes = encode(text, Model::standard());
        if text.len() <= BYTES_MAX {
            let pair = (text.to_owned(), bytes.clone());
            LATELY.with_borrow_mut(|lately| lately.coded[place] = Some(pair));
        }
        bytes
    })
}

/// The text of some bytes under the standard model, as [`decode`] reads it.
///
/// # Errors
/// See [`TextError`].
pub fn decode_standard(bytes: &[u8], limit: usize) -> Result<String, TextError> {
    let place = place_of(bytes);
    let known = LATELY.with_borrow(|lately| {
        let pair = lately.read[place].as_ref().filter(|pair| pair.1 == bytes);
        pair.filter(|(text, _)| text.len() <= limit).map(|(text, _)| text.clone())
    });
    if let Some(text) = known {
        return Ok(text);
    }
    let text = decode(bytes, Model::standard(), limit)?;
    if text.len() <= BYTES_MAX {
        let pair = (text.clone(), bytes.to_vec());
        LATELY.with_borrow_mut(|lately| lately.read[place] = Some(pair));
    }
    Ok(text)
}

/// FNV-1a (Fowler, Noll, Vo), folded to the number of places.
fn place_of(bytes: &[u8]) -> usize {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325, step);
    (hash ^ (hash >> 32)) as usize % PLACES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_out_as_without_it_however_many_share_a_place() {
        let texts: Vec<String> = (0..3 * PLACES).map(|number| format!("转移{number}户")).collect();
        for text in texts.iter().take(20).chain(&texts[2 * PLACES..]).chain(texts.iter().take(20)) {
            let bytes = encode_standard(text);
            assert_eq!(bytes, encode(text, Model::standard()));
            for _ in 0..2 {
                assert_eq!(decode_standard(&bytes, 99).as_ref(), Ok(text));
            }
        }
    }

    #[test]
    fn a_text_that_was_read_is_still_refused_where_it_is_too_long() {
        let bytes = encode_standard("立即转移");
        assert!(decode_standard(&bytes, 99).is_ok());
        assert_eq!(decode_standard(&bytes, 3), Err(TextError::TooLong));
    }

    #[test]
    fn damaged_bytes_are_refused_each_time() {
        for _ in 0..2 {
            assert_eq!(decode_standard(&[0xf0, 0xff], 99), Err(TextError::Damaged));
        }
    }
}
