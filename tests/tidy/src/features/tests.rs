//! Plants a feature or a provider where it must not be, and sees it found.

use super::{DEFINED, check, check_manifest};
use crate::Source;

fn count(path: &str, text: &str) -> usize {
    check_manifest(&Source::new(path, text)).len()
}

#[test]
fn the_feature_of_protocol_and_of_the_simulator_is_fine() {
    assert_eq!(count("protocol/Cargo.toml", "[features]\n# canaries: why\ncanaries = []\n"), 0);
    let netsim = "canaries = [\"sanduan-protocol/canaries\"]\nrequired-features = [\"canaries\"]\n";
    assert_eq!(count("netsim/Cargo.toml", netsim), 0);
}

#[test]
fn a_default_or_another_crate_that_turns_it_on_is_found() {
    assert_eq!(count("protocol/Cargo.toml", "default = [\"canaries\"]"), 1);
    assert_eq!(count("netsim/Cargo.toml", "default = [\"canaries\"]"), 1);
    let daemon = "sanduan-protocol = { workspace = true, features = [\"canaries\"] }";
    assert_eq!(count("daemon/Cargo.toml", daemon), 1);
    assert_eq!(count("Cargo.toml", daemon), 1);
}

#[test]
fn another_suite_of_cryptography_in_a_daemon_is_found() {
    let on = "sanduan-protocol = { workspace = true, features = [\"guomi\"] }";
    assert_eq!(count("daemon/Cargo.toml", on), 1);
    assert_eq!(count("daemon/Cargo.toml", "sanduan-netsim.workspace = true"), 0, "see `floors`");
    assert_eq!(count("netsim/Cargo.toml", "guomi = [\"sanduan-protocol/guomi\"]"), 0);
}

#[test]
fn a_parser_in_a_default_build_of_the_machines_is_found() {
    let on = "sanduan-protocol = { workspace = true, features = [\"command-line\"] }";
    for program in ["daemon", "tui", "netsim"] {
        assert_eq!(count(&format!("{program}/Cargo.toml"), on), 0);
    }
    assert_eq!(count("tests/fuzz/Cargo.toml", on), 1);
    assert_eq!(count("protocol/Cargo.toml", DEFINED), 0);
    assert_eq!(count("protocol/Cargo.toml", "default = [\"command-line\"]"), 1);
}

#[test]
fn cryptography_of_its_own_outside_the_simulator_is_found() {
    let provides = "struct Cheap;\nimpl CryptoProvider for Cheap {}\n";
    let count = |path: &str| check(&Source::new(path, provides)).len();
    assert_eq!(count("daemon/src/home/cheap.rs"), 1);
    assert_eq!(count("protocol/src/node/cheap.rs"), 1);
    assert_eq!(count("protocol/src/keys/suite/zero.rs"), 0);
    assert_eq!(count("netsim/src/crypto/stand_in.rs"), 0);
}
