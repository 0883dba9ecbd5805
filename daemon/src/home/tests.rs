//! Keys and membership on a real disk.

use std::os::unix::fs::PermissionsExt;

use sanduan_protocol::base::ids::{DeviceId, UnitId};
use sanduan_protocol::keys::epochs::EpochGrant;
use sanduan_protocol::keys::subtree::PathKeys;
use sanduan_protocol::node::settings::Network;

use super::*;

#[test]
fn a_member_reads_back_its_settings_and_its_files_are_private() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = Home::at(&folder.path().join("eoc"));
    home.make_folder().expect("writable");
    let seed = home.ensure_device_seed().expect("writable");
    assert_eq!(home.ensure_device_seed().expect("readable"), seed, "made once only");
    let member = member(DeviceKey::from_seed(*seed).public());
    home.write_member(&member).expect("writable");
    let operator = "王 \"小\" 明".to_owned();
    home.write_config(&Starter { operator, ..Starter::default() }).expect("writable");
    let config = Config::load(&home.config_path()).expect("sound");
    assert_eq!(config.operator, "王 \"小\" 明");
    let settings = home.settings(&config).expect("complete");
    assert_eq!(settings.network, member.network);
    assert_eq!((settings.device, settings.unit), (DeviceId(3), UnitId(9)));
    assert_eq!(settings.authority_seed, None);
    for name in [DEVICE_KEY, NETWORK_SECRET] {
        let found = std::fs::metadata(home.folder().join(name)).expect("there");
        assert_eq!(found.permissions().mode() & 0o777, 0o600, "{name}");
    }
}

#[test]
fn a_home_that_has_not_joined_says_how_to_join() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = Home::at(folder.path());
    home.ensure_device_seed().expect("writable");
    let config = Config::parse(&home.config_path(), "").expect("sound");
    let Err(said) = home.settings(&config) else { panic!("not a member") };
    assert!(said.zh.contains("尚未入网") && said.en.contains("device join"));
}

#[test]
fn another_key_than_the_one_that_joined_is_noticed() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = Home::at(folder.path());
    home.ensure_device_seed().expect("writable");
    home.write_member(&member([7; 32])).expect("writable");
    let config = Config::parse(&home.config_path(), "").expect("sound");
    assert!(home.settings(&config).is_err_and(|said| said.en.contains("not the key that joined")));
}

#[test]
fn damaged_files_are_named_and_never_replaced() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = Home::at(folder.path());
    for text in ["", "abc", "zz", &"é".repeat(32)] {
        std::fs::write(folder.path().join(DEVICE_KEY), text).expect("writable");
        let said = home.ensure_device_seed().expect_err("damaged");
        assert!(said.zh.contains("已损坏") && said.en.contains("damaged"));
    }
    for text in ["", "{}", "{\"version\":2}", "\u{1}"] {
        std::fs::write(folder.path().join(NETWORK_SECRET), text).expect("writable");
        assert!(home.member().is_err(), "{text}");
    }
    std::fs::write(folder.path().join(NETWORK_SECRET), vec![b' '; 70_000]).expect("writable");
    assert!(home.member().is_err_and(|said| said.en.contains("too large")));
}

#[test]
fn a_private_file_replaces_the_old_one_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("file");
    file::write_private(&path, b"first").expect("writable");
    std::fs::write(folder.path().join("file.new"), b"left by a crash").expect("writable");
    file::write_private(&path, b"second").expect("writable");
    assert_eq!(std::fs::read(&path).expect("readable"), b"second");
    assert!(!folder.path().join("file.new").exists());
}

fn member(public: [u8; 32]) -> Member {
    let network = Network {
        district: "500116".to_owned(),
        name: "江津区".to_owned(),
        drill: true,
        authority: [1; 32],
        epoch_secret: [2; 32],
        epoch: 4,
        grant: Some(EpochGrant {
            began_s: 1_787_097_600,
            day: 9,
            standing: [3; 32],
            path: Some(PathKeys::of_bytes(4, &[5; 160])),
        }),
    };
    Member { network, device: DeviceId(3), unit: UnitId(9), public, certificate: Some([5; 118]) }
}
