//! The ad hoc network between real daemons in network namespaces: how fast it forms and heals,
//! what it costs when nothing happens, and that records cross hosts that only their neighbours
//! hear. Times are printed beside their goals; only a multiple of a goal fails, because a busy
//! machine is not a fault.

use std::time::{Duration, Instant};

use sanduan_protocol::local::rows::LinkState;
use sanduan_tests::ground::{self, Ground, Host};
use sanduan_tests::round::{self, COMMAND_ROLES, DEPOT_ROLES, DEPOT_UNIT, FORWARD, Line};
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Config, Lab, Machine, Outcome, journey, modems, seconds, wait_for};

/// Goals: a link forms, and heals after its ground is whole again.
const FORM_GOAL: Duration = Duration::from_secs(3);
const HEAL_GOAL: Duration = Duration::from_secs(10);
/// A busy machine may take so many times as long.
const SLACK: u32 = 4;
/// Port that machines listen on unless told otherwise.
const PORT: u16 = 7820;
const STEP_S: u64 = 90;

#[test]
fn three_hosts_in_a_line_find_each_other_and_the_ends_work_over_the_middle() {
    journey(|lab| {
        if !modems::can_run("the ad hoc network in a line", ground::missing())? {
            return Ok(());
        }
        let ground = Ground::new(lab.folder(), &["ab", "bc"])?;
        let places = [
            ground.host(lab.folder(), "a", &[("ab", "10.1.0.1/24")])?,
            ground.host(lab.folder(), "b", &[("ab", "10.1.0.2/24"), ("bc", "10.2.0.2/24")])?,
            ground.host(lab.folder(), "c", &[("bc", "10.2.0.3/24")])?,
        ];
        let (centre, forward, depot) = line(lab, &places, "")?;
        let since = Instant::now();
        linked(&forward, 2)?;
        told("two links formed", since.elapsed(), FORM_GOAL)?;
        Line { centre, forward, depot, step_s: STEP_S }.round()
    });
}

/// Three machines of one network, on these hosts, started.
fn line(lab: &Lab, places: &[Host; 3], keys: &str) -> Outcome<(Machine, Machine, Machine)> {
    let mut centre = lab.found("centre")?;
    centre.start_by(places[0].enter());
    centre.configure(&Config::new("值班员").lan(keys))?;
    centre.start()?;
    let mut forward = lab.join(&centre, "forward", FORWARD, COMMAND_ROLES)?;
    let mut depot = lab.join(&centre, "depot", DEPOT_UNIT, DEPOT_ROLES)?;
    forward.start_by(places[1].enter());
    depot.start_by(places[2].enter());
    forward.configure(&Config::new("前指参谋").lan(keys))?;
    depot.configure(&Config::new("保管员").lan(keys))?;
    forward.start()?;
    depot.start()?;
    round::preload(&centre, &[&forward, &depot])?;
    Ok((centre, forward, depot))
}

/// Waits until so many links of a machine carry frames.
fn linked(machine: &Machine, count: usize) -> Outcome {
    wait_for(&format!("{count} links of {}", machine.name()), seconds(60), || {
        let rows = machine.bearers()?;
        let up = rows.iter().filter(|row| row.state == LinkState::Up).count();
        ensure(up == count, || format!("{rows:?}"))
    })
}

/// Prints a time beside its goal; a multiple of the goal is a fault.
#[allow(clippy::print_stderr, reason = "a figure is shown where the person looks")]
fn told(what: &str, took: Duration, goal: Duration) -> Outcome {
    eprintln!("LAN: {what}: {:.1} s (goal {} s)", took.as_secs_f32(), goal.as_secs());
    ensure(took <= goal * SLACK, || format!("{what}: {took:?}, goal {goal:?}"))
}
