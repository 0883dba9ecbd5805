//! The client against scripted bytes on a real socket: lengths, chunks, refusals, breaks, streams.

use std::io::{Read, Write};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::Duration;

use sanduan_protocol::local::request::{ReceiptDraft, Rung};
use sanduan_protocol::local::{Event, RefusalCode, Reply, Request};

use super::sse::Collected;
use super::*;
use crate::lang::Lang;

/// Serves each answer to one connection, in order; gives back what was asked.
fn serve(socket: &Path, answers: Vec<Vec<u8>>) -> JoinHandle<Vec<String>> {
    let listener = UnixListener::bind(socket).expect("the folder is fresh");
    std::thread::spawn(move || {
        answers
            .into_iter()
            .map(|answer| {
                let (mut stream, _) = listener.accept().expect("a client comes");
                stream.set_read_timeout(Some(Duration::from_millis(100))).expect("settable");
                let mut asked = Vec::new();
                let mut part = [0; 4096];
                while let Ok(got @ 1..) = stream.read(&mut part) {
                    asked.extend_from_slice(&part[..got]);
                }
                stream.write_all(&answer).expect("the client waits");
                String::from_utf8_lossy(&asked).into_owned()
            })
            .collect()
    })
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let socket = folder.path().join("control.sock");
    (folder, socket)
}

fn ok(body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

#[test]
fn an_answer_of_known_length_is_read_and_names_travel_encoded() {
    let (_folder, socket) = folder();
    let server = serve(&socket, vec![ok(r#"{"stock":[]}"#)]);
    let wish = Request::Stock { depot: Some("区 库".to_owned()), item: None };
    let reply = SocketFeed::new(&socket).ask(&wish);
    assert_eq!(reply, Ok(Reply::Stock { stock: Vec::new(), sealed: Vec::new() }));
    let asked = server.join().expect("the server ends").remove(0);
    assert!(asked.starts_with("GET /v1/stock?depot=%E5%8C%BA%20%E5%BA%93 HTTP/1.1\r\n"), "{asked}");
}

#[test]
fn an_answer_in_chunks_is_joined() {
    let (_folder, socket) = folder();
    let raw = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
               8;x=y\r\n{\"log\": \r\n3\r\n[]}\r\n0\r\nTrailer: 1\r\n\r\n";
    let server = serve(&socket, vec![raw.into()]);
    let reply = SocketFeed::new(&socket).ask(&Request::Log { after_ms: None, limit: 5 });
    assert_eq!(reply, Ok(Reply::Log { log: Vec::new() }));
    let asked = server.join().expect("the server ends").remove(0);
    assert!(asked.starts_with("GET /v1/log?limit=5 "), "{asked}");
}

#[test]
fn a_wish_sends_its_draft_without_the_number_of_its_path() {
    let (_folder, socket) = folder();
    let server = serve(&socket, vec![ok(r#"{"id":"4-7","records":1}"#)]);
    let draft = ReceiptDraft {
        id: "1-12".parse().expect("a number"),
        rung: Rung::Done,
        note: "38户".to_owned(),
        person: None,
        proxy: None,
        unit: None,
    };
    let reply = SocketFeed::new(&socket).ask(&Request::SendReceipt(draft));
    let saved = Reply::Saved { id: Some("4-7".parse().expect("a number")), records: 1 };
    assert_eq!(reply, Ok(saved));
    let asked = server.join().expect("the server ends").remove(0);
    assert!(asked.starts_with("POST /v1/orders/1-12/receipts HTTP/1.1\r\n"), "{asked}");
    let (_, body) = asked.split_once("\r\n\r\n").expect("a body");
    let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(body.get("id"), None);
    assert_eq!(body["rung"], "done");
}

#[test]
fn a_refusal_keeps_its_word_and_both_sentences() {
    let (_folder, socket) = folder();
    let body = r#"{"code":"unknown_id","zh":"没有这条指令","en":"no such order"}"#;
    let raw = format!("HTTP/1.1 404 Not Found\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let _server = serve(&socket, vec![raw.into()]);
    let wish = Request::Order { id: "1-1".parse().expect("a number") };
    match SocketFeed::new(&socket).ask(&wish) {
        Err(error @ FeedError::Refused(_)) => {
            assert_eq!(error.words(Lang::Zh), "没有这条指令");
            assert_eq!(error.words(Lang::En), "no such order");
            let FeedError::Refused(refusal) = error else { unreachable!() };
            assert_eq!(refusal.code, RefusalCode::UnknownId);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_missing_daemon_is_told_apart_from_a_broken_one() {
    let (_folder, socket) = folder();
    let missing = SocketFeed::new(&socket).ask(&Request::Status);
    assert_eq!(missing, Err(FeedError::NoDaemon { socket: socket.clone() }));
    let words = missing.expect_err("nobody listens").words(Lang::Zh);
    assert!(words.contains("sanduand --config") && words.contains("control.sock"), "{words}");

    let _server = serve(&socket, vec![Vec::new(), b"SSH-2.0 hello\r\n\r\n".to_vec()]);
    let broken = SocketFeed::new(&socket).ask(&Request::Status);
    assert!(matches!(broken, Err(FeedError::Broken { .. })), "{broken:?}");
    let stranger = SocketFeed::new(&socket).ask(&Request::Status);
    assert!(matches!(stranger, Err(FeedError::BadAnswer { .. })), "{stranger:?}");
}

#[test]
fn a_cut_or_endless_answer_is_an_error_and_no_panic() {
    let (_folder, socket) = folder();
    let cut = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"log\":".to_vec();
    let mut endless = b"HTTP/1.1 200 OK\r\n".to_vec();
    endless.extend(std::iter::repeat_n(b'x', 20_000));
    let bad_chunk = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n".to_vec();
    let answers = vec![cut, endless, bad_chunk, ok("[1]"), ok("not json")];
    let count = answers.len();
    let _server = serve(&socket, answers);
    for _ in 0..count {
        let answer = SocketFeed::new(&socket).ask(&Request::Log { after_ms: None, limit: 0 });
        assert!(
            matches!(answer, Err(FeedError::BadAnswer { .. } | FeedError::Broken { .. })),
            "{answer:?}"
        );
    }
}

#[test]
fn a_carry_file_comes_with_its_count() {
    let (_folder, socket) = folder();
    let raw = b"HTTP/1.1 200 OK\r\nX-Sanduan-Records: 7\r\nContent-Length: 3\r\n\r\n\x00\xff\x01";
    let _server = serve(&socket, vec![raw.to_vec()]);
    let reply = SocketFeed::new(&socket).ask(&Request::CarryExport { for_device: None });
    assert_eq!(reply, Ok(Reply::CarryFile { bytes: vec![0, 255, 1], records: 7 }));
}

#[test]
fn stream_lines_become_changes() {
    let mut collected = Collected::default();
    let mut take = |line: &str| collected.take_line(line);
    assert_eq!(take(": keep-alive"), Ok(None));
    assert_eq!(take(""), Ok(Some(Change::Quiet { id: None })));
    take("id: 16").expect("a field");
    assert_eq!(take(""), Ok(Some(Change::Quiet { id: Some("16".to_owned()) })));
    for line in
        ["id: 17", "event: unsaved", r#"data: {"event":"unsaved","#, r#"data: "reason":null}"#]
    {
        assert_eq!(take(line), Ok(None));
    }
    let event = Box::new(Event::Unsaved { reason: None });
    assert_eq!(take(""), Ok(Some(Change::Event { id: Some("17".to_owned()), event })));
    take("event: reset").expect("a field");
    take("id: 90").expect("a field");
    assert_eq!(take(""), Ok(Some(Change::Reset { id: Some("90".to_owned()) })));
    take(r#"data: {"event":"of_the_future"}"#).expect("a field");
    assert_eq!(take(""), Ok(Some(Change::Quiet { id: None })));
    take("data: {").expect("a field");
    assert!(take("").is_err());
}

#[test]
fn following_resumes_after_the_last_number_and_tells_every_break() {
    let (_folder, socket) = folder();
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
    let first = format!(
        "{head}id: 5\nevent: directory\ndata: {{\"event\":\"directory\",\"version\":3}}\n\n"
    );
    let server = serve(&socket, vec![first.into(), format!("{head}event: reset\n\n").into()]);
    let mut heard = Vec::new();
    let mut waits = Vec::new();
    follow(
        &mut SocketFeed::new(&socket),
        |what| {
            heard.push(what);
            heard.len() < 6
        },
        |wait| waits.push(wait),
    );
    assert_eq!(heard[0], Heard::Connected { resumed: false });
    assert_eq!(heard[1], Heard::Event(Box::new(Event::Directory { version: 3 })));
    assert!(matches!(heard[2], Heard::Lost(FeedError::Broken { .. })), "{:?}", heard[2]);
    assert_eq!(heard[3], Heard::Connected { resumed: true });
    assert_eq!(heard[4], Heard::Reset);
    assert_eq!(waits, [Duration::from_millis(200)]);
    let asked = server.join().expect("the server ends");
    assert!(!asked[0].contains("Last-Event-ID"));
    assert!(asked[1].contains("Last-Event-ID: 5\r\n"), "{}", asked[1]);
}
