//! What the traced store is made to write, and how a store is judged afterwards. The content of
//! every batch follows from its number, so nothing has to be remembered but numbers.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use sanduan_daemon::store::disk::{DiskStore, Sizes};
use sanduan_daemon::store::engine::Engine;
use sanduan_daemon::store::{Pair, Store, StoreFault};
use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::node::output::lay_over;

/// Small, so that segments roll and snapshots are taken many times in one run.
pub const SIZES: Sizes = Sizes { segment_bytes: 12 * 1024, compact_from_bytes: 36 * 1024 };
/// Keys that are written again and again, so that order matters and the journal outgrows them.
const REWRITTEN: u64 = 5;
/// For how many batches a pair stays that goes again.
const STAYS: u64 = 3;

/// The pairs of batch `number`.
pub fn pairs(number: u64) -> Vec<Pair> {
    let mut dice = Dice::new(number);
    let mut pairs: Vec<Pair> = (0..dice.between(1, 4))
        .map(|at| {
            let key = format!("u/{number:05}/{at}").into_bytes();
            let value = (0..dice.between(1, 60)).map(|_| dice.roll() as u8).collect();
            (key, value)
        })
        .collect();
    let mut value = number.to_be_bytes().to_vec();
    value.extend((0..dice.between(200, 1_800)).map(|_| dice.roll() as u8));
    pairs.push((format!("w/{}", number % REWRITTEN).into_bytes(), value));
    // Some go again a little later.
    let passing = |number: u64| format!("x/{number:05}").into_bytes();
    pairs.push((passing(number), vec![7; 90]));
    if number > STAYS {
        pairs.push((passing(number - STAYS), Vec::new()));
    }
    pairs
}

/// Commit these batches, from the first to the last, in groups; settle, close and open again as
/// `seed` says. Each number that is confirmed is a line of `confirmed`.
pub fn run(folder: &Path, engine: Engine, batches: (u64, u64), seed: u64, confirmed: &Path) {
    let (first, last) = batches;
    let mut says = OpenOptions::new()
        .create(true)
        .append(true)
        .open(confirmed)
        .expect("the list of confirmed batches can be written");
    let mut dice = Dice::new(seed);
    let mut store = open(folder, seed, engine);
    let mut number = first;
    while number <= last {
        let until = last.min(number + dice.below(5));
        let group: Vec<Vec<Pair>> = (number..=until).map(pairs).collect();
        let group: Vec<&[Pair]> = group.iter().map(Vec::as_slice).collect();
        store.commit(&group).expect("the disk takes it");
        confirm(&mut says, until);
        number = until + 1;
        store.settle(dice.chance(60_000)).expect("the query store takes it");
        // Once between two openings, room is given back.
        store.upkeep().note_room(dice.chance(200_000));
        if dice.chance(60_000) {
            drop(store);
            store = open(folder, seed + number, engine);
            store.load().expect("reads");
        }
    }
}

fn confirm(says: &mut File, number: u64) {
    says.write_all(format!("{number}\n").as_bytes()).expect("the list can be written");
}

fn open(folder: &Path, stamp_ms: u64, engine: Engine) -> DiskStore {
    DiskStore::open_with(folder, stamp_ms, engine, SIZES).expect("opens")
}

/// Open the store in `folder` and say which batches it holds: all from 1 to the number returned,
/// whole, and nothing else. Then write one more, open again, and look again.
pub fn judge(folder: &Path, engine: Engine, confirmed: u64, stamp_ms: u64) -> Result<u64, String> {
    let opened = open_when_free(folder, stamp_ms, engine);
    let mut store = opened.map_err(|fault| format!("does not open: {fault}"))?;
    let held = held(&store.load().map_err(|fault| format!("does not load: {fault}"))?)?;
    if held < confirmed {
        return Err(format!("holds {held} batches, {confirmed} were confirmed"));
    }
    store.commit(&[&pairs(held + 1)]).map_err(|fault| format!("takes nothing: {fault}"))?;
    store.settle(false).map_err(|fault| format!("does not settle: {fault}"))?;
    drop(store);
    let opened = open_when_free(folder, stamp_ms + 1, engine);
    let mut store = opened.map_err(|fault| format!("does not open again: {fault}"))?;
    let again = self::held(&store.load().map_err(|fault| format!("loads no more: {fault}"))?)?;
    if again != held + 1 {
        return Err(format!("held {held}, took one more, holds {again}"));
    }
    Ok(held)
}

/// Open a store that was just closed. A child that another test is starting at this moment may have
/// inherited its lock for an instant.
fn open_when_free(folder: &Path, stamp_ms: u64, engine: Engine) -> Result<DiskStore, StoreFault> {
    let began = Instant::now();
    loop {
        match DiskStore::open_with(folder, stamp_ms, engine, SIZES) {
            Err(StoreFault::Locked { .. }) if began.elapsed() < Duration::from_secs(20) => {
                std::thread::sleep(Duration::from_millis(5));
            }
            opened => return opened,
        }
    }
}

/// How many batches, from the first on, these pairs are.
pub fn held(found: &[Pair]) -> Result<u64, String> {
    let found: BTreeMap<&[u8], &[u8]> = found.iter().map(|(k, v)| (&k[..], &v[..])).collect();
    let mut want = BTreeMap::new();
    let mut count = 0;
    while let Some((key, _)) = pairs(count + 1).first() {
        if !found.contains_key(&key[..]) {
            break;
        }
        count += 1;
        lay_over(&mut want, pairs(count));
    }
    let want: BTreeMap<&[u8], &[u8]> = want.iter().map(|(k, v)| (&k[..], &v[..])).collect();
    if want == found {
        return Ok(count);
    }
    let name = |key: &[u8]| String::from_utf8_lossy(key).into_owned();
    let lacks = want.iter().filter(|(key, value)| found.get(*key) != Some(value));
    let foreign = found.iter().filter(|(key, _)| !want.contains_key(*key));
    Err(format!(
        "{count} batches from the first on, but lacks or differs in {:?}, and has besides {:?}",
        lacks.map(|(key, _)| name(key)).collect::<Vec<_>>(),
        foreign.map(|(key, _)| name(key)).collect::<Vec<_>>(),
    ))
}
