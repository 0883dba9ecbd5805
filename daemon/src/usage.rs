//! What is wrong with the words of the command line, in both languages. How the parser's errors
//! are read, stands in [`sanduan_protocol::local::command_line`]; what is said, in
//! [`sanduan_protocol::local::misuse`].

pub mod help;

use std::ffi::OsString;

use clap::CommandFactory;
use sanduan_protocol::local::command_line::wrong;

use crate::args::Arguments;
use crate::said::Said;

/// The mistake with the way out; none where the parser prints help.
pub fn complaint(error: &clap::Error, arguments: &[OsString]) -> Option<Said> {
    let complaint = wrong::complaint(error, Arguments::command(), arguments)?;
    Some(Said::new(complaint.zh().join("\n"), complaint.en().join("\n")))
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
