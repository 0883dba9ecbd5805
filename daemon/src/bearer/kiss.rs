//! KISS by TCP and by serial port: connect, keep the dialogue going, connect again. The bytes of
//! the dialogue and the pacing are `protocol::link::modem`'s.
//!
//! A TNC says neither when a frame has left nor how many wait, so readiness is estimated from
//! air time. Modem control lines are left alone: pseudo terminals and many gateways have none.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::Duration;

use sanduan_protocol::link::modem::kiss::Decoder;
use sanduan_protocol::link::modem::kiss::crc::CRC_BYTES;
use sanduan_protocol::link::modem::kiss::short;
use sanduan_protocol::link::modem::pace::Pacer;
use sanduan_protocol::link::profile::{Medium, Profile};
use sanduan_protocol::local::halves;
use serial2_tokio::SerialPort;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::retry::{Retry, lost_serial_reason, serial_reason};
use super::{LinkDoor, Parcel, profile_of};
use crate::clock::Clock;
use crate::config::{BearerConfig, KissConfig, KissRadio};
use crate::said::Said;

/// A gateway that takes no bytes for so long is stuck.
const WRITE_MAX: Duration = Duration::from_secs(20);
/// A gateway that does not answer a connection for so long is not there.
const CONNECT_MAX: Duration = Duration::from_secs(10);
/// Bytes read at once.
const READ_BYTES: usize = 4096;
/// Frame check sequence and two flags of HDLC, which a TNC adds to what KISS hands it (AX.25 2.2,
/// section 3).
const HDLC_BYTES: u16 = 4;

/// The profile of a link over the gateway at `target`.
pub fn profile(bearer: &BearerConfig, kiss: &KissConfig, target: &str) -> Profile {
    let check_bytes = if kiss.framing.crc { CRC_BYTES as u16 } else { 0 };
    let is_lora = kiss.radio == KissRadio::MeshCore;
    Profile {
        medium: Medium::Broadcast,
        half_duplex: true,
        experimental: is_lora,
        // LoRa has its own frame around the bytes; it is part of the burst.
        per_frame_bytes: if is_lora { 0 } else { HDLC_BYTES } + check_bytes,
        burst_max_ms: kiss.burst_max_ms,
        queue_ms: kiss.queue_ms,
        ..profile_of(bearer, bearer.name.clone(), target.to_owned())
    }
}

/// Run a KISS-TCP link until it is dropped.
pub async fn run_tcp(address: String, kiss: KissConfig, mut door: LinkDoor, clock: Clock) {
    let mut retry = Retry::new();
    loop {
        let reason = match timeout(CONNECT_MAX, TcpStream::connect(&address)).await {
            Ok(Ok(stream)) => {
                // Frames are small and wait for each other; an error only costs latency.
                let _ = stream.set_nodelay(true);
                let why = retry.keep(converse(stream, &kiss, &mut door, clock)).await;
                let (zh, en) = halves(&why);
                format!(
                    "与 KISS 网关 {address} 的连接断开（{zh}），正在重连 / \
                     lost the KISS gateway {address} ({en}); reconnecting"
                )
            }
            Ok(Err(error)) => {
                let Said { zh, en } = Said::of_line(&error);
                format!(
                    "连不上 KISS 网关 {address}（{zh}）：检查网关是否开机、地址是否正确 / \
                     cannot reach the KISS gateway {address} ({en}): check its power and address"
                )
            }
            Err(_) => format!(
                "KISS 网关 {address} 无应答：检查网络和地址 / \
                 the KISS gateway {address} does not answer: check network and address"
            ),
        };
        retry.pause(std::iter::once(&door.voice), reason).await;
    }
}

/// Run a serial KISS link until it is dropped.
pub async fn run_serial(
    device: PathBuf,
    baud: u32,
    kiss: KissConfig,
    mut door: LinkDoor,
    clock: Clock,
) {
    let mut retry = Retry::new();
    loop {
        let reason = match SerialPort::open(&device, baud) {
            Ok(port) => {
                let why = retry.keep(converse(port, &kiss, &mut door, clock)).await;
                lost_serial_reason(&device, &why)
            }
            Err(error) => serial_reason(&device, &error),
        };
        retry.pause(std::iter::once(&door.voice), reason).await;
    }
}

/// Carry frames over an open stream until it fails; returns why.
pub(super) async fn converse<S>(
    stream: S,
    kiss: &KissConfig,
    door: &mut LinkDoor,
    clock: Clock,
) -> String
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let (mut from, mut to) = tokio::io::split(stream);
    let mut decoder = Decoder::of(kiss.framing);
    let mut pacer = Pacer::new(door.voice.profile());
    let mut buffer = [0; READ_BYTES];
    let mut owes_ready = false;
    // A TNC that was switched off in between has forgotten it.
    let mut tuning = Vec::new();
    kiss.tuning.encode(kiss.framing.port, &mut tuning);
    if let Err(why) = send(&mut to, &tuning).await {
        return why;
    }
    // What was meant for the last connection is old by now; the machine knows that it was cut.
    while door.frames.try_recv().is_ok() {}
    door.voice.up().await;
    door.voice.ready().await;
    loop {
        let ready_at = clock.instant(pacer.ready_at());
        tokio::select! {
            read = from.read(&mut buffer) => match read {
                Ok(0) => return "对方关闭 / closed by the other side".to_owned(),
                Ok(count) => {
                    decoder.push(&buffer[..count]);
                    hear(&mut decoder, &mut pacer, door, clock).await;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Said::of_line(&error).to_string(),
            },
            frame = door.frames.recv() => {
                let Some(Parcel { frame, .. }) = frame else {
                    return "停机 / stopping".to_owned();
                };
                let long = if kiss.keeps_short() { None } else { short::lengthened(&frame) };
                let frame = long.as_ref().map_or(frame.as_slice(), |long| long.as_slice());
                let mut bytes = Vec::new();
                kiss.framing.encode(frame, &mut bytes);
                if let Err(why) = send(&mut to, &bytes).await {
                    return why;
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

/// Write it all, or say why not.
async fn send(to: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> Result<(), String> {
    let written = async {
        to.write_all(bytes).await?;
        to.flush().await
    };
    match timeout(WRITE_MAX, written).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(Said::of_line(&error).to_string()),
        Err(_) => Err("网关不收数据 / the gateway takes no bytes".to_owned()),
    }
}

async fn hear(decoder: &mut Decoder, pacer: &mut Pacer, door: &LinkDoor, clock: Clock) {
    for heard in decoder {
        match heard {
            Ok(frame) => {
                pacer.on_heard(frame.len(), clock.now().mono);
                door.voice.heard(short::meant(frame)).await;
            }
            Err(error) => door.voice.dropped(error.reason()).await,
        }
    }
}
