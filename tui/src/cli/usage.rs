//! What is wrong with the words of a command, and help, in the language asked for. The parser
//! speaks only English; its own sentence is kept for what has none of ours.

use std::ffi::OsString;
use std::io::{IsTerminal, Write};

use clap::CommandFactory;
use clap::error::ErrorKind;
use sanduan_protocol::local::command_line::wrong;

use super::{Cli, help, terminal};
use crate::lang::Lang;

/// Exit code for words that do not fit together.
const WRONG_WORDS: u8 = 2;
/// Help in a file or a pipe is for people too.
const COLUMNS: usize = 80;
/// Beyond, lines are hard to read.
const COLUMNS_MAX: usize = 100;

/// Prints help or a mistake in the language asked for; the exit code.
pub fn complain(error: &clap::Error, arguments: &[OsString]) -> u8 {
    let (lang, json) = asked_for(arguments);
    match error.kind() {
        ErrorKind::DisplayHelp => return help(std::io::stdout(), arguments, lang, 0),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            return help(std::io::stderr(), arguments, lang, WRONG_WORDS);
        }
        _ => {}
    }
    if !error.use_stderr() {
        // A closed pipe while printing the version is nobody's fault.
        let _ = error.print();
        return 0;
    }
    let Some(complaint) = wrong::complaint(error, Cli::command(), arguments) else {
        let _ = error.print();
        return WRONG_WORDS;
    };
    if json {
        let (zh, en) = (complaint.zh().join("\n"), complaint.en().join("\n"));
        let line = serde_json::json!({ "code": "usage", "zh": zh, "en": en });
        // With standard error gone there is only the exit code left to speak.
        let _ = writeln!(std::io::stderr(), "{line}");
        return WRONG_WORDS;
    }
    let mut lines = lang.pick(complaint.zh(), complaint.en());
    lines[0].insert_str(0, lang.command().error);
    terminal::complain(&lines.join("\n"));
    WRONG_WORDS
}

/// Prints the help of the command that the words lead to.
fn help(to: impl Write + IsTerminal, arguments: &[OsString], lang: Lang, code: u8) -> u8 {
    let mut root = Cli::command();
    root.build();
    let columns = terminal::columns(&to).unwrap_or(COLUMNS).min(COLUMNS_MAX);
    let lines = help::lines(wrong::reached(&mut root, arguments), lang, columns);
    let mut to = to;
    // A closed pipe while printing help is nobody's fault.
    let _ = writeln!(to, "{}", lines.join("\n"));
    code
}

/// Language and form of the answer, as far as the words can be read at all.
fn asked_for(arguments: &[OsString]) -> (Lang, bool) {
    let words: Vec<&str> = arguments.iter().filter_map(|word| word.to_str()).collect();
    let named = words.iter().enumerate().find_map(|(at, word)| match *word {
        "--lang" => words.get(at + 1).copied(),
        _ => word.strip_prefix("--lang="),
    });
    let lang = match named {
        Some("en" | "英文") => Lang::En,
        Some("zh" | "中文") => Lang::Zh,
        _ => Lang::from_environment(),
    };
    (lang, words.contains(&"--json"))
}

#[cfg(test)]
mod tests;
