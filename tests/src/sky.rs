//! Made-up terminals and modems: `sanduan-sim modem rdss`, `sbd`, `sms` and `meshtastic`, one pty
//! each, faults by words on their input. They end when it closes, so they never outlive the lab.

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

/// The devices go before their names would mean another test's: the system gives the path of a
/// pseudo terminal to the next one, and a daemon that lost it tries again.
impl Drop for Sky {
    fn drop(&mut self) {
        for device in &self.devices {
            let _ = std::fs::remove_file(device);
        }
    }
}

impl Sky {
    /// One BeiDou terminal for each card, time running so many times faster; `more` goes to the
    /// program.
    ///
    /// # Errors
    /// When it cannot be started or its devices do not appear.
    pub fn start(logs: &Path, cards: &[u32], time_scale: u32, more: &[&str]) -> Outcome<Sky> {
        let mut words = vec!["rdss".to_owned()];
        for card in cards {
            words.extend(["--card".to_owned(), card.to_string()]);
        }
        words.extend(more.iter().map(|word| (*word).to_owned()));
        Sky::run(logs, &words, cards.len(), time_scale)
    }

    /// So many Iridium modems that all speak to each other.
    ///
    /// # Errors
    /// As [`Sky::start`].
    pub fn modems(logs: &Path, count: usize, time_scale: u32) -> Outcome<Sky> {
        Sky::run(logs, &["sbd".to_owned()], count, time_scale)
    }

    /// One modem for short messages for each number, and any phone that has another number.
    ///
    /// # Errors
    /// As [`Sky::start`].
    pub fn short_messages(
        logs: &Path,
        numbers: &[&str],
        time_scale: u32,
        more: &[&str],
    ) -> Outcome<Sky> {
        let mut words = vec!["sms".to_owned()];
        for number in numbers {
            words.extend(["--number".to_owned(), (*number).to_owned()]);
        }
        words.extend(more.iter().map(|word| (*word).to_owned()));
        Sky::run(logs, &words, numbers.len(), time_scale)
    }

    /// What a phone has got so far.
    pub fn phone(&self, number: &str) -> Vec<String> {
        self.got(&format!("phone {number} got "))
    }

    /// What a handset with a BeiDou card has got so far.
    pub fn handset(&self, card: &str) -> Vec<String> {
        self.got(&format!("handset {card} got "))
    }

    fn got(&self, head: &str) -> Vec<String> {
        let log = self.process.log();
        let texts = log.lines().filter_map(|line| line.split_once(head));
        texts.map(|(_, text)| text.to_owned()).collect()
    }

    /// One Iridium modem, and a gateway whose IP side speaks with a command post that listens on
    /// `post` and connects to `gateway`, both ports of this machine.
    ///
    /// # Errors
    /// As [`Sky::start`].
    pub fn shore(logs: &Path, time_scale: u32, post: u16, gateway: u16) -> Outcome<Sky> {
        let address = |port: u16| format!("127.0.0.1:{port}");
        let words = ["sbd", "--shore", &address(post), "--gateway", &address(gateway)];
        Sky::run(logs, &words.map(str::to_owned), 1, time_scale)
    }

    /// So many Meshtastic nodes on one channel; `more` goes to the program.
    ///
    /// # Errors
    /// As [`Sky::start`].
    pub fn nodes(logs: &Path, count: usize, time_scale: u32, more: &[&str]) -> Outcome<Sky> {
        let mut words = vec!["meshtastic".to_owned()];
        words.extend(more.iter().map(|word| (*word).to_owned()));
        Sky::run(logs, &words, count, time_scale)
    }

    fn run(logs: &Path, words: &[String], count: usize, time_scale: u32) -> Outcome<Sky> {
        let devices: Vec<PathBuf> = (0..count).map(|at| logs.join(format!("tty-{at}"))).collect();
        let mut command = Command::new(binaries::folder()?.join("sanduan-sim"));
        command.arg("modem").args(words).args(["--until-stdin-closes", "--trace"]);
        for device in &devices {
            command.arg("--device").arg(device);
        }
        command.args(["--time-scale", &time_scale.to_string()]);
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
