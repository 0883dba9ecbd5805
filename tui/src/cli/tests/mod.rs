//! Commands as typed, against the made-up daemon: what they ask, what they print, how they end.

mod bearers;
mod carried;
mod device;
mod directory;
mod group;
mod handbook;
mod import;
mod remarks;
mod template;
mod vault;
mod village;
mod watch_lines;

use clap::Parser;
use jiff::tz::TimeZone;
use sanduan_protocol::base::class::Class;
use sanduan_protocol::base::quantity::Quantity;
use sanduan_protocol::local::request::{Need, Proxy, Rung};
use sanduan_protocol::local::{Refusal, RefusalCode, Request};

use super::*;
use crate::sandbox::{NOW_MS, Sandbox};

/// Runs a command line against the sandbox; what it printed, or why it failed.
fn run_on(sandbox: &Sandbox, line: &[&str]) -> Result<String, CommandError> {
    let cli = Cli::try_parse_from(std::iter::once("sanduan").chain(line.iter().copied()))
        .map_err(|error| CommandError::Usage(error.to_string()))?;
    let mut feed = sandbox.clone();
    let mut out = Vec::new();
    let mut session = Session {
        feed: &mut feed,
        out: &mut out,
        lang: cli.lang.unwrap_or_default(),
        json: cli.json,
        ascii: cli.ascii,
        columns: None,
        now_ms: NOW_MS,
        zone: TimeZone::fixed(jiff::tz::offset(8)),
    };
    with_daemon(&mut session, cli.command.expect("a command"))?;
    Ok(String::from_utf8(out).expect("we print text"))
}

fn last_asked(sandbox: &Sandbox) -> Request {
    let question = |asked: &Request| {
        matches!(asked, Request::Status | Request::Order { .. } | Request::Stock { .. })
    };
    let asked = sandbox.rows().asked.clone();
    asked.into_iter().rev().find(|asked| !question(asked)).expect("something was asked")
}

#[test]
fn every_word_of_the_outside_interface_is_understood() {
    for line in [
        "status",
        "bearers",
        "bearers reload",
        "bearers check",
        "device list",
        "device show 3",
        "unlock",
        "lock",
        "passphrase set --unattended",
        "passphrase remove",
        "wipe 407913",
        "peers",
        "watch",
        "outbox",
        "order send --to 白沙镇 --class flash --text x --act-by 20m --need done",
        "order send --to 白沙镇 --template M02 --field 地点=白沙镇 --field 20",
        "order draft --to 白沙镇 --text x --person 参谋",
        "order sign 1-12 --person 指挥长",
        "operator",
        "operator 李强",
        "order templates",
        "order list",
        "order show 1-12",
        "order cancel 1-12 --reason x",
        "receipt 1-12 acknowledged --note x --person x",
        "receipt 1-12 cannot --note x --proxy gong --unit U",
        "position report --lat 29.1 --lon -106.2 --unit U",
        "position list",
        "stock import f.csv",
        "stock receive --depot D --line E=1",
        "stock issue --depot D --line E=1",
        "stock ship --from A --to B --line E=1 --carrier c --eta 2h",
        "stock arrive 2-5 --line E=1 --damaged E=1",
        "stock count --depot D --line E=0",
        "stock seal",
        "stock list",
        "stock card E004",
        "carry export f --for 3",
        "carry import f",
        "village list",
        "village texts",
        "village hear 13800000001 1 --means sms",
        "carry qr --for T05 --max-bytes 600 --interval 4s",
        "carry scan f --state s",
        "device qr F",
        "log export --format csv",
        "init DIR --district 500116 --name 江津区 --import d",
        "device request --out F",
        "device admit F --as U --role order.issue position --out J",
        "device join J",
        "completions bash",
        "--socket /s --json --lang en status",
    ] {
        let words = std::iter::once("sanduan").chain(line.split(' '));
        assert!(Cli::try_parse_from(words).is_ok(), "{line}");
    }
}

#[test]
fn wrong_words_are_refused_before_anything_is_asked() {
    for line in [
        "order send --to x",
        "order send --to x --text x --class hot",
        "order send --to x --text x --class flash --act-by 20",
        "order show 12",
        "receipt 1-12 delivered",
        "receipt 1-12 done --proxy phone",
        "stock issue --depot D",
        "stock issue --depot D --line E=0",
        "stock arrive 2-5 --damaged E=1",
        "log export --format pdf",
    ] {
        let words = std::iter::once("sanduan").chain(line.split(' '));
        assert!(Cli::try_parse_from(words).is_err(), "{line}");
    }
}

#[test]
fn an_order_is_sent_as_typed_and_its_number_printed() {
    let sandbox = Sandbox::at(NOW_MS);
    let line = ["order", "send", "--to", "T05", "--class", "特急", "--text", "转移"];
    let more = ["--act-by", "20m", "--need", "done"];
    let printed = run_on(&sandbox, &[&line[..], &more[..]].concat()).expect("sent");
    assert_eq!(printed, "已保存 1-907\n");
    let Request::SendOrder(draft) = last_asked(&sandbox) else { panic!("not an order") };
    assert_eq!((draft.class, draft.act_by_s), (Some(Class::Immediate), Some(1200)));
    assert_eq!((draft.need, draft.to.as_str()), (Need::Done, "T05"));
}

#[test]
fn a_receipt_by_proxy_names_means_and_unit() {
    let sandbox = Sandbox::at(NOW_MS);
    let line = ["receipt", "1-412", "acknowledged", "--proxy", "phone", "--unit", "白沙镇"];
    run_on(&sandbox, &line).expect("saved");
    let Request::SendReceipt(draft) = last_asked(&sandbox) else { panic!("not a receipt") };
    assert_eq!((draft.rung, draft.proxy), (Rung::Acknowledged, Some(Proxy::Phone)));
    assert_eq!(draft.unit.as_deref(), Some("白沙镇"));
}

#[test]
fn sound_and_broken_goods_of_one_item_share_a_line() {
    let sandbox = Sandbox::at(NOW_MS);
    let line = ["stock", "arrive", "2-5", "--line", "E004=17", "--damaged", "E004=1"];
    run_on(&sandbox, &line).expect("saved");
    let Request::ArriveWaybill(draft) = last_asked(&sandbox) else { panic!("no arrival") };
    assert_eq!(draft.lines.len(), 1);
    assert_eq!(draft.lines[0].received, Quantity::units(17));
    assert_eq!(draft.lines[0].damaged, Quantity::units(1));
}

#[test]
fn lists_print_in_both_languages_and_every_state_in_words() {
    let sandbox = Sandbox::at(NOW_MS);
    let zh = run_on(&sandbox, &["order", "list"]).expect("printed");
    for word in ["未结", "超时", "已办结", "未能办", "已撤回", "未验", "超25分", "余8分"]
    {
        assert!(zh.contains(word), "{word} in\n{zh}");
    }
    let en = run_on(&sandbox, &["--lang", "en", "stock", "list"]).expect("printed");
    for word in ["over-issued", "look at 1", "unverified", "-0.5", "2h"] {
        assert!(en.contains(word), "{word} in\n{en}");
    }
    for command in ["status", "bearers", "peers", "outbox"] {
        let printed = run_on(&sandbox, &[command]).expect("printed");
        assert!(printed.lines().count() > 2, "{command}:\n{printed}");
    }
    let shown = run_on(&sandbox, &["order", "show", "1-412"]).expect("printed");
    assert!(shown.contains("已送达，未应答") && shown.contains("电话"), "{shown}");
    let waybills = run_on(&sandbox, &["stock", "waybills"]).expect("printed");
    assert!(waybills.contains("在途超时") && waybills.contains("短2件破1件"), "{waybills}");
}

#[test]
fn rows_for_people_say_when_they_are_a_drill_or_nothing_is_saved() {
    let sandbox = Sandbox::at(NOW_MS);
    sandbox.rows().status.drill = true;
    sandbox.rows().status.unsaved = Some("磁盘已满".to_owned());
    for line in [
        &["status"][..],
        &["order", "list"],
        &["order", "show", "1-412"],
        &["position", "list"],
        &["stock", "list"],
        &["stock", "card", "E004"],
        &["stock", "waybills"],
        &["bearers"],
        &["peers"],
        &["outbox"],
        &["log", "export"],
    ] {
        let printed = run_on(&sandbox, line).expect("printed");
        assert!(printed.starts_with("【演练】"), "{line:?}:\n{printed}");
        assert!(printed.contains("磁盘已满"), "{line:?}:\n{printed}");
    }
    let printed = run_on(&sandbox, &["--json", "order", "list"]).expect("printed");
    assert!(printed.starts_with('{'), "{printed}");
}

#[test]
fn json_is_the_value_the_daemon_sent() {
    let sandbox = Sandbox::at(NOW_MS);
    let printed = run_on(&sandbox, &["--json", "order", "list"]).expect("printed");
    let value: serde_json::Value = serde_json::from_str(&printed).expect("JSON");
    assert_eq!(value["orders"][0]["id"], "1-412");
    assert_eq!(value.get("reply"), None);
    let printed = run_on(&sandbox, &["--json", "status"]).expect("printed");
    let value: serde_json::Value = serde_json::from_str(&printed).expect("JSON");
    assert_eq!(value["name"], "江津区");
}

#[test]
fn refusals_usage_and_silence_have_their_own_exit_codes() {
    let sandbox = Sandbox::at(NOW_MS);
    let refusal = Refusal::new(RefusalCode::NotAllowed, "无权下达指令", "may not issue orders");
    sandbox.rows().refusal = Some(refusal);
    let line = ["order", "send", "--to", "x", "--class", "flash", "--text", "x"];
    let error = run_on(&sandbox, &line).expect_err("refused");
    assert_eq!(error.exit_code(), 1);
    assert_eq!(error.words(Lang::Zh).as_deref(), Some("无权下达指令"));
    assert_eq!(error.json()["code"], "not_allowed");
    let error = run_on(&sandbox, &["position", "report", "--lat", "99", "--lon", "1"]);
    assert_eq!(error.expect_err("off the globe").exit_code(), 2);
    let gone = crate::feed::FeedError::NoDaemon { socket: "/nowhere".into() };
    let gone = CommandError::from(gone);
    assert_eq!((gone.exit_code(), gone.json()["code"].as_str()), (3, Some("no_daemon")));
    let closed = std::io::Error::from(std::io::ErrorKind::BrokenPipe);
    assert_eq!(CommandError::Output(closed).exit_code(), 0);
}

#[test]
fn the_log_is_a_page_for_people_or_a_sheet_for_programs() {
    let sandbox = Sandbox::at(NOW_MS);
    sandbox.rows().status.drill = true;
    let page = run_on(&sandbox, &["log", "export", "--format", "text"]).expect("printed");
    assert!(page.contains("演练") && page.contains("摘要 5f0c11aa"), "{page}");
    assert!(page.contains("2025-08-18 09:48:00+08:00  1-412  指令  特急"), "{page}");
    let sheet = run_on(&sandbox, &["log", "export", "--format", "csv"]).expect("printed");
    let mut reader = csv::Reader::from_reader(sheet.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), 6);
    assert_eq!(&rows[4][6], "acknowledged");
    assert!(rows.iter().all(|row| &row[10] == "drill"));
}

#[test]
fn a_carry_file_is_written_whole_and_read_back() {
    let sandbox = Sandbox::at(NOW_MS);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("stick.bin");
    let name = file.to_str().expect("a plain path");
    std::fs::write(&file, "older").expect("writable");
    let printed = run_on(&sandbox, &["carry", "export", name]).expect("written");
    assert!(printed.contains("3 条记录，7 字节"), "{printed}");
    assert_eq!(std::fs::read(&file).expect("readable"), b"carried");
    assert_eq!(std::fs::read_dir(folder.path()).expect("readable").count(), 1);
    let printed = run_on(&sandbox, &["carry", "import", name]).expect("taken");
    assert_eq!(printed, "新记录 2 条，已有 5 条。\n未采用 bad_tag：1\n");
    let error = run_on(&sandbox, &["carry", "export", "/nowhere/at/all"]).expect_err("no folder");
    assert_eq!(error.exit_code(), 1);
    let error = run_on(&sandbox, &["carry", "import", "/nowhere/at/all"]).expect_err("no file");
    assert!(error.words(Lang::En).expect("a sentence").contains("/nowhere/at/all"));
}
