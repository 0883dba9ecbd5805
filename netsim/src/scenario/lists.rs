//! The district's lists (`data/jiangjin-819`) read into places, links, outages and the roll of a
//! story. Which post sits at which bearer is settled here; what people do is not.

use super::file::{Outage, Place, Scenario};
use super::link::Link;
use super::roll::{Boat, Depot, Roll, Village};

const TOWNS: &str = include_str!("../../../data/jiangjin-819/towns.csv");
const TEAMS: &str = include_str!("../../../data/jiangjin-819/teams.csv");
const UNITS: &str = include_str!("../../../data/jiangjin-819/units.csv");
const ITEMS: &str = include_str!("../../../data/jiangjin-819/items.csv");
const OPENING: &str = include_str!("../../../data/jiangjin-819/opening.csv");
const OUTAGES: &str = include_str!("../../../data/jiangjin-819/outages.csv");

/// Teams in the field and the town, or the forward post, at which each stands.
const DEPLOYED: [(&str, &str); 34] = [
    ("T01", "Z04"),
    ("T02", "Z28"),
    ("T03", "Z18"),
    ("T04", "Z20"),
    ("T05", "FCP"),
    ("T06", "FCP"),
    ("T07", "FCP"),
    ("T08", "FCP"),
    ("T09", "Z28"),
    ("T10", "Z20"),
    ("T11", "Z30"),
    ("T12", "Z10"),
    ("T13", "Z09"),
    ("T14", "Z13"),
    ("T15", "Z01"),
    ("T16", "Z02"),
    ("T17", "Z08"),
    ("T18", "Z18"),
    ("T19", "Z12"),
    ("T20", "Z14"),
    ("T51", "Z13"),
    ("T52", "Z10"),
    ("T55", "Z28"),
    ("T56", "Z20"),
    ("T60", "Z28"),
    ("T61", "Z20"),
    ("T62", "Z30"),
    ("T63", "Z13"),
    ("T64", "Z09"),
    ("T65", "Z13"),
    ("T66", "Z13"),
    ("T67", "Z01"),
    ("T68", "Z13"),
    ("T69", "Z09"),
];
/// Boats with a tracker at each of the four teams on the water.
const BOATS_PER_TEAM: usize = 6;
/// BeiDou handsets in villages: 54 cards of towns and villages, less one of each town.
const VILLAGE_CARDS: usize = 24;
/// A post whose mains fail is off until somebody has started its generator, min.
const GENERATOR_MIN: u64 = 10;

/// Public network, bit/s and ms.
const PUBLIC: (u32, u64) = (10_000_000, 20);
/// Ad hoc network within a town.
const MESH: (u32, u64) = (1_000_000, 5);
/// Portable satellite station.
const VSAT: (u32, u64) = (64_000, 300);
/// A data gateway at 370 MHz.
const RADIO_BIT_S: u32 = 9_600;
/// A civil card sends once a minute.
const CARD_S: u32 = 60;

/// One town of the list.
struct Town {
    zone: u32,
    villages: usize,
    communities: usize,
    cards: usize,
    radio: String,
    vsat: bool,
}

/// Give the scenario the places, links, outages, villages and goods of the district.
pub fn fill(scenario: &mut Scenario) {
    let towns = towns();
    scenario.places = places();
    let code = |town: usize| format!("Z{:02}", town + 1);
    scenario.roll = roll(&scenario.places, &towns);
    let mut links = Vec::new();
    let mut wire = |bearer: &str, a: &str, b: &str, (rate_bit_s, delay_ms): (u32, u64)| {
        let places = vec![a.to_owned(), b.to_owned()];
        links.push(Link { rate_bit_s, delay_ms, ..Link::named(bearer, places) });
    };
    wire("公网", "EOC", "BCP", PUBLIC);
    wire("公网", "EOC", "D00", PUBLIC);
    for (number, town) in towns.iter().enumerate() {
        wire("公网", "EOC", &code(number), PUBLIC);
        // The towns that the backup does not hear by radio know its address too.
        if !is_near(town.zone) {
            wire("公网", "BCP", &code(number), PUBLIC);
        }
        if town.vsat {
            wire("卫星IP", "EOC", &code(number), VSAT);
        }
    }
    wire("卫星IP", "EOC", "FCP", VSAT);
    wire("卫星IP", "BCP", "FCP", VSAT);
    for (post, home) in homes() {
        wire("自组网", &home, &post, MESH);
    }
    let mut card = |a: &str, b: &str| {
        let places = vec![a.to_owned(), b.to_owned()];
        let level_bits = scenario.card_bits;
        links.push(Link { every_s: Some(CARD_S), level_bits, ..Link::named("北斗", places) });
    };
    for (number, town) in towns.iter().enumerate() {
        card(if is_near(town.zone) { "BCP" } else { "EOC" }, &code(number));
    }
    card("EOC", "FCP");
    card("BCP", "FCP");
    links.extend(radios(&towns));
    scenario.links = links;
    scenario.outages.extend(outages(&scenario.places));
}

/// Zones around the centre, which hear its radio.
fn is_near(zone: u32) -> bool {
    matches!(zone, 1 | 2 | 6)
}

fn rows(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    text.lines().skip(1).map(|line| line.split(',').map(str::trim).collect())
}

fn number(text: &str) -> usize {
    text.parse().unwrap_or(0)
}

fn towns() -> Vec<Town> {
    rows(TOWNS)
        .filter(|row| row.len() >= 14)
        .map(|row| Town {
            zone: number(row[2]) as u32,
            villages: number(row[5]),
            communities: number(row[6]),
            cards: number(row[10]),
            radio: row[11].to_owned(),
            vsat: number(row[12]) > 0,
        })
        .collect()
}

/// Centre, backup, forward post, towns, deployed teams, stores: all in the order of their lists.
fn places() -> Vec<Place> {
    let place = |code: &str, name: &str, level: &str| Place {
        code: code.to_owned(),
        name: name.to_owned(),
        level: level.to_owned(),
    };
    let units = |kind: &'static str, level: &'static str| {
        let of = rows(UNITS).filter(move |row| row.get(2) == Some(&kind));
        of.map(move |row| place(row[0], row[1], level))
    };
    let deployed = rows(TEAMS).filter(|row| DEPLOYED.iter().any(|(team, _)| *team == row[0]));
    let mut places: Vec<Place> = units("centre", "区").collect();
    places.extend(units("forward", "前指"));
    places.extend(units("town", "镇街"));
    places.extend(deployed.map(|row| place(row[0], row[1], "队伍")));
    places.extend(units("depot", "库"));
    places
}

/// Posts that reach the others through a town or the forward post, and that post.
fn homes() -> Vec<(String, String)> {
    let teams = DEPLOYED.iter().map(|(team, home)| ((*team).to_owned(), (*home).to_owned()));
    let mut homes: Vec<(String, String)> = teams.collect();
    homes.extend(depot_homes());
    homes
}

/// Stores and the town in which each stands; that of the district has its own line.
fn depot_homes() -> Vec<(String, String)> {
    let codes: Vec<&str> = rows(TOWNS).map(|row| row[0]).collect();
    let depots = rows(UNITS).filter(|row| row.get(2) == Some(&"depot") && row[0] != "D00");
    let home = |row: Vec<&str>| {
        let town = codes.iter().position(|code| *code == row[3])?;
        Some((row[0].to_owned(), format!("Z{:02}", town + 1)))
    };
    depots.filter_map(home).collect()
}

fn radios(towns: &[Town]) -> Vec<Link> {
    let of = |is_in: &dyn Fn(&Town) -> bool| {
        let found = towns.iter().enumerate().filter(|(_, town)| is_in(town));
        found.map(|(number, _)| format!("Z{:02}", number + 1)).collect::<Vec<_>>()
    };
    let fixed = |zones: &'static [u32]| {
        of(&move |town: &Town| town.radio == "yes" && zones.contains(&town.zone))
    };
    let radio = |bearer: &str, first: &[&str], then: Vec<String>| {
        let places = first.iter().map(|code| (*code).to_owned()).chain(then).collect();
        Link { radio: true, rate_bit_s: RADIO_BIT_S, ..Link::named(bearer, places) }
    };
    vec![
        radio("370几江", &["EOC", "BCP", "D00"], fixed(&[1, 2, 6])),
        radio("370白沙", &["FCP", "T05", "T06", "T07", "T08"], fixed(&[3, 4])),
        radio("370四面山", &["EOC"], fixed(&[5, 7])),
        radio("370便携", &["FCP"], of(&|town: &Town| town.radio == "portable")),
    ]
}

fn roll(places: &[Place], towns: &[Town]) -> Roll {
    let at = |code: &str| places.iter().position(|place| place.code == code);
    let (mut villages, mut cards_left) = (Vec::new(), VILLAGE_CARDS);
    for (number, town) in towns.iter().enumerate() {
        let Some(place) = at(&format!("Z{:02}", number + 1)) else { continue };
        let mut cards = town.cards.saturating_sub(1).min(cards_left);
        cards_left -= cards;
        for one in 0..town.villages + town.communities {
            let word = if one < town.villages { "村" } else { "社区" };
            let name = format!("{}{}号{word}", places[place].name, one + 1);
            villages.push(Village { town: place, name, has_card: cards > 0 });
            cards = cards.saturating_sub(1);
        }
    }
    let homes = homes();
    let town_of = |place: &Place| {
        let home = homes.iter().find(|(post, _)| *post == place.code).map(|(_, home)| home);
        at(home.unwrap_or(&place.code)).filter(|town| places[*town].level == "镇街")
    };
    let teams = ["T05", "T06", "T07", "T08"].into_iter().filter_map(at);
    let boats = teams.flat_map(|team| {
        let name = &places[team].name;
        (1..=BOATS_PER_TEAM).map(move |boat| Boat { team, name: format!("{name}{boat}号艇") })
    });
    let keepers = places.iter().enumerate().filter(|(_, place)| place.level == "库");
    let depots: Vec<Depot> = keepers
        .map(|(keeper, place)| Depot { code: place.code.clone(), name: place.name.clone(), keeper })
        .collect();
    let items: Vec<Vec<&str>> = rows(ITEMS).collect();
    let opening = rows(OPENING).filter_map(|row| {
        let depot = depots.iter().position(|depot| depot.code == row[0])?;
        let item = items.iter().position(|item| item[0] == row[1])?;
        Some((depot, item, number(row[2]) as i64))
    });
    let opening = opening.filter(|(_, _, count)| *count > 0).collect();
    Roll {
        towns: places.iter().map(town_of).collect(),
        villages,
        boats: boats.collect(),
        depots,
        items: items.iter().map(|row| (row[1].to_owned(), row[2].to_owned())).collect(),
        opening,
    }
}

/// Towns without public network, and posts that are off for a moment when their mains fail.
fn outages(places: &[Place]) -> Vec<Outage> {
    let mut outages = Vec::new();
    for row in rows(OUTAGES) {
        let names = row[0].trim_end_matches("沿江").split('/');
        let named = |name: &str| places.iter().find(|place| place.name.starts_with(name));
        for town in names.filter_map(named) {
            let minute = |hours: &str| (hours.parse::<f64>().unwrap_or(0.0) * 60.0) as u64;
            let outage = |bearer: Option<&str>, from_min, to_min| Outage {
                place: Some(town.code.clone()),
                bearer: bearer.map(str::to_owned),
                from_min,
                to_min,
            };
            let [power, net, net_to] = [minute(row[1]), minute(row[3]), minute(row[4])];
            outages.push(outage(None, power, power + GENERATOR_MIN));
            if net > 0 {
                outages.push(outage(Some("公网"), net, net_to));
            }
        }
    }
    outages
}
