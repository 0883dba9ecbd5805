//! The lines a person or a script may type while the hub runs: read here, carried out in `hub`.

use std::io::BufRead;
use std::str::FromStr;
use std::sync::mpsc::SyncSender;

use thiserror::Error;

use super::client::Happened;
use super::options::loss_ppm;
use crate::air::Pair;

/// One line of control.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// `cut A-B`: the two no longer hear each other. `cut A>B`: B no longer hears A.
    Cut(Pair),
    /// `heal A-B`: they do.
    Heal(Pair),
    /// `cut all`: nobody hears anybody.
    CutAll,
    /// `heal all`: who hears whom is as it was at the start.
    HealAll,
    /// `loss 0.2`: loss of a short frame at one hearer, per million.
    Loss(u32),
    /// `stats`: print the counts now.
    Stats,
    /// `quit`: print the counts and stop.
    Quit,
}

/// The line was not understood.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "{0}: 可用 cut A-B | heal A-B | cut all | heal all | loss 0.2 | stats | quit / \
     the words are cut A-B | heal A-B | cut all | heal all | loss 0.2 | stats | quit"
)]
pub struct BadCommand(pub String);

impl FromStr for Command {
    type Err = BadCommand;

    fn from_str(line: &str) -> Result<Command, BadCommand> {
        let bad = || BadCommand(line.trim().to_owned());
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["cut", "all"] => Ok(Command::CutAll),
            ["heal", "all"] => Ok(Command::HealAll),
            ["cut", pair] => pair.parse().map(Command::Cut).map_err(|_| bad()),
            ["heal", pair] => pair.parse().map(Command::Heal).map_err(|_| bad()),
            ["loss", share] => loss_ppm(share).map(Command::Loss).map_err(|_| bad()),
            ["stats"] => Ok(Command::Stats),
            ["quit"] => Ok(Command::Quit),
            _ => Err(bad()),
        }
    }
}

/// Read lines until they end and hand them to the hub. Runs on its own thread.
pub(super) fn read_lines(input: impl BufRead, hub: &SyncSender<Happened>) {
    for line in input.lines() {
        let Ok(line) = line else { break };
        if line.trim().is_empty() {
            continue;
        }
        if hub.send(Happened::Typed(line.parse())).is_err() {
            return;
        }
    }
    // The hub may be gone already; then nobody needs to know.
    let _ = hub.send(Happened::InputEnded);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_documented() {
        let pair = |text: &str| text.parse::<Pair>().expect("a pair");
        let cases = [
            ("cut A-B", Command::Cut(pair("A-B"))),
            ("  heal   a>c ", Command::Heal(pair("A>C"))),
            ("cut all", Command::CutAll),
            ("heal all", Command::HealAll),
            ("loss 20%", Command::Loss(200_000)),
            ("stats", Command::Stats),
            ("quit", Command::Quit),
        ];
        for (line, want) in cases {
            assert_eq!(line.parse(), Ok(want), "{line}");
        }
    }

    #[test]
    fn other_lines_are_refused() {
        for line in ["cut", "cut A", "heal A-A", "loss 2", "stats now", "CUT A-B", "剪 A-B"] {
            assert_eq!(line.parse::<Command>(), Err(BadCommand(line.to_owned())));
        }
    }
}
