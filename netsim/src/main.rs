//! `sanduan-sim`: the simulator's command line. Reads the words, starts the work, names errors.

mod args;

use std::io::{BufReader, Write, stderr, stdin, stdout};
use std::process::ExitCode;

use clap::Parser;
use sanduan_netsim::realtime::{Hub, HubError};

fn main() -> ExitCode {
    let done = match args::Cli::parse().work {
        args::Work::Air(air) => run_air(*air),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // If standard error is gone too, the exit code still tells.
            let _ = writeln!(stderr(), "sanduan-sim: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run_air(air: args::AirArgs) -> Result<(), HubError> {
    Hub::open(air.options())?.run(BufReader::new(stdin()), stdout())?;
    Ok(())
}
