//! How fit a view of a cheap link is to have something left to it by a dearer one, and what it
//! lacks of seals. Who leaves what to whom is decided in `plan::route`; which links are looked at
//! again, in [`super::agenda`].

use crate::link::view::View;
use crate::log::lane::Lane;

/// Times that a cheaper link may fail to answer before a dearer one takes what no person waits
/// for: as many as make a link doubtful.
pub const LAZY_TRIES: u32 = 3;

/// What a dearer link may leave to the one that this is a view of; what comes later is worse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fitness {
    /// Whatever it lacks.
    #[default]
    All,
    /// What no person waits for: something went there in vain.
    Lazy,
    /// Nothing: too much went there in vain, or it seems to lack nothing, which the dearer one
    /// may know better.
    Nothing,
}

impl View {
    /// Note how fit it is to have something of this lane of ours left to it. True if it became
    /// less so.
    pub(super) fn note_fitness(&mut self, ours: Option<&Lane>) -> bool {
        let lacks = ours.is_some_and(|ours| self.lacks(ours) > 0 || self.lacks_seal(ours));
        let fitness = match self.tries {
            _ if !lacks => Fitness::Nothing,
            0 => Fitness::All,
            1..LAZY_TRIES => Fitness::Lazy,
            _ => Fitness::Nothing,
        };
        fitness > std::mem::replace(&mut self.fitness, fitness)
    }

    /// True if a seal should go without records.
    pub fn needs_seal(&self, ours: &Lane) -> bool {
        let sealed = ours.saved_sealed();
        sealed > self.sealed && sealed > self.sent_sealed && self.sent.max(self.head) >= sealed
    }

    /// It is not known to have verified all that we have of this lane.
    pub fn lacks_seal(&self, ours: &Lane) -> bool {
        ours.saved_sealed() > self.sealed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::class::Urgency;
    use crate::base::ids::{DeviceId, Lane as LaneKind, LaneId};
    use crate::base::time::Mono;
    use crate::log::book::{Book, Mark};

    #[test]
    fn a_view_falls_when_it_fails_and_when_nothing_is_lacking_any_more() {
        let id = LaneId::first(DeviceId(1), LaneKind::Stock);
        let mut book = Book::default();
        for seq in 1..=2 {
            book.offer(id.at(seq), &[1, 2, 3], &|_| Urgency::Stock);
        }
        book.note_saved(&[Mark { lane: id, head: 2, sealed: 0, drops: 0 }]);
        let mut view = View::default();
        let mut falls = |change: &dyn Fn(&mut View)| {
            change(&mut view);
            view.note_fitness(book.lane(id))
        };
        assert!(!falls(&|_| {}));
        let fail = |view: &mut View| {
            view.note_sent(2, Mono(1));
            assert_eq!(view.expire(), 2);
        };
        assert!(falls(&fail), "once in vain");
        assert!(!falls(&fail), "what is not urgent is left to it still");
        assert!(falls(&fail), "three times");
        assert!(!falls(&fail));
        assert!(!falls(&|view| assert!(view.learn(1, 1))), "it got through");
        assert!(!falls(&|view| view.tries = 0));
        assert!(falls(&|view| assert!(view.learn(2, 2))), "it lacks nothing any more");
        assert!(!falls(&|_| {}));
        assert!(View::default().note_fitness(None), "of a lane that is not here it lacks nothing");
    }
}
