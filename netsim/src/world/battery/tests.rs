//! What empties a battery, and what becomes of its machine.

use sanduan_protocol::node::Node;

use super::*;
use crate::world::{Fault, WireConfig, district};

const MINUTE_MS: u64 = 60_000;

/// Two nodes on a wire; the first runs from a battery of half an hour, charged in ten minutes.
fn story() -> (World<Node>, Vec<HostId>) {
    let mut world = World::new(1);
    let hosts = district::found(&mut world, 2, 1);
    world.add_wire(hosts[0], hosts[1], WireConfig::lan());
    world.start_all();
    let battery = Fault::Battery { lasts_ms: 30 * MINUTE_MS, charge_ms: 10 * MINUTE_MS };
    world.act(Action::Befall(hosts[0], battery));
    (world, hosts)
}

fn is_up(world: &World<Node>, host: HostId) -> bool {
    world.host(host).machine().is_some()
}

#[test]
fn an_empty_battery_ends_its_machine_until_it_was_charged_whoever_presses_its_button() {
    let (mut world, hosts) = story();
    world.run_until(Mono(28 * MINUTE_MS));
    assert!(is_up(&world, hosts[0]));
    world.run_until(Mono(32 * MINUTE_MS));
    assert!(!is_up(&world, hosts[0]) && is_up(&world, hosts[1]));
    world.start(hosts[0]);
    assert!(!is_up(&world, hosts[0]));
    world.run_until(Mono(42 * MINUTE_MS));
    assert!(is_up(&world, hosts[0]));
    world.run_until(Mono(73 * MINUTE_MS));
    assert!(!is_up(&world, hosts[0]), "it is empty a second time");
    world.act(Action::Befall(hosts[0], Fault::Battery { lasts_ms: 0, charge_ms: 0 }));
    world.start(hosts[0]);
    world.run_until(Mono(200 * MINUTE_MS));
    assert!(is_up(&world, hosts[0]), "it is plugged in");
}

#[test]
fn sending_empties_it_sooner_and_standing_still_later() {
    let empty_after = |air_ms: u64, pause_ms: u64| {
        let (mut world, hosts) = story();
        world.drain(hosts[0], air_ms);
        world.act(Action::Befall(hosts[0], Fault::Pause { for_ms: pause_ms }));
        let is_down = |world: &World<Node>| !is_up(world, hosts[0]);
        let at = world.run_until_true(Mono(300 * MINUTE_MS), 1_000, is_down).expect("it is empty");
        at.0 / MINUTE_MS
    };
    let minutes = [empty_after(0, 1), empty_after(MINUTE_MS, 1), empty_after(0, 20 * MINUTE_MS)];
    assert!(minutes[1] + 8 <= minutes[0] && minutes[0] + 15 <= minutes[2], "{minutes:?}");
}

#[test]
fn the_other_sees_how_full_it_is() {
    let (mut world, hosts) = story();
    world.run_until(Mono(15 * MINUTE_MS));
    let row = |world: &mut World<Node>| {
        world.ask(hosts[1], sanduan_protocol::local::Request::Peers);
        world.take_answers(hosts[1]).pop().map(|answer| format!("{:?}", answer.reply))
    };
    let told = row(&mut world).expect("it answers at once");
    assert!(told.contains("battery_pct: Some("), "{told}");
}
