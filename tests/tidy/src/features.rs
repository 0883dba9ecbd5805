//! Which build features may be turned on where. Promises broken on purpose (`canaries`) belong to
//! the simulator alone: no default build has them, and no other crate turns them on.

#[cfg(test)]
mod tests;

use crate::{Finding, Findings, Source};

/// The feature, and the lines that may name it.
const CANARIES: &str = "canaries";
const ALLOWED: [(&str, &str); 4] = [
    ("protocol/Cargo.toml", "canaries = []"),
    ("netsim/Cargo.toml", "canaries = [\"sanduan-protocol/canaries\"]"),
    ("netsim/Cargo.toml", "name = \"canaries\""),
    ("netsim/Cargo.toml", "required-features = [\"canaries\"]"),
];

/// Findings about the features of one `Cargo.toml`.
pub fn check_manifest(source: &Source) -> Vec<Finding> {
    let mut found = Findings::of(source);
    let lines = source.text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
    for (at, line) in lines.filter(|(_, line)| !line.starts_with('#') && line.contains(CANARIES)) {
        if !ALLOWED.contains(&(source.path.as_str(), line)) {
            found.add(at, "`canaries` breaks promises on purpose; only netsim may turn it on");
        }
    }
    found.done()
}
