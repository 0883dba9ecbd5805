//! The plug is pulled while a machine with a large journal opens it, rebuilds its query store from
//! it, takes the checkpoint behind that, and closes. It opens every time, and nothing is lost.
//!
//! Six times here; `SANDUAN_KILLS=200 cargo test -p sanduan-tests --test kill_large --
//! --nocapture` pulls it oftener and says what it found. Nearly all of that is opening, most of it
//! unsealing, at which optimised programs are ten times as quick: build them with `cargo build
//! --profile sim --workspace --bins` and name their folder, `SANDUAN_BINARIES=$PWD/target/sim`.

use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use sanduan_protocol::base::dice::Dice;
use sanduan_tests::machine::Saved;
use sanduan_tests::round::DISTRICT_DEPOT;
use sanduan_tests::trouble::ensure;
use sanduan_tests::{Config, Machine, Outcome, Trouble, journey, seconds, wait_for};
use serde_json::json;

const KILLS: usize = 6;
/// A segment of the journal, and more.
const JOURNAL_BYTES: u64 = 34 * 1024 * 1024;
/// Movements of one request: they stay under its limit of a megabyte.
const MOVEMENTS: usize = 700;
/// Longest time that closing is given.
const CLOSING_MS: u64 = 120;
/// A long run says after so many kills how far it is; every third kill looks at what is there.
const TOLD_EVERY: usize = 12;

fn kills_wanted() -> usize {
    std::env::var("SANDUAN_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(KILLS)
}

fn journal_bytes(machine: &Machine) -> u64 {
    let entries = std::fs::read_dir(machine.folder().join("journal")).into_iter().flatten();
    entries.flatten().filter_map(|entry| Some(entry.metadata().ok()?.len())).sum()
}

/// Movements with the longest remarks there are, until the journal is large; how many.
fn fill(machine: &Machine) -> Outcome<u64> {
    let (mut count, note) = (0, "抗洪抢险物资收讫，当面点清。".repeat(28));
    while journal_bytes(machine) < JOURNAL_BYTES {
        let lines = [json!({ "item": "E004", "quantity": "1" })];
        let one =
            json!({ "kind": "receive", "depot": DISTRICT_DEPOT, "lines": lines, "note": note });
        let wish = json!({ "movements": vec![one; MOVEMENTS] });
        let _: Saved = machine.http().post("/v1/stock/movements", &wish)?;
        count += MOVEMENTS as u64;
    }
    Ok(count)
}

/// Everything that was confirmed is there.
fn is_whole(machine: &Machine, movements: u64, orders: &[String]) -> Outcome {
    let stock = machine.stock()?;
    let vests = stock.iter().find(|row| row.item_code == "E004");
    let on_hand = vests.map(|row| row.on_hand.to_string()).unwrap_or_default();
    ensure(on_hand == movements.to_string(), || format!("{on_hand} of {movements}"))?;
    let held: Vec<String> = machine.orders()?.iter().map(|row| row.id.to_string()).collect();
    let lost = orders.iter().find(|id| !held.contains(id));
    ensure(lost.is_none(), || format!("{lost:?} of {} is not there", orders.len()))
}

fn order(machine: &Machine, count: usize) -> Outcome<String> {
    let text = format!("第{count}次断电前");
    let wish = json!({ "to": "all", "class": "routine", "text": text, "person": "带班领导" });
    let saved: Saved = machine.http().post("/v1/orders", &wish)?;
    saved.id.ok_or_else(|| Trouble::new("no number"))
}

/// Started, with all the time that reading a large journal takes on a busy machine.
fn start(machine: &mut Machine) -> Outcome {
    machine.begin()?;
    wait_for("an answer", seconds(300), || machine.status().map(drop))
}

/// The same, and how long it took, ms.
fn opened_ms(machine: &mut Machine) -> Outcome<u64> {
    let begun = Instant::now();
    start(machine)?;
    Ok(begun.elapsed().as_millis() as u64)
}

/// Without its query store a machine reads the whole journal when it opens.
fn forget_query_store(machine: &Machine) -> Outcome {
    std::fs::remove_dir_all(machine.folder().join("sled")).map_err(Trouble::from)
}

#[allow(clippy::print_stdout, reason = "a long run says how far it is")]
fn pull_plugs(machine: &mut Machine, kills: usize, dice: &mut Dice) -> Outcome<(u64, usize)> {
    let movements = fill(machine)?;
    let mut orders = vec![order(machine, 0)?];
    machine.stop()?;
    forget_query_store(machine)?;
    // How long opening took the last time, without a query store and with what there was of one:
    // a kill later than that would meet a machine that has opened long ago.
    let rebuilt_ms = opened_ms(machine)?;
    let (mut kept_ms, mut longest_ms) = (rebuilt_ms, rebuilt_ms);
    is_whole(machine, movements, &orders)?;
    machine.stop()?;
    let first = Instant::now();
    for kill in 0..kills {
        let name = |trouble: Trouble| trouble.during(&format!("kill {kill}"));
        if kill % 3 == 0 {
            forget_query_store(machine)?;
        }
        if kill % 3 < 2 {
            // The second begins where the first was cut off.
            machine.begin()?;
            let within_ms = if kill % 3 == 0 { rebuilt_ms } else { kept_ms };
            thread::sleep(Duration::from_millis(dice.below(within_ms.max(1))));
            machine.kill();
            continue;
        }
        kept_ms = opened_ms(machine).map_err(name)?;
        longest_ms = longest_ms.max(kept_ms);
        is_whole(machine, movements, &orders).map_err(name)?;
        orders.push(order(machine, kill)?);
        machine.begin_to_end()?;
        thread::sleep(Duration::from_millis(dice.below(CLOSING_MS)));
        machine.kill();
        if (kill + 1) % TOLD_EVERY == 0 {
            println!(
                "kill {} of {kills}, {} s: {} orders and all stock there, last opening \
                 {kept_ms} ms",
                kill + 1,
                first.elapsed().as_secs(),
                orders.len() - 1
            );
        }
    }
    start(machine)?;
    is_whole(machine, movements, &orders)?;
    Ok((longest_ms, orders.len()))
}

#[test]
#[allow(clippy::print_stdout, reason = "a long run says what it found")]
fn nothing_is_lost_by_kills_while_a_large_journal_is_opened_and_its_checkpoint_taken() {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let (seed, kills) = (since_1970.subsec_nanos().into(), kills_wanted());
    journey(|lab| {
        let mut machine = lab.found("centre")?;
        machine.configure(&Config::new("值班员"))?;
        machine.start()?;
        let pulled = pull_plugs(&mut machine, kills, &mut Dice::new(seed));
        let (longest_ms, orders) =
            pulled.map_err(|trouble| trouble.during(&format!("seed {seed}")))?;
        println!(
            "{kills} kills over a journal of {} MB, seed {seed}: {orders} orders and all stock \
             there, 0 lost, longest opening {longest_ms} ms",
            journal_bytes(&machine) >> 20
        );
        Ok(())
    });
}
