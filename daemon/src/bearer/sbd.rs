//! An Iridium modem on a serial port: opens it, keeps the dialogue going, opens it again. What to
//! say to the modem and when is `protocol::link::modem::sbd`'s; here it meets the port.

use sanduan_protocol::base::time::{Mono, Now, Wall};
use sanduan_protocol::link::condition::{Condition, Standing};
use sanduan_protocol::link::modem::sbd::{Input, Output, Sbd, SbdState, Settings};
use sanduan_protocol::link::profile::{Exposure, Inbound, Knowledge, Profile};

use super::dialogue::{Ends, Machine, Wish, run_serial};
use super::{LinkDoor, Parcel, profile_of};
use crate::clock::Clock;
use crate::config::{BearerConfig, SbdConfig};

/// A session takes seconds to tens of seconds at each end (research, bearers 1).
pub const LATENCY_MS: (u32, u32) = (30_000, 120_000);

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
        latency_ms: LATENCY_MS,
        names_sender: true,
        experimental: true,
        ..profile_of(bearer, bearer.name.clone(), target)
    }
}

/// Run one bearer until it is dropped.
pub async fn run(config: SbdConfig, door: LinkDoor, clock: Clock) {
    let mtu = door.voice.profile().mtu;
    let settings = Settings { mtu, poll_ms: u64::from(config.poll_s) * 1000 };
    let mut link = ModemLink::new(door, clock);
    run_serial(&config.device, config.baud, &mut Sbd::new(settings), &mut link, clock).await;
}

/// What the modem tells its link.
#[derive(Debug)]
pub(super) enum Word {
    Heard(Vec<u8>),
    Ready,
    Signal(u8),
    Slot(Option<Mono>),
    State(SbdState),
    Dropped(&'static str),
}

impl Machine for Sbd {
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
            Output::Ready => Wish::Say(Word::Ready),
            Output::Signal(percent) => Wish::Say(Word::Signal(percent)),
            Output::Slot(at) => Wish::Say(Word::Slot(at)),
            Output::State(state) => Wish::Say(Word::State(state)),
            Output::Dropped(reason) => Wish::Say(Word::Dropped(reason)),
            Output::Wait(deadline) => Wish::Wait(deadline),
        }
    }
}

/// The link over a modem.
#[derive(Debug)]
struct ModemLink {
    door: LinkDoor,
    clock: Clock,
    /// How the bearer stands, as last told.
    told: Condition,
    is_up: bool,
    /// The link may be told that it can hand over a frame.
    owes_ready: bool,
}

impl Ends<Sbd> for ModemLink {
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
            Word::Ready if self.owes_ready => {
                self.owes_ready = false;
                self.door.voice.ready().await;
            }
            Word::Ready => {}
            Word::Signal(percent) => {
                self.tell(Condition { signal_pct: Some(percent), ..self.told }).await;
            }
            Word::Slot(at) => self.wait_until(at).await,
            Word::State(state) => self.settle(state).await,
            Word::Dropped(reason) => self.door.voice.dropped(reason).await,
        }
    }

    async fn lost(&mut self, reason: &str) {
        self.door.voice.down(reason).await;
        self.tell(Condition::default()).await;
    }
}

impl ModemLink {
    fn new(door: LinkDoor, clock: Clock) -> ModemLink {
        let told = Condition::default();
        ModemLink { door, clock, told, is_up: false, owes_ready: false }
    }

    async fn tell(&mut self, condition: Condition) {
        if self.told != condition {
            self.told = condition;
            self.door.voice.tell(condition).await;
        }
    }

    /// The gateway or the modem wants a pause until then.
    async fn wait_until(&mut self, at: Option<Mono>) {
        let now = self.clock.now();
        let next_slot = at.map(|at| Wall(now.wall.0.saturating_add(at.since_ms(now.mono))));
        let standing = match (self.told.standing, next_slot.is_some()) {
            (Standing::Clear | Standing::Cooling, true) => Standing::Cooling,
            (Standing::Clear | Standing::Cooling, false) => Standing::Clear,
            (other, _) => other,
        };
        self.tell(Condition { standing, next_slot, ..self.told }).await;
    }

    async fn settle(&mut self, state: SbdState) {
        let standing = match state {
            SbdState::NoSignal => Standing::NoSignal,
            SbdState::Mute => Standing::Unknown,
            SbdState::Starting | SbdState::RadioOff | SbdState::Up { .. } => Standing::Clear,
        };
        self.tell(Condition { standing, ..self.told }).await;
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
    use std::time::Duration;

    use sanduan_protocol::base::ids::LinkId;
    use sanduan_protocol::link::profile::Price;
    use sanduan_protocol::node::Input as Said;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
    use tokio::sync::mpsc;
    use tokio::time::timeout;

    use super::super::Switchboard;
    use super::super::dialogue::converse;
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
            allowance: Default::default(),
        };
        let (inputs, mut said) = mpsc::channel(64);
        let profile = profile(&bearer, &config);
        assert_eq!((profile.kind.as_str(), profile.mtu), ("sbd", 270));
        let switchboard = Switchboard::new(inputs);
        let door = switchboard.open(profile).expect("the first");
        let sbd = Sbd::new(Settings { mtu: 270, poll_ms: 0 });
        let mut link = ModemLink::new(door, Clock::new());
        let (near, mut modem) = tokio::io::duplex(4096);
        let running = tokio::spawn(async move {
            let mut sbd = sbd;
            converse(&mut sbd, &mut link, near, Clock::new()).await
        });
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
        let mut mtu = None;
        loop {
            match said.recv().await.expect("running") {
                Said::LinkSaid { .. } => {}
                Said::LinkUp { profile, .. } => mtu = Some(profile.mtu),
                Said::LinkReady { .. } => break,
                said => panic!("{said:?}"),
            }
        }
        assert_eq!(mtu, Some(270));
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
