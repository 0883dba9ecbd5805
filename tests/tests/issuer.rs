//! A field issuer takes a laptop into the network where the centre cannot be reached: no link, two
//! files by hand, and everybody believes it once the records meet.

use sanduan_protocol::local::rows::{DeviceDetail, OrderState};
use sanduan_tests::config::free_udp_port;
use sanduan_tests::round::{self, DEPOT_ROLES, DEPOT_UNIT, FORWARD, TEAM, TEAM_ROLES};
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Config, Machine, Outcome, journey, seconds, wait_for};

const STEP_S: u64 = 60;
/// The first number of the first block that an issuer is given.
const FIRST_OF_BLOCK: u16 = 4_033;

fn detail(machine: &Machine, device: u16) -> Outcome<DeviceDetail> {
    machine.http().get(&format!("/v1/devices/{device}/detail"))
}

#[test]
fn a_laptop_joins_through_an_issuer_and_answers_an_order_of_the_centre() {
    journey(|lab| {
        let (here, there) = (free_udp_port()?, free_udp_port()?);
        let mut centre = lab.found("centre")?;
        centre.configure(&Config::new("值班员").udp(here, &[there]))?;
        centre.start()?;
        let issuer_roles = &["issuer", "receipt", "position"];
        let mut issuer = lab.join(&centre, "issuer", FORWARD, issuer_roles)?;
        issuer.configure(&Config::new("通信员"))?;
        issuer.start()?;
        round::preload(&centre, &[&issuer])?;
        let term = detail(&issuer, 2)?.issuer;
        let fresh = term.as_ref().is_some_and(|term| term.first == FIRST_OF_BLOCK && !term.over);
        ensure(fresh, || format!("{term:?}"))?;

        // Both admit, apart: the numbers differ.
        let depot = lab.join(&centre, "depot", DEPOT_UNIT, DEPOT_ROLES)?;
        let mut team = lab.join(&issuer, "team", TEAM, TEAM_ROLES)?;
        let refused = lab.join(&issuer, "chief", TEAM, &["order.issue"]);
        let said = refused.as_ref().is_err_and(|trouble| trouble.to_string().contains("拟稿"));
        ensure(said, || format!("{refused:?}"))?;
        ensure(depot.folder().is_dir(), || "the depot did not join".to_owned())?;
        let row = detail(&issuer, FIRST_OF_BLOCK)?.device;
        ensure(row.unit_name == TEAM, || format!("{row:?}"))?;
        ensure(detail(&centre, FIRST_OF_BLOCK).is_err(), || "known too early".to_owned())?;

        // The laptop has the directory from the issuer and a link to the centre, which has never
        // heard of it: its word comes with the issuer's records, by hand.
        team.configure(&Config::new("队长").udp(there, &[here]))?;
        team.start()?;
        round::preload(&issuer, &[&team, &centre])?;
        let id = centre.cli_saved(&["order", "send", "--to", TEAM, "--text", "报位置"])?;
        wait_for("the order at the laptop", seconds(STEP_S), || {
            let row = team.order(&id)?.order;
            ensure(row.state == OrderState::Open && row.unanswered_here, || format!("{row:?}"))
        })?;
        team.cli(&["receipt", &id, "acknowledged"])?;
        wait_for("its answer at the centre, verified", seconds(STEP_S), || {
            let row = centre.order(&id)?.order;
            ensure(row.state == OrderState::Answered, || format!("{row:?}"))
        })?;
        let shown = centre.cli(&["device", "show", "2"])?;
        ensure(shown.contains("已接纳 1 台"), || shown.clone())?;
        centre.cli(&["device", "renew", "2"])?;
        let refused = team.try_cli(&["--lang", "en", "device", "renew", "2"])?;
        ensure(refused.code == 1, || format!("{refused:?}"))
    });
}
