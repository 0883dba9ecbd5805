//! Checks on names and free texts from outside. What a text means lives in the rooms.

use crate::base::caps::{NAME_BYTES_MAX, TEXT_BYTES_MAX};
use crate::wire::pack::{PackError, Reader};

/// True if a terminal can show it safely: no control characters but the end of a line. An escape
/// sequence in an order could repaint the screen of everyone who reads it.
pub fn is_clean(text: &str) -> bool {
    text.chars().all(|c| c == '\n' || !c.is_control())
}

/// A name or code as it must be in every record: one clean line, not empty, not too long.
pub fn check_name(name: &str) -> Result<(), PackError> {
    if name.len() > NAME_BYTES_MAX {
        return Err(PackError::TooLong);
    }
    let one_line = !name.chars().any(char::is_control);
    let named = !name.trim().is_empty() && one_line;
    if named { Ok(()) } else { Err(PackError::BadValue("name")) }
}

/// The free text that fills the rest of a body. It has no length of its own: the record has one.
pub fn take_rest(from: &mut Reader<'_>) -> Result<String, PackError> {
    let bytes = from.rest();
    if bytes.len() > TEXT_BYTES_MAX {
        return Err(PackError::TooLong);
    }
    from.take(bytes.len())?;
    let text = std::str::from_utf8(bytes).map_err(|_| PackError::BadValue("text"))?;
    if is_clean(text) { Ok(text.to_owned()) } else { Err(PackError::BadValue("text")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_could_repaint_a_screen_is_refused() {
        for (bytes, good) in [
            (b"ok\nnext line".as_slice(), true),
            (b"\x1b[2J", false),
            ("\u{9b}31m".as_bytes(), false),
            (b"\xff", false),
        ] {
            let mut reader = Reader::new(bytes);
            assert_eq!(take_rest(&mut reader).is_ok(), good, "{bytes:?}");
        }
    }

    #[test]
    fn names_are_one_line_and_not_blank() {
        assert_eq!(check_name("白沙镇"), Ok(()));
        assert_eq!(check_name("  "), Err(PackError::BadValue("name")));
        assert_eq!(check_name("a\nb"), Err(PackError::BadValue("name")));
        assert_eq!(check_name(&"长".repeat(41)), Err(PackError::TooLong));
    }
}
