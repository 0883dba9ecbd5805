//! A day's work of two real daemons in a minute: orders, answers, fixes, movements, readers that
//! come and go, and a configuration that changes all the time. What a daemon takes of memory and
//! descriptors does not grow with what it has done. Whether queues pile up over a day of made-up
//! time is told by the soak of `netsim`.

use std::fs;

use sanduan_protocol::local::rows::{OrderRow, StatusRow};
use sanduan_tests::config::{free_tcp_port, free_udp_port};
use sanduan_tests::events::Events;
use sanduan_tests::figures::rss_kb;
use sanduan_tests::lab::equal_pictures;
use sanduan_tests::machine::Saved;
use sanduan_tests::round::{self, DEPOT_ROLES, DEPOT_UNIT, ITEM};
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Config, Machine, Outcome, Trouble, journey, seconds, wait_for};
use serde_json::{Value, json};

/// Rounds until everything that is made once has been made.
const WARM_UP: u32 = 40;
/// Rounds that are watched: some six orders an hour for a day.
const ROUNDS: u32 = 150;
/// Every so many rounds the configuration changes.
const CHANGE_EVERY: u32 = 5;
/// What so many records, and the allocator's whims, may take: 600 records of less than a kilobyte
/// and the rows about them.
const GROWTH_KB_MAX: u64 = 4 * 1024;
const STEP_S: u64 = 120;

/// What one daemon takes.
#[derive(Clone, Copy, Debug)]
struct Taken {
    rss_kb: u64,
    descriptors: usize,
    outbox: u32,
}

fn taken(machine: &Machine) -> Outcome<Taken> {
    let pid = machine.pid().ok_or_else(|| Trouble::new("it does not run"))?;
    let descriptors = fs::read_dir(format!("/proc/{pid}/fd"))?.count();
    let status: StatusRow = machine.status()?;
    Ok(Taken { rss_kb: rss_kb(pid)?, descriptors, outbox: status.outbox })
}

/// What people and programs at both machines do in one round.
fn round(centre: &Machine, depot: &Machine, own: &str, number: u32) -> Outcome {
    let order = json!({ "to": DEPOT_UNIT, "class": "priority", "text": format!("第{number}号") });
    let _: Saved = centre.http().post("/v1/orders", &order)?;
    let movement = json!({
        "kind": "receive", "depot": own, "lines": [{ "item": ITEM, "quantity": "1" }],
    });
    let _: Saved = depot.http().post("/v1/stock/movements", &movement)?;
    let point = json!({ "lat_e7": 290_000_000 + number * 50_000, "lon_e7": 1_062_000_000 });
    let _: Value = depot.http().post("/v1/positions", &json!({ "point": point }))?;
    for row in depot.orders()?.into_iter().filter(|row: &OrderRow| row.unanswered_here) {
        let receipt = json!({ "rung": "acknowledged", "person": "库管员" });
        let _: Saved = depot.http().post(&format!("/v1/orders/{}/receipts", row.id), &receipt)?;
    }
    // A console that comes and goes.
    for machine in [centre, depot] {
        drop(Events::open(&machine.socket(), None)?);
        machine.http().ask("GET", "/metrics", "text/plain", &[])?;
    }
    Ok(())
}

#[test]
#[allow(clippy::print_stdout, reason = "the figures are what a person reviews")]
fn a_days_work_leaves_memory_and_descriptors_where_they_were() {
    journey(|lab| {
        let (here, there, nobody) = (free_udp_port()?, free_udp_port()?, free_tcp_port()?);
        let mut centre = lab.found("centre")?;
        let plain = Config::new("值班员").udp(here, &[there]);
        // A gateway that is not there, and other peers: links that come, fail and go.
        let other = plain.clone().kiss_tcp(nobody, 9_600);
        centre.configure(&plain)?;
        centre.start()?;
        let mut depot = lab.join(&centre, "depot", DEPOT_UNIT, DEPOT_ROLES)?;
        depot.configure(&Config::new("库管员").udp(there, &[here]))?;
        depot.start()?;
        round::preload(&centre, &[&depot])?;
        let own = round::depot_of(&depot, DEPOT_UNIT)?;
        let mut before = Vec::new();
        for number in 0..WARM_UP + ROUNDS {
            if number == WARM_UP {
                equal_pictures(&[&centre, &depot], STEP_S)?;
                before = vec![taken(&centre)?, taken(&depot)?];
            }
            if number % CHANGE_EVERY == 0 {
                let is_odd = number / CHANGE_EVERY % 2 == 1;
                centre.configure(if is_odd { &other } else { &plain })?;
                let _: Value = centre.http().post("/v1/bearers/reload", &json!({}))?;
            }
            round(&centre, &depot, &own, number)?;
        }
        centre.configure(&plain)?;
        let _: Value = centre.http().post("/v1/bearers/reload", &json!({}))?;
        equal_pictures(&[&centre, &depot], STEP_S)?;
        let records = centre.status()?.records;
        for (before, machine) in before.into_iter().zip([&centre, &depot]) {
            // Readers that left are noticed when something is next said to them.
            let after = wait_for("descriptors to be given back", seconds(STEP_S), || {
                let after = taken(machine)?;
                let is_back = after.descriptors <= before.descriptors + 1 && after.outbox == 0;
                ensure(is_back, || format!("{before:?} -> {after:?}"))?;
                Ok(after)
            })?;
            println!("{}: {before:?} -> {after:?}, {records} records", machine.name());
            let growth_kb = after.rss_kb.saturating_sub(before.rss_kb);
            ensure(growth_kb <= GROWTH_KB_MAX, || format!("{before:?} -> {after:?}"))?;
        }
        Ok(())
    });
}
