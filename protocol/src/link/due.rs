//! When views must be looked at, told so that it holds however much others take the channel from
//! now on: the wait for an answer grows by that, a hold does not. What is waited for is in
//! [`super::view`].

use crate::base::time::Mono;

/// When views must be looked at.
#[derive(Clone, Copy, Debug, Default)]
pub struct Due {
    /// When the first answer must be there, ms, and later by as much as others take the channel.
    answer_ms: Option<u64>,
    /// When the first hold ends.
    hold_until: Option<Mono>,
}

impl Due {
    /// Of an answer, and of a hold.
    pub fn new(answer_ms: Option<u64>, hold_until: Option<Mono>) -> Due {
        Due { answer_ms, hold_until }
    }

    /// The moment, if others have taken the channel for so long since the link began.
    pub fn at(self, busy_ms: u64) -> Option<Mono> {
        let answer = self.answer_ms.map(|ms| Mono(ms.saturating_add(busy_ms)));
        sooner_of(answer, self.hold_until)
    }

    /// The sooner of both, of answers and of holds.
    pub fn sooner(self, other: Due) -> Due {
        Due {
            answer_ms: sooner_of(self.answer_ms, other.answer_ms),
            hold_until: sooner_of(self.hold_until, other.hold_until),
        }
    }
}

/// The sooner of two, if there is one.
fn sooner_of<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// The soonest of some moments: every look at a link asks for it, so that it is no chain of
/// iterators.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Soonest(pub Option<Mono>);

impl Soonest {
    /// One more, if there is one.
    pub fn note(&mut self, at: Option<Mono>) {
        self.0 = sooner_of(self.0, at);
    }

    /// Some more.
    pub fn note_all<const COUNT: usize>(&mut self, all: [Option<Mono>; COUNT]) {
        all.into_iter().for_each(|at| self.note(at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_waited_for_longer_where_others_speak_and_holds_are_not() {
        let answer = Due::new(Some(5_000), None);
        assert_eq!((answer.at(0), answer.at(700)), (Some(Mono(5_000)), Some(Mono(5_700))));
        let both = answer.sooner(Due::new(Some(9_000), Some(Mono(5_300))));
        assert_eq!((both.at(0), both.at(700)), (Some(Mono(5_000)), Some(Mono(5_300))));
        assert_eq!(Due::new(Some(u64::MAX), None).at(9), Some(Mono(u64::MAX)));
        assert_eq!(Due::default().at(9), None);
    }
}
