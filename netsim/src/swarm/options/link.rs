//! One link of a world: of which kind it is, who is at it, and how a seed draws it. What it is
//! made of in the world is decided in [`crate::swarm::ground`].

use sanduan_protocol::base::dice::Dice;
use serde::{Deserialize, Serialize};

/// One link of a drawn world. Kinds are called as in the configuration of the daemon where it has
/// a word for them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LinkPlan {
    /// A wire between two places.
    Wire {
        /// The one end.
        a: usize,
        /// The other end.
        b: usize,
        /// Rate, bit/s.
        rate_bit_s: u32,
        /// One way, ms.
        delay_ms: u64,
    },
    /// A radio channel.
    Radio {
        /// Places at its stations.
        places: Vec<usize>,
        /// Rate, bit/s.
        rate_bit_s: u32,
        /// Each hears only its neighbours in the list; else all hear each other.
        is_line: bool,
    },
    /// Satellite cards: the first place speaks with each of the others, or all are one group.
    Beidou {
        /// Places with a terminal.
        places: Vec<usize>,
        /// Each may send one message in this time, s.
        every_s: u32,
        /// Capacity class: bytes of one message.
        message_bytes: u16,
        /// One message is for all.
        is_group: bool,
    },
    /// Store and forward over low satellites.
    Sbd {
        /// Places with a modem.
        places: Vec<usize>,
        /// A modem asks for what rang in vain this often, s.
        poll_s: u32,
    },
    /// IP over a satellite.
    SatelliteIp {
        /// The one end.
        a: usize,
        /// The other end.
        b: usize,
        /// Rate, bit/s.
        rate_bit_s: u32,
    },
    /// A local network: everyone has a stream to everyone.
    Lan {
        /// Its machines.
        places: Vec<usize>,
        /// Rate, bit/s.
        rate_bit_s: u32,
    },
    /// A vehicle that goes round and takes files along.
    Carry {
        /// Where it stops, in order, and then again from the first.
        places: Vec<usize>,
        /// From one stop to the next, s.
        leg_s: u32,
    },
}

impl LinkPlan {
    /// The places at its ends.
    pub fn places(&self) -> Vec<usize> {
        match self {
            LinkPlan::Wire { a, b, .. } | LinkPlan::SatelliteIp { a, b, .. } => vec![*a, *b],
            LinkPlan::Radio { places, .. }
            | LinkPlan::Beidou { places, .. }
            | LinkPlan::Sbd { places, .. }
            | LinkPlan::Lan { places, .. }
            | LinkPlan::Carry { places, .. } => places.clone(),
        }
    }

    /// A place is gone and those behind it move up. False if nothing is left to link.
    pub fn leave(&mut self, gone: usize) -> bool {
        match self {
            LinkPlan::Wire { a, b, .. } | LinkPlan::SatelliteIp { a, b, .. } => {
                let stays = *a != gone && *b != gone;
                *a -= usize::from(*a > gone);
                *b -= usize::from(*b > gone);
                stays
            }
            LinkPlan::Radio { places, .. }
            | LinkPlan::Beidou { places, .. }
            | LinkPlan::Sbd { places, .. }
            | LinkPlan::Lan { places, .. }
            | LinkPlan::Carry { places, .. } => {
                places.retain(|place| *place != gone);
                places.iter_mut().for_each(|place| *place -= usize::from(*place > gone));
                places.len() > 1
            }
        }
    }

    /// True if every record of a made-up world fits one frame with its seal.
    pub fn has_long_frames(&self) -> bool {
        match self {
            LinkPlan::Wire { .. } | LinkPlan::SatelliteIp { .. } | LinkPlan::Lan { .. } => true,
            LinkPlan::Radio { .. }
            | LinkPlan::Beidou { .. }
            | LinkPlan::Sbd { .. }
            | LinkPlan::Carry { .. } => false,
        }
    }

    /// How many links of the host of this place it is: none if it does not end there.
    pub fn ends_at(&self, place: usize) -> usize {
        match self {
            LinkPlan::Wire { a, b, .. } | LinkPlan::SatelliteIp { a, b, .. } => {
                usize::from(*a == place || *b == place)
            }
            LinkPlan::Radio { places, .. } | LinkPlan::Sbd { places, .. } => {
                usize::from(places.contains(&place))
            }
            LinkPlan::Beidou { places, is_group, .. } => match place {
                first if !is_group && places.first() == Some(&first) => places.len() - 1,
                other => usize::from(places.contains(&other)),
            },
            LinkPlan::Lan { places, .. } => {
                if places.contains(&place) {
                    places.len() - 1
                } else {
                    0
                }
            }
            // A file is no link that a daemon opens.
            LinkPlan::Carry { .. } => 0,
        }
    }

    /// Places that this place reaches over it, while nothing fails.
    pub fn neighbours(&self, place: usize) -> Vec<usize> {
        let places = self.places();
        let Some(at) = places.iter().position(|other| *other == place) else { return Vec::new() };
        let near = |other: usize| match self {
            LinkPlan::Radio { is_line, .. } => !is_line || other.abs_diff(at) == 1,
            LinkPlan::Beidou { is_group, .. } => *is_group || at == 0 || other == 0,
            LinkPlan::Wire { .. }
            | LinkPlan::Sbd { .. }
            | LinkPlan::SatelliteIp { .. }
            | LinkPlan::Lan { .. }
            | LinkPlan::Carry { .. } => true,
        };
        let others = places.iter().enumerate();
        others.filter(|(n, _)| *n != at && near(*n)).map(|(_, other)| *other).collect()
    }
}

/// A tree of wires and radios over all places, and sometimes a wire more.
pub fn draw(dice: &mut Dice, nodes: usize) -> Vec<LinkPlan> {
    let mut links = Vec::new();
    let mut joined = 1;
    while joined < nodes {
        let from = dice.below(joined as u64) as usize;
        if dice.below(2) == 0 {
            let size = dice.between(1, (nodes - joined).min(5) as u64) as usize;
            let places = std::iter::once(from).chain(joined..joined + size).collect();
            let rate_bit_s = [1200, 2400, 9600][dice.below(3) as usize];
            links.push(LinkPlan::Radio { places, rate_bit_s, is_line: dice.below(2) == 0 });
            joined += size;
        } else {
            links.push(draw_wire(dice, from, joined));
            joined += 1;
        }
    }
    if nodes > 3 && dice.below(2) == 0 {
        let a = dice.below(nodes as u64) as usize;
        let b = (a + 1 + dice.below(nodes as u64 - 1) as usize) % nodes;
        links.push(draw_wire(dice, a, b));
    }
    links
}

fn draw_wire(dice: &mut Dice, a: usize, b: usize) -> LinkPlan {
    let rate_bit_s = [9_600, 64_000, 10_000_000][dice.below(3) as usize];
    let delay_ms = [1, 40, 300][dice.below(3) as usize];
    LinkPlan::Wire { a, b, rate_bit_s, delay_ms }
}

/// In two of three worlds some of these links become something else: a wire a satellite, cards or
/// modems, a radio on which all hear all a local network; and a vehicle may go round beside them.
pub fn with_services(links: Vec<LinkPlan>, nodes: usize, dice: &mut Dice) -> Vec<LinkPlan> {
    if dice.below(3) == 0 {
        return links;
    }
    let mut links: Vec<LinkPlan> = links.into_iter().map(|link| instead(link, dice)).collect();
    if dice.below(3) == 0 {
        let mut places: Vec<usize> = (0..nodes).filter(|_| dice.below(2) == 0).collect();
        if places.len() < 2 {
            places = vec![0, nodes - 1];
        }
        links.push(LinkPlan::Carry { places, leg_s: dice.between(60, 3_600) as u32 });
    }
    links
}

fn instead(link: LinkPlan, dice: &mut Dice) -> LinkPlan {
    match link {
        LinkPlan::Wire { a, b, .. } => match dice.below(8) {
            0 => {
                let message_bytes = [77, 78, 210, 1_000][dice.below(4) as usize];
                let every_s = [1, 10, 60][dice.below(3) as usize];
                LinkPlan::Beidou { places: vec![a, b], every_s, message_bytes, is_group: false }
            }
            1 => LinkPlan::Sbd { places: vec![a, b], poll_s: dice.between(300, 3_600) as u32 },
            2..=3 => {
                let rate_bit_s = [9_600, 64_000, 450_000][dice.below(3) as usize];
                LinkPlan::SatelliteIp { a, b, rate_bit_s }
            }
            4 => LinkPlan::Carry { places: vec![a, b], leg_s: dice.between(30, 600) as u32 },
            _ => link,
        },
        LinkPlan::Radio { places, is_line: false, rate_bit_s } => match dice.below(6) {
            0..=2 => LinkPlan::Lan { places, rate_bit_s: 10_000_000 },
            3 => {
                let (every_s, is_group) = (60, dice.below(2) == 0);
                LinkPlan::Beidou { places, every_s, message_bytes: 210, is_group }
            }
            4 => LinkPlan::Sbd { places, poll_s: dice.between(300, 3_600) as u32 },
            _ => LinkPlan::Radio { places, rate_bit_s, is_line: false },
        },
        LinkPlan::Radio { .. }
        | LinkPlan::Beidou { .. }
        | LinkPlan::Sbd { .. }
        | LinkPlan::SatelliteIp { .. }
        | LinkPlan::Lan { .. }
        | LinkPlan::Carry { .. } => link,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_of_the_first_place_reach_all_and_those_of_the_others_only_it() {
        let star = |is_group| LinkPlan::Beidou {
            places: vec![4, 1, 2],
            every_s: 60,
            message_bytes: 77,
            is_group,
        };
        let ends = |plan: &LinkPlan| [4, 1, 2, 0].map(|place| plan.ends_at(place));
        assert_eq!((ends(&star(false)), ends(&star(true))), ([2, 1, 1, 0], [1, 1, 1, 0]));
        assert_eq!(star(false).neighbours(1), [4]);
        assert_eq!((star(false).neighbours(4), star(true).neighbours(1)), (vec![1, 2], vec![4, 2]));
        let lan = LinkPlan::Lan { places: vec![0, 1, 2], rate_bit_s: 1 };
        assert_eq!((lan.ends_at(1), lan.ends_at(3), lan.neighbours(1)), (2, 0, vec![0, 2]));
    }

    #[test]
    fn seeds_draw_every_kind_of_link_and_a_third_of_them_wires_and_radios_only() {
        let mut kinds = std::collections::BTreeMap::new();
        let mut plain = 0;
        for seed in 0..300 {
            let links = with_services(draw(&mut Dice::new(seed), 7), 7, &mut Dice::new(seed));
            let is_plain =
                |link: &LinkPlan| matches!(link, LinkPlan::Wire { .. } | LinkPlan::Radio { .. });
            plain += u32::from(links.iter().all(is_plain));
            for link in links {
                *kinds
                    .entry(serde_json::to_value(link).expect("a plan")["kind"].to_string())
                    .or_insert(0) += 1;
            }
        }
        assert!((80..=150).contains(&plain), "{plain}");
        assert!(kinds.len() == 7 && kinds.values().all(|count| *count > 20), "{kinds:?}");
    }
}
