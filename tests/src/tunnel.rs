//! A slow network in front of a daemon: `sanduan-sim tunnel`, cut, healed and counted by words on
//! its input. It ends when its input closes, so it never outlives the lab.

use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use crate::binaries;
use crate::process::Process;
use crate::trouble::{Outcome, Trouble};
use crate::wait::{seconds, wait_for};

/// What the network is like.
#[derive(Clone, Copy, Debug)]
pub struct Slow {
    /// Bits per second, each direction.
    pub rate_bit_s: u32,
    /// Delay one way, ms.
    pub delay_ms: u32,
    /// Share of datagrams lost, percent.
    pub loss_pct: u32,
    /// Seed of the dice.
    pub seed: u64,
}

/// A running tunnel.
#[derive(Debug)]
pub struct Tunnel {
    process: Process,
    port: u16,
}

/// What one direction carried, IP and UDP headers included.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct WayCounts {
    /// Datagrams.
    pub packets: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Of these, lost.
    pub lost: u64,
}

/// What both directions carried.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Counts {
    /// From the caller.
    pub out: WayCounts,
    /// To the caller.
    pub back: WayCounts,
}

#[derive(Deserialize)]
struct Listening {
    listen: std::net::SocketAddr,
}

impl Tunnel {
    /// A tunnel to a UDP port of this machine.
    ///
    /// # Errors
    /// When it cannot be started or does not listen in time.
    pub fn start(name: &str, logs: &Path, to_port: u16, slow: Slow) -> Outcome<Tunnel> {
        let Slow { rate_bit_s, delay_ms, loss_pct, seed } = slow;
        let mut command = Command::new(binaries::folder()?.join("sanduan-sim"));
        command.args(["tunnel", "--listen", "127.0.0.1:0", "--until-stdin-closes"]);
        command.args(["--to", &format!("127.0.0.1:{to_port}")]);
        command.args(["--rate", &rate_bit_s.to_string(), "--delay", &format!("{delay_ms}ms")]);
        command.args(["--loss", &format!("{loss_pct}%"), "--seed", &seed.to_string()]);
        let mut process = Process::start(name, logs, &mut command)?;
        let port = wait_for("the tunnel to listen", seconds(30), || {
            process.still_runs()?;
            let log = process.log();
            let line = log.lines().next().ok_or_else(|| Trouble::new("nothing said yet"))?;
            Ok(serde_json::from_str::<Listening>(line)?.listen.port())
        })?;
        Ok(Tunnel { process, port })
    }

    /// Where the caller sends to.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Says a word to it: `cut`, `heal`, `loss 0.2`, `move`.
    ///
    /// # Errors
    /// When it does not listen any more.
    pub fn say(&mut self, line: &str) -> Outcome {
        self.process.still_runs()?;
        self.process.say(line)
    }

    /// What it carried so far.
    ///
    /// # Errors
    /// When it does not tell.
    pub fn counts(&mut self) -> Outcome<Counts> {
        let before = self.process.log().lines().count();
        self.say("stats")?;
        wait_for("the counts of the tunnel", seconds(30), || {
            let log = self.process.log();
            let line = log.lines().nth(before).ok_or_else(|| Trouble::new("not told yet"))?;
            Ok(serde_json::from_str(line)?)
        })
    }
}

impl Counts {
    /// Bytes of both directions.
    pub fn bytes(&self) -> u64 {
        self.out.bytes + self.back.bytes
    }
}
