//! The real daemon behind [`Feed`]: one Unix socket connection per question.

use std::io::{self, BufReader};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sanduan_protocol::base::caps::CARRY_BYTES_MAX;
use sanduan_protocol::local::{Reply, Request};

use super::body::{Body, read_all};
use super::http::{Call, Head, read_head};
use super::sse::SseStream;
use super::{EventStream, Feed, FeedError, route};

/// How long one read may wait. The daemon answers after its disk did, which takes milliseconds;
/// a disk that needs longer than this is failing.
const ANSWER_WAIT_S: u64 = 20;
/// How long a carry file may take between two pieces: the daemon checks every signature in it.
const CARRY_WAIT_S: u64 = 600;
/// How long the stream may be silent. The daemon sends a comment line every 15 s.
const STREAM_WAIT_S: u64 = 60;

/// The daemon that listens on a socket.
pub struct SocketFeed {
    path: PathBuf,
}

impl SocketFeed {
    /// The daemon on this socket. Nothing is opened before the first question.
    pub fn new(path: impl Into<PathBuf>) -> SocketFeed {
        SocketFeed { path: path.into() }
    }

    fn open(&self, call: &Call, wait_s: u64) -> Result<(Head, BufReader<UnixStream>), FeedError> {
        let failed = |error: io::Error| FeedError::from_io(&error, &self.path, wait_s);
        let mut stream = UnixStream::connect(&self.path).map_err(failed)?;
        let wait = Some(Duration::from_secs(wait_s));
        stream.set_read_timeout(wait).map_err(failed)?;
        stream.set_write_timeout(wait).map_err(failed)?;
        let written = call.write_to(&mut stream);
        let mut reader = BufReader::new(stream);
        // A daemon that refuses a long body answers and closes before it has read all of it, so
        // a broken write is judged only after looking for that answer.
        let head = match (written, read_head(&mut reader)) {
            (_, Ok(head)) => head,
            (Err(error), Err(_)) => return Err(failed(error)),
            (Ok(()), Err(error)) => return Err(self.unreadable(&error, wait_s)),
        };
        Ok((head, reader))
    }

    fn unreadable(&self, error: &io::Error, wait_s: u64) -> FeedError {
        match error.kind() {
            io::ErrorKind::InvalidData => FeedError::BadAnswer { what: error.to_string() },
            _ => FeedError::from_io(error, &self.path, wait_s),
        }
    }
}

impl Feed for SocketFeed {
    fn ask(&mut self, request: &Request) -> Result<Reply, FeedError> {
        let carries = matches!(
            request,
            Request::CarryExport { .. }
                | Request::ExportDirectory
                | Request::ImportDirectory(_)
                | Request::CarryImport { .. }
                | Request::SendFile { .. }
                | Request::OpenFile { .. }
                | Request::CarryScan { .. }
        );
        let wait_s = if carries { CARRY_WAIT_S } else { ANSWER_WAIT_S };
        let (head, reader) = self.open(&route::call_for(request), wait_s)?;
        let mut body = Body::new(reader, head.length);
        let bytes = read_all(&mut body, CARRY_BYTES_MAX)
            .map_err(|error| self.unreadable(&error, wait_s))?;
        route::answer(request, &head, bytes)
    }

    fn listen(&mut self, after: Option<&str>) -> Result<Box<dyn EventStream>, FeedError> {
        let mut extra = vec![("Accept", "text/event-stream".to_owned())];
        if let Some(after) = after {
            extra.push(("Last-Event-ID", after.to_owned()));
        }
        let call = Call {
            method: "GET",
            path: "/v1/events".to_owned(),
            content_type: None,
            body: Vec::new(),
            extra,
        };
        let (head, reader) = self.open(&call, STREAM_WAIT_S)?;
        if head.status != 200 {
            let mut body = Body::new(reader, head.length);
            let bytes = read_all(&mut body, 64 * 1024).unwrap_or_default();
            return Err(match serde_json::from_slice(&bytes) {
                Ok(refusal) => FeedError::Refused(refusal),
                Err(_) => FeedError::BadAnswer { what: format!("HTTP {}", head.status) },
            });
        }
        let body = BufReader::new(Body::new(reader, head.length));
        Ok(Box::new(SseStream::new(body, self.path.clone(), STREAM_WAIT_S)))
    }
}

/// The socket to use: the one named, else `SANDUAN_SOCKET`, else the one of `SANDUAN_DIR`, else
/// `control.sock` here if there is one, else the one of the installed daemon.
pub fn find_socket(named: Option<&Path>) -> PathBuf {
    let from_environment =
        |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(path) = named {
        return path.to_owned();
    }
    if let Some(path) = from_environment("SANDUAN_SOCKET") {
        return path;
    }
    if let Some(dir) = from_environment("SANDUAN_DIR") {
        return dir.join("control.sock");
    }
    let here = PathBuf::from("control.sock");
    if here.exists() { here } else { PathBuf::from("/run/sanduan/control.sock") }
}
