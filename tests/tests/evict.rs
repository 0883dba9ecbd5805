//! A machine whose store nears its quota lets go the remarks of stock that a snapshot covers, and
//! room really comes back: it is below its mark again, with every number as it was.

use sanduan_protocol::base::room::Level;
use sanduan_protocol::local::rows::{RoomRow, StockRow};
use sanduan_tests::config::free_udp_port;
use sanduan_tests::machine::Saved;
use sanduan_tests::round::{self, DEPOT_ROLES, DEPOT_UNIT, DISTRICT_DEPOT};
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Config, Machine, Outcome, journey, seconds, wait_for};
use serde_json::json;

const MB: u64 = 1024 * 1024;
/// In one request, which takes a megabyte, and how many of them: less than what an author may say
/// at once.
const MOVEMENTS: u64 = 400;
const REQUESTS: u64 = 2;

fn post(centre: &Machine) -> Outcome {
    let note = "抗洪抢险物资收讫，当面点清。".repeat(28);
    for _ in 0..REQUESTS {
        let lines = [json!({ "item": "E004", "quantity": "1" })];
        let one =
            json!({ "kind": "receive", "depot": DISTRICT_DEPOT, "lines": lines, "note": note });
        let wish = json!({ "movements": vec![one; MOVEMENTS as usize] });
        let _: Saved = centre.http().post("/v1/stock/movements", &wish)?;
    }
    centre.cli(&["stock", "snapshot"]).map(drop)
}

fn on_hand(machine: &Machine) -> Outcome<Vec<StockRow>> {
    let rows = machine.stock()?;
    let all: u64 = MOVEMENTS * REQUESTS;
    let vests = rows.iter().find(|row| row.item_code == "E004" && row.reported.is_none());
    let is_all = vests.is_some_and(|row| row.on_hand.to_string() == all.to_string());
    ensure(is_all, || format!("{vests:?} of {all}"))?;
    Ok(rows)
}

fn room(machine: &Machine) -> Outcome<RoomRow> {
    let room = machine.status()?.room;
    ensure(room.measured, || format!("{room:?}"))?;
    Ok(room)
}

#[test]
fn a_store_near_its_quota_clears_remarks_and_is_below_its_mark_again() {
    journey(|lab| {
        let (here, there) = (free_udp_port()?, free_udp_port()?);
        let mut centre = lab.found("centre")?;
        centre.configure(&Config::new("值班员").udp(here, &[there]))?;
        centre.start()?;
        let mut depot = lab.join(&centre, "depot", DEPOT_UNIT, DEPOT_ROLES)?;
        let config = || Config::new("库管员").udp(there, &[here]);
        depot.configure(&config())?;
        depot.start()?;
        round::preload(&centre, &[&depot])?;
        post(&centre)?;
        let before = wait_for("all stock at the depot", seconds(600), || on_hand(&depot))?;
        let head = wait_for("the snapshot at the depot", seconds(120), || {
            let (ours, theirs) = (depot.status()?, centre.status()?);
            ensure(ours.digest == theirs.digest, || format!("{ours:?}"))?;
            Ok(ours.digest)
        })?;
        let used = wait_for("a measurement", seconds(120), || {
            let room = room(&depot)?;
            ensure(room.used_bytes > 2 * MB, || format!("{room:?}"))?;
            Ok(room.used_bytes)
        })?;
        depot.stop()?;
        // It is above its first mark, by a few percent.
        let quota_mb = (used * 100 / 80).div_ceil(MB);
        depot.configure(&config().store_max_mb(quota_mb as u32))?;
        depot.start()?;
        let after = wait_for("room again", seconds(600), || {
            let room = room(&depot)?;
            let is_done = room.level == Level::Ample && room.evicted_records > 600;
            ensure(is_done && room.pct < 66, || format!("{room:?} of {used} bytes before"))?;
            Ok(room)
        })?;
        ensure(after.used_bytes < used / 3 * 2, || format!("{after:?} of {used}"))?;
        ensure(on_hand(&depot)? == before, || "the stock changed".to_owned())?;
        let shown = depot.cli(&["--lang", "zh", "status"])?;
        ensure(shown.contains("已清原文"), || shown.clone())?;
        // The plug is pulled; it comes up with the same, and agrees with the others.
        depot.kill();
        depot.start()?;
        ensure(on_hand(&depot)? == before, || "the stock changed over a restart".to_owned())?;
        let (again, digest) = (room(&depot)?.evicted_records, depot.status()?.digest);
        ensure(again == after.evicted_records && digest == head, || format!("{again}, {digest}"))?;
        // The machine with the authority's key keeps everything.
        ensure(room(&centre)?.evicted_records == 0, || "the archive let something go".to_owned())
    });
}
