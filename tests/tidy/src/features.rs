//! Which build features may be turned on where, and where cryptography may come from. Promises
//! broken on purpose (`canaries`) belong to the simulator alone: no default build has them, and no
//! other crate turns them on. The same holds for `guomi`, and for cryptography that is none. What
//! brings a parser of command lines is for programs alone.

#[cfg(test)]
mod tests;

use crate::{Finding, Findings, Source};

/// A feature, and why it is not for everybody.
const FEATURES: [(&str, &str); 3] = [
    ("canaries", "`canaries` breaks promises on purpose; only netsim may turn it on"),
    ("guomi", "`guomi` is another suite of cryptography; no other crate is built for it"),
    ("command-line", "`command-line` brings a parser; the machines are built without it"),
];

/// What the command lines take.
const DEFINED: &str =
    "command-line = [\"dep:clap\", \"dep:unicode-linebreak\", \"dep:unicode-width\"]";

/// How a program asks for what the command lines have in common.
const PROGRAM: &str = "sanduan-protocol = { workspace = true, features = [\"command-line\"] }";

/// The lines that may name one.
const ALLOWED: [(&str, &str); 10] = [
    ("protocol/Cargo.toml", "canaries = []"),
    ("netsim/Cargo.toml", "canaries = [\"sanduan-protocol/canaries\"]"),
    ("netsim/Cargo.toml", "name = \"canaries\""),
    ("netsim/Cargo.toml", "required-features = [\"canaries\"]"),
    ("protocol/Cargo.toml", "guomi = [\"dep:sm2\", \"dep:sm3\", \"dep:sm4\"]"),
    ("netsim/Cargo.toml", "guomi = [\"sanduan-protocol/guomi\"]"),
    ("protocol/Cargo.toml", DEFINED),
    ("daemon/Cargo.toml", PROGRAM),
    ("tui/Cargo.toml", PROGRAM),
    ("netsim/Cargo.toml", PROGRAM),
];

/// Where a provider of cryptography may stand. No other crate may import the simulator, so its
/// stand-in reaches no daemon; nor does what only remembers while readers are driven.
const PROVIDERS: [&str; 3] =
    ["protocol/src/keys/suite/", "netsim/src/crypto/", "tests/fuzz/src/remembering.rs"];

/// Findings about the features of one `Cargo.toml`.
pub fn check_manifest(source: &Source) -> Vec<Finding> {
    let mut found = Findings::of(source);
    let lines = source.text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
    for (at, line) in lines.filter(|(_, line)| !line.starts_with('#')) {
        for (_, why) in FEATURES.iter().filter(|(feature, _)| line.contains(feature)) {
            if !ALLOWED.contains(&(source.path.as_str(), line)) {
                found.add(at, *why);
            }
        }
    }
    found.done()
}

/// Findings about the cryptography of one Rust file.
pub fn check(source: &Source) -> Vec<Finding> {
    let mut found = Findings::of(source);
    for (at, line) in source.masked.code.lines().enumerate() {
        let provides = line.contains("CryptoProvider for ");
        if provides && !PROVIDERS.iter().any(|room| source.path.starts_with(room)) {
            found.add(at + 1, "cryptography comes from `keys::suite`, or from the simulator");
        }
    }
    found.done()
}
