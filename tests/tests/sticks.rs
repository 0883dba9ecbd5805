//! Sticks that are found by themselves, and codes between two machines that were never connected.

use std::path::{Path, PathBuf};
use std::process::Command;

use sanduan_tests::modems::can_run;
use sanduan_tests::round::{self, CENTRE, DEPOT_UNIT};
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Config, Lab, Machine, Outcome, Trouble, journey, seconds, wait_for};

/// Where sticks are mounted, and a bearer that watches it.
fn watching(operator: &str, port: &Path) -> Outcome<Config> {
    std::fs::create_dir_all(port)?;
    let port = port.display();
    Ok(Config::new(operator)
        .table(&format!("[[bearer]]\nname = \"U盘\"\nkind = \"carry\"\nwatch = \"{port}\"")))
}

fn pair(lab: &Lab) -> Outcome<(Machine, Machine, PathBuf, PathBuf)> {
    let (here, there) = (lab.path("media-here"), lab.path("media-there"));
    let mut centre = lab.found("centre")?;
    centre.configure(&watching("值班员", &here)?)?;
    centre.start()?;
    let mut depot = lab.join(&centre, "depot", DEPOT_UNIT, round::DEPOT_ROLES)?;
    depot.configure(&watching("库管员", &there)?)?;
    depot.start()?;
    Ok((centre, depot, here, there))
}

/// Carry files in a folder.
fn files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder)?.flatten().map(|entry| entry.path());
    Ok(entries.filter(|path| path.extension().is_some_and(|e| e == "carry")).collect())
}

fn left(folder: &Path, wanted: usize) -> Outcome {
    wait_for("files on the stick", seconds(60), || {
        let count = files(folder)?.len();
        ensure(count == wanted, || format!("{count} files, not {wanted}"))
    })
}

#[test]
fn a_stick_in_any_port_brings_order_and_answer_and_a_strangers_stick_is_not_written_to() {
    journey(|lab| {
        let (centre, depot, here, there) = pair(lab)?;
        let text = "清点救生衣并报数";
        let id = centre.cli_saved(&["order", "send", "--to", DEPOT_UNIT, "--text", text])?;
        // Two at once: one prepared, one of somebody else, in ports of different depth.
        let stick = here.join("wang").join("应急盘");
        std::fs::create_dir_all(stick.join("sanduan"))?;
        let foreign = here.join("music");
        std::fs::create_dir_all(&foreign)?;
        left(&stick.join("sanduan"), 1)?;
        let ours = files(&stick.join("sanduan"))?.remove(0);
        let bytes = std::fs::read(&ours)?;
        let is_open = bytes.windows(text.len()).any(|window| window == text.as_bytes());
        ensure(!is_open, || "the order can be read on the stick".to_owned())?;
        ensure(std::fs::read_dir(&foreign)?.count() == 0, || "written to a stranger's".into())?;
        // A file of another network, which is named and ignored.
        let mut wrong = bytes.clone();
        wrong[8..16].copy_from_slice(b"strange!");
        std::fs::write(stick.join("sanduan").join("wrong.carry"), wrong)?;
        let known = centre.status()?.records;
        wait_for("the word about it", seconds(60), || {
            let row = centre.bearers()?.into_iter().next().ok_or_else(|| Trouble::new("no row"))?;
            let is_named = row.dropped.iter().any(|(word, _)| word == "carry_other_network");
            ensure(is_named && centre.log_text().contains("另一个网络"), || format!("{row:?}"))
        })?;
        ensure(centre.status()?.records == known, || "it was taken in".into())?;
        std::fs::rename(&stick, there.join("usb"))?;
        wait_for("the order at the depot", seconds(60), || depot.order(&id).map(drop))?;
        depot.cli(&["receipt", &id, "done", "--person", "库管员"])?;
        let row = wait_for("the row about the stick", seconds(60), || {
            let row = depot.bearers()?.into_iter().next().ok_or_else(|| Trouble::new("no row"))?;
            ensure(row.today_sent_bytes > 0 && row.today_heard_bytes > 0, || format!("{row:?}"))?;
            Ok(row)
        })?;
        ensure(row.target.ends_with("usb") && row.last_heard_ms.is_some(), || format!("{row:?}"))?;
        left(&there.join("usb").join("sanduan"), 3)?;
        std::thread::sleep(std::time::Duration::from_secs(8));
        std::fs::rename(there.join("usb"), here.join("again"))?;
        wait_for("the answer at the centre", seconds(60), || {
            let order = centre.order(&id)?.order;
            ensure(order.done == 1, || format!("{order:?}"))
        })
    });
}

/// A file system in memory, taken away again when dropped.
struct SmallStick(PathBuf);

impl SmallStick {
    fn mount(at: PathBuf, bytes: u32) -> Option<SmallStick> {
        std::fs::create_dir_all(&at).ok()?;
        let size = format!("size={bytes}");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&at);
        mount.output().is_ok_and(|out| out.status.success()).then_some(SmallStick(at))
    }
}

impl Drop for SmallStick {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a_stick_that_is_mounted_is_read_at_once_and_a_full_one_says_what_to_do() {
    journey(|lab| {
        let (centre, _depot, here, _) = pair(lab)?;
        let stick = SmallStick::mount(here.join("full"), 64 * 1024);
        let reason = stick.is_none().then(|| "a file system cannot be mounted here".to_owned());
        if !can_run("the full stick", reason)? {
            return Ok(());
        }
        // Without a folder for us it is read all the same, and not written to.
        let file = here.join("full").join("elsewhere.carry");
        centre.cli(&["carry", "export", &file.to_string_lossy()])?;
        wait_for("the file to be taken in", seconds(60), || {
            let row = centre.bearers()?.into_iter().next().ok_or_else(|| Trouble::new("no row"))?;
            ensure(row.today_heard_bytes > 0, || format!("{row:?}"))
        })?;
        let _ = std::fs::write(here.join("full").join("ballast"), vec![0; 64 * 1024]);
        let _ = std::fs::create_dir(here.join("full").join("sanduan"));
        wait_for("the remedy", seconds(60), || {
            let row = centre.bearers()?.into_iter().next().ok_or_else(|| Trouble::new("no row"))?;
            let error = row.error.unwrap_or_default();
            ensure(error.contains("写不下") && error.contains("no room"), || error)
        })?;
        ensure(files(&here.join("full").join("sanduan"))?.is_empty(), || "half a file".into())
    });
}

#[test]
fn an_order_and_its_answer_cross_as_scanned_codes() {
    journey(|lab| {
        let (centre, depot, _, _) = pair(lab)?;
        // Who is who travels by file beforehand; it is far too long for codes.
        let file = lab.path("directory.carry").to_string_lossy().into_owned();
        centre.cli(&["carry", "export", &file])?;
        depot.cli(&["carry", "import", &file])?;
        let words = ["order", "send", "--to", DEPOT_UNIT, "--class", "flash", "--text", "立即撤离"];
        let id = centre.cli_saved(&words)?;
        let mut texts = codes(&centre, DEPOT_UNIT)?;
        let count = texts.len();
        ensure(count > 2, || format!("{count} codes are too few to lose one"))?;
        // The picture is one page of 80 by 24 each.
        let drawn = centre.cli(&["carry", "qr", "--for", DEPOT_UNIT])?;
        let pages = drawn.lines().filter(|line| line.contains(&format!("/{count} 张"))).count();
        let rows = drawn.lines().filter(|line| line.contains('█')).count();
        ensure(pages == count && rows == 21 * count, || format!("{pages} pages, {rows} rows"))?;
        texts.reverse();
        let state = lab.path("scan.state").to_string_lossy().into_owned();
        let scan = |texts: &[String]| {
            let file = lab.path("scanned.txt");
            std::fs::write(&file, texts.join("\r\n"))?;
            depot.try_cli(&["carry", "scan", &file.to_string_lossy(), "--state", &state])
        };
        let ended = scan(&texts[..count - 1])?;
        let said = format!("{}{}", ended.stdout, ended.stderr);
        ensure(ended.code == 1 && said.contains("还缺第 1 张"), || said)?;
        let ended = scan(&[texts[count - 1].to_lowercase()])?;
        ensure(ended.code == 0 && ended.stdout.contains("新记录"), || format!("{ended:?}"))?;
        let order = depot.order(&id)?.order;
        ensure(order.unanswered_here && order.text == "立即撤离", || format!("{order:?}"))?;
        depot.cli(&["receipt", &id, "done", "--person", "库管员"])?;
        let file = lab.path("back.txt");
        std::fs::write(&file, codes(&depot, CENTRE)?.join("\n"))?;
        let state = lab.path("back.state").to_string_lossy().into_owned();
        centre.cli(&["carry", "scan", &file.to_string_lossy(), "--state", &state])?;
        let order = centre.order(&id)?.order;
        ensure(order.done == 1, || format!("{order:?}"))
    });
}

/// Texts of the codes that a machine shows for a unit.
fn codes(machine: &Machine, unit: &str) -> Outcome<Vec<String>> {
    let shown = machine.cli(&["--json", "carry", "qr", "--for", unit, "--max-bytes", "4000"])?;
    let shown: serde_json::Value = serde_json::from_str(&shown)?;
    let texts = shown["sheets"].as_array().ok_or_else(|| Trouble::new(shown.to_string()))?;
    Ok(texts.iter().filter_map(|text| text.as_str().map(str::to_owned)).collect())
}
