//! One HTTP/1.1 exchange over any stream: the request as bytes, the head of the answer. The body
//! is read in `body`; which path belongs to which request is in `route`.

use std::io::{self, BufRead, Write};

/// Bytes of an answer's head. The daemon sends about 200; more is not our daemon.
const HEAD_BYTES_MAX: usize = 16 * 1024;
/// Header lines of an answer.
const HEADERS_MAX: usize = 32;

/// What is sent.
pub struct Call {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Path and query, already percent-encoded.
    pub path: String,
    /// Type of the body, if there is one.
    pub content_type: Option<&'static str>,
    /// The body.
    pub body: Vec<u8>,
    /// Header lines beside the usual ones.
    pub extra: Vec<(&'static str, String)>,
}

impl Call {
    /// Writes the request. The connection is closed by the daemon after its answer, except for
    /// streams, so every request has a connection of its own and no state is shared.
    ///
    /// # Errors
    /// The stream refuses to take it.
    pub fn write_to(&self, stream: &mut impl Write) -> io::Result<()> {
        let mut head = format!("{} {} HTTP/1.1\r\nHost: sanduand\r\n", self.method, self.path);
        head.push_str("Connection: close\r\n");
        if let Some(content_type) = self.content_type {
            head.push_str(&format!("Content-Type: {content_type}\r\n"));
        }
        if self.method == "POST" {
            head.push_str(&format!("Content-Length: {}\r\n", self.body.len()));
        }
        for (name, value) in &self.extra {
            // A line break in a value would let it write header lines of its own.
            let value: String = value.chars().filter(|c| !c.is_control()).collect();
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes())?;
        stream.write_all(&self.body)?;
        stream.flush()
    }
}

/// How long the body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// So many bytes.
    Known(u64),
    /// Chunks, each with its length before it.
    Chunked,
    /// Until the connection closes.
    ToEnd,
}

/// The head of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Status code.
    pub status: u16,
    /// How long the body is.
    pub length: Length,
    /// Header lines, names in lower case.
    pub headers: Vec<(String, String)>,
}

impl Head {
    /// The value of a header line, by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Reads the head of an answer, byte for byte up to the blank line and not further.
///
/// # Errors
/// The stream ends or fails, the head is too long, or it is not HTTP.
pub fn read_head(reader: &mut impl BufRead) -> io::Result<Head> {
    let mut raw = Vec::new();
    while !raw.ends_with(b"\r\n\r\n") {
        let mut line = Vec::new();
        let room = (HEAD_BYTES_MAX - raw.len()) as u64;
        let got = io::Read::take(&mut *reader, room).read_until(b'\n', &mut line)?;
        if got == 0 && raw.len() < HEAD_BYTES_MAX {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "closed without an answer"));
        }
        raw.extend_from_slice(&line);
        if raw.len() >= HEAD_BYTES_MAX {
            return Err(bad("the head is too long"));
        }
    }
    parse_head(&raw)
}

fn parse_head(raw: &[u8]) -> io::Result<Head> {
    let mut slots = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut parsed = httparse::Response::new(&mut slots);
    let status = match parsed.parse(raw) {
        Ok(httparse::Status::Complete(_)) => parsed.code.ok_or_else(|| bad("no status"))?,
        Ok(httparse::Status::Partial) => return Err(bad("the head is cut off")),
        Err(error) => return Err(bad(&error.to_string())),
    };
    let headers: Vec<(String, String)> = parsed
        .headers
        .iter()
        .map(|header| {
            let value = String::from_utf8_lossy(header.value).trim().to_owned();
            (header.name.to_ascii_lowercase(), value)
        })
        .collect();
    let mut head = Head { status, length: Length::ToEnd, headers };
    let chunked = head
        .header("transfer-encoding")
        .is_some_and(|value| value.to_ascii_lowercase().contains("chunked"));
    head.length = match head.header("content-length") {
        _ if chunked => Length::Chunked,
        Some(value) => Length::Known(value.parse().map_err(|_| bad("bad content-length"))?),
        None => Length::ToEnd,
    };
    Ok(head)
}

/// An error for bytes that are not HTTP as we speak it.
pub fn bad(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}
