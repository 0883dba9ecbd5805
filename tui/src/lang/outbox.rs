//! Why something waits to be sent and when it goes, as the console and the command line both say
//! it. The reasons themselves come from the daemon.

use sanduan_protocol::base::ids::SpokenId;
use sanduan_protocol::local::rows::{OutboxRow, WaitWhy};

use super::Lang;
use super::age::span;

/// Whom it is for: one name, and how many others.
pub fn whom(row: &OutboxRow, lang: Lang) -> String {
    match (row.to.as_slice(), lang) {
        ([], _) => "--".to_owned(),
        ([one], _) => one.clone(),
        ([first, ..], Lang::Zh) if row.link.is_none() => {
            format!("{first}等{}家", row.to.len())
        }
        ([first, ..], Lang::Zh) => format!("{first}等{}台", row.to.len()),
        ([first, rest @ ..], Lang::En) => format!("{first} and {} more", rest.len()),
    }
}

/// The link it waits for, or what stands for none.
pub fn by_link(row: &OutboxRow) -> &str {
    if row.link.is_some() { &row.link_name } else { "--" }
}

/// Its number as people say it, or the first and the last place of many.
pub fn numbers(row: &OutboxRow) -> String {
    let OutboxRow { author, incarnation, first, last, .. } = *row;
    let number = SpokenId { author, incarnation, seq: first };
    if first == last { number.to_string() } else { format!("{number}~{last}") }
}

/// Why it waits, and when it goes as far as that can be told.
pub fn reason(row: &OutboxRow, now_ms: u64, lang: Lang) -> String {
    let left_s = row.at_ms.map(|at_ms| at_ms.saturating_sub(now_ms).div_ceil(1000));
    let rest = left_s.filter(|left_s| *left_s > 0).map(|left_s| span(left_s, lang));
    let by = row.by.as_deref().unwrap_or("--");
    let (why, then) = match (row.why, lang) {
        (WaitWhy::Next, Lang::Zh) => ("即发".to_owned(), "后发"),
        (WaitWhy::Next, Lang::En) => ("goes next".to_owned(), ""),
        (WaitWhy::Behind, Lang::Zh) => (format!("前面还有{}项", row.ahead), "后发"),
        (WaitWhy::Behind, Lang::En) => (format!("behind {} others", row.ahead), ""),
        (WaitWhy::Slot, Lang::Zh) => ("等下次可发".to_owned(), "后发"),
        (WaitWhy::Slot, Lang::En) => ("waits for its slot".to_owned(), ""),
        (WaitWhy::Company, Lang::Zh) => ("不急，拼下一帧".to_owned(), "后单发"),
        (WaitWhy::Company, Lang::En) => ("shares the next frame".to_owned(), "alone "),
        (WaitWhy::Answer, Lang::Zh) => (sent_zh(row.tries), "后重发"),
        (WaitWhy::Answer, Lang::En) => (sent_en(row.tries), "again "),
        (WaitWhy::Cheaper, Lang::Zh) => (format!("先走{by}"), "后改走此路"),
        (WaitWhy::Cheaper, Lang::En) => (format!("left to {by}"), "here "),
        (WaitWhy::Another, Lang::Zh) => ("由他台转发".to_owned(), "后改由本台"),
        (WaitWhy::Another, Lang::En) => ("another station sends it".to_owned(), "here "),
        (WaitWhy::Window, Lang::Zh) => ("等前面的确认".to_owned(), "后发"),
        (WaitWhy::Window, Lang::En) => ("waits for acks of others".to_owned(), ""),
        (WaitWhy::Silent, Lang::Zh) => ("对方久无音讯，听到即发".to_owned(), "后发"),
        (WaitWhy::Silent, Lang::En) => ("not heard for long, goes when heard".to_owned(), ""),
        (WaitWhy::Quota, Lang::Zh) => ("额度用尽".to_owned(), "后重新起算"),
        (WaitWhy::Quota, Lang::En) => ("quota spent".to_owned(), "anew "),
        (WaitWhy::Air, Lang::Zh) => ("发射时间份额用尽".to_owned(), "后可发"),
        (WaitWhy::Air, Lang::En) => ("share of air time spent".to_owned(), ""),
        (WaitWhy::Money, Lang::Zh) => ("当日费用用尽".to_owned(), "后可发"),
        (WaitWhy::Money, Lang::En) => ("money for the day spent".to_owned(), ""),
        (WaitWhy::NoSignal, Lang::Zh) => ("无信号".to_owned(), "后发"),
        (WaitWhy::NoSignal, Lang::En) => ("no signal".to_owned(), ""),
        (WaitWhy::Down, Lang::Zh) => ("链路中断，恢复即发".to_owned(), "后发"),
        (WaitWhy::Down, Lang::En) => ("link down, goes when up".to_owned(), ""),
        (WaitWhy::Unmet, Lang::Zh) => ("还没遇到他台，遇到即发".to_owned(), "后发"),
        (WaitWhy::Unmet, Lang::En) => ("nobody met yet, goes when met".to_owned(), ""),
        (WaitWhy::Relayed, Lang::Zh) => ("他台已收待转，对方未报收到".to_owned(), "后发"),
        (WaitWhy::Relayed, Lang::En) => ("others pass it on, not reported yet".to_owned(), ""),
        (WaitWhy::NoTerminal, Lang::Zh) => ("对方无终端，由网关或派人通知".to_owned(), "后发"),
        (WaitWhy::NoTerminal, Lang::En) => ("no terminal: by gateway or in person".to_owned(), ""),
    };
    match (rest, lang) {
        (None, _) => why,
        (Some(rest), Lang::Zh) => format!("{why}，{rest}{then}"),
        (Some(rest), Lang::En) => format!("{why}, {then}in {rest}"),
    }
}

fn sent_zh(tries: u32) -> String {
    if tries == 0 {
        "已发待确认".to_owned()
    } else {
        format!("已发{}次待确认", tries + 1)
    }
}

fn sent_en(tries: u32) -> String {
    match tries {
        0 => "sent, no ack yet".to_owned(),
        tries => format!("sent {} times, no ack yet", tries + 1),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use sanduan_protocol::base::class::Urgency;
    use sanduan_protocol::base::ids::{DeviceId, LaneId, LinkId};

    use super::*;

    fn row(why: WaitWhy, at_ms: Option<u64>) -> OutboxRow {
        OutboxRow {
            link: Some(LinkId(1)),
            link_name: "北斗".to_owned(),
            urgency: Urgency::Flash,
            what: "command".to_owned(),
            author: DeviceId(1),
            incarnation: 0,
            first: 1,
            last: 1,
            bytes: 9,
            tries: 0,
            to: vec!["白沙镇".to_owned()],
            why,
            ahead: 3,
            by: Some("卫星网".to_owned()),
            at_ms,
        }
    }

    #[test]
    fn a_duty_officer_reads_why_and_when() {
        let now_ms = 1_000;
        for (why, zh, en) in [
            (WaitWhy::Slot, "等下次可发，40秒后发", "waits for its slot, in 40s"),
            (WaitWhy::Behind, "前面还有3项，40秒后发", "behind 3 others, in 40s"),
            (WaitWhy::Answer, "已发待确认，40秒后重发", "sent, no ack yet, again in 40s"),
            (WaitWhy::Quota, "额度用尽，40秒后重新起算", "quota spent, anew in 40s"),
            (WaitWhy::Cheaper, "先走卫星网，40秒后改走此路", "left to 卫星网, here in 40s"),
        ] {
            let row = row(why, Some(41_000));
            assert_eq!(reason(&row, now_ms, Lang::Zh), zh);
            assert_eq!(reason(&row, now_ms, Lang::En), en);
        }
        assert_eq!(reason(&row(WaitWhy::Next, Some(900)), now_ms, Lang::Zh), "即发");
    }

    #[test]
    fn no_two_reasons_read_alike() {
        use WaitWhy as W;
        let all = [
            W::Next,
            W::Behind,
            W::Slot,
            W::Answer,
            W::Cheaper,
            W::Another,
            W::Window,
            W::Silent,
            W::Quota,
            W::Air,
            W::Money,
            W::NoSignal,
            W::Down,
            W::Company,
            W::Unmet,
            W::Relayed,
            W::NoTerminal,
        ];
        for lang in [Lang::Zh, Lang::En] {
            let said: BTreeSet<String> =
                all.iter().map(|why| reason(&row(*why, None), 0, lang)).collect();
            assert_eq!(said.len(), all.len(), "{said:?}");
        }
    }

    #[test]
    fn an_order_has_the_number_that_people_say() {
        let mut row = row(WaitWhy::Next, None);
        assert_eq!(numbers(&row), "1-1");
        row.last = 13;
        assert_eq!(numbers(&row), "1-1~13");
        let incarnation = LaneId::flash(DeviceId(1)).incarnation;
        assert_eq!(numbers(&OutboxRow { incarnation, first: 4, last: 4, ..row }), "1.0-4");
    }

    #[test]
    fn many_addressees_are_counted() {
        let mut many = row(WaitWhy::Next, None);
        many.to.extend(["石门镇".to_owned(), "朱杨镇".to_owned()]);
        assert_eq!(whom(&many, Lang::Zh), "白沙镇等3台");
        assert_eq!(whom(&many, Lang::En), "白沙镇 and 2 more");
        many.link = None;
        assert_eq!((whom(&many, Lang::Zh).as_str(), by_link(&many)), ("白沙镇等3家", "--"));
    }
}
