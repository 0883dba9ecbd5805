//! What a link is doing, as the console and the command line both say it: times to an answer,
//! traffic, cost, next slot, quota. Which of it is shown where is decided there.

use sanduan_protocol::local::rows::BearerRow;

use super::Lang;
use super::age::span;

/// Bytes with at most five digits and a letter.
pub fn bytes(bytes: u64) -> String {
    match bytes {
        0..=99_999 => format!("{bytes}B"),
        100_000..=99_999_999 => format!("{}kB", bytes / 1000),
        _ => format!("{}MB", bytes / 1_000_000),
    }
}

/// Median time to an answer; `--` before there was one.
pub fn answer(latency_ms: Option<u32>, lang: Lang) -> String {
    match latency_ms {
        None => "--".to_owned(),
        Some(ms @ 0..=9_999) => {
            format!("{}.{}{}", ms / 1000, ms % 1000 / 100, lang.pick("秒", "s"))
        }
        Some(ms) => span(u64::from(ms) / 1000, lang),
    }
}

/// What passed today, and what that cost where a price is known.
pub fn today(row: &BearerRow, lang: Lang) -> String {
    let (sent, heard) = (bytes(row.today_sent_bytes), bytes(row.today_heard_bytes));
    let passed = match lang {
        Lang::Zh => format!("今日 发{sent} 收{heard}"),
        Lang::En => format!("today sent {sent}, heard {heard}"),
    };
    match (row.today_milli_yuan, lang) {
        (None, _) => passed,
        (Some(milli), Lang::Zh) => format!("{passed} 费用{}元", yuan(milli)),
        (Some(milli), Lang::En) => format!("{passed}, cost {} yuan", yuan(milli)),
    }
}

/// What cannot be seen from the state alone: next slot, quota, what may still be spent.
pub fn remarks(row: &BearerRow, now_ms: u64, lang: Lang) -> Vec<String> {
    let left_s = |until_ms: u64| until_ms.saturating_sub(now_ms).div_ceil(1000);
    let mut remarks = Vec::new();
    if let Some(slot_ms) = row.next_slot_ms.filter(|slot_ms| *slot_ms > now_ms) {
        let rest = span(left_s(slot_ms), lang);
        remarks.push(match lang {
            Lang::Zh => format!("下次可发 还有{rest}"),
            Lang::En => format!("next slot in {rest}"),
        });
    }
    let counts = [
        (row.quota_messages, lang.pick("条", " messages")),
        (row.quota_bytes, lang.pick("字节", " bytes")),
    ];
    let counts = counts.iter().filter_map(|(left, unit)| left.map(|left| format!("{left}{unit}")));
    let counts: Vec<String> = counts.collect();
    if let (Some(until_ms), false) = (row.quota_until_ms, counts.is_empty()) {
        let (counts, rest) = (counts.join(lang.pick("、", ", ")), span(left_s(until_ms), lang));
        remarks.push(match lang {
            Lang::Zh => format!("额度剩{counts}，{rest}后重新起算"),
            Lang::En => format!("quota left {counts}, anew in {rest}"),
        });
    }
    if let Some(left_ms) = row.air_left_ms {
        remarks.push(match lang {
            Lang::Zh => format!("发射时间剩{}秒", left_ms.div_euclid(1000)),
            Lang::En => format!("air time left {} s", left_ms.div_euclid(1000)),
        });
    }
    if let Some(milli) = row.money_left_milli_yuan {
        let left = yuan(milli.max(0).unsigned_abs());
        remarks.push(match lang {
            Lang::Zh => format!("费用剩{left}元"),
            Lang::En => format!("money left {left} yuan"),
        });
    }
    remarks
}

/// Whether anybody ever tried it.
pub fn trial(row: &BearerRow, lang: Lang) -> Option<&'static str> {
    let (zh, en) = ("试验性：未经实装验证", "experimental: never tried with the equipment");
    row.experimental.then_some(lang.pick(zh, en))
}

/// Yuan with two decimals.
fn yuan(milli_yuan: u64) -> String {
    format!("{}.{:02}", milli_yuan / 1000, milli_yuan % 1000 / 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_to_an_answer_are_short_to_read() {
        for (ms, zh, en) in [
            (None, "--", "--"),
            (Some(40), "0.0秒", "0.0s"),
            (Some(4_260), "4.2秒", "4.2s"),
            (Some(61_000), "1分", "1m"),
        ] {
            assert_eq!(answer(ms, Lang::Zh), zh);
            assert_eq!(answer(ms, Lang::En), en);
        }
    }

    #[test]
    fn a_slot_that_has_come_is_not_waited_for_and_what_is_not_counted_is_not_said() {
        let quiet = BearerRow { next_slot_ms: Some(5_000), ..BearerRow::default() };
        assert_eq!(remarks(&quiet, 5_000, Lang::Zh), Vec::<String>::new());
        assert_eq!(remarks(&quiet, 4_001, Lang::Zh), ["下次可发 还有1秒"]);
        let metered = BearerRow {
            quota_messages: Some(12),
            quota_until_ms: Some(3_600_000),
            experimental: true,
            today_milli_yuan: Some(3_256),
            ..BearerRow::default()
        };
        let said = remarks(&metered, 0, Lang::En);
        assert_eq!(said[0], "quota left 12 messages, anew in 1h");
        assert_eq!((said.len(), trial(&metered, Lang::En).is_some()), (1, true));
        assert_eq!(today(&metered, Lang::Zh), "今日 发0B 收0B 费用3.25元");
    }
}
