//! Bearers: the thin shells between a socket or port and the machine. Each link says `LinkUp`,
//! `LinkDown` with a reason and a remedy, `LinkReady`, `Heard` and `Dropped`; each takes frames
//! one at a time. What to send is never decided here.

mod backoff;
mod beidou;
mod carry;
mod dialogue;
mod directip;
mod gateway;
mod kiss;
#[cfg(feature = "lan")]
mod lan;
mod meshtastic;
mod meter;
mod quic;
mod retry;
mod sbd;
mod slot;
mod sms;
pub mod switchboard;
mod udp;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use sanduan_protocol::link::profile::Profile;
use sanduan_protocol::node::Input;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::api::Api;
use crate::clock::Clock;
use crate::config::{BearerConfig, BearerKind, LanConfig};
use crate::home::Home;
use crate::village::Exchange;

pub use backoff::Backoff;
pub use retry::serial_reason;
pub use switchboard::{LinkDoor, LinkVoice, Parcel, Switchboard};

/// What every bearer needs of the daemon.
#[derive(Clone, Debug)]
pub struct Kit {
    /// Where links are opened.
    pub switchboard: Switchboard,
    /// Folder of the node: what a bearer must remember over a restart it keeps there.
    pub folder: PathBuf,
    /// Keys of the node.
    pub home: Home,
    /// The clock.
    pub clock: Clock,
    /// Requests to the machine.
    pub api: Arc<Api>,
    /// Texts to and from people.
    pub exchange: Exchange,
}

/// The running bearers.
#[derive(Debug)]
pub struct Bearers {
    kit: Kit,
    running: BTreeMap<String, Running>,
}

/// One running bearer. Dropping its tasks closes everything it has open.
#[derive(Debug)]
struct Running {
    config: BearerConfig,
    _tasks: JoinSet<()>,
}

impl Bearers {
    /// None yet.
    pub fn new(home: &Home, inputs: &mpsc::Sender<Input>, clock: Clock, api: &Arc<Api>) -> Self {
        let switchboard = Switchboard::metered(inputs.clone(), home.folder());
        let (folder, home) = (home.folder().to_owned(), home.clone());
        let (api, exchange) = (api.clone(), Exchange::default());
        let kit = Kit { switchboard, folder, home, clock, api, exchange };
        Bearers { kit, running: BTreeMap::new() }
    }

    /// Where the pump hands over frames.
    pub fn switchboard(&self) -> Switchboard {
        self.kit.switchboard.clone()
    }

    /// Where texts to and from people pass.
    pub fn exchange(&self) -> Exchange {
        self.kit.exchange.clone()
    }

    /// Let exactly these bearers run: what is gone or changed ends, what is new or changed
    /// starts, the rest is not touched.
    pub async fn apply(&mut self, bearers: &[BearerConfig]) {
        let ended: Vec<String> = self
            .running
            .iter()
            .filter(|(_, running)| !bearers.contains(&running.config))
            .map(|(name, _)| name.clone())
            .collect();
        for name in ended {
            let Some(running) = self.running.remove(&name) else { continue };
            let Running { _tasks: mut tasks, .. } = running;
            tasks.shutdown().await;
            self.kit.switchboard.close_all(&name).await;
        }
        for bearer in bearers {
            if !self.running.contains_key(&bearer.name) {
                self.running.insert(bearer.name.clone(), start(bearer, &self.kit));
            }
        }
    }
}

/// The links that a bearer opens at the start: dispatch only.
fn profiles(bearer: &BearerConfig) -> Vec<Profile> {
    match &bearer.kind {
        BearerKind::Udp(config) => udp::profiles(bearer, config),
        BearerKind::KissTcp { address, kiss } => vec![kiss::profile(bearer, kiss, address)],
        BearerKind::KissSerial { device, kiss, .. } => {
            vec![kiss::profile(bearer, kiss, &device.display().to_string())]
        }
        BearerKind::Gateway(gateway) => vec![gateway::profile(bearer, gateway)],
        BearerKind::Beidou(card) => beidou::profiles(bearer, card),
        BearerKind::Sbd(modem) => vec![sbd::profile(bearer, modem)],
        BearerKind::Sms(modem) => sms::profiles(bearer, modem),
        BearerKind::DirectIp(config) => directip::profiles(bearer, config),
        BearerKind::Quic(config) => quic::profiles(bearer, config),
        // Its links are opened when machines meet.
        BearerKind::Lan(_) => Vec::new(),
        BearerKind::Meshtastic(node) => vec![meshtastic::profile(bearer, node)],
        BearerKind::Carry(places) => carry::profiles(bearer, places),
    }
}

/// Start one bearer: dispatch only.
fn start(bearer: &BearerConfig, kit: &Kit) -> Running {
    let mut tasks = JoinSet::new();
    let mut doors: Vec<LinkDoor> =
        profiles(bearer).into_iter().filter_map(|profile| kit.switchboard.open(profile)).collect();
    match bearer.kind.clone() {
        BearerKind::Udp(config) => {
            tasks.spawn(udp::run(config, doors, kit.clock));
        }
        BearerKind::Quic(config) => {
            tasks.spawn(quic::run(bearer.clone(), config, doors, kit.clone()));
        }
        BearerKind::KissTcp { address, kiss } => {
            for door in doors {
                tasks.spawn(kiss::run_tcp(address.clone(), kiss, door, kit.clock));
            }
        }
        BearerKind::KissSerial { device, baud, kiss } => {
            for door in doors {
                tasks.spawn(kiss::run_serial(device.clone(), baud, kiss, door, kit.clock));
            }
        }
        BearerKind::Gateway(gateway) => {
            for door in doors {
                tasks.spawn(gateway::run(gateway.clone(), door, kit.clock));
            }
        }
        BearerKind::Beidou(card) => {
            let slot = slot::SlotFile::of(&kit.folder, &bearer.name);
            tasks.spawn(beidou::run(card, bearer.mtu, slot, doors, kit.clone()));
        }
        BearerKind::Sbd(modem) => {
            for door in doors {
                tasks.spawn(sbd::run(modem.clone(), door, kit.clock));
            }
        }
        BearerKind::Sms(modem) => {
            tasks.spawn(sms::run(modem, doors, kit.exchange.clone(), kit.clock));
        }
        BearerKind::DirectIp(config) => {
            tasks.spawn(directip::run(config, doors, kit.clock));
        }
        BearerKind::Lan(config) => start_lan(&mut tasks, bearer, config, kit),
        BearerKind::Meshtastic(node) => {
            for door in doors {
                tasks.spawn(meshtastic::run(node.clone(), door, kit.clock));
            }
        }
        BearerKind::Carry(places) => {
            if let Some(door) = doors.pop() {
                tasks.spawn(carry::run(places, door.voice, kit.api.clone()));
            }
        }
    }
    Running { config: bearer.clone(), _tasks: tasks }
}

/// Start an ad hoc network, in a program that was built with it.
#[cfg(feature = "lan")]
fn start_lan(tasks: &mut JoinSet<()>, bearer: &BearerConfig, config: LanConfig, kit: &Kit) {
    tasks.spawn(lan::run(bearer.clone(), config, kit.clone()));
}

/// Without it the configuration was refused already.
#[cfg(not(feature = "lan"))]
fn start_lan(_: &mut JoinSet<()>, _: &BearerConfig, _: LanConfig, _: &Kit) {}

/// The part of a profile that the configuration says of every bearer.
fn profile_of(bearer: &BearerConfig, name: String, target: String) -> Profile {
    Profile {
        name,
        bearer: bearer.name.clone(),
        kind: bearer.kind.word().to_owned(),
        target,
        mtu: bearer.mtu,
        rate_bit_s: bearer.rate_bit_s,
        per_burst_ms: bearer.per_burst_ms,
        beacon_max_ms: bearer.beacon_max_s.saturating_mul(1000),
        quota: bearer.quota,
        price: bearer.price,
        allowance: bearer.allowance,
        ..Profile::default()
    }
}

/// One link needs no more than its bearer's name; several are told apart by their targets.
fn link_name(bearer: &BearerConfig, target: &str, is_only: bool) -> String {
    match is_only {
        true => bearer.name.clone(),
        false => format!("{} {target}", bearer.name),
    }
}

#[cfg(test)]
mod tests;
