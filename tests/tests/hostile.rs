//! Sources and doors that lie: a gpsd that sends rubbish, a receiver that raves, a socket that
//! belongs to another. The machine says so and goes on.

use std::io::Write;
use std::net::TcpListener;

use sanduan_tests::process::{Process, run};
use sanduan_tests::round::{CENTRE, DEPOT_UNIT};
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Config, Lab, Machine, Outcome, Trouble, binaries, journey, seconds, wait_for};
use serde_json::Value;

const TRUE_FIX: &str = "{\"class\":\"TPV\",\"mode\":3,\"lat\":29.29,\"lon\":106.258}";

fn centre(lab: &Lab, config: &Config) -> Outcome<Machine> {
    let mut centre = lab.found("centre")?;
    centre.configure(config)?;
    centre.start()?;
    Ok(centre)
}

fn goes_on(machine: &Machine) -> Outcome {
    machine.cli_saved(&["order", "send", "--to", CENTRE, "--text", "照常"])?;
    let log = machine.log_text();
    ensure(!log.contains("panicked"), || log.clone())
}

/// The first position, once there is one.
fn fix(machine: &Machine) -> Outcome<i32> {
    let row = machine.positions()?.into_iter().next();
    row.map(|row| row.point.lat_e7).ok_or_else(|| Trouble::new("no position yet"))
}

#[test]
fn a_gpsd_that_sends_rubbish_moves_nobody_and_a_true_fix_after_it_counts() {
    journey(|lab| {
        let gpsd = TcpListener::bind("127.0.0.1:0")?;
        let port = gpsd.local_addr()?.port();
        let centre = centre(lab, &Config::new("值班员").gpsd(port))?;
        let (mut line, _) = gpsd.accept()?;
        for rubbish in [
            "{\"class\":\"TPV\",\"mode\":3,\"lat\":91.0,\"lon\":0.0}",
            "{\"class\":\"TPV\",\"mode\":3,\"lat\":1e300,\"lon\":-1e300}",
            "{\"class\":\"TPV\",\"mode\":3,\"lat\":\"north\",\"lon\":null}",
            "{\"class\":\"TPV\",\"mode\":0,\"lat\":12.0,\"lon\":12.0}",
            "{\"class\":\"TPV\",\"mode\":3}",
            "{\"class\":",
            "[[[[[[[[",
            "\u{0}\u{1}不是JSON",
            "",
        ] {
            writeln!(line, "{rubbish}")?;
        }
        line.flush()?;
        // A line that never ends costs the connection, not the memory; the daemon comes back.
        let _ = line.write_all(&vec![b'x'; 2 * 1024 * 1024]);
        goes_on(&centre)?;
        ensure(fix(&centre).is_err(), || "rubbish became a position".to_owned())?;
        drop(line);
        let (mut line, _) = gpsd.accept()?;
        wait_for("the true fix", seconds(20), || {
            writeln!(line, "{TRUE_FIX}")?;
            let lat_e7 = fix(&centre)?;
            ensure((lat_e7 - 292_900_000).abs() < 1_000, || lat_e7.to_string())
        })
    });
}

#[test]
fn a_receiver_that_raves_moves_nobody() {
    journey(|lab| {
        let file = lab.path("raving.nmea");
        // A wrong checksum, no checksum, a latitude that does not exist, binary, an endless line.
        let mut text = b"$GNRMC,024000.00,A,2903.60000,N,10607.50000,E,8.1,212.5,190826,,,A*00\r\n\
            $GNRMC,024001.00,A,2903.60000,N,10607.50000,E,8.1,212.5,190826,,,A\r\n\
            $GNGGA,024002.00,9903.60000,N,10607.50000,E,1,14,0.8,205.3,M,-30.1,M,,*50\r\n"
            .to_vec();
        text.extend((0..=255).cycle().take(100_000));
        text.extend(vec![b'$'; 1024 * 1024]);
        std::fs::write(&file, text)?;
        let source = format!(
            "[[source]]\nname = \"录\"\nkind = \"nmea\"\nfile = \"{}\"\nspeed = 100.0",
            file.display()
        );
        let centre = centre(lab, &Config::new("值班员").table(&source))?;
        goes_on(&centre)?;
        std::thread::sleep(seconds(2));
        ensure(fix(&centre).is_err(), || "raving became a position".to_owned())?;
        goes_on(&centre)
    });
}

#[test]
fn a_socket_in_use_by_another_daemon_is_named_and_left_alone() {
    journey(|lab| {
        let first = centre(lab, &Config::new("值班员"))?;
        let second = lab.found("second")?;
        let own = second.socket().to_string_lossy().into_owned();
        let taken = first.socket().to_string_lossy().into_owned();
        let config = Config::new("值班员").text(second.folder()).replace(&own, &taken);
        std::fs::write(second.config_file(), config)?;
        let program = binaries::folder()?.join("sanduand");
        let file = second.config_file().to_string_lossy().into_owned();
        let ended = run(&program, &["--config", &file])?;
        ensure(ended.code != 0 && ended.stderr.contains(&taken), || ended.stderr.clone())?;
        goes_on(&first)
    });
}

#[test]
fn the_watch_prints_every_event_as_a_line_of_json() {
    journey(|lab| {
        let centre = centre(lab, &Config::new("值班员"))?;
        let mut command = std::process::Command::new(binaries::folder()?.join("sanduan"));
        command.arg("--socket").arg(centre.socket()).arg("watch");
        let watch = Process::start("watch", lab.folder(), &mut command)?;
        let mut count = 0;
        wait_for("an event", seconds(20), || {
            // The watch may not be listening yet when the first order goes out.
            count += 1;
            let text = format!("看到{count}");
            centre.cli_saved(&["order", "send", "--to", CENTRE, "--text", &text])?;
            let log = watch.log();
            let line = log.lines().find(|line| line.contains("看到"));
            let line = line.ok_or_else(|| Trouble::new(log.clone()))?;
            serde_json::from_str::<Value>(line).map(drop).map_err(Trouble::from)
        })
    });
}

#[test]
fn a_file_made_for_one_device_brings_it_what_it_lacks() {
    journey(|lab| {
        let centre = centre(lab, &Config::new("值班员"))?;
        let mut depot = lab.join(&centre, "depot", DEPOT_UNIT, &["receipt"])?;
        depot.configure(&Config::new("保管员"))?;
        depot.start()?;
        let id = centre.cli_saved(&["order", "send", "--to", DEPOT_UNIT, "--text", "清点"])?;
        let file = lab.path("news.carry").to_string_lossy().into_owned();
        centre.cli(&["carry", "export", &file, "--for", DEPOT_UNIT])?;
        depot.cli(&["carry", "import", &file])?;
        let seen = depot.order(&id)?.order;
        ensure(seen.text == "清点" && seen.unanswered_here, || format!("{seen:?}"))
    });
}
