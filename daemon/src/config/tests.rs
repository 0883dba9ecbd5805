//! The configuration: the default is sound, every mistake is named with its line.

use super::*;

// A program without the ad hoc network refuses that table.
#[cfg(feature = "lan")]
#[test]
fn the_default_file_has_no_findings_and_neither_has_its_uncommented_form() {
    let path = Path::new("/d/sanduan.toml");
    let config = Config::parse(path, DEFAULT).expect("sound");
    assert_eq!(config.data_dir, Path::new("/d"));
    assert_eq!(config.socket, Path::new("/d/control.sock"));
    assert_eq!(config.seal_after_s, 900);
    assert!(config.bearers.is_empty() && config.sources.is_empty());
    let uncommented: String = DEFAULT
        .lines()
        .filter(|line| !line.starts_with("# file =") && !line.starts_with("# speed ="))
        .map(|line| match line.strip_prefix("# ") {
            Some(key) if key.starts_with('[') || key.contains(" = ") => format!("{key}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    let config = Config::parse(path, &uncommented).expect("sound");
    let kinds: Vec<_> = config.bearers.iter().map(|bearer| bearer.kind.word()).collect();
    let ip_and_radio = ["udp", "quic", "kiss-tcp", "kiss-serial", "gateway"];
    let others = ["beidou", "sbd", "sms", "directip", "lan", "meshtastic", "kiss-serial", "carry"];
    assert_eq!(kinds, [&ip_and_radio[..], &others].concat());
    let village = config.village.expect("uncommented");
    assert_eq!(village.steps, sanduan_protocol::field::village::steps::StepTable::default());
    assert_eq!(config.sources.len(), 2);
}

#[test]
fn an_empty_file_is_one_laptop_with_nothing_configured() {
    let config = Config::parse(Path::new("sanduan.toml"), "").expect("sound");
    assert_eq!(config.socket, Path::new("control.sock"));
    assert_eq!(config.log, "info");
    assert_eq!(config.battery, BatteryConfig::Auto);
}

#[test]
fn a_battery_is_read_from_the_system_nowhere_or_a_file_beside_the_configuration() {
    let read = |word: &str| {
        let text = format!("[node]\nbattery = \"{word}\"");
        Config::parse(Path::new("/d/f.toml"), &text).expect("sound").battery
    };
    assert_eq!(read("auto"), BatteryConfig::Auto);
    assert_eq!(read("none"), BatteryConfig::None);
    assert_eq!(read("ups/percent"), BatteryConfig::File("/d/ups/percent".into()));
}

#[test]
fn every_mistake_is_named_with_its_line_in_both_languages() {
    let text = "\
[node]
seal_after = 9
operator = 5
[[bearer]]
name = \"a\"
kind = \"udp\"
listen = \"nonsense\"
peers = [\"1.2.3.4:5\", \"6.7.8.9\"]
mtu = 20
[[bearer]]
name = \"a\"
kind = \"kiss-tcp\"
[[bearer]]
name = \"b\"
kind = \"pigeon\"
[[source]]
name = \"n\"
kind = \"nmea\"
[extra]
";
    let findings = Config::parse(Path::new("f.toml"), text).expect_err("unsound");
    let lines: Vec<_> = findings.list().iter().filter_map(|finding| finding.line).collect();
    assert_eq!(lines, [2, 3, 7, 8, 9, 10, 11, 15, 16, 19], "{findings}");
    let shown = findings.to_string();
    assert!(shown.contains("f.toml:9: [[bearer]] 的 mtu 20:须为 64 到 1200 的整数"), "{shown}");
    assert!(shown.contains("kind \"pigeon\""), "{shown}");
    assert!(shown.contains("mtu 20 in [[bearer]]: must be a whole number from 64 to 1200"));
}

#[test]
fn broken_toml_is_a_finding_and_not_a_panic() {
    for text in ["[node", "node = 3", "bearer = 1", "[[node]]", "[bearer]\nname=\"x\"", "\u{0}"] {
        let findings = Config::parse(Path::new("f.toml"), text).expect_err("unsound");
        assert!(!findings.list().is_empty(), "{text}");
    }
}

#[test]
fn a_missing_file_and_a_long_socket_path_have_a_remedy() {
    let findings = Config::load(Path::new("/nowhere/f.toml")).expect_err("missing");
    assert!(findings.to_string().contains("sanduan init"));
    let text = format!("[node]\nsocket = \"{}\"", "s".repeat(120));
    let findings = Config::parse(Path::new("f.toml"), &text).expect_err("too long");
    assert_eq!(findings.list()[0].line, Some(2));
}

#[test]
fn satellite_terminals_are_read_and_their_mistakes_named() {
    let sound = "\
[[bearer]]
name = \"b\"
kind = \"beidou\"
device = \"tty\"
dialect = \"bds3\"
tcq_form = \"blank\"
peers = [\"4198765+4198766\", \"4198767\"]
group = 4190000
";
    let config = Config::parse(Path::new("/d/f.toml"), sound).expect("sound");
    let BearerKind::Beidou(card) = &config.bearers[0].kind else { panic!("beidou") };
    assert_eq!(card.peers, [vec![4_198_765, 4_198_766], vec![4_198_767]]);
    assert_eq!((card.group, card.level_bits), (Some(4_190_000), None));
    assert_eq!((card.devices.as_slice(), card.baud), (&["/d/tty".into()][..], 115_200));
    assert!(matches!(card.dialect, Dialect::Bds3 { blank_before_content: true, .. }));
    for (from, to, line) in [
        ("dialect = \"bds3\"", "dialect = \"4.0\"", 5),
        ("tcq_form = \"blank\"", "tcq_form = \"long\"", 6),
        ("4198767", "0", 7),
        ("4198767", "4198766", 7),
        ("group = 4190000", "group = 0", 8),
        ("device = \"tty\"", "baud = 9600", 1),
        ("device = \"tty\"", "devices = []", 4),
        ("device = \"tty\"", "devices = [\"a\", \"a\"]", 4),
        (
            "device = \"tty\"",
            "devices = [\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]",
            4,
        ),
    ] {
        let text = sound.replace(from, to);
        let findings = Config::parse(Path::new("f.toml"), &text).expect_err(to);
        let lines: Vec<_> = findings.list().iter().filter_map(|finding| finding.line).collect();
        assert_eq!(lines, [line], "{findings}");
    }
    let several = sound.replace("device = \"tty\"", "devices = [\"tty\", \"/dev/b\"]");
    let config = Config::parse(Path::new("/d/f.toml"), &several).expect("sound");
    let BearerKind::Beidou(card) = &config.bearers[0].kind else { panic!("beidou") };
    assert_eq!(card.devices, [Path::new("/d/tty"), Path::new("/dev/b")]);
    assert_eq!(config.bearers[0].kind.links(), 3, "a link for each peer and the group");
    let modem = "[[bearer]]\nname = \"i\"\nkind = \"sbd\"\ndevice = \"tty\"\n";
    let config = Config::parse(Path::new("/d/f.toml"), modem).expect("sound");
    let BearerKind::Sbd(read) = &config.bearers[0].kind else { panic!("sbd") };
    assert_eq!((read.baud, read.poll_s, config.bearers[0].mtu), (19_200, 3_600, 270));
    let findings = Config::parse(Path::new("f.toml"), &format!("{modem}poll_s = -1"));
    assert!(findings.is_err());
    let shore = "[[bearer]]\nname = \"s\"\nkind = \"directip\"\nlisten = \"0.0.0.0:10800\"\n\
                 gateway = \"gateway.example:10800\"\npeers = [\"300434060000010\"]\n";
    let config = Config::parse(Path::new("/d/f.toml"), shore).expect("sound");
    assert_eq!((config.bearers[0].mtu, config.bearers[0].kind.links()), (270, 1));
    for (from, to) in
        [("0010", "010"), ("0010\"", "0010\", \"300434060000010\""), (".example:10800", "")]
    {
        assert!(Config::parse(Path::new("f.toml"), &shore.replace(from, to)).is_err(), "{to}");
    }
    let nobody = sound.replace("group = 4190000", "").replace("peers =", "# peers =");
    assert!(Config::parse(Path::new("f.toml"), &nobody).is_err());
}

#[test]
fn short_messages_and_the_village_are_read_and_their_mistakes_named_with_the_line() {
    let sound = "\
[[bearer]]
name = \"t\"
kind = \"sms\"
device = \"tty\"
peers = [\"+8617400000001\", \"17400000002\"]
[village]
handsets = \"h.csv\"
report_to = \"EOC\"
immediate = \"A0 B300\"
";
    let config = Config::parse(Path::new("/d/f.toml"), sound).expect("sound");
    let BearerKind::Sms(modem) = &config.bearers[0].kind else { panic!("sms") };
    assert_eq!((modem.baud, modem.reports, config.bearers[0].mtu), (115_200, true, 133));
    assert_eq!(config.bearers[0].kind.links(), 2);
    let village = config.village.expect("there");
    assert_eq!(village.handsets, Path::new("/d/h.csv"));
    assert_eq!((village.takeover_s, village.confirm_s), (600, 1_800));
    for (from, to, line) in [
        ("17400000002", "+86 174 0000 0001", 5),
        ("17400000002", "me", 5),
        ("handsets = \"h.csv\"", "", 6),
        ("A0 B300", "B300 A0", 9),
        ("immediate", "imediate", 9),
    ] {
        let text = sound.replace(from, to);
        let findings = Config::parse(Path::new("f.toml"), &text).expect_err(to);
        let lines: Vec<_> = findings.list().iter().filter_map(|finding| finding.line).collect();
        assert_eq!(lines, [line], "{findings}");
    }
    let handsets_only = sound.replace("peers = ", "# peers = ");
    let config = Config::parse(Path::new("f.toml"), &handsets_only).expect("sound");
    assert_eq!(config.bearers[0].kind.links(), 0);
}

#[test]
fn the_query_store_is_sled_unless_another_known_one_is_named() {
    let engine = |text: &str| Config::parse(Path::new("f.toml"), text).map(|config| config.store);
    assert_eq!(engine("").ok(), Some(Engine::Sled));
    assert_eq!(engine("[node]\nstore = \"redb\"").ok(), Some(Engine::Redb));
    let findings = engine("[node]\nstore = \"sqlite\"").expect_err("unknown");
    assert_eq!(findings.list().first().and_then(|finding| finding.line), Some(2));
}
