//! Who hears whom, and how people write it: `A-B,B-C`, or `A>B` when only B hears A.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::station::{STATIONS_MAX, StationId};

/// Two stations, as written in `A-B` or `A>B`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The first station.
    pub from: StationId,
    /// The second station: it hears the first.
    pub to: StationId,
    /// The first hears the second too.
    pub both_ways: bool,
}

/// The text names no two stations.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "{0}: 应写作 A-B（互相听到）或 A>B（仅 B 听到 A）/ write A-B (both hear) or A>B (B hears A)"
)]
pub struct BadPair(pub String);

impl FromStr for Pair {
    type Err = BadPair;

    fn from_str(text: &str) -> Result<Pair, BadPair> {
        let bad = || BadPair(text.to_owned());
        let (from, to, both_ways) = match (text.split_once('-'), text.split_once('>')) {
            (Some((from, to)), None) => (from, to, true),
            (None, Some((from, to))) => (from, to, false),
            _ => return Err(bad()),
        };
        let from = station(from).ok_or_else(bad)?;
        let to = station(to).ok_or_else(bad)?;
        match from == to {
            true => Err(bad()),
            false => Ok(Pair { from, to, both_ways }),
        }
    }
}

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let between = if self.both_ways { '-' } else { '>' };
        write!(f, "{}{between}{}", self.from, self.to)
    }
}

/// The station named `A`, `b` or `S26`.
fn station(text: &str) -> Option<StationId> {
    let text = text.trim().to_ascii_uppercase();
    let number = match (text.strip_prefix('S'), text.as_bytes()) {
        (Some(digits), _) if !digits.is_empty() => digits.parse().ok()?,
        (_, [letter @ b'A'..=b'Z']) => u16::from(letter - b'A'),
        _ => return None,
    };
    (usize::from(number) < STATIONS_MAX).then_some(StationId(number))
}

/// Who hears whom on one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hearing {
    /// (who sends, who hears it).
    heard: BTreeSet<(StationId, StationId)>,
}

impl Hearing {
    /// Nobody hears anybody.
    pub fn none() -> Hearing {
        Hearing { heard: BTreeSet::new() }
    }

    /// All of `stations` hear each other.
    pub fn all(stations: usize) -> Hearing {
        let ids = || (0..stations.min(STATIONS_MAX) as u16).map(StationId);
        let heard = ids().flat_map(|a| ids().map(move |b| (a, b))).filter(|(a, b)| a != b);
        Hearing { heard: heard.collect() }
    }

    /// Only these pairs hear each other.
    pub fn only(pairs: &[Pair]) -> Hearing {
        let mut hearing = Hearing::none();
        pairs.iter().for_each(|&pair| hearing.set(pair, true));
        hearing
    }

    /// From now on, this pair hears each other or not.
    pub fn set(&mut self, pair: Pair, hears: bool) {
        let reverse = pair.both_ways.then_some((pair.to, pair.from));
        for way in [Some((pair.from, pair.to)), reverse].into_iter().flatten() {
            match hears {
                true => self.heard.insert(way),
                false => self.heard.remove(&way),
            };
        }
    }

    /// True if `to` hears `from`.
    pub fn hears(&self, to: StationId, from: StationId) -> bool {
        self.heard.contains(&(from, to))
    }

    /// Every pair as it would be written, a pair that hears each other once.
    pub fn pairs(&self) -> Vec<Pair> {
        let pair = |&(from, to): &(StationId, StationId)| {
            let both_ways = self.hears(from, to);
            (!both_ways || from < to).then_some(Pair { from, to, both_ways })
        };
        self.heard.iter().filter_map(pair).collect()
    }

    /// Everyone who hears `from`, in order.
    pub fn hearers(&self, from: StationId) -> impl Iterator<Item = StationId> + '_ {
        let range = (from, StationId(0))..=(from, StationId(u16::MAX));
        self.heard.range(range).map(|&(_, to)| to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_written_both_ways() {
        for text in ["A-B", "B>A", "S26-C", "Z>S301"] {
            assert_eq!(text.parse::<Pair>().map(|pair| pair.to_string()), Ok(text.to_owned()));
        }
        assert_eq!("a - b".parse::<Pair>(), "A-B".parse());
    }

    #[test]
    fn what_names_no_two_stations_is_refused() {
        for text in ["", "A", "A-", "-A", "A-A", "A-B-C", "A>B-C", "1-2", "AB-C", "A-S512", "甲-乙"]
        {
            assert_eq!(text.parse::<Pair>(), Err(BadPair(text.to_owned())));
        }
    }

    #[test]
    fn a_cut_can_be_one_way() {
        let (a, b, c) = (StationId(0), StationId(1), StationId(2));
        let mut hearing = Hearing::all(3);
        hearing.set(Pair { from: a, to: b, both_ways: false }, false);
        assert!(!hearing.hears(b, a) && hearing.hears(a, b));
        assert_eq!(hearing.hearers(a).collect::<Vec<_>>(), [c]);
        let written: Vec<String> = hearing.pairs().iter().map(Pair::to_string).collect();
        assert_eq!(written, ["A-C", "B>A", "B-C"]);
        hearing.set(Pair { from: b, to: a, both_ways: true }, true);
        assert_eq!(hearing, Hearing::all(3));
    }
}
