//! What is wrong with the words of the command line, in both languages. The parser speaks only
//! English; `sanduan` reads its parser alike, and what is said stands in
//! [`sanduan_protocol::local::misuse`].

pub mod help;

use std::error::Error;
use std::ffi::OsString;
use std::path::Path;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory};
use sanduan_protocol::local::misuse::{Complaint, Misuse, example};

use crate::args::Arguments;
use crate::said::Said;

/// The mistake with the way out; none where the parser prints help.
pub fn complaint(error: &clap::Error, arguments: &[OsString]) -> Option<Said> {
    let mut root = Arguments::command();
    // `sanduan` hands its own name over with the commands that this program does for it.
    let name = arguments.first().and_then(|name| Path::new(name).file_name());
    if let Some(name) = name.and_then(|name| name.to_str()) {
        root = root.bin_name(name);
    }
    root.build();
    let command = reached(&mut root, arguments);
    let misuse = misuse(error, command)?;
    let name = command.get_bin_name().unwrap_or("sanduand").to_owned();
    let usage = command.render_usage().to_string();
    let usage = usage.lines().map(|line| line.trim_start_matches("Usage:").trim().to_owned());
    let example = command.get_after_help().and_then(|text| example(&text.to_string()));
    let complaint = Complaint { misuse, command: name, usage: usage.collect(), example };
    Some(Said::new(complaint.zh().join("\n"), complaint.en().join("\n")))
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
            let offered = offered.into_iter().map(|word| (word, String::new()));
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

fn context(error: &clap::Error, kind: ContextKind) -> Option<Vec<String>> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(vec![text.clone()]),
        ContextValue::Strings(texts) => Some(texts.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    fn mistake(text: &str) -> Said {
        let words: Vec<OsString> = text.split(' ').map(OsString::from).collect();
        let error = Arguments::try_parse_from(&words).expect_err("wrong words");
        complaint(&error, &words).expect("a sentence")
    }

    #[test]
    fn wrong_words_are_named_in_both_languages_with_the_way_out() {
        let said = mistake("sanduand init eoc --district 500116");
        let first = |text: &str| text.lines().next().unwrap_or_default().to_owned();
        assert_eq!(first(&said.zh), "缺少 --name <NAME>。");
        assert_eq!(first(&said.en), "Missing: --name <NAME>.");
        assert!(said.zh.contains("\n例：sanduan init eoc --district 500116 --name"), "{}", said.zh);
        assert!(said.zh.ends_with("\n详见：sanduand init --help"), "{}", said.zh);
        assert!(mistake("sanduand --confg x").zh.contains("是不是 --config？"));
        assert!(mistake("sanduand check").en.contains("did you mean check-config?"));
        assert!(mistake("sanduand device join").zh.contains("缺少 <FILE>"));
    }

    #[test]
    fn a_command_that_was_handed_over_keeps_the_name_that_was_typed() {
        let said = mistake("/usr/bin/sanduan device request");
        assert!(said.zh.contains("\n用法：sanduan device request [选项] --out"), "{}", said.zh);
        assert!(said.en.ends_with("\nMore: sanduan device request --help"), "{}", said.en);
    }
}
