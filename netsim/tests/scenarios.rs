//! The eight small named events of the library, each told to its end in a debug build: everybody
//! is reached, nothing is lost, the books add up. The whole district is too large for this; see
//! `sanduan-sim run --scenario jiangjin-819`.

use sanduan_netsim::scenario::{Scenario, named, tell};

fn passes(name: &str) {
    let scenario = Scenario::read(named(name).expect("in the library")).expect("a scenario");
    let (marks, _) = tell(&scenario, 1, &mut |_| {}).expect("it was read");
    assert!(marks.pass(), "{marks}");
    assert!(marks.orders > 0 && marks.reached == marks.owed, "{marks}");
}

#[test]
fn everybody_is_reached_in_a_waterlogged_town() {
    passes("0626-neilao");
}

#[test]
fn everybody_is_reached_in_a_forest_fire() {
    passes("0818-shanhuo");
}

#[test]
fn everybody_is_reached_in_an_oil_spill() {
    passes("qijiang-youwu");
}

#[test]
fn everybody_is_reached_in_a_drowning() {
    passes("nishui");
}

#[test]
fn everybody_is_reached_in_a_flood_crest() {
    passes("0819-hongfeng");
}

#[test]
fn everybody_is_reached_in_a_rainstorm_of_may() {
    passes("0502-baoyu");
}

#[test]
fn everybody_is_reached_in_a_rainstorm_of_august() {
    passes("0809-baoyu");
}

#[test]
fn everybody_is_reached_in_a_fire_on_new_years_day() {
    passes("0101-huozai");
}
