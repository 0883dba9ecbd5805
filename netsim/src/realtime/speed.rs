//! How long it takes to write and read one long text, for `sanduan-sim bench text`. Sizes are
//! measured in [`crate::bench`], where there is no clock.

use std::time::{Duration, Instant};

use sanduan_protocol::wire::text::{Model, decode, encode};

/// Times that the work is done; the best counts, because the machine does other things too.
const RUNS: usize = 21;

/// One line about this text: the time to write and to read it, and the model's size.
pub fn text_speed(text: &str) -> String {
    let building = Instant::now();
    let model = Model::standard();
    let building = building.elapsed();
    let bytes = encode(text, model);
    let writing = best(|| drop(encode(text, model)));
    let reading = best(|| drop(decode(&bytes, model, text.len())));
    format!(
        "{} chars: write {writing:.2?}, read {reading:.2?}; model: {building:.1?} once, {} kB",
        text.chars().count(),
        model.bytes() / 1000
    )
}

fn best(work: impl Fn()) -> Duration {
    let run = |_| {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    (0..RUNS).map(run).min().unwrap_or_default()
}
