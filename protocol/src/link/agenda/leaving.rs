//! Which links are looked at because of another. A dearer link leaves to a cheaper one what that
//! can carry, and begins with it once the cheaper one has become worse: it is gone or in doubt,
//! somebody is not there any more, or something went there in vain. As long as none of that
//! happened, a look would find the same as the last one. To whom what is left is decided in
//! `plan::route`.

use super::*;
use crate::link::condition::Standing;
use crate::link::meter::Gate;
use crate::link::profile::Price;
use crate::link::state::ANYONE;

/// Links are compared by what so many bytes cost: an order with its seal.
const ORDER_BYTES: usize = 150;

/// All of a link on which it depends whether others may leave something to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stand {
    is_up: bool,
    standing: Standing,
    gate: Gate,
    is_doubtful: bool,
    price: Price,
    taken_ms: (u64, u32),
    /// Who is there, as a sum that changes with everyone who comes or goes.
    present: u64,
    /// Times that something became less fit to be left to it.
    fallen: u64,
}

/// Who leaves something to whom.
#[derive(Debug, Default)]
pub(super) struct Leaves {
    /// To which links each leaves something, and whether it reckons with how long these take to
    /// answer.
    by: BTreeMap<LinkId, (BTreeSet<LinkId>, bool)>,
    /// How many leave something to each link.
    to: BTreeMap<LinkId, usize>,
    /// How those stood to which something is left, when that was last asked.
    stands: BTreeMap<LinkId, Stand>,
}

impl Leaves {
    /// This link was looked at, and leaves something to these.
    pub(super) fn note(&mut self, id: LinkId, to: &BTreeSet<LinkId>, reckons: bool) {
        if to.is_empty() && !self.by.contains_key(&id) {
            return;
        }
        let (before, did_reckon) = self.by.entry(id).or_default();
        *did_reckon = reckons;
        if before != to {
            for gone in before.difference(to) {
                let count = self.to.entry(*gone).or_default();
                *count = count.saturating_sub(1);
            }
            for come in to.difference(before) {
                *self.to.entry(*come).or_default() += 1;
                // It finds that link as it is now, which nobody may have asked about.
                self.stands.remove(come);
            }
            before.clone_from(to);
        }
        if to.is_empty() {
            self.by.remove(&id);
        }
    }

    fn is_left_to(&self, id: LinkId) -> bool {
        self.to.get(&id).is_some_and(|count| *count > 0)
    }
}

impl Links {
    /// The links of `due`, and those that leave something to one of them that has become worse
    /// since they were looked at, in order.
    pub fn with_those_who_leave(
        &mut self,
        mut due: Vec<LinkId>,
        book: &Book,
        now: Mono,
    ) -> Vec<LinkId> {
        let cheaper: Vec<LinkId> =
            due.iter().copied().filter(|id| self.leave.is_left_to(*id)).collect();
        if cheaper.is_empty() {
            return due;
        }
        let mut worse = Vec::new();
        for id in &cheaper {
            let Some(stand) = self.visit(*id).map(|link| link.stand(book, now)) else { continue };
            if self.leave.stands.insert(*id, stand) != Some(stand) {
                worse.push(*id);
            }
        }
        let is_concerned = |(to, reckons): &(BTreeSet<LinkId>, bool)| {
            let about = if *reckons { &cheaper } else { &worse };
            about.iter().any(|id| to.contains(id))
        };
        let leaving = self.leave.by.iter().filter(|(_, leaves)| is_concerned(leaves));
        let others: Vec<LinkId> = leaving.map(|(id, _)| *id).collect();
        due.extend(others);
        due.sort_unstable();
        due.dedup();
        due
    }
}

impl Link {
    /// How it stands, as others see it that may leave something to it.
    fn stand(&mut self, book: &Book, now: Mono) -> Stand {
        let live_ms = self.live_ms();
        let (mut present, mut fallen) = (0_u64, 0);
        for (device, contact) in &mut self.contacts {
            contact.compare(book, *device);
            fallen += contact.fallen();
            if *device != ANYONE && now.since_ms(contact.heard_at) <= live_ms {
                // Odd and large, so that no two who go and come cancel each other, most likely.
                present =
                    present.wrapping_add(u64::from(device.0).wrapping_mul(0x9e37_79b9_7f4a_7c15));
            }
        }
        Stand {
            is_up: self.up,
            standing: self.condition.standing,
            gate: self.gate(),
            is_doubtful: self.quality.is_doubtful(),
            price: self.profile.price,
            taken_ms: (self.profile.air_ms(ORDER_BYTES), self.profile.min_interval_ms),
            present,
            fallen,
        }
    }
}
