//! `sanduan-sim`: the simulator's command line. Reads the words, starts the work, names errors.

mod args;

use std::ffi::OsString;
use std::io::{BufReader, Write, stderr, stdin, stdout};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use sanduan_netsim::bench::{self, Keying, Plan, Verdict};
use sanduan_netsim::realtime::{self, Hub, HubError, ModemError, key_speed, run_terminals};
use sanduan_protocol::local::command_line::wrong;

/// Exit code for words that do not fit together, as in `sanduan`.
const WRONG_WORDS: u8 = 2;

/// A world is some ten million small pieces of memory that come and go.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    match args::Cli::try_parse_from(&words) {
        Ok(cli) => perform(cli.work),
        Err(error) => misused(&error, &words),
    }
}

fn perform(work: args::Work) -> ExitCode {
    let done = match work {
        args::Work::Air(air) => run_air(*air).map_err(|error| error.to_string()),
        args::Work::Tunnel(words) => {
            realtime::run_tunnel(words.options(), BufReader::new(stdin()), stdout())
                .map_err(|error| error.to_string())
        }
        args::Work::Modem(modem) => run_modem(&modem).map_err(|error| error.to_string()),
        args::Work::Bench(args::BenchWork::Air(words)) => return exit(run_bench(&words)),
        args::Work::Bench(args::BenchWork::Text(words)) => {
            let _ = run_bench_text(&words);
            Ok(())
        }
        args::Work::Bench(args::BenchWork::Crypto(words)) => {
            realtime::crypto_speed(words.json);
            Ok(())
        }
        args::Work::Bench(args::BenchWork::Keys(words)) => return exit(key_speed(words.json)),
        args::Work::Bench(args::BenchWork::Speed(words)) => {
            let _ = run_bench_speed(&words);
            Ok(())
        }
        args::Work::Bench(args::BenchWork::Slots(words)) => {
            let _ = run_bench_slots(&words);
            Ok(())
        }
        args::Work::Bench(args::BenchWork::Swarm(words)) => {
            realtime::swarm_speed(
                words.seeds,
                &words.nodes,
                words.minutes(),
                words.crypto,
                words.json,
            );
            Ok(())
        }
        args::Work::Swarm(words) => match realtime::swarm(&words.many(), &words.told()) {
            Ok(is_good) => return exit(is_good),
            Err(error) => Err(error.to_string()),
        },
        args::Work::Shrink(words) => {
            let (bounds, out) = (words.bounds.bounds(), words.out.as_deref());
            realtime::shrink_seed(words.seed, &bounds, words.budget, out)
                .map_err(|error| error.to_string())
        }
        args::Work::Run(words) => match run(&words) {
            Ok(is_good) => return exit(is_good),
            Err(error) => Err(error),
        },
        args::Work::CrashMatrix(words) => {
            match realtime::crash_matrix(&words.scenario, words.seed, words.json) {
                Ok(is_good) => return exit(is_good),
                Err(error) => Err(error.to_string()),
            }
        }
        args::Work::Replay(words) => {
            realtime::replay(words.seed, &words.bounds.bounds(), words.until, &words.wanted());
            Ok(())
        }
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

/// Help as it is; a mistake in both languages, as nobody was asked for one.
fn misused(error: &clap::Error, words: &[OsString]) -> ExitCode {
    match wrong::complaint(error, args::Cli::command(), words) {
        Some(wrong) => {
            let (zh, en) = (wrong.zh().join("\n"), wrong.en().join("\n"));
            // If standard error is gone too, the exit code still tells.
            let _ = writeln!(stderr(), "错误：{zh}\nerror: {en}");
        }
        // A closed pipe while printing help is nobody's fault.
        None => drop(error.print()),
    }
    ExitCode::from(if error.use_stderr() { WRONG_WORDS } else { 0 })
}

fn exit(is_good: bool) -> ExitCode {
    if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run(words: &args::RunArgs) -> Result<bool, String> {
    if let Some(plan) = words.scenario() {
        return realtime::run_scenario(&plan).map_err(|error| error.to_string());
    }
    if let Some(path) = &words.plot {
        return realtime::run_plot(path, words.json).map_err(|error| error.to_string());
    }
    Ok(realtime::run(words.seed.unwrap_or_default(), &words.bounds.bounds(), words.json))
}

fn run_air(air: args::AirArgs) -> Result<(), HubError> {
    Hub::open(air.options())?.run(BufReader::new(stdin()), stdout())?;
    Ok(())
}

fn run_modem(modem: &args::ModemWork) -> Result<(), ModemError> {
    match modem {
        args::ModemWork::Rdss(words) => {
            let (sky, options) = words.sky();
            run_terminals(sky, &options, BufReader::new(stdin()), stdout())
        }
        args::ModemWork::Meshtastic(words) => {
            let (nodes, options) = words.nodes();
            run_terminals(nodes, &options, BufReader::new(stdin()), stdout())
        }
        args::ModemWork::Sbd(words) => {
            let (net, options) = words.net();
            run_terminals(net, &options, BufReader::new(stdin()), stdout())
        }
        args::ModemWork::Sms(words) => {
            let (net, options) = words.net();
            run_terminals(net, &options, BufReader::new(stdin()), stdout())
        }
    }
}

/// True if every goal was reached, and nothing got worse if that was to be compared.
fn run_bench(words: &args::BenchArgs) -> bool {
    let plan = Plan { seeds: words.seeds, keying: Keying::default(), trace: words.trace };
    let rows = bench::air(plan, words.keying, &words.only, |row| {
        if words.json {
            let line = serde_json::to_string(row).expect("names and numbers always serialise");
            let _ = writeln!(stdout(), "{line}");
        }
    });
    // A reader that has gone away wants no more figures.
    if !words.json {
        let _ = write!(stdout(), "{}", bench::table(&rows, words.lang.into()));
    }
    let worse = if words.compare { bench::worse(&rows) } else { Vec::new() };
    for line in &worse {
        let _ = writeln!(stderr(), "变差 / worse: {line}");
    }
    worse.is_empty() && rows.iter().all(|row| row.verdict != Verdict::Miss)
}

fn run_bench_speed(words: &args::TextArgs) -> std::io::Result<()> {
    let rows = realtime::record_speed(&bench::bundles());
    let sketch = realtime::sketch_speed(&bench::differing(1));
    if !words.json {
        write!(stdout(), "{}", realtime::speed_table(&rows, words.lang.into()))?;
        return write!(stdout(), "{}", realtime::sketch_line(&sketch, words.lang.into()));
    }
    let line = serde_json::to_string(&sketch).expect("names and numbers always serialise");
    writeln!(stdout(), "{line}")?;
    for row in rows {
        let line = serde_json::to_string(&row).expect("names and numbers always serialise");
        writeln!(stdout(), "{line}")?;
    }
    Ok(())
}

fn run_bench_text(words: &args::TextArgs) -> std::io::Result<()> {
    if words.json {
        for row in bench::text() {
            let line = serde_json::to_string(&row).expect("names and numbers always serialise");
            writeln!(stdout(), "{line}")?;
        }
        return Ok(());
    }
    // First, so that building the model is in it.
    let speed = realtime::text_speed(&bench::long_text());
    write!(stdout(), "{}", bench::text_table(&bench::text(), words.lang.into()))?;
    writeln!(stdout(), "{speed}")
}

fn run_bench_slots(words: &args::SlotArgs) -> std::io::Result<()> {
    let rows = bench::slots(words.seeds);
    if !words.json {
        return write!(stdout(), "{}", bench::slots_table(&rows, words.lang.into()));
    }
    for row in &rows {
        let line = serde_json::to_string(row).expect("names and numbers always serialise");
        writeln!(stdout(), "{line}")?;
    }
    Ok(())
}
