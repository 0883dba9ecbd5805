//! Two daemons whose only link is a BeiDou card each, 77 bytes a minute. Time in the sky runs
//! sixty times faster, so a minute's card is a second's. Lost answers, lost messages and a
//! blocked sky cost time and nothing else.

use sanduan_protocol::local::rows::LinkState;
use sanduan_tests::round::{self, COMMAND_ROLES, DEPOT_ROLES, DEPOT_UNIT};
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Config, Lab, Machine, Outcome, Sky, journey, seconds, wait_for};

const CARDS: [u32; 2] = [412_345, 498_765];
/// An order is a few frames, each a slot; with two lost on the way a repeat is due.
const STEP_S: u64 = 120;

fn configured(operator: &str, sky: &Sky, at: usize) -> Config {
    let device = sky.device(at).display();
    Config::new(operator).table(&format!(
        "[[bearer]]\nname = \"北斗\"\nkind = \"beidou\"\ndevice = \"{device}\"\n\
         peers = [\"{}\"]\nper_burst_ms = 100\nbeacon_max_s = 60",
        CARDS[1 - at]
    ))
}

fn pair(lab: &Lab, sky: &Sky) -> Outcome<(Machine, Machine)> {
    let mut centre = lab.found("centre")?;
    centre.configure(&configured("李明", sky, 0))?;
    centre.start()?;
    let mut depot = lab.join(&centre, "depot", DEPOT_UNIT, DEPOT_ROLES)?;
    depot.configure(&configured("刘洋", sky, 1))?;
    depot.start()?;
    round::preload(&centre, &[&depot])?;
    Ok((centre, depot))
}

fn order(centre: &Machine, text: &str) -> Outcome<String> {
    let words = ["order", "send", "--to", DEPOT_UNIT, "--class", "immediate", "--text", text];
    centre.cli_saved(&words)
}

/// The order arrives, its delivery is known, a person acknowledges it, and that is known too.
fn round_trip(centre: &Machine, depot: &Machine, sky: &Sky, id: &str) -> Outcome {
    let late = |what: &str| sky.trouble(what);
    wait_for("the order at the depot", seconds(STEP_S), || {
        depot.order(id).map_err(|_| late("the order is not at the depot"))
    })?;
    depot.cli(&["order", "ack", id])?;
    wait_for("the receipt at the centre", seconds(STEP_S), || {
        let row = centre.order(id)?.row;
        ensure(row.acknowledged == 1 && row.owed == 1, || format!("{row:?}"))
    })
}

#[test]
fn an_order_and_its_receipt_cross_two_cards_and_nothing_is_sent_early() {
    journey(|lab| {
        let sky = Sky::start(lab.folder(), &CARDS, 60, &[])?;
        let (centre, depot) = pair(lab, &sky)?;
        let id = order(&centre, "即赴滨江路3号楼接应,带艇3条,到达即报。")?;
        round_trip(&centre, &depot, &sky, &id)?;
        let early = sky.told("refused");
        ensure(early == 0, || format!("{early} sends were refused"))?;
        let link = centre.status()?;
        ensure(link.digest == depot.status()?.digest || sky.told("sent") > 4, String::new)
    });
}
