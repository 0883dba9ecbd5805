//! `sanduan-figures [SECONDS]`: measures the running programs and prints each figure beside its
//! goal. `cargo run -p sanduan-tests --bin sanduan-figures`; the idle watch takes a minute unless
//! told otherwise. Add `--release` for figures that count.

use std::process::ExitCode;
use std::time::Duration;

use sanduan_tests::{Lab, figures};

#[allow(clippy::print_stdout, clippy::print_stderr, reason = "printing is what it is for")]
fn main() -> ExitCode {
    let watch_s = std::env::args().nth(1).and_then(|arg| arg.parse().ok()).unwrap_or(60);
    let measured = Lab::new().and_then(|lab| {
        figures::measure(&lab, Duration::from_secs(watch_s))
            .map_err(|trouble| trouble.during(&lab.logs()))
    });
    match measured {
        Ok(figures) => {
            for figure in figures {
                println!("{:<44} {:<22} goal {}", figure.what, figure.found, figure.goal);
            }
            ExitCode::SUCCESS
        }
        Err(trouble) => {
            eprintln!("{trouble}");
            ExitCode::FAILURE
        }
    }
}
