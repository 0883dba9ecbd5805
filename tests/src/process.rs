//! Programs that take part, each with a log of its own. They are ended by their number when
//! dropped, never by name; what starts children of its own gets a process group, and the group is
//! ended. If the lab itself is ended the hard way, its [`Keeper`] ends what is left.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Write;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::time::Duration;

use crate::trouble::{Outcome, Trouble};
use crate::wait::wait_for;

/// File in the lab's folder with the number of every program started there.
const PIDS: &str = "pids";

/// Waits for the end of the lab, then ends what it left running. A number may have passed on to
/// a stranger, so only a program that names the lab's folder on its command line is ended.
#[derive(Debug)]
pub struct Keeper(Child);

impl Keeper {
    /// Watches over the programs started in this folder, which is removed at the end.
    ///
    /// # Errors
    /// When there is no shell.
    pub fn watch(folder: &Path) -> Outcome<Keeper> {
        let script = "cat >/dev/null; [ -f \"$1/pids\" ] || exit 0
            for p in $(cat \"$1/pids\"); do
                grep -qF \"$1\" /proc/$p/cmdline 2>/dev/null || continue
                kill -s KILL -- -$p $p 2>/dev/null
            done; rm -rf \"$1\"";
        let mut command = Command::new("sh");
        command.args(["-c", script, "keeper"]).arg(folder);
        // A group of its own, so that Ctrl-C in the terminal does not end it before its work.
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        Ok(Keeper(command.process_group(0).spawn()?))
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// A running program.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

/// What a program that ran to its end left behind.
#[derive(Clone, Debug)]
pub struct Ended {
    /// Exit code; 128 and the signal's number if a signal ended it.
    pub code: i32,
    /// What it printed.
    pub stdout: String,
    /// What it complained about.
    pub stderr: String,
}

impl Process {
    /// Starts a program; what it prints goes to `folder/name.log`. Its input stays open until the
    /// process is dropped.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(name: &str, folder: &Path, command: &mut Command) -> Outcome<Process> {
        let log = folder.join(format!("{name}.log"));
        let out = File::options().create(true).append(true).open(&log)?;
        let program = command.get_program().to_string_lossy().into_owned();
        let child = in_no_language(command)
            .stdin(Stdio::piped())
            .stdout(out.try_clone()?)
            .stderr(out)
            .spawn()
            .map_err(|error| Trouble::new(format!("{program} cannot be started: {error}")))?;
        let mut pids = File::options().create(true).append(true).open(folder.join(PIDS))?;
        writeln!(pids, "{}", child.id())?;
        Ok(Process { name: name.to_owned(), child, log })
    }

    /// Like [`Process::start`], for a program that starts children of its own: all of them are
    /// ended with it.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start_group(name: &str, folder: &Path, command: &mut Command) -> Outcome<Process> {
        Process::start(name, folder, command.process_group(0))
    }

    /// Its process number, which is that of its group too.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it printed so far.
    pub fn log(&self) -> String {
        std::fs::read(&self.log)
            .map(|b| String::from_utf8_lossy(&b).into_owned())
            .unwrap_or_default()
    }

    /// Writes a line to its input.
    ///
    /// # Errors
    /// When it does not listen any more.
    pub fn say(&mut self, line: &str) -> Outcome {
        let input: &mut ChildStdin =
            self.child.stdin.as_mut().ok_or_else(|| Trouble::new("its input is closed"))?;
        writeln!(input, "{line}").and_then(|()| input.flush()).map_err(Trouble::from)
    }

    /// How it ended, if it did.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Fails with the end of its log if it ended by itself.
    ///
    /// # Errors
    /// When it is not running.
    pub fn still_runs(&mut self) -> Outcome {
        match self.ended() {
            None => Ok(()),
            Some(status) => {
                let tail = last_lines(&self.log(), 12);
                Err(Trouble::new(format!("{} ended ({status}):\n{tail}", self.name)))
            }
        }
    }

    /// Asks it to end (SIGTERM) and does not wait.
    ///
    /// # Errors
    /// When there is no such process any more.
    pub fn ask_to_end(&self) -> Outcome {
        signal("TERM", &self.pid().to_string())
    }

    /// Asks it to end (SIGTERM) and waits; gives its exit code.
    ///
    /// # Errors
    /// When it does not end in time.
    pub fn stop(&mut self, within: Duration) -> Outcome<i32> {
        self.ask_to_end()?;
        let name = self.name.clone();
        wait_for(&format!("the end of {name}"), within, || {
            let status = self.ended().ok_or_else(|| Trouble::new("it still runs"))?;
            Ok(exit_code(status))
        })
    }

    /// Ends it at once, as a power cut would (SIGKILL).
    pub fn kill(&mut self) {
        if self.ended().is_none() {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Its group, if it has one, may hold children that outlived it; none left is fine.
        let _ = signal("KILL", &format!("-{}", self.pid()));
        self.kill();
    }
}

/// What people read must not depend on who runs the tests.
fn in_no_language(command: &mut Command) -> &mut Command {
    command.env("LANG", "C.UTF-8").env_remove("SANDUAN_LANG")
}

/// Runs a program to its end.
///
/// # Errors
/// When it cannot be started. An exit code other than 0 is not an error here.
pub fn run(program: &Path, args: &[impl AsRef<OsStr>]) -> Outcome<Ended> {
    let out = in_no_language(&mut Command::new(program))
        .args(args)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Trouble::new(format!("{}: {error}", program.display())))?;
    Ok(Ended {
        code: exit_code(out.status),
        stdout: String::from_utf8_lossy(&out.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&out.stderr).into_owned(),
    })
}

impl Ended {
    /// Its output, if it ended well.
    ///
    /// # Errors
    /// When its exit code is not 0; the words are what it complained about.
    pub fn well(self, what: &str) -> Outcome<String> {
        if self.code == 0 {
            return Ok(self.stdout);
        }
        let said = format!("{}{}", self.stdout, self.stderr);
        Err(Trouble::new(format!("{what} ended with {}: {}", self.code, said.trim())))
    }
}

/// The last lines of a text.
pub fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

fn exit_code(status: ExitStatus) -> i32 {
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
}

/// Sends a signal to a process, or to a group when the number has a minus before it.
fn signal(name: &str, number: &str) -> Outcome {
    let sent = Command::new("kill")
        .args(["-s", name, "--", number])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    if sent.success() { Ok(()) } else { Err(Trouble::new(format!("no process {number}"))) }
}
