//! A vendor's radio gateway by UDP: one frame a datagram, paced like the radio behind it. The
//! bytes of a datagram and the pacing are `protocol::link::modem`'s. Whatever does not come from
//! the gateway's address is counted and dropped.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use sanduan_protocol::link::modem::gateway::Envelope;
use sanduan_protocol::link::modem::pace::Pacer;
use sanduan_protocol::link::profile::{Medium, Profile};
use sanduan_protocol::local::halves;
use tokio::net::UdpSocket;

use super::retry::Retry;
use super::udp::{bind, canonical};
use super::{LinkDoor, LinkVoice, Parcel, profile_of};
use crate::clock::Clock;
use crate::config::{BearerConfig, GatewayConfig};
use crate::said::Said;

/// Larger than any datagram we accept, so that a longer one is noticed instead of cut.
const READ_BYTES: usize = 2048;
/// Pause after an error of the socket: reports about earlier datagrams arrive there.
const READ_PAUSE: Duration = Duration::from_millis(100);

/// The profile of the link behind the gateway: a radio that all on the channel hear. UDP and IP
/// are between this machine and the gateway and cost no air.
pub fn profile(bearer: &BearerConfig, gateway: &GatewayConfig) -> Profile {
    let target = gateway.address.to_string();
    Profile {
        medium: Medium::Broadcast,
        half_duplex: true,
        per_frame_bytes: gateway.header.len() as u16,
        burst_max_ms: gateway.burst_max_ms,
        queue_ms: gateway.queue_ms,
        ..profile_of(bearer, bearer.name.clone(), target)
    }
}

/// Run one gateway until it is dropped.
pub async fn run(config: GatewayConfig, mut door: LinkDoor, clock: Clock) {
    let GatewayConfig { listen, address, header, .. } = config;
    let address = canonical(address);
    let voices = BTreeMap::from([(address, door.voice.clone())]);
    let socket = bind(listen, &voices).await;
    let gateway = Gateway { socket, address, envelope: Envelope::new(header) };
    let mut retry = Retry::new();
    loop {
        // What was meant for the time before is old by now.
        while door.frames.try_recv().is_ok() {}
        let why = retry.keep(gateway.converse(&mut door, clock)).await;
        let (zh, en) = halves(&why);
        let reason = format!(
            "发往电台网关 {address} 失败（{zh}）：检查网线、网卡与路由，系统会自动重试 / \
             cannot send to the radio gateway {address} ({en}): check cable, interface and route; \
             it is tried again"
        );
        retry.pause(std::iter::once(&door.voice), reason).await;
    }
}

/// The way to the box.
#[derive(Debug)]
struct Gateway {
    socket: UdpSocket,
    address: SocketAddr,
    envelope: Envelope,
}

impl Gateway {
    /// Carry frames until one cannot be sent; returns why.
    async fn converse(&self, door: &mut LinkDoor, clock: Clock) -> String {
        let mut pacer = Pacer::new(door.voice.profile());
        let mut buffer = [0; READ_BYTES];
        let mut owes_ready = false;
        door.voice.up().await;
        door.voice.ready().await;
        loop {
            let ready_at = clock.instant(pacer.ready_at());
            tokio::select! {
                received = self.socket.recv_from(&mut buffer) => match received {
                    Ok((length, from)) if canonical(from) == self.address => {
                        if let Some(bytes) = self.hear(&buffer[..length], &door.voice).await {
                            pacer.on_heard(bytes, clock.now().mono);
                        }
                    }
                    Ok(_) => door.voice.dropped("gateway_unknown_source").await,
                    Err(error) => {
                        tracing::debug!(%error, "gateway receive");
                        tokio::time::sleep(READ_PAUSE).await;
                    }
                },
                frame = door.frames.recv() => {
                    let Some(Parcel { frame, .. }) = frame else { return "停机 / stopping".into() };
                    let datagram = self.envelope.wrap(&frame);
                    if let Err(error) = self.socket.send_to(&datagram, self.address).await {
                        return Said::of_line(&error).to_string();
                    }
                    pacer.on_send(frame.len(), clock.now().mono);
                    owes_ready = true;
                }
                () = tokio::time::sleep_until(ready_at.into()), if owes_ready => {
                    owes_ready = false;
                    door.voice.ready().await;
                }
            }
        }
    }

    /// Hand on the frame of a datagram; gives its bytes.
    async fn hear(&self, datagram: &[u8], voice: &LinkVoice) -> Option<usize> {
        match self.envelope.open(datagram) {
            Ok(frame) => {
                voice.heard(frame.to_vec()).await;
                Some(frame.len())
            }
            Err(error) => {
                voice.dropped(error.reason()).await;
                None
            }
        }
    }
}
