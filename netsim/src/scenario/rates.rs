//! What is entered all the time, how often, and when: read from the file, dealt over the story
//! once. Who enters it is settled in [`super::routine`].

use std::collections::VecDeque;

use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::base::time::Mono;
use serde::Deserialize;

/// Rates are counted over so many hours, whatever the story lasts.
const HOURS: u64 = 72;
/// The peak: the crest of the flood, hours after the begin.
const PEAK_H: (u64, u64) = (35, 38);

/// What is entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An order to one post.
    Order,
    /// The first word of something that happened, or what follows: it must never be lost.
    First,
    /// How things stand: the seven situations, people moved, shelters.
    Update,
    /// A request for help.
    Request,
    /// Goods in, out, sent on, arrived.
    Stock,
    /// A count.
    Count,
}

/// How often.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// Of what.
    pub kind: Kind,
    /// How many in 72 hours.
    pub count: u64,
    /// How many in the worst hour.
    pub peak_per_hour: u64,
    /// A text of the usual length.
    #[serde(default)]
    pub text: String,
}

/// A clock that is wrong from the begin.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// Where.
    pub place: String,
    /// So much ahead of the others, s.
    pub ahead_s: i64,
}

/// When what is entered, earliest first: the number of the rate. A part falls into the peak, the
/// rest anywhere.
pub fn deal(rates: &[Rate], dice: &mut Dice) -> VecDeque<(Mono, usize)> {
    let hour_ms = 3_600_000;
    let mut dealt: Vec<(Mono, usize)> = Vec::new();
    for (number, rate) in rates.iter().enumerate() {
        let hours = PEAK_H.1 - PEAK_H.0;
        let in_peak = (rate.peak_per_hour * hours).min(rate.count / 2);
        for one in 0..rate.count {
            let (from_h, to_h) = if one < in_peak { PEAK_H } else { (0, HOURS) };
            let at_ms = dice.between(from_h * hour_ms, to_h * hour_ms - 1);
            dealt.push((Mono(at_ms), number));
        }
    }
    dealt.sort();
    dealt.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_dealt_in_time_and_the_worst_hour_has_its_share() {
        let rate = |count, peak_per_hour| Rate {
            kind: Kind::Order,
            count,
            peak_per_hour,
            text: String::new(),
        };
        let dealt = deal(&[rate(780, 60), rate(26, 6)], &mut Dice::new(1));
        assert_eq!(dealt.len(), 806);
        assert!(dealt.iter().is_sorted());
        let hour = Mono(36 * 3_600_000)..Mono(37 * 3_600_000);
        let worst = dealt.iter().filter(|(at, n)| *n == 0 && hour.contains(at)).count();
        assert!((40..=90).contains(&worst), "{worst} in the worst hour");
    }
}
