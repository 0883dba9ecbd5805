//! The scenarios of the library are sound and small ones reach everybody; the district is whole.

use std::collections::BTreeSet;

use sanduan_protocol::base::caps::LINKS_MAX;
use sanduan_protocol::base::time::Mono;

use super::link::Link;
use super::paths::{Way, way};
use super::roll::{Roll, Village};
use super::*;

fn district() -> Scenario {
    Scenario::read(named("jiangjin-819").expect("in the library")).expect("a scenario")
}

#[test]
fn every_scenario_of_the_library_can_be_read() {
    for (name, text) in LIBRARY {
        let scenario = Scenario::read(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let places = scenario.places.len();
        let most = if name == "jiangjin-819" { 105 } else { 10 };
        assert!((4..=most).contains(&places), "{name}: {places} places");
        let core = scenario.options(1).expect("it was read").core(None);
        assert_eq!(core.map(|core| core.len()), Some(places), "{name} is not connected");
        assert!(named(name).is_some());
    }
}

#[test]
fn a_scenario_that_names_what_does_not_exist_is_refused() {
    let (_, text) = LIBRARY[3];
    let wrong = text.replace("from = \"Z13\"", "from = \"Z99\"");
    assert!(matches!(Scenario::read(&wrong), Err(BadScenario::Unknown(code)) if code == "Z99"));
    let wrong = text.replace("minutes = 120", "minutes = 0");
    assert!(matches!(Scenario::read(&wrong), Err(BadScenario::Bounds("minutes"))));
    let wrong = text.replace("title =", "titel =");
    assert!(matches!(Scenario::read(&wrong), Err(BadScenario::Text(_))));
}

#[test]
fn a_drowning_is_told_alike_twice_and_everybody_is_reached() {
    let scenario = Scenario::read(named("nishui").expect("in the library")).expect("a scenario");
    let mut minutes = 0;
    let (marks, gauges) = tell(&scenario, 1, &mut |_| minutes += 1).expect("it was read");
    assert!(marks.pass(), "{marks}");
    assert_eq!((minutes, marks.orders, marks.owed), (120, 4, 7));
    assert!(marks.answered + marks.silent >= marks.owed, "{marks}");
    assert!(marks.in_time >= 5 && marks.bearers.iter().all(|bearer| bearer.bytes > 0), "{marks}");
    let last = gauges.samples.last().expect("the end is sampled");
    assert_eq!((last.minute, last.owed, last.reached), (120, 7, 7));
    assert!(last.bytes.iter().all(|bytes| *bytes > 0) && !gauges.heard.is_empty());
    assert_eq!(tell(&scenario, 1, &mut |_| {}).expect("it was read"), (marks, gauges));
}

#[test]
fn a_place_that_nothing_leads_to_any_more_is_told_as_late() {
    let text = named("nishui").expect("in the library").replace("to_min = 35", "to_min = 119");
    let scenario = Scenario::read(&text).expect("a scenario");
    let (marks, _) = tell(&scenario, 1, &mut |_| {}).expect("it was read");
    assert!(marks.in_time < marks.owed && !marks.late.is_empty(), "{marks}");
}

#[test]
fn two_places_with_nothing_but_cards_are_reached_one_message_a_minute() {
    let text = "
        title = \"cards\"
        minutes = 30
        places = [{ code = \"A\", name = \"A\", level = \"区\" },
            { code = \"B\", name = \"B\", level = \"镇街\" }]
        links = [{ bearer = \"beidou\", places = [\"A\", \"B\"], every_s = 60 }]
        orders = [{ at_min = 5, from = \"A\", to = [\"B\"], text = \"转移\", within_s = 600 }]";
    let scenario = Scenario::read(text).expect("a scenario");
    let (marks, _) = tell(&scenario, 3, &mut |_| {}).expect("it was read");
    assert!(marks.breaches.is_empty() && marks.in_time == 1, "{marks}");
    let bearer = &marks.bearers[0];
    // Two cards, thirty minutes, and the message that a card may send in its first second.
    assert!((2..=62).contains(&bearer.frames), "{marks}");
    assert!(bearer.bytes <= bearer.frames * 78, "{marks}");
}

#[test]
fn every_frame_of_a_place_that_is_listened_to_is_told_with_what_it_says_and_how_old_that_is() {
    let scenario = Scenario::read(named("nishui").expect("in the library")).expect("a scenario");
    let code = scenario.places[1].code.clone();
    let (mut lines, codes) = (Vec::new(), [code.clone()]);
    let listener = Listener { codes: &codes, say: &mut |line| lines.push(line) };
    let (marks, _) = tell_aloud(&scenario, 1, &mut |_| {}, listener).expect("it was read");
    // Beside its frames, how long each answer took that concerns it.
    let (answers, frames): (Vec<&String>, Vec<&String>) =
        lines.iter().partition(|line| line.contains("回执 / answer "));
    assert!(frames.iter().all(|line| line.contains(&format!(" {code} → "))), "{frames:?}");
    assert!(!answers.is_empty() && answers.iter().all(|line| line.contains(&code)), "{answers:?}");
    assert!(lines.iter().any(|line| line.contains("packed own:") && line.contains(" s]")));
    let all: u64 = marks.bearers.iter().map(|bearer| bearer.frames).sum();
    assert!((2..all as usize).contains(&frames.len()), "{} of {all}", frames.len());
    let listener = Listener { codes: &["Z99".to_owned()], say: &mut |_| {} };
    let refused = tell_aloud(&scenario, 1, &mut |_| {}, listener);
    assert!(matches!(refused, Err(BadScenario::Unknown(code)) if code == "Z99"));
}

/// A centre, and a place behind each kind of bearer; the last one is reached by a vehicle only.
const EVERY_KIND: &str = r#"
title = "every kind"
minutes = 60
loss_ppm = 20000
air = { early_ppm = 50000, misreported_ppm = 50000, missed_rings_ppm = 200000, flip_ppm = 1000 }
places = [
    { code = "A", name = "A", level = "区" },
    { code = "B", name = "B", level = "镇街" },
    { code = "C", name = "C", level = "镇街" },
    { code = "D", name = "D", level = "队伍" },
    { code = "E", name = "E", level = "镇街" },
    { code = "F", name = "F", level = "队伍" },
    { code = "G", name = "G", level = "村" },
]
links = [
    { bearer = "sat-ip", kind = "satellite-ip", places = ["A", "B"], rate_bit_s = 64000 },
    { bearer = "beidou-card", kind = "beidou", places = ["A", "C"], level_bits = 1680 },
    { bearer = "iridium", kind = "sbd", places = ["A", "D"], poll_s = 600 },
    { bearer = "wifi", kind = "lan", places = ["B", "E", "F"], rate_bit_s = 1000000 },
    { bearer = "370", kind = "radio", places = ["A", "E"], rate_bit_s = 9600 },
    { bearer = "usb", kind = "carry", places = ["F", "G"], leg_s = 300 },
]
outages = [{ bearer = "wifi", from_min = 20, to_min = 30 }]
orders = [
    { at_min = 2, from = "A", class = 0, text = "立即转移", within_s = 1200 },
    { at_min = 22, from = "G", to = ["A"], text = "请求支援", within_s = 3000 },
]
goods = [{ at_min = 5, place = "C", depot = 1, item = 2, count = 10 }]
"#;

#[test]
fn an_order_reaches_everybody_over_every_kind_of_bearer() {
    let scenario = Scenario::read(EVERY_KIND).expect("a scenario");
    let (marks, _) = tell(&scenario, 1, &mut |_| {}).expect("it was read");
    assert!(marks.pass(), "{marks}");
    assert_eq!((marks.orders, marks.owed, marks.in_time), (2, 7, 7), "{marks}");
    let silent = marks.bearers.iter().filter(|bearer| bearer.bytes == 0);
    let silent: Vec<&str> = silent.map(|bearer| bearer.name.as_str()).collect();
    assert_eq!(silent, ["usb"], "a vehicle carries files, not frames");
}

#[test]
fn the_district_has_every_post_of_its_lists_and_no_machine_more_links_than_it_drives() {
    let scenario = district();
    let count = |level: &str| scenario.places.iter().filter(|one| one.level == level).count();
    let levels = ["区", "前指", "镇街", "队伍", "库"].map(count);
    assert_eq!(levels, [2, 1, 30, 34, 38]);
    let Roll { villages, boats, depots, items, opening, .. } = &scenario.roll;
    let goods = (depots.len(), items.len(), opening.len());
    assert_eq!((villages.len(), boats.len(), goods), (301, 24, (38, 75, 1691)));
    assert_eq!(villages.iter().filter(|village| village.has_card).count(), 24);
    let options = scenario.options(1).expect("it was read");
    for place in 0..scenario.places.len() {
        let links = options.links_at(place).count();
        assert!((1..=LINKS_MAX).contains(&links), "{}: {links}", scenario.places[place].name);
    }
}

#[test]
fn the_cards_of_a_story_are_as_long_as_the_file_or_whoever_tells_it_says() {
    let mut scenario = district();
    let bytes = |scenario: &Scenario| {
        let cards: BTreeSet<u32> = scenario.links.iter().filter_map(Link::card_bytes).collect();
        cards.into_iter().collect::<Vec<_>>()
    };
    assert_eq!(bytes(&scenario), [1_200], "what a frame fills of a message of BDS-3");
    scenario.set_card_bits(628).expect("BDS-2, level 3");
    assert_eq!(bytes(&scenario), [78]);
    assert!(scenario.set_card_bits(110).is_err(), "too short for any frame");
}

#[test]
fn a_town_that_is_cut_off_is_reached_by_its_card_and_by_nothing_else() {
    let scenario = district();
    let place = |code: &str| scenario.place(code).expect("in the lists");
    let hour = |hours: u64| Mono(hours * 3_600_000 + 1_000);
    let (centre, mountain) = (place("EOC"), place("Z20"));
    assert_eq!(way(&scenario, centre, mountain, hour(10)), Way::Quick);
    assert_eq!(way(&scenario, centre, mountain, hour(25)), Way::Card);
    assert_eq!(way(&scenario, centre, place("T04"), hour(25)), Way::Card, "a team of that town");
    // While the centre is flooded, nothing leads to it and its backup reaches the rest.
    assert_eq!(way(&scenario, centre, mountain, hour(42)), Way::None);
    assert_eq!(way(&scenario, place("BCP"), place("Z05"), hour(42)), Way::Quick);
    for town in 0..scenario.places.len() {
        assert_eq!(way(&scenario, centre, town, hour(70)), Way::Quick, "all is whole again");
    }
}

/// A centre, a town, and three villages of which one has a card.
fn three_villages(outages: &str) -> Scenario {
    let text = format!(
        "title = \"villages\"\nminutes = 60\nsilent_percent = 0\n
        places = [{{ code = \"EOC\", name = \"中心\", level = \"区\" }},
            {{ code = \"Z\", name = \"镇\", level = \"镇街\" }}]
        links = [{{ bearer = \"公网\", places = [\"EOC\", \"Z\"], rate_bit_s = 1000000 }},
            {{ bearer = \"370\", places = [\"EOC\", \"Z\"], rate_bit_s = 9600 }}]
        orders = [{{ at_min = 5, from = \"EOC\", to = [\"Z*\"], text = \"转移\" }}]
        {outages}"
    );
    let mut scenario = Scenario::read(&text).expect("a scenario");
    let village =
        |number: usize| Village { town: 1, name: format!("{number}号村"), has_card: number == 0 };
    scenario.roll.villages = (0..3).map(village).collect();
    scenario.roll.towns = vec![None, Some(1)];
    scenario
}

#[test]
fn villages_are_texted_by_their_town_and_their_answers_reach_the_centre() {
    let (marks, _) = tell(&three_villages(""), 1, &mut |_| {}).expect("it was read");
    assert!(marks.pass(), "{marks}");
    assert_eq!((marks.owed, marks.answered, marks.villages), (4, 4, 3), "{marks}");
    assert!(marks.texts[0] >= 3 && marks.texts[2] == 0, "{marks}");
}

#[test]
fn villages_whose_network_is_out_are_called_by_card_or_by_radio() {
    let out = "outages = [{ place = \"Z\", bearer = \"公网\", from_min = 1, to_min = 90 }]";
    let (marks, _) = tell(&three_villages(out), 1, &mut |_| {}).expect("it was read");
    assert!(marks.pass(), "{marks}");
    let [texts, cards, by_radio] = marks.texts;
    assert_eq!((marks.answered, texts), (4, 0), "{marks}");
    assert!(cards >= 1, "{marks}");
    assert!((2..=3).contains(&by_radio), "{marks}");
}
