//! A photo of five megabytes over QUIC: everybody hears at once that it exists, it is fetched on
//! over a kill in the middle, an order overtakes it, and what comes out is what went in.

use sanduan_protocol::local::rows::FileRow;
use sanduan_tests::config::free_udp_port;
use sanduan_tests::trouble::{Trouble, ensure};
use sanduan_tests::{Config, Machine, Outcome, journey, round, seconds, wait_for};
use serde::Deserialize;

const PHOTO_BYTES: usize = 5_000_000;
/// Half of it is for files: ten seconds for the photo.
const BEARER: &str = "rate_bit_s = 8000000\nrtt_ms = 20";
const STEP_S: u64 = 180;

#[derive(Deserialize)]
struct Listed {
    files: Vec<FileRow>,
}

#[test]
fn a_photo_survives_a_kill_in_the_middle_and_an_order_overtakes_it() {
    journey(|lab| {
        let port = free_udp_port()?;
        let mut desk = lab.found("desk")?;
        desk.configure(&Config::new("值班员").quic(port, &[], BEARER))?;
        desk.start()?;
        let mut depot = lab.join(&desk, "depot", round::DEPOT_UNIT, round::DEPOT_ROLES)?;
        depot.configure(&Config::new("保管员").quic(free_udp_port()?, &[port], BEARER))?;
        depot.start()?;
        round::preload(&desk, &[&depot])?;
        let photo = lab.path("塌方现场.jpg");
        let content = noise(PHOTO_BYTES);
        std::fs::write(&photo, &content)?;
        desk.cli(&["file", "send", &photo.to_string_lossy(), "--note", "左岸"])?;
        let row = wait_for("the photo to be known", seconds(STEP_S), || listed(&depot))?;
        ensure(row.bytes == PHOTO_BYTES as u64 && row.held_bytes == 0, || format!("{row:?}"))?;
        ensure(row.name == "塌方现场.jpg" && row.mime == "image/jpeg", || format!("{row:?}"))?;
        depot.cli(&["file", "fetch", &row.hash[..8], "--no-wait"])?;
        let before = part(&depot, 1)?;
        depot.kill();
        depot.start()?;
        let kept = listed(&depot)?;
        ensure(kept.held_bytes >= before.held_bytes, || format!("{before:?} then {kept:?}"))?;
        let more = part(&depot, kept.held_bytes + 1)?;
        let order =
            ["order", "send", "--to", round::DEPOT_UNIT, "--class", "flash", "--text", "撤"];
        let id = desk.cli_saved(&order)?;
        wait_for("the order", seconds(STEP_S), || depot.order(&id))?;
        let then = listed(&depot)?;
        println!("held {} when the order came, {} before it", then.held_bytes, more.held_bytes);
        ensure(then.held_bytes < then.bytes, || "the order did not overtake the photo".into())?;
        depot.cli(&["file", "fetch", &row.hash])?;
        let out = lab.path("out.jpg");
        depot.cli(&["file", "save", &row.hash[..8], &out.to_string_lossy()])?;
        ensure(std::fs::read(&out)? == content, || "another photo came out".into())
    });
}

fn listed(machine: &Machine) -> Outcome<FileRow> {
    let Listed { files } = machine.http().get("/v1/files")?;
    files.into_iter().next().ok_or_else(|| Trouble::new("no file is known here yet"))
}

/// A part of at least so many bytes is there.
fn part(machine: &Machine, bytes: u64) -> Outcome<FileRow> {
    let row = wait_for("a part of the photo", seconds(STEP_S), || {
        let row = listed(machine)?;
        ensure(row.held_bytes >= bytes, || format!("{} bytes", row.held_bytes))?;
        Ok(row)
    })?;
    ensure(row.held_bytes < row.bytes, || "it came too fast to be cut".to_owned())?;
    Ok(row)
}

fn noise(bytes: usize) -> Vec<u8> {
    let mut dice = sanduan_protocol::base::dice::Dice::new(5);
    (0..bytes).map(|_| dice.below(256) as u8).collect()
}
