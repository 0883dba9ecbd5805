//! Orders, receipts, positions and stock over real Dire Wolf modems on sound: 1,200 and 9,600
//! bit/s, by TCP and on serial lines, in noise, and between two that cannot hear each other. What
//! it cost on the air is printed.

use std::time::Instant;

use sanduan_tests::config::free_udp_port;
use sanduan_tests::lab::equal_pictures;
use sanduan_tests::modems::{self, Door, Mode, Modems, Setup};
use sanduan_tests::round::{self, COMMAND_ROLES, DEPOT_ROLES, DEPOT_UNIT, FORWARD, Line};
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Config, Lab, Machine, Outcome, journey};

/// Longest time for one step: a few frames of seconds each, and some of them again.
const STEP_S: u64 = 180;

#[test]
fn orders_positions_and_stock_cross_two_real_modems() {
    journey(|lab| {
        if !modems::can_run("the round over Dire Wolf", modems::missing())? {
            return Ok(());
        }
        let modems = Modems::pair(lab.folder(), Mode::Afsk1200)?;
        told("1,200 bit/s, TCP and serial", &behind_a_cable(lab, &modems)?, Line::round)
    });
}

#[test]
fn the_round_at_9600_crosses_noise_that_takes_long_frames() {
    journey(|lab| {
        if !modems::can_run("the round in noise over Dire Wolf", modems::missing())? {
            return Ok(());
        }
        let mut modems = Modems::pair(lab.folder(), Mode::G3ruh9600)?;
        // A third of the 200-byte frames is lost (research, bearers 2.1).
        modems.noise(-5.0)?;
        told("9,600 bit/s in noise of -5 dB", &behind_a_cable(lab, &modems)?, Line::round)
    });
}

#[test]
fn an_order_and_its_answers_pass_between_two_that_cannot_hear_each_other() {
    journey(|lab| {
        if !modems::can_run("hidden stations over Dire Wolf", modems::missing())? {
            return Ok(());
        }
        let doors = [Door::Tcp, Door::Serial, Door::Tcp];
        let pairs = [(0, 1), (1, 2)];
        let setup = Setup { mode: Mode::Afsk1200, doors: &doors, pairs: &pairs };
        let modems = Modems::start(lab.folder(), &setup)?;
        told("1,200 bit/s, hidden stations", &on_one_channel(lab, &modems)?, Line::order)
    });
}

/// The operations centre by cable to the forward post, and the radio from there to the depot.
fn behind_a_cable(lab: &Lab, modems: &Modems) -> Outcome<Line> {
    let (centre_port, forward_port) = (free_udp_port()?, free_udp_port()?);
    let centre = Config::new("值班员").udp(centre_port, &[forward_port]);
    let forward = Config::new("前指参谋").udp(forward_port, &[centre_port]);
    let depot = Config::new("保管员");
    line(lab, [centre, modems.bearer(0, forward), modems.bearer(1, depot)])
}

/// All three on the radio, the forward post in the middle.
fn on_one_channel(lab: &Lab, modems: &Modems) -> Outcome<Line> {
    let named = ["值班员", "前指参谋", "保管员"];
    let [centre, forward, depot] = [0, 1, 2].map(|at| modems.bearer(at, Config::new(named[at])));
    line(lab, [centre, forward, depot])
}

fn line(lab: &Lab, configs: [Config; 3]) -> Outcome<Line> {
    let mut centre = lab.found("centre")?;
    centre.configure(&configs[0])?;
    centre.start()?;
    let mut forward = lab.join(&centre, "forward", FORWARD, COMMAND_ROLES)?;
    let mut depot = lab.join(&centre, "depot", DEPOT_UNIT, DEPOT_ROLES)?;
    forward.configure(&configs[1])?;
    depot.configure(&configs[2])?;
    forward.start()?;
    depot.start()?;
    round::preload(&centre, &[&forward, &depot])?;
    Ok(Line { centre, forward, depot, step_s: STEP_S })
}

/// Runs it, sees that nothing is lost or doubled, and tells what it cost.
fn told(what: &str, line: &Line, run: impl FnOnce(&Line) -> Outcome) -> Outcome {
    let began = Instant::now();
    run(line)?;
    let answered_s = began.elapsed().as_secs_f64();
    let machines = [&line.centre, &line.forward, &line.depot];
    for machine in machines {
        let orders = machine.orders()?;
        ensure(orders.len() == 1, || format!("{}: {orders:?}", machine.name()))?;
    }
    equal_pictures(&machines, STEP_S)?;
    show(what, answered_s, began.elapsed().as_secs_f64(), &machines)
}

#[allow(clippy::print_stdout, reason = "the figures are for people")]
fn show(what: &str, answered_s: f64, equal_s: f64, machines: &[&Machine]) -> Outcome {
    println!("{what}: done after {answered_s:.0} s, all equal after {equal_s:.0} s");
    for machine in machines {
        for row in machine.bearers()?.iter().filter(|row| row.kind.starts_with("kiss")) {
            println!(
                "  {:<8} {:<11} sent {:>3} frames {:>6} B, heard {:>3} frames {:>6} B, lost {:?}‰",
                machine.name(),
                row.kind,
                row.sent_frames,
                row.sent_bytes,
                row.heard_frames,
                row.heard_bytes,
                row.loss_permille
            );
        }
    }
    Ok(())
}
