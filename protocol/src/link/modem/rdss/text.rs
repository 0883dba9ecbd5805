//! Texts between people as the content of short messages: GBK, cut into pieces that one message
//! carries, each with its number before it. Not here: which card sends them ([`super::bond`]).

use encoding_rs::GBK;

use crate::base::caps::RDSS_TEXT_PARTS_MAX;

/// Bits on the air of one sign of a text, a Chinese character or another (research, bearers 1.1).
pub const SIGN_BITS: u32 = 14;
/// Signs of the number before a piece, at most: `(12/16)`.
const NUMBER_SIGNS_MAX: usize = 7;

/// The pieces of a text, in GBK, for messages of so many signs; `None` if it takes more than
/// [`RDSS_TEXT_PARTS_MAX`]. A text that one message carries has no number.
pub fn cut(text: &str, signs_max: u16) -> Option<Vec<Vec<u8>>> {
    let signs: Vec<char> = text.trim().chars().map(plain).collect();
    let signs_max = usize::from(signs_max);
    if signs.len() <= signs_max {
        return Some(vec![gb_of(&signs)]);
    }
    let room = signs_max.checked_sub(NUMBER_SIGNS_MAX).filter(|room| *room > 0)?;
    let count = signs.len().div_ceil(room);
    let numbered = |(at, piece): (usize, &[char])| {
        let number = format!("({}/{count})", at + 1);
        number.into_bytes().into_iter().chain(gb_of(piece)).collect()
    };
    (count <= RDSS_TEXT_PARTS_MAX).then(|| signs.chunks(room).enumerate().map(numbered).collect())
}

/// The text of a message; `None` if the bytes are none, so that bytes of machines are not shown to
/// people.
pub fn text_of(gb: &[u8]) -> Option<String> {
    let (text, had_errors) = GBK.decode_without_bom_handling(gb);
    let text = text.trim_matches(['\0', '\r', '\n', ' ']);
    let is_text = !had_errors && !text.is_empty() && !text.contains(char::is_control);
    is_text.then(|| text.to_owned())
}

/// Signs in the content of a text.
pub fn signs_in(gb: &[u8]) -> usize {
    GBK.decode_without_bom_handling(gb).0.chars().count()
}

/// As it may stand in a sentence: what ends or divides one becomes its wide twin, which a reader
/// takes for the same, and what GBK lacks a question mark.
fn plain(sign: char) -> char {
    match sign {
        ',' => '，',
        '*' => '＊',
        '$' => '＄',
        sign if sign.is_control() => ' ',
        sign if GBK.encode(sign.encode_utf8(&mut [0; 4])).2 => '？',
        sign => sign,
    }
}

fn gb_of(signs: &[char]) -> Vec<u8> {
    GBK.encode(&signs.iter().collect::<String>()).0.into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(pieces: &[Vec<u8>]) -> Vec<String> {
        pieces.iter().filter_map(|piece| text_of(piece)).collect()
    }

    #[test]
    fn a_text_is_cut_where_messages_end_and_its_pieces_are_numbered() {
        let cases: [(&str, u16, &[&str]); 4] = [
            ("立即撤离", 4, &["立即撤离"]),
            ("收到回1,落实回3*户*人", 44, &["收到回1，落实回3＊户＊人"]),
            (
                "一二三四五六七八九十",
                9,
                &["(1/5)一二", "(2/5)三四", "(3/5)五六", "(4/5)七八", "(5/5)九十"],
            ),
            ("危险😀\n速离$", 20, &["危险？ 速离＄"]),
        ];
        for (text, signs, want) in cases {
            assert_eq!(shown(&cut(text, signs).expect("short")), want, "{text}");
        }
        assert_eq!(cut("太长的话", 3), None, "no room beside the number");
        let signs = 10 - NUMBER_SIGNS_MAX;
        let longest = "长".repeat(signs * RDSS_TEXT_PARTS_MAX);
        assert_eq!(cut(&longest, 10).map(|pieces| pieces.len()), Some(RDSS_TEXT_PARTS_MAX));
        assert_eq!(cut(&format!("{longest}长"), 10), None);
    }

    #[test]
    fn bytes_of_machines_are_no_text() {
        assert_eq!(text_of(b"1"), Some("1".to_owned()));
        assert_eq!(text_of(b"\xD6\xD0\xB9\xFA"), Some("中国".to_owned()));
        for bytes in [&b""[..], b"\x01\xC0\xFF", b"\xD6", b" \r\n", b"a\x07b"] {
            assert_eq!(text_of(bytes), None, "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn every_piece_of_any_text_fits_its_message(text in ".{1,200}", signs in 8_u16..80) {
            for piece in cut(&text, signs).unwrap_or_default() {
                prop_assert!(signs_in(&piece) <= usize::from(signs));
                prop_assert!(!piece.iter().any(|byte| matches!(byte, b',' | b'*' | b'$' | 0..32)));
            }
        }
    }
}
