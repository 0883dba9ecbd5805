//! What is said to a Meshtastic node, and when. Bytes, frames and time in; bytes, frames and
//! states out.
//!
//! ```text
//!            opened, rebooted, silent                     config complete
//! (any) ────────────────────────────▶ asking ──────────────────────────────▶ up
//!                                      │  ▲ every 10 s                        │ frame ▶ packet
//!                                      └──┘ third time: mute                  │ air time over and
//!                                                                             ▼ queue free: ready
//! ```
//!
//! A packet is broadcast without asking for an ack. Other programs' packets on the channel are
//! not ours and not an error.

use std::collections::VecDeque;

use crate::base::caps::MESH_OUTPUTS_MAX;
use crate::base::time::Mono;
use crate::link::modem::meshtastic::air::{Lora, Preset};
use crate::link::modem::meshtastic::stream::{Framer, WAKE, framed};
use crate::link::modem::meshtastic::words::{
    AppContent, FromRadio, Heartbeat, LoraConfig, MeshPacket, QueueStatus, ToRadio,
};
use crate::link::modem::meshtastic::{EVERYONE, FRAME_EXTRA_BYTES, PAYLOAD_BYTES_MAX, PRIVATE_APP};

/// A node tells all of itself in two or three seconds; then the question was lost.
const ASK_AGAIN_MS: u64 = 10_000;
/// Questions without an answer after which people are told.
const ASKED_MUTE: u32 = 3;
/// A node drops a client that is silent for a quarter of an hour; newer ones answer with how
/// their queue stands.
const HEARTBEAT_MS: u64 = 120_000;
/// A node answers each packet with how its queue stands. One that does not say anything for so
/// long has hung or was restarted.
const SILENT_MS: u64 = 30_000;
/// A queue that stays full for so long is asked about.
const FULL_MS: u64 = 20_000;
/// Mean wait for a free channel, ms.
const ACCESS_MS: u64 = 200;
/// A frame takes the channel twice: once from us, once from whoever repeats it.
const AIR_SHARE: u64 = 2;
/// The contract of `link::profile::Profile`: no frame may have to be shorter.
const MTU_MIN: u16 = 64;

/// How the node is to be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Index of the channel.
    pub channel: u32,
    /// How many nodes may repeat a frame, 0 to 7.
    pub hop_limit: u32,
    /// Largest frame that is wanted.
    pub mtu: u16,
    /// Longest time that one emission may take by law, ms; 0 for no limit.
    pub emission_ms_max: u64,
    /// Where numbers of packets begin, so that they do not come back after a restart.
    pub first_id: u32,
}

/// Something for the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input<'a> {
    /// The line was opened.
    Opened,
    /// Bytes came from the node.
    Bytes(&'a [u8]),
    /// A frame to send.
    Frame(&'a [u8]),
    /// The deadline has come.
    Tick,
}

/// Something the machine wishes or says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Bytes for the node.
    Write(Vec<u8>),
    /// A frame came.
    Heard(Vec<u8>),
    /// How strongly frames are heard, 0 to 100.
    Signal(u8),
    /// The next frame may be handed over.
    Ready,
    /// How the node stands.
    State(MeshState),
    /// Something was dropped, with the reason word.
    Dropped(&'static str),
    /// Nothing more before this moment.
    Wait(Option<Mono>),
}

/// How the node stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeshState {
    /// It carries frames.
    Up {
        /// Largest frame.
        mtu: u16,
        /// Its rate.
        rate_bit_s: u32,
        /// Preamble and access, ms.
        per_burst_ms: u32,
    },
    /// It does not answer.
    Mute,
    /// It has started anew and is being asked again.
    Restarted,
    /// No region is set; it does not send.
    NoRegion,
    /// Sending is switched off.
    SendingOff,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Closed,
    Asking { asked: u32, again_at: Mono },
    Up,
}

/// One node.
#[derive(Clone, Debug)]
pub struct Meshtastic {
    settings: Settings,
    framer: Framer,
    phase: Phase,
    question: u32,
    next_id: u32,
    own: Option<u32>,
    radio: Option<LoraConfig>,
    lora: Lora,
    owes_ready: bool,
    busy_until: Mono,
    free: u32,
    full_asked: Mono,
    unanswered_since: Option<Mono>,
    heartbeat_at: Mono,
    outputs: VecDeque<Output>,
}

impl Meshtastic {
    /// A node that was not opened yet.
    pub fn new(settings: Settings) -> Meshtastic {
        Meshtastic {
            settings,
            framer: Framer::default(),
            phase: Phase::Closed,
            question: settings.first_id,
            next_id: settings.first_id,
            own: None,
            radio: None,
            lora: Preset::default().lora(),
            owes_ready: false,
            busy_until: Mono::default(),
            free: 1,
            full_asked: Mono::default(),
            unanswered_since: None,
            heartbeat_at: Mono::default(),
            outputs: VecDeque::new(),
        }
    }

    /// Take in one thing that happened.
    pub fn handle(&mut self, input: Input<'_>, now: Mono) {
        match input {
            Input::Opened => {
                self.framer = Framer::default();
                self.outputs.clear();
                self.busy_until = now;
                self.ask(0, now);
            }
            Input::Bytes(bytes) => {
                self.framer.push(bytes);
                while let Some(message) = self.framer.next() {
                    match FromRadio::read(&message) {
                        Some(message) => self.take(message, now),
                        None => self.put(Output::Dropped("mesh_unreadable")),
                    }
                }
            }
            Input::Frame(frame) => self.send(frame, now),
            Input::Tick => {}
        }
        self.settle(now);
    }

    /// The next wish; ends with `Wait`.
    pub fn poll_output(&mut self) -> Output {
        self.outputs.pop_front().unwrap_or_else(|| Output::Wait(self.deadline()))
    }

    fn put(&mut self, output: Output) {
        if self.outputs.len() < MESH_OUTPUTS_MAX {
            self.outputs.push_back(output);
        }
    }

    fn write(&mut self, message: &ToRadio) {
        self.put(Output::Write(framed(&message.bytes())));
    }

    fn ask(&mut self, asked: u32, now: Mono) {
        self.question = next_number(self.question);
        self.unanswered_since = None;
        self.phase = Phase::Asking { asked: asked + 1, again_at: now.after_ms(ASK_AGAIN_MS) };
        self.put(Output::Write(WAKE.to_vec()));
        let want_config_id = Some(self.question);
        self.write(&ToRadio { want_config_id, ..ToRadio::default() });
    }

    fn take(&mut self, message: FromRadio, now: Mono) {
        self.unanswered_since = None;
        if message.rebooted == Some(true) && self.phase != Phase::Closed {
            if self.phase == Phase::Up {
                self.put(Output::State(MeshState::Restarted));
            }
            self.ask(0, now);
        }
        if let Some(info) = message.my_info {
            self.own = Some(info.my_node_num);
        }
        if let Some(lora) = message.config.and_then(|config| config.lora) {
            self.radio = Some(lora);
        }
        if let Some(status) = message.queue_status {
            self.queue(status);
        }
        if let Some(packet) = message.packet {
            self.hear(packet, now);
        }
        let is_asking = matches!(self.phase, Phase::Asking { .. });
        if is_asking && message.config_complete_id == Some(self.question) {
            self.complete(now);
        }
    }

    fn complete(&mut self, now: Mono) {
        let radio = self.radio;
        self.lora = radio.and_then(lora_of).unwrap_or_else(|| Preset::default().lora());
        self.phase = Phase::Up;
        self.heartbeat_at = now.after_ms(HEARTBEAT_MS);
        self.free = self.free.max(1);
        let state = match radio {
            Some(radio) if radio.region == 0 => MeshState::NoRegion,
            Some(radio) if !radio.tx_enabled => MeshState::SendingOff,
            Some(_) | None => MeshState::Up {
                mtu: self.mtu(),
                rate_bit_s: self.lora.rate_bit_s(),
                per_burst_ms: (self.lora.air_ms(0) + ACCESS_MS) as u32,
            },
        };
        self.owes_ready = matches!(state, MeshState::Up { .. });
        self.put(Output::State(state));
    }

    fn mtu(&self) -> u16 {
        let most = self.settings.mtu.min(PAYLOAD_BYTES_MAX as u16);
        let by_law = match self.settings.emission_ms_max {
            0 => most,
            ms => (self.lora.bytes_within(ms) as u16).saturating_sub(FRAME_EXTRA_BYTES),
        };
        most.min(by_law).max(MTU_MIN)
    }

    fn queue(&mut self, status: QueueStatus) {
        self.free = status.free;
        if status.res != 0 {
            self.put(Output::Dropped("mesh_refused"));
        }
    }

    fn hear(&mut self, packet: MeshPacket, now: Mono) {
        let Some(data) = packet.decoded else { return };
        let bytes = data.payload.len() + usize::from(FRAME_EXTRA_BYTES);
        // Whoever is heard had the channel: what waits in the node leaves that much later.
        if self.busy_until > now {
            self.busy_until = self.busy_until.after_ms(self.lora.air_ms(bytes));
        }
        let is_ours = data.portnum == PRIVATE_APP && packet.channel == self.settings.channel;
        if !is_ours || self.own == Some(packet.from) || data.payload.is_empty() {
            return;
        }
        if let Some(rssi) = packet.rx_rssi {
            self.put(Output::Signal(percent(rssi)));
        }
        self.put(Output::Heard(data.payload));
    }

    fn send(&mut self, frame: &[u8], now: Mono) {
        self.owes_ready = true;
        if self.phase != Phase::Up || frame.len() > PAYLOAD_BYTES_MAX {
            let reason = if self.phase == Phase::Up { "mesh_too_long" } else { "mesh_not_up" };
            self.put(Output::Dropped(reason));
            return;
        }
        self.next_id = next_number(self.next_id);
        let packet = MeshPacket {
            to: EVERYONE,
            channel: self.settings.channel,
            decoded: Some(AppContent { portnum: PRIVATE_APP, payload: frame.to_vec() }),
            id: self.next_id,
            hop_limit: self.settings.hop_limit,
            ..MeshPacket::default()
        };
        self.write(&ToRadio { packet: Some(packet), ..ToRadio::default() });
        let air_ms = self.lora.air_ms(frame.len() + usize::from(FRAME_EXTRA_BYTES));
        self.busy_until = self.busy_until.max(now).after_ms(air_ms * AIR_SHARE + ACCESS_MS);
        self.free = self.free.saturating_sub(1);
        self.full_asked = now;
        self.unanswered_since.get_or_insert(now);
    }

    /// Whatever is due by now.
    fn settle(&mut self, now: Mono) {
        match self.phase {
            Phase::Closed => {}
            Phase::Asking { asked, again_at } => {
                if now >= again_at {
                    if asked == ASKED_MUTE {
                        self.put(Output::State(MeshState::Mute));
                    }
                    self.ask(asked, now);
                }
            }
            Phase::Up => self.settle_up(now),
        }
    }

    fn settle_up(&mut self, now: Mono) {
        if self.unanswered_since.is_some_and(|since| now >= since.after_ms(SILENT_MS)) {
            self.ask(0, now);
            return;
        }
        let is_stuck = self.is_full() && now >= self.full_asked.after_ms(FULL_MS);
        if now >= self.heartbeat_at || is_stuck {
            self.heartbeat_at = now.after_ms(HEARTBEAT_MS);
            self.full_asked = now;
            self.write(&ToRadio { heartbeat: Some(Heartbeat {}), ..ToRadio::default() });
        }
        if self.owes_ready && self.free > 0 && now >= self.busy_until {
            self.owes_ready = false;
            self.put(Output::Ready);
        }
    }

    fn is_full(&self) -> bool {
        self.owes_ready && self.free == 0
    }

    fn deadline(&self) -> Option<Mono> {
        match self.phase {
            Phase::Closed => None,
            Phase::Asking { again_at, .. } => Some(again_at),
            Phase::Up => {
                let ready_at = (self.owes_ready && self.free > 0).then_some(self.busy_until);
                let full_at = self.is_full().then(|| self.full_asked.after_ms(FULL_MS));
                let silent_at = self.unanswered_since.map(|since| since.after_ms(SILENT_MS));
                let due = [ready_at, full_at, silent_at, Some(self.heartbeat_at)];
                due.into_iter().flatten().min()
            }
        }
    }
}

fn lora_of(radio: LoraConfig) -> Option<Lora> {
    match radio.use_preset {
        true => Some(Preset(radio.modem_preset).lora()),
        false => Lora::custom(radio.bandwidth, radio.spread_factor, radio.coding_rate),
    }
}

/// Numbers of questions and packets; 0 means none.
fn next_number(number: u32) -> u32 {
    number.checked_add(1).unwrap_or(1)
}

/// -120 dBm is the edge of hearing at the slow presets, -60 dBm is next door.
fn percent(rssi: i32) -> u8 {
    ((rssi.clamp(-120, -60) + 120) * 100 / 60) as u8
}
