//! What the main cases cost on the made-up radio may not grow unnoticed. The limits leave room for
//! other luck; the table that people read is printed by `sanduan-sim bench air`.

use sanduan_netsim::bench::{self, Keying, Plan, Row, Verdict};

const PLAN: Plan = Plan { seeds: 3, keying: Keying::Radio, trace: false };

/// The rows of one case on a keyed radio.
fn rows(case: &str) -> Vec<Row> {
    rows_on(Some(PLAN.keying), case)
}

fn rows_on(keying: Option<Keying>, case: &str) -> Vec<Row> {
    let rows = bench::air(PLAN, keying, case, |_| {});
    assert!(!rows.is_empty(), "there is no case {case}");
    rows
}

/// Done in every run, and nothing but keying beyond a goal.
fn is_kept(row: &Row) -> bool {
    matches!(row.verdict, Verdict::Ok | Verdict::Late | Verdict::Told)
}

#[test]
fn a_signed_order_and_its_ack_stay_under_the_goal() {
    let rows = rows_on(None, "order-1");
    let is_clear = |row: &&Row| row.case == "order-1" && row.loss_percent == 0;
    let clear: Vec<&Row> = rows.iter().filter(is_clear).collect();
    assert!(clear.iter().any(|row| row.keying == Keying::None && row.verdict == Verdict::Ok));
    assert!(clear.iter().all(|row| is_kept(row) && row.goal.bytes == Some(140)), "{rows:?}");
}

#[test]
fn thirty_hearers_cost_a_line_of_acks_and_no_storm() {
    for row in rows("order-30") {
        let (bytes, ms) = if row.loss_percent == 0 { (3_000, 120_000) } else { (8_000, 400_000) };
        assert!(row.done_runs == row.runs && row.bytes <= bytes, "{row:?}");
        assert!(row.ms_max.is_some_and(|worst| worst <= ms), "{row:?}");
    }
}

#[test]
fn equal_stores_meet_in_few_bytes() {
    let rows = rows("meeting");
    assert!(rows.iter().all(|row| row.done_runs == row.runs && row.bytes <= 40), "{rows:?}");
}

#[test]
fn catching_up_stays_under_the_goal() {
    let rows = rows("catchup");
    assert!(rows.iter().all(|row| is_kept(row) && row.goal.bytes.is_some()), "{rows:?}");
}

#[test]
fn a_quiet_channel_is_quiet() {
    let rows = rows("idle");
    assert!(rows.iter().all(|row| is_kept(row) && row.goal.frames == Some(60)), "{rows:?}");
}

#[test]
fn the_urgent_of_a_cut_town_and_an_alert_over_cards_keep_their_goals() {
    let rows = rows("card");
    assert!(rows.iter().all(|row| row.verdict == Verdict::Ok), "{rows:?}");
    assert!(rows.iter().filter(|row| row.goal.ms_max.is_some()).count() >= 4);
}
