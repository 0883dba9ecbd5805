//! What happens in a world: takes what is due next, does it, and plans what follows from it. Keeps
//! the contract of the run loop as the daemon does, and notes a breach when a machine does not.

use sanduan_protocol::base::ids::LinkId;
use sanduan_protocol::base::time::Mono;
use sanduan_protocol::local::Request;
use sanduan_protocol::node::input::AskId;
use sanduan_protocol::node::{Input, Output};

use super::host::{Answered, HostId, Leads, Machine};
use super::schedule::{Action, Due};
use super::wire::WireId;
use super::world::World;

#[cfg(test)]
mod tests;

/// Wishes of a machine after one input; more means that it will never wait.
const OUTPUTS_PER_INPUT_MAX: usize = 100_000;

impl<M: Machine> World<M> {
    /// Start every host.
    pub fn start_all(&mut self) {
        for host in self.host_ids() {
            self.start(host);
        }
    }

    /// Do everything that is due up to `until`; then it is that late.
    pub fn run_until(&mut self, until: Mono) {
        while let Some((at, due)) = self.schedule.next(until) {
            self.now = at;
            self.take_up(due);
        }
        self.now = self.now.max(until);
    }

    /// Run until `question` is true, asking every `every_ms`; the moment when it was first seen
    /// true, or `None` if `until` came first.
    pub fn run_until_true(
        &mut self,
        until: Mono,
        every_ms: u64,
        question: impl Fn(&World<M>) -> bool,
    ) -> Option<Mono> {
        while !question(self) {
            if self.now >= until {
                return None;
            }
            self.run_until(self.now.after_ms(every_ms.max(1)).min(until));
        }
        Some(self.now)
    }

    /// A local program asks a host now. A host that is down never answers.
    pub fn ask(&mut self, host: HostId, request: Request) -> AskId {
        let ask = self.next_ask();
        self.act(Action::Ask(host, ask, Box::new(request)));
        ask
    }

    /// A local program will ask a host later.
    pub fn ask_at(&mut self, at: Mono, host: HostId, request: Request) -> AskId {
        let ask = self.next_ask();
        self.at(at, Action::Ask(host, ask, Box::new(request)));
        ask
    }

    /// Do something to the world now.
    pub fn act(&mut self, action: Action) {
        let Some(action) = self.unless_paused(action) else { return };
        match action {
            Action::Ask(host, ask, request) => {
                self.drive(host, Input::Ask { ask, request: *request });
            }
            Action::Cut(wire) => self.wires[usize::from(wire.0)].cut = [true; 2],
            Action::CutFrom(wire, host) => {
                let wire = &mut self.wires[usize::from(wire.0)];
                for (cut, end) in wire.cut.iter_mut().zip(&wire.ends) {
                    *cut |= end.0 == host;
                }
            }
            Action::Heal(wire) => self.wires[usize::from(wire.0)].cut = [false; 2],
            Action::CutRadio(radio, pair) => {
                self.radios[usize::from(radio.0)].air.set_hearing(pair, false);
            }
            Action::HealRadio(radio, pair) => {
                self.radios[usize::from(radio.0)].air.set_hearing(pair, true);
            }
            Action::RadioLoss(radio, loss_ppm) => {
                self.radios[usize::from(radio.0)].air.set_loss_ppm(loss_ppm);
            }
            Action::RadioFading(radio, fading) => {
                self.radios[usize::from(radio.0)].air.set_fading(fading);
            }
            Action::RadioRate(radio, rate_bit_s) => {
                self.radios[usize::from(radio.0)].air.set_rate_bit_s(rate_bit_s);
            }
            Action::Jam(radio, jammed) => {
                let now = self.now;
                self.radios[usize::from(radio.0)].air.set_jammed(jammed, now);
            }
            Action::Service(service, change) => self.change_service(service, change),
            Action::Crash(host, unsynced) => self.crash(host, unsynced),
            Action::Restart(host) => self.start(host),
            Action::DiskRefuses(host, refuses) => self.host_mut(host).disk.refuse(refuses),
            Action::DiskSpeed(host, sync_ms) => self.host_mut(host).disk.sync_ms = sync_ms,
            Action::WireBecomes(wire, config) => {
                self.wires[usize::from(wire.0)].config = *config;
            }
            Action::LinkUp(host, link, up) => self.flap(host, link, up),
            Action::Inject(host, link, frame) => {
                let ends = &self.host(host).ends;
                if let Some(number) = ends.iter().position(|end| end.link == link) {
                    self.hear(host, number, frame);
                }
            }
            Action::SetClock(host, offset_ms) => {
                self.touch(host);
                self.host_mut(host).clock_offset_ms = offset_ms;
            }
            Action::Befall(host, fault) => {
                self.touch(host);
                self.befall(host, fault);
            }
        }
    }

    /// Nothing passes this wire any more; nobody is told.
    pub fn cut(&mut self, wire: WireId) {
        self.act(Action::Cut(wire));
    }

    /// The wire works again.
    pub fn heal(&mut self, wire: WireId) {
        self.act(Action::Heal(wire));
    }

    fn next_ask(&mut self) -> AskId {
        self.asked += 1;
        AskId(self.asked)
    }

    fn take_up(&mut self, due: Due) {
        let now = self.now;
        let Some(due) = self.unless_standing_still(due) else { return };
        match due {
            Due::Tick { host, boot } => {
                let is_due =
                    self.lives(host, boot) && self.host(host).wake.is_some_and(|wake| wake <= now);
                if is_due {
                    let up = self.host_mut(host);
                    (up.wake, up.ticks) = (None, up.ticks + 1);
                    self.drive(host, Input::Tick);
                }
            }
            Due::Ready { host, boot, end } if self.lives(host, boot) => self.say_ready(host, end),
            Due::Meter { host, boot, end } if self.lives(host, boot) => {
                self.look_at_meter(host, end);
            }
            Due::Battery { host } => self.look_at_battery(host),
            Due::Arrive { host, end, frame } => self.hear(host, end, frame),
            Due::Flush { host, boot } if self.lives(host, boot) => self.begin_sync(host),
            Due::Synced { host, boot } if self.lives(host, boot) => self.end_sync(host),
            Due::Told { host, boot, batch } if self.lives(host, boot) => {
                self.drive(host, Input::Saved { batch });
            }
            Due::Asked { host, boot, ask, request } if self.lives(host, boot) => {
                self.drive(host, Input::Ask { ask, request: *request });
            }
            Due::Ready { .. }
            | Due::Meter { .. }
            | Due::Flush { .. }
            | Due::Synced { .. }
            | Due::Told { .. }
            | Due::Asked { .. } => {}
            Due::Air { radio } => self.listen(radio),
            Due::Service { service } => self.look_at_service(service),
            Due::Act(action) => self.act(*action),
        }
    }

    /// True if the host is up and has been since this was planned.
    fn lives(&self, host: HostId, boot: u32) -> bool {
        let host = self.host(host);
        host.machine.is_some() && host.boot == boot
    }

    /// One input, then everything that the machine wishes.
    pub(super) fn drive(&mut self, id: HostId, input: Input) {
        self.touch(id);
        let now = self.host(id).now(self.now);
        let host = self.host_mut(id);
        let Some(machine) = &mut host.machine else { return };
        host.inputs += 1;
        machine.handle(input, now);
        for _ in 0..OUTPUTS_PER_INPUT_MAX {
            let Some(machine) = &mut self.host_mut(id).machine else { return };
            let output = machine.poll_output();
            let waits = matches!(output, Output::Wait(_));
            self.carry_out(id, output);
            if waits {
                return self.check(id);
            }
        }
        self.breach(id, format!("{OUTPUTS_PER_INPUT_MAX} wishes after one input, and no wait"));
    }

    fn carry_out(&mut self, id: HostId, output: Output) {
        match output {
            Output::Save(batch) => self.save(id, batch),
            Output::Send { link, frame, .. } => self.send(id, link, frame),
            Output::Reply { ask, reply } => {
                let word = if reply.is_ok() { "reply" } else { "refusal" };
                self.trace.note(self.now, id.0, word, &ask.0.to_le_bytes());
                let at = self.now;
                self.host_mut(id).keep_answer(Answered { ask, at, reply: *reply });
            }
            Output::Feed(_) => self.host_mut(id).events_fed += 1,
            Output::Wait(None) => self.host_mut(id).wake = None,
            Output::Wait(Some(wake)) => {
                let at = self.now;
                let host = self.host_mut(id);
                let boot = host.boot;
                if host.wake != Some(wake) {
                    host.wake = Some(wake);
                    // At least a millisecond later: a machine that is late must not stop time.
                    let due_at = wake.max(at.after_ms(1));
                    self.schedule.plan(due_at, Due::Tick { host: id, boot });
                }
            }
        }
    }

    fn send(&mut self, id: HostId, link: LinkId, frame: Vec<u8>) {
        let now = self.now;
        self.trace.note(now, id.0, "send", &frame);
        let Some(number) = self.host(id).ends.iter().position(|end| end.link == link) else {
            return self.breach(id, format!("a frame for link {link}, which does not exist"));
        };
        let gate = self.gate(id, number);
        self.tape.note(self.host(id).now(now), id, link, gate, &frame);
        self.count(id, number, frame.len());
        self.drain(id, self.host(id).ends[number].profile.air_ms(frame.len()));
        let ends = &self.host(id).ends;
        let (mtu, was_ready) = (ends[number].profile.mtu, ends[number].ready);
        let leads = ends[number].leads;
        if frame.len() > usize::from(mtu) {
            self.breach(id, format!("{} bytes on link {link} of {mtu}", frame.len()));
        }
        if !was_ready {
            self.breach(id, format!("a frame for link {link} before it was ready"));
        }
        let is_paced = self.is_paced(leads);
        let host = self.host_mut(id);
        let boot = host.boot;
        let end = &mut host.ends[number];
        end.ready = false;
        if let Leads::Service { service, seat } = leads
            && !is_paced
        {
            return self.offer_service(service, seat, frame, now);
        }
        end.pacer.on_send(frame.len(), now);
        let interval_ms = u64::from(end.profile.min_interval_ms);
        end.not_before = now.after_ms(interval_ms);
        // A card hands its message over at once and is held back afterwards.
        let left_at = if interval_ms > 0 { now } else { end.pacer.idle_at() };
        let ready_at = end.ready_at();
        self.schedule.plan(ready_at.max(now), Due::Ready { host: id, boot, end: number });
        match leads {
            Leads::Wire { wire, end } => self.enter_wire(wire, end, frame, left_at),
            Leads::Service { service, seat } => self.offer_service(service, seat, frame, now),
            Leads::Radio { radio, station } => {
                self.radios[usize::from(radio.0)].air.offer(station, frame, now);
                self.wake_radio(radio);
            }
        }
    }

    fn enter_wire(&mut self, wire: WireId, end: usize, mut frame: Vec<u8>, left_at: Mono) {
        let wire = &mut self.wires[usize::from(wire.0)];
        let delays_ms = wire.send(end, frame.len(), &mut self.dice);
        let (host, end) = wire.ends[1 - end];
        let mut delays_ms = delays_ms.into_iter().flatten().peekable();
        while let Some(delay_ms) = delays_ms.next() {
            let is_last = delays_ms.peek().is_none();
            let frame = if is_last { std::mem::take(&mut frame) } else { frame.clone() };
            self.schedule.plan(left_at.after_ms(delay_ms), Due::Arrive { host, end, frame });
        }
    }

    pub(super) fn hear(&mut self, id: HostId, number: usize, mut frame: Vec<u8>) {
        let now = self.now;
        if !self.mangle.is_off() {
            let whole = frame.clone();
            if let Some(later_ms) = self.mangle.befall(&mut frame, &mut self.dice) {
                let link = self.host(id).ends[number].link;
                self.at(now.after_ms(later_ms), Action::Inject(id, link, whole));
            }
        }
        let host = self.host(id);
        if host.machine.is_none() || host.paused_until > now || host.ends[number].down {
            return;
        }
        self.trace.note(now, id.0, "heard", &frame);
        let end = &mut self.host_mut(id).ends[number];
        end.pacer.on_heard(frame.len(), now);
        let link = end.link;
        self.drive(id, Input::Heard { link, frame });
    }

    pub(super) fn say_ready(&mut self, id: HostId, number: usize) {
        let now = self.now;
        let host = self.host_mut(id);
        let boot = host.boot;
        let end = &mut host.ends[number];
        if end.down {
            return;
        }
        // What was heard since may have moved the moment.
        let ready_at = end.ready_at();
        if ready_at > now {
            return self.schedule.plan(ready_at, Due::Ready { host: id, boot, end: number });
        }
        end.ready = true;
        let link = end.link;
        self.tell_gate(id, number);
        self.drive(id, Input::LinkReady { link });
    }

    fn check(&mut self, host: HostId) {
        let mut checkers = std::mem::take(&mut self.checkers);
        for checker in &mut checkers {
            if let Err(what) = checker.after(self, host) {
                self.breach(host, what);
            }
        }
        self.checkers = checkers;
    }
}
