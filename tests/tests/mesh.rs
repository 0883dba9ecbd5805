//! Daemons whose only link is a Meshtastic node each, on one made-up LoRa channel: an order and its
//! answer cross, through losses, a restart, a full queue and other people's texts.

use sanduan_protocol::local::rows::{BearerRow, LinkState, OrderState};
use sanduan_tests::round::{self, DEPOT_ROLES, DEPOT_UNIT};
use sanduan_tests::trouble::{Trouble, ensure};
use sanduan_tests::{Config, Lab, Machine, Outcome, Sky, journey, seconds, wait_for};

/// The nodes are ten times faster than real ones; the daemons keep to real air times.
const STEP_S: u64 = 240;

fn configured(operator: &str, sky: &Sky, at: usize) -> Config {
    let device = sky.device(at).display();
    Config::new(operator).table(&format!(
        "[[bearer]]\nname = \"LoRa\"\nkind = \"meshtastic\"\ndevice = \"{device}\"\n\
         beacon_max_s = 60"
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
        wait_for("the link", seconds(60), || {
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
fn orders_cross_a_lora_channel_with_losses_restarts_and_other_peoples_texts() {
    journey(|lab| {
        let more = ["--loss", "10%", "--preset", "short-fast"];
        let mut sky = Sky::nodes(lab.folder(), 2, 10, &more)?;
        let (centre, depot) = pair(lab, &sky)?;
        let row = link(&centre)?;
        ensure(row.experimental && row.mtu == 200 && row.rate_bit_s == 10_937, || {
            format!("the preset was not learned: {row:?}")
        })?;
        round_trip(&centre, &depot, "报油料存量")?;
        for fault in ["text A", "text B", "lose A 1", "lose B 1"] {
            sky.say(fault)?;
        }
        round_trip(&centre, &depot, "立即撤至高处")?;
        sky.say("reboot B")?;
        sky.say("full A")?;
        let words = ["order", "send", "--to", DEPOT_UNIT, "--class", "flash", "--text", "清点艇只"];
        let id = centre.cli_saved(&words)?;
        wait_for("the restart", seconds(STEP_S), || {
            let restarts = sky.told("B restarted");
            ensure(restarts == 1, || format!("{restarts} restarts"))
        })?;
        sky.say("empty A")?;
        wait_for("the order after it", seconds(STEP_S), || {
            let row = depot.order(&id)?.order;
            ensure(row.state != OrderState::Provisional, || format!("{row:?}"))
        })?;
        let (orders, asked) = (depot.orders()?.len(), sky.told("B asked"));
        ensure(orders == 3 && asked >= 2, || format!("{orders} orders, asked {asked} times"))?;
        let heard = link(&depot)?;
        ensure(heard.signal_pct.is_some(), || format!("no signal: {heard:?}"))
    });
}
