//! A depot with an Iridium modem and a command post with nothing but IP: the made-up gateway
//! stands between them, thirty times faster than a real one.

use sanduan_protocol::local::rows::LinkState;
use sanduan_tests::config::free_tcp_port;
use sanduan_tests::errand::{Errand, link, link_becomes};
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Config, Sky, journey};

/// The first made-up modem.
const IMEI: &str = "300434060000010";

fn post(listen: u16, gateway: u16) -> Config {
    Config::new("李明").table(&format!(
        "[[bearer]]\nname = \"铱星岸站\"\nkind = \"directip\"\nlisten = \"127.0.0.1:{listen}\"\n\
         gateway = \"127.0.0.1:{gateway}\"\npeers = [\"{IMEI}\"]\n\
         per_burst_ms = 1000\nrate_bit_s = 1000\nbeacon_max_s = 60"
    ))
}

fn modem(sky: &Sky) -> Config {
    let device = sky.device(0).display();
    Config::new("库管员").table(&format!(
        "[[bearer]]\nname = \"铱星\"\nkind = \"sbd\"\ndevice = \"{device}\"\npoll_s = 20\n\
         per_burst_ms = 1000\nrate_bit_s = 1000\nbeacon_max_s = 60"
    ))
}

#[test]
fn a_command_post_with_ip_and_a_depot_with_a_modem_exchange_orders_and_receipts() {
    journey(|lab| {
        let (listen, gateway) = (free_tcp_port()?, free_tcp_port()?);
        let mut sky = Sky::shore(lab.folder(), 30, listen, gateway)?;
        let errand = Errand::between(lab, &post(listen, gateway), &modem(&sky), 150)?;
        errand.round_trip("报油料存量")?;
        for fault in ["status A 18 delivered", "miss ring A 1", "status A 35 lost"] {
            sky.say(fault)?;
        }
        errand.round_trip("立即撤至高处")?;
        let row = link(&errand.centre)?;
        let heard = row.heard_frames > 0 && row.target == IMEI;
        ensure(heard && row.mtu == 270, || format!("{row:?}"))?;
        let orders = errand.depot.orders()?.len();
        ensure(orders == 2, || format!("{orders} orders"))?;
        // The gateway does not know the modem any more: said with a remedy, never silently lost.
        sky.say("answer A -2")?;
        errand.order("清点艇只")?;
        link_becomes("the refusal", &errand.centre, 60, |row| {
            let told = row.error.as_deref().is_some_and(|error| error.contains("核对 peers"));
            row.state == LinkState::Down && told
        })
    });
}

#[test]
fn a_gateway_that_cannot_be_reached_is_told_and_found_again() {
    journey(|lab| {
        let (listen, gateway) = (free_tcp_port()?, free_tcp_port()?);
        let nobody = Config::new("库管员");
        let errand = Errand::between(lab, &post(listen, gateway), &nobody, 60)?;
        link_becomes("the reason", &errand.centre, 60, |row| {
            row.error.as_deref().is_some_and(|error| error.contains("连不上铱星关口站"))
        })?;
        let _sky = Sky::shore(lab.folder(), 30, listen, gateway)?;
        link_becomes("the link", &errand.centre, 90, |row| {
            row.state != LinkState::Down && row.error.is_none()
        })
    });
}
