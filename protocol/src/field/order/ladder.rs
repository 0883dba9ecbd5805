//! What the answers of one unit to one order add up to.
//!
//! ```text
//! 已签收 acknowledged → 已接受 accepted → 不能执行 cannot → 未能落实 failed → 已落实 done
//! ```
//!
//! - The highest rung counts, whatever came last: a late "acknowledged" takes nothing back.
//! - Cannot and failed end the matter until someone reports done: a team that could not pass at
//!   two and got through at four has done it, and nobody should be sent after it.
//! - On the same rung an answer by the unit itself comes before one by proxy (代签), then the
//!   newest by author's time, author, place in the lane. All are kept and shown.

use crate::base::ids::{SpokenId, UnitId};
use crate::base::time::Hlc;
use crate::local::request::{Need, Proxy, Rung};
use crate::wire::record::Person;

/// Answers kept for one unit and order; of more, the lowest and oldest are left out. Two devices
/// climbing the whole ladder, every step also by proxy and once corrected, make 40.
pub const ANSWERS_PER_UNIT_MAX: usize = 48;

/// One receipt as the fold keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its own number.
    pub id: SpokenId,
    /// When, by the author's clock.
    pub at: Hlc,
    /// Who.
    pub person: Person,
    /// Unit of the device that typed it.
    pub typed_by: UnitId,
    /// How far.
    pub rung: Rung,
    /// By what other means, if by proxy.
    pub proxy: Option<Proxy>,
    /// Numbers, place, reason.
    pub note: String,
}

/// Height of a rung. Not the number on the wire: done stands above failed.
pub fn height(rung: Rung) -> u8 {
    match rung {
        Rung::Acknowledged => 1,
        Rung::Accepted => 2,
        Rung::Cannot => 3,
        Rung::Failed => 4,
        Rung::Done => 5,
    }
}

/// True if a unit on this rung owes nothing more.
pub fn satisfies(rung: Rung, need: Need) -> bool {
    match need {
        Need::Acknowledged => true,
        Need::Done => height(rung) >= height(Rung::Cannot),
    }
}

/// True if it says that the order was not carried out.
pub fn is_refusal(rung: Rung) -> bool {
    match rung {
        Rung::Cannot | Rung::Failed => true,
        Rung::Acknowledged | Rung::Accepted | Rung::Done => false,
    }
}

/// All answers of one unit to one order, best first, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers(Vec<Answer>);

impl Answers {
    /// Takes in one answer; true if something changed. The result depends on the set of answers
    /// alone: they are kept sorted by a total order and cut at its end.
    pub fn add(&mut self, answer: Answer) -> bool {
        let place = |other: &Answer| rank(other).cmp(&rank(&answer)).reverse();
        let Err(at) = self.0.binary_search_by(place) else { return false };
        if at >= ANSWERS_PER_UNIT_MAX {
            return false;
        }
        self.0.insert(at, answer);
        self.0.truncate(ANSWERS_PER_UNIT_MAX);
        true
    }

    /// The answer that counts.
    pub fn best(&self) -> Option<&Answer> {
        self.0.first()
    }

    /// Every answer, best first.
    pub fn iter(&self) -> impl Iterator<Item = &Answer> {
        self.0.iter()
    }

    /// True if the unit itself answered, which shows that a device of it holds the order.
    pub fn has_own(&self) -> bool {
        self.0.iter().any(|answer| answer.proxy.is_none())
    }
}

fn rank(answer: &Answer) -> (u8, bool, Hlc, SpokenId) {
    (height(answer.rung), answer.proxy.is_none(), answer.at, answer.id)
}

#[cfg(test)]
mod tests;
