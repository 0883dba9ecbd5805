//! Bearers: the thin shells between a socket or port and the machine. Each link says `LinkUp`,
//! `LinkDown` with a reason and a remedy, `LinkReady`, `Heard` and `Dropped`; each takes frames
//! one at a time. What to send is never decided here.

mod backoff;
mod beidou;
mod carry;
mod kiss;
mod retry;
mod sbd;
mod slot;
mod udp;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use sanduan_protocol::base::ids::LinkId;
use sanduan_protocol::link::profile::{Medium, Profile};
use sanduan_protocol::node::Input;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::api::Api;
use crate::clock::Clock;
use crate::config::{BearerConfig, BearerKind};

pub use backoff::Backoff;
pub use retry::serial_reason;

/// Frames on their way from the pump to a link's task. The machine sends one and waits for
/// `LinkReady`, so there is never more than one; the second place covers a reconnect.
const FRAMES_WAITING_MAX: usize = 2;
/// IPv4 and UDP headers (RFC 791, RFC 768).
const UDP_HEAD_BYTES: u16 = 28;
/// Frame check sequence and two flags of HDLC, which a TNC adds to what KISS hands it (AX.25 2.2,
/// section 3).
const HDLC_BYTES: u16 = 4;

/// The running bearers.
#[derive(Debug)]
pub struct Bearers {
    /// Where the pump puts frames, by link.
    pub frames: BTreeMap<LinkId, mpsc::Sender<Vec<u8>>>,
    /// The tasks; dropping them closes everything.
    pub tasks: JoinSet<()>,
}

/// What one link says to the machine.
#[derive(Clone, Debug)]
pub struct LinkVoice {
    link: LinkId,
    profile: Profile,
    inputs: mpsc::Sender<Input>,
}

/// One link as its task sees it.
#[derive(Debug)]
pub struct LinkDoor {
    /// What it says.
    pub voice: LinkVoice,
    /// Frames to carry.
    pub frames: mpsc::Receiver<Vec<u8>>,
}

/// Start all bearers; links are numbered from 1 in the order of the configuration. What a bearer
/// must remember over a restart it keeps in `folder`.
pub fn start(
    bearers: &[BearerConfig],
    folder: &Path,
    inputs: &mpsc::Sender<Input>,
    clock: Clock,
    api: &Arc<Api>,
) -> Bearers {
    let mut started = Bearers { frames: BTreeMap::new(), tasks: JoinSet::new() };
    for bearer in bearers {
        let doors: Vec<LinkDoor> = profiles(bearer)
            .into_iter()
            .map(|profile| {
                let link = LinkId(started.frames.len() as u16 + 1);
                let (to_link, frames) = mpsc::channel(FRAMES_WAITING_MAX);
                started.frames.insert(link, to_link);
                let voice = LinkVoice { link, profile, inputs: inputs.clone() };
                LinkDoor { voice, frames }
            })
            .collect();
        match bearer.kind.clone() {
            BearerKind::Udp { listen, peers } => {
                started.tasks.spawn(udp::run(listen, peers, doors, clock));
            }
            BearerKind::KissTcp { address } => {
                for door in doors {
                    started.tasks.spawn(kiss::run_tcp(address.clone(), door, clock));
                }
            }
            BearerKind::KissSerial { device, baud } => {
                for door in doors {
                    started.tasks.spawn(kiss::run_serial(device.clone(), baud, door, clock));
                }
            }
            BearerKind::Beidou(card) => {
                let slot = slot::SlotFile::of(folder, &bearer.name);
                started.tasks.spawn(beidou::run(card, bearer.mtu, slot, doors, clock));
            }
            BearerKind::Sbd(modem) => {
                for door in doors {
                    started.tasks.spawn(sbd::run(modem.clone(), door, clock));
                }
            }
            BearerKind::Carry { folder: mount } => {
                for (mount, door) in mount.into_iter().zip(doors) {
                    started.tasks.spawn(carry::run(mount, door.voice, api.clone()));
                }
            }
        }
    }
    started
}

/// One profile a link.
fn profiles(bearer: &BearerConfig) -> Vec<Profile> {
    let profile = |name: String, target: String| {
        let (medium, half_duplex, per_frame_bytes) = match bearer.kind {
            BearerKind::KissTcp { .. } | BearerKind::KissSerial { .. } => {
                (Medium::Broadcast, true, HDLC_BYTES)
            }
            // A message is charged whole, so the words around it cost nothing.
            BearerKind::Beidou(_) | BearerKind::Sbd(_) => (Medium::Unicast, true, 0),
            BearerKind::Udp { .. } => (Medium::Unicast, false, UDP_HEAD_BYTES),
            BearerKind::Carry { .. } => (Medium::Carry, false, 0),
        };
        Profile {
            name,
            kind: bearer.kind.word().to_owned(),
            target,
            mtu: bearer.mtu,
            rate_bit_s: bearer.rate_bit_s,
            per_burst_ms: bearer.per_burst_ms,
            per_frame_bytes,
            medium,
            half_duplex,
            min_interval_ms: 0,
            beacon_max_ms: bearer.beacon_max_s.saturating_mul(1000),
        }
    };
    match &bearer.kind {
        BearerKind::Udp { peers, .. } => {
            let alone = peers.len() == 1;
            let named = |peer: &std::net::SocketAddr| match alone {
                true => bearer.name.clone(),
                false => format!("{} {peer}", bearer.name),
            };
            peers.iter().map(|peer| profile(named(peer), peer.to_string())).collect()
        }
        BearerKind::KissTcp { address } => vec![profile(bearer.name.clone(), address.clone())],
        BearerKind::KissSerial { device, .. } => {
            vec![profile(bearer.name.clone(), device.display().to_string())]
        }
        BearerKind::Beidou(card) => {
            let named = |target: &String| match card.peers.len() + usize::from(card.group.is_some())
            {
                1 => bearer.name.clone(),
                _ => format!("{} {target}", bearer.name),
            };
            let peers = card.peers.iter().map(|cards| {
                let cards: Vec<String> = cards.iter().map(u32::to_string).collect();
                (cards.join("+"), Medium::Unicast)
            });
            let group = card.group.map(|group| (group.to_string(), Medium::Broadcast));
            peers
                .chain(group)
                .map(|(target, medium)| Profile { medium, ..profile(named(&target), target) })
                .collect()
        }
        BearerKind::Sbd(modem) => {
            vec![profile(bearer.name.clone(), modem.device.display().to_string())]
        }
        BearerKind::Carry { folder } => {
            folder.iter().map(|at| profile(bearer.name.clone(), at.display().to_string())).collect()
        }
    }
}

impl LinkVoice {
    /// What the link can carry.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// What the link can carry was learned from its device.
    pub fn learn(&mut self, profile: Profile) {
        self.profile = profile;
    }

    /// The link carries frames.
    pub async fn up(&self) {
        let (link, profile) = (self.link, self.profile.clone());
        self.say(Input::LinkUp { link, profile }).await;
    }

    /// The link stopped working. The reason names a remedy.
    pub async fn down(&self, reason: &str) {
        tracing::warn!(link = %self.profile.name, reason, "链路中断 / link down");
        let (link, profile) = (self.link, self.profile.clone());
        self.say(Input::LinkDown { link, profile, reason: reason.to_owned() }).await;
    }

    /// The link can take one frame.
    pub async fn ready(&self) {
        self.say(Input::LinkReady { link: self.link }).await;
    }

    /// A frame came.
    pub async fn heard(&self, frame: Vec<u8>) {
        self.say(Input::Heard { link: self.link, frame }).await;
    }

    /// Something came that is no frame.
    pub async fn dropped(&self, reason: &'static str) {
        self.say(Input::Dropped { link: self.link, reason }).await;
    }

    async fn say(&self, input: Input) {
        // A full channel makes the task wait and with it the socket: the outside is slowed down,
        // nothing grows. A closed one means that the daemon is stopping.
        let _ = self.inputs.send(input).await;
    }
}

#[cfg(test)]
mod tests;
