//! Measuring, cutting and padding by display columns, and cleaning of text from outside.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns a text takes on the terminal.
pub fn width(text: &str) -> usize {
    text.width()
}

/// The text without anything that could move the cursor or turn the reading direction: text from
/// the air must not be able to write outside its cell. Line breaks become spaces.
pub fn clean(text: &str) -> String {
    text.chars()
        .filter_map(|c| match c {
            '\n' | '\r' | '\t' => Some(' '),
            // Direction overrides and invisible joiners (Unicode, general category Cf).
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => None,
            '\u{feff}' | '\u{00ad}' => None,
            c if c.is_control() => None,
            c => Some(c),
        })
        .collect()
}

/// The text cut to at most `columns`, with `..` at the end if something is missing. A wide glyph
/// that would be halved is left out whole.
pub fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mark = if columns >= 4 { ".." } else { "" };
    let mut kept = String::new();
    let mut used = mark.len();
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > columns {
            break;
        }
        kept.push(c);
    }
    kept.push_str(mark);
    kept
}

/// The text cut or filled with blanks on the right to exactly `columns`.
pub fn fit(text: &str, columns: usize) -> String {
    let mut text = cut(text, columns);
    let missing = columns.saturating_sub(width(&text));
    text.extend(std::iter::repeat_n(' ', missing));
    text
}

/// The text cut, or filled with blanks on the left, to exactly `columns`: for numbers.
pub fn fit_right(text: &str, columns: usize) -> String {
    let text = cut(text, columns);
    let missing = columns.saturating_sub(width(&text));
    format!("{}{text}", " ".repeat(missing))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_counts_two_columns() {
        assert_eq!(width("救生衣ab"), 8);
        assert_eq!(fit("救生衣", 8), "救生衣  ");
        assert_eq!(fit_right("12", 5), "   12");
    }

    #[test]
    fn cutting_never_halves_a_glyph_and_says_that_it_cut() {
        assert_eq!(cut("调拨帐篷二百顶", 9), "调拨帐..");
        assert_eq!(cut("调拨帐篷二百顶", 8), "调拨帐..");
        assert_eq!(cut("调拨", 3), "调");
        assert_eq!(fit("调拨", 3), "调 ");
        assert_eq!(cut("abc", 0), "");
    }

    #[test]
    fn text_from_outside_cannot_steer_the_terminal() {
        assert_eq!(clean("红\u{1b}[2J色\n\u{202e}警"), "红[2J色 警");
    }
}
