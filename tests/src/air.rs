//! The made-up radio: `sanduan-sim air`, one KISS port per station, cut and healed by words on
//! its input. It ends when its input closes, so it never outlives the lab.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::binaries;
use crate::config::free_tcp_port;
use crate::process::Process;
use crate::trouble::{Outcome, Trouble};
use crate::wait::{seconds, wait_for};

/// A running radio channel.
#[derive(Debug)]
pub struct Air {
    process: Process,
    ports: Vec<u16>,
    stats: PathBuf,
}

impl Air {
    /// A channel with so many stations (A, B, C, …) at `rate_bit_s`, where each frame is lost with
    /// the given chance and `hears` says who hears whom (`A-B,B-C`; all hear all when empty).
    ///
    /// # Errors
    /// When it cannot be started or does not listen in time.
    pub fn start(
        logs: &Path,
        stations: usize,
        rate_bit_s: u32,
        loss: f64,
        hears: &str,
    ) -> Outcome<Air> {
        let ports = (0..stations).map(|_| free_tcp_port()).collect::<Outcome<Vec<u16>>>()?;
        let stats = logs.join("air.json");
        let mut command = Command::new(binaries::folder()?.join("sanduan-sim"));
        command.arg("air");
        for port in &ports {
            command.args(["--listen", &format!("127.0.0.1:{port}")]);
        }
        command.args(["--rate", &rate_bit_s.to_string(), "--loss", &loss.to_string()]);
        command.args(["--seed", "7", "--until-stdin-closes"]);
        if !hears.is_empty() {
            command.args(["--hears", hears]);
        }
        command.arg("--stats-file").arg(&stats);
        let mut process = Process::start("air", logs, &mut command)?;
        // The hub serves one client per station; asking whether the port listens by connecting
        // would take the daemon's place for a moment, which it survives by reconnecting.
        wait_for("the radio channel to listen", seconds(10), || {
            process.still_runs()?;
            match std::net::TcpStream::connect(("127.0.0.1", ports[0])) {
                Ok(_) => Ok(()),
                Err(error) => Err(error.into()),
            }
        })?;
        Ok(Air { process, ports, stats })
    }

    /// KISS port of a station, A being 0.
    pub fn port(&self, station: usize) -> u16 {
        self.ports[station]
    }

    /// Says a word to the channel: `cut A-B`, `heal A-B`, `loss 0.2`.
    ///
    /// # Errors
    /// When it does not listen any more.
    pub fn say(&mut self, line: &str) -> Outcome {
        self.process.still_runs()?;
        self.process.say(line)
    }

    /// Counts as the channel last wrote them.
    ///
    /// # Errors
    /// When it has written none yet.
    pub fn counts(&self) -> Outcome<Value> {
        let text = std::fs::read_to_string(&self.stats)?;
        serde_json::from_str(&text).map_err(Trouble::from)
    }
}
