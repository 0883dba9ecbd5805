//! The made-up modems against the real driver, in made-up time.

use sanduan_protocol::link::modem::directip::for_modem;
use sanduan_protocol::link::modem::sbd::{Input, Output, Sbd, SbdState, Settings};

use super::*;

struct World {
    net: SbdNet,
    drivers: Vec<Sbd>,
    now: u64,
    heard: Vec<Vec<Vec<u8>>>,
    dropped: Vec<&'static str>,
    statuses: Vec<u32>,
    /// What the command post was sent.
    shore: Vec<Vec<u8>>,
}

impl World {
    fn new(poll_ms: u64) -> World {
        World::of(poll_ms, SbdConfig { scale: 1, failed_ppm: 0, shore: false })
    }

    fn of(poll_ms: u64, config: SbdConfig) -> World {
        let settings = Settings { mtu: 270, poll_ms };
        let mut world = World {
            net: SbdNet::new(config, 2, 7),
            drivers: (0..2).map(|_| Sbd::new(settings.clone())).collect(),
            now: 1_000,
            heard: vec![Vec::new(); 2],
            dropped: Vec::new(),
            statuses: Vec::new(),
            shore: Vec::new(),
        };
        for at in 0..2 {
            world.give(at, Input::Opened);
        }
        world.run(30_000);
        assert_eq!(world.drivers[0].state(), SbdState::Up { mtu: 270 });
        world
    }

    fn give(&mut self, at: usize, input: Input<'_>) {
        self.drivers[at].handle(input, Mono(self.now));
        loop {
            match self.drivers[at].poll_output() {
                Output::Wait(_) => return,
                Output::Write(bytes) => self.net.host_wrote(at, &bytes, Mono(self.now)),
                Output::Heard(frame) => self.heard[at].push(frame),
                Output::Dropped(reason) => self.dropped.push(reason),
                Output::Ready | Output::State(_) | Output::Signal(_) | Output::Slot(_) => {}
            }
        }
    }

    fn run(&mut self, ms: u64) {
        let end = self.now + ms;
        while self.now < end {
            self.now += 100;
            while let Some(event) = self.net.poll(Mono(self.now)) {
                match event {
                    SbdEvent::ToHost(at, bytes) => self.give(at, Input::Bytes(&bytes)),
                    SbdEvent::Session(_, status, _) => self.statuses.push(status),
                    SbdEvent::ToShore(bytes) => self.shore.push(bytes),
                    SbdEvent::Fetched(..) | SbdEvent::Overflow(_) | SbdEvent::FromShore(..) => {}
                }
            }
            for at in 0..2 {
                self.give(at, Input::Tick);
            }
        }
    }
}

#[test]
fn frames_of_every_byte_value_cross_after_a_ring() {
    let mut world = World::new(0);
    let frames = [(0..=255).collect::<Vec<u8>>(), b"\r\nOK\r\nSBDRING\r\n".to_vec(), vec![0; 270]];
    for frame in &frames {
        world.give(0, Input::Frame(frame));
    }
    world.run(120_000);
    assert_eq!(world.heard[1], frames);
    assert!(world.dropped.is_empty(), "{:?}", world.dropped);
    assert!(world.heard[0].is_empty());
}

#[test]
fn an_unknown_fate_loses_or_delivers_and_never_doubles() {
    for (delivered, want) in [(true, 1), (false, 0)] {
        let mut world = World::new(0);
        world.net.order(0, SbdFault::NextStatus(18, delivered));
        world.give(0, Input::Frame(b"one"));
        world.run(120_000);
        assert_eq!(world.heard[1].len(), want);
        assert_eq!(world.dropped, ["sbd_ambiguous"]);
    }
}

#[test]
fn refused_sessions_are_held_again_until_the_message_is_through() {
    for status in [13, 17, 35, 36, 38] {
        let mut world = World::new(0);
        world.net.order(0, SbdFault::NextStatus(status, false));
        world.give(0, Input::Frame(b"one"));
        world.run(260_000);
        assert_eq!(world.heard[1], [b"one"], "{status}");
        assert!(world.statuses.contains(&status));
    }
}

#[test]
fn what_waits_at_the_gateway_is_fetched_when_the_sky_opens_or_the_hour_strikes() {
    let mut world = World::new(600_000);
    world.net.order(1, SbdFault::MissRings(3));
    for n in 0..3_u8 {
        world.give(0, Input::Frame(&[n]));
        world.run(30_000);
    }
    assert_eq!((world.heard[1].len(), world.net.queued(1)), (0, 3));
    world.run(600_000);
    assert_eq!(world.heard[1], [[0], [1], [2]], "all of them in a row, by one poll");
    assert_eq!(world.net.queued(1), 0);
}

#[test]
fn a_blocked_sky_and_a_radio_that_is_off_are_told_apart_and_passed() {
    for (begin, end, state) in [
        (SbdFault::Blocked(true), SbdFault::Blocked(false), SbdState::NoSignal),
        (SbdFault::RadioOff(true), SbdFault::RadioOff(false), SbdState::RadioOff),
    ] {
        let mut world = World::new(0);
        world.net.order(0, begin);
        world.give(0, Input::Frame(b"x"));
        let mut seen = false;
        for _ in 0..90 {
            world.run(1_000);
            seen |= world.drivers[0].state() == state;
        }
        assert!(seen, "{begin:?}");
        world.net.order(0, end);
        world.run(90_000);
        assert_eq!(world.drivers[0].state(), SbdState::Up { mtu: 270 }, "{end:?}");
        world.give(0, Input::Frame(b"y"));
        world.run(240_000);
        assert_eq!(world.heard[1].last().map(Vec::as_slice), Some(b"y".as_slice()));
    }
}

#[test]
fn a_host_that_does_not_clear_sends_again() {
    let mut net = SbdNet::new(SbdConfig { scale: 1, failed_ppm: 0, shore: false }, 2, 1);
    net.host_wrote(0, b"AT+SBDWB=2\r", Mono(0));
    net.host_wrote(0, b"hi\x00\xD1", Mono(100));
    for at in [200, 60_000] {
        net.host_wrote(0, b"AT+SBDIX\r", Mono(at));
        while net.poll(Mono(at + 30_000)).is_some() {}
    }
    assert_eq!(net.queued(1), 2);
}

#[test]
fn a_modem_and_a_command_post_on_the_ip_side_hear_each_other_and_no_third() {
    let mut world = World::of(0, SbdConfig { scale: 1, failed_ppm: 0, shore: true });
    // Each first look for messages is told to the post, empty.
    assert_eq!(world.shore.len(), 2);
    world.give(0, Input::Frame(b"report"));
    world.run(60_000);
    assert!(world.shore.last().is_some_and(|told| told.ends_with(b"report")));
    assert!(world.heard[1].is_empty(), "the post alone");
    let now = Mono(world.now);
    let order = for_modem(1, "300434060000011".parse().expect("an IMEI"), b"order");
    assert!(world.net.shore_wrote(&order, now).is_some());
    world.run(60_000);
    assert_eq!(world.heard[1], [b"order"]);
    world.net.order(1, SbdFault::NextAnswer(-5));
    world.net.shore_wrote(&order, now);
    world.run(60_000);
    assert_eq!(world.heard[1].len(), 1, "refused means not queued");
}

#[test]
fn a_modem_tells_whether_it_is_registered_and_what_waits() {
    let mut net = SbdNet::new(SbdConfig { scale: 1, failed_ppm: 0, shore: false }, 2, 1);
    let mut said = |words: &str, at: u64| {
        net.host_wrote(0, format!("{words}\r").as_bytes(), Mono(at));
        let mut told = String::new();
        while let Some(event) = net.poll(Mono(at + 30_000)) {
            if let SbdEvent::ToHost(0, bytes) = event {
                told += &String::from_utf8_lossy(&bytes);
            }
        }
        told
    };
    assert!(said("AT+SBDREG?", 0).contains("+SBDREG:1"));
    said("AT+SBDIX", 40_000);
    assert!(said("AT+SBDREG?", 80_000).contains("+SBDREG:2"));
    assert!(said("AT+SBDSX", 120_000).contains("+SBDSX: 0, 1, 0, -1, 0, 0"));
}
