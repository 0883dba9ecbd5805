//! Three daemons in a line: UDP from the centre to the forward post, a radio of 1,200 bit/s with
//! a tenth of all frames lost from there to the depot. And what a cut in the middle does.

use sanduan_tests::config::free_udp_port;
use sanduan_tests::lab::equal_pictures;
use sanduan_tests::round::{self, COMMAND_ROLES, DEPOT_ROLES, DEPOT_UNIT, FORWARD, Line};
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Air, Config, Lab, Outcome, journey, seconds, wait_for};

const RATE_BIT_S: u32 = 1200;
const LOSS: f64 = 0.1;
/// A step may need a few frames, each a few seconds on the air, some of them twice.
const STEP_S: u64 = 90;

fn line(lab: &Lab, air: &Air) -> Outcome<Line> {
    let (centre_port, forward_port) = (free_udp_port()?, free_udp_port()?);
    let mut centre = lab.found("centre")?;
    centre.configure(&Config::new("值班员").udp(centre_port, &[forward_port]))?;
    centre.start()?;
    let mut forward = lab.join(&centre, "forward", FORWARD, COMMAND_ROLES)?;
    let mut depot = lab.join(&centre, "depot", DEPOT_UNIT, DEPOT_ROLES)?;
    let by_both = Config::new("前指参谋").udp(forward_port, &[centre_port]);
    forward.configure(&by_both.kiss_tcp(air.port(0), RATE_BIT_S))?;
    depot.configure(&Config::new("保管员").kiss_tcp(air.port(1), RATE_BIT_S))?;
    forward.start()?;
    depot.start()?;
    round::preload(&centre, &[&forward, &depot])?;
    Ok(Line { centre, forward, depot, step_s: STEP_S })
}

#[test]
fn orders_positions_and_stock_cross_a_lossy_radio_in_two_hops() {
    journey(|lab| {
        let air = Air::start(lab.folder(), 2, RATE_BIT_S, LOSS, "")?;
        line(lab, &air)?.round()
    });
}

#[test]
fn what_is_written_on_both_sides_of_a_cut_is_everywhere_after_it_heals() {
    journey(|lab| {
        let mut air = Air::start(lab.folder(), 2, RATE_BIT_S, LOSS, "")?;
        let line = line(lab, &air)?;
        equal_pictures(&[&line.centre, &line.forward, &line.depot], STEP_S)?;
        air.say("cut A-B")?;
        let order =
            ["order", "send", "--to", DEPOT_UNIT, "--class", "priority", "--text", "报油料"];
        let id = line.centre.cli_saved(&order)?;
        let own = round::depot_of(&line.depot, DEPOT_UNIT)?;
        line.depot.cli(&["stock", "receive", "--depot", &own, "--line", "R022=200"])?;
        wait_for("the order at the forward post", seconds(20), || line.forward.order(&id))?;
        let at_depot = line.depot.order(&id);
        ensure(at_depot.is_err(), || "the order crossed a cut".to_owned())?;
        air.say("heal A-B")?;
        let picture = equal_pictures(&[&line.centre, &line.forward, &line.depot], 2 * STEP_S)?;
        ensure(picture.orders.len() == 1, || format!("{:?}", picture.orders))?;
        line.depot.order(&id).map(drop)
    });
}
