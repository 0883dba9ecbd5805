//! One flipped bit anywhere in a store: it opens, what it returns was written, as much as can be
//! known is there, and the log says what happened.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use sanduan_daemon::store::disk::DiskStore;
use sanduan_daemon::store::engine::Engine;
use sanduan_daemon::store::{Pair, Store};
use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::node::output::lay_over;

use super::{copy, scratch, work};

/// Flips for each case of each engine.
const FLIPS: u64 = 130;
/// What the store holds.
const BATCHES: u64 = 90;
/// A damaged frame may cost itself: a batch, a piece of a snapshot, or the last group of batches.
const LOST_BYTES_MAX: usize = 10 * 1024;

/// What was opened, and what the log said.
struct Seen {
    pairs: BTreeMap<Vec<u8>, Vec<u8>>,
    log: String,
}

#[test]
fn a_flipped_bit_in_sled_loses_nothing() {
    flips_in_a_query_store(Engine::Sled);
}

#[test]
fn a_flipped_bit_in_redb_loses_nothing() {
    flips_in_a_query_store(Engine::Redb);
}

fn flips_in_a_query_store(engine: Engine) {
    let sound = written(engine);
    let mut rebuilds = 0;
    for seed in 0..FLIPS {
        let (folder, bit) = flipped(sound.path(), engine.name(), seed);
        let seen = look(folder.path(), engine, 100);
        assert_eq!(seen.pairs, expected(), "{bit}");
        assert_eq!(look(folder.path(), engine, 200).pairs, expected(), "{bit}, opened again");
        let rebuilt = folder.path().join(format!("{}.corrupt-100", engine.name())).exists();
        assert_eq!(rebuilt, says(&seen.log, "查询库损坏", "query store is damaged"), "{bit}");
        rebuilds += u64::from(rebuilt);
    }
    assert!(rebuilds > FLIPS / 20, "flips reach what is read: {rebuilds} beside {engine:?}");
}

#[test]
fn a_flipped_bit_in_the_journal_is_named_and_mended_from_sled() {
    flips_in_the_journal(Engine::Sled);
}

#[test]
fn a_flipped_bit_in_the_journal_is_named_and_mended_from_redb() {
    flips_in_the_journal(Engine::Redb);
}

fn flips_in_the_journal(engine: Engine) {
    let sound = written(engine);
    for seed in 0..FLIPS {
        let (folder, bit) = flipped(sound.path(), "journal", seed);
        let seen = look(folder.path(), engine, 100);
        assert_eq!(seen.pairs, expected(), "{bit}");
        assert!(says(&seen.log, "日志", "journal"), "{bit} is not said: {}", seen.log);
        let kept = names(&folder.path().join("journal"));
        assert!(kept.iter().any(|name| name.ends_with("-100")), "{bit} is not kept: {kept:?}");
        // The journal is whole again, on its own, and there is nothing more to say.
        std::fs::remove_dir_all(folder.path().join(engine.name())).expect("writable");
        let again = look(folder.path(), engine, 200);
        assert_eq!(again.pairs, expected(), "{bit}, from the journal alone");
        assert_eq!(again.log, "", "{bit}");
    }
}

#[test]
fn a_flipped_bit_in_a_journal_without_sled_costs_no_more_than_its_frame() {
    let sound = written(Engine::Sled);
    std::fs::remove_dir_all(sound.path().join("sled")).expect("writable");
    let ever: BTreeSet<Pair> = (1..=BATCHES).flat_map(work::pairs).collect();
    let mut losses = 0;
    for seed in 0..FLIPS {
        let (folder, bit) = flipped(sound.path(), "journal", seed);
        let seen = look(folder.path(), Engine::Sled, 100);
        for (key, value) in &seen.pairs {
            assert!(ever.contains(&(key.clone(), value.clone())), "{bit}: never written");
        }
        let expected = expected();
        let lost = expected.iter().filter(|(key, value)| seen.pairs.get(*key) != Some(value));
        let lost: usize = lost.map(|(key, value)| key.len() + value.len()).sum();
        assert!(lost <= LOST_BYTES_MAX, "{bit}: {lost} bytes lost");
        assert!(says(&seen.log, "日志", "journal"), "{bit} is not said: {}", seen.log);
        losses += u64::from(lost > 0);
        let again = look(folder.path(), Engine::Sled, 200);
        assert_eq!(again.pairs, seen.pairs, "{bit}, opened again");
        assert_eq!(again.log, "", "{bit}");
    }
    assert!(losses > FLIPS / 2, "flips reach what is live: {losses}");
}

/// A store that was written, closed in the middle and closed at the end.
fn written(engine: Engine) -> tempfile::TempDir {
    let folder = scratch();
    let confirmed = scratch();
    work::run(folder.path(), engine, (1, BATCHES), 11, &confirmed.path().join("confirmed"));
    folder
}

fn expected() -> BTreeMap<Vec<u8>, Vec<u8>> {
    let mut held = BTreeMap::new();
    (1..=BATCHES).for_each(|number| lay_over(&mut held, work::pairs(number)));
    held
}

/// A copy of the store with one bit flipped below `part`.
fn flipped(sound: &Path, part: &str, seed: u64) -> (tempfile::TempDir, String) {
    let folder = scratch();
    copy(sound, folder.path());
    let mut dice = Dice::new(seed);
    // Engines fill their files with zeros ahead; a flip there would prove nothing.
    let mut used: Vec<(PathBuf, u64)> = Vec::new();
    for name in names(&folder.path().join(part)) {
        let path = folder.path().join(part).join(name);
        if path.is_file() {
            let bytes = std::fs::read(&path).expect("readable");
            let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |at| at as u64 + 1);
            used.push((path, end));
        }
    }
    let mut at = dice.below(used.iter().map(|(_, end)| end).sum());
    for (path, end) in used {
        if at < end {
            let mut bytes = std::fs::read(&path).expect("readable");
            let bit = dice.below(8);
            bytes[at as usize] ^= 1 << bit;
            std::fs::write(&path, bytes).expect("writable");
            return (folder, format!("seed {seed}, bit {bit} of byte {at} of {}", path.display()));
        }
        at -= end;
    }
    unreachable!("the place is below the sum of all ends")
}

fn look(folder: &Path, engine: Engine, stamp_ms: u64) -> Seen {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::WARN)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let pairs = tracing::subscriber::with_default(subscriber, || {
        let mut store = DiskStore::open_with(folder, stamp_ms, engine, work::SIZES).expect("opens");
        store.load().expect("loads").into_iter().collect()
    });
    let log = log.0.lock().expect("no panic under it").clone();
    Seen { pairs, log: String::from_utf8(log).expect("text") }
}

fn says(log: &str, zh: &str, en: &str) -> bool {
    log.contains(zh) && log.contains(en)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("readable");
    let name = |entry: std::io::Result<std::fs::DirEntry>| {
        entry.expect("readable").file_name().to_string_lossy().into_owned()
    };
    let mut names: Vec<String> = entries.map(name).collect();
    names.sort();
    names
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no panic under it").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
