//! QUIC to peers over any IP network, tuned for satellite: one socket, one connection a peer.
//! Peers in the configuration are dialled; others of the network may call. Here the socket is
//! opened and calls are given to their lines.
//!
//! | file | holds |
//! |---|---|
//! | `tls` | raw public keys |
//! | `gate` | who may come in |
//! | `tuning` | every figure of the transport |
//! | `line` | one peer: dial, take calls, keep one connection |
//! | `carriage`, `pulse` | frames over one connection, in and out |
//! | `attach` | files beside the frames |
//! | `route` | which of our addresses leads to the peer |

mod attach;
mod carriage;
mod gate;
mod line;
mod pulse;
mod route;
#[cfg(test)]
mod tests;
mod tls;
mod tuning;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use quinn::{Endpoint, Incoming, TokioRuntime};
use sanduan_protocol::base::ids::LinkId;
use sanduan_protocol::keys::sign::DeviceKey;
use sanduan_protocol::link::profile::Profile;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::retry::Retry;
use super::{Kit, LinkDoor, LinkVoice, Switchboard, link_name, profile_of, udp};
use crate::clock::Clock;
use crate::config::{BearerConfig, QuicConfig};
use crate::files::Files;
use crate::said::Said;
use gate::Gate;
use line::{Arrival, Callee, Line};
use tls::PublicKey;
use tuning::Tuning;

/// Handshakes of callers at one time; beyond, callers must try again.
const HANDSHAKES_MAX: usize = 64;
/// Connections on their way to one line.
const ARRIVALS_MAX: usize = 4;

/// Why a connection is closed, in numbers that both sides know.
mod close {
    use quinn::VarInt;

    /// The key belongs to no device of the network.
    pub const UNKNOWN_DEVICE: VarInt = VarInt::from_u32(1);
    /// Both sides dialled; the other connection stays.
    pub const DUPLICATE: VarInt = VarInt::from_u32(2);
    /// The program is going down, or its configuration changed. The library says this number too,
    /// when a connection is dropped.
    pub const STOPPING: VarInt = VarInt::from_u32(0);
}

/// What all lines of one bearer share.
#[derive(Debug)]
struct Shared {
    endpoint: Endpoint,
    gate: Arc<Gate>,
    own: PublicKey,
    tuning: Tuning,
    clock: Clock,
    /// Set where the link is fast enough for files.
    files: Option<Arc<Files>>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        // Otherwise the peers would believe in their connections for a quarter of an hour.
        self.endpoint.close(close::STOPPING, b"stopping");
    }
}

/// One profile a peer of the configuration.
pub fn profiles(bearer: &BearerConfig, config: &QuicConfig) -> Vec<Profile> {
    let is_only = config.peers.len() == 1;
    let tuning = Tuning::of(config, bearer.rate_bit_s);
    let profile = |peer: &crate::config::QuicPeer| {
        let target = peer.address.to_string();
        tuning.profile(profile_of(bearer, link_name(bearer, &target, is_only), target))
    };
    config.peers.iter().map(profile).collect()
}

/// Run one bearer until it is dropped.
pub async fn run(bearer: BearerConfig, config: QuicConfig, doors: Vec<LinkDoor>, kit: Kit) {
    let voices: Vec<LinkVoice> = doors.iter().map(|door| door.voice.clone()).collect();
    let shared = Arc::new(open(&bearer, &config, &kit, &voices).await);
    let mut exchange = Exchange::new(bearer, shared, kit.switchboard, &voices);
    for (peer, door) in config.peers.into_iter().zip(doors) {
        let name = format!("peer{}.sanduan", exchange.next);
        let callee = Callee { address: peer.address, device: peer.device, name };
        exchange.add(door, Some(callee));
    }
    exchange.run().await;
}

/// Open the socket, however long it takes.
async fn open(
    bearer: &BearerConfig,
    config: &QuicConfig,
    kit: &Kit,
    voices: &[LinkVoice],
) -> Shared {
    let mut retry = Retry::new();
    loop {
        let reason = match try_open(bearer, config, kit) {
            Ok(shared) => return shared,
            Err(reason) => reason,
        };
        retry.pause(voices.iter(), reason).await;
    }
}

fn try_open(bearer: &BearerConfig, config: &QuicConfig, kit: &Kit) -> Result<Shared, String> {
    let said = |said: Said| said.to_string();
    let home = &kit.home;
    let missing = || {
        "本机尚未入网：先运行 sanduan init 或 device join / this device has joined no network: run \
         sanduan init or device join first"
            .to_owned()
    };
    let seed = home.device_seed().map_err(said)?.ok_or_else(missing)?;
    let member = home.member().map_err(said)?.ok_or_else(missing)?;
    let own = DeviceKey::from_seed(*seed).public();
    let unusable = |error: &dyn std::fmt::Display| {
        format!(
            "QUIC 不能使用本机密钥（{error}） / QUIC cannot use the key of this device ({error})"
        )
    };
    let tls = tls::of_seed(&seed).map_err(|error| unusable(&error))?;
    let tuning = Tuning::of(config, bearer.rate_bit_s);
    let (client, server) = tuning.sides(&tls);
    let cannot = |error: std::io::Error| udp::bind_reason(config.listen, &error);
    let socket = std::net::UdpSocket::bind(config.listen).map_err(cannot)?;
    let settings = tuning::endpoint(&seed);
    let runtime = Arc::new(TokioRuntime);
    let mut endpoint = Endpoint::new(settings, Some(server), socket, runtime).map_err(cannot)?;
    endpoint.set_default_client_config(client);
    let gate = Arc::new(Gate::new(kit.api.clone(), own, &member));
    let is_broad = bearer.rate_bit_s >= config.files_min_rate_bit_s;
    let files = kit.api.files().filter(|_| is_broad).cloned();
    Ok(Shared { endpoint, gate, own, tuning, clock: kit.clock, files })
}

/// Gives calls to their lines.
struct Exchange {
    bearer: BearerConfig,
    shared: Arc<Shared>,
    switchboard: Switchboard,
    /// Where callers without a line are counted.
    counter: Option<LinkVoice>,
    lines: JoinSet<usize>,
    entries: BTreeMap<usize, Entry>,
    next: usize,
    tell_known: mpsc::Sender<Known>,
    known: mpsc::Receiver<Known>,
}

/// The line of this number leads to the device with this key.
type Known = (usize, PublicKey);

/// One line, seen from the exchange.
struct Entry {
    arrivals: mpsc::Sender<Arrival>,
    address: Option<SocketAddr>,
    key: Option<PublicKey>,
    /// Set for lines that no configuration opened.
    _guest: Option<GuestLink>,
}

/// Takes the link of a guest away when its line ends, also when the whole bearer does.
struct GuestLink {
    switchboard: Switchboard,
    link: LinkId,
}

impl Drop for GuestLink {
    fn drop(&mut self) {
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let (switchboard, link) = (self.switchboard.clone(), self.link);
            runtime.spawn(async move { switchboard.close(link).await });
        }
    }
}

impl Exchange {
    fn new(
        bearer: BearerConfig,
        shared: Arc<Shared>,
        switchboard: Switchboard,
        voices: &[LinkVoice],
    ) -> Exchange {
        let (tell_known, known) = mpsc::channel(HANDSHAKES_MAX);
        Exchange {
            bearer,
            shared,
            switchboard,
            counter: voices.first().cloned(),
            lines: JoinSet::new(),
            entries: BTreeMap::new(),
            next: 0,
            tell_known,
            known,
        }
    }

    async fn run(mut self) {
        let mut callers: JoinSet<Result<Arrival, NotIn>> = JoinSet::new();
        loop {
            tokio::select! {
                incoming = self.shared.endpoint.accept() => match incoming {
                    Some(incoming) if callers.len() >= HANDSHAKES_MAX => incoming.refuse(),
                    Some(incoming) => drop(callers.spawn(receive(self.shared.clone(), incoming))),
                    None => return,
                },
                Some(received) = callers.join_next() => match received {
                    Ok(Ok(arrival)) => self.connect(arrival),
                    Ok(Err(NotIn::Stranger)) => self.count_stranger().await,
                    Ok(Err(NotIn::Lost)) | Err(_) => {}
                },
                Some((number, key)) = self.known.recv() => {
                    if let Some(entry) = self.entries.get_mut(&number) {
                        entry.key = Some(key);
                    }
                }
                Some(ended) = self.lines.join_next() => {
                    if let Ok(number) = ended {
                        self.entries.remove(&number);
                    }
                }
            }
        }
    }

    async fn count_stranger(&self) {
        match &self.counter {
            Some(voice) => voice.dropped("quic_unknown_device").await,
            None => tracing::debug!("a caller that is no device of the network"),
        }
    }

    /// Give a call to the line of its key, or of its address, or to a new one.
    fn connect(&mut self, arrival: Arrival) {
        let (key, from) = (arrival.guest.key, canonical(arrival.connection.remote_address()));
        let by_key = self.entries.values().find(|entry| entry.key == Some(key));
        let by_address = || {
            let is_there = |entry: &&Entry| entry.key.is_none() && entry.address == Some(from);
            self.entries.values().find(is_there)
        };
        let to = match by_key.or_else(by_address) {
            Some(entry) => Some(entry.arrivals.clone()),
            None => self.add_guest(&arrival),
        };
        let refused = match to {
            Some(to) => to.try_send(arrival).err().map(|error| error.into_inner()),
            None => Some(arrival),
        };
        if let Some(arrival) = refused {
            tracing::debug!(%from, "a caller found no free line");
            arrival.connection.close(close::STOPPING, b"no free line");
        }
    }

    fn add_guest(&mut self, arrival: &Arrival) -> Option<mpsc::Sender<Arrival>> {
        let target = arrival.connection.remote_address().to_string();
        let who = match arrival.guest.device {
            Some(device) => format!("#{device}"),
            None => target.clone(),
        };
        let name = format!("{} {who}", self.bearer.name);
        let profile = self.shared.tuning.profile(profile_of(&self.bearer, name, target));
        let door = self.switchboard.open(profile)?;
        Some(self.add(door, None))
    }

    fn add(&mut self, door: LinkDoor, callee: Option<Callee>) -> mpsc::Sender<Arrival> {
        let (to, arrivals) = mpsc::channel(ARRIVALS_MAX);
        let number = self.next;
        self.next += 1;
        let (switchboard, link) = (self.switchboard.clone(), door.voice.link());
        let entry = Entry {
            arrivals: to.clone(),
            address: callee.as_ref().map(|callee| canonical(callee.address)),
            key: None,
            _guest: callee.is_none().then(|| GuestLink { switchboard, link }),
        };
        self.entries.insert(number, entry);
        let (known, shared) = (self.tell_known.clone(), self.shared.clone());
        self.lines.spawn(Line { door, callee, arrivals, known, number, shared }.run());
        to
    }
}

/// Why a caller was not let in.
enum NotIn {
    /// It is no device of the network.
    Stranger,
    /// The call was lost before that was known.
    Lost,
}

/// Take a call: see who it is.
async fn receive(shared: Arc<Shared>, incoming: Incoming) -> Result<Arrival, NotIn> {
    let patience = shared.tuning.dial_max();
    // A server may always speak before the handshake ends; a caller with a ticket is known then.
    let connecting = incoming.accept().map_err(|_| NotIn::Lost)?;
    let (connection, done) = connecting.into_0rtt().map_err(|_| NotIn::Lost)?;
    let key = match line::identity(&connection) {
        Some(key) => key,
        None => {
            tokio::time::timeout(patience, done).await.map_err(|_| NotIn::Lost)?;
            line::identity(&connection).ok_or(NotIn::Lost)?
        }
    };
    match shared.gate.admit(&connection, key, patience).await {
        Some(guest) => Ok(Arrival { connection, guest, is_ours: false, early: None }),
        None => {
            connection.close(close::UNKNOWN_DEVICE, b"unknown device");
            Err(NotIn::Stranger)
        }
    }
}

/// A socket on `[::]` sees IPv4 peers in mapped form.
fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}
