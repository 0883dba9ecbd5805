//! `sanduan-demo`, started by `./demo`: plays the story on four daemons of this machine, says
//! whether all four pictures are equal, and, without `--headless`, opens the console on the
//! operations centre. Everything it started ends with it.

use std::process::{Command, ExitCode};

use sanduan_tests::story::{Cast, Teller, play};
use sanduan_tests::{Lab, Outcome, Trouble, binaries};

#[allow(clippy::print_stdout, clippy::print_stderr, reason = "printing is what it is for")]
fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let headless = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => false,
        ["--headless"] => true,
        _ => {
            eprintln!("./demo [--headless]");
            return ExitCode::from(2);
        }
    };
    let teller = Teller::default();
    let lab = match Lab::new() {
        Ok(lab) => lab,
        Err(trouble) => {
            eprintln!("未通过 / failed: {trouble}");
            return ExitCode::FAILURE;
        }
    };
    match play(&lab, &teller).and_then(|cast| finish(cast, headless)) {
        Ok(()) => {
            println!("\n通过 / passed, {:.0} s", teller.seconds());
            ExitCode::SUCCESS
        }
        Err(trouble) => {
            eprintln!("\n未通过 / failed: {trouble}\n{}", lab.logs());
            ExitCode::FAILURE
        }
    }
}

fn finish(cast: Cast, headless: bool) -> Outcome {
    if !headless {
        console(&cast)?;
    }
    cast.dismiss()
}

/// The console of the operations centre, on this terminal, until the person leaves it.
fn console(cast: &Cast) -> Outcome {
    let program = binaries::folder()?.join("sanduan");
    let status = Command::new(program).arg("--socket").arg(cast.centre.socket()).status()?;
    if status.success() { Ok(()) } else { Err(Trouble::new(format!("the console: {status}"))) }
}
