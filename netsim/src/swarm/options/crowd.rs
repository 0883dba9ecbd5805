//! When people work in a drawn world, and how much of what its slowest channel carries they enter.
//! Nothing is drawn here: [`crate::swarm::density`] draws it for long worlds.

use sanduan_protocol::base::time::Mono;
use serde::{Deserialize, Serialize};

use super::LinkPlan;

/// An entry on the air with its frame, and the answers of those who hear it, bytes: an order of a
/// few sentences or three receipts.
const ENTRY_BYTES: u64 = 100;
/// What a channel carries for each entry: the entry itself, and acks or lists as long again.
const TIMES: u64 = 2;
/// Access and keying of one burst on a radio, ms (`world::radio`, a default channel).
const KEYING_MS: u64 = 800;
/// What a mailbox of low satellites carries for all its modems together, bit/s (`calm`).
const SBD_BIT_S: u64 = 100;

/// When people work.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Crowd {
    /// What they enter while they work, in hundredths of what the slowest channel carries.
    pub load_percent: u64,
    /// From when to when they work, s, in order and apart; all the time if there are none.
    pub bursts: Vec<(u64, u64)>,
}

impl Crowd {
    /// The first moment from this one on at which somebody works.
    pub fn next_work(&self, at: Mono) -> Mono {
        if self.bursts.is_empty() {
            return at;
        }
        let next = self.bursts.iter().find(|(_, to_s)| at.0 < to_s * 1000);
        next.map_or(Mono(u64::MAX), |(from_s, _)| at.max(Mono(from_s * 1000)))
    }

    /// The moment within the bursts that is as far on in them, one after the other, as this one is
    /// in the whole of `whole_ms`; the same moment if people work all the time.
    pub fn within(&self, at_ms: u64, whole_ms: u64) -> u64 {
        let length_ms = |(from_s, to_s): &(u64, u64)| (to_s - from_s) * 1000;
        let mut left_ms = at_ms * self.bursts.iter().map(length_ms).sum::<u64>() / whole_ms.max(1);
        for burst in &self.bursts {
            if left_ms < length_ms(burst) {
                return burst.0 * 1000 + left_ms;
            }
            left_ms -= length_ms(burst);
        }
        at_ms
    }
}

/// How long the slowest of these channels is busy with one entry that goes everywhere, ms.
pub fn entry_ms(links: &[LinkPlan]) -> u64 {
    links.iter().map(busy_ms).max().unwrap_or(0)
}

fn busy_ms(link: &LinkPlan) -> u64 {
    let on_air_ms = |rate_bit_s: u32| ENTRY_BYTES * 8_000 / u64::from(rate_bit_s.max(1));
    match link {
        LinkPlan::Wire { rate_bit_s, .. } | LinkPlan::SatelliteIp { rate_bit_s, .. } => {
            TIMES * on_air_ms(*rate_bit_s)
        }
        LinkPlan::Lan { places, rate_bit_s } => {
            places.len() as u64 * TIMES * on_air_ms(*rate_bit_s)
        }
        LinkPlan::Radio { places, rate_bit_s, is_line } => {
            // On a line, each station but the last says it again.
            let said = if *is_line { places.len().saturating_sub(1) as u64 } else { 1 };
            said * TIMES * (KEYING_MS + on_air_ms(*rate_bit_s))
        }
        LinkPlan::Beidou { places, every_s, message_bytes, is_group } => {
            // The first place of a star says it to each of the others, with one card.
            let said = if *is_group { 1 } else { places.len().saturating_sub(1) as u64 };
            let messages = (ENTRY_BYTES * 10).div_ceil(u64::from(*message_bytes).max(1));
            said * messages * u64::from(*every_s) * 100
        }
        LinkPlan::Sbd { places, .. } => places.len() as u64 * ENTRY_BYTES * 8_000 / SBD_BIT_S,
        // It takes along all there is.
        LinkPlan::Carry { .. } => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crowd() -> Crowd {
        Crowd { load_percent: 50, bursts: vec![(100, 200), (1_000, 1_300)] }
    }

    #[test]
    fn nobody_works_between_bursts_and_after_the_last() {
        let next = |at_ms| crowd().next_work(Mono(at_ms)).0;
        assert_eq!(
            [5_000, 150_000, 200_000, 1_299_999].map(next),
            [100_000, 150_000, 1_000_000, 1_299_999]
        );
        assert_eq!(next(1_300_000), u64::MAX);
        assert_eq!(Crowd::default().next_work(Mono(7)), Mono(7));
    }

    #[test]
    fn moments_of_the_whole_are_spread_over_the_bursts() {
        let within = |at_ms| crowd().within(at_ms, 4_000_000);
        assert_eq!(
            [0, 999_999, 1_000_000, 3_999_999].map(within),
            [100_000, 199_999, 1_000_000, 1_299_999]
        );
        assert_eq!(Crowd::default().within(5, 10), 5);
    }

    #[test]
    fn the_slowest_channel_says_how_long_an_entry_keeps_it_busy() {
        let wire = LinkPlan::Wire { a: 0, b: 1, rate_bit_s: 9_600, delay_ms: 1 };
        let places = vec![0, 1, 2, 3];
        let radio =
            |is_line| LinkPlan::Radio { places: places.clone(), rate_bit_s: 1_200, is_line };
        let card = |is_group| LinkPlan::Beidou {
            places: places.clone(),
            every_s: 60,
            message_bytes: 77,
            is_group,
        };
        assert_eq!(entry_ms(std::slice::from_ref(&wire)), 166);
        assert_eq!(entry_ms(&[wire.clone(), radio(false)]), 2 * (800 + 666));
        assert_eq!(entry_ms(&[radio(true), wire]), 3 * entry_ms(&[radio(false)]));
        assert_eq!((entry_ms(&[card(true)]), entry_ms(&[card(false)])), (78_000, 234_000));
        assert_eq!(entry_ms(&[]), 0);
    }
}
