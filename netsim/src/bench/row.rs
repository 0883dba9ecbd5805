//! One line of the table: a case, what it cost here, its goal, and what a peer needs for it.

use serde::Serialize;

use super::Keying;
use super::baseline;
use super::columns::columns;
use super::peers::{Peer, peers};
use super::stage::Cost;
use crate::realtime::Language;

/// One case, measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// Short name of the case.
    pub case: String,
    /// What it is, in Chinese.
    pub zh: String,
    /// What it is, in English.
    pub en: String,
    /// Rate of the channel, bit/s.
    pub rate_bit_s: u32,
    /// Frames lost at each hearer, percent.
    pub loss_percent: u32,
    /// Bytes on all KISS lines, median of the runs.
    pub bytes: u64,
    /// The same, the worst run.
    pub bytes_max: u64,
    /// Frames, median.
    pub frames: u64,
    /// Milliseconds until done, median of the runs that were done.
    pub ms: Option<u64>,
    /// The same, the worst.
    pub ms_max: Option<u64>,
    /// Runs that were done in time.
    pub done_runs: usize,
    /// All runs.
    pub runs: usize,
    /// What a transmission costs on the channel.
    pub keying: Keying,
    /// Bytes when the figures were last kept.
    pub before_bytes: Option<u64>,
    /// Bytes that are striven for.
    pub reach_bytes: Option<u64>,
    /// Bytes that the median may cost.
    pub goal_bytes: Option<u64>,
    /// Frames that the median may cost.
    pub goal_frames: Option<u64>,
    /// Done in every run, and within the goals.
    pub ok: bool,
    /// What others need, measured elsewhere.
    pub peers: Vec<Peer>,
}

impl Row {
    /// The figures of some runs.
    pub(super) fn new(case: &str, rate_bit_s: u32, loss_percent: u32, costs: &[Cost]) -> Row {
        let sorted = |figure: fn(&Cost) -> u64| {
            let mut figures: Vec<u64> = costs.iter().map(figure).collect();
            figures.sort_unstable();
            figures
        };
        let mut ms: Vec<u64> = costs.iter().filter_map(|cost| cost.done_ms).collect();
        ms.sort_unstable();
        let middle = |figures: &[u64]| figures.get(figures.len() / 2).copied();
        let (bytes, frames) = (sorted(|cost| cost.bytes), sorted(|cost| cost.frames));
        let fits = |peer: &Peer| {
            (peer.case.as_str(), peer.rate_bit_s, peer.loss_percent)
                == (case, rate_bit_s, loss_percent)
        };
        Row {
            case: case.to_owned(),
            zh: String::new(),
            en: String::new(),
            rate_bit_s,
            loss_percent,
            bytes: middle(&bytes).unwrap_or(0),
            bytes_max: bytes.last().copied().unwrap_or(0),
            frames: middle(&frames).unwrap_or(0),
            ms: middle(&ms),
            ms_max: ms.last().copied(),
            done_runs: ms.len(),
            runs: costs.len(),
            keying: Keying::default(),
            before_bytes: None,
            reach_bytes: None,
            goal_bytes: None,
            goal_frames: None,
            ok: ms.len() == costs.len() && !costs.is_empty(),
            peers: peers().into_iter().filter(fits).collect(),
        }
    }

    pub(super) fn named(self, zh: &str, en: &str) -> Row {
        Row { zh: zh.to_owned(), en: en.to_owned(), ..self }
    }

    pub(super) fn with_goal(self, goal_bytes: Option<u64>) -> Row {
        let ok = self.ok && goal_bytes.is_none_or(|goal| self.bytes <= goal);
        Row { goal_bytes, ok, ..self }
    }

    pub(super) fn reaching(self, bytes: u64) -> Row {
        Row { reach_bytes: Some(bytes), ..self }
    }

    /// The same, measured on such a channel, beside what was kept of it.
    pub(super) fn on(self, keying: Keying) -> Row {
        let before_bytes = baseline::before(&self, keying);
        Row { keying, before_bytes, ..self }
    }

    pub(super) fn with_frames_goal(self, goal_frames: u64) -> Row {
        Row { goal_frames: Some(goal_frames), ok: self.ok && self.frames <= goal_frames, ..self }
    }

    fn cells(&self, language: Language) -> [String; COLUMNS] {
        let goal = match (self.goal_bytes, self.goal_frames) {
            (Some(bytes), _) => format!("≤{bytes} B"),
            (None, Some(frames)) => format!("≤{frames} {}", language.pick("帧", "frames")),
            (None, None) => "-".to_owned(),
        };
        let peer = self.peers.first();
        let peer = peer.map_or_else(
            || "-".to_owned(),
            |peer| {
                let name = peer.system.split(' ').next().unwrap_or_default();
                match peer.seconds.as_str() {
                    "-" => format!("{} B {name}", peer.bytes),
                    seconds => format!("{} B/{seconds} s {name}", peer.bytes),
                }
            },
        );
        [
            language.pick(&self.zh, &self.en).to_owned(),
            self.rate_bit_s.to_string(),
            format!("{}%", self.loss_percent),
            self.bytes.to_string(),
            self.bytes_max.to_string(),
            self.frames.to_string(),
            seconds(self.ms),
            seconds(self.ms_max),
            format!("{}/{}", self.done_runs, self.runs),
            goal,
            self.reach_bytes.map_or_else(|| "-".to_owned(), |bytes| format!("≤{bytes} B")),
            self.before_bytes.map_or_else(|| "-".to_owned(), |bytes| bytes.to_string()),
            if self.ok { "ok" } else { "MISS" }.to_owned(),
            peer,
        ]
    }
}

const COLUMNS: usize = 14;

const HEADINGS: [(&str, &str); COLUMNS] = [
    ("情形", "case"),
    ("bit/s", "bit/s"),
    ("丢帧", "loss"),
    ("字节", "bytes"),
    ("最多", "worst"),
    ("帧", "frames"),
    ("秒", "s"),
    ("最慢", "worst"),
    ("完成", "done"),
    ("目标", "goal"),
    ("争取", "reach"),
    ("上次", "before"),
    ("达标", "ok"),
    ("同类*", "peer*"),
];

/// All rows for a terminal, with what the figures mean.
pub fn table(rows: &[Row], language: Language) -> String {
    let headings = HEADINGS.map(|(zh, en)| language.pick(zh, en).to_owned());
    let cells = rows.iter().map(|row| row.cells(language));
    let lines: Vec<[String; COLUMNS]> = std::iter::once(headings).chain(cells).collect();
    let mut text = columns(&lines);
    text.push_str(language.pick(NOTE_ZH, NOTE_EN));
    text
}

const NOTE_ZH: &str = "\
字节：所有台 KISS 线上的字节，含定界与转义，不含 AX.25；完成后 10 秒内的余帧也计入。多次运行取中位数。
秒：信道模型含抢占与键控延时（每次发射约 0.8 秒），到发令方得知全部送达或各台内容一致为止；
  补发自重新听到对方起计（静默信道上信标最多 5 分钟一次，听到之前的等待不计）。
争取：定下的最终目标，未达不算失败。上次：netsim/data/baseline-air.json 中留存的字节数。
对账只计双方所说的清单与索取，不含帧与记录。
* 同类：他处实测，非本次运行，每行列其一；全部及出处见 netsim/data/peers-air.csv 或 --json。
  Reticulum（1.5，配 LXMF 1.2）的信道为半双工限速仿真，按 KISS 计字节，双向合计；BPv7、
  negentropy、bincode 不计帧。
";

const NOTE_EN: &str = "\
bytes: on the KISS lines of all stations, delimiters and escapes counted, AX.25 not; what follows
within 10 s of the end is counted too. Medians of the runs.
s: the channel model has access wait and keying (about 0.8 s a transmission); until the sender
knows that all have it, or all hold the same. Catching up counts from when one hears the other
again (on a quiet channel a beacon is up to 5 minutes away; that wait is not counted).
reach: what is striven for; not reaching it is no failure. before: the bytes that were kept in
netsim/data/baseline-air.json. Reconciling counts the list and the wants said, and neither frames
nor records.
* peer: measured elsewhere and not in this run; one of those in netsim/data/peers-air.csv, which
  has all of them with their sources, as has --json. The channel of Reticulum (1.5, with LXMF 1.2)
  was a rate-limited half-duplex emulation, KISS-like framing counted, both directions; those of
  BPv7, negentropy and bincode have no frames.
";

fn seconds(ms: Option<u64>) -> String {
    ms.map_or_else(|| "-".to_owned(), |ms| format!("{}.{}", ms / 1000, ms % 1000 / 100))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::realtime::columns_of;

    fn cost(bytes: u64, done_ms: Option<u64>) -> Cost {
        Cost { bytes, frames: 2, done_ms }
    }

    #[test]
    fn the_median_is_judged_and_a_run_that_failed_is_a_miss() {
        let costs = [cost(300, Some(9_000)), cost(100, Some(1_000)), cost(200, Some(2_000))];
        let row = Row::new("order-1", 1200, 0, &costs).with_goal(Some(220));
        assert_eq!((row.bytes, row.bytes_max, row.ms, row.ok), (200, 300, Some(2_000), true));
        assert!(!Row::new("order-1", 1200, 0, &costs).with_goal(Some(199)).ok);
        let failed = [costs[0], cost(1, None)];
        assert!(!Row::new("order-1", 1200, 0, &failed).with_goal(Some(900)).ok);
    }

    #[test]
    fn the_table_names_the_peer_and_stands_in_columns() {
        let row = Row::new("order-30", 1200, 10, &[cost(900, Some(40_000))]).named("指令", "order");
        for language in [Language::Zh, Language::En] {
            let text = table(std::slice::from_ref(&row), language);
            let lines: Vec<&str> = text.lines().take(2).collect();
            assert_eq!(columns_of(lines[0]), columns_of(lines[1]), "{text}");
            assert!(lines[1].ends_with("ok  13656 B/206 s Reticulum"), "{text}");
        }
    }
}
