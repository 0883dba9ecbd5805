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
    #[serde(default)]
    ms: Option<u64>,
}

fn kept() -> Vec<Kept> {
    FILE.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// Bytes of the same case when they were last kept.
pub(super) fn before(row: &Row, keying: Keying) -> Option<u64> {
    kept().into_iter().find(|kept| kept.is_of(row, keying)).map(|kept| kept.bytes)
}

impl Kept {
    fn is_of(&self, row: &Row, keying: Keying) -> bool {
        (self.case.as_str(), self.keying, self.rate_bit_s, self.loss_percent)
            == (row.case.as_str(), keying, row.rate_bit_s, row.loss_percent)
    }
}

/// A row is dearer than before if it takes so many percent more bytes. Every run of one program
/// gives the same bytes; another program may have other luck.
const MORE_BYTES_PERCENT: u64 = 2;
/// The same for its seconds, which hang on a few turns of the channel.
const MORE_MS_PERCENT: u64 = 10;

/// A line for each row that failed, or that got dearer than it was when the figures were kept.
/// Rows that were not kept have nothing to be compared with.
pub fn worse(rows: &[Row]) -> Vec<String> {
    let kept = kept();
    rows.iter().filter_map(|row| worse_than(row, &kept)).collect()
}

fn worse_than(row: &Row, kept: &[Kept]) -> Option<String> {
    let name = format!("{} {} bit/s {}%", row.case, row.rate_bit_s, row.loss_percent);
    if row.done_runs < row.runs {
        return Some(format!("{name}: {}/{}", row.done_runs, row.runs));
    }
    let before = kept.iter().find(|kept| kept.is_of(row, row.keying))?;
    let is_more = |now: u64, before: u64, percent: u64| now * 100 > before * (100 + percent);
    if is_more(row.bytes, before.bytes, MORE_BYTES_PERCENT) {
        return Some(format!("{name}: {} B → {} B", before.bytes, row.bytes));
    }
    let (now_ms, before_ms) = (row.ms?, before.ms?);
    let is_slower = is_more(now_ms, before_ms, MORE_MS_PERCENT);
    is_slower.then(|| format!("{name}: {before_ms} ms → {now_ms} ms"))
}

#[cfg(test)]
mod tests {
    use super::super::stage::Cost;
    use super::*;

    #[test]
    fn a_row_that_failed_or_got_dearer_or_slower_is_named_and_no_other() {
        let kept = |bytes, ms| Kept {
            case: "order-1".to_owned(),
            keying: Keying::Radio,
            rate_bit_s: 1200,
            loss_percent: 0,
            bytes,
            ms: Some(ms),
        };
        let cost = Cost { bytes: 132, frames: 2, done_ms: Some(3_000) };
        let row = Row::new("order-1", 1200, 0, &[cost]).on(Keying::Radio);
        let told = |kept: Kept| worse_than(&row, &[kept]);
        assert_eq!(told(kept(132, 3_000)), None);
        assert_eq!(told(kept(130, 2_800)), None, "within the luck of other programs");
        assert!(told(kept(120, 3_000)).is_some_and(|line| line.contains("120 B → 132 B")));
        assert!(told(kept(140, 2_000)).is_some_and(|line| line.contains("2000 ms → 3000 ms")));
        assert_eq!(worse_than(&row, &[]), None, "nothing was kept");
        let failed = Row::new("order-1", 1200, 0, &[Cost { done_ms: None, ..cost }]);
        assert!(worse_than(&failed, &[]).is_some_and(|line| line.ends_with("0/1")));
    }

    #[test]
    fn every_line_of_the_file_is_read() {
        assert!(!kept().is_empty());
        assert_eq!(kept().len(), FILE.lines().count());
    }
}
