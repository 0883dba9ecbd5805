//! Many seeds, side by side on a few threads, each alone in its own world. Every hundredth seed is
//! told twice and must come to the same.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::swarm::{Bounds, History, Outcome, checker_of};

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
    /// The first words of what was broken, with how many seeds broke it.
    pub kinds: BTreeMap<String, u64>,
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
    /// How long it took, ms of a real clock.
    pub took_ms: u64,
}

impl Many {
    /// Tell them; `each` hears every outcome as it comes.
    pub fn tell(&self, each: &(dyn Fn(&Outcome) + Sync)) -> Summary {
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
                let outcome = self.tell_one(self.start + number);
                each(&outcome);
                if self.stop_at_first && !outcome.breaches.is_empty() {
                    stop.store(true, Ordering::Relaxed);
                }
                // A thread that panicked here would have told of it; its numbers still count.
                summary.lock().unwrap_or_else(|lock| lock.into_inner()).add(&outcome);
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..self.jobs.max(1) {
                scope.spawn(work);
            }
        });
        let mut summary = summary.into_inner().unwrap_or_else(|lock| lock.into_inner());
        summary.failed.sort_unstable();
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
        self.unknown_deliveries += outcome.calm.unknown_deliveries;
        self.agreed_s_max = self.agreed_s_max.max(outcome.calm.agreed_s.unwrap_or(0));
        if !outcome.breaches.is_empty() {
            self.failed.push(outcome.seed);
        }
        let kinds: std::collections::BTreeSet<&str> =
            outcome.breaches.iter().map(|what| checker_of(what)).collect();
        for kind in kinds {
            *self.kinds.entry(kind.to_owned()).or_default() += 1;
        }
    }
}
