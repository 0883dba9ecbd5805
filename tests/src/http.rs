//! A small HTTP/1 client over a Unix socket, one connection per question, with a deadline. It is
//! written apart from the console's, so that a mistake in one does not hide in the other.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::de::DeserializeOwned;

use crate::trouble::{Outcome, Trouble};

/// How long one answer may take. A wish waits for the disk, so this is generous.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
const HEADERS_MAX: usize = 64;

/// The daemon's door.
#[derive(Clone, Debug)]
pub struct Http {
    socket: PathBuf,
}

/// An answer, whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Header names in small letters, and their values.
    pub headers: Vec<(String, String)>,
    /// The body, chunks joined.
    pub body: Vec<u8>,
}

impl Http {
    /// The door at this path.
    pub fn at(socket: &Path) -> Http {
        Http { socket: socket.to_owned() }
    }

    /// Asks and reads the whole answer, whatever its status.
    ///
    /// # Errors
    /// When nobody listens, nothing comes in time, or what comes is not HTTP.
    pub fn ask(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> Outcome<Answer> {
        let mut head =
            format!("{method} {path} HTTP/1.1\r\nhost: sanduan\r\nconnection: close\r\n");
        head += &format!("content-type: {kind}\r\ncontent-length: {}\r\n\r\n", body.len());
        let mut stream = UnixStream::connect(&self.socket)
            .map_err(|error| Trouble::new(format!("{}: {error}", self.socket.display())))?;
        stream.set_read_timeout(Some(ANSWER_WITHIN))?;
        stream.set_write_timeout(Some(ANSWER_WITHIN))?;
        let mut bytes = Vec::new();
        // A server that refuses a large body may answer and close before it has read everything.
        let sent = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
        let read = stream.read_to_end(&mut bytes);
        parse(&bytes).map_err(|trouble| match (sent, read) {
            (Err(error), _) | (Ok(()), Err(error)) => trouble.during(&error.to_string()),
            (Ok(()), Ok(_)) => trouble,
        })
    }

    /// Asks for a path.
    ///
    /// # Errors
    /// As [`Http::ask`], and when the answer is a refusal or not of this shape.
    pub fn get<T: DeserializeOwned>(&self, path: &str) -> Outcome<T> {
        self.ask("GET", path, "application/json", &[])?.json(path)
    }

    /// Sends a wish.
    ///
    /// # Errors
    /// As [`Http::get`].
    pub fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl serde::Serialize,
    ) -> Outcome<T> {
        let body = serde_json::to_vec(body)?;
        self.ask("POST", path, "application/json", &body)?.json(path)
    }
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON of this shape.
    ///
    /// # Errors
    /// When the status is not 2xx or the shape is another.
    pub fn json<T: DeserializeOwned>(&self, asked: &str) -> Outcome<T> {
        if !(200..300).contains(&self.status) {
            return Err(Trouble::new(format!("{asked}: {} {}", self.status, self.text())));
        }
        serde_json::from_slice(&self.body)
            .map_err(|error| Trouble::new(format!("{asked}: {error}: {}", self.text())))
    }
}

/// Reads one answer from everything that came before the connection was closed.
///
/// # Errors
/// When it is not a whole HTTP answer.
pub fn parse(bytes: &[u8]) -> Outcome<Answer> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut head = httparse::Response::new(&mut headers);
    let parsed = head.parse(bytes).map_err(|e| Trouble::new(format!("not HTTP: {e}")))?;
    let httparse::Status::Complete(body_at) = parsed else {
        return Err(Trouble::new(format!("{} bytes and no end of headers", bytes.len())));
    };
    let value = |h: &httparse::Header<'_>| String::from_utf8_lossy(h.value).into_owned();
    let headers = head.headers.iter().map(|h| (h.name.to_lowercase(), value(h))).collect();
    let mut answer = Answer { status: head.code.unwrap_or(0), headers, body: Vec::new() };
    let rest = &bytes[body_at..];
    answer.body = match (answer.header("transfer-encoding"), answer.header("content-length")) {
        (Some("chunked"), _) => unchunk(rest)?,
        (_, Some(length)) => {
            let length: usize = length.parse().map_err(|_| Trouble::new("bad content-length"))?;
            rest.get(..length).ok_or_else(|| Trouble::new("the body is cut off"))?.to_vec()
        }
        (_, None) => rest.to_vec(),
    };
    Ok(answer)
}

fn unchunk(mut rest: &[u8]) -> Outcome<Vec<u8>> {
    let cut = || Trouble::new("a chunk is cut off");
    let mut body = Vec::new();
    loop {
        let size = httparse::parse_chunk_size(rest).map_err(|_| Trouble::new("bad chunk size"))?;
        let httparse::Status::Complete((start, length)) = size else { return Err(cut()) };
        let length = usize::try_from(length).map_err(|_| cut())?;
        if length == 0 {
            return Ok(body);
        }
        let end = start.checked_add(length).ok_or_else(cut)?;
        body.extend_from_slice(rest.get(start..end).ok_or_else(cut)?);
        rest = rest.get(end + 2..).ok_or_else(cut)?;
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn an_answer_is_read_by_length_by_chunks_or_to_its_end() {
        let by_length = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
        let by_chunks =
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nh\r\n1\r\ni\r\n0\r\n\r\n";
        let to_the_end = b"HTTP/1.1 200 OK\r\n\r\nhi";
        for bytes in [&by_length[..], &by_chunks[..], &to_the_end[..]] {
            assert_eq!(parse(bytes).map(|answer| answer.body), Ok(b"hi".to_vec()));
        }
    }

    #[test]
    fn an_answer_cut_off_is_trouble() {
        let cut_body = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi";
        let cut_chunk = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhi";
        for bytes in [&b""[..], &b"HTTP/1.1 200 OK\r\n"[..], &cut_body[..], &cut_chunk[..]] {
            assert!(parse(bytes).is_err(), "{}", String::from_utf8_lossy(bytes));
        }
    }
}
