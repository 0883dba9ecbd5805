//! Every word people read, in Chinese and English. A text that lacks one language does not
//! compile: the structs in `command` and `console` are written with both beside each other, and
//! the words of our enums in `words` match on every case. No text is chosen anywhere else.

pub mod age;
pub mod carry;
pub mod command;
pub mod console;
pub mod device;
pub mod directory;
pub mod file;
pub mod group;
pub mod initials;
pub mod keys;
pub mod link;
pub mod measure;
pub mod outbox;
pub mod refused;
pub mod room;
pub mod term;
pub mod vault;
pub mod words;

pub use carry::CarryTexts;
pub use command::CommandTexts;
pub use console::ConsoleTexts;
pub use device::DeviceTexts;
pub use directory::{DirectoryTexts, cell, column, roles};
pub use file::{FileTexts, io_words};
pub use group::GroupTexts;
pub use keys::KeysTexts;
pub use vault::VaultTexts;

/// The language of texts. Chinese unless told otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// 中文.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The language for a word such as `zh`, `zh_CN.UTF-8` or `en`; `None` if it is neither.
    pub fn from_word(word: &str) -> Option<Lang> {
        let word = word.to_ascii_lowercase();
        match word.get(..2) {
            Some("zh") => Some(Lang::Zh),
            Some("en") => Some(Lang::En),
            _ => None,
        }
    }

    /// The language of this session: `SANDUAN_LANG`, else `LANG`, else Chinese. A bare `C` says
    /// nothing about who reads the screen, so it leaves Chinese.
    pub fn from_environment() -> Lang {
        let named = |name: &str| std::env::var(name).ok().and_then(|word| Lang::from_word(&word));
        named("SANDUAN_LANG").or_else(|| named("LANG")).unwrap_or_default()
    }

    /// The other language, for the key that switches.
    pub fn other(self) -> Lang {
        match self {
            Lang::Zh => Lang::En,
            Lang::En => Lang::Zh,
        }
    }

    /// `zh` or `en`.
    pub fn word(self) -> &'static str {
        self.pick("zh", "en")
    }

    /// The first in Chinese, the second in English.
    pub fn pick<T>(self, zh: T, en: T) -> T {
        match self {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    /// Texts of the command line.
    pub fn command(self) -> &'static CommandTexts {
        self.pick(&command::ZH, &command::EN)
    }

    /// Texts of attachments.
    pub fn file(self) -> &'static FileTexts {
        self.pick(&file::ZH, &file::EN)
    }

    /// Texts of the directory.
    pub fn directory(self) -> &'static DirectoryTexts {
        self.pick(&directory::ZH, &directory::EN)
    }

    /// Texts about one device.
    pub fn device(self) -> &'static DeviceTexts {
        self.pick(&device::ZH, &device::EN)
    }

    /// Texts about groups and what is sealed to them.
    pub fn group(self) -> &'static GroupTexts {
        self.pick(&group::ZH, &group::EN)
    }

    /// Texts about epochs and days of the network's keys.
    pub fn keys(self) -> &'static KeysTexts {
        self.pick(&keys::ZH, &keys::EN)
    }

    /// Texts about passphrase, lock and wipe.
    pub fn vault(self) -> &'static VaultTexts {
        self.pick(&vault::ZH, &vault::EN)
    }

    /// Texts about records carried by hand.
    pub fn carry(self) -> &'static CarryTexts {
        self.pick(&carry::ZH, &carry::EN)
    }

    /// Texts of the console.
    pub fn console(self) -> &'static ConsoleTexts {
        self.pick(&console::ZH, &console::EN)
    }
}

/// The half in this language of a sentence from the daemon that carries both.
pub fn half(sentence: &str, lang: Lang) -> &str {
    let (zh, en) = sanduan_protocol::local::halves(sentence);
    lang.pick(zh, en)
}

/// Puts values into the `{}` marks of a text, in order; marks without a value stay.
pub fn fill(text: &str, values: &[&dyn std::fmt::Display]) -> String {
    let mut parts = text.split("{}");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    let mut values = values.iter();
    for part in parts {
        match values.next() {
            Some(value) => filled.push_str(&value.to_string()),
            None => filled.push_str("{}"),
        }
        filled.push_str(part);
    }
    filled
}

/// Declares a struct of texts with both languages side by side, so none can be missing.
macro_rules! texts {
    ($(#[$doc:meta])* $set:ident { $($name:ident: $zh:literal | $en:literal,)* }) => {
        $(#[$doc])*
        pub struct $set {
            $(#[doc = $en] pub $name: &'static str,)*
        }

        /// The texts in Chinese.
        pub static ZH: $set = $set { $($name: $zh,)* };
        /// The texts in English.
        pub static EN: $set = $set { $($name: $en,)* };
        /// Every text as (Chinese, English), for tests.
        pub static PAIRS: &[(&str, &str)] = &[$(($zh, $en),)*];
    };
}
pub(crate) use texts;

#[cfg(test)]
mod tests;
