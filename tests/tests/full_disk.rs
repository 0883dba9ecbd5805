//! A disk that is full: the wish is refused in words, nothing confirmed is lost, and when there is
//! room again the machine works on by itself. Needs a small file system of its own, and so root.

use std::path::{Path, PathBuf};
use std::process::Command;

use sanduan_protocol::base::room::Level;
use sanduan_tests::modems::can_run;
use sanduan_tests::round::{CENTRE, DISTRICT_DEPOT};
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Config, Machine, Outcome, Trouble, journey, seconds, wait_for};

/// A file system in memory of so many bytes, taken away again when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: PathBuf, bytes: u32) -> Option<SmallDisk> {
        std::fs::create_dir_all(&at).ok()?;
        let size = format!("size={bytes}");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&at);
        let done = mount.output().is_ok_and(|out| out.status.success());
        done.then_some(SmallDisk(at))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily, because a daemon that is being ended may still hold a file there.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

fn fill(folder: &Path) -> PathBuf {
    let path = folder.join("filler");
    // It ends with an error, which is the point: the disk is full then.
    let _ = std::fs::write(&path, vec![0; 256 * 1024 * 1024]);
    path
}

fn send(machine: &Machine, text: &str) -> Outcome<String> {
    machine.cli_saved(&["order", "send", "--to", CENTRE, "--text", text])
}

#[test]
fn a_full_disk_refuses_in_words_and_loses_nothing() {
    journey(|lab| {
        let disk = SmallDisk::mount(lab.path("centre"), 96 * 1024 * 1024);
        let reason = disk.is_none().then(|| "a file system cannot be mounted here".to_owned());
        if !can_run("the full disk", reason)? {
            return Ok(());
        }
        let mut centre = lab.found("centre")?;
        centre.configure(&Config::new("值班员"))?;
        centre.start()?;
        let before = send(&centre, "满盘之前")?;
        let ballast = fill(centre.folder());
        let (mut confirmed, mut refused) = (vec![before], None);
        for count in 0..5_000 {
            match send_or_words(&centre, &format!("满盘之中{count}"))? {
                Ok(id) => confirmed.push(id),
                Err(words) => {
                    refused = Some(words);
                    break;
                }
            }
        }
        let words = refused.ok_or_else(|| Trouble::new("a full disk took everything"))?;
        ensure(words.contains("盘") || words.contains("保存"), || words.clone())?;
        let status = centre.status()?;
        ensure(status.unsaved.is_some(), || format!("{status:?}"))?;
        std::fs::remove_file(ballast)?;
        // The same process takes orders again, without anybody's help.
        let id = wait_for("an order is taken again", seconds(30), || {
            send_or_words(&centre, "腾出之时")?.map_err(Trouble::new)
        })?;
        confirmed.push(id);
        ensure(centre.status()?.unsaved.is_none(), || "still said to be unsaved".to_owned())?;
        centre.kill();
        centre.start()?;
        for id in &confirmed {
            centre.order(id)?;
        }
        let after = send(&centre, "腾出之后")?;
        let result = centre.order(&after).map(drop);
        centre.kill();
        drop(disk);
        result
    });
}

/// A quota of 40 MB makes a ballast of 4 MB, on a disk of 96 MB.
fn ballast_keeps_orders_flowing(engine: &'static str) {
    journey(|lab| {
        let disk = SmallDisk::mount(lab.path("centre"), 96 * 1024 * 1024);
        let reason = disk.is_none().then(|| "a file system cannot be mounted here".to_owned());
        if !can_run("the ballast", reason)? {
            return Ok(());
        }
        let mut centre = lab.found("centre")?;
        centre.configure(&Config::new("值班员").store(engine).store_max_mb(40))?;
        centre.start()?;
        let ballast = centre.folder().join("ballast");
        wait_for("the ballast is made", seconds(60), || is_there(&ballast, true))?;
        ensure(post_stock(&centre)?.is_ok(), || "there is room".to_owned())?;
        let filler = fill(centre.folder());
        // Without the ballast the first few would be refused.
        let mut confirmed = Vec::new();
        for count in 0..100 {
            let id = send_or_words(&centre, &format!("满盘之中{count}"))?;
            confirmed.push(id.map_err(Trouble::new)?);
        }
        wait_for("the disk is said to be full", seconds(120), || {
            let room = centre.status()?.room;
            ensure(room.level == Level::OrdersOnly && room.by_disk, || format!("{room:?}"))
        })?;
        is_there(&ballast, false)?;
        let words = post_stock(&centre)?.expect_err("stock waits");
        ensure(words.contains("只收指令") && words.contains("files"), || words.clone())?;
        let shown = centre.cli(&["--lang", "zh", "status"])?;
        ensure(shown.contains("存储将尽") && shown.contains("请删"), || shown.clone())?;
        let id = send_or_words(&centre, "满盘仍可下令")?;
        confirmed.push(id.map_err(Trouble::new)?);
        std::fs::remove_file(filler)?;
        wait_for("stock is taken again", seconds(120), || {
            post_stock(&centre)?.map_err(Trouble::new)
        })?;
        wait_for("the ballast is made again", seconds(60), || is_there(&ballast, true))?;
        centre.kill();
        centre.start()?;
        for id in &confirmed {
            centre.order(id)?;
        }
        centre.kill();
        drop(disk);
        Ok(())
    });
}

#[test]
fn a_full_disk_gives_up_its_ballast_and_takes_orders_but_no_stock_with_sled() {
    ballast_keeps_orders_flowing("sled");
}

#[test]
fn a_full_disk_gives_up_its_ballast_and_takes_orders_but_no_stock_with_redb() {
    ballast_keeps_orders_flowing("redb");
}

fn is_there(path: &Path, expected: bool) -> Outcome {
    ensure(path.exists() == expected, || format!("{} should be {expected}", path.display()))
}

/// One movement, or the words of its refusal.
fn post_stock(machine: &Machine) -> Outcome<Result<(), String>> {
    let receive = ["--lang", "zh", "stock", "receive", "--depot", DISTRICT_DEPOT];
    let ended = machine.try_cli(&[&receive[..], &["--line", "E004=1"]].concat())?;
    Ok(if ended.code == 0 { Ok(()) } else { Err(ended.stderr) })
}

/// The number of an order, or the words of its refusal.
fn send_or_words(machine: &Machine, text: &str) -> Outcome<Result<String, String>> {
    let body = serde_json::json!({ "to": CENTRE, "text": text, "person": "值班员" });
    let body = serde_json::to_vec(&body)?;
    let answer = machine.http().ask("POST", "/v1/orders", "application/json", &body)?;
    if answer.status >= 300 {
        return Ok(Err(answer.text()));
    }
    let saved: sanduan_tests::machine::Saved = answer.json("/v1/orders")?;
    Ok(Ok(saved.id.unwrap_or_default()))
}
