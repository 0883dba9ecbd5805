//! Two daemons whose only link is a BeiDou card each, 77 bytes a minute. Time in the sky runs
//! sixty times faster, so a minute's card is a second's. Lost answers, lost messages and a
//! blocked sky cost time and nothing else.

use sanduan_protocol::local::rows::{BearerRow, LinkState, OrderState};
use sanduan_tests::round::{self, DEPOT_ROLES, DEPOT_UNIT};
use sanduan_tests::trouble::{Trouble, ensure};
use sanduan_tests::{Config, Lab, Machine, Outcome, Sky, journey, seconds, wait_for};

const CARDS: [u32; 2] = [412_345, 498_765];
/// An order is a few frames, each a slot; with two lost on the way a repeat is due.
const STEP_S: u64 = 120;

fn configured(operator: &str, sky: &Sky, at: usize, dialect: &str) -> Config {
    let device = sky.device(at).display();
    Config::new(operator).table(&format!(
        "[[bearer]]\nname = \"北斗\"\nkind = \"beidou\"\ndevice = \"{device}\"\n\
         dialect = \"{dialect}\"\npeers = [\"{}\"]\nper_burst_ms = 100\nbeacon_max_s = 60",
        CARDS[1 - at]
    ))
}

fn pair(lab: &Lab, sky: &Sky, dialect: &str) -> Outcome<(Machine, Machine)> {
    let mut centre = lab.found("centre")?;
    centre.configure(&configured("职员乙", sky, 0, dialect))?;
    centre.start()?;
    let mut depot = lab.join(&centre, "depot", DEPOT_UNIT, DEPOT_ROLES)?;
    depot.configure(&configured("库管员", sky, 1, dialect))?;
    depot.start()?;
    round::preload(&centre, &[&depot])?;
    Ok((centre, depot))
}

fn order(centre: &Machine, text: &str) -> Outcome<String> {
    let words = ["order", "send", "--to", DEPOT_UNIT, "--class", "immediate", "--text", text];
    centre.cli_saved(&words)
}

/// The order arrives whole and signed, a person answers it, and the centre knows both.
fn round_trip(centre: &Machine, depot: &Machine, id: &str) -> Outcome {
    wait_for("the order at the depot, verified", seconds(STEP_S), || {
        let row = depot.order(id)?.order;
        ensure(row.state != OrderState::Provisional, || format!("{row:?}"))
    })?;
    wait_for("its delivery known at the centre", seconds(STEP_S), || {
        let row = centre.order(id)?.order;
        ensure(row.delivered == 1, || format!("{row:?}"))
    })?;
    depot.cli(&["receipt", id, "acknowledged", "--person", "库管员"])?;
    wait_for("the receipt at the centre", seconds(STEP_S), || {
        let row = centre.order(id)?.order;
        ensure(row.acknowledged == 1, || format!("{row:?}"))
    })
}

/// The one link of a machine.
fn link(machine: &Machine) -> Outcome<BearerRow> {
    let rows: Vec<BearerRow> = machine.bearers()?;
    rows.into_iter().next().ok_or_else(|| Trouble::new("no link"))
}

#[test]
fn an_order_and_its_receipt_cross_two_cards_and_nothing_is_sent_early() {
    journey(|lab| {
        let sky = Sky::start(lab.folder(), &CARDS, 60, &[])?;
        let (centre, depot) = pair(lab, &sky, "2.1")?;
        let id = order(&centre, "即赴滨江路3号楼接应,带艇3条,到达即报。")?;
        round_trip(&centre, &depot, &id)?;
        for machine in [&centre, &depot] {
            let row = link(machine)?;
            let works = matches!(row.state, LinkState::Up | LinkState::Cooling);
            let learned = (row.mtu, row.kind.as_str(), row.signal_pct);
            ensure(works && learned == (77, "beidou", Some(100)), || format!("{row:?}"))?;
        }
        let (sent, refused) = (sky.told(" sent "), sky.told("refused"));
        ensure(sent >= 4 && refused == 0, || format!("{sent} sent, {refused} refused"))
    });
}

#[test]
fn lost_answers_lost_messages_and_a_blocked_sky_lose_no_order() {
    journey(|lab| {
        let mut sky = Sky::start(lab.folder(), &CARDS, 60, &["--dialect", "bds3", "--level", "5"])?;
        let (centre, depot) = pair(lab, &sky, "bds3")?;
        wait_for("the link", seconds(20), || {
            let row = link(&centre)?;
            let works = matches!(row.state, LinkState::Up | LinkState::Cooling);
            ensure(works && row.mtu == 1200, || format!("{row:?}"))
        })?;
        sky.say("lose fki A 1")?;
        sky.say("lose message A 1")?;
        sky.say("double B 1")?;
        let first = order(&centre, "报油料存量")?;
        round_trip(&centre, &depot, &first)?;
        sky.say("block A")?;
        let second = order(&centre, "立即撤至高处")?;
        wait_for("the link to tell of the blocked sky", seconds(30), || {
            let row = link(&centre)?;
            let told = row.error.as_deref().is_some_and(|error| error.contains("朝南"));
            ensure(row.state == LinkState::NoSignal && told, || format!("{row:?}"))
        })?;
        let at_depot = depot.order(&second);
        ensure(at_depot.is_err(), || "an order crossed a blocked sky".to_owned())?;
        sky.say("open A")?;
        round_trip(&centre, &depot, &second)?;
        let orders = depot.orders()?.len();
        let early = sky.told("refused early");
        ensure(orders == 2 && early == 0, || format!("{orders} orders, {early} early"))
    });
}
