//! What the main cases cost on the made-up radio may not grow unnoticed. The limits leave room for
//! other luck; the table that people read is printed by `sanduan-sim bench air`.

use sanduan_netsim::bench::{self, Keying, Plan, Row};

const PLAN: Plan = Plan { seeds: 3, keying: Keying::Radio, trace: false };

fn rows(case: &str) -> Vec<Row> {
    let rows = bench::air(PLAN, case, |_| {});
    assert!(!rows.is_empty(), "there is no case {case}");
    rows
}

#[test]
fn a_signed_order_and_its_ack_stay_under_the_goal() {
    assert!(rows("order-1").iter().take(1).all(|row| row.ok && row.goal_bytes == Some(220)));
}

#[test]
fn thirty_hearers_cost_a_line_of_acks_and_no_storm() {
    for row in rows("order-30") {
        let (bytes, ms) = if row.loss_percent == 0 { (3_000, 120_000) } else { (8_000, 400_000) };
        assert!(row.ok && row.bytes <= bytes, "{row:?}");
        assert!(row.ms_max.is_some_and(|worst| worst <= ms), "{row:?}");
    }
}

#[test]
fn equal_stores_meet_under_the_goal() {
    assert!(rows("meeting").iter().all(|row| row.ok && row.goal_bytes == Some(40)));
}

#[test]
fn catching_up_stays_under_the_goal() {
    let rows = rows("catchup");
    assert_eq!(rows.iter().filter(|row| row.goal_bytes == Some(24_000)).count(), 2);
    assert!(rows.iter().all(|row| row.ok), "{rows:?}");
}

#[test]
fn a_quiet_channel_is_quiet() {
    assert!(rows("idle").iter().all(|row| row.ok && row.goal_frames == Some(60)));
}
