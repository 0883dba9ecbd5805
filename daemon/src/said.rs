//! A sentence for people in both languages, and in which of them to say it.

use std::fmt;

use sanduan_protocol::local::{halves, system};

/// In which language to speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tongue {
    /// Chinese.
    Zh,
    /// English.
    En,
    /// Nobody has chosen: both, Chinese first.
    Both,
}

impl Tongue {
    /// The language chosen: `SANDUAN_LANG`, else `LANG`, as `sanduan` takes it. A bare `C`
    /// chooses none, and whoever reads the log may be neither of the two.
    pub fn from_environment() -> Tongue {
        let named = |name: &str| std::env::var(name).ok().and_then(|word| Tongue::named(&word));
        named("SANDUAN_LANG").or_else(|| named("LANG")).unwrap_or(Tongue::Both)
    }

    /// The language for a word such as `zh`, `zh_CN.UTF-8` or `en`.
    fn named(word: &str) -> Option<Tongue> {
        match word.get(..2)?.to_ascii_lowercase().as_str() {
            "zh" => Some(Tongue::Zh),
            "en" => Some(Tongue::En),
            _ => None,
        }
    }

    /// What is to be said of a text of the form `中文 / English`.
    pub fn of(self, text: &str) -> &str {
        match self {
            Tongue::Zh => halves(text).0,
            Tongue::En => halves(text).1,
            Tongue::Both => text,
        }
    }
}

/// What went wrong and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Said {
    /// A sentence in both languages.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Said {
        Said { zh: zh.into(), en: en.into() }
    }

    /// From a text of the form `中文 / English`, as the fault types of this crate show.
    pub fn both(text: &impl fmt::Display) -> Said {
        let text = text.to_string();
        match text.split_once(" / ") {
            Some((zh, en)) => Said::new(zh, en),
            None => Said::new(text.clone(), text),
        }
    }

    /// What the system says of a file.
    pub fn of_system(error: &std::io::Error) -> Said {
        match system::words(error.kind()).filter(|_| error.get_ref().is_none()) {
            Some((zh, en)) => Said::new(zh, en),
            None => Said::of_line(error),
        }
    }

    /// What the system says of a port, a socket or a device at a cable, with its number.
    pub fn of_line(error: &std::io::Error) -> Said {
        let (zh, en) = system::of_line(error);
        Said::new(zh, en)
    }

    /// As it is to be said.
    pub fn in_language(&self, tongue: Tongue) -> String {
        match tongue {
            Tongue::Zh => self.zh.clone(),
            Tongue::En => self.en.clone(),
            Tongue::Both => format!("{}\n{}", self.zh, self.en),
        }
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} / {}", self.zh, self.en)
    }
}

impl std::error::Error for Said {}

impl From<sanduan_protocol::local::Refusal> for Said {
    fn from(refusal: sanduan_protocol::local::Refusal) -> Said {
        Said::new(refusal.zh, refusal.en)
    }
}

impl From<crate::store::StoreFault> for Said {
    fn from(fault: crate::store::StoreFault) -> Said {
        Said::both(&fault)
    }
}

impl From<crate::api::listen::ListenFault> for Said {
    fn from(fault: crate::api::listen::ListenFault) -> Said {
        Said::both(&fault)
    }
}

impl From<crate::config::Findings> for Said {
    fn from(findings: crate::config::Findings) -> Said {
        Said::new(
            findings.lines(|finding| &finding.zh) + "\n请按上面各行修改后重试。",
            findings.lines(|finding| &finding.en) + "\nMend these lines and try again.",
        )
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::Config;

    #[test]
    fn the_system_speaks_chinese_too() {
        let error = std::fs::read("/nowhere/at/all").expect_err("not there");
        let said = Said::of_system(&error);
        assert!(said.zh.starts_with("没有这个文件") && said.en.is_ascii(), "{said}");
        let ours = std::io::Error::other("自己的话");
        assert_eq!(Said::of_system(&ours).zh, "自己的话");
    }

    #[test]
    fn a_language_is_known_by_its_first_letters() {
        for (word, tongue) in [
            ("zh", Some(Tongue::Zh)),
            ("zh_CN.UTF-8", Some(Tongue::Zh)),
            ("en_US.UTF-8", Some(Tongue::En)),
            ("EN", Some(Tongue::En)),
            ("C", None),
            ("C.UTF-8", None),
            ("", None),
            ("中文", None),
        ] {
            assert_eq!(Tongue::named(word), tongue, "{word}");
        }
    }

    #[test]
    fn a_wrong_configuration_is_named_with_its_place_in_either_language() {
        let findings = Config::parse(Path::new("x.toml"), "[node]\nfoo = 1\n").expect_err("foo");
        let said = Said::from(findings);
        for tongue in [Tongue::Zh, Tongue::En] {
            let text = said.in_language(tongue);
            assert!(text.starts_with("x.toml:2: ") && text.contains("foo"), "{text}");
        }
        assert!(said.en.is_ascii(), "{}", said.en);
        assert!(!said.zh.contains("Mend") && said.zh.ends_with("重试。"), "{}", said.zh);
    }
}
