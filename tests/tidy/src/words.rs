//! Words that may not stand in code (unfinished work, clocks and hash maps in pure rooms, names
//! that say nothing) and words that may not stand in prose (what is about how the text was made,
//! not about the thing).

#[cfg(test)]
mod tests;

use crate::{Finding, Findings, Source};

/// Never left in any code, and what to do instead.
const UNFINISHED: [(&str, &str); 4] = [
    ("todo!", "finish it, or return a named error"),
    ("unimplemented!", "finish it, or return a named error"),
    ("dbg!", "take it out; use tracing in the daemon"),
    ("#[ignore", "make the test run, or take it out"),
];

/// What the pure rooms may not name: it would make two runs of one seed differ, or touch the
/// world outside.
const IMPURE: [&str; 12] = [
    "Instant::now",
    "SystemTime",
    "HashMap",
    "HashSet",
    "RandomState",
    "thread::sleep",
    "thread::spawn",
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::os",
];

/// Golden files are read by tests; everything else of [`IMPURE`] is banned in tests too.
const IMPURE_BUT_FINE_IN_TESTS: [&str; 3] = ["std::fs", "std::env", "std::process"];

/// Rooms of netsim that stand in real time, in front of real daemons.
const REAL_TIME: [&str; 4] =
    ["netsim/src/realtime", "netsim/src/main.rs", "netsim/src/args", "netsim/tests/"];

/// Names that say nothing about the thing.
const EMPTY_NAMES: [&str; 7] = ["manager", "helper", "helpers", "util", "utils", "data", "info"];

/// Words that may not stand in comments and documents. Matched without regard to case, at word
/// boundaries where they begin or end with a letter.
const NOT_IN_PROSE: [&str; 14] = [
    "/work/",
    "crates.io",
    "static.crates",
    "pypi.org",
    "claude",
    "anthropic",
    "openai",
    "chatgpt",
    "copilot",
    "llm",
    "language model",
    "ai agent",
    "ai-generated",
    "as an ai",
];

/// Findings about words in the code of one Rust file.
pub fn check_code(source: &Source) -> Vec<Finding> {
    let mut found = Findings::of(source);
    let pure = source.path.starts_with("protocol/")
        || (source.path.starts_with("netsim/")
            && !REAL_TIME.iter().any(|room| source.path.starts_with(room)));
    for (line, code) in source.code_lines() {
        for (word, instead) in UNFINISHED {
            if has_word(code, word) {
                found.add(line, format!("`{word}`: {instead}"));
            }
        }
        let in_tests = line >= source.tests_from;
        for word in IMPURE.iter().filter(|_| pure) {
            let fine = in_tests && IMPURE_BUT_FINE_IN_TESTS.contains(word);
            if !fine && has_word(code, word) {
                found.add(line, format!("`{word}` in a pure room; hand it in as an argument"));
            }
        }
        if let Some(name) = empty_type_name(code) {
            found.add(line, format!("`{name}` says nothing; name the thing"));
        }
    }
    let stem = source.path.rsplit('/').next().and_then(|name| name.strip_suffix(".rs"));
    if let Some(stem) = stem.filter(|stem| EMPTY_NAMES.contains(stem)) {
        found.add(1, format!("`{stem}.rs` says nothing; name the thing"));
    }
    found.done()
}

/// Findings about words in comments and documents.
pub fn check_prose(source: &Source) -> Vec<Finding> {
    let mut found = Findings::of(source);
    let prose = if source.is_rust() { &source.masked.comments } else { &source.text };
    for (at, line) in prose.lines().enumerate() {
        let lower = line.to_lowercase();
        for word in NOT_IN_PROSE.iter().filter(|word| has_word(&lower, word)) {
            found.add(at + 1, format!("`{word}` does not belong in comments or documents"));
        }
        if let Some(number) = issue_number(&lower) {
            let text = format!("`{number}`: say the reason itself, not the number of a talk");
            found.add(at + 1, text);
        }
    }
    found.done()
}

/// True if `word` stands in `line` and is not part of a longer word.
fn has_word(line: &str, word: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + word.len()..]);
        let joined_before = word.starts_with(is_word) && before.ends_with(is_word);
        let joined_after = word.ends_with(is_word) && after.starts_with(is_word);
        !joined_before && !joined_after
    })
}

/// The name of a type, trait or module defined on this line that ends in an empty word.
fn empty_type_name(code: &str) -> Option<String> {
    let mut words = code.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.find(|word| ["struct", "enum", "trait", "mod", "type"].contains(word))?;
    let name = words.next()?;
    let last = name.rfind(|c: char| c.is_uppercase() || c == '_').unwrap_or(0);
    let tail = name[last..].trim_start_matches('_').to_lowercase();
    EMPTY_NAMES.contains(&tail.as_str()).then(|| name.to_owned())
}

/// The word and number of a talk about the work (`issue #…`), if the line has one.
fn issue_number(lower: &str) -> Option<String> {
    for word in ["issue ", "issues ", "pull request "] {
        for (at, _) in lower.match_indices(word) {
            let rest = lower[at + word.len()..].trim_start_matches('#');
            if rest.starts_with(|c: char| c.is_ascii_digit()) {
                return Some(lower[at..].chars().take(word.len() + 4).collect());
            }
        }
    }
    None
}
