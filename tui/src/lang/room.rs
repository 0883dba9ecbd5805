//! How much room the disk has left, in words.

use sanduan_protocol::base::room::Level;
use sanduan_protocol::local::rows::{RoomRow, ScrubRow, StatusRow};

use super::age::ago;
use super::{Lang, fill, half, texts};

texts! {
    /// Texts of the room on the disk.
    RoomTexts {
        heading: "存储" | "storage",
        unknown: "--" | "--",
        of_quota: "记录 {} MB / 限额 {} MB，盘余 {} MB" | "records {} of {} MB, {} MB free on the disk",
        no_quota: "记录 {} MB，盘余 {} MB" | "records {} MB, {} MB free on the disk",
        evicted: "，已清原文 {} 条" | ", words of {} records cleared",
        scrub_heading: "巡检" | "scrub",
        scrub_never: "尚未巡检" | "not yet",
        scrub_running: "正在进行，{}%" | "going on, {} %",
        scrub_sound: "{}前查完，完好" | "all of it read {} ago, sound",
        scrub_found: "{}前查完；{}" | "all of it read {} ago; {}",
        low: "【存储偏满 {}%】{}" | "[STORAGE LOW, {} %] {}",
        no_bulk: "【存储将满 {}%】不收附件和成批物资。{}"
            | "[STORAGE NEARLY FULL, {} %] no attachments, no long lists. {}",
        orders_only: "【存储将尽 {}%】只收指令、回执、撤回、吊销和名录。{}"
            | "[STORAGE ALL BUT FULL, {} %] orders, receipts, withdrawals, revocations and the \
               directory only. {}",
        nothing: "【存储已满 {}%】{}" | "[STORAGE FULL, {} %] {}",
    }
}

const MB: u64 = 1024 * 1024;

fn texts_in(lang: Lang) -> &'static RoomTexts {
    lang.pick(&ZH, &EN)
}

/// The heading of [`figures`].
pub fn heading(lang: Lang) -> &'static str {
    texts_in(lang).heading
}

/// What is used and what is free.
pub fn figures(row: &RoomRow, lang: Lang) -> String {
    let text = texts_in(lang);
    let (used, free) = (row.used_bytes / MB, row.free_bytes / MB);
    let figures = match (row.measured, row.quota_bytes) {
        (false, _) => text.unknown.to_owned(),
        (true, 0) => fill(text.no_quota, &[&used, &free]),
        (true, quota) => fill(text.of_quota, &[&used, &(quota / MB), &free]),
    };
    figures + &evicted(row, lang)
}

/// How much was cleared to make room; nothing if nothing was.
fn evicted(row: &RoomRow, lang: Lang) -> String {
    match row.evicted_records {
        0 => String::new(),
        count => fill(texts_in(lang).evicted, &[&count]),
    }
}

/// The heading of [`scrub_line`].
pub fn scrub_heading(lang: Lang) -> &'static str {
    texts_in(lang).scrub_heading
}

/// When journal and query store were last read from end to end, and what was found.
pub fn scrub_line(row: &ScrubRow, now_ms: u64, lang: Lang) -> String {
    let text = texts_in(lang);
    match (row.running_pct, row.done_ms) {
        (Some(percent), _) => fill(text.scrub_running, &[&percent]),
        (None, None) => text.scrub_never.to_owned(),
        (None, Some(done_ms)) if row.words.is_empty() => {
            fill(text.scrub_sound, &[&ago(done_ms, now_ms, lang)])
        }
        (None, Some(done_ms)) => {
            fill(text.scrub_found, &[&ago(done_ms, now_ms, lang), &half(&row.words, lang)])
        }
    }
}

/// What is not taken in and what to do about it; nothing while there is ample room. Where nothing
/// at all is saved, another line says so, and this one must not promise that orders are.
pub fn room_line(status: &StatusRow, lang: Lang) -> Option<String> {
    let (text, row) = (texts_in(lang), &status.room);
    let line = match (row.level, &status.unsaved) {
        (Level::Ample, _) => return None,
        (Level::Low, _) => text.low,
        (Level::NoBulk | Level::OrdersOnly, Some(_)) => text.nothing,
        (Level::NoBulk, None) => text.no_bulk,
        (Level::OrdersOnly, None) => text.orders_only,
    };
    let advice = half(&row.advice, lang).to_string() + &evicted(row, lang);
    Some(fill(line, &[&row.pct, &advice]))
}
