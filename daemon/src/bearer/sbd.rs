//! An Iridium modem on a serial port: opens it, keeps the dialogue going, opens it again. What to
//! say to the modem and when is `protocol::link::modem::sbd`'s; here it meets the port.

use std::io::ErrorKind;
use std::time::Duration;

use sanduan_protocol::base::time::Mono;
use sanduan_protocol::link::modem::sbd::{Input, Output, Sbd, SbdState, Settings};
use sanduan_protocol::link::profile::{Exposure, Inbound, Knowledge, Profile};
use serial2_tokio::SerialPort;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use super::retry::{Retry, lost_serial_reason, serial_reason};
use super::{LinkDoor, Parcel, profile_of};
use crate::clock::Clock;
use crate::config::{BearerConfig, SbdConfig};

/// A modem that takes no bytes for so long is stuck.
const WRITE_MAX: Duration = Duration::from_secs(20);
/// Bytes read at once.
const READ_BYTES: usize = 4096;

/// The profile of the modem's link. A message is charged whole, so the words around it cost
/// nothing.
pub fn profile(bearer: &BearerConfig, config: &SbdConfig) -> Profile {
    let target = config.device.display().to_string();
    Profile {
        half_duplex: true,
        inbound: Inbound::RingThenPoll,
        knowledge: Knowledge::Gateway,
        stores_for_receiver: true,
        exposure: Exposure::Operator,
        ..profile_of(bearer, bearer.name.clone(), target)
    }
}

/// Run one bearer until it is dropped.
pub async fn run(config: SbdConfig, door: LinkDoor, clock: Clock) {
    let mtu = door.voice.profile().mtu;
    let settings = Settings { mtu, poll_ms: u64::from(config.poll_s) * 1000 };
    let mut modem =
        ModemLink { sbd: Sbd::new(settings), door, clock, is_up: false, owes_ready: false };
    let mut retry = Retry::new();
    loop {
        let reason = match SerialPort::open(&config.device, config.baud) {
            Ok(port) => {
                let why = retry.keep(modem.converse(port)).await;
                lost_serial_reason(&config.device, &why)
            }
            Err(error) => serial_reason(&config.device, &error),
        };
        retry.pause(std::iter::once(&modem.door.voice), reason).await;
    }
}

/// The modem, its driver and its link.
#[derive(Debug)]
struct ModemLink {
    sbd: Sbd,
    door: LinkDoor,
    clock: Clock,
    is_up: bool,
    /// The link may be told that it can hand over a frame.
    owes_ready: bool,
}

impl ModemLink {
    /// Drive an open modem until it fails; returns why.
    async fn converse<S>(&mut self, stream: S) -> String
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let (mut from, mut to) = tokio::io::split(stream);
        let mut buffer = [0; READ_BYTES];
        (self.is_up, self.owes_ready) = (false, false);
        self.sbd.handle(Input::Opened, self.clock.now().mono);
        loop {
            let deadline = match self.drain(&mut to).await {
                Ok(deadline) => deadline,
                Err(why) => return why,
            };
            let tick_at = deadline.map(|at| self.clock.instant(at));
            let tick = async {
                match tick_at {
                    Some(at) => tokio::time::sleep_until(at.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                read = from.read(&mut buffer) => match read {
                    Ok(0) => return "对方关闭 / closed by the other side".to_owned(),
                    Ok(count) => {
                        self.sbd.handle(Input::Bytes(&buffer[..count]), self.clock.now().mono);
                    }
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(error) => return error.to_string(),
                },
                frame = self.door.frames.recv() => {
                    let Some(Parcel { frame, .. }) = frame else {
                        return "停机 / stopping".to_owned();
                    };
                    self.owes_ready = true;
                    // What was meant for an earlier connection is old by now.
                    if self.is_up {
                        self.sbd.handle(Input::Frame(&frame), self.clock.now().mono);
                    }
                }
                () = tick => self.sbd.handle(Input::Tick, self.clock.now().mono),
            }
        }
    }

    /// Carry out what the driver wishes; gives its next deadline.
    async fn drain(&mut self, to: &mut (impl AsyncWrite + Unpin)) -> Result<Option<Mono>, String> {
        loop {
            match self.sbd.poll_output() {
                Output::Wait(deadline) => return Ok(deadline),
                Output::Write(bytes) => {
                    let written = async {
                        to.write_all(&bytes).await?;
                        to.flush().await
                    };
                    match timeout(WRITE_MAX, written).await {
                        Ok(Ok(())) => {}
                        Ok(Err(error)) => return Err(error.to_string()),
                        Err(_) => return Err("终端不收数据 / the modem takes no bytes".into()),
                    }
                }
                Output::Heard(frame) => self.door.voice.heard(frame).await,
                Output::Ready if self.owes_ready => {
                    self.owes_ready = false;
                    self.door.voice.ready().await;
                }
                Output::Ready => {}
                Output::State(state) => self.settle(state).await,
                Output::Dropped(reason) => self.door.voice.dropped(reason).await,
            }
        }
    }

    async fn settle(&mut self, state: SbdState) {
        match (state, reason_of(state)) {
            (SbdState::Up { mtu }, _) => {
                let known = self.door.voice.profile().clone();
                self.door.voice.learn(Profile { mtu, ..known });
                (self.is_up, self.owes_ready) = (true, true);
                self.door.voice.up().await;
            }
            (_, Some(reason)) => {
                self.is_up = false;
                self.door.voice.down(reason).await;
            }
            // Asked, not answered yet: nothing to say.
            (_, None) => self.is_up = false,
        }
    }
}

/// Why a modem carries nothing now, with a remedy; `None` where there is nothing to say.
fn reason_of(state: SbdState) -> Option<&'static str> {
    match state {
        SbdState::Up { .. } | SbdState::Starting => None,
        SbdState::Mute => Some(
            "铱星调制解调器无应答：检查接线、电源和波特率（baud） / the Iridium modem does not answer: \
             check cable, power and baud",
        ),
        SbdState::NoSignal => Some(
            "收不到铱星信号：把天线移到四周开阔处 / no Iridium satellite is heard: move the antenna \
             to where the whole sky is free",
        ),
        SbdState::RadioOff => Some(
            "铱星调制解调器射频已关：打开射频开关 / the modem's radio is switched off: switch it on",
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use sanduan_protocol::base::ids::LinkId;
    use sanduan_protocol::link::profile::Price;
    use sanduan_protocol::node::Input as Said;
    use tokio::io::DuplexStream;
    use tokio::sync::mpsc;

    use super::super::Switchboard;
    use super::*;
    use crate::config::{BearerConfig, BearerKind};

    #[tokio::test]
    async fn a_modem_comes_up_carries_a_frame_and_is_lost_with_its_line() {
        let device = PathBuf::from("/dev/none");
        let config = SbdConfig { device, baud: 19_200, poll_s: 3_600 };
        let kind = BearerKind::Sbd(config.clone());
        let bearer = BearerConfig {
            name: "sbd".to_owned(),
            kind,
            rate_bit_s: 100,
            mtu: 270,
            per_burst_ms: 20_000,
            beacon_max_s: 21_600,
            quota: None,
            price: Price::default(),
        };
        let (inputs, mut said) = mpsc::channel(64);
        let profile = profile(&bearer, &config);
        assert_eq!((profile.kind.as_str(), profile.mtu), ("sbd", 270));
        let switchboard = Switchboard::new(inputs);
        let door = switchboard.open(profile).expect("the first");
        let sbd = Sbd::new(Settings { mtu: 270, poll_ms: 0 });
        let clock = Clock::new();
        let mut link = ModemLink { sbd, door, clock, is_up: false, owes_ready: false };
        let (near, mut modem) = tokio::io::duplex(4096);
        let running = tokio::spawn(async move { link.converse(near).await });
        let plain: &[u8] = b"\r\nOK\r\n";
        for (command, answer) in [
            ("ATE0", plain),
            ("AT&K0", plain),
            ("AT+SBDMTA=1", plain),
            ("AT+SBDD0", b"\r\n0\r\n\r\nOK\r\n"),
            ("AT+CSQF", b"\r\n+CSQF:4\r\n\r\nOK\r\n"),
            ("AT+SBDIX", b"\r\n+SBDIX: 0, 1, 0, 0, 0, 0\r\n\r\nOK\r\n"),
        ] {
            read_until(&mut modem, format!("{command}\r").as_bytes()).await;
            modem.write_all(answer).await.expect("open");
        }
        let up = said.recv().await.expect("running");
        assert!(matches!(up, Said::LinkUp { profile, .. } if profile.mtu == 270));
        assert!(matches!(said.recv().await, Some(Said::LinkReady { .. })));
        assert!(switchboard.send(LinkId(1), Parcel::urgent(b"hello".to_vec())));
        read_until(&mut modem, b"AT+SBDWB=5\r").await;
        modem.write_all(b"\r\nREADY\r\n").await.expect("open");
        read_until(&mut modem, b"hello\x02\x14").await;
        drop(modem);
        let why = running.await.expect("ended well");
        assert!(!why.is_empty());
    }

    async fn read_until(modem: &mut DuplexStream, end: &[u8]) {
        let mut read = Vec::new();
        let all = async {
            while !read.ends_with(end) {
                read.push(modem.read_u8().await.expect("open"));
            }
        };
        let all = timeout(Duration::from_secs(10), all).await;
        all.unwrap_or_else(|_| panic!("in {}", String::from_utf8_lossy(&read)));
    }
}
