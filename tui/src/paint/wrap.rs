//! Breaking text into lines. Greedy, so that a line is filled; between Chinese glyphs anywhere,
//! but never so that a line starts with a mark that closes (Unicode line breaking, UAX 14).

use std::ops::Range;

use unicode_linebreak::{BreakOpportunity, linebreaks};
use unicode_width::UnicodeWidthChar;

use super::fit::width;

/// Byte ranges of the lines of `text` in `columns` columns; at least one, and together they cover
/// the whole text, so that a caret finds its line. Line feeds break and stay at the line's end.
pub fn wrap(text: &str, columns: usize) -> Vec<Range<usize>> {
    let columns = columns.max(2);
    let mut lines = Vec::new();
    let (mut start, mut end) = (0, 0);
    for (stop, opportunity) in linebreaks(text) {
        // Blanks at the end of a line may hang over: they are not seen.
        let seen = |from: usize| width(text[from..stop].trim_end());
        if end > start && seen(start) > columns {
            lines.push(start..end);
            start = end;
        }
        // A word longer than a line is cut where it must be.
        while seen(start) > columns {
            let cut = start + bytes_within(&text[start..stop], columns);
            lines.push(start..cut);
            start = cut;
        }
        end = stop;
        if opportunity == BreakOpportunity::Mandatory && stop < text.len() {
            lines.push(start..stop);
            start = stop;
        }
    }
    lines.push(start..text.len());
    // A caret behind a final line feed stands on a line of its own.
    if text.ends_with('\n') {
        lines.push(text.len()..text.len());
    }
    lines
}

/// The lines of `text` as texts, without blanks and line feeds at their ends.
pub fn lines(text: &str, columns: usize) -> Vec<&str> {
    wrap(text, columns).into_iter().map(|range| text[range].trim_end()).collect()
}

/// Row and column of the caret that stands before byte `at`.
pub fn caret(text: &str, lines: &[Range<usize>], at: usize) -> (usize, usize) {
    let row = lines.iter().rposition(|line| line.start <= at).unwrap_or(0);
    let start = lines.get(row).map_or(0, |line| line.start);
    (row, width(text[start..at.max(start)].trim_end_matches('\n')))
}

/// Bytes of the longest head of `text` that fits; at least one glyph, so that it ends.
fn bytes_within(text: &str, columns: usize) -> usize {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += c.width().unwrap_or(0);
        if used > columns && at > 0 {
            return at;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_starts_with_a_closing_mark() {
        let text = "调拨帐篷二百顶，棉被五百床。到达后报数（含破损）。";
        for columns in 8..40 {
            for line in lines(text, columns) {
                let first = line.chars().next();
                assert!(!"，。）".contains(first.unwrap_or('x')), "{columns}: {line}");
                assert!(width(line) <= columns, "{columns}: {line}");
            }
        }
    }

    #[test]
    fn mixed_text_fills_its_lines() {
        let text = "请 depot-03 立即向石坪调拨帐篷200顶";
        assert_eq!(lines(text, 17), ["请 depot-03 立即", "向石坪调拨帐篷200", "顶"]);
    }

    #[test]
    fn lines_cover_the_text_and_long_words_are_cut() {
        for text in ["", "a", "abcdefghij klm", "长长长长长长", "甲\n乙\n", "x\n\ny"] {
            for columns in [1, 2, 3, 5, 80] {
                let ranges = wrap(text, columns);
                assert_eq!(ranges.iter().map(|r| &text[r.clone()]).collect::<String>(), text);
            }
        }
        assert_eq!(lines("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(lines("甲\n乙", 10), ["甲", "乙"]);
    }

    #[test]
    fn the_caret_stands_where_the_next_glyph_goes() {
        let text = "甲乙丙丁";
        let ranges = wrap(text, 4);
        assert_eq!(caret(text, &ranges, 0), (0, 0));
        assert_eq!(caret(text, &ranges, 3), (0, 2));
        assert_eq!(caret(text, &ranges, 6), (1, 0));
        assert_eq!(caret(text, &ranges, 12), (1, 4));
        let text = "甲\n";
        assert_eq!(caret(text, &wrap(text, 8), text.len()), (1, 0));
    }
}
