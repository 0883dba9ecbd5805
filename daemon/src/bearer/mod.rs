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
mod meshtastic;
mod meter;
mod retry;
mod sbd;
mod slot;
pub mod switchboard;
mod udp;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sanduan_protocol::base::ids::LinkId;
use sanduan_protocol::link::profile::Profile;
use sanduan_protocol::node::Input;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::api::Api;
use crate::clock::Clock;
use crate::config::{BearerConfig, BearerKind};

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
    /// The clock.
    pub clock: Clock,
    /// Requests to the machine.
    pub api: Arc<Api>,
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
    links: Vec<LinkId>,
    _tasks: JoinSet<()>,
}

impl Bearers {
    /// None yet.
    pub fn new(folder: &Path, inputs: &mpsc::Sender<Input>, clock: Clock, api: &Arc<Api>) -> Self {
        let switchboard = Switchboard::metered(inputs.clone(), folder);
        let kit = Kit { switchboard, folder: folder.to_owned(), clock, api: api.clone() };
        Bearers { kit, running: BTreeMap::new() }
    }

    /// Where the pump hands over frames.
    pub fn switchboard(&self) -> Switchboard {
        self.kit.switchboard.clone()
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
            let Running { links, _tasks: mut tasks, .. } = running;
            tasks.shutdown().await;
            for link in links {
                self.kit.switchboard.close(link).await;
            }
        }
        for bearer in bearers {
            if !self.running.contains_key(&bearer.name) {
                self.running.insert(bearer.name.clone(), start(bearer, &self.kit));
            }
        }
    }
}

/// Start one bearer: dispatch only.
fn start(bearer: &BearerConfig, kit: &Kit) -> Running {
    let mut tasks = JoinSet::new();
    let profiles = match &bearer.kind {
        BearerKind::Udp(config) => udp::profiles(bearer, config),
        BearerKind::KissTcp { address, kiss } => vec![kiss::profile(bearer, kiss, address)],
        BearerKind::KissSerial { device, kiss, .. } => {
            vec![kiss::profile(bearer, kiss, &device.display().to_string())]
        }
        BearerKind::Gateway(gateway) => vec![gateway::profile(bearer, gateway)],
        BearerKind::Beidou(card) => beidou::profiles(bearer, card),
        BearerKind::Sbd(modem) => vec![sbd::profile(bearer, modem)],
        BearerKind::DirectIp(config) => directip::profiles(bearer, config),
        BearerKind::Meshtastic(node) => vec![meshtastic::profile(bearer, node)],
        BearerKind::Carry(places) => carry::profiles(bearer, places),
    };
    let mut doors: Vec<LinkDoor> =
        profiles.into_iter().filter_map(|profile| kit.switchboard.open(profile)).collect();
    let links = doors.iter().map(|door| door.voice.link()).collect();
    match bearer.kind.clone() {
        BearerKind::Udp(config) => {
            tasks.spawn(udp::run(config, doors, kit.clock));
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
            tasks.spawn(beidou::run(card, bearer.mtu, slot, doors, kit.clock));
        }
        BearerKind::Sbd(modem) => {
            for door in doors {
                tasks.spawn(sbd::run(modem.clone(), door, kit.clock));
            }
        }
        BearerKind::DirectIp(config) => {
            tasks.spawn(directip::run(config, doors, kit.clock));
        }
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
    Running { config: bearer.clone(), links, _tasks: tasks }
}

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
