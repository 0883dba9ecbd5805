//! The handbook, compared with the program as it is.

use clap::CommandFactory;

use super::*;
use crate::cli::handbook::{PAGE, chapters, titles};

/// The words of a line of a shell, single quotes taken off.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (place, part) in line.split('\'').enumerate() {
        match place % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    words
}

#[test]
fn every_command_of_the_handbook_is_understood() {
    let mut read = 0;
    for line in PAGE.lines().filter_map(|line| line.strip_prefix("    ")) {
        if line.starts_with("sanduand ") {
            continue;
        }
        assert!(line.starts_with("sanduan "), "{line}");
        if let Err(error) = Cli::try_parse_from(words(line)) {
            panic!("{line}: {error}");
        }
        read += 1;
    }
    assert!(read >= 15, "only {read} commands");
}

#[test]
fn a_person_alone_finds_each_need_by_a_word_of_its_title() {
    for word in ["入网", "下令", "答复", "清点", "带报", "丢", "满", "口令", "连不上", "carry"]
    {
        let found = chapters(Some(word)).unwrap_or_else(|| panic!("{word}"));
        assert_eq!(found.matches("## ").count(), 1, "{word}: {found}");
    }
    assert!(chapters(Some("没有这一节")).is_none());
    assert!(titles(Lang::Zh).ends_with("、连不上"), "{}", titles(Lang::Zh));
}

#[test]
fn every_command_that_needs_words_shows_an_example() {
    let mut bare = Vec::new();
    let mut waiting = vec![(String::new(), Cli::command())];
    while let Some((path, command)) = waiting.pop() {
        for part in command.get_subcommands() {
            waiting.push((format!("{path} {}", part.get_name()), part.clone()));
        }
        // `init`, `device request` and `device join` are described by `sanduand`.
        let passed_on = command.is_disable_help_flag_set();
        let needs_words = command.get_arguments().any(|argument| argument.is_required_set());
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        if needs_words && !passed_on && !help.contains('例') {
            bare.push(path);
        }
    }
    assert_eq!(bare, Vec::<String>::new());
}
