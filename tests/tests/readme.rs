//! The commands of README, as they stand there, in their order, on one laptop: whoever types them
//! gets what they promise. A command that needs the other machine is typed at that one.

use std::path::Path;
use std::process::Command;

use sanduan_tests::ground::{self, Ground, Host};
use sanduan_tests::process::{Process, run};
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Lab, Outcome, Trouble, binaries, journey, modems, seconds, wait_for};

/// Commands of README are there at all; fewer means that they were not found.
const COMMANDS_MIN: usize = 25;
/// What was ordered on one machine is on the other after so long, on a busy machine too.
const ARRIVES_S: u64 = 90;

#[test]
fn the_commands_of_the_readme_do_what_they_say() {
    journey(|lab| {
        if !modems::can_run("the commands of README", ground::missing())? {
            return Ok(());
        }
        let ground = Ground::new(lab.folder(), &["net"])?;
        let laptop = ground.host(lab.folder(), "laptop", &[("net", "10.3.0.1/24")])?;
        let typist = Typist { lab, laptop };
        std::os::unix::fs::symlink(binaries::repository().join("data"), lab.path("data"))?;
        // README names this request and leaves its making to the chapter before.
        typist.types("sanduan device request --dir fcp --out fcp.req", "eoc")?;
        let mut daemons = Vec::new();
        let commands = commands()?;
        for command in &commands {
            match command.text.starts_with("sanduand ") {
                true => daemons.push(typist.begins(&command.text, daemons.len())?),
                false => typist.does(command)?,
            }
        }
        println!("README: {} commands, all of them well", commands.len());
        ensure(commands.len() >= COMMANDS_MIN, || format!("only {} commands", commands.len()))
    });
}

/// A command of README.
struct Written {
    /// Without what is said beside it.
    text: String,
    /// It is typed at the team's machine.
    is_teams: bool,
}

/// All commands after the two that need the whole repository; the console has journeys of its own.
fn commands() -> Outcome<Vec<Written>> {
    let readme = std::fs::read_to_string(binaries::repository().join("README.md"))?;
    let code = readme.lines().filter_map(|line| line.strip_prefix("    "));
    let commands = code.map(|line| {
        let (text, beside) = line.split_once(" # ").unwrap_or((line, ""));
        Written { text: text.trim().to_owned(), is_teams: beside.contains("the team's machine") }
    });
    let elsewhere = ["./demo", "./check", "cargo ", "export "];
    let is_typed = |command: &Written| {
        command.text != "sanduan" && !elsewhere.iter().any(|word| command.text.starts_with(word))
    };
    Ok(commands.filter(is_typed).collect())
}

/// Somebody who types what README says, in one folder of one laptop.
struct Typist<'a> {
    lab: &'a Lab,
    laptop: Host,
}

impl Typist<'_> {
    /// A command to its end; what needs news from the other machine is tried until it is there.
    fn does(&self, command: &Written) -> Outcome {
        match command.is_teams {
            false => self.types(&command.text, "eoc"),
            true => {
                wait_for(&command.text, seconds(ARRIVES_S), || self.types(&command.text, "team"))
            }
        }
    }

    fn types(&self, command: &str, machine: &str) -> Outcome {
        let words = self.words(command, machine)?;
        let (program, args) = words.split_first().ok_or_else(|| Trouble::new("no words"))?;
        run(Path::new(program), args)?.well(command).map(drop)
    }

    /// A daemon in the background; it is there when its door is open.
    fn begins(&self, command: &str, number: usize) -> Outcome<Process> {
        let machine = ["eoc", "team"].get(number).copied().unwrap_or("more");
        let words = self.words(&format!("exec {}", command.trim_end_matches('&')), machine)?;
        let mut start = Command::new(&words[0]);
        start.args(&words[1..]);
        let mut daemon = Process::start(machine, self.lab.folder(), &mut start)?;
        wait_for(&format!("the door of {machine}"), seconds(30), || {
            daemon.still_runs()?;
            self.types("sanduan status", machine)
        })?;
        Ok(daemon)
    }

    /// The words that run a line of the shell on the laptop.
    fn words(&self, line: &str, machine: &str) -> Outcome<Vec<String>> {
        let (folder, programs) = (self.lab.folder().display(), binaries::folder()?);
        let script = format!(
            "cd {folder} && export PATH={}:$PATH SANDUAN_SOCKET={machine}/control.sock && {line}",
            programs.display()
        );
        let mut words = self.laptop.enter();
        words.extend(["bash".to_owned(), "-c".to_owned(), script]);
        Ok(words)
    }
}
