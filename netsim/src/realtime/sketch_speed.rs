//! How long a core takes to sum up the heads of a thousand lanes, and to find out from such a sum
//! what differs, for `sanduan-sim bench speed`. The lists are [`crate::bench`]'s.

use std::hint::black_box;
use std::time::Duration;

use sanduan_protocol::base::ids::DeviceId;
use sanduan_protocol::base::start::FrameNo;
use sanduan_protocol::sync::digest::Salt;

use super::Language;
use super::record_speed::on_core;
use crate::bench::Differing;

/// What a sketch of a thousand lanes may take, ns.
const GOAL_NS: u64 = 1_000_000;
/// Each of the two is measured for so long.
const SPAN: Duration = Duration::from_millis(400);

/// The two halves of a comparison, measured.
#[derive(Clone, Debug, serde::Serialize)]
pub struct SketchRow {
    /// Lanes of the list.
    pub lanes: usize,
    /// Lanes that differ.
    pub differ: usize,
    /// Bytes of the sums.
    pub symbols: usize,
    /// Summed up in so many ns.
    pub said_ns: u64,
    /// The other's list found in so many ns.
    pub read_ns: u64,
    /// Each is within the goal.
    pub ok: bool,
}

/// Sum one of these lists up, and find it from the sums and the other, on this thread alone.
pub fn sketch_speed(lists: &Differing) -> SketchRow {
    let Differing { ours, theirs } = lists;
    let number = FrameNo { counter: 1, ..FrameNo::default() };
    let salt = Salt { network_key: [3; 32], sender: DeviceId(1), number };
    let heads = ours.iter().zip(theirs.iter());
    let differ = heads.filter(|((_, ours), (_, theirs))| ours != theirs).count();
    let count = ours.symbols_for(2 * differ);
    let sketch = ours.sketch(count, &salt);
    assert!(
        theirs.by_sketch(&sketch, &salt).as_ref() == Some(ours),
        "what is measured must be right"
    );
    let ns = |work: &dyn Fn()| {
        let (ns, rounds) = on_core(SPAN, work);
        ns / rounds.max(1)
    };
    let said_ns = ns(&|| drop(black_box(ours.sketch(count, &salt))));
    let read_ns = ns(&|| drop(black_box(theirs.by_sketch(&sketch, &salt))));
    let (lanes, symbols) = (ours.iter().count(), sketch.symbols.len());
    let ok = said_ns <= GOAL_NS && read_ns <= GOAL_NS;
    SketchRow { lanes, differ, symbols, said_ns, read_ns, ok }
}

/// The same in one line.
pub fn sketch_line(row: &SketchRow, language: Language) -> String {
    let us = |ns: u64| format!("{}.{:03} ms", ns / 1_000_000, ns % 1_000_000 / 1_000);
    let (said, read) = (us(row.said_ns), us(row.read_ns));
    let verdict = if row.ok { "ok" } else { "MISS" };
    let SketchRow { lanes, differ, symbols, .. } = row;
    match language {
        Language::Zh => format!(
            "{lanes} 道摘要（{differ} 道不同，{symbols} B）：生成 {said}，解出 {read}（目标：各 ≤ 1 ms） \
             {verdict}\n"
        ),
        Language::En => format!(
            "a sketch of {lanes} lanes ({differ} differ, {symbols} B): made in {said}, read in \
             {read} (goal: 1 ms each) {verdict}\n"
        ),
    }
}
