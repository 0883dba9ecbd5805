//! What a service will do when: earlier first, and equal moments in the order of planning.

use std::collections::BTreeMap;

use sanduan_protocol::base::time::Mono;

/// Things that will happen.
#[derive(Clone, Debug)]
pub struct Agenda<T> {
    due: BTreeMap<(Mono, u64), T>,
    planned: u64,
}

impl<T> Default for Agenda<T> {
    fn default() -> Agenda<T> {
        Agenda { due: BTreeMap::new(), planned: 0 }
    }
}

impl<T> Agenda<T> {
    /// Plan something.
    pub fn plan(&mut self, at: Mono, what: T) {
        self.due.insert((at, self.planned), what);
        self.planned += 1;
    }

    /// The next thing due up to now, with its moment.
    pub fn next(&mut self, now: Mono) -> Option<(Mono, T)> {
        let (&key, _) = self.due.first_key_value().filter(|((at, _), _)| *at <= now)?;
        self.due.remove(&key).map(|what| (key.0, what))
    }

    /// When the next thing is due.
    pub fn next_deadline(&self) -> Option<Mono> {
        self.due.first_key_value().map(|((at, _), _)| *at)
    }

    /// Keep only such things.
    pub fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        self.due.retain(|_, what| keep(what));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn earlier_first_then_in_the_order_of_planning_and_nothing_before_its_time() {
        let mut agenda = Agenda::default();
        for (at, what) in [(5, 'a'), (3, 'b'), (5, 'c'), (9, 'd'), (3, 'e')] {
            agenda.plan(Mono(at), what);
        }
        agenda.retain(|what| *what != 'e');
        assert_eq!(agenda.next_deadline(), Some(Mono(3)));
        let due: Vec<_> = std::iter::from_fn(|| agenda.next(Mono(8))).collect();
        assert_eq!(due, [(Mono(3), 'b'), (Mono(5), 'a'), (Mono(5), 'c')]);
        assert_eq!(agenda.next_deadline(), Some(Mono(9)));
    }
}
