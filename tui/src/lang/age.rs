//! Moments and spans as people read them: clock time in the machine's zone, ages, times left.
//! The present moment is handed in; nothing here asks what time it is.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Lang;

/// One unit of a span: its length in seconds, and its letters in both languages.
const STEPS: [(u64, &str, &str); 4] =
    [(86_400, "天", "d"), (3_600, "时", "h"), (60, "分", "m"), (1, "秒", "s")];

/// A span in its two largest units where the second one matters: `45秒`, `12分`, `2时05分`, `3天4时`.
pub fn span(seconds: u64, lang: Lang) -> String {
    let first = STEPS.iter().position(|(length, ..)| seconds >= *length).unwrap_or(3);
    let (length, zh, en) = STEPS[first];
    let mut text = format!("{}{}", seconds / length, lang.pick(zh, en));
    // Seconds beside minutes would change on every draw and tell nobody anything.
    if first < 2 {
        let (next_length, next_zh, next_en) = STEPS[first + 1];
        let rest = seconds % length / next_length;
        if rest > 0 {
            let digits = if first == 1 { format!("{rest:02}") } else { rest.to_string() };
            text.push_str(&digits);
            text.push_str(lang.pick(next_zh, next_en));
        }
    }
    text
}

/// A span as typed, such as `90s`, `20m`, `2h`, `1h30m`, `2天`, in seconds. `None` without a unit,
/// for nothing, and beyond a year.
pub fn parse_span_s(text: &str) -> Option<u32> {
    let (mut total_s, mut digits): (u64, String) = (0, String::new());
    for c in text.trim().chars() {
        if c.is_ascii_digit() && digits.len() < 9 {
            digits.push(c);
            continue;
        }
        let letter = c.to_string();
        let (unit_s, ..) = STEPS.iter().find(|(_, zh, en)| letter == *zh || letter == *en)?;
        total_s += digits.parse::<u64>().ok()? * unit_s;
        digits.clear();
    }
    let year_s = 366 * 86_400;
    let total_s = u32::try_from(total_s).ok()?;
    (digits.is_empty() && (1..=year_s).contains(&total_s)).then_some(total_s)
}

/// How long ago a moment was. A moment in the future says so: some clock is wrong.
pub fn ago(then_ms: u64, now_ms: u64, lang: Lang) -> String {
    match now_ms.checked_sub(then_ms) {
        Some(past_ms) => span(past_ms / 1000, lang),
        // Clocks of two machines differ by seconds as a rule; that is not worth a word.
        None if then_ms - now_ms < 5_000 => span(0, lang),
        None => format!("{}{}", lang.pick("快", "+"), span((then_ms - now_ms) / 1000, lang)),
    }
}

/// Time left until a deadline, or how far it is past: `余8分`, `超12分`.
pub fn left(deadline_ms: u64, now_ms: u64, lang: Lang) -> String {
    match deadline_ms.checked_sub(now_ms) {
        Some(left_ms) => format!("{}{}", lang.pick("余", "in "), span(left_ms / 1000, lang)),
        None => {
            format!("{}{}", lang.pick("超", "over "), span((now_ms - deadline_ms) / 1000, lang))
        }
    }
}

/// A moment as clock time, with the date when it is not of the same day as `now_ms`.
pub fn clock(at_ms: u64, now_ms: u64, zone: &TimeZone) -> String {
    match (zoned(at_ms, zone), zoned(now_ms, zone)) {
        (Some(at), Some(now)) if at.date() == now.date() => at.strftime("%H:%M").to_string(),
        (Some(at), _) => at.strftime("%m-%d %H:%M").to_string(),
        (None, _) => "--".to_owned(),
    }
}

/// A moment with date, seconds and offset from UTC, for files that outlive the day.
pub fn stamp(at_ms: u64, zone: &TimeZone) -> String {
    match zoned(at_ms, zone) {
        Some(at) => at.strftime("%Y-%m-%d %H:%M:%S%:z").to_string(),
        None => "--".to_owned(),
    }
}

fn zoned(at_ms: u64, zone: &TimeZone) -> Option<jiff::Zoned> {
    let at_ms = i64::try_from(at_ms).ok()?;
    Some(Timestamp::from_millisecond(at_ms).ok()?.to_zoned(zone.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_use_the_two_largest_units() {
        for (seconds, zh, en) in [
            (0, "0秒", "0s"),
            (59, "59秒", "59s"),
            (60, "1分", "1m"),
            (3_599, "59分", "59m"),
            (3_600, "1时", "1h"),
            (7_500, "2时05分", "2h05m"),
            (273_600, "3天4时", "3d4h"),
        ] {
            assert_eq!(span(seconds, Lang::Zh), zh);
            assert_eq!(span(seconds, Lang::En), en);
        }
    }

    #[test]
    fn spans_are_read_with_units_and_refused_without() {
        for (text, seconds) in
            [("90s", 90), ("20m", 1_200), ("2h", 7_200), ("1h30m", 5_400), ("2天", 172_800)]
        {
            assert_eq!(parse_span_s(text), Some(seconds), "{text}");
        }
        for text in ["", "20", "m", "0m", "-5m", "1x", "999999999d", "1h30", "９m"] {
            assert_eq!(parse_span_s(text), None, "{text}");
        }
    }

    #[test]
    fn a_moment_ahead_of_our_clock_says_so() {
        assert_eq!(ago(1_000_000, 0, Lang::Zh), "快16分");
        assert_eq!(ago(1_000, 0, Lang::Zh), "0秒");
        assert_eq!(left(0, 720_000, Lang::Zh), "超12分");
        assert_eq!(left(480_000, 0, Lang::En), "in 8m");
    }

    #[test]
    fn clock_time_shows_the_date_of_another_day_and_survives_nonsense() {
        let zone = TimeZone::fixed(jiff::tz::offset(8));
        let now_ms = 1_755_482_400_000;
        assert_eq!(clock(now_ms, now_ms, &zone), "10:00");
        assert_eq!(clock(now_ms - 86_400_000, now_ms, &zone), "08-17 10:00");
        assert_eq!(clock(u64::MAX, now_ms, &zone), "--");
        assert_eq!(stamp(now_ms, &zone), "2025-08-18 10:00:00+08:00");
    }
}
