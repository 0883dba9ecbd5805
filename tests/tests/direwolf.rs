//! The same round over two real Dire Wolf modems on an audio loop: the forward post reaches its
//! modem by KISS over TCP, the depot its own over a serial line.

use sanduan_tests::config::free_udp_port;
use sanduan_tests::modems::{self, Mode, Modems};
use sanduan_tests::round::{self, COMMAND_ROLES, DEPOT_ROLES, DEPOT_UNIT, FORWARD, Line};
use sanduan_tests::{Config, journey};

#[test]
fn orders_positions_and_stock_cross_two_real_modems() {
    journey(|lab| {
        if !modems::can_run("the round over Dire Wolf", modems::missing())? {
            return Ok(());
        }
        let modems = Modems::pair(lab.folder(), Mode::Afsk1200)?;
        let (centre_port, forward_port) = (free_udp_port()?, free_udp_port()?);
        let mut centre = lab.found("centre")?;
        centre.configure(&Config::new("值班员").udp(centre_port, &[forward_port]))?;
        centre.start()?;
        let mut forward = lab.join(&centre, "forward", FORWARD, COMMAND_ROLES)?;
        let mut depot = lab.join(&centre, "depot", DEPOT_UNIT, DEPOT_ROLES)?;
        let by_both = Config::new("前指参谋").udp(forward_port, &[centre_port]);
        forward.configure(&by_both.kiss_tcp(modems.port(0)?, 1200))?;
        depot.configure(&Config::new("保管员").kiss_serial(modems.serial(1)?, 1200))?;
        forward.start()?;
        depot.start()?;
        round::preload(&centre, &[&forward, &depot])?;
        Line { centre, forward, depot, step_s: 120 }.round()
    });
}
