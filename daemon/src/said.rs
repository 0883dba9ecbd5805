//! A sentence for people in both languages, and in which of them to say it.

use std::fmt;

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

    /// In the language that `SANDUAN_LANG` names (`zh`, `en`); in both, Chinese first, when it
    /// names none.
    pub fn in_language(&self, wanted: Option<&str>) -> String {
        match wanted {
            Some("zh") => self.zh.clone(),
            Some("en") => self.en.clone(),
            Some(_) | None => format!("{}\n{}", self.zh, self.en),
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
        // One line a finding, each with both languages: the place matters more than the tongue.
        let text = findings.to_string();
        Said::new(text, "请按上面各行修改后重试。 Mend these lines and try again.")
    }
}
