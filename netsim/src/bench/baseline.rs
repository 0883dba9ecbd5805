//! What the cases cost when the figures were last kept: a line of JSON a case, as
//! `bench air --json` prints it. Whoever makes a case cheaper or dearer keeps the new line with
//! the change.

use serde::Deserialize;

use super::Keying;
use super::row::Row;

/// The file; what it does not name has no figure yet.
const FILE: &str = include_str!("../../data/baseline-air.json");

/// One case as it was.
#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Kept {
    case: String,
    keying: Keying,
    rate_bit_s: u32,
    loss_percent: u32,
    bytes: u64,
}

fn kept() -> Vec<Kept> {
    FILE.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// Bytes of the same case when they were last kept.
pub(super) fn before(row: &Row, keying: Keying) -> Option<u64> {
    let is_same = |kept: &Kept| {
        (kept.case.as_str(), kept.keying, kept.rate_bit_s, kept.loss_percent)
            == (row.case.as_str(), keying, row.rate_bit_s, row.loss_percent)
    };
    kept().into_iter().find(is_same).map(|kept| kept.bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_file_is_read() {
        assert!(!kept().is_empty());
        assert_eq!(kept().len(), FILE.lines().count());
    }
}
