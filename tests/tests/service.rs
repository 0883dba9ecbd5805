//! What the service manager sees: ready when the door is open, stopping when told to stop.

use std::os::unix::net::UnixDatagram;
use std::process::Command;

use sanduan_tests::process::Process;
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Config, Outcome, Trouble, binaries, journey, seconds, wait_for};

/// Reads notifications until one holds the word.
fn told(manager: &UnixDatagram, word: &str) -> Outcome {
    let mut bytes = [0; 4096];
    for _ in 0..50 {
        let count = manager.recv(&mut bytes).map_err(|e| Trouble::from(e).during(word))?;
        if String::from_utf8_lossy(&bytes[..count]).lines().any(|line| line == word) {
            return Ok(());
        }
    }
    Err(Trouble::new(format!("{word} was never told")))
}

#[test]
fn the_service_manager_is_told_when_it_is_ready_and_when_it_stops() {
    journey(|lab| {
        let machine = lab.found("centre")?;
        machine.configure(&Config::new("值班员"))?;
        let door = lab.path("notify");
        let manager = UnixDatagram::bind(&door)?;
        manager.set_read_timeout(Some(seconds(20)))?;
        let mut command = Command::new(binaries::folder()?.join("sanduand"));
        command.arg("--config").arg(machine.config_file()).env("NOTIFY_SOCKET", &door);
        let mut daemon = Process::start("centre", lab.folder(), &mut command)?;
        told(&manager, "READY=1")?;
        // Ready means that the door is open now, not soon.
        machine.status()?;
        let code = daemon.stop(seconds(20))?;
        ensure(code == 0, || format!("it ended with {code}"))?;
        told(&manager, "STOPPING=1")
    });
}

#[test]
fn a_socket_left_by_a_kill_does_not_keep_the_next_start_away() {
    journey(|lab| {
        let mut machine = lab.found("centre")?;
        machine.configure(&Config::new("值班员"))?;
        machine.start()?;
        machine.kill();
        ensure(machine.socket().exists(), || "a kill left no socket to test with".to_owned())?;
        machine.start()?;
        wait_for("an answer", seconds(5), || machine.status()).map(drop)
    });
}
