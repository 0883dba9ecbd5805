//! The made-up terminals against the real driver, in made-up time. Several of them as one bearer
//! are in `tests/bonded.rs`.

mod bonded;

use sanduan_protocol::base::time::{Now, Wall};
use sanduan_protocol::link::modem::rdss::{Input, Output, Rdss, RdssState, Settings};

use super::*;

const CARDS: [u32; 3] = [412_345, 498_765, 455_555];
const GROUP: u32 = 2_000_001;

/// Terminals with one real driver each.
struct World {
    sky: RdssSky,
    drivers: Vec<Rdss>,
    now: u64,
    heard: Vec<Vec<Vec<u8>>>,
    dropped: Vec<&'static str>,
    readies: Vec<u32>,
    events: Vec<RdssEvent>,
}

impl World {
    fn new(config: RdssConfig) -> World {
        let settings =
            Settings { dialect: config.dialect, level_bits: config.level_bits, mtu_max: 1200 };
        let mut world = World {
            sky: RdssSky::new(config, &CARDS, GROUP, 7),
            drivers: CARDS.iter().map(|_| Rdss::new(settings.clone())).collect(),
            now: 1_000,
            heard: vec![Vec::new(); CARDS.len()],
            dropped: Vec::new(),
            readies: vec![0; CARDS.len()],
            events: Vec::new(),
        };
        for at in 0..CARDS.len() {
            world.give(at, Input::Opened);
        }
        world.run(20_000);
        world
    }

    fn give(&mut self, at: usize, input: Input<'_>) {
        let now = Now { mono: Mono(self.now), wall: Wall(self.now) };
        self.drivers[at].handle(input, now);
        loop {
            match self.drivers[at].poll_output() {
                Output::Wait(_) => return,
                Output::Write(bytes) => {
                    self.sky.host_wrote(TerminalId(at as u16), &bytes, now.mono);
                }
                Output::Heard { frame, .. } => self.heard[at].push(frame),
                Output::Dropped(reason) => self.dropped.push(reason),
                Output::Ready => self.readies[at] += 1,
                Output::Save(_)
                | Output::State(_)
                | Output::Slot(_)
                | Output::Signal(_)
                | Output::Text { .. }
                | Output::TextSent(_)
                | Output::TextLost(_)
                | Output::Unsent { .. } => {}
            }
        }
    }

    fn run(&mut self, ms: u64) {
        let end = self.now + ms;
        while self.now < end {
            self.now += 100;
            while let Some(event) = self.sky.poll(Mono(self.now)) {
                if let RdssEvent::ToHost(id, bytes) = &event {
                    self.give(usize::from(id.0), Input::Bytes(&bytes.clone()));
                } else {
                    self.events.push(event);
                }
            }
            for at in 0..CARDS.len() {
                self.give(at, Input::Tick);
            }
        }
    }

    fn is_up(&self, at: usize) -> bool {
        matches!(self.drivers[at].state(), RdssState::Up { .. })
    }
}

fn both() -> [RdssConfig; 2] {
    let bds3 = RdssConfig { dialect: Dialect::BDS3, level: 5, ..RdssConfig::civil() };
    [RdssConfig::civil(), bds3]
}

#[test]
fn frames_of_every_byte_value_cross_in_both_dialects_at_one_a_minute() {
    for config in both() {
        let mut world = World::new(config);
        let frames: Vec<Vec<u8>> = (0..4).map(|n| (n * 64..=n * 64 + 63).collect()).collect();
        for frame in &frames {
            world.give(0, Input::Frame { to: CARDS[1], frame });
        }
        world.run(3 * 61_000);
        assert_eq!(world.heard[1].len(), 3, "one a minute and no faster");
        world.run(20_000);
        assert_eq!(world.heard[1], frames);
        assert!(world.heard[2].is_empty(), "of no concern to a third card");
        assert_eq!(world.sky.counts(TerminalId(0)).early, 0);
        assert!(world.dropped.is_empty(), "{:?}", world.dropped);
    }
}

#[test]
fn a_group_hears_what_one_of_it_says_once() {
    for config in both() {
        let mut world = World::new(config);
        world.give(0, Input::Frame { to: GROUP, frame: b"all" });
        world.run(10_000);
        let heard: Vec<_> = world.heard.iter().map(Vec::len).collect();
        assert_eq!(heard, [0, 1, 1]);
    }
}

#[test]
fn a_lost_answer_costs_one_slot_and_nothing_else() {
    for config in both() {
        let mut world = World::new(config);
        world.sky.order(TerminalId(0), Fault::LoseFeedback(1));
        world.give(0, Input::Frame { to: CARDS[1], frame: b"a" });
        world.give(0, Input::Frame { to: CARDS[1], frame: b"b" });
        world.run(80_000);
        assert_eq!(world.heard[1], [b"a", b"b"]);
        assert_eq!(world.dropped, ["rdss_no_feedback"]);
        assert_eq!(world.sky.counts(TerminalId(0)).early, 0);
    }
}

#[test]
fn a_host_that_forgot_its_slot_is_refused_and_sends_when_told() {
    for config in both() {
        let mut world = World::new(config.clone());
        world.give(0, Input::Frame { to: CARDS[1], frame: b"a" });
        world.run(15_000);
        let settings = Settings { dialect: config.dialect, level_bits: None, mtu_max: 1200 };
        world.drivers[0] = Rdss::new(settings);
        world.give(0, Input::Opened);
        world.run(3_000);
        world.give(0, Input::Frame { to: CARDS[1], frame: b"b" });
        world.run(30_000);
        assert_eq!(world.heard[1].len(), 1);
        assert_eq!(world.sky.counts(TerminalId(0)).early, 1);
        world.run(30_000);
        assert_eq!(world.heard[1], [b"a", b"b"]);
        assert_eq!(world.sky.counts(TerminalId(0)).early, 1);
    }
}

#[test]
fn blocked_inhibited_and_cardless_terminals_go_down_and_come_back() {
    for config in both() {
        let faults = [
            (Fault::Blocked(true), Fault::Blocked(false)),
            (Fault::CardOut(true), Fault::CardOut(false)),
            (Fault::Inhibited(Some(Inhibited::Silence)), Fault::Inhibited(None)),
            (Fault::Inhibited(Some(Inhibited::Power)), Fault::Inhibited(None)),
            (Fault::Inhibited(Some(Inhibited::Suppressed)), Fault::Inhibited(None)),
        ];
        let mut world = World::new(config);
        for (begin, end) in faults {
            assert!(world.is_up(0));
            world.sky.order(TerminalId(0), begin);
            world.give(0, Input::Frame { to: CARDS[1], frame: b"x" });
            world.run(16_000);
            assert!(!world.is_up(0), "{begin:?}");
            world.sky.order(TerminalId(0), end);
            world.run(62_000);
            assert!(world.is_up(0), "{end:?}");
        }
    }
}

#[test]
fn a_blocked_receiver_misses_what_is_kept_for_nobody() {
    let mut world = World::new(RdssConfig::civil());
    world.sky.order(TerminalId(1), Fault::Blocked(true));
    world.give(0, Input::Frame { to: CARDS[1], frame: b"a" });
    world.run(30_000);
    world.sky.order(TerminalId(1), Fault::Blocked(false));
    world.run(120_000);
    assert!(world.heard[1].is_empty());
    assert!(world.events.contains(&RdssEvent::Missed(TerminalId(1), Why::Blocked)));
}

#[test]
fn messages_are_lost_and_doubled_as_ordered() {
    let mut world = World::new(RdssConfig::civil());
    world.sky.order(TerminalId(0), Fault::LoseMessages(1));
    world.give(0, Input::Frame { to: CARDS[1], frame: b"lost" });
    world.run(62_000);
    world.sky.order(TerminalId(0), Fault::DoubleMessages(1));
    world.give(0, Input::Frame { to: CARDS[1], frame: b"twice" });
    world.run(62_000);
    world.give(0, Input::Frame { to: 1, frame: b"nobody" });
    world.run(62_000);
    assert_eq!(world.heard[1], [b"twice", b"twice"]);
    assert!(world.events.contains(&RdssEvent::Missed(TerminalId(0), Why::Nobody)));
}

#[test]
fn a_driver_that_overlooks_the_level_is_refused() {
    let mut world = World::new(RdssConfig::civil());
    let line = Dialect::V2_1.send(CARDS[1], &[1; 78]);
    world.sky.host_wrote(TerminalId(0), &line, Mono(world.now));
    world.run(10_000);
    assert!(world.heard[1].is_empty());
    assert!(world.events.contains(&RdssEvent::Refused(TerminalId(0), Why::Oversize)));
}

#[test]
fn a_scaled_card_of_a_minute_is_one_of_a_second() {
    let mut world = World::new(RdssConfig { scale: 60, ..RdssConfig::civil() });
    for _ in 0..5 {
        world.give(0, Input::Frame { to: CARDS[1], frame: b"x" });
    }
    world.run(12_000);
    assert_eq!(world.heard[1].len(), 5);
    assert_eq!(world.sky.counts(TerminalId(0)).early, 0);
}
