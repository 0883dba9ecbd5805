//! Screens as people see them: every screen and form at 80 by 24, in both languages and with both
//! sets of frames, compared with the files in `tests/screens`. A snapshot has no colour, so what
//! would be told by colour alone is missing in it. To accept new ones after reading them, run with
//! `SANDUAN_ACCEPT=1`.

use std::path::Path;

use sanduan_protocol::base::ids::{DeviceId, SpokenId};
use sanduan_protocol::base::room::Level;
use sanduan_protocol::local::rows::{
    ClockRow, IssuerRow, OrderLock, Protection, ReportedRow, RoomRow, ShareRow, TwinRow, VaultRow,
};
use sanduan_tui::app::{Msg, Screen};
use sanduan_tui::feed::{FeedError, Heard};
use sanduan_tui::lang::Lang;
use sanduan_tui::paint::fit::width;
use sanduan_tui::paint::glyph::ASCII;
use sanduan_tui::sandbox::{Driver, NOW_MS, Sandbox};

/// Keys that draft an order to everybody, valid for two hours.
const DRAFT: &[&str] = &[
    "F2", "d", "a", "l", "l", "Enter", "M", "0", "2", "Enter", "Enter", "Enter", "Enter", "Enter",
    "2", "h", "Ctrl-s",
];
/// The same, and the one that asks who signs it.
const SIGN: &[&str] = &[
    "F2", "d", "a", "l", "l", "Enter", "M", "0", "2", "Enter", "Enter", "Enter", "Enter", "Enter",
    "2", "h", "Ctrl-s", "s",
];

/// Name of the snapshot, keys that lead there.
const STORIES: &[(&str, &[&str])] = &[
    ("alerts", &["F1"]),
    ("orders", &["F2"]),
    ("orders_open_only", &["F2", "o"]),
    ("order_compose", &["F2", "n"]),
    ("order_template", &["F2", "n", "Down", "m", "0", "2", "Tab"]),
    ("order_answer", &["F1", "4"]),
    ("order_proxy", &["F2", "p"]),
    ("order_withdraw", &["F2", "x", "a", "Ctrl-s"]),
    ("order_whole", &["F2", "Enter"]),
    ("order_drafted", DRAFT),
    ("order_sign", SIGN),
    ("operator", &["F2", "w"]),
    ("positions", &["F3"]),
    ("map", &["F3", "m"]),
    ("map_near", &["F3", "m", "+", "+", "+", "+"]),
    ("measure_from", &["F3", "c"]),
    ("position_form", &["F3", "n"]),
    ("stock", &["F4"]),
    ("stock_look", &["F4", "Down", "Down", "Down", "Down"]),
    ("stock_over", &["F4", "Down", "Down"]),
    ("waybills", &["F4", "Tab", "Down"]),
    ("stock_card", &["F4", "Enter"]),
    ("stock_issue", &["F4", "Down", "2", "2", "0", "Space", "e", "0"]),
    ("stock_ship", &["F4", "3"]),
    ("reports", &["F5"]),
    ("links", &["F6", "Down", "Down"]),
    ("links_card", &["F6", "Down", "Down", "Down"]),
    ("log", &["F7"]),
    ("log_line", &["F7", "Enter"]),
    ("help", &["F2", "?"]),
];

fn console(lang: Lang) -> Driver {
    Driver::connected(Sandbox::at(NOW_MS), lang)
}

fn compare(name: &str, text: &str) -> Result<(), String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/screens");
    let file = folder.join(format!("{name}.txt"));
    if std::env::var_os("SANDUAN_ACCEPT").is_some() {
        std::fs::write(&file, text).expect("the snapshot can be written");
        return Ok(());
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    if expected == text {
        return Ok(());
    }
    Err(format!("--- {name} was\n{expected}\n--- {name} is\n{text}\n"))
}

#[test]
fn screens_look_as_accepted_in_both_languages_and_frames() {
    let mut differ = String::new();
    for (name, keys) in STORIES {
        for lang in [Lang::Zh, Lang::En] {
            let mut driver = console(lang);
            driver.press(keys);
            let text = driver.text();
            assert_eq!(text.lines().count(), 24, "{name}");
            for line in text.lines() {
                assert!(width(line) <= 80, "{name} {lang:?}: {line}");
            }
            differ.extend(compare(&format!("{name}.{}", lang.word()), &text).err());
        }
    }
    let mut driver = console(Lang::Zh);
    driver.model.glyphs = &ASCII;
    driver.press(&["F2", "n"]);
    let text = driver.text();
    assert!(text.chars().all(|c| c.is_ascii() || width(&c.to_string()) == 2), "{text}");
    differ.extend(compare("order_compose.zh.ascii", &text).err());
    assert!(differ.is_empty(), "{differ}");
}

#[test]
fn a_machine_without_a_bearer_looks_as_accepted() {
    let mut differ = String::new();
    for lang in [Lang::Zh, Lang::En] {
        let mut driver = console(lang);
        driver.sandbox.rows().bearers.clear();
        driver.send(Msg::Heard(Heard::Reset));
        driver.press(&["F6"]);
        differ.extend(compare(&format!("links_none.{}", lang.word()), &driver.text()).err());
    }
    assert!(differ.is_empty(), "{differ}");
}

#[test]
fn banners_look_as_accepted() {
    let mut differ = String::new();
    for lang in [Lang::Zh, Lang::En] {
        let mut driver = console(lang);
        driver.sandbox.rows().status.drill = true;
        driver.sandbox.rows().status.unsaved = Some("磁盘已满 disk full".to_owned());
        driver.send(Msg::Heard(Heard::Reset));
        let socket = "/run/sanduan/control.sock".into();
        driver.send(Msg::Heard(Heard::Lost(FeedError::NoDaemon { socket })));
        driver.sandbox.rows().now_ms += 190_000;
        driver.send(Msg::Tick);
        let text = driver.text();
        differ.extend(compare(&format!("banners.{}", lang.word()), &text).err());
    }
    assert!(differ.is_empty(), "{differ}");
}

#[test]
fn a_device_that_misbehaves_is_named_as_accepted() {
    let mut differ = String::new();
    for lang in [Lang::Zh, Lang::En] {
        let mut driver = console(lang);
        let (device, unit_name) = (DeviceId(7), "水上救援队2".to_owned());
        let (lane, unit) = ("report".to_owned(), unit_name.clone());
        let share = ShareRow { device, unit_name: unit, lane, refused: 4120, wait_s: 30 };
        driver.sandbox.rows().status.over_share = vec![share];
        let (unit, last_ms) = (unit_name.clone(), driver.sandbox.rows().now_ms - 60_000);
        let twin = TwinRow { device, unit_name: unit, last_ms, here: false };
        driver.sandbox.rows().status.twins = vec![twin];
        let clock = ClockRow { device, unit_name, ahead_s: 5400 };
        driver.sandbox.rows().status.clocks_ahead = vec![clock];
        driver.send(Msg::Heard(Heard::Reset));
        let text = driver.text();
        assert!(text.lines().all(|line| width(line) <= 80), "{text}");
        differ.extend(compare(&format!("banners_conduct.{}", lang.word()), &text).err());
    }
    assert!(differ.is_empty(), "{differ}");
}

#[test]
fn what_to_do_about_a_full_disk_and_changed_keys_is_read_whole() {
    let mut differ = String::new();
    for lang in [Lang::Zh, Lang::En] {
        let mut driver = console(lang);
        driver.sandbox.rows().status.room = RoomRow {
            level: Level::OrdersOnly,
            measured: true,
            pct: 97,
            by_disk: false,
            used_bytes: 497 << 20,
            quota_bytes: 512 << 20,
            free_bytes: 31_213 << 20,
            evicted_records: 0,
            advice: "记录已占 497 MB，限额 512 MB，磁盘余 31213 MB：请调大 store_max_mb 并重启，\
                     或删名中带 .corrupt- .cut- .damaged- 的旧件 / Records take 497 of 512 MB, \
                     31213 MB are free on the disk: raise store_max_mb and restart, or delete \
                     what has .corrupt- .cut- .damaged- in its name"
                .to_owned(),
        };
        driver.sandbox.rows().status.keys.behind = Some("no_keys".to_owned());
        driver.send(Msg::Heard(Heard::Reset));
        let text = driver.text();
        let read = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(read.contains(lang.pick("的旧件", "or delete what has")), "{text}");
        assert!(read.contains(lang.pick("或电台报告", "by voice until then")), "{text}");
        assert!(text.lines().all(|line| width(line) <= 80), "{text}");
        differ.extend(compare(&format!("banners_room.{}", lang.word()), &text).err());
    }
    assert!(differ.is_empty(), "{differ}");
}

#[test]
fn the_end_of_an_issuers_term_is_read_whole() {
    let mut differ = String::new();
    for lang in [Lang::Zh, Lang::En] {
        for (name, ends_ms) in [("soon", NOW_MS + 5 * 3_600_000), ("ended", NOW_MS - 60_000)] {
            let mut driver = console(lang);
            let issuer = IssuerRow { first: 8, last: 64, ends_ms, over: false, admitted: 2 };
            driver.sandbox.rows().status.issuer = Some(issuer);
            driver.sandbox.rows().status.now_ms = NOW_MS;
            driver.send(Msg::Heard(Heard::Reset));
            let text = driver.text();
            let read = text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(read.contains("sanduan device renew 1"), "{text}");
            differ.extend(compare(&format!("banners_term_{name}.{}", lang.word()), &text).err());
        }
    }
    assert!(differ.is_empty(), "{differ}");
}

#[test]
fn stock_that_somebody_told_says_so_and_how_long_ago() {
    let mut differ = String::new();
    for lang in [Lang::Zh, Lang::En] {
        let mut driver = console(lang);
        let id = SpokenId { author: DeviceId(1), incarnation: 0, seq: 7 };
        let told = ReportedRow { id, at_ms: NOW_MS - 43 * 60_000, by: "区应急局".to_owned() };
        driver.sandbox.rows().stock[0].reported = Some(told);
        driver.send(Msg::Heard(Heard::Reset));
        driver.press(&["F4"]);
        let text = driver.text();
        assert!(text.contains(lang.pick("快照43分", "told 43m")), "{text}");
        differ.extend(compare(&format!("stock_told.{}", lang.word()), &text).err());
    }
    assert!(differ.is_empty(), "{differ}");
}

#[test]
fn the_dialog_for_the_passphrase_looks_as_accepted() {
    let mut differ = String::new();
    for lang in [Lang::Zh, Lang::En] {
        let mut driver = console(lang);
        driver.sandbox.rows().status.vault = VaultRow {
            protection: Protection::Passphrase,
            opened: true,
            orders: OrderLock::Locked,
            open_for_s: None,
        };
        driver.send(Msg::Heard(Heard::Reset));
        driver.press(&["F2", "n"]);
        driver.type_text("白沙镇");
        driver.press(&["Enter"]);
        driver.type_text("立即转移沿江二社");
        driver.press(&["Ctrl-s"]);
        driver.type_text("山高水");
        differ.extend(compare(&format!("passphrase.{}", lang.word()), &driver.text()).err());
        driver.press(&["Enter"]);
        differ.extend(compare(&format!("passphrase_wrong.{}", lang.word()), &driver.text()).err());
        driver.press(&["Esc", "Esc", "Esc", "F6"]);
        differ.extend(compare(&format!("links_locked.{}", lang.word()), &driver.text()).err());
    }
    assert!(differ.is_empty(), "{differ}");
}

#[test]
fn the_caret_stands_behind_what_was_typed() {
    let mut driver = console(Lang::Zh);
    driver.press(&["F2", "n", "Enter"]);
    let (_, before) = driver.screen(80, 24);
    driver.type_text("转移a");
    let (text, after) = driver.screen(80, 24);
    let (before, after) = (before.expect("a caret"), after.expect("a caret"));
    assert_eq!((after.0 - before.0, after.1), (5, before.1), "{text}");
    driver.press(&["Left", "Left", "Backspace"]);
    let (text, back) = driver.screen(80, 24);
    assert_eq!(back, Some(before), "{text}");
    assert!(text.contains("移a") && !text.contains("转移a"), "{text}");
    for _ in 0..40 {
        driver.type_text("长");
    }
    let (text, wrapped) = driver.screen(80, 24);
    assert_eq!(wrapped.expect("a caret").1, before.1 + 1, "{text}");
}

#[test]
fn every_screen_names_its_keys_and_all_screens() {
    for lang in [Lang::Zh, Lang::En] {
        for screen in Screen::ALL {
            let mut driver = console(lang);
            driver.press(&[&format!("F{}", screen as u8)]);
            let text = driver.text();
            let last: Vec<&str> = text.lines().rev().take(2).collect();
            assert!(last[0].contains('?') && last[0].contains('q'), "{text}");
            assert!(last[1].contains(&format!("[F{}", screen as u8)), "{text}");
            assert!((1..=7).all(|number| last[1].contains(&format!("F{number}"))), "{text}");
        }
    }
}
