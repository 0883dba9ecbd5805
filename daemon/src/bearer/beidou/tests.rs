//! The shell against terminals played by hand.

use std::path::PathBuf;
use std::time::Duration;

use sanduan_protocol::base::ids::LinkId;
use sanduan_protocol::link::condition::Standing;
use sanduan_protocol::link::modem::rdss::Dialect;
use sanduan_protocol::link::modem::rdss::sentence::{line, line_of_bytes};
use sanduan_protocol::link::profile::Price;
use sanduan_protocol::local::request::TextMeans;
use sanduan_protocol::node::Input as Said;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::super::Switchboard;
use super::super::dialogue::{Ends, converse};
use super::*;
use crate::config::{BearerConfig, BearerKind};
use crate::village::{Exchange, Fate, Letter, Told};

const ICI: &str = "BDICI,0412345,00012345,2000001,5,1,3,N,10";
const GOOD: &str = "BDBSI,3,4,0,0,4,2,0,0,0,0,0,0";
const SENT: &str = "BDFKI,TXA,Y,Y,0,0000";

struct Desk {
    /// Each gone once its line was cut.
    terminals: Vec<Option<DuplexStream>>,
    said: mpsc::Receiver<Said>,
    /// What was last told of the bearer; kept apart from the rest.
    told: Condition,
    switchboard: Switchboard,
    exchange: Exchange,
    /// Dropped with the desk.
    _running: JoinSet<()>,
    folder: tempfile::TempDir,
}

#[tokio::test]
async fn a_card_carries_its_peers_and_its_group_one_frame_a_slot() {
    let mut desk = Desk::open(1);
    desk.says(0, ICI).await;
    desk.says(0, GOOD).await;
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
    assert_eq!((desk.told.standing, desk.told.signal_pct), (Standing::Clear, Some(100)));
    assert!(desk.switchboard.send(LinkId(2), Parcel::urgent(b"one".to_vec())));
    desk.reads(0, "CCTXA,0498765,1,2,A46F6E65").await;
    let kept = std::fs::read_to_string(desk.folder.path().join("slot-card")).expect("kept");
    assert!(kept.starts_with("412345 "), "{kept}");
    desk.says(0, SENT).await;
    // The slot of a card of one second opens after the second and the guard.
    desk.says(0, GOOD).await;
    assert!(matches!(desk.next().await, Said::LinkReady { link: LinkId(2) }));
    assert!(desk.switchboard.send(LinkId(3), Parcel::urgent(b"all".to_vec())));
    desk.reads(0, "CCTXA,2000001,1,2,A4616C6C").await;
}

#[tokio::test]
async fn messages_reach_the_link_of_their_card_and_answers_go_to_that_card() {
    let mut desk = Desk::open(1);
    desk.says(0, ICI).await;
    desk.says(0, GOOD).await;
    for _ in 0..6 {
        desk.next().await;
    }
    desk.says(0, "BDTXR,1,0412398,2,,A401").await;
    assert!(matches!(desk.next().await, Said::Heard { link: LinkId(1), frame } if frame == [1]));
    desk.says(0, "BDTXR,3,0777777,2,,A402").await;
    assert!(matches!(desk.next().await, Said::Heard { link: LinkId(3), frame } if frame == [2]));
    desk.says(0, "BDTXR,1,0412398,0,,A402").await;
    let gatewayless = "rdss_text_without_gateway";
    assert!(matches!(desk.next().await, Said::Dropped { reason, .. } if reason == gatewayless));
    assert!(desk.switchboard.send(LinkId(1), Parcel::urgent(vec![3])));
    desk.reads(0, "CCTXA,0412398,1,2,A403").await;
}

#[tokio::test]
async fn what_hinders_a_terminal_is_said_with_a_remedy_on_every_link() {
    let mut desk = Desk::open(1);
    let small = "BDICI,0412345,00012345,2000001,5,60,2,N,10";
    let none = "BDICI,0000000,00000000,0000000,0,0,0,N,0";
    for (words, zh, en) in [
        (small, "三级以上", "level 3 or above"),
        (none, "插好卡", "put it in"),
        (ICI, "朝南", "to the south"),
    ] {
        desk.says(0, words).await;
        for _ in 0..3 {
            let Said::LinkDown { reason, .. } = desk.next().await else { panic!("down") };
            assert!(reason.contains(zh) && reason.contains(en), "{reason}");
        }
    }
    desk.until(Standing::NoSignal).await;
}

#[tokio::test]
async fn two_cards_take_turns_and_the_loss_of_one_leaves_the_links_up() {
    let mut desk = Desk::open(2);
    desk.says(0, "BDICI,0412345,00012345,2000001,5,60,3,N,10").await;
    desk.says(0, GOOD).await;
    desk.ups(60_000).await;
    desk.says(1, "BDICI,0412346,00012346,2000001,5,60,4,N,10").await;
    desk.says(1, GOOD).await;
    desk.ups(30_000).await;
    // Two frames at once, though each card has but one slot a minute.
    assert!(desk.switchboard.send(LinkId(1), Parcel::urgent(b"one".to_vec())));
    assert!(desk.switchboard.send(LinkId(2), Parcel::urgent(b"two".to_vec())));
    desk.reads(0, "CCTXA,0412399,1,2,A46F6E65").await;
    desk.reads(1, "CCTXA,0498765,1,2,A474776F").await;
    desk.says(0, SENT).await;
    desk.says(1, SENT).await;
    desk.until(Standing::Cooling).await;
    assert!(desk.told.next_slot.is_some());
    let kept = std::fs::read_to_string(desk.folder.path().join("slot-card")).expect("kept");
    assert_eq!(kept.lines().count(), 2, "{kept}");
    // What one of ours says to the group reaches the other, and is no news.
    desk.says(1, "BDTXR,3,0412345,2,,A401").await;
    while !matches!(desk.next().await, Said::Dropped { reason: "rdss_own_echo", .. }) {}
    desk.terminals[0] = None;
    // The links are up still, at the interval of the card that is left.
    let Said::LinkUp { profile, .. } = desk.after_ready().await else { panic!("up") };
    assert_eq!((profile.min_interval_ms, profile.mtu), (60_000, 105));
    desk.terminals[1] = None;
    while !matches!(desk.next().await, Said::LinkDown { reason, .. } if reason.contains("tty")) {}
}

#[tokio::test]
async fn letters_leave_as_texts_and_texts_of_handsets_reach_the_gateway() {
    let mut desk = Desk::open(1);
    let mut gateway = desk.exchange.open_gateway();
    let letter = Letter { tag: 9, number: "455555".to_owned(), text: "撤".to_owned() };
    assert!(desk.exchange.send(TextMeans::Beidou, &letter));
    let back = Told::Fate { tag: 9, fate: Fate::NoBearer };
    assert_eq!(gateway.recv().await, Some(back), "no card yet");
    desk.says(0, ICI).await;
    desk.says(0, GOOD).await;
    desk.until(Standing::Clear).await;
    while !matches!(desk.next().await, Said::LinkReady { .. }) {}
    assert!(desk.exchange.send(TextMeans::Beidou, &letter));
    desk.reads_bytes(0, &line_of_bytes(b"CCTXA,0455555,1,0,\xB3\xB7")).await;
    desk.says(0, SENT).await;
    assert_eq!(gateway.recv().await, Some(Told::Fate { tag: 9, fate: Fate::Sent }));
    desk.says(0, "BDTXR,1,0455555,0,,3*38*121").await;
    let heard = |number: &str, text: &str| Told::Heard {
        means: TextMeans::Beidou,
        number: number.to_owned(),
        text: text.to_owned(),
    };
    assert_eq!(gateway.recv().await, Some(heard("455555", "3*38*121")));
    let letter = Letter { text: "长".repeat(2_000), ..letter };
    assert!(desk.exchange.send(TextMeans::Beidou, &letter));
    let Some(Told::Fate { tag: 9, fate: Fate::Failed(why) }) = gateway.recv().await else {
        panic!("refused")
    };
    assert!(why.contains("太长") && why.contains("too long"), "{why}");
}

impl Desk {
    fn open(count: usize) -> Desk {
        let folder = tempfile::tempdir().expect("a folder");
        let card = BeidouConfig {
            devices: (0..count).map(|at| PathBuf::from(format!("/dev/tty{at}"))).collect(),
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
            allowance: Default::default(),
        };
        let (inputs, said) = mpsc::channel(64);
        let switchboard = Switchboard::new(inputs);
        let open = |profile| switchboard.open(profile).expect("room for three");
        let doors = profiles(&bearer, &card).into_iter().map(open).collect();
        let slots = SlotFile::of(folder.path(), "card");
        let exchange = Exchange::default();
        let (mut links, seats) =
            CardLinks::new(&card, doors, Post::open(exchange.clone()), Clock::new());
        let (mut terminals, mut running) = (Vec::new(), JoinSet::new());
        for mut ends in seats {
            let settings = Settings { dialect: card.dialect, level_bits: None, mtu_max: 1200 };
            let mut terminal = Terminal::new(settings, slots.clone());
            let (near, far) = tokio::io::duplex(4096);
            terminals.push(Some(far));
            running.spawn(async move {
                let why = converse(&mut terminal, &mut ends, near, Clock::new()).await;
                ends.lost(&why).await;
            });
        }
        running.spawn(async move { links.serve().await });
        let told = Condition::default();
        Desk { terminals, said, told, switchboard, exchange, _running: running, folder }
    }

    async fn says(&mut self, at: usize, words: &str) {
        let terminal = self.terminals[at].as_mut().expect("not cut");
        terminal.write_all(&line(words)).await.expect("open");
    }

    /// Reads on until this sentence comes.
    async fn reads(&mut self, at: usize, words: &str) {
        self.reads_bytes(at, &line(words)).await;
    }

    async fn reads_bytes(&mut self, at: usize, wanted: &[u8]) {
        let terminal = self.terminals[at].as_mut().expect("not cut");
        let mut read = Vec::new();
        let found = async {
            while !read.windows(wanted.len()).any(|window| window == wanted) {
                let mut buffer = [0; 256];
                let count = terminal.read(&mut buffer).await.expect("open");
                read.extend_from_slice(&buffer[..count]);
            }
        };
        let found = timeout(Duration::from_secs(10), found).await;
        found.unwrap_or_else(|_| panic!("{wanted:?} in {}", String::from_utf8_lossy(&read)));
    }

    /// The three links come up with this interval and may hand over a frame.
    async fn ups(&mut self, interval_ms: u32) {
        for _ in 0..3 {
            let Said::LinkUp { profile, .. } = self.after_ready().await else { panic!("up") };
            assert_eq!((profile.min_interval_ms, profile.mtu), (interval_ms, 77));
        }
    }

    /// The next thing said beside that a link is ready.
    async fn after_ready(&mut self) -> Said {
        loop {
            match self.next().await {
                Said::LinkReady { .. } => {}
                said => return said,
            }
        }
    }

    /// The next thing said beside how the bearer stands.
    async fn next(&mut self) -> Said {
        loop {
            match self.any().await {
                Said::LinkSaid { condition, .. } => self.told = condition,
                said => return said,
            }
        }
    }

    /// Waits until the bearer stands so; what else is said meanwhile is left out.
    async fn until(&mut self, standing: Standing) {
        while self.told.standing != standing {
            if let Said::LinkSaid { condition, .. } = self.any().await {
                self.told = condition;
            }
        }
    }

    async fn any(&mut self) -> Said {
        let next = timeout(Duration::from_secs(10), self.said.recv()).await;
        next.expect("something is said in time").expect("running")
    }
}
