//! Two daemons whose only link is an Iridium modem each. Time at the gateway runs thirty times
//! faster. A fate that nobody knows, a missed ring and a blocked sky lose and double nothing.

use sanduan_protocol::local::rows::{BearerRow, LinkState, OrderState};
use sanduan_tests::round::{self, DEPOT_ROLES, DEPOT_UNIT};
use sanduan_tests::trouble::{Trouble, ensure};
use sanduan_tests::{Config, Lab, Machine, Outcome, Sky, journey, seconds, wait_for};

const STEP_S: u64 = 150;

fn configured(operator: &str, sky: &Sky, at: usize) -> Config {
    let device = sky.device(at).display();
    Config::new(operator).table(&format!(
        "[[bearer]]\nname = \"铱星\"\nkind = \"sbd\"\ndevice = \"{device}\"\npoll_s = 20\n\
         per_burst_ms = 1000\nrate_bit_s = 1000\nbeacon_max_s = 60"
    ))
}

fn pair(lab: &Lab, sky: &Sky) -> Outcome<(Machine, Machine)> {
    let mut centre = lab.found("centre")?;
    centre.configure(&configured("李明", sky, 0))?;
    centre.start()?;
    let mut depot = lab.join(&centre, "depot", DEPOT_UNIT, DEPOT_ROLES)?;
    depot.configure(&configured("刘洋", sky, 1))?;
    depot.start()?;
    round::preload(&centre, &[&depot])?;
    for machine in [&centre, &depot] {
        wait_for("the link", seconds(30), || {
            let row = link(machine)?;
            ensure(row.state != LinkState::Down, || format!("{row:?}"))
        })?;
    }
    Ok((centre, depot))
}

/// The one link of a machine.
fn link(machine: &Machine) -> Outcome<BearerRow> {
    machine.bearers()?.into_iter().next().ok_or_else(|| Trouble::new("no link"))
}

fn round_trip(centre: &Machine, depot: &Machine, text: &str) -> Outcome {
    let words = ["order", "send", "--to", DEPOT_UNIT, "--class", "immediate", "--text", text];
    let id = centre.cli_saved(&words)?;
    wait_for("the order at the depot, verified", seconds(STEP_S), || {
        let row = depot.order(&id)?.order;
        ensure(row.state != OrderState::Provisional && row.text == text, || format!("{row:?}"))
    })?;
    depot.cli(&["receipt", &id, "acknowledged", "--person", "刘洋"])?;
    wait_for("the receipt at the centre", seconds(STEP_S), || {
        let row = centre.order(&id)?.order;
        ensure(row.acknowledged == 1, || format!("{row:?}"))
    })
}

#[test]
fn orders_cross_iridium_with_every_failure_on_the_way() {
    journey(|lab| {
        let mut sky = Sky::modems(lab.folder(), 2, 30)?;
        let (centre, depot) = pair(lab, &sky)?;
        round_trip(&centre, &depot, "报油料存量")?;
        for fault in ["status A 18 delivered", "status B 18 lost", "miss ring B 1"] {
            sky.say(fault)?;
        }
        round_trip(&centre, &depot, "立即撤至高处")?;
        sky.say("status A 17 lost")?;
        sky.say("miss ring A 2")?;
        round_trip(&centre, &depot, "清点艇只")?;
        let orders = depot.orders()?.len();
        let unknown = sky.told("session 18");
        ensure(orders == 3 && unknown == 2, || format!("{orders} orders, {unknown} unknown"))
    });
}

#[test]
fn a_blocked_sky_a_busy_modem_and_a_full_box_cost_time_and_nothing_else() {
    journey(|lab| {
        let mut sky = Sky::modems(lab.folder(), 2, 30)?;
        let (centre, depot) = pair(lab, &sky)?;
        sky.say("block A")?;
        let words = ["order", "send", "--to", DEPOT_UNIT, "--class", "immediate", "--text"];
        let id = centre.cli_saved(&[&words[..], &["立即撤至高处"]].concat())?;
        wait_for("a session without service", seconds(60), || {
            ensure(sky.told("A session 32") > 0, || "none yet".to_owned())
        })?;
        sky.say("open A")?;
        sky.say("status A 35 lost")?;
        // Several messages wait for B, which hears no ring and asks by itself.
        sky.say("miss ring B 20")?;
        for text in ["清点艇只", "报油料存量", "查堤防"] {
            centre.cli_saved(&[&words[..], &[text]].concat())?;
        }
        wait_for("all orders at the depot", seconds(STEP_S), || {
            let orders = depot.orders()?.len();
            ensure(orders == 4, || format!("{orders} orders"))
        })?;
        depot.cli(&["receipt", &id, "acknowledged", "--person", "刘洋"])?;
        wait_for("the receipt at the centre", seconds(STEP_S), || {
            let row = centre.order(&id)?.order;
            ensure(row.acknowledged == 1, || format!("{row:?}"))
        })?;
        let row = link(&centre)?;
        let busy = sky.told("A session 35");
        ensure(busy == 1 && row.signal_pct == Some(80), || format!("{busy} busy, {row:?}"))
    });
}

#[test]
fn a_radio_that_is_switched_off_is_told_with_its_remedy() {
    journey(|lab| {
        let mut sky = Sky::modems(lab.folder(), 2, 30)?;
        let (centre, _depot) = pair(lab, &sky)?;
        sky.say("off A")?;
        wait_for("the reason", seconds(90), || {
            let row = link(&centre)?;
            let told = row.error.as_deref().is_some_and(|error| error.contains("射频"));
            ensure(row.state == LinkState::Down && told, || format!("{row:?}"))
        })
    });
}
