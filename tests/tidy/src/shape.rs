//! The shape of a file: it says at the top what lives in it, and it, its functions and its lines
//! stay short enough to be read in one go.

#[cfg(test)]
mod tests;

use crate::{Finding, Findings, Source};

/// Lines of one file.
pub const FILE_LINES_MAX: usize = 400;
/// Lines of one function, signature and closing brace included: one screen.
pub const FUNCTION_LINES_MAX: usize = 70;
/// Characters of one line. A Chinese character counts as one.
pub const LINE_CHARS_MAX: usize = 100;

/// Findings about the shape of one Rust file.
pub fn check(source: &Source) -> Vec<Finding> {
    let mut found = Findings::of(source);
    if !source.text.starts_with("//! ") {
        found.add(1, "open the file with `//! ` and say what lives here and what does not");
    }
    let lines = source.text.lines().count();
    if lines > FILE_LINES_MAX {
        let text =
            format!("{lines} lines; above {FILE_LINES_MAX} a noun is missing: give it a file");
        found.add(FILE_LINES_MAX + 1, text);
    }
    for (at, line) in source.text.lines().enumerate() {
        let chars = line.chars().count();
        if chars > LINE_CHARS_MAX {
            found.add(at + 1, format!("{chars} characters; at most {LINE_CHARS_MAX}"));
        }
    }
    for (line, length) in functions(&source.masked.code) {
        if length > FUNCTION_LINES_MAX {
            let text = format!("a function of {length} lines; at most {FUNCTION_LINES_MAX}");
            found.add(line, text);
        }
    }
    found.done()
}

/// First line and number of lines of every function with a body.
pub fn functions(code: &str) -> Vec<(usize, usize)> {
    let bytes = code.as_bytes();
    let mut found = Vec::new();
    let mut line = 1;
    for at in 0..bytes.len() {
        if bytes[at] == b'\n' {
            line += 1;
        }
        if starts_function(bytes, at)
            && let Some(body) = body_lines(&bytes[at..])
        {
            found.push((line, body));
        }
    }
    found
}

fn starts_function(bytes: &[u8], at: usize) -> bool {
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let before = at.checked_sub(1).map(|before| bytes[before]);
    bytes[at..].starts_with(b"fn ")
        && !before.as_ref().is_some_and(is_word)
        && bytes.get(at + 3).is_some_and(is_word)
}

/// Lines from the start of `rest` to the brace that closes the body; none without a body.
fn body_lines(rest: &[u8]) -> Option<usize> {
    let (mut round, mut braces, mut lines) = (0_i32, 0_i32, 1);
    for byte in rest {
        match byte {
            b'\n' => lines += 1,
            b'(' | b'[' => round += 1,
            b')' | b']' => round -= 1,
            b';' if round == 0 && braces == 0 => return None,
            b'{' => braces += 1,
            b'}' if braces == 1 => return Some(lines),
            b'}' => braces -= 1,
            _ => {}
        }
    }
    None
}
