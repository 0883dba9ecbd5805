//! The help of every command, on a terminal of eighty columns.

use clap::CommandFactory;

use super::super::Cli;
use super::*;

const COLUMNS: usize = 80;
const ROWS: usize = 24;

/// Every command with its name, the program itself first.
fn all() -> Vec<Command> {
    let mut root = Cli::command();
    root.build();
    let mut found = vec![root];
    let mut next = 0;
    while let Some(command) = found.get(next) {
        let below: Vec<Command> = command.get_subcommands().cloned().collect();
        found.extend(below);
        next += 1;
    }
    found
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{3000}'..='\u{9fff}').contains(&c))
}

#[test]
fn every_help_fits_the_terminal_and_speaks_one_language() {
    for mut command in all() {
        for lang in [Lang::Zh, Lang::En] {
            let page = lines(&mut command, lang, COLUMNS);
            let shown = page.join("\n");
            assert!(!shown.contains(" / ") && !shown.contains("\n\n\n"), "{shown}");
            for line in &page {
                assert!(width(line) <= COLUMNS, "{line}\n{shown}");
                assert!(!line.starts_with(' ') || line.trim() != "", "{shown}");
            }
            // Names that people typed stand in examples, in Chinese too.
            let above = shown.split("\nExamples:").next().unwrap_or_default();
            assert!(lang == Lang::Zh || !is_chinese(above), "{above}");
        }
    }
}

#[test]
fn every_text_of_help_has_both_languages() {
    for command in all() {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        let helps = command.get_arguments().filter(|option| !is_of_the_parser(option));
        let helps = helps.map(|option| option.get_help().map(ToString::to_string));
        for text in helps.map(Option::unwrap_or_default).chain([about]) {
            let (zh, en) = text.split_once(" / ").unwrap_or((&text, ""));
            let name = command.get_bin_name().unwrap_or_default();
            assert!(is_chinese(zh) && !en.is_empty() && !is_chinese(en), "{name}: {text}");
        }
    }
}

#[test]
fn what_duty_officers_type_is_explained_on_one_screen() {
    for name in
        ["order send", "receipt", "stock issue", "carry export", "unlock", "position report"]
    {
        let name = format!("sanduan {name}");
        let mut all = all();
        let command = all.iter_mut().find(|one| one.get_bin_name() == Some(name.as_str()));
        let command = command.expect("there is such a command");
        for lang in [Lang::Zh, Lang::En] {
            let page = lines(command, lang, COLUMNS);
            // The prompt takes one more.
            assert!(page.len() < ROWS, "{}\n{}", page.len(), page.join("\n"));
        }
    }
}

#[test]
fn a_help_names_words_options_and_examples() {
    let mut all = all();
    let command = all.iter_mut().find(|one| one.get_bin_name() == Some("sanduan receipt"));
    let command = command.expect("there is such a command");
    let zh = lines(command, Lang::Zh, COLUMNS).join("\n");
    for part in [
        "回执：答复一条指令\n\n用法：sanduan receipt [选项] <ID> <RUNG>\n\n参数：\n",
        "已签收 acknowledged、",
        "\n选项：\n",
        "\n例：\n  sanduan receipt 1-12 acknowledged --person 李强\n",
    ] {
        assert!(zh.contains(part), "{part}\n{zh}");
    }
    let en = lines(command, Lang::En, COLUMNS).join("\n");
    assert!(en.contains("Usage: sanduan receipt [OPTIONS] <ID> <RUNG>"), "{en}");
    assert!(en.contains("acknowledged, accepted, cannot, done, failed"), "{en}");
}
