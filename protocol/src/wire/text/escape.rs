//! The forms of a text without the model: UTF-8 and GB18030 as they are, and one character that
//! the model's alphabet lacks. Which form a message takes is decided in [`super`].

use encoding_rs::GB18030;

use super::coder::{Reader, Share, Writer};

/// First code point of the block of common ideographs (Unicode, CJK Unified Ideographs).
const HAN_FIRST: u32 = 0x4e00;
/// Code points of that block.
const HAN_COUNT: u32 = 0x5200;
/// Code points of the Basic Multilingual Plane.
const PLANE_COUNT: u32 = 0x1_0000;
/// Code points above it.
const ABOVE_COUNT: u32 = 0x10_0000;
/// Eighths of the interval: ideographs, the rest of the plane, above it.
const KINDS: [Share; 3] = [
    Share { from: 0, width: 5, whole: 8 },
    Share { from: 5, width: 2, whole: 8 },
    Share { from: 7, width: 1, whole: 8 },
];

/// Write one character that the alphabet lacks.
pub fn put_char(to: &mut Writer, char: char) {
    let point = u32::from(char);
    let (kind, from, count) = match point {
        HAN_FIRST..0xa000 => (0, point - HAN_FIRST, HAN_COUNT),
        0..PLANE_COUNT => (1, point, PLANE_COUNT),
        _ => (2, point - PLANE_COUNT, ABOVE_COUNT),
    };
    to.put(KINDS[kind]);
    to.put(Share { from: from.into(), width: 1, whole: count.into() });
}

/// Read one; none if it is a surrogate.
pub fn take_char(from: &mut Reader<'_>) -> Option<char> {
    let kind = match from.point(KINDS[0].whole) {
        0..5 => 0,
        5..7 => 1,
        _ => 2,
    };
    from.take(KINDS[kind]);
    let (first, count) =
        [(HAN_FIRST, HAN_COUNT), (0, PLANE_COUNT), (PLANE_COUNT, ABOVE_COUNT)][kind];
    let offset = u32::try_from(from.take_flat(count.into())).ok()?;
    char::from_u32(first + offset)
}

/// The least that GB18030 can need: one byte for ASCII, two for everything else.
pub fn gb18030_bytes_min(text: &str) -> usize {
    text.chars().map(|char| if char.is_ascii() { 1 } else { 2 }).sum()
}

/// The text in GB18030; none if it would not come back as it was.
pub fn to_gb18030(text: &str) -> Option<Vec<u8>> {
    let (bytes, _, replaced) = GB18030.encode(text);
    let is_same = !replaced && from_gb18030(&bytes).as_deref() == Some(text);
    is_same.then(|| bytes.into_owned())
}

/// The text of GB18030 bytes; none if they are not.
pub fn from_gb18030(bytes: &[u8]) -> Option<String> {
    GB18030.decode_without_bom_handling_and_without_replacement(bytes).map(|text| text.into_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_character_can_be_spelt(chars: Vec<char>) {
            let mut writer = Writer::default();
            chars.iter().for_each(|char| put_char(&mut writer, *char));
            let bytes = writer.finish();
            let mut reader = Reader::new(&bytes);
            for char in chars {
                prop_assert_eq!(take_char(&mut reader), Some(char));
            }
        }

        #[test]
        fn gb18030_comes_back_or_is_not_used(text: String) {
            if let Some(bytes) = to_gb18030(&text) {
                prop_assert!(bytes.len() >= gb18030_bytes_min(&text));
                prop_assert_eq!(from_gb18030(&bytes), Some(text));
            }
        }
    }

    #[test]
    fn a_surrogate_is_no_character() {
        let mut writer = Writer::default();
        writer.put(KINDS[1]);
        writer.put(Share { from: 0xd800, width: 1, whole: PLANE_COUNT.into() });
        let bytes = writer.finish();
        assert_eq!(take_char(&mut Reader::new(&bytes)), None);
    }
}
