//! The shell against a terminal played by hand.

use std::path::PathBuf;
use std::time::Duration;

use sanduan_protocol::base::ids::LinkId;
use sanduan_protocol::link::modem::rdss::Dialect;
use sanduan_protocol::link::modem::rdss::sentence::line;
use sanduan_protocol::link::profile::Price;
use sanduan_protocol::node::Input as Said;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::super::Switchboard;
use super::super::dialogue::converse;
use super::*;
use crate::config::{BearerConfig, BearerKind};

const ICI: &str = "BDICI,0412345,00012345,2000001,5,1,3,N,10";
const GOOD: &str = "BDBSI,3,4,0,0,4,2,0,0,0,0,0,0";

struct Desk {
    terminal: DuplexStream,
    said: mpsc::Receiver<Said>,
    switchboard: Switchboard,
    running: JoinHandle<()>,
    folder: tempfile::TempDir,
}

#[tokio::test]
async fn a_card_carries_its_peers_and_its_group_one_frame_a_slot() {
    let mut desk = Desk::open();
    desk.says(ICI).await;
    desk.says(GOOD).await;
    for (name, medium) in [("412399+412398", "unicast"), ("498765", "unicast"), ("2000001", "b")] {
        let Said::LinkUp { profile, .. } = desk.next().await else { panic!("up") };
        assert_eq!((profile.target.as_str(), profile.name), (name, format!("card {name}")));
        assert_eq!((profile.mtu, profile.min_interval_ms, profile.rate_bit_s), (77, 1_000, 616));
        let is_shared = profile.medium == sanduan_protocol::link::profile::Medium::Broadcast;
        assert_eq!(is_shared, medium == "b");
    }
    for _ in 0..3 {
        assert!(matches!(desk.next().await, Said::LinkReady { .. }));
    }
    assert!(desk.switchboard.send(LinkId(2), Parcel::urgent(b"one".to_vec())));
    desk.reads("CCTXA,0498765,1,2,A46F6E65").await;
    let kept = std::fs::read_to_string(desk.folder.path().join("slot-card")).expect("kept");
    assert!(kept.starts_with("412345 "), "{kept}");
    desk.says("BDFKI,TXA,Y,Y,0,0000").await;
    // The slot of a card of one second opens after the second and the guard.
    desk.says(GOOD).await;
    assert!(matches!(desk.next().await, Said::LinkReady { link: LinkId(2) }));
    assert!(desk.switchboard.send(LinkId(3), Parcel::urgent(b"all".to_vec())));
    desk.reads("CCTXA,2000001,1,2,A4616C6C").await;
    desk.running.abort();
}

#[tokio::test]
async fn messages_reach_the_link_of_their_card_and_answers_go_to_that_card() {
    let mut desk = Desk::open();
    desk.says(ICI).await;
    desk.says(GOOD).await;
    for _ in 0..6 {
        desk.next().await;
    }
    desk.says("BDTXR,1,0412398,2,,A401").await;
    assert!(matches!(desk.next().await, Said::Heard { link: LinkId(1), frame } if frame == [1]));
    desk.says("BDTXR,3,0777777,2,,A402").await;
    assert!(matches!(desk.next().await, Said::Heard { link: LinkId(3), frame } if frame == [2]));
    desk.says("BDTXR,1,0412398,0,,A402").await;
    assert!(matches!(desk.next().await, Said::Dropped { reason: "rdss_no_frame", .. }));
    assert!(desk.switchboard.send(LinkId(1), Parcel::urgent(vec![3])));
    desk.reads("CCTXA,0412398,1,2,A403").await;
    desk.running.abort();
}

#[tokio::test]
async fn what_hinders_a_terminal_is_said_with_a_remedy_on_every_link() {
    let mut desk = Desk::open();
    let small = "BDICI,0412345,00012345,2000001,5,60,2,N,10";
    let none = "BDICI,0000000,00000000,0000000,0,0,0,N,0";
    for (words, zh, en) in [
        (small, "三级以上", "level 3 or above"),
        (none, "插好卡", "put it in"),
        (ICI, "朝南", "to the south"),
    ] {
        desk.says(words).await;
        for _ in 0..3 {
            let Said::LinkDown { reason, .. } = desk.next().await else { panic!("down") };
            assert!(reason.contains(zh) && reason.contains(en), "{reason}");
        }
    }
    desk.running.abort();
}

impl Desk {
    fn open() -> Desk {
        let folder = tempfile::tempdir().expect("a folder");
        let card = BeidouConfig {
            device: PathBuf::from("/dev/none"),
            baud: 115_200,
            dialect: Dialect::V2_1,
            level_bits: None,
            peers: vec![vec![412_399, 412_398], vec![498_765]],
            group: Some(2_000_001),
        };
        let bearer = BearerConfig {
            name: "card".to_owned(),
            kind: BearerKind::Beidou(card.clone()),
            rate_bit_s: 10,
            mtu: 1200,
            per_burst_ms: 4_000,
            beacon_max_s: 1_800,
            quota: None,
            price: Price::default(),
        };
        let (inputs, said) = mpsc::channel(64);
        let switchboard = Switchboard::new(inputs);
        let open = |profile| switchboard.open(profile).expect("room for three");
        let doors = profiles(&bearer, &card).into_iter().map(open).collect();
        let slot = SlotFile::of(folder.path(), "card");
        let settings = Settings { dialect: card.dialect, level_bits: None, mtu_max: 1200 };
        let mut driver = Rdss::new(settings, slot.load());
        let mut links = CardLinks::new(&card, slot, doors);
        let (near, terminal) = tokio::io::duplex(4096);
        let running = tokio::spawn(async move {
            converse(&mut driver, &mut links, near, Clock::new()).await;
        });
        Desk { terminal, said, switchboard, running, folder }
    }

    async fn says(&mut self, words: &str) {
        self.terminal.write_all(&line(words)).await.expect("open");
    }

    /// Reads on until this sentence comes.
    async fn reads(&mut self, words: &str) {
        let wanted = line(words);
        let mut read = Vec::new();
        let found = async {
            while !read.windows(wanted.len()).any(|window| window == wanted) {
                let mut buffer = [0; 256];
                let count = self.terminal.read(&mut buffer).await.expect("open");
                read.extend_from_slice(&buffer[..count]);
            }
        };
        let found = timeout(Duration::from_secs(10), found).await;
        found.unwrap_or_else(|_| panic!("{words} in {}", String::from_utf8_lossy(&read)));
    }

    async fn next(&mut self) -> Said {
        let next = timeout(Duration::from_secs(10), self.said.recv()).await;
        next.expect("something is said in time").expect("running")
    }
}
