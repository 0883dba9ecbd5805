//! Why the daemon could not be asked, in words for the person who must act.

use std::io;
use std::path::{Path, PathBuf};

use sanduan_protocol::local::{Refusal, RefusalCode, system};

use crate::lang::{Lang, fill, half};

/// What went wrong between this program and the daemon.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FeedError {
    /// Nobody listens on the socket.
    #[error("no daemon at {}", socket.display())]
    NoDaemon {
        /// The socket tried.
        socket: PathBuf,
    },
    /// The socket is there, but this user may not use it.
    #[error("no right to use {}", socket.display())]
    NoRight {
        /// The socket tried.
        socket: PathBuf,
    },
    /// No answer in time.
    #[error("no answer within {after_s} s")]
    Silent {
        /// How long was waited.
        after_s: u64,
    },
    /// The connection broke in the middle of an answer.
    #[error("the connection broke: {what}")]
    Broken {
        /// What happened, as `中文 / English`.
        what: String,
    },
    /// The answer is not in our language: another version, or not our daemon.
    #[error("not an answer of sanduand: {what}")]
    BadAnswer {
        /// What is wrong with it.
        what: String,
    },
    /// The daemon understood and refused.
    #[error("{0}")]
    Refused(Refusal),
}

impl FeedError {
    /// The error for a failed connect, read or write on `socket`.
    pub fn from_io(error: &io::Error, socket: &Path, after_s: u64) -> FeedError {
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => {
                FeedError::NoDaemon { socket: socket.to_owned() }
            }
            io::ErrorKind::PermissionDenied => FeedError::NoRight { socket: socket.to_owned() },
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => FeedError::Silent { after_s },
            _ => {
                let (zh, en) = system::of_line(error);
                FeedError::Broken { what: format!("{zh} / {en}") }
            }
        }
    }

    /// True if the daemon says that the passphrase is needed.
    pub fn is_locked(&self) -> bool {
        matches!(self, FeedError::Refused(refusal) if refusal.code == RefusalCode::Locked)
    }

    /// The sentence with its remedy.
    pub fn words(&self, lang: Lang) -> String {
        let text = lang.command();
        match self {
            FeedError::NoDaemon { socket } => fill(text.no_daemon, &[&socket.display()]),
            FeedError::NoRight { socket } => fill(text.no_right, &[&socket.display()]),
            FeedError::Silent { after_s } => fill(text.silent, &[after_s]),
            FeedError::Broken { what } => fill(text.broken, &[&half(what, lang)]),
            FeedError::BadAnswer { what } => fill(text.bad_answer, &[what]),
            FeedError::Refused(refusal) => {
                let sentence = lang.pick(&refusal.zh, &refusal.en);
                crate::paint::fit::clean(sentence)
            }
        }
    }

    /// The sentence without its remedy, for a banner.
    pub fn short(&self, lang: Lang) -> String {
        if matches!(self, FeedError::NoDaemon { .. }) {
            return lang.command().no_daemon_short.to_owned();
        }
        let words = self.words(lang);
        let end = words.find(lang.pick("。", ". ")).map_or(words.len(), |at| at);
        format!("{}{}", &words[..end], lang.pick("。", "."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_that_broke_is_told_in_the_language_chosen() {
        let reset = io::Error::from_raw_os_error(104);
        let error = FeedError::from_io(&reset, Path::new("/run/x"), 5);
        let (zh, en) = (error.words(Lang::Zh), error.words(Lang::En));
        assert!(zh.starts_with("与守护进程的连接中断：对方断开了连接，系统错误 104。"), "{zh}");
        assert!(en.is_ascii() && en.contains("cut the connection, system error 104."), "{en}");
    }
}
