//! One peer's link and the conversations on it: greet, carry frames, notice silence. The link is
//! opened at the first greeting and stays, up or down, until the peer is forgotten.

use std::net::{IpAddr, SocketAddr};
use std::ops::ControlFlow;
use std::time::Duration;

use libp2p::futures::{AsyncReadExt, AsyncWriteExt};
use libp2p::swarm::ConnectionId;
use libp2p::{PeerId, Stream};
use sanduan_protocol::base::time::Mono;
use sanduan_protocol::link::modem::pace::Pacer;
use sanduan_protocol::link::profile::Profile;
use sanduan_protocol::local::halves;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::pulse::{Beat, Pulse};
use super::wire::{self, Decoder, Greeting, Said};
use crate::bearer::{LinkDoor, Parcel, Switchboard, profile_of};
use crate::clock::Clock;
use crate::config::{BearerConfig, FRAME_EXTRA_BYTES};
use crate::said;

/// A peer that takes no bytes for so long is not there.
const WRITE_MAX: Duration = Duration::from_secs(8);
/// A peer that does not greet for so long is none of ours.
const GREETING_MAX: Duration = Duration::from_secs(8);
/// Bytes read at once: a few frames.
const READ_BYTES: usize = 4096;

/// A stream to a peer.
#[derive(Debug)]
pub struct Talk {
    /// The stream, nothing said on it yet.
    pub stream: Stream,
    /// The connection that it belongs to.
    pub connection: ConnectionId,
    /// Where the peer is; its own port if it called.
    pub from: IpAddr,
    /// We called.
    pub by_us: bool,
}

/// What conversations tell the manager of peers.
#[derive(Debug)]
pub enum News {
    /// It is one of us, and may be called at this address.
    Greeted(PeerId, SocketAddr),
    /// A conversation ended, and with it the use of its connection.
    Ended(PeerId, ConnectionId),
}

/// What every conversation of a bearer needs.
#[derive(Clone, Debug)]
pub struct Table {
    /// The bearer.
    pub bearer: BearerConfig,
    /// What we say of ourselves.
    pub greeting: Greeting,
    /// An idle stream carries nothing.
    pub is_silent: bool,
    /// Where links are opened.
    pub switchboard: Switchboard,
    /// The clock.
    pub clock: Clock,
    /// Where news go.
    pub news: mpsc::Sender<News>,
}

/// A link that is closed when it is dropped, wherever that happens.
#[derive(Debug)]
pub struct OpenLink {
    /// Its door.
    pub door: LinkDoor,
    switchboard: Switchboard,
}

impl OpenLink {
    /// A new link; none if there are too many.
    pub fn open(switchboard: &Switchboard, profile: Profile) -> Option<OpenLink> {
        let door = switchboard.open(profile)?;
        Some(OpenLink { door, switchboard: switchboard.clone() })
    }
}

impl Drop for OpenLink {
    fn drop(&mut self) {
        let (switchboard, link) = (self.switchboard.clone(), self.door.voice.link());
        // Without a runtime the daemon is down already, and nobody counts links any more.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { switchboard.close(link).await });
        }
    }
}

/// Follow one peer's conversations, one after another, until it is forgotten.
pub async fn follow(peer: PeerId, table: Table, mut talks: mpsc::Receiver<Talk>) {
    let mut link = None;
    let mut next = talks.recv().await;
    while let Some(talk) = next.take() {
        let connection = talk.connection;
        // A new stream means that the other side has given up the old one.
        let why = tokio::select! {
            why = converse(peer, talk, &table, &mut link) => why,
            talk = talks.recv() => {
                next = talk;
                continue;
            }
        };
        if let Some(OpenLink { door, .. }) = &link {
            let (zh, en) = halves(&why);
            let target = &door.voice.profile().target;
            let reason = format!(
                "与 {target} 断开（{zh}），正在重连：检查它是否开机、是否还在同一网络 / \
                 lost {target} ({en}); calling again: check that it is on and in the same network"
            );
            door.voice.down(&reason).await;
        }
        let _ = table.news.send(News::Ended(peer, connection)).await;
        next = talks.recv().await;
    }
}

/// One conversation; returns why it ended.
async fn converse(peer: PeerId, talk: Talk, table: &Table, link: &mut Option<OpenLink>) -> String {
    let Talk { mut stream, from, by_us, .. } = talk;
    let mut decoder = Decoder::default();
    let greeted = timeout(GREETING_MAX, greet(&mut stream, &mut decoder, table.greeting)).await;
    let greeting = match greeted {
        Ok(Ok(greeting)) => greeting,
        Ok(Err(why)) => return why,
        Err(_) => return "对方没有应答 / it did not greet".to_owned(),
    };
    let address = SocketAddr::new(from, greeting.port);
    let _ = table.news.send(News::Greeted(peer, address)).await;
    if link.is_none() {
        *link = OpenLink::open(&table.switchboard, profile(&table.bearer, greeting, address));
    }
    let Some(OpenLink { door, .. }) = link else {
        return "链路太多 / there are too many links".to_owned();
    };
    door.voice.learn(profile(&table.bearer, greeting, address));
    // What was meant for the last conversation is old by now; the machine knows it was cut.
    while door.frames.try_recv().is_ok() {}
    door.voice.up().await;
    door.voice.ready().await;
    let now_ms = table.clock.now().mono.0;
    Exchange {
        stream,
        decoder,
        pacer: Pacer::new(door.voice.profile()),
        pulse: Pulse::new(by_us, table.is_silent, now_ms),
        owes_ready: false,
        clock: table.clock,
    }
    .run(door)
    .await
}

/// The profile of the link to a device.
fn profile(bearer: &BearerConfig, greeting: Greeting, address: SocketAddr) -> Profile {
    let name = format!("{} {}", bearer.name, greeting.device);
    Profile {
        per_frame_bytes: FRAME_EXTRA_BYTES,
        latency_ms: (5, 50),
        ..profile_of(bearer, name, address.to_string())
    }
}

/// Both greet at once.
async fn greet(
    stream: &mut Stream,
    decoder: &mut Decoder,
    own: Greeting,
) -> Result<Greeting, String> {
    let bytes = wire::encode(&own.emit()).expect("a greeting is neither empty nor long");
    write(stream, &bytes).await?;
    let mut buffer = [0; 64];
    loop {
        match decoder.next() {
            Ok(Some(Said::Frame(bytes))) => {
                return Greeting::read(&bytes).ok_or_else(other_language);
            }
            Ok(Some(Said::Question | Said::Answer)) | Err(wire::BadLength) => {
                return Err(other_language());
            }
            Ok(None) => {}
        }
        match stream.read(&mut buffer).await {
            Ok(0) => return Err(closed()),
            Ok(count) => decoder.push(&buffer[..count]),
            Err(error) => return Err(said::Said::of_line(&error).to_string()),
        }
    }
}

/// An open conversation.
struct Exchange {
    stream: Stream,
    decoder: Decoder,
    pacer: Pacer,
    pulse: Pulse,
    owes_ready: bool,
    clock: Clock,
}

impl Exchange {
    async fn run(mut self, door: &mut LinkDoor) -> String {
        let mut buffer = vec![0; READ_BYTES];
        loop {
            if let ControlFlow::Break(why) = self.listen(door).await {
                return why;
            }
            let ready_at = self.clock.instant(self.pacer.ready_at());
            let wake_at = self.pulse.wake_ms().map(|ms| self.clock.instant(Mono(ms)));
            let step = tokio::select! {
                read = self.stream.read(&mut buffer) => match read {
                    Ok(0) => Err(closed()),
                    Ok(count) => {
                        self.pulse.heard(self.clock.now().mono.0);
                        self.decoder.push(&buffer[..count]);
                        Ok(())
                    }
                    Err(error) => Err(said::Said::of_line(&error).to_string()),
                },
                parcel = door.frames.recv() => match parcel {
                    Some(parcel) => self.send(&parcel).await,
                    None => Err("停机 / stopping".to_owned()),
                },
                () = tokio::time::sleep_until(ready_at.into()), if self.owes_ready => {
                    self.owes_ready = false;
                    door.voice.ready().await;
                    Ok(())
                }
                () = sleep_until(wake_at) => self.beat().await,
            };
            if let Err(why) = step {
                return why;
            }
        }
    }

    /// Take in what was read so far, and answer questions.
    async fn listen(&mut self, door: &LinkDoor) -> ControlFlow<String> {
        loop {
            match self.decoder.next() {
                Ok(Some(Said::Frame(frame))) => {
                    self.pulse.frame(self.clock.now().mono.0);
                    door.voice.heard(frame).await;
                }
                Ok(Some(Said::Question)) => {
                    if let Err(why) = write(&mut self.stream, &wire::ANSWER_BYTES).await {
                        return ControlFlow::Break(why);
                    }
                }
                Ok(Some(Said::Answer)) => {}
                Ok(None) => return ControlFlow::Continue(()),
                Err(wire::BadLength) => {
                    door.voice.dropped("lan_bad_length").await;
                    return ControlFlow::Break(other_language());
                }
            }
        }
    }

    async fn send(&mut self, parcel: &Parcel) -> Result<(), String> {
        self.owes_ready = true;
        let Some(bytes) = wire::encode(&parcel.frame) else {
            tracing::error!(
                bytes = parcel.frame.len(),
                "帧过长，发不了 / a frame that no stream carries"
            );
            return Ok(());
        };
        write(&mut self.stream, &bytes).await?;
        let now = self.clock.now().mono;
        self.pacer.on_send(parcel.frame.len(), now);
        self.pulse.sent(now.0);
        Ok(())
    }

    async fn beat(&mut self) -> Result<(), String> {
        match self.pulse.poll(self.clock.now().mono.0) {
            Some(Beat::Answer) => write(&mut self.stream, &wire::ANSWER_BYTES).await,
            Some(Beat::Ask) => write(&mut self.stream, &wire::QUESTION_BYTES).await,
            Some(Beat::Dead) => Err("没有回音 / nothing is heard of it".to_owned()),
            None => Ok(()),
        }
    }
}

async fn write(stream: &mut Stream, bytes: &[u8]) -> Result<(), String> {
    let written = async {
        stream.write_all(bytes).await?;
        stream.flush().await
    };
    match timeout(WRITE_MAX, written).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(said::Said::of_line(&error).to_string()),
        Err(_) => Err("对方不收数据 / it takes no bytes".to_owned()),
    }
}

async fn sleep_until(at: Option<std::time::Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}

fn closed() -> String {
    "对方关闭 / closed by the other side".to_owned()
}

fn other_language() -> String {
    "对方版本不符，请统一版本 / it speaks another version: install the same one".to_owned()
}
