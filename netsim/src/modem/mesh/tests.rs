//! The made-up channel against the machine that the daemon drives: frames cross, faults are
//! survived, and what others type is not mistaken for ours.

use sanduan_protocol::link::modem::meshtastic::{Input, MeshState, Meshtastic, Output, Settings};

use super::*;

/// Nodes with the daemon's machine on each.
struct Bench {
    net: MeshNet,
    hosts: Vec<Meshtastic>,
    now: Mono,
    said: Vec<Vec<Output>>,
}

impl Bench {
    fn new(nodes: usize, loss_ppm: u32) -> Bench {
        let config = MeshConfig { scale: 1, preset: Preset(0), loss_ppm };
        let settings =
            Settings { channel: 0, hop_limit: 3, mtu: 200, emission_ms_max: 1000, first_id: 1 };
        let mut bench = Bench {
            net: MeshNet::new(config, nodes, 1),
            hosts: vec![Meshtastic::new(settings); nodes],
            now: Mono(0),
            said: vec![Vec::new(); nodes],
        };
        for at in 0..nodes {
            bench.input(at, Input::Opened);
        }
        bench.run(2_000);
        bench
    }

    fn input(&mut self, at: usize, input: Input<'_>) -> Option<Mono> {
        self.hosts[at].handle(input, self.now);
        loop {
            match self.hosts[at].poll_output() {
                Output::Wait(deadline) => return deadline,
                Output::Write(bytes) => self.net.host_wrote(at, &bytes, self.now),
                said => self.said[at].push(said),
            }
        }
    }

    /// Run for so long, in steps of 10 ms.
    fn run(&mut self, ms: u64) {
        let end = self.now.after_ms(ms);
        while self.now < end {
            while let Some(event) = self.net.poll(self.now) {
                if let MeshEvent::ToHost(at, bytes) = event {
                    self.input(at, Input::Bytes(&bytes));
                }
            }
            for at in 0..self.hosts.len() {
                self.input(at, Input::Tick);
            }
            self.now = self.now.after_ms(10);
        }
    }

    fn heard(&self, at: usize) -> usize {
        self.said[at].iter().filter(|said| matches!(said, Output::Heard(_))).count()
    }

    fn count(&self, at: usize, what: &Output) -> usize {
        self.said[at].iter().filter(|said| *said == what).count()
    }
}

fn is_up(said: &Output) -> bool {
    matches!(said, Output::State(MeshState::Up { mtu: 77, .. }))
}

#[test]
fn a_frame_of_one_reaches_all_others_and_nobody_twice() {
    let mut bench = Bench::new(3, 0);
    assert!(bench.said.iter().all(|said| said.iter().any(is_up)), "{:?}", bench.said);
    bench.input(0, Input::Frame(b"sealed"));
    bench.net.order(2, MeshFault::Text, bench.now);
    bench.run(5_000);
    assert_eq!([0, 1, 2].map(|at| bench.heard(at)), [0, 1, 1], "the text is nobody's");
    assert_eq!(bench.count(0, &Output::Ready), 2);
}

#[test]
fn the_channel_carries_one_packet_at_a_time() {
    let mut bench = Bench::new(2, 0);
    bench.input(0, Input::Frame(&[1; 60]));
    bench.input(1, Input::Frame(&[2; 60]));
    let air = Preset(0).lora().air_ms(60 + usize::from(FRAME_EXTRA_BYTES));
    bench.run(air + 200);
    assert_eq!(bench.heard(0) + bench.heard(1), 1);
    bench.run(air + 200);
    assert_eq!(bench.heard(0) + bench.heard(1), 2);
}

#[test]
fn a_node_that_restarts_in_mid_traffic_carries_frames_again() {
    let mut bench = Bench::new(2, 0);
    bench.input(0, Input::Frame(b"lost in the queue"));
    bench.net.order(1, MeshFault::Text, Mono(0));
    bench.net.order(0, MeshFault::Reboot, bench.now);
    bench.run(10_000);
    assert_eq!(bench.count(0, &Output::State(MeshState::Restarted)), 1);
    assert_eq!(bench.said[0].iter().filter(|said| is_up(said)).count(), 2);
    let before = bench.heard(1);
    bench.input(0, Input::Frame(b"again"));
    bench.run(5_000);
    assert_eq!(bench.heard(1), before + 1);
}

#[test]
fn a_node_that_hangs_is_called_mute_and_taken_back() {
    let mut bench = Bench::new(2, 0);
    bench.net.order(0, MeshFault::Hung(true), bench.now);
    bench.input(0, Input::Frame(b"into the void"));
    bench.run(80_000);
    assert_eq!(bench.count(0, &Output::State(MeshState::Mute)), 1);
    bench.net.order(0, MeshFault::Hung(false), bench.now);
    bench.run(15_000);
    assert_eq!(bench.said[0].iter().filter(|said| is_up(said)).count(), 2);
}

#[test]
fn a_full_queue_is_waited_for() {
    let mut bench = Bench::new(2, 0);
    bench.net.order(0, MeshFault::Full(true), bench.now);
    bench.run(100);
    bench.input(0, Input::Frame(b"refused"));
    bench.run(60_000);
    assert_eq!(bench.count(0, &Output::Dropped("mesh_refused")), 1);
    assert_eq!(bench.count(0, &Output::Ready), 1, "only the first, before it was full");
    bench.net.order(0, MeshFault::Full(false), bench.now);
    bench.run(1_000);
    assert_eq!(bench.count(0, &Output::Ready), 2);
}

#[test]
fn losses_are_drawn_from_the_seed_and_ordered_ones_come_first() {
    let mut bench = Bench::new(2, 300_000);
    bench.net.order(0, MeshFault::Lose(1), bench.now);
    bench.input(0, Input::Frame(b"lost for sure"));
    bench.run(5_000);
    assert_eq!(bench.heard(1), 0);
    for _ in 0..40 {
        bench.input(0, Input::Frame(b"maybe"));
        bench.run(5_000);
    }
    let heard = bench.heard(1);
    assert!((20..36).contains(&heard), "{heard} of 40 at 30 % loss");
}
