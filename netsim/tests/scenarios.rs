//! The eight small named events of the library, each told to its end in a debug build: everybody
//! is reached, nothing is lost, the books add up. The whole district is too large for this; see
//! `sanduan-sim run --scenario jiangjin-819`.

use sanduan_netsim::scenario::{Marks, Scenario, named, tell};

fn passes(name: &str) {
    let scenario = Scenario::read(named(name).expect("in the library")).expect("a scenario");
    let (marks, _) = tell(&scenario, 1, &mut |_| {}).expect("it was read");
    assert!(marks.pass(), "{marks}");
    assert!(marks.orders > 0 && marks.reached == marks.owed, "{marks}");
}

/// What was measured for the mark of this name, s.
fn measured_s(marks: &Marks, name: &str) -> u64 {
    let mark = marks.marks.iter().find(|mark| mark.name.contains(name)).expect("it is asked for");
    let number = mark.measured.split(' ').next().and_then(|number| number.parse().ok());
    number.unwrap_or_else(|| panic!("{}", mark.measured))
}

/// Half of the story of two towns with a card each, whose messages carry so many bits.
fn two_towns(level_bits: u32) -> Marks {
    let text = named("danka").expect("in the library");
    assert!(text.contains("level_bits = 9600"));
    let text = text.replace("level_bits = 9600", &format!("level_bits = {level_bits}"));
    let mut scenario = Scenario::read(&text).expect("a scenario");
    scenario.end_after(240);
    let (marks, _) = tell(&scenario, 1, &mut |_| {}).expect("it was read");
    marks
}

#[test]
fn towns_with_a_long_card_each_are_ordered_and_answer_in_time_whatever_others_report() {
    let marks = two_towns(9_600);
    assert!(marks.pass(), "{marks}");
    assert!(measured_s(&marks, "单卡镇回执") <= 120, "{marks}");
}

#[test]
fn towns_with_a_short_card_each_get_flash_orders_in_time_and_answer_within_minutes() {
    let marks = two_towns(628);
    assert!(marks.reached == marks.owed && marks.breaches.is_empty(), "{marks}");
    assert!(measured_s(&marks, "仅北斗") <= 180, "{marks}");
    // A receipt takes two of these messages, an update three: several at once wait for each other.
    assert!(measured_s(&marks, "单卡镇回执") <= 600, "{marks}");
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
