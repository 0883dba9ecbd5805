//! What lies on the disk, and who may give orders: a passphrase, a lock, a wipe, through the real
//! programs.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sanduan_protocol::local::rows::{OrderLock, OrderState, Protection, VaultRow};
use sanduan_tests::config::free_udp_port;
use sanduan_tests::round::{self, DISTRICT_DEPOT, FORWARD, TEAM_ROLES};
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Config, Lab, Machine, Outcome, Trouble, binaries, journey, seconds, wait_for};

const STEP_S: u64 = 90;

const WORD: &str = "山高水长，月小风清";
const TEXT: &str = "石门村沿江二社立即转移";

/// The operations centre and a forward post that hear each other.
fn two(lab: &Lab) -> Outcome<(Machine, Machine)> {
    let ports = [free_udp_port()?, free_udp_port()?];
    let mut centre = lab.found("centre")?;
    centre.configure(&Config::new("值班员").udp(ports[0], &[ports[1]]))?;
    centre.start()?;
    let mut post = lab.join(&centre, "post", FORWARD, TEAM_ROLES)?;
    post.configure(&Config::new("组长").udp(ports[1], &[ports[0]]))?;
    post.start()?;
    Ok((centre, post))
}

/// Runs the command line with lines on its standard input; its exit code and what it printed.
fn typed(machine: &Machine, args: &[&str], lines: &str) -> Outcome<(i32, String)> {
    let mut child = Command::new(binaries::folder()?.join("sanduan"))
        .arg("--socket")
        .arg(machine.socket())
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut input = child.stdin.take().ok_or_else(|| Trouble::new("no input"))?;
    input.write_all(lines.as_bytes())?;
    drop(input);
    let ended = child.wait_with_output()?;
    let text = [ended.stdout, ended.stderr].concat();
    Ok((ended.status.code().unwrap_or(-1), String::from_utf8_lossy(&text).into_owned()))
}

fn well(machine: &Machine, args: &[&str], lines: &str) -> Outcome<String> {
    match typed(machine, args, lines)? {
        (0, text) => Ok(text),
        (code, text) => Err(Trouble::new(format!("{args:?} ended with {code}: {text}"))),
    }
}

fn vault(machine: &Machine) -> Outcome<VaultRow> {
    machine.http().get("/v1/vault")
}

fn order(machine: &Machine, text: &str) -> Outcome<(i32, String)> {
    typed(machine, &["order", "send", "--to", FORWARD, "--class", "flash", "--text", text], "")
}

fn refused(machine: &Machine) -> Outcome {
    let (code, said) = order(machine, "不该发出")?;
    ensure(code == 1 && said.contains("sanduan unlock"), || format!("{code}: {said}"))
}

/// Every file below that holds these bytes.
fn files_with(folder: &Path, bytes: &[u8]) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files_with(&path, bytes)?);
        } else if path.is_file() && std::fs::read(&path)?.windows(bytes.len()).any(|w| w == bytes) {
            found.push(path);
        }
    }
    Ok(found)
}

fn centre(lab: &sanduan_tests::Lab) -> Outcome<Machine> {
    let mut centre = lab.found("centre")?;
    centre.configure(&Config::new("值班员"))?;
    centre.start()?;
    Ok(centre)
}

#[test]
fn with_a_passphrase_nothing_is_read_before_it_is_given_and_nothing_lies_there_in_clear() {
    journey(|lab| {
        let mut centre = centre(lab)?;
        let id = centre.cli_saved(&["order", "send", "--to", FORWARD, "--text", TEXT])?;
        let said = well(&centre, &["passphrase", "set"], &format!("{WORD}\n"))?;
        ensure(said.contains("口令已设"), || said.clone())?;
        ensure(!centre.folder().join("vault.key").exists(), || "the key file stays".to_owned())?;
        centre.stop()?;
        for secret in [TEXT, "epoch_secret", WORD] {
            let found = files_with(centre.folder(), secret.as_bytes())?;
            ensure(found.is_empty(), || format!("{secret} in clear in {found:?}"))?;
        }
        centre.start_locked()?;
        let row = vault(&centre)?;
        ensure(!row.opened && row.protection == Protection::Passphrase, || format!("{row:?}"))?;
        let answer = centre.http().ask("GET", "/v1/orders", "application/json", &[])?;
        ensure(answer.status == 423 && answer.text().contains("sanduan unlock"), || answer.text())?;
        let (code, said) = typed(&centre, &["unlock"], "山高水短\n")?;
        ensure(code == 1 && said.contains("口令不对"), || format!("{code}: {said}"))?;
        let said = well(&centre, &["unlock"], &format!("{WORD}\n"))?;
        ensure(said.contains("已解锁"), || said.clone())?;
        let row = centre.order(&id)?.order;
        ensure(row.text == TEXT, || format!("{row:?}"))?;
        order(&centre, "第二道指令").and_then(|(code, said)| ensure(code == 0, || said))
    });
}

#[test]
fn orders_need_the_passphrase_and_receipts_positions_and_pleas_do_not() {
    journey(|lab| {
        let mut centre = centre(lab)?;
        let id = centre.cli_saved(&["order", "send", "--to", FORWARD, "--text", TEXT])?;
        well(&centre, &["passphrase", "set", "--unattended"], &format!("{WORD}\n"))?;
        centre.stop()?;
        // It starts by itself; nobody is needed but for orders.
        centre.start()?;
        let status = centre.status()?;
        ensure(status.vault.orders == OrderLock::Locked, || format!("{:?}", status.vault))?;
        refused(&centre)?;
        let (code, said) = typed(&centre, &["order", "cancel", &id, "--reason", "误发"], "")?;
        ensure(code == 1 && said.contains("口令"), || format!("{code}: {said}"))?;
        centre.cli(&["receipt", &id, "done", "--proxy", "phone", "--unit", FORWARD])?;
        centre.cli(&["position", "report", "--lat", "29.29", "--lon", "106.258"])?;
        centre.cli(&["stock", "receive", "--depot", DISTRICT_DEPOT, "--line", "E004=210"])?;
        centre.cli(&["order", "send", "--to", FORWARD, "--kind", "request", "--text", "求助"])?;
        well(&centre, &["unlock"], &format!("{WORD}\n"))?;
        order(&centre, "第二道指令").and_then(|(code, said)| ensure(code == 0, || said))?;
        well(&centre, &["lock"], "")?;
        refused(&centre)?;
        let orders = centre.orders()?;
        ensure(!orders.iter().any(|row| row.text == "不该发出"), || format!("{orders:?}"))?;
        well(&centre, &["passphrase", "remove"], &format!("{WORD}\n"))?;
        order(&centre, "第三道指令").and_then(|(code, said)| ensure(code == 0, || said))
    });
}

#[test]
fn orders_under_the_order_key_are_verified_and_answered_by_another_machine() {
    journey(|lab| {
        let (mut centre, post) = two(lab)?;
        round::preload(&centre, &[&post])?;
        let early = centre.cli_saved(&["order", "send", "--to", FORWARD, "--text", TEXT])?;
        ensure(early.starts_with("1-"), || early.clone())?;
        well(&centre, &["passphrase", "set", "--unattended"], &format!("{WORD}\n"))?;
        refused(&centre)?;
        well(&centre, &["unlock"], &format!("{WORD}\n"))?;
        let send = ["order", "send", "--to", FORWARD, "--text", "改走北线"];
        let (plain, flash) = (centre.cli_saved(&send)?, {
            let urgent = [&send[..], &["--class", "flash"]].concat();
            centre.cli_saved(&urgent)?
        });
        ensure((plain.as_str(), flash.as_str()) == ("1.1-1", "1.01-1"), || {
            format!("{plain} {flash}")
        })?;
        // It starts by itself and answers; what was ordered before is still verified.
        centre.stop()?;
        centre.start()?;
        for id in [&early, &plain, &flash] {
            wait_for("the order, verified", seconds(STEP_S), || {
                let row = post.order(id)?.order;
                ensure(row.state == OrderState::Open, || format!("{row:?}"))
            })?;
            post.cli(&["receipt", id, "acknowledged"])?;
            wait_for("the receipt at the centre", seconds(STEP_S), || {
                let row = centre.order(id)?.order;
                ensure(row.state == OrderState::Answered, || format!("{row:?}"))
            })?;
        }
        refused(&centre)
    });
}

#[test]
fn the_authority_of_a_machine_that_starts_by_itself_needs_the_passphrase() {
    journey(|lab| {
        let (mut centre, post) = two(lab)?;
        let lost = lab.join(&centre, "lost", FORWARD, TEAM_ROLES)?;
        round::preload(&centre, &[&post])?;
        well(&centre, &["passphrase", "set", "--unattended"], &format!("{WORD}\n"))?;
        centre.stop()?;
        centre.start()?;
        let number = centre.directory()?.devices.iter().map(|row| row.device.0).max();
        let number = number.ok_or_else(|| Trouble::new(lost.name()))?.to_string();
        let acts: [&[&str]; 3] = [
            &["group", "add", "指挥组", FORWARD],
            &["device", "renew", &number],
            &["device", "revoke", &number, "--reason", "遗失"],
        ];
        for act in acts {
            let (code, said) = typed(&centre, act, "")?;
            ensure(code == 1 && said.contains("口令"), || format!("{act:?} {code}: {said}"))?;
        }
        // What the disk holds opens with the key file, and the network's key does not.
        ensure(centre.status()?.vault.orders == OrderLock::Locked, || "open".to_owned())?;
        well(&centre, &["unlock"], &format!("{WORD}\n"))?;
        for act in acts {
            well(&centre, act, "")?;
        }
        well(&centre, &["lock"], "")?;
        // The rekey goes on by itself, also through a restart of the locked machine.
        centre.stop()?;
        centre.start()?;
        for machine in [&centre, &post] {
            wait_for("the next keys", seconds(STEP_S), || {
                let status = machine.status()?;
                ensure(status.keys.epoch == 2, || format!("{:?}", status.keys))
            })?;
        }
        let plea = ["order", "send", "--to", FORWARD, "--kind", "request", "--text", "求助"];
        let id = centre.cli_saved(&plea)?;
        wait_for("a plea under the next keys", seconds(STEP_S), || post.order(&id).map(drop))
    });
}

#[test]
fn the_passphrase_is_forgotten_when_no_order_was_given_for_a_while() {
    journey(|lab| {
        let mut centre = centre(lab)?;
        centre.stop()?;
        centre.configure(&Config::new("值班员").table("[vault]\norders_open_s = 5"))?;
        centre.start()?;
        well(&centre, &["passphrase", "set", "--unattended"], &format!("{WORD}\n"))?;
        refused_in_time(&centre)?;
        well(&centre, &["unlock"], &format!("{WORD}\n"))?;
        let row = vault(&centre)?;
        ensure(row.open_for_s.is_some_and(|left| left <= 5), || format!("{row:?}"))
    });
}

fn refused_in_time(machine: &Machine) -> Outcome {
    sanduan_tests::wait_for("orders to be locked", sanduan_tests::seconds(60), || {
        let row = vault(machine)?;
        ensure(row.orders == OrderLock::Locked, || format!("{row:?}"))
    })?;
    refused(machine)
}

#[test]
fn a_wipe_takes_two_steps_and_leaves_nothing_that_opens() {
    journey(|lab| {
        let mut centre = centre(lab)?;
        centre.cli_saved(&["order", "send", "--to", FORWARD, "--text", TEXT])?;
        let copy = lab.path("copy");
        let told: sanduan_protocol::local::rows::WipeRow =
            serde_json::from_str(&centre.cli(&["--json", "wipe"])?)?;
        let code = told.code.ok_or_else(|| Trouble::new("no code"))?;
        let wrong = if code == "000000" { "000001" } else { "000000" };
        let ended = typed(&centre, &["wipe", wrong], "")?;
        ensure(ended.0 == 1 && ended.1.contains("没有销毁"), || format!("{ended:?}"))?;
        centre.status()?;
        // What a thief copied is not helped by what is left; the journal is, with the key.
        copy_all(&centre.folder().join("journal"), &copy)?;
        let said = centre.cli(&["wipe", &code])?;
        ensure(said.contains("密钥已销毁"), || said.clone())?;
        centre.ends_by_itself()?;
        let mut left: Vec<String> = Vec::new();
        for entry in std::fs::read_dir(centre.folder())? {
            left.push(entry?.file_name().to_string_lossy().into_owned());
        }
        left.sort();
        left.retain(|name| name != "control.sock");
        ensure(left == ["lock", "sanduan.toml", "wiped"], || format!("{left:?}"))?;
        let found = files_with(&copy, TEXT.as_bytes())?;
        ensure(found.is_empty(), || format!("in clear in {found:?}"))?;
        let again = centre.start();
        ensure(again.is_err(), || "a wiped machine starts again".to_owned())?;
        let log = centre.log_text();
        ensure(log.contains("销毁") && log.contains("was wiped at"), || log.clone())
    });
}

fn copy_all(from: &Path, to: &Path) -> Outcome {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let path = entry?.path();
        std::fs::copy(&path, to.join(path.file_name().unwrap_or_default()))?;
    }
    Ok(())
}
