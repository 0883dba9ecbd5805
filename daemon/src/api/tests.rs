//! The whole API over a real socket, with a stand-in for the node.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sanduan_protocol::base::time::Wall;
use sanduan_protocol::local::{Event, Reply, Request as Wish, rows};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;

use super::listen::{ControlSocket, ListenFault};
use super::*;

struct Rig {
    folder: tempfile::TempDir,
    feed: Arc<Feed>,
    asked: Arc<std::sync::Mutex<Vec<Wish>>>,
}

#[tokio::test]
async fn every_route_of_the_table_answers_with_its_example() {
    let rig = rig().await;
    for route in ROUTES.iter().filter(|route| route.call != Call::Events) {
        let path = route.path.replace("{id}", "3-12").replace("{item}", "%E5%B8%90%E7%AF%B7");
        let method = if route.method == Method::Get { "GET" } else { "POST" };
        let (status, body) = rig.call(method, &path, route.body).await;
        assert_eq!(status, 200, "{method} {path}: {body}");
        let (status, _) = rig.call("DELETE", &path, "").await;
        assert_eq!(status, 400, "{path}");
    }
    let wishes = rig.asked.lock().expect("no panic").clone();
    assert!(wishes.contains(&Wish::StockCard { item: "帐篷".to_owned(), depot: None }));
    let spoken = "3-12".parse().expect("sound");
    assert!(wishes.iter().any(|wish| matches!(wish, Wish::SendReceipt(d) if d.id == spoken)));
    assert!(wishes.iter().any(|wish| matches!(wish, Wish::ArriveWaybill(d) if d.id == spoken)));
}

#[tokio::test]
async fn the_description_has_every_route_and_every_call_has_a_route() {
    let calls: std::collections::BTreeSet<Call> = ROUTES.iter().map(|route| route.call).collect();
    assert_eq!(calls.len(), Call::Openapi as usize + 1, "a call lacks its route");
    let described = openapi::describe();
    let count: usize = described["paths"]
        .as_object()
        .expect("paths")
        .values()
        .map(|path| path.as_object().expect("methods").len())
        .sum();
    assert_eq!(count, ROUTES.len());
}

#[tokio::test]
async fn replies_lose_their_tag_and_carry_files_are_bytes() {
    let rig = rig().await;
    let (_, status) = rig.call("GET", "/v1/status", "").await;
    let status: Value = serde_json::from_str(&status).expect("JSON");
    assert_eq!(status["name"], "江津区");
    assert_eq!(status.get("reply"), None);
    let (_, devices) = rig.call("GET", "/v1/devices", "").await;
    assert_eq!(devices.trim(), r#"{"devices":[]}"#);
    let raw = rig.raw("POST", "/v1/carry/export", "").await;
    assert!(raw.contains("x-sanduan-records: 2\r\n") && raw.ends_with("SDC"), "{raw}");
}

#[tokio::test]
async fn bad_requests_are_refused_in_both_languages_and_never_reach_the_machine() {
    let rig = rig().await;
    let long = format!(r#"{{"text":"{}"}}"#, "a".repeat(1024 * 1024));
    let cases = [
        ("GET", "/v1/orders/abc", "", 400, "bad_value"),
        ("GET", "/v1/orders?opne=true", "", 400, "bad_value"),
        ("GET", "/v1/orders?open=maybe", "", 400, "bad_value"),
        ("GET", "/v1/log?limit=x", "", 400, "bad_value"),
        ("GET", "/v1/nothing", "", 404, "unknown_name"),
        ("POST", "/v1/orders", "{", 400, "bad_value"),
        ("POST", "/v1/orders", r#"{"too":"T05"}"#, 400, "bad_value"),
        ("POST", "/v1/orders", &long, 413, "too_long"),
        ("POST", "/v1/stock/movements", r#"{"movements":[{}]}"#, 400, "bad_value"),
        ("POST", "/v1/positions", r#"{"point":{"lat_e7":1e99,"lon_e7":0}}"#, 400, "bad_value"),
    ];
    for (method, path, body, status, code) in cases {
        let (found, answer) = rig.call(method, path, body).await;
        assert_eq!(found, status, "{method} {path} {answer}");
        let refusal: Refusal = serde_json::from_str(&answer).expect("a refusal");
        assert!(!refusal.zh.is_empty() && !refusal.en.is_empty());
        assert_eq!(serde_json::to_value(refusal.code).expect("a word"), code, "{path}");
    }
    assert_eq!(*rig.asked.lock().expect("no panic"), []);
}

#[tokio::test]
async fn events_come_numbered_and_resume_where_a_client_left() {
    let rig = rig().await;
    let mut first = rig.events(None).await;
    rig.feed.publish(&Event::Directory { version: 1 });
    rig.feed.publish(&Event::Unsaved { reason: None });
    let event = first.next().await;
    assert_eq!(event["event"], "directory");
    assert_eq!(event["data"], r#"{"event":"directory","version":1}"#);
    let left_at = event["id"].clone();
    drop(first);
    rig.feed.publish(&Event::Directory { version: 2 });
    let mut again = rig.events(Some(&left_at)).await;
    assert_eq!(again.next().await["event"], "unsaved");
    assert_eq!(again.next().await["data"], r#"{"event":"directory","version":2}"#);
}

#[tokio::test]
async fn a_client_of_an_earlier_run_is_told_to_start_over() {
    let rig = rig().await;
    let mut stream = rig.events(Some("5")).await;
    assert_eq!(stream.next().await["event"], "reset");
    rig.feed.publish(&Event::Directory { version: 3 });
    assert_eq!(stream.next().await["event"], "directory");
}

#[tokio::test]
async fn a_client_that_reads_too_slowly_is_dropped_with_a_reason() {
    let rig = rig().await;
    let mut stream = rig.events(None).await;
    rig.feed.publish(&Event::Directory { version: 0 });
    assert_eq!(stream.next().await["event"], "directory");
    // Nothing else runs in between, so the stream falls behind by more than the ring holds.
    for version in 0..feed::EVENTS_MAX as u32 + 1 {
        rig.feed.publish(&Event::Directory { version });
    }
    let last = stream.next().await;
    assert_eq!(last["event"], "dropped");
    assert!(last["data"].contains("接收过慢") && last["data"].contains("too slowly"));
}

#[tokio::test]
async fn the_socket_is_private_and_a_second_daemon_is_told_so() {
    use std::os::unix::fs::PermissionsExt;
    let rig = rig().await;
    let path = rig.socket();
    let mode = std::fs::metadata(&path).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o660);
    let second = ControlSocket::open(&path).await;
    assert!(matches!(second, Err(ListenFault::Busy(_))));
    let file = rig.folder.path().join("file");
    std::fs::write(&file, "text").expect("writable");
    assert!(matches!(ControlSocket::open(&file).await, Err(ListenFault::NoSocket(_))));
}

#[tokio::test]
async fn a_socket_left_by_a_killed_daemon_is_replaced_and_removed_at_the_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("control.sock");
    drop(std::os::unix::net::UnixListener::bind(&path).expect("makes one"));
    assert!(path.exists(), "the file outlives its listener");
    let socket = ControlSocket::open(&path).await.expect("replaces it");
    drop(socket);
    assert!(!path.exists());
}

struct Stream {
    lines: tokio::io::Lines<BufReader<UnixStream>>,
}

impl Stream {
    /// The fields of the next event that has data.
    async fn next(&mut self) -> BTreeMap<String, String> {
        let mut fields = BTreeMap::new();
        loop {
            let line = tokio::time::timeout(Duration::from_secs(10), self.lines.next_line()).await;
            let line = line.expect("in time").expect("open").expect("goes on");
            if line.is_empty() && fields.contains_key("data") {
                return fields;
            }
            if let Some((name, value)) = line.split_once(": ") {
                fields.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

impl Rig {
    fn socket(&self) -> PathBuf {
        self.folder.path().join("control.sock")
    }

    async fn raw(&self, method: &str, path: &str, body: &str) -> String {
        let mut stream = UnixStream::connect(self.socket()).await.expect("listens");
        let length = body.len();
        let head = format!("{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n");
        let head = format!("{head}content-length: {length}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.expect("open");
        // A server that refuses a body may stop reading it.
        let _ = stream.write_all(body.as_bytes()).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8(answer).expect("text")
    }

    async fn call(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let raw = self.raw(method, path, body).await;
        let status = raw.get(9..12).and_then(|text| text.parse().ok()).expect("a status");
        let (_, body) = raw.split_once("\r\n\r\n").expect("a body");
        (status, body.to_owned())
    }

    async fn events(&self, last: Option<&str>) -> Stream {
        let mut stream = UnixStream::connect(self.socket()).await.expect("listens");
        let last = last.map_or(String::new(), |last| format!("last-event-id: {last}\r\n"));
        let head = format!("GET /v1/events HTTP/1.1\r\nhost: x\r\n{last}\r\n");
        stream.write_all(head.as_bytes()).await.expect("open");
        let mut lines = BufReader::new(stream).lines();
        // The greeting: from here on nothing is missed.
        while lines.next_line().await.expect("open").expect("greets") != ": sanduan" {}
        Stream { lines }
    }
}

async fn rig() -> Rig {
    let folder = tempfile::tempdir().expect("a folder");
    let (asks, mut wishes) = mpsc::channel::<Ask>(8);
    let asked = Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = asked.clone();
    tokio::spawn(async move {
        while let Some(Ask { request, answer }) = wishes.recv().await {
            let _ = answer.send(Ok(answer_to(&request)));
            seen.lock().expect("no panic").push(request);
        }
    });
    let feed = Arc::new(Feed::new(Wall(1_000_000)));
    let (reloads, mut reloading) = mpsc::channel::<ReloadAsk>(1);
    tokio::spawn(async move {
        while let Some(ReloadAsk { check_only, answer }) = reloading.recv().await {
            let row = rows::ReloadRow { check_only, ..Default::default() };
            let _ = answer.send(Ok(Reply::Reloaded(Box::new(row))));
        }
    });
    let api = Api::new(asks, feed.clone(), Arc::default()).with_reloads(reloads);
    let socket = open(&folder.path().join("control.sock")).await;
    tokio::spawn(async move { axum::serve(socket, router(Arc::new(api))).await });
    Rig { folder, feed, asked }
}

async fn open(path: &Path) -> ControlSocket {
    ControlSocket::open(path).await.expect("opens")
}

fn answer_to(wish: &Wish) -> Reply {
    match wish {
        Wish::Status => {
            let name = "江津区".to_owned();
            Reply::Status(Box::new(rows::StatusRow { name, ..Default::default() }))
        }
        Wish::Bearers => Reply::Bearers { bearers: vec![rows::BearerRow::default()] },
        Wish::Directory => Reply::Directory(Box::default()),
        Wish::CarryExport { .. } => Reply::CarryFile { bytes: b"SDC".to_vec(), records: 2 },
        Wish::CarryImport { .. } => Reply::CarryTaken { new: 1, known: 0, refused: Vec::new() },
        _ => Reply::Saved { id: None, records: 0 },
    }
}
