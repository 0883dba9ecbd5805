//! Figures of the running programs: bytes on the air for what people do, and what an idle daemon
//! costs. They are printed beside their goals, never asserted: a busy machine is not a fault.

use std::time::{Duration, Instant};

use sanduan_protocol::local::rows::{BearerRow, PeerRow};
use serde_json::{Value, json};

use crate::air::Air;
use crate::config::Config;
use crate::lab::{Lab, equal_pictures};
use crate::machine::{Machine, Saved};
use crate::round::{self, DEPOT_ROLES, DEPOT_UNIT};
use crate::trouble::{Outcome, Trouble, ensure};
use crate::wait::{seconds, wait_for};

const RATE_BIT_S: u32 = 9600;
/// Sixty bytes of Chinese text, as the goals have it.
const TEXT_60_BYTES: &str = "即赴白沙镇滨江路接应被困二十人到即报位置";
const RECORDS_AFTER_CUT: u32 = 200;
/// Clock ticks a second in /proc (proc(5), sysconf(_SC_CLK_TCK)); 100 on every Linux we run on.
const TICKS_PER_S: f64 = 100.0;

/// One figure and its goal.
#[derive(Clone, Debug)]
pub struct Figure {
    /// What was measured.
    pub what: String,
    /// What was found, with its unit.
    pub found: String,
    /// What it should be.
    pub goal: String,
}

impl Figure {
    fn new(what: &str, found: impl std::fmt::Display, goal: &str) -> Figure {
        Figure { what: what.into(), found: found.to_string(), goal: goal.into() }
    }
}

/// Two machines on one lossless radio.
struct Pair {
    centre: Machine,
    depot: Machine,
    air: Air,
}

impl Pair {
    fn start(lab: &Lab) -> Outcome<Pair> {
        let air = Air::start(lab.folder(), 2, RATE_BIT_S, 0.0, "")?;
        let mut centre = lab.found("centre")?;
        centre.configure(&Config::new("值班员").kiss_tcp(air.port(0), RATE_BIT_S))?;
        centre.start()?;
        let mut depot = lab.join(&centre, "depot", DEPOT_UNIT, DEPOT_ROLES)?;
        depot.configure(&Config::new("保管员").kiss_tcp(air.port(1), RATE_BIT_S))?;
        depot.start()?;
        round::preload(&centre, &[&depot])?;
        let pair = Pair { centre, depot, air };
        pair.in_step()?;
        Ok(pair)
    }

    fn machines(&self) -> [&Machine; 2] {
        [&self.centre, &self.depot]
    }

    /// Waits until each knows that the other holds the same.
    fn in_step(&self) -> Outcome {
        equal_pictures(&self.machines(), 120)?;
        for machine in self.machines() {
            wait_for("both to be in step", seconds(60), || {
                let mut answer: Value = machine.http().get("/v1/peers")?;
                let peers: Vec<PeerRow> = serde_json::from_value(answer["peers"].take())?;
                let known = peers.iter().any(|peer| peer.in_step);
                ensure(known, || format!("{peers:?}"))
            })?;
        }
        self.quiet()
    }

    fn quiet(&self) -> Outcome {
        quiet(&self.machines())
    }

    fn bytes(&self) -> Outcome<u64> {
        sent_bytes(&self.machines())
    }

    fn order(&self) -> Outcome<Figure> {
        let before = self.bytes()?;
        let wish = json!({ "to": DEPOT_UNIT, "class": "flash", "text": TEXT_60_BYTES });
        let saved: Saved = self.centre.http().post("/v1/orders", &wish)?;
        let id = saved.id.ok_or_else(|| Trouble::new("the order has no number"))?;
        wait_for("its delivery", seconds(60), || {
            let row = self.centre.order(&id)?.order;
            ensure(row.delivered == 1, || format!("{row:?}"))
        })?;
        self.quiet()?;
        let bytes = self.bytes()? - before;
        Ok(Figure::new("one order of 60 bytes, both ways", format!("{bytes} B"), "≤ 220 B"))
    }

    fn meeting(&mut self) -> Outcome<Figure> {
        self.air.say("cut A-B")?;
        self.depot.stop()?;
        self.air.say("heal A-B")?;
        let before = sent_bytes(&[&self.centre])?;
        self.depot.start()?;
        self.in_step()?;
        // The depot's own count began again with its start.
        let bytes = self.bytes()? - before;
        Ok(Figure::new("equal stores meeting", format!("{bytes} B"), "≤ 40 B"))
    }

    fn after_cut(&mut self) -> Outcome<Figure> {
        self.air.say("cut A-B")?;
        let lines = [json!({ "item": round::ITEM, "quantity": "1" })];
        for _ in 0..RECORDS_AFTER_CUT {
            let wish = json!({
                "kind": "receive", "depot": round::DISTRICT_DEPOT, "lines": lines,
                "note": &TEXT_60_BYTES[..36],
            });
            let _: Saved = self.centre.http().post("/v1/stock/movements", &wish)?;
        }
        let before = self.bytes()?;
        self.air.say("heal A-B")?;
        let began = Instant::now();
        self.in_step()?;
        let bytes = self.bytes()? - before;
        let found = format!("{bytes} B, {:.0} s", began.elapsed().as_secs_f32());
        Ok(Figure::new("200 records of about 60 bytes after a cut", found, "≤ 24 kB"))
    }

    fn idle(&self, watch: Duration) -> Outcome<Vec<Figure>> {
        let pid = self.centre.pid().ok_or_else(|| Trouble::new("the centre does not run"))?;
        let (cpu, bytes) = (cpu_ticks(pid)?, self.bytes()?);
        std::thread::sleep(watch);
        let used = (cpu_ticks(pid)? - cpu) / TICKS_PER_S / watch.as_secs_f64() * 100.0;
        let per_minute = (self.bytes()? - bytes) as f64 * 60.0 / watch.as_secs_f64();
        let resident = rss_kb(pid)? as f64 / 1024.0;
        Ok(vec![
            Figure::new("idle daemon, memory", format!("{resident:.1} MB"), "≤ 32 MB"),
            Figure::new("idle daemon, processor", format!("{used:.2} % of a core"), "≤ 0.1 %"),
            Figure::new(
                "quiet radio, two stations",
                format!("{per_minute:.0} B a minute"),
                "one beacon a minute each at most",
            ),
        ])
    }
}

/// One order to three depots on one channel: how often the centre had to send.
fn three_hearers(lab: &Lab) -> Outcome<Figure> {
    let air = Air::start(lab.folder(), 4, RATE_BIT_S, 0.0, "")?;
    let mut centre = lab.found("desk")?;
    centre.configure(&Config::new("值班员").kiss_tcp(air.port(0), RATE_BIT_S))?;
    centre.start()?;
    let units = [DEPOT_UNIT, "石蟆镇库", "油溪镇库"];
    let mut depots = Vec::new();
    for (at, unit) in units.iter().enumerate() {
        let depot = lab.join(&centre, &format!("store{at}"), unit, DEPOT_ROLES)?;
        depot.configure(&Config::new("保管员").kiss_tcp(air.port(at + 1), RATE_BIT_S))?;
        depots.push(depot);
    }
    for depot in &mut depots {
        depot.start()?;
        round::preload(&centre, &[depot])?;
    }
    let everyone: Vec<&Machine> = std::iter::once(&centre).chain(&depots).collect();
    equal_pictures(&everyone, 120)?;
    quiet(&everyone)?;
    let (frames, bytes) = (sent_frames(&centre)?, sent_bytes(&everyone)?);
    let wish = json!({ "to": units.join(","), "class": "flash", "text": TEXT_60_BYTES });
    let saved: Saved = centre.http().post("/v1/orders", &wish)?;
    let id = saved.id.ok_or_else(|| Trouble::new("the order has no number"))?;
    wait_for("three deliveries", seconds(60), || {
        let row = centre.order(&id)?.order;
        ensure(row.delivered == 3, || format!("{row:?}"))
    })?;
    quiet(&everyone)?;
    let frames = sent_frames(&centre)? - frames;
    let bytes = sent_bytes(&everyone)? - bytes;
    let found = format!("{frames} frames, {bytes} B in all");
    Ok(Figure::new("the same order to three hearers", found, "1 frame from the sender"))
}

fn rows(machine: &Machine) -> Outcome<Vec<BearerRow>> {
    let mut answer: Value = machine.http().get("/v1/bearers")?;
    serde_json::from_value(answer["bearers"].take()).map_err(Trouble::from)
}

fn sent_frames(machine: &Machine) -> Outcome<u64> {
    Ok(rows(machine)?.iter().map(|row| row.sent_frames).sum())
}

/// Bytes that all have sent so far, all framing counted.
fn sent_bytes(machines: &[&Machine]) -> Outcome<u64> {
    let mut sum = 0;
    for machine in machines {
        sum += rows(machine)?.iter().map(|row| row.sent_bytes).sum::<u64>();
    }
    Ok(sum)
}

/// Waits until nothing has been sent for three seconds.
fn quiet(machines: &[&Machine]) -> Outcome {
    let (mut last, mut since) = (sent_bytes(machines)?, Instant::now());
    wait_for("the radio to be quiet", seconds(60), || {
        let now = sent_bytes(machines)?;
        if now != last {
            (last, since) = (now, Instant::now());
        }
        let calm = since.elapsed() > Duration::from_secs(3);
        ensure(calm, || "someone still sends".to_owned())
    })
}

/// Clock ticks that a process has used; 100 a second.
///
/// # Errors
/// When it does not run.
pub fn cpu_ticks(pid: u32) -> Outcome<f64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // Fields after the name in brackets; utime and stime are fields 14 and 15 (proc(5)).
    let after = text.rsplit(") ").next().unwrap_or_default();
    let fields: Vec<f64> = after.split(' ').map(|word| word.parse().unwrap_or(0.0)).collect();
    match fields.get(11..13) {
        Some(times) => Ok(times.iter().sum()),
        None => Err(Trouble::new("no times in /proc")),
    }
}

/// Memory of a process that is in use now, in kB.
///
/// # Errors
/// When it does not run.
pub fn rss_kb(pid: u32) -> Outcome<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.ok_or_else(|| Trouble::new("no VmRSS in /proc"))
}

/// Measures everything; `watch` is how long the idle daemons are watched.
///
/// # Errors
/// When a step does not come true at all.
pub fn measure(lab: &Lab, watch: Duration) -> Outcome<Vec<Figure>> {
    let mut pair = Pair::start(lab)?;
    let mut figures = vec![pair.order()?, pair.meeting()?, pair.after_cut()?];
    figures.extend(pair.idle(watch)?);
    drop(pair);
    figures.insert(1, three_hearers(lab)?);
    Ok(figures)
}
