//! Breaks, floods, and questions under way.

use sanduan_protocol::base::ids::DeviceId;
use sanduan_protocol::base::room::Level;
use sanduan_protocol::local::rows::{ForkRow, RoomRow};

use super::*;
use crate::feed::{FeedError, Heard};

fn lost() -> Msg {
    let socket = "/run/sanduan/control.sock".into();
    Msg::Heard(Heard::Lost(FeedError::NoDaemon { socket }))
}

#[test]
fn a_break_keeps_the_last_picture_and_says_how_old_it_is() {
    let mut driver = console();
    driver.send(lost());
    driver.sandbox.rows().now_ms += 130_000;
    driver.send(Msg::Tick);
    driver.send(lost());
    let text = driver.text();
    assert!(text.contains("【断开 2分，以下是断开前的内容】守护进程没有运行"), "{text}");
    assert!(text.contains("1-412"), "{text}");
    driver.press(&["F1", "1"]);
    assert!(notice(&driver).contains("断开"), "{}", notice(&driver));
    driver.press(&["n"]);
    driver.type_text("白沙镇");
    driver.press(&["Enter"]);
    driver.type_text("x");
    driver.press(&["Ctrl-s"]);
    assert_eq!(driver.last_wish(), None);
    assert!(driver.text().contains("现在不能保存"), "the draft stays");
    driver.send(Msg::Heard(Heard::Connected { resumed: true }));
    driver.press(&["Ctrl-s"]);
    assert!(matches!(driver.last_wish(), Some(Request::SendOrder(_))));
}

#[test]
fn everything_is_asked_for_again_only_when_changes_were_missed() {
    let mut driver = console();
    let count = |driver: &Driver| driver.sandbox.rows().asked.len();
    let before = count(&driver);
    driver.send(Msg::Heard(Heard::Connected { resumed: true }));
    assert_eq!(count(&driver) - before, 1);
    driver.send(Msg::Heard(Heard::Reset));
    assert_eq!(count(&driver) - before, 12, "ten lists, and the order that is looked at");
}

#[test]
fn an_order_that_does_not_count_any_more_leaves_the_screen() {
    let mut driver = console();
    driver.press(&["F2"]);
    let gone = driver.model.mirror.orders[0].clone();
    let number = format!("{} ", gone.id);
    assert!(driver.text().contains(&number), "{}", driver.text());
    // Its author was revoked, or told two stories.
    driver.sandbox.rows().orders.retain(|row| row.order.id != gone.id);
    driver.send(Msg::Heard(Heard::Event(Box::new(Event::Directory { version: 3 }))));
    assert!(!driver.text().contains(&number), "{}", driver.text());
}

#[test]
fn a_flood_of_changes_asks_once_and_once_more() {
    let mut driver = console();
    driver.holds_answers = true;
    for _ in 0..1_000 {
        let event = Event::Stock { depots: Vec::new() };
        driver.send(Msg::Heard(Heard::Event(Box::new(event))));
    }
    let asked = driver.effects.clone();
    let stock =
        asked.iter().filter(|effect| matches!(effect, Effect::Ask(_, Request::Stock { .. })));
    assert_eq!(stock.count(), 1);
    driver.effects.clear();
    for effect in asked {
        let Effect::Ask(id, request) = effect else { continue };
        let answer = crate::feed::Feed::ask(&mut driver.sandbox, &request);
        driver.send(Msg::Answer(id, answer));
    }
    let again = driver.effects.iter();
    let stock = again.filter(|effect| matches!(effect, Effect::Ask(_, Request::Stock { .. })));
    assert_eq!(stock.count(), 1, "what changed meanwhile is asked for once more");
}

#[test]
fn drill_and_unsaved_stand_on_every_screen() {
    let mut driver = console();
    {
        let mut rows = driver.sandbox.rows();
        rows.status.drill = true;
        rows.status.unsaved = Some("磁盘已满".to_owned());
    }
    driver.send(Msg::Heard(Heard::Reset));
    for screen in Screen::ALL {
        driver.press(&[&format!("F{}", screen as u8)]);
        let text = driver.text();
        assert!(text.contains("演练"), "{screen:?}:\n{text}");
        assert!(text.contains("未保存") && text.contains("磁盘已满"), "{screen:?}:\n{text}");
    }
    let event = Event::Unsaved { reason: None };
    driver.send(Msg::Heard(Heard::Event(Box::new(event))));
    assert!(!driver.text().contains("未保存"));
}

#[test]
fn a_disk_that_is_nearly_full_says_so_and_what_to_free_on_every_screen() {
    let mut driver = console();
    let mut row = RoomRow {
        level: Level::OrdersOnly,
        measured: true,
        pct: 96,
        advice: "磁盘仅余 3 MB / only 3 MB are free".to_owned(),
        ..RoomRow::default()
    };
    driver.send(Msg::Heard(Heard::Event(Box::new(Event::Room(Box::new(row.clone()))))));
    for screen in Screen::ALL {
        driver.press(&[&format!("F{}", screen as u8)]);
        let text = driver.text();
        assert!(text.contains("96%") && text.contains("只收指令"), "{screen:?}:\n{text}");
        assert!(text.contains("仅余 3 MB") && !text.contains("only"), "{screen:?}:\n{text}");
    }
    row.level = Level::Ample;
    driver.send(Msg::Heard(Heard::Event(Box::new(Event::Room(Box::new(row))))));
    assert!(!driver.text().contains("96%"));
}

#[test]
fn a_device_that_tells_two_stories_is_called_out_on_every_screen() {
    let mut driver = console();
    let row = ForkRow {
        device: DeviceId(7),
        unit_name: "白沙镇".to_owned(),
        lane: "command".to_owned(),
        at: 12,
        here: false,
    };
    for _ in 0..2 {
        let event = Event::Fork(Box::new(row.clone()));
        driver.send(Msg::Heard(Heard::Event(Box::new(event))));
    }
    for screen in Screen::ALL {
        driver.press(&[&format!("F{}", screen as u8)]);
        let text = driver.text();
        assert!(text.contains("一机两说") && text.contains("白沙镇"), "{screen:?}:\n{text}");
        assert!(text.contains("12") && !text.contains("(+"), "{screen:?}:\n{text}");
    }
    driver.sandbox.rows().status.forks = vec![ForkRow { here: true, ..row }];
    driver.send(Msg::Heard(Heard::Reset));
    assert!(driver.text().contains("本机密钥重复"));
}

#[test]
fn nothing_is_drawn_again_while_nothing_changes() {
    let mut driver = console();
    for order in &mut driver.model.mirror.orders {
        order.act_by_ms = None;
    }
    driver.model.dirty = false;
    driver.sandbox.rows().now_ms += 1_000;
    driver.send(Msg::Tick);
    assert!(!driver.model.dirty);
    driver.sandbox.rows().now_ms += 10_000;
    driver.send(Msg::Tick);
    assert!(driver.model.dirty, "ages grow");
}

#[test]
fn rows_from_the_air_cannot_write_outside_their_cells() {
    let mut driver = console();
    for order in &mut driver.sandbox.rows().orders {
        order.order.text = "红\u{1b}[2J\u{202e}色\n警\u{7}报".to_owned();
        order.addressees[0].note = "\u{9b}31m\r\r".to_owned();
    }
    driver.send(Msg::Heard(Heard::Reset));
    for keys in [&["F2"][..], &["Enter"]] {
        driver.press(keys);
        let text = driver.text();
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
        assert_eq!(text.lines().count(), 24);
    }
}

#[test]
fn small_and_large_windows_are_drawn_without_a_panic() {
    let mut driver = console();
    for screen in Screen::ALL {
        driver.press(&[&format!("F{}", screen as u8)]);
        for (columns, rows) in [(1, 1), (59, 16), (60, 16), (61, 17), (120, 40), (300, 90)] {
            driver.screen(columns, rows);
        }
        for keys in [&["n"][..], &["?"], &["m"], &["Enter"], &["1"], &["/"]] {
            driver.press(keys);
            for (columns, rows) in [(60, 16), (80, 24), (33, 9)] {
                driver.screen(columns, rows);
            }
            driver.press(&["Esc", "Esc"]);
        }
    }
}

/// Keys for the test below, the more likely ones twice.
const KEYS: &str = "1 2 3 4 5 6 0 n x p o m c g / ? L + - = E w Up Down Left Right PgUp PgDn Home \
    End Enter Enter Tab Esc Esc Ctrl-s Ctrl-u Backspace F1 F2 F3 F4 F5 F6 F7 Shift-Tab Space";

#[test]
fn no_row_of_keys_and_changes_breaks_the_console() {
    use crate::sandbox::key_named;
    use sanduan_protocol::base::dice::Dice;
    let keys: Vec<&str> = KEYS.split(' ').collect();
    let sizes = [(80, 24), (60, 16), (20, 5), (133, 50)];
    for seed in 0..6 {
        let mut dice = Dice::new(seed);
        let mut driver = console();
        for step in 0..600 {
            match dice.below(20) {
                0 => driver.send(Msg::Paste("转移\r12=3,".to_owned())),
                1 => driver.send(lost()),
                2 | 3 => {
                    driver.send(Msg::Heard(Heard::Connected { resumed: dice.chance(500_000) }))
                }
                4 => driver.sandbox.rows().orders.truncate(1 + dice.below(5) as usize),
                5 => driver.sandbox.rows().stock.clear(),
                6 => driver.send(Msg::Tick),
                _ => {
                    let key = keys[dice.below(keys.len() as u64) as usize];
                    driver.send(Msg::Key(key_named(key)));
                }
            }
            let (columns, rows) = sizes[dice.below(4) as usize];
            let (text, caret) = driver.screen(columns, rows);
            let (x, y) = caret.unwrap_or_default();
            assert!(x < columns && y < rows, "seed {seed} step {step}: caret\n{text}");
            assert_eq!(text.lines().count(), usize::from(rows), "seed {seed} step {step}");
        }
    }
}
