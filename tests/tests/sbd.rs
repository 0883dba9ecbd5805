//! Two daemons whose only link is an Iridium modem each. Time at the gateway runs thirty times
//! faster. A fate that nobody knows, a missed ring and a blocked sky lose and double nothing.

use sanduan_protocol::local::rows::LinkState;
use sanduan_tests::errand::{Errand, link, link_becomes};
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Config, Lab, Outcome, Sky, journey, seconds, wait_for};

const STEP_S: u64 = 150;

fn configured(operator: &str, sky: &Sky, at: usize) -> Config {
    let device = sky.device(at).display();
    Config::new(operator).table(&format!(
        "[[bearer]]\nname = \"铱星\"\nkind = \"sbd\"\ndevice = \"{device}\"\npoll_s = 20\n\
         per_burst_ms = 1000\nrate_bit_s = 1000\nbeacon_max_s = 60"
    ))
}

fn errand(lab: &Lab, sky: &Sky) -> Outcome<Errand> {
    let (centre, depot) = (configured("李明", sky, 0), configured("刘洋", sky, 1));
    let errand = Errand::between(lab, &centre, &depot, STEP_S)?;
    for machine in [&errand.centre, &errand.depot] {
        link_becomes("the link", machine, 30, |row| row.state != LinkState::Down)?;
    }
    Ok(errand)
}

#[test]
fn orders_cross_iridium_with_every_failure_on_the_way() {
    journey(|lab| {
        let mut sky = Sky::modems(lab.folder(), 2, 30)?;
        let errand = errand(lab, &sky)?;
        errand.round_trip("报油料存量")?;
        for fault in ["status A 18 delivered", "status B 18 lost", "miss ring B 1"] {
            sky.say(fault)?;
        }
        errand.round_trip("立即撤至高处")?;
        sky.say("status A 17 lost")?;
        sky.say("miss ring A 2")?;
        errand.round_trip("清点艇只")?;
        let orders = errand.depot.orders()?.len();
        let unknown = sky.told("session 18");
        ensure(orders == 3 && unknown == 2, || format!("{orders} orders, {unknown} unknown"))
    });
}

#[test]
fn a_blocked_sky_a_busy_modem_and_a_full_box_cost_time_and_nothing_else() {
    journey(|lab| {
        let mut sky = Sky::modems(lab.folder(), 2, 30)?;
        let errand = errand(lab, &sky)?;
        sky.say("block A")?;
        let id = errand.order("立即撤至高处")?;
        wait_for("a session without service", seconds(60), || {
            ensure(sky.told("A session 32") > 0, || "none yet".to_owned())
        })?;
        sky.say("open A")?;
        sky.say("status A 35 lost")?;
        // Several messages wait for B, which hears no ring and asks by itself.
        sky.say("miss ring B 20")?;
        for text in ["清点艇只", "报油料存量", "查堤防"] {
            errand.order(text)?;
        }
        wait_for("all orders at the depot", seconds(STEP_S), || {
            let orders = errand.depot.orders()?.len();
            ensure(orders == 4, || format!("{orders} orders"))
        })?;
        errand.answered(&id)?;
        let row = link(&errand.centre)?;
        let busy = sky.told("A session 35");
        ensure(busy == 1 && row.signal_pct == Some(80), || format!("{busy} busy, {row:?}"))
    });
}

#[test]
fn a_radio_that_is_switched_off_is_told_with_its_remedy() {
    journey(|lab| {
        let mut sky = Sky::modems(lab.folder(), 2, 30)?;
        let errand = errand(lab, &sky)?;
        sky.say("off A")?;
        link_becomes("the reason", &errand.centre, 90, |row| {
            let told = row.error.as_deref().is_some_and(|error| error.contains("射频"));
            row.state == LinkState::Down && told
        })
    });
}
