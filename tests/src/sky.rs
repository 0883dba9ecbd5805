//! Made-up BeiDou terminals: `sanduan-sim modem rdss`, one pty per card, faults by words on its
//! input. It ends when its input closes, so it never outlives the lab.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::binaries;
use crate::process::Process;
use crate::trouble::{Outcome, ensure};
use crate::wait::{seconds, wait_for};

/// Running terminals under one sky.
#[derive(Debug)]
pub struct Sky {
    process: Process,
    devices: Vec<PathBuf>,
}

impl Sky {
    /// One terminal for each card, time running so many times faster; `more` goes to the program.
    ///
    /// # Errors
    /// When it cannot be started or its devices do not appear.
    pub fn start(logs: &Path, cards: &[u32], time_scale: u32, more: &[&str]) -> Outcome<Sky> {
        let device = |at: usize| logs.join(format!("tty-{at}"));
        let devices: Vec<PathBuf> = (0..cards.len()).map(device).collect();
        let mut command = Command::new(binaries::folder()?.join("sanduan-sim"));
        command.args(["modem", "rdss", "--until-stdin-closes", "--trace"]);
        for (card, device) in cards.iter().zip(&devices) {
            command.args(["--card", &card.to_string(), "--device"]).arg(device);
        }
        command.args(["--time-scale", &time_scale.to_string()]).args(more);
        let mut process = Process::start("sky", logs, &mut command)?;
        wait_for("the terminals", seconds(10), || {
            process.still_runs()?;
            ensure(devices.iter().all(|path| path.exists()), || "no device yet".to_owned())
        })?;
        Ok(Sky { process, devices })
    }

    /// The serial device of a terminal, A being 0.
    pub fn device(&self, terminal: usize) -> &Path {
        &self.devices[terminal]
    }

    /// Says a word to the terminals: `block A`, `lose fki A 1`.
    ///
    /// # Errors
    /// When they do not listen any more, or do not take it.
    pub fn say(&mut self, line: &str) -> Outcome {
        self.process.still_runs()?;
        let before = self.told(&format!("ok {line}"));
        self.process.say(line)?;
        wait_for(line, seconds(5), || {
            ensure(self.told(&format!("ok {line}")) > before, || "not taken".to_owned())
        })
    }

    /// How many lines of the trace so far hold these words, such as `A sent` or `refused early`.
    pub fn told(&self, words: &str) -> usize {
        self.process.log().lines().filter(|line| line.contains(words)).count()
    }
}
