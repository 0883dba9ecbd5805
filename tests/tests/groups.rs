//! An order sealed to a group, through real daemons: read where it is meant for, carried by a
//! machine that cannot read it, and closed to a unit that has left.

use sanduan_protocol::local::rows::OrderState;
use sanduan_tests::config::free_udp_port;
use sanduan_tests::round::{self, DEPOT_ROLES, DEPOT_UNIT, FORWARD, TEAM_ROLES};
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Config, Machine, Outcome, journey, seconds, wait_for};

const STEP_S: u64 = 90;
const GROUP: &str = "指挥组";
const TEXT: &str = "三号库余量只够一天，勿外传";

fn shows(machine: &Machine, id: &str, text: &str, readable: bool) -> Outcome {
    wait_for("the order with its text", seconds(STEP_S), || {
        let row = machine.order(id)?.order;
        let is_so = row.text == text
            && row.state != OrderState::Provisional
            && row.group.as_ref().is_some_and(|group| group.readable == readable);
        ensure(is_so, || format!("{row:?}"))
    })
}

fn send(machine: &Machine, to: &str) -> Outcome<String> {
    machine.cli_saved(&["order", "send", "--to", to, "--group", GROUP, "--text", TEXT])
}

#[test]
fn a_sealed_order_goes_through_a_machine_that_cannot_read_it() {
    journey(|lab| {
        let ports = [free_udp_port()?, free_udp_port()?, free_udp_port()?];
        let mut centre = lab.found("centre")?;
        centre.configure(&Config::new("指挥长").udp(ports[0], &[ports[1]]))?;
        centre.start()?;
        // The post hears the centre through the depot alone.
        let mut depot = lab.join(&centre, "depot", DEPOT_UNIT, DEPOT_ROLES)?;
        depot.configure(&Config::new("库管员").udp(ports[1], &[ports[0], ports[2]]))?;
        depot.start()?;
        let mut post = lab.join(&centre, "post", FORWARD, TEAM_ROLES)?;
        post.configure(&Config::new("组长").udp(ports[2], &[ports[1]]))?;
        post.start()?;
        round::preload(&centre, &[&depot, &post])?;

        let own = centre.status()?.unit_name;
        centre.cli(&["group", "add", GROUP, &own, FORWARD])?;
        let refused = depot.try_cli(&["group", "add", GROUP, DEPOT_UNIT])?;
        ensure(refused.code == 1, || format!("{refused:?}"))?;
        let refused = centre
            .try_cli(&["order", "send", "--to", DEPOT_UNIT, "--group", GROUP, "--text", "x"])?;
        ensure(refused.code == 1, || format!("{refused:?}"))?;

        let id = send(&centre, FORWARD)?;
        shows(&post, &id, TEXT, true)?;
        shows(&depot, &id, &format!("〔密〕{GROUP}"), false)?;
        let shown = depot.cli(&["order", "show", &id])?;
        ensure(shown.contains("仅") && shown.contains(FORWARD), || shown.clone())?;
        post.cli(&["receipt", &id, "acknowledged"])?;
        wait_for("the receipt at the centre", seconds(STEP_S), || {
            let row = centre.order(&id)?.order;
            ensure(row.state == OrderState::Answered, || format!("{row:?}"))
        })?;

        centre.cli(&["group", "remove", GROUP, FORWARD])?;
        centre.cli(&["group", "add", GROUP, DEPOT_UNIT])?;
        let later = send(&centre, DEPOT_UNIT)?;
        shows(&depot, &later, TEXT, true)?;
        shows(&post, &later, &format!("〔密〕{GROUP}"), false)?;
        // A restart reads the same keys from the directory on the disk.
        post.stop()?;
        post.start()?;
        shows(&post, &id, TEXT, true)?;
        shows(&post, &later, &format!("〔密〕{GROUP}"), false)
    });
}
