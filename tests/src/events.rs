//! The numbered stream of events, read as a script would: server-sent events over the Unix socket.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::trouble::{Outcome, Trouble};

/// How long the stream may be silent before it is trouble. The daemon says something at least
/// every 15 seconds, if only to keep the line open.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// An open stream.
#[derive(Debug)]
pub struct Events {
    lines: BufReader<UnixStream>,
}

/// One event.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Numbered {
    /// Its number, to be given back when resuming.
    pub id: String,
    /// Its word.
    pub word: String,
    /// What it carries.
    pub value: Value,
}

impl Events {
    /// Opens the stream; `after` resumes behind an event already seen.
    ///
    /// # Errors
    /// When the daemon does not answer with a stream.
    pub fn open(socket: &Path, after: Option<&str>) -> Outcome<Events> {
        let mut stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(SILENCE_MAX))?;
        let resume = after.map_or_else(String::new, |id| format!("last-event-id: {id}\r\n"));
        write!(stream, "GET /v1/events HTTP/1.1\r\nhost: sanduan\r\n{resume}\r\n")?;
        let mut lines = BufReader::new(stream);
        let mut head = String::new();
        lines.read_line(&mut head)?;
        if !head.contains(" 200 ") {
            return Err(Trouble::new(format!("no stream: {head}")));
        }
        while !matches!(head.as_str(), "\r\n" | "\n") {
            head.clear();
            lines.read_line(&mut head)?;
        }
        Ok(Events { lines })
    }

    /// The next event. Lengths of chunks and comments between events are passed over.
    ///
    /// # Errors
    /// When the stream ends or stays silent.
    pub fn take(&mut self) -> Outcome<Numbered> {
        let mut event = Numbered::default();
        loop {
            let mut line = String::new();
            if self.lines.read_line(&mut line)? == 0 {
                return Err(Trouble::new("the stream ended"));
            }
            let line = line.trim_end();
            if let Some(id) = line.strip_prefix("id:") {
                event.id = id.trim().to_owned();
            } else if let Some(word) = line.strip_prefix("event:") {
                event.word = word.trim().to_owned();
            } else if let Some(value) = line.strip_prefix("data:") {
                event.value = serde_json::from_str(value.trim()).unwrap_or(Value::Null);
            } else if line.is_empty() && !event.word.is_empty() {
                return Ok(event);
            }
        }
    }

    /// The next event of this word.
    ///
    /// # Errors
    /// As [`Events::next`].
    pub fn next_of(&mut self, word: &str) -> Outcome<Numbered> {
        loop {
            let event = self.take()?;
            if event.word == word {
                return Ok(event);
            }
        }
    }
}
