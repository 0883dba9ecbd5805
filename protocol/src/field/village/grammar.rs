//! What a text from a handset says. Only numbers count, whatever stands between them, because a
//! handset has number keys, `*` and `#`.
//!
//! ```text
//! 1                    签收；答复核对时为“确认”       read, or: yes, that is right
//! 2                    已出发；答复核对时为“改”       set out, or: no, I will send it again
//! 3 户 人              已落实，如 3 38 121            done, households and people
//! 4 因                 不能执行，原因见 REASONS       cannot, with a reason
//! 1*12  1*3*12         指明指令：序号，或设备与序号   the order meant: 12, or 3-12
//! 1*3*0*12             特提指令 3.0-12                a flash order: 3.0-12
//! 种*社*失联*倒房      报灾，种为 5 至 9，如 5*3*1*2  a report: kind, group, missing, houses
//! 0*人*伤*粮*电        报平安                         all well: people, hurt, days of food, charge
//! ```

use serde::{Deserialize, Serialize};

/// Numbers in one text; more are no answer.
const NUMBERS_MAX: usize = 6;
/// Digits of one number: no village has a million of anything.
const DIGITS_MAX: usize = 6;
/// Signs of a text that is looked at.
const SIGNS_MAX: usize = 64;

/// Between author and number: the order stands in the flash lane, in the lane under the order key,
/// in the flash lane under it.
pub(super) const FLASH: u32 = 0;
pub(super) const KEYED: u32 = 1;
pub(super) const KEYED_FLASH: u32 = 2;

/// Reasons of `4`, from 1.
pub const REASONS: [&str; 5] =
    ["道路不通", "人手不足", "缺少物资", "群众不愿转移", "其他原因,另行电话说明"];
/// Kinds of report, from 5.
pub const HAZARDS: [&str; 5] = ["滑坡", "泥石流", "山洪", "房屋倒塌", "道路中断"];
/// The number of the first of [`HAZARDS`].
const HAZARD_FIRST: u32 = 5;

/// Which order a text names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Its author, if that was said.
    pub author: Option<u16>,
    /// It stands in a flash lane.
    #[serde(default)]
    pub is_flash: bool,
    /// It stands in a keyed lane.
    #[serde(default)]
    pub is_keyed: bool,
    /// Its place among the author's.
    pub seq: u32,
}

/// An answer to an order that needs numbers, and so is asked back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weighty {
    /// Done, for so many households and people.
    Done {
        /// Households and people, if they were said.
        counts: Option<(u32, u32)>,
    },
    /// It cannot be done: a place in [`REASONS`], from 0.
    Cannot {
        /// The place.
        reason: u8,
    },
}

/// Something that happened, of which nobody asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Report {
    /// A disaster.
    Hazard {
        /// A place in [`HAZARDS`], from 0.
        kind: u8,
        /// Which group of the village.
        group: u32,
        /// People missing.
        missing: u32,
        /// Houses down.
        houses: u32,
    },
    /// All is well.
    Well {
        /// People there.
        people: u32,
        /// Of them hurt.
        hurt: u32,
        /// Days that the food lasts.
        food_days: u32,
        /// Charge of the handset, per cent.
        charge_pct: u32,
    },
}

/// What a text says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// `1`: read, or yes.
    One(Option<About>),
    /// `2`: set out, or no.
    Two(Option<About>),
    /// `3` or `4`.
    Weighty(Weighty, Option<About>),
    /// A report.
    Report(Report),
    /// Nothing that is known here.
    Unknown,
}

/// Read a text.
pub fn read(text: &str) -> Said {
    let text = text.trim();
    if matches!(text, "收到" | "收到了" | "已收到" | "确认") {
        return Said::One(None);
    }
    match numbers(text).as_deref() {
        Some([0, people, hurt, food_days, charge_pct]) if *charge_pct <= 100 && hurt <= people => {
            let (people, hurt, food_days) = (*people, *hurt, *food_days);
            Said::Report(Report::Well { people, hurt, food_days, charge_pct: *charge_pct })
        }
        Some([1, rest @ ..]) => about(rest).map_or(Said::Unknown, Said::One),
        Some([2, rest @ ..]) => about(rest).map_or(Said::Unknown, Said::Two),
        Some([3]) => Said::Weighty(Weighty::Done { counts: None }, None),
        Some([3, households, people, rest @ ..]) => {
            let done = Weighty::Done { counts: Some((*households, *people)) };
            about(rest).map_or(Said::Unknown, |about| Said::Weighty(done, about))
        }
        Some([4, reason @ 1..=5, rest @ ..]) => {
            let cannot = Weighty::Cannot { reason: *reason as u8 - 1 };
            about(rest).map_or(Said::Unknown, |about| Said::Weighty(cannot, about))
        }
        Some([kind @ 5..=9, group, missing, houses]) => {
            let kind = (kind - HAZARD_FIRST) as u8;
            let (group, missing, houses) = (*group, *missing, *houses);
            Said::Report(Report::Hazard { kind, group, missing, houses })
        }
        Some(_) | None => Said::Unknown,
    }
}

/// The order that the last numbers name; an outer none if they name nothing.
fn about(rest: &[u32]) -> Option<Option<About>> {
    let (author, lane, seq) = match rest {
        [] => return Some(None),
        [seq] => (None, None, *seq),
        [0, seq] => (None, Some(FLASH), *seq),
        [author, seq] => (Some(u16::try_from(*author).ok()?), None, *seq),
        [author, lane @ FLASH..=KEYED_FLASH, seq] => {
            (Some(u16::try_from(*author).ok()?), Some(*lane), *seq)
        }
        _ => return None,
    };
    let is_flash = matches!(lane, Some(FLASH | KEYED_FLASH));
    let is_keyed = matches!(lane, Some(KEYED | KEYED_FLASH));
    Some(Some(About { author, is_flash, is_keyed, seq }))
}

/// The numbers of a text that holds nothing else; none if it does.
fn numbers(text: &str) -> Option<Vec<u32>> {
    let mut found: Vec<String> = Vec::new();
    let mut is_within = false;
    for sign in text.chars().take(SIGNS_MAX + 1) {
        match digit(sign) {
            Some(digit) => {
                if !is_within {
                    found.push(String::new());
                }
                found.last_mut()?.push(digit);
            }
            None if !is_between(sign) => return None,
            None => {}
        }
        is_within = digit(sign).is_some();
    }
    let fits = found.len() <= NUMBERS_MAX
        && found.iter().all(|number| number.len() <= DIGITS_MAX)
        && text.chars().count() <= SIGNS_MAX;
    if !fits || found.is_empty() {
        return None;
    }
    found.iter().map(|number| number.parse().ok()).collect()
}

/// Input methods write digits twice as wide.
fn digit(sign: char) -> Option<char> {
    match sign {
        '0'..='9' => Some(sign),
        '０'..='９' => char::from_digit(u32::from(sign) - u32::from('０'), 10),
        _ => None,
    }
}

fn is_between(sign: char) -> bool {
    sign.is_whitespace() || "*＊×#＃,，.。、;；-－/".contains(sign)
}
