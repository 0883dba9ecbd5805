//! What the bearers of a host may spend, counted as its daemon counts it: messages and bytes of a
//! quota, air time, money. The sums are the product's own (`link::meter`, `link::purse`); here they
//! meet the ends of links, and what they say reaches the machine as a daemon would say it: before
//! an end is said to be ready, and every few seconds while a gate is not open.
//!
//! The counters outlive a crash, as those of a daemon lie in a file of their own.

use sanduan_protocol::base::time::{Mono, Wall};
use sanduan_protocol::link::condition::Condition;
use sanduan_protocol::link::meter::{self, DayTally, Gate, WindowTally};
use sanduan_protocol::link::profile::{Price, Profile, Quota};
use sanduan_protocol::link::purse::{Allowance, Purse, PurseLeft};
use sanduan_protocol::node::Input;

use super::canary::Canary;
use super::host::{End, Host, HostId, Machine};
use super::radio::RadioId;
use super::schedule::Due;
use super::service::ServiceId;
use super::world::World;

/// A daemon looks at its counters this often, ms (`Switchboard::keep_metering`).
const LOOKS_EVERY_MS: u64 = 5_000;

/// What the configuration of a bearer allows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// What may be sent in a span of time.
    pub quota: Option<Quota>,
    /// What sending costs.
    pub price: Price,
    /// What of air time and money may be spent.
    pub allowance: Allowance,
}

/// The counters of one bearer.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Meter {
    window: WindowTally,
    purse: Purse,
}

impl Meter {
    fn note_sent(&mut self, profile: &Profile, frame_bytes: usize, now: Wall) {
        let wire_bytes = frame_bytes as u64 + u64::from(profile.per_frame_bytes);
        if let Some(quota) = &profile.quota {
            self.window.note_sent(wire_bytes, quota, now);
        }
        if profile.allowance != Allowance::default() {
            self.purse.note_sent(profile, frame_bytes, wire_bytes, now);
        }
    }

    fn complete(&mut self, profile: &Profile, said: Condition, now: Wall) -> Condition {
        let window = profile.quota.map(|quota| {
            self.window.turn(&quota, now);
            self.window
        });
        let purse_left = match profile.allowance == Allowance::default() {
            true => PurseLeft::default(),
            false => self.purse.left(profile, now),
        };
        meter::complete(said, profile, &DayTally::default(), window.as_ref(), purse_left, now)
    }
}

impl End {
    /// True if what it sends is counted against anything.
    pub fn is_limited(&self) -> bool {
        self.profile.quota.is_some() || self.profile.allowance != Allowance::default()
    }
}

impl<M> Host<M> {
    /// What the daemon would say of this end at this moment.
    fn condition(&mut self, number: usize, now: Wall) -> Condition {
        let end = &self.ends[number];
        let Some(meter) = self.meters.get_mut(&end.profile.bearer) else { return end.said };
        meter.complete(&end.profile, end.said, now)
    }
}

impl<M> World<M> {
    /// Stations of this radio may spend so much. To be settled before they start.
    pub fn limit_radio(&mut self, id: RadioId, limits: Limits) {
        let seats = self.radios[usize::from(id.0)].stations.clone();
        self.limit(&seats, &format!("radio{}", id.0), limits);
    }

    /// Those at this service may each spend so much, by all their links together. To be settled
    /// before they start.
    pub fn limit_service(&mut self, id: ServiceId, limits: Limits) {
        let seats = self.services[usize::from(id.0)].seats.clone();
        self.limit(&seats, &format!("service{}", id.0), limits);
    }

    fn limit(&mut self, seats: &[(HostId, usize)], bearer: &str, limits: Limits) {
        for &(id, number) in seats {
            let host = self.host_mut(id);
            let profile = &mut host.ends[number].profile;
            profile.bearer = bearer.to_owned();
            (profile.quota, profile.price) = (limits.quota, limits.price);
            profile.allowance = limits.allowance;
            host.meters.entry(bearer.to_owned()).or_default();
        }
    }

    /// What may leave this end now.
    pub(super) fn gate(&mut self, id: HostId, number: usize) -> Gate {
        let now = self.host(id).now(self.now).wall;
        let host = self.host_mut(id);
        if !host.ends[number].is_limited() {
            return Gate::Open;
        }
        let condition = host.condition(number, now);
        gate_of(&host.ends[number].profile, &condition)
    }
}

impl<M: Machine> World<M> {
    /// Nothing is counted any more, and the machines are told so: somebody has paid for all.
    pub fn lift_limits(&mut self) {
        for id in self.host_ids() {
            self.host_mut(id).meters.clear();
            for number in 0..self.host(id).ends.len() {
                let end = &mut self.host_mut(id).ends[number];
                if !end.is_limited() {
                    continue;
                }
                (end.profile.quota, end.profile.allowance) = (None, Allowance::default());
                (end.said, end.told) = (Condition::default(), Condition::default());
                let (link, condition) = (end.link, end.said);
                self.drive(id, Input::LinkSaid { link, condition });
            }
        }
    }

    /// A frame of so many bytes was handed over.
    pub(super) fn count(&mut self, id: HostId, number: usize, frame_bytes: usize) {
        let now = self.host(id).now(self.now).wall;
        let host = self.host_mut(id);
        let end = &host.ends[number];
        if !end.is_limited() {
            return;
        }
        let bearer = end.profile.bearer.clone();
        if let Some(meter) = host.meters.get_mut(&bearer) {
            meter.note_sent(&end.profile, frame_bytes, now);
        }
        let profile = self.host(id).ends[number].profile.clone();
        for number in 0..self.host(id).ends.len() {
            let end = &mut self.host_mut(id).ends[number];
            if end.profile.bearer == bearer {
                // As the machine reckons it until it is told again.
                let mut spent = end.told;
                meter::spend(&mut spent, &profile, frame_bytes);
                end.told.purse_left = spent.purse_left;
                self.watch_gate(id, number);
            }
        }
    }

    /// A bearer says how it stands; its daemon adds what it counted.
    pub(super) fn bearer_said(&mut self, id: HostId, number: usize, said: Condition) {
        let end = &mut self.host_mut(id).ends[number];
        if end.is_limited() {
            end.said = said;
            return self.tell_condition(id, number, |told, now| told != now);
        }
        let link = end.link;
        self.drive(id, Input::LinkSaid { link, condition: said });
    }

    /// What may still leave must be known before the next frame is filled.
    pub(super) fn tell_gate(&mut self, id: HostId, number: usize) {
        self.tell_condition(id, number, |told, now| {
            let word = |condition: &Condition| {
                (condition.standing, condition.quota_left, condition.purse_left.gate())
            };
            word(told) != word(now)
        });
    }

    /// The machine knows the link from now on, and is told all of it.
    pub(super) fn introduce(&mut self, id: HostId, number: usize) {
        self.tell_condition(id, number, |told, now| told != now);
        self.watch_gate(id, number);
    }

    /// A machine was started: of its links it knows nothing yet.
    pub(super) fn forget_told(&mut self, id: HostId) {
        for end in &mut self.host_mut(id).ends {
            (end.said, end.told) = (Condition::default(), Condition::default());
            end.is_watched = false;
        }
    }

    /// The counters of this end are looked at.
    pub(super) fn look_at_meter(&mut self, id: HostId, number: usize) {
        self.host_mut(id).ends[number].is_watched = false;
        self.tell_gate(id, number);
        self.watch_gate(id, number);
    }

    fn tell_condition(
        &mut self,
        id: HostId,
        number: usize,
        is_news: impl Fn(&Condition, &Condition) -> bool,
    ) {
        if !self.host(id).ends[number].is_limited() || self.canary == Some(Canary::Overdraws) {
            return;
        }
        let now = self.host(id).now(self.now).wall;
        let host = self.host_mut(id);
        let condition = host.condition(number, now);
        let end = &mut host.ends[number];
        if is_news(&end.told, &condition) {
            end.told = condition;
            let link = end.link;
            self.drive(id, Input::LinkSaid { link, condition });
        }
    }

    /// While less than everything may leave, or the machine believes so, the counters are looked at
    /// again and again.
    fn watch_gate(&mut self, id: HostId, number: usize) {
        let believed = self.host(id).ends[number].told.purse_left.gate();
        let is_open = self.gate(id, number).max(believed) == Gate::Open;
        let host = self.host_mut(id);
        let (boot, end) = (host.boot, &mut host.ends[number]);
        if is_open || std::mem::replace(&mut end.is_watched, true) {
            return;
        }
        let at: Mono = self.now.after_ms(LOOKS_EVERY_MS);
        self.schedule.plan(at, Due::Meter { host: id, boot, end: number });
    }
}

fn gate_of(profile: &Profile, condition: &Condition) -> Gate {
    meter::gate(profile, condition.quota_left.as_ref()).max(condition.purse_left.gate())
}

#[cfg(test)]
mod tests;
