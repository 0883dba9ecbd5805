//! What handsets are told: short, Chinese, with the digits to key. Nothing is decided here.

use super::grammar::{FLASH, HAZARDS, KEYED, KEYED_FLASH, REASONS, Report, Weighty};
use super::memory::Intent;
use crate::base::class::Class;
use crate::base::ids::SpokenId;
use crate::local::request::{Need, Rung};
use crate::local::rows::OrderRow;

/// Signs of an order's text that are repeated to say which one is meant.
const EXCERPT_SIGNS: usize = 12;
/// Orders named when it is asked which one is meant.
const NAMED_MAX: usize = 3;

/// Sent to whoever writes something that is not understood.
pub const HELP: &str = "没看懂。回数字：1签收 2已出发 3*户*人=已落实 4*原因=不能执行\
    (1路断2缺人3缺物4群众不走5其他) 报灾：种*社*失联*倒房(5滑坡6泥石流7山洪8房塌9路断) \
    报平安：0*人*伤*粮天*电量。急事请打电话。";
/// Sent when nothing waits for an answer.
pub const NOTHING_OPEN: &str = "没有等您答复的指令。报灾请发：种*社*失联*倒房，如5*3*1*2。";
/// Sent when an order of that number is not for this unit, or not here.
pub const NO_SUCH_ORDER: &str = "没有这个编号的指令，请核对短信中的编号。";
/// Sent when the same was answered before.
pub const ALREADY: &str = "已经记录过了，不用再回。";
/// Sent when something to be confirmed was taken back.
pub const TAKEN_BACK: &str = "已作废，未上报。请重新发送。";
/// Sent when something waited too long for its confirmation.
pub const NEVER_CONFIRMED: &str = "您前面报的数一直没有确认，已作废，未上报。请重新发送。";

/// All of China keeps the time of Beijing, UTC+8; in minutes.
const CHINA_AHEAD_MIN: u64 = 8 * 60;
/// Minutes of a day.
const DAY_MIN: u64 = 24 * 60;

/// An order, for the handset of a unit that owes an answer.
pub fn order_text(order: &OrderRow, is_drill: bool) -> String {
    let (drill, class, id) = (drill(is_drill), class_word(order.class), order.id);
    let digits = match order.need {
        Need::Acknowledged => "收到回1",
        Need::Done => "收到回1,落实后回3*户*人,不能执行回4*原因",
    };
    let valid = order.expires_ms.map_or_else(String::new, |at| valid_text(order.issued_ms, at));
    format!("{drill}【{class}】{id}号：{}{valid} {digits}", order.text)
}

/// Until when an order is valid: by the clock, for a text may lie at the network for hours.
fn valid_text(issued_ms: u64, expires_ms: u64) -> String {
    let at_min = |ms: u64| ms / 60_000 + CHINA_AHEAD_MIN;
    let days = at_min(expires_ms) / DAY_MIN - at_min(issued_ms) / DAY_MIN;
    let (hour, minute) = (at_min(expires_ms) % DAY_MIN / 60, at_min(expires_ms) % 60);
    let day = match days {
        0 => String::new(),
        1 => "明日".to_owned(),
        days => format!("{days}天后"),
    };
    format!("(至{day}{hour}时{minute:02}分有效,过时不再执行)")
}

/// The withdrawal of an order that was texted.
pub fn cancel_text(order: &OrderRow, is_drill: bool) -> String {
    let (drill, id) = (drill(is_drill), order.id);
    let reason = order.cancel_reason.as_deref().unwrap_or("");
    format!("{drill}【撤回】{id}号“{}”不再执行：{reason}", excerpt(&order.text))
}

/// What was recorded.
pub fn recorded(id: SpokenId, rung: Rung, note: &str) -> String {
    let blank = if note.is_empty() { "" } else { " " };
    format!("已记录：{id}号 {}{blank}{note}", rung_word(rung))
}

/// A report went on its way.
pub fn report_recorded(report: Report) -> String {
    format!("已上报：{}", report_text(report))
}

/// It could not be recorded.
pub fn not_recorded() -> String {
    "未能上报，请立即打电话报告。".to_owned()
}

/// The question behind numbers.
pub fn echo(intent: Intent) -> String {
    format!("{}，对吗？确认回1,改回2", intent_text(intent))
}

/// A `1` or `2` that could be meant for what waits to be confirmed, or for an order that went out
/// since.
pub fn which_meant(pending: &str, code: &str, since: &[&OrderRow], digit: u32) -> String {
    let others: Vec<String> = since.iter().take(NAMED_MAX).map(|row| choice(row, digit)).collect();
    format!("您要答哪一条？“{pending}”回{digit}*{code}；{}", others.join("；"))
}

/// Several orders are open.
pub fn which_order(open: &[&OrderRow], digits: &str) -> String {
    let named: Vec<String> = open
        .iter()
        .take(NAMED_MAX)
        .map(|row| format!("{}“{}”回{digits}*{}", row.id, excerpt(&row.text), number_of(row.id)))
        .collect();
    format!("您有{}条未答：{}", open.len(), named.join("；"))
}

/// The weighty part of an answer in words; also the note of its receipt.
pub fn weighty_text(weighty: Weighty) -> String {
    match weighty {
        Weighty::Done { counts: Some((households, people)) } => {
            format!("已落实{households}户{people}人")
        }
        Weighty::Done { counts: None } => "已落实(未报户数人数)".to_owned(),
        Weighty::Cannot { reason } => format!("不能执行：{}", reason_word(reason)),
    }
}

/// What a receipt says of it.
pub fn note_of(weighty: Weighty) -> String {
    match weighty {
        Weighty::Done { counts: Some((households, people)) } => format!("{households}户{people}人"),
        Weighty::Done { counts: None } => String::new(),
        Weighty::Cannot { reason } => reason_word(reason).to_owned(),
    }
}

/// What waits for its confirmation, in words.
pub fn intent_text(intent: Intent) -> String {
    match intent {
        Intent::Answer { order, weighty } => format!("{order}号 {}", weighty_text(weighty)),
        Intent::Report { report } => report_text(report),
    }
}

/// What is keyed to mean it among others: its order's number, or 0 for a report.
pub fn intent_code(intent: Intent) -> String {
    match intent {
        Intent::Answer { order, .. } => number_of(order),
        Intent::Report { .. } => "0".to_owned(),
    }
}

/// A report in words.
pub fn report_text(report: Report) -> String {
    match report {
        Report::Hazard { kind, group, missing, houses } => {
            let kind = HAZARDS.get(usize::from(kind)).copied().unwrap_or("灾情");
            format!("{group}社{kind}，失联{missing}人，倒房{houses}间")
        }
        Report::Well { people, hurt, food_days, charge_pct } => {
            format!("平安：在{people}人，伤{hurt}人，粮{food_days}天，电{charge_pct}%")
        }
    }
}

/// A rung as handsets are told.
pub fn rung_word(rung: Rung) -> &'static str {
    match rung {
        Rung::Acknowledged => "已签收",
        Rung::Accepted => "已出发",
        Rung::Cannot => "不能执行",
        Rung::Done => "已落实",
        Rung::Failed => "未能落实",
    }
}

/// The number of an order as a handset keys it.
pub fn number_of(id: SpokenId) -> String {
    let lane = match (id.is_keyed(), id.is_flash()) {
        (false, false) => return format!("{}*{}", id.author, id.seq),
        (false, true) => FLASH,
        (true, false) => KEYED,
        (true, true) => KEYED_FLASH,
    };
    format!("{}*{lane}*{}", id.author, id.seq)
}

fn choice(row: &OrderRow, digit: u32) -> String {
    format!("{}“{}”回{digit}*{}", row.id, excerpt(&row.text), number_of(row.id))
}

fn reason_word(reason: u8) -> &'static str {
    REASONS.get(usize::from(reason)).copied().unwrap_or("其他原因")
}

fn excerpt(text: &str) -> String {
    text.chars().take(EXCERPT_SIGNS).collect()
}

fn drill(is_drill: bool) -> &'static str {
    if is_drill { "【演练】" } else { "" }
}

fn class_word(class: Class) -> &'static str {
    match class {
        Class::Flash => "特提",
        Class::Immediate => "特急",
        Class::Priority => "加急",
        Class::Routine => "平急",
    }
}
