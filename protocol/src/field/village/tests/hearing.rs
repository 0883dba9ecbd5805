//! What texts from handsets lead to: receipts by name, questions back, help, and never a guess.

use super::super::Wish;
use super::bench::{A, B, Bench, id};
use crate::base::class::Class;
use crate::local::request::{Need, OrderKind, Proxy, Rung};

#[test]
fn one_is_a_receipt_by_the_person_whose_handset_it_is() {
    let mut bench = Bench::new();
    bench.order(12, "报人数", Need::Acknowledged);
    assert_eq!(bench.hears("+8613800000001", "1"), ["已记录：3-12号 已签收"]);
    let Some(Wish::Receipt(draft)) = bench.written.first() else { panic!("{:?}", bench.written) };
    assert_eq!((draft.id, draft.rung), (id(12), Rung::Acknowledged));
    assert_eq!(draft.person.as_deref(), Some("周某"));
    assert_eq!((draft.proxy, draft.unit.as_deref()), (Some(Proxy::Text), Some("响水村")));
    // Said again it is not written again; by the stand-in it is one more person's answer.
    assert!(bench.hears(A, "1")[0].contains("已经记录过了"));
    assert_eq!(bench.hears(B, "1"), ["已记录：3-12号 已签收"]);
    assert_eq!(bench.receipts(), ["3-12 Acknowledged 周某 ", "3-12 Acknowledged 何某 "]);
}

#[test]
fn numbers_count_only_after_they_were_asked_back_and_confirmed() {
    let mut bench = Bench::new();
    bench.order(12, "转移", Need::Done);
    bench.hears(A, "1");
    let asked = bench.hears(A, "3 38 121");
    assert_eq!(asked, ["3-12号 已落实38户121人，对吗？确认回1,改回2"]);
    assert_eq!(bench.hears(A, "2"), ["已作废，未上报。请重新发送。"]);
    bench.hears(A, "3*39*124");
    assert_eq!(bench.receipts(), ["3-12 Acknowledged 周某 "]);
    assert_eq!(bench.hears(A, "1"), ["已记录：3-12号 已落实 39户124人"]);
    assert_eq!(bench.receipts()[1], "3-12 Done 周某 39户124人");
    let asked = bench.hears(B, "4*1");
    assert_eq!(asked, ["3-12号 不能执行：道路不通，对吗？确认回1,改回2"]);
    bench.hears(B, "1");
    assert_eq!(bench.receipts()[2], "3-12 Cannot 何某 道路不通");
}

#[test]
fn a_text_delivered_twice_answers_one_question_only() {
    let mut bench = Bench::new();
    bench.order(12, "转移", Need::Done);
    bench.hears(A, "1");
    bench.order(15, "清点", Need::Acknowledged);
    bench.hears(A, "3 38 121 12");
    bench.hears(A, "1");
    assert_eq!(bench.hears_double(A, "1"), Vec::<String>::new());
    assert_eq!(bench.receipts().len(), 2, "3-15 was not answered by the double");
}

#[test]
fn a_digit_that_could_mean_two_orders_is_asked_back_and_the_number_decides() {
    let mut bench = Bench::new();
    bench.order(12, "转移", Need::Acknowledged);
    bench.order(15, "清点", Need::Acknowledged);
    let asked = bench.hears(A, "1");
    assert_eq!(asked, ["您有2条未答：3-12“转移”回1*3*12；3-15“清点”回1*3*15"]);
    assert_eq!(bench.hears(A, "1*15"), ["已记录：3-15号 已签收"]);
    assert_eq!(bench.hears(A, "1"), ["已记录：3-12号 已签收"], "one is left");
    assert!(bench.hears(A, "1*99")[0].contains("没有这个编号"));
}

#[test]
fn a_flash_order_has_a_nought_in_its_number_and_its_place_alone_names_it_too() {
    let flash = |seq: u32| format!("3.0-{seq}").parse().expect("a number");
    let mut bench = Bench::new();
    bench.order(12, "清点", Need::Acknowledged);
    bench.order_of(flash(12), "转移", Need::Acknowledged);
    bench.order_of(flash(2), "上楼", Need::Acknowledged);
    let asked = bench.hears(A, "1");
    assert!(asked[0].contains("3.0-12“转移”回1*3*0*12"), "{asked:?}");
    assert_eq!(bench.hears(A, "1*3*0*12"), ["已记录：3.0-12号 已签收"]);
    assert_eq!(bench.hears(A, "1*3*12"), ["已记录：3-12号 已签收"]);
    assert_eq!(bench.hears(A, "1*2"), ["已记录：3.0-2号 已签收"]);
}

#[test]
fn an_order_that_came_after_the_question_makes_the_answer_unclear() {
    let mut bench = Bench::new();
    bench.order(12, "转移", Need::Done);
    bench.hears(A, "1");
    bench.hears(A, "3 38 121");
    bench.order(15, "立即上楼", Need::Acknowledged);
    let asked = bench.hears(A, "1");
    let want = "您要答哪一条？“3-12号 已落实38户121人”回1*3*12；3-15“立即上楼”回1*3*15";
    assert_eq!(asked, [want]);
    assert_eq!(bench.receipts().len(), 1);
    assert_eq!(bench.hears(A, "1*15"), ["已记录：3-15号 已签收"]);
    assert_eq!(bench.hears(A, "1"), ["已记录：3-12号 已落实 38户121人"]);
}

#[test]
fn a_question_outlives_a_restart_and_is_void_after_half_an_hour() {
    let mut bench = Bench::new();
    bench.order(12, "转移", Need::Done);
    bench.hears(A, "3 38 121");
    bench.restart();
    assert_eq!(bench.hears(A, "1"), ["已记录：3-12号 已落实 38户121人"]);
    bench.hears(B, "3 40 130");
    let before = bench.count(B);
    bench.pass(1_800);
    assert_eq!(bench.count(B), before + 1);
    assert!(bench.sent.last().expect("told").1.contains("一直没有确认"));
    assert_eq!(bench.receipts().len(), 1);
}

#[test]
fn a_report_is_asked_back_and_sent_on_in_the_persons_name() {
    let mut bench = Bench::new();
    let asked = bench.hears(B, "5*3*1*2");
    assert_eq!(asked, ["3社滑坡，失联1人，倒房2间，对吗？确认回1,改回2"]);
    assert_eq!(bench.hears(B, "1"), ["已上报：3社滑坡，失联1人，倒房2间"]);
    let [Wish::Report { draft, .. }] = bench.written.as_slice() else { panic!("a report") };
    let want = "首报 响水村：3社滑坡，失联1人，倒房2间。来源：何某手持机13800000002";
    assert_eq!((draft.to.as_str(), draft.text.as_str()), ("EOC", want));
    assert_eq!((draft.kind, draft.class), (OrderKind::Update, Some(Class::Immediate)));
    assert_eq!(draft.person.as_deref(), Some("何某"));
}

#[test]
fn nonsense_is_answered_with_help_not_too_often_and_strangers_not_at_all() {
    let mut bench = Bench::new();
    bench.order(12, "转移", Need::Done);
    assert!(bench.hears(A, "啥意思")[0].starts_with("没看懂。回数字：1签收"));
    assert_eq!(bench.hears(A, "3 38"), Vec::<String>::new(), "told half a minute ago");
    bench.pass(120);
    assert_eq!(bench.hears(A, "??").len(), 1);
    assert_eq!(bench.hears("13900000009", "1"), Vec::<String>::new());
    let rows = bench.desk.rows();
    let stranger = rows.texts.last().expect("logged");
    assert_eq!((stranger.number.as_str(), stranger.person.as_str()), ("13900000009", ""));
    assert_eq!(bench.receipts(), Vec::<String>::new());
    assert!(bench.hears(B, "1")[0].contains("已签收"), "help changes nothing");
    assert!(bench.desk.memory().pending.is_empty());
}

#[test]
fn a_refused_record_is_told_to_the_person_who_must_call_now() {
    let mut bench = Bench::new();
    bench.order(12, "转移", Need::Acknowledged);
    bench.refuses = true;
    assert_eq!(bench.hears(A, "1"), ["未能上报，请立即打电话报告。"]);
    bench.refuses = false;
    assert_eq!(bench.hears(A, "1"), ["已记录：3-12号 已签收"]);
}
