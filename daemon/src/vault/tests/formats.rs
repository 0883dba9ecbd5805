//! Folders as earlier versions left them, kept in `daemon/fixtures`, open with everything in them;
//! and what is written today is what the newest of them holds, byte for byte. When a format
//! changes on purpose, the folders stay as they are and a new one joins them.

use super::*;

/// Folders, oldest first: before there was a vault, and with it.
const FOLDERS: [&str; 2] = ["1-clear", "2-sealed"];

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

fn held() -> Vec<Pair> {
    pairs().into_iter().take(40).collect()
}

/// A copy that may be written to.
fn copy_of(name: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    copy_all(&fixture(name), folder.path());
    let key_file = folder.path().join(KEY_FILE);
    if key_file.exists() {
        fs::set_permissions(key_file, fs::Permissions::from_mode(0o600)).expect("ours");
    }
    folder
}

#[test]
fn folders_of_every_format_open_beside_each_query_store() {
    for name in FOLDERS {
        for engine in Engine::ALL {
            let folder = copy_of(name);
            let open = || migrate::open_store(&mut enter(folder.path()), Some(engine), 1);
            assert_eq!(open().expect("opens").load().expect("reads"), held(), "{name} {engine:?}");
            assert_eq!(open().expect("opens").load().expect("reads"), held(), "{name}, again");
            assert_eq!(files_with(folder.path(), TEXT.as_bytes()), Vec::<PathBuf>::new());
        }
    }
}

#[test]
fn what_is_written_today_is_the_newest_format_byte_for_byte() {
    let folder = copy_of("2-sealed");
    fs::remove_dir_all(folder.path().join("journal")).expect("writable");
    let mut store = migrate::open_store(&mut enter(folder.path()), None, 1).expect("opens");
    for some in held().chunks(10) {
        store.commit(&[some]).expect("room");
    }
    drop(store);
    let written = fs::read(folder.path().join("journal/journal.000001")).expect("there");
    let kept = fs::read(fixture("2-sealed").join("journal/journal.000001")).expect("there");
    assert!(written == kept, "the bytes on the disk have changed: add a folder to the fixtures");
}
