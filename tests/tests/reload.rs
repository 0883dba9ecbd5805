//! The configuration is read again while the daemon runs: a bearer comes, changes its rate, goes;
//! orders go on all the while. A file with a mistake changes nothing.

use std::process::Command;

use sanduan_protocol::local::rows::{BearerRow, LinkState, ReloadRow};
use sanduan_tests::config::free_udp_port;
use sanduan_tests::round::{self, DEPOT_ROLES, DEPOT_UNIT};
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Config, Machine, Outcome, Trouble, journey, seconds, wait_for};

const STEP_S: u64 = 60;

fn reload(machine: &Machine) -> Outcome<ReloadRow> {
    let text = machine.cli(&["--json", "bearers", "reload"])?;
    serde_json::from_str(&text).map_err(Trouble::from)
}

fn link(machine: &Machine, wanted: impl Fn(&BearerRow) -> bool) -> Outcome {
    wait_for("the link", seconds(STEP_S), || {
        let rows = machine.bearers()?;
        ensure(rows.len() == 1 && wanted(&rows[0]), || format!("{rows:?}"))
    })
}

/// An order goes from one to the other and its receipt comes back.
fn order_crosses(centre: &Machine, depot: &Machine, text: &str) -> Outcome {
    let id = centre.cli_saved(&["order", "send", "--to", DEPOT_UNIT, "--text", text])?;
    wait_for("the order at the depot", seconds(STEP_S), || depot.order(&id).map(drop))?;
    depot.cli(&["receipt", &id, "acknowledged", "--person", "库管员"])?;
    wait_for("the receipt at the centre", seconds(STEP_S), || {
        let row = centre.order(&id)?.order;
        ensure(row.acknowledged == 1, || format!("{row:?}"))
    })
}

#[test]
fn a_bearer_comes_changes_and_goes_without_a_restart_and_orders_go_on() {
    journey(|lab| {
        let (here, there) = (free_udp_port()?, free_udp_port()?);
        let bare = Config::new("值班员");
        let mut centre = lab.found("centre")?;
        centre.configure(&bare)?;
        centre.start()?;
        let mut depot = lab.join(&centre, "depot", DEPOT_UNIT, DEPOT_ROLES)?;
        depot.configure(&Config::new("库管员").udp(there, &[here]))?;
        depot.start()?;
        round::preload(&centre, &[&depot])?;

        centre.configure(&bare.clone().udp(here, &[there]))?;
        let row = reload(&centre)?;
        ensure(row.started == ["有线"] && row.ended.is_empty(), || format!("{row:?}"))?;
        order_crosses(&centre, &depot, "一")?;
        let again = reload(&centre)?;
        ensure(again.unchanged == ["有线"], || format!("{again:?}"))?;

        let table = |rate: u32| {
            format!(
                "[[bearer]]\nname = \"有线\"\nkind = \"udp\"\nlisten = \"127.0.0.1:{here}\"\n\
                 peers = [\"127.0.0.1:{there}\"]\nrate_bit_s = {rate}"
            )
        };
        centre.configure(&bare.clone().table(&table(9_600)))?;
        let row = reload(&centre)?;
        ensure(row.changed == ["有线"], || format!("{row:?}"))?;
        link(&centre, |row| row.rate_bit_s == 9_600 && row.state != LinkState::Down)?;
        order_crosses(&centre, &depot, "二")?;

        centre.configure(&bare.clone().table(&table(9_600).replace("9600", "\"快\"")))?;
        let ended = centre.try_cli(&["--lang", "en", "bearers", "reload"])?;
        let said = ended.code == 1 && ended.stderr.contains("sanduan.toml:");
        ensure(said && ended.stderr.contains("rate_bit_s"), || format!("{ended:?}"))?;
        link(&centre, |row| row.rate_bit_s == 9_600)?;
        order_crosses(&centre, &depot, "三")?;

        // The signal of old service managers does the same.
        centre.configure(&bare)?;
        let checked = centre.cli(&["bearers", "check"])?;
        ensure(checked.contains("有线"), || checked.clone())?;
        hang_up(&centre)?;
        wait_for("the link to be gone", seconds(STEP_S), || {
            let rows = centre.bearers()?;
            ensure(rows.is_empty(), || format!("{rows:?}"))
        })?;
        centre.configure(&bare.clone().udp(here, &[there]))?;
        hang_up(&centre)?;
        order_crosses(&centre, &depot, "四")?;
        let starts = centre.log_text().matches("已就绪").count();
        ensure(starts == 1, || format!("it was opened {starts} times"))?;
        centre.stop()
    });
}

fn hang_up(machine: &Machine) -> Outcome {
    let pid = machine.pid().map(|pid| pid.to_string()).unwrap_or_default();
    let done = Command::new("kill").args(["-HUP", &pid]).status()?;
    ensure(done.success(), || format!("kill -HUP {pid} failed"))
}
