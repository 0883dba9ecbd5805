//! What the parser found wrong with the words of a command.

#[cfg(test)]
mod tests;

use std::error::Error;
use std::ffi::OsString;
use std::path::Path;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command};

use crate::local::halves;
use crate::local::misuse::{Complaint, Misuse, example};

/// What the parser says of a word that is no number.
const NO_NUMBER: [&str; 4] = ["invalid digit", "invalid float", "cannot parse", "number too"];
/// What it says of what is no address with a port.
const NO_ADDRESS: &str = "invalid socket address";

/// The mistake with the way out, for the words `arguments` of the program `root`, its name first;
/// none where the parser prints help, or has words that we have not.
pub fn complaint(
    error: &clap::Error,
    mut root: Command,
    arguments: &[OsString],
) -> Option<Complaint> {
    // One program hands its own name over with the commands that another does for it.
    let typed = arguments.first().and_then(|name| Path::new(name).file_name()?.to_str());
    let program = typed.unwrap_or(root.get_name()).to_owned();
    root = root.bin_name(&program);
    root.build();
    let command = reached(&mut root, arguments);
    let misuse = misuse(error, command)?;
    let name = command.get_bin_name().unwrap_or(&program).to_owned();
    let example = command.get_after_help().and_then(|text| example(&text.to_string()));
    // Below the help of the whole program stand examples of its commands, too.
    let of_another = |line: &String| {
        let verb = line.split(' ').nth(1).unwrap_or_default();
        name == program && command.find_subcommand(verb).is_some()
    };
    let example = example.filter(|line| !of_another(line));
    Some(Complaint { misuse, command: name, usage: usage(command), example })
}

/// The command that the words lead to.
pub fn reached<'a>(root: &'a mut Command, arguments: &[OsString]) -> &'a mut Command {
    let mut command = root;
    for word in arguments.iter().skip(1).filter_map(|word| word.to_str()) {
        if command.find_subcommand(word).is_some() {
            command = command.find_subcommand_mut(word).expect("it was found a line above");
        }
    }
    command
}

/// How the command goes, a line for each way.
pub fn usage(command: &mut Command) -> Vec<String> {
    let usage = command.render_usage().to_string();
    usage.lines().map(|line| line.trim_start_matches("Usage:").trim().to_owned()).collect()
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
    if let Some((_, range)) = why.split_once(" is not in ") {
        return within(range);
    }
    if why.starts_with(NO_ADDRESS) {
        return "写成 地址:端口，如 192.168.1.20:7819 / write ADDRESS:PORT, such as 192.168.1.20:7819"
            .to_owned();
    }
    if NO_NUMBER.iter().any(|said| why.starts_with(said)) {
        return "这里要写数字 / a number must stand here".to_owned();
    }
    why
}

/// A range as the parser writes it: `1..=9`, or `1..` and the largest number that there is.
fn within(range: &str) -> String {
    let (least, most) = range.split_once("..").unwrap_or((range, ""));
    let most = most.trim_start_matches('=');
    let is_open = [i64::MAX.to_string(), u64::MAX.to_string(), String::new()];
    if is_open.iter().any(|open| open == most) {
        return format!("不得小于 {least} / it must be {least} or more");
    }
    format!("须在 {least} 到 {most} 之间 / it must be from {least} to {most}")
}

/// A word that an option takes, and what its help says that it means in Chinese.
fn meaning(command: &Command, option: &str, word: String) -> (String, String) {
    let argument = command.get_arguments().find(|argument| argument.to_string() == option);
    let values = argument.map(Arg::get_possible_values).unwrap_or_default();
    let value = values.iter().find(|value| value.get_name() == word);
    let help = value.and_then(|value| value.get_help()).map(ToString::to_string);
    let zh = help.map(|help| halves(&help).0.to_owned());
    (word, zh.filter(|zh| !zh.is_ascii()).unwrap_or_default())
}

fn context(error: &clap::Error, kind: ContextKind) -> Option<Vec<String>> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(vec![text.clone()]),
        ContextValue::Strings(texts) => Some(texts.clone()),
        _ => None,
    }
}
