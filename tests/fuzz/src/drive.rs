//! One target, many inputs: counts, times, and the first input that goes wrong. A panic is caught
//! and told with its words; memory is metered from the first byte that the reader asks for.

use std::cell::RefCell;
use std::fmt;
use std::panic::{self, AssertUnwindSafe};
use std::time::{Duration, Instant};

use crate::{HEAP, Target, mutate, network};

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It panicked: its words and place.
    Panic(String),
    /// It held so many bytes at once, and may hold so many.
    Memory {
        /// Held.
        bytes: usize,
        /// May hold.
        limit: usize,
    },
    /// It took so long, read a second time too.
    Time(Duration),
}

/// Longest time for one input, in the slowest build on a machine that has other work: what is
/// longer by itself is a loop that believes its input. The slowest inputs known take 100 ms.
const TIME_MAX: Duration = Duration::from_secs(10);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Panic(words) => write!(f, "panicked: {words}"),
            Fault::Memory { bytes, limit } => write!(f, "held {bytes} bytes, may hold {limit}"),
            Fault::Time(time) => write!(f, "took {} ms, and as long again", time.as_millis()),
        }
    }
}

/// What a run came to.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Inputs that were read.
    pub runs: u64,
    /// Inputs of which the reader understood something.
    pub understood: u64,
    /// Most bytes held at once for one input.
    pub bytes_most: usize,
    /// The input that took longest, by its number, and how long.
    pub slowest: (u64, Duration),
    /// The first input that went wrong, by its number.
    pub fault: Option<(u64, Vec<u8>, Fault)>,
}

thread_local! {
    static WORDS: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Keep the words of panics instead of printing them.
pub fn keep_words_of_panics() {
    panic::set_hook(Box::new(|info| {
        WORDS.with(|words| *words.borrow_mut() = info.to_string());
    }));
}

/// Read one input, metered; true if the reader understood something of it. Returns also the most
/// bytes that it held.
///
/// # Errors
/// It held more than it may.
pub fn metered(target: &Target, input: &[u8]) -> Result<(bool, usize), Fault> {
    network::warm();
    HEAP.reset_peak_usage();
    let before = HEAP.current_usage();
    let understood = (target.run)(input);
    let bytes = HEAP.peak_usage().saturating_sub(before);
    let limit = target.memory(input.len());
    if bytes > limit { Err(Fault::Memory { bytes, limit }) } else { Ok((understood, bytes)) }
}

/// The same, with a panic caught.
///
/// # Errors
/// It panicked, or held more than it may.
pub fn caught(target: &Target, input: &[u8]) -> Result<(bool, usize), Fault> {
    match panic::catch_unwind(AssertUnwindSafe(|| metered(target, input))) {
        Ok(done) => done,
        Err(_) => Err(Fault::Panic(WORDS.with(|words| words.borrow().clone()))),
    }
}

/// How long to go on.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The first input's number.
    pub from: u64,
    /// At most so many inputs.
    pub runs: u64,
    /// At most so long.
    pub time: Duration,
}

/// Inputs of one target, until one goes wrong or the bounds are reached.
pub fn drive(target: &Target, corpus: &[Vec<u8>], seed: u64, bounds: Bounds) -> Outcome {
    let mut outcome = Outcome::default();
    let begin = Instant::now();
    let mut last = begin;
    for index in bounds.from..bounds.from.saturating_add(bounds.runs) {
        let input = mutate::input(corpus, seed, target.name, index, target.bytes_max);
        let mut done = caught(target, &input);
        outcome.runs += 1;
        let mut now = Instant::now();
        let mut took = now - last;
        if took > outcome.slowest.1 {
            // It may only have waited for the processor: the quicker of two readings counts.
            let again = Instant::now();
            done = done.and_then(|_| caught(target, &input));
            now = Instant::now();
            took = took.min(now - again);
        }
        outcome.slowest = outcome.slowest.max_by_time((index, took));
        if took > TIME_MAX {
            done = done.and(Err(Fault::Time(took)));
        }
        last = now;
        match done {
            Ok((understood, bytes)) => {
                outcome.understood += u64::from(understood);
                outcome.bytes_most = outcome.bytes_most.max(bytes);
            }
            Err(fault) => {
                outcome.fault = Some((index, input, fault));
                return outcome;
            }
        }
        if now - begin >= bounds.time {
            return outcome;
        }
    }
    outcome
}

trait ByTime {
    fn max_by_time(self, other: Self) -> Self;
}

impl ByTime for (u64, Duration) {
    fn max_by_time(self, other: Self) -> Self {
        if other.1 > self.1 { other } else { self }
    }
}
