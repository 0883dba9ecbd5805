//! The made-up network against the real driver: what one sends the other hears, whatever happens in
//! between, and phones get and give texts.

use sanduan_protocol::base::time::Mono;
use sanduan_protocol::link::modem::sms::{Input, Number, Output, Settings, Sms, SmsState};

use super::{SmsConfig, SmsEvent, SmsFault, SmsNet};

const NUMBERS: [&str; 2] = ["+8617400000001", "17400000002"];
const PHONE: &str = "13800000001";

struct World {
    net: SmsNet,
    hosts: [Sms; 2],
    /// What each driver told, bytes left out.
    told: [Vec<Output>; 2],
    phones: Vec<(String, String)>,
    now: u64,
}

impl World {
    fn new(stores: bool) -> World {
        let config = SmsConfig { scale: 1, loss_ppm: 0, stores };
        let net = SmsNet::new(config, &NUMBERS.map(str::to_owned), 7);
        let host = || Sms::new(Settings { wants_reports: true });
        let hosts = [host(), host()];
        let told = [Vec::new(), Vec::new()];
        let mut world = World { net, hosts, told, phones: Vec::new(), now: 0 };
        for at in 0..2 {
            world.give(at, Input::Opened);
        }
        world.run(10_000);
        for host in &world.hosts {
            assert_eq!(host.state(), SmsState::Up);
        }
        world
    }

    fn give(&mut self, at: usize, input: Input<'_>) {
        self.hosts[at].handle(input, Mono(self.now));
        loop {
            match self.hosts[at].poll_output() {
                Output::Wait(_) => return,
                Output::Write(bytes) => self.net.host_wrote(at, &bytes, Mono(self.now)),
                output => self.told[at].push(output),
            }
        }
    }

    fn run(&mut self, ms: u64) {
        let end = self.now + ms;
        while self.now < end {
            self.now += 100;
            while let Some(event) = self.net.poll(Mono(self.now)) {
                match event {
                    SmsEvent::ToHost(at, bytes) => self.give(at, Input::Bytes(&bytes)),
                    SmsEvent::Phone(number, text) => self.phones.push((number, text)),
                    SmsEvent::Sent(..) => {}
                }
            }
            for at in 0..2 {
                self.give(at, Input::Tick);
            }
        }
    }

    fn send(&mut self, frame: &[u8]) {
        let to: Number = NUMBERS[1].parse().expect("a number");
        self.give(0, Input::Frame { to: &to, frame });
    }

    fn heard(&self) -> Vec<Vec<u8>> {
        let frame = |output: &Output| match output {
            Output::Heard { frame, from } => {
                assert!(from.is_same_line(&NUMBERS[0].parse().expect("a number")));
                Some(frame.clone())
            }
            _ => None,
        };
        self.told[1].iter().filter_map(frame).collect()
    }
}

#[test]
fn frames_cross_whether_they_are_handed_over_or_stored() {
    for stores in [false, true] {
        let mut world = World::new(stores);
        let frame: Vec<u8> = (0..133).map(|at| at as u8).collect();
        world.send(&frame);
        world.run(40_000);
        assert_eq!(world.heard(), [frame], "stores: {stores}");
    }
}

#[test]
fn errors_a_full_store_and_no_network_cost_time_and_nothing_else() {
    let mut world = World::new(false);
    world.net.order(SmsFault::Error(0, 42, 1));
    world.send(b"one");
    world.run(30_000);
    world.net.order(SmsFault::Full(0));
    world.send(b"two");
    world.run(60_000);
    world.net.order(SmsFault::Blocked(1, true));
    world.send(b"three");
    world.run(30_000);
    assert_eq!(world.heard(), [b"one".to_vec(), b"two".to_vec()]);
    world.net.order(SmsFault::Blocked(1, false));
    world.run(10_000);
    assert_eq!(world.heard().last(), Some(&b"three".to_vec()));
    world.net.order(SmsFault::Lose(0, 1));
    world.send(b"four");
    world.run(30_000);
    assert_eq!(world.heard().len(), 3, "lost on the way, and nobody is told");
}

#[test]
fn a_phone_gets_a_long_text_in_parts_and_the_sender_learns_that_it_was_on() {
    let mut world = World::new(false);
    let to: Number = PHONE.parse().expect("a number");
    world.net.order(SmsFault::Off(PHONE.to_owned(), true));
    let text = "沿江低洼户立即转移".repeat(12);
    world.give(0, Input::Text { to: &to, text: &text, tag: 5 });
    world.run(30_000);
    assert!(world.told[0].contains(&Output::TextSent(5)));
    assert!(world.phones.is_empty() && !world.told[0].contains(&Output::TextReport(5, true)));
    world.net.order(SmsFault::Off(PHONE.to_owned(), false));
    world.run(30_000);
    let mut parts: Vec<&str> = world.phones.iter().map(|(_, part)| part.as_str()).collect();
    parts.sort_by_key(|part| text.find(*part));
    assert_eq!(parts.concat(), text);
    assert!(world.told[0].contains(&Output::TextReport(5, true)));
}

#[test]
fn a_phone_texts_a_modem_in_either_alphabet() {
    let mut world = World::new(false);
    for text in ["3 38 121", "5*3*1*2", "收到"] {
        world.net.order(SmsFault::Text(PHONE.to_owned(), 0, text.to_owned()));
        world.run(5_000);
        let from: Number = PHONE.parse().expect("a number");
        assert!(world.told[0].contains(&Output::Text { from, text: text.to_owned() }), "{text}");
    }
}
