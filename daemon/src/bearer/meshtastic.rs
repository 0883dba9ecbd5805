//! A Meshtastic node on a serial port or TCP: opens the line, keeps the dialogue going, opens it
//! again. What to say to the node and when is `protocol::link::modem::meshtastic`'s.

use std::time::Duration;

use sanduan_protocol::base::time::Now;
use sanduan_protocol::link::condition::Condition;
use sanduan_protocol::link::modem::meshtastic::{
    FRAME_EXTRA_BYTES, Input, MeshState, Meshtastic, Output, Settings,
};
use sanduan_protocol::link::profile::{Exposure, Medium, Profile};
use sanduan_protocol::local::halves;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::dialogue::{Ends, Machine, Wish, converse, run_serial};
use super::retry::Retry;
use super::{LinkDoor, Parcel, profile_of};
use crate::clock::{self, Clock};
use crate::config::{BearerConfig, MeshLine, MeshtasticConfig};
use crate::said::Said;

/// A node that does not answer a connection for so long is not there.
const CONNECT_MAX: Duration = Duration::from_secs(10);

/// The profile of the link over a node, until the node has told its preset.
pub fn profile(bearer: &BearerConfig, config: &MeshtasticConfig) -> Profile {
    Profile {
        medium: Medium::Broadcast,
        half_duplex: true,
        per_frame_bytes: FRAME_EXTRA_BYTES,
        exposure: Exposure::Open,
        experimental: true,
        ..profile_of(bearer, bearer.name.clone(), config.line.target())
    }
}

/// Run one bearer until it is dropped.
pub async fn run(config: MeshtasticConfig, door: LinkDoor, clock: Clock) {
    let settings = Settings {
        channel: config.channel,
        hop_limit: config.hop_limit,
        mtu: door.voice.profile().mtu,
        emission_ms_max: u64::from(config.emission_ms_max),
        // Nodes remember numbers for some minutes; seconds move on over a restart.
        first_id: (clock::wall().0 / 1000) as u32,
    };
    let mut node = Meshtastic::new(settings);
    let (is_up, owes_ready, signal_pct) = (false, false, None);
    let mut link = MeshLink { door, is_up, owes_ready, signal_pct };
    match &config.line {
        MeshLine::Serial { device, baud } => {
            run_serial(device, *baud, &mut node, &mut link, clock).await;
        }
        MeshLine::Tcp { address } => run_tcp(address, &mut node, &mut link, clock).await,
    }
}

async fn run_tcp(address: &str, node: &mut Meshtastic, link: &mut MeshLink, clock: Clock) {
    let mut retry = Retry::new();
    loop {
        let reason = match timeout(CONNECT_MAX, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                // Messages are small and wait for each other; an error only costs latency.
                let _ = stream.set_nodelay(true);
                let why = retry.keep(converse(node, link, stream, clock)).await;
                let (zh, en) = halves(&why);
                format!(
                    "与 Meshtastic 节点 {address} 的连接断开（{zh}），正在重连 / lost the \
                     Meshtastic node {address} ({en}); reconnecting"
                )
            }
            Ok(Err(error)) => {
                let Said { zh, en } = Said::of_line(&error);
                format!(
                    "连不上 Meshtastic 节点 {address}（{zh}）：检查节点是否开机、Wi-Fi 和地址 / \
                     cannot reach the Meshtastic node {address} ({en}): check its power, Wi-Fi \
                     and address"
                )
            }
            Err(_) => format!(
                "Meshtastic 节点 {address} 无应答：检查网络和地址 / the Meshtastic node {address} \
                 does not answer: check network and address"
            ),
        };
        if retry.is_news(&reason) {
            link.lost(&reason).await;
        }
        retry.wait().await;
    }
}

/// What the node tells its link.
#[derive(Debug)]
pub(super) enum Word {
    Heard(Vec<u8>),
    Signal(u8),
    Ready,
    State(MeshState),
    Dropped(&'static str),
}

impl Machine for Meshtastic {
    type Order = Vec<u8>;
    type Word = Word;

    fn opened(&mut self, now: Now) {
        self.handle(Input::Opened, now.mono);
    }

    fn heard(&mut self, bytes: &[u8], now: Now) {
        self.handle(Input::Bytes(bytes), now.mono);
    }

    fn ordered(&mut self, frame: Vec<u8>, now: Now) {
        self.handle(Input::Frame(&frame), now.mono);
    }

    fn tick(&mut self, now: Now) {
        self.handle(Input::Tick, now.mono);
    }

    fn next_wish(&mut self) -> Wish<Word> {
        match self.poll_output() {
            Output::Write(bytes) => Wish::Write(bytes),
            Output::Heard(frame) => Wish::Say(Word::Heard(frame)),
            Output::Signal(percent) => Wish::Say(Word::Signal(percent)),
            Output::Ready => Wish::Say(Word::Ready),
            Output::State(state) => Wish::Say(Word::State(state)),
            Output::Dropped(reason) => Wish::Say(Word::Dropped(reason)),
            Output::Wait(deadline) => Wish::Wait(deadline),
        }
    }
}

/// The link over a node.
#[derive(Debug)]
struct MeshLink {
    door: LinkDoor,
    is_up: bool,
    /// The link may be told that it can hand over a frame.
    owes_ready: bool,
    signal_pct: Option<u8>,
}

impl Ends<Meshtastic> for MeshLink {
    fn opened(&mut self) {
        (self.is_up, self.owes_ready) = (false, false);
    }

    async fn next_order(&mut self) -> Option<Vec<u8>> {
        loop {
            let Parcel { frame, .. } = self.door.frames.recv().await?;
            self.owes_ready = true;
            // What was meant for an earlier connection is old by now.
            if self.is_up {
                return Some(frame);
            }
        }
    }

    async fn hear(&mut self, word: Word) {
        match word {
            Word::Heard(frame) => self.door.voice.heard(frame).await,
            Word::Signal(percent) => {
                if self.signal_pct != Some(percent) {
                    self.signal_pct = Some(percent);
                    let signal_pct = self.signal_pct;
                    self.door.voice.tell(Condition { signal_pct, ..Condition::default() }).await;
                }
            }
            Word::Ready if self.owes_ready => {
                self.owes_ready = false;
                self.door.voice.ready().await;
            }
            Word::Ready => {}
            Word::State(state) => self.settle(state).await,
            Word::Dropped(reason) => self.door.voice.dropped(reason).await,
        }
    }

    async fn lost(&mut self, reason: &str) {
        self.door.voice.down(reason).await;
    }
}

impl MeshLink {
    async fn settle(&mut self, state: MeshState) {
        let reason = match state {
            MeshState::Up { mtu, rate_bit_s, per_burst_ms } => {
                let known = self.door.voice.profile().clone();
                self.door.voice.learn(Profile { mtu, rate_bit_s, per_burst_ms, ..known });
                (self.is_up, self.owes_ready) = (true, true);
                self.door.voice.up().await;
                return;
            }
            MeshState::Mute => {
                "Meshtastic 节点无应答：检查接线、电源和波特率（baud），并在节点上打开串口接口 / the \
                 Meshtastic node does not answer: check cable, power and baud, and that its serial \
                 interface is switched on"
            }
            MeshState::Restarted => {
                "Meshtastic 节点刚重启，正在重新询问；如反复出现，检查供电 / the Meshtastic node has just \
                 restarted and is being asked again; if that repeats, check its power supply"
            }
            MeshState::NoRegion => {
                "Meshtastic 节点未设地区，不会发射：在节点上设为 CN / the Meshtastic node has no region \
                 and does not send: set it on the node"
            }
            MeshState::SendingOff => {
                "Meshtastic 节点关闭了发射：在节点上打开 / sending is switched off on the Meshtastic \
                 node: switch it on there"
            }
        };
        self.is_up = false;
        self.door.voice.down(reason).await;
    }
}
