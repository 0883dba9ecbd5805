//! Who is texted when, by which gateway, and never twice for the same step.

use super::super::Fate;
use super::bench::{A, B, Bench, id};
use crate::local::request::{Need, Proxy, ReceiptDraft, Rung};

#[test]
fn an_order_goes_to_the_first_person_then_to_the_stand_in_then_to_both_again() {
    let mut bench = Bench::new();
    bench.order(12, "沿江低洼户立即做好转移准备。", Need::Acknowledged);
    let text = "【特急】3-12号：沿江低洼户立即做好转移准备。 收到回1";
    assert_eq!(bench.sent, [(A.to_owned(), text.to_owned())]);
    bench.refresh();
    bench.pass(299);
    assert_eq!((bench.count(A), bench.count(B)), (1, 0));
    bench.pass(1);
    assert_eq!((bench.count(A), bench.count(B)), (1, 1));
    bench.pass(300);
    assert_eq!((bench.count(A), bench.count(B)), (2, 2));
    bench.pass(86_400);
    assert_eq!((bench.count(A), bench.count(B)), (2, 2), "a ladder has an end");
}

#[test]
fn a_text_says_until_when_its_order_is_valid() {
    let mut bench = Bench::new();
    let minute = bench.now_ms / 60_000 + 8 * 60;
    for (place, minutes) in [90_u64, 24 * 60, 72 * 60].into_iter().enumerate() {
        bench.order_valid(12 + place as u32, "撤到桥北。", minutes);
        let (at, days) = (minute + minutes, (minute + minutes) / 1440 - minute / 1440);
        let day = ["", "明日", "2天后", "3天后"][days as usize];
        let valid = format!("(至{day}{}时{:02}分有效,过时不再执行)", at % 1440 / 60, at % 60);
        let last = &bench.sent.last().expect("sent").1;
        assert!(last.contains(&format!("撤到桥北。{valid} 收到回1")), "{last} / {valid}");
    }
}

#[test]
fn an_answer_ends_the_ladder_whoever_gave_it_and_wherever() {
    for answers_here in [true, false] {
        let mut bench = Bench::new();
        bench.order(12, "报人数", Need::Done);
        if answers_here {
            bench.hears(A, "1");
        } else {
            bench.answer(&ReceiptDraft {
                id: id(12),
                rung: Rung::Acknowledged,
                note: String::new(),
                person: Some("镇干部".to_owned()),
                proxy: Some(Proxy::Door),
                unit: Some("响水村".to_owned()),
            });
            bench.refresh();
        }
        bench.pass(3_600);
        assert_eq!(bench.count(B), 0);
    }
}

#[test]
fn the_second_gateway_writes_only_when_nobody_answered_for_the_takeover_time() {
    let mut second = Bench::of("EOC");
    second.order(12, "报人数", Need::Acknowledged);
    second.pass(599);
    assert_eq!(second.sent, []);
    second.pass(1);
    assert_eq!((second.count(A), second.count(B)), (1, 0));
    let mut stranger = Bench::of("T01");
    stranger.order(12, "报人数", Need::Acknowledged);
    stranger.pass(86_400);
    assert_eq!(stranger.sent, [], "it listens only");
    assert_eq!(stranger.hears(A, "1"), ["已记录：3-12号 已签收"]);
}

#[test]
fn a_number_that_does_not_exist_brings_the_stand_in_forward() {
    let mut bench = Bench::new();
    bench.dead.push(A);
    bench.order(12, "报人数", Need::Acknowledged);
    bench.pass(1);
    assert_eq!((bench.count(A), bench.count(B)), (0, 1));
}

#[test]
fn a_text_without_a_bearer_or_a_fate_is_offered_again() {
    for (unwilling, after_s) in [(Some(Fate::NoBearer), 60), (None, 1_800)] {
        let mut bench = Bench::new();
        bench.unwilling = Some(unwilling);
        bench.order(12, "报人数", Need::Acknowledged);
        bench.hears(A, "1");
        let (before, text) = (bench.offered, bench.desk.memory().outbox.len());
        assert_eq!((before, text), (2, 2), "the order and what was recorded");
        bench.pass(after_s - 31);
        assert_eq!(bench.offered, before, "too early");
        bench.pass(1);
        assert_eq!(bench.offered, before + 1);
        bench.unwilling = None;
        bench.pass(after_s);
        assert_eq!((bench.sent.len(), bench.desk.memory().outbox.len()), (2, 0));
    }
}

#[test]
fn a_restart_sends_nothing_twice_and_late_steps_once() {
    let mut bench = Bench::new();
    bench.order(12, "报人数", Need::Acknowledged);
    bench.restart();
    assert_eq!(bench.count(A), 1);
    bench.now_ms += 3_600_000;
    bench.restart();
    assert_eq!((bench.count(A), bench.count(B)), (2, 1), "two steps of B in one text");
}

#[test]
fn whoever_was_texted_is_told_of_the_withdrawal_and_nobody_else() {
    let mut bench = Bench::new();
    bench.order(12, "立即转移到羊石小学", Need::Done);
    bench.hears(A, "3 38 121");
    bench.cancel(12, "雨已停");
    let (to, text) = bench.sent.last().expect("told");
    assert_eq!(
        (to.as_str(), text.as_str()),
        (A, "【撤回】3-12号“立即转移到羊石小学”不再执行：雨已停")
    );
    assert_eq!(bench.count(B), 0);
    bench.refresh();
    bench.restart();
    assert_eq!(bench.sent.iter().filter(|(_, text)| text.contains("撤回")).count(), 1);
    // What waited to be confirmed has become pointless; `1` answers nothing now.
    assert!(bench.hears(A, "1")[0].contains("没有等您答复的指令"));
    assert_eq!(bench.receipts(), Vec::<String>::new());
}
