//! A device with a QUIC bearer and a made-up directory, and an address translator.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use sanduan_protocol::base::ids::{DeviceId, LinkId, UnitId};
use sanduan_protocol::keys::epochs::EpochGrant;
use sanduan_protocol::keys::sign::DeviceKey;
use sanduan_protocol::link::profile::Price;
use sanduan_protocol::local::rows::DeviceRow;
use sanduan_protocol::local::{Refusal, RefusalCode, Reply, Request};
use sanduan_protocol::node::Input;
use sanduan_protocol::node::settings::Network;
use tempfile::TempDir;
use tokio::net::UdpSocket;
use tokio::runtime::Runtime;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::PATIENCE;
use crate::api::{Api, feed::Feed};
use crate::bearer::{Bearers, Parcel};
use crate::clock::Clock;
use crate::config::{BearerConfig, BearerKind, QuicConfig, QuicPeer};
use crate::home::file::to_hex;
use crate::home::{Home, Member, NETWORK_SECRET};
use crate::pump::Ask;

/// One device with its bearer, and what the bearer says.
pub struct Rig {
    folder: TempDir,
    pub address: SocketAddr,
    api: Arc<Api>,
    inputs: mpsc::Receiver<Input>,
    to_pump: mpsc::Sender<Input>,
    bearers: Option<Bearers>,
    /// Links of which something was said.
    pub seen: BTreeSet<LinkId>,
    /// How often a link fell.
    pub falls: u32,
    /// Its own, so that it can stop between two steps, as in a power cut.
    runtime: Option<Runtime>,
}

impl Rig {
    /// The device with the key of `number`, whose directory knows these numbers, in the network
    /// with this secret.
    pub fn new(number: u8, known: &[u8], secret: u8) -> Rig {
        Rig::joined(number, known, [secret; 32], None)
    }

    /// The same, given this secret and what else it needs to know of its epoch.
    pub fn joined(
        number: u8,
        known: &[u8],
        epoch_secret: [u8; 32],
        grant: Option<EpochGrant>,
    ) -> Rig {
        let folder = tempfile::tempdir().expect("a folder");
        let home = Home::at(folder.path());
        let seed = to_hex(&[number; 32]);
        std::fs::write(folder.path().join("device.key"), seed).expect("written");
        let network = Network {
            district: "500116".to_owned(),
            name: "江津区".to_owned(),
            drill: false,
            authority: public(100),
            epoch_secret,
            epoch: 1,
            grant,
        };
        let member = Member {
            network,
            device: DeviceId(u16::from(number)),
            unit: UnitId(1),
            public: public(number),
            certificate: None,
        };
        home.write_member(&member).expect("written");
        assert!(folder.path().join(NETWORK_SECRET).exists());
        let (asks, heard) = mpsc::channel(64);
        tokio::spawn(directory(heard, known.iter().map(|n| (to_hex(&public(*n)), *n)).collect()));
        let feed = Arc::new(Feed::new(crate::clock::wall()));
        let api = Arc::new(Api::new(asks, feed, Arc::default()));
        let (to_pump, inputs) = mpsc::channel(256);
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").expect("a port");
        let address = socket.local_addr().expect("bound");
        let (bearers, seen) = (None, BTreeSet::new());
        Rig { folder, address, api, inputs, to_pump, bearers, seen, falls: 0, runtime: None }
    }

    pub async fn start(&mut self, peers: &[SocketAddr]) {
        let peers: Vec<QuicPeer> =
            peers.iter().map(|address| QuicPeer { address: *address, device: None }).collect();
        self.start_as(&peers).await;
    }

    pub async fn start_as(&mut self, peers: &[QuicPeer]) {
        let config = QuicConfig {
            listen: self.address,
            peers: peers.to_vec(),
            rtt_ms: 50,
            unmetered: false,
            files_min_rate_bit_s: 0,
        };
        let bearer = BearerConfig {
            name: "q".to_owned(),
            kind: BearerKind::Quic(config),
            rate_bit_s: 10_000_000,
            mtu: 1200,
            per_burst_ms: 0,
            beacon_max_s: 600,
            quota: None,
            price: Price::default(),
            allowance: Default::default(),
        };
        let mut bearers =
            Bearers::new(&Home::at(self.folder.path()), &self.to_pump, Clock::new(), &self.api);
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = runtime.worker_threads(1).enable_all().build().expect("a thread");
        let started = runtime.spawn(async move {
            bearers.apply(&[bearer]).await;
            bearers
        });
        self.bearers = Some(started.await.expect("started"));
        self.runtime = Some(runtime);
    }

    /// The bearer is taken out of the configuration.
    pub async fn end(&mut self) {
        let mut bearers = self.bearers.take().expect("running");
        let runtime = self.runtime.as_ref().expect("running");
        let ended = runtime.spawn(async move { bearers.apply(&[]).await });
        ended.await.expect("ended");
    }

    /// Everything stops where it is.
    pub async fn cut_power(&mut self) {
        let runtime = self.runtime.take().expect("running");
        let stopped = tokio::task::spawn_blocking(move || runtime.shutdown_timeout(PATIENCE));
        stopped.await.expect("stopped");
        self.bearers = None;
        while self.inputs.try_recv().is_ok() {}
    }

    pub async fn wait_for<T>(&mut self, wanted: impl Fn(&Input) -> Option<T>) -> T {
        let found = async {
            loop {
                let input = self.inputs.recv().await.expect("running");
                if let Input::LinkUp { link, .. } | Input::LinkDown { link, .. } = &input {
                    self.seen.insert(*link);
                }
                self.falls += u32::from(matches!(input, Input::LinkDown { .. }));
                if let Some(found) = wanted(&input) {
                    return found;
                }
            }
        };
        timeout(PATIENCE, found).await.expect("it is said in time")
    }

    pub async fn up(&mut self) -> LinkId {
        self.wait_for(|input| match input {
            Input::LinkUp { link, .. } => Some(*link),
            _ => None,
        })
        .await
    }

    pub async fn down(&mut self) -> String {
        self.wait_for(|input| match input {
            Input::LinkDown { reason, .. } => Some(reason.clone()),
            _ => None,
        })
        .await
    }

    pub async fn heard(&mut self) -> Vec<u8> {
        self.wait_for(|input| match input {
            Input::Heard { frame, .. } => Some(frame.clone()),
            _ => None,
        })
        .await
    }

    pub fn send(&self, link: LinkId, frame: &[u8], bulk: bool) {
        let parcel = Parcel { frame: frame.to_vec(), bulk };
        let board = self.bearers.as_ref().expect("running").switchboard();
        assert!(board.send(link, parcel), "the link takes a frame");
    }

    pub async fn send_until_heard(&self, link: LinkId, other: &mut Rig, frame: &[u8]) {
        let board = self.bearers.as_ref().expect("running").switchboard();
        let again = async {
            loop {
                // Refused while an earlier one waits: it is on its way.
                board.send(link, Parcel::urgent(frame.to_vec()));
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        };
        let heard = other.wait_for(|input| match input {
            Input::Heard { frame: heard, .. } if heard == frame => Some(()),
            _ => None,
        });
        tokio::select! {
            () = again => {}
            () = heard => {}
        }
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// An address translator between two devices.
pub struct Relay {
    pub address: SocketAddr,
    pub state: watch::Sender<Way>,
    _task: JoinSet<()>,
}

/// By which of its outer sockets it passes datagrams on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Way {
    Open(usize),
    Closed,
}

impl Relay {
    pub async fn to(target: SocketAddr) -> Relay {
        let bind = || UdpSocket::bind("127.0.0.1:0");
        let inner = bind().await.expect("a port");
        let outer = [bind().await.expect("a port"), bind().await.expect("a port")];
        let address = inner.local_addr().expect("bound");
        let (state, way) = watch::channel(Way::Open(0));
        let mut task = JoinSet::new();
        task.spawn(async move {
            let mut caller = None;
            let (mut out, mut first, mut second) = ([0; 2048], [0; 2048], [0; 2048]);
            loop {
                let (length, from, bytes) = tokio::select! {
                    Ok((length, from)) = inner.recv_from(&mut out) => {
                        caller = Some(from);
                        (length, None, &out)
                    }
                    Ok((length, _)) = outer[0].recv_from(&mut first) => (length, Some(0), &first),
                    Ok((length, _)) = outer[1].recv_from(&mut second) => {
                        (length, Some(1), &second)
                    }
                };
                let Way::Open(by) = *way.borrow() else { continue };
                let _ = match (from, caller) {
                    (None, _) => outer[by].send_to(&bytes[..length], target).await,
                    (Some(from), Some(to)) if from == by => {
                        inner.send_to(&bytes[..length], to).await
                    }
                    (Some(_), _) => Ok(0),
                };
            }
        });
        Relay { address, state, _task: task }
    }
}

async fn directory(mut asks: mpsc::Receiver<Ask>, known: BTreeMap<String, u8>) {
    while let Some(Ask { request, answer }) = asks.recv().await {
        let Request::DeviceOfKey { key } = request else { panic!("only this is asked") };
        let row = known.get(&key).map(|number| DeviceRow {
            device: DeviceId(u16::from(*number)),
            unit: UnitId(1),
            unit_name: String::new(),
            roles: Vec::new(),
            key,
            order_key: None,
        });
        let unknown = || Refusal::new(RefusalCode::UnknownId, "没有", "none");
        let _ = answer.send(row.map(Reply::Device).ok_or_else(unknown));
    }
}

fn public(number: u8) -> [u8; 32] {
    DeviceKey::from_seed([number; 32]).public()
}
