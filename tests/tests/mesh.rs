//! Daemons whose only link is a Meshtastic node each, on one made-up LoRa channel: an order and its
//! answer cross, through losses, a restart, a full queue and other people's texts.

use sanduan_protocol::local::rows::LinkState;
use sanduan_tests::errand::{Errand, link, link_becomes};
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Config, Lab, Outcome, Sky, journey, seconds, wait_for};

/// The nodes are ten times faster than real ones; the daemons keep to real air times.
const STEP_S: u64 = 240;

fn configured(operator: &str, sky: &Sky, at: usize) -> Config {
    let device = sky.device(at).display();
    Config::new(operator).table(&format!(
        "[[bearer]]\nname = \"LoRa\"\nkind = \"meshtastic\"\ndevice = \"{device}\"\n\
         beacon_max_s = 60"
    ))
}

fn errand(lab: &Lab, sky: &Sky) -> Outcome<Errand> {
    let (centre, depot) = (configured("李明", sky, 0), configured("刘洋", sky, 1));
    let errand = Errand::between(lab, &centre, &depot, STEP_S)?;
    for machine in [&errand.centre, &errand.depot] {
        link_becomes("the link", machine, 60, |row| row.state != LinkState::Down)?;
    }
    Ok(errand)
}

#[test]
fn orders_cross_a_lora_channel_with_losses_restarts_and_other_peoples_texts() {
    journey(|lab| {
        let more = ["--loss", "10%", "--preset", "short-fast"];
        let mut sky = Sky::nodes(lab.folder(), 2, 10, &more)?;
        let errand = errand(lab, &sky)?;
        let row = link(&errand.centre)?;
        ensure(row.experimental && row.mtu == 200 && row.rate_bit_s == 10_937, || {
            format!("the preset was not learned: {row:?}")
        })?;
        errand.round_trip("报油料存量")?;
        for fault in ["text A", "text B", "lose A 1", "lose B 1"] {
            sky.say(fault)?;
        }
        errand.round_trip("立即撤至高处")?;
        sky.say("reboot B")?;
        sky.say("full A")?;
        let id = errand.order("清点艇只")?;
        wait_for("the restart", seconds(STEP_S), || {
            let restarts = sky.told("B restarted");
            ensure(restarts == 1, || format!("{restarts} restarts"))
        })?;
        sky.say("empty A")?;
        errand.arrives(&id)?;
        let (orders, asked) = (errand.depot.orders()?.len(), sky.told("B asked"));
        ensure(orders == 3 && asked >= 2, || format!("{orders} orders, asked {asked} times"))?;
        let heard = link(&errand.depot)?;
        ensure(heard.signal_pct.is_some(), || format!("no signal: {heard:?}"))
    });
}
