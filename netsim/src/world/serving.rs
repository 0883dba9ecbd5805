//! Services in a world: which hosts sit at their ends, and how what they tell reaches the machines
//! as a daemon would say it.

use sanduan_protocol::base::time::{Mono, Wall};
use sanduan_protocol::link::condition::{Condition, Standing};
use sanduan_protocol::link::profile::Profile;

use super::host::{HostId, Leads, Machine};
use super::schedule::Due;
use super::service::{Change, Seat, Service, ServiceId, Told};
use super::world::World;

/// A service and who sits at its ends.
#[derive(Clone, Debug)]
pub(super) struct Served {
    pub service: Service,
    /// The host of each seat and the place of the link among its ends.
    pub seats: Vec<(HostId, usize)>,
    /// When it is looked at next.
    pub wake: Option<Mono>,
}

impl<M> World<M> {
    /// A service between hosts, which are its places in this order. To be set up before they start.
    pub fn add_service(&mut self, service: Service, hosts: &[HostId]) -> ServiceId {
        let id = ServiceId(self.services.len() as u16);
        let profile = service.profile(hosts.len());
        let mut seats = Vec::new();
        for (number, place) in service.places(hosts.len()).into_iter().enumerate() {
            let host = hosts[place];
            let name = format!("{}{} {number}", profile.kind, id.0);
            let profile = Profile { target: name.clone(), name, ..profile.clone() };
            let leads = Leads::Service { service: id, seat: Seat(number) };
            seats.push((host, self.add_end(host, profile, leads)));
        }
        self.services.push(Served { service, seats, wake: None });
        id
    }

    /// One service.
    pub fn service(&self, id: ServiceId) -> &Service {
        &self.services[usize::from(id.0)].service
    }

    /// Every service in order.
    pub fn service_ids(&self) -> impl Iterator<Item = ServiceId> + use<M> {
        (0..self.services.len() as u16).map(ServiceId)
    }
}

impl<M: Machine> World<M> {
    /// True if the bearer of this end says itself when it can take a frame; it was opened then.
    pub(super) fn opens_itself(&mut self, host: HostId, end: usize) -> bool {
        let Leads::Service { service, seat } = self.host(host).ends[end].leads else {
            return false;
        };
        let now = self.now;
        let served = &mut self.services[usize::from(service.0)];
        let says_ready = served.service.says_ready();
        if says_ready {
            served.service.open(seat, now);
            self.wake_service(service);
        }
        says_ready
    }

    /// The daemon behind this end is gone, or has lost the bearer.
    pub(super) fn close_end(&mut self, host: HostId, end: usize) {
        if let Leads::Service { service, seat } = self.host(host).ends[end].leads {
            self.services[usize::from(service.0)].service.close(seat);
        }
    }

    /// True if the daemon itself paces what it hands to this service.
    pub(super) fn is_paced(&self, leads: Leads) -> bool {
        match leads {
            Leads::Wire { .. } | Leads::Radio { .. } => true,
            Leads::Service { service, .. } => !self.service(service).says_ready(),
        }
    }

    pub(super) fn offer_service(&mut self, id: ServiceId, seat: Seat, frame: Vec<u8>, at: Mono) {
        self.services[usize::from(id.0)].service.offer(seat, frame, at);
        self.wake_service(id);
    }

    /// A fault of a service, or its end.
    pub(super) fn change_service(&mut self, id: ServiceId, change: Change) {
        let now = self.now;
        self.services[usize::from(id.0)].service.change(change, now);
        self.wake_service(id);
    }

    fn wake_service(&mut self, id: ServiceId) {
        let now = self.now;
        let served = &mut self.services[usize::from(id.0)];
        let next = served.service.next_deadline().map(|at| at.max(now));
        if let Some(at) = next.filter(|&at| served.wake.is_none_or(|wake| at < wake)) {
            served.wake = Some(at);
            self.schedule.plan(at, Due::Service { service: id });
        }
    }

    /// A service was to be looked at now.
    pub(super) fn look_at_service(&mut self, id: ServiceId) {
        let now = self.now;
        let served = &mut self.services[usize::from(id.0)];
        if served.wake.is_none_or(|wake| wake > now) {
            return;
        }
        served.wake = None;
        let told: Vec<Told> = std::iter::from_fn(|| served.service.poll(now)).collect();
        for told in told {
            match told {
                Told::Heard { seat, frame } => {
                    let (host, end) = self.seat(id, seat);
                    self.hear(host, end, frame);
                }
                Told::Ready { seat } => {
                    let (host, end) = self.seat(id, seat);
                    self.ready_itself(host, end);
                }
                Told::Slot { seat, until } => {
                    let (host, end) = self.seat(id, seat);
                    self.tell_slot(host, end, until);
                }
            }
        }
        self.wake_service(id);
    }

    fn seat(&self, id: ServiceId, seat: Seat) -> (HostId, usize) {
        self.services[usize::from(id.0)].seats[seat.0]
    }

    /// A device is free: said once after it was opened and once after each frame.
    fn ready_itself(&mut self, host: HostId, end: usize) {
        let up = self.host(host);
        if up.machine.is_some() && !up.ends[end].down && !up.ends[end].ready {
            // Through the schedule: a machine that stands still is told when it goes on.
            let (at, boot) = (self.now, up.boot);
            self.schedule.plan(at, Due::Ready { host, boot, end });
        }
    }

    fn tell_slot(&mut self, host: HostId, end: usize, until: Mono) {
        let up = self.host(host);
        if up.machine.is_none() || up.ends[end].down || self.stands_still(host) {
            return;
        }
        let now = up.now(self.now);
        let next_slot = Some(Wall(now.wall.0 + until.since_ms(now.mono)));
        let standing = Standing::Cooling;
        let condition = Condition { standing, next_slot, ..Condition::default() };
        self.bearer_said(host, end, condition);
    }
}
