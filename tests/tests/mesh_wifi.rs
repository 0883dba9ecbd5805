//! A daemon that reaches its Meshtastic node over Wi-Fi, the other over a cable: an order and its
//! answer cross, the connection is cut in the middle, and nobody has to do anything about it.

use sanduan_protocol::local::rows::LinkState;
use sanduan_tests::errand::{Errand, link_becomes};
use sanduan_tests::trouble::ensure;
use sanduan_tests::wifi_node::WifiNode;
use sanduan_tests::{Config, Sky, journey};

const STEP_S: u64 = 240;

fn configured(operator: &str, line: &str) -> Config {
    Config::new(operator).table(&format!(
        "[[bearer]]\nname = \"LoRa\"\nkind = \"meshtastic\"\n{line}\nbeacon_max_s = 60"
    ))
}

#[test]
fn a_node_over_wifi_carries_an_order_and_is_found_again_after_a_cut() {
    journey(|lab| {
        let sky = Sky::nodes(lab.folder(), 2, 10, &["--preset", "short-fast"])?;
        let wifi = WifiNode::before(sky.device(0))?;
        let centre = configured("李明", &format!("address = \"{}\"", wifi.address()));
        let depot = configured("刘洋", &format!("device = \"{}\"", sky.device(1).display()));
        let errand = Errand::between(lab, &centre, &depot, STEP_S)?;
        for machine in [&errand.centre, &errand.depot] {
            link_becomes("the link", machine, 60, |row| row.state != LinkState::Down)?;
        }
        errand.round_trip("报油料存量")?;
        let held = wifi.cut();
        ensure(held, || "nobody was connected".to_owned())?;
        let id = errand.order("立即撤至高处")?;
        errand.arrives(&id)?;
        errand.answered(&id)?;
        Ok(())
    });
}
