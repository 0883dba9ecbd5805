//! The page of one scenario: verdict, tables and charts in one file that needs nothing else.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::chart::{Line, bars, lines, ring};
use super::gauges::{Gauges, Sample};
use crate::scenario::{Marks, percentile};

/// Answer times are counted up to each of these, s; the last bar holds the rest.
const BINS_S: [u64; 9] = [15, 30, 60, 120, 300, 600, 900, 1800, 3600];

const STYLE: &str = "body{font:15px/1.5 system-ui,'Noto Sans CJK SC',sans-serif;max-width:60rem;\
margin:1rem auto;padding:0 1rem;color:#111;background:#fff}h1{font-size:1.4rem}h2{font-size:1.1rem;\
margin-top:2rem}table{border-collapse:collapse}td,th{border:1px solid #bbb;padding:.15rem .6rem;\
text-align:right}td:first-child,th:first-child{text-align:left}svg{width:100%;height:auto}\
svg text{font-size:11px;fill:#333}svg .place{font-size:10px}.grid{stroke:#ddd}\
.key{font-size:.85rem;margin:.2rem 0}.good{color:#00602b}.bad{color:#a00000}\
pre{white-space:pre-wrap}";

/// The page; `text` is the table as a terminal shows it, so that nothing is only in the one.
pub fn page(marks: &Marks, gauges: &Gauges, text: &str) -> String {
    let verdict =
        if marks.pass() { ("good", "通过 / passed") } else { ("bad", "未通过 / not passed") };
    let markup = html! {
        (DOCTYPE)
        html lang="zh-CN" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { (marks.title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { (marks.title) " — " span class=(verdict.0) { (verdict.1) } }
                p {
                    "种子 / seed " (marks.seed) " · " (marks.places) " 处 / places · "
                    (marks.minutes / 60) " h " (marks.minutes % 60) " min · "
                    (format!("{:016x}", marks.fingerprint))
                }
                (sum(marks))
                (over_time(gauges))
                h2 { "回执用时分布 / answer times, s" }
                (bars(&distribution(marks)))
                (by_level(marks))
                h2 { "谁听到谁 / who heard whom" }
                (ring(&gauges.places, &hearings(gauges)))
                h2 { "全部数字 / every figure" }
                pre { (text) }
            }
        }
    };
    markup.into_string()
}

fn sum(marks: &Marks) -> Markup {
    let columns = [
        ("指令 / orders", marks.orders),
        ("份 / copies", marks.owed),
        ("送到 / reached", marks.reached),
        ("按时 / in time", marks.in_time),
        ("有回执 / answered", marks.answered),
        ("不答 / silent", marks.silent),
        ("丢失 / lost", marks.owed - marks.reached),
    ];
    html! {
        table {
            tr { @for (name, _) in columns { th { (name) } } }
            tr { @for (_, count) in columns { td { (count) } } }
        }
    }
}

fn over_time(gauges: &Gauges) -> Markup {
    let line = |name: &str, value: &dyn Fn(&Sample) -> u64| Line {
        name: name.to_owned(),
        points: gauges.samples.iter().map(|sample| (sample.minute, value(sample))).collect(),
    };
    let each = |value: &dyn Fn(&Sample, usize) -> u64| -> Vec<Line> {
        let bearers = gauges.bearers.iter().enumerate();
        bearers.map(|(at, name)| line(name, &|sample| value(sample, at))).collect()
    };
    let delivery = [
        line("应达 / owed", &|sample| sample.owed),
        line("已达 / reached", &|sample| sample.reached),
        line("已答 / answered", &|sample| sample.answered),
    ];
    let mut used: Vec<Line> = Vec::new();
    for mut line in each(&|sample, at| sample.bytes.get(at).copied().unwrap_or(0)) {
        let sums = line.points.clone();
        for (point, before) in line.points.iter_mut().skip(1).zip(&sums) {
            point.1 = point.1.saturating_sub(before.1) / gauges.every_min.max(1);
        }
        line.points.iter_mut().take(1).for_each(|point| point.1 = 0);
        used.push(line);
    }
    html! {
        h2 { "送达 / delivery over time" }
        (lines(&delivery, "份 / copies"))
        h2 { "待发 / what waits, per bearer" }
        (lines(&each(&|sample, at| sample.waiting.get(at).copied().unwrap_or(0)), "条 / records"))
        h2 { "用量 / use of the air, per bearer" }
        (lines(&used, "字节每分 / bytes a minute"))
    }
}

/// How many answers came within each of the bins.
fn distribution(marks: &Marks) -> Vec<(String, u64)> {
    let all = || marks.levels.iter().flat_map(|level| level.answered_s.iter().copied());
    let mut low = 0;
    let mut bins: Vec<(String, u64)> = Vec::new();
    for high in BINS_S {
        let within = all().filter(|s| (low..high).contains(s)).count() as u64;
        bins.push((format!("<{high}"), within));
        low = high;
    }
    bins.push((format!("≥{low}"), all().filter(|s| *s >= low).count() as u64));
    bins
}

fn by_level(marks: &Marks) -> Markup {
    let told = |sorted: &[u64], percent| percentile(sorted, percent).map_or(0, |seconds| seconds);
    html! {
        table {
            tr { th { "层级 / level" } th { "送达 / reached" } th { "p50 s" } th { "p95 s" }
                th { "回执 / answered" } th { "p50 s" } th { "p95 s" } }
            @for level in &marks.levels {
                tr {
                    td { (level.name) } td { (level.reached_s.len()) }
                    td { (told(&level.reached_s, 50)) } td { (told(&level.reached_s, 95)) }
                    td { (level.answered_s.len()) }
                    td { (told(&level.answered_s, 50)) } td { (told(&level.answered_s, 95)) }
                }
            }
        }
    }
}

fn hearings(gauges: &Gauges) -> Vec<(usize, usize, u64)> {
    gauges.heard.iter().map(|pair| (pair.speaker, pair.hearer, pair.samples)).collect()
}
