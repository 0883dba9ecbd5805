//! What every engine promises, asked of each.

use super::*;

#[test]
fn pairs_and_the_place_survive_reopening() {
    for engine in Engine::ALL {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(engine.name());
        let place = Place { segment: 3, offset: 99 };
        let store = engine.open(&path).expect("opens");
        assert_eq!(store.place().expect("readable"), None, "{engine:?}");
        store.apply(&[pair(b"b", b"2"), pair(b"a", b"1")]).expect("applies");
        store.apply(&[pair(b"b", b"3")]).expect("applies");
        store.checkpoint(place).expect("flushes");
        store.close();
        let store = engine.open(&path).expect("opens again");
        assert_eq!(store.place().expect("readable"), Some(place), "{engine:?}");
        let pairs = store.load().expect("readable");
        assert_eq!(pairs, [pair(b"a", b"1"), pair(b"b", b"3")], "{engine:?}");
    }
}

#[test]
fn files_of_something_else_are_called_damaged() {
    let cases = [
        (Engine::Sled, "conf", b"segment_size: nonsense".to_vec()),
        (Engine::Redb, "pairs.redb", b"nonsense".to_vec()),
        (Engine::Redb, "pairs.redb", vec![0x5a; 10_000]),
    ];
    for (engine, file, bytes) in cases {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(engine.name());
        engine.open(&path).expect("opens").close();
        std::fs::write(path.join(file), bytes).expect("writable");
        let opened = engine.open(&path).map(|_| ());
        assert!(matches!(opened, Err(StoreFault::Damaged(_))), "{engine:?}: {opened:?}");
    }
}

#[test]
fn an_engine_is_known_by_its_name_and_by_what_it_left() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(Engine::found_in(folder.path()), Engine::Sled);
    for engine in Engine::ALL {
        assert_eq!(Engine::named(engine.name()), Some(engine));
    }
    assert_eq!(Engine::named("fjall"), None);
    Engine::Redb.open(&folder.path().join("redb")).expect("opens").close();
    assert_eq!(Engine::found_in(folder.path()), Engine::Redb);
}

#[test]
fn a_value_with_a_flipped_bit_fails_its_checksum() {
    let mut bytes = with_sum(b"value");
    assert_eq!(without_sum(&bytes), Some(b"value".as_slice()));
    bytes[6] ^= 1;
    assert_eq!(without_sum(&bytes), None);
    assert_eq!(without_sum(b"abc"), None);
    let mut place = place_value(Place { segment: 1, offset: 2 });
    assert_eq!(place_of(&place), Some(Place { segment: 1, offset: 2 }));
    place[5] ^= 1;
    assert_eq!(place_of(&place), None);
}

fn pair(key: &[u8], value: &[u8]) -> Pair {
    (key.to_vec(), value.to_vec())
}
