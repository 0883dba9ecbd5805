//! The shore side of Iridium short bursts: listens for the operator's gateway, which connects when
//! a modem has sent, and connects to it when something is to go to a modem. One link a modem. The
//! bytes are `protocol::link::modem::directip`'s, and so is what the gateway's answers mean.
//!
//! A connection that is only opened costs nothing, so the gateway is looked for before a link is
//! called up; a message is paid for, so nothing is sent to find out more.

use std::collections::BTreeMap;
use std::iter::once;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use sanduan_protocol::base::caps::FRAME_BYTES_MAX;
use sanduan_protocol::base::time::Wall;
use sanduan_protocol::link::condition::{Condition, Standing};
use sanduan_protocol::link::modem::directip::{
    Collector, FromModem, Imei, Received, Verdict, for_modem, verdict,
};
use sanduan_protocol::link::profile::{Exposure, Knowledge, Profile};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::retry::Retry;
use super::sbd::LATENCY_MS;
use super::{LinkDoor, LinkVoice, Parcel, link_name, profile_of};
use crate::clock::Clock;
use crate::config::{BearerConfig, DirectIpConfig};
use crate::said::Said;

/// Longest wait for the gateway: to be reached, and to answer.
const GATEWAY_MAX: Duration = Duration::from_secs(30);
/// The gateway sends one message and hangs up; a connection that stays is somebody else's.
const CALL_MAX: Duration = Duration::from_secs(60);
/// Connections to us at a time. The gateway makes one for each session of a modem.
const CALLS_MAX: usize = 16;
/// Bytes read at once.
const READ_BYTES: usize = 4096;

/// One profile a modem. What a modem receives is shorter than what it sends.
pub fn profiles(bearer: &BearerConfig, config: &DirectIpConfig) -> Vec<Profile> {
    let is_only = config.peers.len() == 1;
    let profile = |imei: &Imei| {
        let target = imei.to_string();
        let name = link_name(bearer, &target, is_only);
        Profile {
            half_duplex: true,
            knowledge: Knowledge::Gateway,
            stores_for_receiver: true,
            exposure: Exposure::Operator,
            latency_ms: LATENCY_MS,
            names_sender: true,
            experimental: true,
            ..profile_of(bearer, name, target)
        }
    };
    config.peers.iter().map(profile).collect()
}

/// Run one bearer until it is dropped.
pub async fn run(config: DirectIpConfig, doors: Vec<LinkDoor>, clock: Clock) {
    let DirectIpConfig { listen, gateway, peers } = config;
    let voices: Voices =
        peers.iter().copied().zip(doors.iter().map(|door| door.voice.clone())).collect();
    let listener = bind(listen, &voices).await;
    let mut senders = JoinSet::new();
    for (imei, door) in peers.into_iter().zip(doors) {
        senders.spawn(send_all(gateway.clone(), imei, door, clock));
    }
    answer_calls(listener, Arc::new(voices)).await;
}

type Voices = BTreeMap<Imei, LinkVoice>;

async fn bind(listen: SocketAddr, voices: &Voices) -> TcpListener {
    let mut retry = Retry::new();
    loop {
        let error = match TcpListener::bind(listen).await {
            Ok(listener) => return listener,
            Err(error) => error,
        };
        let Said { zh, en } = Said::of_line(&error);
        let reason = format!(
            "不能在 {listen} 等待铱星关口站（{zh}）：停掉占用此端口的程序，或改 listen / cannot \
             listen on {listen} for the Iridium gateway ({en}): stop the program that has it, \
             or change listen"
        );
        retry.pause(voices.values(), reason).await;
    }
}

/// Hear what modems send, until dropped.
async fn answer_calls(listener: TcpListener, voices: Arc<Voices>) {
    let places = Arc::new(Semaphore::new(CALLS_MAX));
    let mut calls = JoinSet::new();
    loop {
        // Whoever calls while all places are taken waits in the system's queue.
        let Ok(place) = places.clone().acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let voices = voices.clone();
                calls.spawn(async move {
                    let _place = place;
                    // One that hangs on is cut; what came until then counts.
                    let _ = timeout(CALL_MAX, hear_call(stream, &voices)).await;
                });
            }
            Err(error) => {
                tracing::debug!(%error, "directip accept");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        while calls.try_join_next().is_some() {}
    }
}

async fn hear_call(mut stream: TcpStream, voices: &Voices) {
    let mut collector = Collector::default();
    let mut buffer = [0; READ_BYTES];
    while let Ok(count @ 1..) = stream.read(&mut buffer).await {
        collector.push(&buffer[..count]);
        while let Some(received) = collector.take() {
            match received {
                Ok(Received::FromModem(session)) => hear(session, voices).await,
                Ok(Received::Answer(_)) => drop_first(voices, "directip_unexpected").await,
                Err(error) => return drop_first(voices, error.reason()).await,
            }
        }
    }
}

async fn hear(session: FromModem, voices: &Voices) {
    // A modem that only fetched what waited for it has nothing to say.
    let Some(frame) = session.payload else { return };
    match voices.get(&session.imei) {
        Some(voice) if frame.len() > FRAME_BYTES_MAX => voice.dropped("directip_too_long").await,
        Some(voice) => voice.heard(frame).await,
        None => drop_first(voices, "directip_unknown_modem").await,
    }
}

/// Counted on the first link of the bearer: what has no link is nobody else's.
async fn drop_first(voices: &Voices, reason: &'static str) {
    if let Some(voice) = voices.values().next() {
        voice.dropped(reason).await;
    }
}

/// Carry frames to one modem until dropped.
async fn send_all(gateway: String, imei: Imei, mut door: LinkDoor, clock: Clock) {
    let mut retry = Retry::new();
    loop {
        // Looked for, and hung up at once.
        let found = connect(&gateway).await.map(drop);
        let reason = match found {
            Ok(()) => retry.keep(carry(&gateway, imei, &mut door, clock)).await,
            Err(reason) => reason,
        };
        retry.pause(once(&door.voice), reason).await;
    }
}

/// Hand frames to the gateway while it can be reached; returns why not.
async fn carry(gateway: &str, imei: Imei, door: &mut LinkDoor, clock: Clock) -> String {
    let mut id = 0_u32;
    // What was meant for an earlier connection is old by now.
    while door.frames.try_recv().is_ok() {}
    door.voice.up().await;
    door.voice.ready().await;
    while let Some(Parcel { frame, .. }) = door.frames.recv().await {
        id = id.wrapping_add(1);
        let verdict = match hand_over(gateway, id, imei, &frame).await {
            Ok(status) => verdict(status),
            Err(reason) => return reason,
        };
        if let Some(word) = dropped(verdict) {
            door.voice.dropped(word).await;
        }
        let pause = Duration::from_millis(verdict.pause_ms());
        let wall_ms = clock.now().wall.0.saturating_add(verdict.pause_ms());
        let waits = !pause.is_zero();
        let standing = if waits { Standing::Cooling } else { Standing::Clear };
        let next_slot = waits.then_some(Wall(wall_ms));
        door.voice.tell(Condition { standing, next_slot, ..Condition::default() }).await;
        if let Some(reason) = reason_of(verdict, imei) {
            door.voice.down(&reason).await;
            tokio::time::sleep(pause).await;
            while door.frames.try_recv().is_ok() {}
            door.voice.up().await;
        } else if waits {
            tokio::time::sleep(pause).await;
        }
        if waits {
            door.voice.tell(Condition::default()).await;
        }
        door.voice.ready().await;
    }
    "停机 / stopping".to_owned()
}

async fn connect(gateway: &str) -> Result<TcpStream, String> {
    match timeout(GATEWAY_MAX, TcpStream::connect(gateway)).await {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(error)) => {
            let Said { zh, en } = Said::of_line(&error);
            Err(format!(
                "连不上铱星关口站 {gateway}（{zh}）：检查网络、地址和防火墙 / cannot reach the \
                 Iridium gateway {gateway} ({en}): check network, address and firewall"
            ))
        }
        Err(_) => Err(silent(gateway)),
    }
}

fn silent(gateway: &str) -> String {
    format!(
        "铱星关口站 {gateway} 无应答：检查网络和地址，或问服务商 / the Iridium gateway {gateway} does \
         not answer: check network and address, or ask the provider"
    )
}

/// One message to the gateway and its answer's status; why it was not given, if it was not.
async fn hand_over(gateway: &str, id: u32, imei: Imei, frame: &[u8]) -> Result<i16, String> {
    let mut stream = connect(gateway).await?;
    let lost = |why: std::io::Error| {
        let Said { zh, en } = Said::of_line(&why);
        format!(
            "铱星关口站 {gateway} 中断了连接（{zh}），正在重试 / the Iridium gateway {gateway} cut \
             the connection ({en}); trying again"
        )
    };
    let exchange = async {
        stream.write_all(&for_modem(id, imei, frame)).await.map_err(lost)?;
        let mut collector = Collector::default();
        let mut buffer = [0; READ_BYTES];
        loop {
            match stream.read(&mut buffer).await.map_err(lost)? {
                0 => return Err(lost(std::io::ErrorKind::UnexpectedEof.into())),
                count => collector.push(&buffer[..count]),
            }
            match collector.take() {
                Some(Ok(Received::Answer(answer))) if answer.id == id => return Ok(answer.status),
                Some(Ok(Received::Answer(_) | Received::FromModem(_))) | None => {}
                Some(Err(error)) => return Err(lost(std::io::Error::other(error))),
            }
        }
    };
    timeout(GATEWAY_MAX, exchange).await.unwrap_or_else(|_| Err(silent(gateway)))
}

/// The word under which a frame that the gateway did not take is counted.
fn dropped(verdict: Verdict) -> Option<&'static str> {
    match verdict {
        Verdict::Queued { .. } => None,
        Verdict::QueueFull => Some("directip_queue_full"),
        Verdict::Busy => Some("directip_busy"),
        Verdict::TooLong => Some("directip_over_mtu"),
        Verdict::UnknownModem
        | Verdict::NotAttached
        | Verdict::NotAllowed
        | Verdict::Refused(_) => Some("directip_refused"),
    }
}

/// What a person must put right before the gateway takes anything for the modem; `None` where it
/// does, or will by itself.
fn reason_of(verdict: Verdict, imei: Imei) -> Option<String> {
    match verdict {
        Verdict::Queued { .. } | Verdict::QueueFull | Verdict::Busy | Verdict::TooLong => None,
        Verdict::UnknownModem => Some(format!(
            "关口站没有 IMEI {imei}：核对 peers，或请服务商开通此机 / the gateway knows no modem {imei}: \
             check peers, or have the provider enable it"
        )),
        Verdict::NotAttached => Some(format!(
            "{imei} 未在网或关闭了振铃：让该机开机、见天、会话一次 / modem {imei} is not attached or \
             not to be rung: switch it on under a free sky and let it hold a session"
        )),
        Verdict::NotAllowed => Some(
            "关口站不接受本机地址：请服务商把本机公网地址列入许可 / the gateway does not accept this \
             machine's address: have the provider allow it"
                .to_owned(),
        ),
        Verdict::Refused(status) => Some(format!(
            "关口站拒收（状态 {status}），稍后自动再试；持续如此请问服务商 / the gateway refuses (status \
             {status}); tried again by itself. If it stays so, ask the provider"
        )),
    }
}

#[cfg(test)]
mod tests;
