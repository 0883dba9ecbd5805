//! What every command needs: the daemon, where to print, language and clock; and its failures.

use std::io::{self, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use jiff::tz::TimeZone;
use sanduan_protocol::local::rows::StatusRow;
use sanduan_protocol::local::{Reply, Request};

use super::terminal;
use crate::feed::{Feed, FeedError, bare};
use crate::lang::room::room_line;
use crate::lang::words::lane;
use crate::lang::{CommandTexts, Lang, age, fill, half, io_words, keys, term};
use crate::paint::fit::{clean, fit, width};
use crate::paint::table::Table;

/// Blanks between a name and what belongs to it.
const PAIR_GAP: usize = 2;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The daemon refused or could not be asked.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// Something on this side: a file, a bad line. The sentence is ready to print.
    #[error("{0}")]
    Local(String),
    /// The words of the command do not fit together.
    #[error("{0}")]
    Usage(String),
    /// Standard output is gone.
    #[error(transparent)]
    Output(#[from] io::Error),
}

impl CommandError {
    /// 1 refused, 2 usage, 3 daemon unreachable. A reader that closed the pipe is content.
    pub fn exit_code(&self) -> u8 {
        match self {
            CommandError::Feed(FeedError::Refused(_)) | CommandError::Local(_) => 1,
            CommandError::Usage(_) => 2,
            CommandError::Feed(_) => 3,
            CommandError::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => 0,
            CommandError::Output(_) => 1,
        }
    }

    /// The failure for programs: a stable word, and the sentence in both languages.
    pub fn json(&self) -> serde_json::Value {
        let word = match self {
            CommandError::Feed(FeedError::Refused(refusal)) => {
                return serde_json::json!(refusal);
            }
            CommandError::Feed(FeedError::NoDaemon { .. }) => "no_daemon",
            CommandError::Feed(FeedError::NoRight { .. }) => "no_right",
            CommandError::Feed(FeedError::Silent { .. }) => "silent",
            CommandError::Feed(FeedError::Broken { .. }) => "broken",
            CommandError::Feed(FeedError::BadAnswer { .. }) => "bad_answer",
            CommandError::Local(_) => "local",
            CommandError::Usage(_) => "usage",
            CommandError::Output(_) => "output",
        };
        serde_json::json!({
            "code": word,
            "zh": self.words(Lang::Zh).unwrap_or_default(),
            "en": self.words(Lang::En).unwrap_or_default(),
        })
    }

    /// The sentence for people; none when there is nothing to say.
    pub fn words(&self, lang: Lang) -> Option<String> {
        match self {
            CommandError::Feed(error) => Some(error.words(lang)),
            CommandError::Local(sentence) | CommandError::Usage(sentence) => Some(sentence.clone()),
            CommandError::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => None,
            CommandError::Output(error) => Some(io_words(error, lang)),
        }
    }
}

/// One run of a command.
pub struct Session<'a> {
    /// The daemon.
    pub feed: &'a mut dyn Feed,
    /// Where to print.
    pub out: &'a mut dyn Write,
    /// In which language.
    pub lang: Lang,
    /// JSON instead of text.
    pub json: bool,
    /// Only ASCII characters in pictures.
    pub ascii: bool,
    /// Columns of the terminal; none where lines may be as long as they are, as in a file.
    pub columns: Option<usize>,
    /// The present moment, ms since 1970.
    pub now_ms: u64,
    /// The zone of clock times.
    pub zone: TimeZone,
}

impl<'a> Session<'a> {
    /// A session at the present moment in the machine's zone.
    pub fn new(
        feed: &'a mut dyn Feed,
        out: &'a mut dyn Write,
        lang: Lang,
        json: bool,
    ) -> Session<'a> {
        let (now_ms, zone) = (now_ms(), TimeZone::system());
        Session { feed, out, lang, json, ascii: false, columns: None, now_ms, zone }
    }

    /// Texts of the chosen language.
    pub fn text(&self) -> &'static CommandTexts {
        self.lang.command()
    }

    /// Asks the daemon. With `--json` the answer is printed as it came and `None` is returned:
    /// nothing more is to be said.
    ///
    /// # Errors
    /// As for [`Feed::ask`], or standard output is gone.
    pub fn ask(&mut self, request: &Request) -> Result<Option<Reply>, CommandError> {
        let reply = self.feed.ask(request)?;
        if !self.json {
            return Ok(Some(reply));
        }
        writeln!(self.out, "{}", bare(&reply))?;
        Ok(None)
    }

    /// Asks for something to be saved, and says that it was.
    ///
    /// # Errors
    /// As for [`Session::ask`].
    pub fn save(&mut self, request: &Request) -> Result<(), CommandError> {
        let text = self.text();
        match self.ask(request)? {
            None => Ok(()),
            Some(Reply::Saved { id: Some(id), records: 0 | 1 }) => {
                self.line(&fill(text.saved, &[&id]))
            }
            Some(Reply::Saved { records, id: Some(_) }) => {
                self.line(&fill(text.saved_many, &[&records]))
            }
            Some(Reply::Saved { id: None, .. }) => self.line(text.saved_board),
            Some(_) => Err(self.unexpected()),
        }
    }

    /// Says above rows for people that they are a drill, or that nothing is saved any more.
    ///
    /// # Errors
    /// As for [`Session::ask`].
    pub fn banners(&mut self) -> Result<(), CommandError> {
        if self.json {
            return Ok(());
        }
        let Reply::Status(status) = self.feed.ask(&Request::Status)? else {
            return Err(self.unexpected());
        };
        self.banners_of(&status)
    }

    /// The same from a status that is known already.
    ///
    /// # Errors
    /// Standard output is gone.
    pub fn banners_of(&mut self, status: &StatusRow) -> Result<(), CommandError> {
        let text = self.text();
        if status.drill {
            self.line(text.drill_banner)?;
        }
        if let Some(banner) = keys::banner(&status.keys, self.lang) {
            self.line(banner)?;
        }
        if let Some(banner) = term::banner(status, self.lang) {
            self.line(&banner)?;
        }
        for fork in &status.forks {
            let line = if fork.here { text.forked_here } else { text.forked };
            let which = lane(&fork.lane, self.lang);
            self.line(&fill(line, &[&fork.unit_name, &fork.device, &which, &fork.at]))?;
        }
        for row in &status.twins {
            let past = age::ago(row.last_ms, status.now_ms, self.lang);
            let line = if row.here { text.twin_here } else { text.twin };
            self.line(&fill(line, &[&row.unit_name, &row.device, &past]))?;
        }
        for row in &status.over_share {
            let which = lane(&row.lane, self.lang);
            let words =
                [&row.unit_name as &dyn std::fmt::Display, &row.device, &which, &row.refused];
            self.line(&fill(text.over_share, &words))?;
        }
        for row in &status.clocks_ahead {
            let by = age::span(row.ahead_s, self.lang);
            self.line(&fill(text.clock_ahead, &[&row.unit_name, &row.device, &by]))?;
        }
        if let Some(line) = room_line(status, self.lang) {
            self.line(&line)?;
        }
        match &status.unsaved {
            Some(reason) => self.line(&fill(text.unsaved_banner, &[&half(reason, self.lang)])),
            None => Ok(()),
        }
    }

    /// The error for an answer to another question.
    pub fn unexpected(&self) -> CommandError {
        FeedError::BadAnswer { what: self.text().unexpected.to_owned() }.into()
    }

    /// Prints a line, with nothing in it that could steer the terminal. What is wider than the
    /// terminal goes on in a further line; JSON never does.
    ///
    /// # Errors
    /// Standard output is gone.
    pub fn line(&mut self, line: &str) -> Result<(), CommandError> {
        let columns = self.columns.filter(|_| !self.json);
        for line in terminal::fitted(&clean(line), columns) {
            writeln!(self.out, "{line}")?;
        }
        Ok(())
    }

    /// Prints a text of ours that has several lines.
    ///
    /// # Errors
    /// Standard output is gone.
    pub fn lines(&mut self, text: &str) -> Result<(), CommandError> {
        text.lines().try_for_each(|line| self.line(line))
    }

    /// Prints names and what belongs to each, one below the other; what is long goes on below
    /// itself.
    ///
    /// # Errors
    /// Standard output is gone.
    pub fn pairs(&mut self, pairs: &[(&str, String)]) -> Result<(), CommandError> {
        let beside = pairs.iter().map(|(name, _)| width(name)).max().unwrap_or(0) + PAIR_GAP;
        let room = self.columns.map(|columns| columns.saturating_sub(beside));
        for (name, value) in pairs {
            let mut name = *name;
            for line in terminal::fitted(&clean(value), room) {
                let line = format!("{}{line}", fit(name, beside));
                writeln!(self.out, "{}", line.trim_end())?;
                name = "";
            }
        }
        Ok(())
    }

    /// Prints a table, or that there is nothing.
    ///
    /// # Errors
    /// Standard output is gone.
    pub fn table(&mut self, table: &Table) -> Result<(), CommandError> {
        if table.is_empty() {
            return self.line(self.text().none);
        }
        for line in table.lines(self.columns) {
            writeln!(self.out, "{line}")?;
        }
        Ok(())
    }

    /// Age of a moment.
    pub fn age(&self, then_ms: u64) -> String {
        age::ago(then_ms, self.now_ms, self.lang)
    }

    /// Age of a moment, or the word for never.
    pub fn age_or_never(&self, then_ms: Option<u64>) -> String {
        then_ms.map_or_else(|| self.text().never.to_owned(), |then_ms| self.age(then_ms))
    }

    /// Clock time of a moment.
    pub fn clock(&self, at_ms: u64) -> String {
        age::clock(at_ms, self.now_ms, &self.zone)
    }
}

/// The present moment, ms since 1970; 0 on a clock before that.
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
