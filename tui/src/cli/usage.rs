//! What is wrong with the words of a command, and help, in the language asked for. The parser
//! speaks only English; its own sentence is kept for what has none in [`Misuse`]. `sanduand` reads
//! its parser alike.

use std::error::Error;
use std::ffi::OsString;
use std::io::{IsTerminal, Write};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory};
use sanduan_protocol::local::misuse::{Complaint, Misuse, example};

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
    let Some(complaint) = complaint(error, arguments) else {
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
    let lines = help::lines(reached(&mut root, arguments), lang, columns);
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

/// The mistake with the way out; none where the parser's own words are better.
fn complaint(error: &clap::Error, arguments: &[OsString]) -> Option<Complaint> {
    let mut root = Cli::command();
    root.build();
    let command = reached(&mut root, arguments);
    let misuse = misuse(error, command)?;
    let name = command.get_bin_name().unwrap_or("sanduan").to_owned();
    let usage = help::usage(command, Lang::En);
    // The examples below the help of the whole program are not of one command.
    let below = command.get_after_help().filter(|_| name.contains(' '));
    let example = below.and_then(|text| example(&text.to_string()));
    Some(Complaint { misuse, command: name, usage, example })
}

/// The command that the words lead to.
fn reached<'a>(root: &'a mut Command, arguments: &[OsString]) -> &'a mut Command {
    let mut command = root;
    for word in arguments.iter().skip(1).filter_map(|word| word.to_str()) {
        if command.find_subcommand(word).is_some() {
            command = command.find_subcommand_mut(word).expect("it was found a line above");
        }
    }
    command
}

fn misuse(error: &clap::Error, command: &Command) -> Option<Misuse> {
    let of = |kind| context(error, kind).unwrap_or_default();
    let first = |kind| of(kind).into_iter().next();
    let option = first(ContextKind::InvalidArg).unwrap_or_default();
    let value = first(ContextKind::InvalidValue).unwrap_or_default();
    Some(match error.kind() {
        ErrorKind::InvalidValue if value.is_empty() => Misuse::NoValue { option },
        ErrorKind::InvalidValue => {
            let offered = of(ContextKind::ValidValue);
            let offered = offered.into_iter().map(|word| meaning(command, &option, word));
            Misuse::NotOffered { offered: offered.collect(), option, value }
        }
        ErrorKind::ValueValidation => {
            let why = error.source().map(ToString::to_string).unwrap_or_default();
            Misuse::Malformed { option, value, why: in_both(why) }
        }
        ErrorKind::UnknownArgument if !option.starts_with('-') => Misuse::TooMany { word: option },
        ErrorKind::UnknownArgument => {
            Misuse::NoOption { word: option, near: first(ContextKind::SuggestedArg) }
        }
        ErrorKind::InvalidSubcommand => Misuse::NoCommand {
            word: first(ContextKind::InvalidSubcommand)?,
            near: first(ContextKind::SuggestedSubcommand),
            known: command.get_subcommands().map(|one| one.get_name().to_owned()).collect(),
        },
        ErrorKind::MissingRequiredArgument => Misuse::Missing { what: of(ContextKind::InvalidArg) },
        ErrorKind::TooManyValues => Misuse::TooMany { word: value },
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues | ErrorKind::NoEquals => {
            Misuse::NoValue { option }
        }
        ErrorKind::ArgumentConflict => match first(ContextKind::PriorArg) {
            Some(other) if other != option => Misuse::Together { one: option, other },
            _ => Misuse::Twice { option },
        },
        ErrorKind::InvalidUtf8 => Misuse::NotUtf8,
        _ => return None,
    })
}

/// Why a value cannot be read: our sentence, or one for the parser's own, which is English.
fn in_both(why: String) -> String {
    if why.contains(" / ") {
        return why;
    }
    match why.split_once(" is not in ").and_then(|(_, range)| range.split_once("..=")) {
        Some((least, most)) => {
            format!("须在 {least} 到 {most} 之间 / it must be from {least} to {most}")
        }
        None => "这里要写数字 / a number must stand here".to_owned(),
    }
}

/// A word that an option takes, and what its help says that it means in Chinese.
fn meaning(command: &Command, option: &str, word: String) -> (String, String) {
    let argument = command.get_arguments().find(|argument| argument.to_string() == option);
    let values = argument.map(clap::Arg::get_possible_values).unwrap_or_default();
    let value = values.iter().find(|value| value.get_name() == word);
    let zh = value.and_then(|value| value.get_help()).map(ToString::to_string);
    (word, zh.filter(|zh| !zh.is_ascii()).unwrap_or_default())
}

fn context(error: &clap::Error, kind: ContextKind) -> Option<Vec<String>> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(vec![text.clone()]),
        ContextValue::Strings(texts) => Some(texts.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
