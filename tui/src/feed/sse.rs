//! Server-sent events: lines in, changes out (WHATWG HTML, section 9.2 "Server-sent events").

use std::io::{self, BufRead, Read};
use std::path::PathBuf;

use sanduan_protocol::local::Event;
use serde_json::Value;

use super::{Change, EventStream, FeedError};

/// Bytes of one line: an order with its longest text in JSON escapes fits many times.
const LINE_BYTES_MAX: u64 = 1024 * 1024;

/// The event that is being collected until its blank line.
#[derive(Debug, Default)]
pub struct Collected {
    id: Option<String>,
    word: String,
    text: String,
}

impl Collected {
    /// Takes one line without its end. A blank one completes the event.
    ///
    /// # Errors
    /// The text of a completed event is not JSON.
    pub fn take_line(&mut self, line: &str) -> Result<Option<Change>, FeedError> {
        if line.is_empty() {
            let done = std::mem::take(self);
            return done.finish().map(Some);
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "id" if !value.contains('\0') => self.id = Some(value.to_owned()),
            "event" => self.word = value.to_owned(),
            "data" => {
                if !self.text.is_empty() {
                    self.text.push('\n');
                }
                self.text.push_str(value);
            }
            // Comments, `retry` and fields of later versions.
            _ => {}
        }
        Ok(None)
    }

    fn finish(self) -> Result<Change, FeedError> {
        if self.word == "reset" {
            return Ok(Change::Reset { id: self.id });
        }
        if self.text.is_empty() {
            return Ok(Change::Quiet { id: self.id });
        }
        let mut value: Value = serde_json::from_str(&self.text)
            .map_err(|error| FeedError::BadAnswer { what: format!("event: {error}") })?;
        if let Some(fields) = value.as_object_mut() {
            fields.entry("event").or_insert_with(|| Value::from(self.word.as_str()));
        }
        // A kind that a newer daemon tells and we do not know is no reason to hang up.
        match serde_json::from_value::<Event>(value) {
            Ok(event) => Ok(Change::Event { id: self.id, event: Box::new(event) }),
            Err(_) => Ok(Change::Quiet { id: self.id }),
        }
    }
}

/// An open stream.
pub struct SseStream<R> {
    reader: R,
    collected: Collected,
    socket: PathBuf,
    wait_s: u64,
}

impl<R: BufRead> SseStream<R> {
    /// A stream read from `reader`; `socket` and `wait_s` are for the words of its errors.
    pub fn new(reader: R, socket: PathBuf, wait_s: u64) -> SseStream<R> {
        SseStream { reader, collected: Collected::default(), socket, wait_s }
    }

    fn line(&mut self) -> Result<String, FeedError> {
        let mut raw = Vec::new();
        let got = Read::take(&mut self.reader, LINE_BYTES_MAX).read_until(b'\n', &mut raw);
        match got {
            Ok(0) => Err(FeedError::Broken { what: "closed".to_owned() }),
            Ok(_) if !raw.ends_with(b"\n") && raw.len() as u64 == LINE_BYTES_MAX => {
                Err(FeedError::BadAnswer { what: "a line of the stream is too long".to_owned() })
            }
            Ok(_) => {
                let text = String::from_utf8_lossy(&raw);
                Ok(text.trim_end_matches(['\r', '\n']).to_owned())
            }
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                Err(FeedError::BadAnswer { what: error.to_string() })
            }
            Err(error) => Err(FeedError::from_io(&error, &self.socket, self.wait_s)),
        }
    }
}

impl<R: BufRead + Send> EventStream for SseStream<R> {
    fn next(&mut self) -> Result<Change, FeedError> {
        loop {
            let line = self.line()?;
            if let Some(change) = self.collected.take_line(&line)? {
                return Ok(change);
            }
        }
    }
}
