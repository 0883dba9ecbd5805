//! Many seeds, side by side on a few threads, each alone in its own world. Every hundredth seed is
//! told twice and must come to the same.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::swarm::{Bounds, History, Options, Outcome, Seen, checker_of};

/// Every seed of this many is told twice.
const TWICE_EVERY: u64 = 100;

/// Which seeds to tell, and how.
#[derive(Clone, Copy, Debug)]
pub struct Many {
    /// The first seed.
    pub start: u64,
    /// How many.
    pub seeds: u64,
    /// On how many threads.
    pub jobs: usize,
    /// No new seed is begun after this long.
    pub budget: Option<Duration>,
    /// Bounds of each.
    pub bounds: Bounds,
    /// Stop at the first seed that breaks a promise.
    pub stop_at_first: bool,
}

/// What they came to.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Summary {
    /// Seeds told.
    pub seeds: u64,
    /// Of these, told twice.
    pub twice: u64,
    /// Seeds that broke a promise, in order.
    pub failed: Vec<u64>,
    /// The checkers that failed, with the seeds that made them fail, in order.
    pub kinds: BTreeMap<String, Vec<u64>>,
    /// In how many seeds each family of faults was on.
    pub families: BTreeMap<String, u64>,
    /// Wishes that people were told are saved.
    pub confirmed: u64,
    /// Crashes.
    pub crashes: u64,
    /// Frames.
    pub frames: u64,
    /// Inputs of nodes.
    pub inputs: u64,
    /// Orders that arrived and whose issuers did not learn it.
    pub unknown_deliveries: u64,
    /// Slowest agreement of a core, s.
    pub agreed_s_max: u64,
    /// What befell them all, and how often they were judged.
    pub seen: Seen,
    /// How long it took, ms of a real clock.
    pub took_ms: u64,
}

impl Many {
    /// Tell them; `each` hears every outcome as it comes, and how long it took.
    pub fn tell(&self, each: &(dyn Fn(&Outcome, Duration) + Sync)) -> Summary {
        let begun = Instant::now();
        let (next, stop) = (AtomicU64::new(0), AtomicBool::new(false));
        let summary = Mutex::new(Summary::default());
        let work = || {
            while !stop.load(Ordering::Relaxed) {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let is_late = self.budget.is_some_and(|budget| begun.elapsed() > budget);
                if number >= self.seeds || is_late {
                    return;
                }
                let from = Instant::now();
                let outcome = self.tell_one(self.start + number);
                each(&outcome, from.elapsed());
                if self.stop_at_first && !outcome.breaches.is_empty() {
                    stop.store(true, Ordering::Relaxed);
                }
                // A thread that panicked here would have told of it; its numbers still count.
                let mut summary = summary.lock().unwrap_or_else(|lock| lock.into_inner());
                summary.add(&outcome);
                summary.count_families(&Options::draw(outcome.seed, &self.bounds));
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..self.jobs.max(1) {
                scope.spawn(work);
            }
        });
        let mut summary = summary.into_inner().unwrap_or_else(|lock| lock.into_inner());
        summary.failed.sort_unstable();
        summary.kinds.values_mut().for_each(|seeds| seeds.sort_unstable());
        summary.took_ms = begun.elapsed().as_millis() as u64;
        summary
    }

    fn tell_one(&self, seed: u64) -> Outcome {
        let mut outcome = History::tell(seed, &self.bounds);
        if seed.is_multiple_of(TWICE_EVERY) {
            let again = History::tell(seed, &self.bounds);
            if again != outcome {
                outcome.breaches.push("the same seed came to something else".to_owned());
            }
        }
        outcome
    }
}

impl Summary {
    fn add(&mut self, outcome: &Outcome) {
        self.seeds += 1;
        self.twice += u64::from(outcome.seed.is_multiple_of(TWICE_EVERY));
        self.confirmed += outcome.answers.confirmed;
        self.crashes += outcome.crashes;
        self.frames += outcome.frames;
        self.inputs += outcome.inputs;
        self.seen += &outcome.seen;
        self.unknown_deliveries += outcome.calm.unknown_deliveries;
        self.agreed_s_max = self.agreed_s_max.max(outcome.calm.agreed_s.unwrap_or(0));
        if !outcome.breaches.is_empty() {
            self.failed.push(outcome.seed);
        }
        let kinds: std::collections::BTreeSet<&str> =
            outcome.breaches.iter().map(|what| checker_of(what)).collect();
        for kind in kinds {
            self.kinds.entry(kind.to_owned()).or_default().push(outcome.seed);
        }
    }

    /// A family is on if its rate is drawn and is not nothing.
    pub(super) fn count_families(&mut self, options: &Options) {
        let mut on = Vec::new();
        families(&serde_json::to_value(options).unwrap_or_default(), &mut on);
        for family in on {
            *self.families.entry(family).or_default() += 1;
        }
    }
}

/// The names of what is on; what makes the world rather than harms it is left out.
fn families(options: &serde_json::Value, on: &mut Vec<String>) {
    const WORLD: [&str; 7] =
        ["seed", "crypto", "nodes", "minutes", "links", "enter_every_s", "crowd"];
    let fields = options.as_object().into_iter().flatten();
    for (name, value) in fields.filter(|(name, _)| !WORLD.contains(&name.as_str())) {
        match value {
            serde_json::Value::Object(_) => families(value, on),
            serde_json::Value::Null => {}
            serde_json::Value::Bool(is_on) if !is_on => {}
            serde_json::Value::Number(rate) if rate.as_f64() == Some(0.0) => {}
            serde_json::Value::Array(_)
            | serde_json::Value::String(_)
            | serde_json::Value::Bool(_)
            | serde_json::Value::Number(_) => on.push(name.clone()),
        }
    }
}
