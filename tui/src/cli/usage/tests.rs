//! Wrong words, as people type them, and what is said of each.

use clap::Parser;
use sanduan_protocol::local::misuse::Complaint;

use super::*;

fn words(text: &str) -> Vec<OsString> {
    text.split(' ').map(OsString::from).collect()
}

fn mistake(text: &str) -> Complaint {
    let words = words(text);
    let error = Cli::try_parse_from(&words).map(|_| ()).expect_err("wrong words");
    wrong::complaint(&error, Cli::command(), &words).expect("a sentence")
}

fn said(text: &str) -> String {
    mistake(text).misuse.zh()
}

#[test]
fn wrong_words_are_named_in_chinese() {
    assert_eq!(said("sanduan status --loud"), "没有参数 --loud。");
    assert_eq!(said("sanduan status --josn"), "没有参数 --josn，是不是 --json？");
    assert_eq!(said("sanduan stauts"), "没有命令“stauts”，是不是 status？");
    assert_eq!(said("sanduan order show"), "缺少 <ID>。");
    assert_eq!(said("sanduan order show 1-12 --lang"), "--lang <LANG> 后面缺少内容。");
    let twice = said("sanduan order send --to all --to T05 --text x");
    assert_eq!(twice, "--to <TO> 写了两次，只能写一次。");
    let both = said("sanduan order send --to all --text x --template M02");
    assert!(both.contains("--text") && both.contains("不能同时使用"), "{both}");
    let line = said("sanduan stock issue --depot D00 --line E004=-3");
    assert!(line.contains("“E004=-3”写法不对：") && !line.contains(" / "), "{line}");
    let number = said("sanduan device show abc");
    assert_eq!(number, "<DEVICE> 的“abc”写法不对：这里要写数字。");
    let number = said("sanduan position report --lat x --lon 106");
    assert_eq!(number, "--lat <LAT> 的“x”写法不对：这里要写数字。");
    let bytes = said("sanduan carry qr --max-bytes 5");
    assert!(bytes.ends_with("写法不对：须在 100 到 16384 之间。"), "{bytes}");
    let id = said("sanduan order show abc");
    assert!(id.contains("“abc”写法不对：") && !id.contains("looks like"), "{id}");
}

#[test]
fn a_text_without_quotes_is_told_to_be_put_in_quotes() {
    let said = said("sanduan order send --to all --text 立即 转移");
    assert_eq!(said, "多出“转移”：内容中间有空格时，请把整段用引号括起来。");
}

#[test]
fn the_words_that_an_option_takes_are_named_with_their_meaning() {
    let class = said("sanduan order send --to all --text x --class huge");
    let offered = "可用：特提 flash、特急 immediate、加急 priority、平急 routine。";
    assert!(class.contains("不能是“huge”") && class.contains(offered), "{class}");
    // What explains itself in English only is not called Chinese.
    let shell = said("sanduan completions csh");
    assert!(shell.ends_with("可用：bash、elvish、fish、powershell、zsh。"), "{shell}");
    let group = said("sanduan position show");
    assert_eq!(group, "没有命令“show”；可用：report、list。");
}

#[test]
fn a_mistake_shows_how_the_command_goes() {
    let words = "sanduan --lang zh order cancel 1-12";
    assert_eq!(
        mistake(words).zh(),
        [
            "缺少 --reason <REASON>。",
            "用法：sanduan order cancel [选项] --reason <REASON> <ID>",
            "例：sanduan order cancel 1-12 --reason 改走北线",
            "详见：sanduan order cancel --help",
        ]
    );
    assert_eq!(mistake(words).en()[0], "Missing: --reason <REASON>.");
    assert_eq!(mistake("sanduan stauts").en().last().expect("a line"), "More: sanduan --help");
}

#[test]
fn a_mistake_is_named_in_one_language_alone() {
    let said = mistake("sanduan order send --to all --text x --expires 900d").misuse;
    assert!(said.en().contains("--expires <SPAN> cannot be read") && said.en().is_ascii());
    assert!(said.zh().contains("写成") && !said.zh().contains("write"), "{}", said.zh());
}

#[test]
fn the_language_asked_for_is_found_among_wrong_words() {
    assert_eq!(asked_for(&words("sanduan --lang en --bogus")), (Lang::En, false));
    assert_eq!(asked_for(&words("sanduan --json --lang=zh bogus")), (Lang::Zh, true));
}
