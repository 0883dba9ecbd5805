//! A lab: one temporary folder, machines that belong to one network, and their logs. When a
//! journey fails, the end of every log is shown.

#[cfg(test)]
mod tests;

use std::panic::Location;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::binaries;
use crate::machine::Machine;
use crate::process::{Keeper, last_lines, run};
use crate::trouble::{Outcome, Trouble};
use crate::wait::{seconds, wait_for};

/// Lines of each log that are shown when a journey fails.
const LOG_LINES_SHOWN: usize = 40;

/// A place to try things in. Everything in it is gone when it is dropped.
#[derive(Debug)]
pub struct Lab {
    // Dropped in this order: when the folder is gone, the keeper has nothing left to do.
    folder: TempDir,
    _keeper: Keeper,
}

/// Runs a journey in a lab of its own; when it fails, shows why and the end of every log.
///
/// # Panics
/// When the journey fails: this is the assertion of a test.
#[track_caller]
pub fn journey(steps: impl FnOnce(&mut Lab) -> Outcome) {
    let at = Location::caller();
    let mut lab = Lab::new().expect("a temporary folder can be made");
    let outcome = steps(&mut lab);
    if let Err(trouble) = outcome {
        panic!("{}:{}: {trouble}\n{}", at.file(), at.line(), lab.logs());
    }
}

impl Lab {
    /// An empty lab.
    ///
    /// # Errors
    /// When no folder can be made.
    pub fn new() -> Outcome<Lab> {
        // Short, because the path of a Unix socket may have 107 bytes at most (unix(7)).
        let folder = tempfile::Builder::new().prefix("sd-").tempdir()?;
        let keeper = Keeper::watch(folder.path())?;
        Ok(Lab { folder, _keeper: keeper })
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A path in its folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    /// A new network with the records of Jiangjin; gives its first machine, the operations centre,
    /// not started yet.
    ///
    /// # Errors
    /// When `sanduan init` refuses.
    pub fn found(&self, name: &str) -> Outcome<Machine> {
        let data = binaries::jiangjin();
        self.found_with(name, &["--import", data.to_str().unwrap_or_default()])
    }

    /// A new network; `more` goes to `sanduan init`.
    ///
    /// # Errors
    /// When `sanduan init` refuses.
    pub fn found_with(&self, name: &str, more: &[&str]) -> Outcome<Machine> {
        let folder = self.path(name);
        let dir = folder.to_str().unwrap_or_default();
        let mut args = vec!["init", dir, "--district", "500116", "--name", "江津区"];
        args.extend_from_slice(more);
        run(&binaries::folder()?.join("sanduan"), &args)?.well("sanduan init")?;
        Ok(Machine::new(name, folder, self.folder()))
    }

    /// A machine joins the network of `centre` without any link between them: its request and its
    /// join file are carried by hand.
    ///
    /// # Errors
    /// When a step is refused.
    pub fn join(
        &self,
        centre: &Machine,
        name: &str,
        unit: &str,
        roles: &[&str],
    ) -> Outcome<Machine> {
        let program = binaries::folder()?.join("sanduan");
        let folder = self.path(name);
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let (dir, request, join) =
            (text(&folder), text(&self.path("request")), text(&self.path("join")));
        run(&program, &["device", "request", "--dir", &dir, "--out", &request])?
            .well("device request")?;
        let mut admit = vec!["device", "admit", &request, "--as", unit, "--out", &join];
        for role in roles {
            admit.extend(["--role", role]);
        }
        let centre_dir = text(centre.folder());
        admit.extend(["--dir", &centre_dir]);
        centre.try_cli(&admit)?.well("device admit")?;
        run(&program, &["device", "join", &join, "--dir", &dir])?.well("device join")?;
        for file in [&request, &join] {
            std::fs::remove_file(file)?;
        }
        Ok(Machine::new(name, folder, self.folder()))
    }

    /// The end of every log in the lab.
    pub fn logs(&self) -> String {
        let Ok(entries) = std::fs::read_dir(self.folder()) else { return String::new() };
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|ending| ending == "log"));
        paths.sort();
        let mut shown = String::new();
        for path in paths {
            let text = std::fs::read(&path).unwrap_or_default();
            let end = last_lines(&String::from_utf8_lossy(&text), LOG_LINES_SHOWN);
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            shown += &format!("--- {name} ---\n{end}\n");
        }
        shown
    }
}

/// What one machine shows, in a form that can be compared: digests, orders with their answers,
/// stock.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Digest over verified records, and over the board.
    pub digests: (String, String),
    /// Per order: number, state and how many stand on each rung.
    pub orders: Vec<String>,
    /// Per depot and item: on hand and under way.
    pub stock: Vec<String>,
    /// Per unit: where and in what state.
    pub positions: Vec<String>,
}

impl Picture {
    /// The picture of one machine now.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn of(machine: &Machine) -> Outcome<Picture> {
        let status = machine.status()?;
        let orders = machine.orders()?.into_iter().map(|o| {
            // Who has it on its disk is told to its author alone.
            let counts = (o.owed, o.acknowledged, o.done, o.refused);
            format!("{} {:?} {:?} {counts:?} {}", o.id, o.class, o.state, o.text)
        });
        let stock = machine.stock()?.into_iter().map(|s| {
            let numbers = format!("{} {} {}", s.on_hand, s.inbound, s.outbound);
            format!("{} {} {numbers} {:?}", s.depot_name, s.item_code, s.difference)
        });
        let positions = machine
            .positions()?
            .into_iter()
            .map(|p| format!("{} {} {} {:?}", p.name, p.point.lat_e7, p.point.lon_e7, p.state));
        Ok(Picture {
            digests: (status.digest, status.board_digest),
            orders: sorted(orders),
            stock: sorted(stock),
            positions: sorted(positions),
        })
    }

    /// The first difference to another picture, in words.
    pub fn difference(&self, other: &Picture) -> Option<String> {
        let lists = [
            ("orders", &self.orders, &other.orders),
            ("stock", &self.stock, &other.stock),
            ("positions", &self.positions, &other.positions),
        ];
        for (what, ours, theirs) in lists {
            if let Some(row) = ours.iter().find(|row| !theirs.contains(row)) {
                return Some(format!("{what}: only here: {row}"));
            }
            if let Some(row) = theirs.iter().find(|row| !ours.contains(row)) {
                return Some(format!("{what}: only there: {row}"));
            }
        }
        (self.digests != other.digests)
            .then(|| format!("digests {:?} and {:?}", self.digests, other.digests))
    }
}

fn sorted(rows: impl Iterator<Item = String>) -> Vec<String> {
    let mut rows: Vec<String> = rows.collect();
    rows.sort();
    rows
}

/// Waits until all machines show the same picture, and gives it.
///
/// # Errors
/// When they still differ at the end; the words name the machines and the first difference.
pub fn equal_pictures(machines: &[&Machine], within_s: u64) -> Outcome<Picture> {
    wait_for("all pictures to be equal", seconds(within_s), || {
        let Some((first, others)) = machines.split_first() else {
            return Err(Trouble::new("no machines"));
        };
        let picture = Picture::of(first)?;
        for other in others {
            if let Some(difference) = picture.difference(&Picture::of(other)?) {
                let pair = format!("{} and {}", first.name(), other.name());
                return Err(Trouble::new(difference).during(&pair));
            }
        }
        Ok(picture)
    })
}
