//! The whole bearer on loopback: machines that are told of each other meet, carry frames, part
//! and meet again; those of another network stay outside.

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use sanduan_protocol::base::ids::{DeviceId, LinkId, UnitId};
use sanduan_protocol::keys::sign::DeviceKey;
use sanduan_protocol::link::profile::Price;
use sanduan_protocol::node::Input;
use sanduan_protocol::node::settings::Network;
use tempfile::TempDir;
use tokio::time::timeout;

use super::*;
use crate::api::{Api, feed::Feed};
use crate::bearer::{Bearers, Parcel};
use crate::clock::{Clock, wall};
use crate::config::BearerKind;

/// Generous, because many tests share the machine.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn machines_meet_carry_frames_both_ways_and_meet_again_after_they_parted() {
    let (at_a, at_b) = (free(), free());
    let mut a = Station::new(1, 7);
    let mut b = Station::new(2, 7);
    a.run(at_a, &[]).await;
    b.run(at_b, &[at_a]).await;
    let (link_a, name) = a.up().await;
    assert_eq!(name, "w 2");
    let (link_b, name) = b.up().await;
    assert_eq!(name, "w 1");
    b.send(link_b, &[7; 1200]);
    a.until_heard(&[7; 1200]).await;
    a.send(link_a, b"back");
    b.until_heard(b"back").await;
    // The bearer of one is taken away: its link goes, that of the other is down with a remedy.
    b.bearers.apply(&[]).await;
    b.until(|input| matches!(input, Input::LinkGone { link } if *link == link_b)).await;
    let reason = a.down().await;
    assert!(reason.contains("检查") && reason.contains("check that"), "{reason}");
    // It comes back without being told of anybody: the book knows where.
    b.run(at_b, &[]).await;
    assert_eq!(a.up().await.0, link_a, "the same machine has the same link");
    b.up().await;
}

#[tokio::test]
async fn a_machine_of_another_network_never_becomes_a_link() {
    let at_a = free();
    let mut a = Station::new(1, 7);
    let mut stranger = Station::new(3, 8);
    let mut member = Station::new(2, 7);
    a.run(at_a, &[]).await;
    stranger.run(free(), &[at_a]).await;
    // Time for two calls.
    tokio::time::sleep(Duration::from_secs(2)).await;
    member.run(free(), &[at_a]).await;
    assert_eq!(a.up().await.1, "w 2");
    while let Ok(input) = stranger.inputs.try_recv() {
        assert!(!matches!(input, Input::LinkUp { .. }), "{input:?}");
    }
}

#[tokio::test]
async fn a_port_in_use_is_said_with_a_remedy_and_taken_when_free() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let at = taken.local_addr().expect("bound");
    let mut a = Station::new(1, 7);
    a.run(at, &[]).await;
    let reason = a.down().await;
    assert!(reason.contains("占用") && reason.contains("in use"), "{reason}");
    drop(taken);
    let reason = a.down().await;
    assert!(reason.contains("peers"), "{reason}");
}

#[tokio::test]
async fn a_port_that_nobody_named_gives_way_to_the_next_free_one() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let at = taken.local_addr().expect("bound");
    let (mut a, mut b) = (Station::new(1, 7), Station::new(2, 7));
    a.run_at(at, true, &[]).await;
    let reason = a.down().await;
    assert!(reason.contains("peers"), "nobody met, but it listens: {reason}");
    // The first of the next ones is free but for a rare chance; nobody else answers as one of us.
    let next: Vec<SocketAddr> =
        (1..=3).map(|step| SocketAddr::new(at.ip(), at.port().saturating_add(step))).collect();
    b.run(free(), &next).await;
    assert_eq!(b.up().await.1, "w 1");
}

/// One machine with its folder and its bearers.
struct Station {
    bearers: Bearers,
    inputs: mpsc::Receiver<Input>,
    _folder: TempDir,
}

impl Station {
    fn new(device: u16, network: u8) -> Station {
        let folder = tempfile::tempdir().expect("a folder");
        join(folder.path(), DeviceId(device), network);
        let (to_pump, inputs) = mpsc::channel(256);
        let (asks, _nobody) = mpsc::channel(1);
        let api = Arc::new(Api::new(asks, Arc::new(Feed::new(wall())), Arc::default()));
        let bearers = Bearers::new(&Home::at(folder.path()), &to_pump, Clock::new(), &api);
        Station { bearers, inputs, _folder: folder }
    }

    async fn run(&mut self, listen: SocketAddr, peers: &[SocketAddr]) {
        self.run_at(listen, false, peers).await;
    }

    async fn run_at(&mut self, listen: SocketAddr, may_move: bool, peers: &[SocketAddr]) {
        let peers = peers.to_vec();
        let kind = BearerKind::Lan(LanConfig { listen, may_move, peers, quiet: true });
        let config = BearerConfig {
            name: "w".to_owned(),
            kind,
            rate_bit_s: 10_000_000,
            mtu: 1200,
            per_burst_ms: 0,
            beacon_max_s: 300,
            quota: None,
            price: Price::default(),
            allowance: Default::default(),
        };
        self.bearers.apply(&[config]).await;
    }

    fn send(&self, link: LinkId, frame: &[u8]) {
        assert!(self.bearers.switchboard().send(link, Parcel::urgent(frame.to_vec())));
    }

    /// The next link that carries frames, and its name.
    async fn up(&mut self) -> (LinkId, String) {
        match self.until(|input| matches!(input, Input::LinkUp { .. })).await {
            Input::LinkUp { link, profile } => (link, profile.name),
            other => panic!("{other:?}"),
        }
    }

    /// The next reason why a link is down.
    async fn down(&mut self) -> String {
        match self.until(|input| matches!(input, Input::LinkDown { .. })).await {
            Input::LinkDown { reason, .. } => reason,
            other => panic!("{other:?}"),
        }
    }

    async fn until_heard(&mut self, expected: &[u8]) {
        let heard =
            |input: &Input| matches!(input, Input::Heard { frame, .. } if frame == expected);
        self.until(heard).await;
    }

    async fn until(&mut self, wanted: impl Fn(&Input) -> bool) -> Input {
        let waited = timeout(PATIENCE, async {
            loop {
                let input = self.inputs.recv().await.expect("bearers run");
                if wanted(&input) {
                    return input;
                }
            }
        });
        waited.await.expect("it happens in time")
    }
}

/// The folder becomes that of a member.
fn join(folder: &Path, device: DeviceId, network: u8) {
    let home = Home::at(folder);
    let seed = home.ensure_device_seed().expect("randomness");
    let member = Member {
        network: Network {
            district: "500116".to_owned(),
            name: "江津区".to_owned(),
            drill: false,
            authority: DeviceKey::from_seed([network; 32]).public(),
            epoch_secret: [network; 32],
            epoch: 1,
            grant: None,
        },
        device,
        unit: UnitId(1),
        public: DeviceKey::from_seed(*seed).public(),
        certificate: None,
    };
    home.write_member(&member).expect("written");
}

fn free() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("bound")
}
