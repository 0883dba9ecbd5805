//! Damaged files: whatever a disk or a person does to them, the daemon says so and goes on. Every
//! round is drawn from a seed that the failure prints.

use std::path::Path;

use sanduan_daemon::config::{Config, DEFAULT};
use sanduan_daemon::home::Member;
use sanduan_daemon::import;
use sanduan_daemon::store::disk::DiskStore;
use sanduan_daemon::store::memory::JournalStore;
use sanduan_daemon::store::{Pair, Store};
use sanduan_protocol::base::dice::Dice;

#[test]
fn a_mutated_configuration_is_read_or_refused_with_findings() {
    let sound = format!(
        "{DEFAULT}\n[[bearer]]\nname = \"ip\"\nkind = \"udp\"\nlisten = \"0.0.0.0:7819\"\n\
         peers = [\"10.0.0.1:7819\"]\nmtu = 1200\n"
    );
    for seed in 0..2_000 {
        let bytes = mutated(sound.as_bytes(), seed, 3);
        let text = String::from_utf8_lossy(&bytes);
        if let Err(findings) = Config::parse(Path::new("sanduan.toml"), &text) {
            assert!(!findings.list().is_empty(), "seed {seed}");
        }
    }
}

#[test]
fn a_mutated_journal_loses_at_most_what_was_touched() {
    for seed in 0..60 {
        let folder = tempfile::tempdir().expect("a folder");
        let mut store = JournalStore::open(folder.path(), 1).expect("opens");
        for number in 0..40u8 {
            store.commit(&[&[pair(number)]]).expect("commits");
        }
        drop(store);
        let segment = folder.path().join("journal/journal.000001");
        let whole = std::fs::read(&segment).expect("readable");
        std::fs::write(&segment, mutated(&whole, seed, 1)).expect("writable");
        let pairs = JournalStore::open(folder.path(), 2).expect("opens").load().expect("loads");
        assert!(pairs.iter().all(|found| *found == pair(found.0[0])), "seed {seed}");
        // With sled beside it the same journal opens too, and both hold the same.
        let mut both = DiskStore::open(folder.path(), 3).expect("opens");
        assert_eq!(both.load().expect("loads"), pairs, "seed {seed}");
    }
}

#[test]
fn a_mutated_sled_is_rebuilt_whole_from_the_journal() {
    for seed in 0..12 {
        let folder = tempfile::tempdir().expect("a folder");
        let pairs: Vec<Pair> = (0..200).map(pair).collect();
        let mut store = DiskStore::open(folder.path(), 1).expect("opens");
        store.commit(&[&pairs]).expect("commits");
        store.settle(true).expect("settles");
        drop(store);
        let db = folder.path().join("sled/db");
        let bytes = std::fs::read(&db).expect("readable");
        let used = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1);
        let mut broken = mutated(&bytes[..used], seed, 40);
        broken.resize(bytes.len(), 0);
        std::fs::write(&db, broken).expect("writable");
        let mut store = DiskStore::open(folder.path(), 2).expect("opens");
        assert_eq!(store.load().expect("loads"), pairs, "seed {seed}");
    }
}

#[test]
fn mutated_tables_are_read_or_refused_as_a_whole() {
    let tables = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/jiangjin-819");
    let folder = tempfile::tempdir().expect("a folder");
    for seed in 0..100 {
        for name in ["towns.csv", "units.csv", "depots.csv", "items.csv", "teams.csv"] {
            let sound = std::fs::read(tables.join(name)).expect("readable");
            std::fs::write(folder.path().join(name), mutated(&sound, seed, 5)).expect("writable");
        }
        if let Err(said) = import::read(folder.path(), "500116") {
            assert!(said.zh.contains(".csv") && said.en.contains(".csv"), "seed {seed}: {said}");
        }
    }
}

#[test]
fn a_mutated_membership_is_read_or_refused() {
    let sound = concat!(
        r#"{"version":1,"district":"500116","name":"江津区","drill":false,"epoch":1,"#,
        r#""authority":"0101010101010101010101010101010101010101010101010101010101010101","#,
        r#""epoch_secret":"0202020202020202020202020202020202020202020202020202020202020202","#,
        r#""public":"0303030303030303030303030303030303030303030303030303030303030303","#,
        r#""device":1,"unit":1,"certificate":null}"#
    );
    let path = Path::new("network.secret");
    assert!(Member::from_text(path, sound).is_ok());
    let mut refused = 0;
    for seed in 0..2_000 {
        let bytes = mutated(sound.as_bytes(), seed, 2);
        refused += u32::from(Member::from_text(path, &String::from_utf8_lossy(&bytes)).is_err());
    }
    assert!(refused > 1_000, "{refused} of 2,000 refused");
}

/// The bytes with up to `count` places changed, cut or doubled.
fn mutated(bytes: &[u8], seed: u64, count: u64) -> Vec<u8> {
    let mut dice = Dice::new(seed);
    let mut bytes = bytes.to_vec();
    for _ in 0..dice.between(1, count) {
        if bytes.is_empty() {
            break;
        }
        let at = dice.below(bytes.len() as u64) as usize;
        match dice.below(8) {
            0 => bytes.truncate(at),
            1 => drop(bytes.remove(at)),
            2 => bytes.insert(at, dice.below(256) as u8),
            _ => bytes[at] ^= 1 << dice.below(8),
        }
    }
    bytes
}

fn pair(number: u8) -> Pair {
    (vec![number], vec![number; 60])
}
