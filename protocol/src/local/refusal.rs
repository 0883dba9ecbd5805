//! Why a wish was not carried out, in words a duty officer understands, with what to do next.

use serde::{Deserialize, Serialize};

/// The reason as a stable word for scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalCode {
    /// A field is empty or out of range.
    BadValue,
    /// A name or code is not in the directory.
    UnknownName,
    /// A name fits several entries.
    AmbiguousName,
    /// No order, waybill or device of that number.
    UnknownId,
    /// This device lacks the role.
    NotAllowed,
    /// The thing is already over (cancelled, arrived).
    AlreadyOver,
    /// A text or list is too long.
    TooLong,
    /// The disk refuses to save; nothing was accepted.
    NotSaved,
    /// Too many requests wait; try again.
    Busy,
    /// A file is not of this network, or damaged.
    BadFile,
    /// The device has not joined a network.
    NotJoined,
    /// The passphrase is needed first, or was wrong.
    Locked,
}

/// A refusal: the word, and the sentence in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The word.
    pub code: RefusalCode,
    /// The sentence in Chinese: what is wrong and what to do.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

impl Refusal {
    /// A refusal with its sentence in both languages.
    pub fn new(code: RefusalCode, zh: impl Into<String>, en: impl Into<String>) -> Refusal {
        Refusal { code, zh: zh.into(), en: en.into() }
    }

    /// What binds others needs the passphrase, and it was not given lately. Said at the daemon's
    /// door and by the machine behind it.
    pub fn orders_locked() -> Refusal {
        Refusal::new(
            RefusalCode::Locked,
            "下令、签发、撤回、批准和吊销设备须先输入口令：请运行 sanduan unlock\
             (控制台会自动询问)；本条未发出。求助、回执、报位和物资不受影响",
            "orders, signatures, withdrawals, admitting and revoking devices need the passphrase: \
             run `sanduan unlock` (the console asks for it by itself). This was not sent. Requests \
             for help, receipts, positions and stock do not need it",
        )
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} / {}", self.zh, self.en)
    }
}

impl std::error::Error for Refusal {}

/// The Chinese and the English half of a sentence for people that carries both, such as the
/// reason why a link is down: `没有设备 / no device`. One without a second half is both.
pub fn halves(sentence: &str) -> (&str, &str) {
    sentence.split_once(" / ").unwrap_or((sentence, sentence))
}

#[cfg(test)]
mod tests {
    use super::halves;

    #[test]
    fn a_sentence_in_both_languages_has_two_halves_and_a_path_is_not_cut() {
        assert_eq!(
            halves("没有 /dev/ttyUSB0 / no /dev/ttyUSB0"),
            ("没有 /dev/ttyUSB0", "no /dev/ttyUSB0")
        );
        assert_eq!(halves("disk/n full"), ("disk/n full", "disk/n full"));
    }
}
