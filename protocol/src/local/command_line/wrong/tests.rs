//! Errors of a parser, and what is said of each.

use clap::builder::PossibleValue;
use clap::value_parser;

use super::*;

/// A program whose options are read by the parser's own readers.
fn program() -> Command {
    let shapes = [PossibleValue::new("round").help("圆 / round"), PossibleValue::new("flat")];
    let work = Command::new("work")
        .after_help("例 Example: sanduan work --count 3")
        .arg(Arg::new("count").long("count").value_parser(value_parser!(u32).range(1..=9)))
        .arg(Arg::new("least").long("least").value_parser(value_parser!(u64).range(3..)))
        .arg(Arg::new("share").long("share").value_parser(value_parser!(f64)))
        .arg(Arg::new("at").long("at").value_parser(value_parser!(std::num::NonZeroU8)))
        .arg(Arg::new("shape").long("shape").value_parser(shapes))
        .arg(Arg::new("odd").long("odd").value_parser(|text: &str| match text {
            "address" => Err("invalid socket address syntax".to_owned()),
            "ours" => Err("写成 20m / write 20m".to_owned()),
            "names" => Err("x: node=0,3".to_owned()),
            text => Ok(text.to_owned()),
        }));
    let root = Command::new("sanduan").subcommand_required(true).subcommand(work);
    root.after_help("例 Examples:\n  sanduan work --count 3")
}

fn said(text: &str) -> Complaint {
    let words: Vec<OsString> = text.split(' ').map(OsString::from).collect();
    let error = program().try_get_matches_from(&words).expect_err("wrong words");
    complaint(&error, program(), &words).expect("a sentence")
}

#[test]
fn the_parsers_own_reasons_are_told_in_both_languages() {
    for (words, zh, en) in [
        ("--count 10", "须在 1 到 9 之间", "it must be from 1 to 9"),
        ("--count x", "这里要写数字", "a number must stand here"),
        ("--least 2", "不得小于 3", "it must be 3 or more"),
        ("--share x", "这里要写数字", "a number must stand here"),
        ("--share=", "这里要写数字", "a number must stand here"),
        ("--at 256", "这里要写数字", "a number must stand here"),
        ("--odd address", "写成 地址:端口，如 192.168.1.20:7819", "write ADDRESS:PORT, such as"),
        ("--odd ours", "写成 20m", "write 20m"),
        ("--odd names", "x: node=0,3", "x: node=0,3"),
    ] {
        let misuse = said(&format!("sanduan work {words}")).misuse;
        assert!(misuse.zh().contains(zh), "{words}: {}", misuse.zh());
        assert!(misuse.en().contains(en) && misuse.en().is_ascii(), "{words}: {}", misuse.en());
    }
}

#[test]
fn a_word_that_is_offered_comes_with_its_meaning_in_chinese_alone() {
    let misuse = said("sanduan work --shape x").misuse;
    assert!(misuse.zh().ends_with("可用：圆 round、flat。"), "{}", misuse.zh());
    assert!(misuse.en().ends_with("it is one of: round, flat."), "{}", misuse.en());
}

#[test]
fn an_example_is_shown_with_its_own_command_only() {
    let line = said("sanduan work --loud").example;
    assert_eq!(line.as_deref(), Some("sanduan work --count 3"));
    assert_eq!(said("sanduan wrk").example, None);
}

#[test]
fn the_name_that_was_typed_stands_in_the_way_out() {
    let lines = said("/usr/bin/sanduan-2 work --loud").zh();
    assert!(lines[1].starts_with("用法：sanduan-2 work [选项]"), "{lines:?}");
    assert_eq!(lines.last().map(String::as_str), Some("详见：sanduan-2 work --help"));
}
