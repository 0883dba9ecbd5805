//! The two alphabets of short texts (3GPP TS 23.038): the packed 7-bit one, which plain phones use
//! for digits, and UCS2 for Chinese.

/// The default alphabet, section 6.2.1; place 27 leads to the extension of section 6.2.1.1.
const DEFAULT: [char; 128] = [
    '@', '£', '$', '¥', 'è', 'é', 'ù', 'ì', 'ò', 'Ç', '\n', 'Ø', 'ø', '\r', 'Å', 'å', 'Δ', '_',
    'Φ', 'Γ', 'Λ', 'Ω', 'Π', 'Ψ', 'Σ', 'Θ', 'Ξ', '\u{1b}', 'Æ', 'æ', 'ß', 'É', ' ', '!', '"', '#',
    '¤', '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', '/', '0', '1', '2', '3', '4', '5', '6',
    '7', '8', '9', ':', ';', '<', '=', '>', '?', '¡', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I',
    'J', 'K', 'L', 'M', 'N', 'O', 'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'Ä', 'Ö',
    'Ñ', 'Ü', '§', '¿', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
    'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 'ä', 'ö', 'ñ', 'ü', 'à',
];
/// The septet that leads to the extension. What follows it is rare in answers of digits and is
/// read as a blank.
const ESCAPE: u8 = 27;

/// Text of `septets` packed septets after `skip_bits` bits of header and filling.
pub fn read_packed(bytes: &[u8], skip_bits: usize, septets: usize) -> String {
    let bit = |at: usize| bytes.get(at / 8).is_some_and(|byte| byte >> (at % 8) & 1 == 1);
    let septet = |index: usize| {
        let first = skip_bits + index * 7;
        (0..7).fold(0u8, |value, at| value | u8::from(bit(first + at)) << at)
    };
    let (mut text, mut is_escaped) = (String::new(), false);
    for value in (0..septets).map(septet) {
        if value == ESCAPE {
            is_escaped = true;
            continue;
        }
        let plain = DEFAULT[usize::from(value & 0x7F)];
        text.push(if is_escaped { ' ' } else { plain });
        is_escaped = false;
    }
    text
}

/// Packed septets of a text and how many there are; none if a sign is not in the alphabet.
pub fn write_packed(text: &str) -> Option<(Vec<u8>, usize)> {
    let place = |sign: char| DEFAULT.iter().position(|known| *known == sign && sign != '\u{1b}');
    let septets: Vec<usize> = text.chars().map(place).collect::<Option<_>>()?;
    let mut bytes = vec![0u8; (septets.len() * 7).div_ceil(8)];
    for (index, septet) in septets.iter().enumerate() {
        for at in (0..7).filter(|at| septet >> at & 1 == 1) {
            let bit = index * 7 + at;
            bytes[bit / 8] |= 1 << (bit % 8);
        }
    }
    Some((bytes, septets.len()))
}

/// Text of big-endian 16-bit units; what is no text becomes the sign for that.
pub fn read_ucs2(bytes: &[u8]) -> String {
    let units: Vec<u16> =
        bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units)
}

/// A text as big-endian 16-bit units.
pub fn write_ucs2(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}
