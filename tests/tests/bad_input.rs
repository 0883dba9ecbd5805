//! What people, modems and disks do wrong: every one gets a clear answer, and nothing is lost.

use std::io::{Read, Write};
use std::net::{TcpListener, UdpSocket};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::local::rows::{BearerRow, LinkState};
use sanduan_tests::config::free_udp_port;
use sanduan_tests::process::run;
use sanduan_tests::round::{CENTRE, DISTRICT_DEPOT};
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Config, Lab, Machine, Outcome, Trouble, binaries, journey, seconds, wait_for};
use serde_json::Value;

fn centre(lab: &Lab, config: &Config) -> Outcome<Machine> {
    let mut centre = lab.found("centre")?;
    centre.configure(config)?;
    centre.start()?;
    Ok(centre)
}

fn first_bearer(machine: &Machine) -> Outcome<BearerRow> {
    let mut rows: Value = machine.http().get("/v1/bearers")?;
    let row = rows["bearers"].get_mut(0).map(Value::take);
    serde_json::from_value(row.ok_or_else(|| Trouble::new("no bearer"))?).map_err(Trouble::from)
}

fn noise(dice: &mut Dice, length: u64) -> Vec<u8> {
    (0..length).map(|_| dice.below(256) as u8).collect()
}

#[test]
fn a_second_daemon_on_the_same_data_says_so_and_leaves_the_first_alone() {
    journey(|lab| {
        let centre = centre(lab, &Config::new("值班员"))?;
        let config = centre.config_file();
        let config = config.to_string_lossy();
        let program = binaries::folder()?.join("sanduand");
        let second = run(&program, &["--config", config.as_ref()])?;
        ensure(second.code != 0, || "two daemons share one folder".to_owned())?;
        let folder = centre.folder().to_string_lossy().into_owned();
        ensure(second.stderr.contains(&folder), || second.stderr.clone())?;
        ensure(!second.stderr.contains("panicked"), || second.stderr.clone())?;
        centre.status().map(drop)
    });
}

#[test]
fn a_device_that_lost_its_disk_does_not_speak_again_under_its_old_key() {
    journey(|lab| {
        let mut centre = centre(lab, &Config::new("值班员"))?;
        centre.stop()?;
        for lost in ["journal", "sled"] {
            std::fs::remove_dir_all(centre.folder().join(lost))?;
        }
        let config = centre.config_file();
        let program = binaries::folder()?.join("sanduand");
        let again = run(&program, &["--config", config.to_string_lossy().as_ref()])?;
        ensure(again.code != 0, || "it speaks with counters it may have used".to_owned())?;
        ensure(again.stderr.contains("device request"), || again.stderr.clone())
    });
}

#[test]
fn a_table_with_one_bad_line_changes_nothing_and_is_named() {
    journey(|lab| {
        let centre = centre(lab, &Config::new("值班员"))?;
        let file = lab.path("stock.csv");
        let bad_lines = [
            ("D00,E004,many", "3"),
            ("D00,E999,5", "3"),
            ("D00,E004,-5", "3"),
            ("D00,E004", "3"),
            ("无此库,E004,5", "3"),
        ];
        for (bad, line) in bad_lines {
            std::fs::write(&file, format!("depot,item,quantity\nD00,E001,2\n{bad}\nD00,E002,1\n"))?;
            let ended = centre.try_cli(&["stock", "import", &file.to_string_lossy()])?;
            let said = format!("{}{}", ended.stdout, ended.stderr);
            ensure(ended.code == 1, || format!("{bad}: exit {}: {said}", ended.code))?;
            ensure(said.contains(line), || format!("{bad}: no line number: {said}"))?;
        }
        let rows = centre.stock()?;
        let posted = rows.iter().any(|row| row.on_hand.0 != 0 || row.provisional.0 != 0);
        ensure(!posted, || format!("{rows:?}"))
    });
}

#[test]
fn noise_on_the_network_is_counted_and_dropped() {
    journey(|lab| {
        let (own, peer) = (free_udp_port()?, free_udp_port()?);
        let centre = centre(lab, &Config::new("值班员").udp(own, &[peer]))?;
        let socket = UdpSocket::bind(("127.0.0.1", peer))?;
        let mut dice = Dice::new(1);
        for length in 0..600 {
            socket.send_to(&noise(&mut dice, length * 2), ("127.0.0.1", own))?;
        }
        let stranger = UdpSocket::bind("127.0.0.1:0")?;
        stranger.send_to(b"hello", ("127.0.0.1", own))?;
        counted(&centre)
    });
}

#[test]
fn noise_from_a_modem_is_counted_and_dropped() {
    journey(|lab| {
        let modem = TcpListener::bind("127.0.0.1:0")?;
        let port = modem.local_addr()?.port();
        let centre = centre(lab, &Config::new("值班员").kiss_tcp(port, 9600))?;
        let (mut line, _) = modem.accept()?;
        let mut dice = Dice::new(2);
        for _ in 0..200 {
            let mut bytes = noise(&mut dice, 300);
            bytes.insert(0, 0xc0);
            line.write_all(&bytes)?;
        }
        // A frame that never ends: it must not grow in memory.
        line.write_all(&vec![0x41; 4 * 1024 * 1024])?;
        counted(&centre)
    });
}

fn counted(machine: &Machine) -> Outcome {
    wait_for("the drops to be counted", seconds(20), || {
        let row = first_bearer(machine)?;
        let dropped: u64 = row.dropped.iter().map(|(_, count)| count).sum();
        ensure(dropped > 0 && !row.dropped.is_empty(), || format!("{row:?}"))
    })?;
    let log = machine.log_text();
    ensure(!log.contains("panicked"), || log.clone())?;
    ensure(machine.status()?.records < 1_000_000, || "noise became records".to_owned())
}

#[test]
fn noise_on_the_control_socket_leaves_the_daemon_answering() {
    journey(|lab| {
        let centre = centre(lab, &Config::new("值班员"))?;
        let mut dice = Dice::new(3);
        for length in [0, 1, 100, 100_000] {
            let mut stream = UnixStream::connect(centre.socket())?;
            stream.set_read_timeout(Some(Duration::from_secs(5)))?;
            // The daemon may hang up before it has taken everything.
            let _ = stream.write_all(&noise(&mut dice, length));
            let _ = stream.shutdown(std::net::Shutdown::Write);
            let _ = stream.read_to_end(&mut Vec::new());
        }
        let kind = "application/json";
        for body in ["", "{", "[]", "{\"to\":7}", "{\"unknown\":1}", "\u{0}"] {
            let answer = centre.http().ask("POST", "/v1/orders", kind, body.as_bytes())?;
            let named = (400..500).contains(&answer.status) && answer.text().contains("zh");
            ensure(named, || format!("{body:?}: {} {}", answer.status, answer.text()))?;
        }
        let huge = vec![b'x'; 2 * 1024 * 1024];
        let answer = centre.http().ask("POST", "/v1/orders", kind, &huge)?;
        ensure(answer.status == 413, || format!("{}", answer.status))?;
        let answer = centre.http().ask("GET", "/v1/nothing", kind, &[])?;
        ensure(answer.status == 404, || format!("{}", answer.status))?;
        ensure(centre.orders()?.is_empty(), || "noise became an order".to_owned())
    });
}

#[test]
fn a_missing_serial_device_is_named_and_everything_else_works() {
    journey(|lab| {
        let device = lab.path("ttyUSB7");
        let centre = centre(lab, &Config::new("值班员").kiss_serial(&device, 1200))?;
        wait_for("the bearer to say why it is down", seconds(20), || {
            let row = first_bearer(&centre)?;
            let words = row.error.clone().unwrap_or_default();
            let named = words.contains("ttyUSB7") || row.target.contains("ttyUSB7");
            ensure(row.state == LinkState::Down && !words.is_empty() && named, || {
                format!("{row:?}")
            })
        })?;
        centre.cli_saved(&["order", "send", "--to", CENTRE, "--text", "自检"]).map(drop)
    });
}

#[test]
fn a_wrong_configuration_names_file_and_line() {
    journey(|lab| {
        let machine = lab.found("centre")?;
        machine.configure(&Config::new("值班员").table("[[bearer]]\nkind = \"pigeon\""))?;
        let program = binaries::folder()?.join("sanduand");
        let config = machine.config_file();
        let config = config.to_string_lossy();
        for args in [&["--config", config.as_ref()][..], &["check-config", config.as_ref()][..]] {
            let ended = run(&program, args)?;
            let said = format!("{}{}", ended.stdout, ended.stderr);
            ensure(ended.code != 0, || format!("{args:?} accepted a pigeon"))?;
            let named = said.contains("sanduan.toml") && said.contains("pigeon");
            ensure(named && !said.contains("panicked"), || said.clone())?;
        }
        Ok(())
    });
}

#[test]
fn the_command_line_says_what_to_do_when_no_daemon_runs() {
    journey(|lab| {
        let machine = lab.found("centre")?;
        let ended = machine.try_cli(&["status"])?;
        ensure(ended.code == 3, || format!("exit {}", ended.code))?;
        ensure(ended.stderr.contains("sanduand"), || ended.stderr.clone())
    });
}

#[test]
fn a_torn_end_of_the_journal_costs_nothing_that_was_confirmed() {
    journey(|lab| {
        let mut centre = centre(lab, &Config::new("值班员"))?;
        let id = centre.cli_saved(&["order", "send", "--to", CENTRE, "--text", "留底"])?;
        centre.kill();
        let last = last_segment(&centre.folder().join("journal"))?;
        let mut file = std::fs::File::options().append(true).open(last)?;
        file.write_all(&[0x20, 0, 0, 0, 1, 2, 3, 4, 5])?;
        drop(file);
        centre.start()?;
        let order = centre.order(&id)?.order;
        ensure(order.text == "留底", || format!("{order:?}"))?;
        let next = centre.cli_saved(&["order", "send", "--to", CENTRE, "--text", "再写"])?;
        ensure(next != id, || "a number was given twice".to_owned())?;
        centre.kill();
        centre.start()?;
        centre.order(&next).and_then(|_| centre.order(&id)).map(drop)
    });
}

fn last_segment(folder: &Path) -> Outcome<std::path::PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder)?.flatten().map(|e| e.path()).collect();
    files.retain(|path| path.to_string_lossy().contains("journal."));
    files.sort();
    files.pop().ok_or_else(|| Trouble::new("no journal"))
}

#[test]
fn an_item_is_not_created_by_a_failed_wish() {
    journey(|lab| {
        let centre = centre(lab, &Config::new("值班员"))?;
        let wishes = [
            &["stock", "receive", "--depot", DISTRICT_DEPOT, "--line", "E004=abc"][..],
            &["stock", "receive", "--depot", DISTRICT_DEPOT, "--line", "不存在=1"],
            &[
                "stock",
                "ship",
                "--from",
                DISTRICT_DEPOT,
                "--to",
                DISTRICT_DEPOT,
                "--line",
                "E004=1",
            ],
            &["stock", "arrive", "9-9"],
            &["receipt", "9-9", "done"],
            &["order", "send", "--to", "无此单位", "--text", "x"],
        ];
        for wish in wishes {
            let ended = centre.try_cli(wish)?;
            ensure(ended.code == 1 || ended.code == 2, || {
                format!("{wish:?}: exit {}", ended.code)
            })?;
            let words = ended.stderr.trim().to_owned();
            ensure(!words.is_empty() && !words.contains("panicked"), || format!("{wish:?}"))?;
        }
        ensure(centre.log()?.iter().all(|row| row.text != "x"), || "an order was sent".to_owned())
    });
}
