//! Help on the terminal, in the language asked for. The parser would print both languages, its own
//! words in English, and break examples where a line is full; here every text has its half, and an
//! example stands whole, last, where it is still seen when the rest has scrolled away.
//!
//! ```text
//! 一条指令及全部回执
//!
//! 用法：sanduan order show [选项] <ID>
//!
//! 参数：
//!   <ID>  序号，如 1-12
//!
//! 例：
//!   sanduan order show 1-12
//! ```

use clap::builder::PossibleValue;
use clap::{Arg, Command};
use sanduan_protocol::local::command_line::wrong;
use sanduan_protocol::local::misuse;

use super::terminal::fitted;
use crate::lang::{CommandTexts, Lang, fill, half};
use crate::paint::fit::{fit, width};

/// A name is not given more than this beside its text.
const NAME_MAX: usize = 26;
/// Before every name and example.
const INDENT: usize = 2;
/// Between a name and its text, and between an example and its remark.
const GAP: usize = 2;
/// A blank, and nothing at all, at which no line ends; they are taken out before they are shown.
const BLANK: &str = "\u{a0}";
const JOINER: &str = "\u{2060}";
/// Before a remark below its example.
const REMARK_INDENT: usize = 6;

/// The help of a command, for so many columns.
pub fn lines(command: &mut Command, lang: Lang, columns: usize) -> Vec<String> {
    let text = lang.command();
    let mut page = Page { lines: Vec::new(), columns };
    if let Some(about) = command.get_about() {
        page.sentence(half(&about.to_string(), lang));
        page.lines.push(String::new());
    }
    for way in wrong::usage(command) {
        let way = lang.pick(misuse::usage_zh(&way), way);
        page.sentence(&format!("{}{way}", text.help_usage));
    }
    let below = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let (remarks, examples) = below_help(&below, lang);
    let is_root = !command.get_bin_name().unwrap_or_default().contains(' ');
    let commands = command.get_subcommands().filter(|one| !one.is_hide_set()).map(|one| {
        let about = one.get_about().map(ToString::to_string).unwrap_or_default();
        (one.get_name().to_owned(), half(&about, lang).to_owned())
    });
    page.pairs(text.help_commands, commands.collect());
    let words = command.get_positionals().map(|word| (word.to_string(), meaning(word, lang)));
    page.pairs(text.help_words, words.collect());
    let own = |option: &&Arg| {
        let of_all = option.is_global_set() || is_of_the_parser(option);
        !option.is_hide_set() && !option.is_positional() && (is_root || !of_all)
    };
    let options = command.get_arguments().filter(own).map(|option| {
        let name = match option.get_short() {
            Some(short) => format!("-{short}, {option}"),
            None => option.to_string(),
        };
        (name, meaning(option, lang))
    });
    page.pairs(text.help_options, options.collect());
    if !is_root {
        // Beside the options of this command, if there are any.
        if !command.get_arguments().any(|option| own(&option)) {
            page.gap();
        }
        page.sentence(text.help_of_all);
    }
    if command.get_subcommands().next().is_some() {
        let name = command.get_bin_name().unwrap_or_default();
        page.sentence(&fill(text.help_each, &[&name]));
    }
    if !remarks.is_empty() {
        page.gap();
        remarks.iter().for_each(|remark| page.sentence(remark));
    }
    page.examples(text, &examples);
    page.lines
}

fn is_of_the_parser(option: &Arg) -> bool {
    ["help", "version"].contains(&option.get_id().as_str())
}

/// What an option or a word of the command means, what may stand there, and what counts without.
fn meaning(option: &Arg, lang: Lang) -> String {
    let text = lang.command();
    let help = match option.get_id().as_str() {
        "help" => text.help_help.to_owned(),
        "version" => text.help_version.to_owned(),
        _ => option.get_help().map(ToString::to_string).unwrap_or_default(),
    };
    let mut said = half(&help, lang).to_owned();
    let word = |value: &PossibleValue| match (lang, value.get_help()) {
        (Lang::Zh, Some(zh)) => together(&zh.to_string(), value.get_name()),
        _ => value.get_name().to_owned(),
    };
    let values = option.get_possible_values();
    if !values.is_empty() {
        let offered: Vec<String> = values.iter().map(word).collect();
        said += &format!("{}{}", text.help_one_of, offered.join(text.list_comma));
    }
    let takes_one = option.get_action().takes_values() && !option.is_hide_default_value_set();
    let absent = option.get_default_values().first().filter(|_| takes_one);
    if let Some(absent) = absent.and_then(|value| value.to_str()) {
        let named = values.iter().find(|value| value.get_name() == absent);
        let zh = named.and_then(PossibleValue::get_help).map(ToString::to_string);
        let absent = lang.pick(zh, None).unwrap_or_else(|| absent.to_owned());
        said += &fill(text.help_if_absent, &[&absent]);
    }
    said
}

/// The Chinese and the English word for one value, which no line breaks apart.
fn together(zh: &str, en: &str) -> String {
    let glyphs: Vec<String> = zh.chars().map(String::from).collect();
    format!("{}{BLANK}{en}", glyphs.join(JOINER))
}

/// What stands below a help: remarks, then examples, each with its own remark, which stands two
/// blanks or more to its right, or below it.
fn below_help(below: &str, lang: Lang) -> (Vec<String>, Vec<(String, String)>) {
    let (mut remarks, mut examples): (Vec<String>, Vec<(String, String)>) = Default::default();
    for line in below.lines() {
        let line = line.trim().trim_start_matches("例 Examples:");
        let line = line.trim_start_matches("例 Example:").trim();
        let said = half(line, lang).to_owned();
        if line.starts_with("sanduan") {
            let (command, remark) = line.split_once("  ").unwrap_or((line, ""));
            examples.push((command.to_owned(), half(remark.trim(), lang).to_owned()));
        } else if let Some((_, remark)) = examples.last_mut() {
            *remark = said;
        } else if !line.is_empty() {
            remarks.push(said);
        }
    }
    (remarks, examples)
}

struct Page {
    lines: Vec<String>,
    columns: usize,
}

impl Page {
    fn sentence(&mut self, sentence: &str) {
        self.lines.extend(fitted(sentence, Some(self.columns)));
    }

    /// An empty line, if there is something above it.
    fn gap(&mut self) {
        if self.lines.last().is_some_and(|line| !line.is_empty()) {
            self.lines.push(String::new());
        }
    }

    fn pairs(&mut self, heading: &str, pairs: Vec<(String, String)>) {
        if pairs.is_empty() {
            return;
        }
        self.gap();
        self.lines.push(heading.to_owned());
        let widths = pairs.iter().map(|(name, _)| width(name));
        let beside = INDENT + widths.max().unwrap_or(0).min(NAME_MAX) + GAP;
        let room = Some(self.columns.saturating_sub(beside));
        for (name, meaning) in pairs {
            let mut before = format!("{}{name}", " ".repeat(INDENT));
            if width(&before) + GAP > beside {
                self.lines.push(std::mem::take(&mut before));
            }
            for line in fitted(&meaning, room) {
                let line = format!(
                    "{}{}",
                    fit(&before, beside),
                    line.replace(BLANK, " ").replace(JOINER, "")
                );
                self.lines.push(line.trim_end().to_owned());
                before.clear();
            }
        }
    }

    fn examples(&mut self, text: &CommandTexts, examples: &[(String, String)]) {
        if examples.is_empty() {
            return;
        }
        self.gap();
        self.lines.push(text.help_examples.to_owned());
        let fits = |(command, remark): &&(String, String)| {
            INDENT + width(command) + GAP + width(remark) <= self.columns
        };
        let beside = examples.iter().filter(|one| !one.1.is_empty()).filter(fits);
        let beside = beside.map(|(command, _)| width(command)).max().unwrap_or(0);
        for (command, remark) in examples {
            let space = " ".repeat((beside.saturating_sub(width(command))) + GAP);
            let line = format!("{}{command}{space}{remark}", " ".repeat(INDENT));
            if remark.is_empty() || width(&line) <= self.columns {
                self.lines.push(line.trim_end().to_owned());
            } else {
                self.lines.push(format!("{}{command}", " ".repeat(INDENT)));
                self.sentence(&format!("{}{remark}", " ".repeat(REMARK_INDENT)));
            }
        }
    }
}

#[cfg(test)]
mod tests;
