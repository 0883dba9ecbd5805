//! Which ways stood open between two places of a story at a moment: something quicker than cards,
//! cards only, or none. Read from the file, not from what frames did.

use sanduan_protocol::base::time::Mono;

use super::file::Scenario;
use super::link::Link;

/// The best way that stood open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// Without a card: network, radio, satellite station.
    Quick,
    /// Over a card at least once.
    Card,
    /// None.
    None,
}

/// The best way from one place to another now.
pub fn way(scenario: &Scenario, from: usize, to: usize, now: Mono) -> Way {
    [(false, Way::Quick), (true, Way::Card)]
        .into_iter()
        .find(|(by_card, _)| reaches(scenario, from, to, *by_card, now))
        .map_or(Way::None, |(_, way)| way)
}

fn reaches(scenario: &Scenario, from: usize, to: usize, by_card: bool, now: Mono) -> bool {
    let works = |link: &&Link| by_card || link.every_s.is_none();
    let open: Vec<Vec<usize>> =
        scenario.links.iter().filter(works).map(|link| ends(scenario, link, now)).collect();
    let mut reached = vec![false; scenario.places.len()];
    let mut next = vec![from];
    while let Some(place) = next.pop() {
        if scenario.is_off(place, now) || std::mem::replace(&mut reached[place], true) {
            continue;
        }
        for ends in open.iter().filter(|ends| ends.contains(&place)) {
            next.extend(ends.iter().copied().filter(|other| !reached[*other]));
        }
    }
    reached[to]
}

/// Places of a link at which it works now.
fn ends(scenario: &Scenario, link: &Link, now: Mono) -> Vec<usize> {
    let places = link.places.iter().filter_map(|code| scenario.place(code).ok());
    places.filter(|place| !scenario.is_cut(*place, &link.bearer, now)).collect()
}
