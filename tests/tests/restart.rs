//! Stops and starts: what is written is there again, what was not sealed is sealed before a
//! planned end, and the queried store can be thrown away.

use sanduan_tests::config::free_udp_port;
use sanduan_tests::lab::{Picture, equal_pictures};
use sanduan_tests::round::{
    self, COMMAND_ROLES, DEPOT_ROLES, DEPOT_UNIT, DISTRICT_DEPOT, FORWARD, ITEM,
};
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Config, Lab, Machine, Outcome, journey, seconds, wait_for};

fn write_some(machine: &Machine) -> Outcome {
    machine.cli_saved(&["order", "send", "--to", FORWARD, "--class", "flash", "--text", "集结"])?;
    machine.cli(&["stock", "receive", "--depot", DISTRICT_DEPOT, "--line", "E004=210"])?;
    machine.cli(&["stock", "count", "--depot", DISTRICT_DEPOT, "--line", "E004=203"])?;
    machine.cli(&["position", "report", "--lat", "29.29", "--lon", "106.258"]).map(drop)
}

fn sealed_count(machine: &Machine) -> Outcome {
    wait_for("the count to be verified", seconds(20), || {
        let row = machine.stock_of(DISTRICT_DEPOT, ITEM)?;
        ensure(row.on_hand.0 == 203_000 && row.provisional.0 == 0, || format!("{row:?}"))
    })
}

/// A machine that wrote a little of everything, and what it shows then.
fn with_some(lab: &Lab) -> Outcome<(Machine, Picture)> {
    let mut centre = lab.found("centre")?;
    centre.configure(&Config::new("值班员"))?;
    centre.start()?;
    write_some(&centre)?;
    sealed_count(&centre)?;
    let before = Picture::of(&centre)?;
    Ok((centre, before))
}

#[test]
fn a_machine_shows_the_same_picture_after_a_stop_and_after_a_kill() {
    journey(|lab| {
        let (mut centre, before) = with_some(lab)?;
        centre.stop()?;
        centre.start()?;
        let stopped = Picture::of(&centre)?;
        centre.kill();
        centre.start()?;
        let killed = Picture::of(&centre)?;
        for after in [stopped, killed] {
            let difference = before.difference(&after);
            ensure(difference.is_none(), || difference.unwrap_or_default())?;
        }
        Ok(())
    });
}

#[test]
fn the_queried_store_is_built_again_from_the_journal() {
    journey(|lab| {
        let (mut centre, before) = with_some(lab)?;
        centre.stop()?;
        let store = centre.folder().join("sled");
        ensure(store.is_dir(), || "there is no queried store".to_owned())?;
        std::fs::remove_dir_all(store)?;
        centre.start()?;
        let difference = before.difference(&Picture::of(&centre)?);
        ensure(difference.is_none(), || difference.unwrap_or_default())
    });
}

#[test]
fn the_query_store_is_changed_by_the_configuration_and_back_and_nothing_is_lost() {
    journey(|lab| {
        let (mut centre, before) = with_some(lab)?;
        for (engine, former) in [("redb", "sled"), ("sled", "redb")] {
            centre.kill();
            centre.configure(&Config::new("值班员").store(engine))?;
            centre.start()?;
            let difference = before.difference(&Picture::of(&centre)?);
            ensure(difference.is_none(), || difference.unwrap_or_default())?;
            let is_there = |name: &str| centre.folder().join(name).is_dir();
            ensure(is_there(engine) && !is_there(former), || format!("not changed to {engine}"))?;
        }
        Ok(())
    });
}

/// A centre and a depot that know each other's stock, and the code of that depot. Seals fall due
/// after a quarter of an hour, as shipped: not within these journeys.
fn with_a_depot(lab: &mut Lab) -> Outcome<(Machine, Machine, String)> {
    let (centre_port, depot_port) = (free_udp_port()?, free_udp_port()?);
    let mut centre = lab.found("centre")?;
    centre.configure(&Config::new("值班员").udp(centre_port, &[depot_port]))?;
    centre.start()?;
    let mut depot = lab.join(&centre, "depot", DEPOT_UNIT, DEPOT_ROLES)?;
    let config = Config::new("保管员").seal_after_s(900).udp(depot_port, &[centre_port]);
    depot.configure(&config)?;
    depot.start()?;
    round::preload(&centre, &[&depot])?;
    let own = round::depot_of(&depot, DEPOT_UNIT)?;
    Ok((centre, depot, own))
}

#[test]
fn stock_is_sealed_before_a_planned_end() {
    journey(|lab| {
        let (centre, mut depot, own) = with_a_depot(lab)?;
        depot.cli(&["stock", "receive", "--depot", &own, "--line", "E004=5"])?;
        wait_for("the unverified receipt at the centre", seconds(30), || {
            let row = centre.stock_of(&own, ITEM)?;
            ensure(row.provisional.0 == 5_000 && row.on_hand.0 == 0, || format!("{row:?}"))
        })?;
        depot.stop()?;
        depot.start()?;
        wait_for("the verified receipt at the centre", seconds(30), || {
            let row = centre.stock_of(&own, ITEM)?;
            ensure(row.provisional.0 == 0 && row.on_hand.0 == 5_000, || format!("{row:?}"))
        })
    });
}

#[test]
fn stock_is_sealed_when_somebody_asks_and_at_once_when_half_goes_out() {
    journey(|lab| {
        let (centre, depot, own) = with_a_depot(lab)?;
        let shows = |on_hand: i64, provisional: i64| {
            wait_for(&format!("{on_hand} and {provisional} at the centre"), seconds(60), || {
                let row = centre.stock_of(&own, ITEM)?;
                let is_so = (row.on_hand.0, row.provisional.0) == (on_hand, provisional);
                ensure(is_so, || format!("{row:?}"))
            })
        };
        depot.cli(&["stock", "receive", "--depot", &own, "--line", "E004=100"])?;
        shows(0, 100_000)?;
        let said = depot.cli(&["stock", "seal"])?;
        ensure(said.contains("已签名 1 条"), || said.clone())?;
        shows(100_000, 0)?;
        let said = depot.cli(&["stock", "seal"])?;
        ensure(said.contains("没有待签的记录"), || said.clone())?;
        depot.cli(&["stock", "issue", "--depot", &own, "--line", "E004=9"])?;
        shows(100_000, -9_000)?;
        depot.cli(&["stock", "issue", "--depot", &own, "--line", "E004=50"])?;
        shows(41_000, 0)
    });
}

#[test]
fn machines_that_were_never_up_together_agree_through_a_third() {
    journey(|lab| {
        let ports = [free_udp_port()?, free_udp_port()?, free_udp_port()?];
        let mut centre = lab.found("centre")?;
        centre.configure(&Config::new("值班员").udp(ports[0], &[ports[1]]))?;
        centre.start()?;
        let mut forward = lab.join(&centre, "forward", FORWARD, COMMAND_ROLES)?;
        let mut depot = lab.join(&centre, "depot", DEPOT_UNIT, DEPOT_ROLES)?;
        forward.configure(&Config::new("前指参谋").udp(ports[1], &[ports[0], ports[2]]))?;
        depot.configure(&Config::new("保管员").udp(ports[2], &[ports[1]]))?;
        forward.start()?;
        depot.start()?;
        round::preload(&centre, &[&forward, &depot])?;
        depot.stop()?;
        let id = centre.cli_saved(&["order", "send", "--to", DEPOT_UNIT, "--text", "转告"])?;
        wait_for("the order at the forward post", seconds(30), || forward.order(&id))?;
        centre.stop()?;
        depot.start()?;
        wait_for("the order at the depot", seconds(60), || depot.order(&id))?;
        depot.cli(&["receipt", &id, "acknowledged", "--person", "保管员"])?;
        wait_for("the receipt at the forward post", seconds(30), || {
            let row = forward.order(&id)?.order;
            ensure(row.acknowledged == 1, || format!("{row:?}"))
        })?;
        depot.stop()?;
        centre.start()?;
        wait_for("the receipt at the centre", seconds(60), || {
            let row = centre.order(&id)?.order;
            ensure(row.acknowledged == 1, || format!("{row:?}"))
        })?;
        equal_pictures(&[&centre, &forward], 30).map(drop)
    });
}
