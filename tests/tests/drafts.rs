//! Staff drafts at one daemon, the commander signs at another: only then is there an order, and it
//! names both.

use sanduan_protocol::local::rows::OrderState;
use sanduan_tests::config::free_udp_port;
use sanduan_tests::round::{self, DEPOT_ROLES, DEPOT_UNIT, FORWARD};
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Config, journey, seconds, wait_for};

const STEP_S: u64 = 60;
/// Staff of the forward post: drafts, answers, and issues nothing.
const STAFF_ROLES: &[&str] = &["order.draft", "receipt", "position"];

#[test]
fn a_draft_becomes_an_order_when_another_machine_signs_it_and_both_names_are_kept() {
    journey(|lab| {
        let ports = [free_udp_port()?, free_udp_port()?, free_udp_port()?];
        let mut centre = lab.found("centre")?;
        centre.configure(&Config::new("指挥长").udp(ports[0], &[ports[1], ports[2]]))?;
        centre.start()?;
        let mut staff = lab.join(&centre, "staff", FORWARD, STAFF_ROLES)?;
        staff.configure(&Config::new("参谋").udp(ports[1], &[ports[0]]))?;
        staff.start()?;
        let mut depot = lab.join(&centre, "depot", DEPOT_UNIT, DEPOT_ROLES)?;
        depot.configure(&Config::new("库管员").udp(ports[2], &[ports[0]]))?;
        depot.start()?;
        round::preload(&centre, &[&staff, &depot])?;

        // Staff may draft and not issue, and cannot sign what it drafted.
        let text = "调拨帐篷200顶";
        let refused = staff.try_cli(&["order", "send", "--to", DEPOT_UNIT, "--text", text])?;
        ensure(refused.code == 1, || format!("{refused:?}"))?;
        let id = staff.cli_saved(&["order", "draft", "--to", DEPOT_UNIT, "--text", text])?;
        let refused = staff.try_cli(&["order", "sign", &id])?;
        ensure(refused.code == 1, || format!("{refused:?}"))?;
        wait_for("the draft at the centre", seconds(STEP_S), || {
            let row = centre.order(&id)?.order;
            ensure(row.state == OrderState::Draft, || format!("{row:?}"))
        })?;
        // Something signed and older than the draft's signature: the depot heard of all before it.
        let other = centre.cli_saved(&["order", "send", "--to", DEPOT_UNIT, "--text", "报平安"])?;
        wait_for("another order at the depot", seconds(STEP_S), || depot.order(&other).map(drop))?;
        let shown = depot.orders()?;
        ensure(shown.iter().all(|row| row.id.to_string() != id), || format!("{shown:?}"))?;

        centre.cli(&["order", "sign", &id, "--person", "总指挥"])?;
        wait_for("the order at the depot", seconds(STEP_S), || {
            let row = depot.order(&id)?.order;
            let whole = row.text == text && row.state == OrderState::Open && row.unanswered_here;
            ensure(whole, || format!("{row:?}"))
        })?;
        let row = depot.order(&id)?.order;
        let named = row.person == "总指挥" && row.drafter.as_deref() == Some("参谋");
        ensure(named, || format!("{row:?}"))?;
        depot.cli(&["receipt", &id, "acknowledged"])?;
        wait_for("the receipt where it was drafted", seconds(STEP_S), || {
            let row = staff.order(&id)?.order;
            ensure(row.state == OrderState::Answered, || format!("{row:?}"))
        })?;
        let again = centre.try_cli(&["order", "sign", &id])?;
        ensure(again.code == 1, || format!("{again:?}"))
    });
}
