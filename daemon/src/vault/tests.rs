//! Vaults on a real disk: made, opened, closed with a passphrase, and old folders taken in.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use sanduan_protocol::keys::sign::DeviceKey;
use sanduan_protocol::local::{Reply, Request};

use super::header::StoreForm;
use super::*;
use crate::config::Config;
use crate::home::Home;
use crate::offline::Session;
use crate::offline::found::{Founding, found};
use crate::store::disk::{DiskStore, Sizes};
use crate::store::engine::Engine;
use crate::store::{Pair, Store};

mod authority;
mod formats;

const CHEAP: Cost = Cost { memory_kib: 64, passes: 1 };
const WORD: &str = "山高水长";
const TEXT: &str = "石门村立即转移";

fn enter(folder: &Path) -> Vault {
    Vault::enter(folder, &folder.join(KEY_FILE)).expect("a sound vault")
}

fn pairs() -> Vec<Pair> {
    let pair = |n: u32| (n.to_be_bytes().to_vec(), format!("{TEXT} {n}").into_bytes());
    (0..3000).map(pair).collect()
}

fn write_in_clear(folder: &Path) {
    let mut store = DiskStore::open(folder, 1).expect("opens");
    for some in pairs().chunks(500) {
        store.commit(&[some]).expect("room");
        store.settle(false).expect("sound");
    }
    store.settle(true).expect("sound");
}

fn load(folder: &Path) -> Vec<Pair> {
    let mut store = migrate::open_store(&mut enter(folder), None, 1).expect("opens");
    store.load().expect("readable")
}

/// Every file below that holds these bytes.
fn files_with(folder: &Path, bytes: &[u8]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("readable").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_with(&path, bytes));
        } else if fs::read(&path).expect("readable").windows(bytes.len()).any(|w| w == bytes) {
            found.push(path);
        }
    }
    found
}

#[test]
fn a_new_vault_opens_by_its_key_file_and_its_files_are_private() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = enter(folder.path());
    assert_eq!(enter(folder.path()).key(), made.key());
    assert_eq!(made.protection(), Protection::KeyFile);
    for name in [KEY_FILE, "vault", "vault.spare"] {
        let found = fs::metadata(folder.path().join(name)).expect("there");
        assert_eq!(found.permissions().mode() & 0o777, 0o600, "{name}");
    }
    fs::remove_file(folder.path().join(KEY_FILE)).expect("writable");
    let lost = Vault::enter(folder.path(), &folder.path().join(KEY_FILE));
    assert!(
        lost.is_err_and(|said| said.zh.contains("密钥文件") && said.en.contains("put it back"))
    );
}

#[test]
fn a_passphrase_takes_the_place_of_the_key_file_or_stands_beside_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut vault = enter(folder.path());
    let key = vault.key().cloned();
    vault.set_passphrase(WORD, true, CHEAP).expect("set");
    let mut beside = enter(folder.path());
    assert_eq!(
        (beside.key().cloned(), beside.protection()),
        (key.clone(), Protection::PassphraseForOrders)
    );
    assert!(beside.set_passphrase(WORD, false, CHEAP).is_err(), "the order key is closed");
    assert_eq!(beside.unlock(WORD), Tried::Right);
    beside.set_passphrase(WORD, false, CHEAP).expect("set");
    let mut alone = enter(folder.path());
    assert_eq!((alone.key(), alone.protection()), (None, Protection::Passphrase));
    assert_eq!(alone.unlock("山高水短"), Tried::Wrong);
    assert!(alone.key().is_none() && alone.remove_passphrase().is_err());
    assert_eq!(alone.unlock(WORD), Tried::Right);
    assert_eq!(alone.key().cloned(), key);
    alone.remove_passphrase().expect("open");
    assert_eq!(enter(folder.path()).key().cloned(), key);
    assert!(Vault::enter_unattended(folder.path()).is_ok());
}

#[test]
fn the_order_key_stays_the_same_and_only_a_passphrase_opens_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut vault = enter(folder.path());
    assert!(vault.order_seed().is_none(), "none before there is a passphrase");
    vault.set_passphrase(WORD, true, CHEAP).expect("set");
    let seed = vault.order_seed().cloned();
    assert!(seed.is_some());
    let mut stolen = enter(folder.path());
    assert!(stolen.key().is_some() && stolen.order_seed().is_none(), "the key file opens the rest");
    let file = fs::read_to_string(folder.path().join("vault")).expect("there");
    let sealed = &stolen.header.orders.clone().expect("there");
    assert!(stolen.key().expect("open").open(ORDERS_NAME, sealed).is_err(), "{file}");
    assert_eq!(stolen.unlock("山高水短"), Tried::Wrong);
    assert!(stolen.order_seed().is_none());
    assert_eq!(stolen.unlock(WORD), Tried::Right);
    assert_eq!(stolen.order_seed().cloned(), seed);
    stolen.close_orders();
    assert!(stolen.order_seed().is_none() && stolen.key().is_some());
    assert_eq!(stolen.unlock(WORD), Tried::Right);
    stolen.set_passphrase("另一句话", false, CHEAP).expect("set");
    let mut alone = enter(folder.path());
    assert_eq!(alone.unlock("另一句话"), Tried::Right);
    assert_eq!(alone.order_seed().cloned(), seed, "through a change of the passphrase");
    alone.remove_passphrase().expect("open");
    let mut open = enter(folder.path());
    open.close_orders();
    assert_eq!(open.order_seed().cloned(), seed, "without a passphrase it stays open");
}

#[test]
fn a_passphrase_of_an_earlier_version_gets_an_order_key_when_it_is_given() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut vault = enter(folder.path());
    vault.set_passphrase(WORD, true, CHEAP).expect("set");
    vault.put(Header { orders: None, ..vault.header.clone() }).expect("writable");
    let mut again = enter(folder.path());
    assert_eq!(again.unlock(WORD), Tried::Right);
    let seed = again.order_seed().cloned();
    assert!(seed.is_some());
    let mut later = enter(folder.path());
    assert_eq!(later.unlock(WORD), Tried::Right);
    assert_eq!(later.order_seed().cloned(), seed, "made once");
}

#[test]
fn commands_without_a_daemon_say_what_a_locked_vault_needs() {
    let folder = tempfile::tempdir().expect("a folder");
    enter(folder.path()).set_passphrase(WORD, false, CHEAP).expect("set");
    let refused = Vault::enter_unattended(folder.path());
    assert!(refused.is_err_and(|said| said.zh.contains("sanduan unlock")));
}

#[test]
fn an_old_store_is_sealed_at_the_next_opening_and_nothing_of_it_stays_in_clear() {
    let folder = tempfile::tempdir().expect("a folder");
    write_in_clear(folder.path());
    assert!(!files_with(folder.path(), TEXT.as_bytes()).is_empty());
    let held = pairs();
    assert_eq!(load(folder.path()), held);
    assert_eq!(files_with(folder.path(), TEXT.as_bytes()), Vec::<PathBuf>::new());
    assert_eq!(load(folder.path()), held, "and once more");
    fs::remove_dir_all(folder.path().join("sled")).expect("writable");
    assert_eq!(load(folder.path()), held, "from the journal alone");
}

#[test]
fn an_old_store_beside_redb_is_sealed_too_and_its_pages_go() {
    let folder = tempfile::tempdir().expect("a folder");
    write_in_clear(folder.path());
    let sizes = Sizes::default();
    drop(DiskStore::open_with(folder.path(), 2, Engine::Redb, sizes).expect("changes"));
    assert!(!files_with(&folder.path().join("redb"), TEXT.as_bytes()).is_empty());
    for chosen in [None, Some(Engine::Redb), Some(Engine::Sled)] {
        let mut store = migrate::open_store(&mut enter(folder.path()), chosen, 3).expect("opens");
        assert_eq!(store.load().expect("readable"), pairs(), "{chosen:?}");
        drop(store);
        assert_eq!(files_with(folder.path(), TEXT.as_bytes()), Vec::<PathBuf>::new());
    }
}

#[test]
fn taking_in_an_old_store_goes_on_wherever_it_was_cut_off() {
    // Made once, then every state between two steps is put together from it.
    let whole = tempfile::tempdir().expect("a folder");
    write_in_clear(whole.path());
    let clear = tempfile::tempdir().expect("a folder");
    write_in_clear(clear.path());
    drop(enter(whole.path()));
    for name in ["vault", "vault.spare", KEY_FILE] {
        fs::copy(whole.path().join(name), clear.path().join(name)).expect("writable");
    }
    let held = load(whole.path());
    let states: [&[(&str, bool)]; 5] = [
        // What lies under `sealing` already, and whether the clear one is still there.
        &[("sealing.new/journal", true)],
        &[("sealing/journal", true), ("sealing/sled", true)],
        &[("sealing/journal", false), ("sealing/sled", true)],
        &[("journal", false), ("sealing/sled", true)],
        &[("journal", false), ("sealing/sled", false)],
    ];
    for state in states {
        let folder = tempfile::tempdir().expect("a folder");
        copy_all(clear.path(), folder.path());
        for (place, stays) in state {
            let name = place.rsplit('/').next().expect("a name");
            if !stays {
                fs::remove_dir_all(folder.path().join(name)).expect("writable");
            }
            copy_all(&whole.path().join(name), &folder.path().join(place));
        }
        assert_eq!(load(folder.path()), held, "{state:?}");
        assert_eq!(files_with(folder.path(), TEXT.as_bytes()), Vec::<PathBuf>::new(), "{state:?}");
        assert!(!folder.path().join("sealing").exists(), "{state:?}");
        assert_eq!(load(folder.path()), held, "{state:?}, once more");
    }
}

#[test]
fn secrets_of_an_old_folder_are_sealed_and_still_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let seed = Home::at(folder.path()).ensure_device_seed().expect("writable");
    let hex = crate::home::file::to_hex(seed.as_slice());
    assert!(!files_with(folder.path(), hex.as_bytes()).is_empty());
    let home = Home::of(&enter(folder.path())).expect("writable");
    assert_eq!(home.device_seed().expect("opens"), Some(seed.clone()));
    assert_eq!(files_with(folder.path(), hex.as_bytes()), Vec::<PathBuf>::new());
    assert!(!folder.path().join("device.clear").exists());
    // A power cut between the sealing and the writing over.
    fs::write(folder.path().join("device.clear"), &hex).expect("writable");
    Home::of(&enter(folder.path())).expect("writable");
    assert_eq!(files_with(folder.path(), hex.as_bytes()), Vec::<PathBuf>::new());
    let shut = Home::at(folder.path()).device_seed();
    assert!(shut.is_err_and(|said| said.zh.contains("已加封")));
    let public = DeviceKey::from_seed(*seed).public();
    let again = Home::of(&enter(folder.path())).expect("writable");
    let read = again.device_seed().expect("opens").expect("there");
    assert_eq!(DeviceKey::from_seed(*read).public(), public);
}

#[test]
fn a_network_from_before_there_was_a_vault_opens_with_all_it_held() {
    let lab = tempfile::tempdir().expect("a folder");
    let folder = lab.path().join("centre");
    let founding = Founding {
        folder: folder.clone(),
        district: "500116".to_owned(),
        name: "江津区".to_owned(),
        ..Founding::default()
    };
    found(&founding).expect("founded");
    let digest = digest(&folder);
    unseal(&folder);
    assert!(!files_with(&folder, b"epoch_secret").is_empty());
    assert_eq!(self::digest(&folder), digest);
    assert_eq!(files_with(&folder, b"epoch_secret"), Vec::<PathBuf>::new());
}

/// What tells whether two machines hold the same.
fn digest(folder: &Path) -> String {
    let mut vault = enter(folder);
    let home = Home::of(&vault).expect("opens");
    let config = Config::load(&home.config_path()).expect("sound");
    let settings = home.settings(&config).expect("a member");
    let mut session = Session::open(&mut vault, settings).expect("opens");
    let Ok(Reply::Status(status)) = session.ask(Request::Status) else { panic!("a status") };
    session.close().expect("sound");
    assert!(status.records > 0);
    status.digest
}

/// Puts a folder back into the form that versions without a vault wrote.
fn unseal(folder: &Path) {
    let mut vault = enter(folder);
    let home = Home::of(&vault).expect("opens");
    let (device, authority) = (home.device_seed(), home.authority_seed());
    let member = home.member().expect("opens").expect("a member");
    let pairs = migrate::open_store(&mut vault, None, 1).expect("opens").load().expect("readable");
    for name in ["journal", "sled"] {
        fs::remove_dir_all(folder.join(name)).expect("writable");
    }
    for name in ["vault", "vault.spare", KEY_FILE] {
        fs::remove_file(folder.join(name)).expect("writable");
    }
    let mut store = DiskStore::open(folder, 1).expect("opens");
    store.commit(&[&pairs]).expect("room");
    store.settle(true).expect("sound");
    for (name, seed) in [("device.key", device), ("authority.key", authority)] {
        let seed = seed.expect("opens").expect("there");
        let hex = crate::home::file::to_hex(seed.as_slice());
        fs::write(folder.join(name), hex).expect("writable");
    }
    fs::write(folder.join("network.secret"), member.to_text().as_bytes()).expect("writable");
}

#[test]
fn the_store_of_another_vault_is_not_taken_for_an_empty_one() {
    let folder = tempfile::tempdir().expect("a folder");
    write_in_clear(folder.path());
    load(folder.path());
    for name in ["vault", "vault.spare", KEY_FILE] {
        fs::remove_file(folder.path().join(name)).expect("writable");
    }
    // Without its vault, an old folder in clear cannot be told from a sealed one.
    let mut other = enter(folder.path());
    other.header.store = StoreForm::Sealed;
    let opened = migrate::open_store(&mut other, None, 1).expect("opens").load();
    assert!(opened.is_err_and(|fault| fault.to_string().contains("另一个保险箱")));
}

fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("writable");
    for entry in fs::read_dir(from).expect("readable").flatten() {
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        match path.is_dir() {
            true => copy_all(&path, &to),
            false => drop(fs::copy(&path, &to).expect("writable")),
        }
    }
}
