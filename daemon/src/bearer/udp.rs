//! Datagrams to static peers: one socket, one link a peer, each paced to the rate of its profile.
//! What comes from an address that is not in the configuration is counted and dropped.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use sanduan_protocol::base::caps::FRAME_BYTES_MAX;
use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::link::modem::pace::Pacer;
use sanduan_protocol::link::profile::Profile;
use tokio::net::UdpSocket;
use tokio::task::JoinSet;

use super::{Backoff, LinkDoor, LinkVoice, Parcel, link_name, profile_of};
use crate::clock::Clock;
use crate::config::{BearerConfig, UdpConfig};
use crate::entropy;
use crate::said::Said;

/// Larger than any datagram we accept, so that a longer one is noticed instead of cut.
const READ_BYTES: usize = 2048;
/// IPv4 and UDP headers (RFC 791, RFC 768).
const UDP_HEAD_BYTES: u16 = 28;

/// One profile a peer.
pub fn profiles(bearer: &BearerConfig, config: &UdpConfig) -> Vec<Profile> {
    let is_only = config.peers.len() == 1;
    let profile = |peer: &SocketAddr| {
        let target = peer.to_string();
        let name = link_name(bearer, &target, is_only);
        Profile { per_frame_bytes: UDP_HEAD_BYTES, ..profile_of(bearer, name, target) }
    };
    config.peers.iter().map(profile).collect()
}

/// Run one bearer until it is dropped.
pub async fn run(config: UdpConfig, doors: Vec<LinkDoor>, clock: Clock) {
    let UdpConfig { listen, peers } = config;
    let voices: BTreeMap<SocketAddr, LinkVoice> = peers
        .iter()
        .zip(&doors)
        .map(|(peer, door)| (canonical(*peer), door.voice.clone()))
        .collect();
    let socket = Arc::new(bind(listen, &voices).await);
    let mut senders = JoinSet::new();
    for (peer, door) in peers.into_iter().zip(doors) {
        senders.spawn(send_paced(socket.clone(), peer, door, clock));
    }
    receive(&socket, &voices).await;
}

/// The socket on `listen`, as soon as it is free; until then the links say why not.
pub(super) async fn bind(
    listen: SocketAddr,
    voices: &BTreeMap<SocketAddr, LinkVoice>,
) -> UdpSocket {
    let mut backoff = Backoff::new(Dice::new(entropy::dice_seed()));
    let mut said = String::new();
    loop {
        let error = match UdpSocket::bind(listen).await {
            Ok(socket) => return socket,
            Err(error) => error,
        };
        let reason = bind_reason(listen, &error);
        if said != reason {
            for voice in voices.values() {
                voice.down(&reason).await;
            }
            said = reason;
        }
        tokio::time::sleep(backoff.pause()).await;
    }
}

/// Why a UDP socket cannot be opened, with a remedy.
pub(super) fn bind_reason(listen: SocketAddr, error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::AddrInUse => format!(
            "端口 {listen} 已被占用：停掉占用它的程序，或改 listen / \
             {listen} is in use: stop the program that has it, or change listen"
        ),
        ErrorKind::AddrNotAvailable => format!(
            "本机没有地址 {listen}:接好网络，或改 listen / \
             this machine has no address {listen}: connect the network, or change listen"
        ),
        _ => {
            let Said { zh, en } = Said::of_line(error);
            format!("打不开 {listen}（{zh}） / cannot open {listen} ({en})")
        }
    }
}

async fn receive(socket: &UdpSocket, voices: &BTreeMap<SocketAddr, LinkVoice>) {
    let mut buffer = [0; READ_BYTES];
    loop {
        let (length, from) = match socket.recv_from(&mut buffer).await {
            Ok(received) => received,
            Err(error) => {
                // Reports about earlier datagrams arrive here; the senders notice for themselves.
                tracing::debug!(%error, "udp receive");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        match voices.get(&canonical(from)) {
            // The peer may be configured for larger frames than we send ourselves.
            Some(voice) if length > FRAME_BYTES_MAX => voice.dropped("udp_too_long").await,
            Some(voice) => voice.heard(buffer[..length].to_vec()).await,
            None => {
                // Counted on the first link of the bearer: an unknown address has none.
                if let Some(voice) = voices.values().next() {
                    voice.dropped("udp_unknown_source").await;
                }
            }
        }
    }
}

async fn send_paced(socket: Arc<UdpSocket>, peer: SocketAddr, mut door: LinkDoor, clock: Clock) {
    let mut pacer = Pacer::new(door.voice.profile());
    let mut backoff = Backoff::new(Dice::new(entropy::dice_seed()));
    door.voice.up().await;
    door.voice.ready().await;
    while let Some(Parcel { frame, .. }) = door.frames.recv().await {
        match socket.send_to(&frame, peer).await {
            Ok(_) => {
                backoff.reset();
                pacer.on_send(frame.len(), clock.now().mono);
                let ready = clock.instant(pacer.ready_at());
                tokio::time::sleep_until(ready.into()).await;
            }
            Err(error) => {
                let Said { zh, en } = Said::of_line(&error);
                let reason = format!(
                    "发往 {peer} 失败（{zh}）：检查网线、网卡与路由，系统会自动重试 / \
                     cannot send to {peer} ({en}): check cable, interface and route; it is \
                     tried again"
                );
                door.voice.down(&reason).await;
                tokio::time::sleep(backoff.pause()).await;
                while door.frames.try_recv().is_ok() {}
                door.voice.up().await;
            }
        }
        door.voice.ready().await;
    }
}

/// A socket on `[::]` sees IPv4 peers in mapped form.
pub(super) fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

#[cfg(test)]
mod tests {
    use std::io::Error;

    use super::*;

    #[test]
    fn why_a_port_cannot_be_opened_is_said_in_both_languages_with_its_number() {
        let listen = SocketAddr::from(([0, 0, 0, 0], 80));
        let reason = bind_reason(listen, &Error::from_raw_os_error(13));
        let (zh, en) = sanduan_protocol::local::halves(&reason);
        assert_eq!(zh, "打不开 0.0.0.0:80（没有权限，系统错误 13）");
        assert_eq!(en, "cannot open 0.0.0.0:80 (permission denied, system error 13)");
    }
}
