//! What reading the configuration again comes to, before anything is touched.

use std::path::Path;

use super::*;

const IP: &str = "[[bearer]]\nname = \"ip\"\nkind = \"udp\"\nlisten = \"127.0.0.1:0\"\n\
                  peers = [\"127.0.0.1:9\"]\n";
const RADIO: &str = "[[bearer]]\nname = \"370\"\nkind = \"kiss-tcp\"\naddress = \"127.0.0.1:9\"\n";
const GPS: &str = "[[source]]\nname = \"gps\"\nkind = \"gpsd\"\naddress = \"127.0.0.1:9\"\n";

fn parsed(text: &str) -> Config {
    Config::parse(Path::new("/n/sanduan.toml"), text).expect("sound")
}

#[test]
fn each_name_has_one_fate_and_keys_of_the_node_wait_for_a_restart() {
    let known = parsed(&format!("{IP}{RADIO}{GPS}"));
    let slower = format!("[node]\nlog = \"debug\"\n{IP}rate_bit_s = 9600\n{GPS}");
    let fresh = parsed(&format!("{slower}{}", IP.replace("\"ip\"", "\"ip2\"")));
    let row = difference(&known, &fresh);
    assert_eq!(row.started, ["ip2"]);
    assert_eq!(row.changed, ["ip"]);
    assert_eq!(row.ended, ["370"]);
    assert_eq!(row.unchanged, ["gps"]);
    assert_eq!(row.needs_restart, ["log"]);
    let same = difference(&known, &known);
    assert_eq!((same.unchanged.len(), same.started.len(), same.ended.len()), (3, 0, 0));
}

#[test]
fn a_bad_file_is_refused_with_its_lines_in_each_language() {
    let text = format!("{IP}rate_bit_s = \"fast\"\n");
    let findings = Config::parse(Path::new("/n/sanduan.toml"), &text).expect_err("a finding");
    let refusal = refused(&findings);
    for sentence in [&refusal.zh, &refusal.en] {
        assert!(sentence.contains("/n/sanduan.toml:6: "), "{sentence}");
        assert!(sentence.contains("rate_bit_s"), "{sentence}");
    }
    assert!(!refusal.en.contains("须"), "{}", refusal.en);
}
