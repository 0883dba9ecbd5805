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

/// Somebody of the town knocked at the door, and says so elsewhere.
fn answer_at_the_door(bench: &mut Bench) {
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

#[test]
fn an_answer_ends_the_ladder_whoever_gave_it_and_wherever() {
    for answers_here in [true, false] {
        let mut bench = Bench::new();
        bench.order(12, "报人数", Need::Done);
        if answers_here {
            bench.hears(A, "1");
        } else {
            answer_at_the_door(&mut bench);
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
    // What was answered is offered again only where a bearer may have it.
    for (unwilling, after_s, says) in [(Some(Fate::NoBearer), 60, "早"), (None, 1_800, "1")] {
        let mut bench = Bench::new();
        bench.unwilling = Some(unwilling);
        bench.order(12, "报人数", Need::Acknowledged);
        bench.hears(A, says);
        let (before, text) = (bench.offered, bench.desk.memory().outbox.len());
        assert_eq!((before, text), (2, 2), "the order, and a word to whoever wrote");
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

/// Calls wait for a bearer while the ladder goes on; gives what went once one was there.
fn sent_after_an_outage(happens: impl FnOnce(&mut Bench)) -> Vec<(String, String)> {
    let mut bench = Bench::new();
    bench.unwilling = Some(Some(Fate::NoBearer));
    bench.order(12, "报人数", Need::Acknowledged);
    // Three steps of the ladder fall into the outage: A, then B, then both again.
    (0..12).for_each(|_| bench.pass(60));
    happens(&mut bench);
    bench.unwilling = None;
    bench.pass(1_800);
    assert_eq!(bench.desk.memory().outbox.len(), 0);
    bench.sent
}

#[test]
fn whoever_could_not_be_texted_is_called_once_when_a_bearer_is_back() {
    let sent = sent_after_an_outage(|_| {});
    let to: Vec<&str> = sent.iter().map(|(number, _)| number.as_str()).collect();
    assert_eq!(to, [A, B], "{sent:?}");
}

#[test]
fn calls_that_never_went_are_dropped_once_somebody_answered_or_the_order_is_over() {
    assert_eq!(sent_after_an_outage(answer_at_the_door), []);
    assert_eq!(sent_after_an_outage(|bench| bench.cancel(12, "雨已停")), [], "nor withdrawn");
}

#[test]
fn whoever_got_the_first_call_is_told_of_the_withdrawal_though_the_second_never_went() {
    let mut bench = Bench::new();
    bench.order(12, "报人数", Need::Acknowledged);
    bench.unwilling = Some(Some(Fate::NoBearer));
    (0..12).for_each(|_| bench.pass(60));
    bench.unwilling = None;
    bench.cancel(12, "雨已停");
    let told: Vec<&str> = bench.sent[1..].iter().map(|(number, _)| number.as_str()).collect();
    assert_eq!(told, [A], "{:?}", bench.sent);
    assert!(bench.sent[1].1.contains("撤回"));
}
