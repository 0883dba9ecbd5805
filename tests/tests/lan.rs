//! The ad hoc network between real daemons in network namespaces: how fast it forms and heals,
//! what it costs when nothing happens, and that records cross hosts that only their neighbours
//! hear. Times are printed beside their goals; only a multiple of a goal fails, because a busy
//! machine is not a fault.

use std::time::{Duration, Instant};

use sanduan_protocol::local::rows::{BearerRow, LinkState};
use sanduan_tests::figures::{cpu_ticks, rss_kb};
use sanduan_tests::ground::{self, Ground, Host};
use sanduan_tests::lab::equal_pictures;
use sanduan_tests::round::{self, COMMAND_ROLES, DEPOT_ROLES, DEPOT_UNIT, FORWARD, Line};
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Config, Lab, Machine, Outcome, Trouble, journey, modems, seconds, wait_for};

/// Goals: the median link forms; every link heals after its ground is whole again.
const FORM_GOAL: Duration = Duration::from_secs(3);
const HEAL_GOAL: Duration = Duration::from_secs(10);
/// Goal for an idle link with discovery, both directions.
const IDLE_GOAL_BYTES: u64 = 1_000;
/// A busy machine may take so many times as long.
const SLACK: u32 = 4;
/// Port that machines listen on unless told otherwise.
const PORT: u16 = 7820;
const STEP_S: u64 = 90;
const SETTLE: Duration = Duration::from_secs(60);
const CUT: Duration = Duration::from_secs(30);

#[test]
fn three_hosts_in_a_line_find_each_other_and_the_ends_work_over_the_middle() {
    on_ground("the ad hoc network in a line", |lab| {
        let ground = Ground::new(lab.folder(), &["ab", "bc"])?;
        let mut ad_hoc = AdHoc::default();
        let a = ground.host(lab.folder(), "a", &[("ab", "10.1.0.1/24")])?;
        let b = ground.host(lab.folder(), "b", &[("ab", "10.1.0.2/24"), ("bc", "10.2.0.2/24")])?;
        let c = ground.host(lab.folder(), "c", &[("bc", "10.2.0.3/24")])?;
        ad_hoc.found(lab, a, "")?;
        ad_hoc.join(lab, b, (FORWARD, COMMAND_ROLES), 1, "")?;
        ad_hoc.join(lab, c, (DEPOT_UNIT, DEPOT_ROLES), 1, "")?;
        linked(&ad_hoc.machines[1], 2)?;
        ad_hoc.tell_median("three in a line")?;
        let [centre, forward, depot] = ad_hoc.take()?;
        Line { centre, forward, depot, step_s: STEP_S }.round()
    });
}

#[test]
fn four_hosts_in_a_line_carry_an_order_to_the_end_and_its_answer_back() {
    on_ground("four hosts in a line", |lab| {
        let ground = Ground::new(lab.folder(), &["ab", "bc", "cd"])?;
        let mut ad_hoc = AdHoc::default();
        let a = ground.host(lab.folder(), "a", &[("ab", "10.1.0.1/24")])?;
        let b = ground.host(lab.folder(), "b", &[("ab", "10.1.0.2/24"), ("bc", "10.2.0.2/24")])?;
        let c = ground.host(lab.folder(), "c", &[("bc", "10.2.0.3/24"), ("cd", "10.3.0.3/24")])?;
        let d = ground.host(lab.folder(), "d", &[("cd", "10.3.0.4/24")])?;
        ad_hoc.found(lab, a, "")?;
        ad_hoc.join(lab, b, (FORWARD, COMMAND_ROLES), 1, "")?;
        ad_hoc.join(lab, c, ("石蟆镇库", DEPOT_ROLES), 1, "")?;
        ad_hoc.join(lab, d, (DEPOT_UNIT, DEPOT_ROLES), 1, "")?;
        ad_hoc.tell_median("four in a line")?;
        let [centre, forward, _between, depot] = ad_hoc.take()?;
        Line { centre, forward, depot, step_s: STEP_S }.order()
    });
}

#[test]
fn a_link_that_was_cut_heals_by_itself_and_what_was_written_meanwhile_crosses() {
    on_ground("an ad hoc network that is cut", |lab| {
        let ground = Ground::new(lab.folder(), &["ab", "bc"])?;
        let mut ad_hoc = AdHoc::default();
        let a = ground.host(lab.folder(), "a", &[("ab", "10.1.0.1/24")])?;
        let b = ground.host(lab.folder(), "b", &[("ab", "10.1.0.2/24"), ("bc", "10.2.0.2/24")])?;
        let c = ground.host(lab.folder(), "c", &[("bc", "10.2.0.3/24")])?;
        ad_hoc.found(lab, a, "")?;
        ad_hoc.join(lab, b, (FORWARD, COMMAND_ROLES), 1, "")?;
        ad_hoc.join(lab, c, (DEPOT_UNIT, DEPOT_ROLES), 1, "")?;
        let [centre, forward, depot] = &ad_hoc.machines[..] else { return Err(miscount()) };
        linked(forward, 2)?;
        equal_pictures(&[centre, forward, depot], STEP_S)?;
        // One interface goes down; the other host only moves out of range, and sees nothing.
        ad_hoc.hosts[0].set("ab", false)?;
        ground.cut(&ad_hoc.hosts[2], "bc")?;
        let cut = Instant::now();
        let order = ["order", "send", "--to", DEPOT_UNIT, "--class", "flash", "--text", "报油料"];
        let id = centre.cli_saved(&order)?;
        let own = round::depot_of(depot, DEPOT_UNIT)?;
        depot.cli(&["stock", "receive", "--depot", &own, "--line", "R022=200"])?;
        for end in [centre, depot] {
            wait_for("the loss to be noticed", seconds(STEP_S), || {
                let rows = end.bearers()?;
                let said = rows.iter().any(|row| {
                    row.state == LinkState::Down && row.error.as_ref().is_some_and(|e| e.len() > 9)
                });
                ensure(said, || format!("{}: {rows:?}", end.name()))
            })?;
        }
        std::thread::sleep(CUT.saturating_sub(cut.elapsed()));
        ensure(forward.order(&id).is_err(), || "the order crossed a cut".to_owned())?;
        ad_hoc.hosts[0].set("ab", true)?;
        ground.heal(&ad_hoc.hosts[2], "bc")?;
        let healed = Instant::now();
        let (mut first, mut second) = (None, None);
        wait_for("both links to heal", seconds(60), || {
            for (end, took) in [(centre, &mut first), (depot, &mut second)] {
                if took.is_none() && up(&end.bearers()?) == 1 {
                    *took = Some(healed.elapsed());
                }
            }
            ensure(first.is_some() && second.is_some(), || format!("{first:?} {second:?}"))
        })?;
        equal_pictures(&[centre, forward, depot], STEP_S)?;
        say(&format!("pictures equal {:.1} s after a cut of 30 s", healed.elapsed().as_secs_f32()));
        depot.order(&id)?;
        told("heals after its interface was down", first.unwrap_or_default(), HEAL_GOAL)?;
        told("heals after it was out of range", second.unwrap_or_default(), HEAL_GOAL)
    });
}

#[test]
fn three_hosts_in_earshot_keep_one_connection_a_pair_and_cost_little_when_idle() {
    on_ground("three hosts in earshot", |lab| {
        let ground = Ground::new(lab.folder(), &["air"])?;
        let mut ad_hoc = AdHoc::default();
        let units = [(FORWARD, COMMAND_ROLES), (DEPOT_UNIT, DEPOT_ROLES)];
        ad_hoc.found(lab, ground.host(lab.folder(), "a", &[("air", "10.1.0.1/24")])?, "")?;
        for (at, unit) in units.into_iter().enumerate() {
            let address = format!("10.1.0.{}/24", at + 2);
            let host = ground.host(lab.folder(), ["b", "c"][at], &[("air", &address)])?;
            ad_hoc.join(lab, host, unit, at + 1, "")?;
        }
        ad_hoc.tell_median("three in earshot")?;
        let all: Vec<&Machine> = ad_hoc.machines.iter().collect();
        equal_pictures(&all, STEP_S)?;
        // Beacons that follow news grow rarer for some minutes; most of them are over by now.
        std::thread::sleep(SETTLE);
        let frames = ad_hoc.frames()?;
        let (bytes, ticks) = ad_hoc.watch(seconds(60), "air")?;
        let (a_link, frames) = (bytes / 3, ad_hoc.frames()? - frames);
        say(&format!(
            "idle: {a_link} B a link and minute, with {frames} frames (goal {IDLE_GOAL_BYTES} B)"
        ));
        for (host, machine) in ad_hoc.hosts.iter().zip(&all) {
            let count = host.connections(PORT)?;
            ensure(count == 2, || format!("{}: {count} connections", machine.name()))?;
            linked(machine, 2)?;
            let pid = machine.pid().ok_or_else(miscount)?;
            say(&format!(
                "{}: {:.1} MB (goal 32 MB)",
                machine.name(),
                rss_kb(pid)? as f64 / 1024.0
            ));
        }
        say(&format!("processor of one idle daemon: {:.2} % of a core", ticks / 60.0));
        ensure(a_link <= IDLE_GOAL_BYTES * u64::from(SLACK), || format!("{a_link} B when idle"))
    });
}

#[test]
fn quiet_hosts_meet_at_the_addresses_they_are_told_and_say_nothing_when_idle() {
    on_ground("quiet hosts", |lab| {
        let ground = Ground::new(lab.folder(), &["air"])?;
        let mut ad_hoc = AdHoc::default();
        // The same table on both machines: each finds itself in it, and leaves itself alone.
        let keys = "quiet = true\nbeacon_max_s = 86400\n\
                    peers = [\"10.1.0.1:7820\", \"/ip4/10.1.0.2/tcp/7820\"]";
        ad_hoc.found(lab, ground.host(lab.folder(), "a", &[("air", "10.1.0.1/24")])?, keys)?;
        let host = ground.host(lab.folder(), "b", &[("air", "10.1.0.2/24")])?;
        ad_hoc.join(lab, host, (FORWARD, COMMAND_ROLES), 1, keys)?;
        ad_hoc.tell_median("two that were told")?;
        let all: Vec<&Machine> = ad_hoc.machines.iter().collect();
        equal_pictures(&all, STEP_S)?;
        // Beacons grow rarer and rarer; between two of them there is nothing at all.
        wait_for("ten seconds of silence", seconds(120), || {
            let (bytes, _) = ad_hoc.watch(seconds(10), "air")?;
            ensure(bytes == 0, || format!("{bytes} B in ten seconds"))
        })?;
        ensure(ad_hoc.hosts[0].connections(PORT)? == 1, || "not one connection".to_owned())
    });
}

/// Machines on their hosts, and how long each new link took to form.
#[derive(Default)]
struct AdHoc {
    // The machines end before the ground they stand on.
    machines: Vec<Machine>,
    hosts: Vec<Host>,
    formed: Vec<Duration>,
}

impl AdHoc {
    fn found(&mut self, lab: &Lab, host: Host, keys: &str) -> Outcome {
        let machine = lab.found("a")?;
        self.start(machine, host, 0, keys)
    }

    fn join(
        &mut self,
        lab: &Lab,
        host: Host,
        unit: (&str, &[&str]),
        links: usize,
        keys: &str,
    ) -> Outcome {
        let name = ["a", "b", "c", "d"][self.machines.len()];
        let machine = lab.join(&self.machines[0], name, unit.0, unit.1)?;
        self.start(machine, host, links, keys)?;
        round::preload(&self.machines[0], &[&self.machines[self.machines.len() - 1]])
    }

    /// Starts a machine and waits for so many links to those before it.
    fn start(&mut self, machine: Machine, host: Host, links: usize, keys: &str) -> Outcome {
        let mut machine = machine;
        machine.start_by(host.enter());
        machine.configure(&Config::new(machine.name()).lan(keys))?;
        machine.start()?;
        let ready = Instant::now();
        for count in 1..=links {
            linked(&machine, count)?;
            self.formed.push(ready.elapsed());
        }
        self.hosts.push(host);
        self.machines.push(machine);
        Ok(())
    }

    fn tell_median(&mut self, what: &str) -> Outcome {
        self.formed.sort_unstable();
        let times: Vec<String> =
            self.formed.iter().map(|took| format!("{:.2}", took.as_secs_f32())).collect();
        say(&format!("{what}, each link formed after s: {}", times.join(", ")));
        let median = self.formed.get(self.formed.len() / 2).copied();
        told(&format!("{what}, median to form"), median.ok_or_else(miscount)?, FORM_GOAL)
    }

    /// Watches everybody doing nothing: bytes on the segment, and clock ticks of one daemon.
    fn watch(&self, during: Duration, segment: &str) -> Outcome<(u64, f64)> {
        let pid = self.machines[0].pid().ok_or_else(miscount)?;
        let sent =
            || -> Outcome<u64> { self.hosts.iter().map(|host| Ok(host.bytes(segment)?.0)).sum() };
        let (bytes, ticks) = (sent()?, cpu_ticks(pid)?);
        std::thread::sleep(during);
        Ok((sent()? - bytes, cpu_ticks(pid)? - ticks))
    }

    /// Frames that all have sent so far.
    fn frames(&self) -> Outcome<u64> {
        let sent = |machine: &Machine| -> Outcome<u64> {
            Ok(machine.bearers()?.iter().map(|row| row.sent_frames).sum())
        };
        self.machines.iter().map(sent).sum()
    }

    fn take<const N: usize>(&mut self) -> Outcome<[Machine; N]> {
        std::mem::take(&mut self.machines).try_into().map_err(|_| miscount())
    }
}

fn on_ground(what: &str, steps: impl FnOnce(&mut Lab) -> Outcome) {
    journey(|lab| if modems::can_run(what, ground::missing())? { steps(lab) } else { Ok(()) });
}

/// Waits until at least so many links of a machine carry frames.
fn linked(machine: &Machine, count: usize) -> Outcome {
    wait_for(&format!("{count} links of {}", machine.name()), seconds(60), || {
        let rows = machine.bearers()?;
        ensure(up(&rows) >= count, || format!("{rows:?}"))
    })
}

fn up(rows: &[BearerRow]) -> usize {
    rows.iter().filter(|row| row.state == LinkState::Up).count()
}

fn miscount() -> Trouble {
    Trouble::new("not as many machines as were started")
}

#[allow(clippy::print_stderr, reason = "a figure is shown where the person looks")]
fn say(what: &str) {
    eprintln!("LAN: {what}");
}

/// Prints a time beside its goal; a multiple of the goal is a fault.
fn told(what: &str, took: Duration, goal: Duration) -> Outcome {
    say(&format!("{what}: {:.2} s (goal {} s)", took.as_secs_f32(), goal.as_secs()));
    ensure(took <= goal * SLACK, || format!("{what}: {took:?}, goal {goal:?}"))
}
