//! Records carried by hand: sealed on the way, owed until a real path has acked them, and short
//! bundles as sheets.

use super::converge::{movement, order, receipt, saved_id};
use super::lab::Lab;
use super::made_up::udp;
use crate::base::class::Class;
use crate::base::ids::SpokenId;
use crate::local::request::{MovementKind, OrderDraft, Rung};
use crate::local::rows::OrderState;
use crate::local::{Refusal, RefusalCode, Reply, Request};

fn export(lab: &mut Lab, node: usize, for_device: Option<&str>) -> (Vec<u8>, u32) {
    let request = Request::CarryExport { for_device: for_device.map(Into::into) };
    match lab.ask(node, request) {
        Ok(Reply::CarryFile { bytes, records }) => (bytes, records),
        other => panic!("{other:?}"),
    }
}

fn sheets(
    lab: &mut Lab,
    node: usize,
    for_device: Option<&str>,
    bytes_max: u32,
) -> Result<(Vec<String>, u32, u32), Refusal> {
    let for_device = for_device.map(Into::into);
    match lab.ask(node, Request::CarrySheets { for_device, bytes_max, chars_max: 114 })? {
        Reply::CarrySheets { sheets, records, left_out } => Ok((sheets, records, left_out)),
        other => panic!("{other:?}"),
    }
}

/// Sheets there should be, sheets that lack, new records.
fn scan(lab: &mut Lab, node: usize, lines: &[String]) -> (u8, Vec<u8>, u32) {
    match lab.ask(node, Request::CarryScan { lines: lines.to_vec() }) {
        Ok(Reply::CarryScanned { total, missing, new, refused, .. }) => {
            assert_eq!(refused, vec![]);
            (total, missing, new)
        }
        other => panic!("{other:?}"),
    }
}

fn state(lab: &mut Lab, node: usize, id: SpokenId) -> OrderState {
    match lab.ask(node, Request::Order { id }) {
        Ok(Reply::Order(detail)) => detail.order.state,
        other => panic!("{other:?}"),
    }
}

#[test]
fn nothing_in_a_carry_file_or_sheet_can_be_read_without_the_networks_secret() {
    let mut lab = Lab::new(2, 1);
    saved_id(lab.ask(0, order("U2", "转移白沙镇滨江路三号楼群众")));
    saved_id(lab.ask(0, movement(MovementKind::Opening, "1号库", 7)));
    let (file, _) = export(&mut lab, 0, None);
    let (texts, _, _) = sheets(&mut lab, 0, Some("U2"), 4000).expect("room");
    let mut carried = vec![file];
    carried.extend(texts.iter().map(|text| crate::wire::sheet::read(text).expect("ours").piece));
    let node = lab.nodes[0].as_ref().expect("runs");
    let mut secrets: Vec<Vec<u8>> =
        ["转移", "滨江路", "单位2", "冲锋舟", "王"].map(|text| text.as_bytes().to_vec()).to_vec();
    for (_, lane) in node.book.lanes() {
        let records = (1..=lane.saved()).filter_map(|seq| lane.record(seq));
        secrets.extend(records.filter(|record| record.len() >= 8).map(|r| r[..8].to_vec()));
    }
    assert!(secrets.len() > 7, "there is something to hide");
    for (bytes, secret) in carried.iter().flat_map(|b| secrets.iter().map(move |s| (b, s))) {
        let is_seen = bytes.windows(secret.len()).any(|window| window == &secret[..]);
        assert!(!is_seen, "{secret:?} lies open");
    }
}

#[test]
fn what_went_onto_a_stick_that_never_arrives_stays_owed_until_a_real_path_acks_it() {
    let mut lab = Lab::new(2, 1);
    lab.join(&[0, 1], &udp("a-b"));
    lab.run_ms(10_000);
    lab.cut(0, 1, true);
    let id = saved_id(lab.ask(0, order("U2", "转移")));
    let owed = |lab: &mut Lab| lab.status(0).outbox;
    let before = owed(&mut lab);
    let (_, first) = export(&mut lab, 0, Some("U2"));
    let (_, sheeted, left_out) = sheets(&mut lab, 0, Some("U2"), 4000).expect("room");
    let (_, second) = export(&mut lab, 0, Some("U2"));
    assert_eq!((first, sheeted, left_out, second), (1, 1, 0, 1), "carried, and carried again");
    assert_eq!((before, owed(&mut lab)), (1, 1), "the stick is lost; it is still owed");
    lab.cut(0, 1, false);
    lab.run_ms(60_000);
    assert_eq!(state(&mut lab, 1, id), OrderState::Open);
    assert_eq!((owed(&mut lab), export(&mut lab, 0, Some("U2")).1), (0, 0), "acked by the other");
}

#[test]
fn an_order_and_its_answer_cross_as_sheets_in_any_order() {
    let mut lab = Lab::new(2, 1);
    let id = saved_id(lab.ask(0, order("U2", "转移")));
    let (mut texts, records, left_out) = sheets(&mut lab, 0, Some("U2"), 2000).expect("room");
    assert_eq!(left_out, 0);
    assert!(records >= 1 && texts.len() > 1, "{records} records on {} sheets", texts.len());
    texts.reverse();
    let last = texts.pop().expect("more than one");
    texts.push(texts[0].clone());
    let total = texts.len() as u8;
    assert_eq!(scan(&mut lab, 1, &texts), (total, vec![1], 0), "all but the first sheet");
    texts.push(last);
    assert_eq!(scan(&mut lab, 1, &texts), (total, vec![], 1));
    assert_eq!(state(&mut lab, 1, id), OrderState::Open, "verified, not merely shown");
    saved_id(lab.ask(1, receipt(id, Rung::Acknowledged)));
    let (texts, _, _) = sheets(&mut lab, 1, Some("U1"), 2000).expect("room");
    scan(&mut lab, 0, &texts);
    assert_eq!(state(&mut lab, 0, id), OrderState::Answered);
}

#[test]
fn the_most_urgent_goes_first_and_what_finds_no_room_is_counted() {
    let mut lab = Lab::new(3, 1);
    let routine = |text: &str| OrderDraft {
        to: "U3".into(),
        class: Some(Class::Routine),
        text: text.into(),
        ..OrderDraft::default()
    };
    for number in 0..12 {
        let text = format!("第{number}批物资请于今晚八点前清点完毕并上报数量");
        saved_id(lab.ask(1, Request::SendOrder(routine(&text))));
    }
    let (file, _) = export(&mut lab, 1, None);
    lab.ask(0, Request::CarryImport { bytes: file }).expect("taken in");
    let flash = saved_id(lab.ask(0, order("U3", "立即转移")));
    let (texts, records, left_out) = sheets(&mut lab, 0, Some("U3"), 700).expect("room");
    assert!(left_out > 0 && records > 0, "{records} records, {left_out} left out");
    scan(&mut lab, 2, &texts);
    assert_eq!(state(&mut lab, 2, flash), OrderState::Open);
    let (_, more, none) = sheets(&mut lab, 0, Some("U3"), 16_000).expect("room");
    assert_eq!((more, none), (records + left_out, 0));
}

#[test]
fn a_bundle_of_any_size_keeps_to_its_limit() {
    let mut lab = Lab::new(2, 1);
    for number in 0..20 {
        saved_id(lab.ask(0, order("U2", &format!("第{number}号指令：转移至高处"))));
    }
    for bytes_max in [200, 310, 500, 1000, 3000] {
        let Ok((texts, _, _)) = sheets(&mut lab, 0, Some("U2"), bytes_max) else {
            assert!(bytes_max < 310, "{bytes_max} bytes are room enough");
            continue;
        };
        let pieces = texts.iter().map(|text| crate::wire::sheet::read(text).expect("ours").piece);
        let bytes: usize = pieces.map(|piece| piece.len()).sum();
        assert!(bytes <= bytes_max as usize, "{bytes} of {bytes_max}");
    }
    let refused = sheets(&mut lab, 0, Some("U2"), 60).expect_err("no record fits");
    assert_eq!(refused.code, RefusalCode::TooLong);
}

#[test]
fn sheets_of_another_network_and_lines_that_are_none_are_refused_in_words() {
    let mut lab = Lab::new(2, 1);
    saved_id(lab.ask(0, order("U2", "转移")));
    let foreign = crate::wire::sheet::split(b"another-and-then-some-bytes", 114).expect("fits");
    let refused = lab.ask(1, Request::CarryScan { lines: foreign }).expect_err("another network");
    assert!(refused.zh.contains("另一个网络"), "{refused:?}");
    let lines = vec!["SDQ:0000".to_owned(), "超市小票".to_owned()];
    let Ok(Reply::CarryScanned { total, bad_lines, .. }) = lab.ask(1, Request::CarryScan { lines })
    else {
        panic!("not scanned")
    };
    let bad: Vec<(u32, &str)> = bad_lines.iter().map(|(n, word)| (*n, word.as_str())).collect();
    assert_eq!((total, bad), (0, vec![(1, "damaged"), (2, "no_sheet")]));
    let lines = vec![String::new(); crate::base::caps::SCAN_LINES_MAX + 1];
    let refused = lab.ask(1, Request::CarryScan { lines }).expect_err("too many");
    assert_eq!(refused.code, RefusalCode::TooLong);
}

#[test]
fn a_file_made_by_a_clock_days_ahead_or_behind_is_read_where_clocks_are_right() {
    const DAY_MS: i64 = 24 * 3_600_000;
    for skew_ms in [DAY_MS, 40 * DAY_MS, -40 * DAY_MS] {
        let mut lab = Lab::new(2, 1);
        lab.run_ms(50 * DAY_MS as u64);
        lab.skew_ms[0] = skew_ms;
        lab.start(0);
        let id = saved_id(lab.ask(0, order("U2", "转移")));
        let (bytes, _) = export(&mut lab, 0, Some("U2"));
        let taken = lab.ask(1, Request::CarryImport { bytes });
        assert!(matches!(taken, Ok(Reply::CarryTaken { new: 1.., .. })), "{skew_ms}: {taken:?}");
        assert_eq!(state(&mut lab, 1, id), OrderState::Open);
    }
}

#[test]
fn a_file_for_a_device_that_nobody_knows_is_refused() {
    let mut lab = Lab::new(2, 1);
    for name in ["77", "#77", "U77"] {
        let asked = Request::CarryExport { for_device: Some(name.into()) };
        let refused = lab.ask(0, asked).expect_err("nobody knows it");
        assert_eq!(refused.code, RefusalCode::UnknownName, "{name}");
    }
}
