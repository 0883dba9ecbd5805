//! Help in the language chosen: the parser's own page, with one half of every text.

use clap::{Arg, ArgAction, Command};

use crate::said::Tongue;

/// The parser's page in Chinese; its own words are English.
const PAGE: &str = "{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}";

/// Heading of options in Chinese.
const OPTIONS: &str = "选项";

/// The command with its texts in this language; as it is where none is chosen.
pub fn in_language(command: Command, tongue: Tongue) -> Command {
    if tongue == Tongue::Both {
        return command;
    }
    let about = command.get_about().map(|text| tongue.of(&text.to_string()).to_owned());
    let below = command.get_after_help().map(|text| below(&text.to_string(), tongue));
    let command = command
        .about(about.unwrap_or_default())
        .after_help(below.unwrap_or_default())
        .mut_args(|option| {
            let help = option.get_help().map(|text| tongue.of(&text.to_string()).to_owned());
            let option = option.help(help.unwrap_or_default());
            match (tongue, option.is_positional()) {
                (Tongue::Zh, true) => option.help_heading("参数"),
                (Tongue::Zh, false) => option.help_heading(OPTIONS),
                (Tongue::En | Tongue::Both, _) => option,
            }
        })
        .mut_subcommands(|one| in_language(one, tongue));
    if tongue == Tongue::En {
        return command;
    }
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help);
    let version = Arg::new("version").short('V').long("version").action(ArgAction::Version);
    let command = match command.get_version() {
        Some(_) => {
            command.disable_version_flag(true).arg(version.help("显示版本号").help_heading(OPTIONS))
        }
        None => command,
    };
    command
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .arg(help.help("显示这些说明").help_heading(OPTIONS))
        .subcommand_help_heading("命令")
        .subcommand_value_name("命令")
        .help_template(PAGE)
}

fn below(text: &str, tongue: Tongue) -> String {
    let (heads, head) = (["例 Examples:", "例 Example:"], ["例：", "Examples:", "Example:"]);
    match tongue {
        Tongue::Zh => text.replace(heads[0], head[0]).replace("例 Example: ", head[0]),
        Tongue::En => text.replace(heads[0], head[1]).replace(heads[1], head[2]),
        Tongue::Both => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::args::Arguments;

    fn help(words: &str, tongue: Tongue) -> String {
        let command = in_language(Arguments::command(), tongue);
        let words = words.split(' ').chain(["--help"]);
        command.try_get_matches_from(words).expect_err("help").to_string()
    }

    fn is_chinese(text: &str) -> bool {
        text.chars().any(|c| ('\u{3000}'..='\u{9fff}').contains(&c))
    }

    #[test]
    fn help_speaks_the_language_chosen() {
        for words in ["sanduand init", "sanduand device join", "sanduand wipe", "sanduand device"] {
            let (zh, en) = (help(words, Tongue::Zh), help(words, Tongue::En));
            let above = en.split("Example").next().unwrap_or_default();
            assert!(!is_chinese(above) && above.contains("Usage: "), "{en}");
            assert!(zh.contains("用法：") && zh.contains("显示这些说明"), "{zh}");
            for english in ["Usage", "Options", "Print help", " / ", "Folder", "Examples"] {
                assert!(!zh.contains(english), "{english}: {zh}");
            }
        }
        in_language(Arguments::command(), Tongue::Zh).debug_assert();
    }
}
