//! The desk with a stand-in node: sticks come, go, are two at once, are pulled out in mid-copy,
//! refuse to be written to; the link says so.

use std::path::PathBuf;
use std::sync::Mutex;

use sanduan_protocol::base::time::Wall;
use sanduan_protocol::local::carry_file;
use sanduan_protocol::local::rows::StatusRow;
use sanduan_protocol::node::Input;
use tokio::time::timeout;

use super::*;
use crate::api::feed::Feed;
use crate::bearer::Switchboard;
use crate::config::BearerKind;
use crate::pump::{Ask, Figures};

/// A watched folder, what the link said, and what the node was given.
struct Bench {
    folder: tempfile::TempDir,
    said: mpsc::Receiver<Input>,
    imports: Arc<Mutex<Vec<usize>>>,
    _task: JoinSet<()>,
}

fn file(network: &[u8; 8], frames: usize) -> Vec<u8> {
    let mut file = carry_file::head(network);
    (0..frames).for_each(|_| carry_file::add_frame(&mut file, &[5; 100]));
    file
}

fn bench() -> Bench {
    let folder = tempfile::tempdir().expect("a folder");
    let (asks, mut wishes) = mpsc::channel::<Ask>(8);
    let imports = Arc::new(Mutex::new(Vec::new()));
    let seen = imports.clone();
    tokio::spawn(async move {
        while let Some(Ask { request, answer }) = wishes.recv().await {
            let reply = match request {
                Request::CarryExport { .. } => {
                    Reply::CarryFile { bytes: file(b"network1", 3), records: 3 }
                }
                Request::CarryImport { bytes } => {
                    seen.lock().expect("no panic").push(bytes.len());
                    Reply::CarryTaken { new: 1, known: 0, refused: Vec::new() }
                }
                _ => {
                    let district = "500116".to_owned();
                    Reply::Status(Box::new(StatusRow { district, ..StatusRow::default() }))
                }
            };
            let _ = answer.send(Ok(reply));
        }
    });
    let feed = Arc::new(Feed::new(Wall(1_000_000)));
    let api = Arc::new(Api::new(asks, feed, Arc::new(Figures::default())));
    let watch = Some(folder.path().to_owned());
    let config = CarryConfig { folder: None, watch, adopt: false };
    let bearer = BearerConfig {
        name: "U盘".to_owned(),
        kind: BearerKind::Carry(config.clone()),
        rate_bit_s: 1_000_000,
        mtu: 1200,
        per_burst_ms: 0,
        beacon_max_s: 60,
        quota: None,
        price: Default::default(),
        allowance: Default::default(),
    };
    let (inputs, said) = mpsc::channel(64);
    let profile = profiles(&bearer, &config).pop().expect("one link");
    let door = Switchboard::new(inputs).open(profile).expect("the first");
    let mut task = JoinSet::new();
    task.spawn(run(config, door.voice, api));
    Bench { folder, said, imports, _task: task }
}

impl Bench {
    fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// The next thing said that is wanted; the rest is let pass.
    async fn until<T>(&mut self, mut wanted: impl FnMut(&Input) -> Option<T>) -> T {
        let search = async {
            loop {
                let said = self.said.recv().await.expect("runs");
                if let Some(found) = wanted(&said) {
                    return found;
                }
            }
        };
        timeout(Duration::from_secs(60), search).await.expect("said within a minute")
    }

    async fn left(&self, path: &str) -> Vec<u8> {
        let appears = async {
            loop {
                if let Ok(bytes) = std::fs::read(self.at(path)) {
                    return bytes;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        timeout(Duration::from_secs(60), appears).await.expect("left within a minute")
    }
}

const OURS: &str = "500116-0.carry";

#[tokio::test]
async fn two_sticks_at_once_are_served_and_one_that_is_not_prepared_is_not_written_to() {
    let mut bench = bench();
    let reason = bench
        .until(|said| match said {
            Input::LinkDown { reason, .. } => Some(reason.clone()),
            _ => None,
        })
        .await;
    assert!(reason.contains("没有 U 盘") && reason.contains(" / "), "{reason}");
    for folder in ["a/sanduan", "user/b/sanduan", "plain"] {
        std::fs::create_dir_all(bench.at(folder)).expect("made");
    }
    std::fs::write(bench.at("user/b/theirs.carry"), file(b"network1", 2)).expect("written");
    let up = |said: &Input| match said {
        Input::LinkUp { profile, .. } => Some(profile.target.clone()),
        _ => None,
    };
    let target = bench.until(up).await;
    assert!(target.contains("/a") && target.contains("/user/b"), "{target}");
    for path in ["a/sanduan", "user/b/sanduan"] {
        assert_eq!(bench.left(&format!("{path}/{OURS}")).await, file(b"network1", 3));
    }
    let condition = bench
        .until(|said| match said {
            Input::LinkSaid { condition, .. } if condition.today_bytes.0 >= 2 * 328 => {
                Some(*condition)
            }
            _ => None,
        })
        .await;
    assert!(condition.last_sent.is_some() && condition.last_heard.is_some(), "{condition:?}");
    assert_eq!(condition.today_bytes, (2 * 328, 224));
    assert_eq!(*bench.imports.lock().expect("no panic"), [224], "taken in once");
    assert_eq!(std::fs::read_dir(bench.at("plain")).expect("there").count(), 0);
}

#[tokio::test]
async fn a_stick_pulled_out_and_put_back_is_begun_anew_and_a_cut_file_taken_in_once_whole() {
    let mut bench = bench();
    std::fs::create_dir_all(bench.at("a/sanduan")).expect("made");
    let whole = file(b"network1", 5);
    std::fs::write(bench.at("a/theirs.carry"), &whole[..200]).expect("written");
    bench.left(&format!("a/sanduan/{OURS}")).await;
    let pocket = tempfile::tempdir().expect("a pocket");
    let away = pocket.path().join("stick");
    std::fs::rename(bench.at("a"), &away).expect("pulled out");
    bench.until(|said| matches!(said, Input::LinkUp { .. }).then_some(())).await;
    bench.until(|said| matches!(said, Input::LinkDown { .. }).then_some(())).await;
    std::fs::write(away.join("theirs.carry"), &whole).expect("copied again");
    std::fs::remove_file(away.join("sanduan").join(OURS)).expect("lost");
    std::fs::rename(&away, bench.at("b")).expect("put back");
    bench.left(&format!("b/sanduan/{OURS}")).await;
    let is_whole = |said: &Input| match said {
        Input::LinkSaid { condition, .. } => Some(condition.today_bytes.1),
        _ => None,
    };
    let expected = (200 + whole.len()) as u64;
    bench.until(|said| is_whole(said).filter(|heard| *heard == expected)).await;
    assert_eq!(*bench.imports.lock().expect("no panic"), [200, whole.len()]);
}

#[tokio::test]
async fn a_stick_that_cannot_be_written_to_says_so_with_a_remedy_and_recovers() {
    let mut bench = bench();
    // A folder where our draft should be refuses even root.
    let blocked = bench.at(&format!("a/sanduan/{}", OURS.replace("carry", "part")));
    std::fs::create_dir_all(&blocked).expect("made");
    let reason = bench
        .until(|said| match said {
            Input::LinkDown { reason, .. } if reason.contains(OURS) => Some(reason.clone()),
            _ => None,
        })
        .await;
    assert!(reason.contains("检查") && reason.contains(" / "), "{reason}");
    assert!(!bench.at(&format!("a/sanduan/{OURS}")).exists());
    std::fs::rename(bench.at("a"), bench.at(".a")).expect("pulled out");
    std::fs::create_dir_all(bench.at("b/sanduan")).expect("another one");
    bench.until(|said| matches!(said, Input::LinkUp { .. }).then_some(())).await;
    bench.left(&format!("b/sanduan/{OURS}")).await;
}

#[tokio::test]
async fn files_of_another_network_are_ignored_and_counted_by_name() {
    let mut bench = bench();
    std::fs::create_dir_all(bench.at("a/sanduan")).expect("made");
    bench.left(&format!("a/sanduan/{OURS}")).await;
    std::fs::write(bench.at("a/sanduan/foreign.carry"), file(b"network2", 2)).expect("written");
    let reason = bench
        .until(|said| match said {
            Input::Dropped { reason, .. } => Some(*reason),
            _ => None,
        })
        .await;
    assert_eq!(reason, "carry_other_network");
    assert!(bench.imports.lock().expect("no panic").is_empty());
}
