//! Sentences on the terminal: how wide it is, and where they break. Only people have a terminal;
//! in a file or a pipe every line stays as long as it is.

use std::io::{IsTerminal, Write};
use std::ops::Range;

use clap::{Command, CommandFactory};

use super::Cli;
use crate::paint::wrap::unbroken;

/// What ends a sentence, and with it a command at its end.
const ENDS: [&str; 8] = ["。", "；", "，", "）", ". ", "; ", ")", "`"];

/// How wide the terminal is; none if nobody reads it there.
pub fn columns(to: &impl IsTerminal) -> Option<usize> {
    let asked = to.is_terminal().then(ratatui::crossterm::terminal::size)?;
    asked.ok().map(|(columns, _)| usize::from(columns)).filter(|columns| *columns > 0)
}

/// Prints a mistake where mistakes go.
pub fn complain(sentence: &str) {
    let to = std::io::stderr();
    let columns = columns(&to);
    for line in sentence.lines().flat_map(|line| fitted(line, columns)) {
        // With standard error gone there is only the exit code left to speak.
        let _ = writeln!(&to, "{line}");
    }
}

/// The lines of a sentence for so many columns. A command that somebody is to type stands whole
/// in one of them, so that it can be copied.
pub fn fitted(line: &str, columns: Option<usize>) -> Vec<String> {
    match columns {
        Some(columns) => unbroken(line, columns, &commands(line)),
        None => vec![line.to_owned()],
    }
}

/// Where commands stand in a sentence.
fn commands(sentence: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, program) in sentence.match_indices("sanduan") {
        let before = sentence[..at].chars().next_back();
        let in_word = |c: char| c.is_ascii_alphanumeric() || "/.-_".contains(c);
        if before.is_some_and(in_word) || found.last().is_some_and(|last| at < last.end) {
            continue;
        }
        let rest = &sentence[at..];
        let length = match sentence[..at].trim_end().chars().next_back() {
            // Announced, or in quotes: all of what follows.
            Some('：' | ':' | '`') => sentence_end(rest),
            Some(_) | None => program.len() + words_end(&rest[program.len()..]),
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
fn words_end(text: &str) -> usize {
    let verbs = verbs(&Cli::command());
    let mut end = usize::from(text.starts_with('d'));
    while let Some(rest) = text[end..].strip_prefix(' ') {
        let latin = rest.find(|c: char| !c.is_ascii_graphic()).unwrap_or(rest.len());
        let word = rest[..latin].trim_end_matches(['.', ',', ';', ':', ')']);
        let prose = word.chars().all(|c| c.is_ascii_lowercase());
        if prose && !verbs.iter().any(|verb| verb == word) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::command;

    fn found(sentence: &str) -> Vec<&str> {
        commands(sentence).into_iter().map(|range| &sentence[range]).collect()
    }

    #[test]
    fn commands_are_found_in_sentences_of_both_languages() {
        let zh =
            "守护进程没有运行：/run/sanduan/control.sock。请启动 sanduand --config FILE，或重试。";
        assert_eq!(found(zh), ["sanduand --config FILE"]);
        assert_eq!(
            found("补发：sanduan group add 指挥组 其单位"),
            ["sanduan group add 指挥组 其单位"]
        );
        assert_eq!(found("请稍候，用 sanduan status 查看。"), ["sanduan status"]);
        let en = "This issuer's term is over. Run sanduan device renew 7 on the machine of old.";
        assert_eq!(found(en), ["sanduan device renew 7"]);
        assert_eq!(found("Restart sanduand and report the log"), ["sanduand"]);
        assert_eq!(found("run `sanduan unlock` or `device join`"), ["sanduan unlock"]);
        assert_eq!(found("用法：sanduan order show [选项] <ID>"), Vec::<&str>::new());
        assert_eq!(found("To do it, run: sanduan wipe 12 34."), ["sanduan wipe 12 34"]);
        assert_eq!(
            found("见 sanduan --help。或 sanduan peers"),
            ["sanduan --help", "sanduan peers"]
        );
    }

    #[test]
    fn no_text_of_ours_breaks_a_word_or_a_command_at_eighty_columns() {
        for (zh, en) in command::PAIRS.iter().chain(crate::lang::vault::PAIRS) {
            for line in [zh, en].into_iter().flat_map(|text| text.lines()) {
                let lines = fitted(line, Some(80));
                for command in found(line) {
                    assert!(lines.iter().any(|part| part.contains(command)), "{lines:?}");
                }
                for word in line.split(|c: char| !c.is_ascii_graphic()).filter(|w| w.len() < 40) {
                    assert!(lines.iter().any(|part| part.contains(word)), "{word}: {lines:?}");
                }
                assert!(lines.iter().all(|part| crate::paint::fit::width(part) <= 80), "{lines:?}");
            }
        }
    }

    #[test]
    fn a_file_or_a_pipe_gets_the_line_as_it_is() {
        let line = "长".repeat(200);
        assert_eq!(fitted(&line, None), std::slice::from_ref(&line));
        assert_eq!(fitted(&line, Some(80)).len(), 5);
    }
}
