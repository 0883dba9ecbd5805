//! `bearers`: what it shows of each link, and what reading the configuration again says.

use super::*;

#[test]
fn reading_the_configuration_again_says_what_came_of_every_bearer() {
    let sandbox = Sandbox::at(NOW_MS);
    let printed = run_on(&sandbox, &["bearers", "reload"]).expect("done");
    assert_eq!(last_asked(&sandbox), Request::ReloadBearers { check_only: false });
    for line in ["新启动：北斗", "已停止：车载电台", "未改动：卫星网、370M", "生效：log"]
    {
        assert!(printed.contains(line), "{line} in {printed}");
    }
    let printed = run_on(&sandbox, &["--lang", "en", "bearers", "check"]).expect("done");
    assert_eq!(last_asked(&sandbox), Request::ReloadBearers { check_only: true });
    assert!(printed.contains("only checked"), "{printed}");
    let json = run_on(&sandbox, &["--json", "bearers", "reload"]).expect("done");
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["started"][0], "北斗");
}
