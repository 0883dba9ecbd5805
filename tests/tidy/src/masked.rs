//! Splits Rust text into code and comments, so that a word in a string or a comment is not taken
//! for code. A small scanner, not a parser: it knows comments (nested), strings, raw strings and
//! character literals, and keeps every line in its place.

#[cfg(test)]
mod tests;

/// The same text twice, line by line: once with strings and comments blanked, once with
/// everything but comments blanked.
#[derive(Clone, Debug, Default)]
pub struct Masked {
    /// Code alone. What was inside quotes or comments is blank.
    pub code: String,
    /// Comments alone.
    pub comments: String,
}

#[derive(Clone, Copy, PartialEq)]
enum In {
    Code,
    LineComment,
    BlockComment(usize),
    Text,
    RawText(usize),
}

impl Masked {
    /// Splits `text`.
    pub fn new(text: &str) -> Masked {
        let chars: Vec<char> = text.chars().collect();
        let mut masked = Masked::default();
        let mut state = In::Code;
        let mut at = 0;
        while at < chars.len() {
            let (next, taken) = step(state, &chars[at..], previous(&chars, at));
            for &c in &chars[at..at + taken] {
                masked.push(c, next == In::Code && state == In::Code, is_comment(state, next));
            }
            (state, at) = (next, at + taken);
        }
        masked
    }

    fn push(&mut self, c: char, is_code: bool, is_comment: bool) {
        let blank = if c == '\n' { '\n' } else { ' ' };
        self.code.push(if is_code { c } else { blank });
        self.comments.push(if is_comment { c } else { blank });
    }
}

fn previous(chars: &[char], at: usize) -> Option<char> {
    at.checked_sub(1).map(|before| chars[before])
}

fn is_comment(before: In, after: In) -> bool {
    let comment = |state| matches!(state, In::LineComment | In::BlockComment(_));
    comment(before) || comment(after)
}

/// The state after the next few characters, and how many they are (one at least).
fn step(state: In, rest: &[char], before: Option<char>) -> (In, usize) {
    let next = rest.get(1).copied();
    match state {
        In::Code => step_code(rest, before),
        In::LineComment if rest[0] == '\n' => (In::Code, 1),
        In::LineComment => (In::LineComment, 1),
        In::BlockComment(depth) => match (rest[0], next) {
            ('*', Some('/')) if depth == 1 => (In::Code, 2),
            ('*', Some('/')) => (In::BlockComment(depth - 1), 2),
            ('/', Some('*')) => (In::BlockComment(depth + 1), 2),
            _ => (In::BlockComment(depth), 1),
        },
        In::Text => match (rest[0], next) {
            ('\\', Some(_)) => (In::Text, 2),
            ('"', _) => (In::Code, 1),
            _ => (In::Text, 1),
        },
        In::RawText(hashes) => {
            let closes =
                rest[0] == '"' && rest[1..].iter().take_while(|c| **c == '#').count() >= hashes;
            if closes { (In::Code, 1 + hashes) } else { (In::RawText(hashes), 1) }
        }
    }
}

fn step_code(rest: &[char], before: Option<char>) -> (In, usize) {
    let in_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    match (rest[0], rest.get(1).copied()) {
        ('/', Some('/')) => (In::LineComment, 2),
        ('/', Some('*')) => (In::BlockComment(1), 2),
        ('"', _) => (In::Text, 1),
        ('r', Some('"' | '#')) if !in_word || before == Some('b') => {
            let hashes = rest[1..].iter().take_while(|c| **c == '#').count();
            match rest.get(1 + hashes) {
                Some('"') => (In::RawText(hashes), 2 + hashes),
                _ => (In::Code, 1),
            }
        }
        ('\'', Some('\\')) => (In::Code, literal_end(rest)),
        ('\'', Some(_)) if rest.get(2) == Some(&'\'') => (In::Code, 3),
        _ => (In::Code, 1),
    }
}

/// Length of an escaped character literal such as `'\n'` or `'\u{4e09}'`.
fn literal_end(rest: &[char]) -> usize {
    rest.iter().skip(3).position(|c| *c == '\'').map_or(1, |found| found + 4)
}
