//! Files fetched through doors, as a link would answer them.

use std::time::Duration;

use sanduan_protocol::base::ids::{DeviceId, SpokenId};
use sanduan_protocol::local::rows::FileRow;
use sanduan_protocol::local::{Reply, Request};
use tokio::time::timeout;

use super::*;
use crate::api::Api;
use crate::api::feed::Feed;
use crate::home::file::to_hex;
use crate::pump::Ask;

/// Long, because the machine may be busy with other tests.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_file_is_fetched_on_from_where_the_first_link_broke_off() {
    let content: Vec<u8> = (0..200_000_u32).map(|n| (n % 251) as u8).collect();
    let hash = *blake3::hash(&content).as_bytes();
    let rig = rig(&content, hash);
    let (mut first, mut second) = (rig.files.open_door(), rig.files.open_door());
    assert!(rig.files.want(hash));
    let ask = timeout(PATIENCE, first.asks.recv()).await.expect("in time").expect("asked");
    assert_eq!((ask.hash, ask.offset), (hash, 0));
    ask.chunks.send(content[..60_000].to_vec()).await.expect("taken");
    drop(ask);
    let ask = timeout(PATIENCE, second.asks.recv()).await.expect("in time").expect("asked");
    assert_eq!(ask.offset, 60_000);
    ask.chunks.send(content[60_000..].to_vec()).await.expect("taken");
    wait_whole(&rig.files, &hash).await;
    assert!(!rig.files.complete(row(hash, content.len())).fetching);
}

#[tokio::test]
async fn forged_content_is_thrown_away_and_asked_for_again_from_the_start() {
    let content = b"the sheet with the stamp".to_vec();
    let hash = *blake3::hash(&content).as_bytes();
    let rig = rig(&content, hash);
    let mut door = rig.files.open_door();
    assert!(rig.files.want(hash));
    let ask = timeout(PATIENCE, door.asks.recv()).await.expect("in time").expect("asked");
    ask.chunks.send(vec![b'x'; content.len()]).await.expect("taken");
    drop(ask);
    // A new link is a reason to try again.
    let mut better = rig.files.open_door();
    let ask = tokio::select! {
        ask = door.asks.recv() => ask.expect("asked"),
        ask = better.asks.recv() => ask.expect("asked"),
    };
    let offset = ask.offset;
    ask.chunks.send(content.clone()).await.expect("taken");
    drop(ask);
    assert_eq!(offset, 0);
    timeout(PATIENCE, wait_whole(&rig.files, &hash)).await.expect("in time");
}

#[tokio::test]
async fn what_was_being_fetched_is_wanted_again_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let hash = [7; 32];
    let files = Files::open(folder.path(), 1_000_000).expect("made");
    files.cabinet().append(&hash, b"half").expect("room");
    drop(files);
    let files = Files::open(folder.path(), 1_000_000).expect("there");
    let row = files.complete(row(hash, 8));
    assert_eq!((row.held_bytes, row.fetching), (4, true));
}

struct Rig {
    _folder: tempfile::TempDir,
    files: Arc<Files>,
    _task: tokio::task::JoinSet<()>,
}

fn rig(content: &[u8], hash: FileHash) -> Rig {
    let folder = tempfile::tempdir().expect("a folder");
    let files = Arc::new(Files::open(folder.path(), 1_000_000).expect("made"));
    let (asks, mut asked) = mpsc::channel::<Ask>(8);
    let known = row(hash, content.len());
    let feed = Arc::new(Feed::new(crate::clock::wall()));
    let api = Arc::new(Api::new(asks, feed, Arc::default()));
    let mut task = tokio::task::JoinSet::new();
    task.spawn(async move {
        while let Some(Ask { request, answer }) = asked.recv().await {
            let reply = match request {
                // There is ample room.
                Request::Status => Reply::Status(Box::default()),
                Request::Files => Reply::Files { files: vec![known.clone()] },
                other => panic!("{other:?}"),
            };
            let _ = answer.send(Ok(reply));
        }
    });
    task.spawn(fetch::run(files.clone(), api));
    Rig { _folder: folder, files, _task: task }
}

async fn wait_whole(files: &Files, hash: &FileHash) {
    let whole = async {
        while !files.cabinet().held(hash).1 || lock(&files.wanted).contains(hash) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, whole).await.expect("whole in time");
}

fn row(hash: FileHash, bytes: usize) -> FileRow {
    FileRow {
        id: SpokenId { author: DeviceId(1), incarnation: 0, seq: 1 },
        hash: to_hex(&hash),
        name: "a".to_owned(),
        mime: "b".to_owned(),
        bytes: bytes as u64,
        about: None,
        note: String::new(),
        unit_name: String::new(),
        person: String::new(),
        at_ms: 0,
        held_bytes: 0,
        fetching: false,
    }
}
