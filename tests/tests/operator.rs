//! Several persons take turns at one device: whoever is on duty signs, here and at every other
//! daemon, also after a power cut.

use sanduan_protocol::local::request::Rung;
use sanduan_tests::config::free_udp_port;
use sanduan_tests::errand::Errand;
use sanduan_tests::round::DEPOT_UNIT;
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Config, Outcome, journey, seconds, wait_for};

const STEP_S: u64 = 60;

/// An order, answered at the depot without a name; it must be this person's answer at the centre.
fn answered_by(errand: &Errand, text: &str, person: &str) -> Outcome {
    let id = errand.order(text)?;
    errand.arrives(&id)?;
    errand.depot.cli(&["receipt", &id, "acknowledged"])?;
    wait_for(&format!("the receipt of {person} at the centre"), seconds(STEP_S), || {
        let detail = errand.centre.order(&id)?;
        let row = detail.addressees.iter().find(|row| row.name == DEPOT_UNIT);
        let signed = row.is_some_and(|row| {
            row.rung == Some(Rung::Acknowledged) && row.person.as_deref() == Some(person)
        });
        ensure(signed, || format!("{:?}", detail.addressees))
    })
}

#[test]
fn whoever_takes_over_the_console_signs_from_then_on_and_after_a_power_cut() {
    journey(|lab| {
        let (here, there) = (free_udp_port()?, free_udp_port()?);
        let centre = Config::new("值班员").udp(here, &[there]);
        let depot = Config::new("库管员").udp(there, &[here]);
        let mut errand = Errand::between(lab, &centre, &depot, STEP_S)?;
        answered_by(&errand, "一", "库管员")?;
        errand.depot.cli(&["operator", "夜班库管"])?;
        answered_by(&errand, "二", "夜班库管")?;
        errand.depot.kill();
        errand.depot.start()?;
        let shown = errand.depot.cli(&["operator"])?;
        ensure(shown.trim() == "夜班库管", || shown.clone())?;
        answered_by(&errand, "三", "夜班库管")?;
        // An empty name is the one of the configuration again.
        errand.depot.cli(&["operator", ""])?;
        answered_by(&errand, "四", "库管员")
    });
}
