//! Sentences on the terminal: where they break. Only people have a terminal; in a file or a pipe
//! every line stays as long as it is.

use std::collections::BTreeSet;
use std::ops::Range;

use clap::Command;
use unicode_linebreak::linebreaks;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What ends a sentence, and with it a command at its end.
const ENDS: [&str; 8] = ["。", "；", "，", "）", ". ", "; ", ")", "`"];

/// The lines of a sentence for so many columns. A command that somebody is to type stands whole
/// in one of them, so that it can be copied; `program` is the one whose verbs are known where
/// English words may follow them.
pub fn fitted(line: &str, columns: Option<usize>, program: &dyn Fn() -> Command) -> Vec<String> {
    match columns {
        Some(columns) => unbroken(line, columns, &commands(line, program)),
        None => vec![line.to_owned()],
    }
}

/// Where commands stand in a sentence, whose verbs `program` knows.
pub fn commands(sentence: &str, program: &dyn Fn() -> Command) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, name) in sentence.match_indices("sanduan") {
        let before = sentence[..at].chars().next_back();
        let in_word = |c: char| c.is_ascii_alphanumeric() || "/.-_".contains(c);
        if before.is_some_and(in_word) || found.last().is_some_and(|last| at < last.end) {
            continue;
        }
        let rest = &sentence[at..];
        let length = match sentence[..at].trim_end().chars().next_back() {
            // Announced, or in quotes: all of what follows.
            Some('：' | ':' | '`') => sentence_end(rest),
            // Between Chinese words all Latin ones are the command's.
            Some(c) if !c.is_ascii() => name.len() + words_end(&rest[name.len()..], |_| true),
            Some(_) | None => {
                let verbs = verbs(&program());
                let is_verb = |word: &str| verbs.iter().any(|verb| verb == word);
                name.len() + words_end(&rest[name.len()..], is_verb)
            }
        };
        // A usage is not typed as it stands.
        if !rest[..length].contains(['<', '[']) {
            found.push(at..at + length);
        }
    }
    found
}

fn sentence_end(text: &str) -> usize {
    let ends = ENDS.iter().filter_map(|end| text.find(end));
    let end = ends.min().unwrap_or(text.len());
    text[..end].trim_end_matches(['.', ' ']).len()
}

/// The end of words that can only be part of a command: its verbs, options, numbers, paths and
/// what stands for them. In English the sentence may go on behind them.
fn words_end(text: &str, is_verb: impl Fn(&str) -> bool) -> usize {
    let mut end = usize::from(text.starts_with('d'));
    while let Some(rest) = text[end..].strip_prefix(' ') {
        let latin = rest.find(|c: char| !c.is_ascii_graphic()).unwrap_or(rest.len());
        let word = rest[..latin].trim_end_matches(['.', ',', ';', ':', ')']);
        let prose = word.chars().all(|c| c.is_ascii_lowercase());
        if word.is_empty() || (prose && !is_verb(word)) {
            break;
        }
        end += 1 + word.len();
        if word.len() < latin {
            break;
        }
    }
    end
}

fn verbs(command: &Command) -> Vec<String> {
    let mut found = Vec::new();
    for one in command.get_subcommands() {
        found.push(one.get_name().to_owned());
        found.extend(verbs(one));
    }
    found
}

/// The lines of `text` for people who copy from the terminal: no Latin word, number or path is
/// broken, nor any of the pieces `whole`; one that is longer than a line stands on a line of its
/// own, which the terminal breaks and joins again when it is copied. Lines begin as far to the
/// right as the first does.
fn unbroken(text: &str, columns: usize, whole: &[Range<usize>]) -> Vec<String> {
    let text = text.trim_end();
    let indent = &text[..text.len() - text.trim_start().len()];
    let whole_at = |at: usize| whole.iter().any(|piece| piece.start < at && at < piece.end);
    let mut lines = Vec::new();
    let (mut start, mut end) = (0, indent.len());
    let mut margin = "";
    for stop in ends(text).into_iter().filter(|at| *at > indent.len() && !whole_at(*at)) {
        let seen = margin.width() + text[start..stop].trim_end().width();
        if seen > columns && end > start && !text[start..end].trim().is_empty() {
            lines.push(format!("{margin}{}", text[start..end].trim_end()));
            (start, margin) = (end, indent);
        }
        end = stop;
    }
    lines.push(format!("{margin}{}", &text[start..]));
    lines
}

/// Where a line of `text` may end: where Unicode lets it, but only outside of what is written
/// without blanks in one column a glyph; and before a path, which Unicode takes for a slash that
/// closes.
fn ends(text: &str) -> Vec<usize> {
    let allowed: BTreeSet<usize> = linebreaks(text).map(|(at, _)| at).collect();
    let is_narrow = |c: char| c.width() == Some(1) && c != ' ';
    let mut ends = Vec::new();
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        let in_word = is_narrow(before) && is_narrow(c);
        if at > 0 && !in_word && (allowed.contains(&at) || (c == '/' && before != '（')) {
            ends.push(at);
        }
        before = c;
    }
    ends.push(text.len());
    ends
}

#[cfg(test)]
mod tests;
