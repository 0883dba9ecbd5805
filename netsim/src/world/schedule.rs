//! What is due when: a heap ordered by moment, then by the order in which things were planned, so
//! that one seed has one history.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use sanduan_protocol::base::ids::LinkId;
use sanduan_protocol::base::time::Mono;
use sanduan_protocol::local::Request;
use sanduan_protocol::node::input::{AskId, BatchNo};

use super::disk::Unsynced;
use super::fault::Fault;
use super::host::HostId;
use super::radio::RadioId;
use super::service::{Change, ServiceId};
use super::wire::{WireConfig, WireId};
use crate::air::{Fading, Pair};

/// Something that a story does to its world.
#[derive(Clone, Debug)]
pub enum Action {
    /// A local program asks.
    Ask(HostId, AskId, Box<Request>),
    /// Nothing passes this wire any more; nobody is told.
    Cut(WireId),
    /// Only what this host sends into the wire vanishes.
    CutFrom(WireId, HostId),
    /// The wire works again, both ways.
    Heal(WireId),
    /// These two stations no longer hear each other.
    CutRadio(RadioId, Pair),
    /// They do again.
    HealRadio(RadioId, Pair),
    /// Loss of a short frame at one hearer of this radio, per million.
    RadioLoss(RadioId, u32),
    /// A radio fades at each of its hearers, or no longer.
    RadioFading(RadioId, Option<Fading>),
    /// The rate of a radio, bit/s. No daemon is told.
    RadioRate(RadioId, u32),
    /// A jammer is on the air there, or no longer.
    Jam(RadioId, bool),
    /// A fault of a service, or its end.
    Service(ServiceId, Change),
    /// The machine is gone at once, with these of its unsynced batches.
    Crash(HostId, Unsynced),
    /// It is started again from its disk.
    Restart(HostId),
    /// Its disk refuses every batch from now on, or no longer.
    DiskRefuses(HostId, bool),
    /// A sync of its disk takes this long, at least and at most, ms.
    DiskSpeed(HostId, (u64, u64)),
    /// From now on the wire is like this.
    WireBecomes(WireId, Box<WireConfig>),
    /// The bearer of this link of the host works, or fails.
    LinkUp(HostId, LinkId, bool),
    /// The host hears this frame on this link, whoever sent it.
    Inject(HostId, LinkId, Vec<u8>),
    /// Its clock is put to this much beyond the world's, ms.
    SetClock(HostId, i64),
    /// Its disk, its clock or its power does this.
    Befall(HostId, Fault),
}

/// Something due. `boot` is the life of the host for which it was planned.
#[derive(Clone, Debug)]
pub(super) enum Due {
    /// The machine's own deadline.
    Tick { host: HostId, boot: u32 },
    /// The link at this end can take a frame.
    Ready { host: HostId, boot: u32, end: usize },
    /// A frame comes out of a wire.
    Arrive { host: HostId, end: usize, frame: Vec<u8> },
    /// The counters of this end are looked at.
    Meter { host: HostId, boot: u32, end: usize },
    /// The battery of a host is looked at, whether it is up or not.
    Battery { host: HostId },
    /// Batches that nobody waits for have waited long enough.
    Flush { host: HostId, boot: u32 },
    /// A sync ends.
    Synced { host: HostId, boot: u32 },
    /// The host is told that a batch is safe, whether it is or not (a canary).
    Told { host: HostId, boot: u32, batch: BatchNo },
    /// What a local program asked while the machine stood still. The wish dies with the machine.
    Asked { host: HostId, boot: u32, ask: AskId, request: Box<Request> },
    /// Something happens on a radio channel.
    Air { radio: RadioId },
    /// Something happens at a service.
    Service { service: ServiceId },
    /// The story goes on.
    Act(Box<Action>),
}

/// Something planned: for when, as the how manieth, and where it lies. What it is lies apart, as
/// whatever orders these moves them about.
#[derive(Clone, Copy, Debug)]
struct Planned {
    at: Mono,
    number: u64,
    place: usize,
}

impl Planned {
    /// The earliest first, and of one moment what was planned first. One number, because that is
    /// compared at once.
    fn rank(&self) -> Reverse<u128> {
        Reverse(u128::from(self.at.0) << 64 | u128::from(self.number))
    }
}

impl PartialEq for Planned {
    fn eq(&self, other: &Planned) -> bool {
        self.rank() == other.rank()
    }
}

impl Eq for Planned {}

impl PartialOrd for Planned {
    fn partial_cmp(&self, other: &Planned) -> Option<Ordering> {
        Some(self.cmp(other))
    }

    // A heap asks nothing else, a dozen times for whatever is taken: two numbers, no ordering made.
    fn le(&self, other: &Planned) -> bool {
        self.rank() <= other.rank()
    }
}

impl Ord for Planned {
    fn cmp(&self, other: &Planned) -> Ordering {
        self.rank().cmp(&other.rank())
    }
}

/// Everything that is due, the earliest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Schedule {
    planned: BinaryHeap<Planned>,
    /// What was planned, and the places that are free again.
    dues: Vec<Option<Due>>,
    free: Vec<usize>,
    count: u64,
    /// The number of what was taken last.
    taken: u64,
}

impl Schedule {
    /// Plan something for a moment.
    pub fn plan(&mut self, at: Mono, due: Due) {
        let number = self.count;
        self.count += 1;
        self.push(at, number, due);
    }

    /// The next thing due up to `until`, with its moment.
    pub fn next(&mut self, until: Mono) -> Option<(Mono, Due)> {
        loop {
            self.planned.peek().filter(|next| next.at <= until)?;
            let next = self.planned.pop()?;
            self.free.push(next.place);
            // What was dropped has left its place empty.
            if let Some(due) = self.dues[next.place].take() {
                self.taken = next.number;
                return Some((next.at, due));
            }
        }
    }

    /// What was just taken comes later, and then still before what was planned after it.
    pub fn put_off(&mut self, until: Mono, due: Due) {
        self.push(until, self.taken, due);
    }

    /// The story ends here: nothing that was planned for it happens.
    pub fn drop_acts(&mut self) {
        for due in &mut self.dues {
            due.take_if(|due| matches!(due, Due::Act(_)));
        }
    }

    fn push(&mut self, at: Mono, number: u64, due: Due) {
        let place = match self.free.pop() {
            Some(place) => {
                self.dues[place] = Some(due);
                place
            }
            None => {
                self.dues.push(Some(due));
                self.dues.len() - 1
            }
        };
        self.planned.push(Planned { at, number, place });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn earlier_first_and_equal_moments_in_the_order_of_planning() {
        let mut schedule = Schedule::default();
        for (at, host) in [(5, 0), (3, 1), (5, 2), (3, 3), (9, 4)] {
            schedule.plan(Mono(at), Due::Tick { host: HostId(host), boot: 0 });
        }
        let mut hosts = Vec::new();
        while let Some((at, due)) = schedule.next(Mono(8)) {
            let Due::Tick { host, .. } = due else { panic!("only ticks were planned") };
            hosts.push((at.0, host.0));
        }
        assert_eq!(hosts, [(3, 1), (3, 3), (5, 0), (5, 2)]);
    }

    #[test]
    fn what_is_dropped_never_comes_and_its_place_is_used_again() {
        let mut schedule = Schedule::default();
        let tick = |host| Due::Tick { host: HostId(host), boot: 0 };
        for at in 1..=3 {
            schedule.plan(Mono(at), Due::Act(Box::new(Action::Restart(HostId(9)))));
            schedule.plan(Mono(at), tick(at as u16));
        }
        schedule.drop_acts();
        let hosts = |schedule: &mut Schedule| {
            let mut hosts = Vec::new();
            while let Some((_, due)) = schedule.next(Mono(9)) {
                let Due::Tick { host, .. } = due else { panic!("the rest was dropped") };
                hosts.push(host.0);
            }
            hosts
        };
        assert_eq!(hosts(&mut schedule), [1, 2, 3]);
        (4..=9).for_each(|host| schedule.plan(Mono(host.into()), tick(host)));
        assert_eq!((hosts(&mut schedule), schedule.dues.len()), ((4..=9).collect(), 6));
    }

    #[test]
    fn what_is_put_off_still_comes_before_what_was_planned_after_it() {
        let mut schedule = Schedule::default();
        for (at, host) in [(3, 0), (8, 1)] {
            schedule.plan(Mono(at), Due::Tick { host: HostId(host), boot: 0 });
        }
        let (_, first) = schedule.next(Mono(3)).expect("it is due");
        schedule.put_off(Mono(8), first);
        let next = schedule.next(Mono(8));
        assert!(matches!(next, Some((Mono(8), Due::Tick { host: HostId(0), .. }))), "{next:?}");
    }
}
