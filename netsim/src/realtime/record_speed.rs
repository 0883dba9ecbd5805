//! How many records a core packs for the air and opens again in a second, for
//! `sanduan-sim bench speed`. What the records are is [`crate::bench`]'s, where there is no clock.

use std::time::{Duration, Instant};

use sanduan_protocol::base::ids::{DeviceId, LaneId};
use sanduan_protocol::field::air::{Packer, open};
use sanduan_protocol::wire::bundle::PackedRun;

use super::Language;
use crate::bench::Bundle;

/// Records that a core has to pack, and to open, in a second.
const GOAL_PER_S: u64 = 20_000;
/// Every kind is measured for so long.
const SPAN: Duration = Duration::from_millis(400);

/// One kind of bundle, measured.
#[derive(Clone, Debug, serde::Serialize)]
pub struct SpeedRow {
    /// What the records are, Chinese and English.
    pub kind: &'static str,
    /// Records of a bundle.
    pub records: usize,
    /// Records packed in a second.
    pub packed_per_s: u64,
    /// Records opened in a second.
    pub opened_per_s: u64,
    /// Both reach the goal.
    pub ok: bool,
}

/// Every kind in turn, on this thread alone.
pub fn record_speed(bundles: &[Bundle]) -> Vec<SpeedRow> {
    bundles.iter().map(measure).collect()
}

fn measure(bundle: &Bundle) -> SpeedRow {
    let (sender, records) = (DeviceId(4), &bundle.records);
    let pack = || -> PackedRun {
        let mut packer = Packer::new(LaneId::first(sender, bundle.lane), 200);
        records.iter().for_each(|record| packer.push(record));
        packer.run(sender, None)
    };
    let run = pack();
    assert!(
        open(&run, sender).is_ok_and(|opened| opened.records == *records),
        "what is measured must be right"
    );
    let per_s = |work: &dyn Fn()| {
        let (ns, rounds) = on_core(SPAN, work);
        (u128::from(rounds) * records.len() as u128 * 1_000_000_000 / u128::from(ns)) as u64
    };
    let packed_per_s = per_s(&|| drop(std::hint::black_box(pack())));
    let opened_per_s = per_s(&|| drop(std::hint::black_box(open(&run, sender))));
    let ok = packed_per_s >= GOAL_PER_S && opened_per_s >= GOAL_PER_S;
    SpeedRow { kind: bundle.kind, records: records.len(), packed_per_s, opened_per_s, ok }
}

/// Do this work again and again for so long: the nanoseconds that this thread was on a core, and
/// how often it was done.
pub(super) fn on_core(span: Duration, work: &dyn Fn()) -> (u64, u64) {
    let (start, before, mut rounds) = (Instant::now(), on_core_ns(), 0u64);
    while start.elapsed() < span {
        work();
        rounds += 1;
    }
    let on_core_ns = on_core_ns().zip(before).map(|(after, before)| after - before);
    // Without the kernel's count, the clock has to do; then a busy machine looks slow.
    (on_core_ns.unwrap_or(start.elapsed().as_nanos() as u64).max(1), rounds)
}

/// How long this thread has been on a core, ns: what others of the machine take is not counted
/// (Linux, Documentation/scheduler/sched-stats.rst, `/proc/<pid>/schedstat`).
fn on_core_ns() -> Option<u64> {
    let counts = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    counts.split(' ').next()?.parse().ok()
}

/// The rows as a table.
pub fn speed_table(rows: &[SpeedRow], language: Language) -> String {
    let head = match language {
        Language::Zh => "每核每秒记录数：打包，拆包；每种各一包（目标：各不少于 20000）",
        Language::En => "records a second on one core: packed, opened (goal: 20,000 each)",
    };
    let mut table = format!("{head}\n");
    for row in rows {
        let said = if row.ok { "ok" } else { "MISS" };
        table += &format!(
            "{:>10} {:>10}  {said:<4}  {} × {}\n",
            row.packed_per_s, row.opened_per_s, row.records, row.kind
        );
    }
    table
}
