//! Every bearer alone carries the same things between two real daemons, and of every pair the
//! rest arrives by the other when one is cut in the middle. The daemons run through all of it: the
//! bearers change by reading the configuration again. Both tables are printed.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::thread;
use std::time::Instant;

use sanduan_protocol::local::rows::OrderState;
use sanduan_tests::means::{EVERY, Means, Way};
use sanduan_tests::round::{self, DEPOT_ROLES, DEPOT_UNIT, ITEM};
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Config, Lab, Machine, Outcome, Trouble, seconds, wait_for};

/// The slowest bearer gives one frame of 77 bytes a second, and the machine may be busy.
const STEP_S: u64 = 240;
/// Pairs of daemons that go through the table side by side: they mostly wait for slots.
const SIDE_BY_SIDE: usize = 4;

/// Two daemons whose bearers change.
struct Pair {
    lab: Lab,
    centre: Machine,
    depot: Machine,
    /// Code of the depot that the second one keeps.
    own: String,
    /// Rounds so far: each is told apart by it.
    round: u32,
}

/// What one machine wrote in a round, to be seen by the other.
struct Sent {
    order: String,
    text: String,
    lat_e7: i32,
    on_hand: i64,
}

/// One row of a table.
struct Line {
    name: String,
    seconds: f64,
    bytes: u64,
}

impl Pair {
    fn new() -> Outcome<Pair> {
        let lab = Lab::new()?;
        let mut centre = lab.found("centre")?;
        centre.configure(&Config::new("值班员"))?;
        centre.start()?;
        let mut depot = lab.join(&centre, "depot", DEPOT_UNIT, DEPOT_ROLES)?;
        depot.configure(&Config::new("保管员"))?;
        depot.start()?;
        round::preload(&centre, &[&depot])?;
        let own = round::depot_of(&depot, DEPOT_UNIT)?;
        Ok(Pair { lab, centre, depot, own, round: 0 })
    }

    /// Lets the machines have exactly these ways between them.
    fn take(&self, ways: &[&Way]) -> Outcome {
        for (end, machine) in [&self.centre, &self.depot].into_iter().enumerate() {
            let config =
                ways.iter().fold(Config::new("值班员"), |c, way| c.table(&way.tables[end]));
            machine.configure(&config)?;
            machine.cli(&["bearers", "reload"])?;
        }
        Ok(())
    }

    fn way(&mut self, means: &Means) -> Outcome<Way> {
        self.round += 1;
        means.way(&self.lab.path(&format!("way-{}", self.round)))
    }

    /// An order from the centre; a fix and a movement at the depot.
    fn send(&mut self) -> Outcome<Sent> {
        self.round += 1;
        let text = format!("第{}批救生衣装车待命", self.round);
        let lat_e7 = 290_000_000 + self.round as i32 * 100_000;
        let lat = format!("{}.{:07}", lat_e7 / 10_000_000, lat_e7 % 10_000_000);
        let before = self.depot.stock_of(&self.own, ITEM).map_or(0, |row| row.on_hand.0);
        let words = ["order", "send", "--to", DEPOT_UNIT, "--class", "immediate", "--text", &text];
        let order = self.centre.cli_saved(&words)?;
        let line = format!("{ITEM}=3");
        self.depot.cli(&["stock", "receive", "--depot", &self.own, "--line", &line])?;
        self.depot.cli(&["position", "report", "--lat", &lat, "--lon", "106.2"])?;
        Ok(Sent { order, text, lat_e7, on_hand: before + 3_000 })
    }

    /// All of it is seen at the other side, the order answered and the answer known.
    fn arrives(&self, sent: &Sent) -> Outcome {
        wait_for("the order at the depot, verified", seconds(STEP_S), || {
            let row = self.depot.order(&sent.order)?.order;
            let whole = row.text == sent.text && row.state != OrderState::Provisional;
            ensure(whole, || format!("{row:?} {}", self.links()))
        })?;
        self.depot.cli(&["receipt", &sent.order, "acknowledged", "--person", "保管员"])?;
        wait_for("receipt, fix and movement at the centre", seconds(STEP_S), || {
            let row = self.centre.order(&sent.order)?.order;
            ensure(row.acknowledged == 1, || format!("{row:?} {}", self.links()))?;
            let rows = self.centre.positions()?;
            let near = |lat_e7: i32| (lat_e7 - sent.lat_e7).abs() <= 1_000;
            let seen = rows.iter().any(|row| row.name == DEPOT_UNIT && near(row.point.lat_e7));
            ensure(seen, || format!("{rows:?}"))?;
            let row = self.centre.stock_of(&self.own, ITEM)?;
            ensure(row.on_hand.0 == sent.on_hand, || format!("{row:?} {}", self.links()))
        })
    }

    /// Bytes that passed on both sides since the bearers were taken, those of the files that lie on
    /// a stick among them.
    fn bytes(&self) -> Outcome<u64> {
        let mut bytes = 0;
        for way in std::fs::read_dir(self.lab.folder())?.flatten() {
            let files = std::fs::read_dir(way.path().join("stick")).into_iter().flatten().flatten();
            bytes +=
                files.filter_map(|file| file.metadata().ok()).map(|file| file.len()).sum::<u64>();
        }
        for machine in [&self.centre, &self.depot] {
            bytes += machine.bearers()?.iter().map(|row| row.sent_bytes).sum::<u64>();
        }
        Ok(bytes)
    }

    fn links(&self) -> String {
        let rows = [&self.centre, &self.depot].map(Machine::bearers);
        format!("{rows:?}")
    }

    /// One bearer alone.
    fn alone(&mut self, means: &Means) -> Outcome<Line> {
        let way = self.way(means)?;
        self.take(&[&way])?;
        let began = Instant::now();
        let sent = self.send()?;
        self.arrives(&sent)?;
        let (seconds, bytes) = (began.elapsed().as_secs_f64(), self.bytes()?);
        Ok(Line { name: means.kind.to_owned(), seconds, bytes })
    }

    /// Two bearers; the first is cut when it has begun to carry.
    fn cut(&mut self, first: &Means, second: &Means) -> Outcome<Line> {
        let ways = (self.way(first)?, self.way(second)?);
        self.take(&[&ways.0, &ways.1])?;
        let early = self.send()?;
        wait_for("the first to carry something", seconds(STEP_S), || self.has_carried(first))?;
        drop(ways.0);
        let began = Instant::now();
        let late = self.send()?;
        self.arrives(&Sent { on_hand: late.on_hand, lat_e7: late.lat_e7, ..early })?;
        self.arrives(&late)?;
        let (seconds, bytes) = (began.elapsed().as_secs_f64(), self.bytes()?);
        Ok(Line { name: format!("{} ✂ {}", first.kind, second.kind), seconds, bytes })
    }

    fn has_carried(&self, means: &Means) -> Outcome {
        if means.kind == "carry" {
            let stick = self.lab.path(&format!("way-{}", self.round - 2)).join("stick");
            let files = std::fs::read_dir(stick)?.count();
            return ensure(files > 0, || "nothing on the stick".to_owned());
        }
        let rows = self.centre.bearers()?;
        let row = rows.iter().find(|row| row.name == means.kind);
        ensure(row.is_some_and(|row| row.sent_frames > 0), || format!("{rows:?}"))
    }
}

/// Does every job, a few pairs of daemons side by side; gives the rows in order, or every trouble.
fn table<J: Send>(jobs: Vec<J>, run: impl Fn(&mut Pair, &J) -> Outcome<Line> + Sync) -> Vec<Line> {
    let jobs: Mutex<VecDeque<(usize, J)>> = Mutex::new(jobs.into_iter().enumerate().collect());
    let (rows, troubles) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..SIDE_BY_SIDE {
            scope.spawn(|| {
                let mut pair = None;
                loop {
                    let next = jobs.lock().expect("no panic").pop_front();
                    let Some((place, job)) = next else { return };
                    match with_pair(&mut pair, |pair| run(pair, &job)) {
                        Ok(row) => rows.lock().expect("no panic").push((place, row)),
                        Err(trouble) => troubles.lock().expect("no panic").push(trouble),
                    }
                }
            });
        }
    });
    let troubles = troubles.into_inner().expect("no panic");
    assert!(troubles.is_empty(), "{troubles:#?}");
    let mut rows = rows.into_inner().expect("no panic");
    rows.sort_by_key(|(place, _)| *place);
    rows.into_iter().map(|(_, row)| row).collect()
}

fn with_pair(
    pair: &mut Option<Pair>,
    run: impl FnOnce(&mut Pair) -> Outcome<Line>,
) -> Outcome<Line> {
    if pair.is_none() {
        *pair = Some(Pair::new()?);
    }
    let Some(ready) = pair else { return Err(Trouble::new("no daemons")) };
    let outcome = run(ready).map_err(|trouble| trouble.during(&ready.lab.logs()));
    if outcome.is_err() {
        // What was left behind must not spoil the next row.
        *pair = None;
    }
    outcome
}

#[allow(clippy::print_stdout, reason = "the table is what a person reviews")]
fn print(title: &str, rows: &[Line]) {
    println!("\n{title}\n  {:<28} {:>9} {:>9}", "bearer", "seconds", "bytes");
    for Line { name, seconds, bytes } in rows {
        println!("  {name:<28} {seconds:>9.1} {bytes:>9}");
    }
}

#[test]
fn every_bearer_alone_carries_order_receipt_fix_and_movement() {
    let rows = table(EVERY.iter().collect(), |pair, means| pair.alone(means));
    print("Alone: order, receipt, fix, movement", &rows);
    assert_eq!(rows.len(), EVERY.len());
}

#[test]
fn of_every_pair_the_rest_arrives_by_the_other_when_one_is_cut() {
    let mut jobs = Vec::new();
    for (place, first) in EVERY.iter().enumerate() {
        jobs.extend(EVERY[place + 1..].iter().map(|second| (first, second)));
    }
    // The slowest begin first, so that they do not end alone.
    jobs.reverse();
    let count = jobs.len();
    let rows = table(jobs, |pair, (first, second)| pair.cut(first, second));
    print("Cut while the first carries; the rest by the second", &rows);
    assert_eq!(rows.len(), count);
}
