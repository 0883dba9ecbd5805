//! The world with a toy machine: a set of numbers that spreads by beacons. Shows that the world
//! loses, delays, cuts and crashes as told, and that it catches a machine that breaks the contract.

use std::collections::BTreeSet;

use sanduan_protocol::base::time::Now;
use sanduan_protocol::local::Reply;
use sanduan_protocol::node::input::BatchNo;
use sanduan_protocol::node::output::Batch;

use super::*;
use crate::air::{Config, Hearing};
use crate::world::{Checker, Opener, RadioId, Stored, WireConfig};
use crate::world::{Fault, Unsynced};

#[test]
fn everyone_agrees_over_lossy_wires_and_radio() {
    let (mut world, hosts) = district(1, Manner::Honest);
    write_everywhere(&mut world, &hosts, 5);
    let agreed = agree_within(&mut world, &hosts, 20 * 60_000);
    assert!(agreed.is_some(), "no agreement");
    assert_eq!(holds(&world, hosts[0]), 5 * hosts.len());
    assert_eq!(world.breaches(), []);
}

#[test]
fn a_cut_keeps_them_apart_until_it_heals() {
    let (mut world, hosts) = district(2, Manner::Honest);
    world.act(Action::CutRadio(RadioId(0), "A-B".parse().expect("a pair")));
    world.act(Action::CutRadio(RadioId(0), "A-C".parse().expect("a pair")));
    write_everywhere(&mut world, &hosts, 3);
    world.run_until(Mono(10 * 60_000));
    assert_eq!((holds(&world, hosts[0]), holds(&world, hosts[2])), (6, 6));
    world.act(Action::HealRadio(RadioId(0), "A-B".parse().expect("a pair")));
    assert!(agree_within(&mut world, &hosts, 20 * 60_000).is_some());
    assert_eq!(holds(&world, hosts[3]), 12);
}

#[test]
fn what_was_confirmed_survives_every_crash() {
    for seed in 0..30 {
        let (mut world, hosts) = district(seed, Manner::Honest);
        crash_often(&mut world, &hosts, seed);
        assert!(agree_within(&mut world, &hosts, 40 * 60_000).is_some(), "seed {seed}");
        assert_eq!(world.breaches(), [], "seed {seed}");
    }
}

#[test]
fn a_machine_that_confirms_before_it_saved_is_caught() {
    let caught = (0..30).any(|seed| {
        let (mut world, hosts) = district(seed, Manner::ConfirmsEarly);
        crash_often(&mut world, &hosts, seed);
        world.breaches().iter().any(|breach| breach.what.contains("confirmed"))
    });
    assert!(caught);
}

#[test]
fn a_machine_that_does_not_wait_for_the_link_is_caught() {
    let (mut world, hosts) = district(1, Manner::Impatient);
    write_everywhere(&mut world, &hosts, 1);
    world.run_until(Mono(60_000));
    assert!(world.breaches().iter().any(|breach| breach.what.contains("before it was ready")));
}

#[test]
fn what_was_asked_of_a_machine_that_stood_still_is_gone_if_it_fell() {
    for (falls, answers) in [(false, 1), (true, 0)] {
        let (mut world, hosts) = district(3, Manner::Honest);
        world.act(Action::Befall(hosts[0], Fault::Pause { for_ms: 5_000 }));
        world.ask(hosts[0], write(7));
        if falls {
            world.crash(hosts[0], Unsynced::Kept);
            world.start(hosts[0]);
        }
        world.run_until(Mono(20_000));
        assert_eq!(world.host(hosts[0]).answers().count(), answers);
    }
}

#[test]
fn a_machine_that_stood_still_twice_at_once_saves_again_when_it_goes_on() {
    let (mut world, hosts) = district(5, Manner::Honest);
    let stand = |for_ms| Action::Befall(hosts[0], Fault::Pause { for_ms });
    // While it is off it does not stand still, and so it is not put off when it starts.
    world.crash(hosts[0], Unsynced::Lost);
    world.act(stand(4 * 3_600_000));
    world.start(hosts[0]);
    assert!(!world.stands_still(hosts[0]));
    world.ask(hosts[0], write(1));
    world.act(stand(60_000));
    world.act(stand(1_000));
    let until = world.now().after_ms(70_000);
    world.run_until(until);
    assert_eq!(world.host(hosts[0]).disk().waiting_batches(), 0);
}

#[test]
fn a_refusing_disk_confirms_nothing() {
    let (mut world, hosts) = district(3, Manner::Honest);
    world.act(Action::DiskRefuses(hosts[0], true));
    world.ask(hosts[0], write(7));
    world.run_until(Mono(5_000));
    assert_eq!(world.host(hosts[0]).answers().count(), 0);
    world.act(Action::DiskRefuses(hosts[0], false));
    // A sync failed: nothing more is trusted to that disk before the machine was started again.
    world.act(Action::Crash(hosts[0], Unsynced::Lost));
    world.act(Action::Restart(hosts[0]));
    world.ask(hosts[0], write(8));
    world.run_until(Mono(10_000));
    assert_eq!(world.host(hosts[0]).answers().count(), 1);
    let keys: Vec<_> = world.host(hosts[0]).disk().stored().keys().collect();
    assert_eq!(keys, [&vec![8, 0, 0, 0]]);
}

#[test]
fn a_one_way_cut_silences_one_side() {
    let mut world = World::new(4);
    let a = world.add_host("a", opener(Manner::Honest));
    let b = world.add_host("b", opener(Manner::Honest));
    let wire = world.add_wire(a, b, WireConfig::lan());
    world.act(Action::CutFrom(wire, a));
    world.start_all();
    world.ask(a, write(1));
    world.ask(b, write(2));
    world.run_until(Mono(60_000));
    assert_eq!((holds(&world, a), holds(&world, b)), (2, 1));
    assert!(world.wire(wire).counts()[0].cut_frames > 0);
}

#[test]
fn one_seed_is_one_history() {
    let history = |seed| {
        let (mut world, hosts) = district(seed, Manner::Honest);
        world.keep_lines();
        crash_often(&mut world, &hosts, seed);
        (world.fingerprint(), world.lines().map(str::to_owned).collect::<Vec<_>>())
    };
    let (print, lines) = history(12);
    assert_eq!((print, &lines), (history(12).0, &history(12).1));
    assert!(lines.len() > 500);
    assert_ne!(print, history(13).0);
}

#[test]
fn clocks_may_differ_but_time_is_one() {
    let mut world: World<Toy> = World::new(1);
    let a = world.add_host("a", opener(Manner::Honest));
    world.act(Action::SetClock(a, -86_400_000));
    world.start_all();
    world.run_until(Mono(1000));
    let now = world.host(a).now(world.now());
    assert_eq!(now.mono, Mono(1000));
    assert_eq!(world.host(a).clock_offset_ms, -86_400_000);
    assert!(now.wall.0 < 1_787_097_600_000);
}

/// How the toy behaves.
#[derive(Clone, Copy, PartialEq)]
enum Manner {
    Honest,
    ConfirmsEarly,
    Impatient,
}

/// A set of numbers. An ask writes one; every five seconds it sends what it holds on every link
/// that is ready, eight numbers a frame in turn.
struct Toy {
    manner: Manner,
    held: BTreeSet<u32>,
    links: Vec<(LinkId, bool)>,
    unsaved: Vec<(BatchNo, u32, Option<AskId>)>,
    batches: u64,
    turn: usize,
    next_beacon: Mono,
    wishes: std::collections::VecDeque<Output>,
}

const BEACON_MS: u64 = 5_000;
const NUMBERS_PER_FRAME: usize = 8;

fn opener(manner: Manner) -> Opener<Toy> {
    Box::new(move |stored: &Stored, now: Now| Toy {
        manner,
        held: stored.keys().map(|key| number(key)).collect(),
        links: Vec::new(),
        unsaved: Vec::new(),
        batches: 0,
        turn: 0,
        next_beacon: now.mono.after_ms(BEACON_MS),
        wishes: Default::default(),
    })
}

fn number(bytes: &[u8]) -> u32 {
    u32::from_le_bytes(bytes.try_into().expect("four bytes"))
}

fn write(number: u32) -> Request {
    Request::CarryImport { bytes: number.to_le_bytes().to_vec() }
}

impl Toy {
    fn save(&mut self, number: u32, ask: Option<AskId>) {
        self.batches += 1;
        let batch = BatchNo(self.batches);
        let puts = vec![(number.to_le_bytes().to_vec(), vec![1])];
        self.unsaved.push((batch, number, ask));
        self.wishes.push_back(Output::Save(Batch { batch, urgent: ask.is_some(), puts }));
    }

    fn confirm(&mut self, ask: AskId) {
        let reply = Box::new(Ok(Reply::Saved { id: None, records: 1 }));
        self.wishes.push_back(Output::Reply { ask, reply });
    }

    fn beacon(&mut self) {
        let all: Vec<u32> = self.held.iter().copied().collect();
        if all.is_empty() {
            return;
        }
        let impatient = self.manner == Manner::Impatient;
        for (link, ready) in &mut self.links {
            if !*ready {
                continue;
            }
            let start = self.turn * NUMBERS_PER_FRAME % all.len();
            let frame = all.iter().cycle().skip(start).take(NUMBERS_PER_FRAME.min(all.len()));
            let frame: Vec<u8> = frame.flat_map(|number| number.to_le_bytes()).collect();
            for _ in 0..if impatient { 2 } else { 1 } {
                self.wishes.push_back(Output::Send {
                    link: *link,
                    frame: frame.clone(),
                    bulk: false,
                });
            }
            *ready = false;
        }
        self.turn += 1;
    }
}

impl Machine for Toy {
    fn handle(&mut self, input: Input, now: Now) {
        match input {
            Input::LinkUp { link, .. } => self.links.push((link, false)),
            Input::LinkReady { link } => {
                self.links.iter_mut().filter(|(l, _)| *l == link).for_each(|(_, r)| *r = true);
            }
            Input::Ask { ask, request: Request::CarryImport { bytes } } => {
                self.save(number(&bytes), Some(ask));
                if self.manner == Manner::ConfirmsEarly {
                    self.confirm(ask);
                }
            }
            Input::Saved { batch } => {
                let place = self.unsaved.iter().position(|(b, ..)| *b == batch);
                let (_, number, ask) = self.unsaved.remove(place.expect("a batch of its own"));
                self.held.insert(number);
                if let Some(ask) = ask.filter(|_| self.manner != Manner::ConfirmsEarly) {
                    self.confirm(ask);
                }
            }
            Input::SaveFailed { batch, .. } => self.unsaved.retain(|(b, ..)| *b != batch),
            Input::Heard { frame, .. } => {
                let waiting: BTreeSet<u32> = self.unsaved.iter().map(|(_, n, _)| *n).collect();
                let heard: BTreeSet<u32> = frame.chunks(4).map(number).collect();
                for number in heard {
                    if !self.held.contains(&number) && !waiting.contains(&number) {
                        self.save(number, None);
                    }
                }
            }
            Input::Tick if now.mono >= self.next_beacon => {
                self.next_beacon = now.mono.after_ms(BEACON_MS);
                self.beacon();
            }
            _ => {}
        }
    }

    fn poll_output(&mut self) -> Output {
        self.wishes.pop_front().unwrap_or(Output::Wait(Some(self.next_beacon)))
    }
}

/// What a host confirmed must be on its disk or on its way there, whatever happens.
struct Confirmed {
    /// Number by ask.
    asked: std::collections::BTreeMap<u64, u32>,
}

impl Checker<Toy> for Confirmed {
    fn after(&mut self, world: &World<Toy>, host: HostId) -> Result<(), String> {
        let host = world.host(host);
        let stored = host.disk().stored();
        for answer in host.answers() {
            let number = self.asked[&answer.ask.0];
            if !stored.contains_key(&number.to_le_bytes().to_vec()) {
                return Err(format!("{number} was confirmed and is not on the disk"));
            }
        }
        Ok(())
    }
}

/// The centre and the forward post by satellite; the forward post (station A), the team (B) and the
/// depot (C) by radio.
fn district(seed: u64, manner: Manner) -> (World<Toy>, [HostId; 4]) {
    let mut world = World::new(seed);
    let hosts =
        ["centre", "forward", "team", "depot"].map(|name| world.add_host(name, opener(manner)));
    let [centre, forward, team, depot] = hosts;
    let wire = WireConfig { loss_ppm: 100_000, duplicate_ppm: 50_000, ..WireConfig::satellite() };
    world.add_wire(centre, forward, wire);
    let radio = Config { loss_ppm: 100_000, ..Config::direwolf(1200) };
    world.add_radio(radio, Hearing::all(3), &[forward, team, depot]);
    world.start_all();
    (world, hosts)
}

fn write_everywhere(world: &mut World<Toy>, hosts: &[HostId], each: u32) {
    for (&host, base) in hosts.iter().zip((0..).step_by(100)) {
        for n in 0..each {
            world.ask_at(Mono(1_000 * u64::from(n)), host, write(base + n));
        }
    }
}

/// Four minutes of writing and crashing, then a minute after which all are up again.
fn crash_often(world: &mut World<Toy>, hosts: &[HostId], seed: u64) {
    let mut dice = sanduan_protocol::base::dice::Dice::new(seed ^ 0xC0FFEE);
    let mut asked = std::collections::BTreeMap::new();
    for n in 0..60 {
        let host = hosts[dice.below(4) as usize];
        let at = dice.below(240_000);
        let ask = world.ask_at(Mono(at), host, write(n));
        asked.insert(ask.0, n);
        if n % 2 == 0 {
            let crash_at = Mono(at + dice.below(12));
            world.at(crash_at, Action::Crash(host, Unsynced::Drawn));
            world.at(crash_at.after_ms(dice.between(1, 20_000)), Action::Restart(host));
        }
    }
    world.add_checker(Box::new(Confirmed { asked }));
    world.run_until(Mono(300_000));
}

fn agree_within(world: &mut World<Toy>, hosts: &[HostId], ms: u64) -> Option<Mono> {
    let until = world.now().after_ms(ms);
    let hosts = hosts.to_vec();
    // Agreement on nothing would be no agreement: something was written before this is asked.
    world.run_until_true(until, 1_000, |world| {
        world.now() > Mono(10_000) && world.agree(&hosts, |toy| toy.held.clone())
    })
}

fn holds(world: &World<Toy>, host: HostId) -> usize {
    world.host(host).machine().map_or(0, |toy| toy.held.len())
}
