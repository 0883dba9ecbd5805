//! The authority's key: with a passphrase, what opens the rest of the machine does not open it.

use super::*;

/// Of a folder whose passphrase was set before the authority's key needed it.
fn of_old(folder: &Path) -> (Vault, crate::home::Seed) {
    let mut vault = enter(folder);
    vault.set_passphrase(WORD, true, CHEAP).expect("set");
    let seed = Home::of(&vault).expect("opens").make_authority_seed().expect("writable");
    (vault, seed)
}

fn text(folder: &Path) -> String {
    fs::read_to_string(folder.join("authority.key")).expect("there")
}

#[test]
fn an_authority_of_an_earlier_version_needs_the_passphrase_from_its_next_right_one_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, seed) = of_old(folder.path());
    let mut vault = enter(folder.path());
    assert!(vault.key().is_some() && vault.order_seed().is_none(), "by its key file alone");
    assert_eq!(vault.authority_seed(), Some(seed.clone()), "as it was");
    assert_eq!(vault.unlock("山高水短"), Tried::Wrong);
    let before = text(folder.path());
    assert_eq!(vault.unlock(WORD), Tried::Right);
    assert_eq!(vault.authority_seed(), Some(seed.clone()));
    let after = text(folder.path());
    assert_ne!(after, before);
    // Whoever has all files and the key file.
    let mut stolen = enter(folder.path());
    assert!(stolen.key().is_some());
    assert_eq!(stolen.authority_seed(), None);
    assert!(Home::of(&stolen).expect("opens").device_seed().is_ok(), "the rest opens");
    assert_eq!(stolen.unlock(WORD), Tried::Right);
    assert_eq!(stolen.authority_seed(), Some(seed));
    assert_eq!(text(folder.path()), after, "sealed once");
    stolen.close_orders();
    assert_eq!(stolen.authority_seed(), None);
}

#[test]
fn a_cut_before_the_new_file_is_there_leaves_the_old_one_which_opens() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, seed) = of_old(folder.path());
    let before = text(folder.path());
    assert_eq!(enter(folder.path()).unlock(WORD), Tried::Right);
    fs::write(folder.path().join("authority.key"), before).expect("writable");
    let mut vault = enter(folder.path());
    assert_eq!(vault.authority_seed(), Some(seed.clone()));
    assert_eq!(vault.unlock(WORD), Tried::Right);
    assert_eq!(enter(folder.path()).authority_seed(), None);
    assert_eq!(vault.authority_seed(), Some(seed));
}

#[test]
fn the_authority_stays_the_same_through_changes_of_the_passphrase() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut vault = enter(folder.path());
    let seed = Home::of(&vault).expect("opens").make_authority_seed().expect("writable");
    vault.set_passphrase(WORD, true, CHEAP).expect("set");
    assert_eq!(enter(folder.path()).authority_seed(), None, "from the first passphrase on");
    vault.set_passphrase("另一句话", false, CHEAP).expect("set");
    let mut alone = enter(folder.path());
    assert_eq!(alone.unlock("另一句话"), Tried::Right);
    assert_eq!(alone.authority_seed(), Some(seed.clone()));
    alone.remove_passphrase().expect("open");
    assert_eq!(enter(folder.path()).authority_seed(), Some(seed), "without one it stays open");
}

#[test]
fn a_damaged_authority_s_key_is_told_and_not_taken_for_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut vault, _) = of_old(folder.path());
    assert_eq!(vault.unlock(WORD), Tried::Right);
    let mut bytes = text(folder.path()).into_bytes();
    let at = bytes.len() - 3;
    bytes[at] = if bytes[at] == b'0' { b'1' } else { b'0' };
    fs::write(folder.path().join("authority.key"), bytes).expect("writable");
    assert!(Home::of(&vault).expect("opens").authority_seed().is_err());
}
