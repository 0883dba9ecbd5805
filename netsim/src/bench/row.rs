//! One line of the table: a case, what it cost here, its goals, and what a peer needs for it.

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
    /// Bytes on all KISS lines, median of the runs; 0 where only time is measured.
    pub bytes: u64,
    /// The same, the worst run.
    pub bytes_max: u64,
    /// Frames, median.
    pub frames: u64,
    /// Milliseconds until done, median of the runs that were done; where many things must arrive,
    /// until 95 of a hundred were there.
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
    /// What the median may cost.
    pub goal: Goal,
    /// How it came out.
    pub verdict: Verdict,
    /// What others need, measured elsewhere.
    pub peers: Vec<Peer>,
}

/// What a case may cost, as far as anything was promised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Goal {
    /// Bytes of the median.
    pub bytes: Option<u64>,
    /// Frames of the median.
    pub frames: Option<u64>,
    /// Milliseconds of the median.
    pub ms: Option<u64>,
    /// Milliseconds of the slowest.
    pub ms_max: Option<u64>,
}

/// How a case came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Done in every run, and within all goals.
    Ok,
    /// The same but for the seconds, on a channel that takes 0.8 s for every key-up. The goals of
    /// seconds are set against peers whose channel had none; there they are kept or missed.
    Late,
    /// Not done in some run, or beyond a goal.
    Miss,
    /// Nothing was promised, and it was done in every run.
    Told,
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
            goal: Goal::default(),
            verdict: Verdict::Told,
            peers: peers().into_iter().filter(fits).collect(),
        }
        .judged()
    }

    pub(super) fn named(self, zh: &str, en: &str) -> Row {
        Row { zh: zh.to_owned(), en: en.to_owned(), ..self }
    }

    /// What the median may cost.
    pub(super) fn aiming(self, goal: Goal) -> Row {
        Row { goal, ..self }.judged()
    }

    /// Bytes that the median may cost.
    pub(super) fn within(self, bytes: u64) -> Row {
        let goal = Goal { bytes: Some(bytes), ..self.goal };
        self.aiming(goal)
    }

    /// Seconds that the median may take, in ms.
    pub(super) fn within_ms(self, ms: u64) -> Row {
        let goal = Goal { ms: Some(ms), ..self.goal };
        self.aiming(goal)
    }

    /// The same, measured on such a channel, beside what was kept of it.
    pub(super) fn on(self, keying: Keying) -> Row {
        let before_bytes = baseline::before(&self, keying);
        Row { keying, before_bytes, ..self }.judged()
    }

    /// Frames that the median may cost.
    pub(super) fn within_frames(self, frames: u64) -> Row {
        let goal = Goal { frames: Some(frames), ..self.goal };
        self.aiming(goal)
    }

    fn judged(self) -> Row {
        let keeps = |goal: Option<u64>, cost: Option<u64>| {
            goal.is_none_or(|goal| cost.is_some_and(|cost| cost <= goal))
        };
        let is_done = self.done_runs == self.runs && self.runs > 0;
        let is_small =
            keeps(self.goal.bytes, Some(self.bytes)) && keeps(self.goal.frames, Some(self.frames));
        let is_quick = keeps(self.goal.ms, self.ms) && keeps(self.goal.ms_max, self.ms_max);
        let verdict = match (is_done && is_small, is_quick, self.keying) {
            (true, true, _) if self.goal == Goal::default() => Verdict::Told,
            (true, true, _) => Verdict::Ok,
            (true, false, Keying::Radio) => Verdict::Late,
            (true, false, Keying::None) | (false, _, _) => Verdict::Miss,
        };
        Row { verdict, ..self }
    }

    /// The goals in a few signs.
    fn goals(&self, language: Language) -> String {
        let Goal { bytes, frames, ms, ms_max } = self.goal;
        let whole = |ms: u64| match ms % 1000 {
            0 => (ms / 1000).to_string(),
            _ => seconds(Some(ms)),
        };
        let frames_word = language.pick("帧", "frames");
        let said = [
            bytes.map(|bytes| format!("≤{bytes} B")),
            frames.map(|frames| format!("≤{frames} {frames_word}")),
            ms.map(|ms| format!("≤{} s", whole(ms))),
            ms_max.map(|ms| format!("(≤{} s)", whole(ms))),
        ];
        let said: Vec<String> = said.into_iter().flatten().collect();
        if said.is_empty() { "-".to_owned() } else { said.join(" ") }
    }

    fn cells(&self, language: Language) -> [String; COLUMNS] {
        let peer = self.peers.first();
        let peer = peer.map_or_else(
            || "-".to_owned(),
            |peer| {
                let name = peer.system.split(' ').next().unwrap_or_default();
                match peer.seconds.as_str() {
                    "-" => format!("{} B {name}", peer.bytes),
                    seconds if peer.bytes == 0 => format!("{seconds} s {name}"),
                    seconds => format!("{} B/{seconds} s {name}", peer.bytes),
                }
            },
        );
        [
            language.pick(&self.zh, &self.en).to_owned(),
            self.channel(language),
            format!("{}%", self.loss_percent),
            figure(self.bytes),
            figure(self.bytes_max),
            figure(self.frames),
            seconds(self.ms),
            seconds(self.ms_max),
            format!("{}/{}", self.done_runs, self.runs),
            self.goals(language),
            self.before_bytes.map_or_else(|| "-".to_owned(), figure),
            match self.verdict {
                Verdict::Ok => "ok",
                Verdict::Late => language.pick("迟", "late"),
                Verdict::Miss => "MISS",
                Verdict::Told => "-",
            }
            .to_owned(),
            peer,
        ]
    }

    /// Rate of the channel and what a transmission costs on it; nothing where no channel is.
    fn channel(&self, language: Language) -> String {
        match (self.rate_bit_s, self.keying) {
            (0, _) => "-".to_owned(),
            (rate, Keying::Radio) => format!("{rate} {}", language.pick("键控", "keyed")),
            (rate, Keying::None) => rate.to_string(),
        }
    }
}

const COLUMNS: usize = 13;

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
bit/s：注明“键控”的是模拟电台，每次发射的抢占与键控约 0.8 秒；未注明的是透明信道，同类即在此种信道上测得。
秒：到发令方得知全部送达或各台内容一致为止；卫星卡各行为到达 95% 与最后一条。补发自重新听到对方
  起计（静默信道上信标最多 5 分钟一次，听到之前的等待不计）。
目标：中位数不得超过的数，括号内是最慢的一次。MISS：未达，或有一次没做完，以 1 退出。
  迟：字节达标，但键控占去的时间使秒数超过按透明信道定下的目标（31 台各键控一次就要 25 秒）。
上次：netsim/data/baseline-air.json 中留存的字节数。
对账只计双方所说的清单与索取，不含帧与记录。
* 同类：他处实测，非本次运行，每行列其一；全部及出处见 netsim/data/peers-air.csv 或 --json。
  Reticulum（1.5，配 LXMF 1.2）的信道为半双工限速仿真，按 KISS 计字节，双向合计；BPv7、
  negentropy、bincode 不计帧。
";

const NOTE_EN: &str = "\
bytes: on the KISS lines of all stations, delimiters and escapes counted, AX.25 not; what follows
within 10 s of the end is counted too. Medians of the runs.
bit/s: keyed is an analogue radio, where access and keying take about 0.8 s a transmission; the
others are a transparent channel, as that on which the peers were measured.
s: until the sender knows that all have it, or all hold the same; of cards until 95 of 100 were
there, and the last. Catching up counts from when one hears the other again (on a quiet channel a
beacon is up to 5 minutes away; that wait is not counted).
goal: what the median may cost, and in brackets the slowest. MISS: beyond it, or not done in some
run; the exit code is 1. late: within its bytes, and over the seconds that were set for a
transparent channel by what keying takes (31 stations that key up once take 25 s).
before: the bytes that were kept in netsim/data/baseline-air.json. Reconciling counts the list and
the wants said, and neither frames nor records.
* peer: measured elsewhere and not in this run; one of those in netsim/data/peers-air.csv, which
  has all of them with their sources, as has --json. The channel of Reticulum (1.5, with LXMF 1.2)
  was a rate-limited half-duplex emulation, KISS-like framing counted, both directions; those of
  BPv7, negentropy and bincode have no frames.
";

/// A figure, if it was measured.
fn figure(count: u64) -> String {
    if count == 0 { "-".to_owned() } else { count.to_string() }
}

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
        let row = Row::new("order-1", 1200, 0, &costs).on(Keying::None);
        assert_eq!((row.bytes, row.bytes_max, row.ms), (200, 300, Some(2_000)));
        let verdict = |row: Row| row.verdict;
        assert_eq!(row.verdict, Verdict::Told, "nothing was promised");
        assert_eq!(verdict(row.clone().within(200).within_frames(2)), Verdict::Ok);
        assert_eq!(verdict(row.clone().within(199)), Verdict::Miss);
        assert_eq!(verdict(row.clone().within_frames(1)), Verdict::Miss);
        let slowest = |ms_max| Goal { ms_max: Some(ms_max), ..Goal::default() };
        assert_eq!(verdict(row.clone().aiming(slowest(9_000))), Verdict::Ok);
        assert_eq!(verdict(row.aiming(slowest(8_999))), Verdict::Miss);
        for failed in [vec![costs[0], cost(1, None)], Vec::new()] {
            let row = Row::new("order-1", 1200, 0, &failed);
            assert_eq!(
                (row.verdict, verdict(row.clone().within(900))),
                (Verdict::Miss, Verdict::Miss)
            );
        }
    }

    #[test]
    fn only_the_seconds_of_a_keyed_channel_may_be_over_their_goal() {
        let row = |keying| Row::new("order-1", 1200, 0, &[cost(127, Some(2_200))]).on(keying);
        let judge = |keying, bytes, ms| row(keying).within(bytes).within_ms(ms).verdict;
        assert_eq!(judge(Keying::None, 140, 2_200), Verdict::Ok);
        assert_eq!(judge(Keying::None, 140, 1_300), Verdict::Miss);
        assert_eq!(judge(Keying::Radio, 140, 1_300), Verdict::Late);
        assert_eq!(judge(Keying::Radio, 126, 1_300), Verdict::Miss);
    }

    #[test]
    fn the_table_names_the_peer_and_stands_in_columns() {
        let row = Row::new("order-30", 1200, 10, &[cost(900, Some(14_000))]).named("指令", "order");
        let row = row.on(Keying::None).within(900).within_ms(15_000);
        for language in [Language::Zh, Language::En] {
            let text = table(std::slice::from_ref(&row), language);
            let lines: Vec<&str> = text.lines().take(2).collect();
            assert_eq!(columns_of(lines[0]), columns_of(lines[1]), "{text}");
            assert!(lines[1].contains("≤900 B ≤15 s"), "{text}");
            assert!(lines[1].ends_with("ok  13656 B/206 s Reticulum"), "{text}");
        }
    }
}
