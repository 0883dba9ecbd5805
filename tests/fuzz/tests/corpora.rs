//! Every check: each target has a corpus of which it understands something, and neither the corpus
//! nor what a seed makes of it in a second or so makes a reader panic or hold more than it may.

use std::time::Duration;

use sanduan_fuzz::drive::{self, Bounds};
use sanduan_fuzz::{TARGETS, corpus};

/// Inputs of each target, and how long they may take: the slowest target reads fewer.
const RUNS: u64 = 20_000;
const TIME: Duration = Duration::from_millis(600);

// One test: memory is metered for the whole process.
#[test]
fn no_reader_panics_or_believes_a_length() {
    drive::keep_words_of_panics();
    let mut wrong = Vec::new();
    for target in TARGETS {
        let files = corpus::load(target.name).expect("every target has a corpus");
        let mut understood = 0;
        for (file, bytes) in &files {
            match drive::caught(target, bytes) {
                Ok((read, _)) => understood += u32::from(read),
                Err(fault) => wrong.push(format!("{} {file}: {fault}", target.name)),
            }
        }
        if understood == 0 {
            wrong.push(format!("{}: nothing of its corpus is understood", target.name));
        }
        let inputs: Vec<Vec<u8>> = files.into_iter().map(|(_, bytes)| bytes).collect();
        let bounds = Bounds { from: 0, runs: RUNS, time: TIME };
        let outcome = drive::drive(target, &inputs, 1, bounds);
        if let Some((index, input, fault)) = outcome.fault {
            wrong.push(format!("{} seed 1 number {index}: {fault}\n{input:02x?}", target.name));
        }
    }
    let _ = std::panic::take_hook();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
