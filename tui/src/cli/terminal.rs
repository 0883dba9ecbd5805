//! Sentences on the terminal: how wide it is. Only people have a terminal; in a file or a pipe
//! every line stays as long as it is. Where they break: [`sentence`].

use std::io::{IsTerminal, Write};

use clap::CommandFactory;
use sanduan_protocol::local::command_line::sentence;

use super::Cli;

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

/// The lines of a sentence for so many columns; a command in it stays whole.
pub fn fitted(line: &str, columns: Option<usize>) -> Vec<String> {
    sentence::fitted(line, columns, &Cli::command)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::command;

    fn found(line: &str) -> Vec<&str> {
        sentence::commands(line, &Cli::command).into_iter().map(|range| &line[range]).collect()
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
}
