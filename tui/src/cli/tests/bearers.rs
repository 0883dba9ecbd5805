//! `bearers`: what it shows of each link, and what reading the configuration again says.

use super::*;

#[test]
fn reading_the_configuration_again_says_what_came_of_every_bearer() {
    let sandbox = Sandbox::at(NOW_MS);
    let printed = run_on(&sandbox, &["bearers", "reload"]).expect("done");
    assert_eq!(last_asked(&sandbox), Request::ReloadBearers { check_only: false });
    for line in ["新启动：天通", "已停止：车载电台", "未改动：卫星网、370M、北斗", "生效：log"]
    {
        assert!(printed.contains(line), "{line} in {printed}");
    }
    let printed = run_on(&sandbox, &["--lang", "en", "bearers", "check"]).expect("done");
    assert_eq!(last_asked(&sandbox), Request::ReloadBearers { check_only: true });
    assert!(printed.contains("only checked"), "{printed}");
    let json = run_on(&sandbox, &["--json", "bearers", "reload"]).expect("done");
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["started"][0], "天通");
}

#[test]
fn a_card_says_its_signal_next_slot_quota_and_cost() {
    let sandbox = Sandbox::at(NOW_MS);
    let printed = run_on(&sandbox, &["bearers"]).expect("rows");
    for words in [
        "75%",
        "1.3秒",
        "下次可发 还有42秒",
        "额度剩388条、71400字节，13天2时后重新起算",
        "今日 发790B 收640B 费用3.30元",
        "试验性",
    ] {
        assert!(printed.contains(words), "{words} in\n{printed}");
    }
    let json = run_on(&sandbox, &["--json", "bearers"]).expect("rows");
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let card = &json["bearers"][3];
    for key in ["signal_pct", "next_slot_ms", "quota_messages", "latency_ms", "today_milli_yuan"] {
        assert!(card[key].is_u64(), "{key} in {card}");
    }
}

#[test]
fn a_machine_without_a_bearer_says_what_to_do() {
    let sandbox = Sandbox::at(NOW_MS);
    sandbox.rows().bearers.clear();
    let printed = run_on(&sandbox, &["bearers"]).expect("rows");
    assert!(printed.contains("sanduan bearers reload"), "{printed}");
}
