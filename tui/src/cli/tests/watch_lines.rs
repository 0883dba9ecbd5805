//! `watch`: one line of JSON a change, for as long as somebody reads.

use sanduan_protocol::local::{Event, Reply};

use super::*;
use crate::feed::{Change, EventStream, Feed, FeedError};

/// A daemon that tells two changes and is then gone for good.
struct Brief(u8);

impl Feed for Brief {
    fn ask(&mut self, _: &Request) -> Result<Reply, FeedError> {
        Err(FeedError::Silent { after_s: 1 })
    }

    fn listen(&mut self, _: Option<&str>) -> Result<Box<dyn EventStream>, FeedError> {
        self.0 += 1;
        match self.0 {
            1 => Ok(Box::new(TwoChanges(0))),
            _ => Err(FeedError::NoDaemon { socket: "/gone".into() }),
        }
    }
}

struct TwoChanges(u8);

impl EventStream for TwoChanges {
    fn next(&mut self) -> Result<Change, FeedError> {
        self.0 += 1;
        match self.0 {
            1 => {
                let event = Box::new(Event::Directory { version: 7 });
                Ok(Change::Event { id: None, event })
            }
            2 => Ok(Change::Reset { id: None }),
            _ => Err(FeedError::Broken { what: "closed".to_owned() }),
        }
    }
}

/// A pipe whose reader leaves after so many lines.
struct Pipe {
    lines: Vec<u8>,
    lines_max: usize,
}

impl std::io::Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.lines.iter().filter(|byte| **byte == b'\n').count() >= self.lines_max {
            return Err(std::io::ErrorKind::BrokenPipe.into());
        }
        self.lines.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn watching_prints_json_lines_and_ends_with_its_reader() {
    let mut out = Pipe { lines: Vec::new(), lines_max: 1 };
    let mut brief = Brief(0);
    let mut session = Session::new(&mut brief, &mut out, Lang::Zh, false);
    let error = watch::watch(&mut session).expect_err("the reader left");
    assert_eq!(error.exit_code(), 0);
    assert_eq!(out.lines, b"{\"event\":\"directory\",\"version\":7}\n");
}

#[test]
fn watching_a_daemon_that_was_never_there_fails_at_once() {
    let mut out = Vec::new();
    let mut brief = Brief(1);
    let mut session = Session::new(&mut brief, &mut out, Lang::Zh, false);
    assert_eq!(watch::watch(&mut session).expect_err("nobody is there").exit_code(), 3);
}
