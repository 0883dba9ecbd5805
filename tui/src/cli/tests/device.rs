//! `device list` and `device show`.

use sanduan_protocol::base::ids::DeviceId;

use super::*;

#[test]
fn the_devices_of_the_network_are_listed_with_their_numbers() {
    let text = run_on(&Sandbox::at(NOW_MS), &["device", "list"]).expect("known");
    assert!(text.contains("编号") && text.contains("区储备库"), "{text}");
    assert!(text.contains("指令密钥") && text.contains("0d9e47b2"), "{text}");
}

#[test]
fn a_device_is_shown_with_what_it_wrote_and_whether_it_counts() {
    let sandbox = Sandbox::at(NOW_MS);
    let first = sandbox.rows().directory.devices[0].device;
    let last = sandbox.rows().directory.devices.last().expect("devices").device;
    let text = run_on(&sandbox, &["device", "show", &first.to_string()]).expect("known");
    assert_eq!(last_asked(&sandbox), Request::ShowDevice { device: first });
    let term = "签发期";
    let line = text.lines().find(|line| line.starts_with(term)).expect("it may admit others");
    assert!(line.contains("编号 4033 到 4096，已接纳 2 台"), "{line}");
    assert!(text.contains("由谁接纳") && text.contains("授权机"), "{text}");
    assert!(text.contains("有效，直至吊销") && text.contains("指令回执 41 条，已验 41"), "{text}");
    assert!(text.contains("前八位 0d9e47b2") && text.contains("只认这把"), "{text}");
    let text = run_on(&sandbox, &["device", "show", &last.to_string()]).expect("known");
    assert!(text.contains("下令用设备密钥"), "{text}");
    assert!(text.contains("已吊销：途中遗失") && text.contains("2 条在吊销之后"), "{text}");
    let english = run_on(&sandbox, &["--lang", "en", "device", "show", &last.to_string()]);
    assert!(english.expect("known").contains("2 of them after it was revoked count nowhere"));
    let said = run_on(&sandbox, &["device", "renew", &first.to_string()]).expect("renewed");
    assert_eq!(last_asked(&sandbox), Request::RenewDevice { device: first });
    assert!(said.contains("再加 72 小时"), "{said}");
    assert!(run_on(&sandbox, &["device", "show", "77"]).is_err());
    assert_ne!(first, DeviceId(77));
}

/// `device admit` is asked of a daemon only if one runs, so it is called past `with_daemon`.
fn admit(sandbox: &Sandbox, line: &[&str], json: bool) -> String {
    let cli = Cli::try_parse_from(line.iter().copied()).expect("well formed");
    let Some(Command::Device(DeviceCommand::Admit(wanted))) = cli.command else { panic!("admit") };
    let (mut feed, mut out) = (sandbox.clone(), Vec::new());
    let mut session = Session {
        feed: &mut feed,
        out: &mut out,
        lang: Lang::Zh,
        json,
        ascii: false,
        columns: None,
        now_ms: NOW_MS,
        zone: TimeZone::fixed(jiff::tz::offset(8)),
    };
    crate::cli::device::admit(&mut session, wanted).expect("admitted");
    String::from_utf8(out).expect("we print text")
}

#[test]
fn admission_shows_the_words_to_be_compared_before_the_file_is_handed_over() {
    let sandbox = Sandbox::at(NOW_MS);
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (request, join) = (path("team.req"), path("team.join"));
    std::fs::write(&request, "SDREQ:MADE-UP").expect("writable");
    let to = ["--as", "区储备库", "--role", "签收", "--out", &join];
    let line: Vec<&str> = ["sanduan", "device", "admit", &request].into_iter().chain(to).collect();
    let said = admit(&sandbox, &line, false);
    assert!(said.contains("核对词：毛笔围棋 拼图荔枝"), "{said}");
    assert!(said.contains("sanduan device revoke 9"), "{said}");
    let json: serde_json::Value =
        serde_json::from_str(&admit(&sandbox, &line, true)).expect("JSON");
    assert_eq!(json["check_words"][0], "毛笔围棋");
}
