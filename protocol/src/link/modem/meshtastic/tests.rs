//! The machine against a node played by hand: asked, sending, full, restarted, silent.

use proptest::prelude::*;

use super::words::{AppContent, Config, FromRadio, LoraConfig, MeshPacket, OwnNode, QueueStatus};
use super::words::{Heartbeat, ToRadio};
use super::*;
use crate::base::time::Mono;

const SETTINGS: Settings =
    Settings { channel: 1, hop_limit: 3, mtu: 200, emission_ms_max: 1000, first_id: 41 };

/// A machine, its node's line, and what it said.
struct Bench {
    mesh: Meshtastic,
    line: stream::Framer,
    now_ms: u64,
    said: Vec<Output>,
    told: Vec<ToRadio>,
    deadline: Option<Mono>,
}

impl Bench {
    fn opened() -> Bench {
        Bench::opened_with(SETTINGS)
    }

    fn opened_with(settings: Settings) -> Bench {
        let mut bench = Bench {
            mesh: Meshtastic::new(settings),
            line: stream::Framer::default(),
            now_ms: 1000,
            said: Vec::new(),
            told: Vec::new(),
            deadline: None,
        };
        bench.input(Input::Opened);
        bench
    }

    fn up() -> Bench {
        let mut bench = Bench::opened();
        let question = bench.question();
        bench.node(FromRadio { my_info: Some(OwnNode { my_node_num: 7 }), ..FromRadio::default() });
        bench.node(lora(LoraConfig {
            use_preset: true,
            region: 4,
            tx_enabled: true,
            ..LoraConfig::default()
        }));
        bench.complete(question);
        bench.said.clear();
        bench
    }

    fn input(&mut self, input: Input<'_>) {
        self.mesh.handle(input, Mono(self.now_ms));
        loop {
            match self.mesh.poll_output() {
                Output::Wait(at) => {
                    self.deadline = at;
                    return;
                }
                Output::Write(bytes) => {
                    self.line.push(&bytes);
                    let read = |message: Vec<u8>| ToRadio::read(&message).expect("well formed");
                    self.told.extend(self.line.by_ref().map(read));
                }
                said => self.said.push(said),
            }
        }
    }

    fn node(&mut self, message: FromRadio) {
        self.input(Input::Bytes(&stream::framed(&message.bytes())));
    }

    fn complete(&mut self, question: u32) {
        self.node(FromRadio { config_complete_id: Some(question), ..FromRadio::default() });
    }

    fn queue(&mut self, free: u32, res: i32) {
        let status = QueueStatus { res, free, maxlen: 16, mesh_packet_id: 0 };
        self.node(FromRadio { queue_status: Some(status), ..FromRadio::default() });
    }

    /// Tick at deadlines until `until_ms`.
    fn run(&mut self, until_ms: u64) {
        while let Some(Mono(at)) = self.deadline.filter(|at| at.0 <= until_ms) {
            assert!(at >= self.now_ms || self.said.len() < 1000, "the deadline does not move");
            self.now_ms = at.max(self.now_ms);
            self.input(Input::Tick);
        }
        self.now_ms = until_ms;
    }

    fn question(&self) -> u32 {
        self.told.iter().rev().find_map(|told| told.want_config_id).expect("was asked")
    }

    fn readies(&self) -> usize {
        self.said.iter().filter(|said| **said == Output::Ready).count()
    }
}

fn lora(lora: LoraConfig) -> FromRadio {
    FromRadio { config: Some(Config { lora: Some(lora) }), ..FromRadio::default() }
}

fn packet(from: u32, channel: u32, portnum: u32, payload: &[u8]) -> FromRadio {
    let decoded = Some(AppContent { portnum, payload: payload.to_vec() });
    let rx_rssi = Some(-90);
    let packet = MeshPacket { from, to: EVERYONE, channel, decoded, rx_rssi, ..Default::default() };
    FromRadio { packet: Some(packet), ..FromRadio::default() }
}

#[test]
fn messages_have_the_bytes_of_the_public_protocol() {
    let ask = ToRadio { want_config_id: Some(42), ..ToRadio::default() };
    assert_eq!(ask.bytes(), [0x18, 42]);
    let heartbeat = ToRadio { heartbeat: Some(Heartbeat {}), ..ToRadio::default() };
    assert_eq!(heartbeat.bytes(), [0x3A, 0]);
    let mut bench = Bench::up();
    bench.input(Input::Frame(b"hi"));
    let sent = bench.told.last().expect("a packet").bytes();
    let inner = [
        &[0x15, 0xFF, 0xFF, 0xFF, 0xFF][..], // to everyone
        &[0x18, 1],                          // channel
        &[0x22, 7, 0x08, 0x80, 0x02, 0x12, 2, b'h', b'i'],
        &[0x35, 42, 0, 0, 0], // id
        &[0x48, 3],           // hop limit
    ]
    .concat();
    assert_eq!(sent, [&[0x0A, inner.len() as u8], &inner[..]].concat());
}

#[test]
fn a_node_comes_up_when_it_has_told_all_of_itself_and_not_before() {
    let mut bench = Bench::opened();
    let question = bench.question();
    bench.node(lora(LoraConfig {
        use_preset: true,
        modem_preset: 6,
        region: 4,
        tx_enabled: true,
        ..LoraConfig::default()
    }));
    bench.complete(question + 1);
    assert_eq!(bench.said, [], "the answer to another question");
    bench.complete(question);
    let up = MeshState::Up { mtu: 200, rate_bit_s: 10_937, per_burst_ms: 218 };
    assert_eq!(bench.said, [Output::State(up), Output::Ready]);
}

#[test]
fn a_slow_preset_makes_frames_short_enough_for_the_law_and_never_too_short() {
    for (preset, mtu) in [(0, 77), (1, 64), (3, 192), (6, 200)] {
        let mut bench = Bench::opened();
        let question = bench.question();
        let radio = LoraConfig { use_preset: true, modem_preset: preset, ..Default::default() };
        bench.node(lora(LoraConfig { region: 4, tx_enabled: true, ..radio }));
        bench.complete(question);
        let told = bench.said.iter().find_map(|said| match said {
            Output::State(MeshState::Up { mtu, .. }) => Some(*mtu),
            _ => None,
        });
        assert_eq!(told, Some(mtu), "preset {preset}");
    }
}

#[test]
fn a_node_that_may_not_send_says_why() {
    for (region, tx_enabled, state) in
        [(0, true, MeshState::NoRegion), (4, false, MeshState::SendingOff)]
    {
        let mut bench = Bench::opened();
        let question = bench.question();
        bench.node(lora(LoraConfig { use_preset: true, region, tx_enabled, ..Default::default() }));
        bench.complete(question);
        assert_eq!(bench.said, [Output::State(state)]);
    }
}

#[test]
fn a_node_that_does_not_answer_is_asked_again_and_then_called_mute() {
    let mut bench = Bench::opened();
    bench.run(29_000);
    assert_eq!((bench.told.len(), bench.said.len()), (3, 0));
    bench.run(35_000);
    assert_eq!(bench.said, [Output::State(MeshState::Mute)]);
    bench.run(200_000);
    assert_eq!(bench.said.len(), 1, "said once");
    let question = bench.question();
    bench.complete(question);
    assert!(matches!(bench.said[1], Output::State(MeshState::Up { .. })), "{:?}", bench.said);
}

#[test]
fn the_next_frame_waits_for_the_air_of_this_one() {
    let mut bench = Bench::up();
    bench.input(Input::Frame(&[9; 60]));
    bench.queue(15, 0);
    let air = Preset(0).lora().air_ms(60 + usize::from(FRAME_EXTRA_BYTES));
    bench.run(1000 + 2 * air);
    assert_eq!(bench.readies(), 0, "the channel is taken twice");
    bench.run(1000 + 2 * air + 1000);
    assert_eq!(bench.readies(), 1);
}

#[test]
fn a_full_queue_holds_frames_back_until_it_says_that_there_is_room() {
    let mut bench = Bench::up();
    bench.input(Input::Frame(&[9; 60]));
    bench.queue(0, 0);
    bench.run(15_000);
    assert_eq!(bench.readies(), 0);
    bench.run(50_000);
    let asked = bench.told.iter().filter(|told| told.heartbeat.is_some()).count();
    assert_eq!((bench.readies(), asked), (0, 2), "asked about, not pressed");
    bench.queue(3, 0);
    assert_eq!(bench.readies(), 1);
}

#[test]
fn a_refused_packet_is_counted_and_the_link_goes_on() {
    let mut bench = Bench::up();
    bench.input(Input::Frame(&[9; 60]));
    bench.queue(15, 9);
    assert_eq!(bench.said, [Output::Dropped("mesh_refused")]);
    bench.run(10_000);
    assert_eq!(bench.readies(), 1);
}

#[test]
fn frames_are_heard_and_other_applications_and_our_own_echo_are_not() {
    let mut bench = Bench::up();
    bench.node(packet(8, 1, PRIVATE_APP, b"sealed"));
    assert_eq!(bench.said, [Output::Signal(50), Output::Heard(b"sealed".to_vec())]);
    bench.said.clear();
    bench.node(packet(8, 1, 1, "有人吗".as_bytes()));
    bench.node(packet(8, 0, PRIVATE_APP, b"another channel"));
    bench.node(packet(7, 1, PRIVATE_APP, b"our own"));
    bench.node(packet(8, 1, PRIVATE_APP, b""));
    assert_eq!(bench.said, []);
}

#[test]
fn a_node_that_restarts_is_asked_anew_and_carries_frames_again() {
    let mut bench = Bench::up();
    let before = bench.question();
    bench.node(FromRadio { rebooted: Some(true), ..FromRadio::default() });
    assert_eq!(bench.said, [Output::State(MeshState::Restarted)]);
    let question = bench.question();
    assert_ne!(question, before);
    bench.input(Input::Frame(b"too early"));
    assert_eq!(bench.said.pop(), Some(Output::Dropped("mesh_not_up")));
    bench.complete(question);
    assert_eq!(bench.readies(), 1);
    bench.input(Input::Frame(b"again"));
    assert!(bench.told.last().is_some_and(|told| told.packet.is_some()));
}

#[test]
fn a_node_that_hangs_is_noticed_by_its_silence() {
    let mut bench = Bench::up();
    let asked = bench.told.len();
    bench.input(Input::Frame(b"no answer"));
    bench.run(90_000);
    assert!(bench.told.len() > asked + 3, "asked again and again");
    assert!(bench.said.contains(&Output::State(MeshState::Mute)), "{:?}", bench.said);
}

#[test]
fn packet_numbers_never_repeat_in_a_run_and_are_never_none() {
    let mut bench = Bench::opened_with(Settings { first_id: u32::MAX - 2, ..SETTINGS });
    let question = bench.question();
    bench.complete(question);
    for _ in 0..3 {
        bench.input(Input::Frame(b"x"));
    }
    let packets = bench.told.iter().filter_map(|told| told.packet.as_ref());
    let numbers: Vec<u32> = packets.map(|packet| packet.id).collect();
    assert_eq!(numbers, [u32::MAX - 1, u32::MAX, 1]);
}

proptest! {
    #[test]
    fn whatever_a_node_says_nothing_panics_and_deadlines_move(
        said in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..80), 0..20),
    ) {
        let mut bench = Bench::up();
        for message in said {
            bench.input(Input::Bytes(&stream::framed(&message)));
            bench.input(Input::Frame(&[1; 20]));
            let now = bench.now_ms;
            bench.run(now + 5_000);
        }
    }
}
