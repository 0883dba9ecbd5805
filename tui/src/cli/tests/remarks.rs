//! What is saved but changes nothing, or looks like a slip, is remarked upon.

use sanduan_protocol::base::ids::DeviceId;
use sanduan_protocol::base::quantity::Quantity;
use sanduan_protocol::local::rows::{ForkRow, LogKind, OrderState, TwinRow};

use super::*;
use crate::lang::Lang;
use crate::lang::words::{audience, log_text};

#[test]
fn a_receipt_for_what_is_withdrawn_or_not_ours_says_so() {
    let sandbox = Sandbox::at(NOW_MS);
    let ours = |person: &[&str]| {
        let line = [&["receipt", "1-412", "acknowledged"], person].concat();
        run_on(&sandbox, &line).expect("saved")
    };
    assert!(ours(&["--person", "王"]).contains("不在应答单位之列"), "the centre owes nothing");
    let proxy = ours(&["--proxy", "phone", "--unit", "白沙镇"]);
    assert!(!proxy.contains("注意"), "{proxy}");
    sandbox.rows().orders[0].order.state = OrderState::Cancelled;
    assert!(ours(&["--proxy", "phone", "--unit", "白沙镇"]).contains("1-412 已撤回"));
}

#[test]
fn an_issue_of_more_than_there_is_says_what_is_on_hand_now() {
    let sandbox = Sandbox::at(NOW_MS);
    let issue = ["stock", "issue", "--depot", "K00", "--line", "E004=5"];
    sandbox.rows().stock.iter_mut().for_each(|row| row.on_hand = Quantity::units(7));
    assert_eq!(run_on(&sandbox, &issue).expect("saved").lines().count(), 1);
    sandbox.rows().stock[0].on_hand = Quantity::units(-12);
    let printed = run_on(&sandbox, &issue).expect("saved");
    assert!(printed.contains("在库变为 -12，已记为超发"), "{printed}");
    let json = run_on(&sandbox, &[&["--json"], &issue[..]].concat()).expect("saved");
    assert_eq!(json.lines().count(), 1, "programs get one answer: {json}");
}

#[test]
fn an_audience_is_shown_in_one_language() {
    assert_eq!(audience("全体/all", Lang::Zh), "全体");
    assert_eq!(audience("白沙镇、全部乡镇/all towns", Lang::En), "白沙镇、all towns");
    assert_eq!(audience("A/B 两组", Lang::En), "A/B 两组");
    assert_eq!(log_text(LogKind::Order, "全体/all: 转移 a/b", Lang::Zh), "全体：转移 a/b");
    assert_eq!(log_text(LogKind::Receipt, "全体/all: x", Lang::Zh), "全体/all: x");
}

#[test]
fn why_nothing_is_saved_and_why_a_link_is_down_are_said_in_one_language() {
    let sandbox = Sandbox::at(NOW_MS);
    let both = "磁盘已满 / the disk is full".to_owned();
    sandbox.rows().status.unsaved = Some(both.clone());
    sandbox.rows().bearers[0].error = Some(both);
    for command in ["status", "bearers"] {
        let zh = run_on(&sandbox, &["--lang", "zh", command]).expect("printed");
        assert!(zh.contains("磁盘已满") && !zh.contains("disk is full"), "{zh}");
        let en = run_on(&sandbox, &["--lang", "en", command]).expect("printed");
        assert!(en.contains("disk is full") && !en.contains("磁盘已满"), "{en}");
    }
}

#[test]
fn a_revocation_says_what_it_does_not_do() {
    let sandbox = Sandbox::at(NOW_MS);
    let said = run_on(&sandbox, &["device", "revoke", "7", "--reason", "遗失"]).expect("revoked");
    assert!(said.contains("终端 7") && said.contains("换用新密钥"), "{said}");
    let said = run_on(&sandbox, &["--json", "device", "revoke", "7"]).expect("revoked");
    assert_eq!(said.trim(), r#"{"device":7,"revoked":true}"#);
}

#[test]
fn a_device_that_tells_two_stories_stands_above_every_list() {
    let sandbox = Sandbox::at(NOW_MS);
    sandbox.rows().status.forks = vec![ForkRow {
        device: DeviceId(7),
        unit_name: "白沙镇".to_owned(),
        lane: "stock".to_owned(),
        at: 12,
        here: false,
    }];
    for command in [&["status"][..], &["order", "list"], &["stock", "list"]] {
        let printed = run_on(&sandbox, command).expect("printed");
        assert!(printed.contains("一机两说") && printed.contains("物资"), "{printed}");
    }
}

#[test]
fn a_device_that_may_be_running_twice_stands_above_every_list_in_either_language() {
    let sandbox = Sandbox::at(NOW_MS);
    let (device, unit_name) = (DeviceId(7), "白沙镇".to_owned());
    let row = TwinRow { device, unit_name, last_ms: NOW_MS - 120_000, here: false };
    sandbox.rows().status.twins = vec![row.clone(), TwinRow { here: true, ..row }];
    for command in [&["status"][..], &["order", "list"]] {
        let zh = run_on(&sandbox, command).expect("printed");
        assert!(zh.contains("白沙镇（终端 7）可能有两台机器在用"), "{zh}");
        assert!(zh.contains("两台只留一台"), "{zh}");
        let en = run_on(&sandbox, &[&["--lang", "en"], command].concat()).expect("printed");
        assert!(en.contains("may be two machines") && en.contains("this device 7"), "{en}");
    }
}
