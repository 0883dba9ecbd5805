//! Drafts: what is taken, and what each refusal says.

use super::*;
use crate::base::ids::{DeviceId, Lane, LaneId};
use crate::base::time::Hlc;
use crate::field::body::Placed;
use crate::field::directory::sample::{BAISHA, BOATS, CENTRE, FORWARD, directory};
use crate::local::request::{Need, OrderKind, Proxy};
use crate::wire::pack::Pack;

fn draft(to: &str, text: &str) -> OrderDraft {
    OrderDraft { to: to.into(), text: text.into(), ..OrderDraft::default() }
}

fn issued_by(unit: UnitId) -> (OrderBoard, SpokenId) {
    let order = order(&draft("白沙镇", "转移"), &directory(), unit).expect("a good draft");
    let id = LaneId::first(DeviceId(2), Lane::Command).at(1);
    let placed = Placed { id, at: Hlc::default(), person: &Person::Nobody, body: &order };
    let mut board = OrderBoard::new();
    assert!(board.apply_order(&placed, unit));
    (board, id.into())
}

fn receipt_draft(id: SpokenId, rung: Rung) -> ReceiptDraft {
    ReceiptDraft { id, rung, note: String::new(), person: None, proxy: None, unit: None }
}

#[test]
fn a_good_draft_becomes_an_order_that_packs() {
    let draft = OrderDraft {
        kind: OrderKind::Alert,
        class: Some(Class::Flash),
        act_by_s: Some(1200),
        need: Need::Done,
        ..draft("白沙镇、T07", "  立即转移\r\n沿江一社\t二社 ")
    };
    let order = order(&draft, &directory(), CENTRE).expect("good");
    assert_eq!(order.text, "立即转移\n沿江一社 二社".into());
    assert_eq!(order.targets, [Target::Unit(BAISHA), Target::Unit(BOATS)]);
    assert_eq!((order.directory_version, order.act_by_s), (3, Some(1200)));
    assert_eq!(Order::unpack_all(&order.packed()), Ok(order));
}

#[test]
fn without_a_class_an_order_is_routine() {
    let order = order(&draft("all", "点名"), &directory(), CENTRE).expect("good");
    assert_eq!((order.class, order.kind), (Class::Routine, OrderKind::Order));
}

#[test]
fn a_bad_order_is_refused_with_its_reason() {
    let long = "长".repeat(401);
    let timed = |act_by_s| OrderDraft { act_by_s: Some(act_by_s), ..draft("all", "点名") };
    let valid = |expires_s| OrderDraft { expires_s: Some(expires_s), ..timed(1200) };
    for (draft, code, zh, en) in [
        (draft("all", " \n"), RefusalCode::BadValue, "内容为空", "no text"),
        (draft("all", &long), RefusalCode::TooLong, "1203 字节", "1203 bytes"),
        (draft("all", "\u{1b}[2J"), RefusalCode::BadValue, "控制字符", "control characters"),
        (timed(0), RefusalCode::BadValue, "时限", "time to act"),
        (timed(ACT_BY_MAX_S + 1), RefusalCode::BadValue, "30 天", "30 days"),
        (valid(0), RefusalCode::BadValue, "有效期", "be valid"),
        (valid(ACT_BY_MAX_S + 1), RefusalCode::BadValue, "有效期", "30 days"),
        (valid(1199), RefusalCode::BadValue, "短于时限", "before it is due"),
        (draft("", "点名"), RefusalCode::BadValue, "未填写发送对象", "No addressee"),
        (draft("白沙", "点名"), RefusalCode::UnknownName, "白沙镇", "白沙镇"),
        (draft("agencies", "点名"), RefusalCode::BadValue, "没有需要回执", "No unit"),
        (draft("centres", "点名"), RefusalCode::BadValue, "没有需要回执", "No unit"),
    ] {
        let refusal = order(&draft, &directory(), CENTRE).expect_err("refused");
        assert_eq!(refusal.code, code, "{refusal}");
        assert!(refusal.zh.contains(zh) && refusal.en.contains(en), "{refusal}");
    }
    // To itself by name is allowed: the next watch answers it.
    assert!(order(&draft("C01", "交接"), &directory(), CENTRE).is_ok());
}

#[test]
fn a_good_receipt_speaks_for_the_own_unit_or_by_proxy() {
    let (board, id) = issued_by(FORWARD);
    let own = receipt(&receipt_draft(id, Rung::Done), &board, &directory(), BAISHA, 0);
    assert_eq!(own.map(|receipt| (receipt.unit, receipt.proxy)), Ok((BAISHA, None)));
    let proxy = ReceiptDraft {
        proxy: Some(Proxy::Phone),
        unit: Some("白沙镇".into()),
        ..receipt_draft(id, Rung::Acknowledged)
    };
    let proxy = receipt(&proxy, &board, &directory(), FORWARD, 0).expect("good");
    assert_eq!((proxy.unit, proxy.proxy), (BAISHA, Some(Proxy::Phone)));
    // A unit that owes none may still say what it did.
    assert!(receipt(&receipt_draft(id, Rung::Done), &board, &directory(), BOATS, 0).is_ok());
}

#[test]
fn a_bad_receipt_is_refused_with_its_reason() {
    let (board, id) = issued_by(FORWARD);
    let good = receipt_draft(id, Rung::Acknowledged);
    let unknown = SpokenId { seq: 99, ..id };
    for (draft, code, zh) in [
        (receipt_draft(unknown, Rung::Done), RefusalCode::UnknownId, "2-99"),
        (receipt_draft(id, Rung::Cannot), RefusalCode::BadValue, "写明原因"),
        (receipt_draft(id, Rung::Failed), RefusalCode::BadValue, "写明原因"),
        (
            ReceiptDraft { proxy: Some(Proxy::Door), ..good.clone() },
            RefusalCode::BadValue,
            "代哪个单位",
        ),
        (
            ReceiptDraft { unit: Some("T07".into()), ..good.clone() },
            RefusalCode::NotAllowed,
            "代签",
        ),
        (
            ReceiptDraft { unit: Some("某镇".into()), ..good.clone() },
            RefusalCode::UnknownName,
            "某镇",
        ),
        (ReceiptDraft { note: "长".repeat(401), ..good.clone() }, RefusalCode::TooLong, "缩短"),
    ] {
        let refusal = receipt(&draft, &board, &directory(), BAISHA, 0).expect_err("refused");
        assert_eq!(refusal.code, code, "{refusal}");
        assert!(refusal.zh.contains(zh), "{refusal}");
    }
}

#[test]
fn a_receipt_needs_a_name() {
    let directory = directory();
    assert!(matches!(named_person(Some("甲员"), "", &directory), Ok(Person::Index(_))));
    let operator = named_person(Some(" "), "值班员", &directory);
    assert_eq!(operator, Ok(Person::Name("值班员".into())));
    let refusal = named_person(None, " ", &directory).expect_err("nobody");
    assert!(refusal.zh.contains("姓名") && refusal.en.contains("name"));
    assert_eq!(person(None, "", &directory), Ok(Person::Nobody));
    let long = "长".repeat(41);
    let refusal = person(Some(&long), "", &directory).expect_err("too long");
    assert_eq!(refusal.code, RefusalCode::TooLong);
}

#[test]
fn a_withdrawal_is_the_issuers_and_has_a_reason() {
    let (mut board, id) = issued_by(FORWARD);
    let try_it = |board: &OrderBoard, id, reason: &str, unit, authority| {
        cancel(id, reason, board, unit, authority).map_err(|refusal| refusal.code)
    };
    assert_eq!(try_it(&board, id, " ", FORWARD, false), Err(RefusalCode::BadValue));
    assert_eq!(try_it(&board, id, "误发", BAISHA, false), Err(RefusalCode::NotAllowed));
    let unknown = SpokenId { seq: 99, ..id };
    assert_eq!(try_it(&board, unknown, "误发", FORWARD, false), Err(RefusalCode::UnknownId));
    assert!(try_it(&board, id, "误发", CENTRE, true).is_ok());
    let body = try_it(&board, id, "误发", FORWARD, false).expect("good");
    let at = LaneId::first(DeviceId(2), Lane::Command).at(2);
    let placed = Placed { id: at, at: Hlc::default(), person: &Person::Nobody, body: &body };
    assert!(board.apply_cancel(&placed, FORWARD, false));
    assert_eq!(try_it(&board, id, "再撤", FORWARD, false), Err(RefusalCode::AlreadyOver));
}
