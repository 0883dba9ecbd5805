//! Orders and stock sealed to a group, through real daemons: read where they are meant for, carried
//! by a machine that cannot read them, and closed to a unit that has left.

use sanduan_protocol::local::rows::OrderState;
use sanduan_tests::config::free_udp_port;
use sanduan_tests::round::{
    self, COMMAND_ROLES, DEPOT_ROLES, DEPOT_UNIT, FORWARD, ITEM, TEAM_ROLES, depot_of,
};
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Config, Machine, Outcome, journey, seconds, wait_for};

const STEP_S: u64 = 90;
const GROUP: &str = "指挥组";
const TEXT: &str = "三号库余量只够一天，勿外传";
const NOTE: &str = "缺口二百床，先瞒两小时";
const STOCK_GROUP: &str = "白沙库组";

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
        let mut post = lab.join(&centre, "post", FORWARD, COMMAND_ROLES)?;
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
        post.cli(&["receipt", &id, "acknowledged", "--note", NOTE])?;
        wait_for("the receipt with its note at the centre", seconds(STEP_S), || {
            let detail = centre.order(&id)?;
            let is_answered = detail.order.state == OrderState::Answered;
            let note = detail.receipts.first().map_or("", |receipt| receipt.note.as_str());
            ensure(is_answered && note == NOTE, || format!("{detail:?}"))
        })?;
        let carried = depot.order(&id)?;
        let note = carried.receipts.first().map(|receipt| receipt.note.clone());
        ensure(note == Some(format!("〔密〕{GROUP}")), || format!("{carried:?}"))?;
        // A plea for supplies is an order by its bytes, and is sealed like one.
        let plea = post.cli_saved(&[
            "order", "send", "--kind", "request", "--to", &own, "--group", GROUP, "--text", TEXT,
        ])?;
        shows(&centre, &plea, TEXT, true)?;
        shows(&depot, &plea, &format!("〔密〕{GROUP}"), false)?;

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

/// On hand of life jackets in the depot; an error while it is not known there.
fn on_hand(machine: &Machine, depot: &str) -> Outcome<String> {
    Ok(machine.stock_of(depot, ITEM)?.on_hand.to_string())
}

fn line(count: u32) -> String {
    format!("{ITEM}={count}")
}

#[test]
fn stock_of_a_sealed_depot_goes_through_a_machine_that_cannot_read_it() {
    journey(|lab| {
        let ports = [free_udp_port()?, free_udp_port()?, free_udp_port()?];
        let mut centre = lab.found("centre")?;
        centre.configure(&Config::new("指挥长").udp(ports[0], &[ports[1]]))?;
        centre.start()?;
        // The keeper is heard at the centre through the post alone.
        let mut post = lab.join(&centre, "post", FORWARD, TEAM_ROLES)?;
        post.configure(&Config::new("组长").udp(ports[1], &[ports[0], ports[2]]))?;
        post.start()?;
        let mut keeper = lab.join(&centre, "keeper", DEPOT_UNIT, DEPOT_ROLES)?;
        keeper.configure(&Config::new("库管员").udp(ports[2], &[ports[1]]))?;
        keeper.start()?;
        let (own, depot) = (centre.status()?.unit_name, depot_of(&centre, DEPOT_UNIT)?);
        let refused = centre.try_cli(&["group", "add", STOCK_GROUP, &own, "--depot", &depot])?;
        ensure(refused.code == 1 && refused.stderr.contains(DEPOT_UNIT), || {
            format!("{refused:?}")
        })?;
        centre.cli(&["group", "add", STOCK_GROUP, &own, DEPOT_UNIT, "--depot", &depot])?;
        round::preload(&centre, &[&post, &keeper])?;

        keeper.cli_saved(&["stock", "receive", "--depot", &depot, "--line", &line(120)])?;
        keeper.cli_saved(&["stock", "count", "--depot", &depot, "--line", &line(117)])?;
        wait_for("the count at the centre", seconds(STEP_S), || {
            let found = on_hand(&centre, &depot)?;
            ensure(found == "117", || found)
        })?;
        // It came through the post, which shows no figure of that depot and says whose it is.
        let shown = post.cli(&["stock", "list"])?;
        let says = shown.contains("未含 1 库（密）") && shown.contains(STOCK_GROUP);
        ensure(says && !shown.contains("117") && !shown.contains("120"), || shown.clone())?;
        ensure(on_hand(&post, &depot).is_err(), || "the post knows a figure".to_owned())?;
        let refused = post.try_cli(&["stock", "card", ITEM, "--depot", &depot])?;
        ensure(refused.code == 1 && refused.stderr.contains(STOCK_GROUP), || {
            format!("{refused:?}")
        })?;

        // The post is let in: it knows the depot from the first line on, for nobody has left.
        centre.cli(&["group", "add", STOCK_GROUP, FORWARD])?;
        wait_for("the stock at the post", seconds(STEP_S), || {
            let found = on_hand(&post, &depot)?;
            ensure(found == "117", || found)
        })?;
        // It is let out again: what is written from then on it cannot read.
        centre.cli(&["group", "remove", STOCK_GROUP, FORWARD])?;
        wait_for("the new key at the keeper", seconds(STEP_S), || {
            let shown = keeper.cli(&["group", "show", STOCK_GROUP])?;
            ensure(shown.contains("第 2 轮"), || shown.clone())
        })?;
        keeper.cli_saved(&["stock", "count", "--depot", &depot, "--line", &line(90)])?;
        wait_for("the new count at the centre", seconds(STEP_S), || {
            let found = on_hand(&centre, &depot)?;
            ensure(found == "90", || found)
        })?;
        post.stop()?;
        post.start()?;
        let shown = post.cli(&["stock", "list"])?;
        ensure(shown.contains("未含 1 库（密）") && !shown.contains("117"), || shown.clone())
    });
}
