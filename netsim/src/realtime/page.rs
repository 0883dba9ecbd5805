//! What a swarm came to, on one page of a terminal: no line longer than 80 columns, all of it on
//! one sheet of paper. Pure: a summary in, a text out; printed by `tell`.

use super::many::Summary;
use super::report::columns_of;

/// A line takes so many columns at most.
const PAGE_COLUMNS: usize = 80;
/// Columns of each of two figures in a line.
const CELL_COLUMNS: usize = 38;

/// The page on a swarm of which so many seeds were asked for, each of so many minutes.
pub(super) fn page(summary: &Summary, asked: u64, minutes: u64) -> String {
    let rate = summary.seeds as f64 * 1000.0 / summary.took_ms.max(1) as f64;
    let mut page = format!(
        "{} / {asked} 种子 / seeds ({} twice), {minutes} min 每个 / each\n\
         用时 / took {:.1} s, {rate:.2}/s\n\
         失败 / failed {}\n",
        summary.seeds,
        summary.twice,
        summary.took_ms as f64 / 1000.0,
        summary.failed.len(),
    );
    for (checker, seeds) in &summary.kinds {
        page += &named(checker, seeds);
    }
    page += &in_two(&figures(summary));
    page += "发生的事，件数 / what was done, how often\n";
    page += &in_two(&rows(&summary.seen.deeds));
    page += "故障族，开启的种子数 / fault families, in how many seeds\n";
    page += &in_two(&rows(&summary.families));
    page
}

/// A promise, in how many seeds it was broken, and as many of these as the line holds.
fn named(checker: &str, seeds: &[u64]) -> String {
    let mut line = format!("  {checker:<6} {:>5}  seed", seeds.len());
    for (at, seed) in seeds.iter().enumerate() {
        let word = format!(" {seed}");
        let more = if at + 1 < seeds.len() { " …".len() } else { 0 };
        if line.len() + word.len() + more > PAGE_COLUMNS {
            line += " …";
            break;
        }
        line += &word;
    }
    line + "\n"
}

fn figures(summary: &Summary) -> Vec<(String, u64)> {
    let seen = &summary.seen;
    [
        ("已确认 / confirmed", summary.confirmed),
        ("崩溃 / crashes", summary.crashes),
        ("帧 / frames", summary.frames),
        ("输入 / inputs", summary.inputs),
        ("最慢一致 / slowest agreement, s", summary.agreed_s_max),
        ("未知送达 / deliveries unknown", summary.unknown_deliveries),
        ("核对：帧 / frames judged", seen.frames_judged),
        ("核对：地点 / places judged", seen.places_judged),
        ("核对：行 / rows judged", seen.rows_judged),
        ("复原的世界 / worlds healed", seen.healed),
        ("分叉 / forked lanes", seen.forks),
        ("未含的库 / depots hidden", seen.depots_hidden),
        ("密件可读 / sealed orders read", seen.sealed_read),
        ("密件不可读 / and hidden", seen.sealed_hidden),
    ]
    .map(|(what, count)| (what.to_owned(), count))
    .to_vec()
}

fn rows(counts: &std::collections::BTreeMap<impl AsRef<str>, u64>) -> Vec<(String, u64)> {
    counts.iter().map(|(name, count)| (name.as_ref().to_owned(), *count)).collect()
}

/// Two in a line, read downwards, every number under the one above it.
fn in_two(rows: &[(String, u64)]) -> String {
    let cell = |(what, count): &(String, u64)| {
        let count = count.to_string();
        let gap = CELL_COLUMNS.saturating_sub(columns_of(what) + count.len()).max(1);
        format!("{what}{}{count}", " ".repeat(gap))
    };
    let (left, right) = rows.split_at(rows.len().div_ceil(2));
    let right = right.iter().map(|row| format!("  {}", cell(row)));
    let lines = left.iter().zip(right.chain(std::iter::repeat(String::new())));
    lines.map(|(left, right)| format!("  {}{right}\n", cell(left))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::swarm::{Bounds, Options};

    /// A swarm of ten thousand seeds in which everything was on and much went wrong.
    fn summary() -> Summary {
        let mut summary = Summary { seeds: 10_000, twice: 100, ..Summary::default() };
        let large = 12_345_678_901;
        (summary.confirmed, summary.frames, summary.inputs) = (large, large, large);
        for seed in 0..300 {
            let options = Options::draw(seed, &Bounds::default());
            summary.count_families(&options);
        }
        for (checker, count) in [("S1", 1), ("S13", 10_000), ("L1", 12), ("L2", 3)] {
            let seeds: Vec<u64> = (1_231_000..1_231_000 + count).collect();
            summary.kinds.insert(checker.to_owned(), seeds);
        }
        summary
    }

    #[test]
    fn a_summary_fits_one_page_of_eighty_columns_whatever_went_wrong() {
        let summary = summary();
        assert!(summary.families.len() > 30, "{:?}", summary.families);
        let page = page(&summary, 10_000, 720);
        for line in page.lines() {
            assert!(columns_of(&line.replace('…', ".")) <= PAGE_COLUMNS, "{line}");
        }
        // What was done is not drawn here: at most as many lines as there are kinds of it.
        assert!(page.lines().count() + 15 <= 66, "a sheet has 66 lines\n{page}");
        assert!(page.contains("  L2         3  seed 1231000 1231001 1231002\n"), "{page}");
        assert!(page.lines().any(|line| line.starts_with("  S13") && line.ends_with(" …")));
    }

    #[test]
    fn figures_stand_under_each_other_though_chinese_signs_take_two_columns() {
        let text = in_two(&figures(&summary()));
        let widths: Vec<usize> = text.lines().map(columns_of).collect();
        assert!(widths.iter().all(|width| *width == 2 * CELL_COLUMNS + 4), "{widths:?}\n{text}");
    }

    #[test]
    fn a_swarm_that_ran_out_of_time_says_of_how_many_seeds_it_told() {
        let page = page(&Summary { seeds: 7, ..Summary::default() }, 1_500, 720);
        assert!(page.starts_with("7 / 1500 种子"), "{page}");
    }
}
