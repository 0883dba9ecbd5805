//! What is wrong with the words of a command, in the language asked for. The parser speaks only
//! English; its own sentence is kept for what has no sentence in [`Misuse`], such as a group of
//! commands without one, where it prints their help. `sanduand` reads its parser alike.

use std::error::Error;
use std::ffi::OsString;
use std::io::Write;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory};
use sanduan_protocol::local::misuse::{Complaint, Misuse, example};

use super::{Cli, terminal};
use crate::lang::Lang;

/// Prints help as it is, and a mistake in the language asked for; the exit code.
pub fn complain(error: &clap::Error, arguments: &[OsString]) -> u8 {
    if !error.use_stderr() {
        // A closed pipe while printing help is nobody's fault.
        let _ = error.print();
        return 0;
    }
    let (lang, json) = asked_for(arguments);
    let Some(complaint) = complaint(error, arguments) else {
        let _ = error.print();
        return 2;
    };
    if json {
        let (zh, en) = (complaint.zh().join("\n"), complaint.en().join("\n"));
        let line = serde_json::json!({ "code": "usage", "zh": zh, "en": en });
        // With standard error gone there is only the exit code left to speak.
        let _ = writeln!(std::io::stderr(), "{line}");
        return 2;
    }
    let mut lines = lang.pick(complaint.zh(), complaint.en());
    lines[0].insert_str(0, lang.command().error);
    terminal::complain(&lines.join("\n"));
    2
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
    let usage = command.render_usage().to_string();
    let usage = usage.lines().map(|line| line.trim_start_matches("Usage:").trim().to_owned());
    // The examples below the help of the whole program are not of one command.
    let below = command.get_after_help().filter(|_| name.contains(' '));
    let example = below.and_then(|text| example(&text.to_string()));
    Some(Complaint { misuse, command: name, usage: usage.collect(), example })
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
            Misuse::Malformed { option, value, why }
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
