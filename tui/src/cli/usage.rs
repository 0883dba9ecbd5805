//! What is wrong with the words of a command, in the language asked for. The parser speaks only
//! English; its own sentence is kept for that language and for what has no sentence here.

use std::error::Error;
use std::ffi::OsString;
use std::io::Write;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::lang::Lang;

/// Prints help as it is, and a mistake in the language asked for; the exit code.
pub fn complain(error: &clap::Error, arguments: &[OsString]) -> u8 {
    if !error.use_stderr() {
        // A closed pipe while printing help is nobody's fault.
        let _ = error.print();
        return 0;
    }
    let (lang, json) = asked_for(arguments);
    let zh = chinese(error);
    let english = english(error, &error.render().to_string());
    let mut to = std::io::stderr().lock();
    let written = match (json, lang, zh) {
        (true, _, zh) => {
            let zh = zh.unwrap_or_else(|| english.clone());
            writeln!(to, "{}", serde_json::json!({ "code": "usage", "zh": zh, "en": english }))
        }
        (false, Lang::Zh, Some(sentence)) => writeln!(to, "错误：{sentence}用法见 --help。"),
        (false, _, _) => write!(to, "{english}"),
    };
    // With standard error gone there is only the exit code left to speak.
    drop(written);
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
        Some("en") => Lang::En,
        Some("zh") => Lang::Zh,
        _ => Lang::from_environment(),
    };
    (lang, words.contains(&"--json"))
}

/// The parser's sentence, with only the English half of a reason that we gave it.
fn english(error: &clap::Error, rendered: &str) -> String {
    let why = error.source().map(ToString::to_string).unwrap_or_default();
    match why.split_once(" / ") {
        Some((_, half)) => rendered.replace(&why, half),
        None => rendered.to_owned(),
    }
}

/// The mistake in Chinese.
fn chinese(error: &clap::Error) -> Option<String> {
    let argument = context(error, ContextKind::InvalidArg).unwrap_or_default();
    let value = context(error, ContextKind::InvalidValue).unwrap_or_default();
    Some(match error.kind() {
        ErrorKind::InvalidValue if value.is_empty() => format!("{argument} 后面缺少内容。"),
        ErrorKind::InvalidValue => {
            let offered = context(error, ContextKind::ValidValue).unwrap_or_default();
            format!("{argument} 不能是“{value}”；可用：{offered}。")
        }
        ErrorKind::ValueValidation => {
            let why = error.source().map(ToString::to_string).unwrap_or_default();
            let why = why.split(" / ").next().unwrap_or_default().to_owned();
            format!("{argument} 的“{value}”写法不对：{why}。")
        }
        ErrorKind::UnknownArgument => format!("没有参数 {argument}。"),
        ErrorKind::InvalidSubcommand => {
            let word = context(error, ContextKind::InvalidSubcommand)?;
            format!("没有命令“{word}”。")
        }
        ErrorKind::MissingRequiredArgument => format!("缺少 {argument}。"),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            return None;
        }
        ErrorKind::ArgumentConflict => {
            let other = context(error, ContextKind::PriorArg).unwrap_or_default();
            format!("{argument} 与 {other} 不能同时使用，或不能重复。")
        }
        _ => return None,
    })
}

fn context(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => Some(texts.join("、")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::Cli;
    use super::*;

    fn said(words: &str) -> String {
        let words = words.split(' ').map(OsString::from);
        let error = Cli::try_parse_from(words).map(|_| ()).expect_err("wrong words");
        chinese(&error).expect("a sentence")
    }

    #[test]
    fn wrong_words_are_named_in_chinese() {
        assert_eq!(said("sanduan status --loud"), "没有参数 --loud。");
        assert_eq!(said("sanduan stauts"), "没有命令“stauts”。");
        assert_eq!(said("sanduan order show"), "缺少 <ID>。");
        let class = said("sanduan order send --to all --text x --class huge");
        assert!(
            class.contains("不能是“huge”；可用：flash、immediate、priority、routine"),
            "{class}"
        );
        let line = said("sanduan stock issue --depot D00 --line E004=-3");
        assert!(line.contains("“E004=-3”写法不对：") && !line.contains(" / "), "{line}");
        let id = said("sanduan order show abc");
        assert!(id.contains("“abc”写法不对：") && !id.contains("looks like"), "{id}");
    }

    #[test]
    fn a_mistake_is_named_in_english_alone_where_english_is_wanted() {
        let words = "sanduan order send --to all --text x --expires 900d".split(' ');
        let error = Cli::try_parse_from(words).map(|_| ()).expect_err("beyond a year");
        let said = english(&error, &error.render().to_string());
        assert!(said.contains("--expires <SPAN>': write 90s"), "{said}");
        assert!(!said.contains("写成"), "{said}");
    }

    #[test]
    fn the_language_asked_for_is_found_among_wrong_words() {
        let words = |text: &str| text.split(' ').map(OsString::from).collect::<Vec<_>>();
        assert_eq!(asked_for(&words("sanduan --lang en --bogus")), (Lang::En, false));
        assert_eq!(asked_for(&words("sanduan --json --lang=zh bogus")), (Lang::Zh, true));
    }
}
