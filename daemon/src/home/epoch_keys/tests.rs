//! Keys that leave the file for the store, and what a cut between the two leaves.

use std::path::Path;

use sanduan_protocol::keys::frame_key::Turn;
use sanduan_protocol::keys::vault::VaultKey;

use super::*;
use crate::clock::Clock;
use crate::config::Config;
use crate::machine;
use crate::offline::found::{Founding, found};
use crate::store::disk::DiskStore;
use crate::store::sealed::SealedStore;
use crate::vault::{Vault, migrate};

/// The key under which days and epochs lie in the store.
const EPOCHS: &[u8] = b"epochs";

struct Rig {
    folder: tempfile::TempDir,
}

impl Rig {
    fn founded() -> Rig {
        let folder = tempfile::tempdir().expect("a folder");
        let (district, name) = ("500116".to_owned(), "江津区".to_owned());
        let at = folder.path().join("eoc");
        found(&Founding { folder: at, district, name, ..Founding::default() }).expect("founded");
        Rig { folder }
    }

    fn at(&self) -> std::path::PathBuf {
        self.folder.path().join("eoc")
    }

    fn home(&self) -> Home {
        Home::of(&Vault::enter_unattended(&self.at()).expect("opens")).expect("opens")
    }

    fn secret(&self) -> Vec<u8> {
        fs::read(self.at().join(NETWORK_SECRET)).expect("there")
    }

    fn former(&self) -> std::path::PathBuf {
        self.at().join("network.former")
    }

    /// What a start of the daemon does before the node speaks, as far as keys go.
    fn start(&self) -> Result<(Turn, SealedStore<DiskStore>), Said> {
        let (node, mut store) = self.open()?;
        self.home().leave_epoch_keys_to(&mut store, &node)?;
        Ok((node.turn(), store))
    }

    fn open(&self) -> Result<(Node, SealedStore<DiskStore>), Said> {
        let home = self.home();
        let config = Config::load(&home.config_path()).expect("sound");
        let settings = home.settings(&config)?;
        let mut vault = Vault::enter_unattended(&self.at())?;
        let mut store = migrate::open_store(&mut vault, None, 1)?;
        let pairs = store.load()?;
        Ok((machine::open(settings, pairs, Clock::new().now())?, store))
    }

    fn tells_keys(&self) -> bool {
        let network = self.home().member().expect("opens").expect("a member").network;
        network.has_secret() || network.grant.is_none_or(|grant| grant.path.is_some())
    }
}

fn holds(store: &mut dyn Store) -> bool {
    store.load().expect("loads").iter().any(|(key, _)| key == EPOCHS)
}

#[test]
fn the_first_start_leaves_the_keys_to_the_store_and_the_next_one_takes_them_from_there() {
    let rig = Rig::founded();
    let before = rig.home().member().expect("opens").expect("a member");
    assert!(rig.tells_keys());
    let (node, store) = rig.open().expect("opens");
    let keys: Vec<_> = node.frame_keys().iter().map(|key| key.to_bytes()).collect();
    drop((node, store));
    let (turn, store) = rig.start().expect("starts");
    drop(store);
    assert!(!rig.tells_keys() && !rig.former().exists());
    assert!(holds(&mut rig.open().expect("opens").1));
    let after = rig.home().member().expect("opens").expect("a member");
    assert_eq!(after.proof_key(), before.proof_key());
    assert_eq!((after.device, after.public), (before.device, before.public));
    let (node, store) = rig.open().expect("opens again");
    let again: Vec<_> = node.frame_keys().iter().map(|key| key.to_bytes()).collect();
    assert_eq!((node.turn(), again), (turn, keys));
    drop((node, store));
    let file = rig.secret();
    rig.start().expect("starts again");
    assert_eq!(rig.secret(), file, "and is not written again");
}

#[test]
fn a_cut_before_the_new_file_leaves_one_that_opens() {
    let rig = Rig::founded();
    let (node, mut store) = rig.open().expect("opens");
    // The store has the keys; the old file has its second name; nothing more was done.
    store.commit(&[&[node.epochs_pair()]]).expect("room");
    fs::hard_link(rig.at().join(NETWORK_SECRET), rig.former()).expect("a second name");
    drop((node, store));
    let (_, store) = rig.start().expect("starts");
    assert!(!rig.tells_keys() && !rig.former().exists());
    drop(store);
    rig.open().expect("opens");
}

#[test]
fn a_second_name_of_the_file_in_use_is_only_removed() {
    let rig = Rig::founded();
    rig.start().expect("starts");
    let file = rig.secret();
    fs::hard_link(rig.at().join(NETWORK_SECRET), rig.former()).expect("a second name");
    rig.start().expect("starts");
    assert_eq!(rig.secret(), file);
    assert!(!rig.former().exists());
}

#[test]
fn a_cut_after_the_new_file_leaves_an_old_one_that_the_next_start_destroys() {
    let rig = Rig::founded();
    let old = rig.secret();
    rig.start().expect("starts");
    fs::write(rig.former(), old).expect("writable");
    // What it held is written over: a name that nobody knows of still sees zeros.
    let witness = rig.folder.path().join("witness");
    fs::hard_link(rig.former(), &witness).expect("a second name");
    rig.start().expect("starts");
    assert!(!rig.former().exists() && !rig.tells_keys());
    assert!(fs::read(witness).expect("there").iter().all(|byte| *byte == 0));
}

#[test]
fn a_store_that_lost_the_keys_speaks_under_no_others() {
    let rig = Rig::founded();
    let (_, mut store) = rig.start().expect("starts");
    store.commit(&[&[(EPOCHS.to_vec(), Vec::new())]]).expect("room");
    drop(store);
    let said = rig.open().err().expect("it has none");
    assert!(said.zh.contains("device request") && said.en.contains("enrol anew"), "{said}");
}

#[test]
fn a_disk_that_refuses_leaves_the_file_as_it_was() {
    use crate::store::memory::MemoryStore;
    let rig = Rig::founded();
    let (node, store) = rig.open().expect("opens");
    drop(store);
    let (memory, before) = (MemoryStore::default(), rig.secret());
    memory.fill_up();
    let mut full = SealedStore::new(memory, VaultKey::from_bytes([1; 32]));
    assert!(rig.home().leave_epoch_keys_to(&mut full, &node).is_err());
    assert_eq!(rig.secret(), before);
}

#[test]
fn a_member_of_an_earlier_version_keeps_its_proof() {
    let rig = Rig::founded();
    let mut old = rig.home().member().expect("opens").expect("a member");
    old.network.grant = None;
    let spent = old.without_epoch_keys();
    let path = Path::new(NETWORK_SECRET);
    let read = crate::home::Member::from_text(path, &spent.to_text()).expect("reads back");
    assert_eq!(read.proof_key(), old.proof_key());
    assert_eq!(spent.without_epoch_keys().proof_key(), old.proof_key(), "twice is as once");
    assert!(!read.network.has_secret());
}
