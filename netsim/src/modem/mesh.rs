//! Meshtastic nodes on one LoRa channel. What one sends takes its air time, then everyone else has
//! it; each node keeps a short queue and says how it stands. Other people's texts are on the
//! channel too. Repeating over hops and the channel's secret are not modelled: all hear all.
//!
//! ```text
//! host ─ ToRadio ─> node ─ queue, 16 ─> the channel, one at a time ─ FromRadio ─> others
//!   ^                 └ QueueStatus                 └ lost with a share
//!   └── OwnNode, Config, config complete: after want_config
//! ```
//!
//! All times are divided by [`MeshConfig::scale`].

use std::collections::{BTreeMap, VecDeque};

use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::base::time::Mono;
use sanduan_protocol::link::modem::meshtastic::stream::{Framer, framed};
use sanduan_protocol::link::modem::meshtastic::words::{
    AppContent, Config, FromRadio, LoraConfig, MeshPacket, OwnNode, QueueStatus, ToRadio,
};
use sanduan_protocol::link::modem::meshtastic::{
    EVERYONE, FRAME_EXTRA_BYTES, PAYLOAD_BYTES_MAX, Preset,
};

mod orders;

pub use orders::MeshTerminals;

#[cfg(test)]
mod tests;

/// Packets that a node keeps.
const QUEUE_MAX: usize = 16;
/// A command is answered so late, ms.
const ANSWER_MS: u64 = 30;
/// A node needs so long to start, ms.
const START_MS: u64 = 3_000;
/// Why a packet is refused: `Routing.Error.TOO_LARGE` of mesh.proto.
const TOO_LARGE: i32 = 7;
/// The same, queue full; firmware answers with its internal code.
const QUEUE_FULL: i32 = 35;
/// Application of typed texts: `TEXT_MESSAGE_APP` of portnums.proto.
const TEXT_APP: u32 = 1;
/// A number of a region in config.proto; 4 is China.
const REGION: u32 = 4;
/// Things that wait to happen.
const DUE_MAX: usize = 10_000;

/// What the nodes and their channel are like.
#[derive(Clone, Debug)]
pub struct MeshConfig {
    /// How many times faster than real time.
    pub scale: u32,
    /// Preset of every node.
    pub preset: Preset,
    /// Packets that a receiver loses, per million.
    pub loss_ppm: u32,
}

/// A fault or its end, ordered by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeshFault {
    /// It starts anew: its queue is gone, and it must be asked again.
    Reboot,
    /// It hangs, or works again.
    Hung(bool),
    /// Its queue takes nothing, or does again.
    Full(bool),
    /// The next so many packets of it are heard by nobody.
    Lose(u32),
    /// Somebody types a text on it.
    Text,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MeshEvent {
    /// Bytes for the host of a node.
    ToHost(usize, Vec<u8>),
    /// A packet of a node was on the air; so many others have it.
    Sent(usize, usize, usize),
    /// A packet was refused, with this code.
    Refused(usize, i32),
    /// A node was asked for all of itself.
    Asked(usize),
    /// A node started anew.
    Restarted(usize),
}

#[derive(Debug, Default)]
struct Node {
    framer: Framer,
    queue: VecDeque<MeshPacket>,
    hung: bool,
    full: bool,
    starting: bool,
    lose: u32,
    texts: u32,
    sent: u64,
    heard: u64,
}

#[derive(Debug)]
enum Due {
    ToHost(usize, FromRadio),
    Landed(usize, MeshPacket),
    Started(usize),
}

/// The nodes and the channel between them.
#[derive(Debug)]
pub struct MeshNet {
    config: MeshConfig,
    dice: Dice,
    nodes: Vec<Node>,
    is_busy: bool,
    due: BTreeMap<(Mono, u64), Due>,
    next_due: u64,
    events: VecDeque<MeshEvent>,
}

impl MeshNet {
    /// So many nodes that all hear each other.
    pub fn new(config: MeshConfig, nodes: usize, seed: u64) -> MeshNet {
        MeshNet {
            config,
            dice: Dice::new(seed),
            nodes: (0..nodes).map(|_| Node::default()).collect(),
            is_busy: false,
            due: BTreeMap::new(),
            next_due: 0,
            events: VecDeque::new(),
        }
    }

    /// Begin or end a fault.
    pub fn order(&mut self, at: usize, fault: MeshFault, now: Mono) {
        match fault {
            MeshFault::Reboot => {
                let node = &mut self.nodes[at];
                (node.starting, node.framer) = (true, Framer::default());
                node.queue.clear();
                self.plan(START_MS, Due::Started(at), now);
            }
            MeshFault::Hung(hung) => self.nodes[at].hung = hung,
            MeshFault::Full(full) => {
                self.nodes[at].full = full;
                self.tell_queue(at, 0, 0, now);
            }
            MeshFault::Lose(count) => self.nodes[at].lose = count,
            MeshFault::Text => {
                let node = &mut self.nodes[at];
                node.texts += 1;
                let payload = format!("有人吗 {}", node.texts).into_bytes();
                let decoded = Some(AppContent { portnum: TEXT_APP, payload });
                let packet = MeshPacket { to: EVERYONE, decoded, ..MeshPacket::default() };
                node.queue.push_back(packet);
                self.use_air(now);
            }
        }
    }

    /// The host of a node wrote bytes.
    pub fn host_wrote(&mut self, at: usize, bytes: &[u8], now: Mono) {
        let node = &mut self.nodes[at];
        if node.hung || node.starting {
            return;
        }
        node.framer.push(bytes);
        let messages: Vec<Vec<u8>> = node.framer.by_ref().collect();
        for message in messages.iter().filter_map(|message| ToRadio::read(message)) {
            self.obey(at, message, now);
        }
    }

    /// The next thing that happened by `now`.
    pub fn poll(&mut self, now: Mono) -> Option<MeshEvent> {
        while self.events.is_empty() {
            let first = self.due.first_entry().filter(|entry| entry.key().0 <= now)?;
            match first.remove() {
                Due::ToHost(at, message) => {
                    if !self.nodes[at].hung {
                        let bytes = framed(&message.bytes());
                        self.events.push_back(MeshEvent::ToHost(at, bytes));
                    }
                }
                Due::Landed(at, packet) => self.land(at, packet, now),
                Due::Started(at) => {
                    self.nodes[at].starting = false;
                    self.events.push_back(MeshEvent::Restarted(at));
                    let rebooted = Some(true);
                    self.tell(at, FromRadio { rebooted, ..FromRadio::default() }, now);
                }
            }
        }
        self.events.pop_front()
    }

    /// When `poll` must be asked again.
    pub fn next_deadline(&self) -> Option<Mono> {
        if !self.events.is_empty() {
            return Some(Mono(0));
        }
        self.due.keys().next().map(|(at, _)| *at)
    }

    fn obey(&mut self, at: usize, message: ToRadio, now: Mono) {
        if let Some(question) = message.want_config_id {
            self.introduce(at, question, now);
        }
        if let Some(packet) = message.packet {
            self.enqueue(at, packet, now);
        }
        if message.heartbeat.is_some() {
            self.tell_queue(at, 0, 0, now);
        }
    }

    fn introduce(&mut self, at: usize, question: u32, now: Mono) {
        self.events.push_back(MeshEvent::Asked(at));
        let my_info = Some(OwnNode { my_node_num: number(at) });
        self.tell(at, FromRadio { my_info, ..FromRadio::default() }, now);
        let lora = LoraConfig {
            use_preset: true,
            modem_preset: self.config.preset.0,
            region: REGION,
            tx_enabled: true,
            ..LoraConfig::default()
        };
        let config = Some(Config { lora: Some(lora) });
        self.tell(at, FromRadio { config, ..FromRadio::default() }, now);
        let config_complete_id = Some(question);
        self.tell(at, FromRadio { config_complete_id, ..FromRadio::default() }, now);
    }

    fn enqueue(&mut self, at: usize, packet: MeshPacket, now: Mono) {
        let bytes = packet.decoded.as_ref().map_or(0, |data| data.payload.len());
        let node = &mut self.nodes[at];
        let refused = match (bytes > PAYLOAD_BYTES_MAX, node.full || node.queue.len() >= QUEUE_MAX)
        {
            (true, _) => TOO_LARGE,
            (false, true) => QUEUE_FULL,
            (false, false) => 0,
        };
        let id = packet.id;
        match refused {
            0 => node.queue.push_back(packet),
            code => self.events.push_back(MeshEvent::Refused(at, code)),
        }
        self.tell_queue(at, refused, id, now);
        self.use_air(now);
    }

    /// If the channel is free, somebody takes it.
    fn use_air(&mut self, now: Mono) {
        if self.is_busy {
            return;
        }
        let waiting: Vec<usize> =
            (0..self.nodes.len()).filter(|at| !self.nodes[*at].queue.is_empty()).collect();
        if waiting.is_empty() {
            return;
        }
        let at = waiting[self.dice.below(waiting.len() as u64) as usize];
        let Some(mut packet) = self.nodes[at].queue.pop_front() else { return };
        packet.from = number(at);
        let payload = packet.decoded.as_ref().map_or(0, |data| data.payload.len());
        let air_ms = self.config.preset.lora().air_ms(payload + usize::from(FRAME_EXTRA_BYTES));
        self.is_busy = true;
        self.plan(air_ms, Due::Landed(at, packet), now);
    }

    fn land(&mut self, from: usize, packet: MeshPacket, now: Mono) {
        self.is_busy = false;
        let is_lost = self.nodes[from].lose > 0;
        self.nodes[from].lose = self.nodes[from].lose.saturating_sub(1);
        self.nodes[from].sent += 1;
        let mut reached = 0;
        for at in (0..self.nodes.len()).filter(|at| *at != from) {
            if is_lost || self.nodes[at].starting || self.dice.chance(self.config.loss_ppm) {
                continue;
            }
            reached += 1;
            self.nodes[at].heard += 1;
            let heard = MeshPacket { rx_rssi: Some(-92), ..packet.clone() };
            self.tell(at, FromRadio { packet: Some(heard), ..FromRadio::default() }, now);
        }
        let bytes = packet.decoded.as_ref().map_or(0, |data| data.payload.len());
        self.events.push_back(MeshEvent::Sent(from, bytes, reached));
        self.tell_queue(from, 0, packet.id, now);
        self.use_air(now);
    }

    fn tell_queue(&mut self, at: usize, res: i32, id: u32, now: Mono) {
        let node = &self.nodes[at];
        let free = if node.full { 0 } else { QUEUE_MAX.saturating_sub(node.queue.len()) as u32 };
        let status = QueueStatus { res, free, maxlen: QUEUE_MAX as u32, mesh_packet_id: id };
        self.tell(at, FromRadio { queue_status: Some(status), ..FromRadio::default() }, now);
    }

    fn tell(&mut self, at: usize, message: FromRadio, now: Mono) {
        self.plan(ANSWER_MS, Due::ToHost(at, message), now);
    }

    fn plan(&mut self, after_ms: u64, due: Due, now: Mono) {
        if self.due.len() < DUE_MAX {
            let at = now.after_ms(after_ms / u64::from(self.config.scale.max(1)));
            self.due.insert((at, self.next_due), due);
            self.next_due += 1;
        }
    }
}

/// Number of a node: made of a hardware address in real ones.
fn number(at: usize) -> u32 {
    0x5d00_0001 + at as u32
}
