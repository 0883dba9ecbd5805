//! Waiting with a deadline. Nothing in the lab sleeps and hopes: it asks until the answer is
//! right, and says what was still wrong when the time was up.

use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::trouble::{Outcome, Trouble};

/// How often a question is put again.
const ASK_EVERY: Duration = Duration::from_millis(50);

/// So many seconds.
pub fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// Asks until the answer is there. An `Err` counts as "not yet": its words are shown if the time
/// runs out.
///
/// # Errors
/// When there is no answer `within` the time; the last reason is part of the words.
pub fn wait_for<T>(
    what: &str,
    within: Duration,
    mut ask: impl FnMut() -> Outcome<T>,
) -> Outcome<T> {
    let started = Instant::now();
    loop {
        match ask() {
            Ok(answer) => return Ok(answer),
            Err(reason) if started.elapsed() >= within => {
                let waited = within.as_secs();
                return Err(Trouble::new(format!("waited {waited} s for {what}: {reason}")));
            }
            Err(_) => sleep(ASK_EVERY),
        }
    }
}

/// Asserts that something stays true for a while.
///
/// # Errors
/// As soon as `check` fails.
pub fn stays(what: &str, during: Duration, mut check: impl FnMut() -> Outcome) -> Outcome {
    let started = Instant::now();
    while started.elapsed() < during {
        check().map_err(|reason| reason.during(what))?;
        sleep(ASK_EVERY);
    }
    Ok(())
}
