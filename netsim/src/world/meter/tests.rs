//! What a bearer may spend is kept to by real nodes, and known to them after a restart.

use sanduan_protocol::base::class::Class;
use sanduan_protocol::local::Request;
use sanduan_protocol::local::request::OrderDraft;
use sanduan_protocol::node::Node;

use super::*;
use crate::air::{Config, Hearing};
use crate::world::service::{CardConfig, Cards, Service};
use crate::world::{Taped, Unsynced, district};

/// A fiftieth of the air: twelve seconds in ten minutes, of which a tenth is kept.
const AIR: Limits = Limits {
    quota: None,
    price: Price { message_milli_yuan: 0, kilobyte_milli_yuan: 0 },
    allowance: Allowance { air_permille: Some(20), day_milli_yuan: None },
};

fn order(class: Class) -> Request {
    let Request::SendOrder(draft) = order_to("U2") else { unreachable!("it is an order") };
    Request::SendOrder(OrderDraft { class: Some(class), ..draft })
}

/// Two nodes on a radio.
fn pair(seed: u64) -> (World<Node>, Vec<HostId>, RadioId) {
    let mut world = World::new(seed);
    let hosts = district::found(&mut world, 2, seed);
    world.keep_frames();
    let radio = world.add_radio(Config::direwolf(1200), Hearing::all(2), &hosts);
    (world, hosts, radio)
}

/// An order of this class every ten seconds for so long, and the frames of the first host.
fn busy(world: &mut World<Node>, host: HostId, class: Class, for_s: u64) -> Vec<Taped> {
    for _ in 0..for_s / 10 {
        world.ask(host, order(class));
        world.run_until(world.now().after_ms(10_000));
    }
    let mut frames = world.take_frames();
    frames.retain(|taped| taped.host == host);
    frames
}

fn count(frames: &[Taped], gate: Gate) -> usize {
    frames.iter().filter(|taped| taped.gate == gate).count()
}

#[test]
fn a_station_is_no_longer_on_the_air_than_its_share_and_goes_on_when_it_is_lifted() {
    let (mut world, hosts, radio) = pair(1);
    world.limit_radio(radio, AIR);
    world.start_all();
    let frames = busy(&mut world, hosts[0], Class::Routine, 600);
    let profile = world.host(hosts[0]).ends[0].profile.clone();
    let on_air_ms: u64 = frames.iter().map(|taped| profile.air_ms(taped.frame.len())).sum();
    // What it began with, what came in meanwhile, and the frame that is begun last.
    assert!((8_000..=24_000 + 3_000).contains(&on_air_ms), "{on_air_ms} ms");
    assert_eq!(count(&frames, Gate::Open), frames.len());
    assert!(!world.agree(&hosts, Node::holds), "not everything can have left");
    world.lift_limits();
    let healed = world.run_until_true(world.now().after_ms(900_000), 1_000, |world| {
        world.agree(&hosts, Node::holds)
    });
    assert!(healed.is_some());
    assert_eq!(world.breaches(), []);
}

#[test]
fn of_the_reserve_a_flash_order_goes_before_what_waited_for_longer() {
    let (mut world, hosts, radio) = pair(2);
    world.limit_radio(radio, AIR);
    world.start_all();
    busy(&mut world, hosts[0], Class::Routine, 120);
    assert_eq!(world.gate(hosts[0], 0), Gate::FlashOnly);
    let frames = busy(&mut world, hosts[0], Class::Flash, 10);
    assert!(count(&frames, Gate::FlashOnly) > 0, "{frames:?}");
    assert_eq!(count(&frames, Gate::Shut), 0);
}

#[test]
fn a_restart_gives_nothing_back_and_the_machine_is_told_so_at_once() {
    let (mut world, hosts, radio) = pair(3);
    world.limit_radio(radio, AIR);
    world.start_all();
    busy(&mut world, hosts[0], Class::Routine, 120);
    world.crash(hosts[0], Unsynced::Kept);
    world.start(hosts[0]);
    world.run_until(world.now().after_ms(5_000));
    world.take_frames().iter().filter(|taped| taped.host == hosts[0]).for_each(|taped| {
        assert_eq!(taped.gate, Gate::Open, "{taped:?}");
    });
}

#[test]
fn a_machine_that_is_told_nothing_overdraws_and_it_shows() {
    let (mut world, hosts, radio) = pair(4);
    world.limit_radio(radio, AIR);
    world.set_canary(Canary::Overdraws);
    world.start_all();
    let frames = busy(&mut world, hosts[0], Class::Routine, 600);
    assert!(count(&frames, Gate::FlashOnly) > 0 && count(&frames, Gate::Shut) > 0);
}

/// A card with a slot a second that may send so many messages a day, for three others.
fn star(seed: u64, messages: u64) -> (World<Node>, Vec<HostId>) {
    let quota = Some(Quota { messages: Some(messages), bytes: None, window_s: 86_400 });
    let (mut world, hosts) = star_within(seed, Limits { quota, ..Limits::default() });
    world.start_all();
    (world, hosts)
}

/// The same within other limits; nobody is started.
fn star_within(seed: u64, limits: Limits) -> (World<Node>, Vec<HostId>) {
    let mut world = World::new(seed);
    let hosts = district::found(&mut world, 4, seed);
    world.keep_frames();
    let cards = Cards::new(CardConfig::clear(1, 210, false), 4, seed);
    let card = world.add_service(Service::Cards(cards), &hosts);
    world.limit_service(card, limits);
    (world, hosts)
}

fn order_to(to: &str) -> Request {
    let text = "即赴白沙镇滨江路三号楼接应被困群众".repeat(3);
    Request::SendOrder(OrderDraft { to: to.to_owned(), text, ..OrderDraft::default() })
}

#[test]
fn links_that_share_a_card_share_what_it_may_send() {
    for seed in 0..10 {
        let (mut world, hosts) = star(seed, 60);
        world.run_until(Mono(300_000));
        // All of its links are free, and were told so when there was enough.
        for _ in 0..60 {
            world.run_until(world.now().after_ms(30_000));
            let meter = &world.host(hosts[0]).meters["service0"];
            let left = 60 - meter.window.messages;
            world.ask(hosts[0], order_to(if left > 8 { "U2" } else { "all" }));
        }
        let mut frames = world.take_frames();
        frames.retain(|taped| taped.host == hosts[0]);
        // Six are kept for flash orders.
        assert_eq!((count(&frames, Gate::Open), frames.len()), (54, 54), "seed {seed}");
    }
}

#[test]
fn a_machine_knows_from_the_start_what_all_links_of_a_card_may_spend_together() {
    // Ten yuan a day, of which one is kept, and a tenth of a yuan a message; 1.15 are left.
    let price = Price { message_milli_yuan: 100, kilobyte_milli_yuan: 0 };
    let allowance = Allowance { air_permille: None, day_milli_yuan: Some(10_050) };
    for seed in 0..10 {
        let (mut world, hosts) = star_within(seed, Limits { quota: None, price, allowance });
        let now = world.host(hosts[0]).now(world.now()).wall;
        let host = world.host_mut(hosts[0]);
        let profile = host.ends[0].profile.clone();
        let meter = host.meters.get_mut("service0").expect("it is limited");
        (0..89).for_each(|_| meter.note_sent(&profile, 100, now));
        world.start_all();
        world.ask(hosts[0], order_to("all"));
        world.run_until(Mono(300_000));
        let mut frames = world.take_frames();
        frames.retain(|taped| taped.host == hosts[0]);
        assert_eq!((count(&frames, Gate::Open), frames.len()), (2, 2), "seed {seed}");
    }
}
