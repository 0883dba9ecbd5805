//! A lost device: the authority takes it out, everybody else changes keys, and it understands
//! nothing any more. A machine that was switched off meanwhile follows when it is back.

use sanduan_protocol::local::rows::{DeviceDetail, OrderState};
use sanduan_tests::config::free_udp_port;
use sanduan_tests::round::{self, DEPOT_ROLES, DEPOT_UNIT, FORWARD, TEAM, TEAM_ROLES};
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Config, Machine, Outcome, journey, seconds, wait_for};

const STEP_S: u64 = 90;

fn epoch(machine: &Machine) -> Outcome<u32> {
    Ok(machine.status()?.keys.epoch)
}

fn reaches(machine: &Machine, id: &str) -> Outcome {
    wait_for("the order, verified", seconds(STEP_S), || {
        let row = machine.order(id)?.order;
        ensure(row.state != OrderState::Provisional, || format!("{row:?}"))
    })
}

fn order(centre: &Machine, text: &str) -> Outcome<String> {
    centre.cli_saved(&["order", "send", "--to", "all", "--text", text])
}

#[test]
fn a_revoked_machine_understands_nothing_and_one_that_was_off_follows() {
    journey(|lab| {
        let ports: Vec<u16> = (0..4).map(|_| free_udp_port()).collect::<Outcome<_>>()?;
        let hub = Config::new("值班员").udp(ports[0], &ports[1..]);
        let mut centre = lab.found("centre")?;
        centre.configure(&hub)?;
        centre.start()?;
        let mut others = Vec::new();
        for (at, (name, unit, roles)) in [
            ("depot", DEPOT_UNIT, DEPOT_ROLES),
            ("team", TEAM, TEAM_ROLES),
            ("post", FORWARD, TEAM_ROLES),
        ]
        .into_iter()
        .enumerate()
        {
            let mut machine = lab.join(&centre, name, unit, roles)?;
            machine.configure(&Config::new("负责人").udp(ports[at + 1], &[ports[0]]))?;
            machine.start()?;
            others.push(machine);
        }
        round::preload(&centre, &others.iter().collect::<Vec<_>>())?;
        let before = order(&centre, "全体待命")?;
        others.iter().try_for_each(|machine| reaches(machine, &before))?;
        let [depot, lost, away] = &mut others[..] else { return ensure(false, String::new) };
        ensure(centre.status()?.keys.can_follow && depot.status()?.keys.can_follow, String::new)?;
        away.stop()?;

        let number = lost.status()?.device.to_string();
        centre.cli(&["device", "revoke", &number, "--reason", "途中遗失"])?;
        wait_for("the depot in the new epoch", seconds(STEP_S), || {
            ensure(epoch(depot)? == 2 && epoch(&centre)? == 2, || format!("{:?}", epoch(depot)))
        })?;
        let secret = order(&centre, "集合点改在石门小学")?;
        reaches(depot, &secret)?;
        wait_for("the lost machine is told", seconds(STEP_S), || {
            let keys = lost.status()?.keys;
            ensure(keys.behind.as_deref() == Some("shut_out"), || format!("{keys:?}"))
        })?;
        away.start()?;
        reaches(away, &secret)?;
        ensure(epoch(away)? == 2 && epoch(lost)? == 1, || "epochs".to_owned())?;
        ensure(lost.order(&secret).is_err(), || "it read the order".to_owned())?;
        let shown = lost.cli(&["status"])?;
        ensure(shown.contains("吊销"), || shown.clone())?;

        // A restart begins in the epoch that was saved.
        depot.stop()?;
        depot.start()?;
        ensure(epoch(depot)? == 2, || "it went back".to_owned())?;
        let again = order(&centre, "按新集合点集合")?;
        reaches(depot, &again)?;
        let detail: DeviceDetail = centre.http().get(&format!("/v1/devices/{number}/detail"))?;
        ensure(detail.revoked.as_deref() == Some("途中遗失"), || format!("{detail:?}"))
    });
}
