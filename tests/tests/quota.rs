//! A bearer with a quota: when it is spent, the link says so, flash orders still pass, and the
//! count goes on over a restart.

use sanduan_protocol::local::rows::{BearerRow, LinkState};
use sanduan_tests::config::free_udp_port;
use sanduan_tests::round::{self, DEPOT_ROLES, DEPOT_UNIT};
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Config, Machine, Outcome, Trouble, journey, seconds, wait_for};

const STEP_S: u64 = 60;
/// Messages of the window: enough to find each other, used up by a few orders.
const MESSAGES: u64 = 60;

fn row(machine: &Machine) -> Outcome<BearerRow> {
    machine.bearers()?.into_iter().next().ok_or_else(|| Trouble::new("no link"))
}

fn send(centre: &Machine, class: &str, text: &str) -> Outcome<String> {
    centre.cli_saved(&["order", "send", "--to", DEPOT_UNIT, "--class", class, "--text", text])
}

#[test]
fn a_spent_quota_stops_all_but_flash_orders_and_survives_a_restart() {
    journey(|lab| {
        let (here, there) = (free_udp_port()?, free_udp_port()?);
        let mut centre = lab.found("centre")?;
        centre.configure(&Config::new("值班员").table(&format!(
            "[[bearer]]\nname = \"卫星\"\nkind = \"udp\"\nlisten = \"127.0.0.1:{here}\"\n\
             peers = [\"127.0.0.1:{there}\"]\nquota_messages = {MESSAGES}\n\
             price_message_yuan = 0.5"
        )))?;
        centre.start()?;
        let mut depot = lab.join(&centre, "depot", DEPOT_UNIT, DEPOT_ROLES)?;
        depot.configure(&Config::new("库管员").udp(there, &[here]))?;
        depot.start()?;
        round::preload(&centre, &[&depot])?;
        let mut last = send(&centre, "routine", "报库存")?;
        wait_for("the order at the depot", seconds(STEP_S), || depot.order(&last).map(drop))?;
        let spent = wait_for("the quota to be spent", seconds(STEP_S), || {
            last = send(&centre, "routine", "再报库存")?;
            let row = row(&centre)?;
            ensure(row.state == LinkState::QuotaSpent, || format!("{row:?}"))?;
            Ok(row)
        })?;
        let left = spent.quota_messages.unwrap_or(MESSAGES);
        ensure((1..=MESSAGES / 10).contains(&left), || format!("{spent:?}"))?;
        ensure(spent.quota_until_ms.is_some(), || format!("{spent:?}"))?;
        // What was handed over just before is answered, then there is silence.
        let late = send(&centre, "routine", "不急")?;
        let flash = send(&centre, "flash", "立即转移")?;
        wait_for("the flash order at the depot", seconds(STEP_S), || {
            depot.order(&flash).map(drop)
        })?;
        // It goes in a lane of its own: what was written before it did not come along.
        ensure(depot.order(&late).is_err(), || format!("{late} came along"))?;
        let before = wait_for("the cost of the day", seconds(STEP_S), || {
            let row = row(&centre)?;
            let cost = row.today_milli_yuan.unwrap_or(0);
            let used = MESSAGES - row.quota_messages.unwrap_or(MESSAGES);
            ensure(cost == used * 500 && row.today_sent_bytes > 0, || format!("{row:?}"))?;
            Ok(row)
        })?;
        centre.stop()?;
        centre.start()?;
        wait_for("the count to go on", seconds(STEP_S), || {
            let row = row(&centre)?;
            let goes_on = row.quota_messages <= before.quota_messages
                && row.today_sent_bytes >= before.today_sent_bytes;
            ensure(goes_on && row.state == LinkState::QuotaSpent, || format!("{row:?}"))
        })
    });
}
