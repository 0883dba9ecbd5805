//! What is wrong with the words of a command, as a sentence with what to do next. All programs
//! say it alike; in which language to speak, they know themselves.

/// Words of a command that do not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misuse {
    /// There is no such option.
    NoOption {
        /// What was typed.
        word: String,
        /// What may have been meant.
        near: Option<String>,
    },
    /// There is no such command.
    NoCommand {
        /// What was typed.
        word: String,
        /// What may have been meant.
        near: Option<String>,
        /// The commands that there are.
        known: Vec<String>,
    },
    /// A word that nothing asks for, as a text with blanks leaves behind when it is not quoted.
    TooMany {
        /// What was typed.
        word: String,
    },
    /// Something that must be there is not.
    Missing {
        /// Options and values as the usage names them.
        what: Vec<String>,
    },
    /// An option stands alone and wants a value.
    NoValue {
        /// The option.
        option: String,
    },
    /// A value that is not one of the few there are.
    NotOffered {
        /// The option.
        option: String,
        /// What was typed.
        value: String,
        /// Each word with what it means in Chinese, which is empty where it says itself.
        offered: Vec<(String, String)>,
    },
    /// A value that cannot be read.
    Malformed {
        /// The option.
        option: String,
        /// What was typed.
        value: String,
        /// How to write it, as `中文 / English`.
        why: String,
    },
    /// An option that stands there twice.
    Twice {
        /// The option.
        option: String,
    },
    /// Two options that exclude each other.
    Together {
        /// The one.
        one: String,
        /// The other.
        other: String,
    },
    /// Bytes that are no text, as a terminal of another encoding sends them.
    NotUtf8,
}

impl Misuse {
    /// The sentence in Chinese.
    pub fn zh(&self) -> String {
        let meant = |near: &Option<String>| match near {
            Some(near) => format!("，是不是 {near}？"),
            None => "。".to_owned(),
        };
        match self {
            Misuse::NoOption { word, near } => format!("没有参数 {word}{}", meant(near)),
            Misuse::NoCommand { word, near: None, known } => {
                format!("没有命令“{word}”；可用：{}。", known.join("、"))
            }
            Misuse::NoCommand { word, near, .. } => format!("没有命令“{word}”{}", meant(near)),
            Misuse::TooMany { word } => {
                format!("多出“{word}”：内容中间有空格时，请把整段用引号括起来。")
            }
            Misuse::Missing { what } => format!("缺少 {}。", what.join("、")),
            Misuse::NoValue { option } => format!("{option} 后面缺少内容。"),
            Misuse::NotOffered { option, value, offered } => {
                let word = |(en, zh): &(String, String)| format!("{zh} {en}").trim().to_owned();
                let words: Vec<String> = offered.iter().map(word).collect();
                format!("{option} 不能是“{value}”；可用：{}。", words.join("、"))
            }
            Misuse::Malformed { option, value, why } => {
                format!("{option} 的“{value}”写法不对：{}。", super::halves(why).0)
            }
            Misuse::Twice { option } => format!("{option} 写了两次，只能写一次。"),
            Misuse::Together { one, other } => format!("{one} 与 {other} 不能同时使用。"),
            Misuse::NotUtf8 => "有读不懂的字符：请把终端的字符编码设为 UTF-8 后重试。".to_owned(),
        }
    }

    /// The sentence in English.
    pub fn en(&self) -> String {
        let meant = |near: &Option<String>| match near {
            Some(near) => format!("; did you mean {near}?"),
            None => ".".to_owned(),
        };
        match self {
            Misuse::NoOption { word, near } => format!("There is no option {word}{}", meant(near)),
            Misuse::NoCommand { word, near: None, known } => {
                format!("There is no command \"{word}\"; there are: {}.", known.join(", "))
            }
            Misuse::NoCommand { word, near, .. } => {
                format!("There is no command \"{word}\"{}", meant(near))
            }
            Misuse::TooMany { word } => {
                format!("\"{word}\" is one word too many: put a text with blanks in quotes.")
            }
            Misuse::Missing { what } => format!("Missing: {}.", what.join(", ")),
            Misuse::NoValue { option } => format!("{option} needs a value after it."),
            Misuse::NotOffered { option, value, offered } => {
                let words: Vec<&str> = offered.iter().map(|(en, _)| en.as_str()).collect();
                format!("{option} cannot be \"{value}\"; it is one of: {}.", words.join(", "))
            }
            Misuse::Malformed { option, value, why } => {
                format!("{option} cannot be read from \"{value}\": {}.", super::halves(why).1)
            }
            Misuse::Twice { option } => format!("{option} is there twice; write it once."),
            Misuse::Together { one, other } => format!("{one} and {other} exclude each other."),
            Misuse::NotUtf8 => {
                "Some words are not UTF-8: set the terminal to UTF-8 and try again.".to_owned()
            }
        }
    }
}

/// The whole answer to such words: what is wrong, how the command goes, and where to read more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// What is wrong.
    pub misuse: Misuse,
    /// The command as far as it could be read, such as `sanduan order show`.
    pub command: String,
    /// How it goes, a line for each way.
    pub usage: Vec<String>,
    /// It with everything filled in, if its help has an example.
    pub example: Option<String>,
}

impl Complaint {
    /// Its lines in Chinese; the first is the sentence.
    pub fn zh(&self) -> Vec<String> {
        let lines = self.lines(self.misuse.zh(), ["用法：", "例：", "详见："]);
        lines.iter().map(|line| usage_zh(line)).collect()
    }

    /// Its lines in English; the first is the sentence.
    pub fn en(&self) -> Vec<String> {
        self.lines(self.misuse.en(), ["Usage: ", "Example: ", "More: "])
    }

    fn lines(&self, sentence: String, [usage, example, more]: [&str; 3]) -> Vec<String> {
        let mut lines = vec![sentence];
        lines.extend(self.usage.iter().map(|way| format!("{usage}{way}")));
        lines.extend(self.example.iter().map(|line| format!("{example}{line}")));
        lines.push(format!("{more}{} --help", self.command));
        lines
    }
}

/// How a command goes, with the parser's own words in it in Chinese.
pub fn usage_zh(way: &str) -> String {
    way.replace("[OPTIONS]", "[选项]").replace("COMMAND", "命令")
}

/// The first command in the text of examples below a help, without the remark beside it, which
/// stands two blanks or more to the right.
pub fn example(text: &str) -> Option<String> {
    let line = text.lines().find_map(|line| line.find("sanduan").map(|at| &line[at..]))?;
    let end = line.find("  ").unwrap_or(line.len());
    Some(line[..end].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing() -> Complaint {
        Complaint {
            misuse: Misuse::Missing { what: vec!["<ID>".into(), "--reason <REASON>".into()] },
            command: "sanduan order cancel".into(),
            usage: vec!["sanduan order cancel --reason <REASON> <ID>".into()],
            example: Some("sanduan order cancel 1-12 --reason 改走北线".into()),
        }
    }

    #[test]
    fn a_mistake_comes_with_usage_example_and_where_to_read_more() {
        assert_eq!(
            missing().zh(),
            [
                "缺少 <ID>、--reason <REASON>。",
                "用法：sanduan order cancel --reason <REASON> <ID>",
                "例：sanduan order cancel 1-12 --reason 改走北线",
                "详见：sanduan order cancel --help",
            ]
        );
        assert_eq!(
            missing().en(),
            [
                "Missing: <ID>, --reason <REASON>.",
                "Usage: sanduan order cancel --reason <REASON> <ID>",
                "Example: sanduan order cancel 1-12 --reason 改走北线",
                "More: sanduan order cancel --help",
            ]
        );
    }

    #[test]
    fn every_mistake_is_said_in_one_language_at_a_time() {
        let (option, value) = (String::from("--class"), String::from("x"));
        let near = Some(String::from("status"));
        let offered = vec![("flash".to_owned(), "特提".to_owned())];
        let why = String::from("写成 20m / write 20m");
        for misuse in [
            Misuse::NoOption { word: "--loud".into(), near: None },
            Misuse::NoCommand { word: "stauts".into(), near, known: Vec::new() },
            Misuse::NoCommand { word: "x".into(), near: None, known: vec!["list".into()] },
            Misuse::TooMany { word: "x".into() },
            Misuse::Missing { what: vec![option.clone()] },
            Misuse::NoValue { option: option.clone() },
            Misuse::NotOffered { option: option.clone(), value: value.clone(), offered },
            Misuse::Malformed { option: option.clone(), value, why },
            Misuse::Twice { option: option.clone() },
            Misuse::Together { one: option.clone(), other: option },
            Misuse::NotUtf8,
        ] {
            let (zh, en) = (misuse.zh(), misuse.en());
            assert!(en.is_ascii(), "{en}");
            assert!(!zh.is_ascii() && zh.ends_with(['。', '？']), "{zh}");
            assert!(!zh.contains("write 20m"), "{zh}");
        }
    }

    #[test]
    fn an_example_is_the_first_command_without_its_remark() {
        let text =
            "例 Examples:\n  sanduan handbook          全文 all of it\n  sanduan handbook 口令";
        assert_eq!(example(text).as_deref(), Some("sanduan handbook"));
        let text = "一行有错。\n例 Example: sanduan stock import opening.csv --person 保管员";
        let line = example(text);
        assert_eq!(line.as_deref(), Some("sanduan stock import opening.csv --person 保管员"));
        assert_eq!(example("没有 none"), None);
    }
}
